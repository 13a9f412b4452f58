"""The part of the fake records that keeps notices, and mail that goes nowhere."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from catalog.notice import Letter, Notice


class FakeMail:
    """Letters that were handed over; ``trouble`` is raised instead while it is set."""

    def __init__(self) -> None:
        self.sent: list[Letter] = []
        self.trouble: Exception | None = None

    def send(self, letter: Letter) -> None:
        if self.trouble is not None:
            raise self.trouble
        self.sent.append(letter)


class FakeNotices:
    """Notices and keys, on the shelf of FakeUnit."""

    shelf: Any

    def add_notice(self, one: Notice) -> bool:
        if any(each.key == one.key for each in self.shelf.notices.values()):
            return False
        self.shelf.notices[one.id] = one
        return True

    def save_notice(self, one: Notice) -> None:
        self.shelf.notices[one.id] = one

    def notice(self, notice: str) -> Notice | None:
        return self.shelf.notices.get(notice)

    def notices(self, person: str, *, unread: bool = False, limit: int = 50) -> Sequence[Notice]:
        found = [one for one in self.shelf.notices.values() if one.person == person and not (unread and one.read)]
        return sorted(found, key=lambda one: one.id, reverse=True)[:limit]

    def notices_to_send(self, at: datetime, limit: int = 20) -> Sequence[Notice]:
        found = [one for one in self.shelf.notices.values() if one.mail == "waiting" and one.due and one.due <= at]
        return sorted(found, key=lambda one: one.id)[:limit]

    def drop_notices(self, before: datetime) -> int:
        old = [key for key, one in self.shelf.notices.items() if one.created < before]
        for key in old:
            del self.shelf.notices[key]
        return len(old)

    def add_key(self, secret_hash: str, person: str, expires: datetime) -> None:
        self.drop_keys(person)
        self.shelf.letter_keys[secret_hash] = (person, expires)

    def key_of(self, secret_hash: str, at: datetime) -> str:
        person, expires = self.shelf.letter_keys.get(secret_hash, ("", at))
        return person if expires > at else ""

    def drop_keys(self, person: str) -> None:
        for key in [key for key, (owner, _) in self.shelf.letter_keys.items() if owner == person]:
            del self.shelf.letter_keys[key]
