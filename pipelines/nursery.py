"""A nursery of sandbox children: one clean mother process has loaded the slow libraries and forks a child per file.

A child starts in a third of the time of a new interpreter, and is confined by the same code. The mother's own side is
``pipelines/mother.py``, which only her process loads.
"""

from __future__ import annotations

import contextlib
import logging
import os
import socket
import subprocess
import tempfile
import threading
from pathlib import Path
from typing import IO

from pipelines import sandbox
from pipelines.sandbox import Fate, Limits

LOG = logging.getLogger("datamo.sandbox")

GRACE_SECONDS = 10.0


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
                sandbox.command("mother", "serve"),
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
