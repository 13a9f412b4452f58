"""Check: a code of the industry classification (VSIC) has its form and lies in the section named beside it."""

from __future__ import annotations

import re
from datetime import date

from standards.check import Cells, Example, Remark, Use, reference_day
from standards.codelist import Codelist

CODE = "vsic"
SCOPE = "cell"
SEVERITY = "warning"
EXPLAINS = ("pattern", "minLength", "maxLength", "enum")
BASIS = "QĐ 36/2025/QĐ-TTg; QĐ 27/2018/QĐ-TTg; QĐ 10/2007/QĐ-TTg"
TITLE = {"vi": "Mã ngành kinh tế không đúng", "en": "Industry code not right"}
SENTENCES = {
    "form": {
        "vi": "“{cell}” không có dạng mã ngành: một chữ cái A–V (cấp 1) hoặc 2–5 chữ số. Bỏ dấu chấm, dấu cách và "
        "chữ trong ô, chỉ ghi mã.",
        "en": '"{cell}" does not have the form of an industry code: a letter A–V (level 1) or 2–5 digits. '
        "Leave dots, blanks and words out of the cell.",
    },
    "level": {
        "vi": "mã {cell} có {length} chữ số; cột này cần mã từ {least} chữ số. Ghi mã ở cấp chi tiết hơn.",
        "en": "code {cell} has {length} digits; this column wants at least {least}. Write the code of a finer level.",
    },
    "section": {
        "vi": "mã {cell} thuộc ngành cấp 1 {expected} ({name}), còn dòng này ghi {given} (cột {section_field}). "
        "Sửa một trong hai.",
        "en": "code {cell} belongs to section {expected} ({name}), but this row says {given} (column {section_field}). "
        "Correct one of them.",
    },
    "unknown": {
        "vi": "mã {cell} không có trong danh mục VSIC 2007 (có hiệu lực vào {day_on}). Tra mã rồi sửa ô này.",
        "en": "code {cell} is not in VSIC 2007 (in force on {day_on}). Look the code up and correct the cell.",
    },
}
_ARGS = {"date": "ref_date", "section": "section"}
GOOD = (
    Example(cells={"industry": "6110", "ref_date": "2026-06-30", "section": "K"}, args=_ARGS),
    Example(cells={"industry": "0111", "ref_date": "2020-12-31", "section": "A"}, args=_ARGS),
    Example(cells={"industry": "01110", "ref_date": "2017-12-31", "section": ""}, args=_ARGS),
    Example(cells={"industry": "K"}),
    Example(cells={"industry": ""}),
    Example(cells={"industry": "99999", "ref_date": "2026-06-30"}, args={"date": "ref_date"}),
)
BAD = (
    Example(cells={"industry": "61.10"}, said={"variant": "form"}),
    Example(cells={"industry": "Xây dựng"}, said={"variant": "form"}),
    Example(cells={"industry": "61"}, args={"least": 4}, said={"variant": "level", "length": 2}),
    Example(
        cells={"industry": "6110", "ref_date": "2020-12-31", "section": "C"},
        args=_ARGS,
        said={"variant": "section", "expected": "J", "given": "C"},
    ),
    Example(cells={"industry": "0499", "ref_date": "2017-12-31"}, args=_ARGS, said={"variant": "unknown"}),
)
_FORM = re.compile(r"[A-V]|[0-9]{2,5}")
_EDITION_2018, _EDITION_2025 = date(2018, 8, 20), date(2025, 11, 15)
_FOURTH, _DIVISION = 4, 2


def look(cells: Cells, use: Use) -> Remark | None:
    """Judge form, level, section and (only where the list is whole) membership on the day of the row.

    ``use.args``: ``date``, ``section`` (column of the letter), ``least`` (fewest digits). VSIC 2018 has the divisions
    of 2007 in the same sections; its list below and that of 2025 are not whole, so nothing is said of those codes.
    """
    text = str(cells[use.field]).strip()
    if not text:
        return None
    if not _FORM.fullmatch(text):
        return Remark(params={"variant": "form"}, severity="error")
    least = int(use.args.get("least", 0))
    if len(text) < least:
        return Remark(params={"variant": "level", "length": len(text), "least": least})
    day = reference_day(cells, use)
    if day is None or day >= _EDITION_2025 or text.isalpha():
        return None
    codes = use.codelists("vn-vsic-2007")
    if day < _EDITION_2018 and text[:_FOURTH] not in codes.entries:
        return Remark(params={"variant": "unknown", "day_on": day.isoformat()})
    return _section(cells, use, codes, text)


def _section(cells: Cells, use: Use, codes: Codelist, text: str) -> Remark | None:
    column = str(use.args.get("section", ""))
    given = str(cells.get(column, "")).strip()
    division = codes.entries.get(text[:_DIVISION], ())
    expected = division[-1].parent if division else ""
    if not given or not expected or given == expected:
        return None
    above = codes.entries[expected][-1].name if expected in codes.entries else ""
    params = {"variant": "section", "expected": expected, "name": above, "given": given, "section_field": column}
    return Remark(params=params)
