"""Use cases of webhooks for their owners: made, changed, tried out, and what was sent to them looked at."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from urllib.parse import parse_qsl, urlencode

from catalog import question
from catalog.catalog.base import Base
from catalog.errors import Conflict, NotFound, Problem
from catalog.ids import new_id
from catalog.members import TITLE_LIMIT, check_choice, check_url, check_words, refuse
from catalog.model import Caller
from catalog.permit import may
from catalog.ports import Unit
from catalog.webhook import SCOPES, Delivery, Webhook, new_secret

MOST = 20
"""Webhooks of one person."""

KEPT = 100
"""Deliveries of a webhook that are kept for its owner to see."""

READER = "webhooks"
QUERY_LIMIT = 2000


class Hooking(Base):
    """Webhooks belong to the person who made them; she alone, and operators, see them. Secrets are given once."""

    def add_webhook(self, caller: Caller, *, url: str, scope: str = "site", subject: str = "",
                    title: str = "") -> Webhook:
        """Keep an address; it is told of what changes from now on. Its secret is in this answer and nowhere else.

        ``subject``: an agency, a dataset (any key) or a search (a query string), as ``scope`` says. Raises NotKnown,
        Invalid, NotFound, Conflict("webhooks-too-many").
        """
        actor, now = self._actor(caller), self._now()
        assert caller.person is not None
        refuse([*check_choice("#/scope", scope, SCOPES), *_problems(url, title)])
        with self._records.begin() as unit:
            if len(unit.webhooks(person=caller.person.id)) >= MOST:
                raise Conflict("webhooks-too-many", most=MOST)
            one = Webhook(
                id=self._new_id(), person=caller.person.id, url=url, title=title.strip(), secret=new_secret(),
                scope=next(one for one in SCOPES if one == scope), subject=self._subject(unit, caller, scope, subject),
                created=now, position=unit.last_change(),
            )
            unit.save_webhook(one)
            unit.audit(actor, "add-webhook", one.id, scope=scope, subject=one.subject)
        return one

    def _subject(self, unit: Unit, caller: Caller, scope: str, subject: str) -> str:
        """Give the id of what is meant, or the query string in a form of its own."""
        if scope == "site":
            refuse([Problem("#/subject", "unknown-value", {"value": subject})] if subject else [])
            return ""
        refuse([] if subject else [Problem("#/subject", "required")])
        if scope == "organization":
            return self._organisation(unit, subject, "#/subject").id
        if scope == "dataset":
            return self._entry(unit, caller, subject).id
        refuse(check_words("#/subject", subject, QUERY_LIMIT))
        asked = question.read(parse_qsl(subject.removeprefix("?")))
        pairs = question.write(replace(asked, after=""))
        wanted = urlencode([(name, value) for name, value in pairs if name not in ("limit", "sort")])
        refuse([] if wanted else [Problem("#/subject", "required")])
        return wanted

    def webhooks(self, caller: Caller, person: str = "") -> Sequence[Webhook]:
        """Give one's own, or for an operator those of a person (id or name); without secrets. Raises NotFound."""
        self._actor(caller)
        assert caller.person is not None
        with self._records.read() as unit:
            owner = unit.person(person) if person else caller.person
            if owner is None or not may(caller, "webhooks", person=owner.id):
                raise NotFound
            return [_bare(one) for one in unit.webhooks(person=owner.id)]

    def webhook(self, caller: Caller, key: str) -> Webhook:
        """Find one, without its secrets. Raises NotFound."""
        with self._records.read() as unit:
            return _bare(self._hook(unit, caller, key))

    def _hook(self, unit: Unit, caller: Caller, key: str) -> Webhook:
        self._actor(caller)
        one = unit.webhook(key)
        if one is None or not may(caller, "webhooks", person=one.person):
            raise NotFound
        return one

    def amend_webhook(self, caller: Caller, key: str, *, url: str | None = None, title: str | None = None,
                      active: bool | None = None) -> Webhook:
        """Change address or title, or stop it, or let it go on from where it stopped. Raises NotFound, Invalid."""
        actor = self._actor(caller)
        with self._records.begin() as unit:
            old = self._hook(unit, caller, key)
            new = replace(old, url=old.url if url is None else url, title=old.title if title is None else title.strip())
            refuse(_problems(new.url, new.title))
            if active is not None:
                new = self._switched(new, active=active)
            unit.save_webhook(new)
            unit.audit(actor, "amend-webhook", new.id, state=new.state, moved=new.url != old.url)
        return _bare(new)

    def _switched(self, one: Webhook, *, active: bool) -> Webhook:
        if not active:
            return replace(one, state="disabled", reason="by-hand", due=None) if one.state == "active" else one
        return replace(one, state="active", reason="", failing_since=None, due=self._now())

    def rotate_webhook(self, caller: Caller, key: str) -> Webhook:
        """Give it a new secret, in this answer alone; the one before signs too for a day. Raises NotFound."""
        actor = self._actor(caller)
        with self._records.begin() as unit:
            old = self._hook(unit, caller, key)
            new = replace(old, secret=new_secret(), former=old.secret, rotated=self._now())
            unit.save_webhook(new)
            unit.audit(actor, "rotate-webhook", new.id)
        return replace(new, former="")

    def drop_webhook(self, caller: Caller, key: str) -> None:
        """Forget it with what was sent. Raises NotFound."""
        actor = self._actor(caller)
        with self._records.begin() as unit:
            one = self._hook(unit, caller, key)
            unit.drop_webhook(one.id)
            unit.audit(actor, "drop-webhook", one.id)

    def webhook_deliveries(self, caller: Caller, key: str, limit: int = 50) -> Sequence[Delivery]:
        """Give what was sent, newest first. Raises NotFound."""
        with self._records.read() as unit:
            return unit.deliveries(self._hook(unit, caller, key).id, min(limit, KEPT))

    def ping_webhook(self, caller: Caller, key: str) -> Delivery:
        """Let it be sent a delivery that says nothing, once. Raises NotFound, Conflict("webhook-disabled")."""
        with self._records.begin() as unit:
            one = self._hook(unit, caller, key)
            made = Delivery(id=new_id(self._now()), webhook=one.id, kind="ping", created=self._now())
            unit.save_delivery(made)
            self._once_more(unit, one, made)
        return made

    def redeliver(self, caller: Caller, key: str, delivery: str) -> Delivery:
        """Let something be sent once more, under the id it had. Raises NotFound, Conflict("webhook-disabled")."""
        with self._records.begin() as unit:
            one = self._hook(unit, caller, key)
            found = unit.delivery(delivery)
            if found is None or found.webhook != one.id:
                raise NotFound
            self._once_more(unit, one, found)
        return found

    def _once_more(self, unit: Unit, one: Webhook, delivery: Delivery) -> None:
        if one.state != "active":
            raise Conflict("webhook-disabled")
        again = one.again if delivery.id in (*one.again, one.pending) else (*one.again, delivery.id)
        unit.save_webhook(replace(one, again=again[-KEPT:], due=self._now()))
        unit.drop_deliveries(one.id, KEPT)


def _problems(url: str, title: str) -> Sequence[Problem]:
    return [*check_url("#/url", url or "none"), *check_words("#/title", title, TITLE_LIMIT)]


def _bare(one: Webhook) -> Webhook:
    return replace(one, secret="", former="")
