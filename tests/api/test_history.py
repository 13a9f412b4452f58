"""The history of a table through the doors: what changed between versions, row by row and column by column."""

from __future__ import annotations

import html
import re
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipelines.difference.replay import replay
from tests.site import Town, replace_paths

FIRST = b"ma,ten,so_lop\n001,Le Loi,10\n002,Dong Da,12\n003,Kim Dong,8\n"
SECOND = b"ma,ten,so_lop\n001,Le Loi,11\n003,Kim Dong,8\n004,Vo Thi Sau,9\n"


@pytest.fixture
def slug(town: Town) -> str:
    slug = str(town.published(content=FIRST)["slug"])
    town.release(slug, SECOND)
    return slug


def diff(town: Town, slug: str, query: str = "", who: str = "", number: int = 2) -> Any:
    return town.get(f"/api/v1/datasets/{slug}/versions/{number}/diff{query}", who)


def test_what_changed_is_told_row_by_row_by_a_key(town: Town, slug: str) -> None:
    told = diff(town, slug, "?with=1&key=ma").json()
    assert (told["by"], told["key"], told["breaking"], told["columns"]) == ("key", ["ma"], False, [])
    assert told["counts"] == {"changed": 1, "added": 1, "removed": 1, "columns": {"so_lop": 1}}
    assert told["items"] == [
        {"change": "changed", "from_row": 1, "to_row": 1, "key": {"ma": "001"},
         "cells": {"so_lop": {"from": "10", "to": "11"}}},
        {"change": "added", "from_row": None, "to_row": 3, "row": {"ma": "004", "ten": "Vo Thi Sau", "so_lop": "9"}},
        {"change": "removed", "from_row": 2, "to_row": None, "row": {"ma": "002", "ten": "Dong Da", "so_lop": "12"}},
    ]
    assert (told["from"]["version"], told["to"]["version"], told["total"], told["next"]) == (1, 2, 3, None)
    assert told["resources"] == {told["resource"]: "changed"}


def test_without_a_key_whole_rows_are_compared_with_the_version_before(town: Town, slug: str) -> None:
    told = diff(town, slug).json()
    assert (told["by"], told["counts"]["added"], told["counts"]["removed"]) == ("rows", 2, 2)
    back = diff(town, slug, "?with=2", number=1).json()
    assert (back["counts"]["added"], back["from"]["version"]) == (2, 2)


def test_a_difference_is_read_page_by_page_and_by_kind(town: Town, slug: str) -> None:
    seen, cursor = [], ""
    while True:
        answer = diff(town, slug, f"?limit=1{cursor}")
        seen += answer.json()["items"]
        if not answer.json()["next"]:
            break
        assert 'rel="next"' in answer.headers["link"]
        cursor = "&cursor=" + answer.json()["next"]
    assert seen == diff(town, slug).json()["items"]
    added = diff(town, slug, "?change=added").json()
    assert (added["total"], {one["change"] for one in added["items"]}) == (2, {"added"})
    same = diff(town, slug, "?with=2").json()
    assert (same["items"], same["total"]) == ([], 0)


def test_columns_that_go_or_become_something_else_break_and_new_ones_do_not(town: Town, slug: str) -> None:
    town.release(slug, b"ma,truong,so_lop,moi\n001,Le Loi,11,x\n")
    told = diff(town, slug, "?with=2", number=3).json()
    assert told["breaking"] is True
    assert told["columns"] == [
        {"name": "ten", "change": "removed", "from": "string", "to": None, "breaking": True},
        {"name": "truong", "change": "added", "from": None, "to": "string", "breaking": False},
        {"name": "moi", "change": "added", "from": None, "to": "string", "breaking": False},
    ]
    assert told["compared"] == ["ma", "so_lop"]


@pytest.mark.parametrize(("query", "status", "code"), [
    ("?with=9", 404, "not-found"), ("?with=0", 422, "invalid"), ("?key=none", 422, "query"),
    ("?cursor=!!", 422, "cursor"), ("?cursor=YWJjLjE", 422, "cursor"), ("?change=moved", 422, "invalid"),
    ("?limit=1001", 422, "invalid"), ("?resource=none", 404, "not-found"),
])
def test_what_cannot_be_compared_is_refused(town: Town, slug: str, query: str, status: int, code: str) -> None:
    answer = diff(town, slug, query)
    assert (answer.status_code, answer.json()["code"]) == (status, code)


