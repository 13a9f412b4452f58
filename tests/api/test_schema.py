"""A publisher's own Table Schema over HTTP: taken within bounds, kept with the submission, asked of the file; or refused."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from api.messages.findings import why
from catalog.model import Options
from pipelines.inside import look
from pipelines.step import Parcel
from pipelines.steps.validate import refuse_unusable
from pipelines.validation.patterns import Unsupported
from pipelines.validation.schema import NotSchema, rebuilt
from pipelines.validation.source import resource_of
from pipelines.validation.taken import MOST_BYTES, MOST_FIELDS, taken
from tests.api.test_pages_forms import sign_in
from tests.pipelines.test_references import BAD, GOOD, LINK, WARDS, Road, refers
from tests.releases import SCHOOLS
from tests.site import Town

SCHEMA = {"fields": [{"name": "ma", "type": "string", "constraints": {"pattern": "[0-9]{5}", "required": True}},
                     {"name": "so", "type": "integer", "constraints": {"minimum": 0}}], "primaryKey": "ma"}


def send(town: Town, schema: Any, **data: str) -> Any:
    text = schema if isinstance(schema, str) else json.dumps(schema)
    return town.upload(town.draft()["slug"], data={"schema": text, **data})


def test_a_schema_is_kept_with_the_submission_and_shown_to_its_agency(town: Town) -> None:
    answer = send(town, {**SCHEMA, "$schema": "http://127.0.0.1:1/evil.json", "path": "/etc/passwd", "fields": [
        {**SCHEMA["fields"][0], "rdfType": "http://127.0.0.1:1/"}, SCHEMA["fields"][1]]})
    assert answer.status_code == 202, answer.text
    assert answer.json()["schema"] == SCHEMA, "members that we do not know are left out"
    assert town.get(answer.json()["links"]["self"], "editor").json()["schema"] == SCHEMA
    [listed] = town.get("/api/v1/submissions", "editor").json()["items"]
    assert "schema" not in listed


def test_a_schema_may_come_as_a_file_of_the_form(town: Town) -> None:
    path = f"/api/v1/datasets/{town.draft()['slug']}/submissions"
    files = {"file": ("a.csv", b"ma,so\n1,2\n"), "schema": ("schema.json", json.dumps(SCHEMA).encode(), "application/json")}
    assert town.client.post(path, headers=town.head("editor"), files=files).json()["schema"] == SCHEMA


DEEP: Any = {}
for _ in range(40):
    DEEP = {"a": DEEP}
REFUSED = {
    "no JSON": ("{", "schema-unusable", "#/schema"),
    "a list": ("[]", "schema-unusable", "#/schema"),
    "a member twice": ('{"fields": [{"name": "a", "name": "b"}]}', "schema-unusable", "#/schema"),
    "an address": ('"http://127.0.0.1:1/schema.json"', "schema-unusable", "#/schema"),
    "not a number": ('{"fields": [{"name": "a", "constraints": {"minimum": NaN}}]}', "schema-unusable", "#/schema"),
    "a hundred thousand brackets": ("[" * 100_000, "schema-unusable", "#/schema"),
    "half a character": (r'{"fields": [{"name": "\ud800"}]}', "schema-unusable", "#/schema/fields/0/name"),
    "no fields": ({"fields": {}}, "schema-unusable", "#/schema/fields"),
    "too many fields": ({"fields": [{"name": f"f{at}"} for at in range(MOST_FIELDS + 1)]}, "schema-unusable", "#/schema/fields"),
    "two fields of one name": ({"fields": [{"name": "a"}, {"name": "a"}]}, "schema-unusable", "#/schema/fields"),
    "an unknown type": ({"fields": [{"name": "a", "type": "nonsense"}]}, "schema-unusable", "#/schema/fields/0/type"),
    "a ruinous pattern of another kind": (
        {"fields": [{"name": "a", "constraints": {"pattern": "(?=a)(a+)+$"}}]}, "pattern-unsupported", "#/schema"),
    "a key of no field": ({"fields": [{"name": "a"}], "primaryKey": "b"}, "schema-unusable", "#/schema/primaryKey"),
    "unique keys of something else": ({"fields": [{"name": "a"}], "uniqueKeys": 5}, "schema-unusable", "#/schema/uniqueKeys"),
    "a foreign key without a table": (
        {"fields": [{"name": "a"}], "foreignKeys": [{"fields": "a"}]}, "schema-unusable", "#/schema/foreignKeys/0"),
    "a foreign key of no field": (
        {"fields": [{"name": "a"}], "foreignKeys": [{"fields": "b", "reference": {"fields": "a"}}]},
        "schema-unusable", "#/schema/foreignKeys/0"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_a_schema_that_cannot_be_used_is_refused_at_once_with_its_place(town: Town, case: str) -> None:
    given_schema, code, pointer = REFUSED[case]
    answer = send(town, given_schema)
    assert (answer.status_code, answer.json()["code"]) == (422, code), answer.text
    assert answer.json()["errors"][0]["pointer"] == pointer
    assert list(town.stand.files.staged(-1)) == []


def test_a_schema_that_is_too_deep_or_too_long_is_refused(town: Town) -> None:
    deep = send(town, {"fields": [{"name": "a", "type": "object", "constraints": {"jsonSchema": DEEP}}]})
    assert (deep.status_code, deep.json()["code"]) == (422, "schema-unusable")
    long = send(town, " " * (MOST_BYTES + 1))
    assert (long.status_code, long.json()["code"]) == (413, "too-long")


def test_three_thousand_fields_are_taken(town: Town) -> None:
    fields = [{"name": f"f{at}", "type": "integer", "title": "Cột", "constraints": {"minimum": 0}} for at in range(3000)]
    assert send(town, {"fields": fields}).status_code == 202


def test_a_schema_beside_a_standard_is_refused(town: Town) -> None:
    answer = send(town, SCHEMA, standard="vn-school")
    assert (answer.status_code, answer.json()["code"]) == (422, "schema-beside-standard")
    told = town.upload(town.draft(standard="vn-school")["slug"], data={"schema": json.dumps(SCHEMA)})
    assert (told.status_code, told.json()["code"]) == (422, "schema-beside-standard")


def test_a_schema_is_refused_where_only_the_resource_has_a_standard(tmp_path) -> None:
    """The dataset names none, but its table was published under one: the door may not let the schema go unheard."""
    road = Road(tmp_path)
    slug = road.draft("Trường")
    assert road.send(slug, SCHOOLS, standard="vn-school").state == "published"
    name = road.catalog.version(road.catalog.system(), slug).first_table.name
    for more in ({}, {"resource": name}):
        told = road.town.upload(slug, data={"schema": json.dumps(SCHEMA), **more})
        assert (told.status_code, told.json()["code"]) == (422, "schema-beside-standard")
    assert road.town.upload(slug, data={"schema": json.dumps(SCHEMA), "resource": "khac"}).status_code == 202


def test_the_check_itself_refuses_a_schema_beside_a_standard(tmp_path) -> None:
    (tmp_path / "a.csv").write_text("ma,so\n1,2\n")
    options = Options(schema=SCHEMA, standard="vn-school")
    outcome = look(Parcel(path=tmp_path / "a.csv", name="a.csv", work=tmp_path, options=options, today=date(2026, 11, 22), keep=False))
    assert (outcome.readable, outcome.reason["code"]) == (False, "schema-beside-standard")
    assert "vn-school" in why(outcome.reason, "en")


def test_one_key_with_another_schema_is_another_request(town: Town) -> None:
    slug = town.draft()["slug"]
    other = {**SCHEMA, "primaryKey": "so"}
    answers = [town.upload(slug, data={"schema": json.dumps(one)}, headers={"Idempotency-Key": "k"}) for one in (SCHEMA, SCHEMA, other)]
    assert [one.status_code for one in answers] == [202, 202, 422]
    assert answers[0].json()["id"] == answers[1].json()["id"]
    assert answers[2].json()["code"] == "idempotency-key-reused"


@pytest.mark.parametrize(("content", "state"), [(BAD, "blocked"), (GOOD, "published")])
def test_a_foreign_key_to_a_published_dataset_works_from_the_door_to_the_shelf(tmp_path, content, state) -> None:
    road = Road(tmp_path)
    road.send(road.draft("Xã phường"), WARDS)
    kept = taken(json.dumps(refers(LINK)))
    assert road.send(road.draft("Trường học"), content, kept).state == state


WHOLE = {
    "fields": [
        {"name": "a", "type": "string", "format": "email", "title": "A", "missingValues": ["-"],
         "constraints": {"required": True, "pattern": "[a-z]+", "enum": ["a", "b"], "minLength": 1}},
        {"name": "b", "type": "integer", "groupChar": ",", "constraints": {"minimum": 1}},
        {"name": "c", "type": "duration", "constraints": {"minimum": "P1D"}},
        {"name": "d", "type": "object", "constraints": {"jsonSchema": {"properties": {"x": {"pattern": "a"}}}}},
        {"name": "e", "type": "boolean", "trueValues": ["y"], "falseValues": ["n"]},
        {"name": "f", "type": "string", "categories": ["a", {"value": "b", "label": "B"}]},
        {"name": "g", "type": "date", "format": "%d/%m/%Y", "constraints": {"maximum": "01/01/2020"}},
        {"name": "h", "type": "number", "decimalChar": ",", "groupChar": ".", "constraints": {"exclusiveMinimum": 1.5}},
    ],
    "missingValues": ["", "NA"], "primaryKey": ["a"], "uniqueKeys": [["a", "b"]],
    "foreignKeys": [{"fields": "a", "reference": {"resource": "", "fields": "a"}}],
}
ODD = st.sampled_from([None, True, 0, -1, 1.5, 10**30, "", "x", "%", "a+(", "\0", [], [1], [[]], [None], {}, {"a": 1}, ["a"], [{}],
                       "any", "default", "%Q", ["x", "x"], "2020-01-01"])


def places(value: Any, before: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    members = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [*([before] if before else []), *(one for name, below in members for one in places(below, (*before, name)))]


def test_the_whole_schema_is_taken_and_can_be_used() -> None:
    refuse_unusable(rebuilt(taken(json.dumps(WHOLE))))


@settings(max_examples=150, deadline=None, derandomize=True, database=None)
@given(place=st.sampled_from(places(WHOLE)), odd=ODD)
def test_a_schema_with_something_odd_in_it_is_used_or_refused_and_never_breaks(tmp_path_factory, place, odd) -> None:
    made = json.loads(json.dumps(WHOLE))
    inner = made
    for step in place[:-1]:
        inner = inner[step]
    inner[place[-1]] = odd
    path = tmp_path_factory.getbasetemp() / "odd.csv"
    path.write_text('a,b,c,d,e,f,g,h\nab,"1,000",P2D,{},y,a,02/01/2020,"1,5"\n-,x,z,[],q,zz,2020-01-01,zz\n')
    try:
        ready = rebuilt(taken(json.dumps(made)))
        refuse_unusable(ready)
    except (NotSchema, Unsupported):
        return
    report = resource_of(path, ready, foreign=True).validate()
    assert not any(error.type == "schema-error" for error in report.tasks[0].errors), report.flatten(["type", "note"])


def test_a_bound_that_excludes_its_own_value_is_held(tmp_path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("h\n1\n2\n")
    schema = {"fields": [{"name": "h", "type": "number", "constraints": {"exclusiveMinimum": 1}}]}
    assert resource_of(path, rebuilt(schema), foreign=True).validate().flatten(["rowNumber", "type"]) == [[2, "constraint-error"]]


def form(town: Town, schema: Any) -> Any:
    token = sign_in(town, "editor")
    files = {"file": ("a.csv", b"ma,so\n00001,2\n"), "schema": ("schema.json", json.dumps(schema).encode())}
    data = {"csrf": token, "organisation": "h12-so", "title": "Bộ có mô tả riêng"}
    return town.client.post("/publish", data=data, files=files, follow_redirects=False)


def test_the_upload_form_takes_a_schema_beside_the_file(town: Town) -> None:
    sent = form(town, SCHEMA)
    assert sent.status_code == 303, sent.text
    kept = town.get(f"/api/v1{sent.headers['location'].partition('?')[0]}", "editor").json()
    assert kept["schema"] == SCHEMA


def test_the_upload_form_says_at_the_field_what_is_wrong_with_a_schema(town: Town) -> None:
    sent = form(town, {"fields": [{"name": "a", "type": "nonsense"}]})
    assert sent.status_code == 422
    assert 'id="schema-e"' in sent.text
    assert "#/fields/0/type" in sent.text
    assert town.get("/api/v1/submissions", "editor").json()["total"] == 0
