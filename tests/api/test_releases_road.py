"""The whole road of a release over HTTP with a real worker: dry run, acceptance, work on the desk, and how it ends."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from standards import codelist
from tests.releases import BASIS, EFFECTIVE, SCHOOLS, A, B, merger
from tests.running import Running, running

AT = "/api/v1/codelists/vn-commune/releases"
TOLD = {"effective": EFFECTIVE, "basis": BASIS, "source": "Công báo"}


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with running(Path(tmp_path_factory.mktemp("road"))) as found:
        catalog = found.site.catalog
        catalog.add_person(catalog.system(), "steward", role="steward")
        found.tokens["steward"] = catalog.add_token(catalog.system(), "steward").secret
        yield found


def until(ask: Callable[[], Any]) -> Any:
    """Ask again until there is an answer."""
    for _ in range(600):
        if answer := ask():
            return answer
        time.sleep(0.2)
    raise AssertionError("nothing came")


def publish(site: Running, slug: str, content: bytes) -> dict[str, Any]:
    return site.end(site.upload(slug, content, data={"standard": "vn-school"}).json()["id"])


def test_a_release_is_looked_at_accepted_checked_again_worked_on_and_done(site: Running) -> None:
    slug, old = site.draft("Trường học Hà Nội"), codelist.load("vn-commune").digest
    assert publish(site, slug, SCHOOLS)["state"] == "published"
    with site.client("steward") as steward:
        shown = steward.post(f"{AT}?dry_run=1", files={"file": ("r.csv", merger())}, data=TOLD).json()
        [touched] = shown["touches"]["items"]
        assert (touched["slug"], touched["rows"], touched["organization"]["id"]) == (slug, 1, "H99")
        assert steward.get(f"/api/v1/codelists/vn-commune?code={A}&on=2026-11-01").json()["total"] == 1
        with site.client("") as public:
            assert public.get(f"{AT}/{shown['id']}").status_code == 404
            assert public.get(AT).json()["total"] == 0
        accepted = steward.post(f"{AT}/{shown['id']}/accept", json={"digest": shown["digest"]})
        assert (accepted.status_code, accepted.json()["number"]) == (200, 1)
        assert steward.get(f"/api/v1/codelists/vn-commune?code={A}&on=2026-11-01").json()["total"] == 0

    with site.client("editor") as editor:
        [work] = until(lambda: editor.get("/api/v1/work").json()["items"])
        [column] = work["resources"][0]["columns"]
        assert (column["field"], column["kind"], column["codes"][0]["successors"]) == ("commune_code", "closed", [B])
        manifest = editor.get(f"/api/v1/datasets/{slug}/versions/1/manifest").json()
        assert manifest["resources"][0]["pins"]["codelists"]["vn-commune"] == old
        pinned = editor.get(f"/api/v1/codelists/vn-commune.csv?digest={old}").content
        assert hashlib.sha256(pinned).hexdigest() == old

    refused = publish(site, slug, SCHOOLS)
    assert (refused["state"], refused["reason"]["params"]["codes"]) == ("blocked", [B])
    mended = SCHOOLS.replace(f"2026-11-01,HN-1,Trường Tiểu học Ba Đình,tiểu học,01,Thành phố Hà Nội,{A},Phường Ba Đình".encode(),
                             f"2026-11-01,HN-1,Trường Tiểu học Ba Đình,tiểu học,01,Thành phố Hà Nội,{B},Phường Ngọc Hà".encode())
    assert publish(site, slug, mended)["state"] == "published"
    with site.client("editor") as editor:
        until(lambda: not editor.get("/api/v1/work").json()["total"])
        [done] = editor.get(f"/api/v1/datasets/{slug}/rechecks").json()["items"]
        assert (done["state"], done["resolved_by"]) == ("resolved", 2)
        manifest = editor.get(f"/api/v1/datasets/{slug}/versions/2/manifest").json()
        assert manifest["resources"][0]["pins"]["codelists"]["vn-commune"] == shown["digest"]
    with site.site.records.read() as unit:
        acts = [one.act for one in unit.audit_rows(0, 10_000)]
    assert {"draft-release", "accept-release", "recheck-open", "recheck-done", "recheck-resolved"} <= set(acts)
    assert list(site.site.catalog.verify(deep=True)) == []


def test_a_file_with_a_schema_that_refers_to_a_published_dataset_goes_its_whole_way(site: Running) -> None:
    wards = site.draft("Xã của tỉnh")
    assert site.end(site.upload(wards, b"ma,ten\n00001,A\n00004,B\n").json()["id"])["state"] == "published"
    fields = [{"name": "truong", "type": "string"}, {"name": "xa", "type": "string"}]
    schema = json.dumps({"fields": fields, "foreignKeys": [{"fields": "xa", "reference": {"package": wards, "fields": "ma"}}]})
    slug = site.draft("Trường của tỉnh")
    wrong = site.end(site.upload(slug, b"truong,xa\na,00001\nb,00009\n", data={"schema": schema}).json()["id"], "en")
    assert (wrong["state"], wrong["reason"]["code"]) == ("blocked", "foreign-key")
    assert "00009" in str(wrong["reason"])
    good = site.end(site.upload(slug, b"truong,xa\na,00001\nb,00004\n", data={"schema": schema}).json()["id"])
    assert (good["state"], good["version"]) == ("published", 1)


def test_a_new_version_of_a_standard_holds_for_the_next_file(site: Running) -> None:
    text = """
id: vn-canteen
version: 1.0.0
title: {vi: "Bếp ăn", en: "Canteens"}
status: proposed
kind: dataset
basis: []
fields:
  - {name: code, type: string, title: {vi: "Mã", en: "Code"}, constraints: {required: true}}
"""
    with site.client("steward") as steward:
        dry = steward.post("/api/v1/standards?dry_run=1", content=text.encode())
        assert (dry.status_code, dry.json()["state"]) == (200, "draft"), dry.text
        assert steward.get("/api/v1/standards/vn-canteen").status_code == 404
        assert steward.post("/api/v1/standards", content=text.encode()).status_code == 201
        again = steward.post("/api/v1/standards", content=text.encode())
        assert (again.status_code, again.json()["errors"][0]["code"]) == (422, "version-not-newer")
        newer = text.replace("1.0.0", "1.1.0").replace("required: true", 'required: true, pattern: "[0-9]{2}"')
        assert steward.post("/api/v1/standards", content=newer.encode()).status_code == 201
        assert steward.get("/api/v1/standards/vn-canteen").json()["version"] == "1.1.0"
        assert steward.get("/api/v1/standards/vn-canteen@1.0.0").json()["version"] == "1.0.0"
        assert steward.get("/api/v1/standards/vn-canteen/versions").json()["total"] == 2
    slug = site.draft("Bếp ăn")
    wrong = site.end(site.upload(slug, b"code\nx1\n", data={"standard": "vn-canteen"}).json()["id"])
    assert (wrong["state"], wrong["groups"][0]["code"]) == ("blocked", "constraint-error")
    assert site.end(site.upload(slug, b"code\n12\n", data={"standard": "vn-canteen"}).json()["id"])["state"] == "published"
