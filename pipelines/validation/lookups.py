"""Foreign keys of a publisher's schema as they are read, and the key-only tables that Frictionless looks them up in."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipelines import cells
from pipelines.validation.schema import Descriptor, NotSchema
from standards import late
from standards.profile import Column

if TYPE_CHECKING:
    import pyarrow as pa
else:
    pa = late.module("pyarrow")

MOST_KEYS = 300_000
"""Different keys that a table is looked up by; Frictionless holds all of them in memory."""
MOST_KEYS_OF_A_SCHEMA = 100

_MARKS = ("type", "format", "missingValues", "bareNumber", "decimalChar", "groupChar", "trueValues", "falseValues")


@dataclass(frozen=True, slots=True, kw_only=True)
class ForeignKey:
    """One foreign key: columns of the table (by index, and what the schema calls them) and of the table referred to.

    ``package`` is the slug or id of a dataset, "" for the file itself or the dataset that it belongs to; ``resource``
    a table of it, "" for the table itself or the dataset's first.
    """

    columns: tuple[int, ...]
    fields: tuple[str, ...]
    package: str
    resource: str
    others: tuple[str, ...]

    @property
    def said(self) -> str:
        """What is referred to, as the schema has it."""
        place = "/".join(one for one in (self.package, self.resource) if one)
        return f"{place[:100]} ({', '.join(self.others)[:100]})".strip()


@dataclass(frozen=True, slots=True, kw_only=True)
class Lookup:
    """A table to look keys up in: a CSV of ours that holds the keys, each once, and how its columns are read."""

    name: str
    key: ForeignKey
    path: Path
    schema: Descriptor


def keys_of(given: Any) -> tuple[ForeignKey, ...]:
    """Read the foreign keys of a Table Schema; raises NotSchema with the place of what has no sense."""
    listed = given.get("foreignKeys") if isinstance(given, Mapping) else None
    if listed is None:
        return ()
    if not isinstance(listed, list | tuple) or len(listed) > MOST_KEYS_OF_A_SCHEMA:
        raise NotSchema("#/foreignKeys")
    names = [one.get("name") if isinstance(one, Mapping) else None for one in given.get("fields") or ()]
    return tuple(_key(one, names, f"#/foreignKeys/{at}") for at, one in enumerate(listed))


def _key(given: Any, names: Sequence[Any], pointer: str) -> ForeignKey:
    reference = given.get("reference") if isinstance(given, Mapping) else None
    fields = _names(given.get("fields")) if isinstance(given, Mapping) else ()
    if not isinstance(reference, Mapping) or not fields or not set(fields) <= set(names):
        raise NotSchema(pointer)
    others = _names(reference.get("fields"))
    places = [reference.get(one) or "" for one in ("package", "resource")]
    if len(fields) != len(others) or len(set(others)) != len(others) or not all(isinstance(one, str) for one in places):
        raise NotSchema(f"{pointer}/reference")
    if places == ["", ""] and not set(others) <= set(names):
        raise NotSchema(f"{pointer}/reference/fields")
    columns = tuple(names.index(one) for one in fields)
    return ForeignKey(columns=columns, fields=fields, package=places[0], resource=places[1], others=others)


def _names(given: Any) -> tuple[str, ...]:
    listed = (given,) if isinstance(given, str) else given
    return tuple(listed) if isinstance(listed, list | tuple) and all(isinstance(one, str) for one in listed) else ()


def bare(field: Mapping[str, Any], name: str) -> Descriptor:
    """How the cells of a field are read, under another name: no constraint of it, and so no pattern, goes along."""
    return {"name": name, **{mark: field[mark] for mark in _MARKS if mark in field}}


def as_published(field: Mapping[str, Any], column: Column | None, name: str) -> Descriptor:
    """How a published column is read when a field refers to it: as that field's type, in the spelling seen there."""
    kind = str(field.get("type", "any"))
    made: Descriptor = {"name": name, "type": kind}
    if column is None or kind in {"string", "any"}:
        return made
    if column.absent:
        made["missingValues"] = ["", *column.absent]
    if kind in {"integer", "number"} and (column.decimal not in {"", "."} or column.group):
        marks = {"type": "number", "decimalChar": column.decimal or ".", "groupChar": column.group}
        made |= {mark: value for mark, value in marks.items() if value}
    elif column.format and kind == column.kind:
        made["format"] = column.format
    return made


def write_keys(
    path: Path, names: Sequence[str], batches: Callable[[], Iterable[pa.RecordBatch]], columns: Sequence[int]
) -> bool:
    """Write the different keys of a table as CSV; False where they are more than ``MOST_KEYS``."""
    held = _distinct(batches(), columns)
    if held is None:
        return False
    cells.write_csv(path, names, cells.filled(held))
    return True


def _distinct(batches: Iterable[pa.RecordBatch], columns: Sequence[int]) -> list[pa.RecordBatch] | None:
    labels = [f"c{at}" for at in range(len(columns))]
    held = pa.table({label: pa.array([], pa.string()) for label in labels})
    for one in batches:
        fresh = pa.table([one.column(index + 1) for index in columns], names=labels)
        held = pa.concat_tables([held, fresh]).group_by(labels, use_threads=False).aggregate([]).combine_chunks()
        if held.num_rows > MOST_KEYS:
            return None
    numbered = held.add_column(0, "row", pa.array(range(held.num_rows), pa.int64())).combine_chunks()
    return list(numbered.to_batches())
