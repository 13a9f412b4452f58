"""Use cases of answering: agencies moderate what readers say, answer in time, and show again what a report hid."""

from __future__ import annotations

from dataclasses import replace

from catalog.catalog import holding
from catalog.catalog.voicing import BATCH, UNANSWERED, Voicing
from catalog.errors import Conflict, Problem
from catalog.members import check_choice, check_words, refuse
from catalog.model import Caller
from catalog.ports import Unit
from catalog.voice import KEPT_DAYS, MARK_HOURS, OUTCOMES, TITLE_LIMIT, WHOLE, WORDS_LIMIT, Voice


class Answering(Voicing):
    """What people of an agency do with what readers say; each act is in the audit chain, never the words."""

    def moderate(self, caller: Caller, number: str, *, public: bool, text: str | None = None,
                 title: str | None = None) -> Voice:
        """Let everybody see a voice, or not; its words may be shortened first (a name taken out), which is told.

        Raises NotKnown, NotAllowed, NotFound, Invalid, Conflict("voice-over") for one that was refused.
        """
        actor = self._actor(caller)
        refuse((*check_words("#/text", text or "", WORDS_LIMIT), *check_words("#/title", title or "", TITLE_LIMIT)))
        with self._records.begin() as unit:
            one = self._changing(unit, caller, number)
            if one.state == "refused":
                raise Conflict("voice-over")
            new = replace(
                one, public=public, state="open" if one.state == "waiting" else one.state,
                text=one.text if text is None else text.strip(), title=one.title if title is None else title.strip(),
                modified=self._now(),
            )
            new = replace(new, edited=one.edited or (new.text, new.title) != (one.text, one.title))
            unit.save_voice(new)
            unit.audit(actor, "moderate", one.number, public=public, edited=new.edited)
        return self._shown_voice(new)

    def answer_voice(self, caller: Caller, number: str, *, answer: str, outcome: str) -> Voice:
        """Answer, or answer anew. Raises NotKnown, NotAllowed, NotFound, Invalid; Conflict("voice-held", "voice-over").

        A report that hides something is answered by lifting the hold, or after the part itself is gone.
        """
        actor, now = self._actor(caller), self._now()
        with self._records.begin() as unit:
            one = self._changing(unit, caller, number)
            refuse((
                *check_choice("#/outcome", outcome or "none", OUTCOMES[one.kind]),
                *([] if answer.strip() else [Problem("#/answer", "required")]),
                *check_words("#/answer", answer, WORDS_LIMIT),
            ))
            if one.state == "refused":
                raise Conflict("voice-over")
            self._refuse_hidden(unit, one)
            agency = unit.organisation(one.organisation) if one.organisation else None
            new = replace(one, state="answered", answer=answer.strip(), outcome=outcome, answered=now, modified=now,
                          answered_by=agency.id if agency else "")
            unit.save_voice(new)
            unit.drop_supports(one.number)
            unit.audit(actor, "answer-voice", one.number, outcome=outcome)
        return self._shown_voice(new)

    @staticmethod
    def _refuse_hidden(unit: Unit, one: Voice) -> None:
        """Refuse an answer while what was reported is still hidden: it is looked at and shown, or withdrawn, first."""
        entry = unit.entry(one.dataset) if one.held is not None and not one.lifted else None
        if entry is not None and entry.state != "withdrawn" and entry.held.get(one.held or WHOLE) == one.number:
            raise Conflict("voice-held")

    def refuse_voice(self, caller: Caller, number: str, *, reason: str) -> Voice:
        """Turn down what is no request, question or report (advertising, abuse); the reason is for whoever spoke.

        What it hid is shown again, which takes a reviewer. Raises NotKnown, NotAllowed, NotFound, Invalid.
        """
        actor, now = self._actor(caller), self._now()
        refuse((*([] if reason.strip() else [Problem("#/reason", "required")]),
                *check_words("#/reason", reason, WORDS_LIMIT)))
        with self._records.begin() as unit:
            one, sequence = self._changing(unit, caller, number), 0
            if one.held is not None and one.lifted is None:
                self._must(caller, "lift-hold", organisation=one.organisation)
                sequence = self._lifted(unit, one, actor)
            new = replace(one, state="refused", public=False, answer=reason.strip(), answered=now, modified=now,
                          lifted=now if sequence else one.lifted)
            unit.save_voice(new)
            unit.drop_supports(one.number)
            unit.audit(actor, "refuse-voice", one.number)
        if sequence:
            self._settled(caller, sequence)
        return self._shown_voice(new)

    def lift_hold(self, caller: Caller, number: str, *, reason: str) -> Voice:
        """Show again what a report hid: somebody looked, and says why it may be seen (or what has been mended).

        Raises NotKnown, NotAllowed, NotFound, Invalid, Conflict("not-held").
        """
        actor, now = self._actor(caller), self._now()
        refuse((*([] if reason.strip() else [Problem("#/reason", "required")]),
                *check_words("#/reason", reason, WORDS_LIMIT)))
        with self._records.begin() as unit:
            one = self._changing(unit, caller, number, act="lift-hold")
            if one.held is None or one.lifted is not None:
                raise Conflict("not-held")
            sequence = self._lifted(unit, one, actor)
            new = replace(one, lifted=now, modified=now, state="open" if one.state == "waiting" else one.state)
            unit.save_voice(new)
            unit.audit(actor, "lift-hold", one.number, reason=reason.strip())
        if sequence:
            self._settled(caller, sequence)
        return self._shown_voice(new)

    @staticmethod
    def _lifted(unit: Unit, one: Voice, actor: str) -> int:
        entry = unit.entry(one.dataset) if one.held is not None else None
        if entry is None or one.held is None or entry.held.get(one.held) != one.number:
            return 0
        return holding.release(unit, entry, one.held, actor).sequence

    def assign_voice(self, caller: Caller, number: str, organisation: str) -> Voice:
        """Say which agency owes the answer to a request. Raises NotKnown, NotAllowed, NotFound, Conflict."""
        actor = self._actor(caller)
        with self._records.begin() as unit:
            one = self._changing(unit, caller, number)
            if one.dataset:
                raise Conflict("voice-of-dataset")
            owner = self._organisation(unit, organisation, "#/organization")
            new = replace(one, organisation=owner.id, modified=self._now())
            unit.save_voice(new)
            unit.audit(actor, "assign-voice", one.number, organisation=owner.id)
        return self._shown_voice(new)

    # -- for the worker -----------------------------------------------------------------------------------------
    def escalate_voices(self) -> int:
        """Tell operators of what is overdue, once for each; returns how many."""
        with self._records.read() as unit:
            late = [one for one in unit.voices(states=UNANSWERED, before=self._now(), limit=BATCH)
                    if one.escalated is None]
        for one in late:
            with self._records.begin() as unit:
                now = unit.voice(one.number)
                if now is not None and now.escalated is None and not now.over:
                    unit.save_voice(replace(now, escalated=self._now()))
                    unit.audit("system", "escalate-voice", one.number, due=one.due)
        return len(late)

    def forget_voices(self) -> int:
        """Let go of what is kept for a time only: marks after a day, mailboxes and refused words some weeks later."""
        old: list[str] = []
        with self._records.read() as unit:
            offset = 0
            while page := unit.voices(limit=BATCH, offset=offset):
                offset += len(page)
                old += [one.number for one in page if self._voice_kept(one) != one]
        for number in old:
            with self._records.begin() as unit:
                one = unit.voice(number)
                if one is not None:
                    unit.save_voice(self._voice_kept(one))
        return len(old)

    def attend_voices(self) -> int:
        """Do what is due: escalate what is late, forget what was kept long enough; returns how many voices."""
        return self.escalate_voices() + self.forget_voices()

    def _voice_kept(self, one: Voice) -> Voice:
        now = self._now()
        return _kept(one, (now - one.created).total_seconds() / 3600, (now - one.modified).total_seconds() / 86400)


def _kept(one: Voice, hours: float, days: float) -> Voice:
    if one.mark and hours >= MARK_HOURS:
        one = replace(one, mark="")
    if one.over and days >= KEPT_DAYS:
        one = replace(one, contact="")
        if one.state == "refused":
            one = replace(one, text="", title="", place="")
    return one
