"""Use cases of correcting: a report of a mistake is bound to the file that mends it, and answered when it is public."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Final

from catalog.catalog.answering import Answering
from catalog.errors import Conflict, NotFound, Problem
from catalog.members import check_words, refuse
from catalog.model import Caller, Entry, Mark, Submission
from catalog.ports import Unit
from catalog.voice import WHOLE, WORDS_LIMIT, Voice

KIND: Final = "mends"
"""Marks of submissions: which report each mends, and what its reporter is told."""


class Correcting(Answering):
    """One action of an agency: the corrected file, what was wrong, and the answer that whoever reported it reads."""

    def bind_correction(self, caller: Caller, number: str, submission: str, answer: str) -> Voice:
        """Let a correction answer a report: at once where it is public already, else when it is published.

        The answer goes out in the transaction that makes the version visible. Until then it may be bound anew.
        Raises NotKnown, NotAllowed, NotFound, Invalid, Conflict("voice-over" | "not-a-correction" | "voice-held").
        """
        actor, now = self._actor(caller), self._now()
        with self._records.begin() as unit:
            voice = self._changing(unit, caller, number)
            refuse((*([] if answer.strip() else [Problem("#/answer", "required")]),
                    *check_words("#/answer", answer, WORDS_LIMIT)))
            one = unit.submission(submission)
            if one is None or one.dataset != voice.dataset:
                raise NotFound
            if voice.kind != "mistake" or one.options.kind != "correction":
                raise Conflict("not-a-correction")
            if voice.over:
                raise Conflict("voice-over")
            self._refuse_hidden(unit, voice)
            unit.save_mark(Mark(
                kind=KIND, id=one.id, subject=one.dataset, person=caller.person.id if caller.person else "",
                body={"voice": voice.number, "answer": answer.strip()}, created=now, modified=now,
            ))
            unit.audit(actor, "bind-correction", voice.number, submission=one.id)
            entry = unit.entry(one.dataset)
            if one.state == "published" and entry is not None:
                answer_bound(unit, one, entry, actor, now)
            return self._shown_voice(unit.voice(voice.number) or voice)


def answer_bound(unit: Unit, one: Submission, entry: Entry, actor: str, now: datetime) -> None:
    """Answer the report that a correction mends, in the transaction that makes it public; a hidden part stays open."""
    bound = unit.mark(KIND, one.id) if one.options.kind == "correction" else None
    voice = unit.voice(str(bound.body.get("voice", ""))) if bound else None
    if bound is None or voice is None or voice.over or voice.dataset != one.dataset:
        return
    if voice.held is not None and not voice.lifted and entry.held.get(voice.held or WHOLE) == voice.number:
        return
    unit.save_voice(replace(
        voice, state="answered", answer=str(bound.body.get("answer", "")), outcome="corrected", answered=now,
        modified=now, answered_by=voice.organisation,
    ))
    unit.drop_supports(voice.number)
    unit.drop_mark(KIND, one.id)
    unit.audit(actor, "answer-voice", voice.number, outcome="corrected")


__all__ = ["Correcting", "answer_bound"]
