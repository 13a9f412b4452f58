"""package_search puts what it finds in order by the words of q, as CKAN does, also in Lucene's syntax, and by the fields of qf."""

from __future__ import annotations

from typing import Any

import pytest

from tests.site import Town, make_town


@pytest.fixture(scope="module")
def lake(tmp_path_factory) -> Town:
    """Four datasets, the one that speaks most of water made first."""
    town = make_town(tmp_path_factory.mktemp("ranking"))
    filling = "Báo cáo thống kê hằng năm về nhiều việc khác nhau của các cơ quan"
    for title, tags, notes in (("Water quality", ["river"], "Water of rivers, water of lakes"), ("Forests", ["health"], f"{filling}; water; health"),
                               ("Health", ["forest"], f"Quality of air. {filling}. Some water"), ("Roads", ["river", "health"], filling)):
        town.published(title, tags=tags, description=notes)
        town.stand.clock.forward(seconds=60)
    return town


def found(town: Town, **given: Any) -> list[str]:
    answer = town.client.post("/api/3/action/package_search", json=given)
    assert answer.status_code == 200, answer.text
    return [one["name"] for one in answer.json()["result"]["results"]]


NEWEST = ["roads", "health", "forests", "water-quality"]


@pytest.mark.parametrize("given", [{}, {"q": "*:*"}, {"fq": "text:water OR text:roads OR title:forests"}, {"q": "tags:river OR tags:health OR tags:forest"}, {"q": "title:*"},
                                   {"q": "*:*", "qf": "title^4"}, {"q": "water:x OR title:[a TO z]"}])
def test_what_only_filters_comes_newest_first(lake: Town, given: dict[str, Any]) -> None:
    assert found(lake, **given) == [one for one in NEWEST if one in found(lake, **given)]
    assert len(found(lake, **given)) == 4


@pytest.mark.parametrize("query", ["text:water", "+water", "+water text:water", "notes:water", "water OR title:nothing", "(water)^3 -title:roads", "defType"])
def test_words_in_lucenes_syntax_put_the_best_first(lake: Town, query: str) -> None:
    given = {"q": "water", "defType": "lucene"} if query == "defType" else {"q": query}
    assert found(lake, **given)[0] == "water-quality"
    assert found(lake, **{**given, "sort": "score desc, metadata_modified desc"}) == found(lake, **given)
    assert found(lake, **{**given, "sort": "metadata_modified desc"}) == ["health", "forests", "water-quality"]
    assert [found(lake, **given, rows=1, start=at)[0] for at in range(3)] == found(lake, **given)


@pytest.mark.parametrize(("query", "first"), [
    ("title:forests^20 OR text:water", "forests"), ("title:roads OR text:water^20", "water-quality"), ("tags:forest^50 OR text:water", "health"), ("text:water AND NOT text:lakes^9 title:health^9", "health"),
    ("title:(forests OR lakes)^30 OR text:water", "forests"), ("title:road*^30 OR text:water", "roads"), ("title:wat*^3 OR title:roa*^2", "water-quality"), ('text:"water of lakes" OR text:health', "water-quality"),
])
def test_boosts_say_what_counts_most(lake: Town, query: str, first: str) -> None:
    assert found(lake, q=query)[0] == first


def test_words_of_a_phrase_with_a_distance_come_side_by_side_first(lake: Town) -> None:
    assert found(lake, q='text:"water quality"~5') == ["water-quality", "health"]
    assert found(lake, q='text:"water quality"~0') == found(lake, q='text:"water quality"') == ["water-quality"]


@pytest.mark.parametrize(("given", "names"), [
    ({"q": "water health", "qf": "title"}, []), ({"q": "water health", "qf": "title", "mm": "1"}, {"water-quality", "health"}), ({"q": "health", "qf": "tags"}, ["roads", "forests"]),
    ({"q": "health", "qf": "title^20 tags"}, ["health", "roads", "forests"]), ({"q": "health", "qf": "title^0.01 tags"}, ["roads", "forests", "health"]), ({"q": "health", "qf": "colour"}, {"health", "forests", "roads"}),
    ({"q": "roads h12-so", "qf": "title organization"}, ["roads"]), ({"q": "roads", "qf": "name"}, ["roads"]), ({"q": "water +health", "qf": "text title^2"}, {"health", "forests"}),
    ({"q": '"water of lakes"', "qf": "text"}, ["water-quality"]), ({"q": "water -lakes", "qf": "text"}, {"health", "forests"}), ({"q": "air water", "mm": "1"}, {"water-quality", "health", "forests"}),
    ({"q": "air water", "mm": "100%"}, ["health"]), ({"q": "air water nothing", "mm": "100%"}, []), ({"q": "air water nothing", "mm": "2<-1 5<80%"}, ["health"]),
    ({"q": "title:water", "mm": "wrong", "qf": "x^"}, ["water-quality"]), ({"q": "air water lakes", "mm": "2", "sort": "title_string asc"}, ["health", "water-quality"]),
])
def test_qf_says_where_plain_words_are_looked_for_and_mm_how_many_are_needed(lake: Town, given: dict[str, Any], names: Any) -> None:
    assert type(names)(found(lake, **given)) == names


@pytest.mark.parametrize("given", [{"mm": "many"}, {"qf": "title^x"}, {"mm": "0<x"}])
def test_a_wrong_qf_or_mm_is_refused_as_solr_refuses_it(lake: Town, given: dict[str, str]) -> None:
    answer = lake.client.post("/api/3/action/package_search", json={"q": "water", **given})
    assert (answer.status_code, answer.json()["error"]["__type"]) == (409, "Search Error")
