"""Promises kept: verify finds every broken one, the sweep takes only what nobody needs, a reset leaves a working site."""

from __future__ import annotations

import io
import threading
from dataclasses import replace

import pytest
from sqlalchemy import text

from catalog.adapters.files_local import LocalFiles
from catalog.adapters.sql import SqlRecords
from catalog.errors import Conflict, NotAllowed, NotFound, Unavailable
from catalog.model import NOBODY
from catalog.question import Question
from tests.catalog.desk import CSV, Desk, a_desk
from tests.fakes import Clock


@pytest.fixture
def desk() -> Desk:
    made = a_desk()
    entry = made.draft()
    made.publish(entry.id)
    made.publish(entry.id, CSV + b"00003,C\n")
    assert made.catalog.verify(deep=True) == []
    return made


@pytest.fixture
def solid(tmp_path) -> Desk:
    records = SqlRecords(f"sqlite:///{tmp_path}/x.db", now=Clock())
    records.migrate()
    made = a_desk(records=records, files=LocalFiles(tmp_path / "files"))
    made.published()
    assert made.catalog.verify(deep=True) == []
    yield made
    records.close()


def file_of(desk: Desk, role: str = "parquet"):
    version = desk.catalog.all_datasets(desk.operator)[0]
    return next(one for one in desk.catalog.version(desk.operator, version.id).files if one.role == role)


def test_a_lost_object_is_found(desk):
    desk.stand.files.delete(file_of(desk).sha256)
    assert desk.catalog.verify() == ["truong-hoc-2025 version 2: file schools.parquet is missing"]


def test_a_cut_object_is_found_without_reading_it(desk):
    sha256 = file_of(desk).sha256
    desk.stand.files.objects[sha256] = desk.stand.files.objects[sha256][:-1]
    assert len(desk.catalog.verify()) == 1


def test_a_flipped_bit_is_found_by_reading(desk):
    sha256 = file_of(desk).sha256
    content = bytearray(desk.stand.files.objects[sha256])
    content[5] ^= 1
    desk.stand.files.objects[sha256] = bytes(content)
    assert desk.catalog.verify() == []
    assert desk.catalog.verify(deep=True) == ["truong-hoc-2025 version 2: file schools.parquet does not have its hash"]


def test_a_lost_or_altered_manifest_is_found(desk):
    entry = desk.catalog.all_datasets(desk.operator)[0]
    sha256 = desk.catalog.version(NOBODY, entry.id).manifest
    kept = desk.stand.files.objects[sha256]
    desk.stand.files.objects[sha256] = kept.replace(b"so-giao-duc", b"so-gian-lan")
    assert desk.catalog.verify() == ["truong-hoc-2025 version 2: manifest does not have its hash"]
    desk.stand.files.delete(sha256)
    assert desk.catalog.verify() == ["truong-hoc-2025 version 2: manifest is missing"]


def test_records_that_were_tampered_with_are_found(desk):
    shelf, entry = desk.stand.records.shelf, desk.catalog.all_datasets(desk.operator)[0]
    first, second = (shelf.versions[entry.id, number] for number in (1, 2))
    shelf.versions[entry.id, 2] = replace(second, resources=first.resources)
    assert desk.catalog.verify() == ["truong-hoc-2025 version 2: manifest names other files than the records"]
    shelf.versions[entry.id, 2] = replace(second, manifest=first.manifest)
    assert "truong-hoc-2025 version 2: manifest does not follow the one before" in desk.catalog.verify()
    del shelf.versions[entry.id, 1]
    assert any("version numbers are not 1 to 1" in one for one in desk.catalog.verify())
    shelf.versions[entry.id, 1], shelf.versions[entry.id, 2] = first, second
    shelf.entries[entry.id] = replace(entry, version=1)
    assert desk.catalog.verify() == ["truong-hoc-2025: newest version is 2, the dataset says 1"]


