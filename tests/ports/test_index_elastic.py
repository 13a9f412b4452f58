"""The Index port on Elasticsearch: rebuilding under way, going back, places of pages, addresses, and who answers there."""

from __future__ import annotations

import base64
import json
import threading
import time
import traceback
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from elasticsearch import Elasticsearch

from catalog.adapters.index_elastic import ElasticIndex, mapping
from catalog.adapters.index_elastic.address import WrongAddress, read
from catalog.errors import Invalid, Unavailable
from catalog.model import Change
from catalog.question import Document, Question
from pipelines.steps.index import follow
from tests.elastic import QUICK, SECRET
from tests.elastic_proxy import Said, always, bulk_refuses, changed, first, honest, proxied, slow
from tests.ports.test_index import SHELF, asked, doc, ids, pages


@pytest.fixture
def index(elastic, elastic_prefix):
    made = elastic.fresh(elastic_prefix)
    yield made
    made.close()


@pytest.fixture
def client(elastic):
    with Elasticsearch(elastic.url, request_timeout=120) as made:
        yield made


def ours(client, prefix: str) -> set[str]:
    return set(client.indices.get_alias(index=f"{prefix}.v*"))


def failing_after(one):
    yield one
    raise OSError("disk")


# --- rebuilding -------------------------------------------------------------------------------------------------------


def test_reading_and_writing_go_on_while_the_index_is_rebuilt(index, elastic, elastic_prefix):
    index.put([doc("a", "cũ", 1), doc("gone", "cũ", 2)])
    other = elastic.index(elastic_prefix)

    def while_building():
        yield doc("a", "mới", 1)
        assert asked(other, "cũ")
        assert not asked(other, "mới")
        other.put([doc("late", "đến muộn", 3)])
        other.drop([("gone", 4)])
        yield doc("gone", "cũ", 2)
        yield doc("b", "mới", 2)

    assert index.rebuild(while_building()) == 3
    assert set(asked(other, "")) == {"a", "late", "b"}
    other.put([doc("gone", "cũ", 3)])
    assert "gone" not in asked(other, "")


def test_a_rebuild_keeps_one_index_to_go_back_to_and_no_more(index, client, elastic_prefix):
    for word in ("một", "hai", "ba"):
        index.rebuild([doc("a", word)])
    assert len(ours(client, elastic_prefix)) == 2
    assert asked(index, "ba") == ["a"]


def test_one_can_go_back_to_the_index_before_with_what_was_put_since(index):
    index.put([doc("a", "tốt", 1), doc("b", "tốt", 2)])
    index.rebuild([doc("a", "hỏng", 1)])
    index.put([doc("c", "mới", 3)])
    index.drop([("b", 4)])
    index.back()
    assert set(asked(index, "")) == {"a", "c"}
    assert asked(index, "tốt") == ["a"]
    index.put([doc("d", "sau", 5)])
    assert asked(index, "sau") == ["d"]
    index.back()
    assert set(asked(index, "")) == {"a", "c", "d"}
    assert asked(index, "hỏng") == ["a"]


def test_there_is_no_way_back_where_nothing_was_before(index):
    with pytest.raises(Unavailable, match="search-missing"):
        index.back()


def test_a_rebuild_that_fails_leaves_nothing_behind_and_writing_goes_on(index, client, elastic_prefix):
    before = ours(client, elastic_prefix)
    with pytest.raises(OSError, match="disk"):
        index.rebuild(failing_after(doc("b")))
    assert ours(client, elastic_prefix) == before
    index.put([doc("a")])
    assert asked(index, "") == ["a"]


def test_of_two_rebuilds_at_once_the_later_one_takes_over_what_the_first_one_was_given(index, elastic, elastic_prefix):
    other = elastic.index(elastic_prefix)

    def slow():
        yield doc("a", "chậm", 1)
        other.rebuild([doc("a", "nhanh", 1), doc("b", "nhanh", 2)])
        other.put([doc("c", "mới", 3)])

    index.rebuild(slow())
    assert set(asked(index, "")) >= {"a", "c"}
    assert asked(index, "chậm") == ["a"]


