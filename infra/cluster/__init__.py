"""The topology of infra/compose.yaml as plain processes: nginx before web processes, and workers, on given engines.

A process that dies is started again, as a container would be; the end stops each by its own process id.
"""

from __future__ import annotations

import contextlib
import os
import secrets
import signal
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from infra.cluster import door
from infra.cluster.ports import free_ports

ROOT = Path(__file__).resolve().parent.parent.parent
READY_SECONDS = 180.0
STOP_SECONDS = 60.0
PAUSE_SECONDS = 1.0


@dataclass
class Process:
    """One process of the cluster: how it is started, and the child that runs now."""

    name: str
    start: Callable[[], subprocess.Popen[bytes]]
    child: subprocess.Popen[bytes]
    starts: int = 1

    @property
    def pid(self) -> int:
        return self.child.pid


@dataclass
class Cluster:
    """A site that runs: its address, and its processes by name (``nginx``, ``web-1``, ``worker-1`` …)."""

    folder: Path
    url: str
    environment: Mapping[str, str]
    processes: dict[str, Process] = field(default_factory=dict)
    ports: dict[str, int] = field(default_factory=dict)

    def command(self, *words: str) -> str:
        """Run a command of ``datamo`` on this site; gives what it says. Raises CalledProcessError."""
        return subprocess.run([sys.executable, "-m", "api.cli", *words], env=dict(self.environment), cwd=self.folder,
                              capture_output=True, text=True, check=True).stdout

    def log(self, name: str) -> str:
        """What a process has written."""
        return (self.folder / f"{name}.log").read_text(errors="replace")

    def ready(self, name: str) -> bool:
        """Whether a web process (or nginx with those behind it) says that it can serve."""
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.ports[name]}/readyz", timeout=10) as answer:
                return bool(answer.status == 200)  # noqa: PLR2004 - OK
        except OSError:
            return False

    def wait_until(self, there: Callable[[], bool], what: str, seconds: float = READY_SECONDS) -> float:
        """Wait for something; gives the seconds it took. Raises TimeoutError with the ends of the logs."""
        begun = time.monotonic()
        while not there():
            if time.monotonic() - begun > seconds:
                ends = "\n".join(f"--- {name}\n{self.log(name)[-1500:]}" for name in self.processes)
                raise TimeoutError(f"{what}\n{ends}")
            time.sleep(0.1)
        return time.monotonic() - begun


@contextmanager
def cluster(folder: Path, engines: Mapping[str, str], *, port: int = 0, webs: int = 2, workers: int = 2,
            limits: Mapping[str, str] | None = None, environment: str = "production") -> Iterator[Cluster]:
    """Start a site on engines that run: prepare it, start every process, wait until it is ready; stop all at the end."""
    folder.mkdir(parents=True, exist_ok=True)
    free = free_ports(webs + workers + 1)
    port = port or free.pop()
    made = Cluster(folder, f"http://127.0.0.1:{port}", _environment(folder, engines, f"http://127.0.0.1:{port}", environment))
    made.command("init")
    made.ports = {"nginx": port, **{f"web-{one}": free.pop() for one in range(1, webs + 1)},
                  **{f"worker-{one}": free.pop() for one in range(1, workers + 1)}}
    stopping = threading.Event()
    keeper = threading.Thread(target=_keep, args=(made, stopping), daemon=True)
    try:
        for name in made.ports:
            if name != "nginx":
                _add(made, name, _datamo(name, made.ports[name]))
        conf = door.config(folder, port, [at for name, at in made.ports.items() if name.startswith("web-")], limits)
        _add(made, "nginx", door.command(conf))
        keeper.start()
        for name in made.ports:
            if not name.startswith("worker-"):
                made.wait_until(lambda name=name: made.ready(name), f"{name} is not ready")
        yield made
    finally:
        stopping.set()
        if keeper.is_alive():
            keeper.join()
        _stop(made)


def _environment(folder: Path, engines: Mapping[str, str], url: str, environment: str) -> dict[str, str]:
    secret = folder / "secret"
    if not secret.exists():
        secret.touch(0o600)
        secret.write_text(secrets.token_urlsafe(48))
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("DATAMO_", "AWS_"))}
    return {
        **kept, "PYTHONPATH": str(ROOT), "DATAMO_SITE_URL": url, "DATAMO_SECRET": secret.read_text(),
        "DATAMO_ENVIRONMENT": environment, "DATAMO_WORK_DIR": str(folder / "work"), "DATAMO_COPIES_DIR": str(folder / "copies"),
        "DATAMO_LOG_FORMAT": "json", **engines,
    }


def _datamo(name: str, port: int) -> list[str]:
    words = ["serve", "--port", str(port)] if name.startswith("web-") else ["work", "--metrics-port", str(port)]
    return [sys.executable, "-m", "api.cli", *words]


def _add(made: Cluster, name: str, command: list[str]) -> None:
    def start() -> subprocess.Popen[bytes]:
        with (made.folder / f"{name}.log").open("ab") as log:
            return subprocess.Popen(command, env=dict(made.environment), cwd=made.folder, stdout=log, stderr=log,
                                    start_new_session=True)

    made.processes[name] = Process(name, start, start())


def _keep(made: Cluster, stopping: threading.Event) -> None:
    """Start again what died, after a pause."""
    while not stopping.wait(0.2):
        for one in made.processes.values():
            if one.child.poll() is not None and not stopping.wait(PAUSE_SECONDS):
                one.child = one.start()
                one.starts += 1


def _stop(made: Cluster) -> None:
    """Stop the door first, then all others together; what does not go is killed."""
    order = sorted(made.processes.values(), key=lambda one: one.name != "nginx")
    for one in order:
        with contextlib.suppress(ProcessLookupError):
            one.child.send_signal(signal.SIGQUIT if one.name == "nginx" else signal.SIGTERM)
    until = time.monotonic() + STOP_SECONDS
    for one in order:
        try:
            one.child.wait(max(0.1, until - time.monotonic()))
        except subprocess.TimeoutExpired:
            one.child.kill()
            one.child.wait()
