"""Ids that things had in another CKAN: they lead to what moved here, and hide nothing of ours."""

from __future__ import annotations

import pytest

from catalog.errors import Invalid, NotAllowed, NotFound, NotKnown
from catalog.model import NOBODY, Origin
from tests.api.test_ckan_writing import GIVEN, action, result
from tests.site import Town

OLD = "https://old.example.org"
PACKAGE = "7d3ab1b9-18c1-47b4-9ab9-2f7d9c3e5a11"
RESOURCE = "0a6ef9b4-6f0d-4e4f-86c0-d2ea2ac1b8f5"


def moved(town: Town, *, shown: bool = False) -> dict[str, object]:
    made = result(town, "package_create", **GIVEN)
    name = town.catalog.latest(town.caller("editor"), made["id"])[1].resources[1].name
    town.catalog.keep_origins(town.caller("editor"), [
        Origin(source=OLD, kind="dataset", remote=PACKAGE, target=str(made["id"]), shown=shown),
        Origin(source=OLD, kind="resource", remote=RESOURCE, target=str(made["id"]), part=name, shown=shown),
    ])
    return dict(made)


def test_old_ids_lead_to_what_moved_here(town: Town) -> None:
    made = moved(town)
    assert result(town, "package_show", "", id=PACKAGE) == made
    assert result(town, "resource_show", "", id=RESOURCE) == made["resources"][1]  # type: ignore[index]
    assert town.get(f"/dataset/{PACKAGE}", follow_redirects=True).status_code == 200
    assert result(town, "resource_patch", id=RESOURCE, description="mới")["description"] == "mới"
    assert result(town, "package_patch", id=PACKAGE, title="Khác")["title"] == "Khác"
    result(town, "resource_delete", id=RESOURCE)
    assert action(town, "resource_show", "", id=RESOURCE).status_code == 404


def test_the_old_addresses_of_pages_and_files_lead_on(town: Town) -> None:
    """What stands in bookmarks, reports and programs: a portal that moves here breaks none of it."""
    made = moved(town)
    town.release("tai-lieu", name="bang.csv", data={"resource": "bang"})
    shown = town.get("/api/3/action/package_show?id=tai-lieu").json()["result"]["resources"]
    [table] = [one for one in shown if one["url"].endswith("bang.csv")]
    part = town.catalog.latest(town.caller("editor"), made["id"])[1].resources[1].name

    def leads(path: str) -> tuple[int, str]:
        answer = town.get(path, follow_redirects=False)
        return answer.status_code, answer.headers.get("location", "")

    assert leads(f"/dataset/{PACKAGE}/resource/{RESOURCE}") == (301, f"/datasets/tai-lieu?resource={part}")
    assert leads(f"/dataset/{PACKAGE}/resource/{RESOURCE}/view/x") == leads(f"/dataset/x/resource/{RESOURCE}")
    assert leads(f"/dataset/{PACKAGE}/resource/{RESOURCE}/download/a/b.csv") == (302, made["resources"][1]["url"])  # type: ignore[index]
    assert leads(f"/dataset/tai-lieu/resource/{table['id']}/download/a.csv") == (302, table["url"])
    assert town.get(f"/dataset/tai-lieu/resource/{table['id']}/download", follow_redirects=True).text.startswith("school_code")
    assert leads("/dataset/tai-lieu/resource/none/download/a.csv")[0] == 404
    assert leads("/dataset/tai-lieu/resource/none") == (301, "/datasets/tai-lieu")
    assert leads("/dataset?q=a+b&tags=x&organization=h12-so&groups=educ&res_format=CSV&sort=name+asc&page=2") == (
        301, "/datasets?q=a+b&org=H12&theme=EDUC&tag=x&format=csv&sort=title")
    assert leads("/dataset?organization=none") == (301, "/datasets?org=none")
    for path, to in (("/dataset", "/datasets"), ("/organization", "/organizations"), ("/group", "/"), ("/group/educ", "/datasets?theme=EDUC"),
                     ("/dataset/tai-lieu.xml", "/datasets/tai-lieu.rdf"), ("/dataset/tai-lieu.n3", "/datasets/tai-lieu.ttl"),
                     ("/dataset/tai-lieu/croissant.jsonld", "/datasets/tai-lieu/croissant.json"), ("/dataset/tai-lieu", "/datasets/tai-lieu"),
                     ("/catalog.xml?modified_since=2026-01-01", "/catalog.rdf?modified_since=2026-01-01"), ("/dataset/groups/x", "/datasets/x")):
        assert leads(path) == (301, to)
    for path in ("/group/none", "/catalog.zip", "/dataset/a/b/c"):
        assert leads(path)[0] == 404


def test_a_dataset_that_moved_here_is_called_by_the_id_that_its_readers_kept(town: Town) -> None:
    made = moved(town, shown=True)
    shown = result(town, "package_show", "", id=made["name"])
    assert shown["id"] == PACKAGE
    assert shown["resources"][1] == result(town, "resource_show", "", id=RESOURCE)
    assert (shown["resources"][1]["id"], shown["resources"][1]["package_id"]) == (RESOURCE, PACKAGE)
    assert result(town, "package_search", "", fq="name:tai-lieu")["results"] == [shown]
    assert result(town, "package_show", "", id=made["id"]) == shown
    assert result(town, "resource_show", "", id=made["resources"][1]["id"]) == shown["resources"][1]  # type: ignore[index]
    assert result(town, "package_update", **shown)["resources"] == shown["resources"]


