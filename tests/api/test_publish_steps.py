"""The steps from a file to a public page: each may be left and come back to, and nothing is public before it was named."""

from __future__ import annotations

import html
import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest

from tests.api.test_pages_forms import PASSWORD, sign_in
from tests.site import SCHOOLS, Town

LONG = "Danh sách trường phổ thông của thành phố, lấy từ cơ sở dữ liệu ngành, chưa gồm trường ở nước ngoài. " * 2
SAID = {"title": "Trường phổ thông 2027", "description": LONG, "theme": ["EDUC", "REGI"], "frequency": "ANNUAL",
        "licence": "CC-BY-4.0", "tags": "trường, học sinh, trường", "start": "01/9/2026", "end": "31/5/2027", "place": "01",
        "contact_name": "Phòng Kế hoạch", "contact_email": "dulieu@example.gov.vn", "title_en": "Schools 2027"}


def sent(town: Town, token: str, name: str = "truong_hoc-2027.csv", content: bytes = SCHOOLS, **fields: str) -> str:
    """Send a file by the form and let it be checked; the submission's address."""
    data = {"csrf": token, "organisation": "h12-so", **fields}
    answer = town.client.post("/publish", data=data, files={"file": (name, content)})
    assert answer.status_code == 303, answer.text
    where = answer.headers["location"].partition("?")[0]
    town.check(where.rsplit("/", 1)[-1])
    return where


def told(town: Town, where: str) -> dict[str, Any]:
    return town.get(f"/api/v1{where}", "editor").json()


def test_a_file_without_a_title_is_called_after_the_file_until_somebody_says_better(town: Town) -> None:
    token = sign_in(town, "editor")
    where = sent(town, token)
    assert "Truong hoc 2027" in town.client.get(where).text
    answer = town.client.post(f"{where}/describe", data={"csrf": token, **SAID})
    assert (answer.status_code, answer.headers["location"]) == (303, f"{where}/answers")
    made = town.get("/api/v1/datasets/truong-pho-thong-2027", "editor").json()
    assert made["title"] == {"vi": "Trường phổ thông 2027", "en": "Schools 2027"}
    assert (made["licence"], made["frequency"], made["themes"]) == ("CC-BY-4.0", "ANNUAL", ["EDUC", "REGI"])
    assert made["tags"] == ["trường", "học sinh"]
    assert made["temporal"] == {"start": "2026-09-01", "end": "2027-05-31"}
    assert made["contact"]["email"] == "dulieu@example.gov.vn"


def test_what_was_described_is_there_when_somebody_comes_back_from_another_browser(town: Town) -> None:
    token = sign_in(town, "editor")
    where = sent(town, token)
    later = town.client.post(f"{where}/describe", data={"csrf": token, **SAID, "later": "1"})
    assert later.headers["location"] == "/desk"
    town.client.cookies.clear()
    sign_in(town, "editor")
    begun = town.client.get("/publish").text
    assert f'href="{where}"' in begun
    shown = town.client.get(f"{where}/describe").text
    assert 'value="Trường phổ thông 2027"' in shown
    assert 'value="01/9/2026"' in shown or 'value="01/09/2026"' in shown
    assert re.search(r'value="EDUC"[^>]* checked', shown)
    assert '<option value="ANNUAL" selected>' in shown


def test_an_answer_that_cannot_be_kept_is_said_at_its_field_and_all_others_stay(town: Town) -> None:
    token = sign_in(town, "editor")
    where = sent(town, token)
    wrong = town.client.post(f"{where}/describe", data={"csrf": token, **SAID, "start": "hôm qua", "contact_email": "không có"})
    assert wrong.status_code == 422
    assert "<title>Lỗi:" in wrong.text
    assert 'id="start-e"' in wrong.text
    assert 'value="hôm qua"' in wrong.text
    assert 'value="Trường phổ thông 2027"' in wrong.text
    mail = town.client.post(f"{where}/describe", data={"csrf": token, **SAID, "contact_email": "không có"})
    assert mail.status_code == 422
    assert 'value="không có"' in mail.text
    assert town.client.post(f"{where}/describe", data={**SAID, "csrf": "other"}).status_code == 403


