"""Data packages that Frictionless publishes: what it says of each file, and the descriptor that it sends last.

Frictionless sends the package, then each file, then ``datapackage.json`` as one more file. That is no table: our own
descriptor, at the dataset's address, is what its readers get, with the paths and columns that are true here. What the
publisher's says is kept beside it as text and no path in it is ever followed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, BinaryIO, Final

import orjson

from api.dialects.ckan.action import Call, Sent
from api.dialects.ckan.given import Unread, cleaned
from catalog.members import TITLE_LIMIT, slug_of
from catalog.model import Entry, Resource

FILE: Final = "datapackage.json"
MOST: Final = 1_000_000
"""Bytes of a descriptor; one that is larger is a file like any other."""

KEPT: Final = 50_000
"""Bytes of a descriptor that are kept beside its link: it is shown with every package."""

SCHEME: Final = "scheme"
"""The member that only Frictionless sends of a file."""

_ON_DISK: Final = frozenset({
    "type", "scheme", "schema", "dialect", "layout", "encoding", "profile", "owner_org", "format", "mediatype",
    "compression", "extrapaths", "innerpath", "title", "hash", "size",
})
"""Members that say how a file lies at its publisher's; of dictionaries a form carries only the keys."""


def sent_by_frictionless(given: Mapping[str, Any]) -> bool:
    """Tell whether a file's members are those that Frictionless sends of a resource."""
    return isinstance(given.get(SCHEME), str) and given.get("type") in ("table", "file", "json")


def members_of(given: Mapping[str, Any]) -> dict[str, Any]:
    """Give what is said of a file, without how it lies on its publisher's disk; its title is its name for people."""
    if not sent_by_frictionless(given):
        return dict(given)
    kept = {name: value for name, value in given.items() if name not in _ON_DISK}
    return {**kept, **({"name": given["title"]} if isinstance(given.get("title"), str) and given["title"] else {})}


def same_as(given: Mapping[str, Any], parts: Sequence[Resource]) -> Resource | None:
    """Give the part that a package published again sends anew: Frictionless has one resource of a name."""
    if not sent_by_frictionless(given):
        return None
    name = slug_of(str(given.get("name") or ""), "resource")
    return next((one for one in parts if one.name == name and one.kind != "link"), None)


def read(sent: Sent) -> Mapping[str, Any] | None:
    """Give the descriptor that a file is, None where it is none."""
    if sent.name.rpartition("/")[2].lower() != FILE:
        return None
    content = _content(sent.stream)
    if content is None:
        return None
    try:
        found = cleaned(orjson.loads(content))
    except (orjson.JSONDecodeError, Unread):
        return None
    parts = found.get("resources") if isinstance(found, dict) else None
    return found if isinstance(parts, list) and all(isinstance(one, dict) for one in parts) else None


def _content(stream: BinaryIO) -> bytes | None:
    stream.seek(0)
    content = stream.read(MOST + 1)
    stream.seek(0)
    return content if len(content) <= MOST else None


def address(call: Call, entry: Entry) -> str:
    """Give the address of our own descriptor, which no renaming changes."""
    return f"{call.site.url}/datasets/{entry.id}/{FILE}"


def link(call: Call, entry: Entry, said: Mapping[str, Any]) -> Resource:
    """Make the part that leads to our own descriptor, with the publisher's beside it."""
    text = orjson.dumps(said).decode()
    more = {"format": "JSON", "mimetype": "application/json", "resource_type": "documentation"}
    if len(text) <= KEPT:
        more["descriptor"] = text
    title = {call.site.language: FILE}
    return Resource(name=FILE, kind="link", title=title, url=address(call, entry), format="json", more=more)


def described(call: Call, part: Resource, said: Mapping[str, Any]) -> Resource:
    """Give a part with the title and the description that a descriptor has for it, where it has none of its own."""
    told = next((one for one in said["resources"] if slug_of(str(one.get("name") or ""), "") == part.name), None)
    if told is None or part.kind == "link":
        return part
    title, words = told.get("title"), told.get("description")
    if isinstance(title, str) and title.strip() and not part.title:
        part = replace(part, title={call.site.language: title.strip()[:TITLE_LIMIT]})
    if isinstance(words, str) and words.strip() and not part.more.get("description"):
        part = replace(part, more={**part.more, "description": words.strip()[:KEPT]})
    return part
