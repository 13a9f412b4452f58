"""Differences that were asked for, kept on this machine: which rows differ, never what they say.

A kept difference holds numbers of rows and counts. The cells are read from the versions' own files each time, so that
what is withdrawn or erased is gone from here the moment it is gone from the store.
"""

from __future__ import annotations

import contextlib
import hashlib
import io
import json
import os
import tempfile
import threading
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from catalog.errors import Invalid
from pipelines import tables
from pipelines.askers import Askers, Died
from pipelines.difference import CHANGES, Counts, Pair, RowChange, Side, statement
from pipelines.rowquery.paging import Select
from standards import late

if TYPE_CHECKING:
    import pyarrow as pa
    import pyarrow.parquet as pq
else:
    pa = late.module("pyarrow")
    pq = late.module("pyarrow.parquet")

MOST_BYTES: Final = 256 << 20
SMALL: Final = 100_000
"""Rows of both versions together up to which a process that stands ready compares them."""
FORM: Final = "1"
"""Changes when differences are made in another way: what was kept before is not looked at again."""


class Differences:
    """Differences by what they compare; those asked for least lately go when they take too much room."""

    def __init__(self, askers: Askers, folder: Path | None = None, most: int = MOST_BYTES,
                 small: int = SMALL) -> None:
        self._askers = askers
        self._given = folder
        self._own: tempfile.TemporaryDirectory[str] | None = None
        self._most = most
        self._small = small
        self._lock = threading.Lock()
        self._making: dict[str, threading.Lock] = {}

    @property
    def _folder(self) -> Path:
        """The folder given, or one of this process, made when it is first needed."""
        if self._given is not None:
            return self._given
        with self._lock:
            self._own = self._own or tempfile.TemporaryDirectory(prefix="datamo-differences-")
            return Path(self._own.name)

    def counts(self, asked: Pair) -> Counts:
        """Count what differs. Raises Invalid('query-too-heavy'), Unavailable('busy')."""
        if asked.old.sha256 == asked.new.sha256:
            return Counts(columns={})
        told = json.loads(self._kept(asked).with_suffix(".json").read_bytes())
        return Counts(**told)

    def page(self, asked: Pair, change: str = "", after: int = 0, limit: int = 100) -> Sequence[RowChange]:
        """Give rows that differ behind the place ``after``: all of them, or those of one kind. Raises as ``counts``."""
        counts = self.counts(asked)
        first, last = _span(counts, change)
        first = max(first, after + 1)
        limit = min(limit, last - first + 1)
        if limit <= 0:
            return ()
        found = tables.preview(self._kept(asked), first, limit, statement.PAIR_NAMES).rows
        pairs = [(_whole(place), _whole(kind), old, new) for place, kind, old, new in found]
        old, new = (self._cells(asked, one, [_whole(pair[at]) for pair in pairs if pair[at] is not None])
                    for at, one in ((2, asked.old), (3, asked.new)))
        return [_row(asked, pair, old, new) for pair in pairs]

    def _cells(self, asked: Pair, one: Side, rows: Sequence[int]) -> Mapping[int, Sequence[Any]]:
        if not rows:
            return {}
        return {row[0]: row for row in self._asked(statement.cells(asked, one, rows))}

    # -- kept ---------------------------------------------------------------------------------------------------
    def _kept(self, asked: Pair) -> Path:
        """The file of pairs, made now where it is not there; by one thread, the others wait for it."""
        told = json.dumps([FORM, asked.old.sha256, asked.new.sha256, asked.key, asked.columns, sorted(asked.loose)])
        mark = hashlib.sha256(told.encode()).hexdigest()[:40]
        path = self._folder / f"{mark}.parquet"
        with self._lock:
            making = self._making.setdefault(mark, threading.Lock())
        with making:
            if not path.exists() or not path.with_suffix(".json").exists():
                self._make(asked, path)
            with contextlib.suppress(OSError):
                os.utime(path)
        with self._lock:
            self._making.pop(mark, None)
        return path

    def _make(self, asked: Pair, path: Path) -> None:
        self._make_room()
        chosen = statement.pairs(asked)
        small = tables.count(asked.old.path) + tables.count(asked.new.path) <= self._small
        if small:
            self._written(path, [_parquet(self._asked(chosen))])
        else:
            self._written(path, self._document("parquet", chosen, statement.PAIR_NAMES))
        counts = dict(zip(CHANGES, self._asked(statement.by_change(str(path)))[0], strict=True))
        columns = self._by_column(asked, path, small=small) if counts["changed"] else {}
        self._written(path.with_suffix(".json"), [json.dumps({**counts, "columns": columns}).encode()])

    def _by_column(self, asked: Pair, path: Path, *, small: bool) -> dict[str, int]:
        chosen = statement.by_column(asked, str(path))
        if small:
            told = self._asked(chosen)[0]
        else:
            names = [f"c{at}" for at in range(len(asked.columns))]
            told = list(json.loads(b"".join(self._document("ndjson", chosen, names))).values())
        return {name: many for name, many in zip(asked.columns, told, strict=True) if many}

    def _asked(self, chosen: Select) -> Sequence[Sequence[Any]]:
        """Rows by a process that stands ready."""
        told = self._askers.ask({"form": "page", "sql": chosen.sql, "values": chosen.values, "kinds": [], "count": "",
                                 "count_values": ()})
        rows: Sequence[Sequence[Any]] = told["rows"]
        return rows

    def _document(self, form: str, chosen: Select, names: Sequence[str]) -> Iterator[bytes]:
        """A document by a process of its own, which has the time that a large table takes."""
        try:
            yield from self._askers.document({"form": form, "sql": chosen.sql, "values": chosen.values, "names": names})
        except Died:
            raise Invalid("query-too-heavy") from None

    def _written(self, path: Path, pieces: Iterator[bytes] | Sequence[bytes]) -> None:
        with tempfile.NamedTemporaryFile(dir=self._folder, delete=False) as made:
            try:
                made.writelines(pieces)
                made.close()
                Path(made.name).replace(path)
            except BaseException:
                Path(made.name).unlink(missing_ok=True)
                raise

    def _make_room(self) -> None:
        held = sorted(((one.stat().st_mtime, one) for one in self._folder.glob("*.parquet")), reverse=True)
        room = self._most
        for _, one in held:
            room -= one.stat().st_size
            if room < 0:
                one.unlink(missing_ok=True)
                one.with_suffix(".json").unlink(missing_ok=True)


