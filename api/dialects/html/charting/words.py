"""What charts and their parts are called: forms, ways to put together, columns by title, codes by name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final

from api.dialects.html import shelf
from api.dialects.html.charting.asked import Asked
from api.dialects.html.charting.numbers import Numbers
from api.dialects.html.view import Reader
from api.messages import pages
from catalog.model import Resource

FORMS: Final[Mapping[str, str]] = {"line": "đường", "bar": "cột hoặc thanh", "area": "miền", "scatter": "điểm"}
AGGREGATES: Final[Mapping[str, str]] = {
    "sum": "tổng", "avg": "trung bình", "median": "trung vị", "min": "nhỏ nhất", "max": "lớn nhất", "count": "số dòng",
}
UNITS: Final[Mapping[str, str]] = {
    "year": "theo năm", "quarter": "theo quý", "month": "theo tháng", "day": "theo ngày",
}


def name_of(reader: Reader, shown: Resource, column: str) -> str:
    """What a column is called."""
    titles = {one.name: one.title for one in shown.columns}
    return pages.words(reader.lang, titles.get(column)) or column


def y_name(reader: Reader, shown: Resource, asked: Asked) -> str:
    """What the values are called, with the way in which they were put together."""
    if asked.form == "scatter":
        return name_of(reader, shown, asked.y)
    how = reader.say(AGGREGATES[asked.how])
    return f"{name_of(reader, shown, asked.y)} ({how})" if asked.y else how


def title(reader: Reader, shown: Resource, asked: Asked) -> str:
    """What a chart is called."""
    y, x = y_name(reader, shown, asked), name_of(reader, shown, asked.x)
    said = (reader.say("%(y)s theo %(x)s, tách theo %(by)s", y=y, x=x, by=name_of(reader, shown, asked.by))
            if asked.by else reader.say("%(y)s theo %(x)s", y=y, x=x))
    return said[:1].upper() + said[1:]


def named(reader: Reader, shown: Resource, asked: Asked, one: Numbers) -> Numbers:
    """The numbers with the names of codes instead of codes, where the column follows a code list."""
    meanings = {each.name: each.meaning or "" for each in shown.columns}
    labels = _names(reader, meanings.get(asked.x, ""), one.labels)
    series = _names(reader, meanings.get(asked.by, ""), [each.name for each in one.series])
    return replace(one, labels=tuple(labels),
                   series=tuple(replace(each, name=name) for each, name in zip(one.series, series, strict=True)))


def _names(reader: Reader, meaning: str, codes: Sequence[str]) -> Sequence[str]:
    """Names, unless two codes would be called alike."""
    names = [shelf.entry_name(reader.lang, meaning, code) for code in codes]
    return names if meaning and len(set(names)) == len(names) else codes
