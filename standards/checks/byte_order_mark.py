"""Check: a text file does not begin with a byte order mark."""

from __future__ import annotations

from standards.check import Cells, Example, Remark, Use
from standards.finding import Fix

CODE = "byte-order-mark"
SCOPE = "table"
SEVERITY = "warning"
BASIS = "RFC 3629"
TITLE = {"vi": "Tệp có dấu BOM ở đầu", "en": "Byte order mark"}
SENTENCES = {
    "": {
        "vi": "tệp UTF-8 bắt đầu bằng một dấu ẩn (BOM), mà nhiều chương trình đọc lẫn vào tên cột đầu tiên. "
        "Bản công bố không có dấu này.",
        "en": "the UTF-8 file begins with a hidden mark (BOM), which many programs read as part of the first column "
        "name. What is published has none.",
    }
}
GOOD = (
    Example(cells={"name": ["Hà Nội"]}, args={"encoding": "utf-8"}),
    Example(cells={"name": ["Hà Nội"]}, args={"encoding": "utf-16"}),
)
BAD = (Example(cells={"name": ["Hà Nội"]}, args={"encoding": "utf-8-sig"}),)


def look(cells: Cells, use: Use) -> Remark | None:  # noqa: ARG001 - the shape's signature
    """See whether the encoding that was found (``use.args["encoding"]``) is UTF-8 with a mark."""
    return Remark(fix=Fix(kind="bom", safe=True)) if use.args["encoding"] == "utf-8-sig" else None
