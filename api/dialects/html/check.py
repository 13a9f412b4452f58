"""Check a file without an account: the report is shown, or a file made of it is given, and nothing of it is kept."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path
from threading import BoundedSemaphore
from zipfile import ZIP_DEFLATED, ZipFile

from fastapi import APIRouter, Request, Response
from starlette.background import BackgroundTask
from starlette.datastructures import UploadFile
from starlette.responses import FileResponse

from api import deps
from api.dialects.html import brief, facts, forms, report, shelf
from api.dialects.html.cells import Grid, Wanted, grid
from api.dialects.html.refused import PageRoute
from api.dialects.html.repair import plan_of
from api.dialects.html.upload import TheForm, field, file_of
from api.dialects.html.view import Reader, TheReader, page
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
ROWS = 50
"""Rows with problems on one page of the report."""

MOST_DIGITS = 9
REPAIRED = {"vi": "đã-sửa", "en": "repaired"}
REPORTED = {"vi": "báo-cáo", "en": "report"}
NOTHING_KEPT = {"Cache-Control": "no-store"}
MADE = NOTHING_KEPT | {"Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; sandbox"}


@router.get("/check")
def check_form(request: Request, reader: TheReader) -> Response:
    """The form."""
    return _form(request, reader, request.query_params.get("standard", ""), "")


def _form(request: Request, reader: Reader, chosen: str, wrong: str) -> Response:
    return page(request, reader, "check.html", standards=shelf.choices(reader), chosen=chosen, wrong=wrong,
                limit=deps.site(request).upload_limit, status=422 if wrong else 200)


@router.post("/check")
def check(request: Request, reader: TheReader, form: TheForm) -> Response:
    """Check the file and show the report."""
    forms.same_origin(request)
    given, standard = file_of(form), field(form, "standard")
    if given is None:
        return _form(request, reader, standard, reader.say("Chưa chọn tệp nào."))
    if standard and standard not in shelf.standards(reader):
        standard = ""
    wanted, place = field(form, "give", 20), place_of(field(form, "from", 400))
    fixes = ("safe",) if wanted == "repaired" else ()
    options = Options(standard=standard, sheet=field(form, "sheet", 200), fixes=fixes)
    brief.sweep()
    folder = brief.folder()
    swept = BackgroundTask(shutil.rmtree, folder, ignore_errors=True)
    try:
        found = _checked(request, given, options, folder, wanted, whole=bool(place))
        made = _made(reader, found, folder, wanted)
        grids = () if made else _grids(reader, found, place)
    except BaseException:
        swept.func(*swept.args, **swept.kwargs)
        raise
    if made is not None:
        stem = Path(found.name).stem
        name = f"{stem}{made.name.removeprefix('made')}"
        return FileResponse(made, filename=name, headers=MADE, background=swept)
    told = report.report_of(reader, found.outcome)
    shown = page(request, reader, "checked.html", checked=found, report=told, visible=report.visible, noindex=True,
                 mends=plan_of(reader, found.outcome), chosen=standard, sheet=options.sheet, grids=grids,
                 later=bool(place), headers=NOTHING_KEPT)
    shown.background = swept
    return shown


def place_of(given: str) -> tuple[str, int] | None:
    """``51:bang`` → from the 51st row with a problem of the table ``bang`` on; None for the beginning."""
    start, _, name = given.partition(":")
    return (name, max(int(start), 1)) if start.isascii() and start.isdecimal() and len(start) <= MOST_DIGITS else None


def _grids(reader: Reader, found: Checked, place: tuple[str, int] | None) -> Sequence[Grid]:
    """The rows with problems of each table: the first ones, or those from the place that was asked for."""
    wanted = dict([place] if place else [])
    return tuple(grid(reader, rows, table, Wanted(start=wanted.get(table.resource, 1), rows=ROWS))
                 for table, rows in zip(found.outcome.tables, found.rows, strict=False))


def _checked(request: Request, given: UploadFile, options: Options, folder: Path, wanted: str, *,
             whole: bool) -> Checked:
    """Check the upload in a folder of its own, when it is its turn; the folder goes when the answer is sent."""
    gate: BoundedSemaphore = deps.site(request).extras.setdefault("html.checks", BoundedSemaphore(AT_ONCE))
    if not gate.acquire(timeout=WAIT_SECONDS):
        raise TooMany(retry_after=WAIT_SECONDS)
    try:
        path = folder / "file"
        with path.open("wb") as kept:
            shutil.copyfileobj(given.file, kept)
        return check_file(
            path, today=facts.today(), name=clean_name(given.filename or "file"), options=options,
            limit_errors=0 if whole or wanted in PROBLEMS else LIMIT_FINDINGS, installed=deps.site(request).bookcase,
            inside=folder, fixed=folder / "repaired.csv" if wanted == "repaired" else None,
            rows=folder if wanted in PROBLEMS or not wanted else None,
        )
    finally:
        gate.release()


def _made(reader: Reader, found: Checked, folder: Path, wanted: str) -> Path | None:
    """Make the file that was asked for instead of the page; None where there is none, as of an unreadable file."""
    if wanted in PROBLEMS and found.rows:
        made = folder / f"made-{table.LABEL_IN_NAMES[reader.lang]}.{PROBLEMS[wanted]}"
        table.write(found.rows[0], found.outcome.tables[0].findings, made, reader.lang)
        return made
    if wanted == REPORT:
        made = folder / f"made-{REPORTED[reader.lang]}.html"
        made.write_text(standalone.of_check(found, reader.lang, "site"), encoding="utf-8")
        return made
    if wanted == "repaired" and found.written:
        made = folder / f"made-{REPAIRED[reader.lang]}.zip"
        with ZipFile(made, "w", ZIP_DEFLATED) as packed:
            for one in found.written:
                packed.write(one, one.name)
        return made
    return None
