"""Snapshots of tables that change: one revision's rows in an immutable Parquet file, made for heavy questions."""

from __future__ import annotations

import contextlib
import ctypes
import hashlib
import json
import os
import tempfile
import threading
import time
import weakref
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import time as clock_time
from decimal import Decimal
from functools import partial
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

from catalog.errors import Refusal
from catalog.rows import All, Ask, Family, Table, family
from pipelines.serving.shelf import Shelf
from standards import late
from standards.text import fold

if TYPE_CHECKING:
    import pyarrow as pa
    import pyarrow.compute as pc
    import pyarrow.parquet as pq
else:
    pa = late.module("pyarrow")
    pc = late.module("pyarrow.compute")
    pq = late.module("pyarrow.parquet")

SMALL: Final = 20_000
"""Rows up to which a table is asked itself: it answers as quickly, and no file has to be made."""
STILL: Final = 2.0
"""Seconds that a table has not changed before a file is made of it: while it is being filled, it answers itself."""
GROUP: Final = 122_880
FOLDED: Final = "_full_text"
"""The column in which each row stands as one text without marks and capitals, for words."""
KEPT: Final = 2
"""Revisions whose files stay: somebody may still be reading the one before."""

SERVED: Final = 10_000_000_000
"""Bytes that the serving files of snapshots may take on a machine."""

SERVING: Final = "pipelines.serving.work:make_plainly"

SWEEP_SECONDS: Final = 60.0
"""How long a file may outlive rows that were taken away, by anybody and also on another machine."""

Pages = tuple[Table, Iterator[Sequence[Sequence[Any]]]]

_TYPES: Final[Mapping[Family, str]] = MappingProxyType({
    "int": "int64", "float": "float64", "numeric": "float64", "bool": "bool", "date": "date32", "time": "time64[us]",
    "timestamp": "timestamp[us]",
})
"""What columns are in the file; all others are texts."""


class Snapshots:
    """Files of snapshots in a folder that processes of a site may share; of one's own where none is given."""

    def __init__(
        self, folder: Path | None = None, *, small: int = SMALL, still: float = STILL,
        living: Callable[[], Iterable[Table]] | None = None,
    ) -> None:
        """``living`` tells the tables there are: files of other tables and revisions are swept away each minute."""
        self._living = living
        self._keeper: threading.Thread | None = None
        self._own = tempfile.TemporaryDirectory(prefix="datamo-snapshots-") if folder is None else None
        self._folder = Path(self._own.name) if self._own else Path(folder or "")
        self._small, self._still = small, still
        self.shelf = Shelf(self._folder / "serving", SERVED, least_rows=small, maker=SERVING,
                           holds=partial(_there, self._folder))
        """Serving files of the snapshots: made when one is asked, gone when it goes."""
        self._making: dict[str, threading.Lock] = {}
        self._seen: dict[str, tuple[tuple[str, int], float]] = {}
        self._guard = threading.Lock()
        if self._folder.is_dir() and any(self._folder.iterdir()):  # of a process before this one
            self._keep()

    def helps(self, table: Table, ask: Ask) -> bool:
        """Whether a question to a table is better asked of its snapshot."""
        light = ask.where == All(()) and not (ask.texts or ask.order or ask.distinct)
        if light or table.count <= self._small:
            return False
        return bool(ask.texts) or self._path(table).exists() or self._is_still(table)

    def _is_still(self, table: Table) -> bool:
        state, now = (table.mark, table.revision), time.monotonic()
        with self._guard:
            seen, since = self._seen.get(table.id, (("", 0), now))
            if seen != state:
                since = now
            self._seen[table.id] = (state, since)
        return now - since >= self._still

    def of(self, table: Table, pages: Callable[[], Pages]) -> str:
        """Give the file of a table's revision, or of a newer one, made unless it is there."""
        with self._guard:
            lock = self._making.setdefault(table.id, threading.Lock())
        with lock:
            path = self._path(table)
            if not path.exists():
                held, found = pages()
                path = self._path(held)
                self._write(path, held, found)
                _give_back()
                self._tidy(held, path)
        self._keep()
        return str(path)

    def served(self, table: Table, path: str) -> str | None:
        """Give the serving file of a snapshot; None while there is none: then one is made of a large one."""
        return self.shelf.find(_key(Path(path).name), table.count, path)

    def _remove(self, gone: Iterable[Path]) -> None:
        """Remove files, and what was made of them; nobody goes on who has one open."""
        every = list(gone)
        for one in every:
            one.unlink(missing_ok=True)
            self.shelf.drop(_key(one.name))
        if every:
            self.shelf.left()

    def _path(self, table: Table) -> Path:
        name = hashlib.sha256(table.id.encode()).hexdigest()[:32]
        return self._folder / f"{name}-{table.mark}-{table.revision:012d}.parquet"

    def _write(self, path: Path, table: Table, pages: Iterator[Sequence[Sequence[Any]]]) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        kinds = list(table.types().items())
        columns = [(name, pa.type_for_alias(_TYPES.get(family(kind), "string"))) for name, kind in kinds]
        schema = pa.schema([*columns, (FOLDED, pa.string())])
        made = path.with_name(f"{path.name}.{os.getpid()}-{threading.get_ident()}")
        try:
            with pq.ParquetWriter(made, schema, compression="lz4", use_dictionary=True) as writer:
                for batch in _grouped(pages, [kind for _, kind in kinds], schema):
                    writer.write_table(batch, row_group_size=GROUP)
            made.replace(path)
        finally:
            made.unlink(missing_ok=True)

    def _tidy(self, table: Table, made: Path) -> None:
        """Remove files of older revisions, and of tables that had the same id before."""
        prefix = self._path(table).name.partition("-")[0]
        others = sorted(one for one in self._folder.glob(f"{prefix}-*.parquet") if one != made)
        same = [one for one in others if one.name.startswith(f"{prefix}-{table.mark}-")]
        self._remove(one for one in others if one not in same[-(KEPT - 1):])

    def forget(self, key: str) -> None:
        """Remove every file of a table: it was taken away."""
        self._remove(self._folder.glob(f"{hashlib.sha256(key.encode()).hexdigest()[:32]}-*"))

    def sweep(self) -> int:
        """Remove what is not the newest state of a table there is, so that rows erased anywhere leave here too.

        Gives how many files went; none where nobody can tell the tables now. A file being made is left alone.
        """
        if self._living is None:
            return 0
        old = list(self._folder.glob("*.parquet"))  # before asking: what is made meanwhile is of a newer state
        try:
            held = {self._path(table).name for table in self._living()}
        except Refusal:
            return 0
        gone = [one for one in old if one.name not in held]
        self._remove(gone)
        return len(gone)

    def _keep(self) -> None:
        """Begin to sweep, in a thread that ends with the process."""
        with self._guard:
            if self._keeper is None and self._living is not None:
                of = weakref.ref(self)
                self._keeper = threading.Thread(target=_sweep_on, args=(of,), name="snapshots", daemon=True)
                self._keeper.start()


