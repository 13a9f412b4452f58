"""Notices: what one person is told, on her desk and by e-mail; kept in an outbox until it went out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final, Literal, Protocol

MailState = Literal["none", "waiting", "sent", "failed"]

KINDS: Final = (
    "review", "returned", "blocked", "due-soon", "overdue", "request", "question", "mistake", "personal", "late-answer",
    "answered", "codelist", "approved", "came-out", "not-out", "reset", "invite",
)
SECRET_KINDS: Final = ("reset", "invite")
"""Those whose letter bears a key that is made when it is sent: the outbox never holds one."""

KEPT_DAYS: Final = 90
MOST_TRIES: Final = 8
RESET_LASTS: Final = timedelta(hours=2)
INVITE_LASTS: Final = timedelta(days=7)


def pause(tries: int) -> timedelta:
    """Say how long to wait after so many tries: a minute, then four times as long each time, at most six hours."""
    return min(timedelta(minutes=4 ** max(0, tries - 1)), timedelta(hours=6))


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """One thing told to one person (an id), or, where ``voice`` is a number, to whoever left a mailbox with a voice.

    ``key`` names the fact and the person, so that nothing is told twice; ``link`` is a path of the site. No mailbox is
    kept here: it is looked up when the letter is written. ``due`` is when the letter is tried next.
    """

    id: str
    key: str
    kind: str
    person: str = ""
    voice: str = ""
    link: str = ""
    params: Mapping[str, Any] = field(default_factory=dict)
    created: datetime
    read: datetime | None = None
    mail: MailState = "none"
    tries: int = 0
    due: datetime | None = None
    sent: datetime | None = None
    error: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """An e-mail in plain text; ``id`` is the same however often it is sent, so that a mail system knows it again."""

    id: str
    to: str
    subject: str
    body: str
    language: str = "vi"


class Mail(Protocol):
    """What sends letters."""

    def send(self, letter: Letter) -> None:
        """Hand a letter over. Raises Unavailable where trying again may help, Invalid where it will not."""


class NoticeUnit(Protocol):
    """The part of a unit of work that keeps notices, and the keys of letters."""

    def add_notice(self, one: Notice) -> bool:
        """Keep a notice; False where one with its key is there already."""
    def save_notice(self, one: Notice) -> None: ...
    def notice(self, notice: str) -> Notice | None: ...
    def notices(self, person: str, *, unread: bool = False, limit: int = 50) -> Sequence[Notice]:
        """Give those of a person, newest first."""
    def notices_to_send(self, at: datetime, limit: int = 20) -> Sequence[Notice]:
        """Give those whose letter is due, oldest first."""
    def drop_notices(self, before: datetime) -> int:
        """Forget what was made before a moment."""
    def add_key(self, secret_hash: str, person: str, expires: datetime) -> None:
        """Keep the hash of a key that lets a person choose a password, in place of any she had."""
    def key_of(self, secret_hash: str, at: datetime) -> str:
        """Say whose key this is, "" for one that is over or unknown."""
    def drop_keys(self, person: str) -> None: ...
