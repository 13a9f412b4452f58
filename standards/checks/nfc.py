"""Check: text is in Unicode's composed form (NFC)."""

from __future__ import annotations

from standards.check import Cells, Example, Remark, Use
from standards.finding import Fix
from standards.text import nfc

CODE = "nfc"
SCOPE = "cell"
SEVERITY = "warning"
BASIS = "TCVN 6909:2001"
TITLE = {"vi": "Chữ có dấu ở dạng tổ hợp rời", "en": "Letters and marks stored apart"}
SENTENCES = {
    "": {
        "vi": "“{cell}” ghi chữ và dấu thành ký tự rời, nên tìm kiếm và so sánh "
        "sẽ sai. Ghi lại thành: “{after}”.",
        "en": '"{cell}" stores letters and marks apart, which breaks searching and comparing. '
        'Write it as: "{after}".',
    }
}
GOOD = (
    Example(cells={"name": "Thành phố Hồ Chí Minh"}),
    Example(cells={"name": "Ha Noi"}),
    Example(cells={"name": ""}),
)
BAD = (
    Example(cells={"name": "Ha\u0300 No\u0323\u0302i"}, said={"after": "Hà Nội"}),
    Example(cells={"name": "が か\u3099"}),
)


def look(cells: Cells, use: Use) -> Remark | None:
    """Compare a text with its NFC form. CJK compatibility letters change shape in NFC: there the repair is not safe."""
    text = str(cells[use.field])
    after = nfc(text)
    if after == text:
        return None
    changes_shape = any("\uf900" <= char <= "\ufaff" or char >= "\U0002f800" for char in text)
    return Remark(params={"after": after[:200]}, fix=Fix(kind="nfc", after=after, safe=not changes_shape))
