"""Refusals: what the catalogue will not do, each with a stable code; one table in the api maps them to HTTP.

Refusal
├── NotFound          what may not be seen answers the same
├── NotAllowed        may be seen, may not be acted on
│   └── NotKnown      no or wrong credentials
├── Conflict          the state does not allow it
│   ├── Stale         somebody else was faster
│   │   └── Outdated  what the caller has seen of it is not what stands
│   └── Busy          somebody else is at it
├── Gone              withdrawn: a tombstone is left
├── Invalid           the request says something that cannot be
│   └── TooLarge
├── TooMany           asked too often
└── Unavailable       something outside is down
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Problem:
    """One member that is wrong: JSON pointer (``#/title``) and a stable code with parameters."""

    pointer: str
    code: str
    params: Mapping[str, Any] | None = None


class Refusal(Exception):
    """Base of all refusals. ``code`` is stable and documented; ``params`` fill its sentence at the door."""

    code = "refused"

    def __init__(self, code: str = "", /, *, problems: Sequence[Problem] = (), **params: Any) -> None:
        self.code = code or type(self).code
        self.problems = tuple(problems)
        self.params = params
        super().__init__(self.code)


class NotFound(Refusal):
    """No such thing, or none that the caller may see."""

    code = "not-found"


class NotAllowed(Refusal):
    """The caller may see it but has no right to do this."""

    code = "not-allowed"


class NotKnown(NotAllowed):
    """No credentials, or wrong, expired or revoked ones."""

    code = "not-known"


class Conflict(Refusal):
    """The thing's state does not allow it."""

    code = "conflict"


class Stale(Conflict):
    """Somebody changed it in between."""

    code = "stale"


class Outdated(Stale):
    """It was to be changed only if it were still as the caller saw it."""

    code = "changed-since"


class Busy(Conflict):
    """Somebody is doing it at this moment."""

    code = "busy"


class Gone(Refusal):
    """It was withdrawn or erased; ``params`` hold the tombstone: state, reason, withdrawn (and ``erased``)."""

    code = "withdrawn"

    def __init__(self, code: str = "", /, **params: Any) -> None:
        super().__init__(code or ("erased" if params.get("state") == "erased" else ""), **params)


class Invalid(Refusal):
    """The request contradicts itself or the contract; ``problems`` say where."""

    code = "invalid"


class TooLarge(Invalid):
    """More bytes, rows or columns than the site takes."""

    code = "too-large"


class TooMany(Refusal):
    """Asked more often than allowed; ``params['retry_after']`` in seconds."""

    code = "too-many-requests"


class Unavailable(Refusal):
    """A part that this needs is down."""

    code = "unavailable"
