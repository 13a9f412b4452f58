"""The checks explained: what each looks for, on which rule it rests, examples that pass and examples that do not."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter, Request, Response

from api.dialects.html import shelf
from api.dialects.html.refused import PageRoute
from api.dialects.html.view import Reader, TheReader, page
from api.dialects.html.wording import finding_said
from catalog.errors import NotFound
from standards.check import Check, Example, Remark, Use
from standards.finding import Finding, Place
from standards.standard import TableStandard

router = APIRouter(route_class=PageRoute)
MOST = 4
SHORT = 12
BLANK = "␣"


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """An example as the page shows it: its cells by column, and what Datamo says of it ("" where it passes)."""

    cells: Sequence[tuple[str, str]]
    said: str = ""


@router.get("/checks")
def checks(request: Request, reader: TheReader) -> Response:
    """Every check with what it does to a file, grouped by what it looks at."""
    found = shelf.checks()
    scopes = [(scope, [one for one in found if one.SCOPE in scope]) for scope in
              (("cell", "row"), ("column", "group"), ("table", "dataset"), ("sheet",))]
    return page(request, reader, "checks.html", scopes=[(scope[0], many) for scope, many in scopes if many],
                total=len(found))


@router.get("/checks/{code}")
def check(request: Request, reader: TheReader, code: str) -> Response:
    """One check: its basis, its examples with the words that an uploader reads, and the standards that use it."""
    one = next((some for some in shelf.checks() if code == some.CODE), None)
    if one is None:
        raise NotFound
    return page(request, reader, "explained.html", check=one, good=examples(reader, one, one.GOOD),
                bad=examples(reader, one, one.BAD), users=users(reader, code),
                picture=getattr(one, "PICTURE", {}), level=getattr(one, "LEVEL", 0))


def users(reader: Reader, code: str) -> list[TableStandard]:
    """The standards that ask for a check, those of Viet Nam first."""
    found = [one for one in shelf.standards(reader).values() if any(use.code == code for _, use in one.uses())]
    return sorted(found, key=lambda one: (one.country != "VN", one.id))


def examples(reader: Reader, one: Check, many: Sequence[Example]) -> list[Shown]:
    """A few examples of a check, each with the sentence of its finding; a sheet is shown by its picture instead."""
    if one.SCOPE == "sheet":
        return []
    return [Shown(cells=[(name, written(cell)) for name, cell in example.cells.items()],
                  said=said(reader, one, example)) for example in many[:MOST]]


def said(reader: Reader, one: Check, example: Example) -> str:
    """What is said of an example, as on the report of a file; "" where nothing is."""
    field = example.field or next(iter(example.cells), "")
    use = Use(field=field, needs=tuple(example.cells), args=example.args,
              codelists=reader.standards.codelists.__getitem__, today=example.today)
    remark = one.look(example.cells, use)
    return finding_said(reader, finding_of(one, field, example.cells, remark)) if remark else ""


def finding_of(one: Check, field: str, cells: Mapping[str, Any], remark: Remark) -> Finding:
    """The finding that a remark on an example would become."""
    cell = cells.get(field)
    return Finding(code=one.CODE, severity=remark.severity or one.SEVERITY, place=Place(field=field),
                   cell=remark.cell if remark.cell is not None else cell if isinstance(cell, str) else None,
                   params=remark.params, basis=remark.basis or one.BASIS, fix=remark.fix)


def written(cell: Any) -> str:
    """A cell (or the cells of a group) with what cannot be seen in it made visible."""
    if isinstance(cell, Iterable) and not isinstance(cell, str):
        many = [written(some) for some in cell]
        return ", ".join(many[:SHORT]) + (" …" if len(many) > SHORT else "")
    if not isinstance(cell, str):
        return "" if cell is None else str(cell)
    bare = cell.strip(" ")
    at = cell.find(bare) if bare else len(cell)
    seen = BLANK * at + bare + BLANK * (len(cell) - at - len(bare))
    return "".join(char if char.isprintable() else f"⟨U+{ord(char):04X}⟩" for char in seen)
