"""Published Parquet read in place: the examples of docs/big-tables.md, run as they stand, and the bytes they read."""

from __future__ import annotations

import re
import socket
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from api.app import create_app
from catalog.adapters.files_s3 import Address, S3Files
from pipelines import cells
from pipelines.steps.convert import typed
from tests import faulty
from tests.conftest import NUMBERS
from tests.running import served
from tests.site import make_town, replace_paths

PAGE = (Path(__file__).parents[2] / "docs" / "big-tables.md").read_text()
EXAMPLES = dict(re.findall(r"## ([^\n]+)\n(?:(?!\n## ).)*?```python\n(.*?)```", PAGE, re.DOTALL))
YEARS, ROWS = range(2021, 2026), 620_000
PROVINCES = np.array(["01", "48", "79"])


@pytest.fixture(scope="module")
def table(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A register of five years, as it is published when it is big: a fifth of the rows each, in the order of years."""
    folder = tmp_path_factory.mktemp("big")
    random = np.random.default_rng(7)
    per_year = ROWS // len(YEARS)
    columns = [
        pa.array(np.repeat(np.array(YEARS), per_year)).cast(pa.string()),
        pa.array(PROVINCES[random.integers(0, 3, ROWS)]),
        pa.array(random.integers(0, 3000, ROWS)).cast(pa.string()),
        pa.array(random.integers(0, 10**12, ROWS)).cast(pa.string()),
    ]
    batch = pa.record_batch([pa.array(range(2, ROWS + 2), pa.int64()), *columns], names=["row", "c0", "c1", "c2", "c3"])
    parts = [batch.slice(at, 100_000) for at in range(0, ROWS, 100_000)]
    list(cells.write(folder / "cells", parts, batch.schema))
    shapes = [typed.Shape(type=pa.int64(), kind="integer"), typed.TEXT, typed.Shape(type=pa.int64(), kind="integer"), typed.TEXT]
    names = ["year", "province", "pupils", "note"]
    assert typed.write_parquet(folder / "a.parquet", names, folder / "cells", shapes, big=True) == ROWS
    return folder / "a.parquet"


@pytest.fixture(scope="module")
def right(table: Path) -> list[tuple[str, int]]:
    """What the examples ask for, found by reading everything."""
    rows = pq.read_table(table).to_pandas()
    found = rows[rows.year == max(YEARS)].groupby("province").pupils.sum()
    return [(str(name), int(value)) for name, value in found.items()]


def said(found: Any) -> list[tuple[str, int]]:
    pairs = found if isinstance(found, list) else found[found != 0].items()
    return [(str(name), int(value)) for name, value in pairs]


def ran(name: str, **replaced: str) -> list[tuple[str, int]]:
    code = EXAMPLES[name]
    for old, new in replaced.items():
        assert WORDS[old] in code
        code = code.replace(WORDS[old], new)
    names: dict[str, Any] = {}
    exec(compile(code, name, "exec"), names)
    return said(names["found"])


WORDS = {
    "store": "https://s3.example.gov.vn", "object": "bucket/prefix/sha256/ab/abcd",
    "file": "https://data.example.gov.vn/api/v1/datasets/hoc-sinh/files/hoc-sinh.parquet",
}


def test_a_big_table_has_groups_that_can_be_skipped_and_says_its_order(table: Path) -> None:
    about = pq.ParquetFile(table).metadata
    assert [about.row_group(one).num_rows for one in range(about.num_row_groups)][:5] == [typed.BIG_GROUP] * 5
    first = about.row_group(0)
    assert first.sorting_columns == (pq.SortingColumn(0),)
    year = first.column(1)
    assert (year.statistics.min, year.statistics.max) == (2021, 2021)
    assert year.has_column_index
    assert year.has_offset_index
    assert pq.read_table(table, columns=["_id"])["_id"].to_pylist() == list(range(1, ROWS + 1))


@pytest.mark.parametrize("name", [one for one in EXAMPLES if "S3" in one])
def test_an_engine_reads_in_the_bucket_only_what_a_question_touches(
    s3: Any, tmp_path: Path, table: Path, right: list[tuple[str, int]], name: str
) -> None:
    prefix = f"big{next(NUMBERS)}/"
    files = S3Files(Address(bucket="datamo", prefix=prefix, endpoint=s3.endpoint), tmp_path / "copies")
    with table.open("rb") as stream:
        sha256, size = files.put(stream)
    with faulty.before(s3.endpoint) as proxy:
        found = ran(name, store=proxy.url, object=f"datamo/{prefix}sha256/{sha256[:2]}/{sha256}")
        assert found == right
        assert 0 < proxy.given < size / 2, proxy.seen


@pytest.mark.parametrize("name", [one for one in EXAMPLES if "S3" not in one and "address" in one])
def test_an_engine_reads_on_the_site_only_what_a_question_touches(
    tmp_path: Path, table: Path, right: list[tuple[str, int]], name: str
) -> None:
    town = make_town(tmp_path)
    slug = town.draft("Học sinh")["slug"]
    one = town.upload(slug).json()["id"]
    town.catalog.begin_check(one)
    outcome = replace_paths(town, town.catalog.submission(town.catalog.system(), one))
    (made,) = outcome.tables
    artefacts = tuple(replace(each, path=str(table)) if each.role == "parquet" else each for each in made.artefacts)
    outcome = replace(outcome, tables=(replace(made, artefacts=artefacts),))
    town.catalog.settle(one, town.catalog.shelve_outcome(one, outcome))
    town.catalog.publish(town.catalog.system(), [one])
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{listening.getsockname()[1]}"
        app = create_app(town.catalog, town.stand.files, site_url=url, environment="test")
        with served(app, listening), faulty.before(url) as proxy:
            found = ran(name, file=f"{proxy.url}/api/v1/datasets/{slug}/files/{slug}.parquet")
            assert found == right
            assert 0 < proxy.given < table.stat().st_size / 2, proxy.seen


def test_every_example_of_the_page_is_run() -> None:
    assert len(EXAMPLES) == 4
