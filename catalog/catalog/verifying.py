"""Use case of verifying: hold the records, the store and search against what the publish protocol promises."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Container, Iterator, Mapping, Sequence
from datetime import timedelta
from typing import Any, BinaryIO, Final

from catalog import manifest
from catalog.catalog.agencies import entries_of
from catalog.catalog.base import Base
from catalog.catalog.promises import (
    Sealed,
    broken_numbers,
    broken_sequence,
    published_well,
    sealed,
    vanished,
)
from catalog.catalog.submissions import is_set_aside
from catalog.errors import NotFound, Refusal, Unavailable
from catalog.model import Artefact, Entry, Submission, Version
from catalog.ports import Unit

CHUNK: Final = 1024 * 1024
GRACE_HOURS: Final = 72
"""How old a thing that nobody needs may grow before it is a leftover: the worker sweeps daily what is a day old."""

ALL: Final = 1_000_000
UNDER_WAY: Final = ("received", "checking")
NEEDS_STAGED: Final = ("received", "checking", "blocked", "ready", "failed")
"""Of the failed ones only those whose check was set aside."""

ENDED: Final = ("published", "rejected", "failed", "withdrawn")
READER: Final = "public-state"


class Verifying(Base):
    """What ``datamo verify`` does with the records, the store of files and search."""

    def verify(self, *, deep: bool = False, grace_hours: int = GRACE_HOURS) -> Sequence[str]:
        """Give the broken promises as sentences, none if all hold; each begins with the promise's name (``PROMISES``).

        ``deep`` reads all bytes and the public record; ``grace_hours`` is how old leftovers may be (0: after a sweep
        of everything, when nothing is under way). A site that is not ready (I12) is asked nothing else.
        """
        if not_ready := list(self._verify_ready()):
            return not_ready
        with self._records.read() as unit:
            seals = sealed(unit)
            found = [*seals.broken, *seals.twice]
            seen: dict[str, str] = {}
            held: list[tuple[str, int]] = []
            for entry in entries_of(unit):
                versions = list(reversed(unit.versions(entry.id)))
                held += [(entry.id, one.number) for one in versions]
                found += self._verify_entry(unit, entry, versions, seals, seen, deep=deep)
            found += [*vanished(seals, held), *broken_sequence(unit)]
        found += self._verify_erased(deep=deep)
        found += self._verify_uploads(deep=deep)
        found += self._verify_leftovers(grace_hours)
        found += self._verify_search()
        return found + (list(self._verify_record()) if deep else [])

    # -- I1, I3, I4, I6, I8, I9: datasets and their versions ----------------------------------------------------
    def _verify_entry(self, unit: Unit, entry: Entry, versions: Sequence[Version], seals: Sealed,
                      seen: dict[str, str], *, deep: bool) -> Iterator[str]:
        yield from broken_numbers(entry, versions, seals)
        if unit.organisation(entry.organisation) is None:
            yield f"I1: {entry.slug}: its organisation is missing"
        if entry.sequence > unit.last_change():
            yield f"I8: {entry.slug}: stands ahead of the change sequence"
        previous = ""
        for version in versions:
            where = f"{entry.slug} version {version.number}"
            for promise, problem in self._verify_version(version, previous, seen, deep=deep):
                yield f"{promise}: {where}: {problem}"
            previous = version.manifest

    def _verify_version(self, version: Version, previous: str, seen: dict[str, str], *,
                        deep: bool) -> Iterator[tuple[str, str]]:
        if version.state == "withdrawn" and not version.resources:  # a tombstone that came back without what lay there
            return
        yield from _missing_formats(version)
        for file in version.files:
            if (wrong := self._object(file.sha256, file.bytes, seen, deep=deep)) and version.state == "published":
                yield "I6", f"file {file.name} {wrong}"
        content = self._content(version.manifest)
        if content is None:
            yield "I6", "manifest is missing"
            return
        if hashlib.sha256(content).hexdigest() != version.manifest:
            yield "I6", "manifest does not have its hash"
            return
        yield from _unlike(version, content, previous)

    def _content(self, sha256: str) -> bytes | None:
        try:
            with self._files.open(sha256) as content:
                return content.read()
        except NotFound:
            return None
        except Unavailable as refused:
            if refused.code != "storage-damaged":
                raise
            return b""

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
        return "does not have its hash" if deep and not self._proven(sha256) else ""

    def _proven(self, sha256: str) -> bool:
        """Tell whether an object has its hash, by reading all of it."""
        try:
            with self._files.open(sha256) as content:
                return _hash_of(content) == sha256
        except NotFound:
            return False
        except Unavailable as refused:  # a store that proves hashes itself refuses to give the last byte
            if refused.code != "storage-damaged":
                raise
            return False

    # -- I10: what was erased -----------------------------------------------------------------------------------
    def _verify_erased(self, *, deep: bool) -> Iterator[str]:
        """Prove that nothing erased is back: in the store, in the records, and (``deep``) in the public record."""
        with self._records.read() as unit:
            erasures = unit.erasures(states=("done",))
            erased = {sha256 for one in erasures for sha256 in one.hashes} & set(unit.erased())
            named = {sha256 for sha256 in erased for each in unit.referers(sha256)
                     if (found := unit.version(*each)) is not None and not found.erased}
        yield from (f"I10: object {one} was erased and is there again" for one in sorted(erased)
                    if self._files.size(one) is not None)
        yield from (f"I10: object {one} was erased and a version names it" for one in sorted(named))
        if deep and erasures:
            whole = {(one.dataset, 0) for one in erasures if one.whole}
            yield from self._verify_said({each for one in erasures for each in one.scope} | whole)

    def _verify_said(self, scopes: Container[tuple[str, int]]) -> Iterator[str]:
        for name, content in self._files.states():
            said = json.loads(content)
            version = said.get("version") if isinstance(said, dict) else None
            if version and version.get("resources"):
                dataset, number = said["dataset"], version["number"]
                if (dataset, number) in scopes or (dataset, 0) in scopes:
                    yield f"I10: the public record {name} still holds what was erased"

    # -- I2: uploads --------------------------------------------------------------------------------------------
    def _verify_uploads(self, *, deep: bool) -> Iterator[str]:
        with self._records.read() as unit:
            needed = waiting(unit)
            ready = unit.submissions(states=("ready", "in_review"), limit=ALL)
            done = unit.submissions(states=("published",), limit=ALL)
            yield from (f"I2: upload {one.id} says published, its version is not there"
                        for one in done if not published_well(unit, one))
        at_work = {one.key for one in self._jobs.jobs(states=("waiting", "running"), limit=ALL)}
        for one in needed:
            if one.state in UNDER_WAY and one.id not in at_work and self._still(one):
                yield f"I2: upload {one.id} is {one.state}, and nobody works on it"
            if (wrong := self._staged(one, deep=deep)) and self._still(one):
                yield f"I2: the bytes of upload {one.id} {wrong}"
        for one in ready:
            for made in _artefacts(one):
                if self._files.size(made.sha256) is None and self._still(one):
                    yield f"I6: upload {one.id}: {made.role} {made.name} is missing"

    def _still(self, one: Submission) -> bool:
        """Tell whether an upload stands where it stood when we looked: what moves on is no broken promise."""
        with self._records.read() as unit:
            now = unit.submission(one.id)
        return now is not None and (now.state, now.attempt) == (one.state, one.attempt)

    def _staged(self, one: Submission, *, deep: bool) -> str:
        try:
            with self._files.open_staged(one.staged.key) as content:
                return "do not have their hash" if deep and _hash_of(content) != one.staged.sha256 else ""
        except NotFound:
            return "are missing"

    # -- I5: leftovers ------------------------------------------------------------------------------------------
    def _verify_leftovers(self, grace_hours: int) -> Iterator[str]:
        with self._records.read() as unit:
            idle = list(unit.unclaimed(grace_hours))
            needed = {one.staged.key for one in waiting(unit)} | {one.key for one in unit.uploads()}
        yield from (f"I5: object {one} is referred to by nothing" for one in idle if self._files.size(one) is not None)
        old = [one for one in self._files.staged(grace_hours) if one not in needed]
        with self._records.read() as unit:  # an upload may have come in or come to its end while we looked
            before = self._now() - timedelta(hours=grace_hours)
            ended = unit.submissions(states=ENDED, limit=ALL) if old else ()
            needed = {one.staged.key for one in waiting(unit)} | {one.key for one in unit.uploads()}
            needed |= {one.staged.key for one in ended if one.finished and one.finished > before}
        yield from (f"I5: staged bytes {one} belong to no upload" for one in old if one not in needed)
        if not grace_hours:
            strangers = list(self._files.hashes())
            with self._records.read() as unit:
                yield from (f"I5: object {one} is not known" for one in strangers if not unit.known(one))

    # -- I7: search ---------------------------------------------------------------------------------------------
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
                yield f"I7: {entry.slug}: search {'holds an older state' if dataset in held else 'does not know it'}"
        yield from (f"I7: search holds {one}, which is not to be found" for one in held if one not in wanted)

    # -- I10: the public record ---------------------------------------------------------------------------------
    def _verify_record(self) -> Iterator[str]:
        """Hold the last word of the public record on each dataset against the records, once it has followed."""
        with self._records.read() as unit:
            newest = unit.last_change()
            if unit.position(READER) < newest:
                return
            entries = {entry.id: entry for entry in entries_of(unit)}
        last = self._last_words()
        with self._records.read() as unit:
            if unit.last_change() != newest:
                return
        for dataset, said in last.items():
            state, wanted = said.get("state", ""), _public_state(entries.get(dataset))
            if state != wanted and not (wanted == "hidden" and dataset not in entries and state == "withdrawn"):
                yield f"I10: the public record says {state} of {dataset}, which is {wanted}"
        for dataset, entry in entries.items():
            if dataset not in last and _public_state(entry) != "hidden" and entry.sequence:
                yield f"I10: the public record does not know {entry.slug}"

    def _last_words(self) -> Mapping[str, Mapping[str, Any]]:
        """Give the newest record of each dataset since the site was last emptied."""
        last: dict[str, Mapping[str, Any]] = {}
        for _, content in self._files.states():
            said = json.loads(content)
            if isinstance(said, dict) and "dataset" in said:
                last[said["dataset"]] = said
        return last

    # -- I12: ready ---------------------------------------------------------------------------------------------
    def _verify_ready(self) -> Iterator[str]:
        for part, check in (("database", self._check_records), ("files", self._files.check)):
            try:
                check()
            except Refusal as refused:
                yield f"I12: {part} is not ready: {refused.code}"

    def _check_records(self) -> None:
        with self._records.read() as unit:
            unit.last_change()


def waiting(unit: Unit) -> Sequence[Submission]:
    """Give the uploads whose staged bytes are still needed: under way, waiting for people, or set aside."""
    found = unit.submissions(states=NEEDS_STAGED, limit=ALL)
    return [one for one in found if one.state != "failed" or is_set_aside(one)]


def _hash_of(content: BinaryIO) -> str:
    digest = hashlib.sha256()
    while chunk := content.read(CHUNK):
        digest.update(chunk)
    return digest.hexdigest()


def _artefacts(one: Submission) -> Iterator[Artefact]:
    if one.outcome is None:
        return
    tables = (made for table in one.outcome.tables for made in table.artefacts)
    for made in (one.outcome.original, one.outcome.attachment, *tables):
        if made is not None and made.sha256:
            yield made


def _missing_formats(version: Version) -> Iterator[tuple[str, str]]:
    """Every table has its CSV and its Parquet, and all files that count rows count the table's."""
    for one in version.resources:
        if one.kind != "table" or not one.files:
            continue
        lacking = {"csv", "parquet"} - {file.role for file in one.files}
        yield from (("I1", f"table {one.name} has no {role}") for role in sorted(lacking))
        counts = {file.rows for file in one.files if file.rows is not None and file.role != "changes"}
        if one.rows is not None and counts - {one.rows}:
            yield "I1", f"table {one.name} has {one.rows} rows, its files {sorted(counts)}"


def _unlike(version: Version, content: bytes, previous: str) -> Iterator[tuple[str, str]]:
    """Tell in what a manifest differs from the records."""
    named = {(one["sha256"], one["bytes"], one["role"], one["rows"]) for one in manifest.files_in(content)}
    if named != {(file.sha256, file.bytes, file.role, file.rows) for file in version.files}:
        yield "I1", "manifest names other files than the records"
    if manifest.previous_in(content) != previous:
        yield "I1", "manifest does not follow the one before"


def _public_state(entry: Entry | None) -> str:
    if entry is None or entry.visibility != "public" or entry.state == "draft":
        return "hidden"
    return entry.state


def _may_be_found(unit: Unit, entry: Entry) -> bool:
    """Whether search should know of a dataset, as ``Finding.document`` says it."""
    if entry.state != "published" or entry.kind != "dataset" or not entry.version:
        return False
    version = unit.version(entry.id, entry.version)
    return version is not None and version.state != "withdrawn"
