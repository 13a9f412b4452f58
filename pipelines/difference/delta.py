"""A delta: the lines that make a newer version's canonical CSV, byte for byte, out of an older one's; ``replay`` does.

The first line names both files by hash; then come, in the order of the newer file, runs of rows that stay (``keep``),
rows that changed in some cells (``change``) and new rows (``add``); then rows that are gone (``remove``), for whoever
keeps a table by its key; ``end`` says that nothing is missing. Rows are numbered from 1.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from catalog.errors import Invalid
from pipelines.askers import Askers, Died
from pipelines.difference.statement import ID, marked, numbered
from pipelines.rowquery.paging import Select

FORM: Final = "datamo-delta/1"
NAMES: Final = ("op", "from", "count", "cells", "was")
LONGEST_LINE: Final = 8 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Canonical:
    """A version's canonical CSV: its file, the file's hash, its columns in order and how many rows it has."""

    path: str
    sha256: str
    columns: tuple[str, ...]
    rows: int | None = None
    version: int = 0


def header(path: str) -> tuple[str, ...]:
    """Read the columns of a canonical CSV."""
    with open(path, encoding="utf-8", newline="") as file:  # noqa: PTH123 - a path of the store's own
        return tuple(next(csv.reader(file), ()))


def lines(askers: Askers, old: Canonical, new: Canonical, key: Sequence[str] = ()) -> Iterator[bytes]:
    """Give the delta line by line; raises Invalid('query-too-heavy'), Unavailable('busy') before the first.

    A delta that breaks off has no ``end``.
    """
    chosen = statement(old, new, key)
    pieces = askers.document({"form": "ndjson", "sql": chosen.sql, "values": chosen.values, "names": NAMES})
    return _written(pieces, old, new, key)


def _written(pieces: Iterator[bytes], old: Canonical, new: Canonical, key: Sequence[str]) -> Iterator[bytes]:
    yield _line({
        "delta": FORM, "from": _side(old), "to": _side(new), "key": list(key),
    })
    try:
        for told in _whole_lines(pieces):
            yield _line(_operation(json.loads(told), old, new, key))
    except Died:
        raise Invalid("query-too-heavy") from None
    yield _line({"op": "end"})


def _side(one: Canonical) -> dict[str, Any]:
    return {"version": one.version, "sha256": one.sha256, "rows": one.rows, "columns": list(one.columns)}


def _whole_lines(pieces: Iterator[bytes]) -> Iterator[bytes]:
    left = b""
    for piece in pieces:
        *whole, left = (left + piece).split(b"\n")
        yield from whole
    if left:
        yield left


def _operation(told: Mapping[str, Any], old: Canonical, new: Canonical, key: Sequence[str]) -> dict[str, Any]:
    op = told["op"]
    if op == "keep":
        return {"op": op, "from": told["from"], "count": told["count"]}
    cells = json.loads(told["cells"]) if told["cells"] else []
    if op == "add":
        return {"op": op, "row": cells}
    was = dict(zip(old.columns, json.loads(told["was"]), strict=True))
    if op == "remove":
        gone = {"key": [was[one] for one in key]} if key else {"row": [*was.values()]}
        return {"op": op, "from": told["from"], **gone}
    now = dict(zip(new.columns, cells, strict=True))
    differs = {name: cell for name, cell in now.items() if was.get(name, "") != cell}
    return {"op": op, "from": told["from"], "key": [now[one] for one in key], "cells": differs}


def _line(told: Mapping[str, Any]) -> bytes:
    return json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def statement(old: Canonical, new: Canonical, key: Sequence[str]) -> Select:
    """Ask two CSV files of ours for the operations: cells are compared as they are written, none is read as a number.

    A column that only the newer file has is empty in the older one.
    """
    by = tuple(key) or new.columns
    rest = [name for name in new.columns if name not in by]
    marks = []
    for one in (old, new):
        texts = [[_cell(one, name) for name in names] for names in (by, rest)]
        k, h = map(marked, texts)
        marks.append(numbered(f"SELECT {ID} AS i, {k} AS k, {h} AS h FROM ({_rows(one)})"))  # noqa: S608
    was, now = (f"[{', '.join(f'c{at}' for at in range(len(one.columns)))}] AS cells" for one in (old, new))
    sql = (
        f"WITH o AS ({marks[0]}), n AS ({marks[1]}), "  # noqa: S608 - our own words only
        f"was AS (SELECT {ID}, {was} FROM ({_rows(old)})), now AS (SELECT {ID}, {now} FROM ({_rows(new)})), "
        "pairs AS (SELECT o.i AS old, n.i AS new, o.h IS NOT DISTINCT FROM n.h AS same "
        "FROM o FULL JOIN n ON o.k = n.k AND o.r = n.r), "
        "kept AS (SELECT old, new, new - row_number() OVER (PARTITION BY old - new ORDER BY new) AS run "
        "FROM pairs WHERE old IS NOT NULL AND new IS NOT NULL AND same), "
        "told AS ("
        "SELECT min(new) AS place, 'keep' AS op, min(old) AS f, count(*) AS c, NULL::VARCHAR[] AS cells, "
        "NULL::VARCHAR[] AS was FROM kept GROUP BY old - new, run "
        "UNION ALL SELECT new, 'change', old, 1, now.cells, was.cells FROM pairs "
        f"JOIN now ON now.{ID} = new JOIN was ON was.{ID} = old WHERE NOT same "
        f"UNION ALL SELECT new, 'add', NULL, 1, now.cells, NULL FROM pairs JOIN now ON now.{ID} = new "
        "WHERE old IS NULL "
        f"UNION ALL SELECT 4611686018427387904 + old, 'remove', old, 1, NULL, was.cells FROM pairs "
        f"JOIN was ON was.{ID} = old WHERE new IS NULL) "
        'SELECT op, f AS "from", c AS count, cells, was FROM told ORDER BY place'
    )
    return Select(sql=sql, values=(old.path, new.path, old.path, new.path))


def _cell(one: Canonical, name: str) -> str:
    return f"c{one.columns.index(name)}" if name in one.columns else "''"


def _rows(one: Canonical) -> str:
    """The rows of a CSV file with their numbers, every cell as its text; an empty one is an empty text."""
    kinds = ", ".join(f"'c{at}': 'VARCHAR'" for at in range(len(one.columns)))
    cells = ", ".join(f"coalesce(c{at}, '') AS c{at}" for at in range(len(one.columns)))
    return (
        f"SELECT row_number() OVER () AS {ID}, {cells} FROM read_csv(?, columns = {{{kinds}}}, header = true, "  # noqa: S608
        "auto_detect = false, delim = ',', quote = '\"', escape = '\"', new_line = '\\n', parallel = false, "
        f"max_line_size = {LONGEST_LINE}, buffer_size = {LONGEST_LINE * 2})"
    )
