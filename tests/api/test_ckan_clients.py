"""The real clients of CKAN against a running site: ckanapi as a library and a command, frictionless, the harvester's loop."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import ckanapi
import httpx
import pytest
from ckanapi.cli import dump, load

from tests.faults.place import Place
from tests.pipelines.test_push import second_site
from tests.running import Running, running
from tests.site import Town

CSV = "ma_xa,ten_xa,dan_so\n00001,Phúc Xá,21000\n00004,Trúc Bạch,8000\n".encode()


@pytest.fixture(scope="module")
def site(tmp_path_factory) -> Iterator[Running]:
    with running(Place(tmp_path_factory.mktemp("ckan"))) as one:
        system = one.site.catalog.system()
        one.site.catalog.add_person(system, "chief", role="operator")
        one.tokens["chief"] = one.site.catalog.add_token(system, "chief").secret
        yield one


def remote(site: Running, who: str = "chief") -> Any:
    return ckanapi.RemoteCKAN(site.url, apikey=site.tokens.get(who), user_agent="tests")


def command(site: Running, *words: str, text: str = "", who: str = "chief") -> subprocess.CompletedProcess[str]:
    """Run the command ckanapi."""
    program = Path(sys.executable).with_name("ckanapi")
    environment = {**os.environ, "PATH": f"{program.parent}:{os.environ['PATH']}"}
    for name in ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY"):
        environment.pop(name, None)
    environment["NO_PROXY"] = "*"
    key = ["-a", site.tokens[who]] if who else []
    return subprocess.run([program, *words, "-r", site.url, *key], input=text, capture_output=True, text=True,
                          timeout=240, check=False, env=environment)


def package(number: int) -> dict[str, Any]:
    return {
        "name": f"bo-{number}", "title": f"Bộ dữ liệu {number}", "notes": "Mô tả", "owner_org": "co-quan", "private": False,
        "tags": [{"name": "ckan"}], "extras": [{"key": "so", "value": str(number)}], "license_id": "cc-by",
        "resources": [{"url": f"https://example.org/{number}.csv", "name": "Tệp", "format": "CSV"}],
    }


def plain(one: dict[str, Any]) -> dict[str, Any]:
    """What a dump must keep: all but ids, times and what is told of the agency."""
    mine = {"id", "metadata_created", "metadata_modified", "owner_org", "organization", "creator_user_id"}
    theirs = {"id", "package_id", "created", "metadata_modified", "last_modified"}
    resources = [{name: value for name, value in each.items() if name not in theirs} for each in one["resources"]]
    return {name: value for name, value in one.items() if name not in mine} | {"resources": resources}


def test_datasets_are_loaded_dumped_loaded_again_searched_and_deleted_by_the_command(site: Running) -> None:
    """What a portal that moves does: organisations, datasets, the same again, everything out, and away."""
    made = command(site, "load", "organizations", "-I", "/dev/stdin", text='{"name": "co-quan", "title": "Cơ quan"}\n')
    assert made.returncode == 0, made.stderr
    lines = "".join(json.dumps(package(number)) + "\n" for number in range(12))
    for words in ("create", "update"):
        loaded = command(site, "load", "datasets", "-p", "2", text=lines)
        assert loaded.returncode == 0, loaded.stderr
        assert loaded.stderr.count(f" {words} None ") == 12, loaded.stderr
    dumped = command(site, "dump", "datasets", "--all", "-p", "2", who="")
    assert dumped.returncode == 0, dumped.stderr
    first = {one["name"]: one for one in map(json.loads, dumped.stdout.splitlines())}
    assert set(first) >= {f"bo-{number}" for number in range(12)}
    assert first["bo-3"]["extras"] == [{"key": "so", "value": "3"}]
    again = command(site, "load", "datasets", text=dumped.stdout)
    assert again.returncode == 0, again.stderr
    second = {one["name"]: one for one in map(json.loads, command(site, "dump", "datasets", "--all").stdout.splitlines())}
    assert {name: plain(one) for name, one in second.items()} == {name: plain(one) for name, one in first.items()}
    wait_for(site, 12, fq="organization:co-quan")
    found = command(site, "search", "datasets", "fq=organization:co-quan", "sort=id asc", who="")
    assert [json.loads(line)["name"] for line in found.stdout.splitlines()].count("bo-7") == 1
    for things in ("organizations", "groups"):
        assert command(site, "dump", things, "--all", who="").returncode == 0
    gone = command(site, "delete", "datasets", "bo-0", "bo-1")
    assert gone.returncode == 0, gone.stderr
    with pytest.raises(ckanapi.NotFound):
        remote(site, "").action.package_show(id="bo-0")
    batch = command(site, "batch", text=json.dumps({"action": "package_delete", "data": {"id": "bo-2"}}) + "\n")
    assert batch.returncode == 0, batch.stderr
    shown = command(site, "action", "package_show", "id=bo-3", who="")
    assert json.loads(shown.stdout)["title"] == "Bộ dữ liệu 3"
    assert command(site, "action", "package_show", "id=bo-2", who="").returncode != 0


def wait_for(site: Running, count: int, **asked: Any) -> None:
    """Wait until search has followed."""
    site.site.catalog.wait_until_searchable(site.site.catalog.last_change(), 60)
    assert remote(site).action.package_search(rows=0, **asked)["count"] == count


def test_the_library_raises_its_own_exceptions(site: Running) -> None:
    nobody, chief = remote(site, ""), remote(site)
    with pytest.raises(ckanapi.NotFound):
        nobody.action.package_show(id="none")
    with pytest.raises(ckanapi.NotAuthorized):
        nobody.action.package_create(name="abc", owner_org="h99")
    with pytest.raises(ckanapi.ValidationError) as wrong:
        chief.action.package_create(name="abc", owner_org="none")
    assert wrong.value.error_dict["owner_org"] == ["Organization does not exist"]
    with pytest.raises(ckanapi.SearchError):
        nobody.action.package_search(q="title:(")
    with pytest.raises(ckanapi.SearchQueryError):
        nobody.action.package_search(nonsense=1)
    with pytest.raises(ckanapi.CKANAPIError):
        nobody.action.no_such_action()
    assert nobody.call_action("status_show", requests_kwargs={"timeout": 60})["ckan_version"].startswith("2.")


def test_an_upload_goes_through_the_check_and_becomes_a_table(site: Running, tmp_path: Path) -> None:
    editor = remote(site, "editor")
    editor.action.package_create(name="dan-so", owner_org="H99", title="Dân số")
    path = tmp_path / "Dân số.csv"
    path.write_bytes(CSV)
    with path.open("rb") as stream:
        made = editor.action.resource_create(package_id="dan-so", name="Dân số xã", upload=stream)
    assert (made["format"], made["url_type"], made["name"]) == ("CSV", "upload", "Dân số xã")
    assert "Phúc Xá" in httpx.get(made["url"], trust_env=False).text
    with path.open("rb") as stream:
        again = editor.action.resource_patch(id=made["id"], upload=stream)
    assert (again["id"], again["name"]) == (made["id"], "Dân số xã")
    (tmp_path / "empty.csv").write_bytes(b"")
    with (tmp_path / "empty.csv").open("rb") as stream, pytest.raises(ckanapi.ValidationError) as wrong:
        editor.action.resource_create(package_id="dan-so", upload=stream)
    assert "empty-file" in wrong.value.error_dict["upload"][0]


FRICTIONLESS = """
import json, sys
from frictionless import Catalog, Package
from frictionless.portals import CkanControl
found = Package(control=CkanControl(baseurl=sys.argv[1], dataset=sys.argv[2]))
rows = [row.to_dict()["ten_xa"] for row in found.resources[0].read_rows()]
every = Catalog(control=CkanControl(baseurl=sys.argv[1]))
print(json.dumps({"title": found.title, "rows": rows, "datasets": [one.name for one in every.datasets]}))
"""


def test_frictionless_reads_a_package_and_the_catalogue(site: Running) -> None:
    """In a process of its own: in ours the engine tells Frictionless only of formats and schemes, not of portals."""
    slug = site.draft("Xã phường")
    assert site.end(site.upload(slug, CSV).json()["id"])["state"] == "published"
    site.site.catalog.wait_until_searchable(site.site.catalog.last_change(), 60)
    asked = [sys.executable, "-c", FRICTIONLESS, site.url, slug]
    done = subprocess.run(asked, capture_output=True, text=True, check=False, env={**os.environ, "NO_PROXY": "127.0.0.1"})
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout.splitlines()[-1])
    assert found["title"] == "Xã phường"
    assert found["rows"] == ["Phúc Xá", "Trúc Bạch"]
    assert slug in found["datasets"]


PUBLISHING = """
import json, pathlib, sys
from frictionless import Package, Resource
from frictionless.portals import CkanControl
url, key, name, folder = sys.argv[1:5]
there = pathlib.Path(folder)
(there / "xa.csv").write_text("ma_xa;ten_xa;dan_so\\n00001;Phúc Xá;21000\\n00004;Trúc Bạch;8000\\n")
(there / "to.csv").write_text("ma,ten\\nt1,Tổ 1\\n")
files = [Resource(name="xa", path="xa.csv", title="Các xã", basepath=folder), Resource(name="to", path="to.csv", basepath=folder)]
package = Package(name=name, title="Gói dữ liệu", description="Mô tả", keywords=["xã"], resources=files)
package.infer()
for again in (False, True):
    control = CkanControl(baseurl=url, apikey=key, organization_name="H99", allow_update=again)
    print(package.publish(control=control).url)
