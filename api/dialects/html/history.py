"""What changed between two versions of a table, as a page: columns, counts, and rows cell by cell; no script."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final

from fastapi import APIRouter, Request, Response
from starlette.responses import RedirectResponse

from api import deps
from api.compared import Compared, compared, states, versions_of
from api.dialects.html import dataset
from api.dialects.html.refused import PageRoute
from api.dialects.html.rows import cut
from api.dialects.html.standard import day_of
from api.dialects.html.view import Reader, TheReader, address, page
from api.messages.pages import VIETNAM
from catalog.columns import ColumnChange, breaks
from catalog.errors import Invalid, NotFound, Problem
from catalog.model import Entry, Version
from catalog.validity import chosen
from pipelines.difference import CHANGES, RowChange

router = APIRouter(route_class=PageRoute)

ROWS: Final = 50
MOST_COLUMNS: Final = 20
MOST_DIGITS: Final = 9


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One cell of a row that changed: what it was and is; ``differs`` where both are to be shown."""

    before: str
    after: str
    differs: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One row that changed, as the page shows it."""

    change: str
    row: int
    cells: Sequence[Cell]


@router.get("/datasets/{slug}/versions")
def of_day(request: Request, reader: TheReader, slug: str, valid_on: str = "", as_of: str = "") -> Response:
    """Lead to the version whose data are of a day, as was known on another; without days to the list."""
    catalog = deps.site(request).catalog
    entry = catalog.dataset(reader.caller, slug)
    day, known = _day(valid_on), _day(as_of)
    end = datetime.combine(known + timedelta(days=1), time(), VIETNAM) if known else None
    found = chosen(catalog.versions(reader.caller, entry.id), entry, end, day) if day or known else None
    if found is None and (day or known):
        raise NotFound
    where = f"/versions/{found.number}" if found else "#phien-ban"
    return RedirectResponse(f"/datasets/{entry.slug}{where}", status_code=303)


def _day(given: str) -> date | None:
    """``30/6/2025`` or ``2025-06-30``; None where nothing is said. Raises Invalid for anything else."""
    found = day_of(given)
    if found is None and given.strip():
        raise Invalid(problems=[Problem("#/valid_on", "not-a-date", {"name": "valid_on"})])
    return found


@router.get("/datasets/{slug}/versions/{number}/diff")
def difference(request: Request, reader: TheReader, slug: str, number: int) -> Response:
    """The page of what changed from ``?with=`` (or the version before) to this version."""
    site = deps.site(request)
    entry = site.catalog.dataset(reader.caller, slug)
    if slug != entry.slug:
        return dataset.moved(request, f"/datasets/{entry.slug}/versions/{number}/diff")
    if entry.state == "withdrawn":
        return dataset.tombstone(request, entry)
    query = request.query_params
    other, after = (_whole(query.get(name, "")) for name in ("with", "after"))
    versions = versions_of(site, reader.caller, entry, number, other or None)
    tables = [one.name for one in versions[1].resources if one.kind == "table"]
    name = query.get("resource", "")[:200]
    found = compared(site, reader.caller, versions, name if name in tables else "")
    change = next((one for one in CHANGES if one == query.get("change")), "")
    counts = site.differences.counts(found.pair)
    rows = site.differences.page(found.pair, change, after, ROWS + 1)
    here = _Here(path=f"/datasets/{entry.slug}/versions/{number}/diff", other=versions[0].number,
                 resource=name if name in tables else "", change=change)
    return page(
        request, reader, "difference.html", entry=entry, found=found, counts=counts, change=change, tables=tables,
        names=names(found), lines=[line(found, one) for one in rows[:ROWS]], place=here, after=after,
        following=here.link(after=rows[ROWS - 1].place) if len(rows) > ROWS else "",
        others=_others(request, reader, entry, versions), columns=[said(reader, one) for one in found.columns],
        breaking=breaks(found.columns), resources=states(*versions), noindex=True,
    )


def _whole(given: str) -> int:
    return int(given) if given.isascii() and given.isdecimal() and len(given) <= MOST_DIGITS else 0


@dataclass(frozen=True, slots=True, kw_only=True)
class _Here:
    """What the address of the page says."""

    path: str
    other: int
    resource: str
    change: str

    def link(self, **changes: object) -> str:
        """The address with something changed."""
        said = {"with": self.other, "resource": self.resource, "change": self.change, **changes}
        return address(self.path, **said)


def _others(request: Request, reader: Reader, entry: Entry, versions: tuple[Version, Version]) -> list[int]:
    """The numbers of the versions that this one may be compared with."""
    known = deps.site(request).catalog.versions(reader.caller, entry.id)
    return [one.number for one in known if one.state == "published" and one.number != versions[1].number]


def names(found: Compared) -> list[str]:
    """The columns that the page shows: the key, those in which something changed, then the others."""
    key = list(found.pair.key)
    rest = [one for one in (*found.pair.new.types, *found.pair.old.types) if one not in key]
    return list(dict.fromkeys([*key, *rest]))[:MOST_COLUMNS]


def line(found: Compared, one: RowChange) -> Line:
    """Put a row that changed into the cells that the page shows."""
    cells = [
        Cell(before=cut(one.old.get(name)), after=cut(one.new.get(name)), differs=name in one.differs)
        for name in names(found)
    ]
    return Line(change=one.change, row=one.new_row or one.old_row or 0, cells=cells)


def said(reader: Reader, one: ColumnChange) -> tuple[ColumnChange, str]:
    """What became of a column, as a sentence."""
    words = {
        "added": reader.say("Cột mới"),
        "removed": reader.say("Cột bị bỏ"),
        "type": reader.say("Đổi kiểu: %(before)s thành %(after)s", before=one.before, after=one.after),
        "meaning": reader.say("Đổi danh mục mã: %(before)s thành %(after)s", before=one.before or "–",
                              after=one.after or "–"),
        "moved": reader.say("Đổi chỗ: cột thứ %(before)s thành cột thứ %(after)s", before=one.before, after=one.after),
    }
    return one, words[one.change]
