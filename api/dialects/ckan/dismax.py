"""Plain words of package_search as Solr's dismax takes them: phrases, signs, boosted fields, how many are needed."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from api.dialects.ckan.action import Refused
from catalog.lucene import BOOST_MOST
from catalog.question import EXACT, TEXTS, AnyOf, Condition, Not, Weight, Words
from catalog.wording import terms
from standards.text import runs, syllables

SIGNED: Final = re.compile(r'(?P<sign>(?<!\S)[+-])?"(?P<phrase>[^"]*)"|(?<!\S)(?P<mod>[+-])(?P<word>[^\s"+-][^\s"]*)')
SIGNED_MOST: Final = 20
"""Phrases and signed words of plain words, and how many of them count."""

CLAUSE: Final = re.compile(r'(?P<sign>(?<!\S)[+-])?(?:"(?P<phrase>[^"]*)"|(?P<word>[^\s"]+))')
CLAUSES_MOST: Final = 40
"""Words and phrases that are looked for in fields that were named."""

FIELD: Final = re.compile(r"(?P<name>[^\s^]+)(?:\^(?P<boost>\d+(?:\.\d*)?|\.\d+))?")
SHARE: Final = re.compile(r"(?P<number>[+-]?\d{1,9})(?P<percent>%?)", re.ASCII)
MOST_SAID: Final = 200
"""Characters of ``qf`` and of ``mm``."""

USUAL: Final = "2<-1 5<80%"
"""How many words must be there at CKAN when nobody says."""

InField = Callable[[str, str, bool], Condition]
"""Makes the condition that a field of ours has a word, or a phrase."""


@dataclass(frozen=True, slots=True)
class Plain:
    """What plain words ask: a text, what must hold beside it, what puts in order, how many of the text's words."""

    text: str = ""
    conditions: tuple[Condition, ...] = ()
    weights: tuple[Weight, ...] = ()
    least: int | None = None


def read(words: str, qf: str, mm: str, fields: Mapping[str, str], in_field: InField) -> Plain:
    """Read plain words; ``fields`` are Solr's and ours. Raises Refused for a ``qf`` or ``mm`` that is none."""
    named = boosted(qf, fields)
    if named:
        return _in_fields(words, named, mm or USUAL, in_field)
    text, conditions = operators(words)
    return Plain(text, tuple(conditions), least=least(mm, len(terms(text).folded)) if mm.strip() else None)


def operators(words: str) -> tuple[str, list[Condition]]:
    """Take from plain words what dismax takes for more: phrases in quotes, ``+needed``, ``-left`` ``-"out too"``.

    Words of phrases, and needed ones, stay for the ranking. A sign that stands alone or inside a word is none.
    """
    found: list[Condition] = []

    def taken(hit: re.Match[str]) -> str:
        text = hit["phrase"] if hit["phrase"] is not None else hit["word"]
        size = len(syllables(text))
        if not size or len(found) >= SIGNED_MOST:
            return f" {text} "
        said = Words("text", text, phrase=hit["phrase"] is not None and size > 1)
        if (hit["sign"] or hit["mod"]) == "-":
            found.append(Not(said))
            return " "
        if hit["mod"] or hit["sign"] or size > 1:
            found.append(said)
        return f" {text} "

    return " ".join(SIGNED.sub(taken, words).split()), found


def _in_fields(words: str, named: Mapping[str, float], mm: str, in_field: InField) -> Plain:
    """Look for each word in the fields that were named: it has to stand in one of them, and weighs by all."""
    needed, wanted, weights = list[Condition](), list[Condition](), list[Weight]()
    for hit in list(CLAUSE.finditer(words))[:CLAUSES_MOST]:
        text = hit["phrase"] if hit["phrase"] is not None else hit["word"]
        if not runs(text):
            continue
        phrase = hit["phrase"] is not None and len(syllables(text)) > 1
        every = {field: in_field(field, text, phrase) for field in named}
        some = AnyOf(tuple(every.values()))
        if hit["sign"] == "-":
            needed.append(Not(some))
            continue
        (needed if hit["sign"] else wanted).append(some)
        weights += [Weight(one, named[field]) for field, one in every.items() if named[field]]
    if not wanted and not needed:
        return Plain(words)
    many = least(mm, len(wanted))
    if wanted and (many or not needed):
        needed.append(AnyOf(tuple(wanted), max(1, many)))
    return Plain("", tuple(needed), tuple(weights))


def boosted(qf: str, fields: Mapping[str, str]) -> dict[str, float]:
    """Give the fields of ours that ``qf`` names, with their boosts; what we do not know is let go."""
    found: dict[str, float] = {}
    for part in qf[:MOST_SAID].split():
        hit = FIELD.fullmatch(part)
        if hit is None:
            raise Refused(409, "Search Error", "Wrong parameter qf.")
        field = fields.get(hit["name"], "")
        if field in TEXTS or field in EXACT:
            found[field] = max(found.get(field, 0.0), min(float(hit["boost"] or 1), BOOST_MOST))
    return found


def least(mm: str, many: int) -> int:
    """Tell how many of so many words are needed: ``2``, ``-1``, ``75%``, ``-25%``, or ``2<-1 5<80%``.

    Of the last the part counts whose number is the greatest that there are more words than; without one all are needed.
    """
    said = re.sub(r"\s*<\s*", "<", mm.strip())
    if len(said) > MOST_SAID:
        raise Refused(409, "Search Error", "Wrong parameter mm.")
    if "<" not in said:
        return _share(said, many)
    found = many
    for part in said.split():
        above, sign, share = part.partition("<")
        if not sign or not above.isascii() or not above.isdigit():
            raise Refused(409, "Search Error", "Wrong parameter mm.")
        if many <= int(above[:9]):
            break
        found = _share(share, many)
    return found


def _share(said: str, many: int) -> int:
    hit = SHARE.fullmatch(said)
    if hit is None:
        raise Refused(409, "Search Error", "Wrong parameter mm.")
    number = int(hit["number"])
    part = int(many * number / 100) if hit["percent"] else number
    return min(many, max(0, many + part if number < 0 else part))
