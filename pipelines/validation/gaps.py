"""Members of Table Schema 2 that Frictionless 5.21 passes over or refuses: judged here, as findings of our own.

``categories``, ``groupChar`` of integers, ``jsonSchema``, bounds on durations, and ``uniqueKeys`` (Data Package 2.0,
Table Schema). Frictionless's report is never changed: it says nothing about them.
"""

from __future__ import annotations

import functools
import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import isodate

from pipelines.cells import read
from pipelines.flat import flat, np
from pipelines.validation.findings import CELL, Tally
from pipelines.validation.patterns import Unsupported, matcher
from pipelines.validation.schema import NotSchema
from standards import late
from standards.finding import Finding, Place

if TYPE_CHECKING:
    import jsonschema
    import pyarrow as pa
else:
    jsonschema = late.module("jsonschema")
    pa = late.module("pyarrow")

Look = Callable[[str], Mapping[str, Any] | None]
"""The text of one cell → params of a finding, or nothing."""

INTEGER = re.compile(r"[+-]?[0-9]+")
MOST_SCHEMA = 20_000
"""Characters that a ``jsonSchema`` may have."""
SHOWN, REMEMBERED = 10, 200_000
STARTS = tuple(datetime(year, month, 1) for year, month in ((1696, 9), (1697, 2), (1903, 3), (1903, 7)))  # noqa: DTZ001
"""Moments at which durations with months are compared (XML Schema Part 2, 3.2.6.2): less is less at all of them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """One thing to look for: in the cells of one column, or (``look`` None) that no two rows agree in several."""

    code: str
    columns: tuple[int, ...]
    missing: tuple[frozenset[str], ...]
    look: Look | None = None


def gaps_of(given: Any) -> tuple[Gap, ...]:
    """What an uploader's Table Schema asks for that Frictionless does not judge; raises NotSchema, Unsupported."""
    if not isinstance(given, Mapping) or not isinstance(given.get("fields"), list | tuple):
        raise NotSchema("#/fields")
    fields = [one if isinstance(one, Mapping) else {} for one in given["fields"]]
    common = given.get("missingValues", [""])
    missing = [_missing(one.get("missingValues", common)) for one in fields]
    found = [
        Gap(code=code, columns=(at,), missing=(missing[at],), look=look)
        for at, one in enumerate(fields)
        for code, look in _of_field(one, f"#/fields/{at}")
    ]
    names = [one.get("name") for one in fields]
    keys = given.get("uniqueKeys") or ()
    if not isinstance(keys, list | tuple):
        raise NotSchema("#/uniqueKeys")
    for at, key in enumerate(keys):
        if not isinstance(key, list | tuple) or not key or any(one not in names for one in key):
            raise NotSchema(f"#/uniqueKeys/{at}")
        columns = tuple(names.index(one) for one in key)
        found.append(Gap(code="unique-keys", columns=columns, missing=tuple(missing[one] for one in columns)))
    return tuple(found)


def _missing(given: Any) -> frozenset[str]:
    values = given if isinstance(given, list | tuple) else [""]
    return frozenset(str(one.get("value", "")) if isinstance(one, Mapping) else str(one) for one in values)


def _of_field(field: Mapping[str, Any], pointer: str) -> Iterator[tuple[str, Look]]:
    rules = field.get("constraints")
    rules = rules if isinstance(rules, Mapping) else {}
    kind = field.get("type")
    if field.get("categories") is not None:
        yield "category", _category(field["categories"], f"{pointer}/categories", whole=kind == "integer")
    if kind == "integer" and field.get("groupChar"):
        yield "grouped-integer", _grouped(str(field["groupChar"]), rules, f"{pointer}/constraints")
    if "jsonSchema" in rules and kind in ("object", "array", "geojson"):
        yield "json-schema", _json_schema(rules["jsonSchema"], f"{pointer}/constraints/jsonSchema")
    bounds = [one for one in ("minimum", "maximum") if one in rules]
    if kind == "duration" and bounds:
        yield "duration-bound", _bounded({one: rules[one] for one in bounds}, f"{pointer}/constraints")


