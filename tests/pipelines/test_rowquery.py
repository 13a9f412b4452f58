"""Questions to a table: what the words mean, held to a second reading in plain Python; what is refused, and where."""

from __future__ import annotations

import math
import operator
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from catalog.errors import Invalid
from pipelines import askers, tables
from pipelines.askers import Askers
from pipelines.rowquery import Query, paging
from pipelines.rowquery.read import DEEPEST, LONGEST, read
from pipelines.rowquery.statement import statement

N = 400
ROWS = [
    {
        "_id": number + 1, "mã xã": f"{number:05}", 'tên "xã"': ["Đà Nẵng", "Hoà Bình", "100%_a", None][number % 4],
        "dân": None if number % 11 == 0 else number % 37, "dt": Decimal(number % 7) / 2,
        "ngày": date(2024 + number % 3, 1 + number % 12, 1 + number % 28), "vĩ": 10 + number / 1000, "kinh": 106.0,
        "đúng": None if number % 5 == 0 else number % 2 == 0,
    }
    for number in range(N)
]


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> str:
    made = tmp_path_factory.mktemp("shelf") / "xa.parquet"
    schema = pa.schema([
        ("_id", pa.int64()), ("mã xã", pa.string()), ('tên "xã"', pa.string()), ("dân", pa.int64()),
        ("dt", pa.decimal128(10, 2)), ("ngày", pa.date32()), ("vĩ", pa.float64()), ("kinh", pa.float64()), ("đúng", pa.bool_()),
    ])
    pq.write_table(pa.Table.from_pylist(ROWS, schema), made, row_group_size=90)
    return str(made)


@pytest.fixture(scope="module")
def ask() -> Iterator[Askers]:
    some = Askers(1)
    yield some
    some.close()


KNOWN = {"_id": "integer", "mã xã": "string", 'tên "xã"': "string", "dân": "integer", "dt": "number", "ngày": "date",
         "vĩ": "number", "kinh": "number", "đúng": "boolean"}


def rows(ask: Askers, path: str, limit: int = 1000, **parts: str) -> list[tuple[Any, ...]]:
    one = statement(read(parts), KNOWN)
    chosen = paging.select(one, path, limit=limit)
    counted = paging.count(one, path)
    told = ask.ask({"form": "page", "sql": chosen.sql, "values": chosen.values, "kinds": [kind for _, kind in one.columns],
                    "count": counted.sql, "count_values": counted.values})
    assert told["total"] == len(told["rows"]) or len(told["rows"]) == limit
    return [tuple(row[: len(one.columns)]) for row in told["rows"]]


def ids(ask: Askers, path: str, where: str) -> list[int]:
    return [row[0] for row in rows(ask, path, select="_id", where=where)]


