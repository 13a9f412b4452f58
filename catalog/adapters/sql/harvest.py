"""Sources, their runs, and what of them is held here, in SQL."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import and_, delete, func, insert, select

from catalog.adapters.sql import schema
from catalog.adapters.sql.base import Part
from catalog.harvest import Harvested, Run, Source

SOURCE, RUN, HELD = schema.sources, schema.runs, schema.harvested
AT_ONCE = 500


class HarvestRows(Part):
    """The part of the unit of work that knows where datasets come from."""

    def save_source(self, one: Source) -> None:
        """Record a source, or what became of it."""
        values = {"name": one.name, "due": None if one.paused else one.due, "body": self._codec.encode(one)}
        self._save(SOURCE, {"id": one.id}, values)

    def source(self, key: str) -> Source | None:
        """Find by id or name."""
        return self._body(Source, select(SOURCE.c.body).where((SOURCE.c.id == key) | (SOURCE.c.name == key)))

    def sources(self, due: datetime | None = None) -> Sequence[Source]:
        """Give all sources, or those that are due."""
        statement = select(SOURCE.c.body).order_by(SOURCE.c.id)
        return self._bodies(Source, statement if due is None else statement.where(SOURCE.c.due <= due))

    def drop_source(self, source: str) -> None:
        """Forget a source with its runs; datasets stay."""
        for table in (RUN, HELD):
            self.connection.execute(delete(table).where(table.c.source == source))
        self.connection.execute(delete(SOURCE).where(SOURCE.c.id == source))

    def save_run(self, one: Run) -> None:
        """Record a run, or what became of it."""
        values = {"source": one.source, "state": one.state, "body": self._codec.encode(one)}
        self._save(RUN, {"id": one.id}, values)

    def run(self, run: str) -> Run | None:
        """One run."""
        return self._body(Run, select(RUN.c.body).where(RUN.c.id == run))

    def runs(self, source: str, limit: int = 20) -> Sequence[Run]:
        """Give the runs of a source, newest first."""
        newest = select(RUN.c.body).where(RUN.c.source == source).order_by(RUN.c.id.desc()).limit(limit)
        return self._bodies(Run, newest)

    def drop_runs(self, source: str, keep: int) -> None:
        """Forget all but the newest runs of a source."""
        kept = select(RUN.c.id).where(RUN.c.source == source).order_by(RUN.c.id.desc()).limit(keep)
        kept_ids = list(self.connection.execute(kept).scalars())
        self.connection.execute(delete(RUN).where(RUN.c.source == source, RUN.c.id.not_in(kept_ids)))

    def harvested(self, source: str, remotes: Sequence[str]) -> Sequence[Harvested]:
        """Give what is held of these ids of a source."""
        return [
            Harvested(source=row.source, remote=row.remote, dataset=row.dataset, digest=row.digest, run=row.run,
                      gone=bool(row.gone))
            for at in range(0, len(remotes), AT_ONCE)
            for row in self.connection.execute(
                select(HELD).where(HELD.c.source == source, HELD.c.remote.in_(remotes[at : at + AT_ONCE])))
        ]

    def save_harvested(self, ones: Sequence[Harvested]) -> None:
        """Record what is held, in place of what was held of the same ids."""
        for source in {one.source for one in ones}:
            mine = [one for one in ones if one.source == source]
            for at in range(0, len(mine), AT_ONCE):
                ids = [one.remote for one in mine[at : at + AT_ONCE]]
                self.connection.execute(delete(HELD).where(HELD.c.source == source, HELD.c.remote.in_(ids)))
        rows = [{"source": one.source, "remote": one.remote, "dataset": one.dataset, "digest": one.digest,
                 "run": one.run, "gone": one.gone} for one in ones]
        if rows:
            self.connection.execute(insert(HELD), rows)

    def mark_seen(self, source: str, remotes: Sequence[str], run: str) -> int:
        """Note that a run saw these; returns how many of them are held."""
        count = 0
        for at in range(0, len(remotes), AT_ONCE):
            where = and_(HELD.c.source == source, HELD.c.remote.in_(remotes[at : at + AT_ONCE]),
                         HELD.c.gone.is_(False))
            count += self.connection.execute(HELD.update().where(where).values(run=run)).rowcount
        return count

    def count_harvested(self, source: str) -> int:
        """Count what is held of a source and there still."""
        where = and_(HELD.c.source == source, HELD.c.gone.is_(False))
        return int(self.connection.execute(select(func.count()).select_from(HELD).where(where)).scalar() or 0)

    def unseen(self, source: str, run: str, limit: int = 100_000) -> Sequence[Harvested]:
        """Give what is held of a source and was not seen by a run."""
        where = and_(HELD.c.source == source, HELD.c.run != run, HELD.c.gone.is_(False))
        return [
            Harvested(source=row.source, remote=row.remote, dataset=row.dataset, digest=row.digest, run=row.run)
            for row in self.connection.execute(select(HELD).where(where).order_by(HELD.c.remote).limit(limit))
        ]

    def source_of(self, dataset: str) -> Harvested | None:
        """Give where a dataset of ours is harvested from, None where it is not."""
        row = self._one(select(HELD).where(HELD.c.dataset == dataset).limit(1))
        return None if row is None else Harvested(
            source=row.source, remote=row.remote, dataset=row.dataset, digest=row.digest, run=row.run,
            gone=bool(row.gone),
        )
