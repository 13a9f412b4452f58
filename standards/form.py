"""A report form taken apart: front, header of several rows, numbering, sums, notes and signatures around a table."""

from __future__ import annotations

import functools
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from standards.crosstab import dimension, kind
from standards.heading import JOINT, clean
from standards.numbering import marks_of
from standards.page import Column, Page, is_number, is_signed, is_total
from standards.sums import Difference, below, differences
from standards.text import fold

LEAST = 2
"""So much evidence makes a sheet a form (see ``evidence``)."""

NAMES = {
    "vi": {
        "code": "Mã mục",
        "level": "Cấp",
        "above": "Mã mục cha",
        "upper": "Mục cha",
        "group": "Nhóm",
        "sum": "Dòng tổng",
        "measure": "Chỉ tiêu",
        "value": "Giá trị",
        "unit": "Đơn vị tính",
        "sign": "Ký hiệu",
        "year": "Năm",
        "month": "Tháng",
        "quarter": "Quý",
        "age": "Nhóm tuổi",
        "sex": "Giới tính",
        "place": "Khu vực",
    },
    "en": {
        "code": "Item code",
        "level": "Level",
        "above": "Upper item code",
        "upper": "Upper item",
        "group": "Group",
        "sum": "Is a sum",
        "measure": "Measure",
        "value": "Value",
        "unit": "Unit",
        "sign": "Sign",
        "year": "Year",
        "month": "Month",
        "quarter": "Quarter",
        "age": "Age",
        "sex": "Sex",
        "place": "Area",
    },
}
"""What the columns of the table are called that a form becomes."""

