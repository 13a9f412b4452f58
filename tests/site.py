"""A whole site for tests of the doors: a real database and real files in a folder, people in every role, and no worker.

``check`` stands in for the worker: it reads a staged CSV and settles the submission as the pipeline would.
"""

from __future__ import annotations

import csv
import io
import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from fastapi.testclient import TestClient

from api.app import create_app
from api.dialects.html.kept import Room
from catalog.adapters.files_local import LocalFiles
from catalog.adapters.sql.records import SqlRecords
from catalog.events import Event
from catalog.model import Artefact, Caller, ColumnInfo, Outcome, Submission, TableOutcome
from standards.finding import Finding, Group, Place
from standards.profile import Column, Profile
from tests.fakes import Clock, Stand, a_stand

SCHOOLS = "school_code,school_name,province_code\n00123,Trường Tiểu học Đống Đa,01\n00456,Trường THCS Lê Lợi,01\n".encode()
URL = "https://data.example.gov.vn"
ROLES = ("reader", "editor", "reviewer", "admin")


@dataclass
class Town:
    """A site with its doors open; ``tokens`` by person's name."""

    stand: Stand
    client: TestClient
    tokens: dict[str, str] = field(default_factory=dict)

    @property
    def catalog(self) -> Any:
        return self.stand.catalog

    def head(self, who: str) -> dict[str, str]:
        """The header that shows who asks; nobody for ""."""
        return {"Authorization": f"Bearer {self.tokens[who]}"} if who else {}

    def caller(self, who: str) -> Caller:
        return self.catalog.caller_of_token(self.tokens[who])

    def get(self, path: str, who: str = "", **more: Any) -> Any:
        return self.client.get(path, headers={**self.head(who), **more.pop("headers", {})}, **more)

    def send(self, verb: str, path: str, who: str = "editor", json: Any = None, **more: Any) -> Any:
        return self.client.request(verb, path, headers={**self.head(who), **more.pop("headers", {})}, json=json, **more)

    def draft(self, title: str = "Trường học 2025", who: str = "editor", **members: Any) -> dict[str, Any]:
        answer = self.send("POST", "/api/v1/datasets", who, {"organization": "H12", "title": title, **members})
        assert answer.status_code == 201, answer.text
        return answer.json()

    def upload(self, key: str, content: bytes = SCHOOLS, name: str = "schools.csv", who: str = "editor",
               data: Mapping[str, str] | None = None, **more: Any) -> Any:
        headers = {**self.head(who), **more.pop("headers", {})}
        query = more.pop("query", "")
        return self.client.post(
            f"/api/v1/datasets/{key}/submissions{query}", headers=headers, files={"file": (name, content)},
            data=data or {}, **more,
        )

    def published(self, title: str = "Trường học 2025", content: bytes = SCHOOLS, **members: Any) -> dict[str, Any]:
        """A dataset with one version, as its JSON."""
        made = self.draft(title, **members)
        self.release(made["slug"], content)
        return self.get(f"/api/v1/datasets/{made['slug']}", "editor").json()

    def release(self, key: str, content: bytes = SCHOOLS, who: str = "editor", **more: Any) -> dict[str, Any]:
        """One more version; the submission as its JSON."""
        answer = self.upload(key, content, who=who, **more)
        assert answer.status_code == 202, answer.text
        self.check(answer.json()["id"])
        return self.get(f"/api/v1/submissions/{answer.json()['id']}", "editor").json()

    def check(self, submission: str) -> Submission:
        """What the worker does: check, settle, publish by itself where that is allowed, let search follow."""
        self.catalog.begin_check(submission)
        one = self.catalog.submission(self.catalog.system(), submission)
        outcome = self.catalog.shelve_outcome(submission, replace_paths(self, one))
        self.catalog.settle(submission, outcome)
        if self.catalog.may_publish_by_itself(submission):
            self.catalog.publish(self.catalog.system(), [submission])
        self.stand.follow()
        return self.catalog.submission(self.catalog.system(), submission)


def replace_paths(town: Town, one: Submission) -> Outcome:
    """Read the staged CSV and make the artefacts of a table: the original and a CSV of it."""
    folder = Path(town.stand.files._root) / "work"
    folder.mkdir(exist_ok=True)
    with town.stand.files.open_staged(one.staged.key) as stream:
        content = stream.read()
    path = folder / one.id
    path.write_bytes(content)
    dataset = town.catalog.dataset(town.catalog.system(), one.dataset)
    resource = one.options.resource or dataset.slug
    table = table_of(content, resource, path)
    if not content.strip():
        return Outcome(readable=False, reason={"code": "file-empty", "params": {}})
    return Outcome(
        file={"format": "csv", "encoding": "utf-8", "dialect": {"delimiter": ","}, "sheet": None}, tables=(table,),
        original=Artefact(
            resource=resource, name=one.staged.name, role="original", media_type="text/csv", path=str(path),
            public=b"secret" not in content,
        ),
    )


