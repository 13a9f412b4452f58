"""The Tables port: what every store of rows that change must do alike, the fake included."""

from __future__ import annotations

import importlib
import random
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from catalog.adapters.tables_postgres import PostgresTables
from catalog.adapters.tables_sqlite import SqliteTables
from catalog.adapters.tables_sqlite.lines import Lines
from catalog.errors import Conflict, Invalid, NotFound
from catalog.ports import Tables
from catalog.rows import ID, All, Ask, Either, Every, Field, Is, Order, Some, Table, Text, Without, Word
from catalog.rows.cells import cell
from pipelines.carrying.rows import copied
from tests.conftest import NUMBERS, create_database, database
from tests.fakes_tables import FakeTables

KINDS = ("ten", "text"), ("so", "int4"), ("ti_le", "numeric"), ("dung", "bool"), ("ngay", "date"), ("luc", "timestamp")
TOWNS = Table(id="t-1", dataset="d-1", resource="xa", fields=tuple(Field(id=name, type=kind) for name, kind in KINDS),
              primary_key=("ten",), indexes=(("so",),), aliases=("cac-xa",))
NAMES = tuple(name for name, _ in KINDS)
ROWS = [
    ["Đống Đa", 30, 1.5, True, "2025-01-02", "2025-01-02T03:04:05"],
    ["Ba Đình", 10, None, False, None, None],
    ["Hà Nội", None, 2, None, "2024-12-31", "2024-12-31T23:59:59"],
    ["Hoàn Kiếm", 20, -3, True, "2026-07-01", None],
]


@pytest.fixture(scope="module")
def one_postgres(postgres) -> str:
    """A database for all tests here: what one leaves behind the next one wipes."""
    name = f"tables{next(NUMBERS)}"
    create_database(postgres, name, "template")
    return database(postgres, name)


@pytest.fixture(params=["fake", "sqlite", "postgres"])
def tables(request, tmp_path) -> Tables:
    if request.param == "postgres":
        made: Any = PostgresTables(request.getfixturevalue("one_postgres"))
        made.wipe()
    else:
        made = FakeTables() if request.param == "fake" else SqliteTables(tmp_path / "tables")
    yield made
    made.close()


@pytest.fixture
def towns(tables) -> Tables:
    tables.save(TOWNS, NAMES, ROWS)
    return tables


def asked(tables: Tables, **ask: Any) -> list[Any]:
    return [list(row) if len(row) > 1 else row[0] for row in tables.ask("t-1", Ask(**ask))[1].rows]


def names(tables: Tables, **ask: Any) -> list[str]:
    return asked(tables, columns=("ten",), ranked=False, **ask)


def test_a_table_gives_back_its_definition_and_every_cell_as_it_came(towns) -> None:
    table, found = towns.ask("t-1", Ask())
    assert table == replace(TOWNS, count=4, revision=table.revision)
    assert [list(row) for row in found.rows] == [[at, *row] for at, row in enumerate(ROWS, 1)]
    assert found.total == 4
    assert towns.pages("t-1")[0] == table
    assert [[list(row) for row in page] for page in towns.pages("t-1", 3)[1]] == [
        [[1, *ROWS[0]], [2, *ROWS[1]], [3, *ROWS[2]]], [[4, *ROWS[3]]],
    ]


def test_a_table_is_found_by_its_id_and_its_aliases_and_among_those_of_its_dataset(towns) -> None:
    assert towns.table("cac-xa") == towns.table("t-1")
    assert towns.table("t-2") is None
    assert set(towns.there(["t-1", "t-2"])) == {"t-1"}
    assert set(towns.there([])) == set()
    other = towns.save(Table(id="t-2", dataset="d-2", resource="b", fields=()))
    assert [one.id for one in towns.tables()] == ["t-1", "t-2"]
    assert towns.tables("d-2") == [other]
    with pytest.raises(Conflict) as refused:
        towns.save(replace(other, aliases=("cac-xa",)))
    assert refused.value.code == "alias-taken"
    assert towns.table("t-2") == other


def test_a_table_that_is_taken_away_is_gone_with_its_rows_and_can_be_made_anew(towns) -> None:
    towns.drop("t-1")
    assert towns.table("t-1") is None
    assert towns.table("cac-xa") is None
    for deed in (lambda: towns.drop("t-1"), lambda: towns.ask("t-1", Ask()), lambda: towns.write("t-1", [(("ten",), [["A"]])], "insert")):
        with pytest.raises(NotFound):
            deed()
    towns.save(replace(TOWNS, primary_key=()), ("ten",), [["A"]])
    assert asked(towns, columns=(ID, "ten", "so")) == [[1, "A", None]]


