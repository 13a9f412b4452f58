"""Use cases of what a source brings: datasets in batches, each made, changed or left as it is, and their agencies."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

from catalog import manifest
from catalog.catalog.agencies import ROLES, names
from catalog.catalog.versions import RESOURCES_LIMIT, Versions, arranged_as, resource_problems
from catalog.errors import Problem, Stale
from catalog.events import DatasetChanged, VersionPublished
from catalog.harvest import Found, Gathering, Harvested, Institution, Run, Somebody, Source, key_of
from catalog.members import NAME, SLUG, TITLE_LIMIT, UUID, check_about, slug_of, tidy
from catalog.model import Entry, Mark, Membership, Organisation, Origin, Person, Resource, Version
from catalog.ports import Unit
from catalog.release import name_files
from standards.portable import to_json

BATCH = 100
GROUP, GROUP_MEMBER = "group", "group-member"
"""Marks that groups and their people are (``api/dialects/ckan/groups.py``)."""
AGENCY_BESIDES = "agency-besides"
"""The mark that holds what CKAN says of an agency besides what we do (``api/dialects/ckan/besides.py``)."""
HIGHEST = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """What one dataset of a source becomes: its entry and version, and what they rest on."""

    found: Found
    row: Harvested | None
    before: Entry | None
    entry: Entry
    version: Version | None
    seal: bytes = b""

    @property
    def sealed(self) -> str:
        """The hash of the manifest."""
        return hashlib.sha256(self.seal).hexdigest()


@dataclass(slots=True)
class Batch:
    """A batch while it is planned: what is to be written, and what is told of the rest."""

    planned: list[Planned] = field(default_factory=list)
    seen: list[str] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=dict)
    problems: list[Mapping[str, Any]] = field(default_factory=list)
    taken: set[str] = field(default_factory=set)
    guessed: list[Found] = field(default_factory=list)

    def count(self, what: str) -> None:
        """Count one."""
        self.counts[what] = self.counts.get(what, 0) + 1

    def refuse(self, remote: str, problems: Iterable[Problem]) -> None:
        """Note why a dataset of a source is not taken."""
        self.count("refused")
        self.problems += [{"remote": remote, "pointer": one.pointer, "code": one.code} for one in problems][:3]


class Adopting(Versions):
    """Datasets of a source become datasets of ours: as links, under ids of ours."""

    def take(self, run: str, found: Sequence[Found], cursor: Mapping[str, Any], *, seen: Sequence[str] = (),
             problems: Sequence[Mapping[str, Any]] = (), step: int) -> Run:
        """Take what one step of a run found, and note how far the run is, in one transaction per hundred datasets.

        ``seen`` are ids that are there and need no look; ``step`` is the number of steps before this one: somebody
        else who works on the same run raises Stale. Raises NotFound.
        """
        batches = [found[at : at + BATCH] for at in range(0, len(found), BATCH)] or [()]
        for number, some in enumerate(batches):
            last = number == len(batches) - 1
            one = self._take(run, some, step=step, seen=[key_of(each) for each in seen] if last else (),
                             problems=problems if last else (), cursor={**cursor, "steps": step + 1} if last else None)
        return one

    def _take(self, run: str, found: Sequence[Found], *, cursor: Mapping[str, Any] | None, seen: Sequence[str],
              problems: Sequence[Mapping[str, Any]], step: int) -> Run:
        with self._records.read() as unit:
            one, source = _at(unit, run, step)
            batch = self._batch(unit, source, found)
        self._seal_all(run, batch)
        with self._records.begin() as unit:
            one, source = _at(unit, run, step)
            self._write(unit, source, run, batch)
            batch.counts["same"] = batch.counts.get("same", 0) + unit.mark_seen(source.id, seen, run)
            unit.mark_seen(source.id, batch.seen, run)
            batch.counts["seen"] = len(found) + len(seen)
            one = one.counted(batch.counts, (*problems, *batch.problems)).noted(batch.guessed)
            one = one if cursor is None else replace(one, cursor=cursor)
            unit.save_run(one)
            unit.release_claims(f"harvest:{run}")
        return one

    # -- planning -----------------------------------------------------------------------------------------------
    def _batch(self, unit: Unit, source: Source, found: Sequence[Found]) -> Batch:
        batch = Batch()
        rows = {one.remote: one for one in unit.harvested(source.id, [key_of(one.remote) for one in found])}
        owners: dict[str, Organisation | None] = {}
        said: set[str] = set()
        for one in found:
            key = key_of(one.remote)
            if not one.remote or key in said:
                batch.refuse(one.remote, [Problem("#/id", "required" if not one.remote else "said-twice")])
                continue
            said.add(key)
            row = rows.get(key)
            if row is not None and not row.gone and row.digest == one.digest:
                batch.count("same")
                batch.seen.append(key)
                batch.guessed.append(one)
                continue
            if one.agency not in owners:
                owners[one.agency] = self._owner(unit, source, one.agency)
            self._plan_one(unit, batch, _at_home(source, one, owners[one.agency]), row, owners[one.agency],
                           moved=source.moved)
        return batch

    @staticmethod
    def _owner(unit: Unit, source: Source, agency: str) -> Organisation | None:
        """Find who owns a dataset: its own agency where agencies come along, else the source's."""
        origin = unit.origin("organisation", key_of(agency), source.id) if agency and source.agencies else None
        target = origin.target if origin else source.organisation
        owner = unit.organisation(target) if target else None
        return owner if owner is not None and owner.state == "open" else None

    def _plan_one(self, unit: Unit, batch: Batch, found: Found, row: Harvested | None,
                  owner: Organisation | None, *, moved: bool) -> None:
        before = unit.entry(row.dataset) if row else None
        if before is not None and before.state == "withdrawn":
            if not (row and row.gone) or before.erased:
                batch.count("kept")
                batch.seen.append(key_of(found.remote))
                return
            before = None
        about = tidy(found.about)
        problems = [*check_about(about), *_resource_problems(found.resources)]
        if owner is None and before is None:
            problems.append(Problem("#/organization", "organisation-not-found"))
        if problems:
            batch.refuse(found.remote, problems)
            if row is not None:  # what is held stays as it was: the source has it still
                batch.seen.append(key_of(found.remote))
            return
        batch.guessed.append(found)
        batch.planned.append(self._planned_one(unit, batch, replace(found, about=about), row=row, before=before,
                                               owner=owner, moved=moved))

    def _planned_one(self, unit: Unit, batch: Batch, found: Found, *, row: Harvested | None, before: Entry | None,
                     owner: Organisation | None, moved: bool) -> Planned:
        """Plan one. A site that moved here brings the days on which things were made and changed there."""
        now = self._now()
        now = _moment(found.modified, now) if moved else now
        visibility = "private" if found.private else "public"
        if before is None:
            assert owner is not None
            before_version = None
            created = min(_moment(found.created, now), now) if moved else now
            entry = Entry(id=self._new_id(), slug=self._free_slug(unit, batch, found), organisation=owner.id,
                          about=found.about, visibility="private" if found.private else "public", created=created,
                          modified=now)
        else:
            owner = self._organisation(unit, before.organisation)
            now = max(now, before.modified)
            entry = replace(before, about=found.about, modified=now,
                            visibility="private" if visibility == "private" else "public")
            before_version = unit.version(before.id, before.version) if before.version else None
        basis = before_version.resources if before_version and before_version.state == "published" else ()
        resources = name_files([one for one in basis if one.kind != "link"] + list(found.resources))
        if before_version is not None and arranged_as(basis, resources):
            return Planned(found=found, row=row, before=before, entry=entry, version=None)
        version = Version(dataset=entry.id, number=(entry.version or 0) + 1, issued=now, resources=resources,
                          publisher=names(owner))
        seal = manifest.write(entry, version, before_version.manifest if before_version else "")
        return Planned(found=found, row=row, before=before, entry=entry, version=version, seal=seal)

    def _free_slug(self, unit: Unit, batch: Batch, found: Found) -> str:
        """Give a free address: that of its source where it is one, else one made of the title."""
        title = found.about.title
        made = slug_of(title.get("vi") or next(iter(title.values()), ""))
        wished = found.name if SLUG.fullmatch(found.name) and not UUID.fullmatch(found.name) else made
        for number in range(1, HIGHEST):
            slug = wished if number == 1 else f"{wished[:90]}-{number}" if number < 10 else (  # noqa: PLR2004
                f"{wished[:80]}-{self._new_id()[-12:]}")
            if slug not in batch.taken and unit.entry(slug) is None:
                batch.taken.add(slug)
                return slug
        raise Stale("slug-taken")

    # -- sealing and writing ------------------------------------------------------------------------------------
    def _seal_all(self, run: str, batch: Batch) -> None:
        """Put the manifests, claimed first: a crash after this leaves objects that the sweep finds."""
        seals = {one.sealed: one.seal for one in batch.planned if one.version is not None}
        if not seals:
            return
        with self._records.begin() as unit:
            for sha256 in seals:
                unit.claim(sha256, f"harvest:{run}")
        for content in seals.values():
            self._files.put(io.BytesIO(content))

    def _write(self, unit: Unit, source: Source, run: str, batch: Batch) -> None:
        rows: list[Harvested] = []
        held = {one.remote: one for one in
                unit.harvested(source.id, [key_of(one.found.remote) for one in batch.planned])}
        for one in batch.planned:
            key = key_of(one.found.remote)
            moved = one.before is not None and unit.entry(one.before.id) != one.before
            slug_lost = one.before is None and unit.entry(one.entry.slug) is not None
            if held.get(key) != one.row or moved or slug_lost:
                batch.count("busy")
                batch.seen.append(key)
                continue
            self._write_one(unit, source, one)
            batch.count("changed" if one.before is not None else "new")
            rows.append(Harvested(source=source.id, remote=key, dataset=one.entry.id, digest=one.found.digest,
                                  run=run))
        unit.save_harvested(rows)

    def _write_one(self, unit: Unit, source: Source, one: Planned) -> None:
        if one.before is None:
            unit.add_entry(one.entry)
        if one.version is None:
            number = unit.announce(DatasetChanged(dataset=one.entry.id))
            unit.save_entry(replace(one.entry, sequence=number))
            unit.audit("system", "amend", one.entry.id, slug=one.entry.slug, source=source.name)
        else:
            version = replace(one.version, manifest=one.sealed)
            unit.add_version(version)
            number = unit.announce(VersionPublished(dataset=one.entry.id, number=version.number))
            first = one.entry.created if source.moved else version.issued
            unit.save_entry(replace(
                one.entry, state="published", version=version.number, issued=one.entry.issued or first,
                modified=version.issued, sequence=number,
            ))
            unit.audit("system", "harvest", one.entry.id, version=version.number, manifest=one.sealed,
                       source=source.name)
        self._keep_ids(unit, source, one)

    @staticmethod
    def _keep_ids(unit: Unit, source: Source, one: Planned) -> None:
        """Let the ids there lead here; those of a portal that moved here are shown too, and its addresses lead here."""
        shown, target, found = source.moved, one.entry.id, one.found
        unit.drop_origins(target)
        unit.save_origin(Origin(source=source.id, kind="dataset", remote=key_of(found.remote), target=target,
                                shown=shown))
        for resource, part in zip(found.resources, found.parts, strict=False):
            if part:
                unit.save_origin(Origin(source=source.id, kind="resource", remote=key_of(part), target=target,
                                        part=resource.name, shown=shown))
        if shown and found.name and found.name != one.entry.slug and len(found.name) <= TITLE_LIMIT:
            unit.save_origin(Origin(source=source.id, kind="dataset", remote=key_of(found.name), target=target))

    # -- agencies and people ------------------------------------------------------------------------------------
    def take_institutions(self, run: str, ones: Sequence[Institution], people: Sequence[Somebody] = ()) -> None:
        """Make the agencies and people that a source tells of, those that are not held yet; idempotent."""
        with self._records.begin() as unit:
            found = unit.run(run)
            source = unit.source(found.source) if found else None
            if source is None:
                raise Stale("run-gone")
            for person in people:
                self._adopt_person(unit, source, person)
            for one in ones:
                self._adopt_agency(unit, source, one)

    def take_groups(self, run: str, ones: Sequence[Gathering]) -> None:
        """Make the groups of a site that moves here, those that are not held yet, with their people; idempotent."""
        with self._records.begin() as unit:
            found = unit.run(run)
            source = unit.source(found.source) if found else None
            if source is None:
                raise Stale("run-gone")
            for one in ones if source.moved else ():
                self._adopt_group(unit, source, one)

    def _adopt_group(self, unit: Unit, source: Source, one: Gathering) -> None:
        origin = unit.origin("group", key_of(one.remote), source.id)
        held = unit.mark(GROUP, origin.target) if origin else None
        held = held or next(iter(unit.marks(GROUP, subjects=[one.name])), None)
        if held is None:
            now = self._now()
            said = {"title": one.title, "description": one.description, "image_url": one.image,
                    "extras": [{"key": key, "value": value} for key, value in one.extras]}
            held = Mark(kind=GROUP, id=self._new_id(), subject=one.name, created=now, modified=now,
                        body={name: value for name, value in said.items() if value})
            unit.save_mark(held)
            unit.audit("system", "keep-group", held.subject, mark=held.id, source=source.name)
            for name, capacity in one.people:
                self._join(unit, held, name, capacity)
        unit.save_origin(Origin(source=source.id, kind="group", remote=key_of(one.remote), target=held.id, shown=True))

    def _join(self, unit: Unit, group: Mark, name: str, capacity: str) -> None:
        person, now = unit.person(name), self._now()
        if person is not None:
            unit.save_mark(Mark(kind=GROUP_MEMBER, id=f"{group.id}:{person.id}", subject=group.id, person=person.id,
                                body={"capacity": capacity}, created=now, modified=now))

    def _adopt_agency(self, unit: Unit, source: Source, one: Institution) -> None:
        origin = unit.origin("organisation", key_of(one.remote), source.id)
        held = unit.organisation(origin.target) if origin else None
        if held is None and source.moved and SLUG.fullmatch(one.name):
            held = unit.organisation(one.name)
        if held is None:
            now = self._now()
            held = Organisation(
                id=self._new_id(), slug=_free_agency(unit, one), title=_words(one.title, one.name, source.language),
                description=_words(one.description, "", source.language), created=now, modified=now,
            )
            unit.add_organisation(held)
            unit.audit("system", "add-organisation", held.id, slug=held.slug, code="", source=source.name)
        self._keep_besides(unit, source, held, one)
        unit.save_origin(Origin(source=source.id, kind="organisation", remote=key_of(one.remote), target=held.id,
                                shown=source.moved))
        for name, role in one.people:
            person = unit.person(name)
            if source.moved and person is not None and role in ROLES and not any(
                    each.organisation == held.id for each in unit.memberships(person=person.id)):
                unit.set_membership(Membership(organisation=held.id, person=person.id, role=ROLES[role]))

    def _keep_besides(self, unit: Unit, source: Source, held: Organisation, one: Institution) -> None:
        """Keep what an agency that moves here says of itself besides, unless something is kept of it."""
        said = {"image_url": one.image, "extras": [{"key": key, "value": value} for key, value in one.extras]}
        if source.moved and any(said.values()) and unit.mark(AGENCY_BESIDES, held.id) is None:
            now = self._now()
            unit.save_mark(Mark(kind=AGENCY_BESIDES, id=held.id, subject=held.id, created=now, modified=now,
                                body={name: value for name, value in said.items() if value}))
            unit.audit("system", f"keep-{AGENCY_BESIDES}", held.id, source=source.name)

    def _adopt_person(self, unit: Unit, source: Source, one: Somebody) -> None:
        """Make an account that nobody can sign in to until an operator gives it a password."""
        if not source.moved or not NAME.fullmatch(one.name):
            return
        held = unit.person(one.name)
        if held is None:
            held = Person(id=self._new_id(), name=one.name, title=one.title[:TITLE_LIMIT], disabled=True,
                          created=self._now())
            unit.add_person(held)
            unit.audit("system", "add-person", held.id, name=held.name, source=source.name)
        unit.save_origin(Origin(source=source.id, kind="person", remote=key_of(one.remote), target=held.id,
                                shown=True))


