"""What an office clerk reads: where, what was found, what to do, in plain words; every sentence is rendered and read."""

from __future__ import annotations

import re

import pytest

from api.messages import LANGUAGES, findings, frictionless, gaps, reasons, refusals, releases, understood
from api.messages.shapes import example_of
from pipelines.validation import masking
from pipelines.validation.distinct import finding_of_remark
from pipelines.validation.findings import params_of
from pipelines.validation.uses import Bound
from standards import registry
from standards.check import Use
from standards.finding import Finding, Place

JARGON = {
    "vi": r"constraint|enum|regex|null|schema|boolean|foreign key|primary key|khóa ngoại|khóa chính|khoá ngoại|lược đồ|"
    r"header|label|field|string|integer|pattern|token|slug|byte order|checksum|mã băm|ascii|nfc|hash|dialect|parse|"
    r"trung vị|biểu thức chính quy|biểu thức re2|metadata|encoding|row|cell|column|file",
    "en": r"constraint|enum|enumeration|regex|regular expression|null|schema|boolean|foreign key|primary key|slug|ascii|"
    r"nfc|dialect|parse|parser|metadata|median|string|integer|cardinality|tuple|array|delimiter collision|bool|float",
}
"""Words that a clerk need not know; names of formats (CSV, XLSX, JSON, UTF-8) are not among them."""

VERB = {
    "vi": r"sửa|ghi|viết|thêm|bỏ|xo[áà]|xóa|kiểm tra|đối chiếu|chọn|điền|đổi|gửi|lưu|đặt|tách|chuyển|gộp|dùng|để|thay|xem|cập nhật|"
    r"xuất|chỉ giữ|giữ|đưa|dán|gõ|kèm|bật|tra|rút gọn|đọc lại|hỏi|hãy|báo|nén|mở|tự|không có dấu này|sẽ bỏ",
    "en": r"correct|write|add|remove|delete|check|compare|choose|fill|rename|send|save|format|give|split|move|merge|use|leave|keep|"
    r"replace|look|update|make|put|type|show|paste|convert|empty|shorten|ask|tell|export|swap|unmerge|publish|mend|say|may stay|"
    r"close|upload|unpack|let|withdraw|compress|open|has none|left out",
}

FOR_MACHINES = re.compile(r"DATAMO_|multipart|Idempotency|RE2|valid_to|status:|Elasticsearch|JSON|tham số|parameter")
"""Sentences that only programmers and operators get to see."""

NOTES = {
    "deviated-value": ['value "900" in row at position "3" and field "dan_so" is deviated "[1.00, 9.00]"'],
    "deviated-cell": ['cell at row "3" and field "ten" has deviated size'],
    "required-value": ['The value "VN" is required to be present in field "ma" in at least one row.'],
    "row-constraint": ['the row constraint to conform is "a > b"'],
    "primary-key": ["the same as in the row at position 7", 'cells composing the primary keys are all "None"'],
    "unique-error": ["the same as in the row at position 7"],
    "duplicate-row": ['the same as row at position "7"'],
    "duplicate-label": ['at position "1, 2"'],
    **{one: ['expected is "3" and actual is "4"'] for one in ("hash-count", "byte-count", "field-count", "row-count")},
    "constraint-error": [
        f'constraint "{name}" is "{value}"'
        for name, value in [
            ("required", "True"), ("pattern", "[0-9]{5}"), ("pattern", "(a|b)+x?"), ("enum", "['nam', 'nữ']"),
            ("minimum", "1"), ("maximum", "9"), ("exclusiveMinimum", "1"), ("exclusiveMaximum", "9"),
            ("minLength", "2"), ("maxLength", "5"), ("odd", "x"),
        ]
    ],
    "type-error": [
        f'type is "{kind}/{form}"'
        for kind, form in [
            ("integer", "default"), ("number", "default"), ("boolean", "default"), ("date", "default"), ("date", "%d/%m/%Y"),
            ("date", "any"), ("time", "%H:%M"), ("datetime", "%d/%m/%Y %H:%M"), ("time", "default"), ("datetime", "default"),
            ("year", "default"), ("yearmonth", "default"), ("string", "email"), ("string", "uri"), ("string", "uuid"),
            ("string", "binary"), ("string", "odd"), ("duration", "default"), ("geopoint", "default"), ("object", "default"),
            ("geojson", "default"), ("array", "default"), ("list", "default"), ("any", "default"),
        ]
    ],
}  # fmt: skip
REFERENCES = [{"variant": "absent", "table": "tinh", "there": "id"}, {"variant": "absent-here", "there": "id"}]
CELLS = {"foreign-key", "type-error", "constraint-error", "unique-error", "truncated-value", "forbidden-value", "sequential-value",
         "ascii-value", "cell-error", "extra-cell"}
