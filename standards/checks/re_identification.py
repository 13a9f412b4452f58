"""Check: no combination of what is told of persons is so rare that it tells who they are (k-anonymity)."""

from __future__ import annotations

from standards.check import Cells, Example, Remark, Use

CODE = "re-identification"
SCOPE = "column"
SEVERITY = "warning"
BASIS = "Luật 91/2025/QH15 (khử nhận dạng); k-ẩn danh, k = 5"
TITLE = {"vi": "Có thể nhận ra từng người", "en": "Persons can be recognised"}
SENTENCES = {
    "": {
        "vi": "ghép các cột {columns} thì {rare} dòng trong {rows} dòng nằm ở nhóm dưới {least} dòng giống nhau "
        "({alone} dòng chỉ có một mình): có thể nhận ra từng người dù không có tên. Thay ngày sinh bằng năm hoặc nhóm "
        "tuổi, gộp địa bàn, hoặc công bố bảng tổng hợp.",
        "en": "together the columns {columns} leave {rare} of {rows} rows in groups of fewer than {least} alike "
        "({alone} rows stand alone): persons can be recognised without their names. Give year or age group for the "
        "birth date, merge areas, or publish totals.",
    }
}
GOOD = (
    Example(cells={"sizes": [12, 9, 30]}, args={"columns": ["Giới tính", "Xã"]}),
    Example(cells={"sizes": []}, args={"columns": ["Giới tính", "Xã"]}),
)
BAD = (
    Example(
        cells={"sizes": [12, 1, 2, 1]},
        args={"columns": ["Ngày sinh", "Giới tính", "Xã"]},
        said={"rows": 16, "rare": 4, "alone": 2, "least": 5},
    ),
)
_LEAST = 5


def look(cells: Cells, use: Use) -> Remark | None:
    """Count the rows in small groups; ``cells`` holds under ``sizes`` how many rows share each combination.

    ``use.args``: ``columns`` (their labels, for the sentence), ``least`` (5 without it). Figures only, no values.
    """
    sizes, least = [int(one) for one in cells[use.field]], int(use.args.get("least", _LEAST))
    rare = sum(one for one in sizes if one < least)
    if not rare:
        return None
    alone = sum(1 for one in sizes if one == 1)
    params = {"columns": list(use.args["columns"]), "rows": sum(sizes), "rare": rare, "alone": alone, "least": least}
    return Remark(params=params)
