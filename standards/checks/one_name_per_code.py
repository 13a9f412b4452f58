"""Check: within a table one code has one name, apart from how it is spelt."""

from __future__ import annotations

from standards.check import Cells, Example, Remark, Use
from standards.text import name_key

CODE = "one-name-per-code"
SCOPE = "group"
DISTINCT = True
SEVERITY = "warning"
BASIS = "行政データにおける機械可読性に関するルール L3-09"
TITLE = {"vi": "Một mã có nhiều tên", "en": "One code with several names"}
SENTENCES = {
    "": {
        "vi": "mã {code} mang {count} tên khác nhau trong bảng: {names} (dòng {lines}). "
        "Ghi một tên cho một mã, hoặc sửa mã.",
        "en": "code {code} has {count} different names in the table: {names} (rows {lines}). "
        "Write one name for one code, or correct the code.",
    }
}
_ARGS = {"by": ["code"]}
GOOD = (
    Example(cells={"name": ["Lương", "LƯƠNG"], "code": ["6001", "6001"]}, args=_ARGS),
    Example(cells={"name": ["Hoà Bình", "Hòa Bình", ""], "code": ["1", "1", "1"]}, args=_ARGS),
    Example(cells={"name": ["Lương", "Phụ cấp"], "code": ["", ""]}, args=_ARGS),
)
BAD = (
    Example(
        cells={"name": ["Lương", "Phụ cấp"], "code": ["6001", "6001"]},
        args=_ARGS,
        said={"code": "6001", "count": 2, "names": ["Lương", "Phụ cấp"]},
    ),
)


def look(cells: Cells, use: Use) -> Remark | None:
    """Compare the names of rows with the same ``use.args["by"]``; the last column named there is the code."""
    code = str(cells[str(use.args["by"][-1])][0]).strip()
    names = [str(one).strip() for one in cells[use.field]]
    first: dict[str, int] = {}
    for at, name in enumerate(names):
        if name:
            first.setdefault(name_key(name), at)
    if not code or len(first) < 2:  # noqa: PLR2004 - one name is no two
        return None
    rows = tuple(first.values())
    return Remark(params={"code": code, "count": len(rows), "names": [names[at] for at in rows]}, rows=rows)
