"""Processes that ask tables: some stand ready, each is killed when its question takes too long, and another starts."""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import queue
import select
import struct
import subprocess
import tempfile
import threading
import time
import weakref
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import orjson

from catalog.errors import Invalid, Unavailable
from pipelines import sandbox

HEAD: Final = struct.Struct(">cQ")
QUESTION_SECONDS: Final = 10.0
GUARDED_SECONDS: Final = 10.0
DOCUMENT_SECONDS: Final = 900.0
WAIT_SECONDS: Final = 5.0
START_SECONDS: Final = 60.0
MOST_QUESTIONS: Final = 500
"""After so many a process is replaced: what it did not give back of its memory goes with it."""
GIVING_BACK: Final[Mapping[str, str]] = {"MALLOC_MMAP_THRESHOLD_": "262144", "MALLOC_TRIM_THRESHOLD_": "262144"}
"""Memory of an answer goes back to the machine when it is written: a process that stands ready keeps little."""
LARGEST: Final = 64 << 20
PIPE: Final = 1 << 20
"""Bytes that a process may have written ahead of us."""


class Died(Exception):
    """The process ended, or was ended, before its answer did."""


class Asker:
    """One process, begun at a door of ``pipelines/asking.py``."""

    def __init__(self, door: str = "serve") -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="datamo-asking-")
        self._process = subprocess.Popen(  # noqa: S603 - our own interpreter with our own words
            sandbox.command("asking", door), stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL, cwd=self._folder.name, start_new_session=True,
            env={**sandbox.environment(Path(self._folder.name)), **GIVING_BACK},
        )
        self.asked = 0
        assert self._process.stdout is not None
        with contextlib.suppress(OSError):  # a user may have so many pages in pipes
            fcntl.fcntl(self._process.stdout.fileno(), fcntl.F_SETPIPE_SZ, PIPE)
        self._await_start()

    def _await_start(self) -> None:
        end = time.monotonic() + START_SECONDS
        try:
            _, size = HEAD.unpack(self._read(HEAD.size, end))
            self._read(size, end)
        except Died:
            self.close()
            raise

    @property
    def fresh(self) -> bool:
        """Whether it is there and may be asked again."""
        return self._process.poll() is None and self.asked < MOST_QUESTIONS

    def ask(self, question: Mapping[str, Any], seconds: float) -> Iterator[tuple[bytes, bytes]]:
        """Give the frames of the answer, the last one of kind ``E`` or ``R``; raises Died."""
        self.asked += 1
        end = time.monotonic() + seconds
        assert self._process.stdin is not None
        try:
            self._process.stdin.write(json.dumps({**question, "cpu": int(seconds) + 1}).encode() + b"\n")
            self._process.stdin.flush()
        except OSError as wrong:
            raise Died from wrong
        while True:
            kind, size = HEAD.unpack(self._read(HEAD.size, end))
            if size > LARGEST:
                raise Died
            yield kind, self._read(size, end)
            if kind != b"P":
                return

    def _read(self, size: int, end: float) -> bytes:
        assert self._process.stdout is not None
        pipe, parts = self._process.stdout.fileno(), []
        while size:
            ready, _, _ = select.select([pipe], [], [], max(0.0, end - time.monotonic()))
            part = os.read(pipe, min(size, 1 << 20)) if ready else b""
            if not part:
                raise Died
            parts.append(part)
            size -= len(part)
        return parts[0] if len(parts) == 1 else b"".join(parts)

    def close(self) -> None:
        """End the process."""
        self._process.kill()
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                with contextlib.suppress(OSError):
                    pipe.close()
        self._folder.cleanup()