def test_columns_are_added_and_taken_away_and_rows_stay(towns) -> None:
    fields = (*(one for one in TOWNS.fields if one.id != "ngay"), Field(id="mới", type="int8", info={"label": "Mới"}))
    changed = towns.save(replace(TOWNS, fields=fields, aliases=("khac",)), ("ten", "mới"), [["Tây Hồ", 7]])
    assert changed.count == 5
    assert asked(towns, columns=("ten", "mới"), where=Is(ID, "gte", 4)) == [["Hoàn Kiếm", None], ["Tây Hồ", 7]]
    assert list(towns.table("khac").types()) == [ID, "ten", "so", "ti_le", "dung", "luc", "mới"]
    assert towns.table("khac").fields[-1].info == {"label": "Mới"}
    assert towns.table("cac-xa") is None


def test_no_two_rows_have_one_primary_key_and_a_refused_write_leaves_nothing(towns) -> None:
    for deed in (lambda: towns.write("t-1", [(("ten", "so"), [["Mới", 1], ["Ba Đình", 2]])], "insert"),
                 lambda: towns.save(TOWNS, ("ten",), [["Mới"], ["Mới"]])):
        with pytest.raises(Conflict) as refused:
            deed()
        assert refused.value.code == "rows-not-unique"
    assert towns.table("t-1").count == 4
    assert len(asked(towns)) == 4


def test_rows_are_changed_by_their_key_and_others_added(towns) -> None:
    after = towns.write("t-1", [(("ten", "so"), [["Ba Đình", 11], ["Tây Hồ", 5]])], "upsert")
    assert after.count == 5
    assert asked(towns, columns=("ten", "so", "dung"), where=Is("ten", "in", ("Ba Đình", "Tây Hồ"))) == [
        ["Ba Đình", 11, False], ["Tây Hồ", 5, None],
    ]
    towns.write("t-1", [(("ten", "so"), [["Ba Đình", 12]])], "update")
    towns.write("t-1", [((ID, "so"), [[1, 31]])], "update")
    assert asked(towns, columns=("so",), where=Is(ID, "lte", 2)) == [31, 12]
    with pytest.raises(NotFound) as refused:
        towns.write("t-1", [((ID, "so"), [[1, 99]]), (("so", "ten"), [[1, "Ba Đình"], [1, "Đâu"]])], "update")
    assert (refused.value.code, refused.value.params["row"], refused.value.params["key"]) == ("row-not-found", 2, ["Đâu"])
    assert asked(towns, columns=("so",), where=Is(ID, "lte", 2)) == [31, 12]


def test_where_the_rows_are_that_were_added_is_told_once_also_behind_a_gap(towns) -> None:
    towns.delete("t-1", Is("ten", "eq", asked(towns, columns=("ten",), where=Is(ID, "gte", 4))[0]))
    with pytest.raises(Conflict):
        towns.write("t-1", [(("ten",), [["Lạ"], ["Ba Đình"]])], "insert")
    after = towns.write("t-1", [(("ten",), [["Một"], ["Hai"]])], "insert")
    between = All((Is(ID, "gte", after.first), Is(ID, "lte", after.last)))
    assert asked(towns, columns=("ten",), where=between) == ["Một", "Hai"]
    saved = towns.save(TOWNS, ("ten",), [["Ba"]])
    assert asked(towns, columns=("ten",), where=All((Is(ID, "gte", saved.first), Is(ID, "lte", saved.last)))) == ["Ba"]
    none = towns.write("t-1", [(("ten", "so"), [["Ba", 1]])], "upsert")
    held = towns.table("t-1")
    assert (none.last < none.first, held.last < held.first) == (True, True)


def test_a_dry_run_says_what_would_fail_and_changes_nothing(towns) -> None:
    before = towns.table("t-1")
    assert towns.write("t-1", [(("ten",), [["Mới"]])], "insert", dry_run=True) == before
    with pytest.raises(Conflict):
        towns.write("t-1", [(("ten",), [["Ba Đình"]])], "insert", dry_run=True)
    assert towns.table("t-1") == before
    assert len(asked(towns)) == 4


