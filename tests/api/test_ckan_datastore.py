"""CKAN's DataStore: tables made, filled, asked, changed and emptied; published tables read from their files."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from api.dialects.ckan.datastore import columns, shown
from catalog.adapters.tables_postgres import PostgresTables
from catalog.adapters.tables_sqlite import SqliteTables
from tests.api.test_ckan_writing import action, errors, result
from tests.conftest import NUMBERS, create_database, database
from tests.site import Town, make_town

FIELDS = [{"id": "ten", "type": "text", "info": {"label": "Tên"}}, {"id": "so", "type": "int"}, {"id": "luc", "type": "timestamp"}]
RECORDS = [
    {"ten": "Đống Đa", "so": 30, "luc": "2025-01-02T03:04:05.678"}, {"ten": "Ba Đình", "so": 10},
    {"ten": "Hà Nội", "so": None, "luc": "2024-12-31"}, {"ten": "Hoàn Kiếm", "so": "20", "luc": ""},
]


@pytest.fixture
def made(town: Town) -> str:
    """The id of a resource with a table of four rows."""
    result(town, "package_create", name="xa", owner_org="H12")
    told = result(town, "datastore_create", resource={"package_id": "xa", "name": "Các xã"}, fields=FIELDS, records=RECORDS,
                  primary_key="ten", aliases="cac-xa", indexes=["so"])
    return str(told["resource_id"])


def search(town: Town, key: str, who: str = "", **given: Any) -> Any:
    return result(town, "datastore_search", who, resource_id=key, **given)


def names(town: Town, key: str, **given: Any) -> list[str]:
    return [one["ten"] for one in search(town, key, **given)["records"]]


def test_a_table_is_made_with_its_resource_and_tells_what_it_holds(town: Town) -> None:
    result(town, "package_create", name="xa", owner_org="H12")
    answer = action(town, "datastore_create", resource={"package_id": "xa"}, fields=FIELDS, records=RECORDS, primary_key=["ten"])
    told = answer.json()["result"]
    assert told["fields"] == [{"id": "ten", "type": "text", "info": {"label": "Tên"}}, {"id": "so", "type": "int4"},
                              {"id": "luc", "type": "timestamp"}]
    assert (told["primary_key"], told["method"], "records" in told) == (["ten"], "insert", False)
    assert answer.json()["changed_entities"] == {"packages": [told["package_id"]]}
    resource = result(town, "resource_show", "", id=told["resource_id"])
    assert (resource["url_type"], resource["datastore_active"]) == ("datastore", True)
    assert resource["url"].endswith(f"/datastore/dump/{told['resource_id']}")
    info = result(town, "datastore_info", "", id=told["resource_id"])
    assert (info["meta"]["id"], info["meta"]["count"], info["meta"]["table_type"]) == (told["resource_id"], 4, "BASE TABLE")
    assert info["fields"][0] == {"id": "ten", "type": "text", "info": {"label": "Tên"}, "schema": {
        "native_type": "text", "notnull": False, "index_name": None, "uniquekey": True, "is_index": True}}
    assert info["fields"][1]["schema"]["native_type"] == "integer"


def test_a_site_says_how_many_rows_a_search_gives(town: Town, made: str) -> None:
    options = {"ckan.datastore.search.rows_default": 2, "ckan.datastore.search.rows_max": 3}
    result(town, "config_option_update", "operator", **options)
    assert [len(search(town, made, **given)["records"]) for given in ({}, {"limit": 1}, {"limit": 4}, {"limit": 0})] == [2, 1, 3, 0]
    assert search(town, made, limit=4)["limit"] == 3


def test_a_search_gives_rows_fields_total_and_what_was_asked(town: Town, made: str) -> None:
    told = search(town, made)
    assert told["records"] == [
        {"_id": 1, "ten": "Đống Đa", "so": 30, "luc": "2025-01-02T03:04:05.678"}, {"_id": 2, "ten": "Ba Đình", "so": 10, "luc": None},
        {"_id": 3, "ten": "Hà Nội", "so": None, "luc": "2024-12-31T00:00:00.000"}, {"_id": 4, "ten": "Hoàn Kiếm", "so": 20, "luc": None},
    ]
    assert told["fields"] == [{"id": "_id", "type": "int"}, {"id": "ten", "type": "text", "info": {"label": "Tên"}},
                              {"id": "so", "type": "int4"}, {"id": "luc", "type": "timestamp"}]
    assert (told["total"], told["limit"], told["include_total"], told["records_format"], told["resource_id"]) == (
        4, 100, True, "objects", made)
    assert told["_links"]["start"].startswith("/api/3/action/datastore_search?")
    assert f"resource_id={made}" in told["_links"]["next"]
    assert search(town, "cac-xa")["total"] == 4
    assert result(town, "datastore_search", "", id=made, limit=10**6)["limit"] == 32_000
    assert "total" not in search(town, made, include_total=False)
    page = search(town, made, limit=2, offset=1, filters={"so": {"gte": 10}}, sort="so desc")
    assert ([one["so"] for one in page["records"]], page["offset"], page["filters"], page["sort"]) == (
        [20, 10], 1, {"so": {"gte": 10}}, "so desc")
    assert search(town, made, limit=2, include_next_page=True)["next_page"] == {"_id": {"gt": 2}}
    assert "next_page" not in search(town, made, limit=5, include_next_page=True)


def test_it_is_asked_by_get_as_browsers_do(town: Town, made: str) -> None:
    answer = town.get(f'/api/3/action/datastore_search?resource_id={made}&limit=1&filters={{"ten": "Ba Đình"}}&fields=so,_id')
    assert answer.json()["result"]["records"] == [{"so": 10, "_id": 2}]
    assert town.get("/api/3/action/datastore_upsert").status_code == 400


ROWS_ARE_FOUND_BY: Any = [
    ({"filters": {"so": [10, 20]}}, ["Ba Đình", "Hoàn Kiếm"]),
    ({"filters": {"so": "30"}}, ["Đống Đa"]),
    ({"filters": {"so": None}}, ["Hà Nội"]),
    ({"filters": {"so": {"gt": 10, "lt": 30}}}, ["Hoàn Kiếm"]),
    ({"filters": {"$or": [{"so": 10}, {"ten": "Hà Nội"}]}}, ["Ba Đình", "Hà Nội"]),
    ({"filters": [{"so": 10}, {"so": 20, "ten": "Hoàn Kiếm"}]}, ["Ba Đình", "Hoàn Kiếm"]),
    ({"filters": {"so": [{"lt": 15}, 30]}}, ["Đống Đa", "Ba Đình"]),
    ({"filters": {"luc": {"lt": "2025-01-01"}}}, ["Hà Nội"]),
    ({"filters": '{"ten": "Hà Nội"}'}, ["Hà Nội"]),
    ({"q": "dong"}, ["Đống Đa"]),
    ({"q": "ĐỐNG"}, ["Đống Đa"]),
    ({"q": {"ten": "ha"}}, ["Hà Nội"]),
    ({"q": "ho:*", "plain": False}, ["Hoàn Kiếm"]),
    ({"q": "(dong | kiem) & !hoan", "plain": False}, ["Đống Đa"]),
    ({"q": "ho:*"}, []),
    ({"full_text": "noi"}, ["Hà Nội"]),
    ({"sort": "so desc nulls last, ten"}, ["Đống Đa", "Hoàn Kiếm", "Ba Đình", "Hà Nội"]),
    ({"sort": '"so" asc'}, ["Ba Đình", "Hoàn Kiếm", "Đống Đa", "Hà Nội"]),
    ({"sort": "so desc", "limit": 1}, ["Hà Nội"]),
]


def test_rows_are_found_by_filters_words_and_order(town: Town, made: str) -> None:
    for given, found in ROWS_ARE_FOUND_BY:
        assert names(town, made, **given) == found, given


def test_ranks_stand_behind_the_columns(town: Town, made: str) -> None:
    told = search(town, made, q="da", fields=["ten"])
    assert told["fields"][-1] == {"id": "rank", "type": "float"}
    assert list(told["records"][0]) == ["ten", "rank"]
    assert "rank ten" in search(town, made, q={"ten": "da"})["records"][0]


def test_records_come_as_objects_lists_csv_or_tsv(town: Town, made: str) -> None:
    given = {"fields": "ten,so", "limit": 2}
    assert search(town, made, records_format="lists", **given)["records"] == [["Đống Đa", 30], ["Ba Đình", 10]]
    assert search(town, made, records_format="csv", **given)["records"] == "Đống Đa,30\nBa Đình,10\n"
    assert search(town, made, records_format="tsv", **given)["records"] == "Đống Đa\t30\nBa Đình\t10\n"
    assert errors(town, "datastore_search", resource_id=made, records_format="xml") == {
        "records_format": ["Value must be one of objects, lists, csv, tsv"]}
    assert search(town, made, fields="luc", distinct=True)["total"] == 3


def test_rows_that_were_written_are_given_back_with_their_ids(town: Town, made: str) -> None:
    def back(method: str, records: list[dict[str, Any]], **given: Any) -> Any:
        return result(town, "datastore_upsert", resource_id=made, method=method, records=records, include_records=True, **given)["records"]

    names = [one["id"] for one in search(town, made)["fields"]]
    new = back("insert", [{"ten": "Mới", "so": 6}, {"ten": "Nữa"}])
    assert [(one["_id"], one["ten"], one["so"]) for one in new] == [(5, "Mới", 6), (6, "Nữa", None)]
    assert list(new[0]) == names
    both = back("upsert", [{"ten": "Tây Hồ", "so": 1}, {"ten": "Mới", "so": 7}, {"ten": "Mới", "so": 8}])
    assert [(one["_id"], one["ten"], one["so"]) for one in both] == [(5, "Mới", 8), (7, "Tây Hồ", 1)]
    assert [(one["_id"], one["so"]) for one in back("update", [{"ten": "Nữa", "so": 9}])] == [(6, 9)]
    assert [(one["ten"], one["so"]) for one in back("update", [{"_id": 7, "so": 2}])] == [("Tây Hồ", 2)]
    assert back("upsert", [{"ten": "Không", "so": 1}], dry_run=True) == [{"ten": "Không", "so": 1}]
    assert back("upsert", []) == back("insert", []) == []
    assert search(town, made, sort="_id")["records"][4:] == [*back("update", [{"ten": "Mới", "so": 8}]), *(
        one for one in search(town, made, filters={"_id": {"gt": 5}})["records"])]
    more = result(town, "datastore_create", resource_id=made, records=[{"ten": "Cuối"}], include_records=True)["records"]
    assert [(one["_id"], one["ten"]) for one in more] == [(8, "Cuối")]
    fresh = result(town, "datastore_create", resource={"package_id": "xa", "name": "moi"}, primary_key=["a", "b"], include_records=True,
                   records=[{"a": 1, "b": "x", "c": "2026-01-01T00:00:00"}, {"a": 1, "b": "y"}])
    assert [(one["_id"], one["a"], one["b"]) for one in fresh["records"]] == [(1, 1, "x"), (2, 1, "y")]
    given = {"resource_id": fresh["resource_id"], "include_records": True}
    assert [one["_id"] for one in result(town, "datastore_upsert", records=[{"a": 1, "b": "y"}, {"a": 2, "b": "x"}], **given)["records"]] == [2, 3]


def test_rows_are_upserted_inserted_and_updated_all_or_none(town: Town, made: str) -> None:
    told = result(town, "datastore_upsert", resource_id=made, records=[{"ten": "Ba Đình", "so": 11}, {"so": 1, "ten": "Tây Hồ"}])
    assert told == {"resource_id": made, "method": "upsert", "calculate_record_count": "background"}
    assert [one["so"] for one in search(town, made, sort="_id")["records"]] == [30, 11, None, 20, 1]
    result(town, "datastore_upsert", resource_id=made, method="insert", records=[{"ten": "Mới"}], include_records=True)
    result(town, "datastore_upsert", resource_id=made, method="update", records=[{"_id": 1, "so": 31}])
    result(town, "datastore_upsert", resource_id=made, method="update", records=[{"ten": "Mới", "so": 6}])
    assert [one["so"] for one in search(town, made)["records"]] == [31, 11, None, 20, 1, 6]
    result(town, "datastore_upsert", resource_id=made, records=[{"ten": "Không"}], dry_run=True)
    wrong = errors(town, "datastore_upsert", resource_id=made, method="update", records=[{"ten": "Mới", "so": 7}, {"ten": "?", "so": 1}])
    assert wrong == {"key": ["key \"['?']\" not found"], "records_row": 1}
    wrong = errors(town, "datastore_upsert", resource_id=made, method="insert", records=[{"ten": "X"}, {"ten": "Mới"}])
    assert wrong["constraints"] == ["Cannot insert records or create index because of uniqueness constraint"]
    wrong = errors(town, "datastore_upsert", resource_id=made, records=[{"ten": "X", "so": 1}, {"ten": "Y", "so": "một"}])
    assert wrong == {"records": ['invalid input syntax for type integer: "một"'], "records_row": 1}
    wrong = errors(town, "datastore_upsert", resource_id=made, records=[{"ten": "X", "so": 3_000_000_000}])
    assert wrong["records"] == ["integer out of range"]
    assert errors(town, "datastore_upsert", resource_id=made, records=[{"so": 1}]) == {
        "key": ['fields "ten" are missing but needed as key']}
    assert errors(town, "datastore_upsert", resource_id=made, records=[{"ten": "X", "la": 1}]) == {
        "records": ['row "1" has extra keys "la"']}
    assert errors(town, "datastore_upsert", resource_id=made, records=["x"]) == {"records": ['row "0" is not a json object']}
    assert errors(town, "datastore_upsert", resource_id=made, method="merge", records=[]) == {
        "method": ["Value must be one of ['upsert', 'insert', 'update']"]}
    assert search(town, made)["total"] == 6
    assert search(town, made, filters={"ten": "Mới"})["records"][0]["so"] == 6


def test_rows_are_deleted_by_filters_and_the_table_without_them(town: Town, made: str) -> None:
    told = result(town, "datastore_records_delete", resource_id=made, filters={"so": {"gte": 20}}, include_deleted_records=True)
    assert [one["ten"] for one in told["deleted_records"]] == ["Đống Đa", "Hoàn Kiếm"]
    result(town, "datastore_delete", resource_id=made, filters={"ten": "Ba Đình"})
    assert names(town, made) == ["Hà Nội"]
    assert errors(town, "datastore_records_delete", resource_id=made) == {"filters": ["Missing value"]}
    result(town, "datastore_records_delete", resource_id=made, filters={})
    assert search(town, made)["total"] == 0
    assert result(town, "datastore_delete", resource_id=made) == {"resource_id": made}
    assert action(town, "datastore_search", resource_id=made).status_code == 404
    shown = result(town, "resource_show", "", id=made)
    assert (shown["url_type"], shown["datastore_active"]) == ("datastore", False)
    result(town, "datastore_create", resource_id=made, records=[{"a": 1}])
    assert search(town, made)["records"] == [{"_id": 1, "a": 1}]


def test_columns_are_guessed_added_and_taken_away(town: Town, made: str) -> None:
    told = result(town, "datastore_create", resource_id=made, records=[
        {"ten": "Tây Hồ", "chữ": "a", "ngày": "2025-01-02", "lẻ": 1.5, "đúng": True, "gói": {"a": [1]}, "to": 2**40}])
    assert [one["type"] for one in told["fields"]] == ["text", "int4", "timestamp", "text", "timestamp", "numeric", "bool", "json", "int8"]
    last = search(town, made)["records"][-1]
    assert {name: last[name] for name in ("ngày", "lẻ", "đúng", "gói", "to")} == {
        "ngày": "2025-01-02T00:00:00.000", "lẻ": 1.5, "đúng": True, "gói": {"a": [1]}, "to": 2**40}
    told = result(town, "datastore_create", resource_id=made, fields=[{"id": "ten"}, {"id": "so"}], delete_fields=True)
    assert [one["id"] for one in told["fields"]] == ["ten", "so"]
    assert search(town, made)["total"] == 5


DEFINITIONS_THAT_C: Any = [
    ({"fields": [{"id": "_x", "type": "text"}]}, {"fields": [{"id": ['"_x" is not a valid field name']}]}),
    ({"fields": [{"id": 'a"b', "type": "text"}]}, {"fields": [{"id": ['"a"b" is not a valid field name']}]}),
    ({"fields": [{"id": "x", "type": "geometry"}]}, {"fields": ['"geometry" is not a valid field type']}),
    ({"fields": [{"id": "x"}]}, {"fields": ['"x" type not guessable']}),
    ({"fields": [{"id": "so", "type": "text"}]}, {"fields": ['"so" already exists with type "int4"']}),
    ({"fields": [{"id": "y", "type": "text"}, {"type": "text"}]}, {"fields": [{}, {"id": ["Missing value"]}]}),
    ({"fields": [{"id": "x" * 64, "type": "text"}]}, {"fields": [f'Column heading "{"x" * 64}" exceeds limit of 63 characters.']}),
    ({"fields": [{"id": "x", "type": "text"}] * 2}, {"field": ["Duplicate column names are not supported"]}),
    ({"primary_key": "la"}, {"primary_key": ['The field "la" does not exist']}),
    ({"indexes": "la"}, {"indexes": ['The field "la" does not exist']}),
    ({"aliases": "a b"}, {"alias": ['"a b" is not a valid alias name']}),
    ({"records": {"a": 1}}, {"records": ['row "0" is not a json object']}),
    ({"resource": {"package_id": "xa"}}, {"resource": ["resource cannot be used with resource_id"]}),
]


def test_definitions_that_cannot_be_are_refused_in_ckan_s_words(town: Town, made: str) -> None:
    for given, wrong in DEFINITIONS_THAT_C:
        assert errors(town, "datastore_create", resource_id=made, **given) == wrong, given


QUESTIONS_THAT_CAN: Any = [
    ({"filters": {"la": 1}}, {"filters": ["Unknown field: la"]}),
    ({"filters": {"so": {"like": 1}}}, {"filters": ["Unknown operator: like"]}),
    ({"filters": {"$not": []}}, {"filters": ["Unknown operators (must be one of $or, $and): $not"]}),
    ({"filters": {"so": "x' OR 1=1"}},
     {"query": ["Invalid query"], "info": {"orig": ['invalid input syntax for type integer: "x\' OR 1=1"']}}),
    ({"filters": "{"}, {"filters": ["Could not parse as valid JSON"]}),
    ({"filters": [{"so": 1}] * 200}, {"filters": ["Maximum number of filter operations exceeded"]}),
    ({"fields": ["la"]}, {"fields": ['invalid value "la"']}),
    ({"sort": "so; DROP TABLE rows"}, {"sort": ['invalid value "so; DROP TABLE rows"']}),
    ({"limit": "x"}, {"limit": ["Invalid integer"]}),
    ({"limit": -1}, {"limit": ["Must be a natural number"]}),
    ({"q": ["a"]}, {"q": ['invalid value "list"']}),
    ({"q": "a )", "plain": "false"}, {"query": ['syntax error in tsquery: "a )"']}),
]


def test_questions_that_cannot_be_are_refused_in_ckan_s_words(town: Town, made: str) -> None:
    for given, wrong in QUESTIONS_THAT_CAN:
        assert errors(town, "datastore_search", resource_id=made, **given) == wrong, given


def test_filters_that_are_nested_too_deeply_are_refused(town: Town, made: str) -> None:
    filters: Any = {"so": 1}
    for _ in range(8):
        filters = {"$and": [filters]}
    assert names(town, made, filters=filters) == []
    for _ in range(2):
        filters = {"$or": [filters]}
    answer = action(town, "datastore_search", resource_id=made, filters=filters)
    assert answer.status_code in (400, 409)


def test_who_may_not_publish_may_not_write_and_what_may_not_be_seen_is_not_there(town: Town, made: str) -> None:
    for name, given in {"datastore_create": {"records": []}, "datastore_upsert": {"records": []}, "datastore_delete": {},
                        "datastore_records_delete": {"filters": {}}}.items():
        for who in ("", "reader"):
            assert action(town, name, who, resource_id=made, **given).status_code == 403, (name, who)
    assert action(town, "datastore_create", "reader", resource={"package_id": "xa"}, records=[]).status_code == 403
    result(town, "package_patch", id="xa", private=True)
    for name in ("datastore_search", "datastore_info"):
        assert action(town, name, "", resource_id=made).status_code == 404
        assert action(town, name, "", resource_id="cac-xa").status_code == 404
        assert action(town, name, "reader", resource_id=made).status_code == 200
    assert action(town, "datastore_search", "", resource_id="nothing").json()["error"] == {
        "__type": "Not Found Error", "message": "Not found"}
    assert errors(town, "datastore_search") == {"resource_id": ["Missing value"]}


def test_a_link_takes_rows_with_force_and_tells_of_them(town: Town) -> None:
    made = result(town, "package_create", name="lien-ket", owner_org="H12", resources=[{"url": "https://example.org/a.csv", "name": "A"}])
    key = made["resources"][0]["id"]
    assert "read-only" in errors(town, "datastore_create", resource_id=key, records=[{"a": 1}])
    result(town, "datastore_create", resource_id=key, records=[{"a": 1}], force=True)
    shown = result(town, "package_show", "", id="lien-ket")["resources"][0]
    assert (shown["url"], shown["url_type"], shown["datastore_active"]) == ("https://example.org/a.csv", None, True)
    assert search(town, key)["records"] == [{"_id": 1, "a": 1}]
    result(town, "resource_delete", id=key)
    assert action(town, "datastore_search", resource_id=key).status_code == 404
    assert town.catalog.tables_there([key]) == set()


def test_a_published_table_is_read_as_it_was_published_and_never_written(town: Town) -> None:
    dataset = town.published()
    resource = result(town, "package_show", "", id=dataset["slug"])["resources"][0]
    assert resource["datastore_active"] is True
    told = search(town, resource["id"], q="le loi")
    assert [(one["_id"], one["school_name"]) for one in told["records"]] == [(2, "Trường THCS Lê Lợi")]
    assert told["fields"][:2] == [{"id": "_id", "type": "int"}, {"id": "school_code", "type": "text"}]
    assert search(town, resource["id"], filters={"school_code": "00123"})["total"] == 1
    assert search(town, resource["id"], sort="school_name desc", fields="school_code", records_format="lists")["records"] == [
        ["00123"], ["00456"]]
    assert search(town, resource["id"], limit=0)["total"] == 2
    assert result(town, "datastore_info", "", id=resource["id"])["meta"]["count"] == 2
    for force in (False, True):
        for name in ("datastore_create", "datastore_upsert", "datastore_delete"):
            assert "read-only" in errors(town, name, resource_id=resource["id"], records=[{"a": 1}], force=force)
    assert search(town, resource["id"])["total"] == 2


def test_a_package_written_back_keeps_its_table(town: Town, made: str) -> None:
    whole = result(town, "package_show", "", id="xa")
    result(town, "package_update", **whole)
    shown = result(town, "package_show", "", id="xa")["resources"][0]
    assert (shown["id"], shown["url_type"], shown["datastore_active"]) == (made, "datastore", True)
    assert search(town, made)["total"] == 4


# --- SQL and dumps ----------------------------------------------------------------------------------------------------


def test_one_select_is_answered_from_tables_that_may_be_read(town: Town, made: str) -> None:
    told = result(town, "datastore_search_sql", "", sql=f'SELECT ten, so * 2 AS hai FROM "{made}" WHERE so > 10 ORDER BY so')
    assert told["records"] == [{"ten": "Hoàn Kiếm", "hai": 40}, {"ten": "Đống Đa", "hai": 60}]
    assert told["fields"] == [{"id": "ten", "type": "text"}, {"id": "hai", "type": "int8"}]
    assert "records_truncated" not in told
    result(town, "datastore_upsert", resource_id=made, records=[{"ten": "Mới", "so": 100}])
    told = result(town, "datastore_search_sql", "", sql=f'SELECT max(so)::int AS n, max(luc) AS luc FROM "{made}"')
    assert told["records"] == [{"n": 100, "luc": "2025-01-02T03:04:05.678000"}]
    dataset = town.published()
    key = result(town, "package_show", "", id=dataset["slug"])["resources"][0]["id"]
    told = result(town, "datastore_search_sql", "", sql=f'SELECT count(*) AS n FROM "{key}" a, "{made}" b')
    assert told["records"] == [{"n": 10}]


def test_columns_without_a_name_are_called_as_postgresql_calls_them(town: Town, made: str) -> None:
    told = result(town, "datastore_search_sql", "", sql=f'SELECT count(*), upper(min(ten)), sum(so)::int, 1, 1.5, NULL AS x FROM "{made}"')
    assert told["records"] == [{"count": 4, "upper": "BA ĐÌNH", "sum": 60, "?column?": 1, "?column?_1": 1.5, "x": None}]
    assert [one["type"] for one in told["fields"]] == ["int8", "text", "int8", "int8", "numeric", "text"]
    told = result(town, "datastore_search_sql", "", sql=f'SELECT so, count(*) FROM "{made}" GROUP BY so ORDER BY count DESC, so LIMIT 1')
    assert told["records"] == [{"so": 10, "count": 1}]
    assert told["fields"][0] == {"id": "so", "type": "int4"}
    told = result(town, "datastore_search_sql", "", sql=f'SELECT max(count) FROM (SELECT count(*) FROM "{made}" GROUP BY so) q')
    assert told["records"] == [{"max": 1}]


def test_texts_are_json_and_numbers_that_a_column_cannot_hold_are_found_nowhere(town: Town, made: str) -> None:
    result(town, "datastore_create", resource_id=made, fields=[{"id": "ten"}, {"id": "so"}, {"id": "luc"}, {"id": "gói", "type": "json"}])
    for value in ("just text", "{bad", '{"a": 1}', 5, True, []):
        result(town, "datastore_upsert", resource_id=made, records=[{"ten": "J", "gói": value}])
        (found,) = search(town, made, filters={"ten": "J"})["records"]
        assert found["gói"] == ({"a": 1} if value == '{"a": 1}' else value)
    for filters, many in (({"so": 1.5}, 0), ({"so": 10**20}, 0), ({"so": [10, 1.5]}, 1), ({"so": {"gt": 10.5}}, 2), ({"so": {"lte": 10.5}}, 1),
                          ({"so": {"lt": 10**12}}, 3), ({"so": {"in": 10}}, 1)):
        assert search(town, made, filters=filters)["total"] == many, filters
    assert search(town, made, sort=["so desc nulls last", "ten"])["records"][0]["ten"] == "Đống Đa"


def test_a_resource_that_is_not_there_gets_no_table(town: Town) -> None:
    assert errors(town, "datastore_create", resource_id="nothing", records=[{"a": 1}]) == {"resource_id": ["Resource not found: nothing"]}
    answer = action(town, "datastore_create", resource_id="nothing", fields={"id": "a"})
    assert (answer.status_code, answer.json()["error"]["__type"]) in ((400, "Integrity Error"), (409, "Validation Error"))


def test_other_statements_and_tables_are_refused(town: Town, made: str) -> None:
    for sql, words in ((f'DELETE FROM "{made}"', "Invalid query AST element: DeleteStmt"), ("EXPLAIN SELECT 1", "Invalid query AST element: ExplainStmt"),
                       (f'SELECT 1 FROM "{made}"; SELECT 2', "Query is not a single statement"), ("  \t", "Query is not a single statement"), ("x", 'Invalid SQL: syntax error at or near "x"')):
        assert errors(town, "datastore_search_sql", sql=sql) == {"message": words}, sql
    for sql, words in (("SELECT * FROM pg_class", "access system tables"), ("SELECT pg_sleep(1)", "call function pg_sleep"),
                       ("SELECT * FROM information_schema.tables", "access tables in other schemas")):
        answer = action(town, "datastore_search_sql", sql=sql)
        assert (answer.status_code, answer.json()["error"]["message"]) == (403, f"Access denied: Not authorized to {words}")
    assert action(town, "datastore_search_sql", sql='SELECT * FROM "nothing"').status_code == 404
    assert errors(town, "datastore_search_sql", sql=f'SELECT la FROM "{made}"')["query"][0].startswith("(ProgrammingError)")
    answer = action(town, "datastore_search_sql", sql="SELECT * FROM read_csv('/etc/passwd')")
    assert (answer.status_code, answer.json()["error"]["__type"]) == (403, "Authorization Error")
    result(town, "package_patch", id="xa", private=True)
    assert action(town, "datastore_search_sql", "", sql=f'SELECT * FROM "{made}"').status_code == 404
    assert result(town, "datastore_search_sql", "reader", sql=f'SELECT count(*) AS n FROM "{made}"')["records"] == [{"n": 4}]


def test_a_table_is_dumped_in_four_forms(town: Town, made: str) -> None:
    answer = town.get(f"/datastore/dump/{made}")
    assert answer.headers["content-disposition"] == f'attachment; filename="{made}.csv"'
    assert answer.text == (
        "_id,ten,so,luc\n1,Đống Đa,30,2025-01-02T03:04:05\n2,Ba Đình,10,\n3,Hà Nội,,2024-12-31T00:00:00\n4,Hoàn Kiếm,20,\n")
    assert town.get(f"/datastore/dump/{made}?bom=true&fields=ten&limit=1&offset=1").content == "\ufefften\nBa Đình\n".encode()
    assert town.get(f"/datastore/dump/{made}?format=tsv&fields=so,ten&limit=2").text == "so\tten\n30\tĐống Đa\n10\tBa Đình\n"
    told = town.get(f'/datastore/dump/{made}?format=json&filters={{"so": [10, 20]}}&sort=so desc').json()
    assert told["records"] == [[4, "Hoàn Kiếm", 20, None], [2, "Ba Đình", 10, None]]
    assert [one["id"] for one in told["fields"]] == ["_id", "ten", "so", "luc"]
    text = town.get(f"/datastore/dump/{made}?format=xml&q=noi").text
    assert '<row _id="3"><ten>Hà Nội</ten><so xsi:nil="true"/><luc>2024-12-31T00:00:00</luc></row>' in text
    assert town.get(f"/datastore/dump/{made}?format=pdf").status_code == 400
    assert town.get(f"/datastore/dump/{made}?fields=la").status_code == 400
    assert town.get("/datastore/dump/nothing").status_code == 404
    result(town, "package_patch", id="xa", private=True)
    assert town.get(f"/datastore/dump/{made}").status_code == 404
    assert town.get(f"/datastore/dump/{made}", "reader").status_code == 200


def test_a_published_table_is_dumped_too(town: Town) -> None:
    key = result(town, "package_show", "", id=town.published()["slug"])["resources"][0]["id"]
    lines = town.get(f"/datastore/dump/{key}").text.splitlines()
    assert lines == ["_id,school_code,school_name,province_code", "1,00123,Trường Tiểu học Đống Đa,01", "2,00456,Trường THCS Lê Lợi,01"]
    assert town.get(f"/datastore/dump/{key}?format=json&fields=school_code").json()["records"] == [["00123"], ["00456"]]
    assert town.get(f'/datastore/dump/{key}?fields=school_code&filters={{"_id": 2}}').text == "school_code\n00456\n"


def test_a_call_with_a_nul_anywhere_loses_it_and_one_too_deep_is_refused(town: Town) -> None:
    result(town, "package_create", "editor", name="la", owner_org="H12")
    key = result(town, "datastore_create", "editor", resource={"package_id": "la"}, records=[{"a": "x\0y", "b": 1}])["resource_id"]
    assert result(town, "datastore_search", "editor", resource_id=key)["records"] == [{"_id": 1, "a": "xy", "b": 1}]
    deep: Any = 1
    for _ in range(25):
        deep = [deep]
    answer = town.client.post("/api/3/action/datastore_upsert", json={"resource_id": key, "records": deep}, headers=town.head("editor"))
    assert answer.status_code == 400
    assert "nested too deeply" in answer.text


def test_a_date_that_is_wrong_is_named_by_its_row_also_behind_the_same_good_ones(town: Town) -> None:
    result(town, "package_create", "editor", name="ngay", owner_org="H12")
    given = {"resource": {"package_id": "ngay"}, "fields": [{"id": "d", "type": "date"}],
             "records": [{"d": "2026-01-01"}, {"d": "2026-01-01"}, {"d": ""}, {"d": "2026-13-01"}]}
    answer = town.client.post("/api/3/action/datastore_create", json=given, headers=town.head("editor"))
    assert answer.status_code == 409
    assert answer.json()["error"]["records_row"] == 3


def test_numbers_of_any_digits_come_back_as_given_also_where_a_snapshot_answers(tmp_path: Path) -> None:
    """A snapshot holds floats: rows that it finds get the numbers that the table has, unless it changed meanwhile."""
    town = make_town(tmp_path, tables=SqliteTables(tmp_path / "tables"))
    town.client.app.state.site.snapshots._small = 0
    result(town, "package_create", name="moi", owner_org="H12")
    long = ["12345678901234567890.12", "12345678901234567890.13", "0.30000000000000000001", "0.5"]
    records = [{"ten": f"xã {at}", "n": one, "m": at / 4} for at, one in enumerate(long)]
    fields = [{"id": "ten", "type": "text"}, {"id": "n", "type": "numeric"}, {"id": "m", "type": "numeric"}]
    key = result(town, "datastore_create", resource={"package_id": "moi"}, fields=fields, records=records)["resource_id"]

    def told(**asked: Any) -> str:
        answer = town.client.post("/api/3/action/datastore_search", json={"resource_id": key, **asked})
        assert answer.status_code == 200
        return answer.text.partition('"records":')[2].partition(',"fields"')[0].replace(" ", "")

    every = [f'{{"_id":{at + 1},"ten":"xã{at}","n":{one},"m":{float(at / 4) if at % 4 else "0"}' for at, one in enumerate(long)]
    for asked in ({}, {"q": "xa"}, {"filters": {"m": {"gte": 0}}}, {"sort": "_id", "q": "xa"}):
        assert [each in told(**asked) for each in every] == [True] * 4, asked
    assert told(q="xa 2", fields="n,ten").startswith('[{"n":0.30000000000000000001,"ten":"xã2"')
    assert told(q="xa", fields="m,n", records_format="csv").split("\\n")[:4] == [
        f'"0,{long[0]},0.06079271', f"0.25,{long[1]},0.06079271", f"0.5,{long[2]},0.06079271", "0.75,0.5,0.06079271"]
    assert told(q="xa", filters={"n": long[1]}, fields="n").count(long[1]) == 1
    assert told(q="xa", limit=0) == "[]"
    assert told(q="gì", fields="n") == "[]"
    for form in ("csv", "json"):
        assert [each in town.get(f"/datastore/dump/{key}?format={form}&q=xa").text for each in long] == [True] * 4


def hostile(town: Town) -> tuple[str, dict[str, str]]:
    """A table with hostile cells of every kind; its resource, and its columns."""
    kinds = {"ten": "text", "so": "int4", "to": "int8", "tien": "numeric", "that": "float8", "dung": "bool", "ngay": "date", "gio": "time",
             "luc": "timestamp", "gi": "json", "nhieu": "_text"}
    texts = ["", " ", 'a,"b"', "x\ty", "\r", "a\r\nb", "\n", "\x01,", "\x1f", "đ\u0301", "=1+1", None, "null"]
    numbers = [1, 1.5, "0.10", "12345678901234567890.123456789", 10**20, 1e300, -1e-7, 12345678901.5, None, 3]
    floats = [0.1 + 0.2, 1.0, -0.0, 1e10, 1e16, 5e-324, 1e-5, 123456789012.25, None, 1 / 3]
    odd = [{"a": [1.50, None]}, '"a,b"', [1, "x"], None, True, 1.0, '"{}"', "null"]
    records = [{
        "ten": texts[at % 13], "so": at % 7 - 3 if at % 5 else None, "to": at * 2**40, "tien": numbers[at % 10] if at < 40 else at / 4, "that": floats[at % 10],
        "dung": (True, False, None)[at % 3], "ngay": "2026-02-28" if at % 4 else None, "gio": "03:04:05.678" if at % 2 else "03:04:05",
        "luc": ("2026-01-02T03:04:05.678901", "0001-01-01T00:00:00", None)[at % 3], "gi": odd[at % 8], "nhieu": [["a", 'b"'], [], None][at % 3],
    } for at in range(130)]
    result(town, "package_create", name="moi", owner_org="H12")
    key = result(town, "datastore_create", resource={"package_id": "moi"}, fields=[{"id": name, "type": kind} for name, kind in kinds.items()],
                 records=records)["resource_id"]
    return key, kinds


@pytest.mark.parametrize("form", ["csv", "tsv"])
def test_a_whole_table_is_dumped_with_the_bytes_of_its_rows_one_by_one(tmp_path: Path, form: str) -> None:
    """Hostile cells of every kind: by columns from SQLite, and of rows where a limit is given that holds all."""
    town = make_town(tmp_path, tables=SqliteTables(tmp_path / "tables"))
    key, kinds = hostile(town)
    whole = town.get(f"/datastore/dump/{key}?format={form}").content
    assert whole == town.get(f"/datastore/dump/{key}?format={form}&limit=1000").content
    assert whole.decode().count("\n") > 130
    result(town, "datastore_delete", resource_id=key, filters={"dung": [True]})
    assert town.get(f"/datastore/dump/{key}?format={form}").content == town.get(f"/datastore/dump/{key}?format={form}&limit=1000").content
    result(town, "datastore_delete", resource_id=key, filters={"dung": [False]})
    result(town, "datastore_records_delete", resource_id=key, filters={})
    assert town.get(f"/datastore/dump/{key}?format={form}").text.strip() == ("," if form == "csv" else "\t").join(["_id", *kinds])


def cell_by_cell(names: Any, kinds: Any, pages: Any, sign: str) -> Any:
    """Lines as Python writes them."""
    yield shown.lines([names], sign).encode()
    for page in pages:
        yield shown.lines(shown.rows(kinds, page), sign).encode()


@pytest.mark.parametrize("small", [0, 10**6], ids=["from a snapshot", "from the table"])
@pytest.mark.parametrize("store", ["sqlite", "postgres"])
def test_a_dump_with_conditions_has_the_bytes_of_its_cells_one_by_one(tmp_path: Path, request: Any, monkeypatch: Any, store: str,
                                                                      small: int) -> None:
    """Written by columns: what is filtered, chosen, found by words, put in order, and whole tables of PostgreSQL."""
    if store == "postgres":
        postgres, name = request.getfixturevalue("postgres"), f"dumps{next(NUMBERS)}"
        create_database(postgres, name, "template")
        tables: Any = PostgresTables(database(postgres, name))
    else:
        tables = SqliteTables(tmp_path / "tables")
    town = make_town(tmp_path, tables=tables)
    key, _ = hostile(town)
    town.client.app.state.site.snapshots._small = small
    asked = ["", "limit=1000", "limit=7&offset=120", 'filters={"dung":true}', "sort=tien desc", "q=1", "q=gì-đâu", "fields=tien,ten", "fields=gi", "fields=ten",
             "fields=nhieu,luc,that&distinct=true", "fields=dung,ngay,gio", 'filters={"so":{"gt":0}}&fields=to,_id&sort=to desc', "fields=ten,so&limit=0"]
    addresses = [f"/datastore/dump/{key}?format={form}&{one}" for one in asked for form in ("csv", "tsv")]
    by_columns = [town.get(one).content for one in addresses]
    monkeypatch.setattr(columns, "of_rows", cell_by_cell)
    for address, found in zip(addresses, by_columns, strict=True):
        assert found == town.get(address).content, address
    assert sum(one.count(b"\n") for one in by_columns) > 1000
    tables.close()
