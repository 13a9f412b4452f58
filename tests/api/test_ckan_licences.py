"""Facets and filters of license_id: the ids that packages show, counted and found as such, and facet values that nothing found has."""

from __future__ import annotations

from typing import Any

import pytest

from tests.site import Town, make_town

GIVEN = {"a": "cc-by", "b": "cc-by", "c": "CC-BY-4.0", "d": "other-open", "e": "notspecified", "f": "cc-zero", "g": "Our own", "h": None, "i": "other-open"}


@pytest.fixture(scope="module")
def town(tmp_path_factory) -> Town:
    """Datasets with licences by CKAN's ids, by ours, by none that anybody knows, and without."""
    made = make_town(tmp_path_factory.mktemp("licences"))
    for name, licence in GIVEN.items():
        answer = made.client.post("/api/3/action/package_create", headers=made.head("admin"), json={
            "name": f"data-{name}", "title": f"Data {name}", "owner_org": "h12-so", **({"license_id": licence} if licence else {}),
            "resources": [{"url": "https://example.org/a.csv", "format": "CSV" if name < "e" else "XLS"}], "private": name == "i"})
        assert answer.status_code == 200, answer.text
    made.stand.follow()
    return made


def search(town: Town, who: str = "", **given: Any) -> dict[str, Any]:
    answer = town.client.post("/api/3/action/package_search", headers=town.head(who), json=given)
    assert answer.status_code == 200, answer.text
    return answer.json()["result"]


def counts(town: Town, who: str = "", **given: Any) -> dict[str, int]:
    return search(town, who, **{"facet.field": ["license_id"], "rows": 0, **given})["facets"]["license_id"]


SHOWN = {"cc-by": 2, "CC-BY-4.0": 1, "other-open": 1, "notspecified": 1, "cc-zero": 1, "Our own": 1}


def test_the_values_of_the_facet_are_those_that_packages_show_and_that_a_filter_finds(town: Town) -> None:
    assert counts(town) == SHOWN
    for one in search(town, rows=100)["results"]:
        assert (one["license_id"] or "") in {*SHOWN, ""}
    for shown, many in SHOWN.items():
        found = search(town, fq=f'license_id:"{shown}"')["results"]
        assert [one["license_id"] for one in found] == [shown] * many
        assert counts(town, fq=f'license_id:"{shown}"') == {shown: many}


@pytest.mark.parametrize(("fq", "names"), [
    ("license_id:(cc-by OR CC-BY-4.0)", "abc"), ("license_id:cc-*", "abf"), ("license_id:CC-*", "c"), ("license_id:*", "abcdefg"), ("license_id:[* TO *]", "abcdefg"), ("-license_id:[* TO *]", "h"),
    ("-license_id:cc-by", "cdefgh"), ("license_id:[a TO d]", "abf"), ("license_id:[A TO D]", "c"), ("license_id:{cc-by TO *]", "def"), ("license_id:unheard", ""), ('license_id:"Our own"', "g"),
])
def test_filters_by_licence_mean_what_is_shown(town: Town, fq: str, names: str) -> None:
    assert sorted(one["name"] for one in search(town, fq=fq, rows=100)["results"]) == [f"data-{one}" for one in names]


def test_the_facet_names_licences_as_packages_do_is_cut_and_counts_what_words_find(town: Town) -> None:
    items = search(town, **{"facet.field": ["license_id"]})["search_facets"]["license_id"]["items"]
    told = {one["license_id"]: one["license_title"] for one in search(town, rows=100)["results"]}
    assert {one["name"]: one["display_name"] for one in items} == {name: told[name] for name in SHOWN}
    assert counts(town, **{"facet.limit": 1}) == {"cc-by": 2}
    assert counts(town, **{"facet.limit": 0}) == {}
    assert counts(town, **{"facet.mincount": 2}) == {"cc-by": 2}
    assert counts(town, q="data c") == {"CC-BY-4.0": 1}
    assert counts(town, q="title:(a OR c OR d)") == {"cc-by": 1, "CC-BY-4.0": 1, "other-open": 1}
    assert counts(town, q="unheard words of nothing") == {}


def test_private_ones_count_for_those_who_ask_and_may(town: Town) -> None:
    assert counts(town, "admin", include_private=True) == {**SHOWN, "other-open": 2}
    assert counts(town, "stranger", include_private=True) == SHOWN


def test_values_that_nothing_found_has_are_told_where_none_is_enough(town: Town) -> None:
    given = {"q": "data c", "rows": 0, "facet.field": ["license_id", "res_format", "organization"], "facet.mincount": 0}
    found = search(town, **given)["facets"]
    assert found["license_id"] == {**dict.fromkeys(SHOWN, 0), "CC-BY-4.0": 1}
    assert found["res_format"] == {"CSV": 1, "XLS": 0}
    assert found["organization"] == {"h12-so": 1}
    assert list(search(town, **{**given, "facet.limit": 2})["facets"]["license_id"]) == ["CC-BY-4.0", "Our own"]
    assert search(town, **{**given, "q": "unheard words of nothing"})["facets"]["res_format"] == {"CSV": 0, "XLS": 0}
    assert search(town, **{**given, "facet.limit": 0})["facets"]["license_id"] == {}


def test_the_first_id_that_is_given_is_told_at_once(tmp_path) -> None:
    town = make_town(tmp_path)
    seen = [counts(town)]
    for name, licence in (("one", "CC-BY-4.0"), ("two", "cc-by"), ("three", "other-pd")):
        answer = town.client.post("/api/3/action/package_create", headers=town.head("admin"), json={"name": name, "owner_org": "h12-so", "license_id": licence})
        assert answer.status_code == 200, answer.text
        town.stand.follow()
        seen.append(counts(town))
    assert seen == [{}, {"CC-BY-4.0": 1}, {"CC-BY-4.0": 1, "cc-by": 1}, {"CC-BY-4.0": 1, "cc-by": 1, "other-pd": 1}]
