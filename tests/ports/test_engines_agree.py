"""The two search engines held against each other: the same datasets match, and every facet value has the same count."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from statistics import mean

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from catalog.adapters.index_tantivy import TantivyIndex
from catalog.lucene import Dialect, read
from catalog.question import EXACT as EXACT_FIELDS
from catalog.question import TEXTS as TEXTS_FIELDS
from catalog.question import (
    TIMES,
    AllOf,
    AnyOf,
    Between,
    During,
    Known,
    Near,
    Not,
    Pattern,
    Question,
    Values,
    Weight,
    Wild,
    Words,
)
from standards.text import fold
from tests.fakes_index import FakeIndex
from tests.ports.test_index import SHELF, WORDS, random_document
from tests.ports.test_relevance import GOLDEN, document

OVERLAP = 0.9
"""Mean share of the first ten hits that both engines must have in common; reached when this was written."""


@pytest.fixture(scope="module")
def all_three(elastic, tmp_path_factory):
    """Tantivy, Elasticsearch and the fake with the same datasets: the golden ones, the shelf's, and invented ones with facets."""
    chance = random.Random(11)
    every = [replace(document(number, one), sequence=number + 1) for number, one in enumerate(GOLDEN["documents"])]
    every += [*SHELF, *(random_document(chance, number) for number in range(300))]
    engines = TantivyIndex(tmp_path_factory.mktemp("search")), elastic.index("agree"), FakeIndex()
    for engine in engines:
        engine.rebuild(every)
        engine.drop([(one.id, 10_000) for one in every[-20:]])
    yield engines
    for engine in engines:
        engine.close()


@pytest.fixture(scope="module")
def both(all_three):
    return all_three[:2]


@pytest.fixture(scope="module")
def looked(all_three):
    """The index that looks at every dataset."""
    return all_three[2]


def told(answer) -> tuple:
    """What both must say alike: how many, which facet values how often, which words nothing holds."""
    return answer.total, {name: list(values) for name, values in answer.facets.items()}, answer.dropped, answer.degraded


def asked(engines, question: Question) -> tuple:
    return tuple(engine.ask(question) for engine in engines)


def ids(answer) -> list[str]:
    return [hit.id for hit in answer.hits]


def test_they_agree_on_every_question_of_the_golden_set(both):
    texts = [text for one in GOLDEN["questions"] for text in one["ask"]]
    assert len(texts) > 100
    for text in texts:
        tantivy, elastic = asked(both, Question(text=text, limit=1000))
        assert told(tantivy) == told(elastic), text
        assert set(ids(tantivy)) == set(ids(elastic)), text


def test_they_agree_on_nearly_all_of_the_first_ten_hits(both):
    """Scores of equal datasets differ in the last digits, and ties fall differently: the order is not quite the same."""
    shares = []
    for one in GOLDEN["questions"]:
        for text in one["ask"]:
            first, second = (set(ids(answer)) for answer in asked(both, Question(text=text, limit=10, facets=())))
            shares.append(len(first & second) / max(1, len(first | second)))
    assert mean(shares) >= OVERLAP, mean(shares)


def test_they_offer_the_same_spelling_for_every_slip_of_the_golden_set(both):
    different = {slip["ask"]: [answer.suggestion for answer in asked(both, Question(text=slip["ask"], facets=()))]
                 for slip in GOLDEN["slips"]}
    assert [pair for pair in different.items() if len(set(pair[1])) > 1] == []


def some_of(prefix: str, of: int):
    return st.lists(st.integers(0, of).map(lambda number: f"{prefix}{number}"), min_size=1, max_size=3, unique=True).map(tuple)