def _parquet(rows: Sequence[Sequence[Any]]) -> bytes:
    kept = io.BytesIO()
    columns = list(zip(*rows, strict=True)) or [()] * len(statement.PAIR_NAMES)
    pq.write_table(pa.table([pa.array(one, pa.int64()) for one in columns], names=list(statement.PAIR_NAMES)), kept)
    return kept.getvalue()


def _whole(given: tables.Plain) -> int:
    return int(given or 0)


def _span(counts: Counts, change: str) -> tuple[int, int]:
    """First and last place of a kind of change: the kinds follow one another."""
    first = 1
    for kind in CHANGES:
        if kind == change:
            return first, first + counts.of(kind) - 1
        first += counts.of(kind)
    return 1, first - 1


def _row(
    asked: Pair, pair: tuple[int, int, Any, Any], old: Mapping[int, Sequence[Any]], new: Mapping[int, Sequence[Any]]
) -> RowChange:
    place, kind, was, now = pair
    before, after = old.get(was or 0, ()), new.get(now or 0, ())
    wide_old, wide_new = len(asked.old.types) + 1, len(asked.new.types) + 1
    differs = [name for name, one, other in zip(asked.columns, before[wide_old:], after[wide_new:], strict=False)
               if one != other]
    return RowChange(
        place=place, change=CHANGES[kind], old_row=was, new_row=now, differs=differs,
        old=dict(zip(asked.old.types, before[1:wide_old], strict=False)),
        new=dict(zip(asked.new.types, after[1:wide_new], strict=False)),
    )
