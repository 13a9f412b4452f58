"""The Index port: what every search engine must do alike, the fake included, and what one that keeps files must do."""

from __future__ import annotations

import os
import random
import re
import signal
import subprocess
import sys
import threading
import unicodedata
from collections import Counter
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from catalog.adapters.index_tantivy import TantivyIndex
from catalog.errors import Invalid, Unavailable
from catalog.lucene import Dialect
from catalog.lucene import read as read_lucene
from catalog.question import FACETS, Document, Question
from tests.fakes_index import FakeIndex


@pytest.fixture(params=["fake", "tantivy", "elastic"])
def index(request, tmp_path):
    if request.param == "elastic":
        made = request.getfixturevalue("elastic").fresh(request.getfixturevalue("elastic_prefix"))
    else:
        made = FakeIndex() if request.param == "fake" else TantivyIndex(tmp_path / "search", writer=True)
        made.rebuild([])
    yield made
    made.close()


def begun(path) -> TantivyIndex:
    made = TantivyIndex(path, writer=True)
    made.rebuild([])
    return made


def doc(key: str, title: str = "", sequence: int = 1, **more) -> Document:
    return Document(id=key, sequence=sequence, slug=key, title={"vi": title or key}, **more)


def ids(answer) -> list[str]:
    return [hit.id for hit in answer.hits]


def asked(index, text: str, **more) -> list[str]:
    return ids(index.ask(Question(text=text, **more)))


SHELF = [
    doc("budget", "Ngân sách nhà nước năm 2025", description={"vi": "Dự toán thu, chi của tỉnh"}, org="H12", themes=("ECON",),
        tags=("ngân sách", "tài chính"), formats=("xlsx",), licence="CC-BY-4.0", standard="vn-budget", years=(2025,),
        since=date(2025, 1, 1), until=date(2025, 12, 31), modified="2025-03-01T00:00:00Z", issued="2025-01-01T00:00:00Z"),
    doc("schools", "Trường học thành phố Đà Nẵng", org="H13", themes=("EDUC",), tags=("giáo dục",), formats=("csv",),
        years=(2024, 2025), since=date(2024, 9, 1), modified="2025-02-01T00:00:00Z", issued="2025-02-01T00:00:00Z"),
    doc("reservoir", "Hồ chứa nước tỉnh Hòa Bình", org="H12", themes=("ENVI",), formats=("csv",), years=(2023,),
        since=date(2023, 1, 1), until=date(2023, 12, 31), modified="2025-01-01T00:00:00Z", issued="2025-03-01T00:00:00Z"),
    doc("people", "Dân số theo xã, phường", org="H12", themes=("SOCI",), formats=("csv", "json"), columns=("mã xã", "số dân"),
        modified="2025-01-01T00:00:00Z", issued="2025-03-01T00:00:00Z"),
    Document(id="japan", sequence=1, slug="japan", title={"ja": "東京都の人口推計", "en": "Population of Tokyo"}, org="J1"),
    doc("secret", "Ngân sách quốc phòng mật", org="H99", tags=("mật",), years=(2025,), audience=("org:H99",)),
]


# --- words ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("text", "found"), [
    ("ngan sach 2025", "budget"), ("Ngân sách 2025", "budget"), ("NGÂN SÁCH", "budget"), ("ngân_sách", "budget"),
    ("da nang", "schools"), ("đà nẵng", "schools"), ("Đà-Nẵng", "schools"),
    ("Hoà Bình", "reservoir"), ("Hòa Bình", "reservoir"), ("hoa binh", "reservoir"),
    ("人口", "japan"), ("東京都の人口", "japan"), ("ｐｏｐｕｌａｔｉｏｎ", "japan"), ("so dan", "people"),
])
def test_words_are_found_with_marks_and_without(index, text, found):
    index.put(SHELF)
    assert asked(index, text)[0] == found
    assert asked(index, unicodedata.normalize("NFD", text))[0] == found


def test_documents_written_in_nfd_are_found(index):
    index.put([doc("a", unicodedata.normalize("NFD", "Bảo hiểm y tế"))])
    assert asked(index, "bảo hiểm") == asked(index, "bao hiem") == ["a"]


def test_marks_that_were_typed_rank_their_word_first_and_keep_the_others(index):
    index.put([doc("cow", "Bò"), doc("ministry", "Bộ"), doc("walk", "Bổ")])
    for text, first in (("bò", "cow"), ("bộ", "ministry"), ("bổ", "walk")):
        found = asked(index, text)
        assert found[0] == first
        assert len(found) == 3


