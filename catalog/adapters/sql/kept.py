"""Ids that things had elsewhere, and what CKAN's words hang on them, in SQL."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, and_, bindparam, delete, select

from catalog.adapters.sql import schema
from catalog.adapters.sql.base import Part, Ready
from catalog.model import Mark, Origin

ORIGIN, MARK = schema.origins, schema.marks

ORIGIN_BY_REMOTE = select(ORIGIN).where(
    ORIGIN.c.kind == bindparam("kind"), ORIGIN.c.remote == bindparam("remote")
).order_by(ORIGIN.c.at, ORIGIN.c.source).limit(1)
MARK_BY_ID = Ready(select(MARK.c.body).where(MARK.c.kind == bindparam("of"), MARK.c.id == bindparam("key")))
ORIGINS = select(ORIGIN).order_by(ORIGIN.c.source, ORIGIN.c.kind, ORIGIN.c.remote)
ORIGINS_OF = ORIGINS.where(ORIGIN.c.target.in_(bindparam("targets", expanding=True)))
MANY = 500
"""Ids asked for in one statement."""


class KeptRows(Part):
    """The part of the unit of work that keeps what the catalogue itself has no word for."""

    def save_origin(self, one: Origin) -> None:
        """Let an id of elsewhere lead to a thing of ours; the source says it again when it leads elsewhere."""
        where = and_(ORIGIN.c.source == one.source, ORIGIN.c.kind == one.kind, ORIGIN.c.remote == one.remote)
        values = {"target": one.target, "part": one.part, "shown": one.shown}
        if not self.connection.execute(ORIGIN.update().where(where).values(**values)).rowcount:
            key = {"source": one.source, "kind": one.kind, "remote": one.remote}
            self._insert(ORIGIN, {**key, **values, "at": self._now()})

    def origin(self, kind: str, remote: str, source: str = "") -> Origin | None:
        """Find where an id of elsewhere leads: that of a source, else the one that was kept first."""
        statement = ORIGIN_BY_REMOTE.where(ORIGIN.c.source == source) if source else ORIGIN_BY_REMOTE
        row = self._one(statement, kind=kind, remote=remote)
        return _origin(row) if row else None

    def origins(self, *, kind: str = "", source: str = "", targets: Sequence[str] | None = None) -> Sequence[Origin]:
        """Give the ids of elsewhere, of a kind, of a source, of things of ours, in the order of their keys."""
        statement = ORIGINS if targets is None else ORIGINS_OF
        statement = statement.where(ORIGIN.c.kind == kind) if kind else statement
        statement = statement.where(ORIGIN.c.source == source) if source else statement
        if targets is None:
            return [_origin(row) for row in self.connection.execute(statement)]
        pages = [targets[at : at + MANY] for at in range(0, len(targets), MANY)]
        return [_origin(row) for page in pages for row in self.connection.execute(statement, {"targets": page})]

    def drop_origins(self, target: str, part: str | None = None) -> None:
        """Forget the ids that lead to a thing of ours, or to one resource of it."""
        where = ORIGIN.c.target == target if part is None else and_(ORIGIN.c.target == target, ORIGIN.c.part == part)
        self.connection.execute(delete(ORIGIN).where(where))

    def save_mark(self, one: Mark) -> None:
        """Keep a mark in place of what it was."""
        values = {"subject": one.subject, "person": one.person, "body": self._codec.encode(one)}
        self._save(MARK, {"kind": one.kind, "id": one.id}, values)

    def mark(self, kind: str, key: str) -> Mark | None:
        """Find a mark by its kind and id."""
        return self._body(Mark, MARK_BY_ID, of=kind, key=key)

    def marks(
        self, kind: str, *, subjects: Sequence[str] | None = None, person: str = "", limit: int = 10_000
    ) -> Sequence[Mark]:
        """Give marks of a kind in the order of their ids: on these subjects, of a person, or all."""
        statement = select(MARK.c.body).where(MARK.c.kind == kind).order_by(MARK.c.id).limit(limit)
        statement = statement.where(MARK.c.person == person) if person else statement
        if subjects is None:
            return self._bodies(Mark, statement)
        pages = [subjects[at : at + MANY] for at in range(0, len(subjects), MANY)]
        found = [one for page in pages for one in self._bodies(Mark, statement.where(MARK.c.subject.in_(page)))]
        return found[:limit]

    def drop_mark(self, kind: str, key: str) -> bool:
        """Forget a mark; tells whether it was there."""
        return self.connection.execute(delete(MARK).where(MARK.c.kind == kind, MARK.c.id == key)).rowcount > 0

    def drop_marks(self, subject: str) -> None:
        """Forget everything that hangs on a thing."""
        self.connection.execute(delete(MARK).where(MARK.c.subject == subject))


def _origin(row: Row[Any]) -> Origin:
    return Origin(source=row.source, kind=row.kind, remote=row.remote, target=row.target, part=row.part,
                  shown=bool(row.shown))
