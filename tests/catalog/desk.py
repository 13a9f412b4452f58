"""An agency at work, for the tests of the desk: its people, its datasets and short ways to a published version."""

from __future__ import annotations

import hashlib
import io
from dataclasses import dataclass

from catalog.model import (
    Artefact,
    Caller,
    ColumnInfo,
    Entry,
    Options,
    Outcome,
    Staged,
    Submission,
    TableOutcome,
    Version,
)
from standards.profile import Profile
from standards.record import Dataset
from tests.fakes import Stand, a_stand

ROLES = ("reader", "editor", "reviewer", "admin")
CSV = b"code,name\n00001,A\n00002,B\n"


@dataclass
class Desk:
    """A stand with the agency H12, one person per role in it, an operator, and a stranger from another agency."""

    stand: Stand
    people: dict[str, Caller]

    @property
    def catalog(self):
        return self.stand.catalog

    def __getattr__(self, name: str) -> Caller:
        return self.people[name]

    def draft(self, title: str = "Trường học 2025", **more) -> Entry:
        return self.catalog.draft(self.people["editor"], "H12", Dataset(title={"vi": title}), **more)

    def attach(self, key: str, content: bytes = CSV, *, name: str = "schools.csv", by: str = "editor", **options) -> Submission:
        staged, size, sha256 = self.stand.files.stage(io.BytesIO(content), 10**9)
        upload = Staged(key=staged, name=name, bytes=size, sha256=sha256)
        return self.catalog.attach(self.people[by], key, upload, Options(**options))

    def put(self, submission: Submission, content: bytes, role: str, resource: str, name: str = "", **more) -> Artefact:
        with self.stand.records.begin() as unit:
            unit.claim(hashlib.sha256(content).hexdigest(), submission.id)
        sha256, size = self.stand.files.put(io.BytesIO(content))
        return Artefact(resource=resource, name=name, role=role, media_type="text/csv", bytes=size, sha256=sha256, **more)

    def outcome(self, submission: Submission, content: bytes = CSV, *, resource: str = "schools", base: int | None = None,
                valid: bool = True, public: bool = True, **more) -> Outcome:
        rows = content.count(b"\n") - 1
        table = TableOutcome(
            resource=resource, valid=valid, profile=Profile(rows=rows), columns=(ColumnInfo(name="code", title={"vi": "Mã"}),),
            preview=(("00001", "A"),), changes={"added": rows, "removed": 0, "changed": 0}, artefacts=(
                self.put(submission, content, "csv", resource, rows=rows),
                self.put(submission, b"PAR1" + content, "parquet", resource, rows=rows),
            ), **more,
        )
        original = self.put(submission, content, "original", resource, submission.staged.name, public=public)
        return Outcome(file={"format": "csv"}, tables=(table,), original=original, base=base)

    def ready(self, key: str, content: bytes = CSV, *, resource: str = "schools", public: bool = True, by: str = "editor",
              base: int | None = None, name: str = "schools.csv", **options) -> Submission:
        one = self.attach(key, content, by=by, name=name, **options)
        self.catalog.begin_check(one.id)
        return self.catalog.settle(one.id, self.outcome(one, content, resource=resource, public=public, base=base))

    def publish(self, key: str, content: bytes = CSV, **more) -> Version:
        one = self.ready(key, content, **more)
        return self.catalog.publish(self.people["operator"], [one.id])

    def published(self, title: str = "Trường học 2025", **more) -> Entry:
        entry = self.draft(title, **more)
        self.publish(entry.id)
        return self.catalog.dataset(self.people["operator"], entry.id)


def a_desk(**chosen) -> Desk:
    """Set the desk up; ``chosen`` goes to ``a_stand``."""
    stand = a_stand(**chosen)
    catalog = stand.catalog
    system = catalog.system()
    catalog.add_organisation(system, code="H12", slug="so-giao-duc", title={"vi": "Sở Giáo dục", "en": "Education"})
    catalog.add_organisation(system, code="H99", slug="so-y-te", title={"vi": "Sở Y tế"})
    for role in ROLES:
        catalog.add_person(system, role)
        catalog.set_member(system, "H12", role, role)
    catalog.add_person(system, "stranger")
    catalog.set_member(system, "H99", "stranger", "admin")
    catalog.add_person(system, "person")
    catalog.add_person(system, "steward", role="steward")
    catalog.add_person(system, "operator", role="operator")
    names = (*ROLES, "stranger", "person", "steward", "operator")
    return Desk(stand, {name: signed_in(stand, name) for name in names})


def signed_in(stand: Stand, name: str) -> Caller:
    """Give the person as she comes to a door, with a token."""
    system = stand.catalog.system()
    return stand.catalog.caller_of_token(stand.catalog.add_token(system, name).secret)
