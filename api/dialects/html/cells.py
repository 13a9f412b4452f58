"""A file's rows with their problems, page by page: each cell in question is outlined and names its messages."""

from __future__ import annotations

import csv
import shutil
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from threading import BoundedSemaphore
from typing import Literal

from fastapi import APIRouter, Request, Response
from starlette.responses import RedirectResponse

from api import deps
from api.dialects.html import brief
from api.dialects.html.refused import PageRoute
from api.dialects.html.report import visible
from api.dialects.html.steps import WAITING, steps_of
from api.dialects.html.view import Reader, TheReader, address, page
from api.dialects.html.wording import finding_said, finding_title, place_said
from api.messages import table as tables
from catalog.errors import NotFound, TooMany
from catalog.model import TableOutcome
from pipelines.again import Again
from pipelines.check import Checked
from standards.finding import Finding

router = APIRouter(route_class=PageRoute)

ROWS = 25
MOST_COLUMNS = 30
MOST_DIGITS = 9
LONGEST = 160
AT_ONCE = 2
WAIT_SECONDS = 60
HIDDEN = "•••"
Outline = Literal["", "e", "w"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One cell as the page shows it: its words, its outline, and the numbers of the messages about it."""

    text: str
    outline: Outline = ""
    messages: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One row with a problem: its number in the file, what is said of the row as a whole, and its cells."""

    row: int
    messages: tuple[int, ...]
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One problem of the page: its number, the row that it leads back to (0: the header), where it is, what is said."""

    number: int
    row: int
    where: str
    said: str
    title: str
    outline: Outline


@dataclass(frozen=True, slots=True, kw_only=True)
class Grid:
    """A page of rows with problems; ``total`` counts all such rows, ``start`` is the place of the first, from 1.

    ``whole``: whether the findings that it was made of are all that there are, so that ``total`` is no lower bound.
    """

    head: tuple[Cell, ...]
    lines: tuple[Line, ...]
    messages: tuple[Message, ...]
    start: int
    total: int
    problems: int
    columns: int
    whole: bool = True

    @property
    def last(self) -> int:
        """The place of the last row that is shown."""
        return self.start + len(self.lines) - 1

    @property
    def rows(self) -> frozenset[int]:
        """The numbers of the rows that are shown."""
        return frozenset(line.row for line in self.lines)

    @property
    def following(self) -> int:
        """The place where the next page begins, 0 at the end."""
        after = self.start + len(self.lines)
        return after if after <= self.total else 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What of a table's problems is to be seen: from which place on, and of which kind (all when empty)."""

    start: int = 1
    code: str = ""
    field: str = ""
    rows: int = ROWS

    def meant(self, one: Finding) -> bool:
        """Whether a finding is of that kind; notes on what was done are problems only when asked for."""
        if self.code:
            return one.code == self.code and self.field in ("", one.place.field or "")
        return one.severity != "info"


def grid(reader: Reader, rows: Path, table: TableOutcome, wanted: Wanted) -> Grid:
    """Give a page of the rows that have problems, those that block first.

    ``rows`` is our own CSV of the table, the record number (header first) in front of each row. No finding is left out:
    what does not fit this page is on the next ones.
    """
    meant = [one for one in table.findings if wanted.meant(one)]
    by_row = tables.by_row(meant)
    order = sorted((row for row in by_row if row > 1),
                   key=lambda row: (all(one.severity != "error" for one in by_row[row]), row))
    start = min(wanted.start, max(len(order), 1))
    shown = order[start - 1:start - 1 + wanted.rows]
    head, found = _read(rows, shown)
    whole = [*by_row.get(0, ()), *by_row.get(1, ())] if start == 1 else []
    here = [*whole, *(one for row in shown for one in by_row[row])]
    numbers = {id(one): at for at, one in enumerate(here, 1)}
    columns = _columns(len(head), {one.place.column for one in here if one.place.column})
    secret = {at for at, name in enumerate(head, 1) if name in _held(table)}

    def cells(written: Sequence[str], about: Sequence[Finding], kept: Collection[int]) -> tuple[Cell, ...]:
        return tuple(_cell(HIDDEN if at in kept else written[at - 1] if at <= len(written) else "",
                           [one for one in about if one.place.column == at], numbers) for at in columns)

    return Grid(
        head=cells(head, whole, ()), start=start, total=len(order), columns=len(head),
        problems=max(len(meant), counted(table, wanted)), whole=counted(table, wanted) <= len(meant),
        lines=tuple(Line(
            row=row, cells=cells(found.get(row, ()), by_row[row], secret),
            messages=tuple(numbers[id(one)] for one in by_row[row] if one.place.column not in columns),
        ) for row in shown),
        messages=tuple(_message(reader, numbers[id(one)], one) for one in here),
    )


def counted(table: TableOutcome, wanted: Wanted) -> int:
    """How many problems of the wanted kind the table has; of a long table not all are held as findings."""
    if wanted.code:
        return sum(one.count for one in table.groups
                   if one.code == wanted.code and wanted.field in ("", one.field or ""))
    return sum(one.count for one in table.groups if one.severity != "info")


def _read(rows: Path, wanted: Collection[int]) -> tuple[list[str], Mapping[int, list[str]]]:
    """The header, and the rows of these numbers; read once through, no more of it held than is shown."""
    left, found, head = set(wanted), dict[int, list[str]](), list[str]()
    for number, cells in _lines(rows):
        if not head:
            head = cells
        elif number in left:
            found[number] = cells
            left.discard(number)
            if not left:
                break
    return head, found


def _lines(rows: Path) -> Iterator[tuple[int, list[str]]]:
    with rows.open(encoding="utf-8", newline="") as stream:
        for number, *cells in csv.reader(stream):
            yield int(number), cells


def _columns(many: int, needed: Collection[int]) -> tuple[int, ...]:
    """Which columns the page shows: all, or the first ones and every one with a problem."""
    if many <= MOST_COLUMNS:
        return tuple(range(1, max([many, *needed]) + 1))
    return tuple(sorted({*range(1, MOST_COLUMNS + 1), *needed}))


def _held(table: TableOutcome) -> set[str]:
    """Columns held back as personal data, or that mention some in their text: their values are printed nowhere."""
    return {str(one.get("field", "")) for one in table.personal_data
            if one.get("blocks") or (one.get("within") and not one.get("released"))}


def _cell(written: str, about: Sequence[Finding], numbers: Mapping[int, int]) -> Cell:
    outline: Outline = "" if not about else "e" if any(one.severity == "error" for one in about) else "w"
    text = written if len(written) <= LONGEST else written[:LONGEST] + "…"
    return Cell(text=text, outline=outline, messages=tuple(numbers[id(one)] for one in about))


def _message(reader: Reader, number: int, one: Finding) -> Message:
    row = one.place.row or 0
    return Message(number=number, row=row if row > 1 else 0, where=place_said(reader, one),
                   said=finding_said(reader, one), title=finding_title(reader, one.code),
                   outline="e" if one.severity == "error" else "w")


@router.get("/submissions/{key}/cells")
def cells_page(request: Request, reader: TheReader, key: str) -> Response:
    """The rows with problems of an upload, as they were checked."""
    catalog = deps.site(request).catalog
    one = catalog.submission(reader.caller, key)
    entry = catalog.dataset(reader.caller, one.dataset)
    if one.state in WAITING or not one.outcome or not one.outcome.tables:
        return RedirectResponse(f"/submissions/{one.id}", status_code=303)
    query = request.query_params
    names = [each.resource for each in one.outcome.tables]
    name = query.get("table", "")[:300]
    at = names.index(name) if name in names else 0
    wanted = wanted_by(query)
    folder = brief.folder()
    try:
        checked = _checked(request, key, reader, folder)
        if at >= len(checked.rows):
            raise NotFound
        shown = grid(reader, checked.rows[at], checked.outcome.tables[at], wanted)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    path = f"/submissions/{one.id}/cells"
    about = {"table": names[at] if at else "", "code": wanted.code, "field": wanted.field}
    return page(
        request, reader, "cells.html", noindex=True, submission=one, entry=entry, grid=shown, visible=visible,
        steps=steps_of(reader, one, entry), wanted=wanted, tables=names, table=names[at], path=path,
        kind=finding_title(reader, wanted.code) if wanted.code else "",
        following=address(path, **about, **{"from": shown.following}) if shown.following else "",
        before=address(path, **about, **{"from": max(shown.start - ROWS, 1)}) if shown.start > 1 else "",
    )


def wanted_by(query: Mapping[str, str]) -> Wanted:
    """What an address asks for: ``?from=`` a place, ``code`` and ``field`` a kind of problem."""
    start = query.get("from", "")
    return Wanted(
        start=max(int(start), 1) if start.isascii() and start.isdecimal() and len(start) <= MOST_DIGITS else 1,
        code=query.get("code", "")[:100], field=query.get("field", "")[:300],
    )


def _checked(request: Request, key: str, reader: Reader, folder: Path) -> Checked:
    """Check the upload again with every finding and its rows; few at a time, for each reads the whole file."""
    site = deps.site(request)
    gate: BoundedSemaphore = site.extras.setdefault("html.cells", BoundedSemaphore(AT_ONCE))
    if not gate.acquire(timeout=WAIT_SECONDS):
        raise TooMany(retry_after=WAIT_SECONDS)
    try:
        again = Again(catalog=site.catalog, files=site.files, bookcase=site.bookcase)
        return again.check(site.catalog.submission(reader.caller, key), folder, limit_errors=0, rows=True)
    finally:
        gate.release()
