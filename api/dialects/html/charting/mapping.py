"""A map of coordinates or GeoJSON as SVG: points and outlines as the data have them, a graticule, a scale; no tiles.

Nothing is drawn that the data do not hold: no coast and no border, since whoever draws one says where it runs.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

import orjson
from markupsafe import Markup

from api.dialects.html.charting import axes
from api.dialects.html.charting.drawing import Sheet, cut
from api.dialects.html.view import Reader

STEPS: Final = (0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1.0, 2.0, 5.0, 10.0, 30.0)
LENGTHS: Final = (0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000)
KILOMETRES_A_DEGREE: Final = 111.195
"""Of latitude, on a sphere of the earth's mean radius."""
LEAST_SPAN: Final = 0.02
EDGE: Final = 24
"""Half of a degree's words: nearer to the border they end at their line."""

POLE, HALF_TURN = 90.0, 180.0
TALLEST: Final = 1.35
HIGHEST: Final = 680.0
"""No map is higher than this, so that a screen holds it whole."""
LEAST_WIDE: Final = 0.62
"""What lies north and south of each other is drawn with its surroundings, at least so wide for its height."""
FEW_SPOTS: Final = 15
"""So few points bear their names."""
MOST_LETTERS: Final = 150_000
NESTING: Final = {"MultiPoint": 1, "LineString": 1, "Polygon": 2, "MultiLineString": 2, "MultiPolygon": 3}


@dataclass(frozen=True, slots=True)
class Spot:
    """A point: longitude, latitude, what it is called."""

    lon: float
    lat: float
    name: str = ""


@dataclass(frozen=True, slots=True)
class Outline:
    """A line, closed for an area: its places, what it is called."""

    places: tuple[tuple[float, float], ...]
    name: str = ""
    closed: bool = True


@dataclass(frozen=True, slots=True)
class Land:
    """What is on a map."""

    spots: tuple[Spot, ...] = ()
    outlines: tuple[Outline, ...] = ()

    @property
    def corners(self) -> tuple[float, float, float, float]:
        """West, south, east, north."""
        every = [(one.lon, one.lat) for one in self.spots] + [at for one in self.outlines for at in one.places]
        lons, lats = [lon for lon, _ in every], [lat for _, lat in every]
        return min(lons), min(lats), max(lons), max(lats)

    def __bool__(self) -> bool:
        return bool(self.spots or self.outlines)


def of_points(rows: Sequence[tuple[Any, Any, Any]]) -> Land:
    """Points of rows of latitude, longitude and name; what is not on the earth is left out."""
    return Land(spots=tuple(Spot(lon, lat, name) for lat, lon, name in _numbers(rows)))


def _numbers(rows: Sequence[tuple[Any, Any, Any]]) -> Iterator[tuple[float, float, str]]:
    for lat, lon, name in rows:
        try:
            place = float(lat), float(lon)
        except (TypeError, ValueError):
            continue
        if abs(place[0]) <= POLE and abs(place[1]) <= HALF_TURN:
            yield *place, str(name or "")


def of_shapes(rows: Sequence[tuple[Any, Any]]) -> Land:
    """Points and outlines of rows of GeoJSON (RFC 7946) and name; what is none is left out."""
    spots: list[Spot] = []
    outlines: list[Outline] = []
    for text, name in rows:
        try:
            shape = orjson.loads(str(text))
        except orjson.JSONDecodeError:
            continue
        found = list(_parts(shape, str(name or "")))
        spots += [one for one in found if isinstance(one, Spot)]
        outlines += [one for one in found if isinstance(one, Outline)]
    return Land(spots=tuple(spots), outlines=tuple(outlines))


def _parts(shape: Any, name: str) -> Iterator[Spot | Outline]:
    if not isinstance(shape, dict):
        return
    kind, given = shape.get("type"), shape.get("coordinates")
    if kind == "GeometryCollection":
        for one in shape.get("geometries") or []:
            if isinstance(one, dict) and one.get("type") != kind:
                yield from _parts(one, name)
    elif kind == "Point":
        yield from (Spot(*place, name) for place in _places([given]))
    elif kind in NESTING:
        for line in _lines(given, NESTING[kind]):
            places = _places(line)
            if kind == "MultiPoint":
                yield from (Spot(*place, name) for place in places)
            elif len(places) > 1:
                yield Outline(tuple(places), name, "Polygon" in kind)


def _lines(given: Any, depth: int) -> Iterator[Any]:
    if not isinstance(given, list):
        return
    if depth == 1:
        yield given
        return
    for one in given:
        yield from _lines(one, depth - 1)


def _places(line: Any) -> list[tuple[float, float]]:
    found = []
    for one in line if isinstance(line, list) else []:
        pair = one[:2] if isinstance(one, list) else []
        if len(pair) == 2 and all(isinstance(each, int | float) and not isinstance(each, bool) for each in pair) \
                and abs(pair[0]) <= HALF_TURN and abs(pair[1]) <= POLE:  # noqa: PLR2004
            found.append((float(pair[0]), float(pair[1])))
    return found


