"""What CKAN takes as a name of a package, an organization or a group, and what it says of those it does not take."""

from __future__ import annotations

import re
from typing import Any, Final

NAME: Final = re.compile(r"[a-z0-9_\-]*")
TAKEN: Final = ("new", "edit", "search")
SHORTEST: Final = 2
LONGEST: Final = 100


def name_problems(name: Any) -> dict[str, list[str]]:
    """Say what is wrong with a name, in CKAN's words."""
    if name is None or name == "":
        return {"name": ["Missing value"]}
    if not isinstance(name, str):
        return {"name": ["Names must be strings"]}
    found = ["That name cannot be used"] if name in TAKEN else []
    if len(name) < SHORTEST:
        found.append("Must be at least 2 characters long")
    if len(name) > LONGEST:
        found.append("Name must be a maximum of 100 characters long")
    if not NAME.fullmatch(name):
        found.append("Must be purely lowercase alphanumeric (ascii) characters and these symbols: -_")
    return {"name": found} if found else {}
