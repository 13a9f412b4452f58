"""What each column of a table is asked for, so far as repairs care: text checks, zeros of its code list, its type."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from catalog.model import Options
from pipelines.validation.uses import Bound, Plan, bind
from standards import registry
from standards.registry import Standards
from standards.standard import Field, TableStandard, match_columns

CODES = frozenset({"code-valid-on", "check-digit", "leading-zero-lost"})
TYPED = frozenset({"integer", "number", "date", "datetime", "time", "year", "yearmonth", "boolean"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One column: its label, the checks that propose repairs of its cells, and what its cells should be.

    ``wants`` is ``date``, ``number``, ``integer`` or "" (text); ``coded`` says that marks around the cell cannot belong
    to it; ``known`` that a standard or schema names the column; ``personal`` that its cells must not be shown.
    """

    label: str
    checks: Mapping[str, Bound] = field(default_factory=dict)
    wants: str = ""
    coded: bool = False
    known: bool = False
    personal: bool = False


def asked(
    labels: Sequence[str], options: Options, today: date, standards: Standards = registry.SHIPPED
) -> tuple[Asked, ...]:
    """Say of every column what the standard or the uploader's schema asks of it."""
    standard = standards.tables.get(options.standard) if options.standard else None
    fields = match_columns(standard, labels) if standard else {}
    found: list[dict[str, Bound]] = [{} for _ in labels]
    for one in bind(_plan(standard, labels, fields, today, standards)):
        if 0 <= one.columns[0] < len(found):
            found[one.columns[0]].setdefault(one.check.CODE, one)
    types = _types(options.schema)
    return tuple(
        _asked(label, fields.get(index), found[index], types.get(label, ("", False)))
        for index, label in enumerate(labels)
    )


def _plan(
    standard: TableStandard | None,
    labels: Sequence[str],
    fields: Mapping[int, Field],
    today: date,
    standards: Standards,
) -> Plan:
    return Plan(
        standard=standard, labels=labels, fields=fields, codelists=standards.codelist, check=registry.check, today=today
    )


def _asked(label: str, known: Field | None, checks: Mapping[str, Bound], typed: tuple[str, bool]) -> Asked:
    kind, named = (known.type, True) if known and known.format == "default" else typed
    return Asked(
        label=label,
        checks=checks,
        wants=kind if kind in ("date", "number", "integer") else "",
        coded=kind in TYPED or bool(known and known.codelist) or not CODES.isdisjoint(checks),
        known=known is not None or named,
        personal="personal-number" in checks,
    )


def _types(schema: Mapping[str, Any] | None) -> Mapping[str, tuple[str, bool]]:
    """Give the type of each field of an uploader's schema that is written in its default form."""
    fields = schema.get("fields") if schema else None
    named = [one for one in fields or () if isinstance(one, Mapping) and isinstance(one.get("name"), str)]
    own = ("decimalChar", "groupChar", "bareNumber")
    return {
        str(one["name"]): (
            str(one.get("type", ""))
            if one.get("format", "default") == "default" and not any(map(one.get, own))
            else "",
            True,
        )
        for one in named
    }
