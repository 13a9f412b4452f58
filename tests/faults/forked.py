"""Processes forked from one that has loaded all they need: a start costs milliseconds of a core instead of seconds."""

from __future__ import annotations

import atexit
import contextlib
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent.parent
LOOK_SECONDS = 0.02
BURIAL_SECONDS = 240.0
ALONE = {"JE_ARROW_MALLOC_CONF": "background_thread:false", "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1",
         "ARROW_DEFAULT_MEMORY_POOL": "system", "MALLOC_ARENA_MAX": "2"}
"""What keeps libraries from starting threads: one that forks must have none but its own; and their memory as a mother's."""


class Cradle:
    """The process that forks the others (tests/faults/warm.py); several threads may ask it."""

    def __init__(self) -> None:
        self._process = subprocess.Popen([sys.executable, "-m", "tests.faults.warm"], cwd=ROOT, stdin=subprocess.PIPE,
                                         stdout=subprocess.PIPE, env={**os.environ, **ALONE, "PYTHONPATH": str(ROOT)}, text=True)
        self._alive: set[int] = set()
        self._turn = threading.Lock()

    def fork(self, role: str, environment: Mapping[str, str], log: Path, **order: Any) -> int:
        """Fork a process that plays a role, with our environment and this one besides; gives its number."""
        whole = {**os.environ, **environment, "PYTHONPATH": str(ROOT)}
        with self._turn:
            said = self._ask({"role": role, "environment": whole, "log": str(log), **order})
            self._alive.add(said["pid"])
            return int(said["pid"])

    def kill(self, pid: int) -> None:
        """Kill and bury, unless it is buried."""
        if self.lives(pid):
            os.kill(pid, signal.SIGKILL)  # it is not buried yet, so the number is still its own
        until = time.monotonic() + BURIAL_SECONDS
        while self.lives(pid) and self.code(pid) is None:
            assert time.monotonic() < until, "a killed process does not end"
            time.sleep(LOOK_SECONDS)

    def lives(self, pid: int) -> bool:
        """Whether it is ours and was not buried yet."""
        return pid in self._alive

    def code(self, pid: int) -> int | None:
        """How the process ended, None while it runs."""
        with self._turn:
            if pid not in self._alive:
                return None
            code = self._ask({"ask": pid})["code"]
            if code is not None:
                self._alive.discard(pid)
            return None if code is None else int(code)

    def _ask(self, order: dict[str, Any]) -> dict[str, Any]:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(order) + "\n")
        self._process.stdin.flush()
        return dict(json.loads(self._process.stdout.readline()))

    def close(self) -> None:
        """Kill what still runs, then let the cradle go."""
        for pid in tuple(self._alive):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait(BURIAL_SECONDS)


class Forked:
    """One of its processes, with as much of ``subprocess.Popen`` as tests ask for."""

    def __init__(self, of: Cradle, pid: int) -> None:
        self._of = of
        self.pid = pid
        self.returncode: int | None = None

    def poll(self) -> int | None:
        if self.returncode is None:
            self.returncode = self._of.code(self.pid)
        return self.returncode

    def wait(self, timeout: float | None = None) -> int:
        until = None if timeout is None else time.monotonic() + timeout
        while (code := self.poll()) is None:
            if until is not None and time.monotonic() > until:
                raise subprocess.TimeoutExpired(f"process {self.pid}", timeout or 0.0)
            time.sleep(LOOK_SECONDS)
        return code

    def send_signal(self, number: int) -> None:
        if self.poll() is None:  # it is not buried yet, so the number is still its own
            os.kill(self.pid, number)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)


@cache
def cradle() -> Cradle:
    """The one of this process of tests, made for its first worker; it goes when the tests end."""
    made = Cradle()
    atexit.register(made.close)
    return made
