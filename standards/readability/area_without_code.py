"""Check: areas are given by code or by their official name."""

from __future__ import annotations

import re

from standards.check import Cells, Example, Remark, Use, entry_names
from standards.page import Column, is_total, page, remark, shown
from standards.sheet import drawn
from standards.text import bare_name_key, fold

CODE = "area-without-code"
SCOPE = "sheet"
SEVERITY = "info"
RULE = "L3-06"
LEVEL = 3
BASIS = "行政データにおける機械可読性に関するルール (2026-03-31) L3-06"
TITLE = {"vi": "Địa bàn không có mã, tên không chính thức", "en": "Areas without code or official name"}
SENTENCES = {
    "": {
        "vi": (
            "cột {columns} ghi tên địa bàn, không có cột mã, và {n} tên không khớp danh mục đơn "
            "vị hành chính: {values}. Thêm cột mã, hoặc ghi tên chính thức."
        ),
        "en": (
            "column {columns} names areas, no column gives their code, and {n} names are not in "
            "the list of administrative units: {values}. Add a column of codes, or use official "
            "names."
        ),
    },
}
PICTURE = {
    "vi": "Tỉnh                 Mã tỉnh | Tỉnh\nTP.HCM, Sài Gòn  →   79      | Thành phố Hồ Chí Minh",
    "en": "Province             Code | Province\nHCMC, Saigon     →   79   | Thành phố Hồ Chí Minh",
}
GOOD = (
    Example(cells={"page": page(drawn("Mã tỉnh|Tỉnh\n79|Sài Gòn\n01|HN"))}),
    Example(cells={"page": page(drawn("Tỉnh|Số dân\nHà Nội|=8\nTỉnh Lào Cai|=1\nThành phố Huế|=2"))}),
    Example(cells={"page": page(drawn("Tên trường|Số học sinh\nA|=8\nB|=1"))}),
)
BAD = (
    Example(
        cells={"page": page(drawn("Tỉnh, thành phố|Số dân\nSài Gòn|=8\nHà Nội|=1\nĐất Mũi xa|=2"))},
        said={"values": ["Sài Gòn", "Đất Mũi xa"]},
    ),
)
_NAMES = re.compile(
    r"^(ten )?(tinh|tinh,? (thanh pho|tp).*|tinh/ ?(thanh pho|tp).*|thanh pho|dia phuong|province)( name)?$"
)
_REGION = re.compile(r"^(dong bang|trung du|bac trung bo|duyen hai|tay nguyen|dong nam bo|vung|ca nuoc|mien)\b")
_CODES = re.compile(r"\b(ma|code)\b|コード")


def applies(cells: Cells, use: Use) -> bool:  # noqa: ARG001 - the shape's signature
    """It can be asked only where a column is named like the names of provinces."""
    return any(_is_named(one) for one in shown(cells).columns)


def look(cells: Cells, use: Use) -> Remark | None:
    """List names that no province has, or had, unless a column of codes stands in the table."""
    seen = shown(cells)
    if any(_CODES.search(fold(label).replace("_", " ")) for label in seen.labels):
        return None
    entries = (entry for held in use.codelists("vn-province").entries.values() for entry in held)
    official = {bare_name_key(name) for entry in entries for name in entry_names(entry)}
    for column in seen.columns:
        if _is_named(column):
            odd = _odd(column, official)
            if odd:
                names = list(dict.fromkeys(name for _, name in odd))
                return remark([(row, column.index) for row, _ in odd], columns=[column.label], values=names)
    return None


def _is_named(column: Column) -> bool:
    label = fold(column.label).replace("_", " ").strip()
    return len(column.said) > 1 and not column.figures and _NAMES.match(label) is not None


def _odd(column: Column, official: set[str]) -> list[tuple[int, str]]:
    names = [(row, text.strip()) for row, text, _ in column.said if not is_total(text) and not _is_region(text)]
    return [(row, name) for row, name in names if bare_name_key(name) not in official]


def _is_region(text: str) -> bool:
    return _REGION.match(fold(text)) is not None
