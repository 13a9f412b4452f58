"""Webhooks and what was sent to them, in SQL: where each stands and when it is due are columns of their own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Row, delete, func, or_, select, update

from catalog.adapters.sql import schema
from catalog.adapters.sql.base import Part
from catalog.webhook import Delivery, Webhook

HOOK, SENT = schema.webhooks, schema.deliveries


class WebhookRows(Part):
    """The part of the unit of work that keeps webhooks."""

    def save_webhook(self, one: Webhook) -> None:
        """Record a webhook, or what became of it."""
        values = {"person": one.person, "state": one.state, "failing": one.failing_since is not None,
                  "position": one.position, "due": one.due, "body": self._codec.encode(one)}
        self._save(HOOK, {"id": one.id}, values)

    def _hook(self, row: Row[Any]) -> Webhook:
        return replace(self._codec.decode(Webhook, row.body), position=row.position, due=row.due)

    def webhook(self, webhook: str) -> Webhook | None:
        """One webhook."""
        row = self._one(select(HOOK).where(HOOK.c.id == webhook))
        return self._hook(row) if row else None

    def webhooks(self, *, person: str = "", due: datetime | None = None, idle: bool = False, failing: bool = False,
                 limit: int = 1000) -> Sequence[Webhook]:
        """Give webhooks in the order of their making, or, of those that are due, the longest waiting first."""
        statement = select(HOOK).order_by(*([HOOK.c.due] if due else []), HOOK.c.id).limit(limit)
        if person:
            statement = statement.where(HOOK.c.person == person)
        if due is not None:
            statement = statement.where(HOOK.c.due <= due, HOOK.c.state == "active")
        if idle:
            statement = statement.where(HOOK.c.due.is_(None), HOOK.c.state == "active")
        if failing:
            statement = statement.where(or_(HOOK.c.failing, HOOK.c.state != "active"))
        return [self._hook(row) for row in self.connection.execute(statement)]

    def drop_webhook(self, webhook: str) -> None:
        """Forget a webhook and what was sent to it."""
        self.connection.execute(delete(SENT).where(SENT.c.webhook == webhook))
        self.connection.execute(delete(HOOK).where(HOOK.c.id == webhook))

    def pass_webhooks(self, sequence: int, woken: Sequence[str], due: datetime) -> None:
        """Let those that wait for nothing stand at a number, in one statement; wake the others."""
        idle = (HOOK.c.due.is_(None), HOOK.c.state == "active")
        for at in range(0, len(woken), 500):
            some = HOOK.c.id.in_(woken[at : at + 500])
            self.connection.execute(update(HOOK).where(*idle, some).values(due=due))
        self.connection.execute(update(HOOK).where(*idle, HOOK.c.position < sequence).values(position=sequence))

    def count_webhooks(self) -> tuple[int, int, int]:
        """Count the active, the failing and the disabled ones."""
        rows = self.connection.execute(select(HOOK.c.state, HOOK.c.failing, func.count()).group_by(
            HOOK.c.state, HOOK.c.failing)).all()
        active = [(failing, number) for state, failing, number in rows if state == "active"]
        failing = sum(number for fails, number in active if fails)
        return sum(number for _, number in active), failing, sum(row[2] for row in rows if row[0] != "active")

    def save_delivery(self, one: Delivery) -> None:
        """Record a delivery, or what became of it."""
        self._save(SENT, {"id": one.id}, {"webhook": one.webhook, "body": self._codec.encode(one)})

    def delivery(self, delivery: str) -> Delivery | None:
        """One delivery."""
        return self._body(Delivery, select(SENT.c.body).where(SENT.c.id == delivery))

    def deliveries(self, webhook: str, limit: int = 50) -> Sequence[Delivery]:
        """Give what was sent to a webhook, newest first."""
        newest = select(SENT.c.body).where(SENT.c.webhook == webhook).order_by(SENT.c.id.desc()).limit(limit)
        return self._bodies(Delivery, newest)

    def drop_deliveries(self, webhook: str, keep: int) -> None:
        """Forget all but the newest deliveries of a webhook."""
        kept = select(SENT.c.id).where(SENT.c.webhook == webhook).order_by(SENT.c.id.desc()).limit(keep)
        kept_ids = list(self.connection.execute(kept).scalars())
        self.connection.execute(delete(SENT).where(SENT.c.webhook == webhook, SENT.c.id.not_in(kept_ids)))
