"""Backup, restore, move and rebuild on small sites: what comes back, what does not, and what is refused."""

from __future__ import annotations

import dataclasses
import json
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from api.messages.carrying import SENTENCES
from catalog.adapters.files_local import LocalFiles
from catalog.adapters.sql.records import SqlRecords
from catalog.erasure import LEDGER
from catalog.errors import Gone, NotFound, Refusal
from catalog.maintenance import FACT
from catalog.question import Question
from catalog.rows import Field, Is, Table
from pipelines.carrying import folder as folders
from pipelines.carrying.backup import back_up
from pipelines.carrying.erased import write_beside
from pipelines.carrying.house import MARK, House
from pipelines.carrying.move import move
from pipelines.carrying.rebuild import NOT_KEPT, rebuild
from pipelines.carrying.restore import restore
from pipelines.steps import public_state
from tests.fakes import Clock, a_stand
from tests.site import SCHOOLS, Town, make_town
from tests.templates import records_at

NOW = datetime(2026, 1, 1, tzinfo=UTC)
MORE = SCHOOLS + b"00789,Tr\xc6\xb0\xe1\xbb\x9dng m\xe1\xbb\x9bi,01\n"


def house_of(town: Town) -> House:
    return house(town.stand)


def house(stand: Any) -> House:
    stand.jobs.silent = 10_000.0
    return House(catalog=stand.catalog, records=stand.records, files=stand.files, index=stand.index, jobs=stand.jobs,
                 tables=stand.catalog._tables)


def an_empty_house(folder: Path, files: Any = None) -> House:
    folder.mkdir()
    stand: Any = None
    records = SqlRecords(
        records_at(folder / "records.db"), enqueue=lambda _connection, event: stand.jobs.enqueue(event), now=Clock()
    )
    stand = a_stand(records=records, files=files or LocalFiles(folder / "files"))
    return house(stand)


@pytest.fixture
def town(tmp_path: Path) -> Town:
    (tmp_path / "town").mkdir()
    town = make_town(tmp_path / "town")
    town.published("Trường học 2025")
    town.release("truong-hoc-2025", MORE)
    town.published("Sẽ rút")
    town.catalog.withdraw(town.catalog.system(), "se-rut", "nhầm")
    town.published("Một bản rút")
    town.release("mot-ban-rut", MORE)
    town.catalog.withdraw(town.catalog.system(), "mot-ban-rut", "sai số liệu", 1)
    town.published("Đổi địa chỉ")
    town.catalog.amend(town.catalog.system(), "doi-dia-chi", slug="dia-chi-moi")
    town.published("Riêng", visibility="private")
    town.published("Thành riêng")
    town.catalog.amend(town.catalog.system(), "thanh-rieng", visibility="private")
    town.published("Thành chung", visibility="private")
    town.release("thanh-chung", MORE)
    follow(town)
    town.catalog.amend(town.catalog.system(), "thanh-chung", visibility="public")
    town.draft("Bản nháp")
    follow(town)
    return town


def follow(town: Town) -> None:
    town.stand.follow()
    while public_state.follow(town.catalog, town.stand.files):
        pass


def everything(house: House) -> dict[str, Any]:
    """All rows of all tables, but for what a restored site notes of itself."""
    with house.records.read() as unit:
        tables = {name: list(rows) for name, rows in unit.dump()}
    tables["audit"] = [one for one in tables["audit"] if one["act"] not in ("restore", "move", "read-only-on")]
    tables["site"] = [one for one in tables["site"] if one["name"] not in (MARK, FACT)]
    return tables


def states(files: Any) -> dict[str, Any]:
    return {name: json.loads(content) for name, content in files.states()}


def backed_up(town: Town, folder: Path, **more: Any) -> LocalFiles:
    store = LocalFiles(folder)
    back_up(house_of(town), store, folder, now=NOW, **more)
    return store


def test_a_restored_site_holds_row_for_row_what_was_backed_up(town: Town, tmp_path: Path) -> None:
    store = backed_up(town, tmp_path / "backup")
    other = an_empty_house(tmp_path / "other")
    filled = restore(other, store, tmp_path / "backup")
    assert list(filled.broken) == []
    assert everything(other) == everything(house_of(town))
    assert list(other.catalog.verify(deep=True)) == []
    named = {sha256 for sha256, must in unit_needs(house_of(town)).items() if must}
    assert named <= set(other.files.hashes()) <= set(town.stand.files.hashes())
    assert set(states(other.files)) == set(states(town.stand.files))
    assert other.catalog.search(other.catalog.system(), Question(text="truong"))[0].total >= 1


