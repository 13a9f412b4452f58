"""What carrying needs of a site, and the bytes and work that go along with its records."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import BinaryIO

from catalog.catalog import Catalog
from catalog.catalog.submissions import arrived
from catalog.catalog.upkeep import waiting
from catalog.errors import Conflict, NotFound, Unavailable
from catalog.events import ReleaseAccepted, ReleaseDrafted
from catalog.model import AuditRow, Submission
from catalog.ports import Files, Index, Jobs, Records, Tables, Unit
from pipelines.steps import erase, index, public_state

MARK = "restoring"
"""The fact of a site that says which cargo it was filled with, until search and the public record have followed."""

AGAIN = ("received", "checking", "ready", "failed")
"""States in which an upload waits for a worker: its check is enqueued again."""

SILENT_SECONDS = 30.0
"""A worker that gave no sign of life for so long is taken to be gone."""

PAGE = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class House:
    """A site: its catalogue and the ports behind it."""

    catalog: Catalog
    records: Records
    files: Files
    index: Index
    jobs: Jobs
    tables: Tables | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Needs:
    """What the records of one moment name: objects (True: must be there), uploads, and the heads of both sequences."""

    objects: Mapping[str, bool]
    uploads: Sequence[Submission]
    last_change: int
    audit: tuple[int, str]


def needs_of(unit: Unit) -> Needs:
    """Look up what has to go along with the records of this transaction."""
    last = last_audit(unit)
    return Needs(
        objects=dict(unit.needed()), uploads=waiting(unit), last_change=unit.last_change(),
        audit=(last.sequence, last.hash) if last else (0, ""),
    )


def last_audit(unit: Unit) -> AuditRow | None:
    """Give the newest row of the audit chain."""
    last, after = None, 0
    while page := unit.audit_rows(after, PAGE):
        last, after = page[-1], page[-1].sequence
    return last


def refuse_worker(house: House) -> None:
    """Raise Conflict while a worker is at work."""
    if any(silent < SILENT_SECONDS for _, silent in house.jobs.workers()):
        raise Conflict("worker-running")


def copy_object(source: Files, target: Files, sha256: str, *, deep: bool = False) -> str:
    """Copy an object that is not there yet (``deep``: read it again although it is); "" or what is wrong with it."""
    size = source.size(sha256)
    if size is None:
        return "missing"
    if not deep and target.size(sha256) == size:
        return ""
    try:
        with source.open(sha256) as stream:
            return "" if kept(target, stream, sha256) else "damaged"
    except NotFound:
        return "missing"
    except Unavailable as refused:
        if refused.code != "storage-damaged":
            raise
        return "damaged"


def kept(target: Files, stream: BinaryIO, sha256: str) -> bool:
    """Put a stream whose hash is known; whether it had that hash. What had another is taken away again."""
    got, _ = target.put(stream)
    if got != sha256:
        target.delete(got)
    return got == sha256


def resume(unit: Unit, keys: Mapping[str, str]) -> int:
    """Enqueue again what waits for a worker; ``keys`` say where the staged bytes of uploads lie now. How many."""
    count = 0
    for one in waiting(unit):
        key = keys.get(one.staged.key, one.staged.key)
        if key != one.staged.key:
            unit.save_submission(replace(one, staged=replace(one.staged, key=key)))
        if one.state in AGAIN:
            unit.announce(arrived(unit, one, urgent=False))
            count += 1
    for release in unit.releases():
        if release.state == "draft" and (release.report or {}).get("state") != "complete":
            unit.announce(ReleaseDrafted(release=release.id))
        elif release.state == "accepted" and release.rechecked is None:
            unit.announce(ReleaseAccepted(release=release.id))
    return count


def finish(house: House) -> Sequence[str]:
    """Let the public record and search follow, then hold every promise against what is there; what is broken."""
    while public_state.follow(house.catalog, house.files):
        pass
    erase.follow(house.catalog, house.records, house.files, house.jobs, None, lambda: None)
    if house.catalog.known_erasures():
        erase.keep_ledger(house.catalog, house.files)
    last = house.catalog.last_change()
    try:
        index.rebuild(house.catalog, house.index)
        house.catalog.advance(index.READER, last)
    except Unavailable as refused:  # the worker builds it when the engine is there
        if not refused.code.startswith("search"):
            raise
    broken = house.catalog.verify()
    with house.records.begin() as unit:
        unit.set_site(MARK, "")
    return broken


def marked(house: House) -> str:
    """Tell which cargo the site was filled with and is not finished with, "" for none."""
    with house.records.read() as unit:
        return unit.site(MARK)


def refuse_held(house: House, known: Mapping[str, object]) -> None:
    """Raise Conflict unless the site is empty; objects of the cargo itself may be there from a try before."""
    with house.records.read() as unit:
        if not unit.is_empty():
            raise Conflict("site-not-empty")
    stranger = next((one for one in house.files.hashes() if one not in known), None)
    if stranger is not None:
        raise Conflict("files-not-empty", sha256=stranger)


def in_order(names: Mapping[str, bool]) -> Iterator[tuple[str, bool]]:
    """Give what must be there before what may be missing."""
    return iter(sorted(names.items(), key=lambda one: (not one[1], one[0])))