found = Package(control=CkanControl(baseurl=url, dataset=name))
rows = {one.name: [row.to_dict() for row in one.read_rows()] for one in found.resources}
print(json.dumps({"title": found.title, "titles": [one.title for one in found.resources], "rows": rows}))
"""


def test_frictionless_publishes_a_package_and_reads_it_back(site: Running, tmp_path: Path) -> None:
    """Twice, as an agency does each month: its files are replaced, its descriptor is kept and is no table."""
    asked = [sys.executable, "-c", PUBLISHING, site.url, site.tokens["editor"], "goi-du-lieu", str(tmp_path)]
    done = subprocess.run(asked, capture_output=True, text=True, check=False, cwd=tmp_path,
                          env={**os.environ, "NO_PROXY": "127.0.0.1"})
    assert done.returncode == 0, done.stderr
    first, second, told = done.stdout.splitlines()
    assert first == second == f"{site.url}/dataset/goi-du-lieu"
    found = json.loads(told)
    assert (found["title"], found["titles"]) == ("Gói dữ liệu", ["Các xã", None])
    assert found["rows"] == {
        "xa": [{"ma_xa": "00001", "ten_xa": "Phúc Xá", "dan_so": 21000}, {"ma_xa": "00004", "ten_xa": "Trúc Bạch", "dan_so": 8000}],
        "to": [{"ma": "t1", "ten": "Tổ 1"}],
    }
    shown = remote(site, "").action.package_show(id="goi-du-lieu")
    assert [(one["format"], one["url_type"]) for one in shown["resources"]] == [("CSV", "upload"), ("CSV", "upload"), ("JSON", None)]
    assert [one["name"] for one in shown["tags"]] == ["xã"]


def test_a_harvester_pages_until_an_empty_page(site: Running) -> None:
    """The loop of ckanext-harvest: two like pages in a row are an error, an empty one is the end."""
    site.site.catalog.wait_until_searchable(site.site.catalog.last_change(), 60)
    names: list[str] = []
    for start in range(0, 1000, 5):
        asked = {"rows": 5, "start": start, "sort": "id asc", "fq": "-organization:none metadata_modified:[2020-01-01T00:00:00Z TO *]"}
        page = httpx.get(f"{site.url}/api/action/package_search", params=asked, trust_env=False).json()
        assert page["success"]
        if not page["result"]["results"]:
            break
        names += [one["name"] for one in page["result"]["results"]]
    assert len(names) == len(set(names)) == page["result"]["count"] > 10


def test_ckanapi_fills_a_table_asks_it_and_takes_it_away(site: Running) -> None:
    """What loaders do: a resource with a table, rows in batches, an upsert, searches, a dump, errors that ckanapi knows."""
    api = remote(site)
    command(site, "load", "organizations", "-I", "/dev/stdin", text='{"name": "kho", "title": "Kho"}\n')
    made = api.action.package_create(name="kho-du-lieu", owner_org="kho")
    fields = [{"id": "ma", "type": "text"}, {"id": "so", "type": "int"}, {"id": "luc", "type": "timestamp"}]
    table = api.action.datastore_create(resource={"package_id": made["id"], "name": "Bảng"}, fields=fields, primary_key="ma")
    key = table["resource_id"]
    for start in range(0, 3000, 1000):
        rows = [{"ma": f"m{number}", "so": number, "luc": "2026-01-02T03:04:05"} for number in range(start, start + 1000)]
        api.action.datastore_upsert(resource_id=key, method="insert", records=rows)
    api.action.datastore_upsert(resource_id=key, records=[{"ma": "m7", "so": -7}, {"ma": "Nước sạch", "so": 0}])
    anybody = remote(site, "")
    found = anybody.action.datastore_search(resource_id=key, filters={"so": {"lt": 1}}, sort="so")
    assert [(one["ma"], one["so"]) for one in found["records"]] == [("m7", -7), ("m0", 0), ("Nước sạch", 0)]
    assert anybody.action.datastore_search(resource_id=key, q="nuoc sach")["total"] == 1
    assert anybody.action.datastore_search(resource_id=key, limit=10**6)["limit"] == 32_000
    assert anybody.action.datastore_info(id=key)["meta"]["count"] == 3001
    told = anybody.action.datastore_search_sql(sql=f'SELECT count(*) AS n, sum(so)::int AS tong FROM "{key}" WHERE luc IS NOT NULL')
    assert told["records"] == [{"n": 3000, "tong": 3000 * 2999 // 2 - 14}]
    with httpx.Client(trust_env=False, timeout=120) as client:
        lines = client.get(anybody.action.resource_show(id=key)["url"]).text.splitlines()
    assert (len(lines), lines[0], lines[1]) == (3002, "_id,ma,so,luc", "1,m0,0,2026-01-02T03:04:05")
    with pytest.raises(ckanapi.ValidationError) as wrong:
        api.action.datastore_upsert(resource_id=key, records=[{"ma": "x", "so": "một"}])
    assert wrong.value.error_dict["records"] == ['invalid input syntax for type integer: "một"']
    with pytest.raises(ckanapi.NotAuthorized):
        anybody.action.datastore_delete(resource_id=key)
    api.action.datastore_delete(resource_id=key)
    with pytest.raises(ckanapi.NotFound):
        anybody.action.datastore_search(resource_id=key)


ARGUMENTS = dict.fromkeys(("--insecure", "--create-only", "--update-only", "--upload-resources", "--upload-logo", "--datastore-fields",
                           "--resource-views"))
"""The command's options as it parses them: none given."""