def table_of(content: bytes, resource: str, path: Path) -> TableOutcome:
    rows = list(csv.reader(io.StringIO(content.decode())))
    labels, body = (rows[0], rows[1:]) if rows else ([], [])
    bad = [at for at, row in enumerate(body, 2) if "BAD" in row]
    columns = tuple(ColumnInfo(name=label, title={"vi": label}) for label in labels)
    return TableOutcome(
        resource=resource, valid=not bad, columns=columns,
        preview=tuple(tuple(row) for row in body[:100]),
        profile=Profile(rows=len(body), columns=tuple(Column(name=label) for label in labels)),
        findings=tuple(Finding(code="code-valid-on", place=Place(row=at, column=1, field=labels[0])) for at in bad),
        groups=(Group(code="code-valid-on", severity="error", field=labels[0], count=len(bad), examples=tuple(bad)),)
        if bad else (),
        artefacts=(
            Artefact(
                resource=resource, name=f"{resource}.csv", role="csv", media_type="text/csv", path=str(path),
                rows=len(body),
            ),
            Artefact(
                resource=resource, name=f"{resource}.parquet", role="parquet", rows=len(body),
                media_type="application/vnd.apache.parquet", path=parquet_of(labels, body, path),
            ),
        ),
    )


def parquet_of(labels: list[str], body: list[list[str]], path: Path) -> str:
    columns = {"_id": list(range(1, len(body) + 1))}
    columns |= {label: [row[at] for row in body] for at, label in enumerate(labels)}
    pq.write_table(pa.table(columns), f"{path}.parquet")
    return f"{path}.parquet"


def make_town(
    folder: Path, *, index: Any = None, tables: Any = None, environment: str = "test", review: str = "none", **values: Any
) -> Town:
    """A site in ``folder`` with agencies H12 and H13 and a person in every role; she is called like her role."""
    like = furnished(review)
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(like.database, folder / "records.db")
    town = bare_town(folder, index=index, tables=tables, environment=environment, review=review, **values)
    town.tokens |= like.tokens
    town.stand.jobs.events.extend(like.events)
    town.stand.clock.at, town.stand.records._now.at = like.clocks
    return town


@dataclass(frozen=True)
class Furnished:
    """A town that all others with the same rule of review are copied from: the same people, with the same tokens."""

    folder: tempfile.TemporaryDirectory[str]
    tokens: Mapping[str, str]
    events: tuple[Event, ...]
    clocks: tuple[datetime, datetime]

    @property
    def database(self) -> Path:
        return Path(self.folder.name, "records.db")


@cache
def furnished(review: str) -> Furnished:
    """Made once in a process of tests: a schema and a dozen people take longer than most tests."""
    folder = tempfile.TemporaryDirectory(prefix="datamo-town-")
    town = bare_town(Path(folder.name), review=review)
    people(town, review)
    town.stand.records.close()
    assert [one.name for one in Path(folder.name).rglob("*") if one.is_file()] == ["records.db"], "a copy of it is all"
    return Furnished(folder, dict(town.tokens), tuple(town.stand.jobs.events), (town.stand.clock.at, town.stand.records._now.at))


def bare_town(folder: Path, *, index: Any = None, tables: Any = None, environment: str = "test", review: str = "none", **values: Any) -> Town:
    """A site in ``folder``, on the database that is there."""
    records = SqlRecords(
        f"sqlite:///{folder}/records.db", enqueue=lambda _connection, event: stand.jobs.enqueue(event), now=Clock()
    )
    records.migrate()
    stand = a_stand(
        records=records, files=LocalFiles(folder / "files"), index=index, tables=tables, review=review,
        upload_limit=values.get("upload_limit", 10_000_000),
    )
    (held := folder / "held").mkdir(exist_ok=True)
    extras = {"html.held": Room(within=held), **(values.pop("extras", None) or {})}
    app = create_app(stand.catalog, stand.files, site_url=URL, environment=environment, extras=extras, **values)
    # One request id for all: whatever else differs between two answers is told apart by their bytes.
    return Town(stand, TestClient(app, base_url=URL, follow_redirects=False, headers={"X-Request-Id": "request-of-a-test"}))


def people(town: Town, review: str) -> None:
    """Agencies, people, tokens; also a token that has expired and one that was revoked."""
    catalog, system = town.catalog, town.catalog.system()
    for code, title in (("H12", "Sở Giáo dục"), ("H13", "Sở Y tế")):
        catalog.add_organisation(system, code=code, slug=code.lower() + "-so", title={"vi": title})
        catalog.amend_organisation(system, code, review=review)
    names = {**{role: ("H12", role) for role in ROLES}, "stranger": ("H13", "admin"), "nobody": ("", "")}
    for name, (agency, role) in names.items():
        catalog.add_person(system, name, password="a long password")
        if agency:
            catalog.set_member(system, agency, name, role)
        town.tokens[name] = catalog.add_token(system, name).secret
    catalog.add_person(system, "operator", role="operator")
    town.tokens["operator"] = catalog.add_token(system, "operator").secret
    town.tokens["expired"] = catalog.add_token(system, "reader", expires=timedelta(seconds=1)).secret
    revoked = catalog.add_token(system, "reader")
    catalog.drop_token(system, revoked.id)
    town.tokens["revoked"] = revoked.secret
    town.tokens["wrong"] = "dtm_wrong"
    town.stand.clock.forward(seconds=10)
