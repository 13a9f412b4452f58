"""The step that lets the object store remember: after each change, what the public may know, as a sequenced record.

The whole public catalogue can be rebuilt from these records and the objects they name; nothing private, withdrawn or
half-done is ever written here.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from catalog.catalog import Catalog
from catalog.errors import Gone, NotFound
from catalog.model import Change, Entry
from catalog.ports import Files
from standards.portable import to_json

READER = "public-state"
AGENCIES = "organisations.json"
"""The record of all agencies with the addresses that they had before, as of the last change."""


def follow(catalog: Catalog, files: Files, limit: int = 200) -> int:
    """Write the records of the next batch of changes; returns how many changes that were. May be done again."""
    changes = catalog.follow(READER, limit)
    for change in changes:
        if change.dataset:
            content = json.dumps(record(catalog, change), ensure_ascii=False, sort_keys=True).encode()
            files.put_state(f"{change.sequence:012d}.json", content)
    if changes:
        files.put_state(AGENCIES, json.dumps(agencies(catalog), ensure_ascii=False, sort_keys=True).encode())
        catalog.advance(READER, changes[-1].sequence)
    return len(changes)


def record(catalog: Catalog, change: Change) -> Mapping[str, Any]:
    """Say what the public may know of the dataset now: its entry and version, a tombstone, or that it is hidden."""
    about: dict[str, Any] = {"sequence": change.sequence, "at": to_json(change.at), "kind": change.kind}
    about["dataset"] = change.dataset
    try:
        entry, newest = catalog.latest(catalog.system(), change.dataset)
    except NotFound:
        return about | {"state": "hidden"}
    if entry.visibility != "public" or entry.state == "draft":
        return about | {"state": "hidden"}
    if entry.state == "withdrawn":
        return about | {"state": "withdrawn", "tombstone": _tombstone(entry), "addresses": _addresses(catalog, entry)}
    publisher = catalog.organisation(catalog.system(), entry.organisation)
    about |= {"state": "published", "entry": to_json(entry), "organisation": to_json(publisher)}
    about["addresses"] = _addresses(catalog, entry)
    number = entry.version if change.version is None else change.version  # it may be public only since this change
    if newest is not None and newest.number == number:
        return about | {"version": to_json(newest)}
    return about if number is None else about | _version(catalog, entry, number)


def agencies(catalog: Catalog) -> list[Mapping[str, Any]]:
    """Give all agencies, with the addresses that they had before; everybody may see them."""
    found = catalog.organisations_with_addresses(catalog.system())
    return [{**to_json(one), "addresses": list(former)} for one, former in found]


def _addresses(catalog: Catalog, entry: Entry) -> list[str]:
    return list(catalog.former_addresses("dataset", entry.id))


def _version(catalog: Catalog, entry: Entry, number: int) -> dict[str, Any]:
    try:
        return {"version": to_json(catalog.version(catalog.system(), entry.id, number))}
    except Gone as gone:
        return {"version": {**to_json(gone.params), "number": number, "state": "withdrawn"}}
    except NotFound:
        return {}


def _tombstone(entry: Entry) -> Mapping[str, Any]:
    return {
        "id": entry.id, "slug": entry.slug, "organisation": entry.organisation, "kind": entry.kind,
        "reason": entry.reason, "withdrawn": to_json(entry.withdrawn), "erased": to_json(entry.erased),
    }
