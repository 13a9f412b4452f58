"""Check: times are written in the standard way (ISO 8601), years by the common era."""

from __future__ import annotations

import re

from standards.check import Cells, Example, Remark, Use
from standards.page import Column, page, remark, shown
from standards.sheet import DATE, drawn
from standards.text import fold

CODE = "time-notation"
SCOPE = "sheet"
SEVERITY = "info"
RULE = "L3-05"
LEVEL = 3
BASIS = "行政データにおける機械可読性に関するルール (2026-03-31) L3-05"
TITLE = {"vi": "Cách ghi thời gian chưa theo chuẩn", "en": "Times are not written in the standard way"}
SENTENCES = {
    "": {
        "vi": (
            "{n} ô của cột {columns} ghi năm theo niên hiệu ({where}), ví dụ “{cell}”. Ghi năm "
            "dương lịch, ví dụ 令和4年 → 2022."
        ),
        "en": (
            '{n} cells of column {columns} give years by era ({where}), such as "{cell}". Write '
            "years of the common era: 令和4年 → 2022."
        ),
    },
    "mixed": {
        "vi": "cột {columns} ghi thời gian theo nhiều cách ({pairs}). Chọn một cách, nên theo NĂM-THÁNG-NGÀY.",
        "en": "column {columns} writes times in several ways ({pairs}). Choose one, YEAR-MONTH-DAY at best.",
    },
}
PICTURE = {
    "vi": "令和4年, R4, 5/3/2024, tháng 3 năm 2024   →   2022, 2022, 2024-03-05, 2024-03",
    "en": "令和4年, R4, 5/3/2024, March 2024   →   2022, 2022, 2024-03-05, 2024-03",
}
GOOD = (
    Example(cells={"page": page(drawn("Tên|Ngày\nA|2024-03-05\nB|2024-04-01"))}),
    Example(cells={"page": page(drawn("Mã cơ quan|Tên\nH30|A\nH31|B\nH32|C"))}),
)
BAD = (
    Example(cells={"page": page(drawn("名称|年度\nA|令和4年\nB|平成30年度"))}, said={"n": 2, "cell": "令和4年"}),
    Example(cells={"page": page(drawn("Tên|Năm\nA|R4\nB|S63\nC|H30"))}, said={"where": ["B2", "B3", "B4"]}),
    Example(
        cells={"page": page(drawn("Tên|Ngày cấp\nA|05/03/2024\nB|2024-03-05\nC|tháng 3 năm 2024\nD|06/03/2024"))},
        said={"variant": "mixed"},
    ),
)
_ERA = re.compile(r"^\s*(令和|平成|昭和|大正|明治)\s*([\d０-９]{1,2}|元)\s*(年|$|[./\-])")
_SHORT_ERA = re.compile(r"^\s*[RHSTM]\s?\.?\d{1,2}\s*($|年|[./\-]\d)")
_TIME = re.compile(r"\b(nam|ngay|thang|quy|ky|thoi gian|year|date|month|period)\b|年|日付|時期")
_WAYS = (
    ("2024-03-05", re.compile(r"^\d{4}-\d{2}(-\d{2})?([T ].*)?$")),
    ("05/03/2024", re.compile(r"^\d{1,2}[/.]\d{1,2}[/.]\d{2,4}$")),
    ("5-3-2024", re.compile(r"^\d{1,2}-\d{1,2}-\d{4}$")),
    ("2024/03/05", re.compile(r"^\d{4}[/.]\d{1,2}([/.]\d{1,2})?$")),
    ("tháng 3 năm 2024", re.compile(r"^(ngày.*)?tháng\s*\d{1,2}\s*([/\-]|năm)\s*\d{4}$", re.IGNORECASE)),
    ("03/2024", re.compile(r"^\d{1,2}/\d{4}$")),
)
_ANY_WAY = re.compile("|".join(f"(?{'i' if form.flags & re.IGNORECASE else ''}:{form.pattern})" for _, form in _WAYS))
"""One question in place of seven: most columns hold no times."""


def applies(cells: Cells, use: Use) -> bool:  # noqa: ARG001 - the shape's signature
    """It can be asked where a column is named like a time or holds one."""
    return any(
        _is_time(one) or any(kind == DATE or _ERA.match(text) for _, text, kind in one.said)
        for one in shown(cells).columns
    )


def look(cells: Cells, use: Use) -> Remark | None:  # noqa: ARG001
    """List years by era, else columns in which two and more ways of writing a time stand side by side."""
    columns = shown(cells).columns
    places, labels, first = [], [], ""
    for one in columns:
        forms = [_ERA, _SHORT_ERA] if _is_time(one) else [_ERA]
        hits = [(row, text) for row, text, _ in one.said if any(form.match(text) for form in forms)]
        if hits and len(hits) * 2 >= len(one.said):
            places += [(row, one.index) for row, _ in hits]
            labels.append(one.label)
            first = first or hits[0][1].strip()
    if places:
        return remark(places, columns=labels, cell=first[:40])
    for one in columns:
        times = [(row, text.strip()) for row, text, _ in one.said if _ANY_WAY.match(text.strip())]
        if not times or len(times) < 0.8 * len(one.said):
            continue
        ways = {name: row for name, form in _WAYS for row, text in reversed(times) if form.match(text)}
        if len(ways) > 1:
            found = [(row, one.index) for row in sorted(ways.values())]
            return remark(found, columns=[one.label], pairs=list(ways), variant="mixed")
    return None


def _is_time(column: Column) -> bool:
    return _TIME.search(fold(column.label).replace("_", " ")) is not None
