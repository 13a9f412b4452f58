"""Dumps of the whole catalogue: made of what is public, offered while all of it is, read by the libraries people use."""

from __future__ import annotations

import gzip
import json
import socket
from contextlib import closing
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import duckdb
import fsspec
import pandas as pd
import pyarrow.parquet as pq
import pytest

from api.dialects.v1 import render
from catalog.model import NOBODY, Entry
from pipelines.dumps import LINES, TABLE, Dumps
from tests.running import served
from tests.site import SCHOOLS, URL, Town, make_town


def dumps(town: Town, folder: Path, **wishes: Any) -> Dumps:
    def document(entry: Entry) -> dict[str, Any]:
        version = town.catalog.version(NOBODY, entry.id)
        organisation = town.catalog.organisation(NOBODY, entry.organisation)
        return render.dataset(entry, version, organisation, URL, town.stand.clock.at.date())

    return Dumps(town.catalog, document, folder, **{"first": 0.0, **wishes})


def lines(town: Town) -> list[dict[str, Any]]:
    answer = town.get(f"/{LINES}")
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "application/gzip"
    return [json.loads(line) for line in gzip.decompress(answer.content).splitlines()]


def objects(town: Town) -> set[str]:
    return set(town.stand.files.hashes())


def peopled(folder: Path) -> Town:
    """A site with a public dataset, a private one and a draft, and its dumps."""
    town = make_town(folder / "town")
    town.published("Trường học", description={"vi": "Mọi trường"}, tags=["trường"])
    town.published("Danh sách riêng", visibility="private")
    town.draft("Bản nháp")
    assert dumps(town, folder).step(60) == 1
    return town


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Town:
    """One for all tests that only read."""
    return peopled(tmp_path_factory.mktemp("dumps"))


@pytest.fixture
def own(tmp_path: Path) -> Town:
    """One for a test that changes it."""
    return peopled(tmp_path)


def test_the_lines_are_what_the_api_tells_everybody_and_nothing_else(made: Town) -> None:
    found = lines(made)
    assert [one["slug"] for one in found] == ["truong-hoc"]
    assert found[0] == {**made.get("/api/v1/datasets/truong-hoc").json(), "quality": found[0]["quality"]}


def test_until_they_are_made_and_by_other_names_nothing_is_given(tmp_path: Path) -> None:
    town = make_town(tmp_path)
    answer = town.get(f"/{TABLE}")
    assert (answer.status_code, answer.json()["code"], answer.headers["retry-after"]) == (503, "dump-due", "60")
    assert town.get("/catalog.sql.gz").status_code == 404


def test_pandas_duckdb_and_arrow_read_the_table_and_the_published_rows_by_address(made: Town, tmp_path: Path) -> None:
    """Over real HTTP, by ranges; DuckDB without its extension for HTTP reads what pandas' way of opening gives it."""
    with closing(socket.socket()) as listening:
        listening.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{listening.getsockname()[1]}"
        with served(made.client.app, listening):
            whole = pd.read_parquet(f"{url}/{TABLE}")
            assert (whole.slug[0], whole.title_vi[0], whole.rows[0], whole.publisher_id[0]) == ("truong-hoc", "Trường học", 2, "H12")
            assert [one["name"] for one in whole["columns"][0]] == ["school_code", "school_name", "province_code"]
            address = next(one["url"] for one in whole.files[0] if one["role"] == "parquet").replace(URL, url)
            rows = pd.read_parquet(address, columns=["school_code"])
            assert list(rows.school_code) == ["00123", "00456"]
            with fsspec.open(address, block_size=64) as stream:
                assert pq.ParquetFile(stream).metadata.num_rows == 2
            table = pq.read_table(f"{url}/{TABLE}", filesystem=fsspec.filesystem("http"))
            assert duckdb.from_arrow(table).query("catalog", "select unnest(columns).name as name from catalog order by 1 limit 1").fetchall() == [("province_code",)]
            again = pd.read_json(f"{url}/{LINES}", lines=True, compression="gzip")
            assert list(again.slug) == ["truong-hoc"]


