"""What readers ask for, ask about and report, and who supports it, in SQL."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, delete, func, select

from catalog.adapters.sql import schema
from catalog.adapters.sql.base import Part
from catalog.voice import Voice

VOICE, SUPPORT = schema.voices, schema.supports


class VoiceRows(Part):
    """The part of the unit of work that keeps what readers say."""

    def save_voice(self, one: Voice) -> None:
        """Record a voice, or what became of it."""
        self._save(VOICE, {"id": one.id}, {
            "number": one.number, "kind": one.kind, "state": one.state, "organisation": one.organisation,
            "dataset": one.dataset, "public": one.public, "mark": one.mark, "due": one.due,
            "body": self._codec.encode(one),
        })

    def voice(self, number: str) -> Voice | None:
        """Find by its reference number."""
        return self._body(Voice, select(VOICE.c.body).where(VOICE.c.number == number))

    def voices(self, *, limit: int = 100, offset: int = 0, **wanted: Any) -> Sequence[Voice]:
        """Give voices, newest first."""
        statement = select(VOICE.c.body).where(*_where(**wanted)).order_by(VOICE.c.id.desc())
        return self._bodies(Voice, statement.limit(limit).offset(offset))

    def count_voices(self, **wanted: Any) -> int:
        """Count voices."""
        statement = select(func.count()).select_from(VOICE).where(*_where(**wanted))
        return int(self.connection.execute(statement).scalar() or 0)

    def drop_voices(self, dataset: str) -> None:
        """Forget what was said on a dataset."""
        mine = list(self.connection.execute(select(VOICE.c.number).where(VOICE.c.dataset == dataset)).scalars())
        for number in mine:
            self.drop_supports(number)
        self.connection.execute(delete(VOICE).where(VOICE.c.dataset == dataset))

    def add_support(self, number: str, mark: str) -> bool:
        """Count somebody once."""
        known = select(SUPPORT.c.number).where(SUPPORT.c.number == number, SUPPORT.c.mark == mark)
        if self._one(known) is not None:
            return False
        self._insert(SUPPORT, {"number": number, "mark": mark})
        return True

    def drop_supports(self, number: str) -> None:
        """Forget who supported a request."""
        self.connection.execute(delete(SUPPORT).where(SUPPORT.c.number == number))


def _where(
    *, kind: str = "", dataset: str = "", organisations: Sequence[str] | None = None, states: Sequence[str] = (),
    public: bool | None = None, mark: str = "", before: datetime | None = None,
) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    for column, value in ((VOICE.c.kind, kind), (VOICE.c.dataset, dataset), (VOICE.c.mark, mark)):
        found += [column == value] if value else []
    for column, values in ((VOICE.c.state, states or None), (VOICE.c.organisation, organisations)):
        found += [column.in_(values)] if values is not None else []
    found += [VOICE.c.public.is_(public)] if public is not None else []
    found += [VOICE.c.due < before] if before is not None else []
    return found
