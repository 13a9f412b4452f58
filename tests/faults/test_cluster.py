"""The whole topology of production as `make cluster` starts it: nginx, two web processes, two workers, three real engines."""

from __future__ import annotations

import itertools
import os
import re
import signal
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import httpx
import pytest

from api.wiring import Settings, open_site
from infra.cluster import Cluster, cluster, door
from tests import seaweed
from tests.conftest import create_database, database, missing
from tests.running import people

PATIENCE = 120
WORKERS = ("worker-1", "worker-2")
QUICK = {"client_header_timeout": "3s", "client_body_timeout": "3s"}
PASSWORD = "a password nobody may read"
COUNT = itertools.count(1)
NOT_READING, SILENT = 60, 300
"""Connections that ask and do not read, and that say nothing."""



@pytest.fixture(scope="module")
def settings(postgres, s3_server, elastic) -> dict[str, str]:
    create_database(postgres, "cluster", "template0")
    return {
        "DATAMO_DATABASE_URL": database(postgres, "cluster"),
        "DATAMO_FILES_URL": s3_server.address("datamo", "cluster"),
        "DATAMO_SEARCH_URL": f"{elastic.url}/cluster",
        **seaweed.credentials(),
    }


@pytest.fixture(scope="module")
def running(settings, tmp_path_factory) -> Iterator[Cluster]:
    if door.binary() is None:
        missing("nginx", "it is not installed")
    with cluster(tmp_path_factory.mktemp("cluster"), settings, limits=QUICK, environment="test") as made:
        yield made
        pids = [one.pid for one in made.processes.values()]
    assert not [pid for pid in pids if Path("/proc", str(pid)).exists()], "the end stops all"


@pytest.fixture(scope="module")
def tokens(running: Cluster) -> dict[str, str]:
    chosen = {name.removeprefix("DATAMO_").lower(): value for name, value in running.environment.items() if name.startswith("DATAMO_")}
    with pytest.MonkeyPatch.context() as patch:
        for name, value in seaweed.credentials().items():
            patch.setenv(name, value)
        site = open_site(Settings(**chosen))  # type: ignore[arg-type]
        try:
            site.catalog.add_organisation(site.catalog.system(), code="H99", title={"vi": "Cơ quan thử"})
            made = people(site)
            site.catalog.add_person(site.catalog.system(), "nguyen-van-a", password=PASSWORD)
        finally:
            site.close()
    return made


@pytest.fixture(autouse=True)
def _all_are_there(running: Cluster) -> None:
    """What a test before killed has come back."""
    for name in ("web-1", "web-2"):
        running.wait_until(lambda name=name: running.ready(name), f"{name} is not there")


def client(running: Cluster, token: str = "", at: str = "nginx") -> httpx.Client:
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    return httpx.Client(base_url=f"http://127.0.0.1:{running.ports[at]}", headers=headers, timeout=PATIENCE, trust_env=False)


def draft(door_: httpx.Client) -> str:
    made = door_.post("/api/v1/datasets", json={"organization": "H99", "title": f"Danh mục {next(COUNT)}"})
    assert made.status_code == 201, made.text
    return str(made.json()["slug"])


def table(rows: int = 20, words: str = "Trường số ") -> bytes:
    return ("ma,ten\n" + "".join(f"{one:05d},{words}{one}\n" for one in range(rows))).encode()


def upload(door_: httpx.Client, slug: str, content: bytes) -> str:
    """Send a file as a client does whom nginx tells that a process is away, as it sends no upload twice: again, under one key."""
    until, key = time.monotonic() + PATIENCE, f"upload-{next(COUNT)}"
    while True:
        sent = door_.post(f"/api/v1/datasets/{slug}/submissions", files={"file": ("truong.csv", content)},
                          headers={"Idempotency-Key": key})
        if sent.status_code not in (502, 503) or time.monotonic() > until:
            assert sent.status_code == 202, sent.text
            return str(sent.json()["id"])
        time.sleep(0.2)


def end(door_: httpx.Client, submission: str) -> str:
    until = time.monotonic() + PATIENCE
    while True:
        state = door_.get(f"/api/v1/submissions/{submission}?wait=20").json()["state"]
        if state not in ("received", "checking", "ready") or time.monotonic() > until:
            return str(state)


