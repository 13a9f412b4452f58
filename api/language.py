"""The language of a site for commands that need nothing else of it: settled without loading all settings."""

from __future__ import annotations

import os
from pathlib import Path

FILES = (".env", "datamo.toml")


def plain_language() -> str:
    """Give the language where the environment alone settles it; "" where the settings have to be read for it."""
    said = [value for name, value in os.environ.items() if name.upper() == "DATAMO_LANGUAGE" and value]
    if said:
        return said[0] if said[0] in {"vi", "en"} else ""
    return "" if any(Path(one).exists() for one in FILES) else "vi"
