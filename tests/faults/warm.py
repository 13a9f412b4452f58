"""A warm process that has loaded everything and forks the processes of fault tests: ``python -m tests.faults.warm``.

It reads one JSON order a line and answers with one: ``{"role", "environment", …}`` → ``{"pid"}``, ``{"ask": pid}`` →
``{"code"}`` (null while it runs). It starts no thread, so that forking is safe; a start takes milliseconds instead of seconds.
What works on files gets a mother of sandbox children, forked from here too (``tests/faults/mother.py``).
"""

from __future__ import annotations

import errno
import gc
import importlib
import io
import json
import logging
import os
import runpy
import signal
import socket
import sys
import threading
import time
import traceback
from collections.abc import Callable
from typing import Any, NoReturn

import alembic.command  # noqa: F401 - loaded before the fork, as is what a process loads when it needs it
import jsonschema  # noqa: F401 - the same
import pyarrow.compute
import pyarrow.parquet  # noqa: F401 - the same
import uvicorn

from api import cli
from api.app import create_app
from api.wiring import Site, open_site
from catalog.adapters import files_local, files_s3, index_elastic, index_tantivy, sql  # noqa: F401 - loaded before the fork
from catalog.adapters.sql import jobs  # noqa: F401 - the same
from catalog.errors import Refusal, Unavailable
from catalog.model import Options
from pipelines.mother import WARM
from pipelines.nursery import Nursery
from pipelines.steps.receive import receive
from pipelines.worker import Patience
from tests.faults import mother

HASTE = Patience(attempts=12, seconds=0.05, growth=1.5, outage=60.0)
CODES = {"EIO": errno.EIO, "ENOSPC": errno.ENOSPC}
SETTLED_SECONDS = 200.0
DEEDS = ("open", "os.rename", "os.link", "os.remove", "os.mkdir", "os.chmod", "shutil.rmtree")


def serve(order: dict[str, Any], _nursery: None) -> None:
    """A web process on a port."""
    site = open_site()
    app = create_app(site.catalog, site.files, site_url=f"http://127.0.0.1:{order['port']}", environment="test")
    uvicorn.run(app, host="127.0.0.1", port=order["port"], log_level="error", access_log=False)


def work(_order: dict[str, Any], nursery: Nursery) -> None:
    """A worker process."""
    site = mother.Raised.of(open_site(writer=True), nursery)
    site.worker(patience=HASTE, drain_seconds=0).run(threading.Event())


def publish(order: dict[str, Any], nursery: Nursery) -> None:
    """A process that takes one upload, as a web process does, and works until nothing is left to do, as a worker does.

    It tells of itself over a socket: what it acknowledged, and that it is done, or stuck with work that nobody takes up. Faults begin after "ready" was answered.
    """
    line = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    line.connect(order["line"])
    site = mother.Raised.of(open_site(writer=True), nursery)  # her children are forked by her and not under the tracer
    site.migrate()
    worker = site.worker(patience=HASTE, drain_seconds=0)
    line.send(b"ready")
    line.recv(16)
    if order.get("hook"):
        _hook(**order["hook"])
    threading.Thread(target=_upload_and_wait, args=(site, order, line), daemon=True).start()
    worker.run(threading.Event())


def _upload_and_wait(site: Site, order: dict[str, Any], line: socket.socket) -> None:
    try:
        one = _upload(site, order)
        line.send(b"took " + one.encode())
    except (Refusal, OSError) as refused:
        line.send(f"refused {refused!r}".encode()[:200])
    until = time.monotonic() + SETTLED_SECONDS
    while not (settled := _settled(site)) and time.monotonic() < until:
        time.sleep(0.02)
    line.send(b"done" if settled else b"stuck")
    os._exit(0)


def _upload(site: Site, order: dict[str, Any]) -> str:
    """As a client does: again, when it hears that the site is down at the moment; a bug of ours is told as it is."""
    content = order["content"].encode()
    for left in reversed(range(5)):
        try:
            return receive(site.catalog, site.files, site.catalog.system(), order["dataset"], io.BytesIO(content), "x.csv",
                           Options(), limit=10**9).id
        except Unavailable:
            if not left:
                raise
    raise AssertionError


