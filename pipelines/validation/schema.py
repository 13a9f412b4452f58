"""The Table Schema that a table is read under: the standard's, the uploader's rebuilt, or the one that was seen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from pipelines.validation.patterns import Unsupported, portable
from standards.profile import Column, Profile
from standards.standard import Field, TableStandard

Descriptor = dict[str, Any]

FIELD = (
    "name", "type", "format", "title", "description", "missingValues", "bareNumber", "decimalChar", "groupChar",
    "trueValues", "falseValues",
)  # fmt: skip
CONSTRAINTS = (
    "required", "unique", "pattern", "enum", "minLength", "maxLength", "minimum", "maximum", "exclusiveMinimum",
    "exclusiveMaximum",
)  # fmt: skip
_TYPES = (
    "any", "string", "integer", "number", "boolean", "date", "time", "datetime", "year", "yearmonth", "duration",
    "geopoint", "geojson", "object", "array", "list",
)  # fmt: skip


class NotSchema(ValueError):
    """A descriptor that is no Table Schema; ``pointer`` says where."""

    def __init__(self, pointer: str) -> None:
        super().__init__(pointer)
        self.pointer = pointer


def unique_names(labels: Sequence[str]) -> list[str]:
    """Name the fields of a header: each label once; a blank or repeated one is named by its place (``field3``)."""
    taken: set[str] = set()
    names = []
    for number, label in enumerate(labels, start=1):
        name = label if label and label not in taken else f"field{number}"
        while name in taken or (name != label and name in labels):
            name += "_"
        taken.add(name)
        names.append(name)
    return names


def of_standard(standard: TableStandard, labels: Sequence[str], fields: Mapping[int, Field]) -> Descriptor:
    """Describe the file's columns in the file's order with the standard's fields; columns it does not know are text."""
    names = unique_names(labels)
    described: list[Descriptor] = []
    for index, name in enumerate(names):
        known = fields.get(index)
        if known is None:
            described.append({"name": name, "type": "string"})
            continue
        described.append(
            {"name": name, "type": known.type, "format": known.format, "constraints": dict(known.constraints)}
        )
    named = {known.name: names[index] for index, known in fields.items()}
    schema: Descriptor = {"fields": described}
    if standard.primary_key and all(one in named for one in standard.primary_key):
        schema["primaryKey"] = [named[one] for one in standard.primary_key]
    return schema


def of_profile(profile: Profile | None, labels: Sequence[str], *, text: frozenset[int] = frozenset()) -> Descriptor:
    """Describe the columns as their cells were seen to be; those in ``text`` (by index) as text."""
    names = unique_names(labels)
    columns = profile.columns if profile else ()
    described = []
    for index, name in enumerate(names):
        column = columns[index] if index < len(columns) and index not in text else None
        described.append({"name": name, **_seen(column)})
    return {"fields": described}


def _seen(column: Column | None) -> Descriptor:
    """Describe one column by what was seen in it; what Frictionless cannot be told is text."""
    kind = column.kind if column else "string"
    absent = {"missingValues": ["", *column.absent]} if column and column.absent else {}
    return {**_typed(column, kind), **absent}


def _typed(column: Column | None, kind: str) -> Descriptor:
    if column is None or kind in {"any", "geojson", "string"}:
        return {"type": "string"}
    if kind in {"integer", "number"} and (column.decimal not in {"", "."} or column.group):
        marks = {"decimalChar": column.decimal or ".", "groupChar": column.group}
        return {"type": "number", **{key: mark for key, mark in marks.items() if mark}}
    if column.format and kind in {"date", "time", "datetime"}:
        return {"type": kind, "format": column.format}
    return {"type": kind}


def rebuilt(given: Any) -> Descriptor:
    """Rebuild an uploader's Table Schema from known members; nothing else of it is kept.

    Raises NotSchema where its shape is wrong and ``patterns.Unsupported`` for a pattern that RE2 cannot match alike.
    """
    given = _listed(given)
    if not isinstance(given, Mapping) or not isinstance(given.get("fields"), list):
        raise NotSchema("#/fields")
    schema: Descriptor = {"fields": [_field(one, f"#/fields/{at}") for at, one in enumerate(given["fields"])]}
    names = [one["name"] for one in schema["fields"]]
    if len(set(names)) != len(names):
        raise NotSchema("#/fields")
    if "missingValues" in given:
        schema["missingValues"] = _texts(given["missingValues"], "#/missingValues")
    if "primaryKey" in given:
        key = given["primaryKey"]
        schema["primaryKey"] = _texts([key] if isinstance(key, str) else key, "#/primaryKey")
        if not set(schema["primaryKey"]) <= set(names):
            raise NotSchema("#/primaryKey")
    return schema


def _listed(given: Any) -> Any:
    """Give lists for the tuples that JSON becomes on its way through a queue or a process."""
    if isinstance(given, Mapping):
        return {key: _listed(one) for key, one in given.items()}
    return [_listed(one) for one in given] if isinstance(given, list | tuple) else given


def _field(given: Any, pointer: str) -> Descriptor:
    if not isinstance(given, Mapping) or not isinstance(given.get("name"), str) or not given["name"]:
        raise NotSchema(f"{pointer}/name")
    kind = given.get("type", "any")
    if kind not in _TYPES:
        raise NotSchema(f"{pointer}/type")
    made: Descriptor = {key: given[key] for key in FIELD if key in given and key != "missingValues"}
    for key, value in made.items():
        wanted = bool if key == "bareNumber" else list if key in {"trueValues", "falseValues"} else str
        if not isinstance(value, wanted):
            raise NotSchema(f"{pointer}/{key}")
    if "missingValues" in given:
        made["missingValues"] = _texts(given["missingValues"], f"{pointer}/missingValues")
    constraints = given.get("constraints", {})
    if not isinstance(constraints, Mapping):
        raise NotSchema(f"{pointer}/constraints")
    made["constraints"] = {key: constraints[key] for key in CONSTRAINTS if key in constraints}
    _check_pattern(made["constraints"], f"{pointer}/constraints/pattern")
    return _beyond_frictionless(made)


def _beyond_frictionless(made: Descriptor) -> Descriptor:
    """Leave to ``gaps`` what Frictionless cannot judge: grouped integers are text to it, durations have no bounds."""
    rules = made["constraints"]
    if made.get("type") == "integer" and made.get("groupChar"):
        kept = {key: rules[key] for key in ("required", "unique") if key in rules}
        plain = {key: made[key] for key in made if key not in {"groupChar", "bareNumber", "format"}}
        return {**plain, "type": "string", "constraints": kept}
    if made.get("type") == "duration":
        made["constraints"] = {key: rules[key] for key in rules if key not in {"minimum", "maximum"}}
    return made


def _check_pattern(constraints: Mapping[str, Any], pointer: str) -> None:
    if "pattern" not in constraints:
        return
    pattern = constraints["pattern"]
    if not isinstance(pattern, str):
        raise NotSchema(pointer)
    if not portable(pattern):
        raise Unsupported(pattern)


def _texts(given: Any, pointer: str) -> list[str]:
    if not isinstance(given, list) or not all(isinstance(one, str) for one in given):
        raise NotSchema(pointer)
    return list(given)
