"""An agency's people and a person's own account on pages: admins give roles, everybody makes her own keys."""

from __future__ import annotations

import re

import pytest

from tests.api.test_pages_forms import PASSWORD
from tests.api.test_pages_review import as_
from tests.site import URL, Town

HERE = "/organizations/h12-so/people"


def test_an_admin_adds_changes_and_removes_people(town: Town) -> None:
    token = as_(town, "admin")
    assert f'href="{HERE}"' in town.client.get("/desk").text
    assert town.client.post(HERE, data={"csrf": token, "name": "nobody", "role": "editor"}).status_code == 303
    assert "nobody</code>, biên tập" in town.client.get(HERE).text
    town.client.post(HERE, data={"csrf": token, "name": "nobody", "role": "reviewer"})
    assert "nobody</code>, duyệt" in town.client.get(HERE).text
    town.client.post(HERE, data={"csrf": token, "name": "nobody", "role": ""})
    assert "<code>nobody</code>" not in town.client.get(HERE).text


@pytest.mark.parametrize(("name", "role", "said"), [
    ("không-có", "editor", "Không có người này."), ("admin", "reader", "quản trị"), ("admin", "", "quản trị"),
    ("nobody", "", "không thuộc cơ quan"), ("nobody", "king", ""), ("", "editor", "Không có người này."),
])
def test_what_cannot_be_is_said_in_the_form(town: Town, name: str, role: str, said: str) -> None:
    token = as_(town, "admin")
    answer = town.client.post(HERE, data={"csrf": token, "name": name, "role": role})
    assert answer.status_code == 422
    assert "<title>Lỗi:" in answer.text
    assert 'href="#name"' in answer.text
    assert said in answer.text
    assert "admin</code>, quản trị" in town.client.get(HERE).text


def test_an_admin_chooses_whether_a_second_person_approves(town: Town) -> None:
    token = as_(town, "admin")
    assert town.client.post("/organizations/h12-so/review", data={"csrf": token, "rule": "second_person"}).status_code == 303
    assert 'value="second_person" checked' in town.client.get(HERE).text
    assert town.client.post("/organizations/h12-so/review", data={"csrf": token, "rule": "x"}).status_code == 422


@pytest.mark.parametrize("who", ["reader", "editor", "reviewer"])
def test_others_of_the_agency_read_and_change_nothing(town: Town, who: str) -> None:
    token = as_(town, who)
    html = town.client.get(HERE).text
    assert "admin</code>" in html
    assert f'action="{HERE}"' not in html
    assert town.client.post(HERE, data={"csrf": token, "name": "nobody", "role": "admin"}).status_code == 403
    assert town.client.post("/organizations/h12-so/review", data={"csrf": token, "rule": "none"}).status_code == 403


def test_who_works_there_is_nobody_elses_business(town: Town) -> None:
    assert town.client.get(HERE).headers["location"].startswith("/sign-in")
    as_(town, "stranger")
    assert town.client.get(HERE).status_code == 403


def test_a_key_is_shown_once_works_and_ends_when_revoked(town: Town) -> None:
    token = as_(town, "editor")
    made = town.client.post("/account/tokens", data={"csrf": token, "name": "Máy <chủ>", "days": "30"})
    assert made.status_code == 200
    assert made.headers["cache-control"] == "no-store"
    secret = re.search(r'class="secret">([^<]+)<', made.text).group(1)
    assert town.client.get("/api/v1/users/me", headers={"Authorization": f"Bearer {secret}", "Cookie": ""}).json()["name"] == "editor"
    again = town.client.get("/account").text
    assert secret not in again
    assert "Máy &lt;chủ&gt;" in again
    key = re.search(r'scope="row"><bdi>Máy.*?action="/account/tokens/([^/]+)/revoke"', again, re.DOTALL).group(1)
    assert town.client.post(f"/account/tokens/{key}/revoke", data={"csrf": token}).status_code == 303
    assert town.client.get("/api/v1/users/me", headers={"Authorization": f"Bearer {secret}"}).status_code == 401


def test_nobody_revokes_anothers_key(town: Town) -> None:
    token = as_(town, "editor")
    other = town.catalog.add_token(town.caller("admin"), "admin")
    assert town.client.post(f"/account/tokens/{other.id}/revoke", data={"csrf": token}).status_code == 404
    assert town.catalog.caller_of_token(other.secret).person.name == "admin"


def test_a_password_is_changed_by_whoever_knows_the_one_that_holds(town: Town) -> None:
    token = as_(town, "editor")
    for old, new, said in (("wrong", "another long one", "đang dùng chưa đúng"), (PASSWORD, "short", "ít nhất 10 ký tự")):
        answer = town.client.post("/account/password", data={"csrf": token, "old": old, "password": new})
        assert answer.status_code == 422
        assert said in answer.text
    assert town.client.post("/account/password", data={"csrf": token, "old": PASSWORD, "password": "another long one"}).status_code == 303
    town.client.cookies.clear()
    assert town.client.post("/sign-in", data={"name": "editor", "password": PASSWORD}).status_code == 403
    assert town.client.post("/sign-in", data={"name": "editor", "password": "another long one"}).status_code == 303


@pytest.mark.parametrize("path", ["/account/tokens", "/account/tokens/x/revoke", "/account/password", HERE,
                                  "/organizations/h12-so/review", "/datasets/x/withdraw"])
def test_forms_from_elsewhere_or_without_their_token_change_nothing(town: Town, path: str) -> None:
    token = as_(town, "admin")
    assert town.client.post(path, data={"csrf": "wrong", "name": "nobody", "role": "admin"}).status_code == 403
    assert town.client.post(path, data={"csrf": token}, headers={"Origin": "https://evil.example"}).status_code == 403
    assert town.client.post(path, data={"csrf": token}, headers={"Origin": URL, "Sec-Fetch-Site": "cross-site"}).status_code == 403
