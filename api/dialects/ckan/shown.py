"""What the catalogue holds, put into CKAN's dictionaries: packages with their agencies, and agencies themselves."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

import orjson

from api.deps import Site
from api.described import described
from api.dialects.ckan import besides, groups, vocabularies
from api.dialects.ckan.action import Call
from api.dialects.ckan.kept import kept_of
from catalog.errors import NotFound
from catalog.model import NOBODY, Caller, Entry, Organisation, Origin, Resource, Version
from catalog.permit import may
from catalog.question import Question
from standards.kept import TAGS
from standards.metadata import ckan

AT_ONCE: Final = 100
"""Datasets of a page that are made together."""


class Anyone:
    """Holds whatever is asked of it: the ids of datasets that a search need not look up."""

    def __contains__(self, _one: object) -> bool:
        return True


class Shown:
    """Dictionaries for one answer; agencies are looked up once, those ``known`` not at all."""

    def __init__(self, call: Call, known: Iterable[Organisation] = ()) -> None:
        self.call = call
        self.site: Site = call.site
        self.language = call.site.language
        self._codelists: Mapping[str, Any] = call.site.standards.codelists
        self._agencies: dict[str, Organisation] = {one.id: one for one in known}
        self._named: dict[str, dict[str, Any]] = {}
        self._besides: Mapping[str, Mapping[str, Any]] | None = None
        self._filled: Collection[str] | None = None
        self._groups: dict[str, dict[str, Any]] | None = None
        self._moved: dict[str, list[Origin]] = {}

    def packages(self, caller: Caller, entries: Iterable[Entry]) -> list[dict[str, Any]]:
        """Give the dictionaries of datasets that were found."""
        return list(self._each(caller, list(entries)))

    def _each(self, caller: Caller, every: Sequence[Entry]) -> Iterator[dict[str, Any]]:
        """Give dictionaries one after the other; what they need is looked up for all of them at once."""
        self._remember(every)
        heads = self.site.catalog.heads(caller, every)
        links = [one for key, head in heads.items() for one in _links(key, head)]
        self._filled = self.site.catalog.tables_there(links)
        try:
            for entry in every:
                yield self.package(entry, heads.get(entry.id))
        finally:
            self._filled = None

    def public(self, ids: Sequence[str]) -> list[orjson.Fragment]:
        """Give datasets as anybody sees them as JSON: what is at hand as it is, the others made of their records.

        Those are looked up a few at a time, so that a page of a thousand never lies in memory as objects. One that
        nobody may see any more is left out.
        """
        kept = kept_of(self.site)
        mark = kept.look(self.site)
        held = {one: found for one in ids if (found := kept.packages.get(one)) is not None}
        held |= kept.made_elsewhere(mark, [one for one in ids if one not in held])
        missing = [one for one in ids if one not in held]
        for at in range(0, len(missing), AT_ONCE):
            every = self.made(missing[at : at + AT_ONCE])
            held |= zip((key for (key, _), _ in every), kept.remember(mark, every), strict=True)
        return [held[one] for one in ids if one in held]

    def made(self, ids: Sequence[str]) -> list[tuple[tuple[str, str], dict[str, Any]]]:
        """Make the dictionaries of those of the datasets that anybody may see, each with its id and name."""
        self._agencies = self._agencies or dict(kept_of(self.site).owners(self.site, self.call.words))
        seen = self.site.catalog.datasets(NOBODY, ids)
        shown = [one for one in seen if one.state == "published" and one.kind == "dataset"]
        return [((one.id, one.slug), made) for one, made in zip(shown, self._each(NOBODY, shown), strict=True)]

    def _remember(self, entries: Iterable[Entry]) -> None:
        """Look up under which ids datasets were known before they moved here."""
        moved: dict[str, list[Origin]] = {one.id: [] for one in entries}
        for origin in self.site.catalog.origins(targets=list(moved)):
            if origin.shown and origin.target in moved:
                moved[origin.target].append(origin)
        self._moved |= moved

    def new(self, entry: Entry, version: Version | None) -> dict[str, Any]:
        """Give the dictionary of a dataset that was just made: it had no id elsewhere and has no rows of its own."""
        self._moved[entry.id], self._filled = [], ()
        return self.package(entry, version)

    def package(self, entry: Entry, version: Version | None) -> dict[str, Any]:
        """Give the dictionary of ``package_show``."""
        agency = self._agency(entry.organisation)
        if agency.id not in self._named:
            self._besides = besides.every(self.call) if self._besides is None else self._besides
            self._named[agency.id] = organisation(self.call, agency, self._besides.get(agency.id, {}))
        if entry.id not in self._moved:
            self._remember([entry])
        moved = self._moved[entry.id]
        told = described(self.site.url, entry, version, agency, self._codelists)
        changed = max(entry.modified, version.issued) if version else entry.modified
        shown = ckan.package(ckan.Package(
            told=told, name=entry.slug, organisation=self._named[agency.id], created=entry.created,
            changed=changed, state=state_of(entry), private=entry.visibility == "private",
            parts={one.name: one.more for one in version.resources if one.more} if version else {},
            active=self._active(entry, version), moved=next((one.remote for one in moved if one.kind == "dataset"), ""),
            moved_parts={one.part: one.remote for one in moved if one.kind == "resource"},
        ), self.language)
        if entry.about.more.get("groups"):
            shown["groups"] = [self._group(one) for one in shown["groups"]]
        if entry.about.more.get(TAGS):
            shown["tags"] = vocabularies.as_they_are(self.call, shown["tags"])
            shown["num_tags"] = len(shown["tags"])
        return self._with_extra_fields(shown)

    def _group(self, one: dict[str, Any]) -> dict[str, Any]:
        """Give a group that was made here in full; a theme and what came from elsewhere stay as they are."""
        if self._groups is None:
            self._groups = {each.subject: groups.short(self.call, each) for each in groups.every(self.call)}
        return self._groups.get(str(one.get("name") or "")) or (
            one if ckan.theme_of(str(one.get("name") or "")) else groups.of_elsewhere(one))

    def _with_extra_fields(self, shown: dict[str, Any]) -> dict[str, Any]:
        """Let every resource have the members that the site wants there always."""
        wanted = self.call.options.get("ckan.extra_resource_fields", "").split()
        if wanted:
            empty = dict.fromkeys(wanted)
            shown["resources"] = [{**empty, **one} for one in shown["resources"]]
        return shown

    def _active(self, entry: Entry, version: Version | None) -> Collection[str]:
        """Give the ids of the links that have rows of their own here, of a whole page where that was asked."""
        if self._filled is not None or version is None:
            return self._filled or ()
        return self.site.catalog.tables_there(_links(entry.id, version))

    def _agency(self, key: str) -> Organisation:
        if key not in self._agencies:
            self._agencies[key] = self.site.catalog.organisation(NOBODY, key)
        return self._agencies[key]


def _links(dataset: str, version: Version) -> list[str]:
    """Give the ids of a dataset's links."""
    return [ckan.resource_id(dataset, one.name) for one in version.resources if one.kind == "link"]


