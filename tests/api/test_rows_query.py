"""Questions to a table through the door: conditions, groups, order, pages that stay, documents, refusals."""

from __future__ import annotations

import io

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.site import SCHOOLS, Town

MANY = b"code,name,district\n" + b"".join(b"%05d,N%d,%d\n" % (number, number, number % 3) for number in range(25))


@pytest.fixture
def path(town: Town) -> str:
    return f"/api/v1/datasets/{town.published(content=MANY)['slug']}/rows"


def test_rows_are_filtered_and_ordered(town: Town, path: str) -> None:
    found = town.get(path, params={"where": "district = '1' and code > '00010'", "order_by": "-code", "select": "code"})
    assert [row["code"] for row in found.json()["items"]] == ["00022", "00019", "00016", "00013"]
    assert (found.json()["total"], found.json()["next"]) == (4, None)


def test_rows_are_grouped(town: Town, path: str) -> None:
    found = town.get(path, params={"select": "district, count(*) as n", "group_by": "district", "order_by": "-n, district"})
    assert found.json()["items"] == [{"district": "0", "n": 9}, {"district": "1", "n": 8}, {"district": "2", "n": 8}]


def test_pages_of_a_query_give_every_row_once_on_one_version(town: Town, path: str) -> None:
    asked = {"order_by": "district desc", "limit": 4, "select": "code,district"}
    seen, cursor = [], ""
    while True:
        page = town.get(path, params={**asked, **({"cursor": cursor} if cursor else {})})
        assert page.status_code == 200, page.text
        seen += [(row["district"], row["code"]) for row in page.json()["items"]]
        assert page.json()["total"] == 25
        if len(seen) == 4:
            town.release(path.split("/")[-2], SCHOOLS)
        if not (cursor := page.json()["next"]):
            break
        assert f"cursor={cursor}" in page.headers["link"]
    assert seen == sorted(seen, key=lambda one: (-int(one[0]), one[1]))
    assert len({code for _, code in seen}) == 25


def test_a_cursor_belongs_to_its_query(town: Town, path: str) -> None:
    cursor = town.get(path, params={"order_by": "-code", "limit": 2}).json()["next"]
    for other in ({"order_by": "code"}, {"order_by": "-code", "where": "code > '1'"}):
        answer = town.get(path, params={**other, "cursor": cursor})
        assert (answer.status_code, answer.json()["errors"][0]["code"]) == (422, "cursor")


@pytest.mark.parametrize("cursor", ["W10", "WzEsIngiLDEsW11d", "WzEsIiIsMSxbMV1d", "WzEsIiIsMSxbe31dXQ", "WyJhIl0", "bnVsbA"])
def test_a_forged_cursor_is_refused_or_harmless(town: Town, path: str, cursor: str) -> None:
    answer = town.get(path, params={"order_by": "code", "cursor": cursor})
    assert answer.status_code == 422 or answer.json()["total"] <= 25


@pytest.mark.parametrize(("params", "pointer", "code"), [
    ({"where": "code ="}, "#/where", "query-syntax"), ({"where": "no_such = 1"}, "#/where", "unknown-column"),
    ({"group_by": "district"}, None, None), ({"select": "code", "group_by": "district"}, "#/select", "not-grouped"),
    ({"having": "code = '1'"}, "#/having", "having-without-groups"), ({"limit": "all"}, "#/limit", "limit-all"),
    ({"limit": "5000"}, "#/limit", "out-of-range"),
])
def test_what_is_not_understood_is_told_in_both_languages(
    town: Town, path: str, params: dict[str, str], pointer: str | None, code: str | None
) -> None:
    answers = [town.get(path, params=params, headers={"Accept-Language": language}) for language in ("vi", "en")]
    if pointer is None:
        assert answers[0].json()["items"] == [{"district": "0"}, {"district": "1"}, {"district": "2"}]
        return
    told = [answer.json()["errors"][0] for answer in answers]
    assert [(answer.status_code, one["pointer"], one["code"]) for answer, one in zip(answers, told, strict=True)] == [
        (422, pointer, code)] * 2
    assert told[0]["detail"] != told[1]["detail"]


def test_a_query_is_taken_away_as_a_file(town: Town, path: str) -> None:
    asked = {"select": "code,name", "where": "district = '0'"}
    text = town.get(path, params={**asked, "format": "csv", "limit": "all"})
    assert text.text.splitlines()[:2] == ["code,name", "00000,N0"]
    assert len(text.text.splitlines()) == 10
    assert text.headers["content-disposition"].endswith(".csv")
    parquet = town.get(path, params={**asked, "format": "parquet"})
    assert pq.read_table(io.BytesIO(parquet.content)).column("code").to_pylist()[-1] == "00024"
    arrow = town.get(path, params={**asked, "format": "arrow"})
    assert pa.ipc.open_stream(arrow.content).read_all().num_rows == 9
    assert town.get(path, params={**asked, "format": "xlsx"}).content.startswith(b"PK")


PLACES = b"code,vi_do,kinh_do\n00001,21.03,105.85\n00002,,\n00003,10.77,106.7\n"


def test_points_are_given_as_geojson(town: Town) -> None:
    """RFC 7946: longitude first; a row without a place is a feature without geometry."""
    path = f"/api/v1/datasets/{town.published(content=PLACES)['slug']}/rows"
    found = town.get(path, params={"format": "geojson", "order_by": "code"})
    assert found.headers["content-type"] == "application/geo+json"
    assert found.json()["type"] == "FeatureCollection"
    assert [(one["properties"], one["geometry"]) for one in found.json()["features"]] == [
        ({"code": "00001"}, {"type": "Point", "coordinates": [105.85, 21.03]}), ({"code": "00002"}, None),
        ({"code": "00003"}, {"type": "Point", "coordinates": [106.7, 10.77]}),
    ]
    none = town.get(path, params={"format": "geojson", "where": "code = 'x'"})
    assert none.json() == {"type": "FeatureCollection", "features": []}
    named = town.get(path, params={"format": "geojson", "select": "vi_do as lat, kinh_do as lon", "limit": 1})
    assert named.json()["features"][0]["geometry"]["coordinates"] == [105.85, 21.03]
    without = town.get(path, params={"format": "geojson", "select": "code, vi_do"})
    assert (without.status_code, without.json()["errors"][0]["code"]) == (422, "no-coordinates")


def test_drafts_and_private_tables_are_asked_by_nobody_else(town: Town, path: str) -> None:
    slug = path.split("/")[-2]
    assert town.send("PATCH", f"/api/v1/datasets/{slug}", "admin", {"visibility": "private"}).status_code == 200
    asked = {"where": "district = '0'"}
    assert town.get(path, params=asked).status_code == 404
    assert town.get(path, params={**asked, "format": "parquet"}).status_code == 404
    assert town.get(path, "reader", params=asked).status_code == 200
