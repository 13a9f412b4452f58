"""What the native API takes of a file on its way: notes, repairs, reading, recipes, decisions on it."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

from pydantic import BaseModel, Field, StringConstraints

from api.dialects.v1.shapes.words import In, Short, Word


class NoteIn(In):
    """A note to whoever reads the decision."""

    note: Annotated[str, StringConstraints(max_length=2000)] = ""


class EarlyIn(In):
    """Why columns change before the day that was announced."""

    reason: Annotated[str, StringConstraints(max_length=2000)] = ""


class SuccessorIn(In):
    """New codes in a column of their own: the day of the data, confirmed; ``until`` today; ``column`` all of codes."""

    day: date
    until: date | None = None
    column: Short = ""


class FixesIn(In):
    """``accept``: ``kind`` or ``kind#column``; ``safe``: all such; ``columns``: label → field; ``withdraw``: back."""

    accept: Annotated[list[Short], Field(max_length=100)] = []  # noqa: RUF012 - copied by pydantic
    safe: bool = False
    columns: Annotated[dict[Short, Word], Field(max_length=500)] = {}  # noqa: RUF012 - copied by pydantic
    successor: SuccessorIn | None = None
    withdraw: Annotated[list[Short], Field(max_length=100)] = []  # noqa: RUF012 - copied by pydantic


class ReadingIn(In):
    """How a file is read where a guess is wrong: the members of ``reading``, and the sheet.

    ``reading`` replaces all that was said before; an empty object leaves everything to be guessed again.
    """

    reading: dict[str, Any]
    sheet: Annotated[str, Field(max_length=200)] | None = None


class RecipeIn(In):
    """What a resource's recipe is to be: words of acceptance, and options of reading where they change."""

    fixes: Annotated[list[Short], Field(max_length=200)]
    read: dict[Word, Any] | None = None


class RecipeOut(BaseModel):
    """A recipe: what is replayed at the next upload of a resource."""

    resource: str
    fixes: list[str]
    columns: dict[str, str]
    read: dict[str, Any]
    standard: str | None
    version: int | None
    modified: str | None
    links: dict[str, str]


class RejectIn(In):
    """Why a submission is rejected."""

    reason: Annotated[str, StringConstraints(min_length=1, max_length=2000, strip_whitespace=True)]


class ColumnReleaseIn(In):
    """Which column held back as personal data may be published, why, and what law says so."""

    column: Annotated[str, StringConstraints(min_length=1, max_length=300)]
    reason: Annotated[str, StringConstraints(min_length=1, max_length=2000, strip_whitespace=True)]
    basis: Annotated[str, StringConstraints(min_length=1, max_length=500, strip_whitespace=True)]
