"""Check: a code begins with the code of the unit above it."""

from __future__ import annotations

from standards.check import Cells, Example, Remark, Use

CODE = "prefix-of"
SCOPE = "cell"
SEVERITY = "warning"
BASIS = "QĐ 20/2020/QĐ-TTg Đ.4"
TITLE = {"vi": "Mã không bắt đầu bằng mã cấp trên", "en": "Code does not begin with the upper code"}
SENTENCES = {
    "": {
        "vi": "mã {cell} không bắt đầu bằng mã cấp trên {upper} (cột {upper_field}). Sửa một trong hai mã.",
        "en": "code {cell} does not begin with the upper code {upper} (column {upper_field}). Correct one of them.",
    },
    "itself": {
        "vi": "mã {cell} được ghi là cấp trên của chính nó. Để trống cột {upper_field} nếu không có cấp trên.",
        "en": "code {cell} is given as its own upper unit. Leave the column {upper_field} empty where there is none.",
    },
}
_UPPER = {"upper": "parent_id", "between": "."}
GOOD = (
    Example(cells={"agency_id": "H05.12", "parent_id": "H05"}, args=_UPPER),
    Example(cells={"agency_id": "H05.12.3", "parent_id": "H05"}, args=_UPPER),
    Example(cells={"agency_id": "H05", "parent_id": ""}, args=_UPPER),
    Example(cells={"agency_id": "", "parent_id": "H05"}, args=_UPPER),
    Example(cells={"area": "MESZ01", "above": "ME"}, args={"upper": "above"}),
    # a court of another branch of the state: only codes of one level-1 unit are compared
    Example(cells={"agency_id": "0100109106", "parent_id": "G12"}, args=_UPPER),
)
BAD = (
    Example(cells={"agency_id": "H05.12", "parent_id": "H02"}, args=_UPPER, said={"upper": "H02"}),
    Example(cells={"agency_id": "H05.123", "parent_id": "H05.12"}, args=_UPPER),
    Example(cells={"agency_id": "H05.12", "parent_id": "H05.12"}, args=_UPPER, said={"variant": "itself"}),
)


def look(cells: Cells, use: Use) -> Remark | None:
    """Compare a code with the one above it.

    ``use.args``: ``upper`` (column), ``between`` (what stands between the two, "" without). A code of digits only is an
    enterprise's number and is not compared with one that begins with a letter.
    """
    column, between = str(use.args["upper"]), str(use.args.get("between", ""))
    code, upper = str(cells[use.field]).strip(), str(cells.get(column, "")).strip()
    if not code or not upper or code[:1].isdigit() != upper[:1].isdigit():
        return None
    params = {"upper": upper, "upper_field": column}
    if code == upper:
        return Remark(params={**params, "variant": "itself"})
    return None if code.startswith(upper + between) else Remark(params=params)
