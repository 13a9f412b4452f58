"""A dated list of codes: what a code meant on a day, what it became, and what carries its number now."""

from __future__ import annotations

import csv
import functools
import hashlib
import io
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from importlib import resources
from importlib.resources.abc import Traversable
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Literal

from standards import late
from standards.record import Text

if TYPE_CHECKING:
    import yaml
else:
    yaml = late.module("yaml")

Verdict = Literal["valid", "unknown", "not-yet", "closed", "reused"]

COLUMNS = ("code", "name", "parent", "valid_from", "valid_to", "successors", "basis")
"""First columns of every list file; ``other_names`` and ``name_<language>`` may follow."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One code during one interval ``[valid_from, valid_to)``; None = open. A code may have several entries (reuse).

    ``other_names`` are other spellings in official use. ``basis`` says what opened the entry, then ``→`` and what
    closed it.
    """

    code: str
    name: str
    parent: str = ""
    valid_from: date | None = None
    valid_to: date | None = None
    successors: tuple[str, ...] = ()
    names: Text = field(default_factory=dict)
    basis: str = ""
    other_names: tuple[str, ...] = ()

    def valid_on(self, day: date) -> bool:
        """Whether the entry is in force on that day (``valid_to`` is the first day it is not)."""
        return (self.valid_from is None or self.valid_from <= day) and (self.valid_to is None or day < self.valid_to)

    @property
    def opened_by(self) -> str:
        """The instrument that opened the entry, or an empty string."""
        return self.basis.partition("→")[0].strip()

    @property
    def closed_by(self) -> str:
        """The instrument that closed the entry, or an empty string."""
        return self.basis.partition("→")[2].strip()


@dataclass(frozen=True, slots=True)
class Codelist:
    """All entries of one list, by code and in order of time; titles and source for people.

    ``complete`` False: a code that is missing proves nothing (``complete_level``: the deepest level that is whole).
    ``since`` is the first day the list speaks about. ``parents`` are the lists in which parents' codes are found.
    ``evidence``: S the official text was seen, R a public repository, K knowledge that was not compared.
    """

    id: str
    title: Text
    entries: Mapping[str, tuple[Entry, ...]]
    source: str = ""
    licence: str = ""
    complete: bool = True
    digest: str = ""
    language: str = "vi"
    since: date | None = None
    parents: tuple[str, ...] = ()
    complete_level: int | None = None
    evidence: str = ""
    gathered: date | None = None
    note: str = ""
    source_vi: str = ""
    note_vi: str = ""

    @property
    def sources(self) -> Text:
        """Where the list comes from, for readers of either language."""
        return {"vi": self.source_vi or self.source, "en": self.source}

    @property
    def notes(self) -> Text:
        """What its readers should know of the list; {} where there is nothing."""
        return {"vi": self.note_vi or self.note, "en": self.note} if self.note else {}

    def on(self, code: str, day: date) -> Entry | None:
        """Find the entry of a code in force on a day, or None."""
        return next((entry for entry in self.entries.get(code, ()) if entry.valid_on(day)), None)

    def valid_on(self, day: date) -> Iterable[Entry]:
        """Every entry in force on a day, in order of code."""
        return (entry for entries in self.entries.values() for entry in entries if entry.valid_on(day))

    def children_of(self, parent: str, day: date) -> tuple[Entry, ...]:
        """Entries in force on a day whose parent is that code."""
        return tuple(entry for entry in self.valid_on(day) if entry.parent == parent)

    def before(self, code: str, day: date) -> Entry | None:
        """Find the last entry of a code that had ended by that day, or None."""
        ended = [entry for entry in self.entries.get(code, ()) if entry.valid_to and entry.valid_to <= day]
        return ended[-1] if ended else None

    def verdict(self, code: str, day: date) -> Verdict:
        """Where a code stands on a day: valid, unknown, not-yet or closed (reuse shows only against a name)."""
        if code not in self.entries:
            return "unknown"
        if self.on(code, day):
            return "valid"
        return "closed" if self.before(code, day) else "not-yet"

    def successors(self, code: str, day: date) -> tuple[Entry, ...]:
        """Say what the last ended entry of a code had become by that day, those that took the whole unit first.

        Followed through several changes; a code whose trail is lost gives nothing.
        """
        ended = self.before(code, day)
        return tuple(self._trail(ended, day, frozenset())) if ended else ()

    def became(self, entry: Entry, day: date) -> tuple[Entry, ...]:
        """Say what one entry had become by a day, those that took the whole unit first; itself while in force."""
        return (entry,) if entry.valid_on(day) else tuple(self._trail(entry, day, frozenset()))

    def _trail(self, ended: Entry, day: date, seen: frozenset[tuple[str, date | None]]) -> Iterator[Entry]:
        for code in dict.fromkeys(ended.successors):
            born = self.on(code, ended.valid_to) if ended.valid_to else None
            if born is None or (code, born.valid_from) in seen:
                continue
            if born.valid_on(day):
                yield born
            else:
                yield from self._trail(born, day, seen | {(code, born.valid_from)})


