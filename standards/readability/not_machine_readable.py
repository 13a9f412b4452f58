"""Check: the file is of a format that programs read directly."""

from __future__ import annotations

from standards.check import Cells, Example, Remark, Use
from standards.page import page, remark, shown
from standards.sheet import drawn

CODE = "not-machine-readable"
SCOPE = "sheet"
SEVERITY = "info"
RULE = "L1-01"
LEVEL = 1
BASIS = "行政データにおける機械可読性に関するルール (2026-03-31) L1-01"
TITLE = {"vi": "Định dạng tệp cũ", "en": "Old file format"}
SENTENCES = {
    "": {
        "vi": (
            "trang tính nằm trong tệp Excel đời cũ (.xls) mà ít chương trình đọc đúng. Lưu lại thành .xlsx hoặc .csv."
        ),
        "en": "the sheet is in an old Excel file (.xls), which few programs read well. Save it as .xlsx or .csv.",
    },
}
PICTURE = {
    "vi": "baocao.xls, baocao.pdf, baocao.docx  →  baocao.xlsx hoặc baocao.csv",
    "en": "report.xls, report.pdf, report.docx  →  report.xlsx or report.csv",
}
GOOD = (
    Example(cells={"page": page(drawn("Mã|Tên\n01|Hà Nội"))}),
    Example(cells={"page": page(drawn("Mã|Tên\n01|Hà Nội", format="csv"))}),
)
BAD = (Example(cells={"page": page(drawn("Mã|Tên\n01|Hà Nội", format="xls"))}),)


def applies(cells: Cells, use: Use) -> bool:  # noqa: ARG001 - the shape's signature
    """Every file has a format; one that is no table at all is kept as an attachment and never comes here."""
    return True


def look(cells: Cells, use: Use) -> Remark | None:  # noqa: ARG001
    """See whether the sheet comes from a workbook of before 2007."""
    return remark((), 1) if shown(cells).sheet.format == "xls" else None
