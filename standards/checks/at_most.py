"""Check: a part is not greater than the whole beside it."""

from __future__ import annotations

from standards.check import Cells, Example, Remark, Use, number_in

CODE = "at-most"
SCOPE = "row"
SEVERITY = "error"
BASIS = ""
TITLE = {"vi": "Phần lớn hơn tổng thể", "en": "Part greater than the whole"}
SENTENCES = {
    "": {
        "vi": "{cell} lớn hơn {whole} (cột {whole_field}), nhưng đây là một phần của số đó. Sửa một trong hai.",
        "en": "{cell} is greater than {whole} (column {whole_field}), of which it is a part. Correct one of them.",
    }
}
_ARGS = {"whole": "received"}
GOOD = (
    Example(cells={"received_online": "1100", "received": "1250"}, args=_ARGS),
    Example(cells={"received_online": "1250", "received": "1250"}, args=_ARGS),
    Example(cells={"received_online": "", "received": "1250"}, args=_ARGS),
    Example(cells={"received_online": "1100", "received": ""}, args=_ARGS),
    Example(cells={"received_online": "1.100", "received": "một nghìn"}, args=_ARGS),
)
BAD = (
    Example(cells={"received_online": "1300", "received": "1250"}, args=_ARGS, said={"whole": "1250"}),
    Example(cells={"received_online": "0.5", "received": "0.25"}, args=_ARGS),
)


def look(cells: Cells, use: Use) -> Remark | None:
    """Compare a number with the one in the column ``use.args["whole"]``; what is no plain number is passed over."""
    column = str(use.args["whole"])
    part, whole = number_in(str(cells[use.field])), number_in(str(cells.get(column, "")))
    if part is None or whole is None or part <= whole:
        return None
    return Remark(params={"whole": str(cells[column]).strip(), "whole_field": column})
