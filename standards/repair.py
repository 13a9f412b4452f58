"""What a repair is: its kinds with what they do, which of them need a decision, and how acceptance is written down.

An acceptance is a word: ``trim`` (the kind, in every column), ``date-day-first#Ngày cấp`` (in one column), and for the
kinds of ASKING with what was answered: ``rename#Tên trường=school_name``, ``successor=2025-06-30/2025-07-01`` (the day
that the data are of, and the day whose codes are wanted). ``safe`` stands for every kind that needs no decision.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from types import MappingProxyType
from typing import Any

EXAMPLES = 3
"""A repair shows so many changes."""

SAFE = "safe"
"""Accepted in place of a kind, it stands for every kind that needs no decision."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One cell before and after; ``row`` is the record number in the original (header = 1)."""

    row: int | None = None
    field: str | None = None
    before: str = ""
    after: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Repair:
    """All changes of one kind: how many, in which columns, and the first few; ``safe`` needs no decision.

    ``asks`` is what has to be answered with the acceptance, each with a proposal (``{"day": "2025-06-30"}``); ``ends``
    counts what became of codes: ``one`` successor, ``several``, ``none``, ``same`` (still in force), ``unknown``.
    ``preview`` shows a repair of the whole sheet: ``before`` and ``after`` (rows of cells, the second with its names of
    columns first), ``plan`` and ``rows``, how many there will be.
    """

    kind: str
    safe: bool
    count: int
    fields: tuple[str, ...] = ()
    examples: tuple[Change, ...] = ()
    asks: Mapping[str, str] = field(default_factory=dict)
    ends: Mapping[str, int] = field(default_factory=dict)
    preview: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """A kind of repair: whether it is safe, its name and what it does."""

    safe: bool
    title: Mapping[str, str]
    does: Mapping[str, str]


def _kind(safe: bool, vi: str, does_vi: str, en: str, does_en: str) -> Kind:
    return Kind(safe=safe, title={"vi": vi, "en": en}, does={"vi": does_vi, "en": does_en})


