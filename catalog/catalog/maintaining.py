"""Use cases of maintenance: the site is made read-only with a notice, and takes changes again."""

from __future__ import annotations

from datetime import datetime

from catalog.catalog.base import Base
from catalog.maintenance import FACT, Maintenance, close
from catalog.members import TEXT_LIMIT, check_words, refuse
from catalog.model import Caller


class Maintaining(Base):
    """What ``datamo readonly`` does, and what every page asks."""

    def maintenance(self) -> Maintenance | None:
        """Give why the site takes no changes now, None while it takes them."""
        with self._raw.read() as unit:
            return self._maintained(unit)

    def refuse_read_only(self) -> None:
        """Raise Unavailable("read-only") while the site takes no changes."""
        found = self.maintenance()
        if found is not None:
            raise found.refusal(self._now())

    def make_read_only(self, caller: Caller, notice: str = "", until: datetime | None = None) -> Maintenance:
        """Let the site take no changes from now on, in every process; again, to change the notice.

        Raises NotAllowed, Invalid.
        """
        actor = self._actor(caller)
        self._must(caller, "operate")
        refuse(check_words("#/notice", notice, TEXT_LIMIT))
        with self._raw.begin() as unit:
            return close(unit, actor, Maintenance(notice=notice.strip(), until=until, since=self._now(), by=actor))

    def make_writable(self, caller: Caller) -> None:
        """Let the site take changes again; without effect where it does. Raises NotAllowed."""
        actor = self._actor(caller)
        self._must(caller, "operate")
        with self._raw.begin() as unit:
            if unit.site(FACT):
                unit.set_site(FACT, "")
                unit.audit(actor, "read-only-off", "")
