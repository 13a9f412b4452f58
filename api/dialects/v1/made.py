"""Files made of a submission, for people of its agency: the report as a page, the table with its problems, the log."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path
from threading import BoundedSemaphore
from typing import Annotated, Any, Final

from fastapi import APIRouter, Query
from starlette.background import BackgroundTask
from starlette.responses import FileResponse, Response

from api.deps import Language, TheCaller, TheSite
from api.dialects.v1.datasets import REFUSALS
from api.dialects.v1.door import Door, may
from api.dialects.v1.files import disposition
from api.messages import standalone
from api.messages import table as tables
from catalog.errors import NotFound, TooMany
from catalog.model import Submission
from pipelines.again import Again
from pipelines.check import Checked

router = APIRouter(prefix="/api/v1", tags=["submissions"], route_class=Door)

AT_ONCE: Final = 2
WAIT_SECONDS: Final = 60
UNREAD: Final = ("received", "checking")
CSP: Final = "default-src 'none'; style-src 'unsafe-inline'; sandbox; frame-ancestors 'none'"
Table = Annotated[str, Query(max_length=300, description="Which table of a file with several; the first when empty.")]
Make = Callable[[Checked, Path], Path]
"""Makes the file in a folder that is swept afterwards; raises NotFound where there is none to make."""


def _type(media: str) -> dict[int | str, dict[str, Any]]:
    return {200: {"description": "The file", "content": {media: {}}}, **REFUSALS}


@router.get("/submissions/{submission}/report.html", summary="The report as one page", openapi_extra=may("member"),
            responses=_type("text/html"))
def report(site: TheSite, caller: TheCaller, lang: Language, submission: str) -> Response:
    """What was found and each cell in its place, as one HTML file that needs no network and no script."""
    one = site.catalog.submission(caller, submission)

    def make(checked: Checked, folder: Path) -> Path:
        path = folder / "report.html"
        path.write_text(standalone.of_check(checked, lang, "site"), encoding="utf-8")
        return path

    return _given(site, one, make, "text/html; charset=utf-8")


@router.get("/submissions/{submission}/problems.csv", summary="The table with its problems (CSV)",
            openapi_extra=may("member"), responses=_type("text/csv"))
def problems_csv(site: TheSite, caller: TheCaller, lang: Language, submission: str, table: Table = "") -> Response:
    """Every row as it was checked, and a last column that says what is wrong in it; no finding is left out."""
    one = site.catalog.submission(caller, submission)
    return _given(site, one, _problems(table, lang, "csv"), "text/csv; charset=utf-8", rows=True)


@router.get("/submissions/{submission}/problems.xlsx", summary="The table with its problems (XLSX)",
            openapi_extra=may("member"),
            responses=_type("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"))
def problems_xlsx(site: TheSite, caller: TheCaller, lang: Language, submission: str, table: Table = "") -> Response:
    """The same as a workbook: the cells in question are coloured and carry the sentence as a comment."""
    one = site.catalog.submission(caller, submission)
    media = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    return _given(site, one, _problems(table, lang, "xlsx"), media, rows=True)


@router.get("/submissions/{submission}/changes.csv", summary="The log of repairs", openapi_extra=may("member"),
            responses=_type("text/csv"))
def changes(site: TheSite, caller: TheCaller, submission: str, table: Table = "") -> Response:
    """Every cell that accepted repairs changed, before and after; 404 where none were accepted."""
    one = site.catalog.submission(caller, submission)

    def make(checked: Checked, folder: Path) -> Path:
        at = _which(checked, table)
        several = len(checked.outcome.tables) > 1
        stem = f"repaired-{checked.outcome.tables[at].resource}" if several else "repaired"
        log = next((each for each in checked.written if each.name == f"{stem}.changes.csv"), None)
        if log is None:
            raise NotFound
        return Path(shutil.move(log, folder / "changes.csv"))

    return _given(site, one, make, "text/csv; charset=utf-8")


def _problems(resource: str, language: str, ending: str) -> Make:
    def make(checked: Checked, folder: Path) -> Path:
        at = _which(checked, resource)
        if at >= len(checked.rows):
            raise NotFound
        path = folder / f"{tables.LABEL_IN_NAMES[language]}.{ending}"
        tables.write(checked.rows[at], checked.outcome.tables[at].findings, path, language)
        return path

    return make


def _which(checked: Checked, resource: str) -> int:
    names = [one.resource for one in checked.outcome.tables]
    if not names or (resource and resource not in names):
        raise NotFound
    return names.index(resource) if resource else 0


def _given(site: TheSite, one: Submission, make: Make, media: str, *, rows: bool = False) -> Response:
    """Check the upload again, make the file and send it; the folder goes when it is sent."""
    if one.state in UNREAD:
        raise NotFound
    gate: BoundedSemaphore = site.extras.setdefault("v1.made", BoundedSemaphore(AT_ONCE))
    if not gate.acquire(timeout=WAIT_SECONDS):
        raise TooMany(retry_after=WAIT_SECONDS)
    folder = Path(tempfile.mkdtemp(prefix="datamo-made-"))
    swept = BackgroundTask(shutil.rmtree, folder, ignore_errors=True)
    try:
        again = Again(catalog=site.catalog, files=site.files, bookcase=site.bookcase)
        path = make(again.check(one, folder, limit_errors=0 if rows else 1000, rows=rows), folder)
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    finally:
        gate.release()
    name = f"{Path(one.staged.name).stem}-{path.name}"
    headers = {"Cache-Control": "private, no-store", "Content-Disposition": disposition(name),
               "Content-Security-Policy": CSP}
    return FileResponse(path, media_type=media, headers=headers, background=swept)