def test_both_words_of_two_are_needed_and_three_of_four(index):
    index.put([doc("a", "quy hoạch đất đai thành phố"), doc("b", "quy hoạch rừng"), doc("c", "đất")])
    assert set(asked(index, "quy hoạch")) == {"a", "b"}
    assert asked(index, "hoạch rừng") == ["b"]
    assert asked(index, "quy hoạch đất mới") == ["a"]


def test_when_no_dataset_has_enough_words_some_are_let_go_and_named(index):
    index.put(SHELF)
    answer = index.ask(Question(text="Ngân sách xyzzy plugh 1987"))
    assert ids(answer) == ["budget"]
    assert answer.dropped == ("xyzzy", "plugh", "1987")


def test_a_word_that_only_the_last_hit_or_the_next_page_holds_is_not_dropped_one_that_is_only_hidden_is(index):
    best = [doc(f"best-{at}", "quy hoạch rừng quy hoạch rừng", modified="2025-01-01") for at in range(8)]
    last = doc("last", "quy hoạch đất " + "và nhiều chữ khác " * 20, description={"vi": "rừng"})
    index.put([*best, last, doc("hidden", "quy hoạch rừng mật", audience=("org:H99",))])
    for limit in (4, 20):
        answer = index.ask(Question(text="quy hoạch rừng đất", limit=limit))
        assert (answer.total, answer.dropped) == (9, ())
        answer = index.ask(Question(text="quy hoạch rừng mật", limit=limit))
        assert (answer.total, answer.dropped) == (9, ("mật",))


def test_of_hits_that_fit_alike_the_newest_comes_first_on_every_page(index):
    days = random.Random(5).sample(range(1, 29), 28)
    index.put(doc(f"d{at:02}", "mực nước hồ", at + 1, modified=f"2025-01-{day:02}T00:00:00+00:00") for at, day in enumerate(days))
    wanted = [f"d{at:02}" for at, _ in sorted(enumerate(days), key=lambda one: -one[1])]
    assert asked(index, "nước", limit=100) == wanted
    assert [one for start in range(0, 28, 5) for one in asked(index, "nước", limit=5, start=start)] == wanted
    found, after = [], ""
    while after or not found:
        answer = index.ask(Question(text="nước", limit=6, after=after))
        found, after = [*found, *ids(answer)], answer.next
    assert found == wanted


def test_of_hits_of_the_same_moment_pages_hold_each_once(index):
    index.put(doc(f"d{at:02}", "nước", at + 1, modified="2025-01-01T00:00:00+00:00", issued="2025-01-01T00:00:00+00:00") for at in range(40))
    for sort in ("modified", "issued"):
        pages = [asked(index, "", sort=sort, limit=7, start=start) for start in range(0, 40, 7)]
        assert [one for page in pages for one in page] == [f"d{at:02}" for at in reversed(range(40))]


LUCENE = Dialect(now=datetime(2025, 1, 1, tzinfo=UTC), fields={"text": "text", "tags": "tag", "name": "name", "title_string": "headline"},
                 member=lambda name: name.removeprefix("extras_"))


@pytest.mark.parametrize(("query", "wanted"), [
    ("tags:[a TO c]", "alpha beta gamma"), ("tags:{apple TO banana}", "beta"), ("tags:[apple TO banana}", "alpha beta"), ("tags:[banana TO apple]", ""),
    ('tags:["cherry pie" TO color]', "beta epsilon"), ('tags:["" TO b]', "alpha beta delta"), ("tags:[a TO *]", "alpha beta gamma delta epsilon zeta"),
    ("name:{a TO c}", "alpha beta"), ("name:[beta TO delta]", "beta delta"), ("name:?eta", "beta zeta"), ("name:*", "alpha beta gamma delta epsilon zeta"),
    ("title_string:[* TO C]", "alpha beta"), ("title_string:[* TO m]", "alpha beta gamma epsilon zeta"), ('title_string:"Alpha river"', "alpha"),
    ("title_string:alpha", ""), ("title_string:*river", "alpha"), ("tags:colour~1", "epsilon"), ("tags:color~", "epsilon"), ("tags:colur~1", "epsilon"),
    ("tags:nuoc", ""), ("tags:nước", "delta"), (r"tags:cherry\ pie", "beta"), ("tags:(apple OR banana)", "alpha gamma"), ("tags:(apple banana)", "alpha gamma"),
    ("tags:(+apple -banana)", ""), ("-tags:apple", "beta gamma delta epsilon zeta"), ("(-tags:apple)", ""), ("text:river AND (-tags:apple)", ""),
    ("*:* -tags:apple", "beta gamma delta epsilon zeta"), ("mykey:val*", "alpha beta gamma delta epsilon zeta"), ('extras_mykey:"val alpha"', "alpha"),
    ("mykey:[val TO *]", "alpha beta gamma delta epsilon zeta"), ('mykey:["val b" TO "val e"}', "beta delta"), ("unheard:x", ""), ("unheard:[1 TO 2]", ""),
    ("text:(lake river)^3", ""), ("text:river^=2", "alpha"), ("text:watr~0.5", ""), ("text:rivr~1", "alpha"),
])
def test_what_solr_finds_by_lucenes_syntax_is_found(index, query, wanted):
    """The answers are those of a true CKAN 2.12 to the same six datasets."""
    six = {"alpha": ("Alpha river", ("apple", "banana")), "beta": ("Beta lake", ("apricot", "cherry pie")), "gamma": ("Gamma forest", ("banana", "zebra")),
           "delta": ("Ông Đồng bằng", ("Apple", "nước")), "epsilon": ("epsilon small", ("colour", "color")), "zeta": ("Zeta", ("mango",))}
    index.put(doc(name, title, at, tags=tags, extras=(f"mykey\x1fval {name}",)) for at, (name, (title, tags)) in enumerate(six.items(), 1))
    found = asked(index, "", where=read_lucene(query, LUCENE))
    assert sorted(found) == sorted(wanted.split())


