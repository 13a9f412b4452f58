"""Use cases of notices: facts in the audit chain become what people are told, on their desks and by e-mail."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from catalog.catalog.base import Base
from catalog.errors import Conflict, NotFound, Problem
from catalog.grace import grace_of
from catalog.members import NAME, PASSWORD_LEAST, check_email, refuse
from catalog.model import AuditRow, Caller, Entry, Membership, Person, Role
from catalog.notice import INVITE_LASTS, KEPT_DAYS, MOST_TRIES, RESET_LASTS, SECRET_KINDS, Notice, pause
from catalog.outage import Outage
from catalog.permit import may
from catalog.ports import Unit
from catalog.quality import VIETNAM
from catalog.secrets import digest, new_secret
from catalog.voice import Voice

PLACE = "notices-place"
"""The fact about the site that says how far the audit chain was read."""

BATCH = 200
OLD = timedelta(days=7)
"""What is older is told to nobody any more: a chain that is read for the first time may be long."""

SOON = timedelta(days=7)
RESET_EVERY = 600
"""Seconds in which one letter at most goes to somebody who forgot her password."""

PASSWORD_LIMIT = 1000
LONGEST_TITLE = 200
ROLES: Mapping[str, Role] = {"reader": "reader", "editor": "editor", "reviewer": "reviewer", "admin": "admin"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What is to be told: the fact's own name, its kind, and whom: people (ids), or whoever spoke."""

    key: str
    kind: str
    people: Sequence[str] = ()
    voice: str = ""
    link: str = ""
    params: Mapping[str, Any]


