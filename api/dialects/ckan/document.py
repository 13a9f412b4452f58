"""A package as the index of CKAN has it, for ``fl``: names of what it is in, texts of its resources in lists."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Any, Final

import orjson

from api.dialects.ckan.action import Call

Package = Mapping[str, Any]

EXTRA: Final = "extras_"
_SECONDS: Final = 19
_MILLISECONDS: Final = 23


def _moment(said: str | None) -> str | None:
    """Write a moment as Solr does: it ends with Z, and has thousandths only where it has some."""
    if said is None:
        return None
    part = said[_SECONDS:_MILLISECONDS]
    return f"{said[:_SECONDS]}{part if part.strip('.0') else ''}Z"


def _each(member: str) -> Callable[[Package], list[str]]:
    """Give a member of every resource that says it."""
    return lambda one: [str(each[member]) for each in one["resources"] if each.get(member) is not None]


MEMBERS: Final[Mapping[str, Callable[[Package], Any]]] = MappingProxyType({
    "metadata_created": lambda one: _moment(one["metadata_created"]),
    "metadata_modified": lambda one: _moment(one["metadata_modified"]),
    "tags": lambda one: [each["name"] for each in one["tags"] if not each["vocabulary_id"]],
    "groups": lambda one: [each["name"] for each in one["groups"]],
    "organization": lambda one: one["organization"]["name"] if one["organization"] else None,
    "res_name": _each("name"), "res_description": _each("description"), "res_format": _each("format"),
    "res_url": _each("url"), "res_type": _each("resource_type"),
    "capacity": lambda one: "private" if one["private"] else "public",
    "dataset_type": lambda one: one["type"], "entity_type": lambda _: "package",
    "data_dict": lambda one: orjson.dumps(one).decode(), "validated_data_dict": lambda one: orjson.dumps(one).decode(),
})
"""What the index has otherwise than a package."""


def wanted(call: Call, most: int) -> list[str]:
    """Give the members asked for, with commas or blanks between them; none where all are."""
    names = [one for part in call.names("fl") for one in part.split()][:most]
    return [] if "*" in names else names


def cut(one: Package, names: Sequence[str]) -> dict[str, Any]:
    """Give these members of a package; what has no value is not there."""
    extras = {f"{EXTRA}{each['key']}": each["value"] for each in one["extras"]}
    found = {name: MEMBERS[name](one) if name in MEMBERS else one.get(name, extras.get(name)) for name in names}
    return {name: value for name, value in found.items() if value is not None and value != []}