@pytest.mark.parametrize(("where", "holds"), [
    ("\"mã xã\" = '00007'", lambda row: row["mã xã"] == "00007"),
    ("`mã xã` <> '00007'", lambda row: row["mã xã"] != "00007"),
    ("dân >= 30 and dân < 33", lambda row: row["dân"] is not None and 30 <= row["dân"] < 33),
    ("30 <= dân", lambda row: row["dân"] is not None and row["dân"] >= 30),
    ("dân between 3 and 5 or dân is null", lambda row: row["dân"] is None or 3 <= row["dân"] <= 5),
    ("dân not between 3 and 36", lambda row: row["dân"] is not None and row["dân"] < 3),
    ("dân is not null and not dân in (1, 2)", lambda row: row["dân"] is not None and row["dân"] not in (1, 2)),
    ("dt = 1.5", lambda row: row["dt"] == Decimal("1.5")),
    ("dt > -1e2 and dt <= 0.5", lambda row: row["dt"] <= Decimal("0.5")),
    ("ngày >= '2026-06-01'", lambda row: row["ngày"] >= date(2026, 6, 1)),
    ("year(ngày) = 2025 and month(ngày) = 2", lambda row: (row["ngày"].year, row["ngày"].month) == (2025, 2)),
    ("\"tên \"\"xã\"\"\" like 'Đà%'", lambda row: row['tên "xã"'] == "Đà Nẵng"),
    ("\"tên \"\"xã\"\"\" ilike '%BÌNH'", lambda row: row['tên "xã"'] == "Hoà Bình"),
    ("search('da nang')", lambda row: row['tên "xã"'] == "Đà Nẵng"),
    ("search('bình')", lambda row: row['tên "xã"'] == "Hoà Bình"),
    ("search('binh 0001')", lambda row: row['tên "xã"'] == "Hoà Bình" and "0001" in row["mã xã"]),
    ("search(\"mã xã\", '39')", lambda row: "39" in row["mã xã"]),
    ("đúng = true", lambda row: row["đúng"] is True),
    ("within_box(vĩ, kinh, 10.05, 105, 10.06, 107)", lambda row: 10.05 <= row["vĩ"] <= 10.06),
    ("within_distance(vĩ, kinh, 10.1, 106, 1000)", lambda row: abs(row["vĩ"] - 10.1) * math.pi / 180 * 6_371_008.8 <= 1000),
    ("length(\"mã xã\") = 5 and lower(\"tên \"\"xã\"\"\") = 'hoà bình'", lambda row: row['tên "xã"'] == "Hoà Bình"),
    ("dân = dt", lambda row: row["dân"] is not None and row["dân"] == row["dt"]),
])
def test_conditions_hold_as_sql_says(ask: Askers, path: str, where: str, holds: Any) -> None:
    found = ids(ask, path, where)
    assert found == [row["_id"] for row in ROWS if holds(row)]
    assert 0 < len(found) < N


# --- a second reading ------------------------------------------------------------------------------------------------

