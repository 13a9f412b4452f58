"""What became of a table's columns from one version to another, and whether that breaks what readers built on it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta, timezone
from itertools import pairwise
from typing import Final, Literal

from catalog.model import ColumnInfo, Entry, Notice, Resource, Version

ColumnChangeKind = Literal["added", "removed", "type", "meaning", "moved"]

VIETNAM: Final = timezone(timedelta(hours=7))
WIDER: Final = frozenset({("integer", "number"), ("year", "integer"), ("date", "datetime")})
"""Types that hold all that the one before held, in the same words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnChange:
    """One column that came, went, or means or is something else; ``breaking``: who reads it by name is disturbed."""

    name: str
    change: ColumnChangeKind
    before: str = ""
    after: str = ""
    breaking: bool = False


def column_changes(before: Sequence[ColumnInfo], after: Sequence[ColumnInfo]) -> tuple[ColumnChange, ...]:
    """Compare the columns of two versions of a table by name. A renamed column is one that went and one that came.

    Breaking: a column went; its type holds less than before or other values; its codes are of another list. Not
    breaking: a column came, or stands in another place (readers take columns by name).
    """
    return tuple(_changes({one.name: one for one in before}, {one.name: one for one in after}))


def _changes(before: dict[str, ColumnInfo], after: dict[str, ColumnInfo]) -> Iterator[ColumnChange]:
    for name, one in before.items():
        if name not in after:
            yield ColumnChange(name=name, change="removed", before=one.type, breaking=True)
    kept_before = {name: at for at, name in enumerate((name for name in before if name in after), 1)}
    kept_after = {name: at for at, name in enumerate((name for name in after if name in before), 1)}
    for name, one in after.items():
        was = before.get(name)
        if was is None:
            yield ColumnChange(name=name, change="added", after=one.type)
            continue
        if was.type != one.type:
            yield ColumnChange(name=name, change="type", before=was.type, after=one.type,
                               breaking=(was.type, one.type) not in WIDER)
        if (was.meaning or "") != (one.meaning or ""):
            yield ColumnChange(name=name, change="meaning", before=was.meaning or "", after=one.meaning or "",
                               breaking=bool(was.meaning))
        if kept_before[name] != kept_after[name]:
            yield ColumnChange(name=name, change="moved", before=str(kept_before[name]), after=str(kept_after[name]))


def breaking_since(versions: Sequence[Version]) -> Mapping[int, Mapping[str, tuple[ColumnChange, ...]]]:
    """Say of each published version which tables, by name, break what readers built on the version published before.

    ``versions`` come newest first; a version that breaks nothing is left out.
    """
    shown = [one for one in versions if one.state == "published"]
    found = {}
    for new, old in pairwise(shown):
        before = {one.name: one for one in old.resources if one.kind == "table"}
        broken = {
            one.name: tuple(each for each in column_changes(before[one.name].columns, one.columns) if each.breaking)
            for one in new.resources if one.kind == "table" and one.name in before
        }
        if told := {name: changes for name, changes in broken.items() if changes}:
            found[new.number] = told
    return found


def coming(notices: Iterable[Notice], today: date) -> tuple[Notice, ...]:
    """Give the changes that are announced for a day after today, the nearest first."""
    return tuple(sorted((one for one in notices if one.effective > today), key=lambda one: one.effective))


def hurried(entry: Entry, before: Sequence[Resource], after: Sequence[Resource], today: date) -> Notice | None:
    """Give the announcement whose day has not come of a column that these tables would break now; None for none."""
    waiting = coming(entry.notices, today)
    tables = {one.name: one for one in before if one.kind == "table"} if waiting else {}
    for one in after:
        if one.kind != "table" or one.name not in tables:
            continue
        for change in column_changes(tables[one.name].columns, one.columns):
            found = next((each for each in waiting if each.covers(one.name, change.name)), None)
            if change.breaking and found is not None:
                return found
    return None


def outstanding(entry: Entry, before: Sequence[Resource], after: Sequence[Resource]) -> tuple[Notice, ...]:
    """Give the announcements that are about things to come yet when these tables are published.

    One has come about when all the columns that it names, as far as they were there still, change now; one that names
    none speaks of any column, and stands.
    """
    tables = {one.name: one for one in before if one.kind == "table"} if entry.notices else {}
    broken = {one.name: {each.name for each in column_changes(tables[one.name].columns, one.columns) if each.breaking}
              for one in after if one.kind == "table" and one.name in tables}
    there = {name: {one.name for one in table.columns} for name, table in tables.items()}
    return tuple(one for one in entry.notices if not (
        (named := there.get(one.resource, set()) & set(one.columns)) and named <= broken.get(one.resource, set())))


def breaks(changes: Sequence[ColumnChange]) -> bool:
    """Whether any of them disturbs readers."""
    return any(one.breaking for one in changes)
