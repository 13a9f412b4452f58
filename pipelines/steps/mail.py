"""The step that lets people be told: deeds become notices, and letters go out of the outbox, one after the other.

A letter's id is kept before it is sent: who is killed in the middle leaves it to be sent again under the same id.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from catalog.catalog import Catalog
from catalog.errors import Refusal, Unavailable
from catalog.notice import Letter, Mail, Notice

LOG = logging.getLogger("datamo.mail")
READER = "notices"
DUE_SECONDS = 3600.0
"""How often it is looked which updates are near or over, and what may be forgotten."""

Words = Callable[[Notice, str, str], tuple[str, str]]
"""Gives subject and text of a notice's letter, in a language, with the key that it bears ("" for none)."""


@dataclass(slots=True)
class Mailroom:
    """Called as a follower: makes notices, and lets one thread send letters; a slow server holds up nothing else.

    Without ``mail`` notices are on people's desks alone.
    """

    catalog: Catalog
    mail: Mail | None = None
    words: Words = lambda _notice, _language, _secret: ("", "")
    language: str = "vi"
    _sending: threading.Lock = field(default_factory=threading.Lock)
    _due: float = 0.0

    def __call__(self) -> int:
        """Follow a batch of deeds; returns how many."""
        took = self.catalog.follow_notices(mail=self.mail is not None)
        if time.monotonic() >= self._due:
            self.catalog.notice_due_days(mail=self.mail is not None, away=self.catalog.outages())
            self.catalog.forget_notices()
            self._due = time.monotonic() + DUE_SECONDS
        if self.mail is not None and self.catalog.letters_due(1) and self._sending.acquire(blocking=False):
            threading.Thread(target=self._run, name="mail", daemon=True).start()
        return took

    def _run(self) -> None:
        try:
            while self.send():
                pass
        except Exception:  # whatever went wrong, it is sent again when its time comes
            LOG.exception("letters were not sent")
        finally:
            self._sending.release()

    def send(self) -> int:
        """Send what is due; returns how many letters went out."""
        return sum(self.deliver(one) == "sent" for one in self.catalog.letters_due())

    def deliver(self, one: Notice) -> str:
        """Send one letter and note how it went; one without a mailbox is given up. Returns the state of its mail."""
        to, language, secret = self.catalog.addressee(one)
        if not to or self.mail is None:
            return self._noted(one, "no-mailbox", again=False)
        subject, body = self.words(one, language or self.language, secret)
        try:
            self.mail.send(Letter(id=one.id, to=to, subject=subject, body=body, language=language or self.language))
        except Refusal as refused:
            said = str(refused.params.get("said") or refused.code)
            LOG.warning("a letter was not sent: %s", refused.code)
            return self._noted(one, said, again=isinstance(refused, Unavailable))
        return self._noted(one, "", again=False)

    def _noted(self, one: Notice, error: str, *, again: bool) -> str:
        done = self.catalog.letter_sent(one.id, error=error, again=again)
        return done.mail if done else "gone"
