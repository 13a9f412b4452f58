"""Check: a column of tax codes holds no personal identification number of a natural person."""

from __future__ import annotations

import re

from standards.check import Cells, Example, Remark, Use

CODE = "personal-number"
SCOPE = "cell"
SEVERITY = "error"
EXPLAINS = ("pattern", "minLength", "maxLength", "enum")
BASIS = "Luật 91/2025/QH15"
TITLE = {"vi": "Số định danh cá nhân trong cột mã số thuế", "en": "Personal number in a column of tax codes"}
SENTENCES = {
    "": {
        "vi": "“{cell}”: số 12 chữ số là số định danh cá nhân, từ 01/7/2025 cũng là mã số thuế của cá nhân. "
        "Bỏ dòng này hoặc để trống ô; dữ liệu cá nhân không được công bố.",
        "en": '"{cell}": a number of 12 digits is a personal identification number, which since 1 July 2025 is also '
        "the tax code of a natural person. Remove the row or empty the cell; personal data may not be published.",
    }
}
GOOD = (
    Example(cells={"tax_code": "0100233488"}),
    Example(cells={"tax_code": "0314409058-002"}),
    Example(cells={"tax_code": "0314409058002"}),
    Example(cells={"tax_code": ""}),
)
BAD = (
    Example(cells={"tax_code": "001203012345"}),
    Example(cells={"tax_code": " 079 203 012 345 "}),
)
_GAPS = re.compile(r"[\s.\-]")
_TWELVE = re.compile(r"\d{12}", re.ASCII)


def look(cells: Cells, use: Use) -> Remark | None:
    """Find a number of twelve digits. The remark never repeats it: three digits (a province) and stars stand in."""
    text = _GAPS.sub("", str(cells[use.field]))
    if not _TWELVE.fullmatch(text):
        return None
    return Remark(cell=text[:3] + "*********")
