"""Whatever people do, in whatever order, on real engines: a call that fails, a start anew, an erasure change no promise (R5)."""

from __future__ import annotations

import errno
import hashlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from hypothesis import Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import consumes, invariant, multiple, rule

from catalog.adapters.files_local import LocalFiles
from catalog.adapters.index_tantivy import TantivyIndex
from catalog.adapters.sql import SqlRecords
from catalog.errors import Gone, NotAllowed, NotFound, Unavailable
from pipelines.steps import erase
from tests.catalog.desk import Desk, a_desk, signed_in
from tests.catalog.test_any_order import AnyOrder
from tests.fakes import Stand, a_stand
from tests.templates import records_at

RUNS = int(os.environ.get("DATAMO_RUNS", "8"))
STEPS = 20
PLACES = ("bytes", "before the commit", "after the commit")
WRITES = ("editor", "reviewer", "admin")


class Torn(SqlRecords):
    """Records whose next transaction is told to have failed: before its commit, or although it was done."""

    fault = ""

    @contextmanager
    def begin(self) -> Iterator[Any]:
        fault, self.fault = self.fault, ""
        with super().begin() as unit:
            yield unit
            if fault == "before the commit":
                raise Unavailable("database-down")
        if fault:
            raise Unavailable("database-down")


class Disk:
    """How files are synced: the ``left``-th time from now the disk says that it is broken."""

    left = 0

    def __call__(self, handle: int) -> None:
        self.left -= 1
        if self.left == 0:
            raise OSError(errno.EIO, os.strerror(errno.EIO))
        os.fsync(handle)