def _moment(said: str, now: datetime) -> datetime:
    """Read a moment as CKAN tells it, UTC without saying so; never one to come, and now for what is none."""
    try:
        read = datetime.fromisoformat(said)
    except ValueError:
        return now
    return min(read if read.tzinfo else read.replace(tzinfo=UTC), now)


def _at_home(source: Source, found: Found, owner: Organisation | None) -> Found:
    """Leave out whose data they were where that is whose data they are: their agency moved here with them."""
    if not source.moved or owner is None or found.about.source != owner.title:
        return found
    return replace(found, about=replace(found.about, source={}))


def _at(unit: Unit, run: str, step: int) -> tuple[Run, Source]:
    """Give a run and its source; raises Stale when somebody else is further."""
    one = unit.run(run)
    source = unit.source(one.source) if one else None
    if one is None or source is None or one.state != "running" or int(one.cursor.get("steps", 0)) != step:
        raise Stale("run-moved")
    return one, source


def _resource_problems(resources: Sequence[Resource]) -> list[Problem]:
    if len(resources) > RESOURCES_LIMIT:
        return [Problem("#/resources", "too-many", {"limit": RESOURCES_LIMIT})]
    found = [one for each in resources for one in resource_problems(each)]
    twice = len({one.name for one in resources}) < len(resources)
    return [*found, Problem("#/resources", "resource-twice")] if twice else found


def _words(text: Mapping[str, str], otherwise: str, language: str) -> dict[str, str]:
    kept = {tag: words[:TITLE_LIMIT] for tag, words in to_json(text).items() if words.strip()}
    return kept or ({language: otherwise} if otherwise else {})


def _free_agency(unit: Unit, one: Institution) -> str:
    wished = one.name if SLUG.fullmatch(one.name) and not UUID.fullmatch(one.name) else (
        slug_of(next(iter(one.title.values()), one.name), "organization"))
    for number in range(1, HIGHEST):
        slug = wished if number == 1 else f"{wished[:90]}-{number}"
        if unit.organisation(slug) is None:
            return slug
    raise Stale("slug-taken")
