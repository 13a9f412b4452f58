"""Recipes: what was accepted is kept with the publication, replayed and shown at the next upload, and asked when unfit."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from catalog.recipe import Recipe
from tests.api.test_pages_forms import sign_in
from tests.running import Running, running
from tests.site import Town

FIRST = "mã,ngày\nA1 ,01/02/2025\nA2,03/04/2025\n".encode()
SCHOOLS = "vn-admin-area"


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with running(tmp_path_factory.mktemp("recipes")) as site:
        yield site


def settled(here: Running, key: str) -> dict[str, Any]:
    with here.client() as client:
        return dict(client.get(f"/api/v1/submissions/{key}?wait=30").json())


def published_with(here: Running, title: str, content: bytes, words: dict[str, object], standard: str = SCHOOLS) -> str:
    slug = here.draft(title)
    with here.client() as client:
        sent = client.post(f"/api/v1/datasets/{slug}/submissions?publish=false", data={"standard": standard}, files={"file": ("a.csv", content)}).json()
        settled(here, sent["id"])
        assert client.post(f"/api/v1/submissions/{sent['id']}/fixes", json=words).status_code == 202
        found = settled(here, sent["id"])
        assert found["state"] == "ready", found["groups"]
        assert client.post(f"/api/v1/submissions/{sent['id']}/publish").status_code == 200
    return slug


def test_a_recipe_is_kept_replayed_shown_asked_anew_and_forgotten(here: Running) -> None:
    slug = published_with(here, "công thức", b"ref_date,province_code,commune_code\n01/08/2025, 01,00004\n", {"safe": True, "accept": ["date-day-first"]})
    with here.client() as client:
        [kept] = client.get(f"/api/v1/datasets/{slug}/recipes").json()["items"]
        assert set(kept["fixes"]) == {"date-day-first#ref_date", "safe"}
        assert kept["version"] == 1
        again = client.post(f"/api/v1/datasets/{slug}/submissions?publish=false", data={"standard": SCHOOLS}, files={"file": ("b.csv", b"ref_date,province_code,commune_code\n03/09/2025, 04,01273\n")}).json()
        assert again["recipe"]["version"] == 1
        found = settled(here, again["id"])
        assert (found["state"], found["unfit"]) == ("ready", [])
        assert {one["kind"] for one in found["repaired"]} == {"date-day-first", "trim"}
        off = client.post(f"/api/v1/datasets/{slug}/submissions?publish=false", data={"standard": SCHOOLS, "recipe": "off"}, files={"file": ("b.csv", b"ref_date,province_code,commune_code\n03/09/2025,04,01273\n")}).json()
        assert (off["recipe"], settled(here, off["id"])["state"]) == (None, "blocked")


def test_a_decision_that_no_longer_fits_is_asked_again_and_nothing_is_published_meanwhile(here: Running) -> None:
    slug = published_with(here, "không khớp", b"ref_date,province_code,commune_code\n01/08/2025,01,00004\n", {"accept": ["date-day-first"]})
    with here.client() as client:
        sent = client.post(f"/api/v1/datasets/{slug}/submissions", data={"standard": SCHOOLS}, files={"file": ("b.csv", b"ma so ngay,province_code,commune_code\n2025-08-01,04,01273\n")}).json()
        found = settled(here, sent["id"])
        assert found["unfit"] == ["date-day-first#ref_date"]
        assert found["state"] in ("ready", "blocked")
        assert client.get(f"/api/v1/datasets/{slug}").json()["version"] == 1


def test_accepted_repairs_can_be_taken_back_before_publishing(here: Running) -> None:
    slug = here.draft("lấy lại")
    with here.client() as client:
        sent = client.post(f"/api/v1/datasets/{slug}/submissions?publish=false", files={"file": ("a.csv", FIRST)}).json()
        settled(here, sent["id"])
        path = f"/api/v1/submissions/{sent['id']}/fixes"
        client.post(path, json={"safe": True})
        assert {one["kind"] for one in settled(here, sent["id"])["repaired"]} == {"trim"}
        client.post(path, json={"withdraw": ["trim"]})
        found = settled(here, sent["id"])
        assert (found["repaired"], "trim" in found["accepted"]) == ([], False)
        assert {one["kind"] for one in found["fixes"]} == {"trim"}
        assert client.post(path, json={}).status_code == 422
        assert client.post(path, json={"successor": {"day": "2025-07-02", "until": "2025-07-01"}}).json()["errors"][0]["pointer"] == "#/successor"


def test_columns_get_names_of_the_standard_and_the_recipe_remembers_them(here: Running) -> None:
    slug = published_with(here, "tên cột", b"Ngay cua du lieu,province_code,commune_code\n2025-08-01,01,00004\n", {"columns": {"Ngay cua du lieu": "ref_date"}})
    with here.client() as client:
        kept = client.get(f"/api/v1/datasets/{slug}/recipes/{slug}").json()
        assert kept["columns"] == {"Ngay cua du lieu": "ref_date"}
        changed = client.put(f"/api/v1/datasets/{slug}/recipes/{slug}", json={"fixes": ["trim"]})
        assert changed.json()["fixes"] == ["trim"]
        wrong = client.put(f"/api/v1/datasets/{slug}/recipes/{slug}", json={"fixes": ["no-such"]})
        assert (wrong.status_code, wrong.json()["errors"][0]["pointer"]) == (422, "#/fixes/0")
        assert client.delete(f"/api/v1/datasets/{slug}/recipes/{slug}").status_code == 204
        assert client.get(f"/api/v1/datasets/{slug}/recipes/{slug}").status_code == 404
        assert client.delete(f"/api/v1/datasets/{slug}/recipes/{slug}").status_code == 404
    rows = here.site.catalog.audit(here.site.catalog.system()) if hasattr(here.site.catalog, "audit") else []
    acts = [one.act for one in rows]
    assert not acts or {"keep-recipe", "drop-recipe"} <= set(acts)


def test_who_may_not_see_the_agencys_work_sees_no_recipe(here: Running) -> None:
    slug = published_with(here, "kín", b"ref_date,province_code,commune_code\n2025-08-01, 01,00004\n", {"safe": True})
    with here.client("stranger") as client:
        assert client.get(f"/api/v1/datasets/{slug}/recipes").status_code == 404
        assert client.put(f"/api/v1/datasets/{slug}/recipes/{slug}", json={"fixes": []}).status_code == 404


def test_the_page_lists_a_recipe_in_words_and_takes_parts_of_it_away(town: Town) -> None:
    made = town.draft()
    sent = town.upload(made["slug"], b"a,b\n1,2\n").json()["id"]
    town.check(sent)
    system = town.catalog.system()
    one = town.catalog.submission(system, sent)
    if one.state != "published":
        town.catalog.publish(system, [sent])
    entry = town.catalog.dataset(system, made["slug"])
    with town.catalog._records.begin() as unit:
        unit.save_recipe(Recipe(dataset=entry.id, resource="bang", fixes=("safe", "rename#Cột <a>=name"), read={"delimiter": ";"}, version=1, modified=datetime.now(UTC)))
    token = sign_in(town, "editor")
    page = town.client.get(f"/datasets/{made['slug']}/recipes?lang=en").text
    assert "Every safe repair" in page
    assert "Cột &lt;a&gt;" in page
    assert "delimiter" in page
    path = f"/datasets/{made['slug']}/recipes/bang"
    assert town.client.post(path, data={"csrf": "wrong", "forget": "1"}).status_code == 403
    assert town.client.post(path, data={"csrf": token, "drop": "rename#Cột <a>=name"}).status_code == 303
    assert town.catalog.recipe(system, entry.id, "bang").fixes == ("safe",)
    town.client.post(path, data={"csrf": token, "reading": "drop"})
    assert town.catalog.recipe(system, entry.id, "bang").read == {}
    town.client.post(path, data={"csrf": token, "forget": "1"})
    assert "Every safe repair" not in town.client.get(f"/datasets/{made['slug']}/recipes?lang=en").text
