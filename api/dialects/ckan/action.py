"""The shape of an action: its declaration, the call that is made of it, and the ways in which it is refused."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, BinaryIO, Final, Literal

from api.ckan_options import OPTIONS
from api.deps import Site
from catalog.errors import NotFound
from catalog.model import Caller
from standards.record import Text

READS: Final = "GET, POST"
WRITES: Final = "POST"
YES: Final = frozenset({"true", "yes", "t", "y", "1", "on"})
MISSING: Final[Any] = object()
WHOLE: Final = 10**12
"""Numbers beyond it are none that anybody means."""

Nested = list[str] | list[dict[str, Any]]


class Wrong(Exception):
    """A Validation Error: what is wrong with which member, in CKAN's words."""

    def __init__(self, errors: Mapping[str, Any]) -> None:
        self.errors = dict(errors)
        super().__init__(str(errors))


class Refused(Exception):
    """A refusal with a shape of its own: status, ``__type`` and message, and what else its error tells."""

    @classmethod
    def wrong(cls, message: str) -> Refused:
        """Refuse a parameter in a sentence, where CKAN names no member."""
        return cls(409, "Validation Error", message)

    @classmethod
    def missing(cls, message: str) -> Refused:
        """Say that something is not there, and what."""
        return cls(404, "Not Found Error", f"Not found: {message}")

    def __init__(self, status: int, kind: str, message: str, more: Mapping[str, Any] | None = None) -> None:
        self.status, self.kind, self.message, self.more = status, kind, message, dict(more or {})
        super().__init__(message)


@dataclass(frozen=True, slots=True)
class Sent:
    """A file that came with a call: its bytes, its name and its media type."""

    stream: BinaryIO
    name: str
    media_type: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One call of an action: who asks and what is given. ``changed`` collects the ids of packages that it wrote.

    ``options`` are those of CKAN's that differ from their defaults. ``passing`` says why an answer is not to be kept.
    ``used`` collects whose rows were read: a dataset's id and a resource's name; ``missed`` words that found nothing.
    """

    site: Site
    caller: Caller
    given: Mapping[str, Any]
    files: Mapping[str, Sent] = field(default_factory=dict)
    changed: list[str] = field(default_factory=list)
    passing: list[str] = field(default_factory=list)
    used: list[tuple[str, str]] = field(default_factory=list)
    missed: list[str] = field(default_factory=list)
    options: Mapping[str, str] = field(default_factory=dict)

    @property
    def now(self) -> datetime:
        """What NOW means in date arithmetic."""
        return datetime.now(UTC)

    def option(self, name: str) -> str:
        """Give the value of an option of CKAN, as the site is set up or its default; raises KeyError."""
        return self.options.get(name) or OPTIONS[name].default

    def switch(self, name: str) -> bool:
        """Tell whether an option is on."""
        return self.option(name).strip().lower() in YES

    def most(self, name: str) -> int:
        """Give an option that is a number."""
        return int(self.option(name))

    def words(self, text: Text) -> str:
        """Say it in the site's language, else in any."""
        return text.get(self.site.language) or next((words for words in text.values() if words), "")

    def needed(self, name: str, *others: str) -> str:
        """Give a member that must be there, under its name or one that it had before; raises Wrong."""
        for each in (name, *others):
            value = self.given.get(each)
            if value not in (None, "", [], {}):
                return text_of(each, value)
        raise Wrong({name: ["Missing value"]})

    def key(self, name: str = "id", *others: str) -> str:
        """Give what a thing is called by: nothing is called by an empty name. Raises Wrong, NotFound."""
        value = self.given.get(name, next((self.given[one] for one in others if one in self.given), MISSING))
        if value is None or value == "":
            raise NotFound
        return self.needed(name, *others)

    def typed(self, name: str = "q") -> str:
        """Give what was typed so far, which may be nothing but has to be said; raises Wrong."""
        if self.given.get(name) is None and self.given.get("incomplete") is None:
            raise Wrong({name: ["Missing value"]})
        return self.text(name) or self.text("incomplete")

    def all_needed(self, *names: str) -> list[str]:
        """Give members that must all be there; raises Wrong with each that is not."""
        missing = {name: ["Missing value"] for name in names if self.given.get(name) in (None, "", [], {})}
        if missing:
            raise Wrong(missing)
        return [text_of(name, self.given[name]) for name in names]

    def denied(self, what: str) -> Refused:
        """Say in CKAN's words that the caller may not do something."""
        who = self.caller.person.name if self.caller.person else ""
        return Refused(403, "Authorization Error", f"Access denied: User {who} not authorized to {what}")

    def text(self, name: str, default: str = "") -> str:
        """Give a text, the default when it is not there; raises Wrong."""
        value = self.given.get(name)
        return default if value is None else text_of(name, value)

    def number(self, name: str, default: int | None = None) -> int | None:
        """Give a natural number, the default when it is not there or empty; raises Wrong."""
        value = self.given.get(name)
        if value is None or value == "":
            return default
        try:
            number = int(str(value).strip()[:20]) if not isinstance(value, bool | list | dict) else None
        except ValueError:
            number = None
        if number is None or number > WHOLE:
            raise Wrong({name: ["Invalid integer"]})
        if number < 0:
            raise Wrong({name: ["Must be a natural number"]})
        return number

    def flag(self, name: str, *, default: bool = False) -> bool:
        """Give a yes or no; anything that is not a yes is a no."""
        value = self.given.get(name)
        if value is None:
            return default
        return value if isinstance(value, bool) else str(value).strip().lower() in YES

    def names(self, name: str) -> list[str]:
        """Give a list of names: a list, or texts between commas."""
        value = self.given.get(name)
        if value is None or value == "":
            return []
        every = value if isinstance(value, list) else str(value).strip("{}[]").split(",")
        return [str(one).strip().strip("\"'") for one in every if str(one).strip()]


def text_of(name: str, value: Any) -> str:
    """Give a value that has to be a text; raises Wrong for what is none."""
    if isinstance(value, list | dict):
        raise Wrong({name: ["Must be a Unicode string value"]})
    return str(value)


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """An action, declared once: documented, listed and run from here.

    ``parameters`` say what each is for; ``permission`` who may call it, in words.
    """

    name: str
    summary: str
    run: Callable[[Call], Any]
    parameters: Mapping[str, str] = field(default_factory=dict)
    permission: str = "anyone"
    verbs: Literal["GET, POST", "POST"] = "GET, POST"

    @property
    def reads(self) -> bool:
        """Whether it changes nothing, so that it may be asked by GET."""
        return self.verbs == READS

    def help(self) -> str:
        """Give the words of ``help_show``."""
        lines = [self.summary, ""]
        lines += [f":param {name}: {words}" for name, words in self.parameters.items()]
        return "\n".join([*lines, f"Who may: {self.permission}. Verbs: {self.verbs}."])