def test_the_next_dataset_of_an_agency_begins_with_the_answers_of_the_last(town: Town) -> None:
    token = sign_in(town, "editor")
    first = sent(town, token)
    town.client.post(f"{first}/describe", data={"csrf": token, **SAID})
    town.client.post(f"{first}/publish", data={"csrf": token})
    second = town.client.get(f"{sent(town, token, 'thu_vien-2027.csv')}/describe").text
    assert '<option value="CC-BY-4.0" selected>' in second
    assert '<option value="ANNUAL" selected>' in second
    assert 'value="dulieu@example.gov.vn"' in second
    assert 'value="Thu vien 2027"' in second


def test_the_quality_of_the_description_says_what_each_answer_adds(town: Town) -> None:
    token = sign_in(town, "editor")
    where = sent(town, token)
    before = town.client.get(f"{where}/describe").text
    assert re.search(r'data-code="licence-stated" class="item"', before)
    town.client.post(f"{where}/describe", data={"csrf": token, **SAID})
    after = town.client.get(f"{where}/describe").text
    assert re.search(r'data-code="licence-stated" data-held class="item"', after)
    count = r'<meter id="meter"[^>]* value="(\d+)"'
    assert int(re.search(count, after).group(1)) > int(re.search(count, before).group(1))


def test_before_anything_is_public_everything_that_will_be_is_named(town: Town) -> None:
    token = sign_in(town, "editor")
    where = sent(town, token, content=SCHOOLS)
    town.client.post(f"{where}/describe", data={"csrf": token, **SAID})
    shown = town.client.get(f"{where}/answers").text
    for words in ("Trường phổ thông 2027", "/datasets/truong-pho-thong-2027", "2 dòng", "3 cột", "school_name", "truong_hoc-2027.csv",
                  "dulieu@example.gov.vn"):
        assert words in shown, words
    preview = town.client.get(f"{where}/preview")
    assert preview.status_code == 200
    assert "Bản xem trước, chưa công khai" in preview.text
    assert 'content="noindex"' in preview.text
    assert told(town, where)["state"] == "ready"
    town.client.post(f"{where}/publish", data={"csrf": token})
    receipt = town.client.get(where).text
    assert "Biên nhận" in receipt
    assert told(town, where)["file"]["sha256"] in receipt
    assert "đã được công bố" in town.client.get(f"{where}/answers").text


def test_a_second_version_is_compared_with_the_public_one_before_it_comes_out(town: Town) -> None:
    token = sign_in(town, "editor")
    first = sent(town, token, title="Trường học hai lần")
    town.client.post(f"{first}/publish", data={"csrf": token})
    new = b"school_code,school_name,ward\n00123,Truong moi,01\n00789,Truong them,01\n00790,Truong nua,01\n"
    where = sent(town, token, content=new, dataset="truong-hoc-hai-lan")
    shown = town.client.get(f"{where}/compare").text
    assert "Thêm 3 dòng, bớt 2 dòng, đổi 0 dòng." in shown
    assert "có thể làm hỏng chương trình" in shown
    assert "province_code" in shown
    assert "Truong nua" in shown
    assert "Truong nua" not in town.client.get(f"{where}/compare?change=removed").text
    answers = town.client.get(f"{where}/answers").text
    assert "phiên bản cũ vẫn xem và tải được" in answers
    assert "có thể làm hỏng chương trình" in answers
    assert town.client.get(f"{first}/compare").status_code == 303


