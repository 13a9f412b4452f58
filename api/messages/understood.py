"""Sentences of what was understood of a file: each guess with its name, what was chosen and why."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from api.messages import Sentences, pick, say
from standards.portable import to_json
from standards.reading import Guess

TITLES: Sentences = MappingProxyType({
    "encoding": {"vi": "Bảng mã", "en": "Encoding"},
    "delimiter": {"vi": "Dấu phân cách", "en": "Delimiter"},
    "quote": {"vi": "Dấu nháy", "en": "Quote"},
    "escape": {"vi": "Dấu nháy trong ô", "en": "Quote inside a cell"},
    "comment": {"vi": "Dòng chú thích", "en": "Comment lines"},
    "line-ends": {"vi": "Dấu xuống dòng", "en": "Line ends"},
    "header": {"vi": "Dòng tiêu đề", "en": "Header row"},
    "header-rows": {"vi": "Số dòng tiêu đề", "en": "Rows of the header"},
    "footer": {"vi": "Dòng cuối không phải dữ liệu", "en": "Records at the end that are no data"},
    "decimal": {"vi": "Dấu thập phân", "en": "Decimal mark"},
    "thousands": {"vi": "Dấu nhóm hàng nghìn", "en": "Thousands mark"},
    "date-order": {"vi": "Thứ tự ngày, tháng, năm", "en": "Order of day, month and year"},
    "missing": {"vi": "Chữ thay cho ô trống", "en": "Words for a missing value"},
    "calendar": {"vi": "Lịch", "en": "Calendar"},
    "written": {"vi": "Cách viết số", "en": "How numbers are written"},
    "sheet": {"vi": "Trang tính", "en": "Sheet"},
})
"""What a guess is about."""

EVIDENCE: Sentences = MappingProxyType({
    "asked": {"vi": "Do bạn chọn.", "en": "You said so."},
    "mark": {"vi": "Tệp bắt đầu bằng dấu của bảng mã này.", "en": "The file begins with the mark of this encoding."},
    "ascii": {"vi": "Tệp chỉ có chữ không dấu, bảng mã nào cũng đọc như nhau.",
              "en": "The file has plain letters only; it reads alike in every encoding."},
    "all-utf8": {"vi": "Toàn bộ tệp đọc được theo UTF-8.", "en": "The whole file can be read as UTF-8."},
    "zeros": {"vi": "Cách ghi từng chữ trong tệp chỉ có ở bảng mã này.",
              "en": "Letters are stored as only this encoding does."},
    "letters": {"vi": "{share} % chữ có dấu đọc ra từ có nghĩa trong bảng mã này.",
                "en": "{share} % of the words with marks make sense in this encoding."},
    "last-resort": {"vi": "Không bảng mã nào khác hợp với các chữ trong tệp.",
                    "en": "No other encoding fits the letters."},
    "agree": {"vi": "{agree} trong {rows} dòng đầu có đúng {width} ô.",
              "en": "{agree} of the first {rows} records have {width} cells."},
    "single": {"vi": "Bảng chỉ có một cột.", "en": "The table has a single column."},
    "sep-line": {"vi": "Dòng “sep=” đầu tệp ghi như vậy.", "en": "The line “sep=” at the top says so."},
    "stands": {"vi": "{cells} ô được bao bằng dấu này.", "en": "{cells} cells are wrapped in it."},
    "usual": {"vi": "Không ô nào cần đến; đây là cách thường dùng.", "en": "No cell needs it; this is the usual one."},
    "ends": {"vi": "{counts}.", "en": "{counts}."},
    "first": {"vi": "Dòng đầu tiên có chữ.", "en": "It is the first record that says anything."},
    "below": {"vi": "Bỏ qua {rows} dòng phía trên: “{cell}”.",
              "en": "{rows} lines above it were passed over: “{cell}”."},
    "no-header": {"vi": "Dòng đầu trông như dữ liệu: “{cell}”.", "en": "The first record looks like data: “{cell}”."},
    "several": {"vi": "Tên cột ghép từ {rows} dòng.", "en": "The labels are put together from {rows} rows."},
    "notes": {"vi": "{rows} dòng dưới bảng là ghi chú hoặc dòng tổng: “{cell}”.",
              "en": "{rows} records under the table are notes or totals: “{cell}”."},
    "proof": {"vi": "Ô “{cell}” chỉ đọc được theo cách này.", "en": "The cell “{cell}” can be read in this way only."},
    "of-others": {"vi": "Các ô đọc được theo nhiều cách; cột “{other}” cùng bảng chỉ đọc được theo cách này.",
                  "en": "The cells can be read in several ways; the column “{other}” of this table in this way only."},
    "ambiguous": {"vi": "Các ô như “{cell}” đọc được theo nhiều cách nên cột được giữ nguyên dạng chữ.",
                  "en": "Cells like “{cell}” can be read in several ways, so the column is kept as text."},
    "habit": {"vi": "Các ô như “{cell}” đọc được theo nhiều cách; đây là cách viết thường dùng ở Việt Nam.",
              "en": "Cells like “{cell}” can be read in several ways; this is how dates are written in Viet Nam."},
    "words": {"vi": "{count} ô ghi “{cell}”; mọi ô khác đọc được thành {kind}.",
              "en": "{count} cells say “{cell}”; all others can be read as {kind}."},
    "dressed": {"vi": "Số viết kèm dấu hoặc chữ, ví dụ “{cell}”; cột được giữ nguyên dạng chữ.",
                "en": "Numbers with signs or words around them, as in “{cell}”; the column is kept as text."},
    "years": {"vi": "Các năm như “{cell}” chỉ hợp với lịch này.", "en": "Years like “{cell}” only fit this calendar."},
    "serial": {"vi": "Các số như “{cell}” trông như ngày của Excel; cột được giữ nguyên dạng số.",
               "en": "Numbers like “{cell}” look like Excel's days; the column is kept as numbers."},
    "comments": {"vi": "{rows} dòng bắt đầu bằng dấu này được bỏ qua.",
                 "en": "{rows} lines that begin so were left out."},
})
"""Why a guess was made."""

SHOWN: Sentences = MappingProxyType({
    ",": {"vi": "dấu phẩy", "en": "comma"}, ";": {"vi": "dấu chấm phẩy", "en": "semicolon"},
    "\t": {"vi": "dấu tab", "en": "tab"}, "|": {"vi": "dấu gạch đứng", "en": "vertical bar"},
    " ": {"vi": "dấu cách", "en": "space"}, ".": {"vi": "dấu chấm", "en": "point"},
    "none": {"vi": "không có", "en": "none"}, "double": {"vi": "viết hai lần", "en": "doubled"},
    "backslash": {"vi": "đứng sau dấu \\", "en": "after a backslash"}, '"': {"vi": "nháy kép", "en": "double quote"},
    "'": {"vi": "nháy đơn", "en": "single quote"}, "dmy": {"vi": "ngày/tháng/năm", "en": "day/month/year"},
    "mdy": {"vi": "tháng/ngày/năm", "en": "month/day/year"}, "ymd": {"vi": "năm-tháng-ngày", "en": "year-month-day"},
    "text": {"vi": "giữ nguyên dạng chữ", "en": "kept as text"},
    "0": {"vi": "không có dòng tiêu đề", "en": "no header row"},
    "buddhist": {"vi": "Phật lịch", "en": "Buddhist era"}, "japanese": {"vi": "niên hiệu Nhật", "en": "Japanese era"},
    "roc": {"vi": "lịch Dân quốc", "en": "Minguo calendar"},
    "excel": {"vi": "số ngày của Excel", "en": "Excel's day numbers"},
    "percent": {"vi": "phần trăm", "en": "percent"}, "currency": {"vi": "kèm tên tiền tệ", "en": "with currency"},
    "brackets": {"vi": "số âm trong ngoặc", "en": "negatives in brackets"},
    "cr": {"vi": "CR", "en": "CR"}, "two-digit": {"vi": "năm hai chữ số", "en": "years of two digits"},
})
"""Values that are said in words; others stand for themselves."""

ZERO = frozenset({"header"})
"""Guesses of which 0 means that there is none."""


def shown(what: str, value: str, language: str) -> str:
    """Say a chosen value in words."""
    if value == "0" and what not in ZERO:
        return value
    return pick(SHOWN[value], language) if value in SHOWN else value


def title(what: str, language: str) -> str:
    """Say what a guess is about."""
    return pick(TITLES[what], language) if what in TITLES else what


def why(guess: Guess, language: str) -> str:
    """Say why it was chosen."""
    params = _params(guess.params)
    kind = _KINDS.get(str(params.get("kind", "")))
    return say(EVIDENCE, guess.evidence, {**params, "kind": pick(kind, language)} if kind else params, language)


def _params(given: Mapping[str, Any]) -> dict[str, Any]:
    """Cells may hold braces and line breaks: they are cut and calmed, never read as part of the sentence."""
    return {
        name: " ".join(str(value)[:60].split()) if isinstance(value, str) else value for name, value in given.items()
    }


_KINDS: Sentences = MappingProxyType({
    "integer": {"vi": "số nguyên", "en": "whole numbers"}, "number": {"vi": "số", "en": "numbers"},
    "boolean": {"vi": "đúng hay sai", "en": "true or false"}, "date": {"vi": "ngày", "en": "dates"},
    "datetime": {"vi": "ngày giờ", "en": "dates with time"}, "time": {"vi": "giờ", "en": "times"},
    "year": {"vi": "năm", "en": "years"}, "yearmonth": {"vi": "tháng của năm", "en": "months of a year"},
    "string": {"vi": "chữ", "en": "text"},
})


def told(guess: Guess, language: str) -> dict[str, Any]:
    """Give a guess as plain JSON with its sentences."""
    return {
        "what": guess.what,
        "title": title(guess.what, language),
        "field": guess.field,
        "column": guess.column,
        "chosen": guess.chosen,
        "shown": shown(guess.what, guess.chosen, language),
        "alternatives": list(guess.alternatives),
        "option": guess.option or None,
        "sure": guess.sure,
        "evidence": guess.evidence,
        "params": to_json(dict(guess.params)),
        "detail": why(guess, language),
        "overridden": guess.overridden,
    }
