"""Whether the rows of a table say where they are: by two columns of coordinates, or by GeoJSON."""

from __future__ import annotations

from dataclasses import dataclass

from api.dialects.html.charting.asked import IDENTITY
from catalog.model import Resource
from pipelines import tables
from standards.text import fold


@dataclass(frozen=True, slots=True, kw_only=True)
class Located:
    """Which columns say where rows are: two of coordinates or one of GeoJSON; ``name`` says what they are."""

    latitude: str = ""
    longitude: str = ""
    shape: str = ""
    name: str = ""


def located(shown: Resource) -> Located | None:
    """How a table says where its rows are; None where it does not."""
    names = [one.name for one in shown.columns]
    named = _name(shown)
    shape = next((one.name for one in shown.columns if one.type == "geojson"), "")
    if shape:
        return Located(shape=shape, name=named)
    numbers = {one.name for one in shown.columns if one.type in ("number", "integer")}
    found = tables.points(names)
    if found is None or not numbers >= set(found):
        return None
    return Located(latitude=found[0], longitude=found[1], name=named)


def _name(shown: Resource) -> str:
    """The column with the most different texts that is no number of theirs: what rows are called."""
    distinct = {one.name: one.distinct for one in shown.profile.columns} if shown.profile else {}
    texts = [one.name for one in shown.columns if one.type == "string" and not one.meaning]
    return max(texts, key=lambda name: (not IDENTITY.search(fold(name).lower()), distinct.get(name, 0)), default="")
