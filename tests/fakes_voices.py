"""The part of the fake records that keeps what readers say."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from catalog.voice import Voice


class FakeVoices:
    """Voices and supports, on the shelf of FakeUnit."""

    shelf: Any

    def save_voice(self, one: Voice) -> None:
        self.shelf.voices[one.id] = one

    def voice(self, number: str) -> Voice | None:
        return next((one for one in self.shelf.voices.values() if one.number == number), None)

    def voices(self, *, limit: int = 100, offset: int = 0, **wanted: Any) -> Sequence[Voice]:
        found = sorted(self._wanted(**wanted), key=lambda one: one.id, reverse=True)
        return found[offset : offset + limit]

    def count_voices(self, **wanted: Any) -> int:
        return len(self._wanted(**wanted))

    def _wanted(
        self, *, kind: str = "", dataset: str = "", organisations: Sequence[str] | None = None,
        states: Sequence[str] = (), public: bool | None = None, mark: str = "", before: datetime | None = None,
    ) -> list[Voice]:
        return [
            one for one in self.shelf.voices.values()
            if (not kind or one.kind == kind) and (not dataset or one.dataset == dataset)
            and (organisations is None or one.organisation in organisations) and (not states or one.state in states)
            and (public is None or one.public is public) and (not mark or one.mark == mark)
            and (before is None or one.due < before)
        ]

    def drop_voices(self, dataset: str) -> None:
        for one in self._wanted(dataset=dataset) if dataset else ():
            self.drop_supports(one.number)
            del self.shelf.voices[one.id]

    def add_support(self, number: str, mark: str) -> bool:
        known = self.shelf.supports.setdefault((number, mark), False)
        self.shelf.supports[number, mark] = True
        return not known

    def drop_supports(self, number: str) -> None:
        for key in [key for key in self.shelf.supports if key[0] == number]:
            del self.shelf.supports[key]
