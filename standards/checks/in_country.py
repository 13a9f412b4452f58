"""Check: coordinates are degrees, in the right order, and lie in the country."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from types import MappingProxyType
from typing import Any

from standards.check import Cells, Example, Remark, Use, number_in

CODE = "in-country"
SCOPE = "row"
SEVERITY = "warning"
BASIS = "GIF DS-444; RFC 7946; VN-2000 (EPSG 4756, 3405, 3406, 5896–5899, 9205–9218)"
TITLE = {"vi": "Tọa độ không nằm trong lãnh thổ", "en": "Coordinates outside the country"}
SENTENCES = {
    "swapped": {
        "vi": "vĩ độ {cell} và kinh độ {other} có lẽ bị đổi chỗ: đổi lại thì điểm nằm ở {country}. "
        "Đổi chỗ hai cột (hoặc hai ô).",
        "en": "latitude {cell} and longitude {other} are probably swapped: the other way round the point lies in "
        "{country}. Swap the columns (or the cells).",
    },
    "projected": {
        "vi": "{cell} và {other} là tọa độ phẳng tính bằng mét (VN-2000 hoặc UTM), không phải độ. Chuyển sang WGS 84, "
        "độ thập phân, theo đúng kinh tuyến trục của tỉnh.",
        "en": "{cell} and {other} are plane coordinates in metres (VN-2000 or UTM), not degrees. Convert them to WGS "
        "84 in decimal degrees, with the province's own central meridian.",
    },
    "zero": {
        "vi": "tọa độ 0, 0 nằm giữa Đại Tây Dương. Để trống cả hai ô khi không biết tọa độ.",
        "en": "0, 0 lies in the Atlantic Ocean. Leave both cells empty where the coordinates are not known.",
    },
    "outside": {
        "vi": "điểm {cell}, {other} nằm ngoài {country} (vĩ độ {south}–{north}, kinh độ {west}–{east}). "
        "Kiểm tra dấu chấm thập phân và từng chữ số.",
        "en": "the point {cell}, {other} lies outside {country} (latitude {south}–{north}, longitude {west}–{east}). "
        "Check the decimal point and every digit.",
    },
    "half": {
        "vi": "dòng này có một tọa độ mà thiếu tọa độ kia (cột {longitude_field}). Ghi cả hai, hoặc để trống cả hai.",
        "en": "this row has one coordinate without the other (column {longitude_field}). Give both or neither.",
    },
}
BOXES: Mapping[str, tuple[Mapping[str, str], tuple[str, str, str, str]]] = MappingProxyType({
    "VN": ({"vi": "Việt Nam", "en": "Viet Nam"}, ("6.5", "23.5", "102.1", "117.9")),
    "JP": ({"vi": "Nhật Bản", "en": "Japan"}, ("20.2", "45.8", "122.7", "154.1")),
    "SG": ({"vi": "Singapore", "en": "Singapore"}, ("1.1", "1.5", "103.5", "104.5")),
})
"""Country → name and box (south, north, west, east) around its land and islands; a neighbour's point may lie in it."""

_LON = {"longitude": "lon"}
GOOD = (
    Example(cells={"lat": "21.0285", "lon": "105.8542"}, args=_LON),
    Example(cells={"lat": "8.6433", "lon": "111.9200"}, args=_LON),
    Example(cells={"lat": "", "lon": ""}, args=_LON),
    Example(cells={"lat": "21°01'42\"", "lon": "105°51'15\""}, args=_LON),
    Example(cells={"lat": "43.0620", "lon": "141.3544"}, args={**_LON, "country": "JP"}),
    Example(cells={"lat": "1.2840", "lon": "103.8510"}, args={**_LON, "country": "SG"}),
    Example(cells={"lat": "0", "lon": "-78.5"}, args={**_LON, "country": ""}),
)
BAD = (
    Example(cells={"lat": "105.8542", "lon": "21.0285"}, args=_LON, said={"variant": "swapped"}),
    Example(cells={"lat": "2326178", "lon": "587432.5"}, args=_LON, said={"variant": "projected"}),
    Example(cells={"lat": "0", "lon": "0.0"}, args=_LON, said={"variant": "zero"}),
    Example(cells={"lat": "35.68", "lon": "139.76"}, args=_LON, said={"variant": "outside"}),
    Example(cells={"lat": "2.10285", "lon": "105.8542"}, args=_LON, said={"variant": "outside"}),
    Example(cells={"lat": "21.03", "lon": ""}, args=_LON, said={"variant": "half"}),
)
_METRES = 10_000


def look(cells: Cells, use: Use) -> Remark | None:  # noqa: PLR0911 - one return per answer
    """Judge a latitude with the longitude beside it.

    ``use.args``: ``longitude`` (column), ``country`` (VN without it; "" asks only about zero, metres and halves). What
    is no plain number is the type's matter. Nothing is converted: the central meridian is not known from the cells.
    """
    column, country = str(use.args["longitude"]), str(use.args.get("country", "VN"))
    first, second = str(cells[use.field]).strip(), str(cells.get(column, "")).strip()
    if bool(first) != bool(second) and column in cells:
        return Remark(params={"variant": "half", "longitude_field": column})
    lat, lon = number_in(first), number_in(second)
    if lat is None or lon is None:
        return None
    params: dict[str, Any] = {"other": second}
    if lat == 0 and lon == 0:
        return Remark(params={**params, "variant": "zero"})
    if min(abs(lat), abs(lon)) > _METRES:
        return Remark(params={**params, "variant": "projected"}, severity="error")
    if country not in BOXES or _inside(country, lat, lon):
        return None
    name, (south, north, west, east) = BOXES[country]
    params["country"] = dict(name)
    if _inside(country, lon, lat):
        return Remark(params={**params, "variant": "swapped"}, severity="error")
    box = {"south": south, "north": north, "west": west, "east": east}
    return Remark(params={**params, **box, "variant": "outside"})


def _inside(country: str, lat: Decimal, lon: Decimal) -> bool:
    south, north, west, east = (Decimal(one) for one in BOXES[country][1])
    return south <= lat <= north and west <= lon <= east