def unit_needs(house: House) -> dict[str, bool]:
    with house.records.read() as unit:
        return dict(unit.needed())


def test_an_upload_under_way_is_carried_and_its_check_is_enqueued_again(town: Town, tmp_path: Path) -> None:
    sent = town.upload("dia-chi-moi", MORE).json()["id"]
    store = backed_up(town, tmp_path / "backup")
    other = an_empty_house(tmp_path / "other")
    assert restore(other, store, tmp_path / "backup").resumed == 1
    one = other.catalog.submission(other.catalog.system(), sent)
    with other.files.open_staged(one.staged.key) as stream:
        assert stream.read() == MORE
    assert sent in [job.key for job in other.jobs.jobs()]
    assert list(other.files.staged(-1)) == [one.staged.key]


def test_sessions_and_kept_answers_stay_behind_and_tokens_go_along(town: Town, tmp_path: Path) -> None:
    session = town.catalog.sign_in("reader", "a long password")
    town.catalog.claim_answer("key")
    store = backed_up(town, tmp_path / "backup")
    other = an_empty_house(tmp_path / "other")
    restore(other, store, tmp_path / "backup")
    assert other.catalog.caller_of_token(town.tokens["editor"]).known
    assert other.catalog.claim_answer("key") is None
    content = b"".join(path.read_bytes() for path in (tmp_path / "backup").rglob("*") if path.is_file())
    assert town.tokens["editor"].encode() not in content
    assert session.id.encode() not in content


def test_a_second_backup_copies_only_what_is_new_and_lets_go_of_what_is_not_named_any_more(
    town: Town, tmp_path: Path
) -> None:
    store = backed_up(town, tmp_path / "backup")
    before = {path.name: path.stat().st_ino for path in (tmp_path / "backup" / "sha256").rglob("*") if path.is_file()}
    first = folders.read(tmp_path / "backup")
    town.published("Mới")
    backed_up(town, tmp_path / "backup")
    after = {path.name: path.stat().st_ino for path in (tmp_path / "backup" / "sha256").rglob("*") if path.is_file()}
    data = set(town.stand.files.hashes())
    assert {name: node for name, node in before.items() if name in data}.items() <= after.items()
    assert first.tables["datasets"].sha256 not in after
    assert len(folders.prove(store, folders.read(tmp_path / "backup"))) > first.objects.lines


def paths(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file() and path.name not in (".lock", LEDGER))


def test_a_flipped_byte_anywhere_in_a_backup_is_found_and_the_site_stays_empty(town: Town, tmp_path: Path) -> None:
    store = backed_up(town, tmp_path / "backup")
    other = an_empty_house(tmp_path / "other")
    for path in paths(tmp_path / "backup"):
        path.chmod(0o644)
        content = path.read_bytes()
        place = len(content) // 2
        flipped = content[:place] + bytes([content[place] ^ 1]) + content[place + 1 :] if content else b"x"
        path.write_bytes(flipped)
        with pytest.raises(Refusal) as refused:
            restore(other, store, tmp_path / "backup")
        assert refused.value.code in ("backup-damaged", "backup-unknown"), path
        assert path.name in refused.value.params.get("what", path.name)
        path.unlink()
        with pytest.raises(Refusal) as refused:
            restore(other, store, tmp_path / "backup")
        assert refused.value.code in ("backup-incomplete", "backup-missing"), path
        path.write_bytes(content)
    with other.records.read() as unit:
        assert unit.is_empty()
    assert list(other.files.hashes()) == []
    assert restore(other, store, tmp_path / "backup").broken == []


def test_deep_finds_and_mends_what_rotted_in_the_backup_and_without_it_size_is_trusted(
    town: Town, tmp_path: Path
) -> None:
    store = backed_up(town, tmp_path / "backup")
    rotten = tmp_path / "backup" / "sha256" / (one := next(iter(town.stand.files.hashes())))[:2] / one
    rotten.chmod(0o644)
    rotten.write_bytes(b"x" * rotten.stat().st_size)
    backed_up(town, tmp_path / "backup")
    with pytest.raises(Refusal, match="backup-damaged"):
        folders.prove(store, folders.read(tmp_path / "backup"))
    backed_up(town, tmp_path / "backup", deep=True)
    folders.prove(store, folders.read(tmp_path / "backup"))


