"""A nursery of sandbox children: one clean mother process has loaded the slow libraries and forks a child per file.

The mother never sees a file: she loads modules, then only forks, kills and buries. She never loads Arrow or DuckDB,
whose threads and memory do not survive a fork; a child loads them itself. A child starts in a third of the time of a
new interpreter, and is confined by the same code.
"""

from __future__ import annotations

import contextlib
import gc
import importlib
import logging
import os
import select
import signal
import socket
import subprocess
import sys
import tempfile
import threading
from pathlib import Path
from typing import IO, Any

from pipelines import sandbox
from pipelines.sandbox import Fate, Limits
from standards import registry

LOG = logging.getLogger("datamo.sandbox")

WARM = (
    "catalog.model",
    "frictionless",
    "frictionless.fields",
    "frictionless.formats",
    "frictionless.resources",
    "numpy",
    "pipelines.step",
    "pipelines.validation.engine",
    "python_calamine",
    "re2",
    "xlsxwriter",
)
NEVER = frozenset({"pyarrow", "duckdb"})
GRACE_SECONDS = 10.0
LONGEST = 1 << 16


class Lost(Exception):
    """The mother is not there (any more)."""


class Nursery:
    """Where one process gets its children: ``nursery(request, folder, limits)`` does as ``sandbox.spawn`` does.

    The mother starts with the first child and again when she was lost; a child that was lost with her, or that she
    could not give, comes from a new interpreter. She leaves when this process ends, however it ends, and takes the
    children with her.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._mother: subprocess.Popen[bytes] | None = None
        self._control: socket.socket | None = None

    def __call__(self, request: bytes, folder: Path, limits: Limits) -> Fate:
        try:
            return self._raise(request, folder, limits)
        except (Lost, OSError) as why:
            LOG.warning("no child from the nursery (%r): a new interpreter is started", why)
            self.close()
            return sandbox.spawn(request, folder, limits)

    def close(self) -> None:
        """Send the mother away; the next child gets a new one."""
        with self._lock:
            if self._control is not None:
                self._control.close()
            if self._mother is not None:
                self._mother.kill()
                self._mother.wait()
            self._control = self._mother = None

    @property
    def pid(self) -> int | None:
        """The mother's process, once there is one."""
        return self._mother.pid if self._mother else None

    def _raise(self, request: bytes, folder: Path, limits: Limits) -> Fate:
        with tempfile.TemporaryFile() as asked, tempfile.TemporaryFile() as errors:
            asked.write(request)
            asked.seek(0)
            ours, theirs = socket.socketpair()
            with ours:
                with theirs:
                    self._order(folder, asked, errors, theirs)
                code = _await(ours, limits.wall)
            return code, sandbox.last_words(errors)

    def _order(self, folder: Path, asked: IO[bytes], errors: IO[bytes], report: socket.socket) -> None:
        """Ask the mother for a child: its folder, and its three streams."""
        with self._lock:
            if self._control is None:
                self._control = self._engage()
            handles = [asked.fileno(), errors.fileno(), report.fileno()]
            socket.send_fds(self._control, [os.fsencode(folder.absolute())], handles)

    def _engage(self) -> socket.socket:
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            self._mother = subprocess.Popen(  # noqa: S603 - our own interpreter with our own words
                sandbox.command("nursery", "mother"),
                stdin=theirs.fileno(),
                stdout=subprocess.DEVNULL,
                cwd="/",
                env=sandbox.environment(Path("/")),
                start_new_session=True,
            )
        return ours


def _await(report: socket.socket, seconds: float) -> int | None:
    """Wait for a child's exit code; when the time is over turn away, upon which the mother kills the child."""
    report.settimeout(seconds)
    try:
        return _code(report)
    except TimeoutError:
        report.shutdown(socket.SHUT_WR)
    report.settimeout(GRACE_SECONDS)
    with contextlib.suppress(TimeoutError):
        _code(report)
    return None


def _code(report: socket.socket) -> int:
    said = report.recv(16)
    if not said:
        raise Lost
    return int(said)


# -- the mother's side ------------------------------------------------------------------------------------------


def mother() -> None:
    """Load what children need, then give one for every order that comes in on standard input, until it ends."""
    with socket.socket(fileno=0) as control:
        for name in WARM:
            importlib.import_module(name)
        for table in registry.TABLES.values():
            for codelist in table.codelists():
                registry.codelist(codelist)
        if loaded := NEVER & sys.modules.keys():
            raise ImportError(f"a mother must not load {sorted(loaded)}")
        gc.collect()
        gc.freeze()
        _Mother(control).serve()


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
