"""What is held back, private, withdrawn or erased is on no surface: one table of surfaces, asked before and after."""

from __future__ import annotations

import gzip
import io
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import pyarrow.parquet as pq
import pytest
from fastapi.routing import APIRoute

from api.dialects import v1
from catalog.adapters.index_tantivy import TantivyIndex
from catalog.adapters.tables_sqlite import SqliteTables
from catalog.model import NOBODY
from pipelines.fetch import Fetcher, Guard
from pipelines.steps.deliver import deliver
from standards.metadata.ckan import resource_id
from tests.api.test_ckan_writing import result
from tests.pipelines.test_dumps import dumps
from tests.pipelines.test_erasure import finish
from tests.portals import Server
from tests.site import Town, make_town

SENTENCE = "Cột này có số căn cước của người dân."
REASON = "Công bố nhầm."
STATES = ("whole", "withdrawn", "erased")
"""What becomes of a dataset; of a fourth, parts are held back. Each has words of its own, which begin with zq.

One that is held back as a whole is private meanwhile.
"""

Answer = tuple[int, str]
Surface = Callable[["Shown"], Answer]


@dataclass
class Shown:
    """A dataset among the surfaces: how it and its parts are called."""

    town: Town
    state: str
    id: str = "00000000-0000-4000-8000-000000000000"
    slug: str = "no-such-slug"
    table: str = "no-such-table"
    rows: str = "no-such-rows"
    keys: Mapping[str, str] = field(default_factory=dict)

    def path(self, template: str) -> str:
        word = f"zq{self.state}"
        words = {"said": f"{word}words", "title": f"{word}title", "tag": f"{word}tag", "file": f"{word}file.csv"}
        ids = {"table_id": resource_id(self.id, self.table), "rows_id": resource_id(self.id, self.rows)}
        return template.format(id=self.id, slug=self.slug, table=self.table, **ids, **words)


def told(town: Town, path: str, who: str = "") -> Answer:
    """The status, and all that stands in the answer as words: also in tables and in packed lines."""
    answer = town.get(path, who)
    content = answer.content
    if path.endswith(".gz") and answer.status_code == 200:
        content = gzip.decompress(content)
    if content[:4] == b"PAR1":
        content = str(pq.read_table(io.BytesIO(content)).to_pydict()).encode()
    return answer.status_code, content.decode("utf-8", "replace").lower()


def asked(template: str) -> Surface:
    return lambda one: told(one.town, one.path(template))


def tool(name: str, **arguments: str) -> Surface:
    """A tool of assistants, called as their client does."""

    def ask(one: Shown) -> Answer:
        given = {key: one.path(value) for key, value in arguments.items()}
        body = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {"name": name, "arguments": given}}
        headers = {"Accept": "application/json, text/event-stream", "MCP-Protocol-Version": "2025-06-18"}
        answer = one.town.client.post("/mcp", json=body, headers=headers)
        assert answer.status_code == 200, answer.text
        said = answer.json()["result"]
        return (404 if said.get("isError") else 200), answer.text.lower()

    return ask


def searched(name: str, **arguments: Any) -> Surface:
    """An action of CKAN."""
    query = "&".join(f"{key}={value}" for key, value in arguments.items())
    return asked(f"/api/3/action/{name}?{query}")


LISTED: Mapping[str, Mapping[str, str]] = {
    "package_list": {}, "package_search": {"q": "{said}"}, "current_package_list_with_resources": {}, "package_autocomplete": {"q": "{title}"},
    "tag_list": {}, "tag_show": {"id": "{tag}", "include_datasets": "true"}, "tag_search": {"query": "{tag}"},
    "tag_autocomplete": {"query": "{tag}"}, "resource_search": {"query": "name:{title}"},
    "organization_show": {"id": "h12-so", "include_datasets": "true"}, "group_show": {"id": "educ", "include_datasets": "true"},
    "group_package_show": {"id": "educ"}, "recently_changed_packages_activity_list": {}, "organization_activity_list": {"id": "h12-so"},
}
"""Actions of CKAN that list datasets."""