def test_nothing_but_signs_finds_nothing(index):
    index.put(SHELF)
    assert asked(index, "??? --- !!!") == []
    assert len(asked(index, "   ")) == 5


@pytest.mark.parametrize("text", [
    'title:"x" AND (((((', "*", "a*", "/.*/", "[a TO z]", "-ngân", "+", "\\", '"', "ngân AND", "NOT", "id:budget", "audience:org",
    "{!join}", "'; DROP TABLE x; --", "a" * 200_000, "(" * 5000, "\0", "\ud800", "𝔫𝔤â𝔫", "\u202e", "a b " * 50_000,
], ids=lambda text: ascii(text[:12]))
def test_nothing_typed_is_a_command(index, text):
    index.put(SHELF)
    answer = index.ask(Question(text=text))
    assert "secret" not in ids(answer)
    assert len(answer.hits) <= 5
    assert "Ngân sách quốc phòng mật" not in index.suggest(text)


# --- passages ---------------------------------------------------------------------------------------------------------


def test_who_wants_no_marked_passages_gets_the_same_hits_without_them(index):
    index.put(SHELF)
    asked = {"text": "ngan sach"}
    marked, bare = index.ask(Question(**asked)), index.ask(Question(**asked, marks=False))
    assert [one.id for one in bare.hits] == [one.id for one in marked.hits]
    assert (bool(marked.hits[0].marked), dict(bare.hits[0].marked)) == (True, {})


def test_found_words_are_marked_though_typed_without_marks(index):
    index.put(SHELF)
    hit = index.ask(Question(text="ngan sach")).hits[0]
    assert hit.marked["title.vi"] == "<mark>Ngân sách</mark> nhà nước năm 2025"
    assert hit.marked["tags"] == "<mark>ngân sách</mark>, tài chính"
    assert "description.vi" not in hit.marked


def test_passages_are_escaped_and_cut_around_what_was_found(index):
    long = "mở đầu " * 100 + "<script>alert('dân số')</script> & dân số " + "kết thúc " * 100
    index.put([doc("a", "<b>Dân</b>", description={"vi": long})])
    marked = index.ask(Question(text="dan so")).hits[0].marked
    assert marked["title.vi"] == "&lt;b&gt;<mark>Dân</mark>&lt;/b&gt;"
    passage = marked["description.vi"]
    assert passage.startswith("…")
    assert passage.endswith("…")
    assert "<mark>dân số</mark>" in passage
    assert "<script" not in passage
    assert len(re.sub("<[^>]*>", "", passage)) < 320


def test_cjk_words_are_marked_within_their_run(index):
    index.put(SHELF)
    assert index.ask(Question(text="人口")).hits[0].marked["title.ja"] == "東京都の<mark>人口</mark>推計"


# --- filters and facets -----------------------------------------------------------------------------------------------


def test_values_of_one_facet_widen_and_of_two_narrow(index):
    index.put(SHELF)
    assert set(asked(index, "", filters={"org": ("H13", "J1")})) == {"schools", "japan"}
    assert asked(index, "", filters={"org": ("H12",), "format": ("json",)}) == ["people"]
    assert asked(index, "", filters={"tag": ("ngân sách",), "year": ("2025",)}) == ["budget"]
    assert asked(index, "", filters={"tag": ("ngan sach",)}) == []


DIALECT = Dialect(now=datetime(2025, 3, 1, 12, tzinfo=UTC), fields={
    name: name for name in ("text", "title", "org", "theme", "tag", "format", "licence", "standard", "year", "modified", "issued", "id")})


