"""The mother process of a nursery of sandbox children: she forks a child for every order, kills it, buries it.

She never sees a file. She has one thread, and looks before each fork that it is so: what does not survive a fork are
locks that another thread holds. Arrow is loaded with its allocator's thread shut off; DuckDB is never loaded.
"""

from __future__ import annotations

import contextlib
import csv
import gc
import importlib
import os
import select
import signal
import socket
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from pipelines import sandbox
from pipelines.lean import load_arrow
from standards import registry

WARM = (
    "_strptime",
    "catalog.model",
    "dateutil.relativedelta",
    "encodings.cp437",
    "encodings.utf_16_le",
    "frictionless",
    "frictionless.fields",
    "frictionless.formats",
    "frictionless.formats.document.settings",
    "frictionless.formats.image.settings",
    "frictionless.formats.python.plugin",
    "frictionless.formats.text.settings",
    "frictionless.resources",
    "frictionless.schemes.aws.settings",
    "gzip",
    "jsonschema",
    "isodate",
    "numpy",
    "orjson",
    "pipelines.door",
    "pipelines.formats",
    "pipelines.inside",
    "pipelines.repair",
    "pipelines.repair.columns",
    "pipelines.repair.readings",
    "pipelines.step",
    "pipelines.steps",
    "pipelines.steps.convert.sheet",
    "pipelines.validation.absorbed",
    "pipelines.validation.engine",
    "pipelines.validation.findings",
    "pipelines.validation.masking",
    "pipelines.validation.outside",
    "pipelines.validation.papers",
    "pipelines.validation.patterns",
    "pipelines.validation.plugins",
    "pipelines.validation.readability",
    "pipelines.validation.schema",
    "pipelines.validation.source",
    "pipelines.validation.uses",
    "pyarrow.csv",
    "pyarrow.parquet",
    "pydoc",
    "python_calamine",
    "re2",
    "slugify",
    "standards.crosstab",
    "standards.form",
    "standards.mentions",
    "standards.numbering",
    "standards.page",
    "standards.screening",
    "standards.sums",
    "standards.unfold",
    "xlsxwriter",
)
"""What every child would load for itself else: most of a small file's check."""
NEVER = frozenset({"duckdb"})
THREADS = "/proc/self/task"
LONGEST = 1 << 16


def serve() -> None:
    """Load what children need, then give one for every order that comes in on standard input, until it ends."""
    with socket.socket(fileno=0) as control:
        load_arrow(numpy=True)
        for name in WARM:
            importlib.import_module(name)
        for table in registry.TABLES.values():
            for codelist in table.codelists():
                registry.codelist(codelist)
        tuple(registry.CHECKS)  # each is a module of its own
        _rehearse()
        if loaded := NEVER & sys.modules.keys():
            raise ImportError(f"a mother must not load {sorted(loaded)}")
        gc.collect()
        gc.freeze()
        _Mother(control).serve()


def _rehearse() -> None:
    """Do once what every child would be the first to do: libraries make patterns at their first use and keep them."""
    csv.Sniffer().sniff("a,b\n1,2\n")
    datetime.strptime("2024-01-02", "%Y-%m-%d").replace(tzinfo=UTC)


class _Mother:
    """The living children, each with the stream on which its end is told."""

    def __init__(self, control: socket.socket) -> None:
        self._control = control
        self._children: dict[int, socket.socket] = {}
        self._turned_away: set[int] = set()
        self._rung, bell = os.pipe()
        os.set_blocking(self._rung, False)
        os.set_blocking(bell, False)
        signal.set_wakeup_fd(bell)
        signal.signal(signal.SIGCHLD, lambda *_: None)

    def serve(self) -> None:
        while True:
            waiting = {one: pid for pid, one in self._children.items() if pid not in self._turned_away}
            watched: list[Any] = [self._control, self._rung, *waiting]
            ready, _, _ = select.select(watched, [], [])
            if self._rung in ready:
                os.read(self._rung, LONGEST)
                self._bury()
            for report in ready:
                if report in waiting and waiting[report] in self._children:
                    self._turned_away.add(waiting[report])
                    _kill(waiting[report])
            if self._control in ready and not self._take():
                return  # the process that we serve is gone; the children die with us

    def _take(self) -> bool:
        """Take one order and fork its child; False when there will be no more."""
        folder, handles, _, _ = socket.recv_fds(self._control, LONGEST, 3)
        if not folder:
            return False
        asked, errors, report = handles
        if sum(1 for _ in Path(THREADS).iterdir()) > 1:
            raise RuntimeError("a mother has one thread")
        us = os.getpid()
        pid = os.fork()
        if pid == 0:
            _be_born(us, folder, asked, errors)
        os.close(asked)
        os.close(errors)
        self._children[pid] = socket.socket(fileno=report)
        return True

    def _bury(self) -> None:
        """Tell the end of every child that has died; what it left behind in its group is killed first."""
        while self._children:
            gone = os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT)
            if gone is None:
                return
            _kill(gone.si_pid)
            code = os.waitstatus_to_exitcode(os.waitpid(gone.si_pid, 0)[1])
            self._turned_away.discard(gone.si_pid)
            with self._children.pop(gone.si_pid) as report, contextlib.suppress(OSError):
                report.sendall(b"%d" % code)


def _kill(pid: int) -> None:
    """Kill a child of ours with its group; it is not buried yet, so the number is still its own."""
    for kill in (os.killpg, os.kill):
        with contextlib.suppress(ProcessLookupError):
            kill(pid, signal.SIGKILL)


def _be_born(mother_pid: int, folder: bytes, asked: int, errors: int) -> None:
    """Leave the mother's house: own session, own streams, none of hers; then be a child as any other."""
    try:
        os.setsid()
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        for handle, place in ((asked, 0), (errors, 2)):
            os.dup2(handle, place)
        os.closerange(3, os.sysconf("SC_OPEN_MAX"))
        sandbox.settle_in(Path(os.fsdecode(folder)))
        sandbox.child(mother_pid)
    finally:
        os._exit(1)