def test_rows_are_deleted_by_a_condition_and_given_if_that_is_wished(towns) -> None:
    after, found = towns.delete("t-1", Is("so", "gte", 20), give=True)
    assert (after.count, found.total) == (2, 2)
    assert [row[1] for row in found.rows] == ["Đống Đa", "Hoàn Kiếm"]
    _, found = towns.delete("t-1", All(()))
    assert (found.total, list(found.rows)) == (2, [])
    towns.write("t-1", [(("ten",), [["Mới"]])], "insert")
    assert asked(towns, columns=(ID,)) == [5]


@pytest.mark.parametrize(("where", "found"), [
    (Is("so", "eq", 10), ["Ba Đình"]),
    (Is("so", "eq", None), ["Hà Nội"]),
    (Is("so", "in", (10, None, 20)), ["Ba Đình", "Hà Nội", "Hoàn Kiếm"]),
    (Is("so", "in", ()), []),
    (Is("so", "gt", None), []),
    (Is("ti_le", "lt", 1.75), ["Đống Đa", "Hoàn Kiếm"]),
    (Is("dung", "eq", True), ["Đống Đa", "Hoàn Kiếm"]),
    (Is("ngay", "gte", "2025-01-02"), ["Đống Đa", "Hoàn Kiếm"]),
    (Is("luc", "lt", "2025-01-01T00:00:00"), ["Hà Nội"]),
    (Either((Is("so", "eq", 10), All((Is("so", "gt", 15), Is("so", "lte", 20))))), ["Ba Đình", "Hoàn Kiếm"]),
    (Either(()), []),
    (Is("ten", "eq", "x' OR '1'='1"), []),
])
def test_conditions_compare_as_the_column_s_type_does(towns, where, found) -> None:
    assert names(towns, where=where) == found
    assert towns.ask("t-1", Ask(where=where, limit=0))[1].total == len(found)


def test_order_is_by_code_points_with_missing_ones_where_they_were_wished(towns) -> None:
    assert names(towns, order=(Order("ten"),)) == ["Ba Đình", "Hoàn Kiếm", "Hà Nội", "Đống Đa"]
    assert names(towns, order=(Order("so", descending=True, nulls_first=True),)) == ["Hà Nội", "Đống Đa", "Hoàn Kiếm", "Ba Đình"]
    assert names(towns, order=(Order("so"),), offset=1, limit=2) == ["Hoàn Kiếm", "Đống Đa"]
    assert names(towns, order=(Order("dung"), Order("ten", descending=True))) == ["Ba Đình", "Đống Đa", "Hoàn Kiếm", "Hà Nội"]
    assert asked(towns, columns=("dung",), distinct=True, order=(Order("dung"),)) == [False, True, None]
    assert towns.ask("t-1", Ask(columns=("dung",), distinct=True))[1].total == 3
    assert names(towns, limit=None, offset=3) == ["Hoàn Kiếm"]


@pytest.mark.parametrize(("wanted", "found"), [
    (Word("dong"), ["Đống Đa"]),
    (Word("đống"), ["Đống Đa"]),
    (Word("đong"), []),
    (Word("ho"), []),
    (Word("ho", begins=True), ["Hoàn Kiếm"]),
    (Word("30"), ["Đống Đa"]),
    (Every((Word("ha"), Word("noi"))), ["Hà Nội"]),
    (Some((Word("noi"), Word("kiem"))), ["Hà Nội", "Hoàn Kiếm"]),
    (Every((Word("h", begins=True), Without(Word("noi")))), ["Hoàn Kiếm"]),
    (Word("100%"), []),
    (Word("a.*"), []),
])
def test_words_are_found_whole_and_with_or_without_marks(towns, wanted, found) -> None:
    assert names(towns, texts=(Text(wanted),)) == found
    assert towns.ask("t-1", Ask(texts=(Text(wanted),), limit=1))[1].total == len(found)


def test_rows_that_fit_better_come_first_and_say_how_well(tables) -> None:
    tables.save(Table(id="t-1", dataset="d", resource="r", fields=(Field(id="a", type="text"), Field(id="b", type="text"))),
                ("a", "b"), [["xe", "một"], ["xe", "xe"], ["thuyền", None]])
    rows = asked(tables, texts=(Text(Word("xe")),))
    assert [row[0] for row in rows] == [2, 1]
    assert [round(row[3], 4) for row in rows] == [0.1216, 0.0608]
    assert asked(tables, columns=("b",), texts=(Text(Word("xe"), "b"),), ranked=False) == ["xe"]


