"""What PostgreSQL says in its own way, and how cells go into it and come out again."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any, Final

import orjson

from catalog.rows import Word, family, native
from catalog.rows.statement import Sql, edged, plain

_EDGE: Final = "[^[:alnum:]]"
_FOLDED: Final = "replace(regexp_replace(normalize(lower({text}), NFD), '[\u0300-\u036f]', '', 'g'), 'đ', 'd')"


def declared(kind: str) -> str:
    """Give the type as PostgreSQL writes it: ``text[]`` for a list of texts."""
    name = native(kind)
    return f"{name[1:]}[]" if name.startswith("_") else name


class PostgresTongue:
    """PostgreSQL's own ways."""

    def mark(self, kind: str) -> str:
        """Give a mark with the type of the column."""
        return f"%s::{'text' if family(kind) == 'json' else declared(kind)}"

    def bound(self, kind: str, value: Any) -> Any:
        """Values go as they are."""
        del kind
        return value

    def compared(self, name: str, kind: str) -> tuple[str, str]:
        """Compare a column as it is."""
        return name, self.mark(kind)

    def sorted(self, name: str, kind: str, *, distinct: bool = False) -> str:
        """Order texts by their code points, whatever the database's own order is; JSON has none but as text."""
        if distinct:  # they are ordered by what is shown
            return name
        what = family(kind)
        return f'{name}::text COLLATE "C"' if what == "json" else f'{name} COLLATE "C"' if what == "text" else name

    def text(self, name: str, kind: str) -> str:
        """Give a column as text."""
        shown = f"to_json({name})" if family(kind) in ("array", "timestamp") else name
        return f"coalesce({shown}::text, '')"

    def holds(self, text: str, word: Word, *, folded: bool = False) -> Sql:  # noqa: ARG002 - another tongue's
        """Look for the word between what are no letters."""
        said = _FOLDED.format(text=text) if plain(word) else f"normalize(lower({text}), NFC)"
        return Sql(f"{said} ~ %s", (edged(word, _EDGE),))

    def hits(self, text: str, word: Word, *, folded: bool = False) -> Sql:  # noqa: ARG002 - another tongue's
        """Count by how much shorter the text is without them."""
        said = _FOLDED.format(text=text) if plain(word) else f"normalize(lower({text}), NFC)"
        return Sql(f"(length({said}) - length(replace({said}, %s, ''))) / {len(word.text)}", (word.text,))


def way_out(kind: str) -> Callable[[Any], Any] | None:
    """Give what makes a cell of what the driver gave, None where it is that already."""
    what = family(kind)
    if what == "numeric":
        return _number
    return _moment if what in ("date", "time", "timestamp") else None


def _number(value: Decimal) -> int | Decimal:
    return int(value) if str(value).lstrip("-").isdecimal() else value


def _moment(value: date | time | datetime) -> str:
    return value.isoformat()


def read(kinds: Sequence[str], rows: Sequence[Sequence[Any]]) -> list[Sequence[Any]]:
    """Make rows of what the driver gave; ``kinds`` are those of the first columns."""
    ways = [(at, way) for at, kind in enumerate(kinds) if (way := way_out(kind)) is not None]
    if not ways or not rows:
        return list(rows)
    columns: list[Sequence[Any]] = list(zip(*rows, strict=True))
    for at, way in ways:
        columns[at] = [one if one is None else way(one) for one in columns[at]]
    return list(zip(*columns, strict=True))


def written(kind: str, value: Any) -> Any:
    """Give a cell for COPY, which takes texts: a list as PostgreSQL writes it."""
    return _listed(value) if family(kind) == "array" and value is not None else value


def _listed(values: Sequence[Any]) -> str:
    return "{" + ",".join("NULL" if one is None else orjson.dumps(str(one)).decode() for one in values) + "}"
