"""The one dated format of code lists, and how raw files are read."""

from __future__ import annotations

import csv
import unicodedata
from collections.abc import Iterable
from itertools import pairwise
from pathlib import Path

Row = dict[str, str]

FIXED = ("code", "name", "parent", "valid_from", "valid_to", "successors", "basis")
EXTRA = ("other_names", "name_vi", "name_en", "name_ja")


def read(raw: Path, path: str) -> list[Row]:
    """Rows of a raw file, cells trimmed and in NFC."""
    with (raw / path).open(encoding="utf-8-sig", newline="") as handle:
        return [
            {name: unicodedata.normalize("NFC", (cell or "").strip()) for name, cell in row.items()}
            for row in csv.DictReader(handle)
        ]


def row(code: str, name: str, **members: str) -> Row:
    """A row of the format; members that are not given are empty."""
    unknown = set(members) - set(FIXED) - set(EXTRA)
    if unknown or not code or not name:
        raise ValueError(code, name, unknown)
    return dict.fromkeys(FIXED, "") | {"code": code, "name": name} | members


def header(rows: list[Row]) -> list[str]:
    """The fixed columns, then those extra ones that hold anything."""
    return [*FIXED, *(name for name in EXTRA if any(one.get(name) for one in rows))]


def ordered(rows: Iterable[Row]) -> list[Row]:
    """Rows by code, then by time; every row with the same columns; no two rows alike or at the same time."""
    kept = sorted(rows, key=lambda one: (one["code"], one["valid_from"]))
    columns = header(kept)
    for before, after in pairwise(kept):
        same = before["code"] == after["code"]
        if same and (not before["valid_to"] or before["valid_to"] > after["valid_from"]):
            raise ValueError("overlap", before, after)
    return [{name: one.get(name, "") for name in columns} for one in kept]


def basis(opened: str, closed: str) -> str:
    """``opened by → closed by``; either side may be missing."""
    return f"{opened} → {closed}".strip() if closed else opened


def plain(text: str) -> str:
    """Letters without marks, lower case: to compare two spellings of one name."""
    apart = unicodedata.normalize("NFD", text.lower().replace("đ", "d"))
    return "".join(char for char in apart if char.isalnum())
