"""The search language: a Question in, an Answer out; pure structure, no engine, no network."""

from __future__ import annotations

import base64
import json
import re
from calendar import monthrange
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from hashlib import blake2b
from typing import Any, Literal, NamedTuple, TypeVar, cast, get_args

from catalog.conditions import (
    BEHIND_KEY,
    EXACT,
    FACETS,
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
)
from catalog.errors import Invalid, Problem
from standards.record import Text

__all__ = [
    "BEHIND_KEY", "EXACT", "FACETS", "TEXTS", "TIMES", "AllOf", "AnyOf", "Between", "Condition", "During", "Known",
    "Near", "Not", "Pattern", "Values", "Weight", "Wild", "Words",
]  # what every room that speaks of questions needs beside them

_T = TypeVar("_T")

Sort = Literal["relevance", "modified", "issued", "title"]
PUBLIC = "public"
PAGE = 20
"""Hits on a page when nobody says otherwise."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What somebody asks the catalogue.

    ``filters`` maps a facet name to the values of which a dataset must have one (OR inside a facet, AND between
    facets); ``since``/``until`` cut by temporal coverage; ``audience`` are the labels of which a document must bear
    one (``public``, ``org:<id>``, ``person:<id>``), never taken from user input; ``after`` is the opaque cursor of the
    page before; without ``marks`` the hits come without their marked passages, which cost half of an answer.
    ``where`` must hold as well: what a language of operators says, read by a door (``catalog/lucene.py``); a first page
    may begin behind ``start`` hits. ``weights`` find nothing and leave nothing out: they put in order what is found.
    ``least`` is how many of the text's words a dataset must hold, where somebody says so.
    """

    text: str = ""
    filters: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    since: date | None = None
    until: date | None = None
    sort: Sort = "relevance"
    facets: tuple[str, ...] = FACETS
    facet_size: int = 50
    limit: int = PAGE
    after: str = ""
    audience: tuple[str, ...] = (PUBLIC,)
    marks: bool = True
    where: Condition | None = None
    start: int = 0
    weights: tuple[Weight, ...] = ()
    least: int | None = None

    @property
    def weighs(self) -> bool:
        """Whether there is anything by which one dataset fits better than another."""
        return bool(self.weights or self.text.strip())


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """What the index knows of one dataset. ``sequence`` is the change sequence: an older one never wins.

    ``title``, ``description`` are per language; ``columns`` are names and titles of columns; ``formats`` are the
    formats of originals in small letters; ``years`` every year the data cover; ``audience`` who may see it; ``extras``
    keys with texts, BEHIND_KEY between them, that conditions alone find.
    """

    id: str
    sequence: int
    slug: str
    title: Text
    description: Text = field(default_factory=dict)
    org: str = ""
    org_title: Text = field(default_factory=dict)
    themes: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    formats: tuple[str, ...] = ()
    licence: str = ""
    standard: str = ""
    years: tuple[int, ...] = ()
    since: date | None = None
    until: date | None = None
    columns: tuple[str, ...] = ()
    places: tuple[str, ...] = ()
    issued: str = ""
    modified: str = ""
    audience: tuple[str, ...] = (PUBLIC,)
    extras: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """One dataset found: its id, its score and the passages with ``<mark>`` around found words (text already escaped).

    Keys of ``marked``: ``title.vi``, ``description.vi`` (the best passage) and so on per language, ``org.vi``,
    ``tags``, ``columns``; only those in which a word was found.
    """

    id: str
    score: float = 0.0
    marked: Mapping[str, str] = field(default_factory=dict)


