"""Lucene's syntax becomes conditions: as CKAN's clients write it, bounded, and wrong only with a place."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from catalog.errors import Invalid
from catalog.lucene import (
    CLAUSES_LIMIT,
    DEPTH_LIMIT,
    LENGTH_LIMIT,
    NOTHING,
    WEIGHTS_LIMIT,
    WILD_LIMIT,
    Dialect,
    read,
    weighed,
)
from catalog.question import (
    AllOf,
    AnyOf,
    Between,
    Condition,
    During,
    Known,
    Near,
    Not,
    Pattern,
    Values,
    Weight,
    Wild,
    Words,
)

NOW = datetime(2025, 3, 31, 12, 30, 15, 500, tzinfo=UTC)
DIALECT = Dialect(now=NOW, value=lambda field, text: {"org:bo-tai-chinh": "H12"}.get(f"{field}:{text}", text), fields={
    "text": "text", "title": "title", "tags": "tag", "organization": "org", "res_format": "format", "id": "id", "state": "*",
    "metadata_modified": "modified", "metadata_created": "issued", "held": "=active",
})


def text(words: str, *, phrase: bool = False) -> Words:
    return Words("text", words, phrase)


def tag(*values: str) -> Values:
    return Values("tag", values)


def day(*given: int) -> datetime:
    return datetime(*given, tzinfo=UTC)


A, B, C = map(text, "abc")


@pytest.mark.parametrize(("query", "means"), [
    ("", None), ("*:*", None), ("state:active", None), ("*:* AND state:active", AllOf((AllOf(), AllOf()))),
    ("nước", text("nước")), ("a b", AllOf((A, B))), ("a AND b", AllOf((A, B))), ("a && b", AllOf((A, B))), ("+a +b", AllOf((A, B))),
    ("a OR b", AnyOf((A, B))), ("a || b", AnyOf((A, B))), ("(a OR b) AND c", AllOf((AnyOf((A, B)), C))),
    ("a OR (b c)", AnyOf((A, AllOf((B, C))))), ("-a", Not(A)), ("a -b", AllOf((A, Not(B)))),
    ("a NOT b", AllOf((A, Not(B)))), ("!a", Not(A)), ("a AND NOT (b OR c)", AllOf((A, Not(AnyOf((B, C)))))),
    ("ANDROID NOTES ORANGE", AllOf((text("ANDROID"), text("NOTES"), text("ORANGE")))),
    ('"ngân sách"', text("ngân sách", phrase=True)), ('"ngân sách"~3', text("ngân sách")), ('"ngân sách"~0', text("ngân sách", phrase=True)), ('"ngân sách"~', text("ngân sách", phrase=True)), ('"ngân sách"~0.9', text("ngân sách", phrase=True)), ('"ngân sách"~1', text("ngân sách")), ('"a b"^2 c^0.5', AllOf((text("a b", phrase=True), C))),
    ("title:nước", Words("title", "nước")), ("title:(a OR b)^4", AnyOf((Words("title", "a"), Words("title", "b")))),
    ('tags:(x OR tags:y OR "z w")', tag("x", "y", "z w")), ("tags:x tags:y", AllOf((tag("x"), tag("y")))),
    (r"tags:a\:b\ c", tag("a:b c")), ("tags:a:b", tag("a:b")), ("organization:bo-tai-chinh", Values("org", ("H12",))),
    ("res_format:CSV", Values("format", ("csv",))), ("tags:*", Known("tag")), ("id:[* TO *]", Known("id")), ("text:*", None),
    ("tags:eco*", Pattern("tag", ("eco", Wild.MANY))), ("title:Ngân?s*", Pattern("title", ("ngan", Wild.ONE, "s", Wild.MANY))),
    (r"tags:a\*b", tag("a*b")), ("nuoc~", Near("text", "nuoc", 2)), ("nuoc~1", Near("text", "nuoc", 1)), ("nuoc~0.8", text("nuoc")), ("nuoc~0.5", Near("text", "nuoc", 2)), ("nguyen~0.8", Near("text", "nguyen", 1)), ("nuoc~7", Near("text", "nuoc", 2)),
    ("nuoc~0", text("nuoc")), ("tags:nuoc~1", Near("tag", "nuoc", 1)), ("unheard:x", NOTHING), ("unheard:[1 TO 2]", NOTHING), ("unheard:x*", NOTHING),
    ("a - b", AllOf((A, Not(B)))), ("a …", A), ("R&D", text("R&D")), ("C++", text("C++")), ("a/b", text("a/b")),
    ("metadata_modified:[2024-01-01T00:00:00Z TO *]", During("modified", day(2024, 1, 1), None)),
    ("metadata_modified:{2024-01-01T00:00:00Z TO 2024-02-01T00:00:00Z}", During("modified", day(2024, 1, 1, 0, 0, 1), day(2024, 2, 1))),
    ("metadata_created:[2023 TO 2024-02]", During("issued", day(2023, 1, 1), day(2024, 3, 1))),
    ('metadata_modified:["2024-02-29" TO "2024-02-29"]', During("modified", day(2024, 2, 29), day(2024, 3, 1))),
    ("metadata_modified:[* TO *]", None), ("metadata_modified:2024-02", During("modified", day(2024, 2, 1), day(2024, 3, 1))),
    ("metadata_modified:[NOW-2MONTHS TO NOW]", During("modified", day(2025, 1, 31, 12, 30, 15), day(2025, 3, 31, 12, 30, 16))),
    ("metadata_modified:[NOW/DAY-1MONTH TO NOW/YEAR+6HOURS}", During("modified", day(2025, 2, 28), day(2025, 1, 1, 6))),
    ("metadata_modified:[2024-12-31T23:59:59.999Z/MONTH TO NOW/HOUR]", During("modified", day(2024, 12, 1), day(2025, 3, 31, 12, 0, 1))),
])
def test_what_clients_write_is_understood(query, means):
    assert read(query, DIALECT) == means


def test_clauses_are_joined_as_lucene_joins_them():
    """Its classic parser, AND being the default: beside a clause that is needed the others of OR only add to the score."""
    assert read("organization:a OR organization:b metadata_modified:[2024-01-01T00:00:00Z TO *]", DIALECT) == During("modified", day(2024, 1, 1), None)
    assert read("a OR b AND c", DIALECT) == AllOf((B, C))
    assert read("+a OR b", DIALECT) == AnyOf((A, B))


@pytest.mark.parametrize(("query", "means"), [
    ("tags:[a TO c]", Between("tag", "a", "c")), ("tags:{a TO c]", Between("tag", "a", "c", False)), ("tags:[a TO c}", Between("tag", "a", "c", True, False)),
    ("tags:[a TO *]", Between("tag", "a", None)), ('tags:{* TO "b c"}', Between("tag", None, "b c", False, False)), (r"tags:[a\ b TO c]", Between("tag", "a b", "c")),
    ("title:[Đà TO Hà]", Between("title", "da", "ha")), ("[a TO b]^2", Between("text", "a", "b")), ("res_format:[CSV TO PDF]", Between("format", "csv", "pdf")),
    ("held:[a TO b]", None), ("held:[active TO b]", None), ("held:{active TO b]", NOTHING), ("held:[b TO *]", NOTHING), ("held:[* TO active]", None), ("held:{* TO active}", NOTHING),
    ("tags:(a b)", tag("a", "b")), ("tags:(a b c) d", AllOf((tag("a", "b", "c"), text("d")))), ("tags:(a AND b)", AllOf((tag("a"), tag("b")))),
    ("tags:(+a b)", AllOf((tag("a"), tag("b")))), ("tags:(a b^2)", AllOf((tag("a"), tag("b")))), ("title:(a b)", AllOf((Words("title", "a"), Words("title", "b")))),
    ("(-a)", NOTHING), ("a OR (-b)", AnyOf((A, NOTHING))), ("title:(-a)", NOTHING), ("-a -b", AllOf((Not(A), Not(B)))), ("*:* -a", AllOf((AllOf(), Not(A)))),
    ("(*:* -a)", AllOf((AllOf(), Not(A)))), ("a^=2 b", AllOf((A, B))), ("(a b)^0.5", AllOf((A, B))),
])
def test_ranges_runs_of_values_and_what_is_only_forbidden_mean_what_solr_means(query, means):
    assert read(query, DIALECT) == means


@pytest.mark.parametrize(("query", "means"), [
    ("unit:b", Values("extra", ("unit\x1fb",))), ('extras_unit:"b c"', Values("extra", ("unit\x1fb c",))), ("unit:b*", Pattern("extra", ("unit\x1f", "b", Wild.MANY))),
    ("unit:*", Pattern("extra", ("unit\x1f", Wild.MANY))), ("unit:[a TO b}", Between("extra", "unit\x1fa", "unit\x1fb", True, False)),
    ("unit:{a TO *]", Between("extra", "unit\x1fa", "unit ", False, False)), ("unit:[* TO b]", Between("extra", "unit\x1f", "unit\x1fb")),
    ("unit:(b c)", Values("extra", ("unit\x1fb", "unit\x1fc"))), ("unit:b~1", Values("extra", ("unit\x1fb",))),
])
def test_a_field_that_is_none_of_ours_is_an_extra_by_its_key(query, means):
    assert read(query, replace(DIALECT, member=lambda name: name.removeprefix("extras_"))) == means


@pytest.mark.parametrize("query", [
    "(a", "a)", "((", "a AND", "OR a", "a AND OR b", "a -", "(a AND)", '"a', "tags:", "tags:)", "tags:[a TO", "tags:[a b]", "title:()", "a^ b", "nuoc~1.5", "[", "*:a",
    "{!lucene}a", "_query_:a", '_val_:"x"', "metadata_modified:soon", "metadata_modified:[soon TO *]", "metadata_modified:2025-02-30",
    "metadata_modified:[NOW+9999YEARS TO *]", "metadata_modified:NOW+999999DAYS+999999DAYS+999999DAYS+999999DAYS", "metadata_modified:202*",
    "metadata_modified:[NOW/FORTNIGHT TO *]", "metadata_modified:[0000 TO *]",
])
def test_what_cannot_be_read_is_refused(query):
    with pytest.raises(Invalid) as refused:
        read(query, DIALECT)
    assert refused.value.code == "query-syntax"


@pytest.mark.parametrize(("query", "code"), [
    ("(" * 10_000 + "a", "query-too-deep"), ("(" * (DEPTH_LIMIT + 1) + "a" + ")" * (DEPTH_LIMIT + 1), "query-too-deep"),
    ("a " * (CLAUSES_LIMIT + 1), "query-too-deep"), ("a* " * (WILD_LIMIT + 1), "query-too-deep"), ("a~ " * (WILD_LIMIT + 1), "query-too-deep"),
    ("a" * (LENGTH_LIMIT + 1), "query-too-long"), ("(" * 1_000_000, "query-too-long"),
])
def test_what_would_cost_too_much_is_refused(query, code):
    with pytest.raises(Invalid) as refused:
        read(query, DIALECT)
    assert refused.value.code == code


def test_a_query_at_its_limits_is_read():
    assert read("(" * DEPTH_LIMIT + "a" + ")" * DEPTH_LIMIT, DIALECT) == A
    many = read(" OR ".join(f"id:{number:036}" for number in range(400)), DIALECT)
    assert isinstance(many, Values)
    assert len(many.values) == 400


TITLED = Words("title", "a")


@pytest.mark.parametrize(("query", "weights"), [
    ("*:*", ()), ("tags:x", ()), ("tags:x tags:y", ()), ("tags:x^3", ()), ("metadata_modified:[NOW-1YEAR TO *]", ()), ("title:a*", ()), ("-a", ()), ("*:* -a", ()), ("title:a^0", (Weight(TITLED, 0.0),)),
    ("a", (Weight(A),)), ("a b^2", (Weight(A), Weight(B, 2.0))), ("a -b", (Weight(A),)), ("a NOT (b OR c)", (Weight(A),)), ("-(-a) b", (Weight(B),)), ("title:a AND text:b", (Weight(TITLED), Weight(B))),
    ("+b title:a^4", (Weight(B), Weight(TITLED, 4.0))), ("b OR a c", (Weight(B), Weight(A), Weight(C))), ("title:(a)^4 b", (Weight(TITLED, 4.0), Weight(B))), ("(a (b c^3)^2)^0.5", (Weight(A, 0.5), Weight(B, 1.0), Weight(C, 3.0))),
    ("a tags:x", (Weight(A), Weight(tag("x")))), ("tags:(x OR y^2)", (Weight(tag("x")), Weight(tag("y"), 2.0))), ('"a b"^2', (Weight(text("a b", phrase=True), 2.0),)), ('"a b"~5', (Weight(text("a b")),)),
    ("a title:a*", (Weight(A),)), ("a title:a*^3", (Weight(A), Weight(Pattern("title", ("a", Wild.MANY)), 3.0))), ("a^=2 b", (Weight(AllOf((A,)), 2.0), Weight(B))), ("a *:*^3", (Weight(A),)),
    ("a^999999999999", (Weight(A, 1_000_000.0),)),
])
def test_what_is_not_forbidden_weighs_by_its_boosts_where_there_are_words_or_boosts_of_several(query, weights):
    assert weighed(query, DIALECT) == (read(query, DIALECT), weights)


def test_of_very_many_words_only_some_weigh():
    assert len(weighed("a " * CLAUSES_LIMIT, DIALECT)[1]) == WEIGHTS_LIMIT


PIECES = st.sampled_from([*'ab()[]{}"\\:*?~^+-!&|/', " ", " AND ", " OR ", " NOT ", "tags:", "title:", "metadata_modified:", "NOW", "2024", " TO ", "\0", "\ud800", "đ"])


@settings(max_examples=400, deadline=None, derandomize=True)
@given(st.lists(PIECES, max_size=30).map("".join))
def test_nothing_typed_breaks_it(query):
    """Either a condition or a refusal, whatever is typed."""
    try:
        found = read(query, DIALECT)
    except Invalid:
        return
    assert found is None or isinstance(found, Condition)