def test_a_new_index_that_does_not_hold_what_went_in_is_not_used(elastic, elastic_prefix):
    elastic.fresh(elastic_prefix).put([doc("a")])
    with proxied(elastic.port) as proxy:
        index = ElasticIndex(read(f"{proxy.url}/{elastic_prefix}"), SECRET, patience=QUICK)

        def forgetful(method, path, body, forward):
            said = forward(body)
            return Said(200, {"count": 1}) if "_count" in path else said

        proxy.plan = forgetful
        with pytest.raises(Unavailable, match="search-incomplete"):
            index.rebuild([doc("b"), doc("c")])
    assert asked(elastic.index(elastic_prefix), "") == ["a"]


def test_many_readers_never_see_an_index_half_built(index, elastic, elastic_prefix):
    every = [doc(f"d{number}") for number in range(50)]
    index.put(every)
    reader = elastic.index(elastic_prefix, writer=False)
    seen: Counter = Counter()
    stop = threading.Event()

    def read_on():
        while not stop.is_set():
            answer = reader.ask(Question(facets=("org",)))
            seen[answer.total, answer.degraded] += 1
            time.sleep(0.01)

    threads = [threading.Thread(target=read_on) for _ in range(2)]
    for thread in threads:
        thread.start()
    for _ in range(2):
        index.rebuild(every)
    stop.set()
    for thread in threads:
        thread.join()
    assert set(seen) == {(50, False)}


def test_a_rebuild_that_died_before_the_swap_stops_nobody_for_long(index, client, elastic_prefix):
    index.put([doc("a", sequence=1)])
    shelf = index._shelf
    shelf._block(shelf.current(), on=True)
    with pytest.raises(Unavailable, match="search-blocked"):
        index.put([doc("b", sequence=2)])
    shelf._note(shelf.current(), {"stopped": time.time() - 3600})
    index.put([doc("b", sequence=2)])
    assert set(asked(index, "")) == {"a", "b"}


def test_what_dead_rebuilds_left_is_removed_once_it_is_old(index, client, elastic_prefix):
    old = f"{elastic_prefix}.v{mapping.FORMAT}.{int((time.time() - 10**6) * 1e9):x}-dead"
    young = f"{elastic_prefix}.v{mapping.FORMAT}.{time.time_ns():x}-alive"
    for name in (old, young):
        client.indices.create(index=name)
    index.rebuild([doc("a")])
    assert old not in ours(client, elastic_prefix)
    assert young in ours(client, elastic_prefix)


def test_a_write_ban_that_is_not_ours_is_left_alone(index, client):
    index.put([doc("a", sequence=1)])
    client.indices.put_settings(index=index._shelf.current(), settings={"index.blocks.write": True})
    with pytest.raises(Unavailable, match="search-blocked"):
        index.put([doc("b", sequence=2)])
    assert asked(index, "") == ["a"]
    client.indices.put_settings(index=index._shelf.current(), settings={"index.blocks.write": None})
    index.put([doc("b", sequence=2)])
    assert set(asked(index, "")) == {"a", "b"}


# --- versions ---------------------------------------------------------------------------------------------------------


def test_where_there_is_no_index_nothing_is_put_and_the_reason_is_told(elastic, elastic_prefix, client):
    index = elastic.index(elastic_prefix)
    for verb in (lambda: index.put([doc("a")]), lambda: index.drop([("a", 1)]), index.check, index.count):
        with pytest.raises(Unavailable, match="search-missing"):
            verb()
    assert index.ask(Question()).degraded
    assert list(index.suggest("a")) == []
    assert ours(client, elastic_prefix) == set()


