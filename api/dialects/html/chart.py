"""The page of a chart of a dataset's rows, and the chart as a file: each at an address that can be shared."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from fastapi import APIRouter, Request, Response

from api import deps
from api.dialects.html import calls, dataset, facts, sift
from api.dialects.html.charting import asked as asking
from api.dialects.html.charting import axes, drawing, marks, numbers, words
from api.dialects.html.refused import PageRoute
from api.dialects.html.view import Reader, TheReader, kept_page, page
from api.messages import pages
from catalog.errors import Invalid, NotFound, Problem
from catalog.model import Entry, Resource, Version
from pipelines.serving import pages as serving

router = APIRouter(route_class=PageRoute)

SVG: Final = "image/svg+xml; charset=utf-8"


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    """A chart with all that the page says of it: what was asked, the picture, breaks, notes, and the same numbers."""

    asked: asking.Asked
    picture: drawing.Picture
    breaks: Sequence[marks.Break]
    notes: Sequence[str]
    csv: str


@router.get("/datasets/{slug}/chart")
def chart(request: Request, reader: TheReader, slug: str) -> Response:
    """The page of a chart of the newest version."""
    return _page(request, reader, slug, None)


@router.get("/datasets/{slug}/versions/{number}/chart")
def chart_of_version(request: Request, reader: TheReader, slug: str, number: int) -> Response:
    """The page of a chart of one version."""
    return _page(request, reader, slug, number)


@router.get("/datasets/{slug}/chart.svg")
def picture(request: Request, reader: TheReader, slug: str) -> Response:
    """The chart of the newest version as a file."""
    return _file(request, reader, slug, None)


@router.get("/datasets/{slug}/versions/{number}/chart.svg")
def picture_of_version(request: Request, reader: TheReader, slug: str, number: int) -> Response:
    """The chart of one version as a file."""
    return _file(request, reader, slug, number)


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """The table that a chart is of, in its version."""

    entry: Entry
    version: Version
    shown: Resource
    number: int | None

    @property
    def here(self) -> str:
        """The address of the dataset's page, or of the version's."""
        base = f"/datasets/{self.entry.slug}"
        return base if self.number is None else f"{base}/versions/{self.number}"


def place(request: Request, reader: Reader, slug: str, number: int | None) -> Place | Response:
    """Find the table; a dataset that moved or went is answered as its own page answers. Raises NotFound."""
    entry = deps.site(request).catalog.dataset(reader.caller, slug)
    if slug != entry.slug:
        return dataset.moved(request, request.url.path.replace(f"/{slug}/", f"/{entry.slug}/", 1))
    if entry.state == "withdrawn":
        return dataset.tombstone(request, entry)
    version = dataset.version_of(request, reader, entry, number)
    shown = dataset.shown_of(version, request.query_params.get("resource", "")[:200])
    if version is None or shown is None:
        raise NotFound
    return Place(entry=entry, version=version, shown=shown, number=number)


def table(request: Request, reader: Reader, found: Place) -> serving.Table:
    """The table's rows, where they are at hand. Raises NotFound."""
    parquet = next((one for one in found.shown.files if one.role == "parquet"), None)
    site = deps.site(request)
    path = site.catalog.local_file(reader.caller, parquet) if parquet else None
    if parquet is None or path is None:
        raise NotFound
    return serving.table(path, parquet.sha256, site.shelf)


def _page(request: Request, reader: Reader, slug: str, number: int | None) -> Response:
    found = place(request, reader, slug, number)
    if isinstance(found, Response):
        return found
    key = ("chart", found.entry.id, found.entry.sequence, found.entry.version, number, facts.today())
    return kept_page(request, reader, key, lambda: _shown(request, reader, found))


def _asked(request: Request, found: Place) -> asking.Asked | None:
    named = found.shown is not found.version.first_table
    return asking.asked_of(request, found.shown, f"{found.here}/chart", named=named)


def _shown(request: Request, reader: Reader, found: Place) -> Response:
    asked, trouble, drawn, status = _asked(request, found), "", None, 200
    try:
        drawn = _drawn(request, reader, found, asked) if asked else None
    except Invalid as refused:
        status = 503 if refused.code == "query-too-heavy" else 422
        trouble = reader.say("Không vẽ được biểu đồ này: câu hỏi mất quá lâu, hoặc cột không chứa số. "
                             "Chọn cột khác, hoặc lọc bớt dòng.")
    known = asking.fields(found.shown)
    return page(
        request, reader, "chart.html", status=status, **about(reader, found), asked=asked,
        drawn=drawn, trouble=trouble, known=known, words=words, sift=sift,
        misread=sift.misread(reader, asked.conditions) if asked else (),
        wide=drawing.drawn(reader, drawn.picture) if drawn and drawn.picture.numbers.places else "",
        narrow=drawing.drawn(reader, drawn.picture, width=drawing.NARROW, key="n")
        if drawn and drawn.picture.numbers.places else "",
        rows=list(drawing.table(reader, drawn.picture)) if drawn else (), noindex=True,
    )


