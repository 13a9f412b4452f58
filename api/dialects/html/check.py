"""Check a file without an account: its report under an address that holds for half an hour, or a file made of it."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path
from threading import BoundedSemaphore
from zipfile import ZIP_DEFLATED, ZipFile

from fastapi import APIRouter, Request, Response
from starlette.background import BackgroundTask
from starlette.datastructures import UploadFile
from starlette.responses import FileResponse, RedirectResponse

from api import deps
from api.dialects.html import brief, facts, forms, kept, reading, report, shelf
from api.dialects.html.cells import MOST_DIGITS, Grid, Wanted, grid
from api.dialects.html.refused import PageRoute
from api.dialects.html.repair import mends_for
from api.dialects.html.upload import TheForm, field, file_of
from api.dialects.html.view import Reader, TheReader, address, page
from api.messages import standalone, table
from catalog.errors import TooMany
from catalog.model import Options
from pipelines.check import Checked, check_file
from pipelines.steps.receive import clean_name

router = APIRouter(route_class=PageRoute)
AT_ONCE = 2
WAIT_SECONDS = 60
LIMIT_FINDINGS = 1000
PROBLEMS = {"problems-csv": "csv", "problems-xlsx": "xlsx"}
REPORT = "report-html"
REPAIR = "repaired"
ROWS = 50
"""Rows with problems on one page of the report."""

REPAIRED = {"vi": "đã-sửa", "en": "repaired"}
REPORTED = {"vi": "báo-cáo", "en": "report"}
NOTHING_KEPT = {"Cache-Control": "no-store"}
MADE = NOTHING_KEPT | {"Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; sandbox"}


@router.get("/check")
def check_form(request: Request, reader: TheReader) -> Response:
    """The form."""
    return _form(request, reader, request.query_params.get("standard", ""), "")


def _form(request: Request, reader: Reader, chosen: str, wrong: str, *, status: int = 422) -> Response:
    return page(request, reader, "check.html", standards=shelf.choices(reader), chosen=chosen, wrong=wrong,
                limit=deps.site(request).upload_limit, status=status if wrong else 200, minutes=kept.MINUTES,
                erased="erased" in request.query_params)


def over(request: Request, reader: Reader) -> Response:
    """The form, and that nothing is held under this address."""
    said = reader.say("Không còn gì ở địa chỉ này: tệp đã được xóa. Chọn lại tệp để kiểm tra.")
    return _form(request, reader, "", said, status=404)


@router.post("/check")
def check(request: Request, reader: TheReader, form: TheForm) -> Response:
    """Check the file and go to its report; or answer at once, and hold nothing, with the file that is asked for."""
    forms.same_origin(request)
    given, standard = file_of(form), field(form, "standard")
    if given is None:
        return _form(request, reader, standard, reader.say("Chưa chọn tệp nào."))
    wanted, place = field(form, "give", 20), place_of(field(form, "from", 400))
    fixes = ("safe",) if wanted == REPAIR else ()
    options = Options(standard=standard if standard in shelf.standards(reader) else "",
                      sheet=field(form, "sheet", 200), fixes=fixes)
    brief.sweep()
    folder = brief.folder(room_of(request).within)
    swept = BackgroundTask(shutil.rmtree, folder, ignore_errors=True)
    try:
        file = folder / kept.FILE
        _put(given, file)
        found = look(request, file, folder, options, wanted=wanted,
                     name=clean_name(given.filename or "file"), whole=bool(place))
        made = made_of(reader, found, folder, wanted)
        token = "" if made or wanted or place else kept.hold(folder, found, options, room_of(request))
        if token:
            return RedirectResponse(_at(reader, token), status_code=303, headers=NOTHING_KEPT)
        grids = () if made else grids_of(reader, found, place)
    except BaseException:
        swept.func(*swept.args, **swept.kwargs)
        raise
    if made is not None:
        return given_as(found, made, swept)
    shown = drawn(request, reader, found, options, grids, later=bool(place))
    shown.background = swept
    return shown


def room_of(request: Request) -> kept.Room:
    """Where files are held."""
    return kept.room_of(deps.site(request).extras)


def _put(given: UploadFile, file: Path) -> None:
    with file.open("wb") as stream:
        shutil.copyfileobj(given.file, stream)


def _at(reader: Reader, token: str) -> str:
    """The address of a held report; the language that was asked for with the file goes along."""
    return address(f"/check/{token}", lang=reader.lang if reader.chosen else "")


def drawn(request: Request, reader: Reader, found: Checked, options: Options, grids: Sequence[Grid], *,
          later: bool = False, one: kept.Held | None = None) -> Response:
    """The page of the report."""
    offered = reading.offered(reader, found.outcome, options) if one else ()
    return page(request, reader, "checked.html", checked=found, report=report.report_of(reader, found.outcome),
                visible=report.visible, noindex=True, chosen=options.standard, sheet=options.sheet, grids=grids,
                mends=mends_for(reader, found.outcome, options, waiting=True), later=later, headers=NOTHING_KEPT,
                standards=shelf.choices(reader), here_at=f"/check/{one.token}" if one else "",
                token=one.token if one else "", until=one.until if one else None, rereads=offered)


def place_of(given: str) -> tuple[str, int] | None:
    """``51:bang`` → from the 51st row with a problem of the table ``bang`` on; None for the beginning."""
    start, _, name = given.partition(":")
    return (name, max(int(start), 1)) if start.isascii() and start.isdecimal() and len(start) <= MOST_DIGITS else None


def grids_of(reader: Reader, found: Checked, place: tuple[str, int] | None = None) -> Sequence[Grid]:
    """The rows with problems of each table: the first ones, or those from the place that was asked for."""
    wanted = dict([place] if place else [])
    return tuple(grid(reader, rows, table, Wanted(start=wanted.get(table.resource, 1), rows=ROWS))
                 for table, rows in zip(found.outcome.tables, found.rows, strict=False))


def look(request: Request, file: Path, folder: Path, options: Options, *, name: str, wanted: str = "",
         whole: bool = False) -> Checked:
    """Check a file when it is its turn; what is made of it lies in ``folder``. Raises TooMany."""
    gate: BoundedSemaphore = deps.site(request).extras.setdefault("html.checks", BoundedSemaphore(AT_ONCE))
    if not gate.acquire(timeout=WAIT_SECONDS):
        raise TooMany(retry_after=WAIT_SECONDS)
    try:
        return check_file(
            file, today=facts.today(), name=name, options=options,
            limit_errors=0 if whole or wanted in PROBLEMS else LIMIT_FINDINGS, installed=deps.site(request).bookcase,
            inside=folder, fixed=folder / "repaired.csv" if wanted == REPAIR else None,
            rows=folder if wanted in PROBLEMS or not wanted else None,
        )
    finally:
        gate.release()


def made_of(reader: Reader, found: Checked, folder: Path, wanted: str, at: int = 0) -> Path | None:
    """Make the file that was asked for; None where there is none, as of an unreadable file. ``at``: of which table."""
    if wanted in PROBLEMS and at < len(found.rows):
        made = folder / f"made-{table.LABEL_IN_NAMES[reader.lang]}.{PROBLEMS[wanted]}"
        table.write(found.rows[at], found.outcome.tables[at].findings, made, reader.lang)
        return made
    if wanted == REPORT:
        made = folder / f"made-{REPORTED[reader.lang]}.html"
        made.write_text(standalone.of_check(found, reader.lang, "site"), encoding="utf-8")
        return made
    if wanted == REPAIR and found.written:
        made = folder / f"made-{REPAIRED[reader.lang]}.zip"
        with ZipFile(made, "w", ZIP_DEFLATED) as packed:
            for one in found.written:
                packed.write(one, one.name)
        return made
    return None


def given_as(found: Checked, made: Path, swept: BackgroundTask) -> Response:
    """The answer that carries a made file, called as the file that it was made of."""
    name = f"{Path(found.name).stem}{made.name.removeprefix('made')}"
    return FileResponse(made, filename=name, headers=MADE, background=swept)