class Noticing(Base):
    """What happened is read from the audit chain, in one transaction with how far it was read: no fact is lost.

    Each notice has a key made of the fact and the person, so that none is told twice.
    """

    # -- making notices (worker) ----------------------------------------------------------------------------------
    def follow_notices(self, *, mail: bool, limit: int = BATCH) -> int:
        """Turn the next deeds into notices; ``mail`` tells whether letters go out. Returns how many deeds."""
        with self._records.read() as unit:
            place, newest = int(unit.site(PLACE) or 0), next((row.sequence for row in unit.deeds(limit=1)), 0)
            rows = unit.audit_rows(place if place <= newest else 0, limit)  # a site that was emptied counts anew
        if not rows:
            return 0
        with self._records.begin() as unit:
            for row in rows:
                if row.at > self._now() - OLD:
                    for told in _told(unit, row):
                        self._tell_all(unit, told, mail=mail)
            unit.set_site(PLACE, str(rows[-1].sequence))
        return len(rows)

    def notice_due_days(self, *, mail: bool, away: Sequence[Outage] = ()) -> int:
        """Tell agencies of datasets whose promised update is near or over, once for each day promised.

        Days on which the site was ``away`` are added to what was promised.
        """
        today, count, after = self._now().astimezone(VIETNAM).date(), 0, ""
        grace = grace_of(away, self._now())
        while True:
            with self._records.read() as unit:
                entries = unit.entries(after=after, limit=BATCH)
                heads = unit.outlines([one.id for one in entries if one.state == "published"])
            if not entries:
                return count
            after = entries[-1].id
            for one in entries:
                head = heads.get(one.id)
                due = grace.promised(one.about.frequency, head.issued) if head else None
                if one.state == "published" and due is not None and due - SOON <= today:
                    count += self._due(one, due, over=today > due, mail=mail)

    def _due(self, one: Entry, due: date, *, over: bool, mail: bool) -> int:
        kind = "overdue" if over else "due-soon"
        with self._records.begin() as unit:
            return self._tell_all(unit, Told(
                key=f"{kind}:{one.id}:{due}", kind=kind, people=_workers(unit, one.organisation, "upload"),
                link=f"/datasets/{one.slug}", params={**_called(one), "due": due.isoformat()}), mail=mail)

    def _tell_all(self, unit: Unit, told: Told, *, mail: bool) -> int:
        now = self._now()
        return sum(unit.add_notice(Notice(
            id=self._new_id(), key=f"{told.key}:{person}"[:200], kind=told.kind, person=person, voice=told.voice,
            link=told.link, params=dict(told.params), created=now, mail="waiting" if mail else "none",
            due=now if mail else None,
        )) for person in (told.people or ([""] if told.voice else [])))

    def forget_notices(self) -> int:
        """Forget what was told long ago."""
        with self._records.begin() as unit:
            return unit.drop_notices(self._now() - timedelta(days=KEPT_DAYS))

    # -- sending letters (worker) ---------------------------------------------------------------------------------
    def letters_due(self, limit: int = 20) -> Sequence[Notice]:
        """Give the notices whose letters are to be sent now."""
        with self._records.read() as unit:
            return unit.notices_to_send(self._now(), limit)

    def addressee(self, one: Notice) -> tuple[str, str, str]:
        """Give mailbox and language of whom a notice is for, ("", …) where there is none now; and the key to send.

        A letter that bears a key gets a new one each time it is written: only its hash is kept.
        """
        with self._records.begin() as unit:
            if one.voice and not one.person:
                said = unit.voice(one.voice)
                return (said.contact, said.language, "") if said else ("", "", "")
            person = unit.person(one.person)
            if person is None or person.disabled or not person.email:
                return "", "", ""
            if one.kind == "reset" and one.created + RESET_LASTS < self._now():  # asked for when no letters went out
                return "", "", ""
            secret = ""
            if one.kind in SECRET_KINDS:
                lasts = RESET_LASTS if one.kind == "reset" else INVITE_LASTS
                secret = new_secret()
                unit.add_key(digest(secret), person.id, self._now() + lasts)
            return person.email, person.language, secret

    def letter_sent(self, notice: str, *, error: str = "", again: bool = False) -> Notice | None:
        """Note how sending went: sent; or to be tried again with growing pauses; or given up."""
        now = self._now()
        with self._records.begin() as unit:
            one = unit.notice(notice)
            if one is None or one.mail != "waiting":
                return one
            tries = one.tries + 1
            if not error:
                one = replace(one, mail="sent", sent=now, tries=tries, due=None, error="")
            elif again and tries < MOST_TRIES:
                one = replace(one, tries=tries, due=now + pause(tries), error=error[:200])
            else:
                one = replace(one, mail="failed", tries=tries, due=None, error=error[:200])
            unit.save_notice(one)
        return one

    # -- reading them ---------------------------------------------------------------------------------------------
    def notices(self, caller: Caller, *, unread: bool = False, limit: int = 50) -> Sequence[Notice]:
        """Give the caller's own notices, newest first. Raises NotKnown."""
        self._actor(caller)
        assert caller.person is not None
        with self._records.read() as unit:
            found = unit.notices(caller.person.id, unread=unread, limit=limit)
        return [one for one in found if one.kind not in SECRET_KINDS]

    def read_notices(self, caller: Caller) -> int:
        """Note that the caller has read all of hers; returns how many she had not. Raises NotKnown."""
        self._actor(caller)
        assert caller.person is not None
        with self._records.begin() as unit:
            found = unit.notices(caller.person.id, unread=True, limit=1000)
            for one in found:
                unit.save_notice(replace(one, read=self._now()))
        return len(found)

    # -- passwords without an operator ------------------------------------------------------------------------------
    def ask_reset(self, name: str) -> None:
        """Let a letter go to whoever has this sign-in name or mailbox, if anybody has; nothing is said of that."""
        now = self._now()
        slot = int(now.timestamp()) // RESET_EVERY
        with self._records.begin() as unit:
            person = _by_name(unit, name.strip())
            if person is not None and person.email and not person.disabled:
                told = Told(key=f"reset:{slot}", kind="reset", people=[person.id], params={"name": person.name})
                self._tell_all(unit, told, mail=True)

    def invite(self, caller: Caller, organisation: str, *, name: str, email: str, role: str, title: str = "") -> Person:
        """Make an account for somebody of the agency, who chooses her password by the letter she gets.

        Raises NotKnown, NotAllowed, NotFound, Invalid, Conflict("name-taken").
        """
        actor, now = self._actor(caller), self._now()
        refuse((*([] if email.strip() else [Problem("#/email", "required")]), *check_email("#/email", email.strip()),
                *([] if role in ROLES else [Problem("#/role", "unknown-value", {"value": role})]),
                *_name_problems(name)))
        with self._records.begin() as unit:
            owner = self._organisation(unit, organisation)
            self._must(caller, "manage-agency", organisation=owner.id)
            if unit.person(name) is not None:
                raise Conflict("name-taken", problems=[Problem("#/name", "name-taken")])
            person = Person(id=self._new_id(), name=name, title=title.strip()[:300], email=email.strip(), created=now)
            unit.add_person(person)
            unit.set_membership(Membership(organisation=owner.id, person=person.id, role=ROLES[role]))
            unit.audit(actor, "add-person", person.id, name=name, role="person", organisation=owner.id, invited=True)
        return person

    def key_opens(self, secret: str) -> bool:
        """Tell whether a letter's key still lets somebody choose a password."""
        with self._records.read() as unit:
            return bool(unit.key_of(digest(secret), self._now()))

    def choose_password(self, secret: str, password: str) -> Person:
        """Set a password by the key of a letter, once; every session of the person ends. Raises NotFound, Invalid."""
        limits = {"least": PASSWORD_LEAST, "limit": PASSWORD_LIMIT}
        fits = PASSWORD_LEAST <= len(password) <= PASSWORD_LIMIT
        refuse([] if fits else [Problem("#/password", "password-length", limits)])
        if not self.key_opens(secret):  # before the slow hash
            raise NotFound
        kept = self._hasher.hash(password)
        with self._records.begin() as unit:
            person = unit.person(unit.key_of(digest(secret), self._now()) or "-")
            if person is None or person.disabled:
                raise NotFound
            unit.drop_keys(person.id)
            unit.set_password_hash(person.id, kept)
            unit.drop_sessions(person=person.id)
            unit.audit(person.name, "choose-password", person.id)
        return person