def test_a_moment_is_set_and_cancelled_and_a_wrong_one_is_said_at_its_field(town: Town) -> None:
    token = sign_in(town, "editor")
    where = sent(town, token)
    for day, hour in (("hôm nay", "8"), ("01/01/2020", "08:00"), ("31/12/2026", "trưa")):
        wrong = town.client.post(f"{where}/schedule", data={"csrf": token, "day": day, "hour": hour})
        assert wrong.status_code == 422
        assert 'id="day-e"' in wrong.text
        assert f'value="{day}"' in wrong.text
    town.client.post(f"{where}/schedule", data={"csrf": token, "day": tomorrow(town), "hour": "8h30"})
    assert "Sẽ tự công bố" in town.client.get(f"{where}/answers").text
    assert "Sẽ tự công bố" in town.client.get(where).text
    town.client.post(f"{where}/schedule", data={"csrf": token, "drop": "1"})
    assert "Sẽ tự công bố" not in town.client.get(f"{where}/answers").text
    town.client.post(f"{where}/schedule", data={"csrf": token, "day": tomorrow(town), "hour": "8"})
    town.stand.clock.forward(days=3)
    assert town.catalog.publish_due() == 1
    assert told(town, where)["state"] == "published"


def tomorrow(town: Town) -> str:
    return (town.stand.clock() + timedelta(days=1)).strftime("%d/%m/%Y")


def test_a_file_without_a_standard_is_offered_those_that_its_columns_fit_and_takes_none_by_itself(town: Town) -> None:
    token = sign_in(town, "editor")
    content = b"facility_id,name,level,province_code,agency_id,mau son\nHN-1,Truong A,THCS,01,H26.1,xanh\n"
    where = sent(town, token, content=content)
    shown = town.client.get(f"{where}/columns").text
    assert 'name="standard" value="vn-school"' in shown
    assert "mau son" in shown
    assert town.client.post(f"{where}/columns", data={"csrf": token, "standard": "vn-nothing"}).status_code == 422
    taken = town.client.post(f"{where}/columns", data={"csrf": token, "standard": "vn-school"})
    assert taken.headers["location"] == f"{where}?wait=1"
    town.check(where.rsplit("/", 1)[-1])
    one = town.catalog.submission(town.caller("editor"), where.rsplit("/", 1)[-1])
    assert (one.options.standard, one.state, one.attempt) == ("vn-school", "ready", 1)


def test_how_a_file_was_read_is_shown_with_its_first_rows_and_can_be_set_right(town: Town) -> None:
    token = sign_in(town, "editor")
    where = sent(town, token)
    shown = town.client.get(f"{where}/understood").text
    assert "00123" in shown
    assert "Trường Tiểu học Đống Đa" in shown
    assert f'action="{where}/reading"' in shown
    assert f'href="{where}/columns"' in shown


def test_rows_pasted_from_a_spreadsheet_are_a_file_like_any_other(town: Town) -> None:
    token = sign_in(town, "editor")
    pasted = "ma\tten\r\n00123\tĐống Đa\r\n"
    data = {"csrf": token, "organisation": "h12-so", "title": "Bảng dán vào", "pasted": pasted}
    answer = town.client.post("/publish", data=data, files={"x": (None, "")})
    assert answer.status_code == 303, answer.text
    kept = told(town, answer.headers["location"].partition("?")[0])
    assert kept["file"]["name"] == "bảng-dán.tsv"
    assert kept["file"]["bytes"] == len(pasted.strip().encode())


