"""What a reader must know of a line before she reads a step in it: changed definitions, boundaries, corrections."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import Final

from api.dialects.html.charting.asked import Asked
from api.dialects.html.charting.numbers import ISO_MONTH, ISO_YEAR, Numbers
from api.dialects.html.view import Reader
from api.messages import pages
from catalog.columns import breaking_since
from catalog.model import Resource, Version
from standards.codelist import Codelist

PLACES: Final = frozenset({"vn-province", "vn-district", "vn-commune"})
SHARE: Final = 0.1
"""A day on which at least a tenth of a list's codes ended is a break in what areas are called."""
MOST: Final = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Break:
    """Something that changed, in words; ``at`` is its place on the axis, None where it is not known."""

    said: str
    at: float | None = None
    url: str = ""


def breaks(  # noqa: PLR0917 - what is drawn, of which table, with its versions
    reader: Reader, asked: Asked, numbers: Numbers, shown: Resource, history: Sequence[Version], here: str
) -> list[Break]:
    """Breaks that lie in what is drawn, or of which nobody knows where they lie; newest versions last."""
    if numbers.scale not in ("year", "moment") or not numbers.places:
        return [*_corrections(reader, shown, history, here)][:MOST]
    found = [*_boundaries(reader, asked, numbers, shown), *_structure(reader, numbers, shown, history, here),
             *_corrections(reader, shown, history, here)]
    low, high = numbers.places[0], numbers.places[-1]
    return [one for one in found if one.at is None or low < one.at <= high][:MOST]


def _boundaries(reader: Reader, asked: Asked, numbers: Numbers, shown: Resource) -> Iterator[Break]:
    """Days on which many codes of the areas in the table ended."""
    meanings = {one.meaning for one in shown.columns if one.name in (asked.x, asked.by)} or {""}
    areas = [one for one in meanings if one in PLACES] or [
        one.meaning for one in shown.columns if one.meaning in PLACES][:1]
    for name in areas:
        listed = reader.standards.codelists.get(name or "")
        for day, ended in days_of_change(listed) if listed else ():
            yield Break(
                at=place_of(day.isoformat(), numbers.scale), url=f"/codelists/{name}",
                said=reader.say("Địa giới thay đổi từ %(day)s: %(n)s mã trong danh mục %(list)s hết hiệu lực.",
                                day=day, n=ended, list=name))


def days_of_change(listed: Codelist) -> list[tuple[date, int]]:
    """The days on which at least a tenth of the codes that held ended, and how many did."""
    ended = Counter(entry.valid_to for entries in listed.entries.values() for entry in entries if entry.valid_to)
    return sorted((day, many) for day, many in ended.items() if many >= SHARE * len(listed.entries))


def _structure(reader: Reader, numbers: Numbers, shown: Resource, history: Sequence[Version],
               here: str) -> Iterator[Break]:
    """Versions that changed what a column is: where the table grew by periods, the break lies at the new period."""
    broken = breaking_since(history)
    periods = _new_periods(history, shown.name)
    for number in sorted(broken):
        if shown.name not in broken[number]:
            continue
        columns = ", ".join(dict.fromkeys(one.name for one in broken[number][shown.name]))
        period = periods.get(number, "")
        yield Break(
            at=place_of(period, numbers.scale) if period else None, url=f"{here}/versions/{number}/diff",
            said=reader.say("Phiên bản %(number)s đổi định nghĩa cột: %(columns)s.", number=str(number),
                            columns=columns))


def _corrections(reader: Reader, shown: Resource, history: Sequence[Version], here: str) -> Iterator[Break]:
    """Versions that corrected numbers published before."""
    for one in sorted(history, key=lambda version: version.number):
        tables = [each.name for each in one.resources]
        if one.kind == "correction" and one.state == "published" and shown.name in tables:
            yield Break(
                url=f"{here}/versions/{one.number}/diff",
                said=reader.say("Phiên bản %(number)s (%(day)s) sửa số liệu đã công bố. %(note)s",
                                number=str(one.number), day=pages.day(reader.lang, one.issued),
                                note=one.erratum or one.note).strip())


def _new_periods(history: Sequence[Version], name: str) -> dict[int, str]:
    """The period that each version brought, where a table grows by periods."""
    held = {one.number: next((each.periods for each in one.resources if each.name == name), ()) for one in history}
    numbers = sorted(held)
    return {new: held[new][-1] for old, new in pairwise(numbers)
            if held[new] and len(held[new]) > len(held[old])}


def place_of(period: str, scale: str) -> float | None:
    """Where a period (2025, 2025-07, a day) begins on the axis."""
    try:
        if scale == "year":
            return float(period[:ISO_YEAR])
        whole = {ISO_YEAR: f"{period}-01-01", ISO_MONTH: f"{period}-01"}.get(len(period), period)
        return float(date.fromisoformat(whole[:10]).toordinal())
    except ValueError:
        return None
