"""What CKAN takes as a name of a package, an organization or a group, and what it says of those it does not take."""

from __future__ import annotations

import re
from typing import Any, Final

NAME: Final = re.compile(r"[a-z0-9_\-]*")
TAKEN: Final = ("new", "edit", "search")
SHORTEST: Final = 2
LONGEST: Final = 100
SIGNS: Final = "Must be purely lowercase alphanumeric (ascii) characters and these symbols: -_"


def name_problems(name: Any, *, twice: bool = False) -> dict[str, list[str]]:
    """Say what is wrong with a name, in CKAN's words; of a package's length it speaks ``twice``."""
    if name is None or name == "":
        return {"name": ["Missing value"]}
    if not isinstance(name, str):
        return {"name": [SIGNS]}
    if name in TAKEN:
        return {"name": ["That name cannot be used"]}
    if len(name) < SHORTEST:
        more = f'Name "{name}" length is less than minimum {SHORTEST}'
        return {"name": [f"Must be at least {SHORTEST} characters long", *([more] if twice else [])]}
    if len(name) > LONGEST:
        more = f'Name "{name}" length is more than maximum {LONGEST}'
        return {"name": [f"Name must be a maximum of {LONGEST} characters long", *([more] if twice else [])]}
    return {} if NAME.fullmatch(name) else {"name": [SIGNS]}