def test_ranges_heads_and_marks_work_and_are_told_to_browsers(made: Town) -> None:
    whole = made.get(f"/{TABLE}")
    part = made.get(f"/{TABLE}", headers={"Range": "bytes=-4", "Origin": "https://app.example"})
    assert (part.status_code, part.content) == (206, b"PAR1")
    assert part.headers["content-range"].endswith(f"/{len(whole.content)}")
    assert part.headers["access-control-allow-origin"] == "*"
    assert {"Content-Range", "ETag", "Accept-Ranges", "Content-Length"} <= set(part.headers["access-control-expose-headers"].split(", "))
    head = made.client.head(f"/{TABLE}")
    assert (head.status_code, head.content, head.headers["content-length"]) == (200, b"", str(len(whole.content)))
    assert made.get(f"/{TABLE}", headers={"If-None-Match": whole.headers["etag"]}).status_code == 304


def test_what_leaves_the_public_leaves_the_dumps_at_once_and_their_bytes_with_the_next(own: Town, tmp_path: Path) -> None:
    own.published("Khác", SCHOOLS + b"1,b,01\n")
    dumped = {one["sha256"] for one in own.catalog.dumps()["files"].values()}
    assert dumped <= objects(own)
    assert len(lines(own)) == 1, "what came since waits for the next day"
    own.send("PATCH", "/api/v1/datasets/truong-hoc", "editor", {"visibility": "private"})
    assert own.get(f"/{LINES}").json()["code"] == "dump-due"
    assert dumps(own, tmp_path).step(60) == 1
    assert [one["slug"] for one in lines(own)] == ["khac"]
    assert not objects(own) & dumped
    own.send("POST", "/api/v1/datasets/khac/withdraw", "reviewer", {"reason": "Sai số liệu"})
    assert own.get(f"/{TABLE}").json()["code"] == "dump-due"


def test_private_work_does_not_disturb_them(made: Town) -> None:
    made.release("danh-sach-rieng", SCHOOLS + b"2,c,01\n")
    made.send("DELETE", "/api/v1/datasets/ban-nhap")
    assert not made.catalog.dumps_are_due()
    assert len(lines(made)) == 1


def test_they_are_made_anew_after_a_day_survive_every_sweep_and_are_due_when_lost_or_of_before(
    own: Town, tmp_path: Path
) -> None:
    own.stand.clock.forward(seconds=23 * 3600)
    assert not own.catalog.dumps_are_due()
    own.catalog.sweep(older_than_hours=0)
    own.stand.clock.forward(seconds=2 * 3600)
    own.catalog.sweep(older_than_hours=0)
    assert len(lines(own)) == 1
    assert own.catalog.dumps_are_due()
    for one in own.catalog.dumps()["files"].values():
        own.stand.files.delete(one["sha256"])
    assert own.get(f"/{TABLE}").json()["code"] == "dump-due"
    own.catalog.reset()
    assert own.get(f"/{LINES}").status_code == 503
    assert dumps(own, tmp_path).step(60) == 0
    assert lines(own) == []
    assert not own.catalog.dumps_are_due()
    assert pd.read_parquet(BytesIO(own.get(f"/{TABLE}").content)).empty


def test_those_of_a_site_that_is_young_follow_its_changes_soon(own: Town) -> None:
    """They are made in seconds there; while nothing changes they stay for their day."""
    own.stand.clock.forward(seconds=360)
    assert not own.catalog.dumps_are_due()
    own.published("Bệnh viện")
    assert own.catalog.dumps_are_due()
    own.stand.clock.at -= timedelta(seconds=200)
    assert not own.catalog.dumps_are_due()


def test_one_that_breaks_off_is_begun_anew_and_work_is_cut_into_pieces(tmp_path: Path) -> None:
    town = make_town(tmp_path / "town")
    town.published("Trường học")
    broken = Dumps(town.catalog, lambda _entry: 1 // 0, tmp_path, first=0.0)  # type: ignore[arg-type,return-value]
    with pytest.raises(ZeroDivisionError):
        broken.step(60)
    assert not (tmp_path / "dumps").exists()
    now = iter(range(0, 100_000, 100))
    slow = dumps(town, tmp_path, first=150.0, clock=lambda: next(now))
    assert slow.step() == 0, "a worker that has just begun has other things to do"
    for _ in range(5):
        slow.step(1)
    assert len(lines(town)) == 1
