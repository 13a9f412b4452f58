"""Maps of rows that have coordinates or GeoJSON: what is drawn, what is left out, and that no outline is invented."""

from __future__ import annotations

from xml.etree import ElementTree as ET

import pytest

from api.dialects.html.charting import drawing, mapping
from api.dialects.html.charting.located import located
from api.dialects.html.view import Reader
from catalog.model import ColumnInfo, Resource
from tests.site import Town

SVG = "{http://www.w3.org/2000/svg}"


def table(**kinds: str) -> Resource:
    return Resource(name="t", columns=tuple(ColumnInfo(name=name, type=kind) for name, kind in kinds.items()))


def test_a_table_says_where_its_rows_are_by_numbers_or_by_geojson() -> None:
    found = located(table(ten="string", vi_do="number", kinh_do="number"))
    assert found is not None
    assert (found.latitude, found.longitude, found.name) == ("vi_do", "kinh_do", "ten")
    assert located(table(vi_do="string", kinh_do="string")) is None, "words are no coordinates"
    assert located(table(ten="string")) is None
    shape = located(table(geometry="geojson", ten="string"))
    assert shape is not None
    assert shape.shape == "geometry"


def test_points_that_are_not_on_the_earth_are_left_out() -> None:
    land = mapping.of_points([(21.0, 105.8, "Hà Nội"), (105.8, 21.0, "đổi chỗ"), ("x", 1, ""), (None, None, None), (10, 106, None)])
    assert [one.name for one in land.spots] == ["Hà Nội", ""]


@pytest.mark.parametrize(("text", "spots", "outlines"), [
    ('{"type": "Point", "coordinates": [105.8, 21.0, 9]}', 1, 0),
    ('{"type": "MultiPoint", "coordinates": [[1, 2], [3, 4]]}', 2, 0),
    ('{"type": "Polygon", "coordinates": [[[0, 0], [1, 0], [1, 1], [0, 0]], [[0.2, 0.2], [0.3, 0.2], [0.2, 0.2]]]}', 0, 2),
    ('{"type": "GeometryCollection", "geometries": [{"type": "LineString", "coordinates": [[0, 0], [1, 1]]}]}', 0, 1),
    ('{"type": "Polygon", "coordinates": 7}', 0, 0), ('{"type": "Point", "coordinates": [true, null]}', 0, 0),
    ('{"type": "Point", "coordinates": [999, 1]}', 0, 0), ("not json", 0, 0), ("[1, 2]", 0, 0), ('{"type": "GeometryCollection"}', 0, 0),
])
def test_shapes_of_geojson_are_read_and_junk_is_not(text: str, spots: int, outlines: int) -> None:
    land = mapping.of_shapes([(text, "a")])
    assert (len(land.spots), len(land.outlines)) == (spots, outlines)


@pytest.mark.parametrize("width", [drawing.WIDE, drawing.NARROW])
def test_a_map_is_well_formed_and_everything_lies_inside(width: int) -> None:
    far = mapping.of_points([(23.4, 102.1, "<b>Bắc</b>"), (8.6, 109.5, "Nam"), (16.0, 108.0, "")])
    for land in (far, mapping.of_points([(10.0, 106.0, "một")]), mapping.of_points([(-89.9, -179.9, ""), (89.9, 179.9, "")]),
                 mapping.of_shapes([('{"type": "Polygon", "coordinates": [[[0, 0], [1, 0], [1, 1], [0, 0]]]}', "")])):
        root = ET.fromstring(str(mapping.drawn(Reader(), land, width=width, title="Bản đồ", told="3 điểm")))
        wide, high = map(float, root.attrib["viewBox"].split()[2:])
        for one in root.iter(f"{SVG}circle"):
            assert 0 <= float(one.attrib["cx"]) <= wide
            assert 0 <= float(one.attrib["cy"]) <= high
        words = [one.text or "" for one in root.iter(f"{SVG}text")]
        assert any(one.endswith("km") for one in words)
        assert any(one.endswith("°") for one in words)
        assert high < wide * 2


def test_few_points_bear_their_names_and_a_long_land_has_room_beside_it() -> None:
    land = mapping.of_points([(21.0, 105.8, "Láng"), (10.8, 106.7, "Tân Sơn Hòa <b>")])
    drawn = str(mapping.drawn(Reader(), land, width=drawing.WIDE, title="Bản đồ", told="2 điểm"))
    assert ">Láng</text>" in drawn
    assert "Tân Sơn Hòa &lt;b&gt;</text>" in drawn
    height = float(ET.fromstring(drawn).attrib["viewBox"].split()[3])
    assert height < mapping.HIGHEST + 80
    crowd = mapping.of_points([(10 + at / 10, 106.0, f"điểm {at}") for at in range(40)])
    assert "điểm 3</text>" not in str(mapping.drawn(Reader(), crowd, width=drawing.WIDE, title="Bản đồ", told="40 điểm"))


def test_a_table_without_coordinates_has_no_map(town: Town) -> None:
    town.published("Trường", b"ma,ten\n1,a\n", slug="truong")
    assert town.client.get("/datasets/truong/map").status_code == 404
    assert "/map" not in town.client.get("/datasets/truong").text
