"""Use, quality and promises over time, of a dataset and of an agency: charts of our own with their tables beneath."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any

from fastapi import APIRouter, Request, Response
from markupsafe import Markup

from api import deps
from api.dialects.html import facts, labels
from api.dialects.html.charting import drawing
from api.dialects.html.charting.drawing import Picture
from api.dialects.html.charting.numbers import Numbers, Series
from api.dialects.html.dataset import moved
from api.dialects.html.refused import PageRoute
from api.dialects.html.view import Reader, TheReader, page
from api.messages import pages
from api.overtime import Edition, Month, due_of, editions, months
from catalog.catalog.counting import LONGEST_DAYS, Usage
from catalog.usage import KINDS

router = APIRouter(route_class=PageRoute)
FEWEST = 2
"""A line of one point tells nothing."""

MOST = 1000


@router.get("/datasets/{slug}/over-time")
def of_dataset(request: Request, reader: TheReader, slug: str) -> Response:
    """How a dataset was used in the last twelve months, how good each version was and whether it came when promised."""
    site = deps.site(request)
    entry = site.catalog.dataset(reader.caller, slug)
    if slug != entry.slug:
        return moved(request, f"/datasets/{entry.slug}/over-time")
    grace = site.catalog.grace()
    told = editions(site, reader.caller, entry, grace)
    used = site.catalog.usage(reader.caller, entry.id, days=LONGEST_DAYS)
    return page(
        request, reader, "overtime.html", title=pages.words(reader.lang, entry.about.title),
        titles=entry.about.title, entry=entry,
        organisation=None, back=f"/datasets/{entry.slug}", editions=told[::-1], months=(), labels=labels,
        due=due_of(told[-1], grace) if told else None, used=_by_month(used),
        pictures=[*_use(reader, used), *_quality(reader, told)], noindex=True,
    )


@router.get("/organizations/{key}/over-time")
def of_agency(request: Request, reader: TheReader, key: str) -> Response:
    """An agency's public datasets over the last twelve months: how good, how many follow a standard, how many late."""
    site = deps.site(request)
    found = site.catalog.organisation(reader.caller, key)
    if key != found.slug:
        return moved(request, f"/organizations/{found.slug}/over-time")
    entries = [one for one in site.catalog.datasets_of(reader.caller, found.id, limit=MOST)
               if one.visibility == "public" and not one.held]
    told = months(site, reader.caller, entries, facts.today())
    return page(
        request, reader, "overtime.html", title=pages.words(reader.lang, found.title), titles=found.title,
        entry=None, organisation=found,
        back=f"/organizations/{found.slug}", editions=(), months=told[::-1], labels=labels, due=None, used=(),
        pictures=_agency(reader, told), noindex=True,
    )


def _picture(reader: Reader, key: str, title: str, y_name: str,  # noqa: PLR0917 - the words of one picture
             series: Mapping[str, Sequence[tuple[date, float]]], x_name: str = "") -> list[dict[str, Any]]:
    """A chart of days, in two widths; nothing where a line would be a point."""
    lines = tuple(
        Series(name=name, values=tuple((float(day.toordinal()), value) for day, value in values))
        for name, values in series.items() if len(values) >= FEWEST
    )
    if not lines:
        return []
    one = Picture(form="line", numbers=Numbers(scale="moment", series=lines), title=title,
                  told=reader.say("%(title)s. Số liệu ở bảng bên dưới.", title=title),
                  x_name=x_name or reader.say("Ngày"), y_name=y_name)
    drawn: dict[str, Markup] = {
        "wide": drawing.drawn(reader, one, key=f"{key}w"),
        "narrow": drawing.drawn(reader, one, width=drawing.NARROW, key=f"{key}n"),
    }
    return [{**drawn, "title": title, "key": key}]


def _quality(reader: Reader, told: Sequence[Edition]) -> list[dict[str, Any]]:
    days = {one.issued: one for one in told}  # of several versions on a day the last one counts
    values = [(day, 100.0 * one.passed / one.items) for day, one in days.items()]
    return _picture(reader, "q", reader.say("Chất lượng của từng phiên bản"), reader.say("mục đạt, %"), {"": values})


def _by_month(used: Usage) -> list[tuple[date, Mapping[str, int]]]:
    """Counts by month, the newest first; months in which nothing was counted are left out."""
    found: dict[date, dict[str, int]] = {}
    for one in used.days:
        counts = found.setdefault(date.fromisoformat(one.day).replace(day=1), dict.fromkeys((*KINDS, "robots"), 0))
        counts[one.kind] += one.count
        counts["robots"] += one.robots
    return sorted(found.items(), reverse=True)


def _use(reader: Reader, used: Usage) -> list[dict[str, Any]]:
    names = labels_of_use(reader)
    whole = [one for one in _by_month(used) if one[0] < used.until.replace(day=1)]  # this month is not over
    told = whole[::-1]
    return _picture(reader, "u", reader.say("Lượt dùng mỗi tháng, không kể máy tự động"), reader.say("lượt"), {
        names[kind]: [(day, float(counts[kind])) for day, counts in told] for kind in KINDS
    }, reader.say("Tháng"))


def labels_of_use(reader: Reader) -> Mapping[str, str]:
    """What the kinds of use are called."""
    return {"view": reader.say("xem trang"), "download": reader.say("tải tệp"), "call": reader.say("gọi API")}


def _agency(reader: Reader, told: Sequence[Month]) -> list[dict[str, Any]]:
    parts: Mapping[str, Callable[[Month], tuple[int, int]]] = {
        reader.say("mục chất lượng đạt"): lambda one: (one.passed, one.items),
        reader.say("theo tiêu chuẩn"): lambda one: (one.standard, one.datasets),
        reader.say("không cảnh báo"): lambda one: (one.clean, one.datasets),
        reader.say("đúng hạn cam kết"): lambda one: (one.on_time, one.promised),
    }
    return _picture(reader, "a", reader.say("Chất lượng và đúng hạn theo tháng"), "%", {
        name: [(one.end, 100.0 * part / whole) for one in told for part, whole in [count(one)] if whole]
        for name, count in parts.items()
    })
