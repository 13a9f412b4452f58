"""Personal data among rows that are written: refused as in files, unless a second person let the column pass."""

from __future__ import annotations

from typing import Any

import pytest

from pipelines import rowscreen
from tests.api.test_ckan_writing import action, errors, result
from tests.site import Town

FIELDS = [{"id": "ma", "type": "text"}, {"id": "cccd", "type": "text"}, {"id": "so", "type": "int"}]
WHY = {"reason": "Danh sách do luật định", "basis": "Luật mẫu, Điều 1"}


def number(at: int) -> str:
    """A personal identification number as the state writes them: province, century and sex, year of birth, six digits."""
    return f"001{at % 2}{60 + at % 40:02d}{(at * 7919) % 1_000_000:06d}"


def rows(count: int, first: int = 0) -> list[dict[str, Any]]:
    return [{"ma": f"m{at}", "cccd": number(at), "so": at} for at in range(first, first + count)]


@pytest.fixture
def table(town: Town) -> str:
    """The id of an empty table."""
    result(town, "package_create", name="xa", owner_org="H12")
    made = result(town, "datastore_create", resource={"package_id": "xa", "name": "B"}, fields=FIELDS, primary_key="ma")
    return str(made["resource_id"])


def count(town: Town, key: str) -> int:
    return int(result(town, "datastore_search", "", resource_id=key, limit=0)["total"])


def test_rows_with_personal_numbers_are_refused_whole_with_a_sentence(town: Town, table: str) -> None:
    wrong = errors(town, "datastore_upsert", resource_id=table, records=rows(50))
    assert 'Column "cccd" looks like personal data' in wrong["records"][0]
    (told,) = wrong["personal_data"]
    assert (told["field"], told["blocks"]) == ("cccd", True)
    assert number(0) not in str(wrong)
    assert count(town, table) == 0
    harmless = [{"ma": f"m{at}", "so": at} for at in range(50)]
    result(town, "datastore_upsert", resource_id=table, records=harmless)
    assert count(town, table) == 50


def test_a_table_that_is_made_with_such_rows_is_not_made(town: Town) -> None:
    made = result(town, "package_create", name="xa", owner_org="H12")
    given = {"resource": {"package_id": "xa", "name": "B"}, "records": rows(30)}
    assert "personal_data" in errors(town, "datastore_create", **given)
    assert result(town, "package_show", "", id=made["id"])["resources"] == []


def test_numbers_that_come_one_by_one_are_judged_with_those_that_are_there(town: Town) -> None:
    """No header names them and one proves nothing: together they do."""
    result(town, "package_create", name="xa", owner_org="H12")
    fields = [{"id": "ma", "type": "text"}, {"id": "ghi", "type": "text"}]
    key = result(town, "datastore_create", resource={"package_id": "xa"}, fields=fields)["resource_id"]
    for at in range(60):
        answer = action(town, "datastore_upsert", resource_id=key, method="insert", records=[{"ma": f"m{at}", "ghi": number(at)}])
        if answer.status_code == 409:
            break
    assert answer.json()["error"]["personal_data"][0]["field"] == "ghi"
    assert count(town, key) == at < 40


def test_a_second_person_lets_a_column_pass_and_nobody_lets_pass_her_own(town: Town, table: str) -> None:
    assert action(town, "datastore_column_release", "editor", resource_id=table, column="cccd", **WHY).status_code == 403
    assert action(town, "datastore_column_release", "stranger", resource_id=table, column="cccd", **WHY).status_code == 403
    assert errors(town, "datastore_column_release", "reviewer", resource_id=table, column="x", **WHY)["column"]
    assert errors(town, "datastore_column_release", "reviewer", resource_id=table, column="cccd")["reason"] == ["Missing value"]
    told = result(town, "datastore_column_release", "reviewer", resource_id=table, column="cccd", **WHY)
    assert (told["released_by"], told["basis"]) == ("reviewer", WHY["basis"])
    assert "personal_data" in errors(town, "datastore_upsert", "reviewer", resource_id=table, records=rows(30))
    result(town, "datastore_upsert", resource_id=table, records=rows(30))
    assert count(town, table) == 30
    other = result(town, "datastore_create", resource={"package_id": "xa", "name": "C"}, fields=FIELDS, primary_key="ma")
    assert "personal_data" in errors(town, "datastore_upsert", resource_id=other["resource_id"], records=rows(30))


def test_codes_amounts_and_names_of_places_are_no_personal_data() -> None:
    columns: dict[str, Any] = {
        "ma_xa": [f"{at:05d}" for at in range(500)], "ten": [f"Xã số {at}" for at in range(500)],
        "tien": [at * 1_000_003 for at in range(500)], "luc": ["2026-01-02T03:04:05"] * 500,
        "co": [at % 2 == 0 for at in range(500)], "them": [{"a": at} for at in range(500)], "nua": [at / 3 for at in range(500)],
    }
    assert rowscreen.held_back(columns, {}) == ()
    assert rowscreen.held_back({}, {}) == ()


def test_a_part_speaks_for_a_large_batch_and_all_of_it_is_counted() -> None:
    columns = {"a": [number(at) for at in range(30_000)], "b": list(range(30_000))}
    (held,) = rowscreen.held_back(columns, {})
    assert (held.field, held.share) == ("a", 1.0)
