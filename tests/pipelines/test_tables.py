"""A published table is asked for rows: by number, by filter and order; names and values from outside stay harmless."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from catalog.errors import Invalid, NotFound
from pipelines import tables
from pipelines.tables import TableColumn

N = 2500


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    made = tmp_path_factory.mktemp("shelf") / "xa.parquet"
    table = pa.table({
        "_id": pa.array(range(1, N + 1), pa.int64()),
        "mã xã": [f"{number:05}" for number in range(N)],
        'tên "xã"': ["Đà Nẵng" if number % 5 == 0 else "Hoà Bình" if number % 5 == 1 else None for number in range(N)],
        "dân số": pa.array([number % 100 for number in range(N)], pa.int64()),
        "diện tích": pa.array([Decimal(number % 7) / 2 for number in range(N)], pa.decimal128(10, 2)),
        "ngày": pa.array([date(2025, 1, 1 + number % 28) for number in range(N)]),
        "lớn": pa.array([2**60 + number for number in range(N)], pa.int64()),
        "lúc": pa.array([datetime(2025, 1, 1, tzinfo=UTC)] * N, pa.timestamp("ms", "UTC")),
        "thực": pa.array([float("nan") if number == 0 else number / 4 for number in range(N)]),
        "đúng": [number % 2 == 0 for number in range(N)],
    })
    pq.write_table(table, made, row_group_size=400, compression="zstd")
    return made


def ids(page) -> list:
    return [row[0] for row in page.rows]


def test_the_schema_names_columns_and_kinds(path):
    assert tables.schema(path)[:4] == (
        TableColumn(name="_id", kind="integer"), TableColumn(name="mã xã", kind="string"),
        TableColumn(name='tên "xã"', kind="string"), TableColumn(name="dân số", kind="integer"))
    assert [one.kind for one in tables.schema(path)[4:]] == ["number", "date", "integer", "datetime", "number", "boolean"]
    assert tables.count(path) == N


def test_cells_are_plain_json(path):
    page = tables.preview(path, 1, 1)
    assert page.rows[0] == (1, "00000", "Đà Nẵng", 0, "0.00", "2025-01-01", str(2**60), "2025-01-01T00:00:00Z", None, True)


@pytest.mark.parametrize(("start", "limit", "found", "onward"), [
    (1, 3, [1, 2, 3], 4), (399, 4, [399, 400, 401, 402], 403), (2499, 10, [2499, 2500], None), (2501, 10, [], None),
    (-5, 2, [1, 2], 3), (1, 0, [], None), (2000, 10_000, list(range(2000, 2501)), None), (10**12, 5, [], None),
])
def test_rows_are_given_by_number(path, start, limit, found, onward):
    page = tables.preview(path, start, limit, ["mã xã"])
    assert (ids(page), page.next, page.total) == (found, onward, N)
    assert [row[1] for row in page.rows] == [f"{number - 1:05}" for number in found]


def test_streaming_reads_every_row_once(path):
    seen, after = [], 0
    while after is not None:
        found, after = tables.rows(path, 700, after)
        seen += [row["_id"] for row in found]
    assert seen == list(range(1, N + 1))


def test_columns_come_in_the_order_asked_for_after_the_number(path):
    page = tables.preview(path, 1, 1, ["dân số", "mã xã", "dân số"])
    assert [one.name for one in page.columns] == ["_id", "dân số", "mã xã"]


def test_what_the_table_does_not_have_is_refused(path):
    with pytest.raises(Invalid):
        tables.preview(path, 1, 1, ["x"])


def test_a_file_that_is_gone_is_not_found(tmp_path):
    with pytest.raises(NotFound):
        tables.preview(tmp_path / "x.parquet")
