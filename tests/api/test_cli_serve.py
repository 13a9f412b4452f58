"""The worker beside a web process: it is there again after it died, and gone when the site stops."""

from __future__ import annotations

import resource
import subprocess
import sys
import time

from api.cli.site import WorkerBeside
from api.wiring.memory import OPEN, welcoming


def sleeper() -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])


def test_a_worker_that_is_killed_is_started_anew_until_the_site_stops() -> None:
    started: list[subprocess.Popen[bytes]] = []

    def start() -> subprocess.Popen[bytes]:
        started.append(sleeper())
        return started[-1]

    beside = WorkerBeside(start, pause=0.01)
    try:
        beside.process.kill()
        until = time.monotonic() + 120
        while len(started) < 2 and time.monotonic() < until:
            time.sleep(0.01)
        assert len(started) == 2, "nobody else would start it"
        assert started[1].poll() is None
    finally:
        beside.stop()
    assert [one.poll() is not None for one in started] == [True, True]
    assert not beside._keeper.is_alive()
    assert len(started) == 2, "after the end nothing is started any more"


def test_a_web_process_takes_as_many_connections_as_the_system_lets_it() -> None:
    """Shells and services begin with 1,024 open files, of which each connection is one."""
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (min(1024, before[1]), before[1]))
        welcoming()
        assert resource.getrlimit(resource.RLIMIT_NOFILE) == (min(OPEN, before[1]), before[1])
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, before)
