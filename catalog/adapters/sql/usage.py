"""Counts of what readers use and of what they search in vain, in SQL."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import and_, bindparam, delete, func, or_, select, update

from catalog.adapters.sql import schema
from catalog.adapters.sql.base import Part
from catalog.usage import Missed, Use

USE, MISS, DATASET = schema.uses, schema.misses, schema.datasets
KEY = and_(USE.c.dataset == bindparam("of"), USE.c.day == bindparam("on"), USE.c.resource == bindparam("part"),
           USE.c.kind == bindparam("how"))
MORE = update(USE).where(KEY).values(number=USE.c.number + bindparam("more"), robots=USE.c.robots + bindparam("bots"))
MANY = 500
"""Datasets that are asked for in one statement."""


class UsageRows(Part):
    """The part of the unit of work that keeps counts."""

    def add_uses(self, uses: Sequence[Use]) -> None:
        """Add to what is counted."""
        there = self._there(sorted({one.dataset for one in uses}))
        for one in uses:
            if one.dataset not in there:
                continue
            key: dict[str, Any] = {"of": one.dataset, "on": one.day, "part": one.resource, "how": one.kind}
            if not self.connection.execute(MORE, {**key, "more": one.count, "bots": one.robots}).rowcount:
                self._insert(USE, {"dataset": one.dataset, "day": one.day, "resource": one.resource, "kind": one.kind,
                                   "number": one.count, "robots": one.robots})

    def _there(self, datasets: Sequence[str]) -> set[str]:
        return {
            one for page in _pages(datasets)
            for one in self.connection.execute(select(DATASET.c.id).where(DATASET.c.id.in_(page))).scalars()
        }

    def uses(self, dataset: str, since: str) -> Sequence[Use]:
        """Give what was counted of a dataset, day by day."""
        statement = select(USE).where(USE.c.dataset == dataset, USE.c.day >= since)
        return [
            Use(dataset=row.dataset, day=row.day, resource=row.resource, kind=row.kind, count=row.number,
                robots=row.robots)
            for row in self.connection.execute(statement.order_by(USE.c.day, USE.c.resource, USE.c.kind))
        ]

    def use_totals(self, datasets: Sequence[str], since: str) -> Mapping[str, Mapping[str, tuple[int, int]]]:
        """Give the counts of many datasets, put together by kind."""
        found: dict[str, dict[str, tuple[int, int]]] = {}
        for page in _pages(datasets):
            statement = select(
                USE.c.dataset, USE.c.kind, func.sum(USE.c.number), func.sum(USE.c.robots)
            ).where(USE.c.dataset.in_(page), USE.c.day >= since).group_by(USE.c.dataset, USE.c.kind)
            for dataset, kind, number, robots in self.connection.execute(statement):
                found.setdefault(dataset, {})[kind] = (int(number), int(robots))
        return found

    def drop_uses(self, before: str) -> int:
        """Forget old counts."""
        return self.connection.execute(delete(USE).where(USE.c.day < before)).rowcount

    def save_missed(self, one: Missed) -> None:
        """Record a search without result."""
        self._save(MISS, {"id": one.id}, {
            "last": one.last, "shown": bool(one.words and not one.answer), "asked": one.asked,
            "rare": not one.words, "body": self._codec.encode(one),
        })

    def missed(self, key: str) -> Missed | None:
        """Find by the hash of its words."""
        return self._body(Missed, select(MISS.c.body).where(MISS.c.id == key))

    def misses(self, *, limit: int = 50) -> Sequence[Missed]:
        """Give what agencies are shown, the most asked first."""
        statement = select(MISS.c.body).where(MISS.c.shown.is_(True)).order_by(MISS.c.asked.desc(), MISS.c.id)
        return self._bodies(Missed, statement.limit(limit))

    def drop_misses(self, rare: str, often: str) -> int:
        """Forget what was asked long ago."""
        old = or_(and_(MISS.c.rare.is_(True), MISS.c.last < rare), MISS.c.last < often)
        return self.connection.execute(delete(MISS).where(old)).rowcount


def _pages(ids: Sequence[str]) -> Sequence[Sequence[str]]:
    return [ids[at : at + MANY] for at in range(0, len(ids), MANY)]
