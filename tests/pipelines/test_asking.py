"""The process that asks, looked at from within: it gives memory back when nobody asks, and answers on."""

from __future__ import annotations

import io
import os
from pathlib import Path

import duckdb
import orjson
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipelines import asking
from pipelines.rowquery import paging


@pytest.fixture
def served(tmp_path: Path) -> str:
    path = tmp_path / f"{'a' * 64}-3.duckdb"
    with duckdb.connect(str(path)) as duck:
        duck.execute("CREATE TABLE rows AS SELECT range AS _id, 'Phường ' || range AS ten FROM range(1, 50001)")
    return str(path)


def page(one: asking.Open, path: str) -> list[list[object]]:
    asked = {"form": "page", "sql": f"SELECT _id, ten FROM {paging.source(path)[0]} WHERE _id > 49998", "values": (), "shelf": paging.shelf(path),
             "count": "", "count_values": (), "kinds": []}
    out = io.BytesIO()
    one.answer(asked, out)
    kind, _ = asking.HEAD.unpack(out.getvalue()[: asking.HEAD.size])
    assert kind == b"E", out.getvalue()
    return orjson.loads(out.getvalue()[asking.HEAD.size :])["rows"]  # type: ignore[no-any-return]


def test_what_was_read_is_given_up_when_nobody_asks_and_is_read_again(served: str) -> None:
    with duckdb.connect(":memory:", config=dict(asking.CONFIG)) as duck:
        one = asking.Open(duck)
        expected = [[49999, "Phường 49999"], [50000, "Phường 50000"]]
        assert page(one, served) == expected
        one.idle()
        assert duck.execute("SELECT current_setting('memory_limit')").fetchall() == [("488.2 MiB",)]
        assert page(one, served) == expected


def test_a_reader_s_statement_is_answered_after_its_tables_were_given_up(tmp_path: Path) -> None:
    path = tmp_path / "t.parquet"
    pq.write_table(pa.table({"n": [1, 2, 3]}), path)
    asked = {"form": "rows", "sql": "SELECT sum(n) AS s FROM t", "tables": {"t": {"path": str(path)}}, "limit": 10}
    with duckdb.connect(":memory:", config=dict(asking.CONFIG)) as duck:
        one = asking.Guarded(duck)
        for _ in range(2):
            out = io.BytesIO()
            one.answer(asked, out)
            assert b'"rows":[[6]]' in out.getvalue()
            one.idle()


def test_who_waits_for_a_question_rests_once_and_ends_with_its_last(monkeypatch: pytest.MonkeyPatch) -> None:
    asked, given = os.pipe()
    rested: list[int] = []

    def rest() -> None:
        rested.append(1)
        os.write(given, b'{"a": 1}\n')

    with os.fdopen(asked, "rb") as stream:
        monkeypatch.setattr(asking.sys, "stdin", io.TextIOWrapper(stream))
        monkeypatch.setattr(asking, "IDLE_SECONDS", 0.0)
        assert asking._line(rest) == b'{"a": 1}\n'
        os.write(given, b'{"b": 1}\n')
        assert asking._line(rest) == b'{"b": 1}\n'
        os.close(given)
        assert asking._line(rest) == b""
    assert rested == [1]