def test_a_mapping_of_another_datamo_has_to_be_rebuilt_and_is_read_on_by_its_own(index, elastic, elastic_prefix):
    index.put([doc("a", "cũ")])
    newer = elastic.index(elastic_prefix, form=mapping.FORMAT + 1)
    for verb in (newer.check, lambda: newer.put([doc("b")])):
        with pytest.raises(Unavailable, match="search-outdated"):
            verb()
    assert newer.ask(Question()).degraded
    newer.rebuild([doc("a", "mới", 2)])
    assert asked(newer, "mới") == ["a"]
    assert asked(index, "cũ") == ["a"]
    newer.check()
    with pytest.raises(Unavailable, match="search-outdated"):
        index.check()
    index.rebuild([doc("a", "cũ", 3)])
    index.check()
    with pytest.raises(Unavailable, match="search-outdated"):
        newer.check()


def test_an_alias_on_a_strange_index_is_not_taken_for_ours(elastic, elastic_prefix, client):
    client.indices.create(index=f"{elastic_prefix}.v{mapping.FORMAT}.by-hand", aliases={f"{elastic_prefix}.v{mapping.FORMAT}": {}})
    index = elastic.index(elastic_prefix)
    with pytest.raises(Unavailable, match="search-outdated"):
        index.check()
    assert index.ask(Question()).degraded
    index.rebuild([doc("a")])
    index.check()


def test_a_reader_may_not_write(index, elastic, elastic_prefix):
    reader = elastic.index(elastic_prefix, writer=False)
    for write in (lambda: reader.put([]), lambda: reader.drop([]), lambda: reader.rebuild([]), reader.back):
        with pytest.raises(Unavailable, match="search-read-only"):
            write()


def test_all_sequences_can_be_read_back(index):
    index.put([doc("a", sequence=3), doc("b", sequence=5), doc("c", sequence=6)])
    index.drop([("b", 7)])
    assert dict(index.sequences()) == {"a": 3, "c": 6}


# --- pages ------------------------------------------------------------------------------------------------------------


def by_relevance(index, count: int = 60) -> Question:
    index.put([doc(f"d{number:02}", "dân số " * (1 + number % 5) + f"xã {number}") for number in range(count)])
    return Question(text="dan so", limit=7)


def test_pages_by_relevance_hold_each_hit_once_although_datasets_come_and_go_after_the_second(index):
    question = by_relevance(index)
    order = ids(index.ask(replace(question, limit=60)))
    first_page = index.ask(question)
    second = index.ask(replace(question, after=first_page.next))
    index.put([doc(f"new{number}", "dân số " * 6, 999) for number in range(20)])
    index.drop([(one, 999) for one in order[20:30]])
    rest = pages(index, replace(question, after=second.next))
    assert ids(first_page) + ids(second) + rest == order


@pytest.mark.parametrize("sort", ["relevance", "modified", "title"])
def test_a_page_may_begin_farther_than_the_server_counts(index, elastic, elastic_prefix, client, sort):
    """As CKAN's clients page: ``start`` and ``rows`` to the end, over the same hits, and nothing stays open on the server."""
    index.put(doc(f"d{number:02}", f"nước {number % 7:02}", number + 1, modified=f"2025-01-{number % 28 + 1:02}", years=(2025,)) for number in range(40))
    every = [hit.id for hit in index.ask(Question(text="nước", sort=sort, limit=100)).hits]
    near = elastic.index(elastic_prefix, window=7)
    found: list[str] = []
    for start in range(0, 50, 5):
        page = near.ask(Question(text="nước", sort=sort, start=start, limit=5, facets=("year",)))
        assert page.total == page.facets["year"][0].count == 40
        assert len(page.hits) == (5 if start < 40 else 0)
        found += [hit.id for hit in page.hits]
    assert found == every
    then = near.ask(Question(text="nước", sort=sort, limit=5, after=near.ask(Question(text="nước", sort=sort, start=20, limit=5)).next))
    assert [hit.id for hit in then.hits] == every[25:30]
    held = client.indices.stats(index=f"{elastic_prefix}.*", metric="search")["_all"]["total"]["search"]["open_contexts"]
    assert held <= 1, "only the page after one by relevance keeps its point in time"
    near.close()


