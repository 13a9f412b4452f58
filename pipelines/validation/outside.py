"""Text that a file holds outside its table (above the header, under the data, comments): which persons it mentions."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipelines.format import Table
from standards.finding import Finding, Place
from standards.mentions import mentioned
from standards.text import nfc

CODE = "personal-data-named"
BASIS = "Luật 91/2025/QH15"
CONTACTS = frozenset({"phone", "email"})
"""Kinds of data that an agency has too."""
OFFICE = re.compile(
    r"\b(đường dây nóng|hotline|tổng đài|trực ban|văn phòng|phòng|sở|ubnd|uỷ ban|ủy ban|chi cục|cục|trung tâm|cơ quan|"
    r"bộ phận|office|department|help ?desk)\b"
)
PERSON = re.compile(r"\b(ông|bà|anh|chị|cô|chú|người lập|người báo cáo|chuyên viên|nhân viên|cán bộ|mr|mrs|ms)\b")
"""Words with their marks: without marks many of them mean something else, and what is in doubt stays private."""


def told(table: Table) -> Iterator[Finding]:
    """Tell once for each kind what is mentioned; the contact of an office is a note and no more."""
    seen: set[tuple[str, str]] = set()
    for text in table.passed:
        found = mentioned(text)
        if found is None:
            continue
        one, sample = found
        variant = "office" if one.trait.kind in CONTACTS and _is_office(text) else "note"
        if (one.trait.id, variant) in seen:
            continue
        seen.add((one.trait.id, variant))
        yield Finding(
            code=CODE,
            severity="info" if variant == "office" else "warning",
            place=Place(sheet=table.sheet),
            cell=sample,
            params={"variant": variant, "kind": dict(one.trait.title)},
            basis=BASIS,
        )


def is_private(table: Table) -> bool:
    """Whether what stands outside the table mentions persons, so that the original is not for the public."""
    return any(one.severity != "info" for one in told(table))


def _is_office(text: str) -> bool:
    plain = nfc(text).lower()
    return bool(OFFICE.search(plain)) and not PERSON.search(plain)
