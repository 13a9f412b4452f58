"""Check: values with the delimiter in them stand in quotes (CSV)."""

from __future__ import annotations

from standards.check import Cells, Example, Remark, Use
from standards.page import page, remark, shown
from standards.sheet import Some, drawn

CODE = "unquoted-delimiter"
SCOPE = "sheet"
SEVERITY = "warning"
RULE = "L1-15"
LEVEL = 1
BASIS = "行政データにおける機械可読性に関するルール (2026-03-31) L1-15"
TITLE = {"vi": "Giá trị chứa dấu phân cách không nằm trong nháy kép", "en": "Values with the delimiter are not quoted"}
SENTENCES = {
    "": {
        "vi": (
            "{n} bản ghi có nhiều ô hơn số cột (bản ghi {where}), thường vì giá trị chứa dấu "
            '“{delimiter}” mà không đặt trong dấu nháy kép. Đặt các giá trị đó trong "…".'
        ),
        "en": (
            "{n} records have more cells than there are columns (records {where}), mostly "
            'because a value holds "{delimiter}" and is not quoted. Put such values into "…".'
        ),
    },
}
PICTURE = {
    "vi": '1,Số 5, Lê Lợi,Hà Nội   →   1,"Số 5, Lê Lợi",Hà Nội',
    "en": '1,5, Main Street,Hanoi   →   1,"5, Main Street",Hanoi',
}
GOOD = (Example(cells={"page": page(drawn("Mã|Địa chỉ\n1|Số 5, Lê Lợi", format="csv", delimiter=","))}),)
BAD = (
    Example(
        cells={
            "page": page(
                drawn("Mã|Địa chỉ\n1|Số 5", format="csv", delimiter=",", torn=Some(count=1, places=((1, -1),)))
            )
        },
        said={"n": 1, "delimiter": ","},
    ),
)


def applies(cells: Cells, use: Use) -> bool:  # noqa: ARG001 - the shape's signature
    """Only text files have delimiters."""
    return shown(cells).sheet.format == "csv"


def look(cells: Cells, use: Use) -> Remark | None:  # noqa: ARG001
    """Tell the records with more cells than the header has."""
    sheet = shown(cells).sheet
    return remark(sheet.torn.places, sheet.torn.count, delimiter=sheet.delimiter or ",")
