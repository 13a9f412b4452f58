"""The step that lets the object store remember: after each change, what the public may know, as a sequenced record.

The whole public catalogue can be rebuilt from these records and the objects they name; nothing private, withdrawn or
half-done is ever written here.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from catalog.catalog import Catalog
from catalog.catalog.base import tombstone
from catalog.catalog.finding import Told
from catalog.model import Entry, Version
from catalog.ports import Files
from standards.portable import to_json

READER = "public-state"
AGENCIES = "organisations.json"
"""The record of all agencies with the addresses that they had before, as of the last change."""


class Chronicle:
    """Writes the records of one batch of changes after the other; knows what it said of the agencies last.

    What it said holds while nobody else has written since: then it need not be written again.
    """

    def __init__(self, catalog: Catalog, files: Files) -> None:
        self._catalog, self._files = catalog, files
        self._said, self._end = b"", -1

    def __call__(self, limit: int = 200) -> int:
        """Write the records of the next batch; returns how many changes that were. May be done again."""
        catalog, files = self._catalog, self._files
        changes = catalog.follow(READER, limit)
        if not changes:
            return 0
        for told in catalog.told_of([one for one in changes if one.dataset]):
            content = json.dumps(record(told), ensure_ascii=False, sort_keys=True).encode()
            files.put_state(f"{told.change.sequence:012d}.json", content)
        every = json.dumps(agencies(catalog), ensure_ascii=False, sort_keys=True).encode()
        if every != self._said or changes[0].sequence != self._end + 1:
            files.put_state(AGENCIES, every)
        self._said, self._end = every, changes[-1].sequence
        catalog.advance(READER, self._end)
        return len(changes)


def follow(catalog: Catalog, files: Files, limit: int = 200) -> int:
    """Write the records of the next batch of changes; returns how many changes that were. May be done again."""
    return Chronicle(catalog, files)(limit)


def record(told: Told) -> Mapping[str, Any]:
    """Say what the public may know of the dataset now: its entry and version, a tombstone, or that it is hidden."""
    change, entry = told.change, told.entry
    about: dict[str, Any] = {"sequence": change.sequence, "at": to_json(change.at), "kind": change.kind}
    about["dataset"] = change.dataset
    if entry is None or entry.visibility != "public" or entry.state == "draft":
        return about | {"state": "hidden"}
    about["addresses"] = list(told.addresses)
    if entry.state == "withdrawn":
        return about | {"state": "withdrawn", "tombstone": _tombstone(entry)}
    about |= {"state": "published", "entry": to_json(entry), "organisation": to_json(told.owner)}
    return about if told.version is None else about | {"version": _version(told.version)}


def agencies(catalog: Catalog) -> list[Mapping[str, Any]]:
    """Give all agencies, with the addresses that they had before; everybody may see them."""
    found = catalog.organisations_with_addresses(catalog.system())
    return [{**to_json(one), "addresses": list(former)} for one, former in found]


def _version(version: Version) -> Any:
    """Give a version; of a withdrawn one only what its tombstone says. It may be public only since this change."""
    if version.state != "withdrawn":
        return to_json(version)
    return {**to_json(tombstone(version)), "number": version.number, "state": "withdrawn"}


def _tombstone(entry: Entry) -> Mapping[str, Any]:
    return {
        "id": entry.id, "slug": entry.slug, "organisation": entry.organisation, "kind": entry.kind,
        "reason": entry.reason, "withdrawn": to_json(entry.withdrawn), "erased": to_json(entry.erased),
    }