def test_the_first_version_has_none_before_it(town: Town, slug: str) -> None:
    assert diff(town, slug, number=1).json()["code"] == "no-earlier-version"


def test_a_withdrawn_version_is_gone_from_every_difference_also_from_one_that_was_kept(town: Town, slug: str) -> None:
    assert diff(town, slug, "?with=1").status_code == 200
    town.send("POST", f"/api/v1/datasets/{slug}/withdraw", "admin", {"reason": "Sai số liệu", "version": 1})
    answer = diff(town, slug, "?with=1")
    assert (answer.status_code, answer.json()["code"]) == (410, "withdrawn")
    assert diff(town, slug, number=2).json()["code"] == "no-earlier-version"


def test_the_history_of_a_private_dataset_does_not_exist_for_others(town: Town) -> None:
    slug = town.published(title="Riêng", content=FIRST, visibility="private")["slug"]
    town.release(slug, SECOND)
    assert diff(town, slug).status_code == 404
    assert diff(town, slug, who="stranger").status_code == 404
    answer = diff(town, slug, who="reader")
    assert (answer.status_code, answer.headers["cache-control"]) == (200, "private, no-store")


def test_a_difference_that_a_client_holds_is_not_sent_again(town: Town, slug: str) -> None:
    tag = diff(town, slug).headers["etag"]
    path = f"/api/v1/datasets/{slug}/versions/2/diff"
    assert town.get(path, headers={"If-None-Match": tag}).status_code == 304


def test_the_page_of_a_difference_shows_rows_columns_and_the_way_on_in_both_languages(town: Town, slug: str) -> None:
    town.release(slug, b"ma,truong,so_lop\n" + b"".join(b"%03d,T<b>,%d\n" % (at, at) for at in range(1, 120)))
    plain = {"Accept-Encoding": "identity"}
    page = town.client.get(f"/datasets/{slug}/versions/3/diff?with=2", headers=plain).text
    assert "Thay đổi từ phiên bản 2 đến 3" in page
    assert "Cột bị bỏ" in page
    assert "Cần sửa chương trình" in page
    assert "T&lt;b&gt;" in page
    assert "T<b>" not in page
    assert "<script src" not in page
    following = page.partition('rel="next" href="')[2].partition('"')[0].replace("&amp;", "&")
    assert "Về đầu" in town.client.get(following, headers=plain).text
    english = town.client.get(f"/datasets/{slug}/versions/2/diff?lang=en&change=added", headers=plain).text
    assert "Changes from version 1 to 2" in english
    assert f"/datasets/{slug}/versions/3/diff" in town.client.get(f"/datasets/{slug}", headers=plain).text
    assert town.client.get(f"/datasets/{slug}/versions/1/diff", headers=plain).status_code == 409
    assert town.client.get(f"/datasets/{slug}/versions/2/diff?with=99", headers=plain).status_code == 404


def test_a_delta_between_versions_replays_to_the_newer_file(town: Town, slug: str) -> None:
    path = f"/api/v1/datasets/{slug}"
    answer = town.get(f"{path}/resources/{slug}/changes?from=1")
    assert (answer.status_code, answer.headers["content-type"], answer.headers["dataset-version"]) == (
        200, "application/x-ndjson", "2")
    files = [town.get(f"{path}/versions/{number}/files/{slug}.csv").content for number in (1, 2)]
    assert replay(files[0], answer.iter_lines()) == files[1]
    back = town.get(f"{path}/resources/{slug}/changes?from=2&to=1")
    assert replay(files[1], back.iter_lines()) == files[0]
    tag = answer.headers["etag"]
    assert town.get(f"{path}/resources/{slug}/changes?from=1&to=2", headers={"If-None-Match": tag}).status_code == 304


