"""Repairs over HTTP: the plan is shown, accepted kinds are made by the worker, and the form does it without a script."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from infra.demo.build import old_file
from standards.repair import Change, Repair
from tests.api.test_pages_forms import sign_in
from tests.running import Running, running
from tests.site import URL, Town

DIRTY = "\ufeffmã,tên,trống\n1, Trường A ,\n,,\n2,Trường\u00a0B,\n".encode()
PLAN = (
    Repair(kind="trim", safe=True, count=2, fields=("tên",), examples=(Change(row=2, field="tên", before=" <a> ", after="<a>"),)),
    Repair(kind="date-day-first", safe=False, count=1, fields=("ngày",), examples=(Change(row=3, field="ngày", before="1/7/2025", after="2025-07-01"),)),
)


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with running(tmp_path_factory.mktemp("fixes")) as site:
        yield site


def test_the_old_file_of_the_demo_loses_its_zeros_and_stays_blocked_for_its_codes(here: Running) -> None:
    slug = here.draft("xã cũ")
    sent = here.upload(slug, old_file(), "xa-bac-ninh-tcvn3.csv", data={"standard": "vn-admin-area"})
    blocked = here.end(sent.json()["id"])
    assert blocked["state"] == "blocked"
    offered = {one["kind"]: one for one in blocked["fixes"]}
    assert {kind: one["safe"] for kind, one in offered.items()} == {"zero-padding": True, "successor": False, "as-of": False}
    assert offered["zero-padding"]["count"] == 139
    assert offered["zero-padding"]["examples"][0]["after"].startswith("0")
    assert offered["successor"]["asks"]["day"] == "2025-06-30"
    assert sum(offered["successor"]["ends"].values()) == offered["successor"]["count"]
    assert (blocked["repaired"], blocked["accepted"]) == ([], [])
    with here.client() as client:
        asked = client.post(f"/api/v1/submissions/{blocked['id']}/fixes", json={"safe": True})
    assert asked.status_code == 202
    assert asked.json()["state"] in ("received", "checking", "blocked")
    again = here.end(blocked["id"])
    assert again["state"] == "blocked"
    assert "leading-zero-lost" in {one["code"] for one in blocked["groups"]}
    assert not {"leading-zero-lost", "legacy-font-encoding"} & {one["code"] for one in again["groups"]}
    assert again["reason"]["code"] == "code-valid-on"
    assert {one["kind"] for one in again["repaired"]} == {"encoding", "delimiter", "zero-padding"}
    assert again["accepted"] == ["safe"]
    assert not any(one["safe"] for one in again["fixes"])


def test_what_is_published_comes_from_the_mended_cells_and_the_original_stays_private(here: Running) -> None:
    """An accepted repair took a column with a name out of the table, so the file as it came is not for the public."""
    slug = here.draft("sửa rồi công bố")
    with here.client() as client:
        sent = client.post(f"/api/v1/datasets/{slug}/submissions?publish=false", files={"file": ("a.csv", DIRTY)})
        ready = client.get(f"/api/v1/submissions/{sent.json()['id']}?wait=30").json()
        assert ready["state"] == "ready"
        assert {"bom", "invisible", "trim", "drop-column", "drop-row"} == {one["kind"] for one in ready["fixes"]}
        assert client.post(f"/api/v1/submissions/{ready['id']}/fixes", json={"safe": True}).status_code == 202
        mended = client.get(f"/api/v1/submissions/{ready['id']}?wait=30").json()
        assert (mended["state"], mended["fixes"]) == ("ready", [])
        assert client.post(f"/api/v1/submissions/{ready['id']}/publish").status_code == 200
        files = client.get(f"/api/v1/datasets/{slug}").json()["files"]
        assert not {"original", "changes", "report"} & {one["role"] for one in files}
        assert client.get(f"/api/v1/datasets/{slug}/files/{slug}.csv").text == "mã,tên\n1,Trường A\n2,Trường B\n"
        version = here.site.catalog.version(here.site.catalog.system(), slug)
        assert version.resources[0].pins["repairs"] == {"bom": 1, "invisible": 1, "trim": 1, "drop-column": 1, "drop-row": 1}
        assert [(one.role, one.public) for one in version.files if one.role in ("original", "changes")] == [("original", False), ("changes", False)]


def test_repairs_that_do_not_exist_are_refused_where_they_stand(here: Running) -> None:
    slug = here.draft("sai")
    blocked = here.end(here.upload(slug, b"a,b\n1,2,3\n").json()["id"])
    with here.client() as client:
        path = f"/api/v1/submissions/{blocked['id']}/fixes"
        assert client.post(path, json={"accept": ["trim", "successor"]}).json()["errors"][0]["pointer"] == "#/accept/1"
        assert client.post(path, json={}).json()["errors"][0]["pointer"] == "#/accept"
        assert client.post(path, json={"accept": [], "all": True}).status_code == 422
    with here.client("stranger") as client:
        assert client.post(path, json={"safe": True}).status_code == 404


def blocked_in(town: Town) -> str:
    """A blocked submission with a plan."""
    made = town.draft()
    sent = town.upload(made["slug"], b"a,b\nBAD,1\n").json()["id"]
    one = town.check(sent)
    assert one.outcome is not None
    town.catalog.recheck(town.catalog.system(), sent)
    town.catalog.begin_check(sent)
    table = replace(one.outcome.tables[0], fixes=PLAN)
    town.catalog.settle(sent, replace(one.outcome, tables=(table,)))
    return sent


@pytest.mark.parametrize(("data", "accepted"), [({"safe": "1", "kind": "date-day-first"}, ("safe",)), ({"kind": ["trim", "no-such"]}, ("trim",))])
def test_the_page_shows_each_kind_before_and_after_and_its_form_accepts_them(town: Town, data: dict[str, object], accepted: tuple[str, ...]) -> None:
    key = blocked_in(town)
    token = sign_in(town, "editor")
    page = town.client.get(f"/submissions/{key}?lang=en").text
    assert "Repair all that is safe (2)" in page
    assert "Remove stray spaces" in page
    assert "&lt;a&gt;" in page
    assert "<bdi><a></bdi>" not in page
    assert "2025-07-01" in page
    sent = town.client.post(f"/submissions/{key}/fixes", data={"csrf": token, **data})
    assert sent.status_code == 303, sent.text
    one = town.catalog.submission(town.catalog.system(), key)
    assert (one.state, one.options.fixes) == ("received", accepted)


def test_the_form_needs_its_token_and_something_ticked(town: Town) -> None:
    key = blocked_in(town)
    token = sign_in(town, "editor")
    assert town.client.post(f"/submissions/{key}/fixes", data={"csrf": "wrong", "safe": "1"}).status_code == 403
    assert town.client.post(f"/submissions/{key}/fixes", data={"csrf": token, "safe": "1"}, headers={"Origin": "https://evil.example"}).status_code == 403
    assert town.client.post(f"/submissions/{key}/fixes", data={"csrf": token}, headers={"Origin": URL}).status_code == 422
    assert town.catalog.submission(town.catalog.system(), key).state == "blocked"


def test_a_reader_sees_the_plan_and_no_buttons(town: Town) -> None:
    key = blocked_in(town)
    token = sign_in(town, "reader")
    page = town.client.get(f"/submissions/{key}?lang=en").text
    assert "Remove stray spaces" in page
    assert "Repair all that is safe" not in page
    assert town.client.post(f"/submissions/{key}/fixes", data={"csrf": token, "safe": "1"}).status_code == 403
