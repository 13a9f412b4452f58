"""A small table as JSON, and a table of places as GeoJSON."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import orjson

from pipelines.steps.convert.typed import Shape, rows

SAFE = 2**53
"""Up to where JSON's readers keep whole numbers exact."""


def records(source: Path, shapes: Sequence[Shape]) -> Iterator[tuple[Any, ...]]:
    """Give the rows as Python values, null for an empty cell."""
    for columns in rows(source, shapes):
        yield from zip(*(column.to_pylist() for column in columns), strict=True)


def plain(value: Any) -> Any:
    """Give a value as JSON may say it: decimals and whole numbers beyond 2^53 as words, dates in ISO 8601."""
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) > SAFE:
        return str(value)
    if isinstance(value, Decimal):
        return format(value, "f")
    return value.isoformat() if isinstance(value, date) else value


def write_json(path: Path, names: Sequence[str], source: Path, shapes: Sequence[Shape]) -> None:
    """Write an array of objects, one on each line."""
    with path.open("wb") as file:
        file.write(b"[")
        for number, row in enumerate(records(source, shapes)):
            said = dict(zip(names, map(plain, row), strict=True))
            file.write((b",\n" if number else b"\n") + orjson.dumps(said))
        file.write(b"\n]\n")


def write_geojson(path: Path, names: Sequence[str], source: Path, shapes: Sequence[Shape]) -> None:
    """Write a FeatureCollection; the geometry stands in the column of kind geojson, as it came."""
    where = next((index for index, shape in enumerate(shapes) if shape.kind == "geojson"), None)
    with path.open("w", encoding="utf-8") as file:
        file.write('{"type": "FeatureCollection", "features": [')
        for number, row in enumerate(records(source, shapes)):
            said = {
                name: plain(one) for index, (name, one) in enumerate(zip(names, row, strict=True)) if index != where
            }
            geometry = row[where] if where is not None and row[where] else "null"
            properties = json.dumps(said, ensure_ascii=False)
            feature = f'{{"type": "Feature", "properties": {properties}, "geometry": {geometry}}}'
            file.write(("," if number else "") + "\n" + feature)
        file.write("\n]}\n")
