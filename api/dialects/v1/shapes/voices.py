"""What the doors of readers' voices take and give."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from api.dialects.v1.shapes.answers import Out
from api.dialects.v1.shapes.words import Email, In, Name
from catalog.voice import PLACE_LIMIT, TITLE_LIMIT, WORDS_LIMIT

Words = Annotated[str, StringConstraints(max_length=WORDS_LIMIT)]
Title = Annotated[str, StringConstraints(max_length=TITLE_LIMIT)]
Mailbox = Annotated[Email, Field(description="For notices of what becomes of it; never shown, kept 90 days after.")]


class RequestIn(In):
    """A dataset that somebody would like to see opened."""

    title: Title
    text: Words
    organization: Annotated[str, StringConstraints(max_length=200)] = ""
    contact: Mailbox = ""


class QuestionIn(In):
    """A question on a dataset."""

    dataset: Name
    text: Words
    contact: Mailbox = ""


class CorrectionIn(In):
    """A mistake in a dataset; with `personal_data` its part is hidden at once, until somebody looked."""

    dataset: Name
    resource: Annotated[str, StringConstraints(max_length=200)] = ""
    place: Annotated[str, StringConstraints(max_length=PLACE_LIMIT)] = ""
    text: Words
    personal_data: bool = False
    contact: Mailbox = ""


class ModerateIn(In):
    """Whether everybody may see it, and its words with what nobody may see taken out."""

    public: bool
    text: Words | None = None
    title: Title | None = None


class AnswerIn(In):
    """The agency's answer."""

    answer: Words
    outcome: Literal[
        "published", "planned", "elsewhere", "declined", "answered", "corrected", "no-mistake"
    ]


class MendIn(In):
    """The correction (an upload of kind `correction`) that answers a report of a mistake, and the answer."""

    submission: Annotated[str, StringConstraints(max_length=64)]
    answer: Words


class SearchAnswerIn(In):
    """What was done about a search without result: a dataset's address, a request's number, or nothing."""

    what: Literal["dataset", "request", "none"]
    target: Annotated[str, StringConstraints(max_length=200)] = ""


class ReasonIn(In):
    """Why, for whoever spoke and for the audit chain."""

    reason: Words


class AssignIn(In):
    """The agency that owes the answer."""

    organization: Name


class VoiceOut(Out):
    """What somebody said and what became of it; never a mailbox."""

    number: str = Field(description="The reference number: whoever has it may follow what becomes of it.")
    kind: Literal["request", "question", "mistake"]
    state: Literal["waiting", "open", "answered", "refused"]
    organization: str | None = Field(description="The slug of the agency that owes the answer.")
    dataset: str | None
    resource: str | None
    place: str
    title: str
    text: str
    edited: bool
    personal_data: bool
    public: bool
    hidden: bool = Field(description="Whether what it reported is hidden now.")
    answer: str
    outcome: str | None
    answered: str | None
    supports: int
    due: str
    overdue: bool
    created: str
    url: str
