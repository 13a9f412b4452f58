"""A Table Schema that a publisher brings to a door: read within bounds, or refused with its place."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping
from typing import Any

from pipelines.validation.gaps import gaps_of
from pipelines.validation.lookups import keys_of
from pipelines.validation.schema import CONSTRAINTS, FIELD, NotSchema, rebuilt
from standards.portable import said_twice

MOST_BYTES = 1_000_000
"""How many bytes of JSON a schema may have (3,000 fields with titles and constraints are about half of it)."""
MOST_FIELDS = 10_000
DEEPEST = 20
LONGEST = 20_000
"""Characters of one text of it."""

_TOP = ("fields", "missingValues", "primaryKey", "uniqueKeys", "foreignKeys")
_OF_FIELD = (*FIELD, "categories", "constraints")
_RULES = (*CONSTRAINTS, "jsonSchema")


def taken(content: str) -> dict[str, Any]:
    """Read a Table Schema (JSON) and keep of it what we know; it is rebuilt once more where it is used.

    Raises NotSchema with the place of what is wrong (``#`` for what is no JSON object at all, or too much), and
    ``patterns.Unsupported`` for a pattern that RE2 cannot match as Python does.
    """
    given = _read(content)
    _bound(given)
    kept = _kept(given)
    rebuilt(kept)
    gaps_of(kept)
    keys_of(kept)
    return kept


def _read(content: str) -> Mapping[str, Any]:
    if len(content) > MOST_BYTES:
        raise NotSchema("#")
    try:
        given = json.loads(content, parse_constant=_refuse)
    except (ValueError, RecursionError):
        raise NotSchema("#") from None
    if not isinstance(given, dict) or said_twice(content):
        raise NotSchema("#")
    return given


def _refuse(_constant: str) -> Any:
    """Not a number, or infinity: JSON knows neither."""
    raise ValueError


def _bound(given: Any) -> None:
    """Refuse what is too deep or too long, and texts that are no text (half a surrogate pair)."""
    fields = given.get("fields")
    if not isinstance(fields, list) or len(fields) > MOST_FIELDS:
        raise NotSchema("#/fields")
    level: list[tuple[str, Any]] = [("#", given)]
    for _ in range(DEEPEST):
        if not level:
            return
        for pointer, one in level:
            _bear(pointer, one)
        level = [below for pointer, one in level for below in _below(pointer, one)]
    raise NotSchema(level[0][0])


def _bear(pointer: str, one: Any) -> None:
    if isinstance(one, float) and not math.isfinite(one):
        raise NotSchema(pointer)
    for text in one if isinstance(one, dict) else (one,):
        if isinstance(text, str) and (len(text) > LONGEST or not _is_text(text)):
            raise NotSchema(pointer)


def _is_text(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _below(pointer: str, one: Any) -> Iterator[tuple[str, Any]]:
    members = one.items() if isinstance(one, dict) else enumerate(one) if isinstance(one, list) else ()
    for name, value in members:
        yield f"{pointer}/{str(name)[:100]}", value


def _kept(given: Mapping[str, Any]) -> dict[str, Any]:
    kept = {name: given[name] for name in _TOP if name in given}
    kept["fields"] = [_field(one) for one in given["fields"]]
    return kept


def _field(given: Any) -> Any:
    if not isinstance(given, dict):
        return given
    made = {name: given[name] for name in _OF_FIELD if name in given}
    if isinstance(made.get("constraints"), dict):
        made["constraints"] = {name: made["constraints"][name] for name in _RULES if name in made["constraints"]}
    return made
