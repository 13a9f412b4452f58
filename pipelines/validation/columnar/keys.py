"""Unique fields, primary keys and foreign keys: hashes of every row in one pass, the values only where hashes meet."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import IO, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pac

from pipelines.validation.columnar.cells import INTEGER, TEXT, Cells, Column, plain, told_apart
from pipelines.validation.columnar.numbers import number_rule, without_plus
from pipelines.validation.columnar.plan import HandBack
from pipelines.validation.columnar.screens import missing_of
from pipelines.validation.columnar.texts import Texts

NONE = np.int64(-6148914691236517206)
"""Stands for "no value" in a composite key; alone, such a row is left out."""
UNHASHABLE = frozenset({"array", "object", "geojson", "geopoint", "list"})


IN_MEMORY = 1 << 20
"""Hashes of one key that are held; what is more lies in a temporary file."""
MOST_TURNS = 16


class Hashes:
    """64-bit hashes (int64) of one key, 8 bytes a row: the latest in memory, the others in a temporary file."""

    def __init__(self, in_memory: int = IN_MEMORY) -> None:
        self._in_memory = in_memory
        self._parts: list[Any] = []
        self._held = self._written = 0
        self._file: IO[bytes] | None = None

    def add(self, hashes: Any) -> None:
        """Keep some."""
        self._parts.append(hashes)
        self._held += len(hashes)
        if self._held >= self._in_memory:
            if self._file is None:
                self._file = tempfile.TemporaryFile(prefix="datamo-keys-")  # noqa: SIM115 - lives as long as the run
            for part in self._parts:
                self._file.write(part.tobytes())
            self._written += self._held
            self._parts, self._held = [], 0

    def surplus(self) -> int:
        """How many of those in memory were there before; 0 when some lie in a file already."""
        if self._written or not self._parts:
            return 0
        return self._held - len(np.unique(np.concatenate(self._parts)))

    def repeated(self) -> Any:
        """Those that occurred more than once, each once; a share of all possible hashes at a time."""
        turns = min(MOST_TURNS, self._written // (2 * self._in_memory) + 1)
        found = [_repeated([part[part % turns == turn] for part in self._every()]) for turn in range(turns)]
        return np.concatenate(found)

    def _every(self) -> Iterator[Any]:
        yield from self._parts
        if self._file is not None:
            self._file.seek(0)
            while chunk := self._file.read(8 * self._in_memory):
                yield np.frombuffer(chunk, dtype=np.int64)


def _repeated(parts: list[Any]) -> Any:
    every = np.concatenate([np.empty(0, dtype=np.int64), *parts])
    every.sort()
    return np.unique(every[1:][every[1:] == every[:-1]])


class KeyColumn:
    """One column of a key: text cells → 64-bit hashes of the values that Frictionless reads, and which are None."""

    def __init__(self, one: Any) -> None:
        self.missing = missing_of(one)
        self._reader = one.create_cell_reader()
        self._plain = one.type in ("string", "any") and one.format == "default"
        self._digits = number_rule(one, {}, point=False) if one.type == "integer" else None

    def hashes(self, column: Column, missing: Any) -> tuple[Any, Any]:
        """Hashes (int64) and a mask of the cells that are read as None."""
        if isinstance(column, Cells):
            return self._of_cells(column, missing)
        return self._of_texts(column, missing)

    def _of_cells(self, cells: Cells, missing: Any) -> tuple[Any, Any]:
        if cells.present <= {TEXT}:
            return self._of_texts(cells.texts, missing)
        if cells.present <= {INTEGER} and self._digits is not None and self._digits(cells.digits).all():
            hashes, empty = self._of_texts(cells.digits, missing)
            return hashes, empty
        values = [None if absent else self._reader(one)[0] for one, absent in zip(cells.values, missing, strict=True)]
        if any(one != one for one in values):  # noqa: PLR0124 - NaN, whose sameness is its place in memory
            raise HandBack("not-a-number-in-key")
        empty = np.fromiter((value is None for value in values), dtype=bool, count=len(values))
        return np.fromiter(map(hash, values), dtype=np.int64, count=len(values)), empty

    def _of_texts(self, texts: Texts, missing: Any) -> tuple[Any, Any]:
        if self._digits is None:
            return self._read(texts, missing)
        good = self._digits(texts) & ~missing
        if good.all():
            return _hashes_of_integers(texts.array), ~good
        hashes, empty = np.empty(len(good), dtype=np.int64), np.zeros(len(good), dtype=bool)
        hashes[good] = _hashes_of_integers(texts.array.filter(pa.array(good)))
        rest = Texts.of(texts.array.filter(pa.array(~good)))
        hashes[~good], empty[~good] = self._read(rest, missing[~good])
        return hashes, empty

    def _read(self, texts: Texts, missing: Any) -> tuple[Any, Any]:
        cells = texts.array.to_pylist()
        if self._plain:
            return np.fromiter(map(hash, cells), dtype=np.int64, count=len(cells)), missing
        known: dict[str, Any] = {}
        values = [known[cell] if cell in known else known.setdefault(cell, self._reader(cell)[0]) for cell in cells]
        empty = np.fromiter((value is None for value in values), dtype=bool, count=len(values))
        return np.fromiter(map(hash, values), dtype=np.int64, count=len(values)), empty


def _hashes_of_integers(array: Any) -> Any:
    """What Python's ``hash`` gives for integers of up to 18 digits: themselves, and -2 for -1."""
    values = pac.cast(without_plus(array), pa.int64()).to_numpy(zero_copy_only=False)
    return np.where(values == -1, -2, values)