OPS = {"=": operator.eq, "!=": operator.ne, "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge}
Three = bool | None
"""True, false, or unknown because something is missing."""


def negated(found: Three) -> Three:
    return None if found is None else not found


def both(found: list[Three]) -> Three:
    return False if False in found else None if None in found else True


def either(found: list[Three]) -> Three:
    return True if True in found else None if None in found else False


CELLS = st.sampled_from([("dân", "integer"), ("dt", "number"), ("ngày", "date"), ('"mã xã"', "string"), ("đúng", "boolean")])
VALUES = {
    "integer": st.integers(-2, 40).map(lambda one: (str(one), one)),
    "number": st.integers(-1, 8).map(lambda one: (str(Decimal(one) / 2), Decimal(one) / 2)),
    "date": st.dates(date(2024, 1, 1), date(2026, 12, 31)).map(lambda one: (f"'{one}'", one)),
    "string": st.integers(0, N).map(lambda one: (f"'{one:05}'", f"{one:05}")),
    "boolean": st.booleans().map(lambda one: (str(one).lower(), one)),
}


@st.composite
def leaves(draw: st.DrawFn) -> tuple[str, Any]:
    cell, kind = draw(CELLS)
    name = cell.strip('"')
    form = draw(st.sampled_from(["compare", "in", "between", "null"]))
    if form == "null":
        return f"{cell} is null", lambda row: row[name] is None
    if form == "compare" or kind == "boolean":
        op, (text, value) = draw(st.sampled_from(sorted(OPS))), draw(VALUES[kind])
        return f"{cell} {op} {text}", lambda row: None if row[name] is None else OPS[op](row[name], value)
    if form == "in":
        many = draw(st.lists(VALUES[kind], min_size=1, max_size=4))
        return (f"{cell} in ({', '.join(text for text, _ in many)})",
                lambda row: None if row[name] is None else row[name] in [value for _, value in many])
    low, high = draw(VALUES[kind]), draw(VALUES[kind])
    return (f"{cell} between {low[0]} and {high[0]}",
            lambda row: None if row[name] is None else low[1] <= row[name] <= high[1])


def joined(children: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    some = st.lists(children, min_size=2, max_size=3)
    return st.one_of(
        some.map(lambda many: ("(" + " and ".join(one for one, _ in many) + ")",
                               lambda row: both([holds(row) for _, holds in many]))),
        some.map(lambda many: ("(" + " or ".join(one for one, _ in many) + ")",
                               lambda row: either([holds(row) for _, holds in many]))),
        children.map(lambda one: (f"not ({one[0]})", lambda row: negated(one[1](row)))),
    )


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(condition=st.recursive(leaves(), joined, max_leaves=8))
def test_any_condition_finds_what_plain_python_finds(ask: Askers, path: str, condition: tuple[str, Any]) -> None:
    where, holds = condition
    assert ids(ask, path, where) == [row["_id"] for row in ROWS if holds(row)]


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(order=st.lists(st.sampled_from(["dân", "dt", "ngày", '"tên ""xã"""', "vĩ", "đúng"]), max_size=3, unique=True),
       turned=st.lists(st.booleans(), min_size=3, max_size=3), size=st.integers(20, 170))
def test_pages_in_any_order_give_every_row_once(ask: Askers, path: str, order: list[str], turned: list[bool], size: int) -> None:
    """Keyset paging: missing values come last, and no row is lost among equals."""
    words = ", ".join(f"{one}{' desc' if down else ''}" for one, down in zip(order, turned, strict=False))
    one = statement(read({"select": "_id", "order_by": words}), KNOWN)
    found: list[int] = []
    after: tuple[Any, ...] = ()
    while True:
        chosen = paging.select(one, path, limit=size, after=after)
        told = ask.ask({"form": "page", "sql": chosen.sql, "values": chosen.values, "kinds": ["integer"], "count": "",
                        "count_values": ()})["rows"]
        found += [row[0] for row in told]
        if len(told) < size:
            break
        after = tuple(told[-1][1:])
    assert sorted(found) == list(range(1, N + 1))
    assert found == [row[0] for row in rows(ask, path, select="_id", order_by=words)]


@pytest.mark.parametrize("query", [
    {"select": "dt, count(*) as n", "group_by": "dt, dân"},
    {"select": "count(*) as n, avg(vĩ) as a", "group_by": 'dt, "tên ""xã"""', "order_by": "a desc"},
    {"select": "year(ngày) as năm, sum(dân) as s", "group_by": "năm, dân", "order_by": "-s, dân desc"},
    {"select": "dân, median(vĩ) as m", "group_by": "dân", "order_by": "m"},
    {"select": "dân, sum(1.5) as m", "group_by": "dân, dt", "order_by": "m desc, sum(dt)"},
])
def test_pages_of_groups_give_every_group_once_also_where_the_answer_does_not_show_them(
    ask: Askers, path: str, query: dict[str, str]
) -> None:
    one = statement(read(query), KNOWN)
    whole = rows(ask, path, **query)
    found: list[tuple[Any, ...]] = []
    after: tuple[Any, ...] = ()
    while len(found) <= len(whole):
        chosen = paging.select(one, path, limit=7, after=after)
        told = ask.ask({"form": "page", "sql": chosen.sql, "values": chosen.values, "kinds": [kind for _, kind in one.columns],
                        "count": "", "count_values": ()})["rows"]
        found += [tuple(row[: len(one.columns)]) for row in told]
        if len(told) < 7:
            break
        after = tuple(told[-1][len(one.columns):])
    assert [(row[0], *map(pytest.approx, row[1:])) for row in whole] == found


def test_groups_have_their_sums_and_an_order(ask: Askers, path: str) -> None:
    found = rows(ask, path, select="year(ngày) as năm, count(*) as n, sum(dân) as s, avg(dân), count(distinct dân) as d",
                 group_by="năm", having="n > 100", order_by="-năm")
    plain = {}
    for row in ROWS:
        plain.setdefault(row["ngày"].year, []).append(row["dân"])
    assert found == [
        (year, len(many), sum(one or 0 for one in many), pytest.approx(sum(one or 0 for one in many) / sum(one is not None for one in many)),
         len({one for one in many if one is not None}))
        for year, many in sorted(plain.items(), reverse=True)
    ]


def test_an_aggregate_alone_is_one_row(ask: Askers, path: str) -> None:
    some = sorted(row["dân"] for row in ROWS if row["dân"] is not None)
    (found,) = rows(ask, path, select="min(dân) as a, max(dân) as b, median(dân) as c, percentile(dân, 0) as d, max(ngày) as e")
    assert found == (some[0], some[-1], pytest.approx(some[len(some) // 2], abs=1), some[0],
                     max(row["ngày"] for row in ROWS).isoformat())


def test_dates_are_cut_to_their_month(ask: Askers, path: str) -> None:
    found = rows(ask, path, select="date_trunc('month', ngày) as tháng, count(*) as n", group_by="tháng", where="year(ngày) = 2024")
    assert found[0][0] == "2024-01-01"
    assert sum(row[1] for row in found) == sum(row["ngày"].year == 2024 for row in ROWS)


# --- refusals ---------------------------------------------------------------------------------------------------------


def refusal(**parts: str) -> tuple[str, str]:
    with pytest.raises(Invalid) as refused:
        statement(read(parts), KNOWN)
    (problem,) = refused.value.problems
    return problem.pointer.removeprefix("#/"), problem.code


@pytest.mark.parametrize(("part", "text", "code"), [
    ("where", "dân = ", "query-syntax"), ("where", "dân == 1", "query-syntax"), ("where", "(dân = 1", "query-syntax"),
    ("where", "dân = 1 dt = 2", "query-syntax"), ("where", "dân = 'một'", "wrong-value"), ("where", "ngày > 'hôm qua'", "wrong-value"),
    ("where", '"mã xã" = 7', "wrong-value"), ("where", "đúng = 1", "wrong-value"), ("where", "dân = true", "wrong-value"),
    ("where", "không_có = 1", "unknown-column"), ("where", "sum(dân) > 1", "aggregate-in-where"),
    ("where", "read_csv('/etc/passwd') = 1", "unknown-function"), ("where", "dân = 1; drop table x", "query-syntax"),
    ("where", "dân = 1 -- x", "query-syntax"), ("where", "dân = 1 /* x */", "query-syntax"), ("where", "ngày = dân", "not-comparable"),
    ("where", "search('')", "search-words"), ("where", "search('a b c d e f g h i j k')", "search-words"),
    ("where", "within_box(vĩ, kinh, 1, 2, 3)", "query-syntax"), ("where", "within_box(ngày, kinh, 1, 2, 3, 4)", "wrong-kind"),
    ("where", "(" * 60 + "dân = 1" + ")" * 60, "query-deep"), ("where", "x" * (LONGEST + 1), "query-part-long"),
    ("where", "not " * 3000 + "dân = 1", "query-part-long"), ("where", "lower(" * 60 + "dân" + ")" * 60 + " = 'a'", "query-deep"),
    ("select", 'sum("mã xã")', "wrong-kind"), ("select", "dân, dân", "column-twice"), ("select", "sum(sum(dân))", "aggregate-in-aggregate"),
    ("select", "percentile(dân, 2)", "wrong-arguments"), ("select", "date_trunc('x', ngày)", "wrong-arguments"),
    ("select", "dân, count(*)", "not-grouped"), ("select", "dân,", "query-syntax"), ("having", "dân > 1", "having-without-groups"),
    ("order_by", "nope", "unknown-column"), ("group_by", "nope", "unknown-column"), ("order_by", "dân dec", "query-syntax"),
    ("order_by", "sum(dân", "query-syntax"),
])
def test_what_is_not_understood_is_refused_with_its_place(part: str, text: str, code: str) -> None:
    assert refusal(**{part: text}) == (part, code)


def test_brackets_may_stand_in_each_other_as_deep_as_is_said() -> None:
    assert read({"where": "(" * (DEEPEST - 2) + "dân = 1" + ")" * (DEEPEST - 2)}).where is not None
    assert read({}) == Query()


@pytest.mark.parametrize("nasty", ["' or 1=1 --", "'; drop table x; --", "\\' or 1=1", "x' union select 1 --", "%' or '1'='1", "\x00", "𝔘\u202e"])
def test_what_is_typed_stays_a_text(ask: Askers, path: str, nasty: str) -> None:
    quoted = nasty.replace("'", "''")
    for where in (f"\"mã xã\" = '{quoted}'", f"\"mã xã\" like '{quoted}'", f"search('{quoted}')", f"\"mã xã\" in ('{quoted}', 'b')"):
        assert len(ids(ask, path, where)) == 0
    name = nasty.replace('"', '""')
    assert refusal(where=f'"{name}" = 1')[1] == "unknown-column"


@given(text=st.text(max_size=200), part=st.sampled_from(["select", "where", "group_by", "having", "order_by"]))
@settings(max_examples=300, deadline=None)
def test_any_words_are_understood_or_refused(text: str, part: str) -> None:
    problems: object = "understood"
    try:
        statement(read({part: text}), KNOWN)
    except Invalid as refused:
        problems = refused.problems
    assert problems


# --- the processes ----------------------------------------------------------------------------------------------------


def slow(seconds: str) -> dict[str, Any]:
    sql = f"SELECT count(*) FROM range({seconds}) a, range(100000) b WHERE hash(a.range, b.range) = 1"
    return {"form": "page", "sql": sql, "values": (), "kinds": ["integer"], "count": "", "count_values": ()}


def test_a_question_that_takes_too_long_is_ended_and_the_next_is_answered(path: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(askers, "QUESTION_SECONDS", 1.0)
    some = Askers(1)
    try:
        with pytest.raises(Invalid, match="query-too-heavy"):
            some.ask(slow("1000000"))
        monkeypatch.setattr(askers, "QUESTION_SECONDS", 120.0)
        assert len(rows(some, path, where="dân = 1")) > 0
    finally:
        some.close()


def test_a_process_that_was_killed_is_replaced(path: str) -> None:
    some = Askers(1)
    try:
        assert rows(some, path, where="dân = 1")
        ((ready, _),) = list(some._ready.ready.queue)
        ready._process.kill()
        ready._process.wait()
        assert rows(some, path, where="dân = 1")
    finally:
        some.close()


def test_documents_hold_every_row(ask: Askers, path: str, tmp_path: Path) -> None:
    one = statement(read({"select": '"mã xã", "tên ""xã""", dân, ngày, đúng'}), KNOWN)
    chosen = paging.select(one, path, limit=None)
    question = {"sql": chosen.sql, "values": chosen.values, "names": [name for name, _ in one.columns]}
    text = b"".join(ask.document({**question, "form": "csv"})).decode()
    assert text.startswith('mã xã,"tên ""xã""",dân,ngày,đúng\n00000,Đà Nẵng,,2024-01-01,\n00001,Hoà Bình,1,2025-02-02,false\n')
    assert len(text.splitlines()) == N + 1
    lines = b"".join(ask.document({**question, "form": "ndjson"})).splitlines()
    assert len(lines) == N
    for form, opened in (("parquet", pq.read_table), ("arrow", lambda path: pa.ipc.open_stream(path.read_bytes()).read_all())):
        made = tmp_path / form
        made.write_bytes(b"".join(ask.document({**question, "form": form})))
        assert opened(made).column("dân").to_pylist() == [row["dân"] for row in ROWS]
    sheet = b"".join(ask.document({**question, "form": "xlsx"}))
    assert sheet.startswith(b"PK")
    nothing = paging.select(statement(read({"select": "dân", "where": "dân = 999"}), KNOWN), path, limit=None)
    empty = {"sql": nothing.sql, "values": nothing.values, "names": ["dân"], "form": "csv"}
    assert b"".join(ask.document(empty)) == "dân\n".encode()


def test_a_table_is_asked_in_the_kinds_that_its_file_has(path: str) -> None:
    assert {one.name: one.kind for one in tables.schema(path)} == KNOWN


def test_nothing_but_answers_is_read_from_a_process(ask: Askers, path: str) -> None:
    """DuckDB draws a bar on standard output when a question takes two seconds: it must not stand among the frames."""
    rows(ask, path, select="_id", where="_id = 1")
    (ready, _), = list(ask._ready.ready.queue)
    assert ready is not None
    assert Path(f"/proc/{ready._process.pid}/fd/1").readlink() == Path("/dev/null")
