"""Check: a column is not text typed for an old Vietnamese font (TCVN3, ABC fonts such as .VnTime)."""

from __future__ import annotations

from standards.check import Cells, Example, Remark, Use
from standards.finding import Fix
from standards.text import TCVN3, decode_tcvn3, is_tcvn3, telltales

CODE = "legacy-font-encoding"
SCOPE = "column"
SEVERITY = "error"
BASIS = "TCVN 6909:2001"
TITLE = {"vi": "Chữ viết bằng bảng mã cũ TCVN3", "en": "Text in the old TCVN3 encoding"}
SENTENCES = {
    "": {
        "vi": "cột viết bằng bảng mã TCVN3 (phông ABC): “{sample}” là “{after}”. "
        "Đổi cột sang Unicode rồi gửi lại, hoặc nhận bản Datamo đổi sau khi xem vài dòng đầu.",
        "en": 'the column is in TCVN3 (ABC fonts): "{sample}" reads "{after}". '
        "Convert it to Unicode and send again, or accept Datamo's conversion after looking at the first rows.",
    }
}
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
)


def look(cells: Cells, use: Use) -> Remark | None:
    """See whether the values of a column hold three different TCVN3 signs inside words; show the first one decoded.

    Rewriting the column is safe where nothing but signs of TCVN3 stands in it.
    """
    values = [str(value) for value in cells[use.field]]
    if not is_tcvn3(values):
        return None
    sample = next(value for value in values if telltales([value]))
    params = {"sample": sample[:200], "after": decode_tcvn3(sample)[:200], "signs": sorted(telltales(values))}
    pure = all(sign.isascii() or sign in TCVN3 for value in values for sign in value)
    return Remark(params=params, fix=Fix(kind="tcvn3", after=decode_tcvn3(sample), safe=pure), cell=sample)