def test_a_file_is_published_through_the_door_and_found(running, tokens):
    with client(running, tokens["editor"]) as door_:
        slug = draft(door_)
        assert end(door_, upload(door_, slug, table())) == "published"
        running.wait_until(lambda: slug in door_.get("/api/v1/datasets?q=danh+muc").text, "search does not find it")
        found = door_.get(f"/api/v1/datasets/{slug}/files/{slug}.csv")
        assert found.status_code == 200
        assert found.text.splitlines()[1] == "00000,Trường số 0"


def test_with_a_web_process_and_a_worker_killed_everything_goes_on_and_they_come_back(running, tokens):
    web, worker = running.processes["web-1"], running.processes["worker-1"]
    before = (web.starts, worker.starts)
    with client(running, tokens["editor"]) as door_:
        slugs = [draft(door_) for _ in range(4)]
        sent = [upload(door_, slug, table()) for slug in slugs[:2]]
        os.kill(web.pid, signal.SIGKILL)
        os.kill(worker.pid, signal.SIGKILL)
        answers = [door_.get("/api/v1/datasets").status_code for _ in range(20)]
        sent += [upload(door_, slug, table()) for slug in slugs[2:]]
        assert set(answers) == {200}
        assert [end(door_, one) for one in sent] == ["published"] * 4
    running.wait_until(lambda: (web.starts, worker.starts) > before and running.ready("web-1"), "they do not come back")


def test_slow_clients_are_cut_off_and_nobody_else_waits_for_them(running):
    slow = []
    try:
        for _ in range(50):
            one = socket.create_connection(("127.0.0.1", running.ports["nginx"]))
            one.sendall(b"POST /api/v1/datasets HTTP/1.1\r\nHost: x\r\nX-Slow: ")
            slow.append(one)
        with client(running) as door_:
            assert door_.get("/healthz").status_code == 200
        assert {cut(one) for one in slow} <= {b"", b"HTTP/1.1 408"}, "closed, or told that they are too slow"
    finally:
        for one in slow:
            one.close()


def test_a_body_that_stops_coming_is_given_up(running, tokens):
    with client(running, tokens["editor"]) as door_:
        slug = draft(door_)
    with socket.create_connection(("127.0.0.1", running.ports["nginx"])) as slow:
        slow.sendall(f"POST /api/v1/datasets/{slug}/submissions HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\n"
                     f"Content-Type: multipart/form-data; boundary=b\r\nAuthorization: Bearer {tokens['editor']}\r\n\r\n"
                     '--b\r\nContent-Disposition: form-data; name="file"; filename="a.csv"\r\n\r\nma,ten\n'.encode())
        assert cut(slow) in (b"", b"HTTP/1.1 408")


def cut(slow: socket.socket) -> bytes:
    """What a connection is told before it is closed: nothing, or the first words of an answer."""
    slow.settimeout(PATIENCE)
    try:
        return slow.recv(12)
    except ConnectionResetError:
        return b""


def test_readers_who_do_not_read_and_hundreds_who_say_nothing_keep_nobody_waiting(running, tokens):
    """Reliability R13, at a web process itself, where no nginx stands before it: forty threads are not forty readers."""
    content = table(12_000, "Trường số " * 60)
    with client(running, tokens["editor"]) as door_:
        slug = draft(door_)
        assert end(door_, upload(door_, slug, content)) == "published"
    ask = f"GET /api/v1/datasets/{slug}/files/{slug}.csv HTTP/1.1\r\nHost: x\r\n\r\n".encode()
    with ExitStack() as leaving, client(running, at="web-1") as reader:
        before = resident(running.processes["web-1"].pid)
        lines = [leaving.enter_context(slow_line(running.ports["web-1"])) for _ in range(SILENT + NOT_READING)]
        for one in lines[:NOT_READING]:
            one.sendall(ask)
        assert [one.recv(12) for one in lines[:NOT_READING]] == [b"HTTP/1.1 200"] * NOT_READING
        assert {reader.get("/api/v1/datasets").status_code for _ in range(5)} == {200}
        assert len(reader.get(f"/api/v1/datasets/{slug}/files/{slug}.csv").content) == len(content)
        assert resident(running.processes["web-1"].pid) - before < 100_000_000, "what nobody reads is not read ahead for them"


def slow_line(port: int) -> socket.socket:
    """A connection that takes a few kilobytes and no more, until somebody reads."""
    one = socket.socket()
    one.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    one.settimeout(PATIENCE)
    one.connect(("127.0.0.1", port))
    return one


