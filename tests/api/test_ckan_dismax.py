"""Plain words as dismax takes them: which fields are looked at, with which boosts, and how many of the words are needed."""

from __future__ import annotations

import pytest

from api.dialects.ckan import dismax
from api.dialects.ckan.action import Refused
from api.dialects.ckan.searching import FIELDS
from catalog.question import TEXTS, AnyOf, Condition, Not, Values, Weight, Words


def in_field(field: str, text: str, phrase: bool) -> Condition:
    return Words(field, text, phrase) if field in TEXTS else Values(field, (text,))


def read(words: str, qf: str = "", mm: str = "") -> dismax.Plain:
    return dismax.read(words, qf, mm, FIELDS, in_field)


@pytest.mark.parametrize(("mm", "many", "needed"), [
    ("2", 5, 2), ("9", 5, 5), ("-1", 5, 4), ("-9", 5, 0), ("0", 5, 0), ("100%", 3, 3), ("75%", 4, 3), ("75%", 3, 2), ("-25%", 4, 3), ("-25%", 3, 3), ("-100%", 3, 0), (" 2 ", 5, 2), ("+2", 5, 2),
    ("2<-1 5<80%", 1, 1), ("2<-1 5<80%", 2, 2), ("2<-1 5<80%", 3, 2), ("2<-1 5<80%", 5, 4), ("2<-1 5<80%", 10, 8), ("2 < -1 5 < 80%", 6, 4), ("3<90%", 3, 3), ("3<90%", 10, 9), ("1<2", 0, 0),
])
def test_how_many_words_are_needed_is_said_as_solr_says_it(mm: str, many: int, needed: int) -> None:
    assert dismax.least(mm, many) == needed


@pytest.mark.parametrize("mm", ["", "x", "2<", "<2", "2<-1 5", "1.5", "50 %", "%", "-", "x<1", "²", "2<²", "9" * 300])
def test_a_wrong_mm_is_refused(mm: str) -> None:
    with pytest.raises(Refused):
        dismax.least(mm, 3)


@pytest.mark.parametrize(("qf", "fields"), [
    ("", {}), ("title^4 tags notes^0.5", {"title": 4.0, "tag": 1.0, "text": 0.5}), ("colour^3 state site_id metadata_modified", {}), ("notes author^2 text", {"text": 2.0}),
    ("organization owner_org^3", {"org": 3.0}), ("title^.5", {"title": 0.5}), ("title^99999999999", {"title": 1_000_000.0}),
])
def test_fields_are_named_by_what_solr_calls_them_and_unknown_ones_are_let_go(qf: str, fields: dict[str, float]) -> None:
    assert dismax.boosted(qf, FIELDS) == fields


@pytest.mark.parametrize("qf", ["title^", "title^x", "^2", "title^-1", "title^2^3"])
def test_a_wrong_boost_is_refused(qf: str) -> None:
    with pytest.raises(Refused):
        dismax.boosted(qf, FIELDS)


def test_without_fields_words_stay_words_and_mm_says_how_many_of_them() -> None:
    assert read("air water") == dismax.Plain("air water")
    assert read("air water", "colour", "1") == dismax.Plain("air water", least=1)
    assert read("air -water", mm="100%") == dismax.Plain("air", (Not(Words("text", "water")),), least=1)


def test_each_word_has_to_stand_in_one_of_the_fields_and_weighs_by_all_of_them() -> None:
    def both(text: str, *, phrase: bool = False) -> AnyOf:
        return AnyOf((Words("title", text, phrase), Values("tag", (text,))))

    found = read('air +water -"fire place" \'', "title^4 tags")
    assert found.text == ""
    assert found.conditions == (both("water"), Not(both("fire place", phrase=True)), AnyOf((both("air"),), 1))
    assert found.weights == (Weight(Words("title", "air"), 4.0), Weight(Values("tag", ("air",)), 1.0),
                             Weight(Words("title", "water"), 4.0), Weight(Values("tag", ("water",)), 1.0))
    assert read("a b c", "title", "1").conditions == (AnyOf(tuple(AnyOf((Words("title", one),)) for one in "abc"), 1),)
    assert read("a b c", "title").conditions == (AnyOf(tuple(AnyOf((Words("title", one),)) for one in "abc"), 2),)
    assert read("+a b", "title", "0").conditions == (AnyOf((Words("title", "a"),)),)
    assert read("a", "title^0") == dismax.Plain("", (AnyOf((AnyOf((Words("title", "a"),)),), 1),))
    assert read("!! …", "title") == dismax.Plain("!! …")
    assert len(read("a " * 500, "title").weights) == dismax.CLAUSES_MOST
