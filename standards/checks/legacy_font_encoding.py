"""Check: a column is not text typed for an old Vietnamese font (TCVN3: .VnTime; VNI: VNI-Times)."""

from __future__ import annotations

from standards.check import Cells, Example, Remark, Use
from standards.finding import Fix
from standards.text import TCVN3, VNI_SIGNS, decode_tcvn3, decode_vni, is_tcvn3, telltales, vni_pairs

CODE = "legacy-font-encoding"
SCOPE = "column"
SEVERITY = "error"
BASIS = "TCVN 6909:2001"
TITLE = {"vi": "Chữ viết bằng phông cũ", "en": "Text typed for an old font"}
SENTENCES = {
    "": {
        "vi": "cột viết bằng bảng mã TCVN3 (phông ABC): “{sample}” là “{after}”. "
        "Đổi cột sang Unicode rồi gửi lại, hoặc nhận bản Datamo đổi sau khi xem vài dòng đầu.",
        "en": 'the column is in TCVN3 (ABC fonts): "{sample}" reads "{after}". '
        "Convert it to Unicode and send again, or accept Datamo's conversion after looking at the first rows.",
    },
    "vni": {
        "vi": "cột viết bằng phông VNI: “{sample}” là “{after}”. "
        "Đổi cột sang Unicode rồi gửi lại, hoặc nhận bản Datamo đổi sau khi xem vài dòng đầu.",
        "en": 'the column was typed for VNI fonts: "{sample}" reads "{after}". '
        "Convert it to Unicode and send again, or accept Datamo's conversion after looking at the first rows.",
    },
}
_PAIRS = 3
"""So many different pairs of letter and mark make a column one for VNI fonts."""
GOOD = (
    Example(cells={"name": ["Thành phố Hà Nội", "Đắk Lắk"]}),
    Example(cells={"name": ["Málaga", "Besançon", "10 µg", "© 2025", "25 °C"]}),
    Example(cells={"name": []}),
)
BAD = (
    Example(
        cells={"name": ["Thµnh phè Hµ Néi", "TØnh Hµ Giang", "QuËn Ba §×nh"]},
        said={"sample": "Thµnh phè Hµ Néi", "after": "Thành phố Hà Nội"},
    ),
    Example(
        cells={"name": ["Huyeän Ñoâng Anh", "Thaønh phoá Hueá", "Quaän 1"]},
        said={"variant": "vni", "sample": "Huyeän Ñoâng Anh", "after": "Huyện Đông Anh"},
    ),
)


def look(cells: Cells, use: Use) -> Remark | None:
    """See whether the values of a column hold three different signs of an old font inside words; show one decoded.

    Rewriting the column is safe where nothing but signs of that font stands in it.
    """
    values = [str(value) for value in cells[use.field]]
    pairs = vni_pairs(values)
    if len(pairs) >= _PAIRS and len(pairs) > len(telltales(values)):
        return _vni(values)
    if not is_tcvn3(values):
        return None
    sample = next(value for value in values if telltales([value]))
    params = {"sample": sample[:200], "after": decode_tcvn3(sample)[:200], "signs": sorted(telltales(values))}
    pure = all(sign.isascii() or sign in TCVN3 for value in values for sign in value)
    return Remark(params=params, fix=Fix(kind="tcvn3", after=decode_tcvn3(sample), safe=pure), cell=sample)


def _vni(values: list[str]) -> Remark:
    sample = next(value for value in values if vni_pairs([value]))
    params = {"variant": "vni", "sample": sample[:200], "after": decode_vni(sample)[:200]}
    pure = all(sign.isascii() or sign in VNI_SIGNS for value in values for sign in value)
    return Remark(params=params, fix=Fix(kind="vni", after=decode_vni(sample), safe=pure), cell=sample)