@pytest.mark.parametrize(("query", "found"), [
    ("org:H12", "budget people reservoir"), ("org:(H12 OR H13) AND -format:csv", "budget"), ("-org:H12", "japan schools"), ("org:h12", ""),
    ("title:nước", "budget reservoir"), ("title:nuoc", "budget reservoir"), ("title:(nước -ngân)", "reservoir"), ("title:dự", ""), ("dự", "budget"),
    ('"ngân sách nhà nước"', "budget"), ('"nhà ngân sách"', ""), ('"nhà ngân sách"~2', "budget"), ("sách OR 2025", "budget"),
    ("title:ng*", "budget"), ("title:*oc", "budget reservoir schools"), ("title:d?n", "people"), ("人*", "japan"), ("title:*", "budget japan people reservoir schools"),
    ("tag:tài*", "budget"), ("tag:T*", ""), (r"tag:ngân\ sách", "budget"), ('tag:"ngân sách"', "budget"), ("tag:*s?ch", "budget"), ("tag:ng.n*", ""),
    ("tag:[* TO *]", "budget schools"), ("-tag:*", "japan people reservoir"), ("id:sch*", "schools"), ("id:*", "budget japan people reservoir schools"),
    ("nuco~1 AND chua", "reservoir"), ("title:resrvoir~", ""), ("populaiton~1", "japan"), ("poplaiton~2", "japan"), ("poplaiton~1", ""), ("year:202?", "budget reservoir schools"),
    ("modified:[2025-02 TO *]", "budget schools"), ("modified:[2025-02-01T00:00:00Z TO NOW/DAY}", "schools"),
    ("modified:{2025-02-01T00:00:00Z TO NOW]", "budget"), ("issued:[* TO 2025-02-01]", "budget japan schools"), ("modified:2025-01", "people reservoir"),
    ("modified:[0001 TO 9998]", "budget people reservoir schools"), ("anything:x", ""), ("-anything:x AND org:J1", "japan"), ("org:H99 OR tag:mật", ""),
])
def test_conditions_cut_what_is_found_and_show_nothing_more_than_may_be_seen(index, query, found):
    index.put(SHELF)
    where = read_lucene(query, DIALECT)
    answer = index.ask(Question(where=where, facets=("org",)))
    assert sorted(ids(answer)) == found.split()
    assert answer.total == sum(value.count for value in answer.facets["org"]) == len(found.split())


def test_conditions_and_words_hold_together_and_bind_the_next_page(index):
    index.put(SHELF)
    where = read_lucene("org:H12", DIALECT)
    asked_so = Question(text="nước", where=where, limit=1)
    first = index.ask(asked_so)
    then = index.ask(replace(asked_so, after=first.next))
    assert {*ids(first), *ids(then)} == {"budget", "reservoir"}
    with pytest.raises(Invalid):
        index.ask(replace(asked_so, where=None, after=first.next))


@pytest.mark.parametrize(("since", "until", "found"), [
    (date(2025, 1, 1), None, {"budget", "schools"}), (None, date(2023, 6, 1), {"reservoir"}),
    (date(2023, 12, 31), date(2024, 9, 1), {"reservoir", "schools"}), (date(2022, 1, 1), date(2022, 12, 31), set()),
    (None, date(9999, 12, 31), {"budget", "schools", "reservoir"}),
])
def test_time_cuts_by_overlap_and_leaves_out_what_states_none(index, since, until, found):
    index.put(SHELF)
    assert set(asked(index, "", since=since, until=until)) == found


def counts(values) -> dict[str, int]:
    return {one.value: one.count for one in values}


def test_a_facet_is_counted_without_its_own_filter(index):
    index.put(SHELF)
    answer = index.ask(Question(filters={"org": ("H12",), "format": ("csv",)}))
    assert counts(answer.facets["org"]) == {"H12": 2, "H13": 1}
    assert counts(answer.facets["format"]) == {"csv": 2, "json": 1, "xlsx": 1}
    assert counts(answer.facets["theme"]) == {"ENVI": 1, "SOCI": 1}
    assert list(answer.facets["licence"]) == []


def test_a_chosen_value_stays_in_its_facet_though_nothing_has_it(index):
    index.put(SHELF)
    facet = index.ask(Question(filters={"tag": ("mật", "giáo dục")}, facet_size=1)).facets["tag"]
    assert [(one.value, one.count) for one in facet] == [("giáo dục", 1), ("mật", 0)]


def test_only_the_facets_asked_for_are_counted(index):
    index.put(SHELF)
    assert set(index.ask(Question(facets=("org",))).facets) == {"org"}
    assert index.ask(Question(facets=(), limit=0)).total == 5


