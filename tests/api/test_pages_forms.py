"""The forms: signing in, uploading, reviewing; they ask where they came from, keep what was typed and say what is missing."""

from __future__ import annotations

import re

import pytest

from tests.api.spoken import every_sentence
from tests.site import SCHOOLS, URL, Town

PASSWORD = "a long password"


def sign_in(town: Town, who: str) -> str:
    """Sign in; the token that her forms must bear."""
    answer = town.client.post("/sign-in", data={"name": who, "password": PASSWORD, "next": "/desk"}, headers={"Origin": URL})
    assert answer.status_code == 303, answer.text
    html = town.client.get("/desk").text
    return re.search(r'name="csrf" value="([^"]+)"', html).group(1)


def test_signing_in_leads_to_the_desk_and_out_again(town: Town) -> None:
    assert town.client.get("/desk").headers["location"] == "/sign-in?next=%2Fdesk"
    token = sign_in(town, "editor")
    cookie = town.client.post("/sign-in", data={"name": "editor", "password": PASSWORD}).headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=lax" in cookie
    assert "secure" in cookie
    assert town.client.get("/desk").status_code == 200
    assert town.client.post("/sign-out", data={"csrf": token}).status_code in (303, 403)


def test_a_wrong_password_says_nothing_about_the_name(town: Town) -> None:
    wrong = town.client.post("/sign-in", data={"name": "editor", "password": "no"})
    unknown = town.client.post("/sign-in", data={"name": "editor-not-here", "password": "no"})
    assert wrong.status_code == unknown.status_code == 403
    assert wrong.text == unknown.text.replace("editor-not-here", "editor")
    assert 'value="editor"' in wrong.text
    assert "<title>Lỗi:" in wrong.text


@pytest.mark.parametrize("path", ["/sign-in", "/display", "/check", "/publish", "/sign-out"])
@pytest.mark.parametrize("origin", ["https://evil.example", "null"])
def test_a_form_from_another_site_changes_nothing(town: Town, path: str, origin: str) -> None:
    token = sign_in(town, "editor")
    data = {"name": "admin", "password": PASSWORD, "csrf": token, "size": "large"}
    files = {"file": ("a.csv", SCHOOLS)} if path in ("/check", "/publish") else None
    answer = town.client.post(path, data=data, files=files, headers={"Origin": origin})
    assert answer.status_code == 403
    assert "chưa có gì thay đổi" in answer.text
    assert "set-cookie" not in answer.headers


def test_a_form_needs_the_token_of_its_session(town: Town) -> None:
    sign_in(town, "editor")
    for token in ("", "wrong"):
        answer = town.client.post("/publish", data={"csrf": token, "organisation": "h12-so", "title": "Bộ mới tinh"},
                                  files={"file": ("a.csv", SCHOOLS)})
        assert answer.status_code == 403
    assert "Bộ mới tinh" not in town.client.get("/desk").text


def test_an_upload_by_the_form_becomes_a_page(town: Town) -> None:
    token = sign_in(town, "editor")
    sent = town.client.post(
        "/publish", data={"csrf": token, "organisation": "h12-so", "title": "Trường học 2027"},
        files={"file": ("truong.csv", SCHOOLS)})
    assert sent.status_code == 303, sent.text
    where = sent.headers["location"].partition("?")[0]
    waiting = town.client.get(where).text
    assert "Đang kiểm tra tệp" in waiting
    assert '<meta http-equiv="refresh"' in waiting
    town.check(where.rsplit("/", 1)[-1])
    assert "refresh" not in town.client.get(where).text
    assert "Trường Tiểu học Đống Đa" in town.client.get(f"{where}/preview").text
    assert "Trường học 2027" in town.client.get(f"{where}/answers").text
    assert town.get("/datasets/truong-hoc-2027").status_code == 200
    assert town.client.get("/datasets/truong-hoc-2027", headers={"Cookie": ""}).status_code == 404
    assert town.client.post(f"{where}/publish", data={"csrf": token}).status_code == 303
    assert "Đã công bố phiên bản 1" in town.client.get(where).text
    assert "Trường Tiểu học Đống Đa" in town.client.get("/datasets/truong-hoc-2027").text