LISTS: Mapping[str, Surface] = {
    **{path: asked(path) for path in (
        "/", "/datasets", "/datasets?q={said}", "/organizations/h12-so", "/sitemap.xml", "/api/v1/datasets", "/api/v1/datasets?q={said}",
        "/api/v1/suggestions?q={title}", "/feeds/dataset.atom", "/feeds/organization/h12-so.atom", "/feeds/tag/{tag}.atom",
        "/feeds/custom.atom?q={said}", "/feeds/search.atom?q={said}", "/feeds/group/EDUC.atom", "/catalog.ttl", "/catalog.jsonld", "/catalog.rdf",
        "/catalog.jsonl.gz", "/catalog.parquet", "/api/3/util/dataset/autocomplete?incomplete={title}",
        "/api/3/util/tag/autocomplete?incomplete={tag}", "/datasets?tag={tag}", "/requests", "/api/v1/changes", "/api/v1/corrections",
    )},
    **{name: searched(name, **given) for name, given in LISTED.items()},
    "search_datasets": tool("search_datasets", query="{said}"),
}
"""Surfaces that list datasets."""
QUESTIONS = {**{name: str([*given.values()]) for name, given in LISTED.items()}, "search_datasets": "{said}"}
SILENT = ("/requests", "/api/v1/changes", "/api/v1/corrections", "resource_search", "group_package_show")
"""Those of them that name no dataset by its words, or only by its id."""

NATIVE = [route.path for subject in v1.SUBJECTS for route in subject.router.routes
          if isinstance(route, APIRoute) and "GET" in route.methods and "{dataset}" in route.path]
FILLED = {"dataset": "{slug}", "number": "1", "resource": "{table}", "name": "{table}.csv"}
OWN: Mapping[str, Surface] = {
    **{path: asked(path.replace("/resources/{name}", "/resources/{resource}").format(**FILLED)) for path in NATIVE},
    **{path: asked(path) for path in (
        "/api/v1/datasets/{id}", "/api/v1/datasets/{slug}/files/{file}", "/api/v1/datasets/{slug}/files/{table}.parquet",
        "/api/v1/datasets/{slug}/rows?format=csv&limit=all", "/api/v1/datasets/{slug}/rows?version=1",
        '/api/v1/sql?sql=select * from "{slug}/{table}"', "/api/v1/datasets/{slug}/versions/2/diff?with=1",
        "/api/v1/datasets/{slug}/resources/{table}/changes?from=1&to=2", "/datasets/{slug}", "/datasets/{slug}/versions", "/datasets/{slug}/versions/1",
        "/datasets/{slug}/versions/2/diff", "/datasets/{slug}/chart", "/datasets/{slug}/chart.svg", "/datasets/{slug}/map", "/datasets/{slug}/areas",
        "/datasets/{slug}/voices", "/datasets/{slug}/ask", "/datasets/{slug}/report", "/dataset/{slug}", "/dataset/{slug}/resource/{table_id}", "/dataset/x/resource/{table_id}/download/a.csv", "/id/{id}", "/id/{id}/1", "/feeds/datasets/{slug}.atom",
        "/datasets/{slug}.ttl", "/datasets/{slug}.jsonld", "/datasets/{slug}.rdf", "/datasets/{slug}/datapackage.json",
        "/datasets/{slug}/croissant.json", "/datasets/{slug}/croissant-1.1.json", "/datasets/{slug}/schema.json", "/datasets/{slug}/ris", "/datasets/{slug}/bib",
        "/datasets/{slug}/csl.json", "/datasets/{slug}/datacite.json", "/datastore/dump/{table_id}", "/datastore/dump/{rows_id}",
    )},
    **{f"{name} {given}": searched(name, **dict([given])) for name, given in (
        ("package_show", ("id", "{slug}")), ("package_show", ("id", "{id}")), ("resource_show", ("id", "{table_id}")),
        ("resource_show", ("id", "{rows_id}")), ("datastore_search", ("resource_id", "{table_id}")), ("datastore_search", ("resource_id", "{rows_id}")),
        ("datastore_info", ("id", "{table_id}")), ("datastore_info", ("id", "{rows_id}")),
        ("datastore_search_sql", ("sql", 'select * from "{table_id}"')), ("datastore_search_sql", ("sql", 'select * from "{rows_id}"')),
        ("resource_view_list", ("id", "{table_id}")), ("package_activity_list", ("id", "{slug}")), ("resource_validation_show", ("resource_id", "{table_id}")),
    )},
    "describe_dataset": tool("describe_dataset", dataset="{slug}"), "list_columns": tool("list_columns", dataset="{slug}", resource="{table}"),
    "sample_rows": tool("sample_rows", dataset="{slug}", resource="{table}"), "query_rows": tool("query_rows", dataset="{slug}", resource="{table}"),
    "query_sql": tool("query_sql", sql='select * from "{slug}/{table}"'), "list_versions": tool("list_versions", dataset="{slug}"),
    "compare_versions": tool("compare_versions", dataset="{slug}", resource="{table}"),
}
"""Surfaces of one dataset, or of one of its parts."""