OTHERWISE = {"json-schema", "reference-unchecked", "reference-unknown", "overdue"}
"""A place inside a long cell, a whole column, and a day that is written as a date."""
TITLE = {"vi": "Mã xã", "en": "Commune code"}
QUOTES_AN_ELLIPSIS = {"unquoted-delimiter", "symbols-undefined"}
MASKED = {"personal-data", "personal-number", "official-mailbox"}


def of_frictionless():
    for code in frictionless.SENTENCES:
        told = REFERENCES if code == "foreign-key" else [params_of(code, note) for note in NOTES.get(code, ["some words"])]
        for params in ({**one, "title": TITLE, "wanted": "ma_xa"} for one in told):
            place = Place(row=17, column=3, field="ma_xa") if code in CELLS else Place(row=17)
            yield Finding(code=code, place=place, cell="Ab12" if code in CELLS or "label" in code else None, params=params)


def of_checks():
    for check in registry.CHECKS:
        for one in check.BAD:
            first = one.field or next(iter(one.cells), "")
            names = tuple(one.cells)
            use = Use(field=first, needs=names, args=one.args, codelists=registry.codelist, today=one.today)
            remark = check.look(one.cells, use)
            assert remark is not None
            several = check.SCOPE in {"column", "group", "table", "sheet"}
            told = None if several else str(one.cells[first])
            bound = Bound(check=check, use=use, columns=(2,), label=first, title=TITLE)
            lines = tuple(at + 2 for at in remark.rows)
            yield finding_of_remark(bound, remark, told, row=None if several else 17, lines=lines)


def of_gaps():
    for code, variants in gaps.SENTENCES.items():
        for variant in variants:
            params = {"variant": variant, "expected": "5", "mark": ".", "where": "/a", "rule": "type", "other": 3, "title": TITLE}
            yield Finding(code=code, place=Place(row=17, column=3, field="ma_xa"), cell="Ab12", params=params)


EVERY = [*of_frictionless(), *of_checks(), *of_gaps()]


def words(text):
    """A sentence without what it quotes: cells, names and patterns are the reader's own, not ours."""
    return re.sub(r"“[^”]*”|\"[^\"]*\"|\([^()]*\)|(message in full|nguyên văn thông báo|ký hiệu|in signs):.*", "", text)


def plain(text, language):
    return re.findall(rf"\b(?:{JARGON[language]})\b", words(text), re.IGNORECASE)


def known(codes):
    return {one.code for one in codes}


def test_every_type_every_check_and_every_gap_is_rendered_here():
    assert known(of_frictionless()) == set(frictionless.SENTENCES)
    assert known(of_checks()) == {one.CODE for one in registry.CHECKS}
    assert known(of_gaps()) == set(gaps.SENTENCES)


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_finding_leaves_a_gap_or_speaks_jargon(language):
    bad = []
    for one in EVERY:
        text = findings.say(one, language)
        gap = "…" in re.sub(r"[\w)] …|\w…", "", text) and one.code not in QUOTES_AN_ELLIPSIS
        if gap or "{" in text or plain(text, language):
            bad.append((one.code, plain(text, language), text))
    assert bad == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_finding_says_what_to_do(language):
    told = [(one.code, findings.said(one, language)) for one in EVERY]
    assert [one for one in told if not re.search(rf"\b(?:{VERB[language]})\b", one[1], re.IGNORECASE)] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_finding_about_a_cell_says_where_with_the_columns_title_and_what_stands_there(language):
    wrong = []
    for one in EVERY:
        if one.place.row != 17 or not one.place.column:
            continue
        text = findings.say(one, language)
        where = {"vi": "Ô C17 (Mã xã): ", "en": "Cell C17 (Commune code): "}[language]
        bare = (one.cell or "").strip()
        blank = not bare or one.params.get("variant") in {"required", "blank", "zero", "half"} or one.code in OTHERWISE
        piece = str(one.params.get("part") or one.params.get("word") or bare)
        shown = blank or one.code in MASKED or (piece in bare and piece in text) or bare[:20] in text
        if not text.startswith(where) or not shown:
            wrong.append((one.code, dict(one.params), text))
    assert wrong == []


