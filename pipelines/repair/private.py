"""Personal data taken out of columns as their publisher decided: values masked or made coarser, columns left out."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from functools import partial

import pyarrow.compute as pc

from pipelines.repair.rules import Rule
from standards.repair import PRIVATE

LEFT_OUT = "leave-out"
NUMBERED = 6
"""From so many digits on a cell is a number of somebody, not words."""

STAYS = 3
"""So many signs of a number stay to be seen."""

_YEAR = re.compile(r"(?<![0-9])(?:19|20)[0-9]{2}(?![0-9])")
_SIGN = re.compile(r"\w")


def masked(text: str) -> str:
    """``001203012345`` → ``001*********``, ``an@gmail.com`` → ``***@gmail.com``, ``Nguyễn Văn An`` → ``N. V. A.``."""
    text = text.strip()
    if "@" in text:
        return "***@" + text.rpartition("@")[2]
    if sum(sign.isdigit() for sign in text) >= NUMBERED:
        return text[:STAYS] + _SIGN.sub("*", text[STAYS:])
    return text if "*" in text else " ".join(f"{word[0]}." for word in text.split())


def coarse(text: str) -> str:
    """``12/05/1990`` → ``1990``, ``số 5, phường Ba Đình, Hà Nội`` → ``Hà Nội``; "" for what is neither."""
    last = text.rpartition(",")[2].strip() if "," in text else ""
    year = None if last else _YEAR.search(text)
    return year[0] if year else "" if sum(sign.isdigit() for sign in last) >= NUMBERED else last


MADE: Mapping[str, Callable[[str], str]] = {"generalise": coarse, "mask": masked}


def rules(labels: Sequence[str], accepted: Collection[str]) -> Iterator[Rule]:
    """Rules of the columns whose values are to be masked or made coarser; each was named by its publisher."""
    for index, label in enumerate(labels):
        for kind, made in MADE.items():
            if f"{kind}#{label}" in accepted:
                yield Rule(columns=(index,), screen=lambda cells: pc.match_substring_regex(cells, r"\S"),
                           judge=partial(_judge, kind, made))


def _judge(kind: str, made: Callable[[str], str], cells: Sequence[str]) -> tuple[str, str] | None:
    after = made(cells[0])
    return None if after == cells[0] else (kind, after)


def left_out(labels: Sequence[str], accepted: Collection[str]) -> frozenset[int]:
    """Find the columns to leave out, by their label, or one without label by its place (``#3``); never all of them."""
    found = frozenset(index for index, label in enumerate(labels)
                      if f"{LEFT_OUT}#{label}" in accepted or f"{LEFT_OUT}##{index + 1}" in accepted)
    return found if len(found) < len(labels) else frozenset()


def touched(accepted: Collection[str]) -> frozenset[str]:
    """Name the columns that any of these kinds was accepted for, by label or as ``#3``: nobody is shown their cells."""
    parts = (word.partition("#") for word in accepted)
    return frozenset(column for kind, _, column in parts if kind in PRIVATE and column)
