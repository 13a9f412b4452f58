"""Check a file without an account: it is read in the sandbox, the report is shown, and nothing of it is kept."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path
from threading import BoundedSemaphore

from fastapi import APIRouter, Request, Response
from starlette.datastructures import UploadFile

from api import deps
from api.dialects.html import facts, forms, report, shelf
from api.dialects.html.refused import PageRoute
from api.dialects.html.upload import TheForm, field, file_of
from api.dialects.html.view import Reader, TheReader, page
from catalog.errors import TooMany
from catalog.model import Options
from pipelines.check import Checked, check_file
from pipelines.steps.receive import clean_name

router = APIRouter(route_class=PageRoute)
AT_ONCE = 2
WAIT_SECONDS = 60
LIMIT_FINDINGS = 1000


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
    gate: BoundedSemaphore = deps.site(request).extras.setdefault("html.checks", BoundedSemaphore(AT_ONCE))
    if not gate.acquire(timeout=WAIT_SECONDS):
        raise TooMany(retry_after=WAIT_SECONDS)
    try:
        found = checked(request, given, Options(standard=standard, sheet=field(form, "sheet", 200)))
    finally:
        gate.release()
    told = report.report_of(reader, found.outcome)
    return page(request, reader, "checked.html", checked=found, report=told, visible=report.visible, noindex=True,
                chosen=standard, headers={"Cache-Control": "no-store"})


def checked(request: Request, given: UploadFile, options: Options) -> Checked:
    """Put the upload into a folder of its own, check it there, and take the folder away."""
    with tempfile.TemporaryDirectory(prefix="datamo-page-") as folder:
        path = Path(folder) / "file"
        with path.open("wb") as kept:
            shutil.copyfileobj(given.file, kept)
        return check_file(path, today=facts.today(), name=clean_name(given.filename or "file"), options=options,
                          limit_errors=LIMIT_FINDINGS, installed=deps.site(request).bookcase)
