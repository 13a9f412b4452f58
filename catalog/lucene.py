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
    EXACT,
    TEXTS,
    TIMES,
    AllOf,
    AnyOf,
    Condition,
    During,
    Known,
    Near,
    Not,
    Pattern,
    Values,
    Wild,
    Words,
    clean_text,
)
from standards.text import runs, syllables

LENGTH_LIMIT: Final = 20_000
"""Characters of a query; a filter by some hundred ids fits."""

DEPTH_LIMIT: Final = 20
CLAUSES_LIMIT: Final = 1000
WILD_LIMIT: Final = 20
"""Words with wildcards or slips in one query: each makes an engine walk through its words."""

_BOUND: Final = r'"(?:[^"\\]|\\.)*"|[^\s"\]}]+'
_TAIL: Final = r"(?:~(?P<slips>\d*(?:\.\d*)?))?(?:\^\d*(?:\.\d*)?)?"
_VALUE: Final = rf"""
    (?P<open>\()
  | (?:[\[{{]\s*(?P<low>{_BOUND})\s+TO\s+(?P<high>{_BOUND})\s*(?P<end>[\]}}])
    | "(?P<phrase>(?:[^"\\]|\\.)*)"
    | (?P<word>(?:\\.|[^\s+\-!():^\[\]"{{}}~\\])(?:\\.|[^\s()^\[\]"{{}}~\\])*)){_TAIL}
"""
_SIGNS: Final = r"""
    (?P<and>AND(?=[\s()]|$)|&&)
  | (?P<or>OR(?=[\s()]|$)|\|\|)
  | (?P<mod>\+|-|!|NOT(?=[\s()]|$))
  | (?P<close>\)(?:\^[\d.]*)?)
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
    ``pattern`` makes a condition of a pattern, where a field's values are not all called as they are found.
    """

    fields: Mapping[str, str]
    now: datetime
    value: Callable[[str, str], str] = lambda _, text: text
    plain: str = "text"
    pattern: Callable[[str, tuple[str | Wild, ...]], Condition] = Pattern


def read(text: str, dialect: Dialect) -> Condition | None:
    """Read a query; None when it asks for everything. Boosts and distances of phrases are read and let go.

    Clauses are joined as Lucene's own parser does where AND is the default: ``a OR b c`` needs c, and a or b only
    add to it. Raises Invalid: query-too-long, query-too-deep (parentheses, clauses or wildcards) or query-syntax.
    """
    if len(text) > LENGTH_LIMIT:
        raise _refused("query-too-long", limit=LENGTH_LIMIT)
    text = clean_text(text).strip()
    if _FORBIDDEN.search(text):
        raise _refused("query-syntax", at=0)
    reader = _Reader(text, dialect)
    found = reader.group(dialect.plain, 0)
    return None if found == EVERYTHING else found


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
        if mod in {"-", "!", "NOT"}:
            self.every.append(("not", condition))
        else:
            self.every.append(("may" if joined == "or" and mod != "+" else "must", condition))

    def condition(self) -> Condition:
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


class _Reader:
    """Goes through a query from left to right, once."""

    def __init__(self, text: str, dialect: Dialect) -> None:
        self.text = text
        self.dialect = dialect
        self.at = 0
        self.clauses = 0
        self.wild = 0

    def group(self, field: str, depth: int) -> Condition:
        """Read clauses up to the end or to the group's closing parenthesis."""
        if depth > DEPTH_LIMIT:
            raise _refused("query-too-deep", limit=DEPTH_LIMIT)
        clauses, joined, mod = _Clauses(), "", ""
        while (hit := self._next()) is not None:
            if hit["close"]:
                self._may(depth > 0 and not (joined or mod))
                return clauses.condition()
            if hit["and"] or hit["or"]:
                self._may(bool(clauses.every) and not (joined or mod))
                joined = "and" if hit["and"] else "or"
            elif hit["mod"]:
                self._may(not mod)
                mod = hit["mod"]
            else:
                clauses.add(self._clause(hit, field, depth), joined, mod)
                joined = mod = ""
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
            hit, field = after, "*" if name == "*" else self.dialect.fields.get(name, "")
        if hit["open"]:
            return self.group(field, depth + 1)
        return self._leaf(hit, field)

    def _leaf(self, hit: re.Match[str], field: str) -> Condition | None:
        if field == "*" or field.startswith("="):
            return EVERYTHING if field == "*" else self._constant(field[1:], hit)
        if hit["low"] is not None:
            return self._range(field, hit["low"], hit["high"], exclusive=(hit[0].lstrip()[0] == "{", hit["end"] == "}"))
        if hit["phrase"] is not None:
            return self._words(field, _ESCAPED.sub(r"\1", hit["phrase"]), phrase=hit["slips"] is None)
        word = hit["word"]
        if field and word == "*":
            return self._known(field)
        if any(piece in {"*", "?"} for piece in _PIECE.findall(word)):
            return self._pattern(field, word)
        plain = _ESCAPED.sub(r"\1", word)
        return self._words(field, plain) if hit["slips"] is None else self._near(field, plain, hit["slips"])

    @staticmethod
    def _constant(held: str, hit: re.Match[str]) -> Condition:
        """Compare with the one value that everything has; wildcards and ranges of it are true."""
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
        """A word with slips: ``~`` and ``~2`` two, ``~1`` and (as of old) a share ``~0.8`` one, ``~0`` none."""
        found = syllables(word)
        if field not in TEXTS or len(found) != 1 or slips == "0":
            return self._words(field, word)
        self._count_wild()
        return Near(field, found[0], 1 if slips == "1" or slips.startswith("0") else 2)

    def _count_wild(self) -> None:
        self.wild += 1
        if self.wild > WILD_LIMIT:
            raise _refused("query-too-deep", limit=WILD_LIMIT)

    def _range(self, field: str, low: str, high: str, *, exclusive: tuple[bool, bool]) -> Condition:
        first, last = (_ESCAPED.sub(r"\1", bound.strip('"')) for bound in (low, high))
        if field not in TIMES:
            self._may(first == last == "*" or not field)
            return self._known(field) if field else NOTHING
        start = None if first == "*" else self._day(first)[exclusive[0]]
        end = None if last == "*" else self._day(last)[not exclusive[1]]
        return EVERYTHING if start is None and end is None else During(field, start, end)

    def _day(self, text: str) -> tuple[datetime, datetime]:
        try:
            return reach(text, self.dialect.now)
        except Outside:
            raise _refused("query-syntax", at=self.at) from None
