"""What all use cases share: the ports, the clock, and the two questions "may she see it" and "may she do it"."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any, cast

from catalog.errors import Gone, NotAllowed, NotFound, NotKnown, Unavailable
from catalog.ids import new_id
from catalog.maintenance import Guarded, Maintenance, maintenance_in, setting_of
from catalog.model import Caller, Entry, Organisation, Person, Version
from catalog.permit import may
from catalog.ports import Files, Index, Jobs, Records, Tables, Unit
from catalog.proofs import Proofs
from catalog.secrets import Argon2, Hasher

SYSTEM = Caller(
    person=Person(id="system", name="system", role="operator", created=datetime(2025, 1, 1, tzinfo=UTC)), via="system"
)


class Base:
    """The ports and rules that the parts of Catalog stand on.

    ``now`` gives the time with its zone; ``upload_limit`` is in bytes; ``review_default`` is the rule of a new agency
    (``none`` or ``second_person``); with ``search_wait`` a write answers only when search finds it; ``hasher`` keeps
    passwords (Argon2id unless told otherwise); ``declaration`` is ``required`` where every agency has to answer the
    question about secrets before it publishes, ``agency`` where each decides. ``read_only`` is what a setting says
    (``on`` or a notice), whatever the records say; ``guarded`` is False for the worker, which finishes what runs.
    ``backup_days`` is how long the operator keeps backups. ``tables`` hold rows that change; without them there are
    none.
    """

    def __init__(self, *, records: Records, files: Files, index: Index, jobs: Jobs, now: Callable[[], datetime],
                 upload_limit: int, review_default: str, search_wait: bool, hasher: Hasher | None = None,
                 declaration: str = "agency", read_only: str = "", backup_days: int = 30, guarded: bool = True,
                 tables: Tables | None = None) -> None:
        self._tables = tables
        self._raw, self._files, self._index, self._jobs = records, files, index, jobs
        self._records = cast("Records", Guarded(records, self._maintained, now)) if guarded else records
        self._read_only = read_only
        self.backup_days = backup_days
        self._now = now
        self.upload_limit = upload_limit
        self._review_default = review_default
        self._search_wait = search_wait
        self._in_time: datetime | None = None
        self._declaration = declaration
        self._proofs = Proofs()
        self._hasher: Hasher = hasher or Argon2()

    def _maintained(self, unit: Unit) -> Maintenance | None:
        """Say why the site takes no changes: the setting's word before that of the records."""
        return setting_of(self._read_only) if self._read_only else maintenance_in(unit)

    def system(self) -> Caller:
        """Give the caller that the site itself is (worker, command line on the machine)."""
        return SYSTEM

    # -- who is asking ------------------------------------------------------------------------------------------
    def _actor(self, caller: Caller) -> str:
        """Give the caller's name for the audit chain; raises NotKnown for nobody."""
        if caller.person is None:
            raise NotKnown
        return caller.person.name

    def _must(self, caller: Caller, act: str, *, organisation: str = "", person: str = "") -> None:
        if not may(caller, act, organisation=organisation, person=person):
            raise NotAllowed(act=act) if caller.known else NotKnown

    def _new_id(self) -> str:
        return new_id(self._now())

    # -- what she can see ---------------------------------------------------------------------------------------
    def _sees(self, caller: Caller, entry: Entry) -> bool:
        """Tell whether the caller may know that a dataset exists."""
        shown = entry.visibility == "public" and entry.state != "draft"
        return shown or may(caller, "see", organisation=entry.organisation)

    def _entry(self, unit: Unit, caller: Caller, key: str) -> Entry:
        """Find a dataset that the caller may see; raises NotFound."""
        entry = unit.entry(key)
        if entry is None or not self._sees(caller, entry):
            raise NotFound
        return entry

    def _version(self, unit: Unit, entry: Entry, number: int | None) -> Version:
        """Find a version; raises Gone for a withdrawn one, NotFound where there is none."""
        if entry.state == "withdrawn":
            raise Gone(**tombstone(entry))
        wanted = entry.version if number is None else number
        version = unit.version(entry.id, wanted) if wanted else None
        if version is None:
            raise NotFound
        if version.state == "withdrawn":
            raise Gone(**tombstone(version))
        return version

    def _organisation(self, unit: Unit, key: str, pointer: str = "") -> Organisation:
        """Find an agency; raises NotFound. With a pointer it was named by a member of the request."""
        found = unit.organisation(key)
        if found is None:
            raise NotFound("organisation-not-found", pointer=pointer) if pointer else NotFound
        return found

    def _drop_tables(self, dataset: str) -> None:
        """Take away the tables of rows that a dataset has."""
        if self._tables is not None:
            for one in self._tables.tables(dataset):
                self._tables.drop(one.id)

    # -- after a write ------------------------------------------------------------------------------------------
    def _settled(self, caller: Caller, sequence: int) -> None:
        """Wait until search knows of a change, where the site is set up so; the worker itself never waits."""
        if self._search_wait and caller.via != "system":
            self.wait_until_searchable(sequence)

    def wait_until_searchable(self, sequence: int, seconds: float = 10.0) -> None:
        """Return when the index has followed the change sequence that far; raises Unavailable after ``seconds``."""
        end = time.monotonic() + seconds
        while True:
            with self._records.read() as unit:
                if unit.position("index") >= sequence:
                    return
            if time.monotonic() > end:
                raise Unavailable("search-behind", retry_after=5)
            time.sleep(0.02)


def tombstone(thing: Entry | Version) -> Mapping[str, Any]:
    """Give what is left of a withdrawn or erased dataset or version."""
    if thing.erased:
        return {"state": "erased", "reason": thing.reason, "withdrawn": thing.withdrawn, "erased": thing.erased}
    return {"state": "withdrawn", "reason": thing.reason, "withdrawn": thing.withdrawn}
