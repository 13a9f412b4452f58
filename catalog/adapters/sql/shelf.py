"""Datasets, versions, files, submissions and claims on objects in SQL."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import orjson
from sqlalchemy import bindparam, delete, exists, func, insert, or_, select
from sqlalchemy.exc import IntegrityError

from catalog.adapters.sql import schema
from catalog.adapters.sql.base import Part, Ready
from catalog.errors import Stale
from catalog.model import Entry, File, Listed, Submission, Version
from catalog.recipe import Recipe
from standards.portable import from_json

SET, VERSION, FILE, SUBMISSION = schema.datasets, schema.versions, schema.files, schema.submissions
OBJECT, CLAIM, RELEASE = schema.objects, schema.claims, schema.releases
RECIPE = schema.recipes

ENTRY = Ready(select(SET.c.body).where(or_(SET.c.id == bindparam("key"), SET.c.slug == bindparam("key"))))
ENTRY_BY_ID = Ready(select(SET.c.body).where(SET.c.id == bindparam("key")))
ONE_VERSION = Ready(select(VERSION.c.body).where(
    VERSION.c.dataset == bindparam("dataset"), VERSION.c.number == bindparam("number")
))
LAST_NUMBER = Ready(select(func.max(VERSION.c.number)).where(VERSION.c.dataset == bindparam("dataset")))
RELEASE_CLAIMS = delete(CLAIM).where(CLAIM.c.holder == bindparam("by"))
LISTED = select(SET.c.id, SET.c.slug, SET.c.organisation, SET.c.modified, VERSION.c.number).outerjoin(
    VERSION, (VERSION.c.dataset == SET.c.id) & (VERSION.c.number == SET.c.version) & (VERSION.c.state != "withdrawn")
).where(
    SET.c.id > bindparam("behind"), SET.c.state == "published", SET.c.visibility == "public", SET.c.kind == "dataset"
).order_by(SET.c.id).limit(bindparam("most"))
ONE_SUBMISSION = Ready(select(SUBMISSION.c.body).where(SUBMISSION.c.id == bindparam("key")))
"""The hot reads, built once: building a statement takes longer than running it."""

HEAVY = ("profile", "groups", "preview", "files")
"""Members of a resource that make most of a version's length and are not needed to find it."""

WAITING = ("ready", "in_review")
"""States in which a submission may come out."""

FINISHED = ("published", "rejected", "failed", "withdrawn")
"""States in which a submission needs no object any more that no version refers to."""


