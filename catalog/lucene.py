"""Lucene's query syntax, as CKAN's clients write it, read into a Condition: pure text in, structure out, bounded."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from catalog.datemath import Outside, reach
from catalog.errors import Invalid, Problem
from catalog.question import (
    BEHIND_KEY,
    EXACT,
    TEXTS,
    TIMES,
    AllOf,
    AnyOf,
    Between,
    Condition,
    During,
    Known,
    Near,
    Not,
    Pattern,
    Values,
    Weight,
    Wild,
    Words,
    clean_text,
)
from standards.text import fold, runs, syllables

LENGTH_LIMIT: Final = 20_000
"""Characters of a query; a filter by some hundred ids fits."""

DEPTH_LIMIT: Final = 20
CLAUSES_LIMIT: Final = 1000
WILD_LIMIT: Final = 20
"""Words with wildcards or slips in one query: each makes an engine walk through its words."""

WEIGHTS_LIMIT: Final = 64
"""Words, values and wildcards of one query that weigh; the rest only cut."""

BOOST_MOST: Final = 1_000_000.0
_NO: Final = frozenset({"-", "!", "NOT"})
_BOUND: Final = r'"(?:[^"\\]|\\.)*"|(?:\\.|[^\s"\]}\\])+'
_BOOST: Final = r"\^=?\d+(?:\.\d*)?"
_TAIL: Final = rf"(?:~(?P<slips>\d*(?:\.\d*)?))?(?P<boost>{_BOOST})?"
_VALUE: Final = rf"""
    (?P<open>\()
  | (?:[\[{{]\s*(?P<low>{_BOUND})\s+TO\s+(?P<high>{_BOUND})\s*(?P<end>[\]}}])
    | "(?P<phrase>(?:[^"\\]|\\.)*)"
    | (?P<word>(?:\\.|[^\s+\-!():^\[\]"{{}}~\\])(?:\\.|[^\s()^\[\]"{{}}~\\])*)){_TAIL}
"""
_SIGNS: Final = rf"""
    (?P<and>AND(?=[\s()]|$)|&&)
  | (?P<or>OR(?=[\s()]|$)|\|\|)
  | (?P<mod>\+|-|!|NOT(?=[\s()]|$))
  | (?P<close>\)(?P<raised>{_BOOST})?)
