"""Which event starts which steps: the page to read first.

    FileArrived ──► check_and_publish
                      begin     received → checking
                      examine   in the sandbox: inspect → repair → profile → validate → convert; then the artefacts
                                become objects, and the desk hears the outcome: failed, blocked or ready
                      publish   ready → published, where the agency lets a file publish by itself
                      tidy      the work folder and the staged bytes go
    SourceDue ──► harvest          a catalogue elsewhere is read page by page; its datasets become links of ours
    PushDue ──► push               a portal elsewhere is told of a dataset that changed
    ReleaseDrafted ──► explore     what a draft of a code list's release would touch
    ReleaseAccepted ──► recheck    published data are checked again, batch by batch; agencies find work on their desks
    every change ──► followers, in order of the change sequence
                      index         search finds it
                      public-state  the object store remembers it
                      erasures      bytes that two people had erased leave
                      webhooks      addresses that asked for it are told, in batches

Each step may run more than once (a worker can be killed between doing and noting), so each is idempotent: objects are
named by their content, the desk's verbs look at the state first, followers move their position last.
"""

from __future__ import annotations

import dataclasses
import errno
import itertools
import shutil
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Protocol, TypeVar

from catalog.catalog import Catalog
from catalog.errors import Gone, NotFound, Unavailable
from catalog.events import Event, FileArrived, PushDue, ReleaseAccepted, ReleaseDrafted, SourceDue, Start
from catalog.model import Outcome, Submission, Version
from catalog.notice import Mail
from catalog.ports import Files, Index, Jobs, Records
from pipelines import references, releases
from pipelines.again import base
from pipelines.continued import standard_of, target_of
from pipelines.dumps import Document
from pipelines.fetch import Fetcher
from pipelines.harvest.walk import Walk, give_up
from pipelines.harvest.walk import step as harvest_step
from pipelines.lists import Bookcase, Edition
from pipelines.patience import SetAside
from pipelines.releases import Office
from pipelines.sandbox import Spawn
from pipelines.step import Parcel
from pipelines.steps import deliver, erase, index, public_state
from pipelines.steps import mail as mailing
from pipelines.steps import publish as publishing
from pipelines.steps import push as pushing
from pipelines.steps.push import Post

T = TypeVar("T")

CHECK_AND_PUBLISH = "check_and_publish"
EXPLORE = "explore"
RECHECK = "recheck"
RECHECKS = "rechecks"
"""The queue of stewards' work, one at a time: it can wait, and files that arrive do not wait for it."""

EXPLORE_SECONDS = 20.0
"""How long one step of exploring takes at most, before what is known is kept."""

CHECKS = "checks"
"""The queue of files to be checked; a worker takes ``checks_at_once`` of them, each agency in her turn."""

LARGE_CHECKS = "large-checks"
"""The queue of large files: a worker leaves room for the others beside them."""

LARGE = 20 * 10**6
"""Bytes from which a file is a large one: its check takes ten seconds and more."""

COST_BYTES = 500_000
"""A file takes as many turns of its agency as it takes of a small file's time: about one for so many bytes."""

PUSH = "push"
PUSHES = "pushes"
"""The queue of what targets are told, one at a time."""

HARVEST = "harvest"
HARVESTS = "harvests"
"""The queue of sources, one at a time: it waits for files that people handed in."""

QUEUES: Mapping[str, str] = {
    CHECK_AND_PUBLISH: CHECKS, EXPLORE: RECHECKS, RECHECK: RECHECKS, HARVEST: HARVESTS, PUSH: PUSHES,
}
"""Where a flow is put again that has lost its queue, as it was set aside."""

MOST_BASES = 10
"""How often a file is examined again because another version became its base meanwhile."""

REPAIRABLE = ("received", "checking", "blocked", "ready", "failed")
"""States in which the file as it came is still needed: repairs can be accepted or it can be read otherwise."""

FULL = frozenset({errno.ENOSPC, errno.EDQUOT})

_BLOCK = 1 << 20