_UNIT = re.compile(r"(?:đơn vị(?:\s*tính)?|đvt|unit|単位)\s*[:：]\s*(.{1,40}?)\s*\)?\s*$", re.IGNORECASE)
_OWN_UNIT = re.compile(r"[(（]\s*([^()（）=]{1,24})\s*[)）]\s*$")
_NUMBERED = re.compile(r"(?:bi[ểễ]u|mẫu)(?:\s*(?:số|mẫu))?\s*[:.]?\s*(\d[\w./\-]*)", re.IGNORECASE)
_STUB = re.compile(r"\b(ma( so)?|stt|tt|so tt|so hieu|ky hieu|ten|dien giai|ghi chu|code|id|no|year|name|note)\b")
_UNIT_COLUMN = re.compile(r"^(don vi tinh|dvt|don vi|unit|units)$")
SIGN = re.compile(r"^\s*(-+|–|—|\.{2,3}|…|[xX×]|\*{1,4}|n/?a)\s*$")
_SEXES = re.compile(r"^(nam|nu|men|women|male|female|tong so|tong cong|chung|total|cong)$")
_PLACES = re.compile(r"^(thanh thi|nong thon|urban|rural|tong so|chung|total|cong)$")
_VIETNAMESE = re.compile("[ăâđêôơưáàảãạắằẳẵặấầẩẫậéèẻẽẹếềểễệíìỉĩịóòỏõọốồổỗộớờởỡợúùủũụứừửữựýỳỷỹỵ]", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """The plan by which a form becomes a table; plain members, so that it can be shown, kept and played again.

    Rows and columns count from 0 on the sheet. ``numbering`` is the column of I, 1, 1.1, a); ``stubs`` are columns that
    describe a row, ``measures`` those of figures; ``members`` are a measure's values in ``dimensions`` (one name for
    each), ``units`` its unit. ``groups`` are rows that only name what follows, ``sums`` rows that are sums: ``dropped``
    ones add up and go, others stay and are marked; ``wrong`` are figures that differ from the sum of their parts.
    ``titles``, ``notes`` and ``signed`` are words moved out.
    """

    language: str = "vi"
    titles: tuple[str, ...] = ()
    number: str = ""
    unit: str = ""
    header: tuple[int, int] = (0, 1)
    body: tuple[int, int] = (1, 1)
    numbering: int | None = None
    stubs: tuple[int, ...] = ()
    measures: tuple[int, ...] = ()
    long: bool = False
    dimensions: tuple[str, ...] = ()
    members: tuple[tuple[str, ...], ...] = ()
    units: tuple[str, ...] = ()
    unit_column: int | None = None
    groups: tuple[int, ...] = ()
    sums: tuple[int, ...] = ()
    dropped: tuple[int, ...] = ()
    wrong: tuple[Difference, ...] = ()
    notes: tuple[str, ...] = ()
    signed: tuple[str, ...] = ()
    evidence: tuple[str, ...] = ()


@functools.lru_cache(maxsize=2)
def plan(page: Page) -> Form | None:
    """Say how a sheet becomes a table, or None where it is none already, holds several, or is too long to be a form."""
    heading, sheet = page.heading, page.sheet
    if heading is None or not sheet.whole or page.second is not None or not page.columns:
        return None
    measures = _measures(page)
    if not measures or any(names["above"] in page.labels for names in NAMES.values()):
        return None
    marks = marks_of(page)
    stubs = tuple(one.index for one in page.columns if one.index not in measures and (one.label or one.said))
    number = marks.column if marks else None
    stubs = tuple(one for one in stubs if one != number)
    found = _evidence(page, measures, marks is not None)
    if sum(found.values()) < LEAST or not (stubs or number is not None):
        return None
    front = [clean(cell) for row in page.above for cell in sheet.rows[row] if cell.strip()]
    foot = [clean(cell) for row in page.below for cell in sheet.rows[row] if cell.strip()]
    unit = next((one for one in map(_unit, (*front, *foot)) if one), "")
    groups = () if marks else _groups(page, measures, stubs)
    long = bool(dimension(page)) or heading.depth > 1
    members, dimensions = _members(page, measures, long=long)
    sums = _sums(page, measures, stubs, marks)
    added = [one for one in measures if _unit_of(page.labels[one], "") != "%" and "%" not in page.labels[one]]
    wrong = below(page, added) if marks else differences(page, added, sums, groups)
    signing = next((at for at, word in enumerate(foot) if is_signed(word)), len(foot))
    return Form(
        language="vi" if _VIETNAMESE.search(" ".join((*front, *heading.labels))) else "en",
        titles=tuple(word for word in front if not _unit(word)),
        number=next((one[1] for one in map(_NUMBERED.search, front) if one), ""),
        unit=unit,
        header=(heading.first, heading.depth + heading.numbers),
        body=page.body,
        numbering=number,
        stubs=stubs,
        measures=measures,
        long=long,
        dimensions=dimensions,
        members=members,
        units=tuple(_unit_of(page.labels[index], unit) for index in measures),
        unit_column=next((one for one in stubs if _UNIT_COLUMN.match(_words(page.labels[one]))), None),
        groups=groups,
        sums=sums,
        dropped=() if marks else tuple(row for row in sums if row not in {one[0] for one in wrong}),
        wrong=tuple(wrong),
        notes=tuple(foot[:signing]),
        signed=tuple(foot[signing:]),
        evidence=tuple(found),
    )


def _words(label: str) -> str:
    return fold(label).replace("_", " ").strip()


def _unit(text: str) -> str:
    found = _UNIT.search(text)
    return found[1].strip() if found else ""


def _unit_of(label: str, unit: str) -> str:
    """Give a measure's own unit: what stands in brackets, per cent where it is a share, else the form's."""
    own = _OWN_UNIT.search(label)
    if own and not own[1].strip().isdigit():
        return own[1].strip()
    return "%" if "%" in label or re.search(r"\b(ty le|ti le|co cau|ty trong)\b", fold(label)) else unit


def _measures(page: Page) -> tuple[int, ...]:
    """Find the columns of figures: not codes, not numbers of rows, and to the right of a column that describes."""
    found: list[int] = []
    for one in page.columns:
        said = [cell for cell in one.said if not SIGN.match(cell[1])]
        figures = sum(1 for _, text, kind in said if kind == "n" or is_number(text))
        named = page.heading is not None and bool(page.heading.paths[one.index])
        if named and said and figures >= 0.7 * len(said) and not _is_stub(one, found):
            found.append(one.index)
    return tuple(found)


def _is_stub(column: Column, before: Sequence[int]) -> bool:
    label = _words(column.label)
    padded = any(len(text) > 1 and text.startswith("0") and text.isdigit() for _, text, _ in column.said)
    first = not before and column.index == 0
    year = column.label.strip().lower() in ("năm", "year", "niên độ")
    return padded or first or year or (not before and bool(_STUB.search(label)))


def _evidence(page: Page, measures: Sequence[int], numbered: bool) -> dict[str, int]:
    """Weigh what makes a sheet a form."""
    heading, rows = page.heading, page.sheet.rows
    front = [cell for row in page.above for cell in rows[row] if cell.strip()]
    foot = [cell for row in page.below for cell in rows[row] if cell.strip()]
    found = {
        "titles": int(bool(front)),
        "unit": 2 * any(map(_unit, (*front, *foot))),
        "number": 2 * any(bool(_NUMBERED.search(one)) for one in front),
        "header": 2 * (heading is not None and heading.depth > 1 and len(measures) > 1),
        "column-numbers": 2 * (heading is not None and heading.numbers),
        "numbering": 2 * numbered,
        "signatures": 2 * any(map(is_signed, foot)),
        "notes": int(bool(foot)),
        "crosstab": 2 * bool(dimension(page)),
        "sums": int(any(is_total(cell) for row in rows[slice(*page.body)] for cell in row[:3])),
    }
    return {name: weight for name, weight in found.items() if weight}


def _groups(page: Page, measures: Sequence[int], stubs: Sequence[int]) -> tuple[int, ...]:
    """Find rows that only name what follows: one describing cell, no figures, and rows with figures below."""
    rows, (start, end) = page.sheet.rows, page.body
    found = []
    for at in range(start, end - 1):
        said = [index for index, cell in enumerate(rows[at]) if cell.strip()]
        if len(said) == 1 and said[0] in stubs and not is_total(rows[at][said[0]]):
            following = next((row for row in rows[at + 1 : end] if any(cell.strip() for cell in row)), ())
            if any(index < len(following) and following[index].strip() for index in measures):
                found.append(at)
    return tuple(found)


def _sums(page: Page, measures: Sequence[int], stubs: Sequence[int], marks: Any) -> tuple[int, ...]:
    rows, (start, end) = page.sheet.rows, page.body
    named = [row for row in range(start, end) if any(is_total(rows[row][one]) for one in stubs[:3])]
    if marks is None:
        return tuple(row for row in named if any(rows[row][one].strip() for one in measures))
    parents = {one.above for one in marks.marks.values() if _says(rows[one.row], measures)}
    return tuple(sorted({*named, *(row for row in parents if row is not None and _says(rows[row], measures))}))


def _says(row: Sequence[str], measures: Sequence[int]) -> bool:
    return any(row[one].strip() for one in measures)


def _members(
    page: Page, measures: Sequence[int], *, long: bool
) -> tuple[tuple[tuple[str, ...], ...], tuple[str, ...]]:
    """Give each measure's values in the dimensions of the header, and what the dimensions are (by key of NAMES)."""
    heading = page.heading
    if heading is None or not long:
        return (), ()
    paths = [heading.paths[index] for index in measures]
    if len({len(path) for path in paths}) > 1:
        return tuple((JOINT.join(path),) for path in paths), ("measure",)
    members = tuple(paths)
    kept = [at for at in range(len(paths[0])) if len({path[at] for path in paths}) > 1 or len(paths[0]) == 1]
    kept = kept or [len(paths[0]) - 1]
    return tuple(tuple(path[at] for at in kept) for path in members), tuple(
        _dimension(tuple(dict.fromkeys(path[at] for path in paths))) for at in kept
    )


def _dimension(words: tuple[str, ...]) -> str:
    told = kind(words)
    if told:
        return told
    folded = [fold(word).strip() for word in words]
    if all(map(_SEXES.match, folded)):
        return "sex"
    return "place" if all(map(_PLACES.match, folded)) else "measure"
