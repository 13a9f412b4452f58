"""Print the generated pages again: ``python -m infra.docs`` (``make docs``)."""

from __future__ import annotations

import importlib
import pkgutil
from pathlib import Path

import infra.docs

DOCS = Path(__file__).resolve().parent.parent.parent / "docs"


def main() -> None:
    """Write docs/NAME.md from every module NAME beside this one that has a ``page()`` (``_`` as ``-``)."""
    DOCS.mkdir(exist_ok=True)
    for found in pkgutil.iter_modules(infra.docs.__path__):
        module = None if found.name == "__main__" else importlib.import_module(f"infra.docs.{found.name}")
        if module is not None and hasattr(module, "page"):
            (DOCS / f"{found.name.replace('_', '-')}.md").write_text(module.page(), encoding="utf-8")
            print(f"docs/{found.name.replace('_', '-')}.md")
            if hasattr(module, "also"):
                module.also()


main()
