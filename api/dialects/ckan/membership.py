"""Datasets of groups, as member_create, member_delete and member_list see them: a dataset says its groups itself."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from api.dialects.ckan import groups, writing
from api.dialects.ckan.action import Call
from api.dialects.ckan.shown import Shown, found_entry
from catalog.model import NOBODY
from catalog.question import Question
from standards.metadata import ckan


def is_group(call: Call) -> bool:
    """Tell whether a call names a group or a theme, not an agency."""
    key = call.needed("id")
    return bool(ckan.theme_of(key)) or groups.find(call, key) is not None


def of_group(call: Call, kind: str) -> list[list[str]]:
    """Give the members of a group: people to those who may know, and its public datasets."""
    key = call.needed("id")
    theme, one = ckan.theme_of(key), groups.find(call, key)
    people = groups.people_of(call, one) if one is not None and kind in ("", "user") else []
    found = [[each["id"], "user", each["capacity"].capitalize()] for each in people]
    if kind in ("", "package"):
        value = theme or (one.subject if one else key)
        asked = Question(filters={"theme": (value,)}, facets=(), marks=False, limit=1000)
        found += [[each.id, "package", "public"] for each in call.site.catalog.search(NOBODY, asked)[1]]
    return found


def join(call: Call, name: str, package: str) -> dict[str, Any]:
    """Put a dataset into a group."""
    shown = _change(call, package, lambda there: [*there, {"name": name}] if all(
        one["name"] != name for one in there) else there)
    return {"id": f"{name}:{shown['id']}", "group_id": name, "table_id": shown["id"], "table_name": "package",
            "capacity": "public", "state": "active"}


def leave(call: Call, name: str, package: str) -> None:
    """Take a dataset out of a group."""
    _change(call, package, lambda there: [one for one in there if one["name"] != name])


def _change(call: Call, package: str, change: Callable[[list[dict[str, Any]]], list[dict[str, Any]]]) -> dict[str, Any]:
    entry, version = found_entry(call, package)
    there = [{"name": str(one.get("name") or one.get("id"))} for one in Shown(call).package(entry, version)["groups"]]
    return writing.change(call, {"groups": change(there)}, entry.id)
