"""Pages for operators: how the machine behind the site does, acts on jobs, read-only mode, and the audit chain."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, Any, Final

from fastapi import APIRouter, Form, Request, Response
from starlette.responses import RedirectResponse

from api import deps, operating
from api.dialects.html import forms, labels
from api.dialects.html.refused import PageRoute
from api.dialects.html.view import Reader, TheReader, address, page
from api.messages import acts, pages, refusals
from api.messages.pages import VIETNAM
from catalog.catalog import Catalog
from catalog.catalog.overseeing import Thing
from catalog.errors import Conflict, Invalid, NotFound, NotKnown
from catalog.model import NOBODY, AuditRow
from standards.text import fold

router = APIRouter(route_class=PageRoute)

HERE: Final = "/desk/site"
AUDIT: Final = "/desk/site/audit"
MOST: Final = 50
LONGEST: Final = 2000
DIGITS: Final = 18
NAMED: Final = ("person", "organisation")
"""Members beside a deed that are ids of people and agencies."""

WHERE: Mapping[str, str] = {
    "dataset": "/datasets/{}", "submission": "/submissions/{}", "organisation": "/organizations/{}",
    "person": "/desk/site/audit?actor={}", "voice": "/voices/{}",
}
DAYS: Final = ("%d/%m/%Y", "%Y-%m-%d")
FILTERS: Final = ("actor", "act", "organization", "target", "from", "to")
UNTIL: Final = ("%d/%m/%Y %H:%M", "%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M")

ALARMS: Mapping[str, str] = {
    "part-down": "Một phần của dịch vụ ngừng hẳn", "damaged": "Có tệp trong kho bị hỏng",
    "no-worker": "Không có tiến trình xử lý nào đang chạy", "search": "Tìm kiếm chưa hoạt động đầy đủ",
    "disk": "Ổ đĩa sắp đầy", "set-aside": "Có việc bị gác lại", "waiting": "Có việc chờ quá nửa giờ",
    "behind": "Một bộ theo dõi thay đổi bị chậm",
}
TABS: Mapping[str, str] = {
    "waiting": "đang chờ", "running": "đang chạy", "set-aside": "bị gác lại", "database": "Cơ sở dữ liệu",
    "files": "Kho tệp", "search": "Tìm kiếm", "worker": "Bộ kiểm tra tệp", "work": "Thư mục làm việc",
    "copies": "Bản sao tạm", "index": "Tìm kiếm", "public-state": "Bản ghi công khai", "webhooks": "Webhook",
    "active": "đang dùng", "failing": "đang lỗi", "disabled": "đã tắt", "original": "Tệp gốc", "report": "Báo cáo",
    "changes": "Khác biệt", "file": "Thư mục trên máy này", "S3": "Kho đối tượng S3",
}


def _operators_only(reader: Reader) -> None:
    if not reader.caller.known:
        raise NotKnown("credentials-needed")


@router.get(HERE)
def machine(request: Request, reader: TheReader, orphans: str = "") -> Response:
    """What somebody has to look at first, then everything by part."""
    _operators_only(reader)
    return _machine(request, reader, orphans=bool(orphans))


def _machine(request: Request, reader: Reader, *, orphans: bool = False, wrong: str = "",
             given: Mapping[str, str] | None = None) -> Response:
    found = operating.report(deps.site(request), reader.caller, orphans=orphans)
    return page(
        request, reader, "operating.html", status=422 if wrong else 200, found=found, wrong=wrong, alarms=ALARMS,
        words=TABS, given=given or {}, noindex=True, moment_of=_moment,
    )


def _moment(said: str | None) -> datetime | None:
    return datetime.fromisoformat(said) if said else None


@router.post(f"{HERE}/jobs")
def job(request: Request, reader: TheReader, *, csrf: Annotated[str, Form()] = "", job: Annotated[str, Form()] = "",
        act: Annotated[str, Form()] = "", sure: Annotated[str, Form()] = "") -> Response:
    """Run a job once more, or stop it; stopping has to be confirmed."""
    forms.with_token(request, reader, csrf)
    catalog, one = deps.site(request).catalog, job.strip()[:200]
    if act not in ("retry", "cancel"):
        raise NotFound
    if act == "cancel" and not sure:
        return _machine(request, reader, wrong=reader.say("Đánh dấu vào ô xác nhận trước khi dừng việc này."))
    try:
        if act == "retry":
            catalog.retry_job(reader.caller, one)
        else:
            catalog.cancel_job(reader.caller, one)
    except (Conflict, NotFound) as refused:
        return _machine(request, reader, wrong=refusals.sentence(refused.code, refused.params, reader.lang, status=422))
    return RedirectResponse(HERE, status_code=303)


@router.post(f"{HERE}/search")
def rebuild(request: Request, reader: TheReader, *, csrf: Annotated[str, Form()] = "",
            sure: Annotated[str, Form()] = "") -> Response:
    """Let the worker build search anew; that has to be confirmed."""
    forms.with_token(request, reader, csrf)
    if not sure:
        return _machine(request, reader, wrong=reader.say("Đánh dấu vào ô xác nhận trước khi dựng lại tìm kiếm."))
    deps.site(request).catalog.ask_reindex(reader.caller)
    return RedirectResponse(f"{HERE}#kh", status_code=303)


@router.post(f"{HERE}/read-only")
def read_only(request: Request, reader: TheReader, *, csrf: Annotated[str, Form()] = "",
              act: Annotated[str, Form()] = "", notice: Annotated[str, Form()] = "",
              until: Annotated[str, Form()] = "", sure: Annotated[str, Form()] = "") -> Response:
    """Take no changes from now on, with a notice; or take them again."""
    forms.with_token(request, reader, csrf)
    catalog, given = deps.site(request).catalog, {"notice": notice[:LONGEST], "until": until[:40]}
    if act == "off":
        catalog.make_writable(reader.caller)
        return RedirectResponse(HERE, status_code=303)
    if not sure:
        said = reader.say("Đánh dấu vào ô xác nhận trước khi chuyển sang chỉ đọc.")
        return _machine(request, reader, wrong=said, given=given)
    try:
        catalog.make_read_only(reader.caller, notice[:LONGEST], _read(until, UNTIL))
    except (Invalid, ValueError):
        said = reader.say("Ghi thời điểm như 20/9/2026 14:30, hoặc để trống; thông báo dài nhất 2.000 ký tự.")
        return _machine(request, reader, wrong=said, given=given)
    return RedirectResponse(HERE, status_code=303)


def _read(said: str, shapes: tuple[str, ...]) -> datetime | None:
    """Read a moment in Vietnam. Raises ValueError."""
    said = said.strip()
    if not said:
        return None
    for shape in shapes:
        try:
            return datetime.strptime(said, shape).replace(tzinfo=VIETNAM)
        except ValueError:
            continue
    raise ValueError(said)


# --- the audit chain --------------------------------------------------------------------------------------------------


@router.get(AUDIT)
def audit(request: Request, reader: TheReader) -> Response:
    """Who did what on which thing: by person, agency, deed and day, page by page; the same as a file."""
    _operators_only(reader)
    catalog, query = deps.site(request).catalog, request.query_params
    asked = {name: query.get(name, "").strip()[:200] for name in FILTERS}
    below = query.get("below", "")
    wrong, rows = "", []
    try:
        first, last = (_day(asked[name]) for name in ("from", "to"))
        rows = list(catalog.history(
            reader.caller, actor=asked["actor"], act=asked["act"], agency=asked["organization"],
            target=asked["target"], first=first, last=last, limit=MOST + 1,
            below=int(below) if below.isascii() and below.isdecimal() and len(below) <= DIGITS else 0))
    except ValueError:
        wrong = reader.say("Ghi ngày như 20/9/2026.")
    more = rows[MOST - 1].sequence if len(rows) > MOST else 0
    kept = {name: value for name, value in asked.items() if value}
    days = {name: _iso(kept.get(name, "")) for name in ("from", "to")}
    organisations = sorted(catalog.organisations(NOBODY), key=lambda one: fold(next(iter(one.title.values()), "")))
    return page(
        request, reader, "audit.html", status=422 if wrong else 200, asked=asked, wrong=wrong,
        rows=_deeds(reader, catalog, rows[:MOST]), acts=_acts(reader, catalog.acts_lately(reader.caller), asked["act"]),
        organisations=organisations, noindex=True,
        more=address(AUDIT, **kept, below=more) if more else "", first=address(AUDIT, **kept) if below else "",
        csv=address("/api/v1/site/audit", **{**kept, **days}, format="csv"),
    )


def _acts(reader: Reader, lately: Sequence[str], asked: str) -> list[tuple[str, str]]:
    """The deeds to choose from by what they are called, in the order of the alphabet."""
    found = {one: acts.named(one, reader.lang) for one in (*lately, *([asked] if asked else []))}
    return sorted(found.items(), key=lambda one: fold(one[1]))


def _day(said: str) -> date | None:
    """Read a day; raises ValueError."""
    found = _read(said, DAYS)
    return found.date() if found else None


def _iso(said: str) -> str:
    try:
        found = _day(said)
    except ValueError:
        return ""
    return found.isoformat() if found else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Deed:
    """A row of the audit chain in the reader's words: what was done, on what, with which words, and as it is."""

    row: AuditRow
    said: str
    words: str
    on: Thing | None
    where: str
    detail: str