def client_of(town: Town, who: str = "operator") -> Any:
    return ckanapi.RemoteCKAN(town.url, apikey=town.tokens[who], user_agent="tests")  # type: ignore[attr-defined]


def dumped(town: Town, thing: str, who: str = "operator") -> list[dict[str, Any]]:
    """What ``ckanapi dump THING --all --include-users`` writes, by the command's own worker in this process."""
    remote, out = client_of(town, who), io.BytesIO()
    names = remote.call_action({"users": "user_list", "groups": "group_list", "organizations": "organization_list"}[thing], {"all_fields": False})
    names = [one["name"] if isinstance(one, dict) else one for one in names]
    lines = io.BytesIO(b"".join(json.dumps(one).encode() + b"\n" for one in names))
    dump.dump_things_worker(remote, thing, {**ARGUMENTS, "--include-users": True}, stdin=lines, stdout=out)
    told = [json.loads(line) for line in out.getvalue().splitlines()]
    assert [error for _, error, _ in told] == [None] * len(names), told
    return [one for *_, one in told]


def loaded(town: Town, thing: str, things: list[dict[str, Any]]) -> list[str]:
    """What ``ckanapi load THING`` did with each line: its act, or what went wrong."""
    out = io.BytesIO()
    lines = io.BytesIO(b"".join(json.dumps(one).encode() + b"\n" for one in things))
    load.load_things_worker(client_of(town), thing, {**ARGUMENTS}, stdin=lines, stdout=out)
    return [act if error is None else f"{act} {error} {said}" for _, act, error, said in map(json.loads, out.getvalue().splitlines())]


