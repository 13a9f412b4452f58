"""The page of a map: the rows of a table that have coordinates or GeoJSON, as points, outlines and a table of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from fastapi import APIRouter, Request, Response

from api import deps
from api.dialects.html import chart, facts, rows, sift
from api.dialects.html.charting import drawing, mapping
from api.dialects.html.charting.located import Located, located
from api.dialects.html.refused import PageRoute
from api.dialects.html.view import Reader, TheReader, kept_page, page
from catalog.errors import Invalid, NotFound
from pipelines import tables
from pipelines.rowquery import read
from pipelines.serving import pages as serving

router = APIRouter(route_class=PageRoute)

MOST_POINTS: Final = 1500
MOST_SHAPES: Final = 400
LISTED: Final = 60


@router.get("/datasets/{slug}/map")
def newest(request: Request, reader: TheReader, slug: str) -> Response:
    """The map of the newest version."""
    return _page(request, reader, slug, None)


@router.get("/datasets/{slug}/versions/{number}/map")
def of_version(request: Request, reader: TheReader, slug: str, number: int) -> Response:
    """The map of one version."""
    return _page(request, reader, slug, number)


def _page(request: Request, reader: Reader, slug: str, number: int | None) -> Response:
    found = chart.place(request, reader, slug, number)
    if isinstance(found, Response):
        return found
    key = ("map", found.entry.id, found.entry.sequence, found.entry.version, number, facts.today())
    return kept_page(request, reader, key, lambda: _shown(request, reader, found))


def _shown(request: Request, reader: Reader, found: chart.Place) -> Response:
    where = located(found.shown)
    if where is None:
        raise NotFound
    named = found.shown is not found.version.first_table
    asked = rows.asked_of(request, found.shown, found.here, named=named)
    land, total, trouble = mapping.Land(), 0, ""
    try:
        if all(one.readable for one in asked.conditions):
            land, total = _land(deps.site(request), chart.table(request, reader, found), where, asked)
    except Invalid:
        trouble = reader.say("Không vẽ được bản đồ này. Lọc bớt dòng rồi thử lại.")
    told = _told(reader, land)
    pictures = {
        name: mapping.drawn(reader, land, width=width, title=reader.say("Bản đồ"), told=told, key=name[0])
        for name, width in (("wide", drawing.WIDE), ("narrow", drawing.NARROW))
    } if land else {"wide": "", "narrow": ""}
    most = MOST_SHAPES if where.shape else MOST_POINTS
    return page(
        request, reader, "map.html", **chart.about(reader, found), **pictures, asked=asked, land=land, told=told,
        trouble=trouble, left=max(total - most, 0), spots=land.spots[:LISTED], sift=sift, where=where, noindex=True,
        misread=sift.misread(reader, asked.conditions),
    )


def _told(reader: Reader, land: mapping.Land) -> str:
    """What the map shows, in a sentence."""
    points, shapes = len(land.spots), len(land.outlines)
    if points and shapes:
        return reader.say("%(n)s điểm và %(many)s hình. Danh sách ở dưới.", n=points, many=shapes)
    if shapes:
        return reader.say("%(n)s hình.", n=shapes)
    return reader.say("%(n)s điểm. Danh sách ở dưới.", n=points)


def _land(site: deps.Site, table: serving.Table, where: Located, asked: rows.Asked) -> tuple[mapping.Land, int]:
    """What is on the map, and how many rows could be. Raises Invalid where that takes too long."""
    columns = [where.shape] if where.shape else [where.latitude, where.longitude]
    needed = [f"{sift.named(one)} is not null" for one in columns]
    wanted = [*columns, *([where.name] if where.name else [])]
    parts = {
        "select": ", ".join(map(sift.named, wanted)),
        "where": " and ".join([*needed, *([sift.where(asked.conditions)] if asked.conditions else [])]),
    }
    told = serving.page(site.askers, serving.asked(table, read.read(parts)),
                        limit=MOST_SHAPES if where.shape else MOST_POINTS)
    cells: Sequence[Sequence[tables.Plain]] = [list(row[: len(columns) + bool(where.name)]) for row in told.rows]
    named = [[*row, ""][: len(columns) + 1] for row in cells]
    if where.shape:
        return mapping.of_shapes([(row[0], row[1]) for row in named]), int(told.total or 0)
    return mapping.of_points([(row[0], row[1], row[2]) for row in named]), int(told.total or 0)
