"""Use cases of rows that change: tables beside published versions: whoever may publish fills them, all may read."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import replace
from typing import Any, TypeVar

from catalog.catalog.base import Base, tombstone
from catalog.catalog.datasets import refuse_closed
from catalog.errors import Gone, NotFound
from catalog.model import Caller, Entry
from catalog.permit import may, publishing_act
from catalog.ports import Tables
from catalog.rows import Ask, Batch, Columns, Condition, Found, Method, Table

_T = TypeVar("_T")
MANY = 1000
"""Tables, or rows of the audit chain, that are asked for in one go."""
FAR = 2000
"""Rows of the audit chain behind the newest one, in which a process that starts looks for tables written lately."""
WRITTEN = frozenset({"save-table", "insert-rows", "upsert-rows", "update-rows", "delete-rows"})
"""Deeds that change rows."""


class Tabling(Base):
    """Tables of rows: each belongs to a resource of a dataset, and whoever may see the one may see the other.

    What is written is public at once, so that it takes the right to publish: a reviewer's, where the agency wants a
    second person.
    """

    def table(self, caller: Caller, key: str) -> Table:
        """Find a table by its resource's id or an alias. Raises NotFound."""
        found = self._tables.table(key) if self._tables is not None else None
        if found is None:
            raise NotFound
        self._table_seen(caller, found.dataset, found.resource)
        return found

    def tables_there(self, keys: Collection[str]) -> Collection[str]:
        """Give those of the resources' ids that have a table."""
        if self._tables is None or not keys:
            return ()
        every = list(keys)
        return {one for at in range(0, len(every), MANY) for one in self._tables.there(every[at : at + MANY])}

    def every_table(self) -> Sequence[Table]:
        """Give every table there is, for the site's own housekeeping: nobody may see them by this."""
        return self._tables.tables() if self._tables is not None else ()

    def table_there(self, key: str) -> Table | None:
        """Give a table by its id, for the site's own housekeeping: nobody may see it by this."""
        return self._tables.table(key) if self._tables is not None else None

    def tables_written(self, behind: int | None) -> tuple[int, Collection[str]]:
        """Give the newest number of the audit chain, and the tables that were written behind a number of it.

        None begins not far behind the newest one; so does a number that the chain has no more (the site was emptied).
        """
        found: set[str] = set()
        with self._records.read() as unit:
            newest = next((row.sequence for row in unit.deeds(limit=1)), 0)
            at = newest - FAR if behind is None or behind > newest else behind
            while at < newest and (rows := unit.audit_rows(at, MANY)):
                found |= {str(row.detail["table"]) for row in rows if row.act in WRITTEN and "table" in row.detail}
                at = rows[-1].sequence
        return max(at, 0), found

    def ask_rows(self, caller: Caller, key: str, ask: Ask, seconds: float = 0) -> tuple[Table, Found]:
        """Answer a question to a table from one state of it, in so many seconds (0: any).

        Raises NotFound, Invalid("query-too-heavy").
        """
        return self._store().ask(self.table(caller, key).id, ask, seconds)

    def rows_door(self) -> tuple[str, str] | None:
        """Tell how another process of the site's own opens the tables; None where none can."""
        return self._tables.door() if self._tables is not None else None

    def row_pages(self, caller: Caller, key: str,
                  size: int = 20_000) -> tuple[Table, Iterator[Sequence[Sequence[Any]]]]:
        """Give one state of a table and all its rows. Raises NotFound."""
        return self._store().pages(self.table(caller, key).id, size)

    def row_texts(self, caller: Caller, key: str) -> tuple[Table, Iterator[Columns]] | None:
        """Give one state of a table and all its rows by columns; None where that cannot be. Raises NotFound."""
        return self._store().texts(self.table(caller, key).id)

    def table_sizes(self, caller: Caller, key: str) -> tuple[int, int]:
        """Tell how many bytes a table takes, and how many its indexes. Raises NotFound."""
        return self._store().sizes(self.table(caller, key).id)

    # -- writing -----------------------------------------------------------------------------------------------------
    def may_write_rows(self, caller: Caller, dataset: str) -> Entry:
        """Give the dataset, if the caller may write rows of it. Raises NotFound, NotAllowed, Gone, Conflict."""
        self._actor(caller)
        with self._records.read() as unit:
            entry = self._entry(unit, caller, dataset)
            owner = self._organisation(unit, entry.organisation)
            self._must(caller, publishing_act(owner.review), organisation=owner.id)
            if entry.state == "withdrawn":
                raise Gone(**tombstone(entry))
            refuse_closed(owner)
            closed = self._maintained(unit)
        if closed is not None:
            raise closed.refusal(self._now())
        return entry

    def save_table(self, caller: Caller, table: Table, names: Sequence[str] = (),
                   rows: Sequence[Sequence[Any]] = ()) -> Table:
        """Make a table, or change its definition, and put rows into it. Raises as ``may_write_rows``; Conflict."""
        def deed(held: Tables) -> Table:
            before = held.table(table.id)
            mark = before.mark if before is not None and before.id == table.id else self._new_id()
            return held.save(replace(table, mark=mark), names, rows)

        return self._tabled(caller, table, "save-table", deed, rows=len(rows))

    def drop_table(self, caller: Caller, key: str) -> Table:
        """Take a table away with its rows. Raises as ``may_write_rows``."""
        found = self.table(caller, key)
        self._tabled(caller, found, "drop-table", lambda held: held.drop(found.id))
        return found

    def write_rows(self, caller: Caller, key: str, batches: Sequence[Batch], method: Method, *,
                   dry_run: bool = False) -> Table:
        """Put rows into a table. Raises as ``may_write_rows``; NotFound("row-not-found"), Conflict."""
        found = self.table(caller, key)
        if dry_run:
            self.may_write_rows(caller, found.dataset)
            return self._store().write(found.id, batches, method, dry_run=True)
        return self._tabled(caller, found, f"{method}-rows", lambda held: held.write(found.id, batches, method),
                            rows=sum(len(rows) for _, rows in batches))

    def delete_rows(self, caller: Caller, key: str, where: Condition, *, give: bool = False) -> tuple[Table, Found]:
        """Delete the rows that a condition holds of. Raises as ``may_write_rows``."""
        found = self.table(caller, key)
        return self._tabled(caller, found, "delete-rows", lambda held: held.delete(found.id, where, give=give))

    def _tabled(self, caller: Caller, table: Table, act: str, deed: Callable[[Tables], _T], **detail: object) -> _T:
        """Do a deed that the caller may do, and note it in the audit chain."""
        actor, entry = self._actor(caller), self.may_write_rows(caller, table.dataset)
        done = deed(self._store())
        with self._raw.begin() as unit:  # what was done is noted, whatever the site has become meanwhile
            unit.audit(actor, act, entry.id, resource=table.resource, table=table.id, **detail)
        return done

    def _store(self) -> Tables:
        if self._tables is None:
            raise NotFound
        return self._tables

    def _table_seen(self, caller: Caller, dataset: str, resource: str) -> None:
        with self._records.read() as unit:
            entry = self._entry(unit, caller, dataset)
        if resource in entry.held and not may(caller, "see", organisation=entry.organisation):
            raise NotFound
        if entry.state == "withdrawn":
            raise NotFound
