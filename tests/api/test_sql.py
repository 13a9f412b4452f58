"""One SELECT through the door: named tables of the caller's own catalogue, refusals as problems, drafts for nobody else."""

from __future__ import annotations

import pytest

from pipelines import askers
from tests.site import Town

SQL = "/api/v1/sql"
MANY = b"code,name,district\n" + b"".join(b"%05d,N%d,%d\n" % (number, number, number % 3) for number in range(25))
FEWER = b"code,name,district\n" + b"".join(b"%05d,N%d,%d\n" % (number, number, number % 3) for number in range(5))


@pytest.fixture(autouse=True)
def _patient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(askers, "GUARDED_SECONDS", 90.0)


def test_a_select_answers_from_the_newest_version_or_the_one_it_names(town: Town) -> None:
    slug = town.published(content=MANY)["slug"]
    asked = {"sql": f'select district, count(*) as n from "{slug}" group by district order by district'}
    found = town.get(SQL, params=asked)
    assert found.json()["items"] == [{"district": "0", "n": 9}, {"district": "1", "n": 8}, {"district": "2", "n": 8}]
    assert found.json()["columns"] == [{"name": "district", "type": "string"}, {"name": "n", "type": "integer"}]
    assert found.json()["tables"] == [{"name": slug, "version": 1}]
    assert town.get(SQL, params=asked, headers={"If-None-Match": found.headers["etag"]}).status_code == 304
    town.release(slug, FEWER)
    resource = town.get(f"/api/v1/datasets/{slug}").json()["resources"][0]["name"]
    both = town.get(SQL, params={"sql": f'select (select count(*) from "{slug}"), (select count(*) from "{slug}@1") as old, '
                                        f'(select count(*) from "{slug}/{resource}@2") as new', "format": "csv"})
    assert both.text.splitlines()[1] == "5,25,5"
    assert town.get(SQL, params=asked, headers={"If-None-Match": found.headers["etag"]}).status_code == 200


def test_rows_beyond_the_limit_are_told_of(town: Town) -> None:
    slug = town.published(content=MANY)["slug"]
    found = town.get(SQL, params={"sql": f'from "{slug}"', "limit": 3, "format": "ndjson"})
    assert (len(found.text.splitlines()), found.headers["truncated"]) == (3, "true")
    assert town.get(SQL, params={"sql": f'from "{slug}"', "limit": 30}).json()["truncated"] is False


@pytest.mark.parametrize(("sql", "status", "code"), [
    ("select 1; select 2", 422, "sql-not-one-select"), ("drop table x", 422, "sql-not-one-select"), ("selec 1", 422, "sql-syntax"),
    ("select getenv('HOME')", 422, "sql-not-allowed"), ("select * from nothing", 404, "not-found"),
    ("select * from '../../etc/passwd'", 404, "not-found"), ("select nope", 422, "sql-failed"),
    ("select " + ", ".join(f"(from t{at})" for at in range(9)), 422, "query"),
])
def test_what_is_refused_is_told_in_both_languages(town: Town, sql: str, status: int, code: str) -> None:
    told = [town.get(SQL, params={"sql": sql}, headers={"Accept-Language": one}) for one in ("vi", "en")]
    assert [(one.status_code, one.json()["code"]) for one in told] == [(status, code)] * 2
    assert told[0].json()["detail"] != told[1].json()["detail"]


def test_tables_of_drafts_and_private_datasets_are_not_there_for_others(town: Town) -> None:
    slug = town.published(content=MANY)["slug"]
    asked = {"sql": f'select count(*) as n from "{slug}"'}
    never = town.get(SQL, params={"sql": 'select count(*) as n from "no-such-dataset"'})
    assert town.send("PATCH", f"/api/v1/datasets/{slug}", "admin", {"visibility": "private"}).status_code == 200
    hidden = town.get(SQL, params=asked)
    assert (hidden.status_code, hidden.json()["code"]) == (404, never.json()["code"])
    assert (hidden.json()["detail"], hidden.json()["title"]) == (never.json()["detail"], never.json()["title"])
    seen = town.get(SQL, "reader", params=asked)
    assert (seen.json()["items"], seen.headers["cache-control"]) == ([{"n": 25}], "private, no-store")
    union = town.get(SQL, params={"sql": f'with a as (select 1 as n) select n from a union all select count(*) from "{slug}"'})
    assert union.status_code == 404
