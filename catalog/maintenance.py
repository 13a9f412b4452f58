"""Read-only mode: that the site takes no changes for a while, with a notice; and the guard that sees to it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from catalog.errors import Unavailable
from catalog.model import AuditRow
from catalog.ports import Records, Unit
from standards.portable import from_json, to_json

FACT = "read-only"
"""The fact of a site under which its maintenance is kept, as JSON; "" while the site takes changes."""

SOON = 600.0
"""Seconds after which a client may ask again when nobody said until when."""

ALWAYS = ("sign-in",)
"""Deeds that go on: whoever signs in changes nothing but her session, which is never carried to another site."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Maintenance:
    """The site takes no changes: ``notice`` is what readers are told, ``until`` when it is expected to end.

    ``by_setting``: the setting says so, whatever the records say.
    """

    notice: str = ""
    until: datetime | None = None
    since: datetime | None = None
    by: str = ""
    by_setting: bool = False

    def refusal(self, now: datetime) -> Unavailable:
        """Give what a write is answered with."""
        wait = (self.until - now).total_seconds() if self.until else SOON
        return Unavailable(
            "read-only", notice=self.notice, until=self.until.isoformat() if self.until else "",
            retry_after=max(60.0, wait),
        )


def close(unit: Unit, actor: str, maintenance: Maintenance) -> Maintenance:
    """Note in this transaction that the site takes no changes; every process sees it with its next write."""
    unit.set_site(FACT, json.dumps(to_json(maintenance), ensure_ascii=False))
    unit.audit(actor, "read-only-on", "", notice=maintenance.notice, until=maintenance.until)
    return maintenance

def maintenance_in(unit: Unit) -> Maintenance | None:
    """Read from the records whether the site takes no changes."""
    kept = unit.site(FACT)
    return from_json(Maintenance, json.loads(kept)) if kept else None


def setting_of(said: str) -> Maintenance:
    """Give the maintenance that a setting means: ``on``, or the notice itself."""
    return Maintenance(notice="" if said == "on" else said, by_setting=True)


class Guarded:
    """Records of which a unit of work commits no deed while the site is read-only.

    Every change of state writes a row of the audit chain in its own transaction; that is where it is asked, so that
    a write begun before the mode was switched on is refused as well, whichever process it runs in.
    """

    def __init__(self, records: Records, found: Callable[[Unit], Maintenance | None],
                 now: Callable[[], datetime]) -> None:
        self._records, self._found, self._now = records, found, now

    @contextmanager
    def begin(self) -> Iterator[Unit]:
        """Give a writing unit of work that refuses deeds."""
        with self._records.begin() as unit:
            yield cast("Unit", _Held(unit, self._refuse))

    def _refuse(self, unit: Unit) -> None:
        found = self._found(unit)
        if found is not None:
            raise found.refusal(self._now())

    def __getattr__(self, name: str) -> Any:
        """Everything else is the records' own."""
        return getattr(self._records, name)


class _Held:
    """A unit of work that asks, once, before it writes into the audit chain: it sees one state of the records."""

    def __init__(self, unit: Unit, refuse: Callable[[Unit], None]) -> None:
        self._unit, self._refuse, self._asked = unit, refuse, False

    def audit(self, actor: str, act: str, target: str, **detail: object) -> AuditRow:
        if act not in ALWAYS and not self._asked:
            self._refuse(self._unit)
            self._asked = True
        return self._unit.audit(actor, act, target, **detail)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._unit, name)