class ShelfRows(Part):
    """The part of the unit of work that holds what is published and what is on its way."""

    def add_entry(self, one: Entry) -> None:
        """Record a new dataset."""
        self._insert(SET, {"id": one.id, **self._entry_row(one)})

    def save_entry(self, one: Entry) -> None:
        """Record what a dataset is now."""
        self._change(SET, {"id": one.id}, self._entry_row(one))

    def _entry_row(self, one: Entry) -> dict[str, Any]:
        return {
            "slug": one.slug, "organisation": one.organisation, "kind": one.kind, "state": one.state,
            "visibility": one.visibility, "version": one.version, "sequence": one.sequence, "modified": one.modified,
            "body": self._codec.encode(one),
        }

    def drop_entry(self, dataset: str) -> None:
        """Remove a dataset that was never published, with its submissions and addresses."""
        for one in self.connection.execute(select(SUBMISSION.c.id).where(SUBMISSION.c.dataset == dataset)).scalars():
            self.release_claims(one)
        self.connection.execute(delete(SUBMISSION).where(SUBMISSION.c.dataset == dataset))
        self.connection.execute(delete(RECIPE).where(RECIPE.c.dataset == dataset))
        self.connection.execute(
            delete(schema.aliases).where(schema.aliases.c.kind == "dataset", schema.aliases.c.target == dataset)
        )
        self.connection.execute(delete(schema.origins).where(schema.origins.c.target == dataset))
        self.connection.execute(delete(schema.marks).where(schema.marks.c.subject == dataset))
        self.connection.execute(delete(SET).where(SET.c.id == dataset))

    def entry(self, key: str) -> Entry | None:
        """Find by id, slug, an address it had before or an id it had elsewhere."""
        found = self._body(Entry, ENTRY, key=key)
        if found is None and (target := self._alias("dataset", key)):
            found = self._body(Entry, ENTRY_BY_ID, key=target)
        return found

    def entries(
        self, *, ids: Sequence[str] | None = None, organisation: str = "", after: str = "", limit: int = 1000
    ) -> Sequence[Entry]:
        """Datasets in the order of their making."""
        statement = select(SET.c.body).where(SET.c.id > after).order_by(SET.c.id).limit(limit)
        if ids is not None:
            statement = statement.where(SET.c.id.in_(ids))
        if organisation:
            statement = statement.where(SET.c.organisation == organisation)
        return self._bodies(Entry, statement)

    def listed(self, *, after: str = "", limit: int = 1000) -> Sequence[Listed]:
        """Published public datasets by what the columns know; no body is read."""
        rows = self.connection.execute(LISTED, {"behind": after, "most": limit})
        return list(map(Listed._make, rows))

    def add_version(self, one: Version) -> None:
        """Record a version with its files; raises Stale for a number that is not the next one."""
        last = self._value(LAST_NUMBER, dataset=one.dataset) or 0
        if one.number != last + 1:
            raise Stale("version-taken", number=one.number)
        try:
            self._insert(VERSION, {"dataset": one.dataset, "number": one.number, **self._version_row(one)})
        except IntegrityError as wrong:
            raise Stale("version-taken", number=one.number) from wrong
        rows = [
            {"dataset": one.dataset, "version": one.number, "name": file.name, "sha256": file.sha256,
             "public": file.public, "body": self._codec.encode(file)}
            for file in one.files
        ]
        if rows:
            self.connection.execute(insert(FILE), rows)

    def _version_row(self, one: Version) -> dict[str, Any]:
        return {"state": one.state, "issued": one.issued, "manifest": one.manifest, "rows": rows_of(one),
                "body": self._codec.encode(one)}

    def save_version(self, one: Version) -> None:
        """Record what became of a version: withdrawn, corrected."""
        self._change(VERSION, {"dataset": one.dataset, "number": one.number}, self._version_row(one))

    def version(self, dataset: str, number: int) -> Version | None:
        """One version of a dataset."""
        return self._body(Version, ONE_VERSION, dataset=dataset, number=number)

    def versions(self, dataset: str) -> Sequence[Version]:
        """All versions of a dataset, newest first."""
        statement = select(VERSION.c.body).where(VERSION.c.dataset == dataset).order_by(VERSION.c.number.desc())
        return self._bodies(Version, statement)

    def outlines(self, datasets: Sequence[str], *, files: bool = False, groups: bool = False,
                 holding: Sequence[str] = ()) -> Mapping[str, Version]:
        """Give the versions that datasets show now, many in one statement; what is left out is never made.

        Words are looked for in the JSON as it is stored: to make a version takes twenty times as long.
        """
        shown = (VERSION.c.dataset == SET.c.id) & (VERSION.c.number == SET.c.version)
        statement = select(VERSION.c.dataset, VERSION.c.body).join(SET, shown).where(SET.c.id.in_(datasets))
        kept = {"files": files, "groups": groups}
        left = tuple(name for name in HEAVY if not kept.get(name))
        rows = self.connection.execute(statement).all()
        words = [self._codec.encode(one)[1:-1] for one in holding]
        return {dataset: from_json(Version, _outline(body, left)) for dataset, body in rows
                if not words or _holds(body.lower(), words)}

    def shelved(self, datasets: Sequence[str]) -> Mapping[str, Sequence[tuple[int, datetime, int]]]:
        """Give the versions of datasets by what the columns know; no version is made."""
        statement = select(VERSION.c.dataset, VERSION.c.number, VERSION.c.issued, VERSION.c.rows)
        statement = statement.where(VERSION.c.dataset.in_(datasets), VERSION.c.state == "published")
        statement = statement.order_by(VERSION.c.dataset, VERSION.c.number)
        found: dict[str, list[tuple[int, datetime, int]]] = {}
        for row in self.connection.execute(statement):
            found.setdefault(row.dataset, []).append((row.number, row.issued, int(row.rows)))
        return found

    def file(self, sha256: str) -> File | None:
        """Find a file with these bytes, a public one before a private one."""
        return self._body(
            File, select(FILE.c.body).where(FILE.c.sha256 == sha256).order_by(FILE.c.public.desc()).limit(1)
        )

    def add_submission(self, one: Submission) -> None:
        """Record an upload."""
        self._insert(SUBMISSION, {"id": one.id, "dataset": one.dataset, "created": one.created,
                                  "state": one.state, "due": one.due, "body": self._codec.encode(one)})

    def save_submission(self, one: Submission) -> None:
        """Record how far an upload has come."""
        new = {"state": one.state, "due": one.due, "body": self._codec.encode(one)}
        self._change(SUBMISSION, {"id": one.id}, new)

    def due_submissions(self, moment: datetime) -> Sequence[Submission]:
        """Those whose time to be published has come."""
        statement = select(SUBMISSION.c.body).where(SUBMISSION.c.due <= moment, SUBMISSION.c.state.in_(WAITING))
        return self._bodies(Submission, statement.order_by(SUBMISSION.c.due, SUBMISSION.c.id))

    def submission(self, submission: str) -> Submission | None:
        """One upload."""
        return self._body(Submission, ONE_SUBMISSION, key=submission)

    def submissions(
        self, *, dataset: str = "", organisations: Sequence[str] | None = None, states: Sequence[str] = (),
        limit: int = 100,
    ) -> Sequence[Submission]:
        """List uploads, newest first."""
        statement = select(SUBMISSION.c.body).order_by(SUBMISSION.c.id.desc()).limit(limit)
        if dataset:
            statement = statement.where(SUBMISSION.c.dataset == dataset)
        if organisations is not None:
            theirs = select(SET.c.id).where(SET.c.organisation.in_(organisations))
            statement = statement.where(SUBMISSION.c.dataset.in_(theirs))
        if states:
            statement = statement.where(SUBMISSION.c.state.in_(states))
        return self._bodies(Submission, statement)

    def save_recipe(self, one: Recipe) -> None:
        """Keep a recipe in place of the one that the resource had."""
        key = {"dataset": one.dataset, "resource": one.resource}
        self._save(RECIPE, key, {"body": self._codec.encode(one)})

    def recipe(self, dataset: str, resource: str) -> Recipe | None:
        """The recipe of a resource."""
        where = (RECIPE.c.dataset == dataset, RECIPE.c.resource == resource)
        return self._body(Recipe, select(RECIPE.c.body).where(*where))

    def recipes(self, dataset: str) -> Sequence[Recipe]:
        """All recipes of a dataset, in the order of their resources' names."""
        statement = select(RECIPE.c.body).where(RECIPE.c.dataset == dataset).order_by(RECIPE.c.resource)
        return self._bodies(Recipe, statement)

    def drop_recipe(self, dataset: str, resource: str) -> None:
        """Forget a recipe."""
        self.connection.execute(
            delete(RECIPE).where(RECIPE.c.dataset == dataset, RECIPE.c.resource == resource)
        )

    def claim(self, sha256: str, holder: str) -> None:
        """Note that ``holder`` needs this object; its grace begins anew."""
        now = self._now()
        self._save(OBJECT, {"sha256": sha256}, {"noted": now})
        self._save(CLAIM, {"sha256": sha256, "holder": holder}, {"noted": now})

    def release_claims(self, holder: str) -> None:
        """Note that ``holder`` needs nothing any more."""
        self.connection.execute(RELEASE_CLAIMS, {"by": holder})

    def release_stale_claims(self, older_than_hours: int) -> int:
        """Drop older claims of submissions that are finished or unknown and of interrupted releases."""
        alive = exists().where(SUBMISSION.c.id == CLAIM.c.holder, SUBMISSION.c.state.not_in(FINISHED))
        before = self._now() - timedelta(hours=older_than_hours)
        return self.connection.execute(delete(CLAIM).where(CLAIM.c.noted <= before, ~alive)).rowcount

    def adopt(self, sha256: str) -> None:
        """Note an object that the records did not know."""
        self._insert(OBJECT, {"sha256": sha256, "noted": self._now()})

    def known(self, sha256: str) -> bool:
        """Tell whether an object was ever noted."""
        return self._one(select(OBJECT.c.sha256).where(OBJECT.c.sha256 == sha256)) is not None

    def unclaimed(self, older_than_hours: int) -> Iterator[str]:
        """Objects noted before that time that nobody needs."""
        sha256 = OBJECT.c.sha256
        statement = select(sha256).where(
            OBJECT.c.noted <= self._now() - timedelta(hours=older_than_hours),
            ~exists().where(CLAIM.c.sha256 == sha256),
            ~exists().where(FILE.c.sha256 == sha256),
            ~exists().where(VERSION.c.manifest == sha256),
            ~exists().where(or_(RELEASE.c.content == sha256, RELEASE.c.digest == sha256, RELEASE.c.base == sha256)),
        )
        yield from list(self.connection.execute(statement).scalars())

    def forget(self, sha256: str) -> None:
        """Forget an object that was deleted."""
        self.connection.execute(delete(OBJECT).where(OBJECT.c.sha256 == sha256))

    def totals(self) -> Mapping[str, int]:
        """Count what the public can see now."""
        shown = (SET.c.state == "published", SET.c.visibility == "public", SET.c.kind == "dataset")
        newest = (VERSION.c.dataset == SET.c.id, VERSION.c.number == SET.c.version, VERSION.c.state == "published")
        first = self.connection.execute(
            select(func.count(), func.count(SET.c.organisation.distinct()), func.sum(VERSION.c.rows))
            .select_from(SET).join(VERSION, newest[0] & newest[1] & newest[2]).where(*shown)
        ).one()
        count = select(func.count()).select_from(VERSION).join(SET, newest[0])
        versions = self.connection.execute(count.where(VERSION.c.state == "published", *shown)).scalar() or 0
        return {"datasets": first[0], "organisations": first[1], "rows": int(first[2] or 0), "versions": versions}


def _holds(text: str, words: Sequence[str]) -> bool:
    return all(one in text for one in words)


def _outline(body: str, left: Sequence[str]) -> dict[str, Any]:
    """Read a version's JSON and leave out what makes it long."""
    content: dict[str, Any] = orjson.loads(body)
    for resource in content["resources"]:
        for name in left:
            resource.pop(name, None)
    return content


def rows_of(version: Version) -> int:
    """Count the rows of all tables of a version."""
    return sum(resource.rows or 0 for resource in version.resources)