# --- the picture ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Plot:
    """Degrees as places of the picture: as far east as north, at the latitude of its middle."""

    west: float
    north: float
    scale: float
    squeeze: float
    left: float
    top: float

    def at(self, lon: float, lat: float) -> tuple[float, float]:
        """The place of a point."""
        return self.left + (lon - self.west) * self.squeeze * self.scale, self.top + (self.north - lat) * self.scale


def drawn(reader: Reader, land: Land, *, width: int, title: str, told: str, key: str = "w") -> Markup:
    """The map in one width."""
    west, south, east, north = _roomy(land.corners)
    squeeze = max(math.cos(math.radians((south + north) / 2)), 0.05)
    more = max((north - south) * LEAST_WIDE / squeeze - (east - west), 0.0) / 2
    west, east = west - more, east + more
    left, edge = 46.0, 10.0
    highest = min(width * TALLEST, HIGHEST)
    scale = min((width - left - edge) / ((east - west) * squeeze), highest / (north - south))
    plot = _Plot(west, north, scale, squeeze, left, 8.0)
    right, bottom = plot.at(east, south)
    sheet = Sheet(width)
    sheet.path(f"M{left:.1f} 8H{right:.1f}V{bottom:.1f}H{left:.1f}Z", "land")
    _graticule(sheet, reader, plot, (west, south, east, north))
    _outlines(sheet, plot, land)
    radius = 4 if len(land.spots) <= 200 else 3  # noqa: PLR2004
    for one in land.spots:
        sheet.dot(*plot.at(one.lon, one.lat), radius, "d c1", one.name[:80])
        if len(land.spots) <= FEW_SPOTS and one.name:
            _name(sheet, plot.at(one.lon, one.lat), one.name, right)
    height = _scale(sheet, reader, plot, bottom + 40)
    head = Markup('<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {w} {h:.0f}" role="img" '
                  'aria-labelledby="{k}t {k}d"><title id="{k}t">{t}</title><desc id="{k}d">{d}</desc>').format(
        w=width, h=height, k=key, t=title, d=told)
    return head + Markup("").join(sheet.pieces) + Markup("</svg>")


def _name(sheet: Sheet, place: tuple[float, float], name: str, right: float) -> None:
    """What a point is called, on the side of it that has room."""
    x, y = place
    said = cut(name, right - x - 8) if right - x > x else cut(name, x - 8)
    if right - x > x:
        sheet.text(x + 8, y + 4, said)
    else:
        sheet.text(x - 8, y + 4, said, anchor="end")


def _roomy(corners: tuple[float, float, float, float]) -> tuple[float, float, float, float]:
    """The corners with some room around what is there."""
    west, south, east, north = corners
    room = max(east - west, north - south, LEAST_SPAN) * 0.05
    return west - room, max(south - room, -POLE), east + room, min(north + room, POLE)


def _graticule(sheet: Sheet, reader: Reader, plot: _Plot, corners: tuple[float, float, float, float]) -> None:
    west, south, east, north = corners
    step = next((one for one in STEPS if max(east - west, north - south) / one <= 6), STEPS[-1])  # noqa: PLR2004
    places = 0 if step >= 1 else 2
    right, bottom = plot.at(east, south)
    for lon in _round(west, east, step):
        x, _ = plot.at(lon, north)
        sheet.line(x, plot.top, x, bottom, "ax")
        anchor = "end" if right - x < EDGE else "middle"
        sheet.text(x, bottom + 18, axes.number(reader, lon, places) + "°", "soft", anchor)
    for lat in _round(south, north, step):
        _, y = plot.at(west, lat)
        sheet.line(plot.left, y, right, y, "ax")
        sheet.text(plot.left - 5, y + 4.5, axes.number(reader, lat, places) + "°", "soft", "end")


def _round(low: float, high: float, step: float) -> Iterator[float]:
    for place in range(math.ceil(low / step), math.floor(high / step) + 1):
        yield place * step


def _outlines(sheet: Sheet, plot: _Plot, land: Land) -> None:
    left = MOST_LETTERS
    for one in land.outlines:
        places = list(dict.fromkeys(f"{x:.1f} {y:.1f}" for x, y in (plot.at(*place) for place in one.places)))
        way = "M" + "L".join(places) + ("Z" if one.closed else "")
        left -= len(way)
        if left < 0:
            return
        sheet.path(way, "l c1" if not one.closed else "o c1", one.name[:80])


def _scale(sheet: Sheet, reader: Reader, plot: _Plot, y: float) -> float:
    """A bar that says how long kilometres are, at the latitude of the middle."""
    unit = plot.scale / KILOMETRES_A_DEGREE
    length = next((one for one in reversed(LENGTHS) if one * unit <= sheet.width / 3), LENGTHS[0])
    sheet.path(f"M{plot.left:.1f} {y - 5:.1f}v5h{length * unit:.1f}v-5", "l sc")
    sheet.text(plot.left + length * unit + 8, y, f"{axes.plain(reader, float(length))} km")
    return y + 14
