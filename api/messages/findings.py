"""Sentences of findings, of our checks, of Frictionless and of reading: where, what was found, what to do about it.

``say`` is for a finding that stands alone (with its place in front), ``said`` for one that is shown at its place.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date
from types import MappingProxyType
from typing import Any, cast

from api.messages import Sentences, fill, frictionless, gaps, personal, pick, reasons, refusals
from api.messages import say as refusal
from api.messages.shapes import FORMS, example_of, in_words
from standards import registry
from standards.finding import Finding, Place
from standards.vocabulary import FREQUENCIES

_MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
_MORE = 5
"""How many members of a list a sentence names."""

TITLES: Sentences = MappingProxyType({
    "header-missing": {"vi": "Thiếu dòng tiêu đề", "en": "No header"},
    "header-repeated": {"vi": "Tiêu đề lặp lại", "en": "Header repeated"},
    "comment-skipped": {"vi": "Dòng chú thích", "en": "Comment line"},
    "delimiter-changed": {"vi": "Dấu phân cách khác", "en": "Another delimiter"},
    "second-table": {"vi": "Có bảng thứ hai", "en": "A second table"},
    "name-repeated": {"vi": "Tên trường lặp lại", "en": "Name given twice"},
    "not-a-number": {"vi": "Ô số ghi NaN", "en": "Not a number (NaN)"},
    "infinite-number": {"vi": "Số vô cực", "en": "Infinite number"},
    "footer-skipped": {"vi": "Ghi chú dưới bảng", "en": "Notes under the table"},
    "id-renamed": {"vi": "Cột _id được đổi tên", "en": "Column _id renamed"},
    "columns-differ": {"vi": "Cột khác phiên bản trước", "en": "Columns differ from the version before"},
    "period-gap": {"vi": "Thiếu kỳ ở giữa", "en": "A period is missing"},
    "period-exists": {"vi": "Kỳ đã có dữ liệu", "en": "The period is there already"},
    "period-unknown": {"vi": "Không hiểu kỳ dữ liệu", "en": "Period not understood"},
    "no-period-column": {"vi": "Không có cột cho biết kỳ", "en": "No column tells the period"},
    "not-valid": {"vi": "Bảng còn lỗi", "en": "The table has errors"},
})
"""Titles of what reading and merging find; their sentences are in ``reasons``."""

Variants = Mapping[str, Mapping[str, str]]


def title(code: str, language: str) -> str:
    """Say in a few words what a kind of finding is; a code that nobody knows stands for itself."""
    check = _check(code)
    titles = check.TITLE if check else _title_of_others(code)
    return pick(titles, language) if titles else code


def _title_of_others(code: str) -> Mapping[str, str] | None:
    every = (frictionless.TITLES, personal.TITLES, gaps.TITLES, TITLES)
    return next((one[code] for one in every if code in one), None)


def say(finding: Finding, language: str) -> str:
    """Say one finding, place first: ``Ô C17 (Mã xã): mã 27 hết hiệu lực …``."""
    where = place_of(finding.place, finding.params.get("title"), language)
    what = said(finding, language)
    return f"{where}: {what}" if where and finding.code not in personal.SENTENCES else _capital(what)


def said(finding: Finding, language: str) -> str:
    """Say what was found and what to do, without the place."""
    params = {"field": finding.place.field or "", "row": finding.place.row or "", "cell": finding.cell or ""}
    return _filled(finding.code, {**params, **finding.params}, language)


def sentence(code: str, params: Mapping[str, Any], language: str) -> str:
    """Say a reason (why a file failed or is blocked); ``params`` are the finding's, with ``row`` and ``field``.

    "" for a code that nobody knows.
    """
    what = _filled(code, params, language)
    row, column = (one if isinstance(one, int) else None for one in (params.get("row"), params.get("column")))
    place = Place(row=row, column=column, field=params.get("field"))
    known = _variants(code) is not None and code not in personal.SENTENCES
    where = place_of(place, params.get("title"), language) if known else ""
    return f"{where}: {what}" if where and what else _capital(what)


def why(reason: Mapping[str, Any] | None, language: str) -> str:
    """Say why an upload failed, is blocked or was turned down; a code that nobody knows stands for itself."""
    if not reason:
        return ""
    code, params = str(reason.get("code", "")), dict(reason.get("params") or {})
    return sentence(code, params, language) or refusal(refusals.SENTENCES, code, params, language) or code


# --- the place --------------------------------------------------------------------------------------------------------


def letters(column: int) -> str:
    """Write a column's number as spreadsheets do: 1 → A, 27 → AA."""
    name = ""
    while column > 0:
        column, rest = divmod(column - 1, 26)
        name = chr(65 + rest) + name
    return name


