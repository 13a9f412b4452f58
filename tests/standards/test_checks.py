"""Every check keeps its promise: GOOD gives nothing, BAD gives a remark that says what it says it says."""

from __future__ import annotations

import dataclasses
import json
import pkgutil
import re
import string
from collections import Counter
from datetime import date

import pytest

from standards import checks, readability, registry
from standards.check import Example, Remark, Use, day_of, padded
from standards.codelist import ancestors
from standards.registry import CHECKS, codelist

TURN = date(2025, 7, 1)


def look(check, example: Example) -> Remark | None:
    field = example.field or next(iter(example.cells))
    use = Use(field=field, needs=tuple(example.cells), args=example.args, codelists=codelist, today=example.today)
    return check.look(example.cells, use)


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.CODE)
def test_good_examples_pass_without_a_remark(check):
    assert check.GOOD
    assert [example for example in check.GOOD if look(check, example) is not None] == []


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.CODE)
def test_bad_examples_are_remarked_on_with_the_params_they_promise(check):
    assert check.BAD
    for example in check.BAD:
        remark = look(check, example)
        assert remark is not None, example
        said = {key: remark.params[key] for key in example.said}
        assert said == dict(example.said)


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.CODE)
def test_every_remark_has_a_sentence_in_both_languages_that_its_params_fill(check):
    for example in check.BAD:
        remark = look(check, example)
        variant = remark.params.get("variant", "")
        for lang in ("vi", "en"):
            wanted = {name for _, name, _, _ in string.Formatter().parse(check.SENTENCES[variant][lang]) if name}
            assert wanted <= {*remark.params, "cell", "field", "row", *({"lines"} if remark.rows else ())}


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.CODE)
def test_every_variant_is_shown_by_an_example_or_is_a_lone_form_of_one_that_is(check):
    shown = {look(check, example).params.get("variant", "") for example in check.BAD}
    assert {variant for variant in check.SENTENCES if variant.removesuffix("-alone") not in shown} == set()


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.CODE)
def test_remarks_can_be_stored_as_plain_json(check):
    for example in check.BAD:
        json.dumps(dict(look(check, example).params))


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.CODE)
def test_a_check_says_what_it_is(check):
    assert re.fullmatch(r"[a-z]+(-[a-z]+)*", check.CODE)
    assert check.__name__.rpartition(".")[2] == check.CODE.replace("-", "_")
    assert check.SCOPE in {"cell", "row", "column", "group", "table", "sheet"}
    assert check.SEVERITY in {"error", "warning", "info"}
    assert check.TITLE.keys() == {"vi", "en"}
    assert all(sentence.keys() == {"vi", "en"} for sentence in check.SENTENCES.values())
    assert "47/2020" not in check.BASIS
    assert "13/2023" not in check.BASIS


def test_every_check_of_the_corridor_is_on_the_list_once():
    listed = [check.__name__ for check in CHECKS]
    corridors = [one for corridor in (checks, readability) for one in pkgutil.iter_modules(corridor.__path__)]
    found = [one.name for one in corridors]
    assert sorted(name.rpartition(".")[2] for name in listed) == sorted(found)
    assert len({check.CODE for check in CHECKS}) == len(CHECKS)


def test_a_replacement_of_a_code_is_never_safe():
    """27 → 24 can collide with the old 24: only the publisher knows which day the data are of."""
    check = next(one for one in CHECKS if one.CODE == "code-valid-on")
    fixes = [look(check, example).fix for example in check.BAD]
    assert any(fixes)
    assert not any(fix.safe for fix in fixes if fix)


def test_the_four_verdicts_on_a_code_have_different_sentences():
    check = next(one for one in CHECKS if one.CODE == "code-valid-on")
    assert {look(check, example).params["verdict"] for example in check.BAD} == {
        "unknown",
        "not-yet",
        "closed",
        "reused",
    }
    for lang in ("vi", "en"):
        assert len({sentence[lang] for sentence in check.SENTENCES.values()}) == len(check.SENTENCES)


def test_a_personal_number_is_never_repeated_in_a_remark():
    check = next(one for one in CHECKS if one.CODE == "personal-number")
    for example in check.BAD:
        digits = re.sub(r"\D", "", next(iter(example.cells.values())))
        remark = look(check, example)
        assert digits not in json.dumps(dataclasses.asdict(remark), ensure_ascii=False)
        assert remark.cell == digits[:3] + "*" * 9