def test_lists_and_json_come_back_as_what_they_are(tables) -> None:
    fields = (Field(id="l", type="_text"), Field(id="n", type="_int4"), Field(id="j", type="json"), Field(id='x"; DROP', type="float8"))
    tables.save(Table(id="t-1", dataset="d", resource="r", fields=fields), ("l", "n", "j", 'x"; DROP'),
                [[["a", 'b"c', None], [1, 2], '{"a": [1, "ớ"]}', 0.1], [[], None, None, None]])
    rows = asked(tables, columns=("l", "n", 'x"; DROP'))
    assert rows == [[["a", 'b"c', None], [1, 2], 0.1], [[], None, None]]
    assert asked(tables, columns=("j",)) in ([{"a": [1, "ớ"]}, None], ['{"a": [1, "ớ"]}', None])


def test_sizes_are_told_and_everything_can_be_taken_away(towns) -> None:
    assert towns.sizes("t-1")[0] > 0
    towns.wipe()
    assert towns.tables() == []


def test_a_table_is_carried_to_another_store_and_back_cell_for_cell(tables) -> None:
    other = FakeTables()
    other.save(TOWNS, NAMES, [*ROWS, ["Số lớn", 1, Decimal("0.1"), None, None, "2025-01-02T03:04:05.678000"]])
    copied(other, tables)
    back = FakeTables()
    copied(tables, back)
    assert [replace(one, mark="", revision=0) for one in back.tables()] == [replace(one, mark="", revision=0) for one in other.tables()]
    first, second = ([list(map(plain, row)) for page in each.pages("t-1")[1] for row in page] for each in (other, back))
    assert first == second


LONG = ["12345678901234567890.12", "-12345678901234567890.12", "12345678901234567890.119", "0.1", "1.5", "-0.3", "12345678901234567890123",
        "0.1234567890123456789", "0.12345678901234567891", "9007199254740993", "9007199254740992.5", "-1e-30", "10000000000000000.5", "0", "7", "1e400"]


def test_numbers_of_any_digits_come_back_as_given_and_are_found_and_put_in_order_by_all_of_them(tables) -> None:
    """Also those of which two have one float: JSON's readers see what they wrote, as with PostgreSQL's own numeric."""
    given = [cell("numeric", one) for one in LONG]
    kinds = (Field(id="ten", type="text"), Field(id="n", type="numeric"))
    tables.save(replace(TOWNS, fields=kinds, indexes=(("n",),)), ("ten", "n"), [[one, each] for one, each in zip(LONG, given, strict=True)])
    tables.write("t-1", [(("ten", "n"), [["không", None], ["lại", given[0]]])], "insert")
    back = asked(tables, columns=("n",))
    assert [Decimal(str(one)) for one in back[:16]] == [Decimal(one) for one in LONG]
    assert (back[16], Decimal(str(back[17]))) == (None, Decimal(LONG[0]))
    assert [row[2] for page in tables.pages("t-1")[1] for row in page] == back
    assert names(tables, where=Is("n", "eq", cell("numeric", "12345678901234567890.1200"))) == [LONG[0], "lại"]
    exact = sorted(LONG, key=Decimal)
    for descending in (False, True):
        found = names(tables, order=(Order("n", descending=descending),), where=Is("ten", "in", (*LONG,)))
        assert found == (exact[::-1] if descending else exact)
    for one, value in zip(LONG, given, strict=True):
        assert set(names(tables, where=Is("n", "eq", value))) == {one} | ({"lại"} if one == LONG[0] else set())
        for op, holds in (("gt", lambda a, b: a > b), ("gte", lambda a, b: a >= b), ("lt", lambda a, b: a < b), ("lte", lambda a, b: a <= b)):
            wanted = {each for each in LONG if holds(Decimal(each), Decimal(one))} | ({"lại"} if holds(Decimal(LONG[0]), Decimal(one)) else set())
            assert set(names(tables, where=Is("n", op, value))) == wanted, (one, op)
    assert tables.ask("t-1", Ask(columns=("n",), distinct=True, order=(Order("n"),)))[1].total == 17
    found = asked(tables, columns=("n",), distinct=True, order=(Order("n"),))
    assert [Decimal(str(one)) for one in found[:16]] == [Decimal(one) for one in exact]
    assert tables.delete("t-1", Is("n", "gt", given[4]))[1].total == 9
    tables.write("t-1", [(("ten", "n"), [["7", cell("numeric", "0.30000000000000000001")]])], "upsert")
    assert str(asked(tables, columns=("n",), where=Is("ten", "eq", "7"))[0]) == "0.30000000000000000001"
    assert names(tables, texts=(Text(Word("0.12345678901234567891")),)) == ["0.12345678901234567891"]


