"""Use cases about agencies: their description, members, and what becomes of them when the state is reorganised."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, get_args

from catalog.catalog.base import Base
from catalog.catalog.people import refuse_last_admin
from catalog.errors import Conflict, Invalid, NotAllowed, NotFound, Outdated, Problem
from catalog.events import DatasetChanged
from catalog.members import CODE, TITLE_LIMIT, check_slug, check_text, refuse, slug_of
from catalog.model import Caller, Closing, Entry, Membership, Organisation, Person, Review, Role
from catalog.permit import may
from catalog.ports import Unit
from standards.portable import to_json
from standards.record import Text

REVIEWS: dict[str, Review] = {"none": "none", "second_person": "second_person"}
ROLES: dict[str, Role] = {"reader": "reader", "editor": "editor", "reviewer": "reviewer", "admin": "admin"}
ACTS: tuple[str, ...] = ("rename", "merge", "split", "close")
PAGE = 500


class Agencies(Base):
    """Agencies: everybody sees them, an operator makes and reorganises them, their admins keep people and rules."""

    def add_organisation(self, caller: Caller, *, code: str = "", slug: str = "", title: Text,
                         description: Text | None = None, demo: bool = False) -> Organisation:
        """Make an agency. Raises NotAllowed, Invalid, Conflict("slug-taken" | "code-taken")."""
        actor = self._actor(caller)
        self._must(caller, "add-agency")
        address = slug or slug_of(next(iter(title.values()), ""), "organization")
        refuse(_problems(code=code, slug=address, title=title, description=description))
        now = self._now()
        one = Organisation(
            id=self._new_id(), slug=address, code=code, title=dict(title), description=dict(description or {}),
            review=REVIEWS[self._review_default], demo=demo, created=now, modified=now,
        )
        with self._records.begin() as unit:
            self._free(unit, one)
            unit.add_organisation(one)
            unit.audit(actor, "add-organisation", one.id, slug=one.slug, code=code)
        return one

    def _free(self, unit: Unit, one: Organisation) -> None:
        """Raise Conflict when another agency has, or had, one of these addresses."""
        for member, key in (("slug", one.slug), ("code", one.code)):
            other = unit.organisation(key) if key else None
            if other is not None and other.id != one.id:
                raise Conflict(f"{member}-taken", problems=[Problem(f"#/{member}", f"{member}-taken")])

    def amend_organisation(self, caller: Caller, key: str, *, title: Text | None = None,
                           description: Text | None = None, review: str | None = None,
                           declares: bool | None = None, seen: Organisation | None = None) -> Organisation:
        """Change what an agency says of itself, its rule of review, or whether it asks about secrets.

        With ``seen`` nothing is changed unless it is still that. Raises NotFound, NotAllowed, Invalid, Outdated.
        """
        actor = self._actor(caller)
        with self._records.begin() as unit:
            old = self._organisation(unit, key)
            self._must(caller, "manage-agency", organisation=old.id)
            if seen is not None and old != seen:
                raise Outdated
            refuse(_problems(title=title, description=description, review=review))
            new = replace(
                old, title=old.title if title is None else dict(title), modified=self._now(),
                description=old.description if description is None else dict(description),
                review=old.review if review is None else REVIEWS[review],
                declares=old.declares if declares is None else declares,
            )
            unit.save_organisation(new)
            unit.audit(actor, "amend-organisation", old.id, review=new.review, declares=new.declares)
            last = 0 if new.title == old.title else self._retell(unit, old.id)
        self._settled(caller, last)
        return new

    def organisation(self, caller: Caller, key: str) -> Organisation:  # noqa: ARG002 - everybody sees agencies
        """Find an agency; raises NotFound. One that was merged says by ``successor`` where its address leads."""
        with self._records.read() as unit:
            return self._organisation(unit, key)

    def organisations(self, caller: Caller) -> Sequence[Organisation]:  # noqa: ARG002 - everybody sees agencies
        """All agencies, in the order of their making."""
        with self._records.read() as unit:
            return unit.organisations()

    def organisations_with_addresses(self, caller: Caller) -> Sequence[tuple[Organisation, Sequence[str]]]:  # noqa: ARG002 - everybody sees agencies
        """All agencies of one state of the records, each with the addresses that it had before."""
        with self._records.read() as unit:
            former = unit.every_alias("organisation")
            return [(one, former.get(one.id, ())) for one in unit.organisations()]

    # -- members ------------------------------------------------------------------------------------------------
    def set_member(self, caller: Caller, organisation: str, person: str, role: str) -> Membership:
        """Give a person a role. Raises NotFound, NotAllowed, Invalid, Conflict("last-admin")."""
        actor = self._actor(caller)
        with self._records.begin() as unit:
            agency = self._organisation(unit, organisation)
            self._must(caller, "manage-agency", organisation=agency.id)
            if role not in get_args(Role):
                raise Invalid(problems=[Problem("#/role", "unknown-value", {"value": role})])
            member = self._anybody(unit, person)
            old = {one.person: one.role for one in unit.memberships(organisation=agency.id)}.get(member.id)
            if old == "admin" and role != "admin":
                refuse_last_admin(unit, agency.id, member.id)
            membership = Membership(organisation=agency.id, person=member.id, role=ROLES[role])
            unit.set_membership(membership)
            unit.audit(actor, "set-member", agency.id, person=member.id, role=role)
        return membership

    def drop_member(self, caller: Caller, organisation: str, person: str) -> None:
        """Take a person's role away. Raises NotFound, NotAllowed, Conflict("last-admin")."""
        actor = self._actor(caller)
        with self._records.begin() as unit:
            agency = self._organisation(unit, organisation)
            self._must(caller, "manage-agency", organisation=agency.id)
            member = self._anybody(unit, person)
            old = {one.person: one.role for one in unit.memberships(organisation=agency.id)}.get(member.id)
            if old is None:
                raise NotFound("member-not-found")
            if old == "admin":
                refuse_last_admin(unit, agency.id, member.id)
            unit.drop_membership(agency.id, member.id)
            unit.audit(actor, "drop-member", agency.id, person=member.id)

    @staticmethod
    def _anybody(unit: Unit, key: str) -> Person:
        person = unit.person(key)
        if person is None or person.disabled:
            raise NotFound("person-not-found", pointer="#/user")
        return person

    def members(self, caller: Caller, organisation: str) -> Sequence[tuple[Person, Membership]]:
        """Tell who works in an agency, to those who do. Raises NotFound, NotAllowed."""
        with self._records.read() as unit:
            agency = self._organisation(unit, organisation)
            self._must(caller, "see-members", organisation=agency.id)
            found = [(unit.person(one.person), one) for one in unit.memberships(organisation=agency.id)]
            return [(person, one) for person, one in found if person is not None]

    # -- reorganisation -----------------------------------------------------------------------------------------
    def restructure(self, caller: Caller, key: str, closing: Closing) -> Organisation:
        """Rename, merge, split or close an agency, with date and legal basis.

        Datasets and drafts move to ``into`` (``datasets`` says where each goes in a split), old addresses lead on, past
        versions keep the publisher they had. In a merger members follow with their role, an admin as reviewer. Raises
        NotFound, NotAllowed, Invalid, Conflict("organisation-closed").
        """
        actor = self._actor(caller)
        with self._records.begin() as unit:
            old = self._organisation(unit, key)
            if not may(caller, "restructure", organisation=old.id):
                raise NotAllowed(act="restructure")
            if old.state != "open":
                raise Conflict("organisation-closed", organisation=old.public_id)
            refuse(_closing_problems(closing))
            into = [self._organisation(unit, one, "#/into") for one in closing.into]
            if any(one.id == old.id or one.state != "open" for one in into):
                raise Invalid(problems=[Problem("#/into", "not-open")])
            new, last = self._renamed(unit, old, closing) if closing.act == "rename" else (
                self._ended(unit, old, closing, into)
            )
            unit.audit(actor, f"organisation-{closing.act}", old.id, day=closing.day.isoformat(), basis=closing.basis,
                       into=[one.id for one in into])
        self._settled(caller, last)
        return new

    def _renamed(self, unit: Unit, old: Organisation, closing: Closing) -> tuple[Organisation, int]:
        new = replace(
            old, title=dict(closing.title) or old.title, slug=closing.slug or old.slug, code=closing.code or old.code,
            modified=self._now(),
        )
        refuse(_problems(code=new.code, slug=new.slug, title=new.title))
        self._free(unit, new)
        for before, after in ((old.slug, new.slug), (old.code, new.code)):
            if before and before != after:
                unit.add_alias("organisation", before, old.id)
            unit.drop_alias("organisation", after)
        new = _told(new, closing, names(old), names(new))
        unit.save_organisation(new)
        return new, self._retell(unit, old.id)

    def _ended(self, unit: Unit, old: Organisation, closing: Closing,
               into: Sequence[Organisation]) -> tuple[Organisation, int]:
        entries = list(entries_of(unit, old.id))
        target = into[0] if into and closing.act != "split" else None
        goes = self._split(unit, entries, closing, into) if closing.act == "split" else {
            entry.id: target.id for entry in entries if target
        }
        last = 0
        for entry in entries:
            if entry.id in goes:
                last = unit.announce(DatasetChanged(dataset=entry.id))
                unit.save_entry(replace(entry, organisation=goes[entry.id], sequence=last))
        if target and closing.act == "merge":
            self._follow(unit, old.id, target.id)
        new = _told(replace(
            old, state="merged" if closing.act == "merge" else "closed", successor=target.id if target else None,
            modified=self._now(),
        ), closing, names(old), [names(one) for one in into])
        unit.save_organisation(new)
        return new, last

    @staticmethod
    def _split(unit: Unit, entries: Sequence[Entry], closing: Closing, into: Sequence[Organisation]) -> dict[str, str]:
        """Tell where each dataset goes; raises Invalid when one is left behind."""
        found = {key: (unit.entry(key), unit.organisation(where)) for key, where in closing.datasets.items()}
        heirs = {one.id for one in into}
        goes = {entry.id: heir.id for entry, heir in found.values() if entry and heir and heir.id in heirs}
        left = [entry.slug for entry in entries if entry.id not in goes]
        if left:
            raise Invalid(problems=[Problem("#/datasets", "datasets-left", {"datasets": left[:100]})])
        return goes

    @staticmethod
    def _follow(unit: Unit, old: str, target: str) -> None:
        there = {one.person for one in unit.memberships(organisation=target)}
        for one in unit.memberships(organisation=old):
            if one.person not in there:
                role: Role = "reviewer" if one.role == "admin" else one.role
                unit.set_membership(Membership(organisation=target, person=one.person, role=role))

    @staticmethod
    def _retell(unit: Unit, organisation: str) -> int:
        """Announce all datasets of an agency whose name has changed; returns the last number."""
        last = 0
        for entry in list(entries_of(unit, organisation)):
            last = unit.announce(DatasetChanged(dataset=entry.id))
            unit.save_entry(replace(entry, sequence=last))
        return last


