"""Use cases of webhooks for the worker: who is to be told of which changes, in batches along the change sequence."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from urllib.parse import parse_qsl

from catalog import question
from catalog.catalog.finding import Finding, audience
from catalog.catalog.hooking import KEPT, READER, Hooking
from catalog.errors import Unavailable
from catalog.model import Caller, Change, Entry
from catalog.ports import Unit
from catalog.question import Values
from catalog.webhook import GIVES_UP, GONE, Attempt, Delivery, Webhook, pause

BATCH = 100
"""Changes in one delivery."""

SCANNED = 1000
"""Changes that are looked through in one transaction."""

LEASE = timedelta(seconds=90)
"""How long a delivery may be under way before it is taken up again, as whoever had it was killed."""

SEARCH_BEHIND = timedelta(seconds=2)
MOST_HOOKS = 100_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A change with the dataset as its owner may see it now, and its agency's public id."""

    change: Change
    entry: Entry
    agency: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Sending:
    """What is to be sent now; ``webhook`` has its secrets."""

    webhook: Webhook
    delivery: Delivery
    told: tuple[Told, ...] = ()


class Delivering(Finding, Hooking):
    """Each webhook is a reader of the change sequence with a place of its own: what fails waits; nothing is lost."""

    def follow_webhooks(self, limit: int = SCANNED) -> int:
        """Wake the webhooks that the next batch of changes concerns; returns how many changes that were."""
        changes = self.follow(READER, limit)
        if not changes:
            return 0
        last = changes[-1].sequence
        with self._records.begin() as unit:
            idle = unit.webhooks(idle=True, limit=MOST_HOOKS)
            woken = _woken(idle, changes, _entries(unit, changes)) if idle else []
            unit.pass_webhooks(last, woken, self._now())
            unit.advance(READER, last)
        return len(changes)

    def due_webhooks(self, limit: int = 50) -> Sequence[str]:
        """Give the ids of those to which something is to be sent now."""
        with self._records.read() as unit:
            return [one.id for one in unit.webhooks(due=self._now(), limit=limit)]

    def next_delivery(self, webhook: str) -> Sending | None:
        """Take what is to be sent next to a webhook; None where there is nothing. It is kept before it is sent.

        Who takes it has a minute and a half; then somebody else does, under the same id.
        """
        now = self._now()
        with self._records.read() as unit:  # search may be slow: no writer waits for it
            found = unit.webhook(webhook)
            if found is None or found.state != "active" or found.due is None or found.due > now:
                return None
            owner = self._bearer(unit, found)
            one, delivery = self._next_for(unit, found, owner) if owner else (replace(found, due=None), None)
            told = self._told(unit, owner, delivery) if owner and delivery else ()
        with self._records.begin() as unit:
            if unit.webhook(webhook) != found:  # its owner changed it meanwhile: it is looked at again
                return None
            one = replace(one, due=now + LEASE) if delivery else one
            unit.save_webhook(one)
            if delivery is None:
                return None
            unit.save_delivery(delivery)
            unit.drop_deliveries(one.id, KEPT)
        return Sending(webhook=one, delivery=delivery, told=told)

    @staticmethod
    def _bearer(unit: Unit, one: Webhook) -> Caller | None:
        person = unit.person(one.person)
        if person is None or person.disabled:
            return None
        roles = {each.organisation: each.role for each in unit.memberships(person=person.id)}
        return Caller(person=person, roles=roles)

    def _next_for(self, unit: Unit, one: Webhook, owner: Caller) -> tuple[Webhook, Delivery | None]:
        """Give what its owner asked for once more, else what failed before, else the next changes."""
        for key in (*one.again, *([one.pending] if one.pending else [])):
            found = unit.delivery(key)
            if found is not None:
                return one, found
            one = replace(one, again=tuple(each for each in one.again if each != key),
                          pending="" if one.pending == key else one.pending)
        end = unit.position(READER)
        if one.scope == "search":
            end = min(end, unit.position("index"))
        page = [each for each in unit.changes(one.position, SCANNED) if each.sequence <= end]
        try:
            wanted = self._wanted(unit, one, owner, page)[:BATCH]
        except Unavailable:  # search is away: it is asked again
            return replace(one, due=self._now() + SEARCH_BEHIND), None
        if not wanted:
            return self._nothing_new(unit, one, page), None
        made = Delivery(id=self._new_id(), webhook=one.id, changes=tuple(each.sequence for each in wanted),
                        created=self._now())
        return replace(one, pending=made.id), made

    def _nothing_new(self, unit: Unit, one: Webhook, page: Sequence[Change]) -> Webhook:
        reached = page[-1].sequence if page else one.position
        due = None
        if unit.position(READER) > reached:
            due = self._now() if page else self._now() + SEARCH_BEHIND
        return replace(one, position=reached, due=due)

    def _wanted(self, unit: Unit, one: Webhook, owner: Caller, page: Sequence[Change]) -> list[Change]:
        """Give the changes that the webhook is for, of datasets that its owner may see."""
        entries = {key: entry for key, entry in _entries(unit, page).items() if self._sees(owner, entry)}
        seen = [each for each in page if each.dataset in entries and _fits(one, entries[each.dataset])]
        if one.scope != "search" or not seen:
            return seen
        ids = tuple({each.dataset for each in seen})
        found: set[str] = set()
        asked = question.read(parse_qsl(one.subject))
        for at in range(0, len(ids), BATCH):
            some = ids[at : at + BATCH]
            answer = self._index.ask(replace(
                asked, audience=audience(owner), filters=self._filters(unit, asked), where=Values("id", some),
                facets=(), limit=len(some), marks=False, sort="modified",
            ))
            if answer.degraded:
                raise Unavailable("search-missing")
            found.update(hit.id for hit in answer.hits)
        return [each for each in seen if each.dataset in found]

    def _told(self, unit: Unit, owner: Caller, delivery: Delivery) -> tuple[Told, ...]:
        """Give the changes of a delivery with what may be seen of their datasets at this moment."""
        changes = [each for number in delivery.changes for each in unit.changes(number - 1, 1)
                   if each.sequence == number]
        entries = _entries(unit, changes)
        agencies = {one.organisation: unit.organisation(one.organisation) for one in entries.values()}
        return tuple(
            Told(change=each, entry=entry, agency=agency.public_id if agency else "")
            for each in changes
            if (entry := entries.get(each.dataset)) is not None and self._sees(owner, entry)
            for agency in [agencies[entry.organisation]]
        )

    def delivered(self, webhook: str, delivery: str, attempt: Attempt) -> None:
        """Note what came of sending; decide when to try again, or to give up."""
        with self._records.begin() as unit:
            one, sent = unit.webhook(webhook), unit.delivery(delivery)
            if one is None or sent is None:
                return
            planned = one.pending == delivery
            before = "delivered" if sent.state == "delivered" else "waiting" if planned else "failed"
            sent = sent.tried(attempt, "delivered" if attempt.good else before)  # type: ignore[arg-type]
            unit.save_delivery(sent)
            one = replace(one, again=tuple(each for each in one.again if each != delivery))
            one = self._after_good(unit, one, sent, planned=planned) if attempt.good else self._after_bad(
                unit, one, sent, attempt, planned=planned)
            unit.save_webhook(replace(one, due=None) if one.state != "active" else one)

    def _after_good(self, unit: Unit, one: Webhook, sent: Delivery, *, planned: bool) -> Webhook:
        if planned:
            one = replace(one, pending="", position=max(one.position, *sent.changes), failing_since=None)
        more = one.again or one.pending or unit.position(READER) > one.position
        return replace(one, due=self._now() if more else None)

    def _after_bad(self, unit: Unit, one: Webhook, sent: Delivery, attempt: Attempt, *, planned: bool) -> Webhook:
        now = self._now()
        if attempt.status == GONE:
            return self._disabled(unit, one, "gone")
        if not planned:
            more = one.again or (not one.pending and unit.position(READER) > one.position)
            waits = unit.delivery(one.pending) if one.pending else None
            later = now + pause(waits.tries, None) if waits else None
            return replace(one, due=now if more else later)
        since = one.failing_since or now
        if now - since >= GIVES_UP:
            return self._disabled(unit, one, "failing")
        return replace(one, failing_since=since, due=now + pause(sent.tries, attempt.after))

    def _disabled(self, unit: Unit, one: Webhook, reason: str) -> Webhook:
        unit.audit("system", "disable-webhook", one.id, reason=reason)
        return replace(one, state="disabled", reason=reason, due=None)

    def nothing_to_tell(self, webhook: str, delivery: str) -> None:
        """Note that nothing of a delivery may be seen any more: it is not sent."""
        with self._records.begin() as unit:
            one, sent = unit.webhook(webhook), unit.delivery(delivery)
            if one is None or sent is None:
                return
            unit.save_delivery(replace(sent, state="nothing"))
            one = replace(one, again=tuple(each for each in one.again if each != delivery))
            unit.save_webhook(self._after_good(unit, one, sent, planned=one.pending == delivery))

    def webhook_counts(self) -> Mapping[str, int]:
        """Count webhooks: active, failing just now, disabled; for metrics."""
        with self._records.read() as unit:
            return dict(zip(("active", "failing", "disabled"), unit.count_webhooks(), strict=True))


def _entries(unit: Unit, changes: Sequence[Change]) -> Mapping[str, Entry]:
    ids = list(dict.fromkeys(one.dataset for one in changes if one.dataset))
    pages = [ids[at : at + BATCH] for at in range(0, len(ids), BATCH)]
    return {one.id: one for page in pages for one in unit.entries(ids=page, limit=BATCH)}


def _fits(one: Webhook, entry: Entry) -> bool:
    if entry.kind != "dataset":
        return False
    match one.scope:
        case "organization":
            return entry.organisation == one.subject
        case "dataset":
            return entry.id == one.subject
        case _:
            return True


def _woken(idle: Sequence[Webhook], changes: Sequence[Change], entries: Mapping[str, Entry]) -> list[str]:
    """Give those that a batch may concern; whether it does is looked at when they are told."""
    changed = {one.dataset for one in changes if one.dataset in entries}
    owners = {entries[one].organisation for one in changed}
    return [
        one.id for one in idle
        if (one.scope == "dataset" and one.subject in changed)
        or (one.scope == "organization" and one.subject in owners)
        or (one.scope in ("site", "search") and changed)
    ]
