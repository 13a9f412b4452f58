"""A desk and a shelf in memory: just enough of the catalogue for the flows to be watched."""

from __future__ import annotations

import dataclasses
import hashlib
import io
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from catalog.catalog.finding import Told
from catalog.errors import NotFound, Stale
from catalog.model import Change, Entry, Options, Organisation, Outcome, Resource, Staged, Submission, Version
from catalog.question import Document
from pipelines.flow import Workshop
from pipelines.step import Parcel
from standards.record import Dataset

NOW = datetime(2026, 11, 21, tzinfo=UTC)


class Shelf:
    """Files in memory."""

    def __init__(self) -> None:
        self.objects: dict[str, bytes] = {}
        self.staging: dict[str, bytes] = {}
        self.records: dict[str, bytes] = {}
        self.puts: list[str] = []

    def stage(self, stream: Any, limit: int) -> tuple[str, int, str]:
        content = stream.read()
        key = f"staged-{len(self.staging)}"
        self.staging[key] = content
        return key, len(content), hashlib.sha256(content).hexdigest()

    def open_staged(self, key: str) -> io.BytesIO:
        return io.BytesIO(self.staging[key])

    def drop_staged(self, key: str) -> None:
        self.staging.pop(key, None)

    def put(self, stream: Any) -> tuple[str, int]:
        content = stream.read()
        name = hashlib.sha256(content).hexdigest()
        self.puts.append(name)
        self.objects[name] = content
        return name, len(content)

    def open(self, sha256: str) -> io.BytesIO:
        return io.BytesIO(self.objects[sha256])

    def local(self, sha256: str) -> None:
        return None

    def put_state(self, name: str, content: bytes) -> None:
        self.records[name] = content


