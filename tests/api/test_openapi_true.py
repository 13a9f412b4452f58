"""The OpenAPI document is true: every operation, asked in several roles, answers as it says; garbage is refused as it says."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from tests.site import Town, make_town

ROLES = ("", "editor", "operator")
AWAY = ("/api/v1/reset", "/catalog.jsonl.gz", "/catalog.parquet")
"""What empties the site, and what is 503 until a worker has made it."""

ASKED = {"/api/v1/sql": {"sql": "select 1 as n"}, "/api/v1/suggestions": {"q": "truong"}}
QUERIES = {
    "/api/v1/datasets/{dataset}/versions/{number}/diff": {"with": "2"},
    "/api/v1/datasets/{dataset}/resources/{name}/changes": {"from": "1", "to": "2"},
    "/api/v1/datasets/{dataset}/resources/{name}/crosswalk": {"column": "province_code", "from": "2025-01-01", "to": "2025-12-31"},
}
GOOD: tuple[tuple[str, str, str, Any, int], ...] = (
    ("post", "/api/v1/datasets", "editor", {"organization": "H12", "title": "Mới"}, 201),
    ("patch", "/api/v1/datasets/{dataset}", "editor", {"tags": ["một"]}, 200),
    ("post", "/api/v1/datasets/{dataset}/notices", "operator", {"effective": "2099-01-01"}, 201),
    ("post", "/api/v1/datasets/{dataset}/resources", "operator", {"name": "x", "title": "X", "kind": "link", "url": "https://a.example.org/x"}, 201),
    ("post", "/api/v1/datasets/{dataset}/versions/{number}/republish", "operator", {"reason": "Như cũ"}, 201),
    ("post", "/api/v1/requests", "", {"title": "Dân số", "text": "Cho nghiên cứu."}, 201),
    ("post", "/api/v1/questions", "", {"dataset": "{dataset}", "text": "Vì sao?"}, 201),
    ("post", "/api/v1/corrections", "", {"dataset": "{dataset}", "text": "Số này sai."}, 201),
    ("post", "/api/v1/voices/{voice}/moderate", "editor", {"public": True}, 200),
    ("post", "/api/v1/voices/{voice}/answer", "editor", {"answer": "Đã sửa.", "outcome": "answered"}, 200),
    ("patch", "/api/v1/webhooks/{webhook}", "editor", {"title": "Máy chủ"}, 200),
    ("post", "/api/v1/webhooks/{webhook}/ping", "editor", None, 202),
    ("patch", "/api/v1/harvest/sources/{name}", "operator", {"title": "Nguồn"}, 200),
    ("post", "/api/v1/tokens", "editor", {"user": "editor"}, 201),
    ("post", "/api/v1/users", "operator", {"name": "moi"}, 201),
    ("post", "/api/v1/organizations", "operator", {"id": "H77", "title": "Sở mới"}, 201),
    ("post", "/api/v1/datasets/{dataset}/withdraw", "reviewer", {"reason": "Nhầm", "version": 1}, 200),
)
"""Writes as they are meant, and how each is answered."""

GARBAGE: tuple[Any, ...] = ({"bogus": 1}, [], None)
ODD = {"limit": "-1", "cursor": "x", "version": "0", "page": "x", "sort": "x", "from": "x", "to": "99", "q": "\0", "state": "x", "bom": "x",
       "where": "(", "format": "x", "wait": "-1", "since": "x", "kind": "x", "dataset": "none", "on": "x"}

HUGE = "9" * 40
"""A number that no database takes."""


class Told:
    """A site with something of everything, its document, and how the answers to one operation are checked."""

    def __init__(self, town: Town) -> None:
        self.town = town
        one = town.published()
        town.release(one["slug"])
        hook = town.send("POST", "/api/v1/webhooks", "editor", {"url": "https://a.example.org/hook"}).json()
        voice = town.send("POST", "/api/v1/questions", "", {"dataset": one["slug"], "text": "Vì sao?"}).json()
        source = {"name": "nguon", "url": "https://a.example.org", "kind": "ckan", "organization": "H12"}
        assert town.send("POST", "/api/v1/harvest/sources", "operator", source).status_code == 201
        sent = town.upload(one["slug"]).json()["id"]
        self.keys = {
            "dataset": one["id"], "number": "1", "resource": one["slug"], "organization": "H12", "user": "editor", "submission": sent,
            "webhook": hook["id"], "voice": voice["number"], "standard": "vn-school", "codelist": "vn-province",
            "section": "standards",
        }
        self.document: dict[str, Any] = town.get("/api/v1/openapi.json").json()

    def path(self, template: str) -> str:
        names = {"name": "nguon" if "harvest" in template else self.keys["resource"] + (".csv" if "/files/" in template else "")}
        filled = template
        for part in template.split("{")[1:]:
            name = part.partition("}")[0]
            filled = filled.replace(f"{{{name}}}", {**self.keys, **names}.get(name, "none"))
        return filled

    def wrong(self, verb: str, template: str, answer: Any) -> str:
        """What of an answer the document does not say, "" when all is as it says."""
        said = self.document["paths"][template][verb]["responses"]
        found = said.get(str(answer.status_code))
        if answer.status_code >= 500 or found is None:
            return f"{answer.status_code}: {answer.text[:200]}"
        kind = answer.headers.get("content-type", "").partition(";")[0]
        kinds = found.get("content") or {}
        if answer.content and kinds and kind not in kinds and "*/*" not in kinds:
            return f"{answer.status_code} {kind}, not {list(kinds)}"
        schema = kinds.get(kind, {}).get("schema")
        if not schema or "json" not in kind or kind.endswith("ndjson"):
            return ""
        problems = Draft202012Validator({**schema, "components": self.document["components"]}).iter_errors(answer.json())
        return "; ".join(f"{list(one.absolute_path)}: {one.message[:150]}" for one in problems)

    def operations(self, *verbs: str) -> Iterator[tuple[str, str]]:
        for template, every in self.document["paths"].items():
            yield from ((verb, template) for verb in verbs if verb in every and template not in AWAY)


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Told:
    return Told(make_town(tmp_path_factory.mktemp("told")))


def test_every_read_answers_as_the_document_says_in_every_role_asked_well_or_badly(told: Told) -> None:
    wrong, good = [], set()
    for verb, template in told.operations("get"):
        asked = {**QUERIES.get(template, {}), **ASKED.get(template, {})}
        odd = {one["name"]: ODD[one["name"]] for one in told.document["paths"][template][verb].get("parameters", ()) if one["name"] in ODD}
        huge = {name: HUGE for name in odd if name in ("since", "version", "from", "limit", "cursor", "page")}
        for who, query in [*((who, asked) for who in ROLES), ("editor", {**asked, **odd}), ("", {**asked, **huge})]:
            answer = told.town.get(told.path(template), who, params=query)
            if answer.status_code < 300:
                good.add(template)
            if words := told.wrong(verb, template, answer):
                wrong.append((template, who, query, words))
    assert not wrong, "\n".join(map(str, wrong))
    every = {template for _, template in told.operations("get")}
    assert len(good) > 0.75 * len(every), f"what these roles are never given is not shown to be as it says: {every - good}"


def test_writes_as_they_are_meant_answer_as_the_document_says(told: Told) -> None:
    wrong = []
    for verb, template, who, body, status in GOOD:
        given = {name: told.path(value) if isinstance(value, str) else value for name, value in (body or {}).items()}
        answer = told.town.send(verb.upper(), told.path(template), who, given if body is not None else None)
        if answer.status_code != status or (words := told.wrong(verb, template, answer)):
            wrong.append((verb, template, answer.status_code, answer.text[:300] if answer.status_code != status else words))
    assert not wrong, "\n".join(map(str, wrong))


def test_every_write_refuses_garbage_as_the_document_says_from_nobody_and_from_operators(told: Told) -> None:
    wrong = []
    for verb, template in told.operations("post", "put", "patch", "delete"):
        for who, body in [("", GARBAGE[0]), *(("operator", one) for one in GARBAGE)]:
            content = b"{" if body is None else json.dumps(body).encode()
            headers = {**told.town.head(who), "Content-Type": "application/json"}
            answer = told.town.client.request(verb.upper(), told.path(template), headers=headers, content=content)
            if words := told.wrong(verb, template, answer):
                wrong.append((verb, template, who, body, words))
            if not who and answer.status_code < 300 and "x-open" not in told.document["paths"][template][verb]:
                wrong.append((verb, template, who, body, "taken from nobody"))
    assert not wrong, "\n".join(map(str, wrong))
