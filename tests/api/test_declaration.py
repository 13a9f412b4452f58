"""Secrets are asked about: what nobody answered for or was declared to hold them is not published; the answer is kept."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.api.test_pages_forms import sign_in
from tests.site import SCHOOLS, Town, make_town


@pytest.fixture
def asking(town: Town) -> Town:
    """A site whose agency asks the question before it publishes."""
    answer = town.send("PATCH", "/api/v1/organizations/H12", "admin", {"declares": True})
    assert answer.json()["declares"] is True
    return town


def ready(town: Town, **more: Any) -> str:
    """An upload that has been checked and that nothing blocks."""
    key = str(town.upload(town.draft()["slug"], **more).json()["id"])
    town.check(key)
    return key


def declare(town: Town, key: str, answer: str, who: str = "editor", note: str = "") -> Any:
    return town.send("POST", f"/api/v1/submissions/{key}/declaration", who, {"answer": answer, "note": note})


def publish(town: Town, key: str) -> Any:
    return town.send("POST", f"/api/v1/submissions/{key}/publish", "editor")


def test_an_agency_that_asks_publishes_nothing_that_nobody_answered_for(asking: Town) -> None:
    key = ready(asking, query="?publish=false")
    refused = publish(asking, key)
    assert (refused.status_code, refused.json()["code"]) == (409, "declaration-missing")
    assert declare(asking, key, "none").json()["declaration"]["answer"] == "none"
    assert publish(asking, key).json()["state"] == "published"


def test_a_file_that_nobody_answered_for_stops_at_ready(asking: Town) -> None:
    key = ready(asking)
    assert asking.get(f"/api/v1/submissions/{key}", "editor").json()["state"] == "ready"
    assert not asking.catalog.may_publish_by_itself(key)
    declare(asking, key, "none")
    assert asking.catalog.may_publish_by_itself(key)


def test_what_was_declared_to_hold_secrets_is_published_nowhere(town: Town) -> None:
    """Also where the agency does not ask; a mistaken answer can be changed."""
    key = ready(town, query="?publish=false")
    declare(town, key, "contains", note="Mục 3 là bí mật")
    refused = publish(town, key)
    assert (refused.status_code, refused.json()["code"]) == (409, "declared-protected")
    assert not town.catalog.may_publish_by_itself(key)
    declare(town, key, "none")
    assert publish(town, key).json()["state"] == "published"
    assert declare(town, key, "none").json()["code"] == "wrong-state"


def test_the_answer_stands_in_the_manifest_without_the_person_and_in_the_audit_with_her(asking: Town) -> None:
    key = ready(asking, query="?publish=false", data={"declaration": "none"})
    publish(asking, key)
    slug = asking.get(f"/api/v1/submissions/{key}", "editor").json()["dataset"]
    manifest = asking.get(f"/api/v1/datasets/{slug}/versions/1/manifest")
    [told] = manifest.json()["declarations"]
    assert (told["answer"], told["sha256"], told["at"][-1]) == ("none", manifest.json()["resources"][0]["files"][0]["sha256"], "Z")
    assert "editor" not in manifest.text
    [row] = [one for one in asking.catalog.audit(asking.catalog.system()) if one.act == "declare"]
    assert (row.actor, row.object) == ("editor", key)


def test_a_version_without_an_answer_has_the_manifest_it_always_had(town: Town) -> None:
    slug = town.published()["slug"]
    assert "declarations" not in town.get(f"/api/v1/datasets/{slug}/versions/1/manifest").json()


@pytest.mark.parametrize(("who", "status"), [("", 401), ("reader", 403), ("editor", 200), ("reviewer", 200)])
def test_whoever_may_upload_may_answer(town: Town, who: str, status: int) -> None:
    assert declare(town, ready(town, query="?publish=false"), "none", who).status_code == status


def test_an_answer_that_is_none_is_refused(town: Town) -> None:
    key = ready(town, query="?publish=false")
    assert declare(town, key, "perhaps").status_code == 422
    refused = town.upload(town.draft("Khác")["slug"], data={"declaration": "perhaps"})
    assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, "#/declaration")


def test_a_site_may_ask_for_every_agency(tmp_path: Path) -> None:
    town = make_town(tmp_path)
    town.catalog._declaration = "required"
    key = ready(town, query="?publish=false")
    assert publish(town, key).json()["code"] == "declaration-missing"


def test_the_page_asks_and_keeps_the_answer(asking: Town) -> None:
    key = ready(asking, query="?publish=false")
    token = sign_in(asking, "editor")
    assert "QĐ 20/2025/QĐ-TTg" in asking.client.get(f"/submissions/{key}").text
    done = asking.client.post(f"/submissions/{key}/declare", data={"csrf": token, "answer": "none"})
    assert done.status_code == 303
    assert "Đã khai" in asking.client.get(f"/submissions/{key}").text


def test_the_page_of_an_agency_that_does_not_ask_is_not_longer(town: Town) -> None:
    key = ready(town, query="?publish=false")
    sign_in(town, "editor")
    assert "QĐ 20/2025/QĐ-TTg" not in town.client.get(f"/submissions/{key}").text


PEOPLE = "/organizations/h12-so/people"


def test_an_admin_has_her_agency_ask_and_ask_no_more(town: Town) -> None:
    token = sign_in(town, "admin")
    for rule, declares in (("asked", True), ("unasked", False)):
        done = town.client.post("/organizations/h12-so/declares", data={"csrf": token, "rule": rule})
        assert (done.status_code, done.headers["location"]) == (303, PEOPLE)
        assert f'value="{rule}" checked' in town.client.get(PEOPLE).text
        assert town.get("/api/v1/organizations/H12").json()["declares"] is declares


@pytest.mark.parametrize(("who", "rule", "status"), [("admin", "perhaps", 422), ("admin", "", 422), ("editor", "asked", 403), ("reviewer", "asked", 403)])
def test_a_rule_that_is_none_or_not_hers_to_make_changes_nothing(town: Town, who: str, rule: str, status: int) -> None:
    token = sign_in(town, who)
    assert town.client.post("/organizations/h12-so/declares", data={"csrf": token, "rule": rule}).status_code == status
    assert town.get("/api/v1/organizations/H12").json()["declares"] is False


def test_where_the_site_asks_everybody_the_agencys_page_says_so(town: Town, tmp_path: Path) -> None:
    sign_in(town, "admin")
    assert "hỏi mọi cơ quan" not in town.client.get(PEOPLE).text
    town.catalog._declaration = "required"
    assert "hỏi mọi cơ quan" in town.client.get(PEOPLE).text


def send_form(town: Town, token: str, **fields: str) -> Any:
    data = {"csrf": token, "organisation": "h12-so", "title": "Trường học hỏi trước", **fields}
    return town.client.post("/publish", data=data, files={"file": ("a.csv", SCHOOLS)})


def test_the_upload_form_of_an_agency_that_asks_wants_an_answer_and_no_link_gives_it(asking: Town) -> None:
    token = sign_in(asking, "editor")
    form = asking.client.get("/publish?declaration=none").text
    assert 'name="declaration" value="none">' in form
    refused = send_form(asking, token)
    assert refused.status_code == 422
    assert 'href="#declaration"' in refused.text
    assert "Trường học hỏi trước" in refused.text
    sent = send_form(asking, token, declaration="none")
    assert sent.status_code == 303
    key = sent.headers["location"].partition("?")[0].rsplit("/", 1)[-1]
    asking.check(key)
    told = asking.get(f"/api/v1/submissions/{key}", "editor").json()
    assert (told["state"], told["declaration"]["answer"]) == ("ready", "none")
    assert asking.client.post(f"/submissions/{key}/publish", data={"csrf": token}).status_code == 303
    assert asking.get(f"/api/v1/submissions/{key}", "editor").json()["state"] == "published"


def test_a_dataset_of_an_agency_that_asks_is_asked_about_too(asking: Town) -> None:
    token = sign_in(asking, "editor")
    slug = asking.draft("Bộ đã có")["slug"]
    refused = send_form(asking, token, dataset=slug, organisation="", title="")
    assert refused.status_code == 422
    assert 'href="#declaration"' in refused.text
    kept = send_form(asking, token, dataset=slug, organisation="", title="", declaration="contains")
    key = kept.headers["location"].partition("?")[0].rsplit("/", 1)[-1]
    asking.check(key)
    assert not asking.catalog.may_publish_by_itself(key)


def test_the_upload_form_of_an_agency_that_does_not_ask_is_not_longer(town: Town) -> None:
    token = sign_in(town, "editor")
    assert "QĐ 20/2025/QĐ-TTg" not in town.client.get("/publish").text
    assert send_form(town, token).status_code == 303