def plain(one: Any) -> Any:
    return float(one) if isinstance(one, Decimal | int | float) and not isinstance(one, bool) else one


@pytest.mark.parametrize("left", [b"", None], ids=["a file without a byte", "a file with a journal and no table"])
def test_a_register_whose_maker_was_killed_before_its_tables_is_made_whole(tmp_path, left: bytes | None) -> None:
    folder = tmp_path / "tables"
    folder.mkdir()
    if left is None:
        with closing(sqlite3.connect(folder / "register.db")) as half:
            half.execute("PRAGMA journal_mode=WAL")
            half.execute("CREATE TABLE other (x)")
            half.execute("DROP TABLE other")
    else:
        (folder / "register.db").write_bytes(left)
    tables = SqliteTables(folder)
    assert list(tables.there(["t-1"])) == []
    assert list(tables.tables()) == []
    tables.save(TOWNS, NAMES, ROWS)
    assert [one.id for one in SqliteTables(folder).tables()] == ["t-1"]


def test_rows_that_many_statements_add_stand_in_their_order_and_come_all_or_none(towns) -> None:
    """A batch is put in by pieces: where the last piece does not fit, none is there."""
    many = [[f"Thôn {at}", at] for at in range(1303)]
    with pytest.raises(Conflict):
        towns.write("t-1", [(("ten", "so"), [*many, ["Ba Đình", 1]])], "insert")
    assert towns.table("t-1").count == 4
    assert towns.write("t-1", [(("ten", "so"), many)], "insert").count == 1307
    assert asked(towns, columns=("so",), where=Is(ID, "gt", 4), order=(Order(ID),), limit=None) == [so for _, so in many]


def test_a_connection_that_rests_is_not_asked_of_a_file_that_was_put_in_its_place(tmp_path) -> None:
    """A folder that was restored has other files by the same names."""
    here, there = SqliteTables(tmp_path / "here"), SqliteTables(tmp_path / "there")
    here.save(TOWNS, NAMES, ROWS)
    there.save(TOWNS, NAMES, ROWS[:1])
    there.close()
    for one in (tmp_path / "here").rglob("*.db*"):
        one.unlink()
    for one in (tmp_path / "there").rglob("*.db"):
        one.rename(tmp_path / "here" / one.relative_to(tmp_path / "there"))
    assert here.table("t-1").count == 1
    assert asked(here, columns=("ten",)) == ["Đống Đa"]
    here.close()


def test_no_more_connections_rest_than_a_process_may_hold(tmp_path) -> None:
    lines = Lines(most=2)
    every = [lines.take(tmp_path / f"{at}.db") for at in range(4)]
    for one in every:
        lines.give(one)
    assert lines.take(tmp_path / "3.db") is every[3]
    for ended in every[:2]:
        with pytest.raises(sqlite3.ProgrammingError):
            ended.connection.execute("SELECT 1")
    lines.give(every[3])
    lines.close()
    with pytest.raises(sqlite3.ProgrammingError):
        every[3].connection.execute("SELECT 1")


