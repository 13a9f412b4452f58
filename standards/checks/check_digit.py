"""Check: an identifier is well formed and its check digit agrees (tax codes, corporate numbers, UEN, ISBN …)."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from importlib import import_module
from typing import Any

from stdnum import exceptions

from standards.check import Cells, Example, Remark, Use

CODE = "check-digit"
SCOPE = "cell"
SEVERITY = "error"
EXPLAINS = ("pattern", "minLength", "maxLength", "enum")
BASIS = "TT 86/2024/TT-BTC"
TITLE = {"vi": "Số định danh sai chữ số kiểm tra", "en": "Identifier fails its check digit"}
SENTENCES = {
    "length": {
        "vi": "“{cell}” không đủ hoặc thừa ký tự cho {kind}. Đối chiếu với giấy đăng ký rồi sửa.",
        "en": '"{cell}" has too few or too many characters for {kind}. Compare with the register and correct it.',
    },
    "format": {
        "vi": "“{cell}” không có dạng của {kind}. Đối chiếu với giấy đăng ký rồi sửa.",
        "en": '"{cell}" does not have the form of {kind}. Compare with the register and correct it.',
    },
    "checksum": {
        "vi": "“{cell}” sai chữ số kiểm tra của {kind}: có chữ số bị nhầm hoặc đổi chỗ. "
        "Đối chiếu với giấy đăng ký rồi sửa.",
        "en": '"{cell}" fails the check digit of {kind}: a digit is wrong or two are swapped. '
        "Compare with the register and correct it.",
    },
}
_MST, _LOCAL = {"number": "vn.mst"}, {"number": "jp-local-government"}
GOOD = (
    Example(cells={"tax_code": "0100233488"}, args=_MST),
    Example(cells={"tax_code": "0314409058-002"}, args=_MST),
    Example(cells={"tax_code": ""}, args=_MST),
    Example(cells={"tax_code": "001203012345"}, args=_MST),  # twelve digits are personal-number's
    Example(cells={"houjin": "5835678256246"}, args={"number": "jp.cn"}),
    Example(cells={"code": "131016"}, args=_LOCAL),
    Example(cells={"code": "011002"}, args=_LOCAL),
    Example(cells={"uen": "00192200M"}, args={"number": "sg.uen"}),
)
BAD = (
    Example(cells={"tax_code": "0100233480"}, args=_MST, said={"variant": "checksum"}),
    Example(cells={"tax_code": "12345"}, args=_MST, said={"variant": "length"}),
    Example(cells={"tax_code": "01002334AB"}, args=_MST, said={"variant": "format"}),
    Example(cells={"code": "131017"}, args=_LOCAL, said={"variant": "checksum"}),
    Example(cells={"code": "13101"}, args=_LOCAL, said={"variant": "length"}),
    Example(cells={"uen": "00192200X"}, args={"number": "sg.uen"}),
)
KINDS = {
    "vn.mst": {"vi": "mã số thuế", "en": "a tax code (MST)"},
    "jp.cn": {"vi": "mã số pháp nhân Nhật Bản", "en": "a Japanese corporate number"},
    "jp-local-government": {"vi": "mã chính quyền địa phương Nhật Bản", "en": "a Japanese local government code"},
    "sg.uen": {"vi": "mã UEN của Singapore", "en": "a UEN"},
    "lei": {"vi": "mã LEI", "en": "an LEI"},
    "isbn": {"vi": "mã ISBN", "en": "an ISBN"},
    "issn": {"vi": "mã ISSN", "en": "an ISSN"},
    "iban": {"vi": "số tài khoản IBAN", "en": "an IBAN"},
    "imo": {"vi": "số IMO", "en": "an IMO number"},
    "kr.brn": {"vi": "số đăng ký kinh doanh Hàn Quốc", "en": "a Korean business number"},
    "th.tin": {"vi": "mã số thuế Thái Lan", "en": "a Thai tax number"},
    "id.npwp": {"vi": "mã số thuế Indonesia", "en": "an NPWP"},
    "cn.uscc": {"vi": "mã tín dụng xã hội Trung Quốc", "en": "a Chinese social credit code"},
    "tw.ubn": {"vi": "mã doanh nghiệp Đài Loan", "en": "a UBN"},
}
"""Identifiers of legal persons and things that a standard may name; natural persons' are blocked elsewhere."""

_PERSONAL = 12


def look(cells: Cells, use: Use) -> Remark | None:
    """Validate an identifier by ``use.args["number"]``: a python-stdnum module or ``jp-local-government``.

    Raises ValueError for a number that is not in KINDS.
    """
    text = str(cells[use.field]).strip()
    number = str(use.args["number"])
    if not text or (number == "vn.mst" and len(text) == _PERSONAL and text.isdigit()):
        return None
    try:
        _validator(number)(text)
    except exceptions.InvalidLength:
        variant = "length"
    except exceptions.InvalidChecksum:
        variant = "checksum"
    except exceptions.ValidationError:
        variant = "format"
    else:
        return None
    return Remark(params={"variant": variant, "kind": KINDS[number], "number": number})


@lru_cache(maxsize=64)
def _validator(number: str) -> Callable[[str], Any]:
    """Find the validator of an identifier by name; only those in KINDS may be asked for."""
    if number not in KINDS:
        raise ValueError(f"no such identifier: {number}")
    if number == "jp-local-government":
        return _local_government
    found: Callable[[str], Any] = import_module(f"stdnum.{number}").validate
    return found


_LOCAL_LENGTH = 6


def _local_government(code: str) -> str:
    """Validate 全国地方公共団体コード: five digits, weights 6 5 4 3 2, check = last digit of 11 − (Σ mod 11)."""
    if len(code) != _LOCAL_LENGTH:
        raise exceptions.InvalidLength
    if not (code.isascii() and code.isdigit()):
        raise exceptions.InvalidFormat
    total = sum(int(digit) * weight for digit, weight in zip(code[:5], (6, 5, 4, 3, 2), strict=True))
    if int(code[5]) != (11 - total % 11) % 10:
        raise exceptions.InvalidChecksum
    return code
