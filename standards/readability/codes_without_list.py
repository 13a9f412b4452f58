"""Check: codes come with the list that explains them."""

from __future__ import annotations

import re

from standards.check import Cells, Example, Remark, Use
from standards.page import Column, Page, page, remark, shown
from standards.sheet import drawn
from standards.text import fold

CODE = "codes-without-list"
SCOPE = "sheet"
SEVERITY = "info"
RULE = "L3-02"
LEVEL = 3
BASIS = "行政データにおける機械可読性に関するルール (2026-03-31) L3-02"
TITLE = {"vi": "Mã không kèm bảng mã", "en": "Codes without their list"}
SENTENCES = {
    "": {
        "vi": (
            "cột {columns} ghi mã ({values}) mà trong tệp không có bảng giải thích. Kèm bảng mã, "
            "hoặc thêm cột tên bên cạnh."
        ),
        "en": (
            "column {columns} holds codes ({values}) that nothing in the file explains. Add the "
            "list of codes, or a column with the names."
        ),
    },
}
PICTURE = {
    "vi": (
        "Loại            Loại | Tên loại        hoặc trang “Bảng mã”: 1 = Công lập, 2 = Tư "
        "thục\n1          →    1    | Công lập"
    ),
    "en": (
        'Kind            Kind | Name of kind    or a sheet "Codes": 1 = public, 2 = '
        "private\n1          →    1    | public"
    ),
}
_ROWS = "\n".join(f"x{number}|{number % 3 + 1}" for number in range(12))
GOOD = (
    Example(cells={"page": page(drawn(f"Trường|Loại hình\n{_ROWS}", others=("Bảng mã",)))}),
    Example(cells={"page": page(drawn(f"Trường|Loại hình\n{_ROWS}\nGhi chú: 1 = Công lập, 2 = Tư thục, 3 = Khác|"))}),
    Example(cells={"page": page(drawn(f"Trường|Loại hình\n{_ROWS}"))}, args={"known": ["Loại hình"]}),
)
BAD = (
    Example(cells={"page": page(drawn(f"Trường|Loại hình\n{_ROWS}"))}, said={"columns": ["Loại hình"]}),
    Example(cells={"page": page(drawn(f"School|type_code\n{_ROWS}", format="csv"))}, said={"values": ["1", "2", "3"]}),
)
_KIND = re.compile(
    r"\b(loai( hinh)?|nhom|hang|trang thai|tinh trang|gioi tinh|status|type|kind|class|category|gender|sex)\b"
    r"|種別|区分|性別"
)
_LIST = re.compile(r"bang ma|danh muc|ma so|giai thich|chu giai|chu thich|code|list|legend|readme|コード|凡例")
LEAST = 12


def applies(cells: Cells, use: Use) -> bool:  # noqa: ARG001 - the shape's signature
    """It can be asked only where a column named like a kind or state holds a few short codes."""
    return any(_is_coded(one) for one in shown(cells).columns)


def look(cells: Cells, use: Use) -> Remark | None:
    """List such columns unless the standard, another sheet, a note or a column beside explains them."""
    seen = shown(cells)
    if any(_LIST.search(fold(name)) for name in seen.sheet.others):
        return None
    known = set(use.args.get("known", ()))
    coded = [one for one in seen.columns if _is_coded(one) and one.label not in known and not _explained(seen, one)]
    values = sorted({text.strip() for one in coded for _, text, _ in one.said})
    return remark([(one.said[0][0], one.index) for one in coded], columns=[one.label for one in coded], values=values)


def _is_coded(column: Column) -> bool:
    values = {text.strip() for _, text, _ in column.said}
    label = re.sub(r"[_\W]+", " ", fold(column.label))
    short = all(re.fullmatch(r"\d{1,2}|[A-Z]\d?", one) for one in values)
    return len(column.said) >= LEAST and 1 < len(values) <= 10 and short and bool(_KIND.search(label))  # noqa: PLR2004


def _explained(seen: Page, column: Column) -> bool:
    """Whether a note gives ``1 = …`` or ``1: …``, the name does, or a column beside has one text for each code."""
    notes = [cell for row in (*seen.above, *seen.below) for cell in seen.sheet.rows[row]] + [column.label]
    if any(re.search(r"\b[\dA-Z]\d?\s*[=:\-–]\s*\w", note) for note in notes):
        return True
    for other in seen.columns[max(0, column.index - 1) : column.index + 2]:
        if other.index == column.index:
            continue
        pairs = {(a[1].strip(), b[1].strip()) for a, b in zip(column.cells, other.cells, strict=False)}
        names = {name for _, name in pairs}
        if len(pairs) == len(names) == len({code for code, _ in pairs}) and not other.figures:
            return True
    return False
