"""The public catalogue made again from the object store alone: from its public-state records and what they name."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from catalog import manifest
from catalog.erasure import LEDGER
from catalog.errors import Conflict, NotFound
from catalog.events import DatasetChanged, DatasetWithdrawn, VersionPublished
from catalog.model import Entry, Organisation, Version
from catalog.ports import Files, Unit
from pipelines.carrying.erased import apply_again, gathered
from pipelines.carrying.house import MARK, House, finish, marked, refuse_worker
from pipelines.carrying.restore import Filled
from pipelines.steps.public_state import AGENCIES
from standards.portable import from_json

SEAL = "rebuild"
NOT_KEPT = "Phiên bản này không có trong bản ghi công khai của kho lưu trữ."
"""The reason on the tombstone of a version that the public record never held (it was not public then)."""


@dataclass(slots=True)
class Plan:
    """What stands last about a dataset: its record's name, and by number the name of each version's first record."""

    last: str = ""
    state: str = ""
    organisation: str = ""
    versions: dict[int, str] = field(default_factory=dict)
    withdrawn: dict[int, Mapping[str, Any]] = field(default_factory=dict)


@dataclass(slots=True)
class Reading:
    """All records, read once: what to make of them."""

    plans: dict[str, Plan] = field(default_factory=dict)
    agencies: dict[str, Mapping[str, Any]] = field(default_factory=dict)
    last: int = 0


def rebuild(house: House, *, erasures: Sequence[Path] = ()) -> Filled:
    """Fill an empty database with what the public could see, after the object store; nothing else comes back.

    People, drafts, private data and uploads are not in the store's public record and so not made again; what was
    withdrawn comes back as a tombstone. Raises Conflict("worker-running", "site-not-empty", "nothing-to-rebuild").
    """
    refuse_worker(house)
    if marked(house) != SEAL:
        found = read(house.files)
        if not found.last:
            raise Conflict("nothing-to-rebuild")
        _fill(house, found, erasures)
    with house.records.read() as unit:
        rows = {name: sum(1 for _ in rows) for name, rows in unit.dump()}
        objects = len(dict(unit.needed()))
    return Filled(rows=rows, objects=objects, resumed=0, broken=finish(house))


def read(files: Files) -> Reading:
    """Read every record in the order of the changes; the last word on a thing counts."""
    found = Reading()
    for name, record in _records(files):
        found.last = max(found.last, int(record["sequence"]))
        plan = found.plans.setdefault(record["dataset"], Plan())
        plan.last, plan.state = name, record["state"]
        if record["state"] == "withdrawn":
            plan.organisation = record["tombstone"].get("organisation") or plan.organisation
        elif record["state"] == "published":
            plan.organisation = record["entry"]["organisation"]
            found.agencies[plan.organisation] = record["organisation"]
            _note_version(plan, name, record.get("version") or {})
    for name, content in files.states():
        if name == AGENCIES:
            found.agencies.update({one["id"]: one for one in json.loads(content)})
    return found


def _note_version(plan: Plan, name: str, version: Mapping[str, Any]) -> None:
    if version.get("state") == "withdrawn":
        plan.withdrawn[version["number"]] = version
    elif version:
        plan.versions.setdefault(version["number"], name)


def _records(files: Files) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for name, content in files.states():
        if name not in (AGENCIES, LEDGER):
            yield name, json.loads(content)


def _fill(house: House, found: Reading, erasures: Sequence[Path]) -> None:
    """Make everything in one transaction; the records are read twice more, so that few are held at a time."""
    with house.records.begin() as unit:
        if not unit.is_empty():
            raise Conflict("site-not-empty")
        for one in found.agencies.values():
            agency = from_json(Organisation, one)
            unit.add_organisation(agency)
            for address in one.get("addresses", ()):
                unit.add_alias("organisation", address, agency.id)
        unit.resume_changes(found.last)
        shown = {key: plan for key, plan in found.plans.items() if _comes_back(plan, found)}
        for name, record in _records(house.files):
            plan = shown.get(record["dataset"])
            if plan is not None and plan.last == name:
                _add_entry(unit, record, plan)
        firsts = {name: key for key, plan in shown.items() for name in plan.versions.values()}
        made: dict[str, int] = {}
        for name, record in _records(house.files):
            key = firsts.get(name, "")
            if key and shown[key].state == "published":
                _add_version(house, unit, shown[key], from_json(Version, record["version"]), made)
        for key, plan in shown.items():
            _close(unit, key, plan, made)
        again = apply_again(unit, gathered(house.files, more=erasures))
        unit.set_site(MARK, SEAL)
        unit.audit("system", "rebuild", "", records=found.last, datasets=len(shown), erasures=again)


def _comes_back(plan: Plan, found: Reading) -> bool:
    return plan.state in ("published", "withdrawn") and plan.organisation in found.agencies


def _add_entry(unit: Unit, record: Mapping[str, Any], plan: Plan) -> None:
    if record["state"] == "published":
        entry = replace(from_json(Entry, record["entry"]), version=None, sequence=0)
    else:
        entry = _tombstone(record["tombstone"], plan.organisation)
    unit.add_entry(entry)
    for address in record.get("addresses", ()):
        unit.add_alias("dataset", address, entry.id)


def _tombstone(left: Mapping[str, Any], organisation: str) -> Entry:
    return from_json(Entry, {
        **left, "organisation": organisation, "about": {"title": {"vi": left["slug"]}}, "state": "withdrawn",
        "created": left["withdrawn"], "modified": left["withdrawn"],
    })


def _add_version(house: House, unit: Unit, plan: Plan, version: Version, made: dict[str, int]) -> None:
    """Add a version, and before it a tombstone for each that the record does not hold."""
    key, before = version.dataset, made.get(version.dataset, 0)
    if version.number <= before:
        return
    previous = _previous(house.files, version)
    for number in range(before + 1, version.number):
        _add(unit, plan, Version(
            dataset=key, number=number, state="withdrawn", issued=version.issued, reason=NOT_KEPT,
            withdrawn=version.issued, manifest=previous if number == version.number - 1 else "",
        ))
    _add(unit, plan, version)
    made[key] = version.number
    if version.kind == "correction" and before == version.number - 1 and before:
        corrected = unit.version(key, before)
        if corrected is not None and corrected.state == "published":
            unit.save_version(replace(corrected, erratum=version.erratum))


def _add(unit: Unit, plan: Plan, version: Version) -> None:
    """Add a version as it stands now: of one that was withdrawn, only that it was, when and why."""
    gone = plan.withdrawn.get(version.number)
    if gone is not None:
        tombstone = from_json(Version, {**gone, "dataset": version.dataset, "issued": version.issued.isoformat()})
        version = replace(tombstone, manifest=version.manifest)
    unit.add_version(version)


def _previous(files: Files, version: Version) -> str:
    """Find out what the manifest of the version before hashes to: its successor's manifest says it."""
    try:
        with files.open(version.manifest) as content:
            return manifest.previous_in(content.read())
    except NotFound:
        return ""


def _close(unit: Unit, key: str, plan: Plan, made: dict[str, int]) -> None:
    """Let a dataset say its newest version, and announce all that readers should know of."""
    entry = unit.entry(key)
    if entry is None:
        return
    if plan.state == "withdrawn":
        unit.save_entry(replace(entry, sequence=unit.announce(DatasetWithdrawn(dataset=key))))
        return
    newest = made.get(key, 0)
    for number in range(newest + 1, max(plan.withdrawn, default=0) + 1):
        tombstone = Version(dataset=key, number=number, issued=entry.modified)
        _add(unit, plan, replace(tombstone, state="withdrawn", reason=NOT_KEPT, withdrawn=entry.modified))
        newest = number
    if not newest and entry.kind == "dataset":
        for address in unit.aliases("dataset", key):
            unit.drop_alias("dataset", address)
        unit.drop_entry(key)
        return
    last = unit.announce(DatasetChanged(dataset=key)) if not newest else 0
    for number in range(1, newest + 1):
        last = unit.announce(VersionPublished(dataset=key, number=number))
    unit.save_entry(replace(entry, version=newest or None, sequence=last))
