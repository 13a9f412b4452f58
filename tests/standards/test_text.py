"""Words out of text: one folding for search and checks."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from standards import text


@pytest.mark.parametrize(
    ("given_text", "folded"),
    [
        ("Ngân sách Nhà nước", "ngan sach nha nuoc"),
        ("ĐẶC KHU Lý Sơn", "dac khu ly son"),
        (unicodedata.normalize("NFD", "Đường Ươm"), "duong uom"),
        ("公共施設 ガス", "公共施設 ガス"),
        ("ＡＥＤ１２", "aed12"),
        ("한국", "한국"),
        ("ประเทศไทย ที่", "ประเทศไทย ที่"),
        ("", ""),
    ],
)
def test_folding_drops_latin_marks_and_keeps_other_scripts(given_text, folded):
    assert text.fold(given_text) == folded


@given(st.text(alphabet=st.sampled_from("aăâbcdđeêhiklmnoôơpqrstuưvxyấếộữỷĐẮ 01.,-人口ガ")))
def test_folding_keeps_offsets_and_is_idempotent(sample):
    folded = text.fold(sample)
    assert len(folded) == len(text.nfc(sample))
    assert text.fold(folded) == folded
    assert text.fold(unicodedata.normalize("NFD", sample)) == folded


@pytest.mark.parametrize(
    ("one", "other"),
    [("Hoà", "Hòa"), ("thuỷ", "thủy"), ("Khoẻ", "Khỏe"), ("Xã Thuỵ Hoà", "Xã Thụy Hòa"), ("QUÝ", "quý")],
)
def test_the_place_of_a_tone_does_not_matter(one, other):
    assert text.tone_key(one) == text.tone_key(other)
    assert text.tone_key(unicodedata.normalize("NFD", one)) == text.tone_key(other)


def test_different_tones_stay_different_and_closed_syllables_are_left_alone():
    assert text.tone_key("Hoà") != text.tone_key("Hoá")
    assert text.tone_key("Hoàng") == "hoàng"
    assert text.tone_key("Quỳnh") == "quỳnh"


@pytest.mark.parametrize(
    ("one", "key"),
    [
        ("Thành phố Hòa Bình", "hoà bình"),
        ("TP. Hoà Bình", "hoà bình"),
        ("TP Hoà Bình", "hoà bình"),
        ("T. Hà Giang", "hà giang"),
        ("Tỉnh  Hà Giang ", "hà giang"),
        ("Phường 1", "1"),
        ("P.1", "1"),
        ("Thị trấn Tân Hoà", "tân hoà"),
        ("Đặc khu Côn Đảo", "côn đảo"),
        ("Xã Phường Xã", "phường xã"),
        ("Xã", "xã"),
        ("Bà Rịa - Vũng Tàu", "bà rịa vũng tàu"),
        ("Bà Rịa-Vũng Tàu", "bà rịa vũng tàu"),
        ("Thanh Hoá", "thanh hoá"),
        ("Tân Phú", "tân phú"),
    ],
)
def test_a_name_is_what_remains_without_its_type_word(one, key):
    assert text.name_key(one) == key


def test_a_name_typed_without_marks_has_the_same_bare_key():
    assert text.bare_name_key("Thanh pho Hoa Binh") == text.bare_name_key("TP. Hoà Bình") == "hoa binh"


def test_vietnamese_order_puts_each_letter_in_its_place_and_tones_last():
    ordered = [
        "An",
        "Ăn",
        "Ân",
        "Dung",
        "Đông",
        "Em",
        "Êm",
        "La",
        "Là",
        "Lả",
        "Lã",
        "Lá",
        "Lạ",
        "Lan",
        "Ơn",
        "Uyên",
        "Ưng",
    ]
    assert sorted(sorted(ordered), key=text.collation_key) == ordered


def test_words_keep_marks_and_shingles_add_pairs():
    assert text.words("Ngân sách Hoà Bình 2025") == ["ngân", "sách", "hoà", "bình", "2025"]
    assert text.shingles("Ngân sách 2025") == ["ngan", "sach", "2025", "ngan_sach", "sach_2025"]


def test_cjk_runs_become_bigrams_and_never_pair_with_latin_words():
    assert text.syllables("人口統計 Tokyo 県") == ["人口", "口統", "統計", "tokyo", "県"]
    assert text.shingles("人口 dân số 県") == ["人口", "dan", "so", "県", "dan_so"]


def test_codes_are_cut_at_their_dots_and_underscores():
    assert text.syllables("H01.12 commune_code") == ["h01", "12", "commune", "code"]


def test_every_invisible_character_is_named_and_removed():
    assert text.invisible_in("a\u200bb\u00a0c\u200b") == ("zero width space", "no-break space")
    assert text.without_invisible("Hà\u00a0Nội\u200b\ufeff") == "Hà Nội"
    assert text.invisible_in("tab\there\nline") == ()


def test_tcvn3_is_seen_by_three_signs_and_reads_well_afterwards():
    column = ["Thµnh phè Hµ Néi", "TØnh Hµ Giang", "QuËn Ba §×nh", "Ph­êng Tróc B¹ch"]
    assert text.is_tcvn3(column)
    assert [text.decode_tcvn3(cell) for cell in column] == [
        "Thành phố Hà Nội", "Tỉnh Hà Giang", "Quận Ba Đình", "Phường Trúc Bạch",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "column",
    [
        ["Thành phố Hà Nội", "Đắk Lắk"],
        ["© 2025 Datamo", "® Sony", "5 µg"],
        ["Straße", "Grüße", "Fußgänger"],
        ["Málaga", "Çanakkale", "año"],
        ["µ", "¸", "¶", "·"],
    ],
)
def test_ordinary_text_is_not_taken_for_tcvn3(column):
    assert not text.is_tcvn3(column)


def test_the_tcvn3_map_is_one_to_one_and_covers_the_small_letters():
    assert len(text.TCVN3) == len(set(text.TCVN3.values())) == 90
    assert all(ord(sign) > 0xA0 for sign in text.TCVN3)