def test_a_blocked_upload_says_where_and_what_next(town: Town) -> None:
    token = sign_in(town, "editor")
    sent = town.client.post("/publish", data={"csrf": token, "organisation": "h12-so", "title": "Trường học lỗi"},
                            files={"file": ("truong.csv", SCHOOLS + b"BAD,x,01\n")})
    where = sent.headers["location"].partition("?")[0]
    town.check(where.rsplit("/", 1)[-1])
    html = town.client.get(where).text
    assert "Còn 1 chỗ cần bạn xem trước khi công bố" in html
    assert "Ô A4" in html
    assert "Gửi tệp đã sửa" in html
    assert "1 place needs a decision" in town.client.get(where + "?lang=en").text
    assert town.client.get("/datasets/truong-hoc-loi", headers={"Cookie": ""}).status_code in (200, 404)


def test_a_refused_form_keeps_what_was_typed_and_lists_what_is_missing_first(town: Town) -> None:
    token = sign_in(town, "editor")
    answer = town.client.post("/publish", data={"csrf": token, "organisation": "h12-so", "title": "Giữ <tên> này lại",
                                                "update": "append"}, files={"note": ("", b"")})
    assert answer.status_code == 422
    html = answer.text
    assert "<title>Lỗi:" in html
    assert 'value="Giữ &lt;tên&gt; này lại"' in html
    assert html.index('class="errors"') < html.index("<h1")
    for field in re.findall(r'<div class="errors".*?</div>', html, re.DOTALL)[0].split('href="#')[1:]:
        assert f'id="{field.split(chr(34))[0]}"' in html
    assert " disabled" not in html


def test_what_the_catalogue_refuses_keeps_what_was_typed_and_is_said_at_its_field(town: Town) -> None:
    token = sign_in(town, "editor")
    data = {"csrf": token, "organisation": "h12-so", "title": "Trường \u202ehọc", "note": "Kỳ đầu"}
    answer = town.client.post("/publish", data=data, files={"file": ("a.csv", SCHOOLS)})
    assert answer.status_code == 422
    assert 'href="#title"' in answer.text
    assert 'id="title-e"' in answer.text
    assert 'value="Kỳ đầu"' in answer.text
    long = town.client.post("/publish", data={**data, "title": "Rất dài " * 60}, files={"file": ("a.csv", SCHOOLS)})
    assert 'href="#title"' in long.text


def test_a_file_refused_for_a_new_dataset_is_tried_again_for_the_same_one(town: Town) -> None:
    token = sign_in(town, "editor")
    data = {"csrf": token, "organisation": "h12-so", "title": "Bảng theo kỳ", "update": "append", "period": "hôm qua"}
    answer = town.client.post("/publish", data=data, files={"file": ("a.csv", SCHOOLS)})
    assert answer.status_code == 422
    assert 'value="hôm qua"' in answer.text
    assert 'href="#period"' in answer.text
    assert 'value="bang-theo-ky" selected>' in answer.text
    assert len(town.catalog.datasets_of(town.caller("editor"), town.catalog.organisation(town.caller("editor"), "H12").id)) == 1


def test_a_second_person_approves_and_nobody_her_own(careful: Town) -> None:
    made = careful.draft()
    sent = careful.upload(made["slug"], who="reviewer")
    key = sent.json()["id"]
    careful.check(key)
    careful.catalog.submit(careful.caller("reviewer"), key)
    token = sign_in(careful, "reviewer")
    own = careful.client.get(f"/submissions/{key}").text
    assert "cần một người khác duyệt" in own
    assert careful.client.post(f"/submissions/{key}/approve", data={"csrf": token}).status_code == 403
    careful.client.cookies.clear()
    token = sign_in(careful, "admin")
    assert "Duyệt và công bố" in careful.client.get(f"/submissions/{key}").text
    assert careful.client.post(f"/submissions/{key}/approve", data={"csrf": token, "note": "Tốt"}).status_code == 303
    assert careful.client.get(f"/datasets/{made['slug']}").status_code == 200


def test_a_submission_is_no_page_for_strangers(town: Town) -> None:
    made = town.draft()
    key = town.upload(made["slug"]).json()["id"]
    assert town.client.get(f"/submissions/{key}").status_code == 404
    sign_in(town, "stranger")
    assert town.client.get(f"/submissions/{key}").status_code == 404


