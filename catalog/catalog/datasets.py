"""Use cases that make and describe datasets: draft, amend, remove."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from catalog.catalog.base import Base
from catalog.errors import Conflict, NotAllowed, NotFound, Outdated, Problem
from catalog.events import DatasetChanged
from catalog.members import check_about, check_slug, refuse, slug_of, tidy
from catalog.model import Caller, Entry, Organisation
from catalog.permit import may, publishing_act
from catalog.ports import Unit
from catalog.voice import WHOLE
from standards.record import Dataset

VISIBILITIES = ("public", "private")
KINDS = ("dataset", "series")
NUMBERED = 10
"""Addresses of one title get a number up to here, and a part of the id beyond."""


class Datasets(Base):
    """Datasets as their agency describes them."""

    def draft(self, caller: Caller, organisation: str, about: Dataset, *, slug: str = "", visibility: str = "public",
              series: str | None = None, kind: str = "dataset") -> Entry:
        """Make a dataset that nobody outside the agency sees before its first version; a series is seen at once.

        Raises NotFound, NotAllowed, Invalid, Conflict("slug-taken" | "organisation-closed").
        """
        self._actor(caller)
        with self._records.begin() as unit:
            return self._drafted(unit, caller, organisation, about, slug=slug, visibility=visibility, series=series,
                                 kind=kind)

    def _drafted(self, unit: Unit, caller: Caller, organisation: str, about: Dataset, *, slug: str, visibility: str,
                 series: str | None = None, kind: str = "dataset") -> Entry:
        owner = self._organisation(unit, organisation, "#/organization")
        entry = self._draft_of(unit, caller, owner, about, slug=slug, visibility=visibility, series=series, kind=kind)
        unit.add_entry(entry)
        unit.audit(self._actor(caller), "draft", entry.id, slug=entry.slug, organisation=owner.id,
                   visibility=entry.visibility)
        return entry

    def _draft_of(self, unit: Unit, caller: Caller, owner: Organisation, about: Dataset, *, slug: str, visibility: str,
                 series: str | None = None, kind: str = "dataset") -> Entry:
        """Give the dataset that is to be made, if it may be; nothing is written."""
        now, about = self._now(), tidy(about)
        self._must(caller, "draft", organisation=owner.id)
        refuse_closed(owner)
        refuse((*_problems(visibility=visibility, kind=kind, slug=slug or None), *check_about(about)))
        return Entry(
            id=self._new_id(), slug=self._address(unit, slug, about), organisation=owner.id, about=about,
            visibility="private" if visibility == "private" else "public",
            kind="series" if kind == "series" else "dataset", state="published" if kind == "series" else "draft",
            series=self._series(unit, owner.id, series), created=now, modified=now,
            issued=now if kind == "series" else None,
        )

    def _address(self, unit: Unit, slug: str, about: Dataset) -> str:
        """Give a free address: the one asked for or refuse, or one made from the title with a number behind it."""
        if slug:
            refuse_taken(unit, slug)
            return slug
        made = slug_of(about.title.get("vi") or next(iter(about.title.values()), ""))
        for free in (made, *(f"{made}-{number}" for number in range(2, NUMBERED))):
            if unit.entry(free) is None:
                return free
        return f"{made}-{self._new_id()[-8:]}"

    @staticmethod
    def _series(unit: Unit, organisation: str, key: str | None) -> str | None:
        """Find the series a dataset is to belong to; raises NotFound."""
        if not key:
            return None
        found = unit.entry(key)
        if found is None or found.kind != "series" or found.organisation != organisation:
            raise NotFound("series-not-found", pointer="#/series")
        return found.id

    def amend(self, caller: Caller, key: str, *, about: Dataset | None = None, slug: str | None = None,
              visibility: str | None = None, series: str | None = None, seen: Entry | None = None) -> Entry:
        """Change describing members, address, visibility or series (``""`` takes it out of one); makes no new version.

        Making a private dataset public asks for the same right as publishing. With ``seen`` nothing is changed unless
        the dataset is still that. Raises NotFound, NotAllowed, Invalid, Conflict("slug-taken"), Outdated.
        """
        actor = self._actor(caller)
        with self._records.begin() as unit:
            old = self._entry(unit, caller, key)
            owner = self._organisation(unit, old.organisation)
            self._must(caller, "describe", organisation=owner.id)
            _refuse_outdated(old, seen)
            if visibility == "public" and WHOLE in old.held:
                raise Conflict("voice-held")
            if visibility == "public" and old.visibility == "private" and old.version:
                self._must(caller, publishing_act(owner.review), organisation=owner.id)
            words = old.about if about is None else tidy(about)
            refuse((*_problems(visibility=visibility, slug=slug), *(() if about is None else check_about(words))))
            new = replace(
                old, about=words, slug=self._moved(unit, old, slug), modified=self._now(),
                visibility="private" if (visibility or old.visibility) == "private" else "public",
                series=old.series if series is None else self._series(unit, owner.id, series),
                held={part: one for part, one in old.held.items() if (part, visibility) != (WHOLE, "private")},
            )
            new = self._tell(unit, new)
            unit.audit(actor, "amend", old.id, slug=new.slug, visibility=new.visibility)
        self._settled(caller, new.sequence)
        return new

    @staticmethod
    def _moved(unit: Unit, old: Entry, slug: str | None) -> str:
        """Give the new address; the one it had before leads to the dataset from now on."""
        if slug is None or slug == old.slug:
            return old.slug
        refuse_taken(unit, slug, old.id)
        unit.drop_alias("dataset", slug)
        unit.add_alias("dataset", old.slug, old.id)
        return slug

    @staticmethod
    def _tell(unit: Unit, entry: Entry) -> Entry:
        """Announce a change and record the dataset with its number. A draft changes for its agency alone: no number."""
        if entry.state == "draft":
            unit.save_entry(entry)
            return entry
        told = replace(entry, sequence=unit.announce(DatasetChanged(dataset=entry.id)))
        unit.save_entry(told)
        return told

    def remove_draft(self, caller: Caller, key: str, seen: Entry | None = None) -> None:
        """Remove what was never published, uploads included; else Conflict("withdraw-instead"). Raises Outdated."""
        actor = self._actor(caller)
        with self._records.begin() as unit:
            entry = self._entry(unit, caller, key)
            if not may(caller, "remove-draft", organisation=entry.organisation):
                raise NotAllowed(act="remove-draft")
            _refuse_outdated(entry, seen)
            if entry.version is not None or (entry.kind == "dataset" and entry.state != "draft"):
                raise Conflict("withdraw-instead")
            unit.drop_entry(entry.id)
            unit.audit(actor, "remove-draft", entry.id, slug=entry.slug)
            sequence = unit.announce(DatasetChanged(dataset=entry.id)) if entry.kind == "series" else 0
        self._drop_tables(entry.id)
        self._settled(caller, sequence)


def refuse_closed(owner: Organisation) -> None:
    """Raise Conflict when an agency takes nothing new any more."""
    if owner.state != "open":
        raise Conflict("organisation-closed", organisation=owner.public_id)


def refuse_taken(unit: Unit, slug: str, own: str = "") -> None:
    """Raise Conflict when another dataset has, or had, this address."""
    other = unit.entry(slug)
    if other is not None and other.id != own:
        raise Conflict("slug-taken", problems=[Problem("#/slug", "slug-taken")])


def _refuse_outdated(entry: Entry, seen: Entry | None) -> None:
    if seen is not None and entry != seen:
        raise Outdated


def _problems(*, visibility: str | None = None, kind: str = "dataset", slug: str | None = None) -> Iterator[Problem]:
    if visibility is not None and visibility not in VISIBILITIES:
        yield Problem("#/visibility", "unknown-value", {"value": visibility})
    if kind not in KINDS:
        yield Problem("#/kind", "unknown-value", {"value": kind})
    if slug is not None:
        yield from check_slug(slug)
