"""Metadata languages at their addresses, read by the programs that others read them with."""

from __future__ import annotations

import json
from typing import Any

import pytest
from rdflib import DCTERMS, RDF, Graph, URIRef

from standards.metadata.dcat.graph import DCAT, HYDRA
from tests.site import SCHOOLS, URL, Town

FORMS = (".ttl", ".jsonld", ".rdf", "/datapackage.json", "/croissant.json", "/croissant-1.1.json", "/schema.json", "/ris", "/bib", "/csl.json",
         "/datacite.json")


def graph(answer: Any, form: str = "turtle") -> Graph:
    assert answer.status_code == 200, answer.text
    return Graph().parse(data=answer.content, format=form)


@pytest.mark.parametrize("form", FORMS)
def test_every_language_has_an_address_with_its_type_and_an_etag(town: Town, form: str) -> None:
    made = town.published()
    answer = town.get(f"/datasets/{made['slug']}{form}")
    assert answer.status_code == 200, answer.text
    assert not answer.headers["content-type"].startswith("text/html")
    assert answer.headers["access-control-allow-origin"] == "*"
    again = town.get(f"/datasets/{made['slug']}{form}", headers={"If-None-Match": answer.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


@pytest.mark.parametrize("form", FORMS)
def test_what_may_not_be_seen_is_not_there_for_anybody(town: Town, form: str) -> None:
    """Also for its own people: caches keep these documents."""
    draft = town.draft()["slug"]
    private = town.published("Kín")["slug"]
    assert town.send("PATCH", f"/api/v1/datasets/{private}", "admin", {"visibility": "private"}).status_code == 200
    for slug in (draft, private, "khong-co"):
        for who in ("", "admin"):
            answer = town.get(f"/datasets/{slug}{form}", who)
            assert answer.status_code == 404
            assert answer.headers["content-type"] == "application/problem+json"


def test_what_was_withdrawn_is_gone(town: Town) -> None:
    slug = town.published()["slug"]
    assert town.send("POST", f"/api/v1/datasets/{slug}/withdraw", "admin", {"reason": "Nhầm"}).status_code == 200
    answer = town.get(f"/datasets/{slug}.ttl")
    assert (answer.status_code, answer.json()["code"]) == (410, "withdrawn")
    assert f"{URL}/datasets/{slug}" not in town.get("/catalog.ttl").text


def test_the_address_made_of_the_id_outlives_a_new_name(town: Town) -> None:
    made = town.published()
    here = URIRef(f"{URL}/id/{made['id']}")
    assert (here, RDF.type, DCAT.Dataset) in graph(town.get(f"/datasets/{made['slug']}.ttl"))
    assert town.send("PATCH", f"/api/v1/datasets/{made['slug']}", "admin", {"slug": "ten-moi"}).status_code == 200
    moved = town.get(f"/id/{made['id']}", follow_redirects=False)
    assert (moved.status_code, moved.headers["location"]) == (303, "/datasets/ten-moi")
    assert town.get(f"/id/{made['id']}/1", follow_redirects=False).headers["location"] == "/datasets/ten-moi/versions/1"
    assert town.get("/id/ten-moi", follow_redirects=False).status_code == 404
    old = town.get(f"/datasets/{made['slug']}.ttl?version=1", follow_redirects=False)
    assert (old.status_code, old.headers["location"]) == (301, "/datasets/ten-moi.ttl?version=1")
    assert (here, RDF.type, DCAT.Dataset) in graph(town.get("/datasets/ten-moi.ttl"))


def test_a_version_is_described_as_it_was(town: Town) -> None:
    made = town.published()
    town.release(made["slug"], SCHOOLS + b"00789,C,01\n")
    hashes = [town.get(f"/datasets/{made['slug']}/datapackage.json{query}").json()["resources"][0]["hash"]
              for query in ("", "?version=1", "?version=2")]
    assert hashes[0] == hashes[2] != hashes[1]
    assert town.get(f"/datasets/{made['slug']}.ttl?version=3").status_code == 404
    assert town.get(f"/datasets/{made['slug']}.ttl?version=x").status_code == 422


def test_the_catalogue_is_read_page_by_page_and_nothing_is_said_twice(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("api.dialects.metadata.MOST", 2)
    made = {f"{URL}/id/{town.published(f'Bộ {one}')['id']}" for one in range(5)}
    town.draft("Nháp")
    found: list[str] = []
    address = f"{URL}/catalog.ttl"
    for _ in range(9):
        page = graph(town.get(address.removeprefix(URL)))
        found += [str(one) for one in page.objects(URIRef(f"{URL}/catalog"), DCAT.dataset)]
        assert page.value(URIRef(f"{URL}/catalog"), HYDRA.totalItems).toPython() == 5
        following = page.value(URIRef(address), HYDRA.next)
        if following is None:
            break
        address = str(following)
    assert sorted(found) == sorted(made)
    assert graph(town.get("/catalog.jsonld"), "json-ld").value(URIRef(f"{URL}/catalog"), DCTERMS.title)
    assert graph(town.get("/catalog.rdf"), "xml").value(URIRef(f"{URL}/catalog"), DCTERMS.title)


def test_only_what_changed_since_a_day_is_asked_for(town: Town) -> None:
    town.published()
    day = town.get("/api/v1/datasets").json()["items"][0]["modified"][:10]
    here = URIRef(f"{URL}/catalog")
    assert len(list(graph(town.get(f"/catalog.ttl?modified_since={day}")).objects(here, DCAT.dataset))) == 1
    assert not list(graph(town.get("/catalog.ttl?modified_since=2999-01-01")).objects(here, DCAT.dataset))
    assert town.get("/catalog.ttl?modified_since=hom-qua").json()["code"] == "invalid"


def test_the_page_names_its_documents_and_search_engines_find_their_own(town: Town) -> None:
    slug = town.published("Trường <script>học</script>")["slug"]
    page = town.get(f"/datasets/{slug}").text
    for form in (".ttl", ".jsonld", ".rdf", "/datapackage.json", "/croissant.json"):
        assert f'href="/datasets/{slug}{form}"' in page
    head = page.split('<script type="application/ld+json">')[1].split("</script>")[0]
    assert json.loads(head)["@type"] == "Dataset"
    assert json.loads(head)["name"] == "Trường <script>học</script>"
    draft = town.draft()["slug"]
    assert f"/datasets/{draft}.ttl" not in town.get(f"/datasets/{draft}", "admin").text