def _settled(site: Site) -> bool:
    try:
        with site.records.read() as unit:
            open_ = unit.submissions(states=("received", "checking", "ready"), limit=10)
        return not open_ and not site.catalog.follow("index") and not site.catalog.follow("public-state")
    except Unavailable:
        return False


def _hook(number: int, fault: str, folder: str) -> None:
    """Let the Nth deed of Python with files of the site fail, or be the last: where no tracer may look over a shoulder."""
    count = [number]

    def deed(event: str, arguments: tuple[Any, ...]) -> None:
        if event not in DEEDS or not str(arguments[0]).startswith(folder):
            return
        if event == "open" and not (arguments[2] or 0) & (os.O_WRONLY | os.O_RDWR):
            return
        count[0] -= 1
        if count[0] == 0:
            if fault == "kill":
                os.kill(os.getpid(), signal.SIGKILL)
            raise OSError(CODES[fault], os.strerror(CODES[fault]))

    sys.addaudithook(deed)


def be_faulty(order: dict[str, Any], nursery: Nursery) -> None:
    """A worker with a fault built in."""
    sys.argv[1:] = order["words"]
    runpy.run_module("tests.faults.worker", init_globals={"NURSERY": nursery}, run_name="__main__")


def command(order: dict[str, Any], _nursery: None) -> None:
    """A command of ``datamo``, as whoever runs the machine types it."""
    sys.argv[:] = ["datamo", *order["words"]]
    cli.main()


def upload_and_die(order: dict[str, Any], _nursery: None) -> None:
    """A web process that is killed as soon as it has answered."""
    site = open_site()
    made = receive(site.catalog, site.files, site.catalog.system(), order["dataset"], io.BytesIO(order["content"].encode()), "x.csv",
                   Options(), limit=10**9)
    os.write(1, made.id.encode())
    os.kill(os.getpid(), signal.SIGKILL)


Role = Callable[[dict[str, Any], Any], None]

WORKERS: dict[str, Role] = {"worker": work, "publish": publish, "faulty": be_faulty}
"""Roles that work on files; each gets a nursery."""

ROLES: dict[str, Role] = {"web": serve, "command": command, "upload": upload_and_die, **WORKERS}


def _start(order: dict[str, Any]) -> int:
    """Fork one that plays a role; gives its number."""
    assert len(os.listdir("/proc/self/task")) == 1, "a lock that another thread holds would be held for ever"  # noqa: PTH208
    pid = os.fork()
    if pid == 0:
        _play(order)
    return pid


def _play(order: dict[str, Any]) -> NoReturn:
    code = 70
    try:
        log, out = (_opened(one) for one in (order["log"], order.get("out", order["log"])))
        nothing = os.open(os.devnull, os.O_RDONLY)
        for handle, place in ((nothing, 0), (out, 1), (log, 2)):
            os.dup2(handle, place)
        os.environ.clear()
        os.environ.update(order["environment"])
        nursery = mother.nursery() if order["role"] in WORKERS else None
        if order["role"] != "command":  # a command says itself what it writes down
            logging.basicConfig(level=logging.INFO, stream=sys.stderr)
        ROLES[order["role"]](order, nursery)
        code = 0
    except SystemExit as left:
        code = left.code if isinstance(left.code, int) else int(left.code is not None)
    except BaseException:  # noqa: BLE001 - whatever ends it is told, and this process must not go on as the one that forks
        traceback.print_exc()
    _leave(code)


def _opened(path: str) -> int:
    return os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)


def _leave(code: int) -> NoReturn:
    """End as any process of Python does: when its threads have."""
    for one in threading.enumerate():
        if one is not threading.main_thread() and not one.daemon:
            one.join()
    for stream in (sys.stdout, sys.stderr):
        stream.flush()
    os._exit(code)


def main() -> None:
    for name in WARM:
        importlib.import_module(name)
    cli.composed()  # what commands load is loaded
    gc.collect()
    gc.freeze()  # what is loaded stays shared with all that are forked
    for line in sys.stdin:
        order = json.loads(line)
        if "ask" in order:
            pid, status = os.waitpid(order["ask"], os.WNOHANG)
            answer: dict[str, Any] = {"code": os.waitstatus_to_exitcode(status) if pid else None}
        else:
            answer = {"pid": _start(order)}
        sys.stdout.write(json.dumps(answer) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
