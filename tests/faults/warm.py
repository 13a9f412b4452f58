"""A warm process that has loaded everything and forks the processes of a siege: ``python -m tests.faults.warm``.

It reads one JSON order a line and answers with one: ``{"role", "environment", …}`` → ``{"pid"}``, ``{"ask": pid}`` →
``{"code"}`` (null while it runs). It starts no thread, so that forking is safe; a start takes milliseconds instead of seconds.
"""

from __future__ import annotations

import dataclasses
import errno
import gc
import io
import json
import logging
import os
import runpy
import signal
import socket
import sys
import tempfile
import threading
import time
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

import alembic.command  # noqa: F401 - loaded before the fork, as is what a process loads when it needs it
import jsonschema  # noqa: F401 - the same
import pyarrow.compute
import pyarrow.parquet  # noqa: F401 - the same
import uvicorn

from api.app import create_app
from api.wiring import Site, open_site
from catalog.adapters import files_local, files_s3, index_elastic, index_tantivy, sql  # noqa: F401 - loaded before the fork
from catalog.adapters.sql import jobs  # noqa: F401 - the same
from catalog.errors import Refusal, Unavailable
from catalog.model import Options
from pipelines import check, nursery, sandbox  # noqa: F401 - the same
from pipelines.flow import Workshop
from pipelines.steps.receive import receive
from pipelines.worker import Patience

HASTE = Patience(attempts=12, seconds=0.05, growth=1.5, outage=60.0)
CODES = {"EIO": errno.EIO, "ENOSPC": errno.ENOSPC}
DEEDS = ("open", "os.rename", "os.link", "os.remove", "os.mkdir", "os.chmod", "shutil.rmtree")


def serve(order: dict[str, Any]) -> None:
    """A web process on a port."""
    site = open_site()
    app = create_app(site.catalog, site.files, site_url=f"http://127.0.0.1:{order['port']}", environment="test")
    uvicorn.run(app, host="127.0.0.1", port=order["port"], log_level="error", access_log=False)


def work(_order: dict[str, Any]) -> None:
    """A worker process."""
    open_site(writer=True).worker(patience=HASTE, drain_seconds=0).run(threading.Event())


class Raised(Site):
    """A site whose nursery has its mother already: her children are forked by her and not under the tracer."""

    __slots__ = ()

    def workshop(self) -> Workshop:
        shop = Site.workshop(self)
        assert shop.start is not None
        with tempfile.TemporaryDirectory() as folder:
            shop.start(b"{}", Path(folder), sandbox.DEFAULT)
        return shop


def publish(order: dict[str, Any]) -> None:
    """A process that takes one upload, as a web process does, and works until nothing is left to do, as a worker does.

    It tells of itself over a socket: what it acknowledged, and that it is done. Faults begin after "ready" was answered.
    """
    line = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    line.connect(order["line"])
    plain = open_site(writer=True)
    site = Raised(**{one.name: getattr(plain, one.name) for one in dataclasses.fields(plain)})
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
    until = time.monotonic() + 200
    while time.monotonic() < until and not _settled(site):
        time.sleep(0.02)
    line.send(b"done")
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


def be_faulty(order: dict[str, Any]) -> None:
    """A worker with a fault built in, that ends as any process of Python does."""
    sys.argv[1:] = order["words"]
    runpy.run_module("tests.faults.worker", run_name="__main__")
    for one in threading.enumerate():
        if one is not threading.main_thread() and not one.daemon:
            one.join()


ROLES: dict[str, Callable[[dict[str, Any]], None]] = {"web": serve, "worker": work, "publish": publish, "faulty": be_faulty}


def _start(order: dict[str, Any]) -> int:
    assert len(os.listdir("/proc/self/task")) == 1, "a lock that another thread holds would be held for ever"  # noqa: PTH208
    pid = os.fork()
    if pid:
        return pid
    try:
        log = os.open(Path(order["log"]), os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        nothing = os.open(os.devnull, os.O_RDONLY)
        for handle, place in ((nothing, 0), (log, 1), (log, 2)):
            os.dup2(handle, place)
        os.environ.clear()
        os.environ.update(order["environment"])
        logging.basicConfig(level=logging.INFO, stream=sys.stderr)
        ROLES[order["role"]](order)
    except BaseException:  # noqa: BLE001 - whatever ends it is told, and this process must not go on as the one that forks
        traceback.print_exc()
        os._exit(70)
    sys.stderr.flush()
    os._exit(0)


def main() -> None:
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
