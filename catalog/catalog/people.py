"""Use cases about people: accounts, tokens, sessions."""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from catalog.catalog.base import Base
from catalog.errors import Conflict, Invalid, NotFound, NotKnown, Problem
from catalog.members import NAME, PASSWORD_LEAST, TITLE_LIMIT, check_choice, check_email, check_words, refuse
from catalog.model import Caller, Person, Session, SiteRole, Token
from catalog.permit import may
from catalog.ports import Unit
from catalog.secrets import digest, new_secret

ROLES: dict[str, SiteRole] = {"person": "person", "steward": "steward", "operator": "operator"}
SESSION_LASTS = timedelta(days=14)
USED_EVERY = timedelta(hours=1)
PASSWORD_LIMIT = 1000


class People(Base):
    """People of the site. An operator makes and disables them; each looks after her own name, password and tokens."""

    def add_person(self, caller: Caller, name: str, *, title: str = "", email: str = "", role: str = "person",
                   password: str = "") -> Person:
        """Make an account. Raises NotAllowed, Invalid, Conflict("name-taken")."""
        actor = self._actor(caller)
        self._must(caller, "add-person")
        refuse(_problems(name=name, title=title, email=email, role=role, password=password or None))
        now = self._now()
        person = Person(id=self._new_id(), name=name, title=title.strip(), email=email, role=ROLES[role], created=now)
        kept = self._hasher.hash(password) if password else ""
        with self._records.begin() as unit:
            if unit.person(name) is not None:
                raise Conflict("name-taken", problems=[Problem("#/name", "name-taken")])
            unit.add_person(person, kept)
            unit.audit(actor, "add-person", person.id, name=name, role=role,
                       **({"invited": True} if email and not password else {}))
        return person

    def amend_person(self, caller: Caller, key: str, *, title: str | None = None, email: str | None = None,
                     disabled: bool | None = None, password: str | None = None,
                     language: str | None = None) -> Person:
        """Change an account. Disabling ends all tokens and sessions; a new password ends the sessions.

        Raises NotFound, NotAllowed, Invalid, and Conflict("last-admin") where an agency would be left without one.
        """
        actor = self._actor(caller)
        kept = self._hasher.hash(password) if password else ""
        with self._records.begin() as unit:
            person = self._person(unit, caller, key)
            self._must(caller, "amend-person", person=person.id)
            refuse((*_problems(title=title, email=email, password=password),
                    *check_choice("#/language", language or "", ("vi", "en"))))
            if disabled is not None and disabled != person.disabled:
                self._must(caller, "disable-person", person=person.id)
                person = self._able(unit, actor, person, disabled=disabled)
            person = replace(
                person, title=person.title if title is None else title.strip(),
                email=person.email if email is None else email,
                language=person.language if language is None else language,
            )
            unit.save_person(person)
            if kept:
                unit.set_password_hash(person.id, kept)
                unit.drop_sessions(person=person.id)
            unit.audit(actor, "amend-person", person.id, password=bool(kept))
        return person

    def _able(self, unit: Unit, actor: str, person: Person, *, disabled: bool) -> Person:
        if disabled:
            for one in unit.memberships(person=person.id):
                if one.role == "admin":
                    refuse_last_admin(unit, one.organisation, person.id)
            unit.drop_tokens(person=person.id)
            unit.drop_sessions(person=person.id)
        unit.audit(actor, "disable-person" if disabled else "enable-person", person.id)
        return replace(person, disabled=disabled)

    def _person(self, unit: Unit, caller: Caller, key: str) -> Person:
        """Find a person whom the caller may know of: herself, or anybody for an operator; raises NotFound."""
        person = unit.person(key)
        if person is None and may(caller, "operate"):  # who sees everybody may be told plainly
            raise NotFound("person-not-found")
        if person is None or not may(caller, "see-person", person=person.id):
            raise NotFound
        return person

    def person(self, caller: Caller, key: str) -> Person:
        """Find a person; raises NotFound."""
        with self._records.read() as unit:
            return self._person(unit, caller, key)

    def people(self, caller: Caller) -> Sequence[Person]:
        """Everybody; raises NotAllowed."""
        self._must(caller, "see-people")
        with self._records.read() as unit:
            return unit.people()

    # -- tokens -------------------------------------------------------------------------------------------------
    def add_token(self, caller: Caller, person: str, *, name: str = "",
                  expires: datetime | timedelta | None = None) -> Token:
        """Make a token; its secret is in this answer and nowhere else. Raises NotFound, Invalid."""
        actor, now = self._actor(caller), self._now()
        refuse(check_words("#/name", name, TITLE_LIMIT))
        ends = now + expires if isinstance(expires, timedelta) else expires
        if ends is not None and ends <= now:
            raise Invalid(problems=[Problem("#/expires", "in-the-past")])
        secret = new_secret()
        with self._records.begin() as unit:
            owner = self._person(unit, caller, person)
            self._must(caller, "tokens", person=owner.id)
            if owner.disabled:
                raise Conflict("person-disabled")
            token = Token(id=self._new_id(), person=owner.id, name=name.strip(), created=now, expires=ends)
            unit.add_token(token, digest(secret))
            unit.audit(actor, "add-token", token.id, person=owner.id)
        return replace(token, secret=secret)

    def tokens(self, caller: Caller, person: str = "") -> Sequence[Token]:
        """Tokens of a person, by default one's own; raises NotKnown, NotFound."""
        self._actor(caller)
        with self._records.read() as unit:
            owner = self._person(unit, caller, person or (caller.person.id if caller.person else ""))
            return unit.tokens(owner.id)

    def drop_token(self, caller: Caller, token: str) -> None:
        """Revoke a token of one's own, or any for an operator; raises NotFound."""
        actor = self._actor(caller)
        with self._records.begin() as unit:
            owners = unit.people() if may(caller, "see-people") else [caller.person] if caller.person else []
            if not any(one.id == token for owner in owners for one in unit.tokens(owner.id)):
                raise NotFound
            unit.drop_tokens(token=token)
            unit.audit(actor, "drop-token", token)

    def caller_of_token(self, secret: str) -> Caller:
        """Give who shows this token; raises NotKnown for a wrong, expired or revoked one."""
        kept = digest(secret)
        with self._records.read() as unit:
            token = unit.token(kept)
            person = unit.person(token.person) if token else None
            if token is None or person is None or person.disabled or self._over(token.expires):
                raise NotKnown("bad-token")
            caller = _caller(unit, person, token=token.id)
        if token.last_used is None or token.last_used < self._now() - USED_EVERY:
            with self._records.begin() as unit:
                if unit.token(kept) is not None:
                    unit.add_token(replace(token, last_used=self._now()), kept)
        return caller

    def _over(self, expires: datetime | None) -> bool:
        return expires is not None and expires <= self._now()

    # -- sessions -----------------------------------------------------------------------------------------------
    def sign_in(self, name: str, password: str) -> Session:
        """Begin a session; raises NotKnown, with the same answer and time whether the name exists or not."""
        with self._records.read() as unit:
            person = unit.person(name)
            kept = unit.password_hash(person.id) if person else ""
        right = self._hasher.fits(kept, password[:PASSWORD_LIMIT])
        if not right or person is None or person.disabled or person.name != name:
            raise NotKnown("bad-password")
        return self._new_session(person)

    def _new_session(self, person: Person) -> Session:
        secret = new_secret()
        session = Session(id=self._new_id(), person=person.id, csrf=secrets.token_urlsafe(24),
                          expires=self._now() + SESSION_LASTS)
        with self._records.begin() as unit:
            unit.add_session(session, digest(secret))
            unit.audit(person.name, "sign-in", person.id)
        return replace(session, secret=secret)

    def caller_of_session(self, secret: str) -> tuple[Caller, Session] | None:
        """Give who bears this session, None when it is over."""
        if not secret:
            return None
        with self._records.read() as unit:
            session = unit.session(digest(secret))
            person = unit.person(session.person) if session else None
            if session is None or person is None or person.disabled or self._over(session.expires):
                return None
            return _caller(unit, person), session

    def sign_out(self, secret: str) -> None:
        """End a session, if there is one."""
        with self._records.begin() as unit:
            unit.drop_sessions(secret_hash=digest(secret))


