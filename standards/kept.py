"""What CKAN says of a package and we have no member for, as it is kept and found: type, licence, controlled tags."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

DATASET: Final = "dataset"
"""The type of a package that says none."""

TYPE: Final = "=type"
"""The key under which search has the type of what is no dataset as most are; no field of a query is called so."""

LICENCE: Final = "=licence"
"""The key under which search has the id of a licence that was given, where it is another than ours."""

TAGS: Final = "vocabulary_tags"
"""The member that tells which tags are of a vocabulary: ``name``, ``vocabulary_id``, ``free`` where it is both."""


def tagged(vocabulary: str) -> str:
    """Give the key under which search has the tags of a vocabulary, by its id."""
    return f"=vocabulary:{vocabulary}"


def found_by(names: Sequence[str], more: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Give keys and texts by which search finds a dataset that has these tags, of what is kept of it."""
    for one in more.get("extras", ()):
        yield str(one["key"]), str(one["value"])
    if more.get("type"):
        yield TYPE, str(more["type"])
    if more.get("license_id"):
        yield LICENCE, str(more["license_id"])
    for one in more.get(TAGS, ()):
        if one["name"] in names:
            yield tagged(str(one["vocabulary_id"])), str(one["name"])


def tag(name: str, vocabulary: str | None = None) -> dict[str, Any]:
    """Write a tag; one of no vocabulary has its name as its id."""
    return {"display_name": name, "id": tag_id(vocabulary, name) if vocabulary else name, "name": name,
            "state": "active", "vocabulary_id": vocabulary}


def tag_id(vocabulary: str, name: str) -> str:
    """Give the id of a vocabulary's tag: a UUID (version 5) of both."""
    try:
        return str(uuid.uuid5(uuid.UUID(vocabulary), name))
    except ValueError:  # one of elsewhere, which may be called anyhow
        return str(uuid.uuid5(uuid.NAMESPACE_URL, f"{vocabulary} {name}"))


def tags(names: Sequence[str], more: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Write the tags of a package: each as often as there are vocabularies that it is of, and once where it is free."""
    said: dict[str, list[Mapping[str, Any]]] = {}
    for one in more.get(TAGS, ()):
        said.setdefault(str(one["name"]), []).append(one)
    found: list[dict[str, Any]] = []
    for name in sorted(names):
        if name not in said or any(one.get("free") for one in said[name]):
            found.append(tag(name))
        found += [tag(name, str(one["vocabulary_id"])) for one in said.get(name, ())]
    return found


def controlled(given: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Read which of a package's tags are of a vocabulary."""
    free = {str(one["name"]) for one in given if not one.get("vocabulary_id")}
    pairs = dict.fromkeys((str(one["name"]), str(one["vocabulary_id"])) for one in given if one.get("vocabulary_id"))
    return [{"name": name, "vocabulary_id": key, **({"free": True} if name in free else {})} for name, key in pairs]