def _told(unit: Unit, row: AuditRow) -> Iterator[Told]:
    """Say who is to be told what of a deed."""
    if row.act in ("submit", "reject", "check-blocked", "check-failed", "schedule-missed"):
        yield from _of_submission(unit, row)
    elif row.act in ("approve", "publish") and row.detail.get("submissions"):
        yield from _of_publication(unit, row)
    elif row.act.startswith("ask-") and "number" in row.detail:
        yield from _of_voice(unit, row)
    elif row.act in ("answer-voice", "refuse-voice", "escalate-voice"):
        yield from _of_answer(unit, row)
    elif row.act == "recheck-open":
        entry = unit.entry(row.object)
        if entry is not None:
            release = str(row.detail.get("release", ""))
            yield Told(key=f"codelist:{release}:{entry.id}", kind="codelist",
                       people=_workers(unit, entry.organisation, "upload"),
                       link=f"/datasets/{entry.slug}/rechecks/{release}",
                       params={**_called(entry), "codelist": row.detail.get("codelist", ""),
                               "rows": row.detail.get("rows", 0)})
    elif row.act == "add-person" and row.detail.get("invited"):
        person = unit.person(row.object)
        if person is not None and not unit.password_hash(person.id):
            yield Told(key="invite", kind="invite", people=[person.id], params={
                "name": person.name, **_host(unit, row)})


def _of_submission(unit: Unit, row: AuditRow) -> Iterator[Told]:
    one = unit.submission(row.object)
    entry = unit.entry(one.dataset) if one else None
    if one is None or entry is None:
        return
    kind = {"submit": "review", "reject": "returned", "schedule-missed": "not-out"}.get(row.act, "blocked")
    mine = list(dict.fromkeys(key for key in (one.by, str(row.detail.get("by") or "")) if key))
    people = _workers(unit, entry.organisation, "approve") if kind == "review" else mine
    actor = unit.person(row.actor)
    left = {actor.id if actor else "", one.by if kind == "review" else ""}
    yield Told(key=f"{kind}:{row.sequence}", kind=kind, people=[key for key in people if key not in left],
               link=f"/submissions/{one.id}", params=_called(entry))


