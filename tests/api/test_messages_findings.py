"""Every finding has words in both languages: where, what was found, what is expected, how to go on."""

from __future__ import annotations

import inspect
import string

import pytest
from frictionless import errors

from api.messages import LANGUAGES, findings, frictionless, reasons
from api.messages.findings import why
from pipelines.steps.validate import run
from pipelines.validation.findings import params_of
from standards.finding import Finding, Place
from standards.registry import CHECKS
from tests.pipelines.tables import parcel

TYPES = sorted({one.type for _, one in inspect.getmembers(errors, inspect.isclass) if hasattr(one, "type")})
ALL = {
    **{check.CODE: check.SENTENCES for check in CHECKS},
    **frictionless.SENTENCES,
    **{code: {"": words} for code, words in reasons.SENTENCES.items() if code not in {"no-rows", "extra-cell", "missing-cell"}},
}


def test_all_types_of_frictionless_have_titles_and_sentences():
    assert len(TYPES) == 61
    assert set(frictionless.SENTENCES) == set(frictionless.TITLES) == set(TYPES)


@pytest.mark.parametrize("code", ALL)
def test_a_kind_has_every_sentence_in_both_languages_and_they_are_different(code):
    for wording in ALL[code].values():
        assert wording.keys() == set(LANGUAGES)
        assert wording["vi"] != wording["en"]


@pytest.mark.parametrize("code", ALL)
def test_both_languages_say_the_same_params(code):
    def names(text):
        return {name for _, name, _, _ in string.Formatter().parse(text) if name}

    for wording in ALL[code].values():
        assert names(wording["vi"]) == names(wording["en"])


@pytest.mark.parametrize("code", [*TYPES, *(check.CODE for check in CHECKS), *findings.TITLES])
def test_a_kind_has_a_title_in_both_languages(code):
    assert findings.title(code, "vi") != code
    assert findings.title(code, "en") not in {code, findings.title(code, "vi")}


def test_no_sentence_begs_apologises_or_shouts():
    """Tone: calm, exact, blames nobody."""
    for wording in (one for variants in ALL.values() for one in variants.values()):
        for words in ("vui lòng", "rất tiếc", "không hợp lệ", "!", "invalid", "failed", "sorry", "please"):
            assert words not in (wording["vi"] + wording["en"]).lower()


def test_constraint_and_type_variants_cover_what_frictionless_can_say():
    constraints = {
        "required",
        "minLength",
        "maxLength",
        "pattern",
        "enum",
        "minimum",
        "maximum",
        "exclusiveMinimum",
        "exclusiveMaximum",
    }
    assert constraints <= set(frictionless.SENTENCES["constraint-error"])
    assert {"integer", "number", "boolean", "date", "time", "datetime", "year", "yearmonth", "string"} <= set(
        frictionless.SENTENCES["type-error"]
    )


@pytest.mark.parametrize(
    ("note", "params"),
    [
        ('constraint "pattern" is "[0-9]{2}"', {"variant": "pattern", "constraint": "pattern", "expected": "[0-9]{2}"}),
        ('type is "integer/default"', {"variant": "integer", "type": "integer"}),
        ('type is "date/%d/%m/%Y"', {"variant": "date", "type": "date", "format": "%d/%m/%Y"}),
        ("the same as in the row at position 7", {"variant": "same", "other": 7}),
        ('the same as row at position "7"', {"variant": "same", "other": 7}),
        ('at position "1, 2"', {"positions": [1, 2]}),
        ('expected is "3" and actual is "4"', {"expected": "3", "actual": "4"}),
        ("something else", {"note": "something else"}),
        ("", {}),
    ],
)
def test_notes_of_frictionless_are_taken_apart(note, params):
    assert params_of("x", note) == params


def test_a_cell_is_named_as_in_a_spreadsheet_with_the_title_of_its_column():
    finding = Finding(
        code="code-valid-on",
        place=Place(row=17, column=3, field="commune_code"),
        cell="27",
        params={
            "variant": "closed", "name": "Tỉnh Bắc Ninh", "until_on": "2025-07-01", "day_on": "2026-10-20",
            "successors": ["24 (Thành phố Bắc Ninh)"], "title": {"vi": "Mã tỉnh", "en": "Province code"},
        },
    )  # fmt: skip
    assert findings.say(finding, "vi") == (
        "Ô C17 (Mã tỉnh): mã 27 (Tỉnh Bắc Ninh) hết hiệu lực từ 01/7/2025. Từ ngày đó dùng mã 24 (Thành phố Bắc Ninh). "
        "Dữ liệu tính đến 20/10/2026: sửa mã, hoặc sửa ngày nếu dữ liệu cũ hơn."
    )
    assert findings.say(finding, "en").startswith(
        "Cell C17 (Province code): code 27 (Tỉnh Bắc Ninh) ended on 1 Jul 2025."
    )
    assert findings.said(finding, "en").startswith("code 27")


