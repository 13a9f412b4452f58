"""What readers ask and report through the doors: no account, moderated, answered; what is reported hides everywhere."""

from __future__ import annotations

import pytest

from tests.api.test_pages_review import as_
from tests.site import Town

SENTENCE = "Cột này có số căn cước của người dân."


def reported(town: Town, slug: str, **more: object) -> dict:
    given = {"dataset": slug, "place": "cột school_code", "text": SENTENCE, "personal_data": True, **more}
    answer = town.send("POST", "/api/v1/corrections", "", given)
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


def test_a_request_without_an_account_is_moderated_answered_and_supported(town: Town) -> None:
    answer = town.send("POST", "/api/v1/requests", "", {
        "title": "Dân số theo xã", "text": "Cho nghiên cứu.", "organization": "H12", "contact": "reader@example.org"})
    made = answer.json()
    assert (answer.status_code, made["state"], made["organization"]) == (201, "waiting", "h12-so")
    assert answer.headers["location"].endswith(f"/api/v1/voices/{made['number']}")
    path = f"/api/v1/voices/{made['number']}"
    assert town.get("/api/v1/requests").json()["total"] == 0
    assert town.get(path).json()["text"] == "Cho nghiên cứu."
    assert town.get("/api/v1/voices", "editor").json()["items"][0]["number"] == made["number"]
    assert town.get("/api/v1/voices").status_code == 401
    assert town.send("POST", f"{path}/moderate", "", {"public": True}).status_code == 401
    assert town.send("POST", f"{path}/moderate", "reader", {"public": True}).status_code == 403
    assert town.send("POST", f"{path}/moderate", "editor", {"public": True}).json()["public"] is True
    assert town.send("POST", f"{path}/support", "").json()["supports"] == 1
    assert town.send("POST", f"{path}/support", "").json()["supports"] == 1
    assert town.send("POST", f"{path}/answer", "editor", {"answer": "Quý tới.", "outcome": "planned"}).json()["outcome"] == "planned"
    listed = town.get("/api/v1/requests?state=answered&limit=1").json()
    assert (listed["total"], listed["items"][0]["answer"], listed["next"]) == (1, "Quý tới.", None)
    assert "reader@example.org" not in town.get(path, "admin").text + town.get("/api/v1/voices", "admin").text


@pytest.mark.parametrize(("path", "given", "pointer"), [
    ("requests", {"title": "", "text": "x"}, "#/title"), ("questions", {"dataset": "schools", "text": " "}, "#/text"),
    ("corrections", {"dataset": "schools", "text": SENTENCE, "personal_data": True}, "#/place"),
    ("corrections", {"dataset": "schools", "text": "x", "resource": "nothing"}, "#/resource"),
    ("requests", {"title": "x", "text": "x", "contact": "nobody"}, "#/contact"),
])
def test_what_is_missing_is_said(town: Town, path: str, given: dict, pointer: str) -> None:
    town.published(slug="schools")
    answer = town.send("POST", f"/api/v1/{path}", "", given)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == pointer


def test_reported_personal_data_is_hidden_on_every_surface_until_somebody_looked(town: Town) -> None:
    slug = town.published()["slug"]
    one = reported(town, slug)
    assert one["hidden"] is True
    surfaces = [
        f"/api/v1/datasets/{slug}/files/{slug}.csv", f"/api/v1/datasets/{slug}/versions/1/files/{slug}.csv",
        f"/api/v1/datasets/{slug}/files/schools.csv", f"/api/v1/datasets/{slug}/rows", f"/api/v1/datasets/{slug}/versions/1/rows",
    ]
    town.stand.follow()
    for path in surfaces:
        assert town.get(path).status_code == 404, path
    assert town.get(f"/api/v1/datasets/{slug}").json()["resources"] == []
    package = town.get(f"/api/3/action/package_show?id={slug}").json()["result"]
    assert package["resources"] == []
    for path in (f"/datasets/{slug}", f"/datasets/{slug}.jsonld", f"/datasets/{slug}.datapackage", f"/api/v1/datasets/{slug}",
                 f"/api/v1/datasets/{slug}/versions/1", f"/api/v1/datasets/{slug}/versions", "/api/v1/datasets?q=school",
                 "/api/3/action/package_search?q=school_code", f"/datasets/{slug}/versions/1", "/catalog.jsonld"):
        answer = town.get(path)
        assert "00123" not in answer.text, path
        assert "school_name" not in answer.text, path
    assert town.get(f"/api/v1/datasets/{slug}/files/{slug}.csv", "editor").status_code == 200
    assert town.send("POST", f"/api/v1/voices/{one['number']}/lift", "editor", {"reason": "Mã trường."}).status_code == 403
    town.send("POST", f"/api/v1/voices/{one['number']}/lift", "reviewer", {"reason": "Đó là mã trường."})
    assert town.get(surfaces[0]).status_code == 200
    assert town.get(f"/api/v1/voices/{one['number']}").json()["hidden"] is False