# --- what one cell is held to -----------------------------------------------------------------------------------------


def _category(given: Any, pointer: str, *, whole: bool) -> Look:
    if not isinstance(given, list | tuple):
        raise NotSchema(pointer)
    values = [one.get("value") if isinstance(one, Mapping) else one for one in given]
    words = {str(one) for one in values}
    expected = ", ".join(str(one) for one in values[:SHOWN])

    def look(cell: str) -> Mapping[str, Any] | None:
        same = whole and INTEGER.fullmatch(cell) and str(int(cell[:CELL])) in words
        return None if cell in words or same else {"expected": expected}

    return look


def _grouped(mark: str, rules: Mapping[str, Any], pointer: str) -> Look:
    bounds = {one: _whole(rules[one], f"{pointer}/{one}") for one in ("minimum", "maximum") if one in rules}
    low, high = bounds.get("minimum"), bounds.get("maximum")

    def look(cell: str) -> Mapping[str, Any] | None:
        bare = cell.replace(mark, "")
        if not INTEGER.fullmatch(bare):
            return {"mark": mark}
        number = int(bare[:CELL])
        if low is not None and number < low:
            return {"variant": "minimum", "expected": str(low)}
        if high is not None and number > high:
            return {"variant": "maximum", "expected": str(high)}
        return None

    return look


def _whole(given: Any, pointer: str) -> int:
    if not INTEGER.fullmatch(str(given)):
        raise NotSchema(pointer)
    return int(str(given))


def _json_schema(given: Any, pointer: str) -> Look:
    """Hold a cell to a JSON Schema: references stay within it, patterns are matched on RE2."""
    if not isinstance(given, Mapping) or len(json.dumps(given, default=str)) > MOST_SCHEMA or _leaves(given):
        raise NotSchema(pointer)
    plain = json.loads(json.dumps(given))
    try:
        jsonschema.Draft202012Validator.check_schema(plain)
    except (jsonschema.SchemaError, RecursionError) as wrong:
        raise NotSchema(pointer) from wrong
    validator = _validators()(plain)

    def look(cell: str) -> Mapping[str, Any] | None:
        try:
            value = json.loads(cell)
            error = next(iter(validator.iter_errors(value)), None)
        except (ValueError, RecursionError):
            return None  # no JSON at all: Frictionless says so
        return {"where": error.json_path[:CELL], "rule": str(error.validator)} if error is not None else None

    return look


def _leaves(given: Any) -> bool:
    """Whether a schema refers to something outside itself, or has patterns for names, which cannot be put on RE2."""
    if isinstance(given, Mapping):
        odd = any(one in given for one in ("patternProperties", "$dynamicRef", "$id", "$schema"))
        return odd or not str(given.get("$ref", "#")).startswith("#") or any(map(_leaves, given.values()))
    return isinstance(given, list | tuple) and any(map(_leaves, given))


@functools.cache
def _validators() -> Any:
    def pattern(_validator: Any, said: Any, instance: Any, _schema: Any) -> Iterator[Any]:
        if isinstance(instance, str) and not _found(str(said), instance):
            yield jsonschema.ValidationError("pattern")

    return jsonschema.validators.extend(jsonschema.Draft202012Validator, {"pattern": pattern})


def _found(pattern: str, text: str) -> bool:
    """Whether a pattern occurs in a text; one that RE2 cannot match alike never holds a cell back."""
    rest = "(?:.|\\n)*"
    before = "" if pattern.startswith("^") else rest
    after = "" if pattern.endswith("$") else rest
    try:
        return matcher(f"{before}(?:{pattern.removeprefix('^').removesuffix('$')}){after}")(text)
    except Unsupported:
        return True


