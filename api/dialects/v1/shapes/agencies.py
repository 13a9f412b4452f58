"""What the native API takes of agencies and people: their names, roles, tokens, and an operator's acts."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, StringConstraints

from api.dialects.v1.shapes.words import Email, In, Name, Password, Short, Slug, Texts, Word


class OrganizationIn(In):
    """A new agency; ``id`` is its public code (QĐ 20/2020/QĐ-TTg) where it has one."""

    id: Word | None = None
    slug: Slug | None = None
    title: Texts
    description: Texts | None = None


class OrganizationPatch(In):
    """Changes of an agency by its admin."""

    title: Texts | None = None
    description: Texts | None = None
    review: Literal["none", "second_person"] | None = None
    declares: bool | None = None


def several(given: Any) -> Any:
    """One name alone means a list of it: an agency is mostly merged into one other."""
    return [given] if isinstance(given, str) else given


class RestructureIn(In):
    """An operator's act on an agency: day, legal basis, and into what."""

    date: date
    basis: Annotated[str, StringConstraints(min_length=1, max_length=500, strip_whitespace=True)]
    into: Annotated[list[Name], Field(max_length=50), BeforeValidator(several)] = []  # noqa: RUF012 - copied by pydantic
    title: Texts | None = None
    slug: Slug | None = None
    id: Word | None = None
    datasets: dict[Name, Name] = {}  # noqa: RUF012 - copied by pydantic


class MemberIn(In):
    """A person's role in an agency."""

    user: Name
    role: Literal["reader", "editor", "reviewer", "admin"]


class UserIn(In):
    """A new person; without a password she can sign in only by token."""

    name: Name
    title: Short = ""
    email: Email = ""
    password: Password | None = None


class UserPatch(In):
    """Changes of a person; ``disabled`` revokes her tokens and sessions."""

    title: Short | None = None
    email: Email | None = None
    disabled: bool | None = None
    password: Password | None = None


class TokenIn(In):
    """A new token: whose, what for, until when (RFC 3339, or a span like ``30d``)."""

    user: Name | None = None
    name: Short = ""
    expires: Annotated[str, StringConstraints(max_length=40)] | None = None