def form_of(page: str) -> dict[str, str]:
    """The hidden fields of the form for publishing."""
    form = page[page.index('action="/publish"'):]
    return {name: html.unescape(value) for name, value in re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', form[:form.index("</form>")])}


def test_a_file_that_was_checked_before_is_sent_without_being_chosen_again_and_with_its_repairs(town: Town) -> None:
    answer = town.client.post("/check", data={"standard": "vn-school"}, files={"file": ("Trường lớp 2027.csv", SCHOOLS)})
    where = answer.headers["location"]
    assert town.client.post(f"{where}/reading", data={"delimiter": ","}).status_code == 303
    sign_in(town, "editor")
    token = where.rsplit("/", 1)[-1]
    page = town.client.get(f"/publish?checked={token}").text
    assert "Trường lớp 2027.csv" in page
    assert 'value="vn-school" selected' in page
    made = town.client.post("/publish", data={**form_of(page), "organisation": "h12-so"}, files={"x": (None, "")})
    assert made.status_code == 303, made.text
    one = town.catalog.submission(town.caller("editor"), made.headers["location"].partition("?")[0].rsplit("/", 1)[-1])
    assert (one.staged.name, one.staged.bytes, one.options.read["delimiter"]) == ("Trường lớp 2027.csv", len(SCHOOLS), ",")
    assert "Trường lớp 2027" in one.staged.name
    town.client.post(f"{where}/erase")
    gone = town.client.post("/publish", data={**form_of(page), "organisation": "h12-so"}, files={"x": (None, "")})
    assert (gone.status_code, "không còn được giữ" in gone.text) == (422, True)


def test_a_first_upload_that_is_pressed_twice_makes_one_dataset_and_one_submission(town: Town) -> None:
    sign_in(town, "editor")
    form = {**form_of(town.client.get("/publish").text), "organisation": "h12-so", "title": "Trường bấm hai lần"}

    def press(content: bytes = SCHOOLS) -> str:
        answer = town.client.post("/publish", data=form, files={"file": ("a.csv", content)})
        assert answer.status_code == 303, answer.text
        return str(answer.headers["location"])

    with ThreadPoolExecutor(3) as hands:
        made = set(hands.map(lambda _: press(), range(3)))
    assert len(made) == 1
    assert press() in made
    other = press(SCHOOLS + b"1,2,3\n")
    assert other not in made
    with town.stand.records.read() as unit:
        assert sum(one.about.title == {"vi": "Trường bấm hai lần"} for one in unit.entries()) == 2
    bad = town.client.post("/publish", data={**form, "title": "X"}, files={"file": ("a.csv", SCHOOLS)})
    assert bad.status_code == 422
    assert form_of(bad.text)["once"] == form["once"]


def test_a_form_of_a_session_that_was_renewed_in_another_tab_comes_back_as_it_was_typed(town: Town) -> None:
    where = sent(town, sign_in(town, "editor"))
    ours = {"Sec-Fetch-Site": "same-origin"}
    for path, typed in ((f"{where}/describe", {"title": "Tên vừa gõ"}), (f"{where}/publish", {"note": "Số đã duyệt"})):
        back = town.client.post(path, data={"csrf": "of-before", **typed}, headers=ours)
        assert (back.status_code, next(iter(typed.values())) in back.text) == (403, True)
        form = {name: html.unescape(value) for name, value in re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', back.text)}
        assert typed.items() <= form.items()
        if path.endswith("/publish"):
            assert town.client.post(path, data=form, files={"x": (None, "")}, headers=ours).status_code == 303
    stranger = town.client.post(f"{where}/describe", data={"csrf": "x", "title": "Tên vừa gõ"}, headers={"Origin": "https://else.example"})
    assert (stranger.status_code, "Tên vừa gõ" in stranger.text) == (403, False)
    unsaid = town.client.post(f"{where}/describe", data={"csrf": "x", "title": "Tên vừa gõ"})
    assert (unsaid.status_code, "Tên vừa gõ" in unsaid.text) == (403, False)


@pytest.mark.parametrize("step", ["understood", "columns", "describe", "compare", "answers", "preview"])
def test_nobody_else_sees_a_step_of_an_agencys_file(town: Town, step: str) -> None:
    token = sign_in(town, "editor")
    where = sent(town, token)
    town.client.cookies.clear()
    assert town.client.get(f"{where}/{step}").status_code == 404
    assert town.client.post(f"{where}/schedule", data={"csrf": token, "day": "31/12/2026", "hour": "8"}).status_code == 401


@pytest.mark.parametrize("step", ["describe", "publish"])
def test_a_session_that_ends_while_somebody_types_loses_nothing_that_was_typed(town: Town, step: str) -> None:
    token = sign_in(town, "editor")
    where = f"{sent(town, token)}/describe" if step == "describe" else "/publish"
    typed = {"title": "Tên <vừa> gõ", "note": "Kỳ đầu", **({"theme": ["EDUC", "REGI"]} if step == "describe" else {"dataset": ""})}
    files = {"x": (None, "")} if step == "publish" else None
    town.client.cookies.clear()
    over = town.client.post(where, data={"csrf": token, **typed}, files=files)
    assert over.status_code == 401
    assert "Phiên làm việc đã hết" in over.text
    assert token not in over.text
    fields = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', over.text))
    data = {"name": "editor", "kept": html.unescape(fields["kept"]), "next": fields["next"]}
    wrong = town.client.post("/sign-in", data={**data, "password": "khong phai"})
    assert wrong.status_code == 403
    assert fields["kept"] in wrong.text
    back = town.client.post("/sign-in", data={**data, "password": PASSWORD})
    assert back.status_code == 200
    assert "Tên &lt;vừa&gt; gõ" in back.text
    again = [(name, html.unescape(value)) for name, value in re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', back.text)]
    form = {name: [value for key, value in again if key == name] for name, _ in again if name != "next"}
    filled = town.client.post(where, data={**form, "again": "1"}, files=files)
    assert filled.status_code == 200
    assert 'value="Tên &lt;vừa&gt; gõ"' in filled.text
    assert 'class="errors"' not in filled.text
    if step == "describe":
        assert len(re.findall(r'name="theme" value="(?:EDUC|REGI)"[^>]* checked', filled.text)) == 2


def test_in_each_step_a_session_that_ended_changes_nothing_and_what_was_chosen_is_sent_after_signing_in(town: Town) -> None:
    where = sent(town, sign_in(town, "editor"))
    key = where.rsplit("/", 1)[-1]
    steps = {"columns": {"standard": "vn-school"}, "reading": {"encoding": "utf-8"}, "fixes": {"kind": "trim"},
             "personal": {"way": "mask#school_name"}, "schedule": {"day": tomorrow(town), "hour": "8h30"}, "publish": {"note": "Số đã duyệt"}}
    for step, typed in steps.items():
        before = town.catalog.submission(town.caller("editor"), key)
        town.client.cookies.clear()
        over = town.client.post(f"{where}/{step}", data={"csrf": "gone", **typed})
        assert (over.status_code, "Phiên làm việc đã hết" in over.text) == (401, True), step
        assert town.catalog.submission(town.caller("editor"), key) == before
        fields = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', over.text))
        data = {"name": "editor", "password": PASSWORD, "kept": html.unescape(fields["kept"]), "next": fields["next"]}
        back = town.client.post("/sign-in", data=data)
        assert back.status_code == 200, step
        form = {name: html.unescape(value) for name, value in re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', back.text) if name != "next"}
        assert typed.items() <= form.items()
        assert town.client.post(f"{where}/{step}", data=form, files={"x": (None, "")}).status_code == 303, step
        if town.catalog.submission(town.caller("editor"), key).state == "received":
            town.check(key)
    assert told(town, where)["state"] == "published"


def test_a_button_pressed_twice_or_in_two_windows_acts_once_and_leads_to_the_same_receipt(town: Town) -> None:
    token = sign_in(town, "editor")
    where = sent(town, token, title="Bấm hai lần")
    answers = [town.client.post(f"{where}/publish", data={"csrf": token}) for _ in range(2)]
    assert [(one.status_code, one.headers["location"]) for one in answers] == [(303, where)] * 2
    assert town.get("/api/v1/datasets/bam-hai-lan/versions", "editor").json()["total"] == 1
    late = town.client.post(f"{where}/fixes", data={"csrf": token, "kind": "trim"})
    assert late.status_code == 409
    assert "<main" in late.text


@pytest.mark.parametrize("kept", ["{", "[1]", '[["csrf","x"]]', '[["a"]]', "null", '[["a",1]]'])
def test_what_no_form_of_ours_kept_is_not_taken_up(town: Town, kept: str) -> None:
    answer = town.client.post("/sign-in", data={"name": "editor", "password": PASSWORD, "kept": kept, "next": "/desk"})
    assert (answer.status_code, answer.headers.get("location")) == (303, "/desk")
