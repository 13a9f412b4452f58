"""Use cases of voices: readers ask and report; what is reported as personal data is hidden at once."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

from catalog.catalog import holding
from catalog.catalog.base import Base
from catalog.errors import NotFound, Problem, TooMany
from catalog.members import check_choice, check_email, check_words, refuse
from catalog.model import Caller, Entry, Version
from catalog.permit import may
from catalog.ports import Unit
from catalog.voice import (
    DAYS,
    DAYS_PERSONAL,
    KINDS,
    LEAST_WORDS,
    MARK_HOURS,
    MOST_A_DAY,
    MOST_HELD,
    MOST_HOLDS_A_DAY,
    PLACE_LIMIT,
    TITLE_LIMIT,
    WHOLE,
    WORDS_LIMIT,
    Kind,
    Voice,
)

SIGNS = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Signs of a reference number: none is taken for another when it is read out or copied by hand."""

KEY_FACT = "voices-key"
UNANSWERED = ("waiting", "open")
READER = "reader"
"""Who the audit chain says spoke, where nobody signed in."""

BATCH = 200


class Voicing(Base):
    """What readers say. Anybody may speak; the agency that owes the answer moderates, answers and lifts what is held.

    ``mark`` stands for the address that a voice came from: the door makes it, a keyed hash that nobody can turn back.
    """

    def speak(self, caller: Caller, kind: str, *, text: str, title: str = "", dataset: str = "", resource: str = "",
              place: str = "", personal: bool = False, organisation: str = "", contact: str = "", language: str = "vi",
              mark: str = "") -> Voice:
        """Ask for a dataset, ask about one or report a mistake; a report of personal data hides its part at once.

        Raises Invalid, NotFound, Gone, TooMany. What comes back is the voice with its reference ``number``.
        """
        refuse(_problems(kind, text, title, dataset, place, personal=personal, contact=contact))
        with self._records.begin() as unit:
            self._not_too_many(unit, mark)
            entry = self._spoken_of(unit, caller, dataset, resource) if dataset else None
            owner = entry.organisation if entry else self._asked(unit, organisation)
            now = self._now()
            one = Voice(
                id=self._new_id(), number=new_number(unit), kind=_kind(kind), organisation=owner,
                dataset=entry.id if entry else "", resource=resource, place=place.strip(), title=title.strip(),
                text=text.strip(), personal=personal, contact=contact.strip(), language=language, mark=mark,
                version=entry.version if entry else None, by=caller.person.id if caller.person else "", created=now,
                modified=now, due=now + timedelta(days=DAYS_PERSONAL if personal else DAYS[kind]),
            )
            actor = caller.person.name if caller.person else READER
            unit.audit(actor, f"ask-{kind}", one.dataset or owner, number=one.number, personal=personal)
            sequence = 0
            if personal and entry is not None and (part := self._to_hide(unit, entry, one)) is not None:
                one = replace(one, held=part)
                sequence = holding.hold(unit, entry, part, one.number, actor).sequence
            unit.save_voice(one)
        if sequence:
            self._settled(caller, sequence)
        return one

    def _not_too_many(self, unit: Unit, mark: str) -> None:
        if mark and unit.count_voices(mark=mark) >= MOST_A_DAY:
            raise TooMany(retry_after=MARK_HOURS * 3600)

    def _spoken_of(self, unit: Unit, caller: Caller, dataset: str, resource: str) -> Entry:
        """Find what is spoken of; raises NotFound, Gone."""
        entry = self._entry(unit, caller, dataset)
        version = self._version(unit, entry, None) if entry.version else None
        if resource and (version is None or all(one.name != resource for one in version.resources)):
            raise NotFound("resource-not-found", resource=resource, pointer="#/resource")
        return entry

    def _asked(self, unit: Unit, organisation: str) -> str:
        return self._organisation(unit, organisation, "#/organization").id if organisation else ""

    def _to_hide(self, unit: Unit, entry: Entry, one: Voice) -> str | None:
        """Say which part a report hides; None where it was looked at already, or too much is hidden unseen."""
        version = unit.version(entry.id, entry.version) if entry.version else None
        part = _part(version, one.resource) if version and version.state == "published" else None
        if part is None or entry.visibility != "public" or entry.held.keys() & {part, WHOLE}:
            return None
        earlier = unit.voices(kind="mistake", dataset=entry.id, limit=BATCH)
        if any(each.lifted and each.held == part and each.version == entry.version for each in earlier):
            return None  # somebody looked at these very rows; the report comes first on her list
        mine = [each for each in unit.voices(mark=one.mark, limit=MOST_A_DAY) if each.held is not None]
        if one.mark and len(mine) >= MOST_HOLDS_A_DAY:
            return None
        waiting = unit.voices(kind="mistake", organisations=[entry.organisation], states=UNANSWERED, limit=BATCH)
        return part if sum(each.held is not None and not each.lifted for each in waiting) < MOST_HELD else None

    # -- who sees what ------------------------------------------------------------------------------------------
    def voice(self, caller: Caller, number: str) -> Voice:
        """Find by reference number, which is known to whoever spoke; her mailbox is for nobody. Raises NotFound."""
        with self._records.read() as unit:
            return self._shown_voice(self._voice_found(unit, caller, number))

    def voices(self, caller: Caller, *, kind: str = "", dataset: str = "", states: Sequence[str] = (),
               limit: int = 100, offset: int = 0) -> tuple[Sequence[Voice], int]:
        """Give what everybody may see, newest first, and how many there are. Raises NotFound for the dataset."""
        with self._records.read() as unit:
            entry = self._entry(unit, caller, dataset) if dataset else None
            wanted: dict[str, Any] = {"kind": kind, "dataset": entry.id if entry else "", "states": states,
                                      "public": True}
            found = unit.voices(**wanted, limit=limit, offset=offset)
            kept = [one for one in found if not one.dataset or self._about_shown(unit, caller, one.dataset)]
            return [self._shown_voice(one) for one in kept], unit.count_voices(**wanted) - len(found) + len(kept)

    def voices_to_answer(self, caller: Caller, *, states: Sequence[str] = UNANSWERED,
                         limit: int = 200) -> Sequence[Voice]:
        """Give what waits for the caller's agencies (all, for an operator), what is due first. Raises NotKnown."""
        self._actor(caller)
        mine = None if may(caller, "operate") else [
            one for one in caller.roles if may(caller, "answer-voices", organisation=one)]
        with self._records.read() as unit:
            found = unit.voices(organisations=mine, states=states, limit=limit)
        return sorted((self._shown_voice(one) for one in found), key=lambda one: (not one.personal, one.due))

    def _about_shown(self, unit: Unit, caller: Caller, dataset: str) -> bool:
        entry = unit.entry(dataset)
        return entry is not None and self._sees(caller, entry) and (
            entry.state != "withdrawn" or may(caller, "see", organisation=entry.organisation))

    @staticmethod
    def _voice_found(unit: Unit, caller: Caller, number: str, act: str = "") -> Voice:
        """Find a voice; with an act only for who may see it among those waiting."""
        one = unit.voice(number.strip().upper()[:24])
        if one is None or (act and not (one.public or may(caller, "see", organisation=one.organisation))):
            raise NotFound
        return one

    @staticmethod
    def _shown_voice(one: Voice) -> Voice:
        return replace(one, contact="", mark="")

    def _changing(self, unit: Unit, caller: Caller, number: str, *, act: str = "answer-voices") -> Voice:
        one = self._voice_found(unit, caller, number, act)
        self._must(caller, act, organisation=one.organisation)
        return one

    def support_voice(self, caller: Caller, number: str, mark: str) -> Voice:
        """Count one more who wants a public request; the same address or person counts once. Raises NotFound."""
        who = f"person:{caller.person.id}" if caller.person else mark
        with self._records.begin() as unit:
            one = self._voice_found(unit, caller, number)
            if not one.public or one.kind != "request":
                raise NotFound
            if who and not one.over and unit.add_support(one.number, who[:64]):
                one = replace(one, supports=one.supports + 1)
                unit.save_voice(one)
        return self._shown_voice(one)

    def voice_mark(self, address: str) -> str:
        """Give what stands for an address, so that a flood from one can be held off: a keyed hash, kept for a day."""
        if not address:
            return ""
        key = self._voices_key()
        block = ":".join(address.split(":")[:4]) if ":" in address else address  # an IPv6 line has a whole block
        return hmac.new(key.encode(), block.encode(), hashlib.sha256).hexdigest()[:32]

    def _voices_key(self) -> str:
        with self._records.read() as unit:
            kept = unit.site(KEY_FACT)
        if kept:
            return kept
        with self._raw.begin() as unit:
            kept = unit.site(KEY_FACT) or secrets.token_urlsafe(32)
            unit.set_site(KEY_FACT, kept)
        return kept


