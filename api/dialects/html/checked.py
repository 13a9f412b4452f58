"""A file that was checked without an account, while it is held: its report, rows, files made of it, other ways."""

from __future__ import annotations

import shutil
from dataclasses import replace
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request, Response
from starlette.background import BackgroundTask
from starlette.datastructures import FormData
from starlette.responses import RedirectResponse

from api.dialects.html import brief, check, forms, kept, shelf
from api.dialects.html.cells import Grid, Wanted, counted, grid, wanted_by
from api.dialects.html.reading import CHOICES, LONGEST_SHEET, has_sheets, wanted_of
from api.dialects.html.refused import PageRoute
from api.dialects.html.repair import Asked, accepted
from api.dialects.html.report import visible
from api.dialects.html.upload import field
from api.dialects.html.view import Reader, TheReader, address, page
from api.dialects.html.wording import finding_title
from catalog.errors import NotFound
from catalog.model import Options

router = APIRouter(route_class=PageRoute)
MADE = {"report.html": check.REPORT, "problems.xlsx": "problems-xlsx", "problems.csv": "problems-csv",
        "repaired.zip": check.REPAIR}
"""What is made of a held file, by the last part of its address."""

ACTS = ("fixes", "reading", "standard", "erase")


async def fields_of(request: Request) -> FormData:
    """The fields of a form without files."""
    return await request.form()


Fields = Annotated[FormData, Depends(fields_of)]


@router.get("/check/{token}")
def checked(request: Request, reader: TheReader, token: str) -> Response:
    """The report of a held file."""
    one = kept.held(check.room_of(request), token)
    if one is None:
        return check.over(request, reader)
    return check.drawn(request, reader, one.found, one.options, check.grids_of(reader, one.found), one=one)


@router.get("/check/{token}/cells")
def cells(request: Request, reader: TheReader, token: str) -> Response:
    """Rows of a held file with their problems, from the place that is asked for; of one kind, or all."""
    one = kept.held(check.room_of(request), token)
    if one is None:
        return check.over(request, reader)
    names = [each.resource for each in one.found.outcome.tables]
    name = request.query_params.get("table", "")[:300]
    at = names.index(name) if name in names else 0
    wanted = replace(wanted_by(request.query_params), rows=check.ROWS)
    if at >= len(one.found.rows):
        return RedirectResponse(f"/check/{token}", status_code=303)
    shown = _grid(request, reader, one, at, wanted)
    path, about = f"/check/{token}/cells", {"code": wanted.code, "field": wanted.field}
    about["table"] = names[at] if len(names) > 1 else ""
    before = max(shown.start - wanted.rows, 1)
    return page(
        request, reader, "checked_cells.html", noindex=True, headers=check.NOTHING_KEPT, checked=one.found, grid=shown,
        visible=visible, wanted=wanted, tables=names, table=names[at], path=path, here_at=f"/check/{token}",
        kind=finding_title(reader, wanted.code) if wanted.code else "",
        following=address(path, **about, **{"from": shown.following}) if shown.following else "",
        before=address(path, **about, **{"from": before}) if shown.start > 1 else "",
    )


def _grid(request: Request, reader: Reader, one: kept.Held, at: int, wanted: Wanted) -> Grid:
    """The rows that are wanted; the file is looked at again where not every problem was written down."""
    table = one.found.outcome.tables[at]
    if counted(table, wanted) <= sum(wanted.meant(each) for each in table.findings):
        return grid(reader, one.found.rows[at], table, wanted)
    folder = brief.folder(check.room_of(request).within)
    try:
        found = check.look(request, one.file, folder, one.options, name=one.found.name, whole=True)
        return grid(reader, found.rows[at], found.outcome.tables[at], wanted)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@router.get("/check/{token}/{name}")
def made(request: Request, reader: TheReader, token: str, name: str) -> Response:
    """A file made of a held one: the report, the table with its problems, the repaired table with its log."""
    if name not in MADE:
        raise NotFound
    one, wanted = kept.held(check.room_of(request), token), MADE[name]
    if one is None:
        return check.over(request, reader)
    names = [each.resource for each in one.found.outcome.tables]
    asked = request.query_params.get("table", "")[:300]
    options = one.options
    if wanted == check.REPAIR and not options.fixes:
        options = replace(options, fixes=("safe",))
    folder = brief.folder(check.room_of(request).within)
    swept = BackgroundTask(shutil.rmtree, folder, ignore_errors=True)
    try:
        found = check.look(request, one.file, folder, options, name=one.found.name, wanted=wanted)
        file = check.made_of(reader, found, folder, wanted, names.index(asked) if asked in names else 0)
    except BaseException:
        swept.func(*swept.args, **swept.kwargs)
        raise
    if file is None:
        swept.func(*swept.args, **swept.kwargs)
        raise NotFound
    return check.given_as(found, file, swept)


@router.post("/check/{token}/{act}")
def act_on(request: Request, reader: TheReader, token: str, act: str, form: Fields) -> Response:
    """Erase it now; or check it again: with repairs, read in another way, against another standard."""
    forms.same_origin(request)
    if act not in ACTS:
        raise NotFound
    if act == "erase":
        kept.erase(check.room_of(request), token)
        return RedirectResponse("/check?erased=1", status_code=303)
    one = kept.held(check.room_of(request), token)
    if one is None:
        return check.over(request, reader)
    _anew(request, one, _options(reader, one, act, form))
    return RedirectResponse(f"/check/{token}", status_code=303)


def _options(reader: Reader, one: kept.Held, act: str, form: FormData) -> Options:
    """What is asked for now; raises Invalid where it is nothing."""
    before = one.options
    if act == "fixes":
        kinds, back = ([str(each) for each in form.getlist(name)] for name in ("kind", "withdraw"))
        words = {name: field(form, name, 100) for name in ("day", "until", "asof")}
        asked = Asked(safe=bool(field(form, "safe")), kinds=kinds, withdrawn=back,
                      dated=field(form, "dated", 300), **words)
        return replace(before, fixes=tuple(dict.fromkeys(accepted(before.fixes, asked))))
    sheet = field(form, "sheet", LONGEST_SHEET) if has_sheets(one.found.outcome) else before.sheet
    if act == "reading":
        given: dict[str, Any] = {name: field(form, name, 1000) for name in CHOICES}
        return replace(before, read=wanted_of(given, before.read), sheet=sheet)
    standard = field(form, "standard", 200)
    return replace(before, standard=standard if standard in shelf.standards(reader) else "")


def _anew(request: Request, one: kept.Held, options: Options) -> None:
    """Look at a held file again and put what is found in the place of what was."""
    folder = brief.folder(check.room_of(request).within)
    try:
        kept.again(one, check.look(request, one.file, folder, options, name=one.found.name), options)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
