"""Use cases of finding: search, the documents that the index holds, and the change sequence with its readers."""

from __future__ import annotations

from collections.abc import Collection, Container, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from catalog.catalog.agencies import entries_of
from catalog.catalog.base import Base
from catalog.catalog.holding import without_held
from catalog.errors import Unavailable
from catalog.model import Caller, Change, Entry, Organisation, Version
from catalog.permit import may
from catalog.ports import Unit
from catalog.question import BEHIND_KEY, PUBLIC, Answer, Document, Hit, Question
from standards.kept import found_by
from standards.text import fold

SITE = "site"
"""The label that lets the operators of the site find what agencies keep to themselves."""

FALLBACK_LIMIT = 5000
PAGE = 500
FEW_AGENCIES = 10
YEARS = range(1900, 2101)
LONGEST = 60
LONGEST_EXTRA = 500
LATE_SECONDS = 60.0
"""How long search may take to follow a change; it does within two seconds when all is well."""

MOMENT = 0.5
"""Seconds for which search that was seen to be in time is not asked about again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A change with what its dataset is now: ``version`` is the one that the change made, or the newest.

    ``entry`` is None where there is none (any more).
    """

    change: Change
    entry: Entry | None = None
    version: Version | None = None
    owner: Organisation | None = None
    addresses: Sequence[str] = ()


