"""Options of reading are checked values: what is none is refused by name, and what was said survives as JSON."""

import json

import pytest

from standards.portable import from_json, to_json
from standards.reading import CHECKS, ENCODINGS, BadOption, Guess, overrides, said

ALL = {
    "encoding": "sjis", "delimiter": "tab", "quote": "none", "escape": "backslash", "comment": "#", "header_row": "0",
    "header_rows": 2, "skip_footer": 3, "decimal": ",", "thousands": " ", "date_order": "mdy", "missing": "NA, -",
    "columns": {"Số dân": {"decimal": ".", "missing": []}},
}  # fmt: skip


def test_what_was_said_survives_as_json_and_comes_back_equal() -> None:
    reading = overrides(ALL)
    told = json.loads(json.dumps(said(reading)))
    assert overrides(told) == reading
    assert (told["encoding"], told["delimiter"], told["missing"]) == ("cp932", "\t", ["NA", "-"])
    assert set(CHECKS) | {"columns"} == set(ALL)
    assert said(overrides({})) == {}


@pytest.mark.parametrize("name", sorted(CHECKS))
@pytest.mark.parametrize("value", ["../etc/passwd", "\x00", -1, {"a": 1}, ["x" * 41], "a" * 1000, True])
def test_a_value_that_an_option_cannot_have_is_refused_by_its_name(name, value) -> None:
    if name == "missing" and isinstance(value, str) and len(value.strip()) <= 40:
        assert overrides({name: value})
        return
    with pytest.raises(BadOption, match=name) as refused:
        overrides({name: value})
    assert refused.value.known


@pytest.mark.parametrize("given", [{"path": "/etc"}, {"sheet": "x"}, {"Encoding": "utf-8"}])
def test_an_option_that_does_not_exist_is_refused_as_such(given) -> None:
    with pytest.raises(BadOption) as refused:
        overrides(given)
    assert not refused.value.known


@pytest.mark.parametrize("columns", [[], {"a": []}, {"a": {"encoding": "utf-8"}}, {"a": {"decimal": "x"}}])
def test_a_column_has_only_the_options_of_columns(columns) -> None:
    with pytest.raises(BadOption):
        overrides({"columns": columns})


def test_a_column_s_own_words_come_before_those_for_all() -> None:
    reading = overrides({"decimal": ",", "missing": ["NA"], "columns": {"a": {"decimal": "."}}})
    assert (reading.of("a").decimal, reading.of("a").missing) == (".", ("NA",))
    assert reading.of("b").decimal == ","


def test_a_guess_crosses_a_process_whole() -> None:
    guess = Guess(what="decimal", chosen=",", option="decimal", alternatives=(".",), evidence="proof",
                  params={"cell": "1,5"}, field="a", column=1)  # fmt: skip
    assert from_json(Guess, json.loads(json.dumps(to_json(guess)))) == guess


def test_every_encoding_is_called_by_its_own_name() -> None:
    assert [overrides({"encoding": one}).encoding for one in ENCODINGS] == list(ENCODINGS)
