"""What SQLite says in its own way, and how cells go into it and come out again."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any, Final

import orjson

from catalog.adapters.tables_sqlite import exact
from catalog.rows import Word, family
from catalog.rows.statement import Sql, edged, plain
from standards.text import fold, nfc

AFFINITY: Final = {"int": "INTEGER", "bool": "INTEGER", "float": "REAL", "numeric": "NUMERIC"}
"""What columns are declared as; the other kinds are texts."""

_EDGE: Final = r"[\W_]"


def declared(kind: str) -> str:
    """Give what a column of this type is declared as."""
    return AFFINITY.get(family(kind), "TEXT")


def bound(kind: str, value: Any) -> Any:
    """Give a cell as the driver takes it."""
    if value is None:
        return None
    what = "numeric" if kind == exact.KIND else family(kind)
    if what == "numeric":
        return exact.stored(value)
    if what == "array":
        return orjson.dumps(value, default=str).decode()
    return value


def way_out(kind: str) -> Callable[[Any], Any] | None:
    """Give what makes a cell of what was stored, None where it is that already."""
    if kind == exact.KIND:
        return exact.number
    what = family(kind)
    if what == "bool":
        return bool
    return orjson.loads if what in ("json", "array") else None


class SqliteTongue:
    """SQLite's own ways; types of columns are those of ``exact.kinds``."""

    def mark(self, kind: str) -> str:
        """Give a mark; columns' affinities say what a value is compared as."""
        del kind
        return "?"

    def compared(self, name: str, kind: str) -> tuple[str, str]:
        """Compare numbers of any digits by their keys."""
        return (f"datamo_number({name})", "datamo_number(?)") if kind == exact.KIND else (name, "?")

    def bound(self, kind: str, value: Any) -> Any:
        """Give a value as the driver takes it."""
        return bound(kind, value)

    def sorted(self, name: str, kind: str, *, distinct: bool = False) -> str:  # noqa: ARG002 - another tongue's
        """Give a column: SQLite compares texts by their bytes."""
        return self.compared(name, kind)[0]

    def text(self, name: str, kind: str) -> str:
        """Give a column as text."""
        boolean = kind != exact.KIND and family(kind) == "bool"
        shown = f"CASE {name} WHEN 1 THEN 'true' WHEN 0 THEN 'false' END" if boolean else name
        return f"coalesce(CAST({shown} AS TEXT), '')"

    def holds(self, text: str, word: Word, *, folded: bool = False) -> Sql:  # noqa: ARG002 - another tongue's
        """Ask a function of ours."""
        return Sql(f"datamo_holds({text}, ?, ?)", (word.text, int(word.begins)))

    def hits(self, text: str, word: Word, *, folded: bool = False) -> Sql:  # noqa: ARG002 - another tongue's
        """Ask a function of ours."""
        return Sql(f"datamo_hits({text}, ?)", (word.text,))


@lru_cache(maxsize=256)
def _pattern(word: str, begins: int) -> tuple[bool, re.Pattern[str]]:
    one = Word(word, bool(begins))
    return plain(one), re.compile(edged(one, _EDGE))


def _holds(text: str, word: str, begins: int) -> bool:
    without, pattern = _pattern(word, begins)
    said = fold(text) if without else nfc(text).lower()
    return word in said and pattern.search(said) is not None


def _hits(text: str, word: str) -> int:
    return (fold(text) if plain(Word(word)) else nfc(text).lower()).count(word)


def teach(connection: sqlite3.Connection) -> None:
    """Give a connection the functions that the tongue speaks of."""
    connection.create_function("datamo_holds", 3, _holds, deterministic=True)
    connection.create_function("datamo_number", 1, exact.key, deterministic=True)
    connection.create_function("datamo_hits", 2, _hits, deterministic=True)


def read(kinds: Sequence[str], rows: Sequence[Sequence[Any]]) -> list[Sequence[Any]]:
    """Make rows of what was stored; ``kinds`` are those of the first columns."""
    ways = [(at, way) for at, kind in enumerate(kinds) if (way := way_out(kind)) is not None]
    if not ways or not rows:
        return list(rows)
    columns: list[Sequence[Any]] = list(zip(*rows, strict=True))
    for at, way in ways:
        columns[at] = [one if one is None else way(one) for one in columns[at]]
    return list(zip(*columns, strict=True))