@pytest.mark.parametrize(("query", "name", "status"), [
    ("", "", 422), ("?from=0", "", 422), ("?from=7", "", 404), ("?from=1&to=7", "", 404), ("?from=1", "none", 404),
])
def test_a_delta_of_what_is_not_there_is_refused(town: Town, slug: str, query: str, name: str, status: int) -> None:
    assert town.get(f"/api/v1/datasets/{slug}/resources/{name or slug}/changes{query}").status_code == status


class Requests:
    """What the examples use of requests, asked of the site in this process."""

    def __init__(self, town: Town) -> None:
        self._client = town.client

    def get(self, url: str, params: Any = None, *, stream: bool = False) -> Any:
        assert isinstance(stream, bool)
        return self._client.get(url, params=params)


@pytest.mark.usefixtures("areas")
def test_the_examples_of_the_page_run_as_they_stand(town: Town, capsys: pytest.CaptureFixture[str]) -> None:
    slug = town.published(title="Trường học", content=FIRST, slug="truong-hoc")["slug"]
    town.release(slug, SECOND)
    page = (Path(__file__).parents[2] / "docs" / "history.md").read_text(encoding="utf-8")
    known: dict[str, Any] = {"requests": Requests(town)}
    for code in re.findall(r"```python\n(.*?)```", page, re.DOTALL):
        exec(code.replace("import requests\n", ""), known)
    assert "changed {'so_lop': {'from': '10', 'to': '11'}}" in capsys.readouterr().out
    assert known["new"] == SECOND
    for url in re.findall(r'curl "([^"]+)"', page):
        assert town.client.get(url).status_code == 200


AREAS = pa.table({
    "_id": [1, 2, 3, 4, 5], "ma_tinh": ["02", "08", "04", "99", None], "nam": [2024] * 5, "dan": [10, 5, 7, 1, 2],
})


@pytest.fixture
def areas(town: Town, tmp_path: Path) -> str:
    """A table whose Parquet has numbers, as the pipeline makes them."""
    slug = str(town.draft("Dân số")["slug"])
    submission = town.upload(slug, b"ma_tinh,nam,dan\n02,2024,10\n08,2024,5\n04,2024,7\n99,2024,1\n,2024,2\n").json()["id"]
    town.catalog.begin_check(submission)
    outcome = replace_paths(town, town.catalog.submission(town.catalog.system(), submission))
    (table,) = outcome.tables
    pq.write_table(AREAS, next(one.path for one in table.artefacts if one.role == "parquet"))
    town.catalog.settle(submission, town.catalog.shelve_outcome(submission, outcome))
    town.catalog.publish(town.catalog.system(), [submission])
    return f"/api/v1/datasets/{slug}/resources/{slug}/crosswalk"


DAYS = "from=2025-06-30&to=2025-07-01&column=ma_tinh&list=vn-province"


def test_a_table_gets_the_areas_of_another_day_in_a_new_column(town: Town, areas: str) -> None:
    told = town.get(f"{areas}?{DAYS}&limit=4").json()
    assert [one[told["added"]] for one in told["items"]] == ["08", "08", "04", None]
    assert [one[f"{told['added']} status"] for one in told["items"]] == ["merged", "merged", "same", "unknown"]
    rest = town.get(f"{areas}?{DAYS}&limit=4&cursor={told['next']}").json()
    assert (rest["items"][0]["ma_tinh (2025-07-01) status"], rest["next"], rest["total"]) == ("empty", None, 5)


def test_whole_areas_are_put_together_and_the_rest_is_told_beside_them(town: Town, areas: str) -> None:
    items = town.get(f"{areas}?{DAYS}&sum=dan&by=nam").json()["items"]
    assert [(one["ma_tinh (2025-07-01)"], one["status"], one["sums"]["dan"], one["nam"]) for one in items] == [
        ("04", "whole", 7, 2024), ("08", "whole", 15, 2024), (None, "unassigned", 2, 2024), (None, "unassigned", 1, 2024)]
    assert [one.get("why") for one in items] == [None, None, "empty", "unknown"]


