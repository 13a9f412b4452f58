"""Erasure: two people, every place that held the bytes, and nothing that brings them back."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from catalog.adapters.files_local import LocalFiles
from catalog.erasure import BASIS, LEDGER, betrays
from catalog.errors import Conflict, Gone, Invalid, NotAllowed, NotFound, Refusal, Stale
from catalog.model import NOBODY
from pipelines.carrying.backup import back_up
from pipelines.carrying.move import move
from pipelines.carrying.rebuild import rebuild
from pipelines.carrying.restore import restore
from pipelines.steps import erase, public_state
from tests.pipelines.test_carrying import an_empty_house, house_of
from tests.site import SCHOOLS, Town, make_town

CANARY = "Nguyễn Thị Hoàng Yến 034199012345"
PERSONAL = SCHOOLS + f"00777,{CANARY},01\n".encode()
REASON = "Tệp có số định danh của người dân."
NOW = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.fixture
def town(tmp_path: Path) -> Town:
    (tmp_path / "town").mkdir()
    town = make_town(tmp_path / "town", rooms={"work": tmp_path / "town" / "work"})
    town.published("Trường học 2025")
    town.release("truong-hoc-2025", PERSONAL)
    follow(town)
    return town


def follow(town: Town) -> None:
    town.stand.follow()
    while public_state.follow(town.catalog, town.stand.files):
        pass


def finish(town: Town) -> int:
    follow(town)
    stand, work = town.stand, town.client.app.state.site.extras["rooms"]["work"]
    return erase.follow(town.catalog, stand.records, stand.files, stand.jobs, work, lambda: None)


def erased(town: Town, key: str = "truong-hoc-2025", **chosen: Any) -> Any:
    one = town.catalog.ask_erasure(town.caller("editor"), key, **{"versions": [2], "reason": REASON, **chosen})
    done = town.catalog.confirm_erasure(town.caller("reviewer"), one.id)
    assert finish(town) == 1
    return done


def places(folder: Path, needle: str = CANARY) -> list[str]:
    """Every file in the folder that holds the words, as text or escaped as JSON writes them."""
    needles = [needle.encode(), json.dumps(needle)[1:-1].encode()]
    return [str(path.relative_to(folder)) for path in sorted(folder.rglob("*"))
            if path.is_file() and any(one in path.read_bytes() for one in needles)]


def test_no_byte_of_it_is_left_in_any_file_of_the_site(town, tmp_path):
    """Objects, derived files, uploads, the records with their log, the public record, kept answers."""
    headers = {"Idempotency-Key": "k1"}
    town.upload("truong-hoc-2025", PERSONAL, headers=headers)
    before = places(tmp_path / "town")
    assert any(one.startswith("files/sha256") for one in before)
    assert any(one.startswith("records.db") for one in before)
    assert any(one.startswith("files/state") for one in before)
    for leftover in (tmp_path / "town" / "files" / "work").iterdir():
        leftover.unlink()  # what the stand-in for the worker wrote
    done = erased(town)
    assert places(tmp_path / "town") == []
    assert all(town.stand.files.size(one) is None for one in done.hashes)
    assert list(town.catalog.verify(deep=True)) == []


def test_the_addresses_answer_410_with_a_tombstone_that_holds_no_value_and_the_older_version_stays(town):
    done = erased(town)
    answer = town.get("/api/v1/datasets/truong-hoc-2025/versions/2")
    said = answer.json()
    assert (answer.status_code, said["code"], said["state"], said["reason"]) == (410, "erased", "erased", REASON)
    assert said["erased"]["basis"] == BASIS
    assert said["erased"]["hashes"] == list(done.hashes)
    assert said["erased"]["objects"] == len(done.hashes) > 2
    assert not {"editor", "reviewer"} & set(json.dumps(said["erased"]).split('"'))
    for path in ("versions/2/files/truong-hoc-2025.csv", "versions/2/manifest", "rows?version=2", "rows"):
        assert town.get(f"/api/v1/datasets/truong-hoc-2025/{path}").status_code == 410, path
    assert town.get("/datasets/truong-hoc-2025/versions/2").status_code == 410
    assert town.get("/api/v1/datasets/truong-hoc-2025/versions/1/files/truong-hoc-2025.csv").content == SCHOOLS


def test_the_audit_chain_says_who_asked_who_confirmed_and_what_went(town):
    done = erased(town)
    rows = {row.act: row for row in town.catalog.audit(town.catalog.system())}
    said = rows["erase"].detail
    assert (said["asked_by"], said["confirmed_by"], said["basis"]) == ("editor", "reviewer", BASIS)
    assert (said["hashes"], said["objects"], said["erased"]) == (list(done.hashes), len(done.hashes), [2])
    assert rows["ask-erasure"].actor == "editor"
    assert rows["erased"].actor == "system"


def test_the_same_person_the_site_itself_and_strangers_do_not_confirm(town):
    with pytest.raises(NotAllowed, match="erasure-needs-people"):
        town.catalog.ask_erasure(town.catalog.system(), "truong-hoc-2025", reason=REASON)
    with pytest.raises(NotAllowed):
        town.catalog.ask_erasure(town.caller("reader"), "truong-hoc-2025", reason=REASON)
    one = town.catalog.ask_erasure(town.caller("reviewer"), "truong-hoc-2025", versions=[2], reason=REASON)
    with pytest.raises(NotAllowed, match="own-erasure"):
        town.catalog.confirm_erasure(town.caller("reviewer"), one.id)
    with pytest.raises(NotAllowed, match="erasure-needs-people"):
        town.catalog.confirm_erasure(town.catalog.system(), one.id)
    with pytest.raises(NotAllowed):
        town.catalog.confirm_erasure(town.caller("editor"), one.id)
    for who in ("stranger", "nobody"):
        with pytest.raises(NotFound):
            town.catalog.confirm_erasure(town.caller(who), one.id)
    assert finish(town) == 0
    assert town.catalog.version(NOBODY, "truong-hoc-2025", 2).number == 2
    assert town.catalog.confirm_erasure(town.caller("operator"), one.id).state == "confirmed"


@pytest.mark.parametrize("reason", ["Có 034199012345", "Có 034 199 012 345", "Có yen@gmail.com", "Hàng của nguyễn thị  hoàng YẾN 034199012345", ""])
def test_a_reason_that_tells_the_values_is_refused(town, reason):
    with pytest.raises(Invalid):
        town.catalog.ask_erasure(town.caller("editor"), "truong-hoc-2025", versions=[2], reason=reason)
    assert town.catalog.erasures(town.caller("editor")) == []


def test_words_of_a_name_are_recognised_and_laws_and_days_are_not():
    assert betrays("của Nguyễn Thị Hoàng Yến", ["Nguyễn Thị Hoàng Yến"])
    assert not betrays("Theo Luật 91/2025/QH15 và NĐ 194/2025/NĐ-CP, ngày 12/11/2025, tỉnh Hà Nội", ["Hà Nội", "01"])


def test_bytes_that_others_refer_to_are_told_and_either_go_too_or_stay(town):
    town.release("truong-hoc-2025", PERSONAL, data={"note": "lại"})
    town.published("Khác", PERSONAL)
    editor = town.caller("editor")
    with pytest.raises(Conflict, match="erasure-shared") as refused:
        town.catalog.ask_erasure(editor, "truong-hoc-2025", versions=[2], reason=REASON)
    assert {"dataset": "truong-hoc-2025", "version": 3} in refused.value.params["versions"]
    kept = town.catalog.plan_erasure(editor, "truong-hoc-2025", versions=[2], sharing="keep")
    assert set(kept.kept).isdisjoint(kept.hashes)
    done = erased(town, sharing="include")
    assert (done.versions, len(done.others)) == ((2, 3), 1)
    for key, number in (("truong-hoc-2025", 2), ("truong-hoc-2025", 3), ("khac", 1)):
        with pytest.raises(Gone, match="erased"):
            town.catalog.version(NOBODY, key, number)
    assert list(town.catalog.verify(deep=True)) == []


def test_an_upload_elsewhere_that_waits_with_the_same_bytes_is_told_and_loses_nothing_behind_peoples_backs(town):
    """Its objects were claimed and no version named them: they went, and the upload stayed as if it could be published."""
    waits = town.upload(town.draft("Khác")["slug"], PERSONAL, query="?publish=false").json()["id"]
    assert town.check(waits).state == "ready"
    with pytest.raises(Conflict, match="erasure-shared") as refused:
        town.catalog.ask_erasure(town.caller("editor"), "truong-hoc-2025", versions=[2], reason=REASON)
    assert (refused.value.params["waiting"], refused.value.params["hidden"]) == (["khac"], 0)
    assert town.catalog.plan_erasure(town.caller("editor"), "truong-hoc-2025", versions=[2], sharing="keep").kept
    done = erased(town, sharing="include")
    assert waits in done.uploads
    assert town.catalog.submission(town.caller("editor"), waits).state == "withdrawn"
    assert list(town.catalog.verify(deep=True)) == []


def test_another_agency_is_not_named_to_those_who_may_not_see_and_not_erased_by_those_who_may_not(town):
    made = town.send("POST", "/api/v1/datasets", "stranger", {"organization": "H13", "title": "Riêng", "visibility": "private"}).json()
    sent = town.upload(made["slug"], PERSONAL, who="stranger").json()["id"]
    town.check(sent)
    with pytest.raises(Conflict) as refused:
        town.catalog.ask_erasure(town.caller("editor"), "truong-hoc-2025", versions=[2], reason=REASON)
    assert (refused.value.params["versions"], refused.value.params["hidden"]) == ([], 1)
    with pytest.raises(NotAllowed):
        town.catalog.ask_erasure(town.caller("editor"), "truong-hoc-2025", versions=[2], reason=REASON, sharing="include")
    assert town.catalog.ask_erasure(town.caller("operator"), "truong-hoc-2025", versions=[2], reason=REASON, sharing="include").others


def test_what_changed_since_it_was_asked_for_is_not_confirmed_blindly(town):
    one = town.catalog.ask_erasure(town.caller("editor"), "truong-hoc-2025", reason=REASON)
    town.release("truong-hoc-2025", SCHOOLS + b"00999,M,01\n")
    with pytest.raises(Stale, match="erasure-changed"):
        town.catalog.confirm_erasure(town.caller("reviewer"), one.id)
    assert town.catalog.refuse_erasure(town.caller("editor"), one.id).state == "refused"
    with pytest.raises(Conflict, match="wrong-state"):
        town.catalog.confirm_erasure(town.caller("reviewer"), one.id)


def test_the_same_bytes_sent_again_are_held_back_with_a_sentence(town):
    erased(town)
    before = list(town.stand.files.staged(-1))
    answer = town.upload("truong-hoc-2025", PERSONAL)
    assert (answer.status_code, answer.json()["code"]) == (409, "erased-bytes")
    assert "xóa" in answer.json()["detail"]
    assert list(town.stand.files.staged(-1)) == before
    assert town.upload("truong-hoc-2025", SCHOOLS).status_code == 202


def test_a_whole_dataset_goes_with_its_description_its_drafts_and_its_uploads(town, tmp_path):
    assert town.send("PATCH", "/api/v1/datasets/truong-hoc-2025", json={"description": CANARY}).status_code == 200
    waiting = town.upload("truong-hoc-2025", PERSONAL + b"x,y,z\n").json()["id"]
    follow(town)
    for leftover in (tmp_path / "town" / "files" / "work").iterdir():
        leftover.unlink()
    assert CANARY in town.client.get("/api/3/action/package_show", params={"id": "truong-hoc-2025"}).text
    assert any(one.startswith("work/packages") for one in places(tmp_path / "town")), "made once, for every process"
    erased(town, versions=[])
    assert places(tmp_path / "town") == []
    assert town.get("/api/v1/datasets/truong-hoc-2025").json()["state"] == "erased"
    assert town.get("/datasets/truong-hoc-2025").status_code == 410
    assert town.get(f"/api/v1/submissions/{waiting}", "editor").json()["state"] == "withdrawn"
    assert town.get("/api/v1/datasets?q=truong").json()["total"] == 0
    assert list(town.catalog.verify(deep=True)) == []


def test_an_upload_of_a_draft_goes_and_strangers_are_told_nothing(town, tmp_path):
    made = town.draft("Nháp")
    sent = town.upload(made["slug"], PERSONAL + b"1,2,3\n").json()["id"]
    one = town.catalog.ask_erasure(town.caller("editor"), made["slug"], upload=sent, reason=REASON)
    town.catalog.confirm_erasure(town.caller("reviewer"), one.id)
    assert finish(town) == 1
    assert town.get(f"/api/v1/datasets/{made['slug']}").status_code == 404
    assert town.get(f"/api/v1/datasets/{made['slug']}", "editor").status_code == 200
    key = town.catalog.submission(town.caller("editor"), sent).staged.key
    assert key not in town.stand.files.staged(-1)
    assert town.get(f"/api/v1/submissions/{sent}").status_code in (401, 404)


def test_verify_finds_erased_bytes_that_came_back_and_the_guard_takes_them_away_again(town):
    import io
    erased(town)
    town.stand.files.put(io.BytesIO(PERSONAL))
    assert any("was erased and is there again" in one for one in town.catalog.verify())
    assert erase.guard(town.catalog, town.stand.files) == 1
    assert list(town.catalog.verify(deep=True)) == []


def test_an_older_backup_restored_brings_nothing_back(town, tmp_path):
    """The record of erasures is found in the newer backup beside the older one."""
    old, new = tmp_path / "backups" / "1", tmp_path / "backups" / "2"
    for folder in (old, new):
        folder.mkdir(parents=True)
    back_up(house_of(town), LocalFiles(old), old, now=NOW)
    done = erased(town)
    back_up(house_of(town), LocalFiles(new), new, now=NOW)
    other = an_empty_house(tmp_path / "other")
    assert list(restore(other, LocalFiles(old), old).broken) == []
    with pytest.raises(Gone, match="erased"):
        other.catalog.version(NOBODY, "truong-hoc-2025", 2)
    assert places(tmp_path / "other") == []
    assert set(other.catalog.erased_hashes()) == set(done.hashes)
    assert list(other.catalog.verify(deep=True)) == []
    lone = tmp_path / "lone" / "backup"
    lone.parent.mkdir()
    old.rename(lone)
    third = an_empty_house(tmp_path / "third")
    restore(third, LocalFiles(lone), lone, erasures=[new / LEDGER])
    assert places(tmp_path / "third") == []


def test_a_damaged_record_of_erasures_stops_a_restore(town, tmp_path):
    folder = tmp_path / "backup"
    folder.mkdir()
    back_up(house_of(town), LocalFiles(folder), folder, now=NOW)
    (folder / LEDGER).write_text("{")
    with pytest.raises(Refusal, match="erasures-damaged"):
        restore(an_empty_house(tmp_path / "other"), LocalFiles(folder), folder)


def test_a_rebuild_and_a_move_bring_nothing_back(town, tmp_path):
    from_before = dict(town.stand.files.states())
    erased(town)
    for name, content in from_before.items():  # a disk that was put back to what it was
        if name != LEDGER:
            town.stand.files.put_state(name, content)
    other = an_empty_house(tmp_path / "other", files=town.stand.files)
    assert list(rebuild(other).broken) == []
    with pytest.raises(Gone, match="erased"):
        other.catalog.version(NOBODY, "truong-hoc-2025", 2)
    assert other.catalog.version(NOBODY, "truong-hoc-2025", 1).number == 1
    assert places(tmp_path / "other") == []
    moved = an_empty_house(tmp_path / "moved")
    assert list(move(house_of(town), moved).broken) == []
    assert places(tmp_path / "moved") == []
    assert LEDGER in dict(moved.files.states())


def test_erasing_goes_on_while_the_site_is_read_only(town):
    town.catalog.make_read_only(town.catalog.system(), "Sự cố.")
    assert erased(town).state == "confirmed"
    assert town.catalog.erasures(town.caller("editor"))[0].state == "done"