def _deeds(reader: Reader, catalog: Catalog, rows: Sequence[AuditRow]) -> list[Deed]:
    """Put rows into words; people and things by their names where they are still there."""
    named = [str(one.detail.get(key) or "") for one in rows for key in NAMED]
    things = catalog.things(reader.caller, [*(one.object for one in rows), *named])
    return [_deed(reader, one, things) for one in rows]


def _deed(reader: Reader, row: AuditRow, things: Mapping[str, Thing]) -> Deed:
    params: dict[str, Any] = {key: _shown(reader, key, value, things) for key, value in row.detail.items()}
    on = things.get(row.object)
    return Deed(
        row=row, said=acts.told(row.act, reader.lang, params), words=acts.written(row.detail)[: MOST * 4], on=on,
        where=WHERE[on.kind].format(on.key) if on else "", detail=_detail(row.detail),
    )


def _shown(reader: Reader, key: str, value: object, things: Mapping[str, Thing]) -> str:
    """What a number or name beside a deed is for people: roles, moments, names instead of ids."""
    said = str(value)
    if key == "role":
        return labels.role(reader.lang, said)
    if key == "at":
        return pages.moment(reader.lang, _moment(said))
    if key == "day":
        return pages.day(reader.lang, said)
    if key in NAMED and said in things:
        return pages.words(reader.lang, things[said].title)
    return pages.number(reader.lang, value) if isinstance(value, int) else said[:MOST]


def _detail(one: Mapping[str, Any]) -> str:
    """What stands beside a deed in the chain, on one line."""
    said = json.dumps(one, ensure_ascii=False, sort_keys=True, default=str) if one else ""
    return said if len(said) <= MOST * 4 else said[: MOST * 4] + "…"