def entries_of(unit: Unit, organisation: str = "") -> Iterator[Entry]:
    """All datasets of an agency, or of the site."""
    after = ""
    while page := unit.entries(organisation=organisation, after=after, limit=PAGE):
        yield from page
        after = page[-1].id


def names(one: Organisation) -> dict[str, Any]:
    """Say what an agency is called, for its history and for the versions it publishes."""
    return {"id": one.public_id, "slug": one.slug, "title": dict(one.title)}


def _told(one: Organisation, closing: Closing, before: object, after: object) -> Organisation:
    act: Mapping[str, Any] = {
        "act": closing.act, "date": closing.day.isoformat(), "basis": closing.basis, "from": to_json(before),
        "to": to_json(after),
    }
    return replace(one, history=(*one.history, act))


def _problems(*, code: str = "", slug: str | None = None, title: Text | None = None, description: Text | None = None,
              review: str | None = None) -> Iterator[Problem]:
    if code and not CODE.fullmatch(code):
        yield Problem("#/id", "not-a-code")
    if slug is not None:
        yield from check_slug(slug)
    if title is not None:
        yield from check_text("#/title", title, required=True, limit=TITLE_LIMIT)
    if description is not None:
        yield from check_text("#/description", description)
    if review is not None and review not in REVIEWS:
        yield Problem("#/review", "unknown-value", {"value": review})


def _closing_problems(closing: Closing) -> Iterator[Problem]:
    if closing.act not in ACTS:
        yield Problem("#/act", "unknown-value", {"value": closing.act})
    if not closing.basis.strip():
        yield Problem("#/basis", "required")
    if closing.act == "rename" and not (closing.title or closing.slug or closing.code):
        yield Problem("#/title", "required")
    if (closing.act == "merge" and len(closing.into) != 1) or (closing.act == "split" and not closing.into):
        yield Problem("#/into", "required")
    if closing.act == "close" and len(closing.into) > 1:
        yield Problem("#/into", "too-many", {"limit": 1})