def test_pages_let_anybody_ask_and_follow_and_agencies_answer(town: Town) -> None:
    slug = town.published()["slug"]
    client = town.client
    for path in (f"/datasets/{slug}/ask", f"/datasets/{slug}/report", "/requests/new?q=dan+so", "/requests", "/voices"):
        assert client.get(path).status_code == 200, path
    wrong = client.post(f"/datasets/{slug}/report", data={"text": "<b>Sai</b>", "personal": "yes"})
    assert wrong.status_code == 422
    assert "<title>Lỗi:" in wrong.text
    assert 'href="#place"' in wrong.text
    assert "&lt;b&gt;Sai" in wrong.text
    answer = client.post(f"/datasets/{slug}/ask", data={"text": "Vì sao thiếu trường?\n<script>x</script>", "contact": "a@example.org"})
    assert answer.status_code == 303
    path = answer.headers["location"].partition("?")[0]
    shown = client.get(answer.headers["location"]).text
    assert "Số tham chiếu" in shown
    assert "<script>x" not in shown
    assert "a@example.org" not in shown
    assert client.get(f"/voices?number={path.rpartition('/')[2]}").headers["location"] == path
    assert client.get("/voices?number=AAAAAA-AAAAAA").status_code == 404
    assert "Vì sao" not in client.get(f"/datasets/{slug}/voices").text
    token = as_(town, "editor")
    assert client.post(f"{path}/show", data={"text": "Vì sao thiếu trường?"}).status_code == 403
    assert client.post(f"{path}/show", data={"csrf": token, "text": "Vì sao thiếu trường?"}).status_code == 303
    assert client.post(f"{path}/answer", data={"csrf": token, "answer": "", "outcome": "answered"}).status_code == 422
    assert client.post(f"{path}/answer", data={"csrf": token, "answer": "Đã bổ sung.", "outcome": "answered"}).status_code == 303
    assert client.post(f"{path}/nothing", data={"csrf": token}).status_code == 404
    assert "a@example.org" not in client.get(path).text
    public = client.get(f"/datasets/{slug}/voices").text
    assert "Đã bổ sung." in public
    assert "Questions and corrections" in client.get(f"/datasets/{slug}/voices?lang=en").text


def test_words_of_any_length_are_refused_at_their_field_and_stay_in_the_form(town: Town) -> None:
    long = "<script>1</script> =1+1 " + "dài" * 3400
    given = {"title": long, "text": "Tôi cần số liệu này", "contact": long}
    told = town.client.post("/requests/new", data=given)
    assert told.status_code == 422
    assert 'href="#title"' in told.text
    assert 'href="#contact"' in told.text
    assert "Tôi cần số liệu này" in told.text
    assert "&lt;script&gt;1&lt;/script&gt; =1+1 dàidài" in told.text
    assert "<script>1" not in told.text


def test_a_form_of_another_site_says_nothing_here(town: Town) -> None:
    answer = town.client.post("/requests/new", data={"title": "x", "text": "x"}, headers={"Origin": "https://evil.example"})
    assert answer.status_code == 403