class Desk:
    """The verbs that the flows call, with a diary of what was called."""

    def __init__(self, shelf: Shelf) -> None:
        self.shelf = shelf
        self.diary: list[str] = []
        self.kept: dict[str, Submission] = {}
        self.versions: list[Version] = []
        self.changes_: list[Change] = []
        self.positions: dict[str, int] = {}
        self.by_itself = True
        self.refuse: list[Exception] = []
        self.visibility = "public"

    def maintenance(self) -> None:
        """The site takes changes."""

    def scrubber(self) -> Desk:
        return self

    def census(self) -> Desk:
        return self

    def reindex_asked(self) -> str:
        return ""

    def note_health(self) -> None:
        """Nothing is watched."""

    def step(self) -> int:
        return 0

    def sweep_is_due(self) -> bool:
        return False

    def begin_due_runs(self) -> int:
        return 0

    def publish_due(self) -> int:
        return 0

    def follow_pushes(self) -> int:
        return 0

    def attend_voices(self) -> int:
        return 0

    def follow_notices(self, *, mail: bool) -> int:
        del mail
        return 0

    def notice_due_days(self, *, mail: bool) -> int:
        del mail
        return 0

    def forget_notices(self) -> int:
        return 0

    def arrive(self, content: bytes = b"a,b\n1,2\n", name: str = "s1", **options: Any) -> str:
        key, count, digest = self.shelf.stage(io.BytesIO(content), 10**9)
        staged = Staged(key=key, name="file.csv", bytes=count, sha256=digest)
        self.kept[name] = Submission(id=name, dataset="d", state="received", staged=staged,
                                     options=Options(**options), created=NOW)
        return name

    def system(self) -> None:
        return None

    def submission(self, _caller: None, name: str) -> Submission:
        if name not in self.kept:
            raise NotFound
        return self.kept[name]

    def _move(self, name: str, **members: Any) -> Submission:
        self.kept[name] = dataclasses.replace(self.kept[name], **members)
        return self.kept[name]

    def organisation(self, _caller: None, key: str) -> Organisation:
        return Organisation(id=key, slug="so", title={"vi": "Sở"}, created=NOW, modified=NOW)

    def organisations(self, caller: None) -> list[Organisation]:
        return [self.organisation(caller, "o")]

    def former_addresses(self, kind: str, target: str) -> list[str]:
        return [f"old-{kind}"] if target else []

    def begin_check(self, name: str) -> Submission:
        self.submission(None, name)
        self.diary.append(f"begin {name}")
        return self._move(name, state="checking")

    def set_aside(self, name: str) -> Submission:
        self.diary.append(f"set-aside {name}")
        return self._move(name, state="failed", reason={"code": "set-aside", "params": {}})

    def settle(self, name: str, outcome: Outcome) -> Submission:
        state = "failed" if not outcome.readable else "ready" if outcome.valid else "blocked"
        self.diary.append(f"settle {name} {state}")
        return self._move(name, state=state, outcome=outcome, reason=outcome.reason)

    def may_publish_by_itself(self, name: str) -> bool:
        return self.by_itself

    def publish(self, _caller: None, names: list[str]) -> Version:
        if self.refuse:
            raise self.refuse.pop(0)
        (name,) = names
        base = self.kept[name].outcome.base  # type: ignore[union-attr]
        newest = self.versions[-1].number if self.versions else None
        if base is not None and base != newest:
            raise Stale("base-changed")
        self.diary.append(f"publish {name}")
        made = self.grow()
        self._move(name, state="published", version=made.number)
        return made

    def grow(self, *resources: Resource) -> Version:
        version = Version(dataset="d", number=len(self.versions) + 1, issued=NOW, resources=resources)
        self.versions.append(version)
        self.change("VersionPublished", version.number)
        return version

    def change(self, kind: str, version: int | None = None, dataset: str = "d") -> None:
        self.changes_.append(Change(sequence=len(self.changes_) + 1, at=NOW, kind=kind, dataset=dataset, version=version))

    def dataset(self, _caller: None, key: str) -> Entry:
        return Entry(id="d", slug="du-lieu", organisation="o", about=Dataset(title={"vi": "Dữ liệu"}, standard="vn-school"),
                     visibility=self.visibility, state="published", created=NOW, modified=NOW)  # type: ignore[arg-type]

    def version(self, _caller: None, key: str, number: int | None = None) -> Version:
        if not self.versions:
            raise NotFound
        return self.versions[(number or len(self.versions)) - 1]

    def latest(self, caller: None, key: str) -> tuple[Entry, Version | None]:
        return self.dataset(caller, key), self.versions[-1] if self.versions else None

    def organisations_with_addresses(self, caller: None) -> list[tuple[Organisation, list[str]]]:
        return [(one, self.former_addresses("organisation", one.id)) for one in self.organisations(caller)]

    def follow(self, reader: str, limit: int) -> list[Change]:
        return [one for one in self.changes_ if one.sequence > self.positions.get(reader, 0)][:limit]

    def told_of(self, changes: list[Change]) -> list[Told]:
        return [Told(change=one, entry=self.dataset(None, one.dataset), version=self.versions[(one.version or len(self.versions)) - 1],
                     owner=self.organisation(None, "o"), addresses=self.former_addresses("dataset", one.dataset)) for one in changes]

    def last_change(self) -> int:
        return max((one.sequence for one in self.changes_), default=0)

    def advance(self, reader: str, sequence: int) -> None:
        self.positions[reader] = sequence

    def documents(self, datasets: list[str]) -> dict[str, Document]:
        if self.visibility != "public":
            return {}
        title = {"vi": "Dữ liệu"}
        return {one: Document(id=one, sequence=len(self.changes_), slug="du-lieu", title=title) for one in datasets}


class Ledger:
    """Records that only note claims."""

    def __init__(self) -> None:
        self.claims: list[str] = []

    @contextmanager
    def begin(self) -> Iterator[Ledger]:
        yield self

    def erased(self, hashes: list[str]) -> list[str]:
        return []

    def claim(self, sha256: str, submission: str) -> None:
        self.claims.append(sha256)


class Drawer:
    """An index that remembers what it was told."""

    def __init__(self) -> None:
        self.documents: dict[str, Document] = {}
        self.dropped: list[tuple[str, int]] = []

    def put(self, documents: list[Document]) -> None:
        self.documents.update({one.id: one for one in documents})

    def drop(self, ids: list[tuple[str, int]]) -> None:
        self.dropped += ids
        for name, _ in ids:
            self.documents.pop(name, None)

    def check(self) -> None:
        """Always in order."""

    def rebuild(self, documents: Iterator[Document]) -> int:
        self.documents = {one.id: one for one in documents}
        return len(self.documents)


def workshop(tmp_path: Path, examine: Callable[[Parcel], Outcome]) -> Workshop:
    shelf = Shelf()
    return Workshop(
        catalog=Desk(shelf), records=Ledger(), files=shelf, index=Drawer(),  # type: ignore[arg-type]
        work=tmp_path / "work", today=lambda: date(2026, 11, 21), examine=examine,
    )
