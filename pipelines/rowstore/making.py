"""A snapshot's file is made: of all rows, or of the file of an older revision and of what changed since.

``child`` does it in a process of its own, which opens the store of tables itself: so it holds up nobody who answers.
"""

from __future__ import annotations

import bisect
import ctypes
import errno
import importlib
import json
import os
import signal
import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Protocol

from catalog.errors import NotFound, Refusal
from catalog.rows import ID, Range, Table
from pipelines.rowstore import columns
from pipelines.sandbox import PR_SET_PDEATHSIG
from standards import late

if TYPE_CHECKING:
    import pyarrow as pa
    import pyarrow.parquet as pq
else:
    pa = late.module("pyarrow")
    pq = late.module("pyarrow.parquet")

PAGE: Final = 20_000
NICE: Final = 5
FULL: Final = frozenset({errno.ENOSPC, errno.EDQUOT})
Pages = Iterator[Sequence[Sequence[Any]]]


class Store(Protocol):
    """What is asked of a store of tables here."""

    def pages(self, key: str, size: int) -> tuple[Table, Pages]: ...
    def changed(self, key: str, since: int, size: int) -> tuple[Table, Sequence[Range] | None, Pages]: ...


def child() -> None:
    """Make the file that a line of standard input asks for, and say of which state it is; behind everybody else."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    asked = json.loads(sys.stdin.readline())
    os.nice(NICE)
    try:
        room, name = asked["door"].split(":")
        told = _told(getattr(importlib.import_module(room), name)(asked["place"]), asked)
    except Refusal as refused:
        told = {"refused": "gone" if isinstance(refused, NotFound) else refused.code}
    except OSError as wrong:
        told = {"refused": "storage-full" if wrong.errno in FULL else "storage-down"}
    sys.stdout.write(json.dumps(told))


def _told(store: Store, asked: dict[str, Any]) -> dict[str, Any]:
    table = make(store, asked["key"], Path(asked["path"]), asked["base"])
    return {"mark": table.mark, "count": table.count, "revision": table.revision}


def make(store: Store, key: str, path: Path, base: dict[str, Any] | None) -> Table:
    """Write a table's newest state to a file; ``base`` is a file of an older one (``path``, ``mark``, ``revision``)."""
    before = _opened(base["path"]) if base else None
    if base is None or before is None:
        return whole(path, *store.pages(key, PAGE))
    with before:
        table, ranges, pages = store.changed(key, base["revision"], PAGE)
        if ranges is None:
            return whole(path, table, pages)
        if table.mark == base["mark"] and before.schema_arrow.names == columns.schema(table).names:
            _write(path, table, _merged(Lying(_groups(before)), ranges, Lying(columns.tables(pages, table))))
            return table
    return whole(path, *store.pages(key, PAGE))


def whole(path: Path, table: Table, pages: Pages) -> Table:
    """Write all rows of a table's state."""
    _write(path, table, columns.tables(pages, table))
    return table


def _opened(path: str) -> Any:
    try:
        return pq.ParquetFile(path, memory_map=True)
    except OSError:  # it went, or is none
        return None


def _groups(file: Any) -> Iterator[Any]:
    for at in range(file.metadata.num_row_groups):
        yield file.read_row_group(at, use_threads=False)


def _write(path: Path, table: Table, pieces: Iterable[Any]) -> None:
    """Write pieces in groups of rows, none of them small but the last."""
    with pq.ParquetWriter(path, columns.schema(table), compression="lz4", use_dictionary=True) as writer:
        held: list[Any] = []
        rows = 0
        for piece in pieces:
            held.append(piece)
            rows += len(piece)
            if rows >= columns.GROUP:
                writer.write_table(pa.concat_tables(held), row_group_size=columns.GROUP)
                held, rows = [], 0
        if held:
            writer.write_table(pa.concat_tables(held), row_group_size=columns.GROUP)


def _merged(old: Lying, ranges: Sequence[Range], new: Lying) -> Iterator[Any]:
    """Give the rows of the old file that lie in no range, and between them the new ones, in the order of their ids."""
    for low, high in ranges:
        yield from old.below(low)
        for _ in old.below(high + 1):
            pass
        yield from new.below(high + 1)
    yield from old.below(None)


class Lying:
    """Tables of rows in the order of their ids, taken bit by bit."""

    def __init__(self, pieces: Iterator[Any]) -> None:
        self._pieces = pieces
        self._here: Any = None

    def below(self, end: int | None) -> Iterator[Any]:
        """Give the rows that are left before an id; all that are left for None."""
        while self._here is not None or self._next():
            ids = self._here.column(ID)
            many = len(ids) if end is None else bisect.bisect_left(range(len(ids)), end, key=lambda at: ids[at].as_py())
            if many:
                yield self._here.slice(0, many)
            if many < len(ids):
                self._here = self._here.slice(many)
                return
            self._here = None

    def _next(self) -> bool:
        self._here = next(self._pieces, None)
        return self._here is not None