def _of_publication(unit: Unit, row: AuditRow) -> Iterator[Told]:
    """Tell whoever sent a file that it came out at its hour, or that somebody else did it."""
    entry, actor = unit.entry(row.object), unit.person(row.actor)
    for one in map(unit.submission, row.detail["submissions"]):
        if entry is None or one is None or actor is None:
            continue
        kind, people = "approved", [one.by] if one.by != actor.id else []
        if one.due is not None and one.due <= row.at:
            kind, people = "came-out", list(dict.fromkeys((one.by, one.due_by)))
        yield Told(key=f"{kind}:{one.id}:{row.sequence}", kind=kind, people=[key for key in people if key],
                   link=f"/submissions/{one.id}", params=_called(entry))


def _host(unit: Unit, row: AuditRow) -> dict[str, str]:
    """Give who invites, to which agency; "" where nobody of an agency did."""
    agency, host = unit.organisation(str(row.detail.get("organisation") or "-")), unit.person(row.actor)
    return {"agency": _words(agency.title) if agency else "", "by": (host.title or host.name) if host else ""}


def _called(entry: Entry) -> dict[str, Any]:
    """Give the address of a dataset, for programs, and its name, for people."""
    return {"dataset": entry.slug, "title": _words(entry.about.title)}


def _words(text: Mapping[str, str]) -> str:
    """Give a name as the site writes it: in Vietnamese where it has that."""
    return next((text[one] for one in ("vi", "en", *text) if text.get(one)), "")[:LONGEST_TITLE]


def _of_voice(unit: Unit, row: AuditRow) -> Iterator[Told]:
    one = unit.voice(str(row.detail["number"]))
    if one is not None:
        kind = "personal" if one.personal else one.kind
        yield Told(key=f"{kind}:{one.number}", kind=kind, people=_answerers(unit, one), link=f"/voices/{one.number}",
                   params=_about(unit, one))


def _of_answer(unit: Unit, row: AuditRow) -> Iterator[Told]:
    one = unit.voice(row.object)
    if one is None:
        return
    if row.act == "escalate-voice":
        agency = unit.organisation(one.organisation) if one.organisation else None
        yield Told(key=f"late-answer:{one.number}", kind="late-answer", people=_operators(unit),
                   link=f"/voices/{one.number}",
                   params={**_about(unit, one), "agency": _words(agency.title) if agency else ""})
    elif one.contact:
        yield Told(key=f"answered:{row.sequence}", kind="answered", voice=one.number, link=f"/voices/{one.number}",
                   params={"number": one.number})


def _about(unit: Unit, one: Voice) -> dict[str, Any]:
    entry = unit.entry(one.dataset) if one.dataset else None
    about = _called(entry) if entry else {"dataset": "", "title": ""}
    return {"number": one.number, **about, "due": one.due.astimezone(
        VIETNAM).date().isoformat()}


def _answerers(unit: Unit, one: Voice) -> list[str]:
    """Give who answers: people of the agency, else operators; operators too where personal data are reported."""
    mine = _workers(unit, one.organisation, "answer-voices") if one.organisation else []
    return list(dict.fromkeys([*mine, *(_operators(unit) if one.personal or not mine else [])]))


def _workers(unit: Unit, organisation: str, act: str) -> list[str]:
    """Give the people of an agency who may do an act there."""
    found = []
    for one in unit.memberships(organisation=organisation):
        person = unit.person(one.person)
        if person is not None and may(Caller(person=person, roles={organisation: one.role}), act,
                                      organisation=organisation):
            found.append(person.id)
    return found


def _operators(unit: Unit) -> list[str]:
    return [one.id for one in unit.people() if may(Caller(person=one), "operate")]


def _by_name(unit: Unit, name: str) -> Person | None:
    found = unit.person(name) if name else None
    if found is not None and found.name == name:
        return found
    same = [one for one in unit.people() if one.email and one.email.casefold() == name.casefold()]
    return same[0] if len(same) == 1 else None


def _name_problems(name: str) -> Iterator[Problem]:
    if not NAME.fullmatch(name) or name == "system":
        yield Problem("#/name", "not-a-name")
