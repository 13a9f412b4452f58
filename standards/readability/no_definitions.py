"""Check: the data's encoding and definitions are stated."""

from __future__ import annotations

from standards.check import Cells, Example, Remark, Use
from standards.page import page, remark, shown
from standards.sheet import drawn

CODE = "no-definitions"
SCOPE = "sheet"
SEVERITY = "info"
RULE = "L3-08"
LEVEL = 3
BASIS = "行政データにおける機械可読性に関するルール (2026-03-31) L3-08"
TITLE = {"vi": "Chưa nêu bảng mã ký tự, định nghĩa", "en": "Encoding and definitions are not stated"}
SENTENCES = {
    "": {
        "vi": (
            "tệp CSV dùng bảng mã {encoding}, và trong tệp không có gì nói ra điều đó. Lưu tệp "
            "bằng UTF-8, bảng mã mà ai cũng mặc định."
        ),
        "en": "the CSV file is in {encoding}, and nothing in it says so. Save it as UTF-8, which everybody assumes.",
    },
}
PICTURE = {
    "vi": "tệp windows-1258 (không ghi ở đâu)   →   tệp UTF-8",
    "en": "a file in windows-1258 (said nowhere)   →   a file in UTF-8",
}
GOOD = (Example(cells={"page": page(drawn("Mã|Tên\n01|A", format="csv", encoding="utf-8"))}),)
BAD = (
    Example(cells={"page": page(drawn("Mã|Tên\n01|A", format="csv", encoding="cp1258"))}, said={"encoding": "cp1258"}),
)
_STATED = frozenset({"", "utf-8", "utf-8-sig", "ascii", "utf-16", "utf-16-le", "utf-16-be"})


def applies(cells: Cells, use: Use) -> bool:  # noqa: ARG001 - the shape's signature
    """Of a file only its encoding can be judged; definitions and history are described with the dataset."""
    return shown(cells).sheet.format == "csv"


def look(cells: Cells, use: Use) -> Remark | None:  # noqa: ARG001
    """See whether a text file is in an encoding that has to be known."""
    encoding = shown(cells).sheet.encoding
    return None if encoding.lower() in _STATED else remark((), 1, encoding=encoding)