def _part(version: Version, resource: str) -> str | None:
    """Say which part is meant: the one named, the only one there is, else the whole."""
    if resource:
        return resource
    return version.resources[0].name if len(version.resources) == 1 else WHOLE


def new_number(unit: Unit) -> str:
    """Make a reference number that nobody can guess: two groups of six signs."""
    while True:
        signs = "".join(secrets.choice(SIGNS) for _ in range(12))
        number = f"{signs[:6]}-{signs[6:]}"
        if unit.voice(number) is None:
            return number


def _kind(kind: str) -> Kind:
    return next(one for one in _KINDS if one == kind)


_KINDS: tuple[Kind, ...] = ("request", "question", "mistake")


def _problems(kind: str, text: str, title: str, dataset: str, place: str, *, personal: bool,
              contact: str) -> Iterator[Problem]:
    yield from check_choice("#/kind", kind or "none", KINDS)
    if not text.strip():
        yield Problem("#/text", "required")
    if kind == "request" and not title.strip():
        yield Problem("#/title", "required")
    if kind in ("question", "mistake") and not dataset:
        yield Problem("#/dataset", "required")
    if personal and kind == "mistake":
        if not place.strip():
            yield Problem("#/place", "required")
        if text.strip() and len(text.strip()) < LEAST_WORDS:
            yield Problem("#/text", "too-short", {"least": LEAST_WORDS})
    yield from check_words("#/text", text, WORDS_LIMIT)
    yield from check_words("#/title", title, TITLE_LIMIT)
    yield from check_words("#/place", place, PLACE_LIMIT)
    yield from check_email("#/contact", contact.strip())
