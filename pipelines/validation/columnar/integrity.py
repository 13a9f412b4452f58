"""Which keys a resource has, and their errors on one row in the order in which Frictionless appends them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from frictionless import errors
from frictionless.table.row import Row

from pipelines.validation.columnar.keys import UNHASHABLE, ForeignKey, Key, KeyColumn
from pipelines.validation.columnar.plan import HandBack, Plan
from pipelines.validation.columnar.rowkey import RowKey
from pipelines.validation.columnar.rows import QuickRow

Before = Mapping[tuple[str, int], int]
"""(key, row number) → the number of the row before it that has the same key."""


@dataclass(slots=True)
class Integrity:
    """Unique fields, the primary key and the foreign keys of a resource.

    ``groups`` are the foreign keys as Frictionless holds them; ``foreign`` are those that can be looked up by column.
    """

    resource: Any
    plan: Plan
    unique: list[Key]
    primary: Key | None
    foreign: list[ForeignKey]
    groups: list[dict[str, Any]]
    rows: RowKey | None = None

    @property
    def columns(self) -> set[int]:
        """The indices of all fields that are part of a key."""
        found = {index for key in self.repeating for index in key.columns}
        return found | {index for key in self.foreign for index in key.columns}

    @property
    def repeating(self) -> list[Key | RowKey]:
        """The keys of which no two rows may have the same."""
        return [*self.unique, *(one for one in (self.primary, self.rows) if one is not None)]

    def primary_cells(self, row: Any) -> tuple[Any, ...]:
        """The values of the primary key."""
        cells: tuple[Any, ...] = self.resource.primary_key_cells(row, self.resource.dialect.header_case)
        return cells

    def values(self, key: Key | RowKey, row: Any) -> tuple[Any, ...]:
        """The values of any key."""
        if isinstance(key, RowKey):
            return key.values(row)
        return self.primary_cells(row) if key.primary else (row[key.name],)

    def row(self, number: int, cells: list[Any]) -> Any:
        """Frictionless's own Row, which reads a field when it is asked for it."""
        return QuickRow(cells, handlers=self.plan.handlers, row_number=number)

    def read(self, number: int, cells: list[Any], before: Before, sure: bytes) -> Any:
        """Frictionless's own Row with its key errors; fields are read in its order, which the keys decide."""
        row = self.row(number, cells)
        row.sure = sure
        for key in self.unique:
            _ = row[key.name]
            match = before.get((key.name, number))
            if match:
                note = f"the same as in the row at position {match}"
                row.errors.append(errors.UniqueError.from_row(row, note=note, field_name=key.name))
        if self.primary:
            self._add_primary_error(row, self.primary, before)
        for group in self.groups:
            self._add_foreign_error(row, group)
        return row

    def _add_primary_error(self, row: Any, key: Key, before: Before) -> None:
        match = before.get((key.name, row.row_number))
        if set(self.primary_cells(row)) == {None}:
            note = 'cells composing the primary keys are all "None"'
            row.errors.append(errors.PrimaryKeyError.from_row(row, note=note))
        elif match:
            note = f"the same as in the row at position {match}"
            row.errors.append(errors.PrimaryKeyError.from_row(row, note=note))

    def _add_foreign_error(self, row: Any, group: dict[str, Any]) -> None:
        known = self.resource.lookup.get(group["sourceName"])
        if not known:
            return
        cells = tuple(row[name] for name in group["targetKey"])
        if set(cells) == {None} or cells in known.get(group["sourceKey"], set()):
            return
        note = 'for "{}": values "{}" not found in the lookup table "{}" as "{}"'.format(
            ", ".join(group["targetKey"]),
            ", ".join(str(cell) for cell in cells),
            group["sourceName"],
            ", ".join(group["sourceKey"]),
        )
        row.errors.append(
            errors.ForeignKeyError.from_row(
                row,
                note=note,
                field_names=list(group["targetKey"]),
                field_values=list(cells),
                reference_name=group["sourceName"],
                reference_field_names=list(group["sourceKey"]),
            )
        )


def integrity_of(resource: Any, plan: Plan, *, rows: bool) -> Integrity:
    """The keys of an open resource; raises HandBack where they cannot be compared by hash.

    ``rows`` whether whole rows are compared too.
    """
    by_name = {one.name: index for index, one in enumerate(plan.fields)}
    unique = [
        _key(plan, one.name, (index,), primary=False)
        for index, one in enumerate(plan.fields)
        if one.constraints.get("unique")
    ]
    foreign, groups = _foreign_keys(resource, plan, by_name)
    compared = RowKey(plan.fields) if rows else None
    return Integrity(resource, plan, unique, _primary(resource, plan, by_name), foreign, groups, compared)


def _primary(resource: Any, plan: Plan, by_name: dict[str, int]) -> Key | None:
    names = list(resource.schema.primary_key)
    if not names or not set(names) <= set(by_name):
        return None
    probe = Row([], handlers=plan.handlers, row_number=1)
    labels = resource.primary_key_labels(probe, resource.dialect.header_case)
    if not labels or any(label not in by_name for label in labels):
        raise HandBack("primary-key")
    return _key(plan, "\0primary", tuple(by_name[label] for label in labels), primary=True)


def _key(plan: Plan, name: str, columns: tuple[int, ...], *, primary: bool) -> Key:
    if any(plan.fields[index].type in UNHASHABLE for index in columns):
        raise HandBack("unhashable-key")
    return Key(name, columns, tuple(KeyColumn(plan.fields[index]) for index in columns), primary)


def _foreign_keys(resource: Any, plan: Plan, by_name: dict[str, int]) -> tuple[list[ForeignKey], list[dict[str, Any]]]:
    foreign: list[ForeignKey] = []
    groups: list[dict[str, Any]] = []
    if not resource.lookup:
        return foreign, groups
    for one in resource.schema.foreign_keys:
        target = tuple(one["fields"])
        if not set(target) <= set(by_name):
            continue
        reference = one["reference"]
        source_key = tuple(reference["fields"])
        groups.append({"sourceName": reference["resource"], "sourceKey": source_key, "targetKey": target})
        known = resource.lookup.get(reference["resource"])
        if known:
            columns = tuple(by_name[name] for name in target)
            if any(plan.fields[index].type in UNHASHABLE for index in columns):
                raise HandBack("unhashable-key")
            readers = tuple(plan.fields[index].create_cell_reader() for index in columns)
            foreign.append(ForeignKey(columns, readers, known.get(source_key, set())))
    return foreign, groups
