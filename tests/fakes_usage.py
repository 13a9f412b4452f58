"""The part of the fake records that keeps counts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from catalog.usage import Missed, Use


class FakeUsage:
    """Counts of use, and searches without result, on the shelf of FakeUnit."""

    shelf: Any

    def add_uses(self, uses: Sequence[Use]) -> None:
        for one in uses:
            if one.dataset in self.shelf.entries:
                key = (one.dataset, one.day, one.resource, one.kind)
                before = self.shelf.uses.get(key, replace(one, count=0, robots=0))
                self.shelf.uses[key] = replace(one, count=before.count + one.count, robots=before.robots + one.robots)

    def uses(self, dataset: str, since: str) -> Sequence[Use]:
        return [one for key, one in sorted(self.shelf.uses.items(), key=lambda pair: pair[0][1:])
                if key[0] == dataset and key[1] >= since]

    def use_totals(self, datasets: Sequence[str], since: str) -> Mapping[str, Mapping[str, tuple[int, int]]]:
        found: dict[str, dict[str, tuple[int, int]]] = {}
        for one in self.shelf.uses.values():
            if one.dataset in datasets and one.day >= since:
                count, robots = found.setdefault(one.dataset, {}).get(one.kind, (0, 0))
                found[one.dataset][one.kind] = (count + one.count, robots + one.robots)
        return found

    def drop_uses(self, before: str) -> int:
        old = [key for key in self.shelf.uses if key[1] < before]
        for key in old:
            del self.shelf.uses[key]
        return len(old)

    def save_missed(self, one: Missed) -> None:
        self.shelf.misses[one.id] = one

    def missed(self, key: str) -> Missed | None:
        return self.shelf.misses.get(key)

    def misses(self, *, limit: int = 50) -> Sequence[Missed]:
        found = [one for one in self.shelf.misses.values() if one.words and not one.answer]
        return sorted(found, key=lambda one: (-one.asked, one.id))[:limit]

    def drop_misses(self, rare: str, often: str) -> int:
        old = [key for key, one in self.shelf.misses.items() if one.last < often or (not one.words and one.last < rare)]
        for key in old:
            del self.shelf.misses[key]
        return len(old)