def resident(pid: int) -> int:
    """Bytes of memory that a process holds."""
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def metrics(running: Cluster, name: str) -> str:
    return httpx.get(f"http://127.0.0.1:{running.ports[name]}/metrics", trust_env=False, timeout=PATIENCE).text


def test_metrics_are_kept_from_outside_and_each_process_tells_its_own_inside(running, tokens):
    with client(running, tokens["editor"]) as door_:
        assert door_.get("/metrics").status_code == 403
        assert end(door_, upload(door_, draft(door_), table())) == "published"
    running.wait_until(lambda: "datamo_workers 2" in metrics(running, "web-2"), "one of the workers has not come back")
    assert 'datamo_part_state{part="database"} 0' in metrics(running, "web-2")
    running.wait_until(lambda: all(_listens(running.ports[one]) for one in WORKERS), "a worker tells nothing of itself")
    steps = [metrics(running, one) for one in WORKERS]
    assert any(re.search(r'datamo_step_seconds_count\{ended="done",step="publish"\} [1-9]', one) for one in steps)
    assert any('datamo_sandbox_ends_total{how="done"}' in one for one in steps)


def test_an_upload_and_a_slow_download_under_way_are_finished_before_a_web_process_leaves(running, tokens):
    web = running.processes["web-2"]
    with client(running, tokens["editor"]) as door_:
        slug = draft(door_)
        assert end(door_, upload(door_, slug, table(60_000))) == "published"
        whole = door_.get(f"/api/v1/datasets/{slug}/files/{slug}.csv").content
        target = draft(door_)
    half = threading.Event()
    told = threading.Event()

    def slowly() -> Iterator[bytes]:
        head = b'--b\r\nContent-Disposition: form-data; name="file"; filename="a.csv"\r\nContent-Type: text/csv\r\n\r\nma,ten\n'
        yield head
        half.set()
        assert told.wait(PATIENCE)
        yield b"00001,Truong\n" * 1000 + b"\r\n--b--\r\n"

    answers: list[httpx.Response] = []

    def send() -> None:
        with client(running, tokens["editor"], "web-2") as direct:
            answers.append(direct.post(f"/api/v1/datasets/{target}/submissions", content=slowly(),
                                       headers={"Content-Type": "multipart/form-data; boundary=b"}))

    sender = threading.Thread(target=send)
    old = web.child
    with client(running, tokens["editor"], "web-2") as direct:
        with direct.stream("GET", f"/api/v1/datasets/{slug}/files/{slug}.csv") as download:
            pieces = download.iter_raw(4096)
            got = [next(pieces)]
            sender.start()
            assert half.wait(PATIENCE)
            old.send_signal(signal.SIGTERM)
            running.wait_until(lambda: not _listens(running.ports["web-2"]) or old.poll() is not None, "it still takes work")
            assert old.poll() is None, "it waits for us"
            told.set()
            got.extend(pieces)
        assert b"".join(got) == whole
    sender.join(PATIENCE)
    assert [one.status_code for one in answers] == [202], "an upload that came whole is taken"
    running.wait_until(lambda: old.poll() is not None, "it does not leave")
    running.wait_until(lambda: running.ready("web-2"), "it does not come back")
    with client(running, tokens["editor"]) as door_:
        assert end(door_, answers[0].json()["id"]) == "published"


def _listens(port: int) -> bool:
    with socket.socket() as one:
        return one.connect_ex(("127.0.0.1", port)) == 0


def test_no_process_wrote_down_a_secret_or_a_person(running, tokens, settings):
    with client(running) as door_:
        door_.post("/sign-in", data={"name": "nguyen-van-a", "password": PASSWORD})
        door_.get("/datasets?q=079123456789")
        door_.get("/api/v1/datasets", headers={"Authorization": "Bearer dtm_not-a-token-of-anybody"})
    said = "".join(running.log(name) for name in running.processes)
    secrets = [*tokens.values(), PASSWORD, "nguyen-van-a", "079123456789", "dtm_", running.environment["DATAMO_SECRET"],
               settings["AWS_SECRET_ACCESS_KEY"], "truong.csv", "Trường số"]
    assert [one for one in secrets if one in said] == []
    assert '"event":"request"' in said
    assert '"step":"publish"' in said