def test_facet_counts_are_those_of_looking_at_every_document(index):
    chance = random.Random(7)
    every = [random_document(chance, number) for number in range(400)]
    index.put(every[:250])
    index.put(every[250:])
    index.drop([(one.id, 9999) for one in every[:40]])
    oracle = FakeIndex()
    oracle.put(every[40:])
    for _ in range(40):
        question = random_question(chance)
        answer, expected = index.ask(question), oracle.ask(question)
        assert answer.total == expected.total
        assert {name: list(answer.facets[name]) for name in FACETS} == {name: list(expected.facets[name]) for name in FACETS}


WORDS = ["ngân", "sách", "dân", "số", "trường", "học", "đất", "đai", "y", "tế", "giao", "thông", "môi", "trường", "lao", "động"]


def random_document(chance: random.Random, number: int) -> Document:
    def some(prefix: str, of: int, most: int) -> tuple[str, ...]:
        return tuple(f"{prefix}{chance.randrange(of)}" for _ in range(chance.randint(0, most)))

    start = date(chance.randint(2000, 2025), 1, 1)
    return doc(f"d{number:03}", " ".join(chance.choices(WORDS, k=3)), number + 1, org=f"H{chance.randrange(8)}",
               themes=some("T", 5, 2), tags=some("tag", 30, 4), formats=some("f", 4, 2), licence=chance.choice(["", "a", "b"]),
               standard=chance.choice(["", "s"]), years=(start.year,), since=chance.choice([None, start]),
               until=chance.choice([None, date(start.year + 1, 1, 1)]), modified=f"2025-{chance.randint(1, 12):02}-01T00:00:00Z",
               audience=chance.choice([("public",), ("public",), ("org:H1",), ("org:H2", "person:p")]))


def random_question(chance: random.Random) -> Question:
    choices = {"org": "H", "theme": "T", "tag": "tag", "format": "f"}
    names = chance.sample(sorted(choices), chance.randint(0, 3))
    return Question(text=" ".join(chance.choices(WORDS, k=chance.randint(0, 3))), facet_size=50,
                    filters={name: tuple({f"{choices[name]}{chance.randrange(5)}" for _ in range(2)}) for name in names},
                    since=chance.choice([None, date(2010, 1, 1)]), audience=chance.choice([("public",), ("public", "org:H1"), ("person:p",)]))


# --- order and pages --------------------------------------------------------------------------------------------------


def test_orders_by_change_by_issue_and_by_title_in_the_vietnamese_alphabet(index):
    index.put(SHELF[:4])
    assert asked(index, "", sort="modified") == ["budget", "schools", "reservoir", "people"]
    assert asked(index, "", sort="issued") == ["reservoir", "people", "schools", "budget"]
    index.put([doc("e", "Êtô"), doc("d", "Đất", 2), doc("a", "Ăn")])
    assert asked(index, "", sort="title") == ["a", "people", "d", "e", "reservoir", "budget", "schools"]


def test_without_words_the_latest_comes_first(index):
    index.put(SHELF[:3])
    assert asked(index, "") == ["budget", "schools", "reservoir"]


def pages(index, question: Question) -> list[str]:
    seen, answer = [], index.ask(question)
    while True:
        seen += ids(answer)
        if not answer.next:
            return seen
        answer = index.ask(replace(question, after=answer.next))


@pytest.mark.parametrize("sort", ["relevance", "modified", "issued", "title"])
@pytest.mark.parametrize("text", ["", "học"])
def test_pages_hold_every_hit_once_and_in_order(index, sort, text):
    chance = random.Random(3)
    index.put(replace(random_document(chance, number), audience=("public",)) for number in range(150))
    question = Question(text=text, sort=sort, limit=2 if text else 7)
    whole = index.ask(replace(question, limit=1000))
    seen = pages(index, question)
    assert seen == ids(whole)
    assert len(set(seen)) == whole.total > 4


@pytest.mark.parametrize("sort", ["modified", "title"])
def test_pages_go_on_rightly_when_datasets_come_and_go_in_between(index, sort):
    chance = random.Random(5)
    every = [replace(random_document(chance, number), audience=("public",)) for number in range(60)]
    index.put(every)
    question = Question(sort=sort, limit=20)
    first = index.ask(question)
    order = ids(index.ask(replace(question, limit=60)))
    index.put([doc("new", "A a", 999, modified="2099-01-01T00:00:00Z")])
    index.drop([(order[3], 999), (order[10], 999)])
    second = index.ask(replace(question, after=first.next))
    assert ids(second) == order[20:40]
    index.drop([(order[39], 1000)])
    assert ids(index.ask(replace(question, after=second.next))) == order[40:]