def parts_by_id(call: Call, dataset: str, parts: Iterable[Resource]) -> dict[str, Resource]:
    """Give the resources of a dataset by their ids, those included that they had elsewhere."""
    named = {one.name: one for one in parts}
    if not named:
        return {}
    origins = call.site.catalog.origins(kind="resource", targets=[dataset])
    elsewhere = {one.remote: named[one.part] for one in origins if one.part in named}
    return {**elsewhere, **{ckan.resource_id(dataset, name): one for name, one in named.items()}}


def state_of(entry: Entry) -> str:
    """Say where a dataset stands in CKAN's words."""
    return {"draft": "draft", "withdrawn": "deleted"}.get(entry.state, "active")


def organisation(call: Call, one: Organisation, kept: Mapping[str, Any]) -> dict[str, Any]:
    """Give an agency as a package names it."""
    return {
        "approval_status": "approved", "created": ckan.moment(one.created), "description": call.words(one.description),
        "id": one.id, "image_url": besides.picture(kept), "is_organization": True, "name": one.slug,
        "state": "active" if one.state == "open" else "deleted", "title": call.words(one.title) or one.slug,
        "type": "organization",
    }


def found_entry(call: Call, key: str) -> tuple[Entry, Version | None]:
    """Find a dataset that the caller may see in CKAN's sense; raises NotFound.

    A withdrawn one is "deleted": only people of its agency see it. A series is none.
    """
    entry, version = call.site.catalog.latest(call.caller, key)
    if entry.kind != "dataset":
        raise NotFound
    if entry.state == "withdrawn" and entry.slug == entry.id:
        raise NotFound  # purged
    if entry.state == "withdrawn" and not may(call.caller, "see", organisation=entry.organisation):
        raise NotFound
    return entry, version


def counts(call: Call, facet: str) -> dict[str, int]:
    """Count public datasets by a facet, by its values, most frequent first."""
    asked = Question(facets=(facet,), facet_size=1000, limit=0, marks=False)
    answer, _ = call.site.catalog.search(NOBODY, asked)
    return {one.value: one.count for one in answer.facets.get(facet, ())}
