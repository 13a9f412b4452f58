"""Where the rows of a resource are: a table of rows that change, or the immutable file of a published one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from api.dialects.ckan.action import Call
from api.dialects.ckan.packages import placed
from catalog.errors import Invalid, NotFound, Unavailable
from catalog.model import Entry, Resource
from catalog.rows import ID, All, Ask, Field, Found, Is, Table
from pipelines.rowquery.folding import folded_names
from pipelines.rowstore import reading
from pipelines.rowstore.snapshots import FOLDED, LIVE_SECONDS
from pipelines.serving import pages
from standards.metadata.ckan import resource_id

PAGE: Final = 5_000
"""Rows that are held at once while a snapshot is made, or a table is dumped."""


@dataclass(frozen=True, slots=True)
class Source:
    """Rows that can be asked; ``path`` is the file of a published table, "" for rows that change.

    ``shelf`` is the serving file of a published table, where there is one, ``hidden`` what it has beside its columns.
    """

    call: Call
    table: Table
    path: str = ""
    shelf: str | None = None
    hidden: tuple[str, ...] = ()

    def ask(self, ask: Ask) -> Found:
        """Answer a question."""
        if self.path or self.call.site.snapshots.helps(self.table, ask):
            return self._asked(ask)
        heavy = self.call.site.snapshots.heavy(self.table, ask)
        if heavy:
            self.call.site.snapshots.wish(self.table, self._rows)
        try:
            seconds = LIVE_SECONDS if heavy else 0
            return self.call.site.catalog.ask_rows(self.call.caller, self.table.id, ask, seconds)[1]
        except Invalid as refused:
            if not heavy or refused.code != "query-too-heavy":
                raise
        return self._asked(ask)

    def _asked(self, ask: Ask) -> Found:
        """Ask the file; a snapshot has floats, so that the numbers of its rows that no float holds are looked up."""
        names = ask.columns or tuple(self.table.types())
        long = () if self.path or ask.distinct else tuple(name for name in names if name in self.table.exact)
        if not long:
            return self._lying(ask)
        led = names if ID in names else (ID, *names)
        found = self._lying(replace(ask, columns=led))
        rows = self._exactly(led, long, found.rows) if found.rows else ()
        return replace(found, rows=[row[len(led) - len(names):] for row in rows])

    def _exactly(self, names: Sequence[str], long: Sequence[str],
                 rows: Sequence[Sequence[Any]]) -> Sequence[Sequence[Any]]:
        """Put the table's own numbers into rows, unless it has changed meanwhile."""
        ids = [row[names.index(ID)] for row in rows]
        first, last = min(ids), max(ids)
        near = last - first < 2 * len(ids)
        where = All((Is(ID, "gte", first), Is(ID, "lte", last))) if near else Is(ID, "in", tuple(ids))
        ask = Ask(columns=(ID, *long), where=where, limit=None, total=False)
        table, found = self.call.site.catalog.ask_rows(self.call.caller, self.table.id, ask)
        if (table.mark, table.revision) != (self.table.mark, self.table.revision):
            return rows
        own = {key: cells for key, *cells in found.rows}
        made = [list(row) for row in rows]
        for to, name in enumerate(long):
            at = names.index(name)
            for key, row in zip(ids, made, strict=True):
                row[at] = own[key][to]
        return made

    def _lying(self, ask: Ask) -> Found:
        path = self.file()
        folded = "" if self.path else FOLDED
        return reading.ask(self.call.site.askers, path, self.table.types(), ask, self.table.count, folded=folded,
                           served=self.served(path))

    def file(self) -> str:
        """Give a file that holds the rows: the published one, or a snapshot, which is waited for."""
        return self.path or self.call.site.snapshots.of(self.table, self._rows)

    def _rows(self) -> tuple[Table, Iterator[Sequence[Sequence[Any]]]]:
        return self.call.site.catalog.row_pages(self.call.caller, self.table.id, PAGE)

    def served(self, path: str) -> str | None:
        """Give the serving file of the file that holds the rows, where there is one."""
        return self.shelf if self.path else self.call.site.snapshots.served(self.table, path)

    def pages(self) -> Iterator[Sequence[Sequence[Any]]]:
        """Give all rows, in the order of their ids."""
        if self.path:
            return reading.pages(self.call.site.askers, self.path, self.table.types())
        return self.call.site.catalog.row_pages(self.call.caller, self.table.id, PAGE)[1]


def found_source(call: Call, key: str) -> Source:
    """Find the rows of a resource by its id, or of a table by an alias. Raises NotFound."""
    found = _found_source(call, key)
    call.used.append((found.table.dataset, found.table.resource))
    return found


def _found_source(call: Call, key: str) -> Source:
    try:
        return Source(call, call.site.catalog.table(call.caller, key))
    except NotFound:
        entry, part = found_part(call, key)
    own = own_id(entry, part)
    if own != key and own in call.site.catalog.tables_there([own]):
        return Source(call, call.site.catalog.table(call.caller, own))
    return _published(call, entry, part)


def found_part(call: Call, key: str) -> tuple[Entry, Resource]:
    """Find a resource by its id, also one that it had elsewhere. Raises NotFound."""
    entry, version, at = placed(call, key)
    return entry, version.resources[at]


def own_id(entry: Entry, part: Resource) -> str:
    """Give the id of a resource of ours."""
    return resource_id(entry.id, part.name)


def _published(call: Call, entry: Entry, part: Resource) -> Source:
    parquet = next((one for one in part.files if one.role == "parquet"), None)
    if parquet is None:
        raise NotFound
    path = call.site.catalog.local_file(call.caller, parquet)
    if path is None:
        raise Unavailable("storage-down")
    found = pages.table(path, parquet.sha256, call.site.shelf)
    types = {name: reading.KINDS[kind] for name, kind in found.known.items()}
    titles = {one.name: {"label": words} for one in part.columns if (words := call.words(one.title)) != one.name}
    fields = tuple(Field(id=name, type=kind, info=titles.get(name, {})) for name, kind in types.items() if name != ID)
    table = Table(id=own_id(entry, part), dataset=entry.id, resource=part.name, fields=fields, count=parquet.rows or 0)
    return Source(call, table, path, found.shelf, tuple(folded_names(found.known).values()))