def test_a_page_by_relevance_goes_on_when_datasets_come_and_go(index):
    index.put([doc(f"d{number:02}", "dân số " * (1 + number % 5) + f"xã {number}") for number in range(40)])
    question = Question(text="dan so", limit=10)
    first = index.ask(question)
    order = ids(index.ask(replace(question, limit=40)))
    index.drop([(order[2], 9), (order[9], 9)])
    second = ids(index.ask(replace(question, after=first.next)))
    assert len(second) == 10
    assert not set(second) & set(order[:9])


@pytest.mark.parametrize("sort", ["relevance", "modified", "title"])
def test_a_first_page_may_begin_behind_some_hits_and_pages_go_on_from_there(index, sort):
    index.put(doc(f"d{number:02}", f"nước {number:02}", number + 1, modified=f"2025-01-{number + 1:02}") for number in range(12))
    every = asked(index, "nước", sort=sort)
    first = index.ask(Question(text="nước", sort=sort, start=5, limit=3))
    assert (ids(first), first.total) == (every[5:8], 12)
    then = index.ask(Question(text="nước", sort=sort, limit=3, after=first.next))
    assert ids(then) == every[8:11]
    last = index.ask(Question(text="nước", sort=sort, start=10, limit=3))
    assert (ids(last), last.next) == (every[10:], "")
    for start in (12, 13, 9_999):
        behind = index.ask(Question(text="nước", sort=sort, start=start, facets=("year",)))
        assert (ids(behind), behind.next, behind.total) == ([], "", 12)


def test_a_page_behind_the_last_is_empty(index):
    index.put(SHELF)
    question = Question(limit=2)
    after = index.ask(question).next
    index.drop((one.id, 99) for one in SHELF)
    assert list(index.ask(replace(question, after=after)).hits) == []


def test_a_forged_cursor_is_refused(index):
    for after in ("x", "W10", "A" * 9999):
        with pytest.raises(Invalid, match="cursor"):
            index.ask(Question(after=after))


# --- who may see what -------------------------------------------------------------------------------------------------


def test_what_one_may_not_see_leaves_no_trace(index):
    index.put(SHELF)
    answer = index.ask(Question(text="mật"))
    assert (answer.total, answer.dropped) == (0, ("mật",))
    everything = index.ask(Question())
    assert "H99" not in counts(everything.facets["org"])
    assert "mật" not in counts(everything.facets["tag"])
    assert index.ask(Question(filters={"org": ("H99",)})).total == 0
    assert list(index.suggest("ngân sách quốc")) == []
    assert index.ask(Question(text="quoc phogn")).suggestion == ""


def test_those_who_may_see_it_find_it(index):
    index.put(SHELF)
    answer = index.ask(Question(text="quoc phogn", audience=("public", "org:H99")))
    assert answer.suggestion == "quốc phòng"
    assert asked(index, "mật", audience=("org:H99",)) == ["secret"]


def test_without_an_audience_nothing_is_seen(index):
    index.put(SHELF)
    assert index.ask(Question(audience=())).total == 0


def test_a_dataset_made_private_is_gone_from_everything(index):
    index.put(SHELF)
    index.put([replace(SHELF[0], sequence=2, audience=("org:H12",))])
    assert "budget" not in asked(index, "ngân sách")
    assert list(index.suggest("ngân")) == []
    assert index.ask(Question(text="ngna sach")).suggestion == ""


# --- spellings --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("typed", "better"), [
    ("ngna sach", "ngân sách"), ("ngân sáhc", "ngân sách"), ("trưng hoc", "trường học"), ("ngansach", "ngân sách"),
    ("da nnag", "đà nẵng"), ("populatoin", "population"), ("hoa bnh", "hòa bình"), ("xgan sach", "ngân sách"),
])
def test_slips_get_a_better_spelling_as_datasets_write_it(index, typed, better):
    index.put([one for one in SHELF if one.id != "people"])
    assert index.ask(Question(text=typed)).suggestion == better


def test_what_is_found_needs_no_other_spelling(index):
    index.put(SHELF)
    assert index.ask(Question(text="ngan sach")).suggestion == ""
    assert index.ask(Question(text="zzzzqqqq")).suggestion == ""


def test_titles_are_offered_while_typing(index):
    index.put(SHELF)
    assert list(index.suggest("ng")) == ["Ngân sách nhà nước năm 2025"]
    assert list(index.suggest("trường h")) == ["Trường học thành phố Đà Nẵng"]
    assert list(index.suggest("hoc thanh")) == ["Trường học thành phố Đà Nẵng"]
    assert list(index.suggest("人口")) == ["東京都の人口推計"]
    assert list(index.suggest("zz")) == list(index.suggest("")) == list(index.suggest("?!")) == []
    assert len(index.suggest("n", limit=1)) == 1


# --- changes ----------------------------------------------------------------------------------------------------------


