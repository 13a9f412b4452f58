"""Notices on their way to people, and the keys of letters, in SQL."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, select

from catalog.adapters.sql import schema
from catalog.adapters.sql.base import Part
from catalog.notice import Notice

NOTICE, KEY = schema.notices, schema.letter_keys


class NoticeRows(Part):
    """The part of the unit of work that keeps notices."""

    def add_notice(self, one: Notice) -> bool:
        """Keep a notice once."""
        if self._one(select(NOTICE.c.id).where(NOTICE.c.key == one.key)) is not None:
            return False
        self.save_notice(one)
        return True

    def save_notice(self, one: Notice) -> None:
        """Record what became of a notice."""
        self._save(NOTICE, {"id": one.id}, {
            "key": one.key, "person": one.person, "unread": one.read is None, "created": one.created,
            "due": one.due if one.mail == "waiting" else None, "body": self._codec.encode(one),
        })

    def notice(self, notice: str) -> Notice | None:
        """One notice."""
        return self._body(Notice, select(NOTICE.c.body).where(NOTICE.c.id == notice))

    def notices(self, person: str, *, unread: bool = False, limit: int = 50) -> Sequence[Notice]:
        """Give a person's notices, newest first."""
        statement = select(NOTICE.c.body).where(NOTICE.c.person == person).order_by(NOTICE.c.id.desc()).limit(limit)
        return self._bodies(Notice, statement.where(NOTICE.c.unread.is_(True)) if unread else statement)

    def notices_to_send(self, at: datetime, limit: int = 20) -> Sequence[Notice]:
        """Give those whose letter is due."""
        return self._bodies(Notice, select(NOTICE.c.body).where(NOTICE.c.due <= at).order_by(NOTICE.c.id).limit(limit))

    def drop_notices(self, before: datetime) -> int:
        """Forget old notices."""
        return self.connection.execute(delete(NOTICE).where(NOTICE.c.created < before)).rowcount

    def add_key(self, secret_hash: str, person: str, expires: datetime) -> None:
        """Keep the hash of a person's only key."""
        self.drop_keys(person)
        self._insert(KEY, {"secret_hash": secret_hash, "person": person, "expires": expires})

    def key_of(self, secret_hash: str, at: datetime) -> str:
        """Say whose key this is."""
        wanted = select(KEY.c.person).where(KEY.c.secret_hash == secret_hash, KEY.c.expires > at)
        return str(self.connection.execute(wanted).scalar() or "")

    def drop_keys(self, person: str) -> None:
        """Let a person's key open nothing any more."""
        self.connection.execute(delete(KEY).where(KEY.c.person == person))