@pytest.mark.parametrize("deed", [
    "UPDATE audit SET actor = 'eve' WHERE sequence = 3", "DELETE FROM audit WHERE sequence = 3",
    "UPDATE audit SET detail = '{}' WHERE sequence = 2", "UPDATE audit SET sequence = 900 WHERE sequence = 3",
    "UPDATE audit SET hash = '0' WHERE sequence = 5",
])
def test_an_audit_row_that_was_changed_or_removed_is_found(solid, deed):
    with solid.stand.records.begin() as unit:
        unit.connection.execute(text(deed))
    assert any("audit chain broken" in one for one in solid.catalog.verify())


def test_a_gap_in_the_change_sequence_is_found(desk):
    desk.catalog.amend(desk.editor, "truong-hoc-2025", visibility="public")
    del desk.stand.records.shelf.changes[2]
    assert desk.catalog.verify() == ["change sequence has a gap after 1"]


def test_files_of_a_withdrawn_version_are_no_broken_promise(desk):
    entry = desk.catalog.all_datasets(desk.operator)[0]
    desk.catalog.withdraw(desk.admin, entry.id, "x")
    desk.stand.files.delete(desk.stand.records.shelf.versions[entry.id, 2].files[1].sha256)
    assert desk.catalog.verify(deep=True) == []


# -- the sweep -----------------------------------------------------------------------------------------------------


def test_the_sweep_leaves_everything_that_a_version_or_a_waiting_upload_needs(desk):
    waiting = desk.ready(desk.draft("Chờ").id, CSV + b"z,z\n")
    before = set(desk.stand.files.hashes())
    desk.stand.clock.forward(days=30)
    desk.catalog.sweep()
    assert set(desk.stand.files.hashes()) == before
    assert desk.catalog.publish(desk.operator, [waiting.id]).number == 1
    assert desk.catalog.verify(deep=True) == []


def test_an_object_that_nobody_ever_noted_gets_its_day_of_grace(desk):
    sha256, _ = desk.stand.files.put(io.BytesIO(b"a stranger"))
    desk.stand.clock.forward(days=30)
    desk.catalog.sweep()
    assert desk.stand.files.size(sha256) == 10
    desk.stand.clock.forward(hours=25)
    desk.catalog.sweep()
    assert desk.stand.files.size(sha256) is None


def test_staged_bytes_go_when_nobody_waits_for_them(desk):
    entry = desk.draft("Tải lên")
    blocked, rejected = desk.attach(entry.id, b"x"), desk.ready(entry.id, b"h\ny\n")
    desk.catalog.settle(blocked.id, desk.outcome(blocked, valid=False))
    desk.catalog.reject(desk.reviewer, rejected.id, "no")
    desk.stand.files.stage(io.BytesIO(b"never attached"), 100)
    desk.stand.clock.forward(hours=25)
    desk.catalog.sweep()
    assert set(desk.stand.files.uploads) == {blocked.staged.key}


def test_a_claim_made_while_the_sweep_runs_wins(solid):
    """The sweep deletes under the writer's lock: whoever claims and puts meanwhile finds or makes the object."""
    desk, lost, stop = solid, [], threading.Event()

    def claim_and_put() -> None:
        for at in range(60):
            content = b"again %d" % (at % 5)
            one = desk.put(desk_upload, content, "csv", "x")
            if desk.stand.files.size(one.sha256) is None:
                lost.append(at)
            with desk.stand.records.begin() as unit:
                unit.release_claims(desk_upload.id)
        stop.set()

    desk_upload = desk.attach(desk.draft("Đua").id)
    thread = threading.Thread(target=claim_and_put)
    thread.start()
    while not stop.is_set():
        desk.stand.clock.forward(hours=25)
        desk.catalog.sweep()
    thread.join()
    assert lost == []