def test_padding_is_safe_only_when_list_day_and_name_agree():
    check = next(one for one in CHECKS if one.CODE == "leading-zero-lost")
    args = {"list": "vn-province", "name": "name", "date": "day"}

    def fix(code, name, day):
        return look(check, Example(cells={"code": code, "name": name, "day": day}, args=args)).fix

    assert fix("1", "Hà Nội", "2025-08-01").safe
    assert fix("1", "", "").safe
    assert not fix("1", "Đà Nẵng", "2025-08-01").safe
    assert not fix("1", "Hà Nội", "hôm qua").safe


def test_a_number_that_is_a_code_itself_has_lost_nothing():
    assert padded(codelist("vn-province"), "24") == ()
    assert padded(codelist("vn-province"), "x") == ()
    assert padded(codelist("vn-province"), "٣") == ()


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2025-07-01", date(2025, 7, 1)),
        ("2025-07-01T10:00:00Z", date(2025, 7, 1)),
        ("2024-02", date(2024, 2, 29)),
        ("2024", date(2024, 12, 31)),
        (" ", date(2026, 1, 1)),
        ("01/07/2025", None),
        ("2024-13", None),
        ("năm 2024", None),
    ],
)
def test_reference_days_are_read_as_iso_days_months_or_years(text, day):
    assert day_of(text, otherwise=date(2026, 1, 1)) == day


def test_an_unknown_identifier_cannot_be_asked_for():
    """A standard may not make the check import any module it likes."""
    check = next(one for one in CHECKS if one.CODE == "check-digit")
    with pytest.raises(ValueError, match="no such identifier"):
        look(check, Example(cells={"x": "1"}, args={"number": "os.path"}))


def test_a_list_known_to_be_incomplete_only_warns():
    check = next(one for one in CHECKS if one.CODE == "code-valid-on")
    part = dataclasses.replace(codelist("vn-province"), complete=False)
    use = Use(field="code", needs=("code",), args={"list": "p"}, codelists=lambda _: part, today=TURN)
    assert check.look({"code": "99"}, use).severity == "warning"


@pytest.mark.parametrize("day", [date(2024, 12, 31), date(2025, 6, 30), date(2025, 7, 1), date(2026, 11, 1)])
def test_no_commune_in_force_is_objected_to_on_its_day(day):
    """Every unit of the list, under its own name and province, passes all checks of codes on that day."""
    communes, provinces = codelist("vn-commune"), codelist("vn-province")
    named = {"list": "vn-commune", "date": "day", "name": "name", "parent": "above", "parents": "vn-province"}
    wanted = [
        one for one in CHECKS if one.CODE in {"code-valid-on", "name-matches-code", "parent-of", "leading-zero-lost"}
    ]
    use = Use(field="code", needs=("code",), args=named, codelists=codelist, today=day)
    found = []
    for entry in communes.valid_on(day):
        above = ancestors(communes, entry.code, day, codelist)[-1]
        assert provinces.on(above, day)
        cells = {"code": entry.code, "day": day.isoformat(), "name": entry.name, "above": above}
        found += [(check.CODE, entry.code) for check in wanted if check.look(cells, use) is not None]
    assert found == []


def test_most_communes_of_june_2025_are_objected_to_a_day_later():
    """1,797 codes were reused under another name; most of the others ended: a pattern would accept them all."""
    communes = codelist("vn-commune")
    check = next(one for one in CHECKS if one.CODE == "code-valid-on")
    args = {"list": "vn-commune", "date": "day", "name": "name"}
    use = Use(field="code", needs=("code",), args=args, codelists=codelist, today=TURN)
    verdicts = Counter(
        remark.params["verdict"]
        for entry in communes.valid_on(date(2025, 6, 30))
        if (remark := check.look({"code": entry.code, "day": TURN.isoformat(), "name": entry.name}, use)) is not None
    )
    assert verdicts["reused"] > 1700
    assert verdicts["closed"] > 6000


def test_a_remark_on_a_unit_rests_on_the_decision_and_not_on_a_repository():
    check = next(one for one in CHECKS if one.CODE == "code-valid-on")
    assert look(check, check.BAD[0]).basis == ""
    assert look(check, check.BAD[1]).basis == "QĐ 19/2025/QĐ-TTg"
    use = Use(field="x", needs=("x",), args={"list": "iso3166-1"}, codelists=codelist, today=TURN)
    assert check.look({"x": "QQ"}, use).basis == codelist("iso3166-1").source


def test_a_check_is_found_alone_by_its_code_and_those_about_sheets_are_listed() -> None:
    """The lists load lazily: the module's name is the code, and what is asked of sheets is known without loading all."""
    assert all(registry.check(one.CODE) is one for one in CHECKS)
    assert registry.CHECKS.of("no-such-check") is None
    about_sheets = [one for one in CHECKS if one.SCOPE == "sheet" and one not in registry.READABILITY]
    assert set(map(id, registry.sheet_checks())) == set(map(id, about_sheets))