def ancestors(codelist: Codelist, code: str, day: date, codelists: Callable[[str], Codelist]) -> tuple[str, ...]:
    """Codes above a code on a day, nearest first: of a commune its province (district before it until 30 June 2025)."""
    above: list[str] = []
    entry, home = codelist.on(code, day), codelist
    while entry and entry.parent and entry.parent not in above:
        above.append(entry.parent)
        places = ((codelists(one), entry.parent) for one in home.parents)
        entry, home = next(((up, each) for each, parent in places if (up := each.on(parent, day))), (None, home))
    return tuple(above)


# --- reading the package's own lists --------------------------------------------------------------------------------


def _folder() -> Traversable:
    return resources.files("standards") / "codelists"


@functools.cache
def described() -> Mapping[str, Mapping[str, Any]]:
    """Read what ``lists.yaml`` says of every list, by id, in its order; no list is opened."""
    told = yaml.load((_folder() / "lists.yaml").read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    return MappingProxyType({one["id"]: MappingProxyType(one) for one in told})


@functools.cache
def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


class Entries(Mapping[str, tuple[Entry, ...]]):
    """Entries by code, each made when it is first asked for: a list of 14,000 rows opens in a few milliseconds."""

    def __init__(self, rows: Mapping[str, Sequence[Sequence[str]]], make: Callable[[Sequence[str]], Entry]) -> None:
        self._rows = rows
        self._make = make
        self._made: dict[str, tuple[Entry, ...]] = {}

    def __getitem__(self, code: str) -> tuple[Entry, ...]:
        made = self._made.get(code)
        if made is None:
            made = self._made[code] = tuple(map(self._make, self._rows[code]))
        return made

    def __contains__(self, code: object) -> bool:
        return code in self._rows

    def __iter__(self) -> Iterator[str]:
        return iter(self._rows)

    def __len__(self) -> int:
        return len(self._rows)


def parse(text: str, language: str) -> Entries:
    """Make entries of the one dated CSV format (its columns: ``codelists/SOURCES.md``); ValueError on another."""
    rows = csv.reader(io.StringIO(text))
    header = next(rows)
    if header[: len(COLUMNS)] != list(COLUMNS):
        raise ValueError(header)
    grouped: dict[str, list[Sequence[str]]] = {}
    for row in rows:
        grouped.setdefault(row[0], []).append(row)
    return Entries(grouped, functools.partial(_entry, header, language))


def _entry(header: Sequence[str], language: str, row: Sequence[str]) -> Entry:
    more = dict(zip(header[len(COLUMNS) :], row[len(COLUMNS) :], strict=True))
    others = more.pop("other_names", "")
    code, name, parent, valid_from, valid_to, successors, basis = row[: len(COLUMNS)]
    return Entry(
        code=code,
        name=name,
        parent=parent,
        valid_from=_day(valid_from),
        valid_to=_day(valid_to),
        successors=tuple(successors.split()),
        names={language: name} | {key.removeprefix("name_"): words for key, words in more.items() if words},
        basis=basis,
        other_names=tuple(others.split("|")) if others else (),
    )


@functools.cache
def load(list_id: str) -> Codelist:
    """Read a list of the package, once, when first asked for; KeyError for an id that is not in ``lists.yaml``."""
    return of_bytes(list_id, shipped(list_id))


def shipped(list_id: str) -> bytes:
    """Give the bytes of a list as the package has it; KeyError for an id that is not in ``lists.yaml``."""
    described()[list_id]
    return (_folder() / f"{list_id}.csv").read_bytes()


def codes(list_id: str) -> tuple[str, ...]:
    """Give the codes of a list of the package, whatever their dates, without what is said of the list."""
    rows = csv.reader(io.StringIO((_folder() / f"{list_id}.csv").read_text(encoding="utf-8")))
    next(rows)
    return tuple(sorted({row[0] for row in rows}))


def of_bytes(list_id: str, data: bytes, source: str = "") -> Codelist:
    """Make a list of its CSV: the package's own, or one that releases were merged into (``source`` names them)."""
    told = described()[list_id]
    more = [source] if source else []
    return Codelist(
        id=list_id,
        title=told["title"],
        entries=parse(data.decode("utf-8"), told["language"]),
        source="; ".join([told["source"], *more]),
        source_vi="; ".join([told["source_vi"], *more]) if "source_vi" in told else "",
        licence=told["licence"],
        complete=told["complete"],
        digest=hashlib.sha256(data).hexdigest(),
        language=told["language"],
        since=told.get("since"),
        parents=tuple(told.get("parents", ())),
        complete_level=told.get("complete_level"),
        evidence=told["evidence"],
        gathered=told["gathered"],
        note=told.get("note", ""),
        note_vi=told.get("note_vi", ""),
    )


@dataclass(frozen=True, slots=True)
class Conversion:
    """One pair of the conversion of communes of 2025-07-01: what (part of) an old commune became.

    ``printed`` is the old code as the official table prints it, where that contradicts the name beside it.
    """

    old_commune: str
    old_name: str
    old_district: str
    old_province: str
    new_commune: str
    new_name: str
    new_province: str
    note: str
    printed: str = ""


@functools.cache
def conversions() -> tuple[Conversion, ...]:
    """Read the official conversion table of communes of 2025-07-01: its pairs, in its order."""
    text = (_folder() / "vn-commune-conversion.csv").read_text(encoding="utf-8")
    rows = csv.reader(io.StringIO(text))
    next(rows)
    return tuple(Conversion(*row) for row in rows)