@dataclass(slots=True)
class Key:
    """A unique field (one column, ``primary`` False) or the primary key, with the hashes seen so far."""

    name: str
    columns: tuple[int, ...]
    readers: tuple[KeyColumn, ...]
    primary: bool
    seen: Hashes = field(default_factory=Hashes)

    def hashes(self, texts: Sequence[Column], missing: Sequence[Any]) -> tuple[Any, Any]:
        """Hashes of a batch and a mask of its rows whose key is None throughout."""
        total, empty = None, None
        for index, reader in zip(self.columns, self.readers, strict=True):
            one, none = reader.hashes(texts[index], missing[index])
            one = np.where(none, NONE, one)
            if total is None:
                total, empty = one, none
            else:
                with np.errstate(over="ignore"):
                    total = total * np.int64(1_000_003) + one
                empty = empty & none
        return total, empty

    def note(self, hashes: Any, empty: Any) -> None:
        """Keep a batch's hashes; rows without a key do not count."""
        self.seen.add(hashes[~empty] if empty.any() else hashes)

    def note_one(self, value: Any) -> None:
        """Keep the hash of one row that was read by Frictionless's Row."""
        self.seen.add(np.array([self.hash_of(value)], dtype=np.int64))

    def hash_of(self, value: Any) -> int:
        """The hash of a key as ``hashes`` makes it; ``value`` is a tuple of read values."""
        with np.errstate(over="ignore"):
            total = np.int64(0)
            for index, one in enumerate(value):
                own = NONE if one is None else np.int64(hash(one))
                total = own if index == 0 else total * np.int64(1_000_003) + own
        return int(total)

    def repeated(self) -> Any:
        """The hashes that occurred more than once."""
        return self.seen.repeated()


@dataclass(slots=True)
class ForeignKey:
    """A foreign key whose referenced rows Frictionless has read into ``known`` (a set of tuples)."""

    columns: tuple[int, ...]
    readers: tuple[Callable[[Any], Any], ...]
    known: set[Any]
    verdicts: dict[Any, bool] = field(default_factory=dict)

    def certainly_good(self, columns: Sequence[Column]) -> Any:
        """Which rows of a batch certainly refer to something (or to nothing at all)."""
        own = [columns[index] for index in self.columns]
        keys = zip(*(told_apart(one) for one in own), strict=True)
        values = zip(*(plain(one) for one in own), strict=True)
        return np.fromiter((self._good(*one) for one in zip(keys, values, strict=True)), dtype=bool)

    def _good(self, key: Any, values: Any) -> bool:
        try:
            verdict = self.verdicts.get(key)
        except TypeError:  # a list or an object in a cell: its row is for Frictionless to read
            return False
        if verdict is None:
            read = tuple(reader(cell)[0] for reader, cell in zip(self.readers, values, strict=True))
            verdict = self.verdicts[key] = set(read) == {None} or read in self.known
        return verdict