def about(reader: Reader, found: Place) -> dict[str, Any]:
    """What every page of a table in its version needs to know."""
    return {"entry": found.entry, "version": found.version, "shown": found.shown, "back": found.here,
            "number": found.number, "title": pages.words(reader.lang, found.entry.about.title),
            "titles": found.entry.about.title}


def _file(request: Request, reader: Reader, slug: str, number: int | None) -> Response:
    found = place(request, reader, slug, number)
    if isinstance(found, Response):
        return found
    asked = _asked(request, found)
    drawn = _drawn(request, reader, found, asked) if asked else None
    if drawn is None or not drawn.picture.numbers.places:
        raise Invalid(problems=[Problem("#/x", "required", {"name": "x"})])
    body = drawing.drawn(reader, drawn.picture, alone=True)
    name = f"{found.entry.slug}.svg"
    return Response(str(body), media_type=SVG, headers={
        "Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "private, no-cache",
        "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; sandbox",
    })


def _drawn(request: Request, reader: Reader, found: Place, asked: asking.Asked) -> Drawn:
    site = deps.site(request)
    x = next(one for one in asking.fields(found.shown) if one.name == asked.x)
    readable = all(one.readable for one in asked.conditions)
    told = numbers.Numbers(scale="number")
    if readable:
        told = numbers.numbers(site, table(request, reader, found), asked, x)
        told = words.named(reader, found.shown, asked, told)
    history = [one for one in site.catalog.versions(reader.caller, found.entry.id)
               if one.number <= found.version.number]
    breaks = marks.breaks(reader, asked, told, found.shown, history, f"/datasets/{found.entry.slug}")
    called = calls.table(site.url, found.entry, found.version, found.shown, pinned=found.number is not None)
    source = reader.say("Nguồn: %(title)s, phiên bản %(number)s. %(url)s", number=str(found.version.number),
                        title=pages.words(reader.lang, found.entry.about.title),
                        url=f"{site.url}/id/{found.entry.id}/{found.version.number}")
    drawn = drawing.Picture(
        form=asked.form, numbers=told, title=words.title(reader, found.shown, asked), told=_told(reader, asked, told),
        x_name=words.name_of(reader, found.shown, asked.x), y_name=words.y_name(reader, found.shown, asked),
        unit=asked.unit, source=source,
        marks=[drawing.Mark(at=one.at, number=at) for at, one in enumerate(breaks, 1) if one.at is not None],
    )
    return Drawn(asked=asked, picture=drawn, breaks=breaks, notes=_notes(reader, told, asked),
                 csv=called.rows(told.parts, format="csv", limit="all"))


def _told(reader: Reader, asked: asking.Asked, one: numbers.Numbers) -> str:
    """The chart in words, for whoever does not see it: from where to where, the highest and the lowest value."""
    values = [(y, x, series.name) for series in one.series for x, y in series.values]
    if not values:
        return reader.say("Không có số nào để vẽ.")

    def where(value: tuple[float, float, str]) -> str:
        at = axes.place(reader, one.scale, asked.unit, value[1], one.labels)
        return f"{value[2]}, {at}" if value[2] else at

    low, high = min(values), max(values)
    return reader.say("%(n)s giá trị. Cao nhất %(high)s (%(there)s), thấp nhất %(low)s (%(here)s). Bảng số ở dưới.",
                      n=len(values), high=axes.plain(reader, high[0]), there=where(high),
                      low=axes.plain(reader, low[0]), here=where(low))


def _notes(reader: Reader, one: numbers.Numbers, asked: asking.Asked) -> list[str]:
    """What the picture leaves out, and what it is not to be read for."""
    found = []
    if one.left_groups:
        found.append(reader.say("Còn %(n)s nhóm không vẽ; tệp CSV có đủ.", n=one.left_groups)
                     if not asked.by else reader.say("Còn %(n)s nhóm không vẽ.", n=one.left_groups))
    if one.left_series:
        found.append(reader.say("Chỉ vẽ năm giá trị thường gặp nhất của cột tách; còn %(n)s giá trị khác.",
                                n=one.left_series))
    if one.left_points:
        found.append(reader.say("Chỉ vẽ những dòng đầu; còn %(n)s dòng.", n=one.left_points))
    axis = axes.values(reader, one.lowest, one.highest, nought=asked.form in ("bar", "area"))
    if axis.low > 0 and one.places:
        found.append(reader.say("Trục đứng không bắt đầu từ 0."))
    return found