class AnyOrderOnDisk(AnyOrder):
    """The same people and the same model, on SQLite, a folder and tantivy, which fail and are closed and opened again."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(prefix="datamo-order-"))
        records_at(self.folder / "datamo.db")
        self.disk = Disk()
        self.erased: dict[str, set[int]] = {}
        ports = self._ports()
        ports["index"].rebuild([])
        self.desk: Desk = a_desk(**ports)

    def _ports(self) -> dict[str, Any]:
        return {
            "records": Torn(f"sqlite:///{self.folder}/datamo.db", enqueue=lambda _, event: self.desk.stand.jobs.enqueue(event)),
            "files": LocalFiles(self.folder / "files", sync=self.disk),
            "index": TantivyIndex(self.folder / "search", writer=True),
        }

    def drafts(self) -> int:
        with self.desk.stand.records.read() as unit:
            return len(unit.entries(limit=100))

    def _close(self) -> None:
        self.desk.stand.index.close()
        self.desk.stand.records.close()

    def teardown(self) -> None:
        self._close()
        shutil.rmtree(self.folder)

    @contextmanager
    def _failing(self, where: str, at: int) -> Iterator[None]:
        """Let the next write, or the next transaction, fail once; what is told to have failed may be done."""
        if where == "bytes":
            self.disk.left = at
        else:
            self.desk.stand.records.fault = where
        with suppress(Unavailable):
            yield
        self.disk.left = 0
        self.desk.stand.records.fault = ""

    @rule()
    def start_anew(self):
        self._close()
        before: Stand = self.desk.stand
        stand = a_stand(**self._ports())
        stand.clock.at, stand.jobs.work = before.clock.at, before.jobs.work
        self.desk = Desk(stand, self.desk.people)

    @rule(target=AnyOrder.uploads, dataset=AnyOrder.datasets, where=st.sampled_from(PLACES), at=st.integers(1, 8))
    def an_upload_whose_check_is_done_again(self, dataset, where, at):
        """What was taken before the fault is checked again, as a worker does it; what was not taken left nothing."""
        self.number += 1
        content, catalog = b"h\n%d\n" % self.number, self.desk.catalog
        with self._failing(where, at), suppress(Gone):
            self.desk.ready(dataset, content)
        sha256 = hashlib.sha256(content).hexdigest()
        with self.desk.stand.records.read() as unit:
            taken = [one for one in unit.submissions(dataset=dataset, limit=1000) if one.staged.sha256 == sha256]
        for one in taken:
            if one.state in ("received", "checking"):
                catalog.begin_check(one.id)
                catalog.settle(one.id, self.desk.outcome(one, content))
        return multiple(*((dataset, one.id) for one in taken))

    @rule(upload=consumes(AnyOrder.uploads), where=st.sampled_from(PLACES), at=st.integers(1, 4))
    def publish_twice_since_the_first_answer_did_not_come(self, upload, where, at):
        with self._failing(where, at), suppress(Gone):
            self.desk.catalog.publish(self.desk.operator, [upload[1]])
        self.publish(upload)

    @rule(dataset=AnyOrder.datasets, where=st.sampled_from(PLACES))
    def withdraw_twice_since_the_first_answer_did_not_come(self, dataset, where):
        if self.versions[dataset]:
            with self._failing(where, 1):
                self.desk.catalog.withdraw(self.desk.admin, dataset, "because")
            self.withdraw(dataset, None)

    @rule(dataset=AnyOrder.datasets, role=st.sampled_from(["", "reader", *WRITES]))
    def a_person_writes_if_her_role_lets_her(self, dataset, role):
        system, catalog = self.desk.catalog.system(), self.desk.catalog
        if role:
            catalog.set_member(system, "H12", "person", role)
        else:
            with suppress(NotFound):
                catalog.drop_member(system, "H12", "person")
        self.desk.people["person"] = signed_in(self.desk.stand, "person")
        self.number += 1
        try:
            self.desk.attach(dataset, b"h\n%d\n" % self.number, by="person")
        except NotAllowed:
            assert role not in WRITES
        except NotFound:
            assert not role
        except Gone:
            assert dataset in self.gone
        else:
            assert role in WRITES

    @rule(dataset=AnyOrder.datasets, number=st.integers(1, 4))
    def erase(self, dataset, number):
        """What two people had taken away is gone from the store, and what shares bytes with it goes too."""
        stand, held = self.desk.stand, self.versions[dataset]
        gone = self.erased.setdefault(dataset, set())
        try:
            one = self.desk.catalog.ask_erasure(self.desk.editor, dataset, versions=[number], reason="Có tên người.", sharing="include")
        except (NotFound, Gone):
            assert number > len(held) or number in gone
            return
        assert number <= len(held)
        assert number not in gone
        assert number in one.versions
        self.desk.catalog.confirm_erasure(self.desk.admin, one.id)
        with self._failing("before the commit", 1):
            erase.follow(self.desk.catalog, stand.records, stand.files, stand.jobs, None, lambda: None)
        erase.follow(self.desk.catalog, stand.records, stand.files, stand.jobs, None, lambda: None)
        gone.update(one.versions)
        for each in one.versions:
            held[each - 1] = "withdrawn"

    @invariant()
    def what_was_erased_is_nowhere(self):
        back = self.desk.catalog.erased_hashes()
        assert [one for one in back if self.desk.stand.files.size(one) is not None] == []


def test_the_faults_of_the_model_are_faults():
    """A transaction that is told to have failed was done or was not, as its name says; a sync that fails is heard."""
    machine = AnyOrderOnDisk()
    try:
        for where, drafts in (("before the commit", 0), ("after the commit", 1)):
            before = machine.drafts()
            with machine._failing(where, 1):
                machine.desk.draft(where)
            assert machine.drafts() - before == drafts
        dataset = machine.desk.draft().id
        with machine._failing("bytes", 1):
            machine.desk.ready(dataset)
            raise AssertionError("the disk did not fail")
    finally:
        machine.teardown()


AnyOrderOnDisk.TestCase.settings = settings(max_examples=RUNS, stateful_step_count=STEPS, deadline=None, phases=(Phase.explicit, Phase.generate))
TestAnyOrderOnDisk = AnyOrderOnDisk.TestCase
