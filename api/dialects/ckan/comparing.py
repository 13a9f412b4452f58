"""Two dictionaries compared line by line of their JSON, as CKAN shows what an activity changed: pure, and bounded."""

from __future__ import annotations

import difflib
import textwrap
from collections.abc import Mapping, Sequence
from itertools import takewhile
from typing import Any, Final

import orjson

WAYS: Final = ("unified", "context", "html")
MOST: Final[Mapping[str, int]] = {"unified": 3000, "context": 3000, "html": 200}
"""Lines between the first and the last that differ: of such a stretch lines are compared each with each."""
LONGEST: Final[Mapping[str, int]] = {"unified": 30_000, "context": 30_000, "html": 5000}
WIDE: Final = 70


def difference(before: Any, after: Any, way: str) -> str | None:
    """Write what differs in one of WAYS; None where that is too much."""
    old, new = (_lines(one) for one in (before, after))
    longest = max(len(old), len(new))
    if longest > LONGEST[way] or longest - _alike(old, new) > MOST[way]:
        return None
    if way == "html":
        return difflib.HtmlDiff().make_table(_wrapped(old), _wrapped(new))
    diff = difflib.unified_diff if way == "unified" else difflib.context_diff
    return "\n".join(diff(old, new))


def _lines(one: Any) -> list[str]:
    return orjson.dumps(one, option=orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS).decode().split("\n")


def _alike(old: Sequence[str], new: Sequence[str]) -> int:
    """Count the lines that both have at their beginning and at their end."""
    first = _same(old, new)
    return first + _same(old[first:][::-1], new[first:][::-1])


def _same(old: Sequence[str], new: Sequence[str]) -> int:
    return sum(1 for _ in takewhile(lambda both: both[0] == both[1], zip(old, new, strict=False)))


def _wrapped(lines: Sequence[str]) -> list[str]:
    return [part for one in lines for part in textwrap.wrap(one, WIDE, drop_whitespace=False) or [""]]