def test_an_older_document_never_wins(index):
    index.put([doc("a", "mới", 5)])
    index.put([doc("a", "cũ", 4)])
    assert asked(index, "mới") == ["a"]
    index.put([doc("a", "thứ ba", 7), doc("a", "thứ hai", 6)])
    assert asked(index, "thứ ba") == ["a"]
    assert index.count() == 1


def test_the_same_sequence_again_replaces(index):
    index.put([doc("a", "xuân", 5)])
    index.put([doc("a", "thu", 5)])
    assert asked(index, "thu") == ["a"]
    assert index.count() == 1


def test_a_dropped_dataset_stays_away_until_something_newer(index):
    index.put([doc("a", "xuân", 5)])
    index.drop([("a", 6), ("unknown", 6)])
    index.put([doc("a", "xuân", 5), doc("unknown", "xuân", 1)])
    assert (index.count(), asked(index, "xuân"), index.ask(Question()).total) == (0, [], 0)
    index.drop([("a", 3)])
    index.put([doc("a", "xuân", 8)])
    assert asked(index, "xuân") == ["a"]
    index.drop([("a", 7)])
    assert asked(index, "xuân") == ["a"]


def test_a_rebuild_leaves_only_what_it_was_given(index):
    index.put(SHELF)
    assert index.rebuild([doc("a", "xuân"), doc("b", "hạ")]) == 2
    assert set(asked(index, "")) == {"a", "b"}
    assert index.rebuild([]) == 0
    index.put([doc("a", "xuân")])
    assert index.count() == 1


def test_a_rebuild_that_fails_changes_nothing(index):
    index.put(SHELF)

    def failing():
        yield doc("x")
        raise OSError("disk")

    with pytest.raises(OSError, match="disk"):
        index.rebuild(failing())
    assert index.count() == len(SHELF)


def test_texts_of_every_kind_can_be_held(index):
    odd = doc("odd", "\ud800\0 tên", description={"vi": "x" * 300_000, "zz": "y " * 50_000}, tags=("t" * 70_000, "\udfff"),
              columns=tuple(f"cột {number}" for number in range(5000)), modified="\0")
    index.put([odd, doc("b", "")])
    assert asked(index, "ten") == ["odd"]
    assert index.ask(Question()).total == 2


# --- an index in a folder ---------------------------------------------------------------------------------------------


def failing_after(one: Document):
    yield one
    raise OSError("disk")


def test_a_put_that_fails_changes_nothing_of_an_index_on_disk(tmp_path):
    index = begun(tmp_path)
    index.put([doc("a")])
    with pytest.raises(OSError, match="disk"):
        index.put(failing_after(doc("b")))
    assert asked(index, "") == ["a"]
    index.put([doc("c")])
    assert index.count() == 2


def test_a_rebuild_that_fails_leaves_no_folder_behind(tmp_path):
    index = TantivyIndex(tmp_path)
    with pytest.raises(OSError, match="disk"):
        index.rebuild(failing_after(doc("b")))
    assert [path for path in tmp_path.iterdir() if path.is_dir()] == []


def test_another_reader_sees_a_commit_with_its_next_question(tmp_path):
    writer, reader = TantivyIndex(tmp_path, writer=True), TantivyIndex(tmp_path, writer=False)
    assert reader.ask(Question()).degraded
    writer.rebuild([doc("a")])
    assert asked(reader, "") == ["a"]
    writer.put([doc("b")])
    assert set(asked(reader, "")) == {"a", "b"}
    writer.rebuild([doc("c")])
    assert asked(reader, "") == ["c"]
    assert len([path for path in tmp_path.iterdir() if path.is_dir()]) == 1


def test_nothing_is_put_where_there_is_no_index(tmp_path):
    index = TantivyIndex(tmp_path)
    for write in (lambda: index.put([doc("a")]), lambda: index.drop([("a", 1)]), index.check):
        with pytest.raises(Unavailable, match="search-missing"):
            write()


def test_a_reader_may_not_write(tmp_path):
    reader = TantivyIndex(tmp_path, writer=False)
    for write in (lambda: reader.put([]), lambda: reader.drop([]), lambda: reader.rebuild([])):
        with pytest.raises(Unavailable, match="search-read-only"):
            write()


def test_a_second_writer_is_refused_while_the_first_one_writes(tmp_path):
    first, second = begun(tmp_path), TantivyIndex(tmp_path, writer=True, patience=0.05)
    refused = []

    def slow():
        yield doc("a")
        try:
            second.put([doc("b")])
        except Unavailable as refusal:
            refused.append(refusal.code)

    first.put(slow())
    assert refused == ["search-busy"]
    second.put([doc("b")])
    assert first.count() == 2


