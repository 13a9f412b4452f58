"""Check: a code has lost the zeros it begins with, as spreadsheets do to what looks like a number."""

from __future__ import annotations

from standards.check import Cells, Example, Remark, Use, basis_of, is_called, padded, reference_day
from standards.finding import Fix

CODE = "leading-zero-lost"
SCOPE = "cell"
SEVERITY = "error"
EXPLAINS = ("pattern", "minLength", "maxLength", "enum")
BASIS = "QĐ 19/2025/QĐ-TTg"
TITLE = {"vi": "Mã mất số 0 ở đầu", "en": "Leading zero lost"}
SENTENCES = {
    "": {
        "vi": "“{cell}” thiếu số 0 ở đầu: mã trong danh mục là {codes}. Đặt cột ở dạng văn bản, ghi đủ chữ số.",
        "en": '"{cell}" lacks its leading zero: the code in the list is {codes}. '
        "Format the column as text and write all digits.",
    },
    "width": {
        "vi": "“{cell}” thiếu số 0 ở đầu: mã này có {width} chữ số, có lẽ là {codes}. "
        "Đặt cột ở dạng văn bản, ghi đủ chữ số.",
        "en": '"{cell}" lacks its leading zero: the code has {width} digits, probably {codes}. '
        "Format the column as text and write all digits.",
    },
}
_VN = {"list": "vn-province", "name": "province_name"}
GOOD = (
    Example(cells={"province_code": "01", "province_name": "Hà Nội"}, args=_VN),
    Example(cells={"province_code": "", "province_name": ""}, args=_VN),
    Example(cells={"province_code": "3", "province_name": ""}, args=_VN),
    Example(cells={"province_code": "H1", "province_name": ""}, args=_VN),
    Example(cells={"chapter": "022"}, args={"width": 3}),
    Example(cells={"unit_code": "123"}, args={"width": 7}),  # too short to be a matter of zeros
)
BAD = (
    Example(cells={"province_code": "1", "province_name": "Hà Nội"}, args=_VN, said={"codes": ["01"]}),
    Example(cells={"commune_code": "4"}, args={"list": "vn-commune"}, said={"codes": ["00004"]}),
    Example(cells={"chapter": "22"}, args={"width": 3}, said={"codes": ["022"], "variant": "width"}),
)
_MOST_ZEROS = 2
"""Without a list only so many zeros are put back."""


def look(cells: Cells, use: Use) -> Remark | None:
    """Put zeros before a number and see whether that makes it a code.

    ``use.args``: ``list``, ``date``, ``name``; where no list is known, ``width`` says how many digits a code has. A
    repair is safe only when the list proves it: one possible code, in force on the day, and the name beside it (where
    there is one) agrees.
    """
    text = str(cells[use.field]).strip()
    if "list" not in use.args:
        return _by_width(text, int(use.args["width"]))
    codes = use.codelists(str(use.args["list"]))
    found = padded(codes, text)
    if not found:
        return None
    day = reference_day(cells, use)
    entry = codes.on(found[0], day) if day and len(found) == 1 else None
    given = str(cells.get(str(use.args.get("name", "")), "")).strip()
    safe = entry is not None and (not given or is_called(entry, given))
    fix = Fix(kind="zero-padding", after=found[0], safe=safe) if len(found) == 1 else None
    return Remark(params={"codes": list(found), "list": codes.id}, fix=fix, basis=basis_of(codes))


def _by_width(text: str, width: int) -> Remark | None:
    if not (text.isascii() and text.isdigit()) or not width - _MOST_ZEROS <= len(text) < width:
        return None
    code = text.zfill(width)
    fix = Fix(kind="zero-padding", after=code)
    return Remark(params={"variant": "width", "codes": [code], "width": width}, fix=fix)
