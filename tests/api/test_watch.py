"""What a running site writes down and counts: every request and step once, with its id, and never a secret or a person."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator

import pytest

from api.watch.gauges import gauges
from api.watch.logs import plain, set_up
from api.watch.meters import Meters
from api.watch.ports import watched_children, watched_files, watched_index
from catalog.errors import NotFound, Unavailable
from catalog.question import Answer, Question
from pipelines.sandbox import DEFAULT
from pipelines.watch import step_of
from tests.site import Town, make_town


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """All that is logged, as a machine gets it."""
    root = logging.getLogger()
    before, level = root.handlers[:], root.level
    stream = io.StringIO()
    set_up(stream, form="json")
    yield stream
    root.handlers[:], root.level = before, level


def lines(stream: io.StringIO, event: str = "") -> list[dict]:
    found = [json.loads(line) for line in stream.getvalue().splitlines()]
    return [one for one in found if not event or one["event"] == event]


@pytest.fixture
def town(tmp_path) -> Town:
    return make_town(tmp_path)


def test_every_request_leaves_one_line_with_its_id_route_status_and_kind_of_caller(town, log):
    made = town.draft("Trường học 2025")
    answer = town.get(f"/api/v1/datasets/{made['slug']}?_=bi-mat", "editor", headers={"X-Request-Id": "abc-12345678"})
    assert answer.headers["x-request-id"] == "abc-12345678"
    (line,) = [one for one in lines(log, "request") if one["request"] == "abc-12345678"]
    assert {key: line[key] for key in ("logger", "level", "method", "route", "status", "caller")} == {
        "logger": "datamo.access", "level": "info", "method": "GET", "route": "/api/v1/datasets/{dataset}", "status": 200,
        "caller": "token"}
    assert line["ms"] > 0
    assert line["bytes"] == len(answer.content)
    assert made["slug"] not in json.dumps(line)
    assert "bi-mat" not in log.getvalue()


@pytest.mark.parametrize("wish", ["x", "a b c d e f g h", "<script>alert(1)</script>", "x" * 65, "tiếng-việt-123"])
def test_an_id_that_is_not_sane_is_not_taken_over(town, wish):
    answer = town.get("/healthz", headers={"X-Request-Id": wish.encode()})
    assert answer.headers["x-request-id"] != wish
    assert len(answer.headers["x-request-id"]) == 32


def test_a_refusal_names_the_request_so_that_an_operator_finds_it(town, log):
    answer = town.get("/api/v1/datasets/khong-co")
    assert answer.json()["id"] == answer.headers["x-request-id"]
    assert lines(log, "request")[-1]["request"] == answer.json()["id"]
    assert lines(log, "request")[-1]["caller"] == "nobody"


def test_a_wrong_token_is_a_caller_nobody_knows(town, log):
    assert town.get("/api/v1/datasets", "wrong").status_code == 401
    assert lines(log, "request")[-1]["caller"] == "unknown"


def test_neither_tokens_nor_passwords_nor_people_are_written_down(town, log):
    town.client.post("/sign-in", data={"name": "editor", "password": "a long password"})
    town.published("Danh sách công dân 079123456789")
    town.get("/api/v1/datasets?q=0912345678&token=abc", "operator")
    town.get("/api/v1/me", "wrong")
    said = log.getvalue()
    for secret in (*town.tokens.values(), "a long password", "0912345678", "079123456789", "editor", "schools.csv"):
        assert secret not in said, secret
    assert len(lines(log, "request")) >= 6


def test_a_mistake_of_ours_is_told_by_its_places_and_never_by_values(log):
    cause = ValueError("postgresql://datamo:hunter2@db/datamo refused user tran@example.vn, id 079123456789")

    def insert():
        raise RuntimeError("INSERT INTO people [parameters: ('Nguyễn Văn A',)]") from cause

    try:
        insert()
    except RuntimeError:
        logging.getLogger("datamo.faults").exception("unexpected fault")
    (line,) = lines(log)
    assert line["error"] == [
        "RuntimeError: INSERT INTO people [parameters …]",
        "ValueError: postgresql://…@db/datamo refused user …@…, id …",
    ]
    assert any("test_watch.py" in place for place in line["at"])
    assert "Nguyễn" not in log.getvalue()


@pytest.mark.parametrize(("said", "left"), [
    ("GET /search?q=Nguyen+Van+A HTTP/1.1", "GET /search?… HTTP/1.1"),
    ("Authorization: Bearer dtm_abcDEF123", "Authorization: Bearer …"),
    ("token dtm_abcDEF123 is not known", "token dtm_… is not known"),
    ("https://elastic:changeme@es:9200/datamo is down", "https://…@es:9200/datamo is down"),
    ('{"password": "hunter2", "name": "x"}', '{"password": …, "name": "x"}'),
    ("AWS_SECRET_ACCESS_KEY=abc/def+ghi", "AWS_SECRET_ACCESS_KEY=…"),
    ("duplicate key DETAIL: Key (name)=(an) exists", "duplicate key DETAIL …"),
    ("worker in slot worker-1, 12345678 bytes", "worker in slot worker-1, 12345678 bytes"),
    ("is it there? yes", "is it there? yes"),
])
def test_what_has_no_place_in_a_log_is_taken_out(said, left):
    assert plain(said) == left


def test_a_terminal_gets_lines_for_people():
    root = logging.getLogger()
    before, level = root.handlers[:], root.level
    stream = io.StringIO()
    try:
        set_up(stream, form="console")
        logging.getLogger("datamo.worker").info("step", extra={"ms": 12, "token": "dtm_abcdefgh"})
    finally:
        root.handlers[:], root.level = before, level
    assert "step" in stream.getvalue()
    assert "ms=12" in stream.getvalue()
    assert "dtm_abcdefgh" not in stream.getvalue()
    assert not stream.getvalue().startswith("{")


def test_what_a_step_writes_bears_its_job_and_it_is_counted_however_it_ends(log):
    meters = Meters()
    with step_of("check_and_publish:s1:0", "examine", meters):
        logging.getLogger("datamo.sandbox").warning("no child")
    with pytest.raises(Unavailable), step_of("check_and_publish:s1:0", "batch-7", meters):
        raise Unavailable("storage-full")
    warned, done, _failed, ended = lines(log)
    assert {warned["submission"], done["submission"]} == {"s1"}
    assert (warned["job"], warned["step"]) == ("check_and_publish:s1:0", "examine")
    assert (done["ended"], ended["ended"]) == ("done", "storage-full")
    text = meters.text()
    assert 'datamo_step_seconds_count{ended="done",step="examine"} 1.0' in text
    assert 'datamo_step_seconds_count{ended="storage-full",step="batch"} 1.0' in text


def test_counters_tell_refusals_by_code_and_answers_by_route(town):
    town.get("/api/v1/datasets/khong-co")
    town.get("/no/such/page")
    text = town.get("/metrics").text
    assert 'datamo_refusals_total{code="not-found"} 2.0' in text
    assert 'datamo_http_requests_total{method="GET",route="unknown",status="404"} 1.0' in text
    assert "khong-co" not in text


def test_the_metrics_tell_of_parts_jobs_followers_workers_and_disks(town, tmp_path):
    found = {name: values for name, _help, _label, values in gauges(town.catalog, {"files": tmp_path / "not" / "yet"})}
    assert found["datamo_part_state"] == {"database": 0, "files": 0, "search": 0, "worker": 0}
    assert found["datamo_workers"] == {"": 1}
    assert found["datamo_follower_backlog"] == {"index": 0, "public-state": 0} or all(
        number >= 0 for number in found["datamo_follower_backlog"].values())
    assert found["datamo_disk_free_bytes"]["files"] > 0
    assert found["datamo_gauges_missing"] == {"": 0}


def test_metrics_are_still_there_when_what_is_looked_up_is_not(tmp_path):
    found = {name: values for name, _help, _label, values in gauges(None, {"files": tmp_path})}
    assert set(found) == {"datamo_disk_free_bytes", "datamo_disk_size_bytes", "datamo_gauges_missing"}
    assert found["datamo_gauges_missing"] == {"": 7}


class Store:
    def put(self, stream):
        return "hash", 12

    def open(self, sha256):
        raise NotFound("object-not-found")

    def hashes(self):
        return iter(["a"])


class Engine:
    def __init__(self, *answers):
        self.answers = list(answers)

    def ask(self, question):
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    def back(self):
        return "before"


def test_the_store_of_files_is_watched_without_knowing_it():
    meters = Meters()
    store = watched_files(Store(), meters)  # type: ignore[arg-type]
    assert store.put(io.BytesIO()) == ("hash", 12)
    assert list(store.hashes()) == ["a"]
    with pytest.raises(NotFound):
        store.open("x")
    text = meters.text()
    assert 'datamo_storage_written_bytes_total{verb="put"} 12.0' in text
    assert 'datamo_storage_seconds_count{ended="object-not-found",verb="open"} 1.0' in text
    assert "hashes" not in text


def test_the_index_is_watched_and_keeps_what_only_it_can_do():
    meters = Meters()
    index = watched_index(Engine(Answer(total=0), Answer(total=0, degraded=True), Unavailable("search-down")), meters)  # type: ignore[arg-type]
    index.ask(Question())
    index.ask(Question())
    with pytest.raises(Unavailable):
        index.ask(Question())
    assert getattr(index, "back")() == "before"  # noqa: B009 - the port does not promise it
    text = meters.text()
    for state in ("whole", "degraded", "down"):
        assert f'datamo_search_seconds_count{{state="{state}"}} 1.0' in text


def test_children_of_the_sandbox_are_counted_by_their_ends(tmp_path):
    meters = Meters()
    fates = iter([(0, ""), (1, "x"), (-9, ""), (None, "")])
    start = watched_children(lambda *_: next(fates), meters)
    for _ in range(4):
        start(b"", tmp_path, DEFAULT)
    for how in ("done", "broke", "killed", "timeout"):
        assert f'datamo_sandbox_ends_total{{how="{how}"}} 1.0' in meters.text()


def test_an_error_in_the_log_is_counted_by_its_room():
    meters = Meters()
    root = logging.getLogger()
    before, level = root.handlers[:], root.level
    try:
        set_up(io.StringIO(), form="json", count=meters.logged)
        logging.getLogger("datamo.worker").error("no")
        logging.getLogger("datamo.worker").warning("hm")
    finally:
        root.handlers[:], root.level = before, level
    assert 'datamo_errors_total{room="datamo.worker"} 1.0' in meters.text()


@pytest.mark.parametrize("header", ["X-Forwarded-For", "Forwarded"])
def test_metrics_are_not_for_whom_a_proxy_hands_on(town, header):
    assert town.get("/metrics").status_code == 200
    assert town.get("/metrics", headers={header: "203.0.113.9"}).status_code == 404