def test_what_changed_behind_a_revision_makes_the_state_before_into_the_one_now(towns) -> None:
    """Whatever was done between, and also where nothing was; the ids between the ranges are those that stayed as they were."""
    chance = random.Random(5)
    first = towns.table("t-1")
    states = {first.revision: every(towns)}
    for turn in range(30):
        some = [f"Xã {chance.randrange(60)}" for _ in range(chance.randrange(1, 9))]
        deeds: list[Callable[[], Any]] = [
            lambda some=some, turn=turn: towns.write("t-1", [(("ten", "so"), [[one, turn] for one in dict.fromkeys(some)])], "upsert"),  # type: ignore[misc]
            lambda turn=turn: towns.write("t-1", [(("ten",), [[f"Mới {turn}"], [f"Nữa {turn}"]])], "insert"),  # type: ignore[misc]
            lambda turn=turn: towns.write("t-1", [((ID, "so"), [[3, turn]])], "update"),  # type: ignore[misc]
            lambda some=some: towns.delete("t-1", Is("ten", "in", tuple(some))),  # type: ignore[misc]
            lambda some=some: towns.delete("t-1", Is("ten", "eq", "không có")),  # type: ignore[misc]
            lambda turn=turn: towns.save(replace(TOWNS, aliases=(f"a{turn}",)), ("ten",), [[f"Thêm {turn}"]]),  # type: ignore[misc]
        ]
        chance.choice(deeds)()
        states[towns.table("t-1").revision] = every(towns)
    for revision, before in states.items():
        table, ranges, pages = towns.changed("t-1", revision, 7)
        assert table == towns.table("t-1")
        assert ranges is not None
        assert list(ranges) == sorted(ranges)
        kept = {at: row for at, row in before.items() if not any(low <= at <= high for low, high in ranges)}
        assert {**kept, **{row[0]: list(row) for page in pages for row in page}} == every(towns)
    towns.save(replace(TOWNS, fields=TOWNS.fields[:2]))
    for unknown in (first.revision, 10**6):
        table, ranges, pages = towns.changed("t-1", unknown)
        assert ranges is None
        assert {row[0]: list(row) for page in pages for row in page} == every(towns)
    with pytest.raises(NotFound):
        towns.changed("t-9", 1)


def every(tables: Tables) -> dict[int, list[Any]]:
    return {row[0]: list(row) for page in tables.pages("t-1")[1] for row in page}


def test_a_question_that_takes_too_long_is_given_up_and_the_next_one_is_answered(towns) -> None:
    many = 20_000 if towns.door() else 50  # the fake says so of any question
    towns.write("t-1", [(("ten", "so"), [[f"Thôn {at}", at] for at in range(many)])], "insert")
    for _ in range(2):
        with pytest.raises(Invalid) as refused:
            towns.ask("t-1", Ask(columns=("ten", "so"), distinct=True, order=(Order("ten"),), limit=1), 1e-9)
        assert refused.value.code == "query-too-heavy"
        assert towns.ask("t-1", Ask(where=Is("so", "eq", 30), ranked=False), 60)[1].total == 2
        assert towns.ask("t-1", Ask(where=Is("so", "eq", 30)))[1].total == 2


def test_another_process_is_told_how_it_opens_the_same_tables(towns) -> None:
    door = towns.door()
    if door is not None:
        room, name = door[0].split(":")
        other = getattr(importlib.import_module(room), name)(door[1])
        assert other.table("t-1") == towns.table("t-1")
        other.close()


def test_rows_by_columns_are_the_same_rows(tmp_path) -> None:
    """Also where rows were taken away, where a cell has the sign that stands between cells, and where there is none."""
    kinds = (*KINDS, ("gio", "time"), ("that", "float8"), ("nhieu", "_text"), ("gi", "json"), ("la", "text"))
    wide = Table(id="t-2", dataset="d-1", resource="x", fields=tuple(Field(id=name, type=kind) for name, kind in kinds))
    more = ["03:04:05", 0.1 + 0.2, ["a", "b"], '{"a":[1]}', 'đ\n,"'], [None] * 5, ["00:00:00", 1e300, [], '"x"', ""], ["23:59:59", -0.0, None, "null", "\x00"]
    rows = [[*ROWS[at % 4], *more[at % 4]] for at in range(20_000)]
    with closing(SqliteTables(tmp_path / "tables")) as made:
        made.save(wide, [name for name, _ in kinds], rows)
        for deed in (lambda: None, lambda: made.delete("t-2", Is(ID, "lt", 9)), lambda: made.delete("t-2", Is("so", "eq", 10)),
                     lambda: made.write("t-2", [(("la",), [["a\x1fb"]])], "insert"), lambda: made.delete("t-2", All(()))):
            deed()
            found = made.texts("t-2")
            assert found is not None
            table, pages = found
            kept = [list(row) for page in made.pages("t-2")[1] for row in page]
            told = [list(row) for page in pages for row in zip(*(one.split("\x1f") if isinstance(one, str) else one for one in page), strict=True)]
            assert table.count == len(kept) == len(told)
            assert [[_texted(cell) for cell in row] for row in told] == [[_texted(cell) for cell in row] for row in kept]


def _texted(cell: Any) -> Any:
    return "" if cell is None else ("false", "true")[cell] if isinstance(cell, bool) else str(cell)
