"""resource_search: resources of public datasets whose members hold what is asked for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from api.dialects.ckan.action import Action, Call, Wrong
from api.dialects.ckan.shown import Shown
from catalog.model import Entry, Version

FIELDS: Final = frozenset({
    "name", "description", "format", "url", "hash", "mimetype", "mimetype_inner", "resource_type", "state", "url_type",
    "size", "created", "last_modified", "metadata_modified", "position", "cache_url", "cache_last_updated",
})
SORTED_BY: Final = FIELDS | {"id", "package_id"}
"""Members by which what is found may be put in order."""
MOST: Final = 1000
TERMS: Final = 20


def resource_search(call: Call) -> dict[str, Any]:
    """Answer ``resource_search``: in the order of the datasets' making, or by ``order_by``."""
    terms = list(_terms(call))
    order = call.text("order_by")
    found = [one for one in _every(call, terms) if all(_holds(one, name, word) for name, word in terms)]
    if order in SORTED_BY:
        found.sort(key=lambda one: str(one.get(order) or ""))
    start, limit = call.number("offset", 0) or 0, call.number("limit")
    page = found[start : start + min(limit or MOST, MOST)]
    return {"count": len(found), "results": [_as_found(one) for one in page]}


def _as_found(one: dict[str, Any]) -> dict[str, Any]:
    """Show a resource as it is found: that it has no rows of its own is not said here."""
    return {name: value for name, value in one.items() if name != "datastore_active" or value}


def _terms(call: Call) -> Iterator[tuple[str, str]]:
    """Give the terms, each a member and what it holds; raises Wrong."""
    given = call.given.get("query")
    if given is None:
        raise Wrong({"query": "Missing value"})
    every = given if isinstance(given, list) else [given]
    if len(every) > TERMS:
        raise Wrong({"query": "Too many terms"})
    for one in every:
        name, sign, word = str(one).partition(":")
        if not sign:
            raise Wrong({"query": "Must be <field>:<value> pair(s)"})
        if name not in FIELDS:
            raise Wrong({"query": f'Field "{name}" not recognised in resource_search.'})
        yield name, word.strip().lower()


def _holds(one: Mapping[str, Any], name: str, word: str) -> bool:
    if one.get(name) is None:
        return False
    value = str(one[name]).lower()
    return value.startswith(word) if name == "hash" else word in value


def _every(call: Call, terms: list[tuple[str, str]]) -> Iterator[dict[str, Any]]:
    """Give the resources of all public datasets that may fit, page by page."""
    shown, cheap = Shown(call), [word for name, word in terms if name in ("name", "description", "format")]
    for entry, version in call.site.catalog.every_shown(cheap):
        if all(word in _words(version) for word in cheap):
            yield from _of(shown, entry, version)


def _words(version: Version) -> str:
    """Give what is quickly read of a version's resources."""
    return " ".join(
        f"{one.name} {' '.join(one.title.values())} {one.url} {one.format} {dict(one.more)} "
        f"{' '.join(file.name for file in one.files)}" for one in version.resources
    ).lower()


def _of(shown: Shown, entry: Entry, version: Version) -> Iterator[dict[str, Any]]:
    yield from shown.package(entry, version)["resources"]


ACTIONS: Final = (
    Action(name="resource_search", summary="Find resources of public datasets.", run=resource_search, parameters={
        "query": "`field:value`, or several of them, all of which hold: name, description, format, url, hash …",
        "order_by": "a field", "offset": "behind so many", "limit": "so many, at most 1000",
    }),
)
