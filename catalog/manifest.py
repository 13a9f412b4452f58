"""The manifest of a version: canonical JSON that names every file with its hash, and the manifest before it."""

from __future__ import annotations

import json
from typing import Any

from catalog.model import Entry, File, Resource, Version
from standards.portable import to_json

SHAPE = "datamo-manifest-1"


def write(entry: Entry, version: Version, previous: str) -> bytes:
    """Write the manifest: members sorted, UTF-8, no spaces, one line; ``previous`` is the hash of the one before.

    A private original is named by role, size and hash only: its name is the agency's own.
    """
    about = {name: value for name, value in to_json(entry.about).items() if value}
    content: dict[str, Any] = {
        "shape": SHAPE,
        "dataset": {"id": entry.id, "slug": entry.slug, "about": about},
        "number": version.number,
        "kind": version.kind,
        "issued": to_json(version.issued),
        "note": version.note,
        "erratum": version.erratum,
        "republishes": version.republishes,
        "publisher": to_json(version.publisher),
        "changes": to_json(version.changes),
        "previous": previous or None,
        "resources": [_resource(one) for one in version.resources],
    }
    if version.declarations:
        content["declarations"] = to_json(version.declarations)
    return (json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":")) + "\n").encode()


def files_in(content: bytes) -> list[dict[str, Any]]:
    """Give the files that a manifest names; raises ValueError when it is not one of ours."""
    found = json.loads(content)
    if not isinstance(found, dict) or found.get("shape") != SHAPE:
        raise ValueError("not a manifest")
    return [file for resource in found["resources"] for file in resource["files"]]


def previous_in(content: bytes) -> str:
    """Give the hash of the manifest before, "" for the first."""
    return json.loads(content)["previous"] or ""


def _resource(one: Resource) -> dict[str, Any]:
    return {
        "name": one.name, "title": to_json(one.title), "kind": one.kind, "standard": one.standard, "rows": one.rows,
        "columns": to_json(one.columns), "url": one.url, "format": one.format, "periods": list(one.periods),
        "pins": to_json(one.pins), "files": [_file(file) for file in one.files],
        **({"more": to_json(one.more)} if one.more else {}),
    }


def _file(one: File) -> dict[str, Any]:
    return {
        "name": one.name if one.public else "", "role": one.role, "media_type": one.media_type, "bytes": one.bytes,
        "sha256": one.sha256, "rows": one.rows, "public": one.public,
    }
