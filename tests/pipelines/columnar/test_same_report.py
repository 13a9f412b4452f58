"""Random tables through both engines: one report, whatever the schema, the dialect, the encoding and the limit."""

from __future__ import annotations

import warnings
from dataclasses import replace
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipelines.validation import source
from pipelines.validation.columnar import HandBack, errors_columnar, validate_columnar
from pipelines.validation.columnar.engine import BLOCK
from tests.pipelines.columnar.both import both, compared, resource_of
from tests.pipelines.columnar.tables import Case, make_case, vary

quick = settings(deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck))
CHANCE = st.integers(0, 10**9).map(Random)


def say_the_same(folder, case, block=BLOCK):
    """Give the reason why the case was handed back, or nothing."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        ours, theirs, reason = both(folder, case, block)
    if reason == "raised":
        limited = isinstance(theirs, dict) and any("limit" in one for one in theirs["tasks"][0]["warnings"])
        assert limited or isinstance(theirs, str), "the columnar engine raised where Frictionless does not"
    elif not reason:
        assert ours == theirs
    return reason


@settings(quick, max_examples=150)
@given(chance=CHANCE)
def test_both_engines_give_the_same_report(tmp_path, chance):
    say_the_same(tmp_path, make_case(chance))


@settings(quick, max_examples=150)
@given(chance=CHANCE)
def test_both_engines_agree_on_checks_row_filters_limits_and_packed_files(tmp_path, chance):
    say_the_same(tmp_path, vary(chance, make_case(chance)), block=chance.choice([BLOCK, 997]))


@settings(quick, max_examples=80)
@given(chance=CHANCE)
def test_the_report_does_not_depend_on_where_blocks_end(tmp_path, chance):
    say_the_same(tmp_path, make_case(chance), block=997)


@settings(quick, max_examples=80)
@given(chance=CHANCE)
def test_damaged_bytes_get_the_same_report(tmp_path, chance):
    case = make_case(chance)
    content = bytearray(case.content)
    for _ in range(chance.choice([1, 1, 2, 5])):
        at, luck = chance.randrange(len(content) + 1), chance.random()
        if luck < 0.4 and at < len(content):
            content[at] ^= 1 << chance.randrange(8)
        elif luck < 0.7:
            del content[at:]
        else:
            content[at:at] = chance.choice([b'"', b"\n", b"\r", b"\xff", b",", b"\n\n", b"\0", b"\xef\xbb\xbf"])
    say_the_same(tmp_path, replace(case, content=bytes(content)))


def test_most_tables_are_not_handed_back_even_with_rare_kinds(tmp_path):
    reasons = [say_the_same(tmp_path, make_case(Random(seed))) for seed in range(60)]
    assert sum(map(bool, reasons)) < 20


LONG = {"fields": [{"name": "a", "type": "string", "constraints": {"unique": True}}, {"name": "b", "type": "integer"}]}
FOUND = {
    "a repeated key makes Frictionless read the other fields earlier": (
        "a,b,c\nx,1,2020-01-01\ny,2,2020-01-02\nx,oops,nope\n",
        {"fields": [{"name": "a", "type": "string", "constraints": {"unique": True}}, {"name": "b", "type": "integer"},
                    {"name": "c", "type": "date", "constraints": {"unique": True}}]},
    ),
    "a quote opened and never closed keeps its last line end": ('a,b\nx,1\n"y,2\n', LONG),
    "a quote opened and never closed in a short record": ('a,b\nx,1\n"y\n', LONG),
    "a line with nothing on it has no cells": ("a,b\nx,1\n\ny,2\n", LONG),
    "a line with nothing on it has no key, even where nothing is a value": (
        "a,b\nx,1\n,2\n\n,3\nx,oops\n", {**LONG, "missingValues": []}
    ),
    "a byte order mark behind the header belongs to a cell": ("a,b\n\ufeffx,1\n\ufeff,2\n", LONG),
    "a line of separators only is blank and has cells": ("a,b\nx,1\n,\ny,2\n", LONG),
    "a value raised by a reader is raised by Frictionless": (
        "a\nsNaN\n", {"fields": [{"name": "a", "type": "number", "constraints": {"maximum": "1"}}]}
    ),
    "a pattern with an alternation is not anchored as it looks": (
        "a\naxyz\nb\nc\n", {"fields": [{"name": "a", "type": "string", "constraints": {"pattern": "a|b"}}]}
    ),
    "a possessive quantifier is read as Python reads it": (
        "a\naaa\nb\n", {"fields": [{"name": "a", "type": "string", "constraints": {"pattern": "a++"}}]}
    ),
}


@pytest.mark.parametrize("name", FOUND)
def test_what_once_differed_or_might(tmp_path, name):
    text, schema = FOUND[name]
    say_the_same(tmp_path, Case(text.encode(), "utf-8", schema, {"csv": {"delimiter": ","}}))
    rows = text.split("\n", 1)
    more = "".join(f"k{number},{number}\n" for number in range(300))
    longer = f"{rows[0]}\n{more}{rows[1]}"
    say_the_same(tmp_path, Case(longer.encode(), "utf-8", schema, {"csv": {"delimiter": ","}}, limit=0))


@pytest.mark.parametrize("limit", [1, 2, 3, 5, 100])
def test_a_limit_stops_where_frictionless_stops(tmp_path, limit):
    text = "a,b\n" + "".join(f"k{number % 97},{number if number % 5 else 'x'}\n" for number in range(400))
    assert say_the_same(tmp_path, Case(text.encode(), "utf-8", LONG, {"csv": {"delimiter": ","}}, limit=limit)) == ""


def test_every_error_is_given_one_by_one_in_the_order_of_the_report(tmp_path):
    text = "a,b\n" + "".join(f"k{number % 97},{number if number % 5 else 'x'}\n" for number in range(400)) + "k1\n\n"
    case = Case(text.encode(), "utf-8", LONG, {"csv": {"delimiter": ","}})
    given = [error.to_descriptor() for error in errors_columnar(resource_of(tmp_path, case))]
    report = resource_of(tmp_path, case).validate(limit_errors=0)
    assert given == [error.to_descriptor() for error in report.tasks[0].errors]
    assert len(given) > 300


def test_what_is_handed_back_is_said_before_the_first_error(tmp_path):
    lists = {"fields": [{"name": "a", "type": "array", "constraints": {"unique": True}}, {"name": "b", "type": "integer"}]}
    case = Case(b"a,b\n[1],y\n", "utf-8", lists, {})
    with pytest.raises(HandBack, match="unhashable-key"):
        next(errors_columnar(resource_of(tmp_path, case)))


def test_patterns_on_re2_go_along_and_know_the_missing_values_of_their_schema(tmp_path):
    path = tmp_path / "table.csv"
    path.write_text("a,b\n" + "".join(f"{('NA', 'ab', 'AB-1', 'x', '')[number % 5]},{number}\n" for number in range(300)))
    schema = {
        "fields": [{"name": "a", "type": "string", "constraints": {"pattern": "(ab|AB-[0-9]+)"}}, {"name": "b", "type": "integer"}],
        "missingValues": ["NA"],
    }
    ours = validate_columnar(source.resource_of(path, schema, foreign=True))
    theirs = source.resource_of(path, schema, foreign=True).validate()
    assert compared(ours) == compared(theirs)
    assert {error.cell for error in ours.tasks[0].errors} == {"x", ""}


@pytest.mark.parametrize("limit", [10, 500])
def test_repeated_keys_alone_reach_a_limit_without_reading_the_rest(tmp_path, limit):
    text = "a,b\n" + "".join(f"k{number % 97},{number}\n" for number in range(40_000)) + '"open'
    case = Case(text.encode(), "utf-8", LONG, {"csv": {"delimiter": ","}}, limit=limit)
    assert say_the_same(tmp_path, case, block=20_000) == ""  # the quote at the end would hand it back
