"""What was guessed of a column: decimal marks, order of dates, words for nothing, calendars; each with its evidence."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence

from pipelines.steps.profile.evidence import Evidence, Reading, order_of
from standards.profile import Column
from standards.reading import Guess, Sure
from standards.text import fold

LOOKED_AT = 1_000
_MONEY = r"(đồng|đ|₫|vnđ|vnd|tr\.?\s?đ|triệu đồng|tỷ đồng|nghìn đồng|usd|eur|jpy|円|元|원|€|\$|£|¥)"
_DIGITS = r"[\d\uff10-\uff19][\d\uff10-\uff19.,\s\u00a0\u202f\uff0c\uff0e]*"
_DRESSED: Mapping[str, re.Pattern[str]] = {
    "percent": re.compile(rf"^[-+\u2212]?{_DIGITS}\s*[%\uff05]$"),
    "currency": re.compile(rf"^({_MONEY}\s*[-+\u2212]?{_DIGITS}|[-+\u2212]?{_DIGITS}\s*{_MONEY})$", re.IGNORECASE),
    "brackets": re.compile(rf"^(\({_DIGITS}\)|[-+\u2212]?{_DIGITS})$"),
    "two-digit": re.compile(r"^\d{1,2}([/.-])\d{1,2}\1\d{2}$"),
}
_ERA = re.compile(r"^(明治|大正|昭和|平成|令和|[MTSHR])\s?(元|\d{1,2})([年./-].*)?$")
_DAY = re.compile(r"(^|[^a-z])(ngay|date|day)([^a-z]|$)|日")
_YEAR = re.compile(r"(^|[^a-z])(nam|year|phat lich)([^a-z]|$)|ปี|年")
_THOUSAND = re.compile(r"^-?[1-9]\d{0,2}([.,])\d{3}$")
_BUDDHIST = range(2440, 2600)
_SERIAL = range(20_000, 65_000)


def of_column(index: int, column: Column, seen: Evidence) -> Iterator[Guess]:
    """Tell what was guessed of one column; nothing where its cells leave no choice."""
    values = [str(one).strip() for one in seen.distinct.values.slice(0, LOOKED_AT).to_pylist()]
    values = [one for one in values if one and one not in seen.absent]
    tell = _Teller(index, column)
    if not values:
        return
    yield from _missing(tell, seen)
    if column.kind == "number":
        yield from _number(tell, seen)
    elif column.kind == "date" and column.format:
        yield from _date(tell, seen, values)
    elif column.kind in ("integer", "year"):
        yield from _calendar(tell, values)
    elif column.kind == "string":
        yield from _text(tell, values)


class _Teller:
    """Makes the guesses of one column."""

    def __init__(self, index: int, column: Column) -> None:
        self.index, self.column = index, column

    def __call__(  # noqa: PLR0917 - what a guess is, in order
        self, what: str, chosen: str, evidence: str, cell: str, others: Sequence[str] = (), sure: Sure = "likely",
        option: str = "", *, overridden: bool = False, **params: object,
    ) -> Guess:  # fmt: skip
        return Guess(
            what=what,
            chosen=chosen,
            option=option,
            alternatives=tuple(others),
            sure="certain" if overridden else sure,
            evidence="asked" if overridden else evidence,
            params={"cell": cell, **params},
            field=self.column.name,
            column=self.index + 1,
            overridden=overridden,
        )


def _missing(tell: _Teller, seen: Evidence) -> Iterator[Guess]:
    asked = seen.said.missing is not None
    if tell.column.absent:
        word, count = max(seen.absent.items(), key=lambda one: one[1])
        chosen = ", ".join(sorted(tell.column.absent))
        kind = tell.column.kind
        yield tell("missing", chosen, "words", word, option="missing", overridden=asked, count=count, kind=kind)


def _number(tell: _Teller, seen: Evidence) -> Iterator[Guess]:
    column, said = tell.column, seen.said
    if column.decimal == "." and not column.group and not said.decimal:
        return  # as it is written everywhere
    proof = next((cell for one, cell in seen.proofs.items() if _same(one, column)), "")
    other = "." if column.decimal == "," else ","
    asked = bool(said.decimal or said.thousands)
    yield tell("decimal", column.decimal, "proof", proof, [other], option="decimal", overridden=asked)
    if column.group:
        group = column.group.replace("\u00a0", " ")
        yield tell("thousands", group, "proof", proof, option="thousands", overridden=bool(said.thousands))


def _same(one: Reading, column: Column) -> bool:
    return one.kind == "number" and (one.decimal, one.group) == (column.decimal, column.group)


def _date(tell: _Teller, seen: Evidence, values: Sequence[str]) -> Iterator[Guess]:
    order = order_of(tell.column.format)
    left = {order_of(one.format) for one in seen.readings if one.kind == "date" and one.format}
    asked = bool(seen.said.date_order)
    if order == "ymd":
        return
    if len(left) > 1:
        others = sorted(left - {order})
        yield tell("date-order", order, "habit", values[0], others, "unsure", "date_order", overridden=asked)
        return
    place = 0 if order == "dmy" else 1
    proof = next((one for one in values if int(re.split(r"\D", one)[place]) > 12), values[0])  # noqa: PLR2004 - months
    yield tell("date-order", order, "proof", proof, option="date_order", overridden=asked)


def _calendar(tell: _Teller, values: Sequence[str]) -> Iterator[Guess]:
    label = fold(tell.column.name)
    if not all(one.isascii() and one.isdigit() for one in values):
        return
    numbers = [int(one) for one in values]
    if _YEAR.search(label) and all(one in _BUDDHIST for one in numbers):
        yield tell("calendar", "buddhist", "years", values[0])
    if _DAY.search(label) and all(one in _SERIAL for one in numbers):
        yield tell("calendar", "excel", "serial", values[0], sure="unsure")


def _text(tell: _Teller, values: Sequence[str]) -> Iterator[Guess]:
    ambiguous = {hit[1] for one in values if (hit := _THOUSAND.match(one))}
    if len(ambiguous) == 1 and all(_THOUSAND.match(one) or re.fullmatch(r"-?\d{1,3}", one) for one in values):
        shown = next(one for one in values if _THOUSAND.match(one))
        yield tell("decimal", "text", "ambiguous", shown, [",", "."], "unsure", "decimal")
        return
    if all(_ERA.match(one) for one in values) and _of_time(tell, values):
        yield tell("calendar", "japanese", "years", values[0])
        return
    dressed = next((name for name, form in _DRESSED.items() if _all(form.match, values)), "")
    if dressed and not all(one.isdigit() for one in values):
        shown = next((one for one in values if not one.isdigit()), values[0])
        yield tell("written", dressed, "dressed", shown, sure="unsure")


def _of_time(tell: _Teller, values: Sequence[str]) -> bool:
    """Whether years of an era are meant: ``H26.1`` is also an agency's code, which only the column's name tells."""
    label = fold(tell.column.name)
    return bool(_DAY.search(label) or _YEAR.search(label)) or not all(one.isascii() for one in values)


def _all(test: Callable[[str], object], values: Sequence[str]) -> bool:
    """Whether a test holds for all values; most columns fail it at once."""
    return all(test(one) for one in values)