def _give_back() -> None:
    """Give the memory in which a file was made back to the machine: Arrow's, and what the C library kept of it."""
    pa.default_memory_pool().release_unused()
    with contextlib.suppress(AttributeError, OSError):  # only glibc has it
        ctypes.CDLL(None).malloc_trim(0)


def _key(name: str) -> str:
    """Give the name under which the shelf has what was made of a file."""
    return hashlib.sha256(name.encode()).hexdigest()


def _there(folder: Path, key: str) -> bool:
    return any(_key(one.name) == key for one in folder.glob("*.parquet"))


def _sweep_on(of: weakref.ref[Snapshots]) -> None:
    """Sweep while somebody uses the snapshots."""
    while True:
        time.sleep(SWEEP_SECONDS)
        if (snapshots := of()) is None:
            return
        snapshots.sweep()
        del snapshots


def _grouped(pages: Iterator[Sequence[Sequence[Any]]], kinds: Sequence[str], schema: Any) -> Iterator[Any]:
    """Put pages together until they fill a row group."""
    held: list[Any] = []
    rows = 0
    for page in pages:
        columns = [_column(kind, list(cells)) for kind, cells in zip(kinds, zip(*page, strict=True), strict=True)]
        held.append(pa.Table.from_arrays([*columns, _folded(columns[1:], len(page))], schema=schema))
        rows += len(page)
        if rows >= GROUP:
            yield pa.concat_tables(held)
            held, rows = [], 0
    if held:
        yield pa.concat_tables(held)


def _folded(columns: Sequence[Any], rows: int) -> Any:
    """Put the cells of each row into one folded text; each different text is folded once."""
    if not columns:
        return pa.array([""] * rows, pa.string())
    texts = []
    for one in columns:
        if pa.types.is_string(one.type):
            apart = one.dictionary_encode()
            texts.append(pa.array(folds(apart.dictionary.to_pylist()), pa.string()).take(apart.indices))
        else:
            texts.append(pc.cast(one, pa.string()))
    return pc.binary_join_element_wise(*texts, " ", null_handling="skip")


def folds(texts: Sequence[str]) -> list[str]:
    """Fold texts all in one: a tenth of the time; nothing composes across a NUL, which no cell holds."""
    folded = fold("\0".join(texts)).split("\0") if texts else []
    return folded if len(folded) == len(texts) else list(map(fold, texts))


def _column(kind: str, cells: list[Any]) -> Any:
    what = family(kind)
    if what in ("json", "array"):
        return pa.array([one if one is None or isinstance(one, str) else _told(one) for one in cells], pa.string())
    if what == "numeric":
        return pa.array([one if one is None else float(one) for one in cells], pa.float64())
    if what == "time":
        times = [one if one is None else clock_time.fromisoformat(one) for one in cells]
        return pa.array(times, pa.type_for_alias(_TYPES[what]))
    if what in ("date", "timestamp"):
        return pc.cast(pa.array(cells, pa.string()), pa.type_for_alias(_TYPES[what]))
    return pa.array(cells, pa.type_for_alias(_TYPES.get(what, "string")))


def _told(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), default=_plain)


def _plain(value: Any) -> Any:
    return float(value) if isinstance(value, Decimal) else str(value)

