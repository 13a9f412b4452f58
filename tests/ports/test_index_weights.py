"""What weighs and does not cut, in every search engine: words of conditions put datasets in order, boosts raise them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from catalog.adapters.index_tantivy import TantivyIndex
from catalog.question import AllOf, AnyOf, Condition, Document, Pattern, Question, Values, Weight, Wild, Words

FILLING = "báo cáo thống kê hằng năm của cơ quan"
SHELF = [
    Document(id="often", sequence=1, slug="often", title={"vi": "Nước sạch"}, description={"vi": "Nước và nước thải"}, tags=("river",), modified="2025-01-01T00:00:00Z"),
    Document(id="once", sequence=1, slug="once", title={"vi": "Rừng"}, description={"vi": f"{FILLING}, có nước; rừng và rừng"}, tags=("forest",), modified="2025-03-01T00:00:00Z"),
    Document(id="apart", sequence=1, slug="apart", title={"vi": f"Sạch: {FILLING}"}, description={"vi": "Rừng thì ở đây, nước thì ở kia"}, modified="2025-02-01T00:00:00Z"),
    Document(id="none", sequence=1, slug="none", title={"vi": "Dân số"}, tags=("river", "forest"), modified="2025-04-01T00:00:00Z"),
]
WATER, FOREST = Words("text", "nước"), Words("text", "rừng")


@pytest.fixture(params=["tantivy", "elastic"], scope="module")
def index(request, tmp_path_factory):
    made = (request.getfixturevalue("elastic").index("weights") if request.param == "elastic"
            else TantivyIndex(tmp_path_factory.mktemp("search"), writer=True))
    made.rebuild(SHELF)
    yield made
    made.close()


def asked(index, where: Condition | None = None, *weights: Weight, **more) -> list[str]:
    return [hit.id for hit in index.ask(Question(where=where, weights=weights, **more)).hits]


def test_what_a_condition_finds_comes_newest_first_and_by_its_words_where_they_weigh(index):
    assert asked(index, WATER) == ["once", "apart", "often"]
    assert asked(index, WATER, Weight(WATER))[0] == "often"
    assert asked(index, WATER, Weight(WATER), sort="modified") == ["once", "apart", "often"]
    assert asked(index, AnyOf((WATER, FOREST)), Weight(WATER), Weight(FOREST))[0] != asked(index, AnyOf((WATER, FOREST)), Weight(WATER, 20.0), Weight(FOREST))[0] == "often"


def test_what_weighs_neither_finds_nor_leaves_out(index):
    assert set(asked(index, None, Weight(WATER))) == {one.id for one in SHELF}
    assert asked(index, Values("tag", ("river",)), Weight(FOREST)) == ["none", "often"]
    assert index.ask(Question(where=WATER, weights=(Weight(WATER),), facets=("tag",))).facets == index.ask(Question(where=WATER, facets=("tag",))).facets


def test_boosts_raise_values_and_patterns_by_the_same_for_all_and_of_what_is_alike_the_newest_comes_first(index):
    river, forest = Values("tag", ("river",)), Values("tag", ("forest",))
    either = AnyOf((river, forest))
    assert asked(index, either, Weight(river), Weight(forest)) == ["none", "once", "often"]
    assert asked(index, either, Weight(river, 2.0), Weight(forest)) == ["none", "often", "once"]
    assert asked(index, None, Weight(Pattern("title", ("nuo", Wild.MANY)), 5.0), Weight(Pattern("title", ("ru", Wild.MANY)), 2.0)) == ["often", "once", "none", "apart"]
    assert asked(index, None, Weight(AllOf((WATER,)), 3.0)) == ["once", "apart", "often", "none"]


def test_words_of_titles_weigh_by_titles_alone(index):
    clean = Words("title", "sạch")
    assert asked(index, None, Weight(clean))[:2] == ["often", "apart"]
    assert asked(index, Words("text", "sạch"), Weight(Words("title", "báo cáo")))[0] == "apart"


def test_a_phrase_weighs_where_it_stands_and_its_words_alone_more_where_they_stand_side_by_side(index):
    assert asked(index, None, Weight(Words("text", "nước sạch", phrase=True)))[:2] == ["often", "none"]
    apart = Words("text", "nước sạch")
    assert asked(index, apart, Weight(apart)) == ["often", "apart"]


def test_words_of_a_text_and_weights_count_together(index):
    plain = asked(index, text="nước rừng")
    assert set(plain) == {"once", "apart"}
    for one in plain:
        assert asked(index, None, Weight(Values("id", (one,)), 50.0), text="nước rừng")[0] == one


def test_several_of_a_conditions_parts_may_be_needed(index):
    some = (WATER, FOREST, Words("text", "sạch"))
    assert set(asked(index, AnyOf(some, 2))) == {"often", "once", "apart"}
    assert set(asked(index, AnyOf(some, 3))) == {"apart"}
    assert asked(index, AnyOf(some, 4)) == asked(index, AnyOf((), 0)) == []


def test_how_many_words_of_a_text_are_needed_may_be_said_and_is_not_let_down(index):
    assert set(asked(index, text="nước rừng", least=1)) == {"often", "once", "apart"}
    assert asked(index, text="nước dân", least=2) == []
    assert set(asked(index, text="nước dân")) == {"often", "once", "apart", "none"}
    assert asked(index, text="nước sạch rừng số", least=9) == []


def test_a_page_goes_on_behind_the_one_before_and_a_cursor_fits_its_weights_alone(index):
    first = Question(where=WATER, weights=(Weight(WATER),), limit=1)
    whole, found, question = asked(index, WATER, Weight(WATER)), [], first
    while question is not None:
        answer = index.ask(question)
        found += [hit.id for hit in answer.hits]
        question = replace(first, after=answer.next) if answer.next else None
    assert found == whole == [one for start in range(3) for one in asked(index, WATER, Weight(WATER), start=start, limit=1)]
    with pytest.raises(Exception, match="cursor"):
        index.ask(replace(first, weights=(Weight(WATER, 2.0),), after=index.ask(first).next))


def test_both_engines_give_scores_of_the_same_kind_for_words_of_conditions_and_of_texts(index):
    """The same words asked in either way come in the same order."""
    for text in ("nước", "rừng", "nước sạch"):
        words = Words("text", text)
        assert asked(index, words, Weight(words)) == asked(index, text=text)