KINDS: Mapping[str, Kind] = MappingProxyType({
    "report-form": _kind(
        False, "Tách biểu mẫu thành bảng",
        "Tiêu đề, đơn vị tính, tên cột nhiều hàng, đánh số I, 1, 1.1, dòng tổng và phần ký tên được tách ra; bảng chéo "
        "thành bảng dọc. Xem trước các dòng đầu rồi quyết định; bản gốc khi đó không công khai.",
        "Take the form apart",
        "Titles, unit, header of several rows, numbering I, 1, 1.1, sums and signatures are taken apart; a crosstab "
        "becomes long. Look at the preview before you decide; the original is then not public.",
    ),
    "bom": _kind(
        True, "Bỏ dấu BOM",
        "Bỏ dấu BOM ở đầu tệp.",
        "Remove the byte order mark",
        "Removes the mark at the beginning.",
    ),
    "encoding": _kind(
        True, "Đổi bảng mã sang UTF-8",
        "Tệp dùng bảng mã cũ được ghi lại bằng UTF-8.",
        "Encoding to UTF-8",
        "A file in an older encoding is written as UTF-8.",
    ),
    "delimiter": _kind(
        True, "Đổi dấu ngăn cột sang dấu phẩy",
        "Tệp ngăn cột bằng dấu khác được ghi lại bằng dấu phẩy.",
        "Delimiter to comma",
        "A file with another delimiter is written with commas.",
    ),
    "rename": _kind(
        False, "Đổi tên cột theo chuẩn",
        "Tên cột gần giống tên trong chuẩn. Đổi tên thì Datamo kiểm tra được cột này theo chuẩn; ô giữ nguyên.",
        "Rename columns after the standard",
        "These column names are close to names of the standard. Renamed, the columns can be checked against it; "
        "cells stay as they are.",
    ),
    "vni": _kind(
        True, "Đổi VNI sang Unicode",
        "Chữ viết bằng phông cũ (VNI-Times …) được đổi sang Unicode.",
        "VNI to Unicode",
        "Text typed for old fonts (VNI-Times …) is rewritten in Unicode.",
    ),
    "vni-unproven": _kind(
        False, "Đổi VNI sang Unicode, cột lẫn bảng mã",
        "Cột lẫn chữ VNI và Unicode: chỉ đổi ô chỉ có chữ VNI. Xem ví dụ trước khi nhận.",
        "VNI to Unicode in a mixed column",
        "The column mixes VNI and Unicode: only cells that hold nothing but VNI are rewritten. Look at the "
        "examples first.",
    ),
    "tcvn3": _kind(
        True, "Đổi TCVN3 sang Unicode",
        "Chữ viết bằng phông cũ (.VnTime, ABC) được đổi sang Unicode.",
        "TCVN3 to Unicode",
        "Text typed for old fonts (.VnTime, ABC) is rewritten in Unicode.",
    ),
    "tcvn3-unproven": _kind(
        False, "Đổi TCVN3 sang Unicode, cột lẫn bảng mã",
        "Cột lẫn chữ TCVN3 và Unicode: chỉ đổi ô chỉ có chữ TCVN3. Xem ví dụ trước khi nhận.",
        "TCVN3 to Unicode in a mixed column",
        "The column mixes TCVN3 and Unicode: only cells that hold nothing but TCVN3 are rewritten. Look at the "
        "examples first.",
    ),
    "invisible": _kind(
        True, "Bỏ ký tự không nhìn thấy",
        "Bỏ dấu cách không ngắt, ký tự độ rộng bằng không và ký tự điều khiển.",
        "Remove invisible characters",
        "Removes no-break and zero-width spaces and control characters.",
    ),
    "invisible-unproven": _kind(
        False, "Bỏ ký tự không nhìn thấy trong chữ cần chúng",
        "Chữ trong ô có thể cần ký tự nối hoặc dấu hướng. Xem ví dụ trước khi nhận.",
        "Remove invisible characters from scripts that use them",
        "The script in these cells may need joiners or direction marks. Look at the examples first.",
    ),
    "nfc": _kind(
        True, "Ghép chữ và dấu",
        "Chữ và dấu lưu rời được ghép thành Unicode dựng sẵn (NFC).",
        "Compose letters and marks",
        "Letters and marks stored apart are composed (Unicode NFC).",
    ),
    "nfc-unproven": _kind(
        False, "Ghép chữ và dấu, chữ Hán đổi dạng",
        "Chữ Hán tương thích sẽ đổi dạng khi ghép. Xem ví dụ trước khi nhận.",
        "Compose letters; CJK signs change shape",
        "CJK compatibility signs change their shape. Look at the examples first.",
    ),
    "trim": _kind(
        True, "Bỏ khoảng trắng thừa",
        "Bỏ khoảng trắng ở đầu và cuối ô.",
        "Remove stray spaces",
        "Removes spaces at the beginning and end of cells.",
    ),
    "quotes": _kind(
        True, "Bỏ dấu nháy thừa",
        "Bỏ dấu nháy bao quanh mã, số hoặc ngày mà bảng tính để lại.",
        "Remove hidden quotes",
        "Removes quotation marks that a spreadsheet left around codes, numbers or dates.",
    ),
    "full-width": _kind(
        True, "Đổi chữ số rộng",
        "Chữ số toàn độ rộng (１２３) trong mã, số và ngày được đổi thành chữ số thường.",
        "Full-width digits to plain ones",
        "Full-width digits (１２３) in codes, numbers and dates become plain digits.",
    ),
    "date": _kind(
        True, "Ghi ngày theo ISO",
        "Ngày được ghi lại thành NĂM-THÁNG-NGÀY; cả cột chỉ có một cách đọc.",
        "Dates in ISO form",
        "Dates are rewritten as YEAR-MONTH-DAY; the whole column has only one reading.",
    ),
    "date-day-first": _kind(
        False, "Ghi ngày theo ISO, đọc ngày/tháng/năm",
        "Cột đọc được theo hai cách; chọn cách này nếu ngày đứng trước tháng.",
        "Dates in ISO form, read day/month/year",
        "The column can be read in two ways; choose this if the day comes first.",
    ),
    "date-month-first": _kind(
        False, "Ghi ngày theo ISO, đọc tháng/ngày/năm",
        "Cột đọc được theo hai cách; chọn cách này nếu tháng đứng trước ngày.",
        "Dates in ISO form, read month/day/year",
        "The column can be read in two ways; choose this if the month comes first.",
    ),
    "number": _kind(
        True, "Ghi số theo dạng chuẩn",
        "Bỏ dấu ngăn hàng nghìn, dấu thập phân thành dấu chấm; cả cột chỉ có một cách đọc.",
        "Numbers in canonical form",
        "Thousands separators go, the decimal sign becomes a point; the whole column has only one reading.",
    ),
    "number-comma-decimal": _kind(
        False, "Ghi số theo dạng chuẩn, dấu phẩy là dấu thập phân",
        "Cột đọc được theo hai cách; chọn cách này nếu 1.234,5 là một nghìn hai trăm ba mươi tư phẩy năm.",
        "Canonical numbers, comma as decimal sign",
        "The column can be read in two ways; choose this if 1.234,5 is one thousand two hundred thirty-four and "
        "a half.",
    ),
    "number-point-decimal": _kind(
        False, "Ghi số theo dạng chuẩn, dấu chấm là dấu thập phân",
        "Cột đọc được theo hai cách; chọn cách này nếu 1,234.5 là một nghìn hai trăm ba mươi tư phẩy năm.",
        "Canonical numbers, point as decimal sign",
        "The column can be read in two ways; choose this if 1,234.5 is one thousand two hundred thirty-four and "
        "a half.",
    ),
    "zero-padding": _kind(
        True, "Trả lại số 0 ở đầu mã",
        "Chỉ khi danh mục có đúng một mã như vậy, đang có hiệu lực và khớp tên bên cạnh.",
        "Put lost zeros back",
        "Only where the list has exactly one such code, in force, agreeing with the name beside it.",
    ),
    "zero-padding-unproven": _kind(
        False, "Trả lại số 0 ở đầu mã, chưa có bằng chứng",
        "Danh mục không chứng minh được mã sau khi thêm số 0. Xem ví dụ trước khi nhận.",
        "Put lost zeros back without proof",
        "The list does not prove the code with its zeros. Look at the examples first.",
    ),
    "name": _kind(
        False, "Viết tên đơn vị như danh mục",
        "Tên cạnh mã chỉ khác danh mục ở dấu, chữ hoa hoặc cách viết được ghi lại đúng như danh mục.",
        "Names as the list writes them",
        "Names beside a code that differ from the list only in marks, capitals or spelling are written as the "
        "list does.",
    ),
    "successor": _kind(
        False, "Thêm cột mã mới",
        "Mã cũ giữ nguyên. Mã thay thế vào một cột mới, theo ngày dữ liệu mà bạn xác nhận; mã có nhiều hoặc "
        "không có mã thay thế thì để trống.",
        "Add a column with the new codes",
        "Old codes stay. Their successors go into a new column, by the day of the data that you confirm; a code "
        "with several successors or none leaves a blank.",
    ),
    "drop-cell": _kind(
        True, "Bỏ ô trống thừa",
        "Bỏ ô trống nằm ngoài cột cuối cùng.",
        "Remove blank extra cells",
        "Removes blank cells beyond the last column.",
    ),
    "drop-column": _kind(
        True, "Bỏ cột trống",
        "Bỏ cột không có giá trị nào và không thuộc chuẩn. Bản gốc khi đó không công khai.",
        "Remove empty columns",
        "Removes columns without any value that no standard asks for. The original is then not public.",
    ),
    "drop-row": _kind(
        True, "Bỏ dòng trống",
        "Bỏ dòng không có ô nào có giá trị.",
        "Remove blank rows",
        "Removes rows in which no cell holds anything.",
    ),
    "duplicate-row": _kind(
        False, "Bỏ dòng trùng hoàn toàn",
        "Dòng giống hệt một dòng ở trên được bỏ; dòng đầu tiên được giữ. Bản gốc khi đó không công khai.",
        "Remove repeated rows",
        "Rows that are the same as one above are removed; the first one stays. The original is then not public.",
    ),
})
"""Every kind, in the order in which repairs are made.

No kind replaces a code of an administrative unit: codes were used again for other units (27 became 24, which had been
another province's). A successor can only go into a column of its own, after its publisher has confirmed the day.
"""

