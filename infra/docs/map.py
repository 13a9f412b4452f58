"""docs/map.md, from the first sentence of every module of the house."""

from __future__ import annotations

import ast
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
FLOORS = {
    "api": "every door",
    "pipelines": "what happens to a file between arrival and shelf",
    "catalog": "what we hold",
    "standards": "what the words mean",
}


def sentence(path: Path) -> str:
    """What room a module is, by its own word."""
    doc = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or ""
    return " ".join(doc.split("\n\n")[0].split())


def page() -> str:
    """The page."""
    parts = ["# The map\n\nEvery room of the house, floor by floor, in its own words. Printed by `make docs`.\n"]
    for floor, meaning in FLOORS.items():
        parts.append(f"\n## {floor}: {meaning}\n\n| room | what it is |\n|---|---|\n")
        for path in sorted((ROOT / floor).rglob("*.py"), key=lambda one: one.as_posix()):
            name = path.relative_to(ROOT).as_posix()
            parts.append(f"| `{name}` | {sentence(path)} |\n")
    return "".join(parts)