@pytest.mark.parametrize(
    ("place", "vi", "en"),
    [
        (Place(row=5), "Dòng 5", "Row 5"),
        (Place(column=28, field="x"), "Cột AB (x)", "Column AB (x)"),
        (Place(field="x"), "Cột x", "Column x"),
        (Place(row=1, column=4, field="#4"), "Ô D1", "Cell D1"),
        (Place(), "", ""),
    ],
)
def test_places_are_said_in_both_languages(place, vi, en):
    assert findings.place_of(place, None, "vi") == vi
    assert findings.place_of(place, None, "en") == en


@pytest.mark.parametrize(("number", "letters"), [(1, "A"), (26, "Z"), (27, "AA"), (702, "ZZ"), (703, "AAA")])
def test_columns_have_the_letters_of_spreadsheets(number, letters):
    assert findings.letters(number) == letters


@pytest.mark.parametrize(
    ("iso", "vi", "en"),
    [
        ("2025-07-01", "01/7/2025", "1 Jul 2025"),
        ("2025-01-04", "04/01/2025", "4 Jan 2025"),
        ("2026-09-20", "20/9/2026", "20 Sep 2026"),
        ("", "", ""),
    ],
)
def test_days_are_written_as_each_language_writes_them(iso, vi, en):
    assert findings.day(iso, "vi") == vi
    assert findings.day(iso, "en") == en


def test_long_lists_are_cut_and_numbers_are_grouped():
    finding = Finding(code="code-valid-on", cell="1", params={"variant": "closed", "successors": list("abcdefgh")})
    assert "a, b, c, d, e và 3 mục nữa" in findings.say(finding, "vi")
    assert (
        findings.sentence("too-many-rows", {"limit": 20000000}, "vi")
        == "Bảng có nhiều dòng hơn giới hạn 20.000.000. Hãy chia thành nhiều tệp, chẳng hạn theo năm."
    )


def test_a_reason_names_its_place_and_an_unknown_one_says_nothing():
    assert findings.sentence("blank-label", {"row": 1, "field": "#3"}, "en").startswith("Row 1: the column has no name")
    assert findings.sentence("unclosed-quote", {"row": 3, "line": 12000}, "en").startswith(
        "A quote opened in row 3"
    )
    assert findings.sentence("nobody-knows", {}, "en") == ""


def test_why_says_what_people_decided_what_we_did_wrong_and_where_a_file_is_blocked():
    assert why({"code": "rejected", "params": {"detail": "Thiếu dòng tổng"}}, "vi") == "Người duyệt đã từ chối: Thiếu dòng tổng"
    assert "on our side" in why({"code": "set-aside", "params": {}}, "en")
    blank = {"code": "blank-label", "params": {"row": 7, "column": 12, "field": ""}}
    assert why(blank, "en").startswith("Cell L7: ")
    extra = {"code": "extra-cell", "params": {"row": 2, "column": 3, "cell": "5"}}
    assert "“5”" in why(extra, "vi")
    assert "second person" in why({"code": "second-person"}, "en")
    assert why({"code": "never-heard-of"}, "en") == "never-heard-of"
    assert why(None, "vi") == ""


def test_what_a_real_check_finds_leaves_no_gap_in_any_sentence(tmp_path):
    text = (
        "ref_date,province_code,province_name,commune_code,commune_name,\n"
        "2025-08-01,1,Hà Nội,4,Phường Ba Đình,x\n"
        "01/08/2025,27, Bắc Ninh,99999,\n"
        "2025-08-01,24,Bắc Giang,00004,Ba Dinh\u00a0,,,y\n"
        ",,,,\n"
        "2025-08-01,24,Bắc Ninh,00004,Phường Ba Đình,\n"
        "2025-08-01,01,Hà Nội,00004,Phường Ba Đình,\n"
    )
    [table] = run(parcel(tmp_path, text, standard="vn-admin-area")).tables
    assert len({one.code for one in table.outcome.findings}) > 8
    for finding in table.outcome.findings:
        for language in LANGUAGES:
            sentence = findings.say(finding, language)
            assert "…" not in sentence
            assert "{" not in sentence.replace(str(finding.params.get("expected", "")), "")


def test_what_an_agency_promised_is_said_in_words():
    params = {"modified_on": "2024-09-05", "due_on": "2025-09-06", "promised": "ANNUAL"}
    one = Finding(code="overdue", severity="warning", place=Place(row=2), params=params)
    assert "tần suất hằng năm do" in findings.say(one, "vi")
    assert "frequency annual the" in findings.say(one, "en")
    assert "ANNUAL" not in findings.say(one, "vi") + findings.say(one, "en")
