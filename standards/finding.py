"""A remark on data: code, severity, place, cell and the repair that is known; a value, never an exception."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

Severity = Literal["error", "warning", "info"]
"""error blocks publication, warning asks for attention, info explains what was done."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where: ``row`` is the record number as Frictionless counts (header = 1), ``column`` counts from 1."""

    sheet: str | None = None
    row: int | None = None
    column: int | None = None
    field: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Fix:
    """A repair that is known: ``after`` is the new cell; ``safe`` means it can be applied without a decision."""

    kind: str
    after: str | None = None
    safe: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One remark. ``params`` fill the sentence of ``code`` at the door; ``basis`` names the rule it rests on.

    ``also`` are the codes of other errors about the same value, for which this remark stands: people see one problem.
    """

    code: str
    severity: Severity = "error"
    place: Place = Place()
    cell: str | None = None
    params: Mapping[str, Any] = field(default_factory=dict)
    basis: str = ""
    count: int = 1
    fix: Fix | None = None
    also: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """All findings of one code in one field: how many, where the first ones are, how many can be repaired."""

    code: str
    severity: Severity
    field: str | None
    count: int
    examples: tuple[int, ...] = ()
    fixable: int = 0
    sheet: str | None = None


def reason_of(finding: Finding, **more: Any) -> Mapping[str, Any]:
    """Make of a finding the reason of a whole file: its code and params, with the place and the cell among them."""
    place = finding.place
    said = {"row": place.row, "column": place.column, "field": place.field, "sheet": place.sheet, "cell": finding.cell}
    known = {name: value for name, value in said.items() if value is not None}
    return {"code": finding.code, "params": {**finding.params, **known, **more}}
