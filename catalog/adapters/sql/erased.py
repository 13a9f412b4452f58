"""Erasures, the hashes that may never come back, and what else of erased data the records let go of, in SQL."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sqlalchemy import delete, select

from catalog.adapters.sql import schema
from catalog.adapters.sql.base import Part
from catalog.erasure import Erasure

ERASURE, ERASED, FILE, VERSION = schema.erasures, schema.erased, schema.files, schema.versions
AT_ONCE = 500


class ErasedRows(Part):
    """The part of the unit of work that remembers what was erased."""

    def save_erasure(self, one: Erasure) -> None:
        """Record an erasure, or what became of it."""
        self._save(ERASURE, {"id": one.id}, {
            "dataset": one.dataset, "organisation": one.organisation, "state": one.state,
            "body": self._codec.encode(one),
        })

    def erasure(self, erasure: str) -> Erasure | None:
        """One erasure."""
        return self._body(Erasure, select(ERASURE.c.body).where(ERASURE.c.id == erasure))

    def erasures(
        self, *, states: Sequence[str] = (), organisations: Sequence[str] | None = None
    ) -> Sequence[Erasure]:
        """List erasures, oldest first."""
        statement = select(ERASURE.c.body).order_by(ERASURE.c.id)
        if states:
            statement = statement.where(ERASURE.c.state.in_(states))
        if organisations is not None:
            statement = statement.where(ERASURE.c.organisation.in_(organisations))
        return self._bodies(Erasure, statement)

    def mark_erased(self, sha256: str, erasure: str) -> None:
        """Remember a hash for good."""
        self._save(ERASED, {"sha256": sha256}, {"erasure": erasure})

    def erased(self, hashes: Sequence[str] | None = None) -> Sequence[str]:
        """Give those of the hashes (or all) that were erased."""
        if hashes is None:
            return list(self.connection.execute(select(ERASED.c.sha256).order_by(ERASED.c.sha256)).scalars())
        found: list[str] = []
        for at in range(0, len(hashes), AT_ONCE):
            statement = select(ERASED.c.sha256).where(ERASED.c.sha256.in_(hashes[at : at + AT_ONCE]))
            found += self.connection.execute(statement).scalars()
        return found

    def referers(self, sha256: str) -> Sequence[tuple[str, int]]:
        """Give the versions (dataset, number) that refer to an object as a file or manifest."""
        files = select(FILE.c.dataset, FILE.c.version).where(FILE.c.sha256 == sha256)
        seals = select(VERSION.c.dataset, VERSION.c.number).where(VERSION.c.manifest == sha256)
        return sorted({(row[0], row[1]) for one in (files, seals) for row in self.connection.execute(one)})

    def claimants(self, sha256: str) -> Sequence[str]:
        """Give who has claimed an object."""
        found = select(schema.claims.c.holder).where(schema.claims.c.sha256 == sha256)
        return sorted(self.connection.execute(found).scalars())

    def drop_files(self, dataset: str, number: int) -> None:
        """Forget the files of a version."""
        self.connection.execute(delete(FILE).where(FILE.c.dataset == dataset, FILE.c.version == number))

    def drop_rechecks(self, dataset: str) -> None:
        """Forget what checking a dataset again has found."""
        self.connection.execute(delete(schema.rechecks).where(schema.rechecks.c.dataset == dataset))

    def answers(self) -> Iterator[tuple[str, bytes]]:
        """Give the answers that are kept, with their keys."""
        for row in self.connection.execute(select(schema.answers.c.key, schema.answers.c.answer)).all():
            yield row.key, bytes(row.answer)
