"""The printed pages of docs/ say what the code says."""

from __future__ import annotations

import importlib
import pkgutil
from pathlib import Path

import pytest

import infra.docs

DOCS = Path(__file__).resolve().parent.parent / "docs"
PAGES = [found.name for found in pkgutil.iter_modules(infra.docs.__path__) if not found.name.startswith("_")]


@pytest.mark.parametrize("name", PAGES)
def test_a_printed_page_equals_what_the_code_says(name: str) -> None:
    """`make docs` prints it again."""
    module = importlib.import_module(f"infra.docs.{name}")
    assert (DOCS / f"{name.replace('_', '-')}.md").read_text(encoding="utf-8") == module.page()
