"""Processes that ask tables and check files, forked from one that has loaded what they need: for tests of what is answered.

One that starts as an interpreter of its own takes half a second of a core and more, and each town of the tests has its own.
The tests of ``pipelines/askers.py`` and ``pipelines/sandbox.py`` themselves, and whole sites, start them as everywhere.
"""

from __future__ import annotations

import atexit
import contextlib
import json
import os
import select
import signal
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any, NoReturn

import pytest

from pipelines import askers, asking, sandbox
from pipelines.nursery import Lost, Nursery
from pipelines.sandbox import Fate, Limits

ROOT = Path(__file__).resolve().parent.parent
LONGEST = 1 << 12
ENDED = -1
"""For any way to end: nobody here asks for more."""


class Kennel:
    """The process that forks the others; several threads may ask it."""

    def __init__(self) -> None:
        self._control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._turn = threading.Lock()
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "tests.asking", str(theirs.fileno())], cwd=ROOT, pass_fds=[theirs.fileno()], stdin=subprocess.DEVNULL,
                env={**sandbox.environment(Path("/")), "PYTHONPATH": os.pathsep.join([str(ROOT), *sys.path])})

    def ask(self, order: dict[str, Any], *handles: int) -> int:
        with self._turn:
            socket.send_fds(self._control, [json.dumps(order).encode()], handles)
            return int(self._control.recv(LONGEST))

    def close(self) -> None:
        """Let it go; those that it forked go with their standard input."""
        self._control.close()
        self._process.wait(120)


@cache
def kennel() -> Kennel:
    made = Kennel()
    atexit.register(made.close)
    return made


class Process:
    """One that it forked, with what an asker wants of ``subprocess.Popen``.

    Only its making asks the kennel: an asker may be ended by the collection of what nobody holds any more, in the middle of
    another question to the kennel by the same thread.
    """

    def __init__(self, door: str, folder: str) -> None:
        asked, given = os.pipe()
        answers, told = os.pipe()
        try:
            self.pid = kennel().ask({"door": door, "folder": folder}, asked, told)
        finally:
            os.close(asked)
            os.close(told)
        self.stdin, self.stdout = os.fdopen(given, "wb"), os.fdopen(answers, "rb")
        try:
            self._watched: int | None = os.pidfd_open(self.pid)
        except ProcessLookupError:  # it ended already
            self._watched = None

    def poll(self) -> int | None:
        return ENDED if self._ended(0) else None

    def kill(self) -> None:
        if self._watched is not None:
            with contextlib.suppress(ProcessLookupError):
                signal.pidfd_send_signal(self._watched, signal.SIGKILL)

    def wait(self) -> int:
        self._ended(None)
        return ENDED

    def _ended(self, seconds: float | None) -> bool:
        if self._watched is not None and select.select([self._watched], [], [], seconds)[0]:
            os.close(self._watched)
            self._watched = None
        return self._watched is None


class Forked(askers.Asker):
    """An asker whose process was forked."""

    def __init__(self, door: str = "serve") -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="datamo-asking-")
        self._process: Any = Process(door, self._folder.name)
        self.asked = 0
        self._await_start()


@pytest.fixture(autouse=True, scope="module")
def _askers_are_forked() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(askers, "Asker", Forked)
        yield


class Children(Nursery):
    """Children of a mother, for who would start each alone; one that she cannot give is started alone."""

    def __init__(self) -> None:
        super().__init__()
        self._alone = sandbox.spawn

    def __call__(self, request: bytes, folder: Path, limits: Limits) -> Fate:
        try:
            return self._raise(request, folder, limits)
        except (Lost, OSError):
            self.close()
            return self._alone(request, folder, limits)


@cache
def children() -> Children:
    made = Children()
    atexit.register(made.close)
    return made


@pytest.fixture(autouse=True, scope="module")
def _children_have_a_mother() -> Iterator[None]:
    """A file that is checked where it was sent gets a child as those have that a worker checks: confined by the same code."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sandbox, "spawn", children())
        yield


def main() -> NoReturn:
    """Fork one for every order, until nobody asks any more; those that end are buried by the system."""
    control = socket.socket(fileno=int(sys.argv[1]))
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    while True:
        message, handles, _, _ = socket.recv_fds(control, LONGEST, 2)
        if not message:
            os._exit(0)  # DuckDB complains of an interpreter that is taken down in order
        order = json.loads(message)
        pid = os.fork()
        if pid == 0:
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            _serve(order["door"], order["folder"], *handles)
        for one in handles:
            os.close(one)
        control.send(str(pid).encode())


def _serve(door: str, folder: str, asked: int, told: int) -> NoReturn:
    """Leave the house of the process that we were, as one that an asker starts, and answer."""
    try:
        os.setsid()
        nothing = os.open(os.devnull, os.O_WRONLY)
        for handle, place in ((asked, 0), (told, 1), (nothing, 2)):
            os.dup2(handle, place)
        os.closerange(3, os.sysconf("SC_OPEN_MAX"))
        sandbox.settle_in(Path(folder))
        getattr(asking, door)()
    finally:
        os._exit(0)


if __name__ == "__main__":
    main()