def told_of(one: dict[str, Any]) -> dict[str, Any]:
    """What must be the same at both sites: all but ids, times and counts."""
    return {name: value for name, value in one.items() if name not in ("id", "created", "package_count", "users", "num_followers")}


def test_people_agencies_and_groups_go_from_site_to_site_by_dump_and_load_and_again(tmp_path: Path) -> None:
    """A dump of a Datamo is loaded into another, twice: made first, then the same; roles come along, passwords never do."""
    with second_site(tmp_path / "here") as here, second_site(tmp_path / "there") as there:
        agency = {"name": "so-moi", "title": "Sở mới", "description": "Về biển", "extras": [{"key": "code", "value": "H77"}]}
        assert loaded(here, "organizations", [agency]) == ["create"]
        group = {"name": "bien-dao", "title": "Biển đảo", "extras": [{"key": "màu", "value": "xanh"}]}
        people = {"name": "an-nguyen", "fullname": "Nguyễn An", "email": "an@example.org", "password_hash": "$pbkdf2-sha512$25000$x$y"}
        assert loaded(here, "users", [people, {**people, "password_hash": None}]) == ["create", "update"]
        assert loaded(here, "groups", [{**group, "users": [{"name": "an-nguyen", "capacity": "editor"}]}]) == ["create"]
        assert loaded(here, "organizations", [{**agency, "users": [{"name": "an-nguyen", "capacity": "editor"}]}]) == ["update"]
        users = [one for one in dumped(here, "users") if one["email"]]
        assert [(one["name"], one["fullname"], one["password_hash"]) for one in users] == [("an-nguyen", "Nguyễn An", None)]
        groups, agencies = dumped(here, "groups"), dumped(here, "organizations")
        assert len(groups) > 10, "themes are groups in CKAN's words"
        for act in ("create", "update"):
            assert loaded(there, "users", users) == [act]
            made = [one for one in groups if one["name"] == "bien-dao"]
            assert loaded(there, "groups", made) == [act]
            assert set(loaded(there, "groups", [one for one in groups if one["name"] != "bien-dao"])) == {"update"}
            assert loaded(there, "organizations", agencies) == [act if one["name"] == "so-moi" else "update" for one in agencies]
        for thing, before in (("groups", groups), ("organizations", agencies)):
            after = {one["name"]: one for one in dumped(there, thing)}
            assert {name: told_of(one) for name, one in after.items()} == {one["name"]: told_of(one) for one in before}
            (joined,) = [one for one in after.values() if any(each["name"] == "an-nguyen" for each in one["users"])]
            assert {"name": joined["name"], "as": [each["capacity"] for each in joined["users"] if each["name"] == "an-nguyen"]} == {
                "name": "bien-dao" if thing == "groups" else "so-moi", "as": ["editor"]}
        wrong = loaded(there, "groups", [{"name": "educ", "title": "Một tên khác"}])
        assert wrong[0].startswith("update NotAuthorized"), "a theme stays as it is"
