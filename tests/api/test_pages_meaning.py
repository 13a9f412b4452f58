"""What a dataset's page says beside its rows: how columns stand to the standard, what the licence allows, what is related."""

from __future__ import annotations

import re

import pytest

from api.dialects.html import dictionary, related
from api.dialects.html.view import Reader
from catalog.model import ColumnInfo, Resource
from standards import vocabulary
from standards.finding import Group
from tests.api.test_pages_rows import look
from tests.site import SCHOOLS, Town

VI = Reader()


def test_each_column_is_held_against_the_standard() -> None:
    standard = VI.standards.tables["vn-school"]
    names = [one.name for one in standard.fields]
    shown = Resource(name="t", columns=(*(ColumnInfo(name=name) for name in names[:3]), ColumnInfo(name="ghi_chu")),
                     groups=(Group(code="trim", severity="warning", field=names[1], count=4),
                             Group(code="code-valid-on", severity="warning", field=names[1], count=2)))
    rows = dictionary.rows(VI, shown, shown.columns, standard)
    assert [(one.held, one.remarks) for one in rows] == [("held", 0), ("remarks", 6), ("held", 0), ("outside", 0)]
    assert [one.name for one in dictionary.absent(shown, standard)] == names[3:]
    assert {one.held for one in dictionary.rows(VI, shown, shown.columns, None)} == {""}
    assert dictionary.absent(shown, None) == []


@pytest.mark.parametrize("lang", ["vi", "en"])
def test_every_licence_is_said_in_plain_words(lang: str) -> None:
    said = {code: dictionary.reuse(Reader(lang=lang), code) for code in vocabulary.LICENCES}
    assert all(said.values())
    assert len(set(said.values())) == 4
    assert said["CC0-1.0"] == said["PDDL-1.0"] != said["CC-BY-4.0"]
    assert said["CC-BY-SA-4.0"] == said["ODbL-1.0"]
    assert dictionary.reuse(VI, "other") == ""


def test_related_datasets_say_why_they_stand_there_and_others_stay_away(town: Town) -> None:
    town.published("Trường học 2025", SCHOOLS, slug="truong", themes=["EDUC"])
    town.published("Trường mầm non", SCHOOLS, slug="mam-non", themes=["EDUC", "SOCI"])
    town.published("Ngân sách", SCHOOLS, slug="ngan-sach", themes=["ECON"])
    secret = town.published("Nội bộ", SCHOOLS, slug="noi-bo", themes=["EDUC"], visibility="private")
    text = look(town, "/datasets/truong").partition('id="lien-quan"')[2]
    found = re.findall(r'<li><a href="/datasets/([^"]+)"><bdi>[^<]+</bdi></a> <span[^>]*>([^<]+)</span>', text)
    assert [slug for slug, _ in found] == ["mam-non", "ngan-sach"]
    assert "cùng chủ đề" in found[0][1]
    assert "cùng cơ quan" in found[1][1]
    assert secret["slug"] not in text


def test_what_has_more_in_common_comes_first() -> None:
    weights = [related.Related(slug="a", title={}, why=[(kind, "x")]).weight for kind in ("standard", "codelist", "theme", "org")]
    assert weights == sorted(weights, reverse=True)
    assert related.reasons(VI, related.Related(slug="a", title={}, why=[("codelist", "vn-province"), ("org", "H12")])) == (
        "cùng danh mục mã (vn-province); cùng cơ quan")


def test_readers_are_led_to_questions_and_to_reporting_a_mistake(town: Town) -> None:
    town.published("Trường học 2025", SCHOOLS, slug="truong")
    text = look(town, "/datasets/truong")
    for path in ("/datasets/truong/ask", "/datasets/truong/report", "/datasets/truong/voices"):
        assert f'href="{path}"' in text
        assert town.client.get(path).status_code == 200
