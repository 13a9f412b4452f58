"""Promises kept: verify finds every broken one, the sweep takes only what nobody needs, a reset leaves a working site."""

from __future__ import annotations

import io
import json
import threading
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import text

from catalog.adapters.files_local import LocalFiles
from catalog.adapters.sql import SqlRecords
from catalog.catalog.promises import PROMISES
from catalog.errors import Conflict, NotAllowed, NotFound, Unavailable
from catalog.events import VersionPublished
from catalog.model import NOBODY
from catalog.question import Question
from tests.catalog.desk import CSV, Desk, a_desk
from tests.fakes import Clock
from tests.templates import records_at


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
    records = SqlRecords(records_at(tmp_path / "x.db"), now=Clock())
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
    assert desk.catalog.verify() == ["I6: truong-hoc-2025 version 2: file schools.parquet is missing"]


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
    assert desk.catalog.verify(deep=True) == ["I6: truong-hoc-2025 version 2: file schools.parquet does not have its hash"]


def test_a_lost_or_altered_manifest_is_found(desk):
    entry = desk.catalog.all_datasets(desk.operator)[0]
    sha256 = desk.catalog.version(NOBODY, entry.id).manifest
    kept = desk.stand.files.objects[sha256]
    desk.stand.files.objects[sha256] = kept.replace(b"so-giao-duc", b"so-gian-lan")
    assert desk.catalog.verify() == ["I6: truong-hoc-2025 version 2: manifest does not have its hash"]
    desk.stand.files.delete(sha256)
    assert desk.catalog.verify() == ["I6: truong-hoc-2025 version 2: manifest is missing"]


def test_records_that_were_tampered_with_are_found(desk):
    shelf, entry = desk.stand.records.shelf, desk.catalog.all_datasets(desk.operator)[0]
    first, second = (shelf.versions[entry.id, number] for number in (1, 2))
    shelf.versions[entry.id, 2] = replace(second, resources=first.resources)
    assert desk.catalog.verify() == ["I1: truong-hoc-2025 version 2: manifest names other files than the records"]
    table = replace(second.resources[0], rows=7)
    shelf.versions[entry.id, 2] = replace(second, resources=(table,))
    assert desk.catalog.verify() == ["I1: truong-hoc-2025 version 2: table schools has 7 rows, its files [3]"]
    table = replace(second.resources[0], files=tuple(one for one in second.files if one.role != "csv"))
    shelf.versions[entry.id, 2] = replace(second, resources=(table,))
    assert "I1: truong-hoc-2025 version 2: table schools has no csv" in desk.catalog.verify()
    shelf.versions[entry.id, 2] = replace(second, manifest=first.manifest)
    assert "I1: truong-hoc-2025 version 2: manifest does not follow the one before" in desk.catalog.verify()
    assert "I4: truong-hoc-2025 version 2: its manifest is not the one that was sealed" in desk.catalog.verify()
    del shelf.versions[entry.id, 1]
    found = desk.catalog.verify()
    assert any("I3: truong-hoc-2025: version numbers are not 1 to 1" in one for one in found)
    assert f"I9: dataset {entry.id} version 1 was released and is not there" in found
    shelf.versions[entry.id, 1], shelf.versions[entry.id, 2] = first, second
    shelf.entries[entry.id] = replace(entry, version=1)
    assert desk.catalog.verify() == ["I8: truong-hoc-2025: newest version is 2, the dataset says 1"]
    shelf.entries[entry.id] = replace(entry, sequence=99)
    assert desk.catalog.verify() == ["I8: truong-hoc-2025: stands ahead of the change sequence"]


def test_a_version_without_a_row_in_the_audit_chain_is_found(desk):
    shelf, entry = desk.stand.records.shelf, desk.catalog.all_datasets(desk.operator)[0]
    second = shelf.versions[entry.id, 2]
    shelf.versions[entry.id, 2] = replace(second, state="withdrawn", reason="x", withdrawn=second.issued)
    assert desk.catalog.verify() == ["I9: truong-hoc-2025 version 2: the audit chain does not know of its withdrawal"]
    shelf.versions[entry.id, 2] = second
    shelf.versions[entry.id, 3] = replace(second, number=3)
    shelf.entries[entry.id] = replace(entry, version=3)
    assert "I9: truong-hoc-2025 version 3: the audit chain does not know of it" in desk.catalog.verify()


