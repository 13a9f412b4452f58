"""Voices: what readers ask for, ask about or report, without an account; who owes them an answer, and until when."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal, Protocol

Kind = Literal["request", "question", "mistake"]
State = Literal["waiting", "open", "answered", "refused"]

KINDS: Final = ("request", "question", "mistake")
STATES: Final = ("waiting", "open", "answered", "refused")
OUTCOMES: Final[Mapping[str, tuple[str, ...]]] = {
    "request": ("published", "planned", "elsewhere", "declined"),
    "question": ("answered",),
    "mistake": ("corrected", "planned", "no-mistake"),
}
"""How each kind may end, when it is answered."""

DAYS: Final[Mapping[str, int]] = {"request": 15, "question": 10, "mistake": 5}
DAYS_PERSONAL: Final = 1
"""Days until an answer is due: the site's own promise to its readers, not a deadline of any law."""

KEPT_DAYS: Final = 90
"""How long a reader's mailbox is kept after her voice came to its end, and the words of one that was refused."""

MARK_HOURS: Final = 24
"""How long it is kept which voices came from one address (as a keyed hash), to hold a flood off."""

MOST_A_DAY: Final = 20
MOST_HOLDS_A_DAY: Final = 3
"""What one address may say, and hide by reporting personal data, in a day."""

MOST_HELD: Final = 25
"""How many parts of an agency may be hidden by reports that nobody has looked at; more wait for a person."""

LEAST_WORDS: Final = 15
"""Characters that a report of personal data must have: one sentence that says what is wrong."""

TITLE_LIMIT, PLACE_LIMIT, WORDS_LIMIT = 200, 300, 5000
WHOLE: Final = ""
"""The part named when the whole dataset is held back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Voice:
    """One thing that a reader said. ``number`` is her reference; whoever has it may follow what becomes of it.

    ``organisation`` (an id) owes the answer, "" where an operator has to find who does. ``contact`` is a mailbox that
    nobody is shown. ``public``: a moderator let everybody see it. ``held``: what it hid, None where it hid nothing;
    ``version`` is the one that was current. ``mark`` stands for the address it came from, for a day.
    """

    id: str
    number: str
    kind: Kind
    state: State = "waiting"
    organisation: str = ""
    dataset: str = ""
    resource: str = ""
    version: int | None = None
    place: str = ""
    title: str = ""
    text: str = ""
    edited: bool = False
    personal: bool = False
    public: bool = False
    contact: str = ""
    language: str = "vi"
    by: str = ""
    held: str | None = None
    lifted: datetime | None = None
    answer: str = ""
    outcome: str = ""
    answered_by: str = ""
    answered: datetime | None = None
    supports: int = 0
    mark: str = ""
    due: datetime
    escalated: datetime | None = None
    created: datetime
    modified: datetime

    @property
    def over(self) -> bool:
        """Whether nothing more is owed."""
        return self.state in ("answered", "refused")


class VoiceUnit(Protocol):
    """The part of a unit of work that keeps what readers say."""

    def save_voice(self, one: Voice) -> None: ...
    def voice(self, number: str) -> Voice | None:
        """By its reference number."""
    def voices(
        self, *, kind: str = "", dataset: str = "", organisations: Sequence[str] | None = None,
        states: Sequence[str] = (), public: bool | None = None, mark: str = "", before: datetime | None = None,
        limit: int = 100, offset: int = 0,
    ) -> Sequence[Voice]:
        """Newest first: of a kind, on a dataset, owed by these (ids, "" for nobody yet), from a mark, due before."""
    def count_voices(
        self, *, kind: str = "", dataset: str = "", organisations: Sequence[str] | None = None,
        states: Sequence[str] = (), public: bool | None = None, mark: str = "", before: datetime | None = None,
    ) -> int: ...
    def drop_voices(self, dataset: str) -> None:
        """Forget what was said on a dataset, where it goes for good."""
    def add_support(self, number: str, mark: str) -> bool:
        """Count somebody who wants the same; False where this mark was counted already."""
    def drop_supports(self, number: str) -> None:
        """Forget who supported a request; the count stays with it."""