def place_of(place: Place, named: Any, language: str) -> str:
    """Say where: ``Ô C17 (Mã xã)``, ``Dòng 17``, ``Cột C (Mã xã)``; a column by its title where that is known."""
    words = {"vi": ("Ô", "Dòng", "Cột"), "en": ("Cell", "Row", "Column")}[language if language == "en" else "vi"]
    shown = pick(named, language) if isinstance(named, Mapping) else ""
    label = shown or place.field or ""
    if place.column and place.row:
        text = f"{words[0]} {letters(place.column)}{place.row}"
    elif place.row:
        text = f"{words[1]} {place.row}"
    elif place.column:
        text = f"{words[2]} {letters(place.column)}"
    else:
        text, label = (f"{words[2]} {label}" if label else ""), ""
    return f"{text} ({label})" if label and not label.startswith("#") else text


# --- the words --------------------------------------------------------------------------------------------------------


def _check(code: str) -> Any:
    return registry.CHECKS.of(code)


def _variants(code: str) -> Variants | None:
    check = _check(code)
    if check is not None:
        return cast("Variants", check.SENTENCES)
    return frictionless.SENTENCES.get(code) or personal.SENTENCES.get(code) or gaps.SENTENCES.get(code)


def _filled(code: str, params: Mapping[str, Any], language: str) -> str:
    """Choose the variant and fill it; an unknown variant takes the plain sentence, or the first."""
    worded = {key: _worded(key, value, language) for key, value in params.items()}
    params, worded = _shaped(params, worded, language)
    variants = _variants(code)
    if not variants or (code in reasons.FAILED and "names" in params):  # a whole file, not what a rule saw on a sheet
        return reasons.reason(code, worded, language)
    plain = variants.get("") or next(iter(variants.values()))
    return fill(pick(variants.get(str(params.get("variant", ""))) or plain, language), worded)


def _shaped(
    params: Mapping[str, Any], worded: dict[str, Any], language: str
) -> tuple[Mapping[str, Any], dict[str, Any]]:
    """Say patterns and formats in words, and choose the variant that fits what could be said."""
    variant, form = str(params.get("variant", "")), str(params.get("format", ""))
    if variant == "pattern":
        pattern = str(params.get("expected", ""))
        said = in_words(pattern, language)
        return {**params, "variant": "pattern-signs" if said == pattern else variant}, {**worded, "expected": said}
    example = example_of(form)
    if variant in {"date", "time", "datetime"} and example:
        return {**params, "variant": f"{variant}-form"}, {**worded, "example": example}
    if variant == "string":
        return params, {**worded, "form": pick(FORMS.get(form, FORMS[""]), language)}
    return params, worded


def _worded(name: str, value: Any, language: str) -> Any:
    """Write a parameter for people: days as dates, texts in the reader's language, lists joined, numbers grouped."""
    if isinstance(value, Mapping):
        return pick(value, language)
    if name == "promised" and value in FREQUENCIES:
        return pick(FREQUENCIES[value].title, language).lower()
    if isinstance(value, str):
        return day(value, language) if name.endswith("_on") else value
    if isinstance(value, Sequence):
        return _joined([str(one) for one in value], language)
    if isinstance(value, int) and not isinstance(value, bool) and name not in {"row", "other", "line"}:
        return number(value, language)
    return value


def _joined(words: Sequence[str], language: str) -> str:
    shown = ", ".join(words[:_MORE])
    more = len(words) - _MORE
    if more <= 0:
        return shown
    return f"{shown} và {more} mục nữa" if language != "en" else f"{shown} and {more} more"


_ISO = re.compile(r"(\d{4})-(\d\d)-(\d\d)")


def day(iso: str, language: str) -> str:
    """Write an ISO day: ``01/7/2025`` in Vietnamese (a nought before days and the months 1 and 2), ``1 Jul 2025``."""
    if not _ISO.fullmatch(iso):
        return iso
    told = date.fromisoformat(iso)
    if language == "en":
        return f"{told.day} {_MONTHS[told.month - 1]} {told.year}"
    month = f"{told.month:02d}" if told.month <= 2 else str(told.month)  # noqa: PLR2004 - February
    return f"{told.day:02d}/{month}/{told.year}"


def number(value: int, language: str) -> str:
    """Write a whole number with its thousands apart: ``3.321`` in Vietnamese, ``3,321`` in English."""
    grouped = f"{value:,}"
    return grouped if language == "en" else grouped.replace(",", ".")


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
