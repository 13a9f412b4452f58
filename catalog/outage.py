"""Outages: when which part of the site did not work, as the worker saw it every minute; and planned maintenance."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from catalog.model import AuditRow

GAP: Final = timedelta(minutes=3)
"""Without a look for longer than that nobody checked or published files: the worker, or its machine, was away."""

KEPT: Final = timedelta(days=400)
SIGHT: Final = ("database", "files", "search")
"""The parts that a look can see; that there is somebody who looks is the worker's own sign."""

ON, OFF = "read-only-on", "read-only-off"


@dataclass(frozen=True, slots=True, kw_only=True)
class Outage:
    """A part did not work, or not fully, from a moment on; ``until`` is None while it lasts.

    ``part`` is one of SIGHT, ``worker``, or ``changes`` for a maintenance in which the site took no changes.
    """

    part: str
    since: datetime
    until: datetime | None = None
    planned: bool = False

    def minutes(self, now: datetime) -> int:
        """Give how long it lasted, in whole minutes, at least one."""
        return max(1, round(((self.until or now) - self.since).total_seconds() / 60))


@dataclass(frozen=True, slots=True, kw_only=True)
class Watched:
    """What was seen so far: since when there is somebody who looks, the last look, and what did not work then."""

    first: datetime
    at: datetime
    broken: Mapping[str, datetime] = field(default_factory=dict)

    def to_body(self) -> dict[str, Any]:
        """Give it as plain JSON values."""
        return {"first": self.first.isoformat(), "at": self.at.isoformat(),
                "broken": {part: since.isoformat() for part, since in self.broken.items()}}


def from_body(body: Mapping[str, Any]) -> Watched:
    """Make it again."""
    return Watched(first=datetime.fromisoformat(str(body["first"])), at=datetime.fromisoformat(str(body["at"])),
                   broken={part: datetime.fromisoformat(str(since)) for part, since in body["broken"].items()})


def looked(before: Watched | None, now: datetime, states: Mapping[str, str]) -> tuple[Watched, list[Outage]]:
    """Give what is known after one more look, and the outages that it saw end."""
    if before is None:
        before = Watched(first=now, at=now)
    bad = [part for part in SIGHT if states.get(part, "ok") != "ok"]
    over = [Outage(part=part, since=since, until=now) for part, since in before.broken.items() if part not in bad]
    if now - before.at > GAP:
        over.append(Outage(part="worker", since=before.at, until=now))
    broken = {part: before.broken.get(part, now) for part in bad}
    return Watched(first=before.first, at=now, broken=broken), over


def maintenances(rows: Iterable[AuditRow]) -> Iterator[Outage]:
    """Give the times in which the site took no changes, from the rows of the audit chain, oldest first."""
    since: datetime | None = None
    for row in rows:
        if row.act == ON and since is None:
            since = row.at
        elif row.act == OFF and since is not None:
            yield Outage(part="changes", since=since, until=row.at, planned=True)
            since = None
    if since is not None:
        yield Outage(part="changes", since=since, planned=True)
