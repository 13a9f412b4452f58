"""Part of the check: find the tables that a schema's foreign keys refer to, and write their keys for Frictionless."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa

from pipelines import cells
from pipelines.referred import Reference
from pipelines.step import Opened, Parcel
from pipelines.stored import stored
from pipelines.validation.findings import SELF, Tally
from pipelines.validation.lookups import ForeignKey, Lookup, as_published, bare, write_keys
from pipelines.validation.schema import Descriptor
from standards.finding import Finding, Place

Batches = Callable[[], Iterable[pa.RecordBatch]]


@dataclass(frozen=True, slots=True, kw_only=True)
class LookedUp:
    """What was found for a table: where its keys are looked up, what is to be said of the others, and what was used."""

    lookups: tuple[Lookup, ...] = ()
    told: Tally = field(default_factory=Tally)
    pins: tuple[Mapping[str, Any], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Rows:
    """The rows that a key refers to: their labels, and how a column is read for the field that refers to it."""

    name: str
    labels: Sequence[str]
    batches: Batches
    read: Callable[[Mapping[str, Any], str], Descriptor]
    used: Reference | None = None


def looked_up(parcel: Parcel, opened: Opened, schema: Descriptor, keys: Sequence[ForeignKey]) -> LookedUp:
    """Lay out the keys of every table that is at hand; a key whose table is not is a finding.

    ``reference-unknown`` (an error) where a site was asked and has nothing that the publisher may see, or a column is
    not there; ``reference-unchecked`` (a warning) where there is no site to ask, or too much to look up.
    """
    told = Tally()
    lookups: list[Lookup] = []
    pins: list[Mapping[str, Any]] = []
    names: set[str] = set()
    for key in keys:
        if max(key.columns) >= len(opened.table.labels):
            continue  # Frictionless says that the column is missing
        found = _rows(parcel, opened, schema, key)
        made = _lookup(parcel, opened, schema, key, found, names) if isinstance(found, _Rows) else found
        if isinstance(made, str) or isinstance(found, str):
            told.add(_said(opened, key, str(made)))
            continue
        names.add(made.name)
        lookups.append(made)
        pins += [one for one in _pins(found.used) if one not in pins]
    return LookedUp(lookups=tuple(lookups), told=told, pins=tuple(pins))


def _said(opened: Opened, key: ForeignKey, state: str) -> Finding:
    code = "reference-unknown" if state in {"unknown", "columns"} else "reference-unchecked"
    params = {"expected": key.said, **({"variant": state} if state in {"columns", "large"} else {})}
    label = opened.table.labels[key.columns[0]]
    where = Place(sheet=opened.table.sheet, column=key.columns[0] + 1, field=label)
    severity = "error" if code == "reference-unknown" else "warning"
    return Finding(code=code, severity=severity, place=where, params=params)  # type: ignore[arg-type]


def _rows(parcel: Parcel, opened: Opened, schema: Descriptor, key: ForeignKey) -> _Rows | str:
    """Give the rows referred to, or the word for why there are none: ``unknown``, ``unchecked``, ``large``."""
    if not key.package and key.resource in {"", opened.resource}:
        return _of_the_file(opened, schema, SELF)
    beside = next((one for one in parcel.tables if not key.package and one.resource == key.resource), None)
    if beside is not None:
        return _of_the_file(beside, schema, beside.resource)
    if parcel.references is None:
        return "unchecked"
    asked = _asked(parcel, key)
    if asked is None or asked.path is None:
        return asked.state if asked else "unknown"
    labels, batches = stored(asked.path)
    columns = {one.name: one for one in asked.profile.columns} if asked.profile else {}
    return _Rows(
        name=f"{asked.slug}/{asked.table}",
        labels=labels,
        batches=batches,
        read=lambda own, name: as_published(own, columns.get(name), name),
        used=asked,
    )


def _of_the_file(one: Opened, schema: Descriptor, name: str) -> _Rows | str:
    """Give the rows of a table of this file, with those of the version that it continues."""
    source = one.merged.cells if one.merged else one.cells
    if source is None:
        return "unchecked"
    fields = schema["fields"]
    if name == SELF:
        labels = [each["name"] for each in fields][: len(one.table.labels)]
        own = {each["name"]: each for each in fields}
        return _Rows(
            name=name, labels=labels, batches=lambda: cells.read(source), read=lambda _, other: bare(own[other], other)
        )
    return _Rows(name=name, labels=one.table.labels, batches=lambda: cells.read(source), read=bare)


def _lookup(  # noqa: PLR0917 - one call, one place
    parcel: Parcel, opened: Opened, schema: Descriptor, key: ForeignKey, rows: _Rows, names: set[str]
) -> Lookup | str:
    """Write the keys and say how they are read, or give the word for why that cannot be."""
    places = list(rows.labels)
    if not set(key.others) <= set(places):
        return "columns"
    number = len(names) + 1
    path = parcel.work / f"{opened.resource}.keys-{number}.csv"
    if not write_keys(path, key.others, rows.batches, [places.index(one) for one in key.others]):
        return "large"
    own = [schema["fields"][column] for column in key.columns]
    described: Descriptor = {
        "fields": [rows.read(one, other) for one, other in zip(own, key.others, strict=True)],
    }
    if rows.used is None and "missingValues" in schema:
        described["missingValues"] = schema["missingValues"]
    return Lookup(name=_name(rows.name, number, names), key=key, path=path, schema=described)


def _name(wanted: str, number: int, taken: set[str]) -> str:
    """Give the name under which Frictionless knows the table: each once, and none that of the table itself."""
    plain = wanted.isascii() and all(one.islower() or one.isdigit() or one in "-./_" for one in wanted)
    name = wanted if plain else f"reference-{number}"
    return name if name not in {*taken, "table"} else f"{name}.{number}"


def _asked(parcel: Parcel, key: ForeignKey) -> Reference | None:
    known = parcel.references or ()
    return next((one for one in known if (one.package, one.resource) == (key.package, key.resource)), None)


def _pins(used: Reference | None) -> list[Mapping[str, Any]]:
    """Say which version of a dataset was looked into; one that the public may not know of is not named."""
    if used is None or not used.pinned:
        return []
    return [{"dataset": used.dataset, "version": used.version, "resource": used.table, "sha256": used.sha256}]
