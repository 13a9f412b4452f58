"""docs/settings.md, from api/settings.py."""

from __future__ import annotations

from api.settings import rows

HEAD = """# Settings

Each is an environment variable, or a line in `.env`, or (in small letters and without the prefix) in `datamo.toml`, both in the
working directory; the environment wins. Relative addresses are taken from the working directory. A value that cannot be
used is named in one sentence with what to write instead, and the command leaves with exit code 3.

Printed from `api/settings.py` by `make docs`.

| name | default | meaning |
|---|---|---|
"""


def page() -> str:
    """Give the page."""
    lines = [f"| `{name}` | {f'`{default}`' if default else ''} | {text} |\n" for name, default, text in rows()]
    return HEAD + "".join(lines)
