"""Packages and resources as they are read: package_list, package_show, resource_show."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain
from typing import Any, Final

import orjson

from api.dialects.ckan.action import Action, Call, Wrong
from api.dialects.ckan.kept import kept_of
from api.dialects.ckan.shown import Shown, found_entry, parts_by_id
from catalog.errors import NotFound
from catalog.model import NOBODY, Entry, Version
from standards.metadata import ckan

PAGES: Final = {"limit": "so many", "offset": "behind so many"}
ID: Final = {"id": "its id or name"}


def package_list(call: Call) -> list[str]:
    """Answer ``package_list``."""
    names = kept_of(call.site).names(call.site)
    start = call.number("offset", 0) or 0
    limit = call.number("limit")
    return list(names[start : start + limit] if limit else names[start:])


def package_show(call: Call) -> dict[str, Any] | orjson.Fragment:
    """Answer ``package_show``; what anybody may see is kept at hand."""
    key, shown = _key(call), Shown(call)
    if call.caller is not NOBODY:
        return shown.package(*found_entry(call, key))
    kept = kept_of(call.site)
    mark = kept.look(call.site)
    if (found := kept.named_elsewhere(mark, key)) is not None:
        return found
    entry, version = found_entry(call, key)
    return kept.remember(mark, [((entry.id, entry.slug), shown.package(entry, version))], key)[0]


def _key(call: Call) -> str:
    """Give what a package is called by; CKAN calls the member by its old name where nothing is said."""
    try:
        return call.needed("id", "name_or_id")
    except Wrong:
        if isinstance(call.given.get("id"), list | dict):
            raise
        raise Wrong({"name_or_id": ["Missing value"]}) from None


def resource_show(call: Call) -> dict[str, Any]:
    """Answer ``resource_show``."""
    return located(call, call.key())[2]


def located(call: Call, key: str) -> tuple[Entry, Version, dict[str, Any]]:
    """Find a resource by its id, or by one that it had elsewhere, as CKAN shows it; raises NotFound."""
    entry, version, at = placed(call, key)
    return entry, version, Shown(call).package(entry, version)["resources"][at]


def placed(call: Call, key: str) -> tuple[Entry, Version, int]:
    """Find a resource by its id, or by one that it had elsewhere: its place in the version; raises NotFound."""
    for dataset in chain((one.id for one in nearby(call, key)), came_from(call, key)):
        try:
            found, version = found_entry(call, dataset)
        except NotFound:
            continue
        part = parts_by_id(call, found.id, version.resources).get(key) if version else None
        if version is not None and part is not None:
            return found, version, version.resources.index(part)
    raise NotFound


def came_from(call: Call, key: str) -> Iterator[str]:
    """Give the dataset of a resource that had this id elsewhere; looked up only when it is asked for."""
    origin = call.site.catalog.origin("resource", key)
    if origin is not None:
        yield origin.target


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
