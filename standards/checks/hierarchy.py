"""Check: upper units named in a table are in the table, and no unit stands above itself by a detour."""

from __future__ import annotations

from collections.abc import Mapping

from standards.check import Cells, Example, Remark, Use

CODE = "hierarchy"
SCOPE = "group"
DISTINCT = True
SEVERITY = "warning"
BASIS = ""
TITLE = {"vi": "Quan hệ cấp trên, cấp dưới không khép kín", "en": "Upper units do not fit together"}
SENTENCES = {
    "cycle": {
        "vi": "{chain}: các đơn vị này là cấp trên của nhau thành vòng. Sửa mã cấp trên của một đơn vị.",
        "en": "{chain}: these units stand above each other in a circle. Correct the upper unit of one of them.",
    },
    "absent": {
        "vi": "mã cấp trên {absent} không có trong cột {code_field} của bảng. Thêm dòng của đơn vị đó, hoặc sửa mã.",
        "en": "the upper code {absent} is not in the column {code_field} of the table. Add that unit's row, or correct "
        "the code.",
    },
}
_CODE = {"code": "id"}
GOOD = (
    Example(cells={"above": ["", "A", "A.1"], "id": ["A", "A.1", "A.1.1"]}, args=_CODE),
    Example(cells={"above": ["", ""], "id": ["A", "B"]}, args=_CODE),
    Example(cells={"above": ["H05", "H05"], "id": ["H05.1", "H05.2"]}, args={**_CODE, "absent": False}),
)
BAD = (
    Example(cells={"above": ["B", "C", "A"], "id": ["A", "B", "C"]}, args=_CODE, said={"variant": "cycle"}),
    Example(cells={"above": ["", "X"], "id": ["A", "A.1"]}, args=_CODE, said={"variant": "absent", "absent": ["X"]}),
)
_NAMED = 5


def look(cells: Cells, use: Use) -> Remark | None:
    """Follow every unit upwards; ``use.args``: ``code`` (column of the units' own codes).

    With ``absent: false`` upper units may stand outside the table.
    """
    column = str(use.args["code"])
    above = [str(one).strip() for one in cells[use.field]]
    codes = [str(one).strip() for one in cells[column]]
    upper = {code: top for code, top in zip(codes, above, strict=True) if code and top}
    circle = _circle(upper)
    if circle:
        chain = " → ".join([*circle[:_NAMED], circle[0]])
        rows = tuple(at for at, code in enumerate(codes) if code in set(circle))
        return Remark(params={"variant": "cycle", "chain": chain}, rows=rows, severity="error")
    if use.args.get("absent", True) is False:
        return None
    known = {*codes, ""}
    rows = tuple(at for at, one in enumerate(above) if one not in known)
    if not rows:
        return None
    absent = list(dict.fromkeys(above[at] for at in rows))[: _NAMED * 4]
    return Remark(params={"variant": "absent", "absent": absent, "code_field": column}, rows=rows)


def _circle(upper: Mapping[str, str]) -> list[str]:
    """Give the units of one circle, none where there is none; a unit above itself is prefix-of's matter too."""
    done: set[str] = set()
    for start in upper:
        trail: dict[str, None] = {}
        at = start
        while at in upper and at not in done and at not in trail:
            trail[at] = None
            at = upper[at]
        if at in trail:
            way = list(trail)
            return way[way.index(at) :]
        done.update(trail)
    return []