@pytest.mark.parametrize(("query", "pointer"), [
    ("to=2025-07-01", "#/from"), ("from=2025-06-30", "#/to"), ("from=2025-07-02&to=2025-07-01&column=ma_tinh", "#/to"),
    ("from=2025-06-30&to=2025-07-01", "#/column"), ("from=2025-06-30&to=2025-07-01&column=nam", "#/column"),
    ("from=2025-06-30&to=2025-07-01&column=ma_tinh", "#/list"), (f"{DAYS}&sum=ma_tinh", "#/sum"), (f"{DAYS}&sum=dan&by=x", "#/by"),
])
def test_days_columns_and_lists_are_never_guessed(town: Town, areas: str, query: str, pointer: str) -> None:
    answer = town.get(f"{areas}?{query}")
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, pointer)


def test_a_version_that_breaks_its_readers_says_so_in_the_list_on_the_page_and_in_the_feed(town: Town, slug: str) -> None:
    warning, plain = "Phiên bản này đổi cấu trúc bảng.", {"Accept-Encoding": "identity"}
    assert warning not in town.client.get(f"/datasets/{slug}", headers=plain).text
    town.release(slug, b"ma,truong,so_lop\n001,Le Loi,11\n")
    items = town.get(f"/api/v1/datasets/{slug}/versions").json()["items"]
    assert [one["breaking"] for one in items] == [
        [{"resource": slug, "name": "ten", "change": "removed", "from": "string", "to": None}], [], []]
    assert warning in town.client.get(f"/datasets/{slug}", headers=plain).text
    assert warning not in town.client.get(f"/datasets/{slug}/versions/2", headers=plain).text
    assert town.client.get(f"/feeds/datasets/{slug}.atom").text.count(warning) == 1


def test_a_harmonised_table_is_one_file_with_its_new_columns(town: Town, areas: str) -> None:
    answer = town.get(f"{areas}?{DAYS}&format=csv")
    assert answer.headers["content-type"].startswith("text/csv")
    assert "2025-07-01.csv" in answer.headers["content-disposition"]
    assert answer.text.splitlines() == [
        "ma_tinh,nam,dan,ma_tinh (2025-07-01),ma_tinh (2025-07-01) name,ma_tinh (2025-07-01) status,ma_tinh (2025-07-01) parts",
        "02,2024,10,08,Tỉnh Tuyên Quang,merged,", "08,2024,5,08,Tỉnh Tuyên Quang,merged,", "04,2024,7,04,Tỉnh Cao Bằng,same,",
        "99,2024,1,,,unknown,", ",2024,2,,,empty,"]
    put_together = town.get(f"{areas}?{DAYS}&sum=dan&by=nam&format=csv").text.splitlines()
    assert put_together[0] == "nam,ma_tinh (2025-07-01),ma_tinh (2025-07-01) name,status,why,made_of,missing,split,rows,dan"
    assert "2024,08,Tỉnh Tuyên Quang,whole,,02 08,,,2,15" in put_together


def test_the_page_of_areas_asks_for_both_days_and_shows_what_became_of_each_area(town: Town, areas: str) -> None:
    here = areas.replace("/api/v1", "").partition("/resources")[0] + "/areas"
    plain = {"Accept-Encoding": "identity"}
    assert 'name="from"' in town.client.get(here, headers=plain).text
    missing = town.client.get(f"{here}?column=ma_tinh&from=x&to=1/7/2025", headers=plain)
    assert missing.status_code == 422
    assert "Chọn danh mục của các mã này." in missing.text
    assert "Viết ngày/tháng/năm, ví dụ 30/6/2025." in missing.text
    shown = town.client.get(f"{here}?column=ma_tinh&list=vn-province&from=30/6/2025&to=1/7/2025", headers=plain)
    assert shown.status_code == 200
    assert "Tỉnh Tuyên Quang" in shown.text
    file = html.unescape(shown.text.partition('class="btn" href="')[2].partition('"')[0])
    assert town.client.get(file).text.startswith("ma_tinh,nam,dan,ma_tinh (2025-07-01)")
    added = town.client.get(f"{here}?column=ma_tinh&list=vn-province&from=30/6/2025&to=1/7/2025&sum=dan&by=nam", headers=plain).text
    assert "gộp trọn" in added
    assert "02, 08" in added
