"""The shape of a table standard: Table Schema plus titles in three languages, legal basis, code lists and checks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from standards.record import Text

Status = Literal["official", "proposed"]
"""official: an instrument fixes the field list; proposed: a profile proposed by the platform (never shown as official)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckUse:
    """A check that a field or the whole table asks for, with its arguments."""

    code: str
    args: Mapping[str, Any] = field(default_factory=dict)
    severity: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One column of a standard (Table Schema field)."""

    name: str
    type: str
    title: Text
    format: str = "default"
    description: Text = field(default_factory=dict)
    constraints: Mapping[str, Any] = field(default_factory=dict)
    codelist: str = ""
    checks: tuple[CheckUse, ...] = ()
    source: str = ""
    example: str = ""
    aliases: tuple[str, ...] = ()

    @property
    def required(self) -> bool:
        """Whether the field must be there and filled."""
        return bool(self.constraints.get("required"))


@dataclass(frozen=True, slots=True, kw_only=True)
class TableStandard:
    """A table standard as its YAML file says it; ``table_schema()`` is what Frictionless is given."""

    id: str
    version: str
    title: Text
    status: Status
    kind: Literal["element", "dataset"]
    basis: tuple[str, ...]
    fields: tuple[Field, ...]
    adapted_from: str = ""
    description: Text = field(default_factory=dict)
    primary_key: tuple[str, ...] = ()
    checks: tuple[CheckUse, ...] = ()
    country: str = "VN"
    notes: Text = field(default_factory=dict)

    def table_schema(self) -> dict[str, Any]:
        """The Table Schema descriptor (Data Package v2) of this standard, without our own members."""
        fields = [
            {"name": one.name, "type": one.type, "format": one.format, "constraints": dict(one.constraints)}
            for one in self.fields
        ]
        schema: dict[str, Any] = {"fields": fields}
        if self.primary_key:
            schema["primaryKey"] = list(self.primary_key)
        return schema
