"""Check: no two rows are about the same thing, written a little differently."""

from __future__ import annotations

from standards.check import Cells, Example, Remark, Use
from standards.text import fold

CODE = "near-duplicate"
SCOPE = "group"
FOLDED = True
SEVERITY = "warning"
BASIS = "行政データにおける機械可読性に関するルール L3-09"
TITLE = {"vi": "Hai dòng có lẽ là một", "en": "Two rows are probably one"}
SENTENCES = {
    "": {
        "vi": "“{given}” có ở {count} dòng (dòng {lines}), chỉ khác nhau cách viết hoặc mã. "
        "Gộp lại nếu là một; nếu là hai, ghi tên cho phân biệt được.",
        "en": '"{given}" stands in {count} rows (rows {lines}), which differ only in writing or code. '
        "Merge them if they are one; if they are two, give names that tell them apart.",
    }
}
GOOD = (
    Example(cells={"name": ["Trường A"], "commune": ["00004"]}, args={"by": ["commune"]}),
    Example(cells={"name": ["", ""], "commune": ["00004", "00004"]}, args={"by": ["commune"]}),
    Example(cells={"name": ["Trường A", "Trường B"], "commune": ["00004", "00004"]}, args={"by": ["commune"]}),
)
BAD = (
    Example(
        cells={"name": ["Trường THCS Lê Lợi", "TRƯỜNG THCS LÊ LỢI"], "commune": ["00004", "00004"]},
        args={"by": ["commune"]},
        said={"count": 2, "given": "Trường THCS Lê Lợi"},
    ),
)


def look(cells: Cells, use: Use) -> Remark | None:
    """Compare the names of rows that share ``use.args["by"]`` (place, address), apart from marks, case, punctuation."""
    names = [str(one).strip() for one in cells[use.field]]
    by_key: dict[str, list[int]] = {}
    for at, name in enumerate(names):
        key = "".join(char for char in fold(name) if char.isalnum())
        if key:
            by_key.setdefault(key, []).append(at)
    same = next((rows for rows in by_key.values() if len(rows) > 1), [])
    if not same:
        return None
    return Remark(params={"given": names[same[0]], "count": len(same)}, rows=tuple(same))
