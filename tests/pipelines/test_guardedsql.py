"""A reader's own SQL: what it may say, what is refused, and that no statement outlives its limits or reaches elsewhere."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from catalog.errors import Invalid, Refusal
from pipelines import askers
from pipelines.askers import Askers
from pipelines.guardedsql import ask, words
from pipelines.guardedsql.ask import Place


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("shelf")
    for name, base in (("xa", 0), ("secret", 1000)):
        rows = pa.table({"_id": range(1, 31), "ma": [f"{base + at:05}" for at in range(30)], "dan": range(30)})
        pq.write_table(rows, made / f"{name}.parquet")
    return made


@pytest.fixture(scope="module")
def some() -> Iterator[Askers]:
    made = Askers(1)
    yield made
    made.close()


@pytest.fixture(autouse=True)
def _patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """A busy machine may take long over what is light."""
    monkeypatch.setattr(askers, "GUARDED_SECONDS", 90.0)


def rows(some: Askers, folder: Path, sql: str, limit: int = 1000) -> ask.Rows:
    names = ask.wanted(some, sql)
    return ask.rows(some, sql, {name: Place(str(folder / "xa.parquet")) for name in names if name == "truong-hoc"}, limit)


@pytest.mark.parametrize(("sql", "expected"), [
    ('select count(*) as n, sum(dan) as s from "truong-hoc"', ((30, 435),)),
    ('SELECT ma FROM "TRUONG-HOC" WHERE ma = \'00007\'', ((("00007",)),)),
    ('with a as (select dan from "truong-hoc") select max(dan) from a', ((29,),)),
    ('select (select min(ma) from "truong-hoc") as m -- a comment; drop table x', (("00000",),)),
    ('from "truong-hoc" select dan % 3 as d, count(*) as n group by d order by d', ((0, 10), (1, 10), (2, 10))),
    ('select ma, row_number() over (order by ma desc) as r from "truong-hoc" qualify r = 1', (("00029", 1),)),
    ('select t.dan from "truong-hoc" t join "truong-hoc" u using (_id) where u.ma like \'%28\'', ((28,),)),
    ("select 1 as a, 2 as a, 'Hà Nội'::text as b, 1.50 as c, date '2025-07-01' as d, null as e",
     ((1, 2, "Hà Nội", "1.50", "2025-07-01", None),)),
    ('select dan from "truong-hoc" where dan > 27 union all select 0 order by 1', ((0,), (28,), (29,))),
    ("with recursive r as (select 1 as n union all select n + 1 from r where n < 4) select sum(n) from r", ((10,),)),
    ("values (1), (2)", ((1,), (2,))), ("select list_transform([1, 2], lambda x: x + 1)", (("[2, 3]",),)),
    ('select * from (pivot (select dan % 2 as d, 1 as one from "truong-hoc") on d in (0, 1) using count(*)) where "1" is null',
     None),
])
def test_one_select_on_named_tables_is_answered(some: Askers, folder: Path, sql: str, expected: object) -> None:
    sql = sql.replace('"TRUONG-HOC"', '"truong-hoc"')
    found = rows(some, folder, sql)
    if expected is not None:
        assert found.rows == expected
    assert len({name for name, _ in found.columns}) == len(found.columns)


def test_rows_beyond_the_limit_are_told_of(some: Askers, folder: Path) -> None:
    found = rows(some, folder, 'select ma, dan from "truong-hoc" order by dan desc', limit=2)
    assert (found.rows, found.truncated) == ((("00029", 29), ("00028", 28)), True)
    assert found.columns == (("ma", "string"), ("dan", "integer"))


F4 = [
    "copy (select 1) to 'evil.parquet'", "attach 'new.db'", "export database 'exp'", "select * from glob('*')",
    "select 1; select 2", "select * from query('select 1')", "select * from query_table('xa')",
    "select * from json_execute_serialized_sql('{}')", "select json_execute_serialized_sql('{}')",
    "select json_serialize_sql('select 1')", "select json_deserialize_sql('{}')",
]
S19 = [
    "", ";", "-- nothing", "selec 1", "select", "select 1;;select 2", "insert into t values (1)", "update t set a = 1", "delete from t",
    "create table t (a int)", "create temp table t as select 1", "drop table t", "alter table t add b int", "truncate t",
    "set memory_limit = '8GB'", "reset all", "set variable a = 1", "pragma version", "pragma table_info('t')", "call pragma_version()",
    "install httpfs", "load httpfs", "checkpoint", "vacuum", "analyze", "begin", "commit", "explain select 1", "explain analyze select 1",
    "prepare v as select 1", "execute v", "deallocate v", "describe t", "show tables", "summarize t", "use memory", "import database 'x'",
    "detach memory", "create macro m() as 1", "create view v as select 1", "create secret (type s3)", "copy t from 'x.csv'",
    "comment on table t is 'x'", "create function f() as 1", "create type e as enum ('a')", "create schema s", "create sequence s",
    "pivot t on a using sum(b)",
    "with d as (delete from t returning *) select * from d", "with d as (insert into t values (1) returning *) select * from d",
    "with d as (update t set a = 1 returning *) select * from d", "select * from (describe t)", "select * from (show tables)",
    "select * from (summarize t)", "select * from read_parquet('xa.parquet')", "select * from read_csv('/etc/passwd')",
    "select * from read_text('/etc/passwd')", "select * from read_blob('/etc/passwd')", "select * from read_json('x')",
    "select * from parquet_metadata('xa.parquet')", "select * from sniff_csv('/etc/passwd')", "select * from read_duckdb('x')",
    "select * from duckdb_settings()", "select * from duckdb_databases()", "select * from duckdb_secrets()", "select * from duckdb_views()",
    "select * from pragma_table_info('t')", "select * from information_schema.tables", "select * from pg_catalog.pg_class",
    "select * from main.t", "select * from memory.main.t", "select * from system.main.duckdb_views", "select * from temp.t",
    "with duckdb_views as (select 1) select * from duckdb_views", 'with "DUCKDB_Views" as (select 1) select * from duckdb_views',
    "with pg_class as (select 1) select 1", "select getenv('HOME')", "select current_setting('memory_limit')", "select version()",
    "select current_database()", "select getvariable('a')", "select nextval('s')", "select setseed(0.5)",
    "select write_log('x')", "select sleep_ms(9999999)", "select pg_sleep(100)", "select txid_current()", "select in_search_path('a', 'b')",
    "select pg_get_viewdef(1)", "select system.main.abs(-1)", "select main.abs(1)", "select GeTeNv('HOME')", "select \"getenv\"('HOME')",
    "select/**/getenv/**/('HOME')", "select (select (select getenv('HOME')))", "select 1 order by getenv('HOME')",
    "select 1 limit (select count(*) from duckdb_settings())", "select sum(1) over (order by getenv('HOME'))",
    "select list_transform([1], lambda x: getenv('HOME'))", "select case when getenv('A') is null then 1 end",
    "select * from unnest([getenv('HOME')])", "select * from repeat_row(1, num_rows=9)", "select * from test_all_types()",
    "select ?", "select $1", "select * from arrow_scan(1, 2, 3)", "select * from python_map_function()", "select ｇｅｔｅｎｖ('HOME')",
    "select 'a'::system.main.int", "select * from t at (version => 1)",
]


@pytest.mark.parametrize("sql", F4 + S19)
def test_everything_else_is_refused_before_it_runs(some: Askers, sql: str) -> None:
    """The statements of our security list: none of them reads a thing, or even names one."""
    with pytest.raises(Invalid) as refused:
        ask.rows(some, sql, {})
    assert refused.value.code in {"sql-syntax", "sql-not-one-select", "sql-not-allowed"}
    with pytest.raises(Invalid):
        ask.wanted(some, sql)


@pytest.mark.parametrize("name", ["secret", "secret.parquet", "/etc/passwd", "sqlite_master", "duckdb_tables", "pg_class", "some", "os"])
def test_a_table_that_the_site_did_not_give_is_not_there(some: Askers, folder: Path, name: str) -> None:
    named = folder / name if name.endswith("parquet") else name
    for sql in (f'select * from "{named}"', f'select (select count(*) from "{named}")', f'select 1 where 1 in (from "{named}")'):
        assert ask.wanted(some, sql) == (str(named),)
        with pytest.raises(Invalid) as refused:
            rows(some, folder, sql)
        assert (refused.value.code, refused.value.params["what"]) == ("sql-unknown-table", str(named))


def test_a_table_may_be_called_as_one_of_the_engine(some: Askers, folder: Path) -> None:
    """A dataset called duckdb_tables is the dataset, never the engine's own view."""
    found = ask.rows(some, "select count(*) from duckdb_tables", {"duckdb_tables": Place(str(folder / "xa.parquet"))})
    assert found.rows == ((30,),)


