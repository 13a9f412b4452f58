"""Webhooks as values: addresses that are told of changes, what was sent there, and how it is signed."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Literal, Protocol

Scope = Literal["site", "organization", "dataset", "search"]
SCOPES: tuple[Scope, ...] = ("site", "organization", "dataset", "search")
HookState = Literal["active", "disabled"]
DeliveryKind = Literal["changes", "ping"]
DeliveryState = Literal["waiting", "delivered", "failed", "nothing"]

PREFIX = "whsec_"
"""What a secret begins with (Standard Webhooks); behind it stand 32 bytes in base64."""

WAITS = (5, 60, 300, 1800, 2 * 3600, 5 * 3600, 10 * 3600)
"""Seconds until a delivery is tried again, after the first failure, the second …; the last one from then on."""

GIVES_UP = timedelta(days=3)
"""How long deliveries fail before a webhook is disabled."""

BOTH_FOR = timedelta(hours=24)
"""How long the secret of before signs too, after it was replaced."""

LONGEST_PAUSE = 24 * 3600
KEPT_ATTEMPTS = 20
GONE = 410
GOOD = range(200, 300)


@dataclass(frozen=True, slots=True, kw_only=True)
class Webhook:
    """An address that is told of changes that its owner may see.

    ``subject`` is the id of the agency or dataset, or the query string of a search. ``position`` is how far in the
    change sequence it was told; ``pending`` the delivery that is under way; ``again`` those that its owner asked for
    once more; ``due`` when to send next, None while there is nothing to send. ``former`` is the secret before this one.
    """

    id: str
    person: str
    url: str
    title: str = ""
    scope: Scope = "site"
    subject: str = ""
    state: HookState = "active"
    reason: str = ""
    secret: str
    former: str = ""
    rotated: datetime | None = None
    created: datetime
    position: int = 0
    due: datetime | None = None
    pending: str = ""
    again: tuple[str, ...] = ()
    failing_since: datetime | None = None

    def secrets(self, now: datetime) -> tuple[str, ...]:
        """Give the secrets that sign now, the newest first."""
        young = self.rotated is not None and now - self.rotated < BOTH_FOR
        return (self.secret, self.former) if self.former and young else (self.secret,)


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """One time that something was sent: the status and the first letters of the answer, or why there was none."""

    at: datetime
    status: int | None = None
    error: str = ""
    answer: str = ""
    milliseconds: int = 0
    after: int | None = None
    """Seconds after which the receiver asked to be tried again."""

    @property
    def good(self) -> bool:
        """Whether the receiver took it."""
        return self.status in GOOD


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """A batch of changes (their numbers) for one webhook. It keeps its id however often it is sent."""

    id: str
    webhook: str
    kind: DeliveryKind = "changes"
    changes: tuple[int, ...] = ()
    state: DeliveryState = "waiting"
    tries: int = 0
    attempts: tuple[Attempt, ...] = ()
    created: datetime

    def tried(self, attempt: Attempt, state: DeliveryState) -> Delivery:
        """Note an attempt; the last twenty are kept."""
        return replace(self, state=state, tries=self.tries + 1, attempts=(*self.attempts, attempt)[-KEPT_ATTEMPTS:])


def new_secret() -> str:
    """Make a secret as receivers' libraries want it."""
    return PREFIX + base64.b64encode(secrets.token_bytes(32)).decode()


def signature(keys: Sequence[str], delivery: str, timestamp: int, body: bytes) -> str:
    """Sign a body as Standard Webhooks say: one ``v1,…`` for each secret, with spaces between."""
    signed = f"{delivery}.{timestamp}.".encode() + body
    made = (hmac.digest(base64.b64decode(key.removeprefix(PREFIX)), signed, hashlib.sha256) for key in keys)
    return " ".join(f"v1,{base64.b64encode(one).decode()}" for one in made)


def pause(tries: int, asked: int | None) -> timedelta:
    """Give how long to wait after so many failures, or as long as the receiver asked for, at most a day."""
    wait = WAITS[min(max(tries, 1), len(WAITS)) - 1]
    return timedelta(seconds=max(wait, min(asked or 0, LONGEST_PAUSE)))


class HookUnit(Protocol):
    """The part of a unit of work that keeps webhooks and what was sent."""

    def save_webhook(self, one: Webhook) -> None: ...
    def webhook(self, webhook: str) -> Webhook | None: ...
    def webhooks(self, *, person: str = "", due: datetime | None = None, idle: bool = False, failing: bool = False,
                 limit: int = 1000) -> Sequence[Webhook]:
        """In the order of their making: of a person; active and due at a moment; active with no due; failing or off."""
    def drop_webhook(self, webhook: str) -> None:
        """Forget it with its deliveries."""
    def pass_webhooks(self, sequence: int, woken: Sequence[str], due: datetime) -> None:
        """Let the idle ones stand at ``sequence``, but those ``woken``: they keep their place and are due."""
    def count_webhooks(self) -> tuple[int, int, int]:
        """Count those that are active, those of them that fail just now, and those that were disabled."""
    def save_delivery(self, one: Delivery) -> None: ...
    def delivery(self, delivery: str) -> Delivery | None: ...
    def deliveries(self, webhook: str, limit: int = 50) -> Sequence[Delivery]:
        """Newest first."""
    def drop_deliveries(self, webhook: str, keep: int) -> None:
        """Forget all but the newest."""