def start_of(event: Event) -> Start | None:
    """Which flow an event starts. All other events are followed through the change sequence."""
    match event:
        case FileArrived(submission=submission, attempt=attempt, agency=agency, size=size, urgent=urgent):
            return Start(
                flow=CHECK_AND_PUBLISH, queue=LARGE_CHECKS if size > LARGE else CHECKS, key=submission,
                attempt=attempt, agency=agency, cost=1 + size // COST_BYTES, urgent=urgent,
            )
        case ReleaseDrafted(release=release):
            return Start(flow=EXPLORE, queue=RECHECKS, key=release)
        case ReleaseAccepted(release=release, dataset=dataset, version=version):
            key = f"{release}.{dataset}" if dataset else release
            return Start(flow=RECHECK, queue=RECHECKS, key=key, attempt=version)
        case SourceDue(run=run, attempt=attempt):
            return Start(flow=HARVEST, queue=HARVESTS, key=run, attempt=attempt, urgent=False)
        case PushDue(push=key, attempt=attempt):
            return Start(flow=PUSH, queue=PUSHES, key=key, attempt=attempt, urgent=False)
        case _:
            return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Workshop:
    """What the flows work with. ``examine`` runs the sandboxed steps on a parcel; ``work`` is the folder for them."""

    catalog: Catalog
    records: Records
    files: Files
    index: Index
    work: Path
    today: Callable[[], date]
    examine: Callable[[Parcel], Outcome]
    bookcase: Bookcase | None = None
    start: Spawn | None = None
    jobs: Jobs | None = None
    fetcher: Fetcher | None = None
    keys: Callable[[str], str] = lambda _name: ""
    package: Callable[[str], Mapping[str, Any] | None] = lambda _dataset: None
    document: Document | None = None
    site_url: str = ""
    mail: Mail | None = None
    letter: mailing.Words = lambda _notice, _language, _secret: ("", "")
    language: str = "vi"

    @property
    def post(self) -> Post:
        """What pushing needs."""
        return Post(catalog=self.catalog, fetcher=self.fetcher or Fetcher(), package=self.package, keys=self.keys)

    @property
    def walk(self) -> Walk:
        """What harvesting needs."""
        return Walk(catalog=self.catalog, fetcher=self.fetcher or Fetcher(), start=self.start, keys=self.keys)

    @property
    def office(self) -> Office:
        """What stewards' work needs."""
        bookcase = self.bookcase or Bookcase(self.catalog, self.files)
        return Office(
            catalog=self.catalog, files=self.files, bookcase=bookcase, today=self.today, start=self.start
        )


class Durably(Protocol):
    """Run one step and remember its result, so that it is not run again after a crash that comes later."""

    def __call__(self, name: str, step: Callable[[], str]) -> str:
        """Give what the step gave, now or before the crash."""


def check_and_publish(shop: Workshop, durably: Durably, submission: str) -> str:
    """Take one upload from its arrival to its end; returns the word the last step said."""
    said = durably("begin", lambda: begin(shop, submission))
    if said == "gone":
        return said
    for round_ in range(MOST_BASES):
        said = durably("examine", lambda again=round_ > 0: examine(shop, submission, again=again))  # type: ignore[misc]
        if said == "ready":
            said = durably("publish", lambda: publishing.publish(shop.catalog, submission))
        if said != "stale":
            break
    durably("tidy", lambda: tidy(shop, submission))
    return said


def begin(shop: Workshop, submission: str) -> str:
    """Say at the desk that the check has begun; ``gone`` when the submission is not there any more."""
    try:
        return shop.catalog.begin_check(submission).state
    except NotFound:
        return "gone"


def examine(shop: Workshop, submission: str, *, again: bool = False) -> str:
    """Check the file in the sandbox, put its artefacts and settle the submission; returns its state.

    ``again``: its base has changed since it was examined, so it is examined anew although it was settled.
    """
    one = shop.catalog.submission(shop.catalog.system(), submission)
    if one.state != "checking" and not (again and one.state == "ready"):
        return one.state
    with _work_folder(shop, submission) as work:
        outcome = shop.examine(_parcel(shop, one, work))
        outcome = publishing.put_artefacts(shop.records, shop.files, one, outcome, work)
    return shop.catalog.settle(submission, outcome).state


def tidy(shop: Workshop, submission: str) -> str:
    """Drop what is no longer needed; staged bytes stay as long as repairs may be accepted, until they are swept."""
    shutil.rmtree(shop.work / submission, ignore_errors=True)
    try:
        one = shop.catalog.submission(shop.catalog.system(), submission)
    except NotFound:
        return "gone"
    if one.state not in REPAIRABLE:
        shop.files.drop_staged(one.staged.key)
    return one.state


def explore(shop: Workshop, durably: Durably, release: str) -> str:
    """Find out what a draft touches, step by step; what is known is kept after each."""
    for number in itertools.count():
        said = durably(f"explore-{number}", lambda: _explore(shop, release))
        if said != "partial":
            return said
    raise AssertionError


def _explore(shop: Workshop, release: str) -> str:
    try:
        one = shop.catalog.release(shop.catalog.system(), release)
    except NotFound:
        return "gone"
    if one.state != "draft":
        return one.state
    report = releases.explore(shop.office, one, EXPLORE_SECONDS).report
    return str(report["state"]) if report else "gone"


