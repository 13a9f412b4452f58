"""What a siege needs on the test's side: its processes, a site in a folder, tracing, and the last look at everything."""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import missing
from tests.faults.forked import cradle
from tests.faults.place import Place, eventually

CALLS = ("openat", "write", "pwrite64", "fsync", "fdatasync", "rename", "link", "unlink", "mkdir", "ftruncate", "chmod")
LONG = 240.0
LEAVE = 3.0


class Warm:
    """The processes of one siege, forked by the cradle; what still runs is killed at its end."""

    def __init__(self) -> None:
        self._of = cradle()
        self._mine: list[int] = []

    def start(self, place: Place, role: str, **order: Any) -> int:
        pid = self._of.fork(role, place.environment, place.folder / f"{role}.log", **order)
        self._mine.append(pid)
        return pid

    def kill(self, pid: int) -> None:
        """Kill and bury."""
        if pid in self._mine:
            self._of.kill(pid)
            self._mine.remove(pid)

    def lives(self, pid: int) -> bool:
        """Whether it was not buried yet."""
        return self._of.lives(pid)

    def code(self, pid: int) -> int | None:
        """How the process ended, None while it runs."""
        return self._of.code(pid)

    def close(self) -> None:
        for pid in tuple(self._mine):
            self.kill(pid)


@contextmanager
def warm() -> Iterator[Warm]:
    made = Warm()
    try:
        yield made
    finally:
        made.close()


def children(pid: int) -> list[int]:
    """The processes that a process started and that run."""
    try:
        tasks = Path(f"/proc/{pid}/task").iterdir()
        return [int(one) for task in tasks for one in (task / "children").read_text().split()]
    except (FileNotFoundError, ProcessLookupError):
        return []


def may_trace() -> str:
    """Why no process can be traced here, "" when it can: tried, not guessed."""
    tried = subprocess.run(["strace", "-qq", "-f", "-e", "inject=mkdir:error=EIO", "-e", "trace=mkdir", "-o", os.devnull,
                            "true"], capture_output=True, text=True, check=False)
    return tried.stderr.strip()[:200] if tried.returncode else ""


class Line:
    """The line over which a publishing process tells of itself."""

    def __init__(self, path: Path) -> None:
        path.unlink(missing_ok=True)
        self.path = path
        self._door = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._door.bind(str(path))
        self._door.listen(1)
        self._door.settimeout(LONG)
        self._line: socket.socket | None = None

    def hear(self) -> str:
        """The next word, "" when the process is gone."""
        if self._line is None:
            self._line, _ = self._door.accept()
            self._line.settimeout(LONG)
        try:
            return self._line.recv(300).decode()
        except ConnectionError:
            return ""

    def go(self) -> None:
        assert self._line is not None
        self._line.send(b"go")

    def close(self) -> None:
        for one in (self._line, self._door):
            if one is not None:
                one.close()


def traced(pid: int, log: Path, wishes: list[str]) -> subprocess.Popen[bytes]:
    """Put strace on all threads of a process; returns when it watches."""
    tracer = subprocess.Popen(["strace", "-qq", "-f", "-o", str(log), *wishes, "-p", str(pid)], stderr=subprocess.DEVNULL)
    watched = re.compile(r"TracerPid:\s+[1-9]")
    assert eventually(lambda: watched.search(Path(f"/proc/{pid}/status").read_text()), LONG)
    return tracer


def only_once(tracer: subprocess.Popen[bytes], log: Path) -> None:
    """Let go as soon as the fault came: strace counts in each thread anew, and a disk that is mended stays mended."""
    while tracer.poll() is None:
        if log.exists() and "(INJECTED)" in log.read_text(errors="replace"):
            let_go(tracer)
            return
        time.sleep(0.02)


def let_go(tracer: subprocess.Popen[bytes]) -> None:
    """Let the tracer leave; one that waits for a thread that waits for a child that it holds itself is made to."""
    tracer.terminate()
    try:
        tracer.wait(LEAVE)
    except subprocess.TimeoutExpired:
        tracer.kill()


def published_once(siege: Warm, place: Place, dataset: str, content: str, *, inject: str = "", hook: dict[str, Any] | None = None,
                   count: Counter[str] | None = None, watch: Sequence[str] = ()) -> str:
    """One process that publishes under a fault; gives the upload that it acknowledged, "" for none.

    ``watch`` are calls that are written down with the paths they work on, whatever fault comes.
    """
    line = Line(Path(tempfile.gettempdir(), f"datamo-{os.getpid()}.line"))
    log, took, tracer = place.folder / "trace", "", None
    log.unlink(missing_ok=True)
    pid = siege.start(place, "publish", line=str(line.path), dataset=dataset, content=content, hook=hook)
    try:
        assert line.hear() == "ready"
        if inject or count is not None or watch:
            seen = ",".join(watch) or (inject.split(":", maxsplit=1)[0] if inject else ",".join(CALLS))
            wishes = ["-e", f"trace={seen}", *(("-e", f"inject={inject}") if inject else ()), *(("-y", "-s", "256") if watch else ())]
            tracer = traced(pid, log, wishes)
            if inject:
                threading.Thread(target=only_once, args=(tracer, log), daemon=True).start()
        line.go()
        while (said := line.hear()) not in ("", "done"):
            assert said != "stuck", f"after {inject or hook} work was left that nobody took up:\n{tail(place)}"
            took = said.removeprefix("took ") if said.startswith("took ") else took
        assert eventually(lambda: siege.code(pid) is not None or not siege.lives(pid), LONG)
    finally:
        siege.kill(pid)
        line.close()
        if tracer is not None:
            tracer.wait(LONG)
    if count is not None:
        threads: Counter[tuple[str, str]] = Counter(re.findall(r"^(\d+) +(\w+)\(", log.read_text(errors="replace"), re.MULTILINE))
        for (_, call), number in threads.items():
            count[call] = max(count[call], number)
    return took


def settle(siege: Warm, place: Place, taken: list[str], excused: str = "") -> None:
    """A worker without faults ends what was begun; then every promise is held against what is there.

    ``excused`` is a reason for which a file may have failed.
    """
    pid = siege.start(place, "worker")
    with place.site() as site:
        try:
            states = place.wait(site, taken)
            assert place.wait_indexed(site), tail(place)
        finally:
            siege.kill(pid)
        system = site.catalog.system()
        unlike = [one for one, state in zip(taken, states, strict=True) if state != "published"]
        why = [dict(site.catalog.submission(system, one).reason or {"code": "none"}) for one in unlike]
        assert all(one["code"] == excused for one in why), (states, why, tail(place))
        site.catalog.sweep(older_than_hours=0)
        assert list(site.catalog.verify(deep=True, grace_hours=0)) == []


def must_trace() -> None:
    """Skip aloud what needs a tracer where no process may be traced."""
    if not shutil.which("strace"):
        missing("strace", "it is not installed")
    if why := may_trace():
        pytest.skip(f"no process may be traced here, so only the deeds of Python are spoiled: {why}")


def tail(place: Place) -> str:
    return "\n".join(path.read_text(errors="replace")[-3000:] for path in sorted(place.folder.glob("*.log")))

