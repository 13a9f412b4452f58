"""The records carried elsewhere: every table as rows of plain JSON that fill a database of the other kind again."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from itertools import islice
from typing import Any

from sqlalchemy import Table, and_, delete, exists, insert, select

from catalog.adapters.sql import migrate, schema
from catalog.adapters.sql.base import Part
from catalog.errors import Conflict

LEFT = (schema.sessions, schema.answers, schema.positions, schema.uploads, schema.letter_keys)
"""What is not carried: whoever was signed in signs in again, half uploads and readers begin anew."""

HELD = (schema.people, schema.organisations, schema.datasets, schema.audit, schema.changes, schema.releases)
"""What an empty site has no row of."""

CARRIED: Mapping[str, Table] = {one.name: one for one in schema.metadata.sorted_tables if one not in LEFT}
ROWS = 500
"""Rows that are read or written at a time."""


class CarriedRows(Part):
    """The part of the unit of work that gives out everything, and takes it in."""

    def dump(self) -> Iterator[tuple[str, Iterator[Mapping[str, Any]]]]:
        """Give every table with its rows, in the order of their keys; of one transaction, so of one moment."""
        for name, table in CARRIED.items():
            yield name, self._rows(table)

    def _rows(self, table: Table) -> Iterator[Mapping[str, Any]]:
        statement = select(table).order_by(*table.primary_key.columns).execution_options(yield_per=ROWS)
        for row in self.connection.execute(statement).mappings():
            yield {name: _plain(value) for name, value in row.items()}

    def load(self, tables: Iterable[tuple[str, Iterable[Mapping[str, Any]]]]) -> None:
        """Fill the tables of an empty site; members that this version does not know are left out."""
        if not self.is_empty():
            raise Conflict("site-not-empty")
        for table in reversed(schema.metadata.sorted_tables):
            self.connection.execute(delete(table))
        for name, rows in tables:
            table, waiting = CARRIED[name], iter(rows)
            while some := [_row(table, one) for one in islice(waiting, ROWS)]:
                self.connection.execute(insert(table), some)

    def is_empty(self) -> bool:
        """Tell whether nothing is held."""
        return not any(self.connection.execute(select(exists(select(table)))).scalar() for table in HELD)

    def revision(self) -> str:
        """Give the version of the schema."""
        return migrate.revision_of(self.connection)

    def knows(self, revision: str) -> bool:
        """Tell whether rows of that version of the schema are understood: those of this version or before."""
        return migrate.knows(revision)

    def needed(self) -> Iterator[tuple[str, bool]]:
        """Give the objects that are named: by versions and releases, and those claimed for uploads under way."""
        file, version, release = schema.files, schema.versions, schema.releases
        of_version = and_(version.c.dataset == file.c.dataset, version.c.number == file.c.version)
        seen: dict[str, bool] = {}
        for sha256, state in self.connection.execute(select(file.c.sha256, version.c.state).join(version, of_version)):
            seen[sha256] = seen.get(sha256, False) or state == "published"
        for sha256, state in self.connection.execute(select(version.c.manifest, version.c.state)):
            seen[sha256] = seen.get(sha256, False) or state == "published"
        for named in self.connection.execute(select(release.c.content, release.c.digest, release.c.base)):
            seen.update(dict.fromkeys(named, True))
        for sha256 in self.connection.execute(select(schema.claims.c.sha256)).scalars():
            seen.setdefault(sha256, False)
        yield from ((sha256, must) for sha256, must in sorted(seen.items()) if sha256)

    def needed_from(self, after: str, limit: int) -> Sequence[str]:
        """Give objects that must be there, in the order of their hashes, those behind ``after``."""
        file, version, release = schema.files, schema.versions, schema.releases
        of_version = and_(version.c.dataset == file.c.dataset, version.c.number == file.c.version)
        shown = version.c.state == "published"
        columns = [
            (file.c.sha256, select(file.c.sha256).join(version, of_version).where(shown)),
            (version.c.manifest, select(version.c.manifest).where(shown)),
            *((column, select(column)) for column in (release.c.content, release.c.digest, release.c.base)),
        ]
        found: set[str] = set()
        for column, statement in columns:
            some = statement.where(column > after).distinct().order_by(column).limit(limit)
            found.update(one for one in self.connection.execute(some).scalars() if one)
        return sorted(found)[:limit]

    def resume_changes(self, after: int) -> None:
        """Note a number as taken, so that the next change is the one behind it."""
        self._insert(schema.changes, {
            "sequence": after, "at": self._now(), "kind": "site-reset", "dataset": "", "version": None,
        })


def _plain(value: Any) -> Any:
    return value.astimezone(UTC).isoformat() if isinstance(value, datetime) else value


def _row(table: Table, one: Mapping[str, Any]) -> dict[str, Any]:
    return {name: _value(table, name, value) for name, value in one.items() if name in table.c}


def _value(table: Table, name: str, value: Any) -> Any:
    moment = isinstance(table.c[name].type, schema.Moment) and value is not None
    return datetime.fromisoformat(value) if moment else value