def harvest(shop: Workshop, durably: Durably, run: str) -> str:
    """Read a source to its end, page by page; whatever goes wrong, what is held of it stays."""
    for number in itertools.count():
        try:
            said = durably(f"page-{number}", lambda: harvest_step(shop.walk, run))
        except SetAside as last:
            why = str(last)
            durably("give-up", lambda: give_up(shop.walk, run, why))  # noqa: B023 - used before it changes
            raise
        if said != "more":
            return said
    raise AssertionError


def push(shop: Workshop, durably: Durably, key: str) -> str:
    """Tell a target of a dataset; tried again while the target is down, and then noted as failed."""
    try:
        return durably("push", lambda: pushing.push(shop.post, key))
    except SetAside as last:
        why = str(last)
        return durably("give-up", lambda: pushing.give_up(shop.post, key, why))


def recheck(shop: Workshop, durably: Durably, key: str) -> str:
    """Check published data again under a release: all of them, or one dataset (``release.dataset``)."""
    release, _, dataset = key.partition(".")
    if dataset:
        return durably("recheck", lambda: releases.recheck_one(shop.office, release, dataset))
    after = ""
    for number in itertools.count():
        after = durably(f"batch-{number}", lambda behind=after: _batch(shop, release, behind))  # type: ignore[misc]
        if not after:
            break
    return "done"


def _batch(shop: Workshop, release: str, after: str) -> str:
    try:
        return releases.recheck_batch(shop.office, release, after)
    except NotFound:
        return ""


def followers(shop: Workshop) -> Mapping[str, Callable[[], int]]:
    """Give the readers of the change sequence: name → one batch; each returns how many changes it took."""
    found: dict[str, Callable[[], int]] = {
        index.READER: lambda: index.follow(shop.catalog, shop.index),
        public_state.READER: public_state.Chronicle(shop.catalog, shop.files),
    }
    if shop.jobs is not None:
        found[PUSH] = shop.catalog.follow_pushes
        found[erase.READER] = lambda: erasures(shop)
        found[mailing.READER] = mailing.Mailroom(shop.catalog, shop.mail, shop.letter, shop.language)
        found[deliver.READER] = deliver.Postman(shop.catalog, shop.fetcher or Fetcher(), shop.site_url)
    return found


def erasures(shop: Workshop) -> int:
    """Finish the erasures that were confirmed, once the other followers have let go of what they said."""
    assert shop.jobs is not None
    while public_state.follow(shop.catalog, shop.files):
        pass
    return erase.follow(shop.catalog, shop.records, shop.files, shop.jobs, shop.work,
                        lambda: index.renew(shop.catalog, shop.index))


@contextmanager
def _work_folder(shop: Workshop, submission: str) -> Iterator[Path]:
    """Give a fresh folder. Its name is new each time: a child of a killed worker may still write into the old one."""
    place = shop.work / submission
    shutil.rmtree(place, ignore_errors=True)
    work = place / uuid.uuid4().hex
    try:
        work.mkdir(parents=True, mode=0o700)
        yield work
    except OSError as wrong:
        if wrong.errno in FULL:  # waited out like a store that is away, never counted as the file's fault or as a bug
            raise Unavailable("storage-full") from wrong
        raise
    finally:
        shutil.rmtree(place, ignore_errors=True)


def _parcel(shop: Workshop, one: Submission, work: Path) -> Parcel:
    """Pack what the sandboxed steps need: the original's bytes, what was asked, and the version it builds on."""
    entry = shop.catalog.dataset(shop.catalog.system(), one.dataset)
    newest = _newest(shop, one.dataset)
    target = target_of(newest, one.options)
    options = dataclasses.replace(
        one.options,
        resource=one.options.resource or (target.name if target else ""),
        standard=one.options.standard or standard_of(entry.about.standard, newest, target),
    )
    path = work / "original"
    with shop.files.open_staged(one.staged.key) as stream, path.open("wb") as copy:
        shutil.copyfileobj(stream, copy, _BLOCK)
    builds = one.options.update != "replace"
    return Parcel(
        path=path,
        name=one.staged.name,
        work=work,
        options=options,
        today=shop.today(),
        dataset_slug=entry.slug,
        base=base(shop.files, target, work) if builds else {},
        base_periods={target.name: target.periods} if builds and target else {},
        base_version=newest.number if builds and newest else None,
        editions=_editions(shop, work),
        references=references.lay_out(shop.catalog, shop.files, entry, options.schema, work),
    )


def _editions(shop: Workshop, work: Path) -> tuple[Edition, ...]:
    """Lay out the code lists and standards that are in force at this moment: the file is checked under them."""
    return shop.bookcase.lay_out(shop.bookcase.editions(), work / "editions") if shop.bookcase else ()


def _newest(shop: Workshop, dataset: str) -> Version | None:
    try:
        return shop.catalog.version(shop.catalog.system(), dataset)
    except (NotFound, Gone):
        return None