def test_an_upload_that_was_published_twice_is_found(desk):
    entry = desk.catalog.all_datasets(desk.operator)[0]
    with desk.stand.records.begin() as unit:
        one = unit.submissions(states=("published",))[0]
        unit.audit("eve", "publish", entry.id, version=1, manifest=desk.catalog.version(NOBODY, entry.id, 1).manifest,
                   submissions={one.id: one.staged.sha256})
    assert desk.catalog.verify() == [f"I3: upload {one.id} was published twice"]


def test_an_upload_that_nobody_works_on_is_found(desk):
    one = desk.attach(desk.draft("Chờ").id)
    assert desk.catalog.verify() == []
    desk.stand.jobs.take()
    assert desk.catalog.verify() == [f"I2: upload {one.id} is received, and nobody works on it"]
    desk.catalog.begin_check(one.id)
    assert desk.catalog.verify() == [f"I2: upload {one.id} is checking, and nobody works on it"]


def test_an_upload_whose_bytes_are_lost_or_altered_is_found(desk):
    one = desk.attach(desk.draft("Chờ").id)
    content, at = desk.stand.files.uploads[one.staged.key]
    desk.stand.files.uploads[one.staged.key] = (content[:-1] + b"!", at)
    assert desk.catalog.verify() == []
    assert desk.catalog.verify(deep=True) == [f"I2: the bytes of upload {one.id} do not have their hash"]
    del desk.stand.files.uploads[one.staged.key]
    assert desk.catalog.verify() == [f"I2: the bytes of upload {one.id} are missing"]


def test_an_artefact_that_waits_to_be_published_and_is_lost_is_found(desk):
    one = desk.ready(desk.draft("Chờ").id, CSV + b"y,y\n")
    lost = one.outcome.tables[0].artefacts[1]
    desk.stand.files.delete(lost.sha256)
    assert desk.catalog.verify() == [f"I6: upload {one.id}: parquet {lost.name} is missing"]


def test_an_upload_that_became_a_version_which_is_not_there_is_found(desk):
    shelf = desk.stand.records.shelf
    one = next(one for one in shelf.submissions.values() if one.version == 2)
    shelf.submissions[one.id] = replace(one, version=9)
    assert desk.catalog.verify() == [f"I2: upload {one.id} says published, its version is not there"]


def test_what_nobody_needs_and_no_sweep_took_is_found(desk):
    stranger, _ = desk.stand.files.put(io.BytesIO(b"a stranger"))
    key, _, _ = desk.stand.files.stage(io.BytesIO(b"never attached"), 100)
    assert desk.catalog.verify() == []
    desk.catalog.sweep()  # the stranger is noted now
    desk.stand.clock.forward(hours=73)
    found = desk.catalog.verify()
    assert f"I5: object {stranger} is referred to by nothing" in found
    assert f"I5: staged bytes {key} belong to no upload" in found
    desk.catalog.sweep()
    unknown, _ = desk.stand.files.put(io.BytesIO(b"another"))
    assert desk.catalog.verify() == []
    assert f"I5: object {unknown} is not known" in desk.catalog.verify(grace_hours=0)


def test_a_version_that_was_announced_after_a_newer_one_is_found(desk):
    entry = desk.catalog.all_datasets(desk.operator)[0]
    with desk.stand.records.begin() as unit:
        unit.announce(VersionPublished(dataset=entry.id, number=1))
    assert desk.catalog.verify() == [f"I8: change 3 goes back to version 1 of {entry.id}"]


def test_a_public_record_that_tells_what_is_hidden_is_found(desk):
    entry = desk.catalog.all_datasets(desk.operator)[0]
    desk.catalog.advance("public-state", desk.catalog.last_change())
    assert desk.catalog.verify() == []
    assert desk.catalog.verify(deep=True) == [f"I10: the public record does not know {entry.slug}"]
    said = json.dumps({"sequence": 2, "dataset": entry.id, "state": "published"}).encode()
    desk.stand.files.put_state("000000000002.json", said)
    assert desk.catalog.verify(deep=True) == []
    desk.stand.records.shelf.entries[entry.id] = replace(entry, visibility="private")
    assert desk.catalog.verify(deep=True) == [f"I10: the public record says published of {entry.id}, which is hidden"]


def test_a_store_that_cannot_be_written_is_not_ready(desk):
    desk.stand.files.broken = True
    assert desk.catalog.verify() == ["I12: files is not ready: storage-down"]


@pytest.mark.parametrize("name", PROMISES)
def test_every_promise_is_told_in_the_page_for_operators(name):
    page = (Path(__file__).parent.parent.parent / "docs" / "operate.md").read_text(encoding="utf-8")
    assert f"| {name} | {PROMISES[name]}" in page


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
    assert desk.catalog.verify() == ["I8: change sequence has a gap after 1"]


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