def made(town: Town, state: str) -> Shown:
    """A dataset with a table in two versions, a table of rows and a link; all words of it tell where they are from."""
    word = f"zq{state}"
    entry = town.draft(f"Zq{state}title chung", tags=[f"{word}tag"], themes=["EDUC"], description={"vi": f"{word}words"})
    first, second = (f"{word}{column},so\n{word}cell,1\n" for column in ("old", "column"))
    town.release(entry["slug"], first.encode(), name=f"{word}file.csv", data={"resource": f"{word}table"})
    town.release(entry["slug"], second.encode(), name=f"{word}file.csv", data={"resource": f"{word}table"})
    result(town, "datastore_create", resource={"package_id": entry["slug"], "name": f"{word}rows"},
           fields=[{"id": f"{word}field", "type": "text"}], records=[{f"{word}field": f"{word}value"}])
    town.catalog.add_link(town.catalog.system(), entry["slug"], name=f"{'plain' if state == 'part' else word}link", title={},
                          url="https://a.example.org/a.csv")
    shown = town.get(f"/api/v1/datasets/{entry['slug']}", "editor").json()
    table, rows, _ = (one["name"] for one in shown["resources"])
    town.send("POST", f"/api/v1/datasets/{entry['slug']}/notices", "reviewer",
              {"resource": table, "columns": [f"{word}column"], "effective": "2099-01-01", "words": {"vi": f"{word}notice"}})
    return Shown(town, state, entry["id"], entry["slug"], table, rows)


def report(one: Shown, resource: str = "") -> None:
    given = {"dataset": one.slug, "place": "cột", "text": SENTENCE, "personal_data": True, **({"resource": resource} if resource else {})}
    answer = one.town.send("POST", "/api/v1/corrections", "", given)
    assert answer.json()["hidden"] is True, answer.text


def hide(town: Town, shown: Mapping[str, Shown]) -> None:
    """What the site does when things go wrong: hold, take out of the public, withdraw, erase."""
    report(shown["whole"])
    for part in (shown["part"].table, shown["part"].rows):
        report(shown["part"], part)
    assert town.get(f"/api/v1/datasets/{shown['whole'].slug}", "editor").json()["visibility"] == "private"
    assert town.send("POST", f"/api/v1/datasets/{shown['withdrawn'].slug}/withdraw", "reviewer", {"reason": REASON}).status_code == 200
    asked_for = town.catalog.ask_erasure(town.caller("editor"), shown["erased"].id, reason=REASON)
    town.catalog.confirm_erasure(town.caller("reviewer"), asked_for.id)
    assert finish(town) == 1
    town.stand.follow()


@dataclass
class Story:
    """What every surface told before and tells now; ``dumped`` what dumps told between, ``sent`` what webhooks said."""

    town: Town
    shown: Mapping[str, Shown]
    before: Mapping[str, str]
    dumped: tuple[Answer, ...]
    sent: tuple[str, str]


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Story]:
    folder = tmp_path_factory.mktemp("hidden")
    index = TantivyIndex(folder / "index")
    index.rebuild([])
    town = make_town(folder / "town", index=index, tables=SqliteTables(folder / "tables"), rooms={"work": folder / "town" / "work"})
    shown = {state: made(town, state) for state in (*STATES, "part")}
    receiver = Server()
    try:
        hook = town.send("POST", "/api/v1/webhooks", "stranger", {"url": receiver.say("/hook"), "scope": "site"}).json()["id"]
        town.stand.follow()
        assert dumps(town, folder).step(60) == len(shown)
        before = {name: " ".join(text for _, text in every(name, shown).values()) for name in LISTS}
        for one in shown.values():
            town.catalog.amend(town.catalog.system(), one.id, about=town.catalog.dataset(NOBODY, one.id).about)
        first = post(town, receiver, hook)
        hide(town, shown)
        dumped = tuple(told(town, path) for path in ("/catalog.jsonl.gz", "/catalog.parquet"))
        assert dumps(town, folder).step(60) == 1, "only the one of which parts are left"
        yield Story(town, shown, before, dumped, (first, post(town, receiver, hook)))
    finally:
        receiver.close()