WORD = st.sampled_from([*WORDS, "nước", "tỉnh", "xã", "2025", "人口", "东京", "budget", "zzyzx", "ngna", "đ", "a"])
TEXTS = st.one_of(
    st.just(""), st.lists(WORD, max_size=6).map(" ".join), st.lists(WORD, max_size=4).map(lambda words: fold(" ".join(words))),
    st.text(max_size=12),
)
FILTERS = st.fixed_dictionaries({}, optional={
    "org": some_of("H", 13), "theme": some_of("T", 5), "tag": some_of("tag", 30), "format": some_of("f", 4),
    "licence": st.just(("a", "b")), "standard": st.just(("s",)), "year": st.integers(1999, 2026).map(lambda year: (str(year),)),
})
DAYS = st.one_of(st.none(), st.dates(date(1999, 1, 1), date(2027, 1, 1)), st.sampled_from([date.min, date.max]))
QUESTIONS = st.builds(
    Question, text=TEXTS, filters=FILTERS, since=DAYS, until=DAYS, facet_size=st.sampled_from([0, 1, 3, 50]),
    sort=st.sampled_from(["relevance", "modified", "issued", "title"]), limit=st.sampled_from([0, 1, 20, 1000]),
    audience=st.sampled_from([("public",), ("public", "org:H1"), ("person:p",), ()]),
)