class FacetValue(NamedTuple):
    """One value of a facet and how many datasets have it when the facet's own filter is left out (sticky facets)."""

    value: str
    count: int  # type: ignore[assignment]  # a tuple has a method of this name, which nobody asks of this one


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What the index answers. ``next`` is "" on the last page; ``suggestion`` a better spelling when little was found.

    ``dropped`` are the words of the question, as typed, that no dataset in sight holds. ``degraded``, said by an index,
    means that it is missing, damaged or down and that nothing can be said about what exists; said by the catalogue,
    that something may be missing. ``guessed``: the index is away, so titles alone were compared with the words and no
    other condition was looked at; there are no pages behind the first.
    """

    total: int = 0
    hits: Sequence[Hit] = ()
    facets: Mapping[str, Sequence[FacetValue]] = field(default_factory=dict)
    next: str = ""
    suggestion: str = ""
    dropped: tuple[str, ...] = ()
    degraded: bool = False
    guessed: bool = False


# --- from an address and back -----------------------------------------------------------------------------------------

QUERY_LIMIT = 1000
"""Characters of a search text; longer ones are refused (``query-too-long``)."""

VALUES_LIMIT = 50
VALUE_LIMIT = 200
PAGE_LIMIT = 100
_DAY = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?", re.ASCII)


def read(params: Iterable[tuple[str, str]]) -> Question:
    """Read a Question from a query string: ``q``, the facets, ``from``, ``to``, ``sort``, ``limit``, ``cursor``.

    Empty values count as absent (forms send them), unknown names are ignored, ``from`` and ``to`` may be a year, a
    month or a day; a limit above 100 counts as 100. Raises Invalid with a problem for each wrong parameter,
    Invalid('query-too-long') and Invalid('cursor').
    """
    given: dict[str, list[str]] = {}
    for name, value in params:
        if clean := clean_text(value).strip():
            given.setdefault(name, []).append(clean)
    reader = _Reader(given)
    question = Question(
        text=reader.text(),
        filters={name: reader.values(name) for name in FACETS if name in given},
        since=reader.one("from", _first_day, None),
        until=reader.one("to", _last_day, None),
        sort=reader.one("sort", _sort, "relevance"),
        limit=reader.one("limit", _limit, PAGE),
        after=reader.one("cursor", str, ""),
    )
    if reader.problems:
        raise Invalid(problems=reader.problems)
    if question.after:
        Cursor.read(question)
    return question


def write(question: Question) -> list[tuple[str, str]]:
    """Write a Question as the pairs of a query string, in a fixed order, defaults left out; ``read`` gives it back.

    The page's place (``after``) and the audience are no part of an address.
    """
    pairs = [("q", question.text)]
    pairs += [(name, value) for name in FACETS for value in question.filters.get(name, ())]
    pairs += [("from", question.since.isoformat() if question.since else "")]
    pairs += [("to", question.until.isoformat() if question.until else "")]
    pairs += [("sort", "" if question.sort == "relevance" else question.sort)]
    pairs += [("limit", "" if question.limit == PAGE else str(question.limit))]
    return [(name, value) for name, value in pairs if value]


def clean_text(text: str) -> str:
    """Text without what no search engine can store: NUL and lone surrogates."""
    return text if text.isascii() and "\0" not in text else text.replace("\0", "").encode("utf-8", "ignore").decode()


class _Reader:
    """Takes parameters one by one and collects what is wrong with them."""

    def __init__(self, given: Mapping[str, Sequence[str]]) -> None:
        self.given = given
        self.problems: list[Problem] = []

    def one(self, name: str, reader: Callable[[str], _T], default: _T) -> _T:
        """Give the last value of a parameter, read; the default where it is absent or wrong."""
        if name not in self.given:
            return default
        try:
            return reader(self.given[name][-1])
        except ValueError as wrong:
            self.problems.append(Problem(f"#/{name}", str(wrong)))
            return default

    def text(self) -> str:
        """Give the search words; several ``q`` are one text."""
        text = " ".join(self.given.get("q", ()))
        if len(text) > QUERY_LIMIT:
            raise Invalid("query-too-long", problems=[Problem("#/q", "query-too-long", {"limit": QUERY_LIMIT})])
        return text

    def values(self, name: str) -> tuple[str, ...]:
        """Give a facet's values, each once."""
        values = tuple(dict.fromkeys(self.given[name]))
        if len(values) > VALUES_LIMIT or max(map(len, values)) > VALUE_LIMIT:
            self.problems.append(Problem(f"#/{name}", "too-many-values", {"limit": VALUES_LIMIT}))
        return values


def _first_day(text: str) -> date:
    return _days(text)[0]


def _last_day(text: str) -> date:
    return _days(text)[1]


def _days(text: str) -> tuple[date, date]:
    """First and last day of a year, a month or a day."""
    hit = _DAY.fullmatch(text)
    if not hit:
        raise ValueError("not-a-date")
    year, month, day = (int(part) if part else None for part in hit.groups())
    try:
        first = date(year or 0, month or 1, day or 1)
        return first, first if day else date(first.year, month or 12, monthrange(first.year, month or 12)[1])
    except ValueError as wrong:
        raise ValueError("not-a-date") from wrong


def _sort(text: str) -> Sort:
    if text not in get_args(Sort):
        raise ValueError("unknown-sort")
    return cast("Sort", text)


def _limit(text: str) -> int:
    if not (text.isascii() and text.isdigit()):
        raise ValueError("not-a-number")
    return min(int(text[:6]), PAGE_LIMIT)


# --- the place of a page ----------------------------------------------------------------------------------------------

_CURSOR_LIMIT = 4096
_VERSION = 1


@dataclass(frozen=True, slots=True)
class Cursor:
    """Where a page ended: how many hits came before, the last one's id and sort key, and how the words were relaxed.

    It is opaque to readers and holds nothing that grants anything: filters and audience are applied afresh each time.
    """

    offset: int
    id: str
    key: str | float
    relaxed: int = 0

    def write(self, question: Question) -> str:
        """Write the text that a reader hands back; it fits this question only."""
        content = [_VERSION, _digest(question), self.offset, self.id, self.key, self.relaxed]
        return base64.urlsafe_b64encode(json.dumps(content, separators=(",", ":")).encode()).decode().rstrip("=")

    @classmethod
    def read(cls, question: Question) -> Cursor:
        """Read the question's ``after``. Raises Invalid('cursor') when it is not ours or is another question's."""
        wrong = Invalid("cursor", problems=[Problem("#/cursor", "cursor")])
        text = question.after
        try:
            if len(text) > _CURSOR_LIMIT:
                raise wrong
            content = json.loads(base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True))
        except (ValueError, RecursionError):
            raise wrong from None
        if not _is_cursor(content) or content[1] != _digest(question):
            raise wrong
        return cls(*content[2:])


def _is_cursor(content: Any) -> bool:
    """Whether decoded JSON has the shape of a cursor's content."""
    kinds: tuple[type | tuple[type, ...], ...] = (int, str, int, str, (str, float), int)
    return (
        isinstance(content, list)
        and len(content) == len(kinds)
        and all(isinstance(one, kind) and not isinstance(one, bool) for one, kind in zip(content, kinds, strict=True))
        and content[0] == _VERSION
        and 0 < content[2] < 2**40
        and 0 <= content[5] < 10  # noqa: PLR2004 - there are three ways to relax, room for more
    )


def _digest(question: Question) -> str:
    """Sum up what a cursor is bound to: all that changes which hits there are and in what order; not who asks."""
    parts = sorted(pair for pair in [*write(question), ("sort", question.sort)] if pair[0] != "limit")
    if question.where is not None:
        parts.append(("where", repr(question.where)))
    if question.weights or question.least is not None:
        parts.append(("weights", repr((question.weights, question.least))))
    return blake2b(json.dumps(parts).encode(), digest_size=9).hexdigest()