def every(name: str, shown: Mapping[str, Shown]) -> dict[str, Answer]:
    """What a list tells of each dataset: one that is not asked by their words is asked once."""
    if "{" in QUESTIONS.get(name, name):
        return {state: LISTS[name](one) for state, one in shown.items()}
    return dict.fromkeys(shown, LISTS[name](next(iter(shown.values()))))


def post(town: Town, receiver: Server, hook: str) -> str:
    """All that a webhook of a stranger is sent of what is new."""
    receiver.asked.clear()
    town.stand.follow()
    while town.catalog.follow_webhooks():
        pass
    while deliver(town.catalog, Fetcher(Guard.of(networks=["127.0.0.0/8"])), hook, "https://data.example.gov.vn"):
        pass
    return "".join(json.dumps(json.loads(body), ensure_ascii=False) for *_, body in receiver.asked).lower()


def words_of(state: str) -> tuple[str, ...]:
    """What may be nowhere: of a dataset of which parts are held back, the words of those parts."""
    parts = ("table", "rows", "old", "column", "field", "cell", "value", "file", "notice")
    return tuple(f"zqpart{each}" for each in parts) if state == "part" else (f"zq{state}",)


def found(state: str, text: str) -> list[str]:
    return [word for word in words_of(state) if word in text]


def test_every_surface_that_lists_showed_them_before(story: Story) -> None:
    """Else the test below would show nothing."""
    silent = {name: [state for state in story.shown if f"zq{state}" not in text] for name, text in story.before.items()}
    assert {name: states for name, states in silent.items() if states and name not in SILENT} == {}


def test_no_surface_lists_what_is_hidden(story: Story) -> None:
    wrong = []
    for name in LISTS:
        for state, (status, text) in every(name, story.shown).items():
            said = plain(story.shown[state], text)
            if status >= 500 or found(state, said):
                wrong.append((name, state, status, around(state, said)))
    assert not wrong, "\n".join(map(str, wrong))


def test_the_addresses_of_what_is_hidden_answer_like_those_of_nothing(story: Story) -> None:
    wrong = []
    nowhere = Shown(story.town, "nothing")
    for name, surface in OWN.items():
        nothing = surface(nowhere)
        for state, one in story.shown.items():
            status, text = surface(one)
            text, said = plain(one, text), plain(nowhere, nothing[1])
            right = {
                "part": status < 500, "whole": (status, text) == (nothing[0], said),
            }.get(state, status in (200, 303, 404, 410, nothing[0]))
            if not right or found(state, text):
                wrong.append((name, state, status, nothing[0], around(state, text)))
    assert not wrong, "\n".join(map(str, wrong))


def plain(one: Shown, text: str) -> str:
    """An answer without the names that were asked for: an address may repeat what it is called with."""
    for name in ("{table_id}", "{rows_id}", "{id}", "{slug}", "{file}", "{tag}", "{said}"):
        asked_for = one.path(name).lower()
        text = text.replace(asked_for, "·").replace(f'value="{asked_for.replace("-", " ")}', "·")
    return text.replace(one.table, "·").replace(one.rows, "·")


def around(state: str, text: str) -> str:
    """Where in an answer it is."""
    at = min((text.index(word) for word in found(state, text)), default=0)
    return text[max(0, at - 120) : at + 120]


def test_dumps_of_yesterday_are_not_given_and_those_of_today_do_not_hold_it(story: Story) -> None:
    assert [status for status, _ in story.dumped] == [503, 503]
    for path in ("/catalog.jsonl.gz", "/catalog.parquet"):
        status, text = told(story.town, path)
        assert status == 200
        assert "zqparttitle" in text
        assert not any(found(state, text) for state in story.shown)


def test_webhooks_of_others_are_told_of_what_went_without_its_words(story: Story) -> None:
    before, after = story.sent
    for state in story.shown:
        assert f"zq{state}title" in before
        assert f"zq{state}notice" in before
        text = after.replace(story.shown[state].slug, "")
        assert not found(state, text), state
    assert story.shown["withdrawn"].id in after
    assert story.shown["whole"].id not in after
