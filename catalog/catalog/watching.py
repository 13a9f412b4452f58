"""Use cases of watching: the worker notes each minute which parts of the site work; everybody may read the outages."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from catalog.catalog.operation import Operation
from catalog.grace import Grace, grace_of
from catalog.model import Mark
from catalog.outage import KEPT, OFF, ON, Outage, Watched, from_body, looked, maintenances
from catalog.ports import Unit

LOOK: Final = "watch"
OUTAGE: Final = "outage"
SITE: Final = "site"
MOST: Final = 5000


class Watching(Operation):
    """What ``/status`` says of outages. They are seen from inside: a line that is cut in front of the site is not."""

    def note_health(self) -> None:
        """Look at the parts once, and keep what came to its end."""
        states = {name: part["state"] for name, part in self.health().items()}
        now = self._now()
        with self._records.begin() as unit:
            seen, over = looked(_seen(unit), now, states)
            unit.save_mark(Mark(kind=LOOK, id=SITE, subject=SITE, body=seen.to_body(), created=now, modified=now))
            for one in over:
                _keep(unit, one, now)
            if over:
                _forget(unit, now)

    def outages(self) -> Sequence[Outage]:
        """Give the outages of the last 400 days and the maintenances, newest first; those that last are without end."""
        with self._records.read() as unit:
            return outages_in(unit, self._now())

    def grace(self) -> Grace:
        """Give what the site's own outages put off promises by, as it is now."""
        return grace_of(self.outages(), self._now())

    def watched_since(self) -> datetime | None:
        """Give since when outages are seen; None where no worker ever looked."""
        with self._records.read() as unit:
            seen = _seen(unit)
        return seen.first if seen else None


def outages_in(unit: Unit, now: datetime) -> list[Outage]:
    """Give the outages and maintenances that the records know, newest first."""
    kept = [_outage(one) for one in unit.marks(OUTAGE, limit=MOST)]
    seen = _seen(unit)
    rows = list(unit.deeds(acts=(ON, OFF), after=now - KEPT, limit=MOST))
    lasting = [Outage(part=part, since=since) for part, since in seen.broken.items()] if seen else []
    return sorted((*kept, *lasting, *maintenances(reversed(rows))), key=lambda one: one.since, reverse=True)


def _seen(unit: Unit) -> Watched | None:
    mark = unit.mark(LOOK, SITE)
    return from_body(mark.body) if mark else None


def _keep(unit: Unit, one: Outage, now: datetime) -> None:
    body = {"part": one.part, "since": one.since.isoformat(), "until": (one.until or now).isoformat()}
    unit.save_mark(Mark(kind=OUTAGE, id=f"{one.since.isoformat()} {one.part}", subject=SITE, body=body, created=now,
                        modified=now))


def _forget(unit: Unit, now: datetime) -> None:
    for mark in unit.marks(OUTAGE, limit=MOST):
        if now - mark.modified > KEPT:
            unit.drop_mark(OUTAGE, mark.id)


def _outage(mark: Mark) -> Outage:
    body = mark.body
    return Outage(part=str(body["part"]), since=datetime.fromisoformat(str(body["since"])),
                  until=datetime.fromisoformat(str(body["until"])))
