"""A question is read from an address and written back; cursors are opaque, bound to their question and never trusted."""

from __future__ import annotations

import base64
import json
from dataclasses import replace
from datetime import date

import pytest

from catalog.errors import Invalid
from catalog.question import Cursor, Question, read, write


def test_an_address_becomes_a_question():
    question = read([("q", "ngân sách"), ("org", "H12"), ("org", "H13"), ("year", "2025"), ("from", "2024"), ("to", "2024-02"),
                     ("sort", "title"), ("limit", "5"), ("utm_source", "x"), ("tag", " ")])
    assert question.text == "ngân sách"
    assert question.filters == {"org": ("H12", "H13"), "year": ("2025",)}
    assert (question.since, question.until) == (date(2024, 1, 1), date(2024, 2, 29))
    assert (question.sort, question.limit, question.audience) == ("title", 5, ("public",))


def test_what_is_written_is_read_back():
    question = Question(text="a & b", filters={"tag": ("x", "y/z")}, since=date(2024, 1, 2), sort="issued", limit=7)
    assert read(write(question)) == question
    assert write(Question()) == []


def test_nobody_gives_herself_an_audience():
    assert read([("audience", "org:H12")]).audience == ("public",)


@pytest.mark.parametrize(("name", "value", "code"), [
    ("from", "hôm qua", "not-a-date"), ("to", "2025-13", "not-a-date"), ("from", "0000", "not-a-date"),
    ("to", "2025-02-30", "not-a-date"), ("from", "²025", "not-a-date"),
    ("sort", "score", "unknown-sort"), ("limit", "-1", "not-a-number"), ("limit", "²", "not-a-number"),
    ("tag", "x" * 201, "too-many-values"),
])
def test_each_wrong_parameter_is_pointed_at(name, value, code):
    with pytest.raises(Invalid) as refused:
        read([(name, value), ("q", "x")])
    assert [(one.pointer, one.code) for one in refused.value.problems] == [(f"#/{name}", code)]


def test_too_many_values_of_a_facet_are_refused():
    with pytest.raises(Invalid):
        read([("tag", str(n)) for n in range(51)])


def test_a_megabyte_of_query_is_refused():
    with pytest.raises(Invalid) as refused:
        read([("q", "a" * 1_000_000)])
    assert refused.value.code == "query-too-long"


def test_a_limit_is_held_to_a_page():
    assert read([("limit", "9" * 5000)]).limit == 100


def test_text_that_no_engine_can_store_is_cleaned():
    assert read([("q", "ngân\0 sách\ud800")]).text == "ngân sách"


def test_a_cursor_fits_its_own_question_only():
    question = Question(text="dân số", sort="title")
    page = replace(question, after=Cursor(20, "id", "khóa", 1).write(question))
    assert Cursor.read(page) == Cursor(20, "id", "khóa", 1)
    assert Cursor.read(replace(page, limit=3, audience=("org:H12",))).offset == 20
    for other in (replace(page, text="x"), replace(page, sort="issued"), replace(page, filters={"tag": ("a",)})):
        with pytest.raises(Invalid, match="cursor"):
            Cursor.read(other)


def _sealed(content) -> str:
    return base64.urlsafe_b64encode(json.dumps(content).encode()).decode().rstrip("=")


def _digest_of(question) -> str:
    return json.loads(base64.urlsafe_b64decode(Cursor(1, "a", "k").write(question) + "=="))[1]


@pytest.mark.parametrize("after", ["x", "ế", "A" * 5000, "AAAA====", _sealed([]), _sealed({}), _sealed("[" * 3000)])
def test_a_forged_cursor_is_refused(after):
    with pytest.raises(Invalid, match="cursor"):
        read([("cursor", after)])


@pytest.mark.parametrize("rest", [
    [-1, "id", "k", 0], [2**50, "id", "k", 0], [1, 5, "k", 0], [1, "id", None, 0], [1, "id", "k", 99], [True, "id", "k", 0], [1, "id", "k"],
])
def test_a_cursor_of_the_right_question_but_wrong_content_is_refused(rest):
    question = Question()
    with pytest.raises(Invalid, match="cursor"):
        Cursor.read(replace(question, after=_sealed([1, _digest_of(question), *rest])))
