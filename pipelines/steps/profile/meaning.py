"""What a column's values mean: the code list that nearly all of them are found in."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from standards.registry import SHIPPED, Standards
from standards.text import fold

LISTS: Sequence[tuple[str, tuple[str, ...]]] = (
    ("vn-commune", ("xa", "phuong", "px", "commune", "ward")),
    ("vn-district", ("huyen", "quan", "qh", "district")),
    ("vn-province", ("tinh", "tp", "thanh pho", "province", "city")),
    ("vn-ethnic-group", ("dan toc", "ethnic")),
    ("vn-vsic", ("vsic", "nganh", "industry")),
    ("iso3166-1", ("quoc gia", "nuoc", "country")),
    ("iso4217", ("tien te", "currency")),
    ("jp-local-government", ("lgcode", "自治体", "団体コード")),
)
"""The lists that are tried, with words of which the label must have one: a short code alone proves nothing."""

SHARE = 0.9
LOOKED_AT = 2_000


def meaning(label: str, values: Collection[str], standards: Standards = SHIPPED) -> str | None:
    """Name the code list that a column follows, by its label and nine tenths of its distinct values; else None."""
    words = f" {fold(label).replace('_', ' ').replace('-', ' ')} "
    for name, hints in LISTS:
        if values and any(f" {hint} " in words or (len(hint) > 3 and hint in words) for hint in hints):  # noqa: PLR2004
            known = standards.codelist(name).entries
            some = list(values)[:LOOKED_AT]
            if sum(1 for one in some if one.strip() in known) >= SHARE * len(some):
                return name
    return None