def test_a_reviewer_looks_at_what_is_hidden_on_its_page(town: Town) -> None:
    slug = town.published()["slug"]
    one = reported(town, slug)
    path = f"/voices/{one['number']}"
    assert "đang ẩn" in town.client.get(path).text
    token = as_(town, "reviewer")
    assert "Cho hiện lại" in town.client.get(path).text
    refused = town.client.post(f"{path}/answer", data={"csrf": token, "answer": "x", "outcome": "no-mistake"})
    assert (refused.status_code, "còn đang ẩn" in refused.text) == (422, True)
    assert town.client.post(f"{path}/lift", data={"csrf": token, "reason": ""}).status_code == 422
    assert town.client.post(f"{path}/lift", data={"csrf": token, "reason": "Mã trường."}).status_code == 303
    assert town.client.post(f"{path}/refuse", data={"csrf": token, "reason": "Không phải."}).status_code == 303
    assert "Không tiếp nhận" in town.client.get(path).text


def test_a_forgotten_password_is_asked_for_without_a_hint_and_chosen_on_a_page(town: Town) -> None:
    town.catalog.amend_person(town.caller("editor"), "editor", email="editor@example.gov.vn")
    said = [town.client.post("/forgot-password", data={"name": name}) for name in ("editor", "nobody-at-all")]
    assert [one.status_code for one in said] == [200, 200]
    assert said[0].text == said[1].text
    waiting = town.catalog.letters_due()
    assert [one.kind for one in waiting] == ["reset"]
    _, _, key = town.catalog.addressee(waiting[0])
    shown = town.client.get(f"/new-password?key={key}")
    assert (shown.status_code, shown.headers["referrer-policy"], shown.headers["cache-control"]) == (200, "same-origin", "no-store")
    assert town.client.post("/new-password", data={"key": key, "password": "short"}).status_code == 422
    assert town.client.post("/new-password", data={"key": key, "password": "một câu dài dễ nhớ"}).status_code == 303
    assert town.client.post("/new-password", data={"key": key, "password": "một câu dài dễ nhớ"}).status_code == 404
    assert town.client.get("/new-password?key=nothing").status_code == 404
    assert town.client.get("/forgot-password").status_code == 200


def test_an_admin_invites_and_everybody_says_where_letters_go_and_reads_notices(town: Town) -> None:
    reported(town, town.published()["slug"])
    token = as_(town, "admin")
    sent = {"csrf": token, "name": "moi", "email": "moi@example.gov.vn", "role": "editor"}
    assert town.client.post("/organizations/h12-so/people", data=sent).status_code == 303
    assert town.client.post("/organizations/h12-so/people", data=sent).status_code == 422
    assert "<code>moi</code>" in town.client.get("/organizations/h12-so/people").text
    assert town.client.post("/account/letters", data={"csrf": token, "email": "x", "language": ""}).status_code == 422
    answer = town.client.post("/account/letters", data={"csrf": token, "email": "a@example.gov.vn", "language": "en"})
    assert answer.status_code == 303
    while town.catalog.follow_notices(mail=False):
        pass
    assert "1 chưa đọc" in town.client.get("/desk").text
    shown = town.client.get("/desk/notices").text
    assert "Có báo dữ liệu cá nhân" in shown
    assert town.client.post("/desk/notices/read", data={"csrf": token}).status_code == 303
    assert "Chưa đọc" not in town.client.get("/desk/notices").text


def test_a_dossier_shows_its_agency_what_led_to_a_version_and_nobody_else(town: Town) -> None:
    slug = town.published()["slug"]
    path = f"/datasets/{slug}/versions/1/dossier"
    assert town.client.get(path).status_code == 303
    as_(town, "stranger")
    assert town.client.get(path).status_code == 404
    as_(town, "reader")
    shown = town.client.get(path)
    version = town.catalog.version(town.caller("reader"), slug, 1)
    assert shown.status_code == 200
    assert version.manifest in shown.text
    assert all(one.sha256 in shown.text for one in version.files)
    assert "Gửi tệp" in shown.text
    assert "<code>attach</code>" not in shown.text
    assert town.client.get(f"/datasets/{slug}/versions/9/dossier").status_code == 404


def test_readers_of_a_page_are_told_that_a_part_is_hidden(town: Town) -> None:
    slug = town.published()["slug"]
    reported(town, slug)
    assert "đang ẩn" in town.client.get(f"/datasets/{slug}").text