def test_an_id_of_elsewhere_hides_nothing_of_ours(town: Town) -> None:
    one = result(town, "package_create", **GIVEN)
    other = result(town, "package_create", name="khac", owner_org="H12")
    town.catalog.keep_origins(town.caller("editor"), [
        Origin(source=OLD, kind="dataset", remote=key, target=one["id"]) for key in ("khac", other["id"])
    ])
    assert result(town, "package_show", "", id="khac")["id"] == other["id"]
    assert result(town, "package_show", "", id=other["id"])["id"] == other["id"]


def test_what_may_not_be_seen_is_not_found_by_an_old_id_either(town: Town) -> None:
    moved(town)
    result(town, "package_patch", id=PACKAGE, private=True)
    for name, key in (("package_show", PACKAGE), ("resource_show", RESOURCE)):
        for who in ("", "stranger"):
            assert action(town, name, who, id=key).status_code == 404
    assert town.get(f"/dataset/{PACKAGE}", follow_redirects=True).status_code == 404


def test_only_those_who_may_describe_a_thing_say_where_it_is_from(town: Town) -> None:
    made = result(town, "package_create", **GIVEN)
    keep = town.catalog.keep_origins
    one = Origin(source=OLD, kind="dataset", remote=PACKAGE, target=made["id"])
    agency = Origin(source=OLD, kind="organisation", remote="o-1", target="H12")
    with pytest.raises(NotKnown):
        keep(NOBODY, [one])
    with pytest.raises(NotAllowed):
        keep(town.caller("stranger"), [one])
    with pytest.raises(NotAllowed):
        keep(town.caller("admin"), [agency])
    with pytest.raises(Invalid):
        keep(town.caller("editor"), [Origin(source=OLD, kind="dataset", remote="x" * 201, target=made["id"])])
    for kind in ("dataset", "organisation", "group", "person"):
        with pytest.raises(NotFound):
            keep(town.catalog.system(), [Origin(source=OLD, kind=kind, remote="r", target="none")])  # type: ignore[arg-type]
    keep(town.caller("operator"), [agency, Origin(source=OLD, kind="person", remote="p-1", target="editor")])
    assert result(town, "organization_show", "", id="o-1")["name"] == "h12-so"
    assert result(town, "user_show", "operator", id="p-1")["name"] == "editor"


def test_what_is_at_hand_is_never_older_than_the_last_write(town: Town) -> None:
    """Packages that anybody sees are rendered once; every write, in CKAN's words or ours, is seen by the next reader."""
    made = result(town, "package_create", **GIVEN)

    def titles() -> set[str]:
        town.stand.follow()
        asked = town.get("/api/3/action/package_show?id=tai-lieu").json()["result"]["title"]
        return {asked, *(one["title"] for one in town.get("/api/3/action/package_search").json()["result"]["results"])}

    assert titles() == titles() == {"Tài liệu"}
    result(town, "package_patch", id="tai-lieu", title="Hai")
    assert titles() == {"Hai"}
    town.send("PATCH", "/api/v1/datasets/tai-lieu", json={"title": "Ba"})
    assert titles() == {"Ba"}
    result(town, "group_create", "operator", name="a-group-of-elsewhere", title="Nhóm")
    groups = town.get("/api/3/action/package_show?id=tai-lieu").json()["result"]["groups"]
    assert [one["display_name"] for one in groups][1] == "Nhóm"
    result(town, "package_patch", id=made["id"], private=True)
    assert town.get("/api/3/action/package_show?id=tai-lieu").status_code == 404
    assert town.get("/api/3/action/package_search").json()["result"]["count"] == 0


AGENCY = "c0ffee00-18c1-47b4-9ab9-2f7d9c3e5a11"


def test_a_dump_of_another_portal_is_loaded_by_the_ids_that_it_says(town: Town) -> None:
    """A dump names agencies by their ids, and files are sent behind it by theirs (``ckanapi load --upload-resources``)."""
    agency = result(town, "organization_create", "operator", id=AGENCY, name="so-cu", title="Sở cũ")
    assert result(town, "organization_show", "", id=AGENCY)["id"] == agency["id"]
    given = {**GIVEN, "id": PACKAGE, "owner_org": AGENCY, "resources": [{**GIVEN["resources"][0], "id": RESOURCE}]}
    made = result(town, "package_create", "operator", **given)
    assert (made["id"], [one["id"] for one in made["resources"]]) == (PACKAGE, [RESOURCE])
    assert result(town, "package_show", "", id=PACKAGE) == result(town, "package_show", "", id=made["name"])
    assert result(town, "resource_patch", "operator", id=RESOURCE, description="mới")["id"] == RESOURCE
    assert result(town, "package_update", "operator", **{**given, "title": "Khác"})["id"] == PACKAGE
    assert result(town, "organization_list", "", all_fields=True, organizations=["so-cu"])[0]["package_count"] == 1


def test_ids_are_taken_from_operators_alone_and_none_that_leads_somewhere(town: Town) -> None:
    first = result(town, "package_create", **{**GIVEN, "id": PACKAGE})
    assert first["id"] != PACKAGE
    assert action(town, "package_show", "", id=PACKAGE).status_code == 404
    for number, taken in enumerate((first["id"], first["name"], "có dấu", "x" * 101, 5, ["a"], "")):
        again = result(town, "package_create", "operator", **{**GIVEN, "name": f"khac-{number}", "id": taken})
        assert again["id"] not in (taken, first["id"])
    assert result(town, "package_show", "", id=first["id"])["name"] == first["name"]
