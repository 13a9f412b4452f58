"""Check: a choice is written the same way in every row."""

from __future__ import annotations

from collections import Counter

from standards.check import Cells, Example, Remark, Use
from standards.page import Column, page, remark, shown
from standards.sheet import drawn
from standards.text import fold, strip_marks, tone_key

CODE = "choices-not-uniform"
SCOPE = "sheet"
SEVERITY = "warning"
RULE = "L2-04"
LEVEL = 2
BASIS = "行政データにおける機械可読性に関するルール (2026-03-31) L2-04"
TITLE = {"vi": "Cùng một lựa chọn viết nhiều cách", "en": "One choice written in several ways"}
SENTENCES = {
    "": {
        "vi": (
            "cột {columns} viết cùng một giá trị theo nhiều cách: {pairs}. Chọn một cách viết "
            "(nên dùng mã hoặc nhãn của danh mục)."
        ),
        "en": (
            "column {columns} writes the same value in several ways: {pairs}. Choose one (a code "
            "or label of a list is best)."
        ),
    },
}
PICTURE = {
    "vi": "Đang hoạt động, đang hoạt động, Dang hoat dong   →   Đang hoạt động",
    "en": "Open, open, OPEN   →   Open",
}
_MANY = "\n".join(f"x{number}|Mở" for number in range(12))
GOOD = (
    Example(cells={"page": page(drawn(f"Tên|Tình trạng\n{_MANY}\ny|Đóng\nz|Đóng"))}),
    Example(cells={"page": page(drawn("Tên|Ghi chú\na|Tốt\nb|tốt"))}),
)
BAD = (
    Example(cells={"page": page(drawn(f"Tên|Tình trạng\n{_MANY}\ny|mở\nz|Đóng"))}, said={"pairs": ["Mở = mở"]}),
    Example(cells={"page": page(drawn(f"Tên|Tình trạng\n{_MANY}\ny|Mo\nz|Đóng"))}, said={"pairs": ["Mở = Mo"]}),
)
LEAST = 12
"""Fewer rows do not show that a column holds choices."""


def applies(cells: Cells, use: Use) -> bool:  # noqa: ARG001 - the shape's signature
    """It can be asked where some column holds few values many times."""
    return any(_is_choice(one) for one in shown(cells).columns)


def look(cells: Cells, use: Use) -> Remark | None:  # noqa: ARG001
    """Bring together values of a column of choices that differ in case, spaces, tone placement or missing marks."""
    places, labels, pairs = [], [], []
    for column in shown(cells).columns:
        if not _is_choice(column):
            continue
        odd = _odd(column)
        if odd:
            labels.append(column.label)
            pairs += [f"{usual} = {other}" for other, usual in odd.items()]
            places += [(row, column.index) for row, text, _ in column.said if text.strip() in odd]
    return remark(places, columns=labels, pairs=pairs)


def _is_choice(column: Column) -> bool:
    values = [text.strip() for _, text, _ in column.said]
    kinds = len(set(values))
    return len(values) >= LEAST and kinds <= 30 and kinds * 4 <= len(values) and column.figures * 2 < len(values)  # noqa: PLR2004


def _odd(column: Column) -> dict[str, str]:
    """Map the rarer ways of writing a value to the commonest."""
    counts = Counter(text.strip() for _, text, _ in column.said)
    usual: dict[str, str] = {}
    found: dict[str, str] = {}
    for value, _ in counts.most_common():
        key = " ".join(tone_key(value).split())
        bare = strip_marks(value) == value
        like = usual.get(key) or (usual.get("~" + fold(value)) if bare else None)
        if like and like != value:
            found[value] = like
        else:
            usual.setdefault(key, value)
            usual.setdefault("~" + fold(value), value)
    return found