def test_a_page_goes_on_when_the_server_has_forgotten_the_state_it_was_read_from(index, elastic):
    question = by_relevance(index)
    whole = ids(index.ask(replace(question, limit=60)))
    second = index.ask(replace(question, after=index.ask(question).next))
    with Elasticsearch(elastic.url) as client:
        point = json.loads(json.loads(unpacked(second.next))[4][22:])[1]
        assert client.close_point_in_time(id=point)["succeeded"]
    assert ids(second) + pages(index, replace(question, after=second.next)) == whole[7:]


def unpacked(cursor: str) -> bytes:
    return base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))


@pytest.mark.parametrize("place", [0, 22, 30])
@pytest.mark.parametrize("sort", ["relevance", "title"])
def test_a_cursor_that_was_tampered_with_is_refused(index, place, sort):
    question = replace(by_relevance(index, 20), sort=sort)
    content = json.loads(unpacked(index.ask(question).next))
    key = content[4]
    content[4] = key[:place] + ("x" if key[place] != "x" else "y") + key[place + 1 :]
    forged = base64.urlsafe_b64encode(json.dumps(content).encode()).decode().rstrip("=")
    with pytest.raises(Invalid, match="cursor"):
        index.ask(replace(question, after=forged))


def test_a_cursor_of_another_site_is_refused(index, elastic, elastic_prefix):
    question = by_relevance(index, 20)
    foreign = ElasticIndex(read(f"{elastic.url}/{elastic_prefix}"), "the secret of another site", patience=QUICK)
    with pytest.raises(Invalid, match="cursor"):
        foreign.ask(replace(question, after=index.ask(question).next))


# --- who answers there ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("address", "said"), [
    ("ftp://host:9200/p", "web address"), ("http://", "web address"), ("http://host:99999/p", "web address"),
    ("http://host:9200", "prefix"), ("http://host:9200/", "prefix"), ("http://host:9200/Big", "prefix"),
    ("http://host:9200/_p", "prefix"), ("http://host:9200/p*", "prefix"), ("http://host:9200/p?x=1", "understood"),
    ("https://host:9200/p?ca=/nowhere/ca.crt", "certificates"), ("http://host:9200/p#x", "understood"),
])
def test_addresses_that_cannot_be_are_refused_with_a_reason(address, said):
    with pytest.raises(WrongAddress, match=said) as refused:
        read(address)
    assert "host" not in str(refused.value)


def test_an_address_says_who_we_are_and_shows_it_to_nobody(tmp_path):
    (tmp_path / "ca.crt").write_text("x")
    made = read(f"https://datamo:p%40ss%2Fword@es.example.vn:9243/proxy/path/site-1?ca={tmp_path}/ca.crt")
    assert (made.user, made.password, made.node, made.prefix) == ("datamo", "p@ss/word", "https://es.example.vn:9243/proxy/path", "site-1")
    assert "p@ss" not in f"{made} {made!r}"
    assert "k3y" not in repr(read("http://[::1]:9200/p", key="k3y"))
    assert read("http://[::1]:9200/p").node == "http://[::1]:9200"
    with pytest.raises(WrongAddress, match="DATAMO_SEARCH_KEY"):
        read("http://user:pw@host/p", key="k3y")


FOREIGN = {
    "opensearch": Said(200, {"version": {"number": "3.4.0", "distribution": "opensearch"}, "tagline": "The OpenSearch Project"}, {}),
    "older": Said.error(400, "media_type_header_exception"),
    "newer": Said(200, {"version": {"number": "10.0.1"}}),
    "a web server": Said(200, b"<html>hello</html>", {"Content-Type": "text/html"}),
    "a web server without that page": Said(404, b"not here", {"Content-Type": "text/plain"}),
}


@pytest.mark.parametrize("kind", FOREIGN)
def test_what_is_no_elasticsearch_9_is_told_apart(kind):
    with proxied() as server:
        server.plan = always(FOREIGN[kind])
        index = ElasticIndex(read(f"{server.url}/p"), SECRET, patience=QUICK)
        for verb in (index.check, lambda: index.put([doc("a")]), lambda: index.rebuild([])):
            with pytest.raises(Unavailable, match="search-foreign") as refused:
                verb()
        assert refused.value.params["found"]
        assert index.ask(Question()).degraded


