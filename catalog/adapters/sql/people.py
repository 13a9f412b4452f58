"""Agencies, people, roles, tokens and sessions in SQL."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, cast

from sqlalchemy import BindParameter, Row, bindparam, delete, insert, or_, select, update

from catalog.adapters.sql import schema
from catalog.adapters.sql.base import Part, Ready
from catalog.model import Membership, Organisation, Person, Role, Session, Token

ORG, PERSON, MEMBER = schema.organisations, schema.people, schema.memberships
TOKEN, SESSION, ALIAS = schema.tokens, schema.sessions, schema.aliases

KEY: BindParameter[str] = bindparam("key")
ORG_BY_KEY = Ready(select(ORG.c.body).where(or_(ORG.c.id == KEY, ORG.c.slug == KEY, ORG.c.code == KEY)))
PERSON_BY_KEY = Ready(select(PERSON.c.body).where(or_(PERSON.c.id == KEY, PERSON.c.name == KEY)))
ROLES_OF = select(MEMBER).where(MEMBER.c.person == KEY).order_by(MEMBER.c.organisation)
TOKEN_BY_HASH = select(TOKEN).where(TOKEN.c.secret_hash == KEY)
SESSION_BY_HASH = select(SESSION).where(SESSION.c.secret_hash == KEY)
"""The hot reads, built once."""

FORMER = select(ALIAS.c.alias).where(
    ALIAS.c.kind == bindparam("of"), ALIAS.c.target == bindparam("to")
).order_by(ALIAS.c.alias)

EVERY_FORMER = select(ALIAS.c.target, ALIAS.c.alias).where(ALIAS.c.kind == bindparam("of")).order_by(ALIAS.c.alias)


class PeopleRows(Part):
    """The part of the unit of work that knows who is who."""

    def add_organisation(self, one: Organisation) -> None:
        """Record a new agency."""
        self._insert(ORG, {"id": one.id, **self._organisation_row(one)})

    def save_organisation(self, one: Organisation) -> None:
        """Record what an agency is now."""
        self.connection.execute(update(ORG).where(ORG.c.id == one.id).values(**self._organisation_row(one)))

    def _organisation_row(self, one: Organisation) -> dict[str, Any]:
        return {"slug": one.slug, "code": one.code or None, "state": one.state, "body": self._codec.encode(one)}

    def organisation(self, key: str) -> Organisation | None:
        """Find by id, public code, slug, or a slug or code it had before or elsewhere."""
        found = self._body(Organisation, ORG_BY_KEY, key=key)
        if found is None and (target := self._alias("organisation", key)):
            found = self._body(Organisation, ORG_BY_KEY, key=target)
        return found

    def organisations(self) -> Sequence[Organisation]:
        """All agencies, in the order of their making."""
        return self._bodies(Organisation, select(ORG.c.body).order_by(ORG.c.id))

    def add_alias(self, kind: str, alias: str, target: str) -> None:
        """Let an old address lead to ``target``."""
        self._save(ALIAS, {"kind": kind, "alias": alias}, {"target": target})

    def drop_alias(self, kind: str, alias: str) -> None:
        """Let an old address lead nowhere."""
        self.connection.execute(delete(ALIAS).where(ALIAS.c.kind == kind, ALIAS.c.alias == alias))

    def aliases(self, kind: str, target: str) -> Sequence[str]:
        """Give the old addresses of ``target``."""
        return list(self.connection.execute(FORMER, {"of": kind, "to": target}).scalars())

    def every_alias(self, kind: str) -> Mapping[str, Sequence[str]]:
        """Give the old addresses of all that have some."""
        found: dict[str, list[str]] = {}
        for row in self.connection.execute(EVERY_FORMER, {"of": kind}):
            found.setdefault(row.target, []).append(row.alias)
        return found

    def add_person(self, one: Person, password_hash: str = "") -> None:
        """Record a new person."""
        self._insert(PERSON, {"id": one.id, "password_hash": password_hash, **self._person_row(one)})

    def save_person(self, one: Person) -> None:
        """Record what a person is now."""
        self.connection.execute(update(PERSON).where(PERSON.c.id == one.id).values(**self._person_row(one)))

    def _person_row(self, one: Person) -> dict[str, Any]:
        return {"name": one.name, "role": one.role, "disabled": one.disabled, "body": self._codec.encode(one)}

    def person(self, key: str) -> Person | None:
        """Find by id, sign-in name or an id of elsewhere."""
        found = self._body(Person, PERSON_BY_KEY, key=key)
        if found is None and (target := self._alias("person", key)):
            found = self._body(Person, PERSON_BY_KEY, key=target)
        return found

    def people(self) -> Sequence[Person]:
        """Everybody, in the order of their making."""
        return self._bodies(Person, select(PERSON.c.body).order_by(PERSON.c.id))

    def password_hash(self, person: str) -> str:
        """Give the hash of a person's password, "" where there is none."""
        return self.connection.execute(select(PERSON.c.password_hash).where(PERSON.c.id == person)).scalar() or ""

    def set_password_hash(self, person: str, password_hash: str) -> None:
        """Keep the hash of a new password."""
        self.connection.execute(update(PERSON).where(PERSON.c.id == person).values(password_hash=password_hash))

    def set_membership(self, one: Membership) -> None:
        """Give a person a role in an agency."""
        self._save(MEMBER, {"organisation": one.organisation, "person": one.person}, {"role": one.role})

    def drop_membership(self, organisation: str, person: str) -> None:
        """Take a person's role in an agency away."""
        self.connection.execute(
            delete(MEMBER).where(MEMBER.c.organisation == organisation, MEMBER.c.person == person)
        )

    def memberships(self, *, organisation: str = "", person: str = "") -> Sequence[Membership]:
        """Roles, of an agency or of a person or all."""
        if person and not organisation:
            found = self.connection.execute(ROLES_OF, {"key": person})
        else:
            statement = select(MEMBER).order_by(MEMBER.c.organisation, MEMBER.c.person)
            statement = statement.where(MEMBER.c.organisation == organisation) if organisation else statement
            statement = statement.where(MEMBER.c.person == person) if person else statement
            found = self.connection.execute(statement)
        return [
            Membership(organisation=row.organisation, person=row.person, role=cast("Role", row.role)) for row in found
        ]

    def add_token(self, one: Token, secret_hash: str) -> None:
        """Record a token, or anew when it was used last."""
        values = {
            "person": one.person, "secret_hash": secret_hash, "name": one.name, "created": one.created,
            "expires": one.expires, "last_used": one.last_used,
        }
        self._save(TOKEN, {"id": one.id}, values)

    def token(self, secret_hash: str) -> Token | None:
        """Find a token by the hash of its secret."""
        row = self._one(TOKEN_BY_HASH, key=secret_hash)
        return _token(row) if row else None

    def tokens(self, person: str) -> Sequence[Token]:
        """Tokens of a person."""
        statement = select(TOKEN).where(TOKEN.c.person == person).order_by(TOKEN.c.id)
        return [_token(row) for row in self.connection.execute(statement)]

    def drop_tokens(self, *, person: str = "", token: str = "") -> int:
        """Revoke one token, or all of a person; returns how many."""
        where = TOKEN.c.id == token if token else TOKEN.c.person == person
        return self.connection.execute(delete(TOKEN).where(where)).rowcount

    def add_session(self, one: Session, secret_hash: str) -> None:
        """Record a session, and forget those that have ended."""
        self.connection.execute(delete(SESSION).where(SESSION.c.expires < self._now()))
        self.connection.execute(insert(SESSION).values(
            id=one.id, person=one.person, csrf=one.csrf, expires=one.expires, secret_hash=secret_hash,
        ))

    def session(self, secret_hash: str) -> Session | None:
        """Find a session by the hash of its secret."""
        row = self._one(SESSION_BY_HASH, key=secret_hash)
        return Session(id=row.id, person=row.person, csrf=row.csrf, expires=row.expires) if row else None

    def drop_sessions(self, *, person: str = "", secret_hash: str = "") -> int:
        """End one session, or all of a person; returns how many."""
        where = SESSION.c.secret_hash == secret_hash if secret_hash else SESSION.c.person == person
        return self.connection.execute(delete(SESSION).where(where)).rowcount


def _token(row: Row[Any]) -> Token:
    return Token(id=row.id, person=row.person, name=row.name, created=row.created, expires=row.expires,
                 last_used=row.last_used)