def test_a_persons_number_is_masked_in_its_sentence():
    told = [findings.say(one, "vi") for one in of_checks() if one.code == "personal-number"]
    assert told
    assert not any(re.search(r"\d{6}", one) for one in told)
    assert all("***" in one for one in told)


@pytest.mark.parametrize("language", LANGUAGES)
def test_titles_reasons_refusals_and_guesses_speak_no_jargon(language):
    titles = [findings.title(code, language) for code in [*known(EVERY), *findings.TITLES]]
    others = [
        text[language]
        for every in (reasons.SENTENCES, refusals.SENTENCES, releases.SENTENCES, understood.TITLES, understood.EVIDENCE, understood.SHOWN)
        for text in every.values()
    ]
    ours = [re.sub(r"\{\w+\}", "x", one) for one in [*titles, *others] if not FOR_MACHINES.search(one)]
    assert [one for one in ours if plain(one, language)] == []


@pytest.mark.parametrize("code", sorted({*reasons.SENTENCES, *refusals.SENTENCES, *releases.SENTENCES, *understood.EVIDENCE}))
def test_reasons_refusals_and_guesses_have_both_languages(code):
    for every in (reasons.SENTENCES, refusals.SENTENCES, releases.SENTENCES, understood.EVIDENCE):
        if code in every:
            assert every[code].keys() == set(LANGUAGES)
            assert all(every[code].values())


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_file_that_cannot_be_read_is_told_how_to_go_on(language):
    helped = set(reasons.FAILED) - {"storage-full", "set-aside"}
    silent = [code for code in helped if not re.search(rf"\b(?:{VERB[language]})\b", reasons.FAILED[code][language], re.IGNORECASE)]
    assert silent == []


def test_no_sentence_is_kept_that_another_one_covers():
    covered = {*frictionless.SENTENCES, *(one.CODE for one in registry.CHECKS), *gaps.SENTENCES}
    assert covered & set(reasons.SENTENCES) == {"several-tables"}
    of_file = findings.why({"code": "several-tables", "params": {"names": "a, b"}}, "vi")
    of_sheet = findings.why({"code": "several-tables", "params": {"where": "A9"}}, "vi")
    assert of_file == "Tệp chứa nhiều bảng (a, b). Hãy tách mỗi bảng thành một tệp."
    assert "A9" in of_sheet


@pytest.mark.parametrize(
    ("form", "example"),
    [("%d/%m/%Y", "01/07/2025"), ("%Y-%m-%d %H:%M", "2025-07-01 08:30"), ("any", ""), ("", ""), ("%Q", ""), ("100%%", "100%")],
)
def test_a_format_is_shown_by_a_moment_written_in_it(form, example):
    assert example_of(form) == example


def test_members_of_a_list_are_named_and_a_date_is_asked_for_as_its_column_writes_it():
    one = Finding(code="constraint-error", cell="x", params=params_of("constraint-error", """constraint "enum" is "['a', "b'c"]\""""))
    assert findings.said(one, "en") == '"x" is not one of the values in use: a, b\'c. Choose one of them.'
    one = Finding(code="type-error", cell="7/1", params=params_of("type-error", 'type is "date/%d/%m/%Y"'))
    assert findings.said(one, "vi").endswith("Ghi như 01/07/2025.")


def test_a_reference_out_of_a_column_held_back_repeats_no_value():
    missing = Finding(code="foreign-key", place=Place(row=2, column=3), cell="712", params=REFERENCES[0])
    hidden = findings.say(masking.finding(missing, {2}), "vi")
    assert "7" not in hidden
    assert "“tinh”" in hidden
    assert "“712”" in findings.say(masking.finding(missing, {1}), "vi")
