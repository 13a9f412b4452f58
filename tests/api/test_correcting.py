"""A mistake corrected in one form: file, erratum and answer go together; reviewers see old and new side by side."""

from __future__ import annotations

from typing import Any

import pytest

from catalog.errors import Conflict, Invalid, NotFound
from catalog.model import NOBODY
from tests.api.test_pages_forms import sign_in
from tests.site import SCHOOLS, URL, Town

FIXED = SCHOOLS.replace("Lê Lợi".encode(), "Lê Lai".encode())


class Browser:
    """A person at her browser: signed in when she asks, with her session's token in every form."""

    def __init__(self, town: Town, who: str) -> None:
        self.town, self.who = town, who

    def get(self, path: str) -> Any:
        sign_in(self.town, self.who)
        return self.town.client.get(path, headers={"Accept-Encoding": "identity"})

    def post(self, path: str, **more: Any) -> Any:
        data = {"csrf": sign_in(self.town, self.who), **more.pop("data")}
        return self.town.client.post(path, data=data, headers={"Origin": URL, "Accept-Encoding": "identity"}, **more)


def report(town: Town, **more: Any) -> str:
    given = {"dataset": "truong", "text": "Tên trường ở dòng 2 sai.", "place": "dòng 2", **more}
    return str(town.send("POST", "/api/v1/corrections", "", given).json()["number"])


def sent(browser: Browser, **given: str) -> Any:
    content = given.pop("content", FIXED.decode()).encode()
    files = {"file": ("", b"") if given.pop("empty", "") else ("sua.csv", content)}
    return browser.post("/datasets/truong/correct", files=files, data={"scope": "all", "erratum": "Tên trường dòng 2.", **given})


@pytest.fixture
def schools(town: Town) -> Town:
    town.published("Trường học 2025", SCHOOLS, slug="truong")
    return town


def test_one_form_corrects_the_data_and_answers_whoever_reported_it(schools: Town) -> None:
    number, browser = report(schools), Browser(schools, "editor")
    assert "Đính chính và trả lời" in browser.get(f"/voices/{number}").text
    form = browser.get(f"/datasets/truong/correct?voice={number}").text
    assert number in form
    assert "Câu trả lời cho người báo" in form
    answer = sent(browser, voice=number, answer="Đã sửa, cảm ơn bạn.")
    assert answer.status_code == 303, answer.text
    key = answer.headers["location"].split("/")[2].partition("?")[0]
    before = schools.catalog.voice(NOBODY, number)
    assert (before.state, before.answer) == ("waiting", "")
    schools.check(key)
    told, version = schools.catalog.voice(NOBODY, number), schools.catalog.version(NOBODY, "truong")
    assert (told.state, told.outcome, told.answer) == ("answered", "corrected", "Đã sửa, cảm ơn bạn.")
    assert (version.number, version.kind, version.erratum) == (2, "correction", "Tên trường dòng 2.")
    assert schools.catalog.version(NOBODY, "truong", 1).erratum == "Tên trường dòng 2."
    acts = [row.act for row in schools.catalog.deeds(targets=[number], limit=10)]
    assert acts == ["answer-voice", "bind-correction"]


def test_what_is_missing_is_told_at_its_field_and_nothing_typed_is_lost(schools: Town) -> None:
    number, browser = report(schools), Browser(schools, "editor")
    answer = sent(browser, voice=number, erratum="", answer="", empty="yes", scope="period")
    assert answer.status_code == 422
    for field in ("file", "period", "erratum", "answer"):
        assert f'href="#{field}"' in answer.text
    kept = sent(browser, voice=number, erratum="Một câu đã gõ", answer="", empty="yes")
    assert "Một câu đã gõ" in kept.text
    assert Browser(schools, "reader").get("/datasets/truong/correct").status_code == 403
    assert browser.get("/datasets/none/correct").status_code == 404
    period = sent(browser, scope="period", period="not a period")
    assert period.status_code == 422
    assert 'href="#period"' in period.text


def test_a_report_is_answered_by_a_correction_of_its_own_dataset_alone(schools: Town) -> None:
    editor, number = schools.caller("editor"), report(schools)
    schools.published("Khác", SCHOOLS, slug="khac")
    path = f"/api/v1/voices/{number}/correction"
    update = schools.upload("truong", data={"note": "mới"}).json()["id"]
    elsewhere = schools.upload("khac", data={"kind": "correction", "note": "sửa"}).json()["id"]
    assert schools.send("POST", path, "editor", {"submission": update, "answer": "x"}).json()["code"] == "not-a-correction"
    assert schools.send("POST", path, "editor", {"submission": elsewhere, "answer": "x"}).status_code == 404
    right = schools.upload("truong", FIXED, data={"kind": "correction", "note": "sửa"}).json()["id"]
    with pytest.raises(Invalid):
        schools.catalog.bind_correction(editor, number, right, " ")
    assert schools.send("POST", path, "reader", {"submission": right, "answer": "x"}).status_code in (403, 404)
    assert schools.send("POST", path, "editor", {"submission": right, "answer": "Đã sửa."}).json()["state"] != "answered"
    schools.check(right)
    assert schools.catalog.voice(NOBODY, number).answer == "Đã sửa."
    with pytest.raises(Conflict):
        schools.catalog.bind_correction(editor, number, right, "lại")
    late = report(schools)
    assert schools.catalog.bind_correction(editor, late, right, "Đã sửa rồi.").state == "answered"
    with pytest.raises(NotFound):
        schools.catalog.bind_correction(editor, late, "none", "x")


def test_a_part_that_is_hidden_is_looked_at_before_its_report_is_answered(schools: Town) -> None:
    editor = schools.caller("editor")
    number = report(schools, personal_data=True, text="Có số điện thoại của một người ở đây.")
    one = schools.upload("truong", FIXED, data={"kind": "correction", "note": "bỏ số"}).json()["id"]
    with pytest.raises(Conflict):
        schools.catalog.bind_correction(editor, number, one, "Đã bỏ.")
    schools.catalog.lift_hold(schools.caller("reviewer"), number, reason="đã xem, đang sửa")
    schools.catalog.bind_correction(editor, number, one, "Đã bỏ.")
    schools.check(one)
    assert schools.catalog.voice(NOBODY, number).answer == "Đã bỏ."


def test_a_reviewer_sees_old_and_new_beside_each_other_and_decides_there(careful: Town) -> None:
    made = careful.draft("Trường học", slug="truong")
    first = careful.upload(made["slug"]).json()["id"]
    careful.check(first)
    careful.catalog.approve(careful.caller("reviewer"), first)
    careful.send("PATCH", "/api/v1/datasets/truong", "editor", {"licence": "CC-BY-4.0", "description": "Mô tả <b>mới</b>"})
    second = careful.upload("truong", FIXED).json()["id"]
    careful.check(second)
    careful.catalog.submit(careful.caller("editor"), second, "Xin duyệt tên mới")
    reviewer, editor = Browser(careful, "reviewer"), Browser(careful, "editor")
    assert f"/submissions/{second}/compare" in reviewer.get("/desk").text
    page = reviewer.get(f"/submissions/{second}/compare").text
    for words in ("Lê Lợi", "Lê Lai", "Giấy phép", "Mô tả &lt;b&gt;mới", "Xin duyệt tên mới", "Duyệt và công bố"):
        assert words in page, words
    assert "Duyệt và công bố" not in editor.get(f"/submissions/{second}/compare").text
    assert reviewer.post(f"/submissions/{second}/approve", data={"note": "được"}).status_code == 303
    assert careful.catalog.version(NOBODY, "truong").number == 2
