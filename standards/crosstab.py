"""Which columns of a table are members of one dimension (years, months, bands of age), so that the table is wide."""

from __future__ import annotations

import re
from collections import Counter

from standards.page import Page
from standards.text import fold

_MEMBERS = (
    ("year", 2, re.compile(r"^(nam|year|fy)?\s*(19|20)\d\d(\s*[-/–]\s*((19|20)\d\d|\d\d))?\s*(年|年度)?$")),
    (
        "month",
        3,
        re.compile(
            r"^(thang|month|t)\s*\.?\d{1,2}([/.\-](19|20)\d\d)?$|^\d{1,2}月$|^(jan|feb|mar|apr|may|jun|jul|aug"
            r"|sep|oct|nov|dec)[a-z]*\.?$"
        ),
    ),
    ("quarter", 2, re.compile(r"^(quy|quarter|q)\s*(i{1,3}|iv|[1-4])([/.\-]?\s*(nam )?(19|20)\d\d)?$")),
    (
        "age",
        3,
        re.compile(
            r"^(tu |duoi |tren |nhom )?\d{1,3}\s*([-–~]|den)\s*\d{1,3}( tuoi|歳)?$|^\d{1,3}\s*\+$|^(duoi|tren"
            r"|tu) \d{1,3}( tuoi)?( tro len)?$|^\d{1,3} tuoi tro len$"
        ),
    ),
)


def dimension(page: Page) -> tuple[int, ...]:
    """Give the columns of figures that are members of one dimension; () where the table is long."""
    if page.heading is None:
        return ()
    numeric = [one.index for one in page.columns if one.said and one.figures * 2 >= len(one.said)]
    for _, least, form in _MEMBERS:
        paths = {index: page.heading.paths[index] for index in numeric}
        found = [index for index in numeric if any(form.match(fold(word).strip()) for word in paths[index])]
        if len(found) >= max(least, 2) and (least > 2 or len(found) > 2 or _only(page, found)):  # noqa: PLR2004
            return tuple(found)
    return _repeated(page, numeric)


def kind(words: tuple[str, ...]) -> str:
    """Say what members are called alike: year, month, quarter, age, or "" for anything else."""
    for name, _, form in _MEMBERS:
        if words and all(form.match(fold(word).strip()) for word in words):
            return name
    return ""


def _only(page: Page, found: list[int]) -> bool:
    """Whether two columns called by years are whole names, so that they are no two attributes with a year in them."""
    heading = page.heading
    return heading is not None and all(len(heading.paths[index]) == 1 for index in found)


def _repeated(page: Page, numeric: list[int]) -> tuple[int, ...]:
    """Find columns under a header of several rows whose last words come again under other words."""
    heading = page.heading
    if heading is None or heading.depth < 2:  # noqa: PLR2004 - one row has no words above others
        return ()
    deep = [index for index in numeric if len(heading.paths[index]) > 1]
    last = Counter(heading.paths[index][-1] for index in deep)
    again = [index for index in deep if last[heading.paths[index][-1]] > 1]
    return tuple(again) if len(again) >= 4 else ()  # noqa: PLR2004 - two by two at least
