"""Check: every column has a name of its own, in one row."""

from __future__ import annotations

from collections import Counter

from standards.check import Cells, Example, Remark, Use
from standards.page import page, remark, shown
from standards.sheet import drawn

CODE = "header-not-unique"
SCOPE = "sheet"
SEVERITY = "warning"
RULE = "L2-03"
LEVEL = 2
BASIS = "行政データにおける機械可読性に関するルール (2026-03-31) L2-03"
TITLE = {"vi": "Tên cột trùng nhau hoặc chiếm nhiều hàng", "en": "Column names repeat or take several rows"}
SENTENCES = {
    "": {
        "vi": "{n} tên cột trùng nhau: {names}. Đặt cho mỗi cột một tên riêng.",
        "en": "{n} column names repeat: {names}. Give each column a name of its own.",
    },
    "deep": {
        "vi": "tên cột chiếm {n} hàng. Gộp thành một hàng, ví dụ “{cell}”.",
        "en": 'the header takes {n} rows. Make it one row, such as "{cell}".',
    },
}
PICTURE = {
    "vi": "Năm 2024 |          Năm 2024 – Nam | Năm 2024 – Nữ\nNam | Nữ       →",
    "en": "2024 |              2024 – Men | 2024 – Women\nMen  | Women   →",
}
GOOD = (Example(cells={"page": page(drawn("Xã|Nam|Nữ\nA|=1|=2"))}),)
BAD = (
    Example(cells={"page": page(drawn("Xã|Số|Số\nA|=1|=2"))}, said={"names": ["Số"], "n": 1}),
    Example(
        cells={"page": page(drawn("Xã|Năm 2024|\n|Nam|Nữ\nA|=1|=2"))},
        said={"variant": "deep", "n": 2, "cell": "Năm 2024 – Nam"},
    ),
)


def applies(cells: Cells, use: Use) -> bool:  # noqa: ARG001 - the shape's signature
    """It can be asked of every sheet that has a header."""
    return shown(cells).heading is not None


def look(cells: Cells, use: Use) -> Remark | None:  # noqa: ARG001
    """Count the header's rows, then look for names that come twice."""
    heading = shown(cells).heading
    if heading is None:
        return None
    if heading.depth > 1:
        joined = next((label for path, label in zip(heading.paths, heading.labels, strict=True) if len(path) > 1), "")
        return remark([(heading.first, -1)], heading.depth, variant="deep", cell=joined)
    counts = Counter(label for label in heading.labels if label)
    names = [label for label, count in counts.items() if count > 1]
    places = [(heading.first, heading.labels.index(name)) for name in names]
    return remark(places, names=names)