@pytest.mark.parametrize("status", [401, 403])
def test_wrong_credentials_are_told_and_not_shown(status, caplog):
    with proxied() as server:
        server.plan = always(Said.error(status, "security_exception"))
        host = server.url.removeprefix("http://")
        for index in (ElasticIndex(read(f"http://me:hunter2@{host}/p"), SECRET, patience=QUICK),
                      ElasticIndex(read(f"{server.url}/p", key="hunter2"), SECRET, patience=QUICK)):
            with pytest.raises(Unavailable, match="search-login") as refused:
                index.check()
            assert index.ask(Question()).degraded
            shown = "".join(traceback.format_exception(refused.value))
            assert "search-login" in shown
            assert "hunter2" not in f"{shown} {refused.value!r} {refused.value.params} {index._server._client!r}"
    assert "hunter2" not in caplog.text


def test_credentials_are_sent():
    sent = []
    with proxied() as server:
        server.plan = always(Said(200, {"version": {"number": "9.5.3"}}))
        handler = server.server.RequestHandlerClass
        plain = handler.handle_any

        def listening(self):
            sent.append(self.headers.get("Authorization", ""))
            plain(self)

        handler.do_GET = listening
        ElasticIndex(read(f"http://me:pw@{server.url.removeprefix('http://')}/p"), SECRET, patience=QUICK)._server.prove()
        ElasticIndex(read(f"{server.url}/p", key="abc"), SECRET, patience=QUICK)._server.prove()
    assert sent == ["Basic " + base64.b64encode(b"me:pw").decode(), "ApiKey abc"]


# --- faults on the way ------------------------------------------------------------------------------------------------


@pytest.fixture
def proxy(elastic):
    with proxied(elastic.port) as made:
        yield made


@pytest.fixture
def far(index, proxy, elastic_prefix):
    """The same index, reached through the proxy, by somebody who remembers for a minute that it is down."""
    made = ElasticIndex(read(f"{proxy.url}/{elastic_prefix}"), SECRET, patience=replace(QUICK, tries=60.0, pause=60.0))
    yield made
    made.close()


@pytest.fixture
def hasty(proxy, elastic_prefix):
    """Somebody who waits two seconds for an answer and tries for three."""
    made = ElasticIndex(read(f"{proxy.url}/{elastic_prefix}"), SECRET, patience=replace(QUICK, read=2.0, pause=60.0))
    yield made
    made.close()


def test_while_nothing_answers_readers_are_told_at_once_and_writers_after_some_tries(hasty, proxy):
    proxy.plan = first(10**9, None)
    for _ in range(5):
        assert hasty.ask(Question(text="a")).degraded
    assert len(proxy.asked) == 1
    assert list(hasty.suggest("a")) == []
    with pytest.raises(Unavailable, match="search-down"):
        hasty.check()
    hasty._server._known = True
    with pytest.raises(Unavailable, match="search-down"):
        hasty.put([doc("a")])
    assert len([one for one in proxy.asked if "_bulk" in one]) > 3


def test_one_slow_answer_is_waited_for_and_the_next_readers_wait_no_more(hasty, proxy):
    proxy.plan = slow(5.0)
    for _ in range(20):
        assert hasty.ask(Question(text="a")).degraded
    assert len(proxy.asked) == 1


def test_when_it_is_back_one_reader_finds_out_for_all(index, proxy, elastic_prefix):
    index.put(SHELF)
    far = ElasticIndex(read(f"{proxy.url}/{elastic_prefix}"), SECRET, patience=replace(QUICK, pause=0.0))
    proxy.plan = first(1, None)
    assert far.ask(Question(text="ngân sách")).degraded
    assert asked(far, "ngân sách") == ["budget"]


NOON = datetime(2025, 1, 1, 12, tzinfo=UTC)


