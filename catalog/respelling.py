"""Better spellings and completions out of what an engine counted and found: the part that is alike in every engine."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from catalog.wording import as_written
from standards.text import syllables

PER_WORD: Final = 3
"""Spellings of one word that are tried with those of its neighbours."""

WORDS_LIMIT: Final = 8
"""Words up to which a question is respelt."""


def likeliest(word: str, frequency: Mapping[str, int]) -> list[str]:
    """Order the spellings that occur: slips that keep the first letter, those that swap letters, then frequent ones."""
    near = [one for one, count in frequency.items() if count]
    return sorted(near, key=lambda one: (one[0] != word[0], sorted(one) != sorted(word), -frequency[one]))


def written(words: Sequence[str], texts: Sequence[str]) -> str:
    """Give folded words as they stand in texts: the whole in a row if somewhere, else piece by piece."""
    if whole := as_written(words, texts):
        return whole
    found: list[str] = []
    at = 0
    while at < len(words):
        two = as_written(words[at : at + 2], texts) if at + 1 < len(words) else ""
        found.append(two or as_written(words[at : at + 1], texts) or words[at])
        at += 2 if two else 1
    return " ".join(found)


def completing(titles: Iterable[str], typed: Sequence[str], limit: int) -> list[str]:
    """Of some titles those that hold the words typed so far: those that begin with them first, then shorter ones."""
    fitting = dict.fromkeys(title for title in titles if _holds(title, typed))
    return sorted(fitting, key=lambda title: _nearness(title, typed))[:limit]


def _holds(title: str, typed: Sequence[str]) -> bool:
    every = syllables(title)
    return all(word in every for word in typed[:-1]) and any(one.startswith(typed[-1]) for one in every)


def _nearness(title: str, typed: Sequence[str]) -> tuple[bool, int]:
    return not " ".join(syllables(title)).startswith(" ".join(typed)), len(title)