def _bounded(given: Mapping[str, Any], pointer: str) -> Look:
    bounds = {}
    for name, value in given.items():
        lengths = _lengths(str(value))
        if lengths is None:
            raise NotSchema(f"{pointer}/{name}")
        bounds[name] = (lengths, str(value))

    def look(cell: str) -> Mapping[str, Any] | None:
        own = _lengths(cell)
        for name, (lengths, said) in bounds.items() if own else ():
            pairs = list(zip(own or (), lengths, strict=True))
            if all(one < bound if name == "minimum" else one > bound for one, bound in pairs):
                return {"variant": name, "expected": said}
        return None

    return look


def _lengths(text: str) -> tuple[timedelta, ...] | None:
    """How long a duration is from each of the moments of comparison; None where it is none (Frictionless says so)."""
    try:
        read_ = isodate.parse_duration(text)
        if isinstance(read_, timedelta):
            return (read_,) * len(STARTS)
        return tuple(read_.totimedelta(start=one) for one in STARTS)
    except (ValueError, OverflowError, TypeError, isodate.ISO8601Error):
        return None


# --- over a table -----------------------------------------------------------------------------------------------------


def judge(cells: Path, gaps: Sequence[Gap], labels: Sequence[str], *, limit: int, sheet: str | None) -> Tally:
    """Look for every gap in a table (Arrow file of cells); findings up to ``limit`` (0 = all), counts of all."""
    result = Tally(limit=limit)
    gaps = [one for one in gaps if max(one.columns) < len(labels)]
    if not gaps:
        return result
    for gap in gaps:
        for row, cell, params in _told(cells, gap):
            place = Place(sheet=sheet, row=row, column=gap.columns[0] + 1, field=labels[gap.columns[0]])
            result.add(Finding(code=gap.code, severity="error", place=place, cell=cell[:CELL], params=params))
    return result


Told = Iterator[tuple[int, str, Mapping[str, Any]]]
"""Record number, cell and params of a finding."""


def _told(cells: Path, gap: Gap) -> Told:
    if gap.look is None:
        yield from _repeats(cells, gap)
        return
    known: dict[str, Mapping[str, Any] | None] = {}
    for batch in read(cells):
        coded = batch.column(gap.columns[0] + 1).dictionary_encode()
        values = coded.dictionary.to_pylist()
        if len(known) > REMEMBERED:
            known.clear()
        for cell in values:
            if cell not in known:
                known[cell] = None if cell in gap.missing[0] else gap.look(cell)
        wrong = np.fromiter((known[one] is not None for one in values), dtype=bool, count=len(values))
        which = flat(coded.indices)
        for at in np.flatnonzero(wrong[which]).tolist() if wrong.any() else ():
            cell = values[which[at]]
            yield batch.column(0)[at].as_py(), cell, known[cell] or {}


def _repeats(cells: Path, gap: Gap) -> Told:
    """Rows whose key was there before, by hashes first; keys that miss a value are not compared."""
    from pipelines.validation.columnar.keys import Hashes

    seen = Hashes()
    for batch in read(cells):
        seen.add(np.fromiter((hash(key) for _, key in _keys(batch, gap)), dtype=np.int64))
    repeated = frozenset(seen.repeated().tolist())
    before: dict[tuple[str, ...], int] = {}
    for batch in read(cells) if repeated else ():
        for row, key in _keys(batch, gap):
            if hash(key) in repeated:
                if key in before:
                    yield row, ", ".join(key), {"other": before[key]}
                before[key] = row


def _keys(batch: pa.RecordBatch, gap: Gap) -> Iterator[tuple[int, tuple[str, ...]]]:
    columns = [batch.column(one + 1).to_pylist() for one in gap.columns]
    for row, *key in zip(batch.column(0).to_pylist(), *columns, strict=True):
        if not any(cell in none for cell, none in zip(key, gap.missing, strict=True)):
            yield row, tuple(key)