@settings(max_examples=150, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(question=QUESTIONS)
def test_they_agree_on_whatever_is_asked(both, question):
    tantivy, elastic = asked(both, question)
    assert told(tantivy) == told(elastic)
    assert len(tantivy.hits) == len(elastic.hits)
    assert bool(tantivy.next) == bool(elastic.next)
    if len(tantivy.hits) == tantivy.total:
        assert set(ids(tantivy)) == set(ids(elastic))
        assert {hit.id: dict(hit.marked) for hit in tantivy.hits} == {hit.id: dict(hit.marked) for hit in elastic.hits}
    if question.sort != "relevance":
        assert ids(tantivy) == ids(elastic)


BEGIN = datetime(2024, 1, 1, tzinfo=UTC)
MOMENTS = st.integers(0, 40_000_000).map(lambda seconds: BEGIN + timedelta(seconds=seconds)) | st.sampled_from(
    [BEGIN.replace(year=1), BEGIN.replace(year=680), BEGIN.replace(year=9999), BEGIN])
EXACT_VALUES = {"org": "H", "theme": "T", "tag": "tag", "format": "f"}
BOUNDS = st.one_of(st.none(), WORD, st.sampled_from(["tag1", "tag17", "tag2", "H1", "H13", "T", "f2", "d1", "d2", "d210", "2010", "Đ", "a", "\ud7ff", "\ue000", "\U0010ffff", ""]),
                   st.text(max_size=4).filter(lambda text: not any("\ud800" <= one <= "\udfff" or one == "\0" for one in text)))
LEAVES = st.one_of(
    st.builds(Words, st.sampled_from(TEXTS_FIELDS), st.one_of(WORD, st.text(min_size=1, max_size=8)), st.booleans()),
    st.sampled_from(sorted(EXACT_VALUES)).flatmap(lambda name: st.builds(Values, st.just(name), some_of(EXACT_VALUES[name], 6))),
    st.builds(Pattern, st.sampled_from([*TEXTS_FIELDS, *EXACT_FIELDS]),
              st.lists(st.one_of(st.sampled_from(["n", "ta", "g", "1", ".", "]", "\\", "nuoc", *Wild]), st.text(min_size=1, max_size=2)), min_size=1, max_size=5).map(tuple)),
    st.builds(Between, st.sampled_from([*TEXTS_FIELDS, *EXACT_FIELDS]), BOUNDS, BOUNDS, st.booleans(), st.booleans()),
    st.builds(Near, st.sampled_from(["tag", "org", "name"]), st.sampled_from(["tag1", "tgs2", "H1", "H", "d00", "d0177"]), st.sampled_from([1, 2])),
    st.builds(Near, st.sampled_from(TEXTS_FIELDS), st.sampled_from(["nuoc", "sahc", "xa", "budgte", "2025"]), st.sampled_from([1, 2])),
    st.builds(During, st.sampled_from(TIMES), st.one_of(st.none(), MOMENTS), st.one_of(st.none(), MOMENTS))
    .filter(lambda one: one.start is not None or one.end is not None),
    st.builds(Known, st.sampled_from(EXACT_FIELDS)),
)
CONDITIONS = st.recursive(LEAVES, lambda parts: st.one_of(
    st.lists(parts, max_size=3).map(lambda some: AllOf(tuple(some))), st.lists(parts, max_size=3).map(lambda some: AnyOf(tuple(some))), st.builds(Not, parts),
    st.builds(lambda some, least: AnyOf(tuple(some), least), st.lists(parts, min_size=2, max_size=4), st.integers(0, 5)),
), max_leaves=8)


@settings(max_examples=60, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(found=st.one_of(st.none(), CONDITIONS), weights=st.lists(st.builds(Weight, CONDITIONS, st.sampled_from([0.0, 0.5, 1.0, 20.0])), max_size=4), text=TEXTS,
       least=st.one_of(st.none(), st.integers(-1, 4)))
def test_they_find_and_count_the_same_whatever_weighs(both, found, weights, text, least):
    question = Question(text=text, where=found, limit=1000, facets=("org",), least=least)
    tantivy, elastic = asked(both, replace(question, weights=tuple(weights)))
    assert told(tantivy) == told(elastic)
    assert set(ids(tantivy)) == set(ids(elastic)) == set(ids(both[0].ask(question)))


@settings(max_examples=150, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(condition=CONDITIONS)
def test_both_and_a_look_at_every_dataset_agree_on_every_condition(both, looked, condition):
    question = Question(where=condition, limit=1000, facets=("org",))
    tantivy, elastic = asked(both, question)
    assert set(ids(tantivy)) == set(ids(elastic)) == set(ids(looked.ask(question)))
    assert told(tantivy) == told(elastic)


REAL = Dialect(fields={**{name: name for name in TEXTS_FIELDS}, "tags": "tag", "groups": "theme", "organization": "org", "res_format": "format",
                       "metadata_modified": "modified", "metadata_created": "issued", "id": "id"},
               now=datetime(2025, 3, 31, 12, 30, tzinfo=UTC))
WRITTEN = (
    "title:ngân*", "title:nga?", "title:*sach", 'title:"ngân sách"', 'text:"tieu hoc"', "title:(trường OR bệnh)", "+title:danh +text:mục",
    "text:danh -title:mục", "NOT title:danh", "title:danh AND NOT (text:trường OR text:xã)", "text:trường~1", "title:sahc~2", "tags:tag1*",
    "tags:(tag1 OR tag2)", "organization:H1", "-organization:H1", "groups:*", "-groups:*", "res_format:(f1 f2)",
    "metadata_modified:[2024-01-01T00:00:00Z TO *]", "metadata_modified:[NOW-1YEAR/DAY TO NOW]", "metadata_created:{2024-01-01 TO 2024-06-30]",
    "metadata_modified:[NOW-18MONTHS TO NOW-6MONTHS/MONTH}", "title:danh OR (tags:tag3 AND metadata_created:[2024 TO 2025])",
    "((title:a* AND text:b*) OR (NOT title:c* AND text:d*)) -tags:tag4", "text:2025", "*:*", "*:* -title:danh", "id:*1",
    "title:đất OR title:dat", "title:DAN*", "text:(nước AND (sạch OR (thải AND NOT công)))",
)


@pytest.mark.parametrize("written", WRITTEN)
def test_both_and_a_look_at_every_dataset_agree_on_what_clients_of_ckan_write_about_real_titles(both, looked, written):
    condition = read(written, REAL)
    for text in ("", "danh mục"):
        question = Question(text=text, where=condition, limit=1000, facets=("org", "tag"))
        tantivy, elastic = asked(both, question)
        assert told(tantivy) == told(elastic)
        assert set(ids(tantivy)) == set(ids(elastic))
        if not text:
            assert set(ids(tantivy)) == set(ids(looked.ask(question)))