# -- reset, health, numbers ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["desk", "solid"])
def test_a_reset_leaves_the_first_operator_with_her_token_and_an_empty_site_that_works(kind, request):
    desk = request.getfixturevalue(kind)
    catalog = desk.catalog
    token = catalog.add_token(catalog.system(), "operator")
    catalog.set_site_fact("secret", "s")
    desk.stand.follow()
    catalog.reset()
    desk.stand.follow()
    me = catalog.caller_of_token(token.secret)
    assert [one.name for one in catalog.people(me)] == ["operator"]
    assert catalog.statistics() == {"datasets": 0, "versions": 0, "rows": 0, "organisations": 0}
    assert (list(catalog.organisations(NOBODY)), list(desk.stand.files.hashes())) == ([], [])
    assert catalog.search(NOBODY, Question())[0].total == 0
    assert catalog.site_fact("secret") == "s"
    for role in ("editor", "admin"):
        catalog.add_person(me, role)
    catalog.add_organisation(me, code="H12", title={"vi": "Sở"})
    again = Desk(desk.stand, {"editor": me, "operator": me})
    entry = again.draft()
    again.publish(entry.id)
    desk.stand.follow()
    assert catalog.search(NOBODY, Question())[0].total == 1
    assert catalog.verify(deep=True) == []


def test_health_names_every_part_and_what_ails_it(desk):
    assert {name: part["state"] for name, part in desk.catalog.health().items()} == {
        "database": "ok", "files": "ok", "search": "ok", "worker": "ok",
    }
    desk.stand.files.broken = desk.stand.index.broken = True
    desk.stand.jobs.silent = 61.0
    sick = desk.catalog.health()
    assert sick["files"] == {"state": "down", "reason": "storage-down"}
    assert sick["worker"] == {"state": "degraded", "reason": "no-worker"}
    assert sick["search"]["state"] == "degraded"


def test_audit_and_jobs_are_for_the_operator_and_every_deed_is_in_the_chain(desk):
    for act in (desk.catalog.audit, desk.catalog.jobs, lambda who: desk.catalog.retry_job(who, "x")):
        with pytest.raises(NotAllowed):
            act(desk.admin)
    acts = [row.act for row in desk.catalog.audit(desk.operator, limit=10_000)]
    assert acts.count("publish") == 2
    assert {"add-organisation", "add-person", "set-member", "add-token", "draft", "attach", "check-ready"} <= set(acts)
    with pytest.raises(NotFound):
        desk.catalog.retry_job(desk.operator, "no-such-job")
    one = desk.catalog.jobs(desk.operator)[0]
    desk.stand.jobs.take()
    with pytest.raises(Conflict):
        desk.catalog.retry_job(desk.operator, one.id)


def test_an_answer_is_claimed_kept_and_dropped(desk):
    assert desk.catalog.claim_answer("k") is None
    assert desk.catalog.claim_answer("k") == ("", b"")
    desk.catalog.keep_answer("k", "f", b"answer")
    assert desk.catalog.claim_answer("k") == ("f", b"answer")
    desk.catalog.drop_answer("k")
    assert desk.catalog.claim_answer("k") is None


def test_a_fact_about_the_site_is_noted_once(desk):
    assert desk.catalog.set_site_fact("secret", "first") == "first"
    assert desk.catalog.set_site_fact("secret", "second") == "first"
    assert desk.catalog.site_fact("secret") == "first"
    assert desk.catalog.site_fact("unknown") == ""


def test_a_write_waits_for_search_where_the_site_is_set_up_so():
    desk = a_desk(search_wait=True)
    stop = threading.Event()

    def worker() -> None:
        while not stop.is_set():
            desk.stand.follow()

    thread = threading.Thread(target=worker)
    thread.start()
    try:
        entry = desk.published()
        assert desk.catalog.search(NOBODY, Question())[0].total == 1
        desk.catalog.withdraw(desk.admin, entry.id, "x")
        assert desk.catalog.search(NOBODY, Question())[0].total == 0
    finally:
        stop.set()
        thread.join()
    with pytest.raises(Unavailable, match="search-behind") as refused:
        desk.catalog.wait_until_searchable(10**6, seconds=0.05)
    assert refused.value.params["retry_after"] > 0