def test_the_desk_shows_work_first(town: Town) -> None:
    town.draft("Bộ đang viết dở")
    sign_in(town, "editor")
    html = town.client.get("/desk").text
    assert html.index("Việc cần làm") < html.index("Bộ đang viết dở") < html.index('id="bo"')
    town.client.cookies.clear()
    sign_in(town, "nobody")
    assert "chưa thuộc cơ quan nào" in town.client.get("/desk").text


def test_a_body_that_is_no_form_is_refused_in_words(town: Town) -> None:
    answer = town.client.post("/check", content=b"junk", headers={"Content-Type": "text/plain"})
    assert answer.status_code == 422
    assert "multipart/form-data" in answer.text


def test_a_file_that_is_too_large_is_refused_before_it_is_kept(town: Town) -> None:
    answer = town.client.post("/check", files={"file": ("a.csv", b"a,b\n" * 10)}, headers={"Content-Length": str(10**12)})
    assert answer.status_code == 413
    assert answer.headers["content-type"].startswith("text/html")


def test_checking_without_a_file_says_so_in_the_form(town: Town) -> None:
    answer = town.client.post("/check", data={"standard": "vn-school"}, files={"x": ("", b"")})
    assert answer.status_code == 422
    assert "Chưa chọn tệp nào." in answer.text
    assert 'value="vn-school" selected' in answer.text


def test_a_file_is_checked_without_an_account_and_nothing_of_it_is_recorded(town: Town) -> None:
    before = town.catalog.statistics()
    answer = town.client.post("/check", files={"file": ("trường\u202e.csv", "mã,tên\n01,Hà Nội\n02, Cao Bằng\n".encode())})
    assert answer.status_code == 303, answer.text
    answer = town.client.get(answer.headers["location"])
    assert "Đã đọc đủ 2 dòng và 2 cột." in answer.text
    assert "no-store" in answer.headers["cache-control"]
    assert "\u202e" not in answer.text
    assert town.catalog.statistics() == before
    empty = town.client.post("/check", files={"file": ("a.csv", b"")})
    unread = town.client.get(empty.headers["location"])
    assert "Datamo chưa đọc được tệp này" in unread.text
    for one in (answer, unread):
        assert town.client.post(f"{one.url.path}/erase").status_code == 303


def test_every_sentence_is_said_in_english_too() -> None:
    from api.messages.pages import sentences

    english = sentences("en")
    assert sorted(every_sentence() - set(english)) == []
    for vietnamese, said in english.items():
        for wording in [said] if isinstance(said, str) else said:
            assert set(re.findall(r"%\((\w+)\)s", wording)) <= set(re.findall(r"%\((\w+)\)s", vietnamese)), vietnamese


def test_no_template_holds_words_that_cannot_be_translated() -> None:
    from tests.api.spoken import TEMPLATES

    vietnamese = re.compile(r"[àáảãạăằắẳẵặâầấẩẫậèéẻẽẹêềếểễệìíỉĩịòóỏõọôồốổỗộơờớởỡợùúủũụưừứửữựỳýỷỹỵđ]", re.IGNORECASE)
    for path in TEMPLATES:
        text = re.sub(r"\{#.*?#\}|\{\{.*?\}\}|\{%.*?%\}|Tiếng Việt", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
        assert not vietnamese.search(text), path.name


def test_no_sentence_is_said_in_english_in_two_ways() -> None:
    """Of two catalogues with the same sentence the last one read would win, on every page."""
    from babel.messages.pofile import read_po

    from api.messages.pages import FOLDER

    said: dict[str, set[str]] = {}
    for path in sorted((FOLDER / "en").glob("*.po")):
        with path.open("rb") as stream:
            for one in read_po(stream):
                said.setdefault(str(one.id), set()).add(str(one.string))
    said.pop("")
    assert {sentence: words for sentence, words in said.items() if len(words) > 1} == {}
    assert [sentence for sentence in said if re.search(r"\b(?:xoá|khoá|toạ|hoá|thuỷ|uỷ)\b", sentence, re.IGNORECASE)] == []
