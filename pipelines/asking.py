"""The process that asks: DuckDB at work for one question after the other, until it is killed or its parent is gone.

A question comes as one line of JSON; the answer goes back as frames (a letter, eight bytes of length, the content):
``P`` a piece of a document, ``E`` the end with what else is to be said, ``R`` a refusal by its code. Before the first
question an ``E`` says that all is loaded.
"""

from __future__ import annotations

import contextlib
import ctypes
import json
import os
import resource
import select
import signal
import struct
import sys
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any, BinaryIO, Final

import duckdb
import orjson
import pyarrow as pa

from pipelines import documents, lines
from pipelines.guardedsql import work
from pipelines.sandbox import MEGABYTE, PR_SET_PDEATHSIG, Limits, confine
from pipelines.tables import THREADS, plain

HEAD: Final = struct.Struct(">cQ")
LIMITS: Final = Limits(memory=1536 * MEGABYTE, cpu=10**6, file=2048 * MEGABYTE, handles=256)
GUARDED: Final = Limits(memory=1280 * MEGABYTE, cpu=10**6, file=0, handles=64)
"""Of its memory a quarter is stacks of its engines' threads, which count whole and are hardly used."""
GUARDED_NICE: Final = 5
MOST_ATTACHED: Final = 8
KEPT: Final = "8MB"
PUT_OFF: Final = "late_materialization_max_rows"
LATE: Final = 1001
"""Rows up to which the first of an order are looked for by the columns of the order alone."""
REST_SECONDS: Final = 10
IDLE_SECONDS: Final = 5.0
"""After so long without a question what was read is given up: who asks again soon finds it still at hand."""
TRIM, MAP = -1, -3
"""The C library's names for two of its thresholds: how much free memory it holds, and which pieces it takes singly."""
USUAL: Final = {TRIM: 256 << 10, MAP: 256 << 10}
WRITING: Final = {TRIM: 32 << 20, MAP: 8 << 20}
"""While a document is written its pieces lie in memory that was there: a fifth of the time went into new memory."""
CONFIG: Final[Mapping[str, Any]] = {
    "threads": THREADS, "memory_limit": "512MB", "autoinstall_known_extensions": False,
    "autoload_known_extensions": False, "allow_community_extensions": False, "python_enable_replacements": False,
}


def serve() -> None:
    """Answer until standard input ends."""
    _serve(LIMITS, Open)


def serve_guarded() -> None:
    """Answer readers' own SQL until standard input ends: with less memory, and behind everybody else's questions."""
    os.nice(GUARDED_NICE)
    _serve(GUARDED, Guarded)


class Open:
    """Answers questions to our files, with the serving files that are attached, the one attached last at the end."""

    def __init__(self, duck: Any) -> None:
        self._duck = duck
        self._held: list[str] = []
        self._late = self._full = False

    def answer(self, asked: Mapping[str, Any], out: BinaryIO) -> None:
        """Answer a question."""
        self._full = asked["form"] != "page"
        try:
            if asked.get("shelf") and not self._at_hand(**asked["shelf"]):
                told = {"refused": "shelf-gone"}
            else:
                self._put_off(late=bool(asked.get("late")))
                told = _page(self._duck, asked) if asked["form"] == "page" else _document(self._duck, asked, out)
        except duckdb.Error as wrong:
            told = {"refused": "query-too-heavy" if isinstance(wrong, duckdb.OutOfMemoryException) else "query-failed"}
        except MemoryError:
            told = {"refused": "query-too-heavy"}
        _tell(out, b"R" if "refused" in told else b"E", told)

    def rest(self) -> None:
        """Keep nothing of a whole table that was read for a document: what is asked next is little of it."""
        if self._full:
            self.idle()

    def idle(self) -> None:
        """Give memory back."""
        for most in (KEPT, CONFIG["memory_limit"]):
            with contextlib.suppress(duckdb.Error):
                self._duck.execute(f"SET memory_limit = '{most}'")
        self._full = False
        lines.give_back()

    def _put_off(self, *, late: bool) -> None:
        """Let the engine look first which rows are the first of an order, and only then at their other columns."""
        if late != self._late:
            self._duck.execute(f"SET {PUT_OFF} = {LATE}" if late else f"RESET {PUT_OFF}")
            self._late = late

    def _at_hand(self, path: str, name: str) -> bool:
        """Attach a serving file, or see that it is; whether it is there.

        Few stay attached: each keeps its file open.
        """
        if not Path(path).exists():
            self._detach([one for one in self._held if one == name])
            return False
        if name not in self._held:
            self._detach(self._held[: -(MOST_ATTACHED - 1)])
            try:
                self._duck.execute("ATTACH '" + path.replace("'", "''") + f"' AS \"{name}\" (READ_ONLY)")
            except duckdb.Error:  # it went, or is of another DuckDB
                return False
            self._held.append(name)
        return True

    def _detach(self, names: Sequence[str]) -> None:
        for one in list(names):
            self._duck.execute(f'DETACH "{one}"')
            self._held.remove(one)


