"""A release of a code list: dated rows that close, open, rename or give successors, checked and merged; pure.

Rows are in the one format of all lists. A row with a code and a first day that the list has already changes that entry;
any other opens a new one. A release says nothing else about the days before it takes effect; only a *correction* may.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal

from standards.codelist import COLUMNS, Codelist, Entry
from standards.text import bare_name_key

Nature = Literal["release", "correction"]

MOST_ROWS = 50_000
LONGEST_CODE = 40
LONGEST_TEXT = 1_000
MORE = "other_names"
NAME = "name_"
OPEN = " → "
"""Between what opened an entry and what closed it, in the column ``basis``."""

Key = tuple[str, str]
"""A code and its first day as it is written, "" for none."""

Cells = Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Flaw:
    """What is wrong with a release: the row as spreadsheets number it (header = 1; 0 = the file), column, code."""

    row: int
    code: str
    column: str = ""
    params: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One row of a release: where it stands, and its cells by column."""

    number: int
    cells: Cells

    @property
    def key(self) -> Key:
        """What says which entry the row is about."""
        return self.cells["code"], self.cells["valid_from"]


Kind = Literal["opened", "closed", "renamed", "reused", "successors", "corrected", "removed"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """What a release does to one code: ``before`` and ``after`` are the entries concerned, where there are such.

    ``reused``: from ``day`` on the code is another unit's; ``renamed``: the same unit under another name or kind.
    """

    code: str
    kind: Kind
    day: date | None = None
    before: Entry | None = None
    after: Entry | None = None


# --- reading --------------------------------------------------------------------------------------------------------


def read(data: bytes) -> tuple[tuple[Line, ...], tuple[Flaw, ...]]:
    """Read the rows of a release from UTF-8 CSV; what cannot be read is a flaw of the file or of a row."""
    try:
        text = data.decode("utf-8-sig")
        rows = list(_limited(csv.reader(io.StringIO(text, newline=""), strict=True)))
    except (UnicodeDecodeError, csv.Error) as wrong:
        return (), (Flaw(row=0, code="not-csv" if isinstance(wrong, csv.Error) else "not-utf-8"),)
    header = [one.strip() for one in rows[0]] if rows else []
    if flaw := _header(header):
        return (), (flaw,)
    body = [(number, row) for number, row in enumerate(rows[1:], 2) if any(cell.strip() for cell in row)]
    if len(body) > MOST_ROWS:
        return (), (Flaw(row=0, code="rows-too-many", params={"limit": MOST_ROWS}),)
    if not body:
        return (), (Flaw(row=0, code="no-rows"),)
    ragged = [
        Flaw(row=number, code="cells-missing", params={"count": len(row), "wanted": len(header)})
        for number, row in body if len(row) != len(header)
    ]
    lines = [
        Line(number=number, cells={**dict.fromkeys(COLUMNS, ""), **dict(zip(header, map(str.strip, row), strict=True))})
        for number, row in body if len(row) == len(header)
    ]
    return tuple(lines), tuple(ragged)


def _limited(rows: Iterable[list[str]]) -> Iterator[list[str]]:
    for count, row in enumerate(rows):
        if count > MOST_ROWS + 1:
            return
        yield row


def _header(header: Sequence[str]) -> Flaw | None:
    wanted = list(COLUMNS)
    if "code" not in header or "name" not in header or "valid_from" not in header or "valid_to" not in header:
        return Flaw(row=1, code="columns-missing", params={"wanted": ", ".join(wanted)})
    unknown = [one for one in header if one not in wanted and one != MORE and not _names(one)]
    if unknown:
        return Flaw(row=1, code="columns-unknown", params={"columns": ", ".join(unknown)[:200]})
    return Flaw(row=1, code="columns-twice") if len(set(header)) != len(header) else None


def _names(column: str) -> bool:
    language = column.removeprefix(NAME)
    return column.startswith(NAME) and language.isascii() and language.isalpha() and len(language) in (2, 3)


# --- merging --------------------------------------------------------------------------------------------------------


def table(text: str) -> tuple[list[str], dict[Key, dict[str, str]]]:
    """Give the header of a list's CSV and its rows by code and first day, in their order."""
    rows = csv.reader(io.StringIO(text, newline=""))
    header = next(rows)
    return header, {(row[0], row[3]): dict(zip(header, row, strict=True)) for row in rows}


def merge(base: str, lines: Sequence[Line], *, basis: str = "") -> str:
    """Merge the rows of a release into a list's CSV; pure, and the same again when it is done twice.

    A row's empty ``basis`` becomes the release's: what opened a new entry, what closed an old one. Of columns that the
    release does not have an entry keeps what it had. A row that ends on the day it begins strikes its entry out.
    """
    header, rows = table(base)
    for one in lines:
        old = rows.get(one.key)
        made = {**dict.fromkeys(header, ""), **(old or {}), **one.cells}
        made["successors"] = " ".join(made["successors"].split())
        made["basis"] = one.cells["basis"] or _basis(old, made, basis)
        header += [column for column in one.cells if column not in header]
        rows[one.key] = made
    kept = [one for one in rows.values() if not (one["valid_from"] and one["valid_from"] == one["valid_to"])]
    codes = [one["code"] for one in table(base)[1].values()]
    if codes == sorted(codes):
        kept.sort(key=lambda one: (one["code"], one["valid_from"]))
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(header)
    writer.writerows([one.get(column, "") for column in header] for one in kept)
    return out.getvalue()


def _basis(old: Mapping[str, str] | None, made: Mapping[str, str], basis: str) -> str:
    """Say what opened an entry, then what closed it."""
    opened = old["basis"].partition("→")[0].strip() if old else basis
    if not made["valid_to"]:
        return opened
    if old and old["valid_to"] == made["valid_to"]:
        return old["basis"]
    return f"{opened}{OPEN}{basis}".strip() if old else basis


# --- checking -------------------------------------------------------------------------------------------------------

Lists = Callable[[str], Codelist]


def flaws(
    old: Codelist, new: Codelist, lines: Sequence[Line], *, effective: date, nature: Nature, codelists: Lists
) -> tuple[Flaw, ...]:
    """Say what is wrong with the rows of a release; ``new`` is the list they were merged into.

    ``lines`` must be ``sound``. ``codelists`` gives the lists in which parents are found.
    """
    found: list[Flaw] = []
    for one in lines:
        entry = _entry(new, one)
        if entry is not None:
            found += _neighbours(new, one, entry)
            found += _parent(new, one, entry, codelists)
            found += _successors(new, one, entry)
        if nature == "release":
            found += _history(old, one, effective)
    if not found and not differences(old, new):
        found.append(Flaw(row=0, code="nothing-changes"))
    return tuple(found)


def sound(lines: Sequence[Line]) -> tuple[Flaw, ...]:
    """Say which rows cannot be read as entries: codes, names, dates, rows about the same entry."""
    found: list[Flaw] = []
    seen: dict[Key, int] = {}
    for one in lines:
        found += _words(one)
        found += _days(one)
        if one.key in seen:
            found.append(Flaw(row=one.number, code="row-twice", column="code", params={"other": seen[one.key]}))
        seen.setdefault(one.key, one.number)
    return tuple(found)


def _words(one: Line) -> Iterator[Flaw]:
    code = one.cells["code"]
    if not code or len(code) > LONGEST_CODE or not code.isprintable() or " " in code:
        yield Flaw(row=one.number, code="code-invalid", column="code")
    if not one.cells["name"]:
        yield Flaw(row=one.number, code="name-missing", column="name")
    for column, cell in one.cells.items():
        if len(cell) > LONGEST_TEXT or not cell.isprintable():
            yield Flaw(row=one.number, code="text-invalid", column=column, params={"limit": LONGEST_TEXT})


def day(text: str) -> date | None:
    """Read ``YYYY-MM-DD``, nothing else; ValueError otherwise, None for nothing."""
    if not text:
        return None
    found = date.fromisoformat(text)
    if found.isoformat() != text:
        raise ValueError(text)
    return found


def _days(one: Line) -> Iterator[Flaw]:
    told: dict[str, date | None] = {}
    for column in ("valid_from", "valid_to"):
        try:
            told[column] = day(one.cells[column])
        except ValueError:
            yield Flaw(row=one.number, code="date-invalid", column=column, params={"value": one.cells[column][:40]})
    begin, end = told.get("valid_from"), told.get("valid_to")
    if begin and end and end < begin:
        yield Flaw(row=one.number, code="interval-empty", column="valid_to")


def _entry(codes: Codelist, one: Line) -> Entry | None:
    begin = day(one.cells["valid_from"])
    return next((entry for entry in codes.entries.get(one.key[0], ()) if entry.valid_from == begin), None)


def _neighbours(new: Codelist, one: Line, entry: Entry) -> Iterator[Flaw]:
    """Two entries of one code may not be in force on one day."""
    for other in new.entries[entry.code]:
        if other is not entry and _overlap(entry, other):
            since = (other.valid_from or date.min).isoformat() if other.valid_from else ""
            params = {"name": other.name, "from_on": since}
            yield Flaw(row=one.number, code="intervals-overlap", column="valid_from", params=params)
            return


def _overlap(one: Entry, other: Entry) -> bool:
    begin = max(one.valid_from or date.min, other.valid_from or date.min)
    end = min(one.valid_to or date.max, other.valid_to or date.max)
    return begin < end


def _parent(new: Codelist, one: Line, entry: Entry, codelists: Lists) -> Iterator[Flaw]:
    """The upper unit must be in force on the entry's first day (of an open beginning: exist)."""
    if not entry.parent:
        return
    homes = [new if name == new.id else codelists(name) for name in new.parents] or [new]
    known = [home for home in homes if entry.parent in home.entries]
    begin = entry.valid_from
    if not known or (begin and not any(home.on(entry.parent, begin) for home in known)):
        yield Flaw(row=one.number, code="parent-unknown", column="parent", params={"value": entry.parent})


def _successors(new: Codelist, one: Line, entry: Entry) -> Iterator[Flaw]:
    """Successors are of entries that end, and take over on that very day; a circle never gets anywhere."""
    if entry.successors and entry.valid_to is None:
        yield Flaw(row=one.number, code="successors-of-open", column="successors")
        return
    for code in entry.successors:
        if entry.valid_to and new.on(code, entry.valid_to) is None:
            circle = _circle(new, entry, entry.valid_to)
            wrong = "successors-circle" if circle else "successor-unknown"
            params = {"value": code, "until_on": entry.valid_to.isoformat()}
            yield Flaw(row=one.number, code=wrong, column="successors", params=params)


def _circle(codes: Codelist, entry: Entry, end: date) -> bool:
    """Tell whether successors that end on the same day lead back to where they began."""
    waiting, seen = list(entry.successors), set[str]()
    while waiting:
        code = waiting.pop()
        if code == entry.code and codes.on(code, end) is None:
            return True
        if code in seen:
            continue
        seen.add(code)
        for each in codes.entries.get(code, ()):
            if each.valid_to == end:
                waiting += each.successors
    return False


def _history(old: Codelist, one: Line, effective: date) -> Iterator[Flaw]:
    """What the list said of the days before the release takes effect must stay as it is."""
    was = _entry(old, one)
    begin, end = day(one.cells["valid_from"]), day(one.cells["valid_to"])
    before = {"effective_on": effective.isoformat()}
    if was is None:
        if begin is None or begin < effective:
            yield Flaw(row=one.number, code="before-effective", column="valid_from", params=before)
        elif begin == end:
            yield Flaw(row=one.number, code="interval-empty", column="valid_to")
        return
    if was.name != one.cells["name"]:
        yield Flaw(row=one.number, code="past-rewritten", column="name", params={"was": was.name})
    if was.parent != one.cells["parent"]:
        yield Flaw(row=one.number, code="past-rewritten", column="parent", params={"was": was.parent})
    if end != was.valid_to and not (_from(was.valid_to, effective) and _from(end, effective)):
        params = {"was": was.valid_to.isoformat() if was.valid_to else ""}
        yield Flaw(row=one.number, code="past-rewritten", column="valid_to", params=params)
    told = tuple(one.cells["successors"].split())
    if was.successors and told != was.successors and not _from(was.valid_to, effective):
        params = {"was": " ".join(was.successors)}
        yield Flaw(row=one.number, code="past-rewritten", column="successors", params=params)


def _from(end: date | None, effective: date) -> bool:
    return end is None or end >= effective


# --- what it does ---------------------------------------------------------------------------------------------------


def differences(old: Codelist, new: Codelist) -> tuple[Difference, ...]:
    """Say what a newer state of a list changes, code by code, in the order of codes."""
    codes = [code for code in dict.fromkeys((*old.entries, *new.entries)) if _told(old, code) != _told(new, code)]
    return tuple(one for code in sorted(codes) for one in _of_code(_told(old, code), _told(new, code)))


def _told(codes: Codelist, code: str) -> tuple[Entry, ...]:
    return codes.entries.get(code, ())


def _of_code(old: Sequence[Entry], new: Sequence[Entry]) -> Iterator[Difference]:
    before = {one.valid_from: one for one in old}
    after = {one.valid_from: one for one in new}
    begun = {one.valid_from: one for one in new if one.valid_from not in before}
    for start, was in before.items():
        now = after.get(start)
        if now is None:
            yield Difference(code=was.code, kind="removed", day=was.valid_from, before=was)
        elif now != was:
            heir = begun.pop(now.valid_to, None) if now.valid_to and was.valid_to != now.valid_to else None
            yield _changed(was, now, heir)
    for one in begun.values():
        earlier = any(was.valid_to and one.valid_from and was.valid_to <= one.valid_from for was in old)
        kind: Kind = "reused" if earlier else "opened"
        yield Difference(code=one.code, kind=kind, day=one.valid_from, before=old[-1] if earlier else None, after=one)


def _changed(was: Entry, now: Entry, heir: Entry | None) -> Difference:
    """What happened to an entry; ``heir`` is the entry of the same code that begins on the day it ends."""
    if heir is not None:
        kind: Kind = "renamed" if same_unit(now, heir) else "reused"
        return Difference(code=was.code, kind=kind, day=now.valid_to, before=now, after=heir)
    if was.valid_to is None and now.valid_to is not None:
        return Difference(code=was.code, kind="closed", day=now.valid_to, before=now)
    if (was.name, was.parent, was.valid_to) == (now.name, now.parent, now.valid_to):
        kind = "successors" if was.successors != now.successors else "corrected"
        return Difference(code=was.code, kind=kind, day=now.valid_to, before=was, after=now)
    return Difference(code=was.code, kind="corrected", day=now.valid_from, before=was, after=now)


def same_unit(one: Entry, other: Entry) -> bool:
    """Tell whether two entries of a code name the same unit: the names agree apart from kind, marks and case."""
    return bare_name_key(one.name) == bare_name_key(other.name)
