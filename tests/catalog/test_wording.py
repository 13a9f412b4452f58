"""Words of questions and datasets are cut, marked and respelt alike for every engine."""

from __future__ import annotations

import pytest

from catalog.question import Document
from catalog.wording import Terms, as_typed, as_written, bag, mark, spellings, splits, terms


@pytest.mark.parametrize(("words", "least"), [(0, (0, 0, 0)), (1, (1, 1, 1)), (2, (2, 1, 1)), (3, (3, 2, 1)), (4, (3, 2, 1)), (8, (6, 4, 1))])
def test_short_questions_need_every_word_and_long_ones_most(words, least):
    asked = Terms(folded=tuple(map(str, range(words))))
    assert tuple(asked.least(relaxed) for relaxed in range(3)) == least


def test_marks_count_only_where_they_were_typed():
    assert terms("ngan sach").words == ()
    assert terms("Ngân sach").words == ("ngân", "sach")
    assert terms("Ngân sách").folded == terms("ngan SACH").folded == ("ngan", "sach")
    assert terms("ngân sách ngân sách").pairs == ("ngan_sach", "sach_ngan")


def test_a_dataset_is_one_bag_in_which_pairs_end_with_each_text():
    have = bag(Document(id="a", sequence=1, slug="so-lieu", title={"vi": "Dân số"}, tags=("Xã", "人口推計"), columns=("x" * 500,)))
    assert have.words == ("dân", "số", "xã", "人口", "口推", "推計", "so", "lieu")
    assert have.folded == ("dan", "so", "xa", "人口", "口推", "推計", "so", "lieu")
    assert have.pairs == ("dan_so", "so_lieu")
    assert have.title == ("dan", "so")


@pytest.mark.parametrize(("text", "wanted", "marked"), [
    ("Ngân sách, ngân hàng", {"ngan", "sach"}, "<mark>Ngân sách</mark>, <mark>ngân</mark> hàng"),
    ("a <i>b</i> & c", {"b"}, "a &lt;i&gt;<mark>b</mark>&lt;/i&gt; &amp; c"),
    ("nothing here", {"x"}, ""),
    ("東京都の人口推計", {"人口", "口推"}, "東京都の<mark>人口推</mark>計"),
    ("İstanbul ngân sách", {"ngan"}, "İstanbul <mark>ngân</mark> sách"),
    ("ngân_sách", {"sach"}, "ngân_<mark>sách</mark>"),
    ("A-a_a, ba ab a", {"a"}, "<mark>A</mark>-<mark>a</mark>_<mark>a</mark>, ba ab <mark>a</mark>"),
    ("Привет a-ba a", {"a"}, "Привет <mark>a</mark>-ba <mark>a</mark>"),
    ("Nga\u0302n", {"ngan"}, "<mark>Ngân</mark>"),
    ("a\0<b> \udfff\0ngân & c", {"ngan"}, "a&lt;b&gt; <mark>ngân</mark> &amp; c"),
    ("", {"x"}, ""),
])
def test_found_words_are_marked_where_they_stand(text, wanted, marked):
    assert mark(text, frozenset(wanted)) == marked


def test_a_passage_is_cut_at_words_around_most_of_what_was_found():
    text = "dân " + "x " * 200 + "dân số tỉnh " + "y " * 200
    passage = mark(text, frozenset({"dan", "so", "tinh"}), 100)
    assert "<mark>dân số tỉnh</mark>" in passage
    assert passage.startswith("…x ")
    assert passage.endswith(" y…")


def test_one_slip_away_lie_all_four_kinds_of_slip():
    near = set(spellings("sach"))
    assert {"sahc", "sac", "sacha", "sech", "xach"} <= near
    assert "sach" not in near
    assert set(spellings("人口")) == set(spellings("x" * 30)) == set()


def test_words_typed_together_are_read_apart():
    assert ("ngan", "sach") in set(splits("ngansach"))
    assert list(splits("人口")) == []


def test_words_are_given_as_datasets_write_them_and_as_readers_typed_them():
    assert as_written(["ngan", "sach"], ["Dự toán Ngân sách 2025"]) == "ngân sách"
    assert as_written(["sach", "ngan"], ["Dự toán Ngân sách 2025"]) == ""
    assert as_typed("Đà XYZ", ["xyz", "da"]) == ["XYZ", "Đà"]
