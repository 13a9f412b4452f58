"""GeoJSON (RFC 7946): each feature a row of its properties, the geometry kept as GeoJSON in a column of its own."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from pipelines import records
from pipelines.format import ReadOptions, Table, Unreadable

NAME = "geojson"
MEDIA_TYPES = ("application/geo+json",)
EXTENSIONS = (".geojson",)
SAMPLE = (
    '{"type": "FeatureCollection", "features": [{"type": "Feature", "properties": {"tên": "Hồ Gươm"}, '
    '"geometry": {"type": "Point", "coordinates": [105.8524, 21.0288]}}]}'
).encode()

SHAPES = frozenset(
    {"Point", "LineString", "Polygon", "MultiPoint", "MultiLineString", "MultiPolygon", "GeometryCollection"}
)
_COLLECTION = re.compile(rb'"type"\s*:\s*"(FeatureCollection|Feature)"')


def matches(head: bytes, name: str) -> bool:
    """Take what is called so, and JSON whose beginning says that it is a collection of features."""
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n")
    return name.lower().endswith(EXTENSIONS) or (
        start[:1] == b"{" and b'"features"' in head and bool(_COLLECTION.search(head))
    )


def sheets(path: Path, options: ReadOptions) -> Sequence[str]:  # noqa: ARG001 - the shape's signature
    """Name the one table inside."""
    return ("",)


def open(path: Path, options: ReadOptions) -> Table:  # noqa: A001 - the shape's verb
    """Read the features twice: for their properties, then for their cells."""
    return records.table(lambda: _rows(path), options, NAME, {"geometry": "geojson"})


def unseen(path: Path) -> Sequence[str]:
    """Name the members beside the features, which readers of the table do not see."""
    known = {"type", "features", "bbox", "crs", "name"}
    with records.open_text(path) as file:
        reader = records.Reader(file)
        for name in reader.members():
            if name not in known:
                return ("other-members",)
            _pass(reader)
    return ()


def _pass(reader: records.Reader) -> None:
    if reader.peek() != "[":
        reader.value()
        return
    for _ in reader.items():
        pass


def _rows(path: Path) -> Iterator[Mapping[str, Any]]:
    found = False
    with records.open_text(path) as file:
        reader = records.Reader(file)
        for name in reader.members():
            if name != "features" or reader.peek() != "[":
                _pass(reader)
                continue
            if found:
                raise Unreadable("several-tables", names="features, features")
            found = True
            for number, feature in enumerate(reader.items(), 2):
                yield _row(feature, number)
    if not found:
        raise Unreadable("no-table")


def _row(feature: Any, number: int) -> Mapping[str, Any]:
    """Give a feature's own id, its properties and its geometry; refuses what is no feature."""
    if not isinstance(feature, Mapping) or feature.get("type") != "Feature":
        raise Unreadable("not-a-feature", row=number)
    properties = feature.get("properties") or {}
    geometry = feature.get("geometry")
    right = geometry is None or (isinstance(geometry, Mapping) and geometry.get("type") in SHAPES)
    if not isinstance(properties, Mapping) or not right:
        raise Unreadable("not-a-feature", row=number)
    row = {name: one for name, one in properties.items() if name != "geometry"}
    if "id" in feature and "id" not in row:
        row = {"id": feature["id"], **row}
    row["geometry"] = None if geometry is None else records.compact(geometry)
    return records.Repeating(row, records.repeated(feature))
