"""Check: a procedure's code has its form, and the agency in its tail still bore that code on the day."""

from __future__ import annotations

import re

from standards.check import Cells, Example, Remark, Use, label, reference_day

CODE = "procedure-code"
SCOPE = "cell"
SEVERITY = "error"
EXPLAINS = ("pattern", "minLength", "maxLength", "enum")
BASIS = "Cơ sở dữ liệu quốc gia về thủ tục hành chính (dạng mã thấy trong dữ liệu công bố); QĐ 09/2025/QĐ-TTg"
TITLE = {"vi": "Mã thủ tục hành chính không đúng", "en": "Procedure code not right"}
SENTENCES = {
    "form": {
        "vi": "“{cell}” không có dạng mã thủ tục: một chữ số 1–6, dấu chấm, sáu chữ số (1.004888); thủ tục của địa "
        "phương thêm .000.00.00.H38. Tra mã trong cơ sở dữ liệu quốc gia rồi sửa.",
        "en": '"{cell}" does not have the form of a procedure code: a digit 1–6, a dot, six digits (1.004888); local '
        "procedures add .000.00.00.H38. Look the code up in the national database and correct it.",
    },
    "number": {
        "vi": "“{cell}” có lẽ đã bị phần mềm bảng tính coi là số: mã thủ tục có sáu chữ số sau dấu chấm ({after}). "
        "Đặt cột ở dạng văn bản rồi ghi lại mã.",
        "en": '"{cell}" was probably taken for a number by a spreadsheet: a procedure code has six digits after the '
        "dot ({after}). Format the column as text and write the code again.",
    },
    "closed": {
        "vi": "mã {cell} có đuôi {tail} ({name}), mã đã đóng từ {until_on}; từ ngày đó dùng {successors}. "
        "Kiểm tra mã thủ tục sau sắp xếp đơn vị hành chính.",
        "en": "code {cell} ends in {tail} ({name}), a code closed on {until_on}; since then use {successors}. "
        "Check the procedure's code after the reorganisation.",
    },
}
_DAY = {"date": "period_end"}
GOOD = (
    Example(cells={"procedure_code": "1.004888"}),
    Example(cells={"procedure_code": "2.000815.000.00.00.H38", "period_end": "2026-03-31"}, args=_DAY),
    Example(cells={"procedure_code": "2.000815.000.00.00.H02", "period_end": "2024-12-31"}, args=_DAY),
    Example(cells={"procedure_code": ""}),
    # Ministries' codes after the reorganisation of 2025 were not compared with the original: nothing is said of them.
    Example(cells={"procedure_code": "1.004888.000.00.00.G99"}),
)
BAD = (
    Example(cells={"procedure_code": "1.00488"}, said={"variant": "number", "after": "1.004880"}),
    Example(cells={"procedure_code": "TTHC-12"}, said={"variant": "form"}),
    Example(cells={"procedure_code": "9.004888"}, said={"variant": "form"}),
    Example(
        cells={"procedure_code": "2.000815.000.00.00.H02", "period_end": "2026-03-31"},
        args=_DAY,
        said={"variant": "closed", "tail": "H02"},
    ),
)
_FORM = re.compile(r"[1-6]\.[0-9]{6}(?:\.[0-9]{3}\.[0-9]{2}\.[0-9]{2}\.([A-Z][0-9]{2}))?")
_SHORT = re.compile(r"([1-6])[.,]([0-9]{3,5})")


def look(cells: Cells, use: Use) -> Remark | None:
    """Judge form and tail; ``use.args``: ``date`` (column or ISO day). A closed tail warns and names its successor."""
    text = str(cells[use.field]).strip()
    if not text:
        return None
    found = _FORM.fullmatch(text)
    if found is None:
        short = _SHORT.fullmatch(text)
        if short:
            return Remark(params={"variant": "number", "after": f"{short[1]}.{short[2]:0<6}"})
        return Remark(params={"variant": "form"})
    day = reference_day(cells, use)
    codes = use.codelists("vn-agency-level1")
    if found[1] is None or day is None or codes.verdict(found[1], day) != "closed":
        return None
    ended = codes.before(found[1], day)
    assert ended is not None
    assert ended.valid_to is not None
    params = {
        "variant": "closed",
        "tail": found[1],
        "name": ended.name,
        "until_on": ended.valid_to.isoformat(),
        "successors": [label(one.code, codes, day) for one in codes.successors(found[1], day)],
    }
    return Remark(params=params, severity="warning", basis=ended.closed_by)
