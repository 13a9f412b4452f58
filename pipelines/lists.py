"""What a site's stewards installed, as data: for the doors and the worker from the catalogue, for a child as files.

A list is named by its digest: whoever checks with it can say exactly which state of it that was.
"""

from __future__ import annotations

import functools
import hashlib
import shutil
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from pipelines.format import Unreadable
from standards import codelist as codelists
from standards import release as merging
from standards.codelist import Codelist
from standards.registry import SHIPPED, Standards, with_installed
from standards.standard import TableStandard, elements, from_yaml

if TYPE_CHECKING:  # the check of a small file needs none of the catalogue's ports
    from catalog.installed import Release
    from catalog.ports import Files

FRESH_SECONDS = 1.0
"""How long the doors answer from memory before they ask whether something was installed."""

KEPT = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class Edition:
    """One thing that is in force on a site: a whole code list, or a version of a table standard.

    ``digest`` is that of its bytes, which lie at ``path`` for a child; ``source`` says where its releases come from.
    """

    kind: str = "codelist"
    subject: str
    digest: str
    source: str = ""
    path: str = ""


Read = Callable[[Edition], bytes]


def standards_of(editions: Sequence[Edition], read: Read | None = None) -> Standards:
    """Put the editions beside what is shipped; without any, what is shipped. Lists are opened when first asked for."""
    if not editions:
        return SHIPPED
    read = read or from_path
    lists = {one.subject: functools.partial(_list, one, read) for one in editions if one.kind == "codelist"}
    tables: dict[str, tuple[TableStandard, ...]] = {}
    for one in editions:
        if one.kind == "table":
            tables[one.subject] = (*tables.get(one.subject, ()), from_yaml(read(one).decode(), elements()))
    return with_installed(lists, tables)


def from_path(edition: Edition) -> bytes:
    """Read an edition that was laid out for a child; Unreadable when its bytes are not what its digest says."""
    data = Path(edition.path).read_bytes()
    if hashlib.sha256(data).hexdigest() != edition.digest:
        raise Unreadable("crashed", cause="edition")
    return data


def _list(edition: Edition, read: Read) -> Codelist:
    return codelists.of_bytes(edition.subject, read(edition), edition.source)


class Steward(Protocol):
    """What is asked of the catalogue."""

    def standards_mark(self) -> str: ...
    def installed(self) -> tuple[str, Sequence[Release]]: ...


class Bookcase:
    """The standards of a site in one process, kept until something is installed. Its answers are the same for all."""

    def __init__(self, catalog: Steward, files: Files, clock: Callable[[], float] = time.monotonic) -> None:
        self._catalog = catalog
        self._files = files
        self._clock = clock
        self._lock = threading.Lock()
        self._asked = -FRESH_SECONDS
        self._mark = ""
        self._editions: tuple[Edition, ...] = ()
        self._standards = SHIPPED
        self._bytes: dict[str, bytes] = {}

    def now(self) -> Standards:
        """Give what is in force, as of a second ago at most."""
        if self._clock() - self._asked >= FRESH_SECONDS:
            self.fresh()
        return self._standards

    def fresh(self) -> Standards:
        """Give what is in force at this very moment."""
        with self._lock:
            mark = self._catalog.standards_mark()
            if mark != self._mark:
                self._mark, releases = self._catalog.installed()
                self._editions = self._in_force(releases)
                self._standards = standards_of(self._editions, self.read)
            self._asked = self._clock()
            return self._standards

    def editions(self) -> tuple[Edition, ...]:
        """Give what is installed at this very moment."""
        self.fresh()
        return self._editions

    def edition(self, list_id: str) -> Edition:
        """Give the state of a list that is in force, shipped or not; KeyError for an unknown list."""
        mine = next((one for one in self.editions() if (one.kind, one.subject) == ("codelist", list_id)), None)
        return mine or shipped(list_id)

    def read(self, edition: Edition) -> bytes:
        """Give the bytes of an edition: the package's own, those of an object, or merged anew."""
        digest = edition.digest
        if edition.kind == "codelist" and digest == shipped(edition.subject).digest:
            return codelists.shipped(edition.subject)
        if digest not in self._bytes:
            with self._files.open(digest) as stream:
                self._keep(digest, stream.read())
        return self._bytes[digest]

    def lay_out(self, editions: Iterable[Edition], folder: Path) -> tuple[Edition, ...]:
        """Write editions into a folder for a child, each under its digest; gives them with their paths."""
        folder.mkdir(parents=True, exist_ok=True)
        laid = []
        for one in editions:
            path = folder / f"{one.kind}-{one.digest}"
            if not path.exists():
                self._lay(one, path)
            laid.append(replace(one, path=str(path.absolute())))
        return tuple(laid)

    def _lay(self, one: Edition, path: Path) -> None:
        local = self._files.local(one.digest) if one.digest not in self._bytes else None
        if local and Path(local).exists():
            shutil.copyfile(local, path)
        else:
            path.write_bytes(self.read(one))

    def _keep(self, digest: str, data: bytes) -> None:
        self._bytes[digest] = data
        while len(self._bytes) > KEPT:
            self._bytes.pop(next(iter(self._bytes)))

    def _in_force(self, releases: Sequence[Release]) -> tuple[Edition, ...]:
        """Every version of the standards in their order, and the newest state of each list."""
        of_list: dict[str, list[Release]] = {}
        found = []
        for one in releases:
            if one.kind == "table":
                found.append(Edition(kind="table", subject=one.subject, digest=one.digest))
            elif one.subject in codelists.described():
                of_list.setdefault(one.subject, []).append(one)
        return (*found, *(self._newest(list_id, many) for list_id, many in of_list.items()))

    def _newest(self, list_id: str, many: Sequence[Release]) -> Edition:
        """The last release's state; where the package's list has changed since the first one, all are merged again."""
        source = "; ".join(dict.fromkeys(one.basis for one in many))
        if many[0].base == shipped(list_id).digest:
            return Edition(subject=list_id, digest=many[-1].digest, source=source)
        text = codelists.shipped(list_id).decode()
        for one in many:
            with self._files.open(one.content) as stream:
                lines, _ = merging.read(stream.read())
            text = merging.merge(text, lines, basis=one.basis)
        data = text.encode()
        digest = hashlib.sha256(data).hexdigest()
        self._keep(digest, data)
        return Edition(subject=list_id, digest=digest, source=source)


@functools.cache
def shipped(list_id: str) -> Edition:
    """Name the package's own state of a list; KeyError for an unknown one."""
    return Edition(subject=list_id, digest=codelists.load(list_id).digest)


