"""Agencies and the people who work for them: who is who, in which role, and what she shows to prove it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Literal

from standards.record import Text

Role = Literal["reader", "editor", "reviewer", "admin"]
SiteRole = Literal["person", "steward", "operator"]
Review = Literal["none", "second_person"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Organisation:
    """An agency. ``id`` is ours (UUIDv7); ``code`` its public QĐ 20/2020 identifier, shown as ``id`` at the doors.

    ``state``: open | closed | merged; ``successor`` is the organisation that an address now leads to; ``history`` holds
    dated acts ``{"act": "rename|merge|split|close", "date", "basis", "from", "to"}``; ``declares``: asks about secrets.
    """

    id: str
    slug: str
    title: Text
    code: str = ""
    description: Text = field(default_factory=dict)
    review: Review = "none"
    state: Literal["open", "closed", "merged"] = "open"
    successor: str | None = None
    demo: bool = False
    declares: bool = False
    history: tuple[Mapping[str, Any], ...] = ()
    created: datetime
    modified: datetime

    @property
    def public_id(self) -> str:
        """What the doors call ``id``: the public code where there is one, else our own id."""
        return self.code or self.id


@dataclass(frozen=True, slots=True, kw_only=True)
class Closing:
    """An operator's act on an agency: what, from which day, on which legal basis, into what."""

    act: Literal["rename", "merge", "split", "close"]
    day: date
    basis: str
    into: tuple[str, ...] = ()
    title: Text = field(default_factory=dict)
    slug: str = ""
    code: str = ""
    datasets: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Somebody with an account. ``name`` is the sign-in name; the password hash never leaves the records.

    ``language`` is that of her letters, "" for the site's.
    """

    id: str
    name: str
    title: str = ""
    email: str = ""
    role: SiteRole = "person"
    disabled: bool = False
    created: datetime
    language: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Membership:
    """A person's role in an agency."""

    organisation: str
    person: str
    role: Role


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """Who asks: a person with her roles by organisation id, or nobody (``person`` is None)."""

    person: Person | None = None
    roles: Mapping[str, Role] = field(default_factory=dict)
    via: Literal["", "token", "session", "system"] = ""
    token: str = ""

    @property
    def known(self) -> bool:
        """Whether the caller has shown valid credentials."""
        return self.person is not None


NOBODY = Caller()


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """An API token; only its hash is kept. ``secret`` is set once, in the answer that makes it."""

    id: str
    person: str
    name: str = ""
    created: datetime
    expires: datetime | None = None
    last_used: datetime | None = None
    secret: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """A browser session; only its hash is kept. ``csrf`` binds forms to it."""

    id: str
    person: str
    csrf: str
    expires: datetime
    secret: str = ""
