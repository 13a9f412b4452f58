"""Check: a telephone number begins with a prefix that exists and has the digits that belong to it."""

from __future__ import annotations

import re

from standards.check import Cells, Example, Remark, Use

CODE = "phone-number"
SCOPE = "cell"
SEVERITY = "warning"
EXPLAINS = ("pattern", "minLength", "maxLength", "enum")
BASIS = "Quy hoạch kho số viễn thông (chưa đối chiếu văn bản gốc)"
TITLE = {"vi": "Số điện thoại không đúng dạng", "en": "Telephone number not right"}
SENTENCES = {
    "renumbered": {
        "vi": "{cell} là số di động 11 chữ số, đã đổi thành 10 chữ số năm 2018. Ghi số mới.",
        "en": "{cell} is a mobile number of 11 digits; these became 10 digits in 2018. Write the new number.",
    },
    "zero": {
        "vi": "{cell} thiếu số 0 ở đầu, có lẽ là 0{cell}. Đặt cột ở dạng văn bản rồi ghi đủ số.",
        "en": "{cell} lacks its leading zero and is probably 0{cell}. Format the column as text and write "
        "all digits.",
    },
    "prefix": {
        "vi": "không có đầu số nào như của {cell}. Máy bàn bắt đầu bằng 02 và có 11 chữ số, di động có 10 "
        "chữ số. Kiểm tra lại số.",
        "en": "no prefix is like that of {cell}. Landlines begin with 02 and have 11 digits, mobiles have "
        "10. Check it.",
    },
    "length": {
        "vi": "{cell} có {digits} chữ số; số bắt đầu như vậy có {expected} chữ số. Kiểm tra lại số.",
        "en": "{cell} has {digits} digits; a number that begins so has {expected}. Check it.",
    },
}
GOOD = (
    Example(cells={"phone": "02043854000"}),
    Example(cells={"phone": "+842043854000"}),
    Example(cells={"phone": "(024) 3825 3536"}),
    Example(cells={"phone": "0912 345 678"}),
    Example(cells={"phone": "1900 1234"}),
    Example(cells={"phone": "18001234"}),
    Example(cells={"phone": "113"}),
    Example(cells={"phone": ""}),
    Example(cells={"phone": "+81 3 1234 5678"}),
    Example(cells={"phone": "02043854000; 02043854001"}),
    Example(cells={"phone": "không có"}),
    Example(cells={"phone": "02043854000 (máy lẻ 12)"}),
)
BAD = (
    Example(cells={"phone": "01661234567"}, said={"variant": "renumbered"}),
    Example(cells={"phone": "2043854000"}, said={"variant": "zero"}),
    Example(cells={"phone": "0412345678"}, said={"variant": "prefix"}),
    Example(cells={"phone": "0204385400"}, said={"variant": "length", "expected": 11}),
    Example(cells={"phone": "091234567"}, said={"variant": "length", "expected": 10}),
)
_MARKS = re.compile(r"[\s.\-()]")
_ONE = re.compile(r"(?:\+?84|0084)?[0-9]{6,12}")
_OLD = re.compile(r"01[2689][0-9]{8}")
_LANDLINE, _MOBILE, _BARE = 11, 10, (9, 10)
_SERVICE = ("1800", "1900", "069", "080", "067")
"""Service numbers; numbers of the army, of satellites and of networks of the state, of whose length nothing "
"is said."""


def look(cells: Cells, use: Use) -> Remark | None:  # noqa: PLR0911 - one return per answer
    """Judge one number in a cell; several, extensions, other countries' numbers and words are passed over.

    Mobile prefixes are those of the list vn-mobile-prefix; of landlines only ``02`` and the length are judged.
    """
    text = _MARKS.sub("", str(cells[use.field]))
    if not _ONE.fullmatch(text):
        return None
    number = re.sub(r"^(?:\+84|0084|84(?=[0-9]{9,10}$))", "0", text)
    if number.startswith(_SERVICE):
        return None
    prefixes = use.codelists("vn-mobile-prefix").entries
    if not number.startswith("0"):
        lost = len(number) in _BARE and (f"0{number[:2]}" in prefixes or number[0] == "2")
        return Remark(params={"variant": "zero"}) if lost else None
    if _OLD.fullmatch(number):
        return Remark(params={"variant": "renumbered"})
    landline = number.startswith("02")
    if not landline and number[:3] not in prefixes:
        return Remark(params={"variant": "prefix"})
    expected = _LANDLINE if landline else _MOBILE
    if len(number) == expected:
        return None
    return Remark(params={"variant": "length", "digits": len(number), "expected": expected})
