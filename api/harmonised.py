"""A table harmonised to the areas of another day: a new column of codes, or whole areas put together."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Final

from api.compared import file_of
from api.deps import Site
from catalog.errors import Invalid, NotFound, Problem, Unavailable
from catalog.model import Caller, Resource, Version
from pipelines import tables
from pipelines.difference.statement import quoted
from standards.codelist import Codelist
from standards.crosswalk import Area, Given, Made, Number, Parts, area, parts, put_together

MOST_GROUPS: Final = 50_000
MOST_KEPT: Final = 16
NUMBERS: Final = frozenset({"integer", "number"})
AREAS: Final = ("vn-commune", "vn-district", "vn-province")
"""Lists whose codes are areas, of which one may be made of several others."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """The table, its column of areas, the list that the codes are of, and the two days."""

    path: str
    column: str
    kinds: Mapping[str, str]
    codes: Codelist
    first: date
    last: date

    @property
    def label(self) -> str:
        """What the new column is called."""
        return f"{self.column} ({self.last.isoformat()})"


def table_of(site: Site, caller: Caller, version: Version, name: str) -> tuple[Resource, str]:
    """Find a table of a version, and its Parquet file here. Raises NotFound, Unavailable."""
    found = next((one for one in version.resources if one.name == name), None)
    if found is None:
        raise NotFound
    path = site.catalog.local_file(caller, file_of(found, "parquet"))
    if path is None:
        raise Unavailable("storage-down")
    return found, path


def wanted(  # noqa: PLR0917 - what the address says, in its order
    site: Site, resource: Resource, path: str, days: tuple[date | None, date | None], column: str, codelist: str
) -> Wanted:
    """Read what is asked for; days, columns and lists are never guessed. Raises Invalid with what is not said."""
    first, last = days
    for said, named in ((first, "from"), (last, "to")):
        if said is None:
            raise Invalid(problems=[Problem(f"#/{named}", "missing", {"name": named})])
    assert first is not None
    assert last is not None
    if last < first:
        raise Invalid(problems=[Problem("#/to", "ends-before-start", {"name": "to"})])
    meanings = {one.name: one.meaning or "" for one in resource.columns}
    if not column:
        areas = [one for one, meaning in meanings.items() if meaning in AREAS]
        column = areas[0] if len(areas) == 1 else ""
    kinds = {one.name: one.kind for one in tables.schema(path) if one.name in meanings}
    if kinds.get(column) != "string":
        raise Invalid("query", problems=[Problem("#/column", "unknown-column", {"column": column})])
    codelist = codelist or meanings[column]
    if codelist not in AREAS:
        raise Invalid(problems=[Problem("#/list", "unknown-value", {"name": "list", "value": codelist})])
    codes = site.standards.codelist(codelist)
    return Wanted(path=path, column=column, kinds=kinds, codes=codes, first=first, last=last)


def names(table: Wanted, said: str, part: str, kinds: frozenset[str] | None = None) -> list[str]:
    """Read names of columns with commas between them. Raises Invalid for one that is not there or not of a kind."""
    found = list(dict.fromkeys(one.strip() for one in next(csv.reader([said]), []) if one.strip()))
    for one in found:
        if one not in table.kinds or one == table.column or (kinds and table.kinds[one] not in kinds):
            raise Invalid("query", problems=[Problem(f"#/{part}", "unknown-column", {"column": one})])
    return found


def rows(table: Wanted, page: tables.TablePage) -> list[dict[str, Any]]:
    """Give rows with the new columns: the code of the later day, its name, what became of the area, its parts."""
    return list(_added(table, [one.name for one in page.columns], page.rows))


def _added(table: Wanted, labels: Sequence[str], given: Iterable[Sequence[Any]]) -> Iterator[dict[str, Any]]:
    known: dict[str, Area] = {}
    for row in given:
        told = {name: cell for name, cell in zip(labels, row, strict=True) if name in table.kinds}
        code = str(told[table.column] or "").strip()
        if code not in known:
            known[code] = area(table.codes, code, table.first, table.last)
        one = known[code]
        yield {**told, table.label: one.code or None, f"{table.label} name": one.name or None,
               f"{table.label} status": one.status, **({f"{table.label} parts": list(one.heirs)} if one.heirs else {})}


def as_csv(table: Wanted) -> Iterator[bytes]:
    """Give every row of the table with its new columns as CSV, some thousand rows at a time."""
    label = table.label
    head = [*table.kinds, label, f"{label} name", f"{label} status", f"{label} parts"]
    yield _csv([head])
    for labels, some in tables.walk(table.path):
        yield _csv([one.get(name) for name in head] for one in _added(table, labels, some))


def together_csv(table: Wanted, made: Sequence[Mapping[str, Any]], sums: Sequence[str], by: Sequence[str]) -> bytes:
    """Give areas put together as CSV: one line for each, its sums last."""
    label = table.label
    head = [*by, label, f"{label} name", "status", "why", "made_of", "missing", "split", "rows"]
    lines = [[*(one.get(name) for name in head), *(one["sums"][name] for name in sums)] for one in made]
    return _csv([[*head, *sums], *lines])


def _csv(lines: Iterable[Sequence[Any]]) -> bytes:
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows([_cell(cell) for cell in line] for line in lines)
    return out.getvalue().encode()


def _cell(cell: Any) -> str:
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return str(cell).lower()
    return " ".join(cell) if isinstance(cell, list) else str(cell)


def together(site: Site, table: Wanted, sums: Sequence[str], by: Sequence[str]) -> list[dict[str, Any]]:
    """Put areas together that merged whole, with the sums of some columns. Raises Invalid for too many groups."""
    groups = ", ".join(quoted(one) for one in (*by, table.column))
    added = ", ".join(f"sum({quoted(one)})" for one in sums)
    told = site.askers.ask({
        "form": "page", "count": "", "count_values": (), "values": [table.path, MOST_GROUPS + 1],
        "sql": f"SELECT {groups}, count(*), {added} FROM read_parquet(?) GROUP BY {groups} LIMIT ?",  # noqa: S608
        "kinds": [*("" for _ in by), "", "integer", *(table.kinds[one] for one in sums)],
    })["rows"]
    if len(told) > MOST_GROUPS:
        raise Invalid("query-too-heavy")
    given = [
        Given(group=tuple(row[: len(by)]), code=str(row[len(by)] or "").strip(), rows=int(row[len(by) + 1]),
              sums=tuple(map(_number, row[len(by) + 2 :])))
        for row in told
    ]
    days = (table.first, table.last)
    return [_made(table, one, sums, by) for one in put_together(table.codes, given, days, _parts(site, table))]


def _parts(site: Site, table: Wanted) -> Mapping[str, Parts]:
    """Of which areas those of the later day are made; the last few are kept, for a list of communes takes a second."""
    kept: dict[tuple[str, date, date], Mapping[str, Parts]] = site.extras.setdefault("crosswalk.parts", {})
    key = (table.codes.digest, table.first, table.last)
    if key not in kept:
        if len(kept) >= MOST_KEPT:
            kept.clear()
        kept[key] = parts(table.codes, table.first, table.last)
    return kept[key]


def _number(cell: Any) -> Number | None:
    return Decimal(cell) if isinstance(cell, str) else cell


def _made(table: Wanted, one: Made, sums: Sequence[str], by: Sequence[str]) -> dict[str, Any]:
    values = one.sums if one.sums is not None else (None,) * len(sums)
    return {
        **dict(zip(by, one.group, strict=True)),
        table.label: one.code or None, f"{table.label} name": one.name or None, "status": one.wholeness,
        **({"why": one.why} if one.why else {}), "made_of": list(one.made_of), "missing": list(one.missing),
        "split": list(one.split), "rows": one.rows,
        "sums": {name: tables.plain(value) for name, value in zip(sums, values, strict=True)},
    }
