"""Several conditions on the rows of a page, what they mean in words of people, and the API that gives the same rows."""

from __future__ import annotations

import html
import re
from urllib.parse import urlsplit

import duckdb
import pytest

from api.dialects.html import sift
from pipelines.rowquery import read as query
from tests.api.test_pages_rows import MANY, codes, look
from tests.site import Town


@pytest.fixture
def schools(town: Town) -> Town:
    town.published("Một trăm ba mươi trường", MANY.encode(), slug="truong")
    return town


TWO = "/datasets/truong?column=nhom&op=contains&value=nong+thon&column=ma&op=ge&value=00100"


def test_conditions_hold_together_and_each_can_be_taken_away_again(schools: Town) -> None:
    text = look(schools, TWO)
    assert codes(text) == [f"{at:05}" for at in range(102, 131, 3)]
    assert "10 dòng khớp" in text
    away = [html.unescape(one) for one in re.findall(r'<a class="chip" href="([^"]+)"', text)]
    assert [len(codes(look(schools, one))) for one in away] == [20, 20]
    assert "31 dòng khớp" in look(schools, away[0])
    assert "43 dòng khớp" in look(schools, away[1])
    assert text.count('type="hidden" name="column"') == 2


@pytest.mark.parametrize(("asked", "found"), [
    ("column=ma&op=ne&value=00001&column=ma&op=le&value=00003", ["00002", "00003"]),
    ("column=ma&op=empty&value=", []),
    ("column=ma&op=filled&value=&column=ma&op=eq&value=00007", ["00007"]),
])
def test_every_way_to_compare(schools: Town, asked: str, found: list[str]) -> None:
    assert codes(look(schools, f"/datasets/truong?{asked}")) == found


def test_the_api_section_and_the_downloads_give_the_rows_that_are_seen(schools: Town) -> None:
    text = look(schools, TWO + "&sort=-ma")
    seen = codes(text)
    assert seen[0] == "00129"
    rows = html.unescape(re.search(r'<a href="(https://[^"]+/rows\?[^"]*)"><code>', text).group(1))
    answer = schools.client.get(rows.partition("gov.vn")[2])
    assert [one["ma"] for one in answer.json()["items"]] == seen
    offered = [html.unescape(one) for one in re.findall(r'class="btn-2 sm" href="([^"]+limit=all)"', text)]
    assert [re.search(r"format=(\w+)", one).group(1) for one in offered] == ["xlsx", "csv", "ndjson", "parquet"]
    csv = schools.client.get(offered[1].partition("gov.vn")[2]).text
    assert re.findall(r"^(\d{5})", csv, re.MULTILINE) == seen
    for one in offered:
        assert schools.client.get(one.partition("gov.vn")[2]).status_code == 200, one


def test_the_line_for_duckdb_gives_the_same_rows(schools: Town) -> None:
    text = look(schools, TWO + "&sort=-ma")
    line = html.unescape(re.search(r"<code>(SELECT \* FROM [^<]+)</code>", text).group(1))
    address = re.search(r"FROM '([^']+)'", line).group(1)
    path = schools.stand.files._root / "line.parquet"
    path.write_bytes(schools.client.get(urlsplit(address).path).content)
    found = duckdb.sql(line.rstrip(";").replace(address, str(path))).fetchall()
    assert [row[1] for row in found] == codes(text)


def test_more_than_five_conditions_are_not_asked_and_the_form_offers_no_more(schools: Town) -> None:
    many = "&".join(f"column=ma&op=ne&value=0000{at}" for at in range(1, 9))
    text = look(schools, f"/datasets/truong?{many}")
    assert codes(text)[:3] == ["00006", "00007", "00008"]
    assert 'id="f-c"' not in text


@pytest.mark.parametrize(("value", "kind", "means"), [
    ("1500", "integer", ("1500", "1500")), ("2.5", "number", ("2.5", "2.5")), ("1.234,5", "number", ("1234.5", "1234.5")),
    ("1 234,5", "number", ("1234.5", "1234.5")), ("mười", "integer", None), ("nan", "number", None), ("1e999999", "number", None),
    ("2025", "date", ("2025-01-01", "2025-12-31")), ("2/2024", "date", ("2024-02-01", "2024-02-29")),
    ("01/7/2025", "date", ("2025-07-01", "2025-07-01")), ("2025-7-1", "date", ("2025-07-01", "2025-07-01")),
    ("31/2/2025", "date", None), ("hôm qua", "date", None), ("0000", "date", None), ("đúng", "boolean", ("true", "true")),
    ("có lẽ", "boolean", None), ("2025-07", "datetime", ("2025-07-01T00:00:00+07:00", "2025-07-31T23:59:59.999999+07:00")),
])
def test_what_a_value_means_in_a_column(value: str, kind: str, means: tuple[str, str] | None) -> None:
    assert sift.meant(value, kind) == means


@pytest.mark.parametrize(("op", "words"), [
    ("eq", "ngay between '2025-01-01' and '2025-12-31'"), ("ne", "ngay not between '2025-01-01' and '2025-12-31'"),
    ("ge", "ngay >= '2025-01-01'"), ("le", "ngay <= '2025-12-31'"), ("empty", "ngay is null"), ("filled", "ngay is not null"),
])
def test_a_year_is_all_of_its_days(op: str, words: str) -> None:
    assert sift.condition("ngay", op, "2025", "date").where == words


@pytest.mark.parametrize("column", ["mã xã", 'a"b', "not", "order by", "1a", "tên"])
def test_any_name_and_any_value_can_be_asked(column: str) -> None:
    told = sift.where([sift.condition(column, op, "d'Or; --\"x\"", "string") for op in sift.OPERATIONS])
    found = query.read({"where": told}).where
    assert repr(found).count(repr(column)) == len(sift.OPERATIONS)
