"""Elasticsearch is killed, comes back, has lost an index or all of them: publishing goes on, search says so and catches up."""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from elasticsearch import Elasticsearch

from catalog.adapters.index_elastic import mapping
from catalog.errors import Unavailable
from catalog.question import Question
from tests.conftest import missing
from tests.elastic import QUICK, CannotStart, Node
from tests.faults.place import Place, eventually
from tests.ports.test_index import SHELF, asked
from tests.running import Running, running

CSV = "ma,ten\n00001,Trường số 1\n".encode()


@pytest.fixture(scope="module")
def elastic() -> Iterator[Node]:
    """A server of this file's own: it is killed here."""
    node = Node()
    try:
        node.start()
    except CannotStart as why:
        node.wipe()
        missing("Elasticsearch", why)
    yield node
    node.wipe()


@pytest.fixture
def here(elastic: Node, elastic_prefix: str, tmp_path: Path):
    with running(Place(tmp_path, {"DATAMO_SEARCH_URL": f"{elastic.url}/{elastic_prefix}"})) as made:
        yield made


def publish(here: Running, *titles: str) -> list[str]:
    """Publish datasets; the states in which they end."""
    sent = [here.upload(here.draft(title), CSV).json()["id"] for title in titles]
    return [here.end(one)["state"] for one in sent]


def found(here: Running, text: str) -> dict:
    with here.client(who="") as client:
        return dict(client.get("/api/v1/datasets", params={"q": text}).json())


def whole(here: Running, text: str, total: int) -> dict:
    """The answer once search is itself again and finds so many."""
    until = time.monotonic() + 90
    while True:
        answer = found(here, text)
        if (not answer["degraded"] and answer["total"] == total) or time.monotonic() > until:
            return answer
        time.sleep(0.2)


def search_state(here: Running) -> dict:
    with here.client(who="") as client:
        ready = client.get("/readyz")
        assert ready.status_code == 200
        return dict(ready.json()["parts"]["search"])


@pytest.mark.timeout(900)  # a server starts in ten seconds on a quiet machine, in minutes on a busy one
def test_publishing_goes_on_without_search_which_says_so_and_catches_up(here: Running, elastic: Node) -> None:
    assert publish(here, "Trường học một", "Trường học hai") == ["published"] * 2
    assert whole(here, "truong hoc", 2)["degraded"] is False
    lost = elastic.index("lost")
    lost.rebuild(SHELF)
    elastic.kill()

    assert publish(here, "Trường học ba", "Trường học bốn", "Trường học năm") == ["published"] * 3
    answer = found(here, "truong hoc")
    assert (answer["degraded"], answer["total"]) == (True, 5)
    assert search_state(here) == {"state": "degraded", "reason": "search-down"}
    with here.client(who="") as client:
        assert "Bộ tìm kiếm đang chạy một phần" in client.get("/datasets", params={"q": "truong"}).text
    assert list(here.site.catalog.verify()) == []

    forget_shards(elastic)
    elastic.start()
    answer = whole(here, "truong hoc", 5)
    assert (answer["degraded"], answer["total"]) == (False, 5), here.place.log()
    assert [(one["value"], one["count"]) for one in answer["facets"]["format"]] == [("csv", 5)]
    with here.client(who="") as client:
        assert "Bộ tìm kiếm đang chạy một phần" not in client.get("/datasets", params={"q": "truong"}).text
    assert eventually(lambda: search_state(here) == {"state": "ok"})
    assert list(here.site.catalog.verify()) == []
    an_index_whose_shard_is_lost_says_so_and_can_be_rebuilt(elastic)


def forget_shards(elastic: Node) -> None:
    """Take away the files of the index ``lost``, found by the words in its state."""
    for state in elastic.data.glob("indices/*/0/index"):
        if any(b"lost.v" in one.read_bytes() for one in (state.parent.parent / "_state").glob("*.st")):
            shutil.rmtree(state)
            return
    raise AssertionError("no such index")


def an_index_whose_shard_is_lost_says_so_and_can_be_rebuilt(elastic: Node) -> None:
    reader = elastic.index("lost", writer=False, patience=replace(QUICK, pause=0.0))
    with pytest.raises(Unavailable, match="search-damaged"):
        reader.check()
    assert reader.ask(Question(text="ngân sách")).degraded
    elastic.index("lost").rebuild(SHELF)
    reader.check()
    assert asked(reader, "ngân sách") == ["budget"]


def test_an_index_that_somebody_deleted_is_built_again_from_the_records(here: Running, elastic: Node, elastic_prefix: str) -> None:
    assert publish(here, "Trường học một", "Trường học hai") == ["published"] * 2
    assert whole(here, "truong hoc", 2)["total"] == 2
    with Elasticsearch(elastic.url) as client:
        for name in client.indices.get_alias(index=f"{elastic_prefix}.v*"):
            client.indices.delete(index=name)
    assert found(here, "truong hoc")["degraded"]
    assert eventually(lambda: search_state(here).get("reason") == "search-missing")
    assert publish(here, "Trường học ba") == ["published"]
    assert whole(here, "truong hoc", 3)["total"] == 3
    assert list(here.site.catalog.verify()) == []


def test_while_writing_is_forbidden_search_goes_on_with_what_it_has(here: Running, elastic: Node, elastic_prefix: str) -> None:
    """The ban is one that Elasticsearch does not lift of itself, as it does with that of a full disk once there is room."""
    assert publish(here, "Trường học một") == ["published"]
    assert whole(here, "truong hoc", 1)["total"] == 1
    with Elasticsearch(elastic.url) as client:
        for ban in (True, None):
            client.indices.put_settings(index=f"{elastic_prefix}.v{mapping.FORMAT}", settings={"index.blocks.write": ban})
            if ban:
                assert publish(here, "Trường học hai") == ["published"]
                assert whole(here, "truong hoc", 1)["total"] == 1
    assert whole(here, "truong hoc", 2)["total"] == 2
    assert list(here.site.catalog.verify()) == []