class Askers:
    """``many`` processes for questions, begun when first needed; ``many`` more at a time for documents.

    Readers' own SQL has ``guarded`` processes of its own, so that nobody's rows wait for it.
    """

    def __init__(self, many: int = 2, guarded: int = 1) -> None:
        self._ready, self._guarded = Lane("serve", many), Lane("serve_guarded", guarded)
        self._documents = threading.BoundedSemaphore(many)
        weakref.finalize(self, Lane.close, self._ready)
        weakref.finalize(self, Lane.close, self._guarded)

    def ask(self, question: Mapping[str, Any]) -> Mapping[str, Any]:
        """Give the answer to one question. Raises Invalid('query-too-heavy' …), Unavailable('busy')."""
        return self._ready.ask(question, QUESTION_SECONDS)

    def guarded(self, question: Mapping[str, Any]) -> Mapping[str, Any]:
        """Give the answer to a question of ``pipelines/guardedsql``, which writes it. Raises as ``ask``."""
        return self._guarded.ask(question, GUARDED_SECONDS)

    def renew(self) -> None:
        """Let no process go on that has a file open now: those that stand ready end, others after their answer."""
        self._ready.renew()
        self._guarded.renew()

    def document(self, question: Mapping[str, Any]) -> Iterator[bytes]:
        """Give a document piece by piece, from a process that does nothing else. Raises as ``ask``, before its begin.

        One that stands ready is taken, and comes back when the document has ended: to start another takes half a
        second. What goes wrong later raises Died: a document that ends is whole.
        """
        if not self._documents.acquire(timeout=WAIT_SECONDS):
            raise Unavailable("busy")
        asker: Asker | None = None
        turn = self._ready.turn
        try:
            asker = self._ready.borrow() or Asker()
            frames = asker.ask(question, DOCUMENT_SECONDS)
            kind, content = next(frames)
        except Died:
            self._let_go(asker)
            raise Invalid("query-too-heavy") from None
        except BaseException:
            self._let_go(asker)
            raise
        if kind == b"R":
            self._let_go(asker)
            _told(kind, content)
        return self._pieces(asker, turn, kind, content, frames)

    def _pieces(
        self, asker: Asker, turn: int, kind: bytes, content: bytes, frames: Iterator[tuple[bytes, bytes]]
    ) -> Iterator[bytes]:
        ended = False
        try:
            while kind == b"P":
                yield content
                kind, content = next(frames)
            if kind == b"R":
                raise Died
            ended = True
        finally:
            if ended:
                self._ready.give_back(asker, turn)
            self._let_go(None if ended else asker)

    def _let_go(self, asker: Asker | None) -> None:
        if asker is not None:
            asker.close()
        self._documents.release()

    def close(self) -> None:
        """End every process that stands ready."""
        self._ready.close()
        self._guarded.close()


class Lane:
    """Processes of one door: so many at most, each begun when it is first needed."""

    def __init__(self, door: str, many: int) -> None:
        self._door, self.turn = door, 0
        self.ready: queue.LifoQueue[tuple[Asker | None, int]] = queue.LifoQueue()
        for _ in range(many):
            self.ready.put((None, 0))

    def ask(self, question: Mapping[str, Any], seconds: float) -> Mapping[str, Any]:
        """Give the answer to one question. Raises Invalid('query-too-heavy' …), Unavailable('busy')."""
        try:
            asker, turn = self.ready.get(timeout=WAIT_SECONDS)
        except queue.Empty:
            raise Unavailable("busy") from None
        kept: Asker | None = None
        try:
            if asker is None or not asker.fresh or turn != self.turn:
                if asker is not None:
                    asker.close()
                turn, asker = self.turn, None
                asker = Asker(self._door)
            ((kind, content),) = asker.ask(question, seconds)
            kept = asker
        except Died:
            raise Invalid("query-too-heavy") from None
        finally:
            if (kept is None or turn != self.turn) and asker is not None:
                asker.close()
                kept = None
            self.ready.put((kept, turn))
        return _told(kind, content)

    def borrow(self) -> Asker | None:
        """Give a process that stands ready, None where none does; its place stays for another."""
        try:
            asker, turn = self.ready.get_nowait()
        except queue.Empty:
            return None
        self.ready.put((None, turn))
        if asker is None or (asker.fresh and turn == self.turn):
            return asker
        asker.close()
        return None

    def give_back(self, asker: Asker, turn: int) -> None:
        """Let a process that was borrowed in this turn stand ready again, where there is a place for it."""
        with contextlib.suppress(queue.Empty):
            if asker.fresh and turn == self.turn:
                other, its_turn = self.ready.get_nowait()
                self.ready.put((other or asker, its_turn if other else turn))
                if other is None:
                    return
        asker.close()

    def renew(self) -> None:
        """End the processes that stand ready now; those at work end after their answer."""
        self.turn += 1
        idle = []
        with contextlib.suppress(queue.Empty):
            while True:
                idle.append(self.ready.get_nowait())
        for asker, _ in idle:
            if asker is not None:
                asker.close()
            self.ready.put((None, self.turn))

    def close(self) -> None:
        """End every process that stands ready, and take no more questions."""
        with contextlib.suppress(queue.Empty):
            while True:
                asker, _ = self.ready.get_nowait()
                if asker is not None:
                    asker.close()


def _told(kind: bytes, content: bytes) -> Mapping[str, Any]:
    told: Mapping[str, Any] = orjson.loads(content)
    if kind == b"R":
        raise Invalid(str(told["refused"]), **({"what": told["what"]} if "what" in told else {}))
    return told
