"""What else may tell who somebody is: names of files, sheets and columns, and rare combinations of cells."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from types import MappingProxyType
from typing import Any

from pipelines.validation.distinct import finding_of_remark
from pipelines.validation.grouped import group_sizes
from pipelines.validation.uses import Bound
from standards import registry
from standards.check import Use
from standards.finding import Finding, Place
from standards.mentions import mentioned
from standards.screening import says

BASIS = "Luật 91/2025/QH15"
ASKED_BY_NAME = "personal-data-named"

QUASI: Mapping[str, Sequence[str]] = MappingProxyType({
    "birth": ("ngay sinh", "ngay thang nam sinh", "ntns", "sinh ngay", "ngay thang sinh", "nam sinh", "date of birth",
              "dob", "birth date", "birthday", "birthdate", "year of birth", "生年月日"),
    "sex": ("gioi tinh", "gioi", "phai", "nam nu", "sex", "gender", "性別"),
    "place": ("xa", "phuong", "thon", "to dan pho", "ma xa", "ten xa", "phuong xa", "xa phuong", "commune", "ward",
              "village", "noi o", "que quan", "町名"),
    "group": ("dan toc", "nghe nghiep", "ton giao", "trinh do", "ethnic group", "occupation", "religion"),
})  # fmt: skip
"""Kinds of columns that together tell who somebody is, by the words of their headers."""
LEAST = 5


def by_name(names: Mapping[str, str], sheet: str | None) -> Iterator[Finding]:
    """Tell what the names of a file, its sheet and its columns mention; ``names`` is kind of place → text."""
    for where, text in names.items():
        found = mentioned(text.replace("_", " "))
        if found is None:
            continue
        one, sample = found
        kind = where.partition(":")[0]
        params = {"variant": kind, "kind": dict(one.trait.title)}
        yield Finding(
            code=ASKED_BY_NAME, severity="warning", place=Place(sheet=sheet), cell=sample, params=params, basis=BASIS
        )


def combinations(cells: Path, labels: Sequence[str], *, today: date, sheet: str | None) -> Finding | None:
    """Count how many rows share each combination of birth date, sex and place; None where nothing is rare.

    Asked only of tables with a column of birth dates (their rows are persons) and one more such column.
    """
    columns = _quasi(labels)
    if "birth" not in columns or len(columns) < 2:  # noqa: PLR2004 - one column is no combination
        return None
    places = [at for each in columns.values() for at in each]
    sizes = group_sizes(cells, places)
    small = sizes[sizes < LEAST]
    rest = int(sizes.sum() - small.sum())
    check = registry.check("re-identification")
    args = {"columns": [labels[at] for at in places], "least": LEAST}
    use = Use(field="sizes", needs=("sizes",), args=args, codelists=registry.codelist, today=today)
    remark = check.look({"sizes": [*sorted(small.tolist()), *([rest] if rest else [])]}, use)
    if remark is None:
        return None
    bound = Bound(check=check, use=use, columns=(places[0],), label=labels[places[0]])
    return finding_of_remark(bound, remark, None, sheet=sheet, count=int(remark.params["rare"]))


def _quasi(labels: Sequence[str]) -> dict[str, list[int]]:
    """Find the columns of each kind; a column belongs to one kind only."""
    found: dict[str, list[int]] = {}
    for at, label in enumerate(labels):
        kind: Any = next((one for one, words in QUASI.items() if says(label, words)), None)
        if kind:
            found.setdefault(kind, []).append(at)
    return found