"""
_FIELD: Final = r"(?P<field>\*|[^\W\d][\w.\-]*):"
_NEXT: Final = re.compile(f"\\s*(?:{_SIGNS}|{_FIELD}|{_VALUE})", re.VERBOSE)
_AFTER_FIELD: Final = re.compile(f"\\s*(?:{_VALUE})", re.VERBOSE)
_ESCAPED: Final = re.compile(r"\\(.)", re.DOTALL)
_PIECE: Final = re.compile(r"(?:\\.|[^*?\\])+|[*?]", re.DOTALL)
_FORBIDDEN: Final = re.compile(r"\{!|_query_\s*:|_val_\s*:")
_SECOND: Final = timedelta(seconds=1)
EVERYTHING: Final = AllOf()
NOTHING: Final = AnyOf()


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialect:
    """How a door's names become ours. ``fields`` maps its fields to TEXTS, TIMES, EXACT or "*" (true of everything).

    ``=value`` stands for a field in which everything has that value (``state:active``).

    A field that is not there holds nothing, as an extra that no dataset has. ``value`` turns a value into ours (an
    organisation's name into its id); ``plain`` is the field of words without one; ``now`` is what NOW means, in UTC.
    ``pattern`` and ``between`` make conditions where a field's values are not all called as they are found. What is
    no field of ours may be an extra: ``member`` gives its key, "" for none.
    """

    fields: Mapping[str, str]
    now: datetime
    value: Callable[[str, str], str] = lambda _, text: text
    plain: str = "text"
    pattern: Callable[[str, tuple[str | Wild, ...]], Condition] = Pattern
    between: Callable[[Between], Condition] = lambda one: one
    member: Callable[[str], str] = lambda _: ""


def read(text: str, dialect: Dialect) -> Condition | None:
    """Read a query; None when it asks for everything. What it weighs (``weighed``) is let go.

    Clauses are joined as Lucene's own parser does where AND is the default: ``a OR b c`` needs c, and a or b only
    add to it. A phrase with a distance is all of its words wherever they stand: no index holds places of words.
    Raises Invalid: query-too-long, query-too-deep (parentheses, clauses or wildcards) or query-syntax.
    """
    return weighed(text, dialect)[0]


def weighed(text: str, dialect: Dialect) -> tuple[Condition | None, tuple[Weight, ...]]:
    """Read a query, and by what datasets that it finds are put in order: clauses that are not forbidden, with boosts.

    Without words and boosts nothing fits better than anything else, nor by one thing that all have in common.
    """
    if len(text) > LENGTH_LIMIT:
        raise _refused("query-too-long", limit=LENGTH_LIMIT)
    text = clean_text(text).strip()
    if _FORBIDDEN.search(text):
        raise _refused("query-syntax", at=0)
    reader = _Reader(text, dialect)
    found = reader.group(dialect.plain, 0)
    return None if found == EVERYTHING else found, _telling(reader.weights)


def _telling(weights: list[Weight]) -> tuple[Weight, ...]:
    words = any(isinstance(one.condition, Words) for one in weights)
    boosted = len(weights) > 1 and any(one.boost != 1 for one in weights)
    return tuple(weights) if words or boosted else ()


def _boost(said: str | None) -> float:
    return min(float(said.lstrip("^=")), BOOST_MOST) if said else 1.0


def _refused(code: str, **params: int) -> Invalid:
    return Invalid(code, problems=[Problem("#/q", code, params)])


class _Clauses:
    """Clauses of one group, each needed, wanted or forbidden, by the rules of Lucene's classic parser (AND default)."""

    def __init__(self) -> None:
        self.every: list[tuple[str, Condition]] = []

    def add(self, condition: Condition | None, joined: str, mod: str) -> None:
        """Add a clause with the word before it; a word of signs only is none."""
        if self.every and joined and self.every[-1][0] != "not":
            self.every[-1] = ("must" if joined == "and" else "may", self.every[-1][1])
        if condition is None:
            return
        if mod in _NO:
            self.every.append(("not", condition))
        else:
            self.every.append(("may" if joined == "or" and mod != "+" else "must", condition))

    def runs_on(self, one: Condition | None) -> bool:
        """Take a word that goes on a run of words in a field of values: one of them is enough, as Solr has it."""
        last = self.every[-1] if self.every else None
        if not (isinstance(one, Values) and last and last[0] == "must" and isinstance(last[1], Values)):
            return False
        self.every[-1] = ("must", Values(one.field, tuple(dict.fromkeys((*last[1].values, *one.values)))))
        return True

    def condition(self, *, inside: bool = False) -> Condition:
        """Join them; ``inside`` parentheses what is only forbidden finds nothing, as in Lucene."""
        if inside and all(how == "not" for how, _ in self.every):
            return NOTHING if self.every else EVERYTHING
        must = [one for how, one in self.every if how == "must"]
        may = [one for how, one in self.every if how == "may"]
        never = [Not(one) for how, one in self.every if how == "not"]
        parts = [*(must or ([_any(may)] if may else [])), *never]
        return parts[0] if len(parts) == 1 else AllOf(tuple(parts))


def _any(parts: list[Condition]) -> Condition:
    """One of several; values of one field become one look-up."""
    values = [one for one in parts if isinstance(one, Values)]
    if len(parts) > 1 and len(values) == len(parts) and len({one.field for one in values}) == 1:
        return Values(values[0].field, tuple(dict.fromkeys(value for one in values for value in one.values)))
    return parts[0] if len(parts) == 1 else AnyOf(tuple(parts))


def _bounds(hit: re.Match[str]) -> tuple[str | None, str | None]:
    """Give the bounds of a range; None where it is open."""
    low, high = (_ESCAPED.sub(r"\1", one[1:-1] if one.startswith('"') else one) for one in (hit["low"], hit["high"]))
    return (None if hit["low"] == "*" else low), (None if hit["high"] == "*" else high)


def _of_extra(found: Condition | None, begun: str) -> Condition | None:
    """Let a condition on extras speak of one key, behind which its values stand."""
    match found:
        case Values(field, values):
            return Values(field, tuple(begun + one for one in values))
        case Near(field, word):
            return Values(field, (begun + word,))
        case Pattern(field, parts):
            return Pattern(field, (begun, *parts))
        case Known(field):
            return Pattern(field, (begun, Wild.MANY))
        case Between(field, low, high, with_low, with_high):
            upto, inside = (f"{begun[:-1]} ", False) if high is None else (begun + high, with_high)
            return Between(field, begun + (low or ""), upto, with_low if low is not None else True, inside)
    return found


def _apart(distance: str | None) -> bool:
    """Whether words of a phrase may stand apart; less than one is no distance."""
    return bool(distance and distance.strip(".")) and float(distance or 0) >= 1


def _is_bare(hit: re.Match[str]) -> bool:
    """Whether it is a word with nothing before or behind it."""
    return bool(hit["word"]) and not hit["field"] and hit["slips"] is None and "^" not in hit[0]


class _Reader:
    """Goes through a query from left to right, once."""

    def __init__(self, text: str, dialect: Dialect) -> None:
        self.text = text
        self.dialect = dialect
        self.at = 0
        self.clauses = 0
        self.wild = 0
        self.weights: list[Weight] = []

    def group(self, field: str, depth: int) -> Condition:
        """Read clauses up to the end or to the group's closing parenthesis."""
        if depth > DEPTH_LIMIT:
            raise _refused("query-too-deep", limit=DEPTH_LIMIT)
        begun, weights = self.clauses, len(self.weights)
        clauses, joined, mod, bare = _Clauses(), "", "", False
        while (hit := self._next()) is not None:
            if hit["close"]:
                self._may(depth > 0 and not (joined or mod) and self.clauses > begun)
                self._raise(weights, _boost(hit["raised"]))
                return clauses.condition(inside=True)
            if hit["and"] or hit["or"]:
                self._may(bool(clauses.every) and not (joined or mod))
                joined = "and" if hit["and"] else "or"
            elif hit["mod"]:
                self._may(not mod)
                mod = hit["mod"]
            else:
                before = len(self.weights)
                found, plain = self._clause(hit, field, depth), _is_bare(hit)
                if mod in _NO:
                    del self.weights[before:]
                if not (plain and bare and not joined and not mod and clauses.runs_on(found)):
                    clauses.add(found, joined, mod)
                bare, joined, mod = plain and not mod, "", ""
        self._may(depth == 0 and not (joined or mod))
        return clauses.condition()

    def _next(self, pattern: re.Pattern[str] = _NEXT) -> re.Match[str] | None:
        if self.at >= len(self.text) or self.text[self.at :].isspace():
            return None
        hit = pattern.match(self.text, self.at)
        if hit is None:
            raise _refused("query-syntax", at=self.at)
        self.at = hit.end()
        return hit

    def _may(self, allowed: bool) -> None:
        if not allowed:
            raise _refused("query-syntax", at=self.at)

    def _clause(self, hit: re.Match[str], field: str, depth: int) -> Condition | None:
        self.clauses += 1
        if self.clauses > CLAUSES_LIMIT:
            raise _refused("query-too-deep", limit=CLAUSES_LIMIT)
        if hit["field"]:
            name = hit["field"]
            after = self._next(_AFTER_FIELD)
            if after is None or (name == "*" and after["word"] != "*"):
                raise _refused("query-syntax", at=self.at)
            hit, field = after, "*" if name == "*" else self.dialect.fields.get(name) or self._member(name)
        if hit["open"]:
            return self.group(field, depth + 1)
        if field.startswith(BEHIND_KEY):
            found = _of_extra(self._leaf(hit, "extra"), f"{field[1:]}{BEHIND_KEY}")
        else:
            found = self._leaf(hit, field)
        self._weigh(found, hit["boost"])
        return found

    def _weigh(self, found: Condition | None, boost: str | None) -> None:
        """Let a clause weigh: words and values do by themselves, all else only where a boost says so."""
        if found is None or found in (EVERYTHING, NOTHING) or len(self.weights) >= WEIGHTS_LIMIT:
            return
        if boost or isinstance(found, Words | Values | Near):
            fixed = boost is not None and boost.startswith("^=")
            self.weights.append(Weight(AllOf((found,)) if fixed else found, _boost(boost)))

    def _raise(self, first: int, boost: float) -> None:
        """Let what was read since then weigh more, or less."""
        if boost != 1:
            self.weights[first:] = [Weight(one.condition, min(one.boost * boost, BOOST_MOST))
                                    for one in self.weights[first:]]

    def _member(self, name: str) -> str:
        key = self.dialect.member(name)
        return f"{BEHIND_KEY}{key}" if key else ""

    def _leaf(self, hit: re.Match[str], field: str) -> Condition | None:
        if field == "*" or field.startswith("="):
            return EVERYTHING if field == "*" else self._constant(field[1:], hit)
        if hit["low"] is not None:
            return self._range(field, hit)
        if hit["phrase"] is not None:
            return self._words(field, _ESCAPED.sub(r"\1", hit["phrase"]), phrase=not _apart(hit["slips"]))
        word = hit["word"]
        if field and word == "*":
            return self._known(field)
        if any(piece in {"*", "?"} for piece in _PIECE.findall(word)):
            return self._pattern(field, word)
        plain = _ESCAPED.sub(r"\1", word)
        return self._words(field, plain) if hit["slips"] is None else self._near(field, plain, hit["slips"])

    @staticmethod
    def _constant(held: str, hit: re.Match[str]) -> Condition:
        """Compare with the one value that everything has; wildcards of it are true."""
        if hit["low"] is not None:
            low, high = _bounds(hit)
            under = low is None or low < held or (low == held and hit[0].lstrip()[0] == "[")
            inside = high is None or held < high or (held == high and hit["end"] == "]")
            return EVERYTHING if under and inside else NOTHING
        said = hit["phrase"] if hit["phrase"] is not None else hit["word"]
        right = said is None or said.lower() == held or any(sign in said for sign in "*?")
        return EVERYTHING if right else NOTHING

    # -- leaves -------------------------------------------------------------------------------------------------

    def _words(self, field: str, text: str, *, phrase: bool = False) -> Condition | None:
        if field in TEXTS:
            return Words(field, text, phrase) if runs(text) else None
        if field in EXACT:
            return Values(field, (self._value(field, text),))
        if field in TIMES:
            return During(field, *self._day(text))
        return NOTHING

    def _value(self, field: str, text: str) -> str:
        return self.dialect.value(field, text.lower() if field == "format" else text)

    def _known(self, field: str) -> Condition:
        return Known(field) if field in EXACT else EVERYTHING

    def _pattern(self, field: str, word: str) -> Condition | None:
        self._count_wild()
        self._may(field not in TIMES)
        if field not in TEXTS and field not in EXACT:
            return NOTHING
        parts: list[str | Wild] = []
        for piece in _PIECE.findall(word):
            if piece in {"*", "?"}:
                parts.append(Wild(piece))
            elif field in TEXTS:
                parts.append("".join(syllables(_ESCAPED.sub(r"\1", piece))))
            else:
                parts.append(self._value(field, _ESCAPED.sub(r"\1", piece)) if field == "format"
                             else _ESCAPED.sub(r"\1", piece))
        return self.dialect.pattern(field, tuple(part for part in parts if part != ""))

    def _near(self, field: str, word: str, slips: str) -> Condition | None:
        """A word with slips: ``~`` two, ``~1`` one, more count as two; a share below one is of the word's letters."""
        said = float(slips) if slips.strip(".") else 2.0
        self._may(said < 1 or said.is_integer())
        most = min(int(said if said >= 1 else (1 - said) * len(word)) if said else 0, 2)
        found = syllables(word) if field in TEXTS else [word]
        if not most or len(found) != 1 or not (field in TEXTS or field in EXACT):
            return self._words(field, word)
        self._count_wild()
        return Near(field, found[0].lower() if field == "format" else found[0], most)

    def _count_wild(self) -> None:
        self.wild += 1
        if self.wild > WILD_LIMIT:
            raise _refused("query-too-deep", limit=WILD_LIMIT)

    def _range(self, field: str, hit: re.Match[str]) -> Condition:
        low, high = _bounds(hit)
        with_low, with_high = hit[0].lstrip()[0] == "[", hit["end"] == "]"
        if field in TIMES:
            start = None if low is None else self._day(low)[not with_low]
            end = None if high is None else self._day(high)[with_high]
            return EVERYTHING if start is None and end is None else During(field, start, end)
        if field not in TEXTS and field not in EXACT:
            return NOTHING
        if low is None and high is None:
            return self._known(field)
        self._count_wild()
        if field in TEXTS or field == "format":
            low, high = (one if one is None else fold(one) if field in TEXTS else one.lower() for one in (low, high))
        return self.dialect.between(Between(field, low, high, with_low, with_high))

    def _day(self, text: str) -> tuple[datetime, datetime]:
        try:
            return reach(text, self.dialect.now)
        except Outside:
            raise _refused("query-syntax", at=self.at) from None
