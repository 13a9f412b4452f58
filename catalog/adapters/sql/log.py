"""The audit chain, the change sequence, its readers, kept answers and facts about the site, in SQL."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, bindparam, delete, func, select

from catalog.adapters.sql import schema
from catalog.adapters.sql.base import Part, Ready
from catalog.chain import link
from catalog.events import UNNUMBERED, DatasetChanged, DatasetWithdrawn, Event, VersionPublished
from catalog.model import AuditRow, Change
from standards.portable import to_json

AUDIT, CHANGE, POSITION = schema.audit, schema.changes, schema.positions
ANSWER, SITE = schema.answers, schema.site
LAST_ROW = select(AUDIT.c.sequence, AUDIT.c.hash).order_by(AUDIT.c.sequence.desc()).limit(1)
LAST_CHANGE = Ready(select(func.max(CHANGE.c.sequence)))
PLACE = Ready(select(POSITION.c.sequence).where(POSITION.c.reader == bindparam("reader")))
FACT = Ready(select(SITE.c.value).where(SITE.c.name == bindparam("name")))
MANY = 500
"""Things whose deeds are asked for in one statement."""


class LogRows(Part):
    """The part of the unit of work that keeps what happened, in order."""

    def audit(self, actor: str, act: str, target: str, **detail: object) -> AuditRow:
        """Add a row to the audit chain, in this transaction."""
        last = self._one(LAST_ROW)
        row = link(AuditRow(
            sequence=last.sequence + 1 if last else 1, at=self._now(), actor=actor, act=act, object=target,
            detail=to_json(detail),
        ), last.hash if last else "")
        self._insert(AUDIT, {
            "sequence": row.sequence, "at": row.at, "actor": actor, "act": act, "object": target, "hash": row.hash,
            "detail": json.dumps(row.detail, ensure_ascii=False, sort_keys=True),
        })
        return row

    def audit_rows(self, after: int = 0, limit: int = 1000) -> Sequence[AuditRow]:
        """Rows of the audit chain after a number, oldest first."""
        statement = select(AUDIT).where(AUDIT.c.sequence > after).order_by(AUDIT.c.sequence).limit(limit)
        return [_row(row) for row in self.connection.execute(statement)]

    def deeds(self, *, targets: Sequence[str] | None = None, actor: str = "", acts: Sequence[str] = (),
              after: datetime | None = None, before: datetime | None = None, sequence: int = 0,
              below: int = 0, limit: int = 1000) -> Iterator[AuditRow]:
        """Rows of the audit chain, newest first; many things are asked for in parts, whose rows are put in order."""
        statement = select(AUDIT).order_by(AUDIT.c.sequence.desc()).limit(limit)
        statement = statement.where(AUDIT.c.actor == actor) if actor else statement
        statement = statement.where(AUDIT.c.act.in_(acts)) if acts else statement
        statement = statement.where(AUDIT.c.at > after) if after else statement
        statement = statement.where(AUDIT.c.at < before) if before else statement
        statement = statement.where(AUDIT.c.sequence == sequence) if sequence else statement
        statement = statement.where(AUDIT.c.sequence < below) if below else statement
        if targets is None:
            yield from map(_row, self.connection.execute(statement))
            return
        pages = [targets[at : at + MANY] for at in range(0, len(targets), MANY)]
        asked = (statement.where(AUDIT.c.object.in_(page)) for page in pages)
        found = [_row(row) for one in asked for row in self.connection.execute(one)]
        yield from sorted(found, key=lambda row: -row.sequence)[:limit]

    def announce(self, event: Event) -> int:
        """Give the event its number (some take none) and enqueue what reacts to it, in this transaction."""
        number = 0
        if not isinstance(event, UNNUMBERED):
            number = self.last_change() + 1
            self._insert(CHANGE, {"sequence": number, "at": self._now(), **describe(event)})
        self._enqueue(self.connection, event)
        return number

    def last_change(self) -> int:
        """Give the newest number of the change sequence."""
        return self._value(LAST_CHANGE) or 0

    def changes(self, after: int = 0, limit: int = 1000) -> Sequence[Change]:
        """Give changes after a number, oldest first."""
        statement = select(CHANGE).where(CHANGE.c.sequence > after).order_by(CHANGE.c.sequence).limit(limit)
        return [
            Change(sequence=row.sequence, at=row.at, kind=row.kind, dataset=row.dataset, version=row.version)
            for row in self.connection.execute(statement)
        ]

    def position(self, reader: str) -> int:
        """Tell how far a reader has come."""
        return self._value(PLACE, reader=reader) or 0

    def advance(self, reader: str, sequence: int) -> None:
        """Note how far a reader has come; it never goes back."""
        if sequence > self.position(reader):
            self._save(POSITION, {"reader": reader}, {"sequence": sequence})

    def recall(self, key: str) -> tuple[str, bytes] | None:
        """Give the answer kept under a key, unless it is too old."""
        row = self._one(select(ANSWER).where(ANSWER.c.key == key))
        if row is None or row.at < self._now() - (timedelta(days=1) if row.answer else timedelta(minutes=1)):
            return None
        return row.fingerprint, bytes(row.answer)

    def remember(self, key: str, fingerprint: str, answer: bytes) -> None:
        """Keep an answer under a key, and drop those that are too old."""
        self.connection.execute(delete(ANSWER).where(ANSWER.c.at < self._now() - timedelta(days=1)))
        self._save(ANSWER, {"key": key}, {"fingerprint": fingerprint, "answer": answer, "at": self._now()})

    def forget_answer(self, key: str) -> None:
        """Drop the answer kept under a key."""
        self.connection.execute(delete(ANSWER).where(ANSWER.c.key == key))

    def site(self, name: str) -> str:
        """Give a fact about the site, "" when it is not known."""
        return self._value(FACT, name=name) or ""

    def set_site(self, name: str, value: str) -> None:
        """Note a fact about the site."""
        self._save(SITE, {"name": name}, {"value": value})


def describe(event: Event) -> dict[str, object]:
    """Give the columns of an event's row in the change sequence."""
    match event:
        case VersionPublished():
            return {"kind": "version-published", "dataset": event.dataset, "version": event.number}
        case DatasetWithdrawn():
            return {"kind": "dataset-withdrawn", "dataset": event.dataset, "version": event.number}
        case DatasetChanged():
            return {"kind": "dataset-changed", "dataset": event.dataset, "version": None}
        case _:
            return {"kind": "site-reset", "dataset": "", "version": None}


def _row(row: Row[Any]) -> AuditRow:
    return AuditRow(sequence=row.sequence, at=row.at, actor=row.actor, act=row.act, object=row.object,
                    detail=json.loads(row.detail), hash=row.hash)