def test_what_the_site_itself_lost_is_named_and_the_rest_comes_back_only_when_that_is_accepted(
    town: Town, tmp_path: Path
) -> None:
    version = town.catalog.version(town.catalog.system(), "truong-hoc-2025")
    gone = next(file.sha256 for file in version.files if file.role == "csv")
    town.stand.files.delete(gone)
    store = backed_up(town, tmp_path / "backup")
    assert dict(folders.read(tmp_path / "backup").lost) == {gone: "missing"}
    other = an_empty_house(tmp_path / "other")
    with pytest.raises(Refusal, match="backup-lost"):
        restore(other, store, tmp_path / "backup")
    broken = restore(other, store, tmp_path / "backup", accept_losses=True).broken
    assert broken
    assert all("is missing" in one for one in broken)
    with pytest.raises(Refusal, match="objects-lost"):
        move(house_of(town), an_empty_house(tmp_path / "third"))


def test_only_an_empty_site_is_filled(town: Town, tmp_path: Path) -> None:
    store = backed_up(town, tmp_path / "backup")
    for fill in (lambda: restore(house_of(town), store, tmp_path / "backup"), lambda: rebuild(house_of(town))):
        with pytest.raises(Refusal, match="site-not-empty"):
            fill()
    other = an_empty_house(tmp_path / "other")
    with Path(__file__).open("rb") as stream:
        other.files.put(stream)
    with pytest.raises(Refusal, match="files-not-empty"):
        restore(other, store, tmp_path / "backup")
    with pytest.raises(Refusal, match="files-not-empty"):
        move(house_of(town), other)
    other.jobs.silent = 1.0
    for fill in (
        lambda: restore(other, store, tmp_path / "backup"), lambda: rebuild(other), lambda: move(other, house_of(town)),
    ):
        with pytest.raises(Refusal, match="worker-running"):
            fill()


def test_a_backup_of_a_newer_datamo_is_refused(town: Town, tmp_path: Path) -> None:
    store = backed_up(town, tmp_path / "backup")
    made = folders.read(tmp_path / "backup")
    folders.write(tmp_path / "backup", dataclasses.replace(made, revision="9999"))
    with pytest.raises(Refusal, match="backup-newer"):
        restore(an_empty_house(tmp_path / "other"), store, tmp_path / "backup")


def test_two_backups_do_not_write_into_one_folder_at_once(town: Town, tmp_path: Path) -> None:
    with folders.held(tmp_path / "backup"), pytest.raises(Refusal, match="backup-running"):
        backed_up(town, tmp_path / "backup")


def test_a_moved_site_holds_row_for_row_what_the_old_one_did_and_is_moved_once(town: Town, tmp_path: Path) -> None:
    sent = town.upload("dia-chi-moi", MORE).json()["id"]
    other = an_empty_house(tmp_path / "other")
    before = everything(house_of(town))
    filled = move(house_of(town), other)
    assert (list(filled.broken), filled.resumed) == ([], 1)
    after = everything(other)
    differing = {name for name in before if before[name] != after[name]}
    assert differing == {"submissions"}, "only where the staged bytes lie"
    assert other.catalog.submission(other.catalog.system(), sent).state == "received"
    assert list(other.catalog.verify(deep=True)) == []
    with pytest.raises(Refusal, match="site-not-empty"):
        move(house_of(town), other)


def test_the_public_catalogue_comes_back_from_the_store_alone_and_nothing_else(town: Town, tmp_path: Path) -> None:
    other = an_empty_house(tmp_path / "other", files=town.stand.files)
    filled = rebuild(other)
    assert list(filled.broken) == []
    old, new = town.catalog, other.catalog
    system = old.system()
    for slug in ("truong-hoc-2025", "dia-chi-moi"):
        assert seen(old, slug) == seen(new, slug)
    assert new.dataset(system, "doi-dia-chi").slug == "dia-chi-moi"
    for catalog in (old, new):
        with pytest.raises(Gone) as gone:
            catalog.version(system, "se-rut")
        assert gone.value.params["reason"] == "nhầm"
        with pytest.raises(Gone) as gone:
            catalog.version(system, "mot-ban-rut", 1)
        assert gone.value.params["reason"] == "sai số liệu"
        assert catalog.version(system, "mot-ban-rut").number == 2
    for hidden in ("rieng", "thanh-rieng", "ban-nhap"):
        old.dataset(system, hidden)
        with pytest.raises(NotFound):
            new.dataset(system, hidden)
    assert seen(old, "thanh-chung")["version"] == seen(new, "thanh-chung")["version"]
    with pytest.raises(Gone) as gone:
        new.version(system, "thanh-chung", 1)
    assert gone.value.params["reason"] == NOT_KEPT
    assert new.people(system) == []
    assert [one.id for one in new.organisations(system)] == [one.id for one in old.organisations(system)]
    assert new.last_change() > old.last_change()