def _caller(unit: Unit, person: Person, token: str = "") -> Caller:
    roles = {one.organisation: one.role for one in unit.memberships(person=person.id)}
    return Caller(person=person, roles=roles, via="token" if token else "session", token=token)


def refuse_last_admin(unit: Unit, organisation: str, person: str) -> None:
    """Raise Conflict when an agency that is open has no other admin who can sign in."""
    found = unit.organisation(organisation)
    if found is None or found.state != "open":
        return
    for one in unit.memberships(organisation=organisation):
        other = unit.person(one.person)
        if one.role == "admin" and one.person != person and other is not None and not other.disabled:
            return
    raise Conflict("last-admin", organisation=found.public_id)


def _problems(*, name: str | None = None, title: str | None = None, email: str | None = None, role: str | None = None,
              password: str | None = None) -> Iterator[Problem]:
    if name is not None and (not NAME.fullmatch(name) or name == "system"):
        yield Problem("#/name", "not-a-name")
    if title:
        yield from check_words("#/title", title, TITLE_LIMIT)
    if email:
        yield from check_email("#/email", email)
    if role is not None and role not in ROLES:
        yield Problem("#/role", "unknown-value", {"value": role})
    if password is not None and not PASSWORD_LEAST <= len(password) <= PASSWORD_LIMIT:
        yield Problem("#/password", "password-length", {"least": PASSWORD_LEAST, "limit": PASSWORD_LIMIT})
