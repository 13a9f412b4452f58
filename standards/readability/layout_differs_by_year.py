"""Check: tables of different years have the same layout."""

from __future__ import annotations

import re

from standards.check import Cells, Example, Remark, Use
from standards.page import page, remark, shown
from standards.sheet import drawn

CODE = "layout-differs-by-year"
SCOPE = "sheet"
SEVERITY = "info"
RULE = "L3-07"
LEVEL = 3
BASIS = "行政データにおける機械可読性に関するルール (2026-03-31) L3-07"
TITLE = {"vi": "Cấu trúc khác nhau giữa các năm", "en": "The layout differs between years"}
SENTENCES = {
    "": {
        "vi": "trang “{other}” có các cột khác trang này: {names}. Giữ cùng tên và thứ tự cột cho mọi năm.",
        "en": (
            'the sheet "{other}" has other columns than this one: {names}. Keep the names and '
            "order of columns for all years."
        ),
    },
}
PICTURE = {
    "vi": "2023: Xã | Nam | Nữ            mọi năm: Xã | Nam | Nữ\n2024: Xã | Nữ | Nam | Tổng  →",
    "en": "2023: Ward | Men | Women       every year: Ward | Men | Women\n2024: Ward | Women | Men | All  →",
}
_TABLE = "Xã|Nam|Nữ\nA|=1|=2"
GOOD = (
    Example(cells={"page": page(drawn(_TABLE, name="2024", labels={"2023": ("Xã", "Nam", "Nữ")}))}),
    Example(cells={"page": page(drawn("Xã|Năm 2024\nA|=1", name="2024", labels={"2023": ("Xã", "Năm 2023")}))}),
)
BAD = (
    Example(
        cells={"page": page(drawn(_TABLE, name="Năm 2024", labels={"Năm 2023": ("Xã", "Nữ", "Tổng")}))},
        said={"other": "Năm 2023", "names": ["Nam", "Tổng"]},
    ),
)
_YEAR = re.compile(r"(19|20)\d\d")


def applies(cells: Cells, use: Use) -> bool:  # noqa: ARG001 - the shape's signature
    """It can be asked only where a workbook has a sheet for each of several years."""
    sheet = shown(cells).sheet
    return bool(_YEAR.search(sheet.name)) and any(_YEAR.search(name) for name in sheet.labels)


def look(cells: Cells, use: Use) -> Remark | None:  # noqa: ARG001
    """Compare the names of columns with those of other years' sheets, apart from the years in them."""
    seen = shown(cells)
    if not _YEAR.search(seen.sheet.name):
        return None
    mine = [_YEAR.sub("#", label) for label in seen.labels if label]
    for name, labels in seen.sheet.labels.items():
        theirs = [_YEAR.sub("#", label) for label in labels if label]
        if _YEAR.search(name) and theirs != mine:
            names = sorted(set(mine) ^ set(theirs)) or theirs[:3]
            return remark((), 1, other=name, names=names)
    return None