def test_two_names_that_the_engine_cannot_tell_apart_are_refused(some: Askers, folder: Path) -> None:
    places = {"Xa": Place(str(folder / "xa.parquet")), "xa": Place(str(folder / "secret.parquet"))}
    with pytest.raises(Invalid, match="sql-not-allowed"):
        ask.rows(some, 'select * from xa, "Xa"', places)


@pytest.mark.parametrize(("sql", "says"), [
    ('select nope from "truong-hoc"', "nope"), ("select 'a'::int", "Conversion"), ('select dan + ma from "truong-hoc"', ""),
    ("select error('x')", ""), ("with a as (select 1) select * from (with b as (select 1) select 1), b", ""),
])
def test_what_does_not_fit_the_tables_is_said_without_their_places(some: Askers, folder: Path, sql: str, says: str) -> None:
    with pytest.raises(Invalid) as refused:
        rows(some, folder, sql)
    assert refused.value.code == "sql-failed"
    assert says in refused.value.params["what"]
    assert str(folder) not in refused.value.params["what"]


HEAVY = [
    "select length(repeat('a', 2000000000) || repeat('b', 2000000000))", "select rpad('a', 2000000000, 'xy')",
    "select count(*) from range(100000000000) a, range(100000000000) b",
    "with recursive r as (select 1 as n union all select n + 1 from r) select count(*) from r",
    "select list(a.range) from range(1000000000) a",
]