class Backlog:
    """The part of a catalogue that search follows: changes of as many datasets, and how far they were read."""

    def __init__(self, size: int) -> None:
        self.size = size
        self.position = 0

    def follow(self, _reader: str, limit: int) -> list[Change]:
        numbers = range(self.position + 1, min(self.position + limit, self.size) + 1)
        return [Change(sequence=number, at=NOON, kind="version-published", dataset=f"d{number}") for number in numbers]

    def advance(self, _reader: str, position: int) -> None:
        self.position = position

    def documents(self, datasets: list[str]) -> dict[str, Document]:
        return {one: doc(one, f"Nước {one}", int(one[1:])) for one in datasets}


def test_a_backlog_of_a_thousand_changes_is_indexed_when_the_server_is_back(proxy, index, elastic_prefix):
    """While the server is down the reader keeps its place; then one batch brings all, however often it had been tried."""
    changes = Backlog(1000)
    far = ElasticIndex(read(f"{proxy.url}/{elastic_prefix}"), SECRET, patience=replace(QUICK, tries=0.5, pause=0.0))
    proxy.plan = always(Said.error(503, "unavailable_shards_exception"))
    for _ in range(2):
        with pytest.raises(Unavailable, match="search-down"):
            follow(changes, far)
    assert (changes.position, index.count()) == (0, 0)
    proxy.plan = honest
    assert [follow(changes, far), follow(changes, far)] == [1000, 0]
    assert (changes.position, index.count()) == (1000, 1000)
    assert index.ask(Question(text="nước d777", limit=1)).hits[0].id == "d777"
    far.close()


@pytest.mark.parametrize("said", [None, Said.error(429, "es_rejected_execution_exception"), Said.error(503, "x"), Said(502, b"bad gateway", {})],
                         ids=["broken off", "429", "503", "502"])
def test_what_passes_is_tried_again_and_nothing_is_lost(far, proxy, index, said):
    far._server.prove()
    proxy.plan = first(3, said)
    far.put(SHELF)
    assert index.count() == len(SHELF)


def test_an_answer_from_some_of_the_shards_only_is_no_answer(far, proxy, index):
    index.put(SHELF)
    for member, value in (("_shards", {"total": 2, "successful": 1, "failed": 1}), ("timed_out", True)):
        proxy.plan = changed("_search", lambda content, member=member, value=value: content.update({member: value}))
        far._server._down_until = 0.0
        assert far.ask(Question()).degraded


def test_of_a_bulk_that_fails_in_part_each_document_gets_its_due(far, proxy, index):
    every = [doc(f"d{number}", f"tên {number}", number + 1) for number in range(30)]
    proxy.plan = bulk_refuses({
        "d3": [(429, "es_rejected_execution_exception")] * 2, "d7": [(503, "unavailable_shards_exception")],
        "d9": [(400, "document_parsing_exception")], "d11": [(400, "document_parsing_exception")] * 2,
    })
    far.put(every)
    assert set(asked(index, "", limit=100)) == {one.id for one in every} - {"d11"}
    assert asked(index, "d9") == ["d9"]
    assert "d9" not in asked(index, "tên", limit=100)
    assert asked(index, "tên 3")[0] == "d3"


def test_a_rebuild_sends_several_bulks_at_a_time_and_loses_none_that_has_to_be_sent_again(far, hasty, proxy, index):
    far._server.prove()
    proxy.plan = bulk_refuses({f"d{number}": [(429, "es_rejected_execution_exception")] for number in (3, 700, 1600)})
    assert far.rebuild(doc(f"d{number}", f"tên {number}", number + 1) for number in range(1700)) == 1700
    assert index.count() == 1700
    proxy.plan = bulk_refuses({"d700": [(429, "es_rejected_execution_exception")] * 1000})
    with pytest.raises(Unavailable, match="search-down"):
        hasty.rebuild(doc(f"d{number}", sequence=number + 9) for number in range(1700))
    assert index.count() == 1700


def test_a_bulk_that_stays_refused_raises_after_what_could_be_written_was(hasty, proxy, index):
    proxy.plan = bulk_refuses({"a": [(429, "es_rejected_execution_exception")] * 1000})
    with pytest.raises(Unavailable, match="search-down"):
        hasty.put([doc("a"), doc("b")])
    index._shelf.refresh(index._shelf.alias)
    assert asked(index, "") == ["b"]