class Finding(Base):
    """What is there, and what has changed."""

    def search(self, caller: Caller, question: Question,
               known: Container[str] = ()) -> tuple[Answer, Sequence[Entry]]:
        """Give the answer and the entries of its hits, in order; who may see what is set here from the caller.

        Hits whose ids are ``known`` are not looked up: whoever asks has them at hand, and knows that they may be seen.

        When the index is down, titles are compared with the words in the records, and the answer says ``degraded``;
        so it does when search has not followed the changes for a while.
        """
        question = replace(question, audience=audience(caller))
        late = False
        if question.filters.get("org") or not self._was_in_time():
            with self._records.read() as unit:
                question = replace(question, filters=self._filters(unit, question))
                late = self._late(unit)
        try:
            answer = self._index.ask(question)
        except Unavailable:
            return self._without_index(caller, question)
        if answer.degraded:
            return self._without_index(caller, question)
        wanted = [hit.id for hit in answer.hits if hit.id not in known]
        entries = self.datasets(caller, wanted)
        if len(entries) < len(wanted):
            gone = set(wanted).difference(entry.id for entry in entries)
            answer = replace(answer, hits=[hit for hit in answer.hits if hit.id not in gone])
        return replace(answer, degraded=True) if late else answer, entries

    def _was_in_time(self) -> bool:
        """Tell whether search was seen to be in time just now: it is not late a moment after."""
        return self._in_time is not None and abs((self._now() - self._in_time).total_seconds()) < MOMENT

    def _late(self, unit: Unit) -> bool:
        now = self._now()
        late = is_late(unit, now)
        self._in_time = None if late else now
        return late

    def datasets(self, caller: Caller, ids: Sequence[str]) -> Sequence[Entry]:
        """Those of the ids that the caller may see, in the order asked."""
        if not ids:
            return []
        with self._records.read() as unit:
            found = {entry.id: entry for entry in unit.entries(ids=ids, limit=len(ids))}
        return [found[one] for one in ids if one in found and self._sees(caller, found[one])]

    @staticmethod
    def _filters(unit: Unit, question: Question) -> dict[str, tuple[str, ...]]:
        """Let an agency be named by any of its keys, also those it had before."""
        filters = dict(question.filters)
        if filters.get("org"):
            found = [(key, unit.organisation(key)) for key in filters["org"]]
            filters["org"] = tuple(dict.fromkeys(one.public_id if one else key for key, one in found))
        return filters

    def _without_index(self, caller: Caller, question: Question) -> tuple[Answer, Sequence[Entry]]:
        words = fold(question.text).split()
        found = []
        with self._records.read() as unit:
            owners = {key: unit.organisation(key) for key in question.filters.get("org", ())}
            wanted = {one.id for one in owners.values() if one}
            for seen, entry in enumerate(entries_of(unit)):
                text = fold(" ".join((*entry.about.title.values(), *entry.about.tags)))
                fits = all(word in text for word in words) and (not owners or entry.organisation in wanted)
                if fits and entry.state == "published" and entry.kind == "dataset" and self._sees(caller, entry):
                    found.append(entry)
                if seen > FALLBACK_LIMIT:
                    break
        found.sort(key=lambda entry: entry.modified, reverse=True)
        page = found[: question.limit]
        return Answer(total=len(found), hits=[Hit(id=one.id) for one in page], degraded=True, guessed=True), page

    def suggest(self, caller: Caller, text: str) -> Sequence[str]:  # noqa: ARG002 - the index suggests what is public
        """Give titles that begin like the words typed so far; none while the index is down."""
        try:
            return self._index.suggest(text)
        except Unavailable:
            return []

    def document(self, dataset: str) -> Document | None:
        """Give what the index should know of a dataset now, or None when it should not know it."""
        return self.documents([dataset]).get(dataset)

    def documents(self, datasets: Sequence[str]) -> Mapping[str, Document]:
        """Give what the index should know of these datasets (ids) now; those that it should not know are left out."""
        if not datasets:
            return {}
        with self._records.read() as unit:
            return {one.id: one for one in _documents(unit, unit.entries(ids=datasets, limit=len(datasets)))}

    def every_document(self, page: int = PAGE) -> Iterator[Document]:
        """Give the document of every dataset that search should know, page by page, each page of one state."""
        after = ""
        while True:
            with self._records.read() as unit:
                entries = unit.entries(after=after, limit=page)
                documents = _documents(unit, entries)
            yield from documents
            if len(entries) < page:
                return
            after = entries[-1].id

    # -- the change sequence ------------------------------------------------------------------------------------
    def changes(self, caller: Caller, after: int = 0, limit: int = 1000) -> Sequence[Change]:
        """Give the changes that the caller may see, oldest first, after a number of the sequence."""
        found: list[Change] = []
        with self._records.read() as unit:
            while len(found) < limit and (page := unit.changes(after, min(limit, PAGE))):
                ids = list({one.dataset for one in page})
                entries = {entry.id: entry for entry in unit.entries(ids=ids, limit=PAGE)}
                found += [one for one in page if one.dataset in entries and self._sees(caller, entries[one.dataset])]
                after = page[-1].sequence
        return found[:limit]

    def former_addresses(self, kind: str, target: str) -> Sequence[str]:
        """Give the addresses that a ``dataset`` or ``organisation`` (its id) had before."""
        with self._records.read() as unit:
            return unit.aliases(kind, target)

    def told_of(self, changes: Sequence[Change]) -> Sequence[Told]:
        """Give what the datasets of changes are now, all of one state of the records; for the site itself."""
        owners: dict[str, Organisation | None] = {}
        with self._records.read() as unit:
            return [_told(unit, one, owners) for one in changes]

    def follow(self, reader: str, limit: int = 1000) -> Sequence[Change]:
        """Give the changes that a reader has not taken yet, oldest first."""
        with self._records.read() as unit:
            return unit.changes(unit.position(reader), limit)

    def advance(self, reader: str, sequence: int) -> None:
        """Note how far a reader has come; it never goes back."""
        with self._records.begin() as unit:
            unit.advance(reader, sequence)

    def last_change(self) -> int:
        """Give the newest number of the change sequence; while it stands still, readers see nothing change."""
        with self._records.read() as unit:
            return unit.last_change()

    def lag(self, reader: str) -> int:
        """Tell how many changes a reader is behind."""
        with self._records.read() as unit:
            return unit.last_change() - unit.position(reader)


def _told(unit: Unit, change: Change, owners: dict[str, Organisation | None]) -> Told:
    entry = unit.entry(change.dataset) if change.dataset else None
    if entry is None:
        return Told(change=change)
    if entry.organisation not in owners:
        owners[entry.organisation] = unit.organisation(entry.organisation)
    number = entry.version if change.version is None else change.version
    return Told(change=change, entry=entry, version=unit.version(entry.id, number) if number else None,
                owner=owners[entry.organisation], addresses=unit.aliases("dataset", entry.id))


def audience(caller: Caller) -> tuple[str, ...]:
    """Give the labels of which a document must bear one for this caller to find it."""
    if may(caller, "operate"):
        return (PUBLIC, SITE)
    return (PUBLIC, *(f"org:{one}" for one in caller.roles if may(caller, "see", organisation=one)))


