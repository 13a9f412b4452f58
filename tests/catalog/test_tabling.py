"""Use cases of rows that change: who may write and read them, and what becomes of them with their dataset."""

from __future__ import annotations

from dataclasses import replace

import pytest

from catalog.errors import Gone, NotAllowed, NotFound, NotKnown, Unavailable
from catalog.model import NOBODY
from catalog.rows import All, Ask, Field, Is, Table
from tests.site import Town, make_town


@pytest.fixture
def town(tmp_path) -> Town:
    return make_town(tmp_path)


def a_table(dataset: str, key: str = "t-1") -> Table:
    return Table(id=key, dataset=dataset, resource="so-lieu", fields=(Field(id="a", type="text"),), aliases=(f"{key}-x",))


def test_whoever_may_publish_writes_and_whoever_sees_the_dataset_reads(town) -> None:
    dataset, catalog = town.published()["id"], town.catalog
    catalog.save_table(town.caller("editor"), a_table(dataset), ("a",), [["1"]])
    assert catalog.ask_rows(NOBODY, "t-1-x", Ask())[1].rows[0][1] == "1"
    assert next(catalog.row_pages(NOBODY, "t-1")[1])[0][1] == "1"
    assert catalog.tables_there(["t-1", "t-2"]) == {"t-1"}
    assert catalog.table_sizes(NOBODY, "t-1")[0] > 0
    catalog.write_rows(town.caller("editor"), "t-1", [(("a",), [["2"]])], "insert")
    assert catalog.write_rows(town.caller("editor"), "t-1", [(("a",), [["3"]])], "insert", dry_run=True).count == 2
    for deed in (lambda who: catalog.write_rows(who, "t-1", [(("a",), [["2"]])], "insert"),
                 lambda who: catalog.write_rows(who, "t-1", [(("a",), [["2"]])], "insert", dry_run=True),
                 lambda who: catalog.delete_rows(who, "t-1", All(())), lambda who: catalog.drop_table(who, "t-1"),
                 lambda who: catalog.save_table(who, a_table(dataset))):
        with pytest.raises(NotKnown):
            deed(NOBODY)
        with pytest.raises(NotAllowed):
            deed(town.caller("reader"))
    assert catalog.table(NOBODY, "t-1").count == 2
    assert catalog.delete_rows(town.caller("editor"), "t-1", Is("a", "eq", "1"))[0].count == 1
    assert [(one.act, one.detail.get("rows")) for one in catalog.audit(catalog.system())[-3:]] == [
        ("save-table", 1), ("insert-rows", 1), ("delete-rows", None),
    ]


def test_where_a_second_person_is_wanted_an_editor_may_not_write_what_would_be_public_at_once(tmp_path) -> None:
    town = make_town(tmp_path, review="second_person")
    dataset = town.draft()["id"]
    with pytest.raises(NotAllowed):
        town.catalog.save_table(town.caller("editor"), a_table(dataset))
    town.catalog.save_table(town.caller("reviewer"), a_table(dataset))


def test_tables_of_what_may_not_be_seen_are_not_there(town) -> None:
    hidden = town.draft("Kín")["id"]
    town.catalog.save_table(town.caller("editor"), a_table(hidden))
    for deed in (lambda: town.catalog.table(NOBODY, "t-1"), lambda: town.catalog.ask_rows(NOBODY, "t-1", Ask()),
                 lambda: town.catalog.row_pages(NOBODY, "t-1-x"), lambda: town.catalog.table_sizes(NOBODY, "t-1")):
        with pytest.raises(NotFound):
            deed()
    assert town.catalog.table(town.caller("reader"), "t-1").dataset == hidden
    town.catalog.remove_draft(town.caller("editor"), hidden)
    assert town.catalog.tables_there(["t-1"]) == set()


def test_a_withdrawn_dataset_s_tables_are_neither_read_nor_written(town) -> None:
    dataset = town.published()["id"]
    town.catalog.save_table(town.caller("editor"), a_table(dataset))
    town.catalog.withdraw(town.caller("reviewer"), dataset, "thử")
    with pytest.raises(NotFound):
        town.catalog.table(town.caller("editor"), "t-1")
    with pytest.raises(Gone):
        town.catalog.save_table(town.caller("editor"), replace(a_table(dataset), id="t-2", aliases=()))


def test_an_erased_dataset_s_tables_go_with_it(town) -> None:
    dataset = town.published()["id"]
    town.catalog.save_table(town.caller("editor"), a_table(dataset))
    one = town.catalog.ask_erasure(town.caller("editor"), dataset, reason="nhầm")
    assert town.catalog.tables_there(["t-1"]) == {"t-1"}
    town.catalog.confirm_erasure(town.caller("reviewer"), one.id)
    assert town.catalog.tables_there(["t-1"]) == set()


def test_nothing_is_written_while_the_site_is_read_only(town) -> None:
    dataset = town.published()["id"]
    town.catalog.save_table(town.caller("editor"), a_table(dataset), ("a",), [["1"]])
    town.catalog.make_read_only(town.catalog.system(), notice="bảo trì")
    with pytest.raises(Unavailable):
        town.catalog.write_rows(town.caller("editor"), "t-1", [(("a",), [["2"]])], "insert")
    assert town.catalog.table(NOBODY, "t-1").count == 1


def test_the_site_itself_is_told_which_tables_were_written_since(town) -> None:
    dataset, catalog, editor = town.published()["id"], town.catalog, town.caller("editor")
    catalog.save_table(editor, a_table(dataset), ("a",), [["1"]])
    first, tables = catalog.tables_written(None)
    assert tables == {"t-1"}
    assert catalog.tables_written(first) == (first, set())
    catalog.save_table(editor, a_table(dataset, "t-2"))
    catalog.write_rows(editor, "t-1", [(("a",), [["2"]])], "insert", dry_run=True)
    assert catalog.tables_written(first)[1] == {"t-2"}
    second = catalog.tables_written(first)[0]
    catalog.write_rows(editor, "t-1", [(("a",), [["2"]])], "insert")
    catalog.delete_rows(editor, "t-2", All(()))
    town.draft("Khác")
    assert catalog.tables_written(second)[1] == {"t-1", "t-2"}
    assert catalog.tables_written(10**9)[1] == {"t-1", "t-2"}  # the site was emptied meanwhile: looked at from behind
    assert (catalog.table_there("t-2").count, catalog.table_there("t-3")) == (0, None)
