"""Check: a code is in force on the day that the data are of, and is not another unit's old number."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from standards.check import Cells, Example, Remark, Use, basis_of, is_called, padded, reference_day
from standards.codelist import Codelist, Entry
from standards.finding import Fix

CODE = "code-valid-on"
SCOPE = "cell"
SEVERITY = "error"
EXPLAINS = ("pattern", "minLength", "maxLength", "enum")
BASIS = "QĐ 19/2025/QĐ-TTg; QĐ 124/2004/QĐ-TTg"
TITLE = {"vi": "Mã không có hiệu lực vào ngày dữ liệu", "en": "Code not in force on the day of the data"}
SENTENCES = {
    "unknown": {
        "vi": "mã {cell} không có trong danh mục “{list_title}”. Tra mã trong danh mục rồi sửa ô này.",
        "en": 'code {cell} is not in the list "{list_title}". Look the code up in the list and correct the cell.',
    },
    "not-yet": {
        "vi": "mã {cell} ({name}) chỉ có hiệu lực từ {from_on}, còn dữ liệu tính đến {day_on}. "
        "Kiểm tra mã và ngày dữ liệu.",
        "en": "code {cell} ({name}) begins on {from_on}, but the data refer to {day_on}. Check the code and the date.",
    },
    "closed": {
        "vi": "mã {cell} ({name}) hết hiệu lực từ {until_on}. Từ ngày đó dùng mã {successors}. "
        "Dữ liệu tính đến {day_on}: sửa mã, hoặc sửa ngày nếu dữ liệu cũ hơn.",
        "en": "code {cell} ({name}) ended on {until_on}. Since then use {successors}. "
        "The data refer to {day_on}: correct the code, or the date if the data are older.",
    },
    "closed-alone": {
        "vi": "mã {cell} ({name}) hết hiệu lực từ {until_on} và không có mã thay thế trong danh mục. "
        "Dữ liệu tính đến {day_on}: kiểm tra mã và ngày dữ liệu.",
        "en": "code {cell} ({name}) ended on {until_on} and the list names no successor. "
        "The data refer to {day_on}: check the code and the date.",
    },
    "reused": {
        "vi": "ngày {day_on} mã {cell} là {name}, không phải “{given}”: “{given}” mang mã này đến trước {until_on}. "
        "Nếu dữ liệu đúng là của ngày {day_on}, dùng mã {successors}; nếu dữ liệu cũ hơn, sửa ngày dữ liệu.",
        "en": 'on {day_on} code {cell} is {name}, not "{given}": "{given}" had this code until {until_on}. '
        "If the data are of {day_on}, use {successors}; if they are older, correct the date.",
    },
    "reused-alone": {
        "vi": "ngày {day_on} mã {cell} là {name}, không phải “{given}”. Mã này được dùng lại cho đơn vị khác: "
        "đối chiếu mã, tên và ngày dữ liệu.",
        "en": 'on {day_on} code {cell} is {name}, not "{given}". The code was used for different units: '
        "compare code, name and date.",
    },
}
_VN = {"list": "vn-province", "date": "ref_date", "name": "province_name"}
_AGENCY = {"list": "vn-agency-level1", "first": 3, "unknown": False, "date": "ref_date"}
GOOD = (
    Example(cells={"province_code": "24", "ref_date": "2025-08-01", "province_name": "Bắc Ninh"}, args=_VN),
    Example(cells={"province_code": "27", "ref_date": "2025-06-30", "province_name": "Tỉnh Bắc Ninh"}, args=_VN),
    Example(cells={"province_code": "24", "ref_date": "2024-12-31", "province_name": "Bac Giang"}, args=_VN),
    Example(cells={"province_code": "17", "ref_date": "2024", "province_name": "Tỉnh Hoà Bình"}, args=_VN),
    Example(cells={"province_code": "", "ref_date": "2025-08-01", "province_name": ""}, args=_VN),
    Example(cells={"agency_id": "H05.12", "ref_date": "2025-08-01"}, args=_AGENCY),
    Example(cells={"agency_id": "K05", "ref_date": "2025-08-01"}, args=_AGENCY),
    # A lost zero is the remark of leading-zero-lost, a date that is none that of the column's type.
    Example(cells={"province_code": "1", "ref_date": "2025-08-01", "province_name": "Hà Nội"}, args=_VN),
    Example(cells={"province_code": "27", "ref_date": "1/8/2025", "province_name": "Bắc Ninh"}, args=_VN),
)
BAD = (
    Example(cells={"province_code": "99", "ref_date": "", "province_name": ""}, args=_VN, said={"verdict": "unknown"}),
    Example(
        cells={"province_code": "27", "ref_date": "2025-07-01", "province_name": "Bắc Ninh"},
        args=_VN,
        said={"verdict": "closed", "until_on": "2025-07-01", "codes": ["24"]},
    ),
    Example(
        cells={"province_code": "24", "ref_date": "2025-07-01", "province_name": "Tỉnh Bắc Giang"},
        args=_VN,
        said={"verdict": "reused", "given": "Tỉnh Bắc Giang", "codes": ["24"]},
    ),
    Example(
        cells={"commune_code": "03983", "ref_date": "2024-06-30", "commune_name": "Phường Bình Minh"},
        args={"list": "vn-commune", "date": "ref_date", "name": "commune_name"},
        said={"verdict": "not-yet", "from_on": "2025-03-01"},
    ),
    Example(
        cells={"agency_id": "H02.12", "ref_date": "2025-08-01"},
        args=_AGENCY,
        said={"verdict": "closed", "codes": ["H05"]},
    ),
)


def look(cells: Cells, use: Use) -> Remark | None:
    """Judge a code on the day of its row: unknown, not yet, closed (with successors) or another unit's old number.

    ``use.args``: ``list`` id of the code list; ``date`` column or ISO day of the data (else ``use.today``); ``name``
    column of the unit's name, the witness against reused codes; ``first`` how many characters of the cell are the code
    (an agency's identifier begins with its level-1 code); ``unknown: false`` passes over codes that are not listed.
    A replacement is offered, never safe: only the publisher knows which day the data are of.
    """
    whole = str(cells[use.field]).strip()
    code = whole[: int(use.args.get("first", len(whole)))]
    codes = use.codelists(str(use.args["list"]))
    if not code or padded(codes, code):
        return None
    entries = codes.entries.get(code, ())
    if not entries:
        return None if use.args.get("unknown") is False else _unknown(codes)
    day = reference_day(cells, use)
    if day is None or (codes.since and day < codes.since):
        return None
    given = str(cells.get(str(use.args.get("name", "")), "")).strip()
    now = codes.on(code, day)
    if now is None:
        remark = _out_of_force(code, day, codes)
        return remark if code == whole else replace(remark, fix=None)
    return _reused(entries, now, given, day, codes) if given and not is_called(now, given) else None


def _unknown(codes: Codelist) -> Remark:
    params = {"variant": "unknown", "verdict": "unknown", "list": codes.id, "list_title": dict(codes.title)}
    return Remark(params=params, severity=None if codes.complete else "warning", basis=basis_of(codes))


def _out_of_force(code: str, day: date, codes: Codelist) -> Remark:
    """Say that no entry of a code is in force: all begin later, or the last one has ended."""
    last = codes.before(code, day)
    if last is None:
        first = codes.entries[code][0]
        begin = {"variant": "not-yet", "verdict": "not-yet", "from_on": (first.valid_from or day).isoformat()}
        return Remark(params={**_named(first, day, codes), **begin}, basis=basis_of(codes, first.opened_by))
    successors = codes.successors(code, day)
    variant = "closed" if successors else "closed-alone"
    params = {**_named(last, day, codes), **_ended(last, successors), "variant": variant, "verdict": "closed"}
    return Remark(params=params, fix=_successor(code, successors), basis=basis_of(codes, last.closed_by))


def _reused(entries: tuple[Entry, ...], now: Entry, given: str, day: date, codes: Codelist) -> Remark | None:
    """Say that the name belongs to an earlier or later bearer of the code; a name of nobody is not this check's."""
    bearer = next((entry for entry in entries if entry is not now and is_called(entry, given)), None)
    if bearer is None:
        return None
    ended = codes.before(bearer.code, day)
    successors = codes.successors(bearer.code, day) if ended is bearer else ()
    variant = "reused" if successors else "reused-alone"
    params = {**_named(now, day, codes), **_ended(bearer, successors), "given": given}
    params |= {"variant": variant, "verdict": "reused"}
    return Remark(params=params, fix=_successor(bearer.code, successors), basis=basis_of(codes, now.opened_by))


def _named(entry: Entry, day: date, codes: Codelist) -> dict[str, Any]:
    return {"list": codes.id, "name": entry.name, "day_on": day.isoformat()}


def _ended(entry: Entry, successors: Sequence[Entry]) -> Mapping[str, Any]:
    return {
        "until_on": entry.valid_to.isoformat() if entry.valid_to else "",
        "codes": [one.code for one in successors],
        "successors": [f"{one.code} ({one.name})" for one in successors],
    }


def _successor(code: str, successors: Sequence[Entry]) -> Fix | None:
    """Offer the one successor with another code; of several the publisher has to choose. Never safe."""
    others = [one.code for one in successors]
    return Fix(kind="successor", after=others[0]) if len(others) == 1 and others != [code] else None
