"""The statements that compare two versions of a table; names of columns are the tables' own, all else is a parameter.

Rows are compared by 128 bits of the hash of an unambiguous text of their cells, so that memory holds a few numbers of
each row and no cell.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from pipelines.difference import Pair, Side
from pipelines.rowquery.paging import Select

ID: Final = "_id"
PAIR_NAMES: Final = (ID, "change", "old", "new")


def pairs(asked: Pair) -> Select:
    """Ask for the rows that differ: number, kind of change (its place in CHANGES), row in the old and the new table."""
    return paired(side(asked, asked.old), side(asked, asked.new))


def paired(old: Select, new: Select) -> Select:
    """Put the rows of two sides together: each gives number ``i``, mark of the row ``k``, mark of the rest ``h``.

    The i-th row with a mark belongs to the i-th with that mark on the other side.
    """
    sql = (
        f"WITH o AS ({numbered(old.sql)}), n AS ({numbered(new.sql)}), "  # noqa: S608 - our own words only
        "found AS (SELECT o.i AS old, n.i AS new FROM o FULL JOIN n ON o.k = n.k AND o.r = n.r "
        "WHERE o.i IS NULL OR n.i IS NULL OR o.h <> n.h), "
        "told AS (SELECT CASE WHEN old IS NULL THEN 1 WHEN new IS NULL THEN 2 ELSE 0 END AS change, old, new "
        f"FROM found) SELECT row_number() OVER (ORDER BY change, coalesce(new, old)) AS {ID}, change, old, new "
        f"FROM told ORDER BY {ID}"
    )
    return Select(sql=sql, values=(*old.values, *new.values))


def numbered(side: str) -> str:
    """Number the rows of a side that have the same mark."""
    return f"SELECT i, k, h, row_number() OVER (PARTITION BY k ORDER BY i) AS r FROM ({side})"  # noqa: S608


def side(asked: Pair, one: Side) -> Select:
    """Give number and marks of every row of a version."""
    by = asked.key or asked.columns
    rest = [name for name in asked.columns if name not in by]
    marks = [marked([text(name, name in asked.loose) for name in names]) for names in (by, rest)]
    sql = f"SELECT {ID} AS i, {marks[0]} AS k, {marks[1]} AS h FROM read_parquet(?)"  # noqa: S608
    return Select(sql=sql, values=(one.path,))


def marked(texts: Sequence[str]) -> str:
    """Hash cells: each is written with its length before it, so that no two different rows are written alike."""
    if not texts:
        return "0::UHUGEINT"
    said = " || ".join(f"coalesce(strlen({one})::VARCHAR || ':' || {one}, '~')" for one in texts)
    return f"md5_number(sha256({said}))"


def text(name: str, loose: bool = False, table: str = "") -> str:
    """Write a cell as text; ``loose`` without the noughts and the point that end a number."""
    plain = f"CAST({table}{quoted(name)} AS VARCHAR)"
    if not loose:
        return plain
    return f"regexp_replace(regexp_replace({plain}, '^(-?[0-9]+[.][0-9]*?)0+$', '\\1'), '^(-?[0-9]+)[.]$', '\\1')"


def by_column(asked: Pair, path: str) -> Select:
    """Count in how many of the changed rows each column differs; the answer's columns are called c0, c1 ….

    The pairs are the small side of both joins: of the tables nothing is held.
    """
    counted = ", ".join(
        f"count(*) FILTER ({text(name, name in asked.loose, 'o.')} IS DISTINCT FROM "
        f"{text(name, name in asked.loose, 'n.')}) AS c{at}"
        for at, name in enumerate(asked.columns)
    )
    sql = (f"SELECT {counted} FROM read_parquet(?) p JOIN read_parquet(?) o ON o.{ID} = p.old "  # noqa: S608
           f"JOIN read_parquet(?) n ON n.{ID} = p.new WHERE p.change = 0")
    return Select(sql=sql, values=(path, asked.old.path, asked.new.path))


def by_change(path: str) -> Select:
    """Count the pairs of each kind."""
    kinds = ", ".join(f"count(*) FILTER (change = {at})" for at in range(3))
    return Select(sql=f"SELECT {kinds} FROM read_parquet(?)", values=(path,))  # noqa: S608


def cells(asked: Pair, one: Side, rows: Sequence[int]) -> Select:
    """Ask for rows by their numbers: number, every column, then the text of each column that is compared."""
    names = [quoted(name) for name in (ID, *one.types)]
    said = [text(name, name in asked.loose) for name in asked.columns]
    marks = ", ".join("?" * len(rows))
    sql = (f"SELECT {', '.join((*names, *said))} FROM read_parquet(?) "  # noqa: S608
           f"WHERE {ID} BETWEEN ? AND ? AND {ID} IN ({marks}) ORDER BY {ID}")
    values: tuple[Any, ...] = (one.path, min(rows), max(rows), *rows)
    return Select(sql=sql, values=values)


def quoted(name: str) -> str:
    """Write the name of a column."""
    return '"' + name.replace('"', '""') + '"'
