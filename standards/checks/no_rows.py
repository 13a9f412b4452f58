"""Check: the table holds at least one row of data."""

from __future__ import annotations

from standards.check import Cells, Example, Remark, Use

CODE = "no-rows"
SCOPE = "table"
SEVERITY = "error"
BASIS = ""
TITLE = {"vi": "Bảng không có dòng dữ liệu", "en": "No rows"}
SENTENCES = {
    "": {
        "vi": "bảng chỉ có dòng tên cột, không có dòng dữ liệu nào. Gửi lại tệp có dữ liệu.",
        "en": "the table has a header but no rows of data. Send the file again with its data.",
    }
}
GOOD = (Example(cells={"name": ["Hà Nội"]}), Example(cells={"code": ["01"], "name": [""]}))
BAD = (Example(cells={"name": []}), Example(cells={"code": [], "name": []}))


def look(cells: Cells, use: Use) -> Remark | None:  # noqa: ARG001
    """See whether the first row of the table is there."""
    return None if any(cells.values()) else Remark()