def is_late(unit: Unit, now: datetime) -> bool:
    """Whether search has left a change aside for longer than it should, whatever the reason."""
    position = unit.position("index")
    if position >= unit.last_change():
        return False
    waiting = unit.changes(position, 1)
    return bool(waiting) and (now - waiting[0].at).total_seconds() > LATE_SECONDS


def _documents(unit: Unit, entries: Sequence[Entry]) -> list[Document]:
    """Make the documents of those that may be found, in their order; the heavy parts of versions are not read."""
    entries = [one for one in entries if one.state == "published" and one.kind == "dataset"]
    versions = unit.outlines([one.id for one in entries if one.version])
    owners = _owners(unit, {one.organisation for one in entries})
    groups = _groups(unit, entries)
    shown = ((one, versions.get(one.id), owners.get(one.organisation)) for one in entries)
    return [
        _document(entry, version, owner, groups) for entry, version, owner in shown
        if version is not None and version.state != "withdrawn" and owner is not None
    ]


def _named(entry: Entry) -> list[str]:
    """Give the names of the groups, not themes, that a dataset says it is in."""
    return [str(one.get("name") or "") for one in entry.about.more.get("groups", ())]


def _groups(unit: Unit, entries: Sequence[Entry]) -> Collection[str]:
    """Tell which of them are groups that people made here: those are found as themes are."""
    wanted = sorted({name for one in entries for name in _named(one)})
    return {one.subject for one in unit.marks("group", subjects=wanted) if one.body.get("state") != "deleted"
            } if wanted else ()


def _owners(unit: Unit, wanted: Collection[str]) -> Mapping[str, Organisation]:
    """Give agencies by their ids: a few one by one, many from the list of all."""
    if len(wanted) > FEW_AGENCIES:
        return {one.id: one for one in unit.organisations()}
    return {key: one for key in wanted if (one := unit.organisation(key)) is not None}


def _document(entry: Entry, version: Version, owner: Organisation, groups: Collection[str]) -> Document:
    version = without_held(entry, version)
    about, first = entry.about, version.first_table
    since, until = span(entry, version)
    return Document(
        id=entry.id, sequence=entry.sequence, slug=entry.slug, title=about.title, description=about.description,
        org=owner.public_id, org_title=owner.title, tags=about.tags,
        themes=(*about.themes, *(name for name in _named(entry) if name in groups)),
        formats=tuple(dict.fromkeys(one.format for one in version.resources if one.format)),
        licence=about.licence, standard=about.standard or (first.standard if first else ""),
        years=years(entry, version), since=since, until=until, columns=tuple(_columns(version)),
        places=about.spatial, issued=_moment(entry.issued), modified=_moment(entry.modified),
        audience=(PUBLIC,) if entry.visibility == "public" else (f"org:{entry.organisation}", SITE),
        extras=tuple(_extras(entry)),
    )


def _extras(entry: Entry) -> Iterator[str]:
    """Give what came as extras; long texts are none that anybody looks for by the whole of them."""
    for key, value in found_by(entry.about.tags, entry.about.more):
        said = f"{key}{BEHIND_KEY}{value}"
        if len(said) <= LONGEST_EXTRA:
            yield said


def _moment(at: object) -> str:
    return at.isoformat() if hasattr(at, "isoformat") else ""


def _columns(version: Version) -> Iterator[str]:
    for resource in version.resources:
        for column in resource.columns:
            yield column.name
            yield from column.title.values()


def span(entry: Entry, version: Version) -> tuple[date | None, date | None]:
    """Give the days that the data cover: what was stated, else the years of their periods."""
    stated = entry.about.temporal
    if stated is not None and (stated.start or stated.end):
        return stated.start, stated.end
    found = years(entry, version)
    return (date(found[0], 1, 1), date(found[-1], 12, 31)) if found else (None, None)


def years(entry: Entry, version: Version) -> tuple[int, ...]:
    """Give every year that the data cover, from the stated span and the periods of the tables."""
    found = {
        int(part[:4]) for one in version.resources for period in one.periods for part in period.split("/")
        if part[:4].isdigit()
    }
    stated = entry.about.temporal
    if stated is not None and stated.start:
        last = (stated.end or stated.start).year
        found |= set(range(max(stated.start.year, last - LONGEST), last + 1))
    return tuple(sorted(year for year in found if year in YEARS))