SAFE_KINDS = frozenset(name for name, one in KINDS.items() if one.safe)
ASKING = frozenset({"rename", "successor"})
"""Kinds whose acceptance holds an answer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Accepted:
    """One acceptance taken apart: the kind, the column ("" = every one) and the answer."""

    kind: str
    column: str = ""
    answer: str = ""

    def __str__(self) -> str:
        """Write it as one word."""
        return self.kind + (f"#{self.column}" if self.column else "") + (f"={self.answer}" if self.answer else "")


def read(word: str) -> Accepted | None:
    """Take an acceptance apart; None for a kind that is not there or an answer that is missing or makes no sense."""
    kind, _, rest = word.partition("#")
    answer = ""
    if kind.partition("=")[0] in ASKING and not rest:
        kind, _, answer = kind.partition("=")
    elif kind in ASKING:
        rest, _, answer = rest.rpartition("=")
    if kind not in KINDS or (kind == "rename" and not (rest and answer)):
        return None
    if kind == "successor" and days(answer) is None:
        return None
    return Accepted(kind=kind, column=rest, answer=answer)


def days(interval: str) -> tuple[date, date] | None:
    """Read ``2025-06-30/2025-07-01``: the day that the data are of and a later one whose codes are wanted."""
    first, _, last = interval.partition("/")
    try:
        found = date.fromisoformat(first), date.fromisoformat(last)
    except ValueError:
        return None
    return found if found[0] < found[1] else None


def accepted(given: Iterable[str]) -> frozenset[str]:
    """Give what was accepted: kinds, or kinds in a column (``kind#column``); all safe ones where ``safe`` was said."""
    words = frozenset(given)
    taken = (read(one) for one in words)
    named = frozenset(one.kind + (f"#{one.column}" if one.column else "") for one in taken if one is not None)
    return named | (SAFE_KINDS if SAFE in words else frozenset())


def takes(taken: Collection[str], kind: str, column: str) -> bool:
    """Whether a kind was accepted for a column, by itself or for all."""
    return kind in taken or f"{kind}#{column}" in taken


def answers(given: Iterable[str], kind: str) -> Mapping[str, str]:
    """Give the answers that were accepted with a kind, by column ("" = every one)."""
    taken = (read(one) for one in given)
    return {one.column: one.answer for one in taken if one is not None and one.kind == kind}


def without(given: Iterable[str], withdrawn: Collection[str]) -> tuple[str, ...]:
    """Take acceptances back: the words themselves, whole kinds, and one kind out of ``safe``."""
    left: list[str] = []
    for word in given:
        if word == SAFE and SAFE not in withdrawn and not SAFE_KINDS.isdisjoint(withdrawn):
            left += [kind for kind in KINDS if kind in SAFE_KINDS and kind not in withdrawn]
            continue
        one = read(word)
        if word not in withdrawn and (one is None or one.kind not in withdrawn):
            left.append(word)
    return tuple(dict.fromkeys(left))


def kept(given: Iterable[str], made: Iterable[Repair]) -> tuple[str, ...]:
    """Give what a recipe keeps of acceptances: a decision counts for the columns in which it was made, no others."""
    columns: dict[str, dict[str, None]] = {}
    for each in made:
        columns.setdefault(each.kind, {}).update(dict.fromkeys(each.fields))
    words: list[str] = []
    for word in given:
        one = read(word)
        if one is None or one.column or KINDS[one.kind].safe or not columns.get(one.kind):
            words.append(word)
        else:
            words += [str(replace(one, column=column)) for column in columns[one.kind]]
    return tuple(dict.fromkeys(words))


def replayed(given: Iterable[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Part a recipe's acceptances: those made again, and those asked anew, as a day counts for one file only."""
    words = tuple(given)
    anew = tuple(word for word in words if (one := read(word)) is not None and one.kind == "successor")
    return tuple(word for word in words if word not in anew), anew


def together(repairs: Iterable[Repair]) -> tuple[Repair, ...]:
    """Add up the repairs of several tables by kind, in the order of KINDS."""
    found: dict[str, Repair] = {}
    for one in repairs:
        was = found.get(one.kind)
        found[one.kind] = one if was is None else _added(was, one)
    return tuple(found[kind] for kind in KINDS if kind in found)


def _added(was: Repair, one: Repair) -> Repair:
    shown = (*was.examples, *one.examples)
    return replace(
        was,
        count=was.count + one.count,
        fields=tuple(dict.fromkeys((*was.fields, *one.fields))),
        examples=shown if was.kind == "rename" else shown[:EXAMPLES],
        asks={**one.asks, **was.asks},
        ends=dict(Counter(was.ends) + Counter(one.ends)),
    )
