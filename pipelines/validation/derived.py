"""Our checks as Frictionless's: from a check's own ``look`` a class that any Frictionless checklist can take."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import attrs
import pyarrow as pa
from frictionless import Check as FrictionlessCheck
from frictionless import Error, Row, errors

from pipelines.validation.grouped import folded
from pipelines.validation.uses import Bound
from standards.check import Remark


@attrs.define(kw_only=True, repr=False)
class Derived(FrictionlessCheck):
    """One bound check of ours in Frictionless's row loop: the slow and plain reading that the engine is held to.

    Scopes cell and row are asked row by row; column and group when the rows are at their end.
    """

    bound: Bound
    kind: type[Error]
    seen: list[tuple[int, tuple[str, ...]]] = attrs.field(factory=list)

    def validate_row(self, row: Row) -> Iterable[Error]:
        """Ask about one row, or keep its cells for the end."""
        cells = tuple(_text(row.cells, at) for at in self.bound.columns)
        if self.bound.check.SCOPE not in {"cell", "row"}:
            self.seen.append((row.row_number, cells))
            return
        remark = self.bound.check.look(dict(zip(self.bound.use.needs, cells, strict=True)), self.bound.use)
        if remark is not None:
            yield self._error(remark, row.row_number)

    def validate_end(self) -> Iterable[Error]:
        """Ask about the column, or about every group of rows."""
        if self.bound.check.SCOPE == "column":
            values = list(dict.fromkeys(cells[0] for _, cells in self.seen))
            remark = self.bound.check.look({self.bound.use.field: values}, self.bound.use)
            if remark is not None:
                yield self._error(remark, 0)
        elif self.bound.check.SCOPE == "group":
            for rows in self._groups():
                group = [cells for _, cells in rows]
                named = {name: [cells[at] for cells in group] for at, name in enumerate(self.bound.use.needs)}
                remark = self.bound.check.look(named, self.bound.use)
                if remark is not None:
                    yield self._error(remark, rows[remark.rows[0] if remark.rows else 0][0])

    def _groups(self) -> Iterator[list[tuple[int, tuple[str, ...]]]]:
        """Give the rows group by group, small groups too: LEAST only saves time."""
        use = self.bound.use
        by = [str(one) for one in use.args.get("by", ())]
        if not set(by) <= set(use.needs):
            return
        places = [use.needs.index(one) for one in by]
        groups: dict[tuple[str, ...], dict[Any, tuple[int, tuple[str, ...]]]] = {}
        for number, cells in self.seen:
            key = tuple(cells[at] for at in places)
            if getattr(self.bound.check, "FOLDED", False):
                key = (*key, folded(pa.chunked_array([[cells[0]]], pa.string()))[0].as_py())
            alike = cells if getattr(self.bound.check, "DISTINCT", False) else number
            groups.setdefault(key, {}).setdefault(alike, (number, cells))
        for rows in groups.values():
            yield list(rows.values())

    def _error(self, remark: Remark, row: int) -> Error:
        return self.kind(note=f"row {row}: {dict(remark.params)}")


def as_frictionless(bound: Bound) -> FrictionlessCheck:
    """Make of a bound check one of Frictionless's, whose errors bear our code as their type."""
    code = bound.check.CODE
    members: Mapping[str, Any] = {
        "type": code, "title": bound.check.TITLE["en"], "description": bound.check.BASIS,
        "template": bound.check.TITLE["en"] + ": {note}",
    }  # fmt: skip
    kind = type(f"Error of {code}", (errors.TableError,), dict(members))
    made = type(f"Check {code}", (Derived,), {"type": code, "Errors": [kind]})
    check: FrictionlessCheck = made(bound=bound, kind=kind)
    return check


def _text(cells: list[Any], at: int) -> str:
    return str(cells[at]) if at < len(cells) and cells[at] is not None else ""
