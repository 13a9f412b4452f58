"""Unique fields, primary keys and foreign keys: hashes of every row in one pass, the values only where hashes meet."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from pipelines.validation.columnar.screens import missing_of
from pipelines.validation.columnar.texts import Texts

NONE = np.int64(-6148914691236517206)
"""Stands for "no value" in a composite key; alone, such a row is left out."""
UNHASHABLE = frozenset({"array", "object", "geojson", "geopoint", "list"})


def _hash_of(value: Any) -> int:
    return hash(value)


class KeyColumn:
    """One column of a key: text cells → 64-bit hashes of the values that Frictionless reads, and which are None."""

    def __init__(self, one: Any) -> None:
        self.missing = missing_of(one)
        self._reader = one.create_cell_reader()
        self._plain = one.type in ("string", "any") and one.format == "default"

    def hashes(self, texts: Texts, missing: Any) -> tuple[Any, Any]:
        """Hashes (int64) and a mask of the cells that are read as None."""
        cells = texts.array.to_pylist()
        if self._plain:
            return np.fromiter(map(hash, cells), dtype=np.int64, count=len(cells)), missing
        known: dict[str, Any] = {}
        values = [known[cell] if cell in known else known.setdefault(cell, self._reader(cell)[0]) for cell in cells]
        empty = np.fromiter((value is None for value in values), dtype=bool, count=len(values))
        return np.fromiter((_hash_of(value) for value in values), dtype=np.int64, count=len(values)), empty


@dataclass(slots=True)
class Key:
    """A unique field (one column, ``primary`` False) or the primary key, with the hashes seen so far."""

    name: str
    columns: tuple[int, ...]
    readers: tuple[KeyColumn, ...]
    primary: bool
    parts: list[Any] = field(default_factory=list)

    def hashes(self, texts: Sequence[Texts], missing: Sequence[Any]) -> tuple[Any, Any]:
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
        self.parts.append(hashes[~empty] if empty.any() else hashes)

    def note_one(self, value: Any) -> None:
        """Keep the hash of one row that was read by Frictionless's Row."""
        self.parts.append(np.array([self.hash_of(value)], dtype=np.int64))

    def hash_of(self, value: Any) -> int:
        """The hash of a key as ``hashes`` makes it; ``value`` is a tuple of read values."""
        with np.errstate(over="ignore"):
            total = np.int64(0)
            for index, one in enumerate(value):
                own = NONE if one is None else np.int64(hash(one))
                total = own if index == 0 else total * np.int64(1_000_003) + own
        return int(total)

    def repeated(self) -> Any:
        """The hashes that occurred more than once, sorted."""
        if not self.parts:
            return np.empty(0, dtype=np.int64)
        every = np.concatenate(self.parts)
        self.parts = [every]
        every.sort()
        return np.unique(every[1:][every[1:] == every[:-1]])


@dataclass(slots=True)
class ForeignKey:
    """A foreign key whose referenced rows Frictionless has read into ``known`` (a set of tuples)."""

    columns: tuple[int, ...]
    readers: tuple[Callable[[Any], Any], ...]
    known: set[Any]
    verdicts: dict[Any, bool] = field(default_factory=dict)

    def certainly_good(self, texts: Sequence[Texts]) -> Any:
        """Which rows of a batch certainly refer to something (or to nothing at all)."""
        columns = [texts[index].array.to_pylist() for index in self.columns]
        keys = list(zip(*columns, strict=True))
        return np.fromiter((self._good(key) for key in keys), dtype=bool, count=len(keys))

    def _good(self, key: Any) -> bool:
        verdict = self.verdicts.get(key)
        if verdict is None:
            read = tuple(reader(cell)[0] for reader, cell in zip(self.readers, key, strict=True))
            verdict = self.verdicts[key] = set(read) == {None} or read in self.known
        return verdict
