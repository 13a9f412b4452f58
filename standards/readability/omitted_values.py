"""Check: values that repeat are written in every row."""

from __future__ import annotations

import re

from standards.check import Cells, Example, Remark, Use
from standards.page import left_out, page, remark, shown
from standards.sheet import drawn

CODE = "omitted-values"
SCOPE = "sheet"
SEVERITY = "warning"
RULE = "L2-02"
LEVEL = 2
BASIS = "行政データにおける機械可読性に関するルール (2026-03-31) L2-02"
TITLE = {"vi": "Giá trị lặp lại bị bỏ trống hoặc ghi “như trên”", "en": "Repeated values are left out"}
SENTENCES = {
    "": {
        "vi": "{n} ô ghi “như trên” thay cho giá trị ({where}), ví dụ “{cell}”. Ghi đủ giá trị ở mọi hàng.",
        "en": '{n} cells say "ditto" in place of a value ({where}), such as "{cell}". Write the value in every row.',
    },
    "blank": {
        "vi": (
            "cột {columns} chỉ ghi giá trị ở hàng đầu mỗi nhóm, {n} ô sau để trống ({where}). "
            "Ghi đủ giá trị ở mọi hàng."
        ),
        "en": (
            "column {columns} gives its value in the first row of each group only, {n} cells "
            "after it are blank ({where}). Write it in every row."
        ),
    },
}
PICTURE = {
    "vi": (
        "Tỉnh | Xã             Tỉnh | Xã\nA    | a1             A    | a1\n〃   | a2       →    "
        " A    | a2\n     | a3             A    | a3"
    ),
    "en": (
        "Prov. | Ward          Prov. | Ward\nA     | a1            A     | a1\n〃    | a2      "
        "→     A     | a2\n      | a3            A     | a3"
    ),
}
GOOD = (
    Example(cells={"page": page(drawn("Tỉnh|Xã|Số\nA|a1|=1\nA|a2|=2\nB|b1|=3\nB|b2|=4"))}),
    Example(cells={"page": page(drawn("Xã|Ghi chú\na1|\na2|đẹp\na3|"))}),
)
BAD = (
    Example(cells={"page": page(drawn("Tỉnh|Xã\nA|a1\n〃|a2\nB|b1"))}, said={"n": 1, "where": ["A3"]}),
    Example(cells={"page": page(drawn("Xã|Loại\na1|tốt\na2|-nt-\na3|Như trên"))}, said={"n": 2}),
    Example(
        cells={"page": page(drawn("Tỉnh|Xã|Số\nA|a1|=1\n|a2|=2\n|a3|=2\nB|b1|=3\n|b2|=4"))},
        said={"variant": "blank", "n": 3, "where": ["A3", "A4", "A6"]},
    ),
)
_DITTO = re.compile(r"^\s*(〃|″|''|\"|々|同上|同|-?\s*nt\s*-?\.?|như trên|nt\.|ditto|do\.|id\.)\s*$", re.IGNORECASE)


def applies(cells: Cells, use: Use) -> bool:  # noqa: ARG001 - the shape's signature
    """It can be asked of every sheet that holds data."""
    return bool(shown(cells).columns)


def look(cells: Cells, use: Use) -> Remark | None:  # noqa: ARG001
    """List ditto marks, else the blanks of a first column that names groups only once."""
    seen = shown(cells)
    places = [(row, one.index) for one in seen.columns for row, text, _ in one.said if _DITTO.match(text)]
    if places:
        row, column = places[0]
        return remark(places, cell=seen.sheet.rows[row][column].strip())
    first = next((one for one in seen.columns if one.said), None)
    blanks = left_out(seen, first) if first else []
    return remark(blanks, variant="blank", columns=[first.label if first else ""])
