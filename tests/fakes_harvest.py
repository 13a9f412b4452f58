"""The part of the fake records that knows where datasets come from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from catalog.harvest import Harvested, Run, Source


class FakeHarvest:
    """Sources, runs and what is held of them, on the shelf of FakeUnit."""

    shelf: Any

    def save_source(self, one: Source) -> None:
        self.shelf.sources[one.id] = one

    def source(self, key: str) -> Source | None:
        return next((one for one in self.shelf.sources.values() if key in (one.id, one.name)), None)

    def sources(self, due: datetime | None = None) -> Sequence[Source]:
        found = sorted(self.shelf.sources.values(), key=lambda one: one.id)
        return [one for one in found if due is None or (one.due is not None and one.due <= due and not one.paused)]

    def drop_source(self, source: str) -> None:
        self.shelf.sources.pop(source, None)
        for table in (self.shelf.runs, self.shelf.harvested):
            for key in [key for key, one in table.items() if one.source == source]:
                del table[key]

    def save_run(self, one: Run) -> None:
        self.shelf.runs[one.id] = one

    def run(self, run: str) -> Run | None:
        return self.shelf.runs.get(run)

    def runs(self, source: str, limit: int = 20) -> Sequence[Run]:
        found = [one for one in self.shelf.runs.values() if one.source == source]
        return sorted(found, key=lambda one: one.id, reverse=True)[:limit]

    def drop_runs(self, source: str, keep: int) -> None:
        for one in self.runs(source, 10_000)[keep:]:
            del self.shelf.runs[one.id]

    def harvested(self, source: str, remotes: Sequence[str]) -> Sequence[Harvested]:
        wanted = [self.shelf.harvested.get((source, one)) for one in remotes]
        return [one for one in wanted if one is not None]

    def save_harvested(self, ones: Sequence[Harvested]) -> None:
        for one in ones:
            self.shelf.harvested[one.source, one.remote] = one

    def mark_seen(self, source: str, remotes: Sequence[str], run: str) -> int:
        found = [one for one in self.harvested(source, remotes) if not one.gone]
        self.save_harvested([replace(one, run=run) for one in found])
        return len(found)

    def count_harvested(self, source: str) -> int:
        return sum(one.source == source and not one.gone for one in self.shelf.harvested.values())

    def unseen(self, source: str, run: str, limit: int = 100_000) -> Sequence[Harvested]:
        found = [one for one in self.shelf.harvested.values()
                 if one.source == source and one.run != run and not one.gone]
        return sorted(found, key=lambda one: one.remote)[:limit]

    def source_of(self, dataset: str) -> Harvested | None:
        return next((one for one in self.shelf.harvested.values() if one.dataset == dataset), None)