def test_heavy_statements_end_at_their_limits_and_the_next_is_answered(
    some: Askers, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What neither an interrupt nor DuckDB's own limits stop is killed; a new process answers the next question."""
    for sql in HEAVY:
        monkeypatch.setattr(askers, "GUARDED_SECONDS", 0.5)
        with pytest.raises(Invalid) as refused:
            ask.rows(some, sql, {})
        assert refused.value.code in {"query-too-heavy", "sql-failed"}
    monkeypatch.setattr(askers, "GUARDED_SECONDS", 90.0)
    assert rows(some, folder, 'select count(*) from "truong-hoc"').rows == ((30,),)


@pytest.mark.parametrize("sql", [
    "select " + "(" * 3000 + "1" + ")" * 3000, "select " + "+".join("1" * 3900), " union all ".join(["select 1"] * 400),
    "select 1 where 1 in (" + ",".join(["1"] * 3900) + ")", "select '" + "a" * 100_000 + "'", "select [" * 1500 + "1" + "]" * 1500,
])
def test_large_and_deep_statements_are_refused_or_answered(some: Askers, sql: str) -> None:
    told = "answered"
    try:
        ask.rows(some, sql, {})
    except Refusal as refused:
        told = refused.code
    assert told in {"answered", "sql-syntax", "sql-too-large", "sql-failed", "query-too-heavy"}
    assert ask.rows(some, "select 1", {}).rows == ((1,),)


def test_an_answer_has_a_largest_size(some: Askers) -> None:
    found = ask.rows(some, "select repeat('a', 1000000) as a from range(40)", {}, 40)
    assert found.truncated
    assert 10 <= len(found.rows) <= 17


def test_a_process_that_somebody_kills_is_replaced(some: Askers) -> None:
    ask.rows(some, "select 1", {})
    asker, _ = some._guarded.ready.queue[0]
    assert asker is not None
    os.kill(asker._process.pid, signal.SIGKILL)
    asker._process.wait()
    assert ask.rows(some, "select 1", {}).rows == ((1,),)


def test_no_listed_function_reaches_outside() -> None:
    """What knows files, settings, other statements or other sessions is on no list of ours."""
    outside = ("read_", "duckdb_", "pragma", "pg_", "json_execute", "json_serialize", "json_deserialize", "glob", "query", "getenv",
               "current_setting", "current_query", "current_user", "current_database", "current_schema", "getvariable", "nextval", "currval",
               "setval", "setseed", "sleep", "write_log", "txid", "version", "parquet_", "arrow_scan", "has_", "inet_", "__internal", "icu_")
    assert not [name for name in words.FUNCTIONS | words.TABLE_FUNCTIONS if name.startswith(outside) and name != "pg_typeof"]


def test_a_statement_on_the_tables_of_the_one_before_is_answered_anew(some: Askers, folder: Path) -> None:
    """The engine is the same, the connection is not: each sees the whole table, and settings stay out of reach."""
    for least in (10, 20, 29):
        assert rows(some, folder, f'select count(*) from "truong-hoc" where dan >= {least}').rows == ((30 - least,),)
    assert ask.rows(some, "select 1", {}).rows == ((1,),)
    assert rows(some, folder, 'select max(ma) from "truong-hoc"').rows == (("00029",),)


def test_an_engine_has_no_table_of_the_statement_before(some: Askers, folder: Path) -> None:
    """Neither under its name, where that was not given, nor another table under the same name."""
    assert rows(some, folder, 'select min(ma) from "truong-hoc"').rows == (("00000",),)
    with pytest.raises(Invalid) as refused:
        ask.rows(some, 'select * from "truong-hoc"', {"khac": Place(str(folder / "xa.parquet"))})
    assert refused.value.code == "sql-unknown-table"
    other = ask.rows(some, 'select min(ma) from "truong-hoc"', {"truong-hoc": Place(str(folder / "secret.parquet"))})
    assert other.rows == (("01000",),)


def test_a_file_that_went_is_not_read_on(some: Askers, tmp_path: Path) -> None:
    """Its engine may still have it open: it is not asked again."""
    path = tmp_path / "here.parquet"
    pq.write_table(pa.table({"a": [1, 2]}), path)
    place = {"t": Place(str(path))}
    assert ask.rows(some, "select sum(a) from t", place).rows == ((3,),)
    path.unlink()
    with pytest.raises(Refusal):
        ask.rows(some, "select sum(a) from t", place)
    assert ask.rows(some, "select 2", {}).rows == ((2,),)


def test_an_engine_that_failed_once_is_replaced(some: Askers, folder: Path) -> None:
    with pytest.raises(Invalid):
        rows(some, folder, 'select cast(ma || \'x\' as integer) from "truong-hoc"')
    assert rows(some, folder, 'select count(*) from "truong-hoc"').rows == ((30,),)
