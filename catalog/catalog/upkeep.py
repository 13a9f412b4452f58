"""Use cases of keeping promises: verify, sweep, reset."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from itertools import islice

from catalog import manifest
from catalog.catalog.agencies import entries_of
from catalog.catalog.base import Base
from catalog.catalog.submissions import is_set_aside
from catalog.chain import broken_links
from catalog.errors import NotFound, Unavailable
from catalog.model import AuditRow, Caller, Entry, Submission, Version
from catalog.permit import may
from catalog.ports import Unit

CHUNK = 1024 * 1024
PAGE = 1000
AT_ONCE = 50
"""Objects deleted under one hold of the writer's lock."""

NEEDS_STAGED = ("received", "checking", "blocked", "ready", "failed")
"""Of the failed ones only those whose check was set aside."""


class Upkeep(Base):
    """What ``datamo verify``, ``datamo gc`` and ``datamo reset`` do."""

    def verify(self, *, deep: bool = False) -> Sequence[str]:
        """Give the broken promises of the publish protocol as sentences, none if all hold; ``deep`` reads all bytes."""
        with self._records.read() as unit:
            found = [f"audit chain broken at row {number}" for number in broken_links(_audit(unit))]
            seen: dict[str, str] = {}
            for entry in entries_of(unit):
                found += self._verify_entry(unit, entry, seen, deep=deep)
            last = 0
            for change in _changes(unit):
                if last and change != last + 1:
                    found.append(f"change sequence has a gap after {last}")
                last = change
        return found + list(self._verify_search())

    def _verify_search(self) -> Iterator[str]:
        """Hold the index against the records, once search has followed every change; one that is down is no lie."""
        with self._records.read() as unit:
            newest = unit.last_change()
            if unit.position("index") < newest:
                return
            wanted = {entry.id: entry for entry in entries_of(unit) if _may_be_found(unit, entry)}
        try:
            held = dict(self._index.sequences())
        except Unavailable:
            return
        with self._records.read() as unit:
            if unit.last_change() != newest:  # something changed while we looked
                return
        for dataset, entry in wanted.items():
            if held.get(dataset, -1) < entry.sequence:
                yield f"{entry.slug}: search {'holds an older state' if dataset in held else 'does not know it'}"
        yield from (f"search holds {dataset}, which is not to be found" for dataset in held if dataset not in wanted)

    def _verify_entry(self, unit: Unit, entry: Entry, seen: dict[str, str], *, deep: bool) -> Iterator[str]:
        versions = list(reversed(unit.versions(entry.id)))
        if [one.number for one in versions] != list(range(1, len(versions) + 1)):
            yield f"{entry.slug}: version numbers are not 1 to {len(versions)}"
        if (entry.version or 0) != len(versions):
            yield f"{entry.slug}: newest version is {len(versions)}, the dataset says {entry.version}"
        if unit.organisation(entry.organisation) is None:
            yield f"{entry.slug}: its organisation is missing"
        previous = ""
        for version in versions:
            where = f"{entry.slug} version {version.number}"
            for problem in self._verify_version(version, previous, seen, deep=deep):
                yield f"{where}: {problem}"
            previous = version.manifest

    def _verify_version(self, version: Version, previous: str, seen: dict[str, str], *, deep: bool) -> Iterator[str]:
        if version.state == "withdrawn" and not version.resources:  # a tombstone that came back without what lay there
            return
        for file in version.files:
            if (wrong := self._object(file.sha256, file.bytes, seen, deep=deep)) and version.state == "published":
                yield f"file {file.name} {wrong}"
        content = self._content(version.manifest)
        if content is None:
            yield "manifest is missing"
            return
        if hashlib.sha256(content).hexdigest() != version.manifest:
            yield "manifest does not have its hash"
            return
        named = {(one["sha256"], one["bytes"], one["role"]) for one in manifest.files_in(content)}
        if named != {(file.sha256, file.bytes, file.role) for file in version.files}:
            yield "manifest names other files than the records"
        if manifest.previous_in(content) != previous:
            yield "manifest does not follow the one before"

    def _content(self, sha256: str) -> bytes | None:
        try:
            with self._files.open(sha256) as content:
                return content.read()
        except NotFound:
            return None

    def _object(self, sha256: str, size: int, seen: dict[str, str], *, deep: bool) -> str:
        """Tell what is wrong with an object, "" when nothing is; each is looked at once."""
        if sha256 not in seen:
            seen[sha256] = self._look_at(sha256, size, deep=deep)
        return seen[sha256]

    def _look_at(self, sha256: str, size: int, *, deep: bool) -> str:
        held = self._files.size(sha256)
        if held is None:
            return "is missing"
        if held != size:
            return f"has {held} bytes, not {size}"
        if not deep:
            return ""
        digest = hashlib.sha256()
        try:
            with self._files.open(sha256) as content:
                while chunk := content.read(CHUNK):
                    digest.update(chunk)
        except Unavailable as refused:  # a store that proves hashes itself refuses to give the last byte
            if refused.code != "storage-damaged":
                raise
        return "" if digest.hexdigest() == sha256 else "does not have its hash"

    def sweep(self, *, older_than_hours: int = 24) -> int:
        """Delete objects without claim or reference and staged bytes that nobody waits for; returns how many.

        Objects go a few at a time under the writer's lock: a claim made meanwhile always wins. An object that the
        records have never heard of is noted first; its grace begins then.
        """
        with self._records.read() as unit:
            strangers = [one for one in self._files.hashes() if not unit.known(one)]
        with self._records.begin() as unit:
            unit.release_stale_claims(older_than_hours)
            for one in strangers:
                if not unit.known(one):
                    unit.adopt(one)
        swept = 0
        while some := self._sweep_some(older_than_hours):
            swept += some
        return swept + self._sweep_staged(older_than_hours)

    def _sweep_some(self, older_than_hours: int) -> int:
        with self._records.begin() as unit:
            some = list(islice(unit.unclaimed(older_than_hours), AT_ONCE))
            for sha256 in some:
                self._files.delete(sha256)
                unit.forget(sha256)
        return len(some)

    def _sweep_staged(self, older_than_hours: int) -> int:
        with self._records.read() as unit:
            needed = {one.staged.key for one in waiting(unit)}
        old = [key for key in self._files.staged(older_than_hours) if key not in needed]
        for key in old:
            self._files.drop_staged(key)
        return len(old)

    def reset(self) -> None:
        """Empty the site; its first operator stays, with her password and tokens, and so do the site's facts.

        Whoever follows the change sequence finds ``site-reset`` in it and starts again from nothing.
        """
        with self._records.read() as unit:
            first = next((one for one in unit.people() if may(Caller(person=one), "operate")), None)
        self._jobs.wipe()
        self._records.wipe(first.id if first else "")
        self._files.wipe()
        with self._records.read() as unit:
            last = unit.last_change()
        if self._search_wait:
            self.wait_until_searchable(last)


def waiting(unit: Unit) -> Sequence[Submission]:
    """Give the uploads whose staged bytes are still needed: under way, waiting for people, or set aside."""
    found = unit.submissions(states=NEEDS_STAGED, limit=1_000_000)
    return [one for one in found if one.state != "failed" or is_set_aside(one)]


def _audit(unit: Unit) -> Iterator[AuditRow]:
    after = 0
    while page := unit.audit_rows(after, PAGE):
        yield from page
        after = page[-1].sequence


def _changes(unit: Unit) -> Iterator[int]:
    after = 0
    while page := unit.changes(after, PAGE):
        yield from (one.sequence for one in page)
        after = page[-1].sequence


def _may_be_found(unit: Unit, entry: Entry) -> bool:
    """Whether search should know of a dataset, as ``Finding.document`` says it."""
    if entry.state != "published" or entry.kind != "dataset" or not entry.version:
        return False
    version = unit.version(entry.id, entry.version)
    return version is not None and version.state != "withdrawn"
