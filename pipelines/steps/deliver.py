"""The step that lets webhooks follow: what changed is sent to the addresses that asked for it, signed, in batches.

A delivery is kept before it is sent and keeps its id: who is killed in the middle leaves it to be sent again.
"""

from __future__ import annotations

import json
import logging
import threading
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from catalog.catalog import Catalog
from catalog.catalog.delivering import Sending, Told
from catalog.webhook import Attempt, signature
from pipelines.fetch import Fetcher, Limits, Reply, Unfetched

LOG = logging.getLogger("datamo.webhooks")
READER = "webhooks"
AT_ONCE = 4
IN_A_ROW = 50
"""Deliveries to one address before others have their turn."""

LIMITS = Limits(seconds=20.0, idle=15.0, size=100_000, redirects=0)
FIRST = 500
"""Letters of an answer that are kept."""

VERSION = 1


class Postman:
    """Called as a follower: wakes who is concerned, and lets a few threads send; no slow receiver holds up others.

    Each webhook is sent to by one thread at a time, so that its deliveries come in order.
    """

    def __init__(self, catalog: Catalog, fetcher: Fetcher, site_url: str = "", at_once: int = AT_ONCE) -> None:
        self._catalog = catalog
        self._fetcher = fetcher
        self._site_url = site_url
        self._at_once = at_once
        self._lock = threading.Lock()
        self._under_way: set[str] = set()

    def __call__(self) -> int:
        """Follow a batch of changes and send what is due; returns how many changes that were."""
        took = self._catalog.follow_webhooks()
        self.send()
        return took

    def send(self) -> int:
        """Begin to send what is due, as far as threads are free; returns how many webhooks that concerns."""
        begun = 0
        for webhook in self._catalog.due_webhooks():
            with self._lock:
                if len(self._under_way) >= self._at_once:
                    break
                if webhook in self._under_way:
                    continue
                self._under_way.add(webhook)
            threading.Thread(target=self._run, args=(webhook,), name="webhook", daemon=True).start()
            begun += 1
        return begun

    def _run(self, webhook: str) -> None:
        try:
            for _ in range(IN_A_ROW):
                if not deliver(self._catalog, self._fetcher, webhook, self._site_url):
                    break
        except Exception:  # whatever went wrong, it is sent again when its time comes
            LOG.exception("a webhook was not sent")
        finally:
            with self._lock:
                self._under_way.discard(webhook)


def deliver(catalog: Catalog, fetcher: Fetcher, webhook: str, site_url: str = "") -> bool:
    """Send what is next to a webhook; returns whether there was something."""
    sending = catalog.next_delivery(webhook)
    if sending is None:
        return False
    if sending.delivery.kind == "changes" and not sending.told:
        catalog.nothing_to_tell(webhook, sending.delivery.id)
        return True
    catalog.delivered(webhook, sending.delivery.id, _sent(fetcher, sending, site_url))
    return True


def _sent(fetcher: Fetcher, sending: Sending, site_url: str) -> Attempt:
    now, began = datetime.now(UTC), time.monotonic()
    headers, body = message(sending, now, site_url)
    try:
        reply = fetcher.post(sending.webhook.url, body, headers, limits=LIMITS)
    except Unfetched as problem:
        return Attempt(at=now, error=problem.code, milliseconds=_since(began))
    return Attempt(at=now, status=reply.status, answer=_first(reply), milliseconds=_since(began), after=_after(reply))


def message(sending: Sending, now: datetime, site_url: str = "") -> tuple[Mapping[str, str], bytes]:
    """Give headers and body of a delivery, signed for this moment (Standard Webhooks)."""
    one, stamp = sending.delivery, int(now.timestamp())
    body = json.dumps(_body(sending, site_url), ensure_ascii=False, separators=(",", ":")).encode()
    return {
        "Content-Type": "application/json; charset=utf-8",
        "webhook-id": one.id,
        "webhook-timestamp": str(stamp),
        "webhook-signature": signature(sending.webhook.secrets(now), one.id, stamp, body),
    }, body


def _body(sending: Sending, site_url: str) -> dict[str, Any]:
    one = sending.delivery
    body: dict[str, Any] = {"type": "webhook.ping" if one.kind == "ping" else "catalog.changed",
                            "version": VERSION, "timestamp": _moment(one.created),
                            "data": {"webhook": one.webhook, "site": site_url}}
    if one.kind == "changes":
        body["data"] |= {
            "sequence": sending.told[-1].change.sequence,
            "changes": [_change(each, site_url) for each in sending.told],
        }
    return body


def _change(told: Told, site_url: str) -> dict[str, Any]:
    """Tell of a change; of what was withdrawn there is no word but that it was."""
    change, entry = told.change, told.entry
    dataset: dict[str, Any] = {"id": entry.id, "slug": entry.slug, "organization": told.agency, "state": entry.state}
    if entry.state != "withdrawn":
        dataset |= {"title": dict(entry.about.title), "version": entry.version,
                    "visibility": entry.visibility, "modified": _moment(entry.modified)}
        if entry.announced:
            dataset["announced"] = [
                {"resource": one.resource, "columns": list(one.columns), "effective": one.effective.isoformat(),
                 "words": dict(one.words)} for one in entry.announced
            ]
    dataset["url"] = f"{site_url}/datasets/{entry.slug}"
    dataset["api"] = f"{site_url}/api/v1/datasets/{entry.id}"
    return {"sequence": change.sequence, "at": _moment(change.at), "kind": change.kind, "version": change.version,
            "dataset": dataset}


def _moment(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def _since(began: float) -> int:
    return round((time.monotonic() - began) * 1000)


def _first(reply: Reply) -> str:
    """Give the first letters of an answer, as text without anything that moves a cursor."""
    text = reply.body[: FIRST * 4].decode("utf-8", "replace")
    return "".join(sign if sign.isprintable() else " " for sign in text[:FIRST]).strip()


def _after(reply: Reply) -> int | None:
    said = reply.headers.get("retry-after", "").strip()
    return int(said) if said.isascii() and said.isdecimal() and len(said) < 10 else None  # noqa: PLR2004 - no date
