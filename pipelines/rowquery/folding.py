"""Words looked for in cells, in DuckDB's words: folded as a search folds them, or in texts that were folded before."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from pipelines.rowquery import Kind
from pipelines.rowquery.values import Sql
from standards.text import fold, nfc

MOST_COLUMNS: Final = 300
MOST_NUMBERS: Final = 12
"""Columns of numbers with a point that a serving file holds as texts too: each takes nine bytes a row."""
PLAIN: Final = frozenset({"integer", "number", "boolean", "date", "time"})
"""Kinds whose cells, written as text, have no marks and no capitals to be folded."""


def folded_names(known: Mapping[str, Kind]) -> dict[str, str]:
    """Name the columns beside these that hold their texts folded: ``_search0`` and so on, or what is free.

    Numbers stand there as they are written: to write one with a point costs more than to look into it.
    """
    prefix = "_search"
    while any(name.startswith(prefix) for name in known):
        prefix += "_"
    texts = [name for name, kind in known.items() if kind == "string"][:MOST_COLUMNS]
    numbers = [name for name, kind in known.items() if kind == "number"][:MOST_NUMBERS]
    return {name: f"{prefix}{at}" for at, name in enumerate(texts + numbers)}


def folded_texts(known: Mapping[str, Kind]) -> str:
    """Give the columns of ``folded_names``, each text folded as ``search`` folds it, behind a comma."""
    return "".join(f", {folded(quoted(name)) if known[name] == 'string' else as_text(name)} AS {quoted(made)}"
                   for name, made in folded_names(known).items())


def as_text(name: str) -> str:
    """Write a column's cells as the files write them."""
    return f"CAST({quoted(name)} AS VARCHAR)"


def folded(cell: str) -> str:
    """Fold a text: small letters without marks, đ as d."""
    return f"replace(strip_accents(lower({cell})), 'đ', 'd')"


def in_any(cells: Sequence[Cell], word: str) -> Sql:
    """A word in one of several texts; one that is missing does not hold it."""
    held = [in_one(*one, word) for one in cells]
    return joined([Sql(f"coalesce({one.text}, false)", "boolean", one.values) for one in held], " OR ")


Cell = tuple[str, Kind, str]
"""A cell as a text, the kind of its column, and the column that has it folded ("" where the file has none)."""


def in_one(cell: str, kind: Kind, made: str, word: str) -> Sql:
    """A word in a cell: without marks it finds any, with marks only what has them; nothing is said of one missing.

    To fold a cell costs twenty times as much as to look into it: what was folded before is asked first.
    """
    value = nfc(word).lower()
    bare = fold(value) == value
    if kind in PLAIN:
        return Sql(f"contains({quoted(made) if made else cell}, ?)", "boolean", (value,))
    if not made:
        return Sql(f"contains({folded(cell) if bare else f'lower({cell})'}, ?)", "boolean", (value,))
    first = f"contains({quoted(made)}, {'?' if bare else folded('?')})"
    if bare:
        return Sql(first, "boolean", (value,))
    whole = f"CASE WHEN {quoted(made)} IS NULL THEN NULL WHEN {first} THEN contains(lower({cell}), ?) ELSE false END"
    return Sql(f"({whole})", "boolean", (value, value))


def joined(pieces: Sequence[Sql], word: str) -> Sql:
    """Put conditions together with a word between them."""
    values = tuple(value for one in pieces for value in one.values)
    return Sql("(" + word.join(one.text for one in pieces) + ")", "boolean", values)


def quoted(name: str) -> str:
    """Write a column's name as DuckDB does."""
    return '"' + name.replace('"', '""') + '"'
