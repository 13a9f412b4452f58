"""Packages and resources as they are read: package_list, package_show, resource_show."""

from __future__ import annotations

from typing import Any, Final

from api.dialects.ckan.action import Action, Call
from api.dialects.ckan.shown import Shown, found_entry, public
from catalog.errors import NotFound
from catalog.model import Entry, Version
from standards.metadata import ckan

PAGES: Final = {"limit": "so many", "offset": "behind so many"}
ID: Final = {"id": "its id or name"}


def package_list(call: Call) -> list[str]:
    """Answer ``package_list``."""
    names = sorted(one.slug for one in public(call))
    start = call.number("offset", 0) or 0
    limit = call.number("limit")
    return names[start:] if limit is None else names[start : start + limit]


def package_show(call: Call) -> dict[str, Any]:
    """Answer ``package_show``."""
    return Shown(call).package(*found_entry(call, call.needed("id", "name_or_id")))


def resource_show(call: Call) -> dict[str, Any]:
    """Answer ``resource_show``."""
    return located(call, call.needed("id"))[2]


def located(call: Call, key: str) -> tuple[Entry, Version, dict[str, Any]]:
    """Find a resource by its id; raises NotFound."""
    for entry in nearby(call, key):
        try:
            found, version = found_entry(call, entry.id)
        except NotFound:
            continue
        for one in Shown(call).package(found, version)["resources"] if version else ():
            if one["id"] == key and version:
                return found, version, one
    raise NotFound


def nearby(call: Call, key: str) -> list[Entry]:
    """Give the datasets that a resource with this id may be of: ids of ours begin like their datasets'."""
    behind = ckan.dataset_before(key)
    every = call.site.catalog.next_datasets(call.caller, behind, 8) if behind else []
    return [one for one in every if one.id[:18] == behind[:18]]


ACTIONS: Final = (
    Action(name="package_list", summary="Give the names of all public datasets.", run=package_list, parameters=PAGES),
    Action(name="package_show", summary="Give a dataset with its resources.", run=package_show, parameters={
        **ID, "use_default_schema": "taken, there is one schema", "include_plugin_data": "taken and left",
    }),
    Action(name="resource_show", summary="Give one resource.", run=resource_show, parameters={"id": "its id"}),
)
