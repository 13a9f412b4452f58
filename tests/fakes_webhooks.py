"""The part of the fake records that keeps webhooks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from catalog.webhook import Delivery, Webhook


class FakeWebhooks:
    """Webhooks and what was sent to them, on the shelf of FakeUnit."""

    shelf: Any

    def save_webhook(self, one: Webhook) -> None:
        self.shelf.webhooks[one.id] = one

    def webhook(self, webhook: str) -> Webhook | None:
        return self.shelf.webhooks.get(webhook)

    def webhooks(self, *, person: str = "", due: datetime | None = None, idle: bool = False, failing: bool = False,
                 limit: int = 1000) -> Sequence[Webhook]:
        found = sorted(self.shelf.webhooks.values(), key=lambda one: one.id)
        if due is not None:
            found = [one for one in found if one.due and one.due <= due and one.state == "active"]
            found.sort(key=lambda one: (one.due, one.id))
        found = [one for one in found if not person or one.person == person]
        found = [one for one in found if not failing or one.failing_since or one.state != "active"]
        return [one for one in found if not idle or (one.due is None and one.state == "active")][:limit]

    def drop_webhook(self, webhook: str) -> None:
        self.shelf.webhooks.pop(webhook, None)
        for key in [key for key, one in self.shelf.deliveries.items() if one.webhook == webhook]:
            del self.shelf.deliveries[key]

    def pass_webhooks(self, sequence: int, woken: Sequence[str], due: datetime) -> None:
        for one in self.webhooks(idle=True):
            self.save_webhook(replace(one, due=due) if one.id in woken else replace(one, position=max(one.position, sequence)))

    def count_webhooks(self) -> tuple[int, int, int]:
        active = [one for one in self.shelf.webhooks.values() if one.state == "active"]
        return len(active), sum(one.failing_since is not None for one in active), len(self.shelf.webhooks) - len(active)

    def save_delivery(self, one: Delivery) -> None:
        self.shelf.deliveries[one.id] = one

    def delivery(self, delivery: str) -> Delivery | None:
        return self.shelf.deliveries.get(delivery)

    def deliveries(self, webhook: str, limit: int = 50) -> Sequence[Delivery]:
        found = [one for one in self.shelf.deliveries.values() if one.webhook == webhook]
        return sorted(found, key=lambda one: one.id, reverse=True)[:limit]

    def drop_deliveries(self, webhook: str, keep: int) -> None:
        for one in self.deliveries(webhook, 10_000)[keep:]:
            del self.shelf.deliveries[one.id]