def seen(catalog: Any, slug: str) -> dict[str, Any]:
    entry = dataclasses.replace(catalog.dataset(catalog.system(), slug), sequence=0)
    return {"entry": entry, "version": catalog.version(catalog.system(), slug)}


def test_a_site_rebuilt_twice_is_the_same_and_a_rebuild_needs_a_public_record(town: Town, tmp_path: Path) -> None:
    once = an_empty_house(tmp_path / "once", files=town.stand.files)
    rebuild(once)
    while public_state.follow(once.catalog, once.files):
        pass
    twice = an_empty_house(tmp_path / "twice", files=town.stand.files)
    assert list(rebuild(twice).broken) == []
    for slug in ("truong-hoc-2025", "dia-chi-moi", "mot-ban-rut", "thanh-chung"):
        assert seen(once.catalog, slug) == seen(twice.catalog, slug)
    with pytest.raises(Refusal, match="nothing-to-rebuild"):
        rebuild(an_empty_house(tmp_path / "third"))


def test_every_refusal_of_carrying_has_its_sentences() -> None:
    assert all(set(texts) == {"vi", "en"} for texts in SENTENCES.values())


FIELDS = (Field(id="ten", type="text"), Field(id="tien", type="numeric"), Field(id="goi", type="json"), Field(id="ds", type="_text"))
CELLS = [["Đống Đa", Decimal("12345678901234567890.5"), '{"a":[1]}', ["x", None]], ["Ba Đình", None, None, None], ["Hà Nội", 3, "[]", []]]


def counted(town: Town, slug: str) -> Table:
    """Give a dataset a table of rows that change, one of which is gone again."""
    catalog, system = town.catalog, town.catalog.system()
    entry = catalog.dataset(system, slug)
    table = catalog.save_table(system, Table(id=f"t-{slug}", dataset=entry.id, resource="so", fields=FIELDS, primary_key=("ten",),
                                             aliases=(f"bang-{slug}",)), tuple(one.id for one in FIELDS), CELLS)
    return catalog.delete_rows(system, table.id, Is("ten", "eq", "Ba Đình"))[0]


def rows_of(house: House, key: str) -> list[Any]:
    _, pages = house.tables.pages(key)
    return [list(row[1:]) for page in pages for row in page]


def test_rows_that_change_are_backed_up_and_restored_and_what_was_erased_since_stays_away(town: Town, tmp_path: Path) -> None:
    kept, gone = counted(town, "truong-hoc-2025"), counted(town, "dia-chi-moi")
    backed_up(town, tmp_path / "backup")
    assert set(folders.read(tmp_path / "backup").rows) == {kept.id, gone.id}
    entry = town.catalog.dataset(town.catalog.system(), "dia-chi-moi")
    asked = town.catalog.ask_erasure(town.caller("editor"), entry.id, reason="Có họ tên của người dân", sharing="keep")
    town.catalog.confirm_erasure(town.caller("reviewer"), asked.id)
    write_beside(tmp_path / "backup", town.catalog)
    other = an_empty_house(tmp_path / "other")
    other.tables.save(Table(id="of-a-try-before", dataset="x", resource="x", fields=FIELDS))
    filled = restore(other, LocalFiles(tmp_path / "backup"), tmp_path / "backup")
    assert (list(filled.broken), filled.rows["datastore"]) == ([], 4)
    assert [one.id for one in other.tables.tables()] == [kept.id]
    assert rows_of(other, kept.id) == [CELLS[0], CELLS[2]]
    found = other.catalog.table(other.catalog.system(), "bang-truong-hoc-2025")
    assert (found.fields, found.primary_key, found.count) == (FIELDS, ("ten",), 2)


def test_rows_that_change_move_along_and_a_rotten_one_is_found_before_anything_is_restored(town: Town, tmp_path: Path) -> None:
    kept = counted(town, "truong-hoc-2025")
    store = backed_up(town, tmp_path / "backup")
    listing = folders.read(tmp_path / "backup").rows[kept.id]
    path = tmp_path / "backup" / "sha256" / listing.sha256[:2] / listing.sha256
    path.chmod(0o600)
    path.write_bytes(path.read_bytes()[:-2] + b"x\n")
    with pytest.raises(Refusal, match="backup-damaged"):
        restore(an_empty_house(tmp_path / "third"), store, tmp_path / "backup")
    other = an_empty_house(tmp_path / "other")
    filled = move(house_of(town), other)
    assert (list(filled.broken), filled.rows["datastore"]) == ([], 2)
    assert rows_of(other, kept.id) == rows_of(house_of(town), kept.id)
