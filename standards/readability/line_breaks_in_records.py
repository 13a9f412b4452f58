"""Check: each record of a CSV file stands on one line."""

from __future__ import annotations

from standards.check import Cells, Example, Remark, Use
from standards.page import page, remark, shown
from standards.sheet import Some, drawn

CODE = "line-breaks-in-records"
SCOPE = "sheet"
SEVERITY = "info"
RULE = "L1-14"
LEVEL = 1
BASIS = "行政データにおける機械可読性に関するルール (2026-03-31) L1-14"
TITLE = {"vi": "Bản ghi CSV chiếm nhiều dòng", "en": "CSV records over several lines"}
SENTENCES = {
    "": {
        "vi": (
            "{n} bản ghi có xuống dòng bên trong giá trị (bản ghi {where}). Nhiều chương trình "
            "đọc mỗi dòng là một bản ghi: thay xuống dòng bằng dấu cách hoặc dấu chấm phẩy."
        ),
        "en": (
            "{n} records have line breaks inside a value (records {where}). Many programs read "
            "each line as a record: use a space or a semicolon instead."
        ),
    },
}
PICTURE = {
    "vi": '1,"Số 1 Lê Lợi⏎Hà Nội"   →   1,"Số 1 Lê Lợi; Hà Nội"',
    "en": '1,"1 Main Street⏎Hanoi"   →   1,"1 Main Street; Hanoi"',
}
GOOD = (Example(cells={"page": page(drawn("Mã|Địa chỉ\n1|Hà Nội", format="csv"))}),)
BAD = (
    Example(
        cells={"page": page(drawn("Mã|Địa chỉ\n1|a b", format="csv", breaks=Some(count=1, places=((1, -1),))))},
        said={"n": 1, "where": ["2"]},
    ),
)


def applies(cells: Cells, use: Use) -> bool:  # noqa: ARG001 - the shape's signature
    """Only text files have lines."""
    return shown(cells).sheet.format == "csv"


def look(cells: Cells, use: Use) -> Remark | None:  # noqa: ARG001
    """Tell the records that run over several lines."""
    breaks = shown(cells).sheet.breaks
    return remark(breaks.places, breaks.count)