class Guarded:
    """Answers readers' own SQL."""

    def __init__(self, duck: Any) -> None:
        self._engines = work.Engines(duck)

    def answer(self, asked: Mapping[str, Any], out: BinaryIO) -> None:
        """Answer a question."""
        try:
            told = (work.wanted if asked["form"] == "tables" else work.answer)(asked, self._engines)
        except (MemoryError, RecursionError):
            told = {"refused": "query-too-heavy"}
        _tell(out, b"R" if "refused" in told else b"E", told)

    def rest(self) -> None:
        """Have an engine at hand for the next statement."""
        self._engines.renew()

    def idle(self) -> None:
        """Give memory back, with what was read of the tables of the last statement."""
        self._engines.forget()
        lines.give_back()


def _serve(limits: Limits, door: type[Open | Guarded]) -> None:
    """Answer question after question."""
    confine(limits)
    # Linux kills the child of a thread that ends: ours come from threads of a pool. We end with our standard input.
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, 0, 0, 0, 0)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    out = os.fdopen(os.dup(1), "wb")
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # DuckDB draws its progress there: none of it is an answer
    with duckdb.connect(":memory:", config=dict(CONFIG)) as duck:
        one = door(duck)
        one.rest()
        _tell(out, b"E", {})
        out.flush()
        while line := _line(one.idle):
            asked = json.loads(line)
            _more_time(int(asked["cpu"]))
            one.answer(asked, out)
            out.flush()
            _more_time(REST_SECONDS)
            one.rest()


def _line(idle: Callable[[], None]) -> bytes:
    """Wait for a question, of which there is one at a time; nothing where there will be no more."""
    if not select.select([sys.stdin.buffer], [], [], IDLE_SECONDS)[0]:
        idle()
    return sys.stdin.buffer.readline()


def _hold(thresholds: Mapping[int, int]) -> None:
    with contextlib.suppress(AttributeError):  # only glibc has it
        for one, size in thresholds.items():
            ctypes.CDLL(None).mallopt(one, size)


def _more_time(seconds: int) -> None:
    """Let this question take so much more CPU time; beyond it the kernel ends us."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    resource.setrlimit(resource.RLIMIT_CPU, (int(used.ru_utime + used.ru_stime) + seconds, LIMITS.cpu + 5))


def _tell(out: BinaryIO, kind: bytes, told: Mapping[str, Any]) -> None:
    content = orjson.dumps(told)
    out.write(HEAD.pack(kind, len(content)) + content)


def _page(duck: Any, asked: Mapping[str, Any]) -> dict[str, Any]:
    """Rows as JSON holds them, the values of the keys behind the columns; and how many there are in all."""
    table = duck.sql(asked["sql"], params=asked["values"]).to_arrow_table()
    total = None
    if asked["count"]:
        all_here = table.num_rows < asked.get("whole", 0)
        total = table.num_rows if all_here else duck.execute(asked["count"], asked["count_values"]).fetchall()[0][0]
    kinds = asked["kinds"]
    cells = [_cells(column, kinds[at] if at < len(kinds) else "") for at, column in enumerate(table.columns)]
    return {"rows": list(zip(*cells, strict=True)), "total": total}


def _cells(column: Any, kind: str) -> list[Any]:
    found = column.to_pylist()
    if kind == "integer":
        found = [int(one) if isinstance(one, Decimal) else one for one in found]
    return list(map(plain, found))


def _document(duck: Any, asked: Mapping[str, Any], out: BinaryIO) -> dict[str, Any]:
    names = asked["names"]
    reader = duck.sql(asked["sql"], params=asked["values"]).to_arrow_reader(documents.BATCH)
    batches = (pa.RecordBatch.from_arrays([documents.narrow(one) for one in batch.columns[: len(names)]], names=names)
               for batch in reader)
    _hold(WRITING)
    try:
        rows = documents.WRITERS[asked["form"]](batches, names, lambda piece: _send(out, piece))
    finally:
        _hold(USUAL)
    return {"refused": "too-many-rows"} if rows < 0 else {"rows": rows}


def _send(out: BinaryIO, piece: bytes | memoryview) -> None:
    if len(piece):
        out.write(HEAD.pack(b"P", len(piece)))
        out.write(piece)
