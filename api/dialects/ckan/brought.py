"""Ids that a dump brings along when it is loaded: kept beside ours, so that whoever knew them finds what they named."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

from api.dialects.ckan.action import Call
from catalog.errors import NotFound
from catalog.model import Entry, Organisation, Origin, Resource
from catalog.permit import may

SOURCE: Final = "ckan-load"
ID: Final = re.compile(r"[A-Za-z0-9_\-]{3,100}")


def agency(call: Call, made: Organisation) -> None:
    """Let the id that an operator gave a new agency lead to it; what a dump says of its datasets names them by it."""
    key = _free(call, "organisation", call.given.get("id"))
    if key and may(call.caller, "restructure"):
        call.site.catalog.keep_origins(call.caller, [_origin("organisation", key, made.id)])


def dataset(call: Call, made: Entry, resources: Sequence[Resource], given: Sequence[Mapping[str, Any]]) -> bool:
    """Call a new dataset and its resources by the ids that an operator gave them, and say whether there were any.

    CKAN takes ids from its administrators alone; those of anybody else are left, as read-only members are.
    """
    if not may(call.caller, "operate"):
        return False
    key = _free(call, "dataset", call.given.get("id"))
    found = [_origin("dataset", key, made.id)] if key else []
    for one, members in zip(resources, given, strict=True):
        part = _free(call, "resource", members.get("id"))
        if part and part not in [each.remote for each in found]:
            found.append(_origin("resource", part, made.id, one.name))
    if found:
        call.site.catalog.keep_origins(call.caller, found)
    return bool(found)


def _origin(kind: Any, key: str, target: str, part: str = "") -> Origin:
    return Origin(source=SOURCE, kind=kind, remote=key, target=target, part=part, shown=kind != "organisation")


def _free(call: Call, kind: str, key: Any) -> str:
    """Give an id that leads nowhere yet, "" for any other: none of ours is hidden, none leads elsewhere than before."""
    if not isinstance(key, str) or not ID.fullmatch(key) or call.site.catalog.origin(kind, key) is not None:
        return ""
    catalog = call.site.catalog
    try:
        if kind == "organisation":
            catalog.organisation(call.caller, key)
        elif kind == "dataset":
            catalog.dataset(catalog.system(), key)
        else:
            return key
    except NotFound:
        return key
    return ""
