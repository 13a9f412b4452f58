"""Releases of code lists and standards, and what checking published data again under them found, in SQL."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import bindparam, delete, func, select, update
from sqlalchemy.exc import IntegrityError

from catalog.adapters.sql import schema
from catalog.adapters.sql.base import Part
from catalog.errors import Stale
from catalog.installed import Recheck, Release

RELEASE, RECHECK, SET = schema.releases, schema.rechecks, schema.datasets
ONE_RELEASE = select(RELEASE.c.body).where(RELEASE.c.id == bindparam("key"))
MARK = select(func.count().label("many"), func.max(RELEASE.c.id).label("last")).where(RELEASE.c.state == "accepted")
ONE_RECHECK = select(RECHECK.c.body).where(
    RECHECK.c.release == bindparam("of"), RECHECK.c.dataset == bindparam("dataset")
)


class InstalledRows(Part):
    """The part of the unit of work that holds what stewards installed."""

    def add_release(self, one: Release) -> None:
        """Record a release; raises Stale for a number that is taken."""
        try:
            self._insert(RELEASE, {"id": one.id, **self._release_row(one)})
        except IntegrityError as taken:
            raise Stale("release-taken") from taken

    def save_release(self, one: Release) -> None:
        """Record what became of a release; raises Stale for a number that is taken."""
        try:
            self.connection.execute(update(RELEASE).where(RELEASE.c.id == one.id).values(**self._release_row(one)))
        except IntegrityError as taken:
            raise Stale("release-taken") from taken

    def _release_row(self, one: Release) -> dict[str, Any]:
        return {
            "kind": one.kind, "subject": one.subject, "number": one.number or None, "state": one.state,
            "accepted": one.accepted, "content": one.content, "digest": one.digest, "base": one.base,
            "body": self._codec.encode(one),
        }

    def drop_release(self, release: str) -> None:
        """Forget a draft."""
        self.connection.execute(delete(RECHECK).where(RECHECK.c.release == release))
        self.connection.execute(delete(RELEASE).where(RELEASE.c.id == release))

    def release(self, release: str) -> Release | None:
        """One release."""
        return self._body(Release, ONE_RELEASE, key=release)

    def releases(self, *, kind: str = "", subject: str = "", state: str = "") -> Sequence[Release]:
        """In the order of acceptance, drafts last."""
        statement = select(RELEASE.c.body).order_by(RELEASE.c.accepted.is_(None), RELEASE.c.accepted, RELEASE.c.id)
        for column, wanted in ((RELEASE.c.kind, kind), (RELEASE.c.subject, subject), (RELEASE.c.state, state)):
            if wanted:
                statement = statement.where(column == wanted)
        return self._bodies(Release, statement)

    def installed_mark(self) -> str:
        """Count the accepted releases, and name one: cheap enough to be asked often."""
        row = self._one(MARK)
        return f"{row.many}:{row.last}" if row and row.many else ""

    def save_recheck(self, one: Recheck) -> None:
        """Record what was found, in place of what was found before."""
        self._save(RECHECK, {"release": one.release, "dataset": one.dataset}, {
            "state": one.state, "created": one.created, "body": self._codec.encode(one),
        })

    def recheck(self, release: str, dataset: str) -> Recheck | None:
        """What checking one dataset again under one release found."""
        return self._body(Recheck, ONE_RECHECK, of=release, dataset=dataset)

    def rechecks(
        self, *, release: str = "", dataset: str = "", organisations: Sequence[str] | None = None,
        states: Sequence[str] = (), limit: int = 1000,
    ) -> Sequence[Recheck]:
        """List what was found, newest first."""
        order = (RECHECK.c.created.desc(), RECHECK.c.release.desc(), RECHECK.c.dataset.desc())
        statement = select(RECHECK.c.body).order_by(*order).limit(limit)
        if release:
            statement = statement.where(RECHECK.c.release == release)
        if dataset:
            statement = statement.where(RECHECK.c.dataset == dataset)
        if organisations is not None:
            theirs = select(SET.c.id).where(SET.c.organisation.in_(organisations))
            statement = statement.where(RECHECK.c.dataset.in_(theirs))
        if states:
            statement = statement.where(RECHECK.c.state.in_(states))
        return self._bodies(Recheck, statement)
