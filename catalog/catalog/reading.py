"""Use cases that read: datasets, versions, files, manifests."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import islice
from typing import BinaryIO

from catalog.catalog.base import tombstone
from catalog.catalog.holding import without_held
from catalog.catalog.scrubbing import Scrubbing
from catalog.errors import Gone, NotFound, Unavailable
from catalog.model import NOBODY, Caller, Entry, File, Listed, Version
from catalog.permit import may
from catalog.ports import Unit
from catalog.proofs import FIRST, part, proving

PAGE = 500
MANY = 5000
"""Datasets of which only the columns are read at once."""


class Reading(Scrubbing):
    """What is on the shelf, for those who may see it."""

    def dataset(self, caller: Caller, key: str) -> Entry:
        """Find a dataset, also a withdrawn one (its state says so); raises NotFound."""
        with self._records.read() as unit:
            return self._entry(unit, caller, key)

    def latest(self, caller: Caller, key: str) -> tuple[Entry, Version | None]:
        """Find a dataset with its newest version in one go; None where there is none or it was withdrawn."""
        with self._records.read() as unit:
            entry = self._entry(unit, caller, key)
            version = unit.version(entry.id, entry.version) if entry.version else None
            if version is None or version.state == "withdrawn":
                return entry, None
            return entry, self._shown(caller, entry, version)

    def heads(self, caller: Caller, entries: Sequence[Entry], *, groups: bool = False) -> Mapping[str, Version]:
        """Give the newest versions of datasets (which she was shown) by their ids, without profiles and first rows.

        ``groups``: with the remarks on their rows, which say how good they are.
        """
        with self._records.read() as unit:
            found = unit.outlines([one.id for one in entries if one.version], files=True, groups=groups)
        shown = ((one, found.get(one.id)) for one in entries)
        return {one.id: self._shown(caller, one, version) for one, version in shown
                if version is not None and version.state != "withdrawn"}

    def every_shown(self, holding: Sequence[str] = ()) -> Iterator[tuple[Entry, Version]]:
        """Give all published datasets that anybody may see with their newest versions, in the order of their making.

        ``holding``: only those in whose version all these words, in small letters, may stand; the others cost little.
        """
        every = self.listed()
        while page := [one.id for one in islice(every, PAGE)]:
            with self._records.read() as unit:
                found = unit.outlines(page, files=True, holding=holding)
                entries = unit.entries(ids=list(found), limit=PAGE) if found else ()
            for one in entries:
                version = found[one.id]
                if one.state == "published" and version.state != "withdrawn" and self._sees(NOBODY, one):
                    yield one, self._shown(NOBODY, one, version)

    def datasets_of(self, caller: Caller, organisation: str, *, limit: int = 1000) -> Sequence[Entry]:
        """Datasets of an agency that the caller may see, in the order of their making; raises NotFound."""
        with self._records.read() as unit:
            owner = self._organisation(unit, organisation)
            return self._seen(unit, caller, organisation=owner.id, limit=limit)

    def all_datasets(self, caller: Caller, *, after: str = "", limit: int = 1000) -> Sequence[Entry]:
        """All datasets that the caller may see, in the order of their making, after the id ``after``."""
        with self._records.read() as unit:
            return self._seen(unit, caller, after=after, limit=limit)

    def listed(self) -> Iterator[Listed]:
        """Give every published dataset that anybody may see by name and day, page by page, in the order of making."""
        after = ""
        while True:
            with self._records.read() as unit:
                page = unit.listed(after=after, limit=MANY)
            yield from page
            if len(page) < MANY:
                return
            after = page[-1].id

    def next_datasets(self, caller: Caller, after: str, limit: int) -> Sequence[Entry]:
        """Those of the next datasets behind the id ``after`` that the caller may see; looks at ``limit`` of them."""
        with self._records.read() as unit:
            return [entry for entry in unit.entries(after=after, limit=limit) if self._sees(caller, entry)]

    def _seen(self, unit: Unit, caller: Caller, *, organisation: str = "", after: str = "", limit: int) -> list[Entry]:
        found: list[Entry] = []
        while len(found) < limit and (page := unit.entries(organisation=organisation, after=after, limit=PAGE)):
            found += [entry for entry in page if self._sees(caller, entry)]
            after = page[-1].id
        return found[:limit]

    def version(self, caller: Caller, key: str, number: int | None = None) -> Version:
        """Find a version, None = the latest; raises Gone for a withdrawn one, NotFound where there is none."""
        with self._records.read() as unit:
            entry = self._entry(unit, caller, key)
            return self._shown(caller, entry, self._version(unit, entry, number))

    def versions(self, caller: Caller, key: str) -> Sequence[Version]:
        """All versions, newest first; of a withdrawn one only what its tombstone says."""
        with self._records.read() as unit:
            entry = self._entry(unit, caller, key)
            found = unit.versions(entry.id)
        return [
            self._shown(caller, entry, one) if one.state == "published" else replace(one, resources=(), publisher={})
            for one in found
        ]

    @staticmethod
    def _shown(caller: Caller, entry: Entry, version: Version) -> Version:
        """Give the version without the files that only its agency may have, and without what is held back."""
        if may(caller, "see", organisation=entry.organisation):
            return version
        version = without_held(entry, version)
        if all(file.public for file in version.files):
            return version
        return replace(version, resources=tuple(
            replace(one, files=tuple(file for file in one.files if file.public)) for one in version.resources
        ))

    def file(self, caller: Caller, key: str, name: str, number: int | None = None) -> File:
        """Find a file of a version by its name; raises Gone, NotFound."""
        for one in self.version(caller, key, number).files:
            if one.name == name:
                return one
        raise NotFound

    def open_file(self, caller: Caller, file: File, start: int = 0, length: int | None = None) -> BinaryIO:  # noqa: ARG002 - asked when it was found
        """Give the bytes of a file that ``file`` found, or ``length`` of them from ``start``; raises NotFound.

        A byte that is not as it was published is never given as if it were: up to 64 MB the hash is proven first
        (Unavailable("storage-damaged")), a larger file that is asked for whole breaks off before its last byte.
        """
        whole = start == 0 and (length is None or length >= file.bytes)
        if file.bytes <= FIRST and (held := self._sound(file)) is not None:
            return held if whole else part(held, start, file.bytes if length is None else length)
        if whole:
            return proving(self._files.open(file.sha256), file.sha256)
        if self.is_damaged(file.sha256):
            raise Unavailable("storage-damaged", sha256=file.sha256)
        return self._files.open(file.sha256, start, length)

    def _sound(self, file: File) -> BinaryIO | None:
        """Open a file on this machine, proven; None where the store gives no path. A wrong copy is fetched again."""
        for _ in range(2):
            try:
                path = self._files.local(file.sha256)
                return None if path is None else self._proofs.open(path, file.sha256)
            except Unavailable as refused:
                if refused.code != "storage-damaged":
                    raise
                if not self._files.distrust(file.sha256):
                    break
        self.report_damage(file.sha256)
        raise Unavailable("storage-damaged", sha256=file.sha256)

    def local_file(self, caller: Caller, file: File) -> str | None:  # noqa: ARG002 - asked when it was found
        """Give the path of a file on this machine, where there is one, for engines that read in place; it is proven.

        Raises Unavailable("storage-damaged") when its bytes are not as they were published.
        """
        held = self._sound(file)
        if held is None:
            return None
        held.close()
        return self._files.local(file.sha256)

    def file_url(self, caller: Caller, file: File, seconds: int = 60) -> str | None:  # noqa: ARG002 - asked when it was found
        """Give a presigned address of a public file, where the store has such."""
        return self._files.url(file.sha256, seconds) if file.public else None

    def manifest(self, caller: Caller, key: str, number: int) -> bytes:
        """Give the manifest of a version, byte for byte; raises Gone, NotFound.

        It names every part: while one is held back there is none for readers.
        """
        with self._records.read() as unit:
            entry = self._entry(unit, caller, key)
            version = self._version(unit, entry, number)
        if without_held(entry, version) != version and not may(caller, "see", organisation=entry.organisation):
            raise NotFound
        with self._files.open(version.manifest) as content:
            found = content.read()
        if hashlib.sha256(found).hexdigest() != version.manifest:
            self.report_damage(version.manifest)
            raise Unavailable("storage-damaged", sha256=version.manifest)
        return found

    def tombstone(self, caller: Caller, key: str) -> None:
        """Raise Gone with the tombstone when the dataset was withdrawn; raises NotFound."""
        entry = self.dataset(caller, key)
        if entry.state == "withdrawn":
            raise Gone(**tombstone(entry))