def test_reading_and_writing_go_on_while_the_index_is_rebuilt(tmp_path):
    index, other = begun(tmp_path), TantivyIndex(tmp_path, writer=True)
    index.put([doc("a", "cũ", 1), doc("gone", "cũ", 2)])

    def while_building():
        yield doc("a", "mới", 1)
        assert asked(other, "cũ")
        assert not asked(other, "mới")
        other.put([doc("late", "đến muộn", 3)])
        other.drop([("gone", 4)])
        yield doc("gone", "cũ", 2)
        yield doc("b", "mới", 2)

    assert index.rebuild(while_building()) == 3
    assert set(asked(other, "")) == {"a", "late", "b"}


def test_many_readers_never_see_an_index_half_built(tmp_path):
    index, reader = TantivyIndex(tmp_path, writer=True), TantivyIndex(tmp_path, writer=False)
    index.rebuild([doc(f"d{number}") for number in range(50)])
    seen: Counter = Counter()
    stop = threading.Event()

    def read():
        while not stop.is_set():
            answer = reader.ask(Question(facets=("org",)))
            seen[answer.total, answer.degraded] += 1

    threads = [threading.Thread(target=read) for _ in range(3)]
    for thread in threads:
        thread.start()
    for _ in range(8):
        index.rebuild([doc(f"d{number}") for number in range(50)])
    stop.set()
    for thread in threads:
        thread.join()
    assert set(seen) == {(50, False)}


@pytest.mark.parametrize("harm", ["pointer", "meta.json", "*.term", "*.idx", "folder"])
def test_a_damaged_index_answers_empty_says_so_and_can_be_rebuilt(tmp_path, harm):
    writer = begun(tmp_path / "search")
    writer.put(SHELF)
    folder = next(path for path in (tmp_path / "search").iterdir() if path.is_dir())
    if harm == "pointer":
        (tmp_path / "search" / "current.json").write_text("{")
    elif harm == "folder":
        folder.rename(tmp_path / "elsewhere")
    else:
        for path in folder.glob(harm):
            path.write_bytes(b"\x00garbage")
    fresh = TantivyIndex(tmp_path / "search", writer=True)
    assert fresh.ask(Question(text="ngân sách")).degraded
    assert list(fresh.suggest("ng")) == []
    for verb in (fresh.check, fresh.count, lambda: fresh.put(SHELF)):
        with pytest.raises(Unavailable, match="search-damaged"):
            verb()
    fresh.rebuild(SHELF)
    fresh.check()
    assert asked(fresh, "ngân sách") == ["budget"]


def test_a_part_that_is_read_late_is_missed_by_the_check(tmp_path):
    writer = begun(tmp_path)
    writer.put(SHELF)
    for path in tmp_path.glob("*/*.pos"):
        path.unlink()
    fresh = TantivyIndex(tmp_path)
    with pytest.raises(Unavailable, match="search-damaged"):
        fresh.check()
    assert fresh.ask(Question(text="ngân sách")).degraded


def test_an_index_of_another_format_is_not_read(tmp_path):
    index = begun(tmp_path)
    index.put(SHELF)
    pointer = tmp_path / "current.json"
    pointer.write_text(pointer.read_text().replace('"format": ', '"format": 99'))
    with pytest.raises(Unavailable, match="search-outdated"):
        index.check()
    assert index.ask(Question()).degraded


WRITE_FOREVER = """
import sys
from catalog.adapters.index_tantivy import TantivyIndex
from catalog.question import Document
index = TantivyIndex(sys.argv[1], writer=True)
first = int(sys.argv[2])
for number in range(first, first + 10_000):
    index.put([Document(id=f"{number}-{part}", sequence=number + 1, slug="x", title={"vi": "x"}) for part in range(3)])
    sys.stdout.write(f"{number}\\n")
    sys.stdout.flush()
"""


def test_a_writer_that_is_killed_loses_nothing_it_has_acknowledged(tmp_path):
    index = begun(tmp_path)
    acknowledged: set[str] = set()
    for wait_for in (3, 7, 12):
        child = subprocess.Popen([sys.executable, "-c", WRITE_FOREVER, str(tmp_path), str(wait_for * 1000)], stdout=subprocess.PIPE,
                                 text=True, env={**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)})
        lines = [child.stdout.readline() for _ in range(wait_for)]
        child.send_signal(signal.SIGKILL)
        lines += [line for line in child.stdout.read().splitlines(keepends=True) if line.endswith("\n")]
        child.wait()
        acknowledged |= {f"{int(line)}-{part}" for line in lines for part in range(3)}
        held = set(asked(index, "", limit=100_000))
        assert acknowledged <= held
        assert len(held) % 3 == 0
        index.put([doc("after", sequence=10**6)])
        index.drop([("after", 10**6)])
    assert len(acknowledged) >= 66
