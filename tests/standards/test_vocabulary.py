"""Closed lists: every word is said in two languages and is one of the world's where it says so."""

from __future__ import annotations

import pytest

from standards import vocabulary
from standards.codelist import load
from standards.vocabulary import Term

LISTS = ("LICENCES", "THEMES", "FREQUENCIES", "ACCESS_RIGHTS", "FORMATS", "LANGUAGES")


@pytest.mark.parametrize("name", LISTS)
def test_every_word_is_said_in_vietnamese_and_english(name: str) -> None:
    terms: dict[str, Term] = dict(getattr(vocabulary, name))
    assert terms
    for code, term in terms.items():
        assert term.code == code
        assert term.title["vi"]
        assert term.title["en"]


def test_words_of_the_eu_tables_are_in_the_code_lists() -> None:
    assert set(vocabulary.THEMES) == set(load("eu-data-theme").entries)
    assert set(vocabulary.FREQUENCIES) <= set(load("eu-frequency").entries)
    assert set(vocabulary.ACCESS_RIGHTS) <= set(load("eu-access-right").entries)
    assert set(vocabulary.LANGUAGES) - {"fil"} <= set(load("iso639").entries)
    files = {one.eu for one in vocabulary.FORMATS.values()} - {""}
    assert files <= set(load("eu-file-type").entries)
    assert set(vocabulary.LICENCES) == set(load("open-licence").entries)


def test_themes_of_data_gov_vn_lead_to_known_themes() -> None:
    assert {entries[0].parent for entries in load("vn-data-theme").entries.values()} <= set(vocabulary.THEMES)


def test_days_between_updates_grow_from_often_to_seldom() -> None:
    days = [one.days for one in vocabulary.FREQUENCIES.values() if one.days is not None]
    assert days == sorted(days)
    assert vocabulary.FREQUENCIES["ANNUAL"].days == 366
    assert vocabulary.FREQUENCIES["NEVER"].days is None


def test_a_format_is_found_by_its_media_type() -> None:
    assert vocabulary.MEDIA_TYPES["text/csv"].code == "csv"
    assert len(vocabulary.MEDIA_TYPES) == len(vocabulary.FORMATS)


def test_the_default_licence_is_open() -> None:
    licence = vocabulary.LICENCES[vocabulary.DEFAULT_LICENCE]
    assert licence.open
    assert licence.attribution
    assert not vocabulary.LICENCES["SODL-1.0"].open
