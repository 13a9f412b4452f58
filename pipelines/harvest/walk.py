"""A source walked step by step: what is fetched next, read in the sandbox, and taken by the catalogue.

Each step fetches and takes one page, or some pages of a sitemap, and notes in the records how far the run is: whoever
goes on after a crash begins where the last step ended.
"""

from __future__ import annotations

import hashlib
import json
import tempfile
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urljoin

from catalog.catalog import Catalog
from catalog.errors import NotFound, Stale, Unavailable
from catalog.harvest import Run, Source, key_of
from pipelines import sandbox
from pipelines.fetch import Fetcher, Reply, Unfetched
from pipelines.fetch import Limits as Fetching
from pipelines.format import Unreadable
from pipelines.harvest.shape import Asked, Page, Parsed

ROWS = 100
"""Datasets of a CKAN site that are asked for at a time; it gives a thousand at most."""

MOST_STEPS = 20_000
MOST_AGENCIES = 5_000
MOST_CHECKED = 500
"""How many datasets that seem to be gone are asked for one by one, before they are."""

PAUSES = (1.0, 3.0, 10.0, 30.0)
"""Seconds that are waited before a step is tried again, where no worker does it."""

PAGES = 20
"""Pages of a sitemap that one step reads."""

MOST_BARREN = 20
"""Pages in a row that hold no dataset, each of which names a next one."""

MOST_MAPS = 50
OVERLAP = timedelta(days=1)
"""Clocks differ: what changed is asked for from a day before."""

LIMITS = sandbox.Limits(memory=1024 << 20, cpu=120, wall=180.0, file=64 << 20, answer=128 << 20, handles=64)
FETCH = Fetching(seconds=180.0, idle=60.0, size=50_000_000)
SMALL = Fetching(seconds=60.0, idle=30.0, size=5_000_000)
ACCEPT: Mapping[str, str] = {
    "ckan": "application/json", "datapackage": "application/json", "csv": "text/csv, text/plain;q=0.8",
    "dcat": "text/turtle, application/ld+json;q=0.9, application/rdf+xml;q=0.8, */*;q=0.1",
    "sitemap": "application/xml, text/xml, text/html;q=0.9, */*;q=0.1",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Walk:
    """What harvesting needs. ``start`` says where sandbox children come from; ``keys``: a source's name → its key."""

    catalog: Catalog
    fetcher: Fetcher
    start: sandbox.Spawn | None = None
    keys: Callable[[str], str] = lambda _name: ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """What one step came to: where the next begins; None where there is none, with hints for the next run."""

    cursor: Mapping[str, Any] | None
    hints: Mapping[str, Any] | None = None
    unchanged: bool = False


class Odd(Exception):
    """The source behaves so that going on makes no sense; ``str()`` is a stable code."""


def step(walk: Walk, run: str) -> str:
    """Do the next step of a run: ``more``, or its state where it has ended.

    Raises Unfetched and Unavailable where trying again may help; every other trouble ends the run as failed.
    """
    try:
        source, one = walk.catalog.at_run(run)
    except NotFound:
        return "gone"
    if one.state != "running":
        return one.state
    try:
        done = _next(walk, source, one)
        if done.cursor is not None:
            return "more"
        if not done.unchanged:
            confirm_gone(walk, source, walk.catalog.at_run(run)[1])
    except (Unfetched, Unreadable, Odd) as problem:
        if isinstance(problem, Unfetched) and problem.may_pass:
            raise
        return walk.catalog.end_run(run, reason=str(problem)).state
    except Stale:
        return "elsewhere"
    return walk.catalog.end_run(run, hints=done.hints, unchanged=done.unchanged).state


def _next(walk: Walk, source: Source, run: Run) -> Step:
    if int(run.cursor.get("steps", 0)) >= MOST_STEPS:
        raise Odd("too-many-pages")
    return KINDS[source.kind](walk, source, run)


def go(walk: Walk, run: str, told: Callable[[Run], None], pauses: Sequence[float] = PAUSES) -> Run:
    """Walk a run to its end in this process; ``told`` hears how far it is after each step."""
    ended, failed = threading.Event(), 0
    while True:
        try:
            said = step(walk, run)
            failed = 0
        except (Unfetched, Unavailable) as problem:
            if failed >= len(pauses):
                said = give_up(walk, run, str(problem))
            else:
                ended.wait(pauses[failed])
                failed += 1
                continue
        _, one = walk.catalog.at_run(run)
        told(one)
        if said != "more":
            return one


def give_up(walk: Walk, run: str, why: str) -> str:
    """End a run that failed as often as it was tried; what is held stays."""
    return walk.catalog.end_run(run, reason=why[:500] or "failed").state


# --- what all kinds share ---------------------------------------------------------------------------------------------


def _get(walk: Walk, source: Source, url: str, hints: Mapping[str, Any] | None = None,
         limits: Fetching = FETCH) -> Reply:
    """Fetch a page; with hints it may say that nothing changed (304). Raises Unfetched for any other bad answer."""
    headers = {"Accept": ACCEPT[source.kind]}
    if hints and hints.get("url") == url:
        known = (("If-None-Match", hints.get("etag")), ("If-Modified-Since", hints.get("modified")))
        headers |= {name: str(value) for name, value in known if value}
    key = walk.keys(source.name)
    secrets = {"Authorization": key, "X-CKAN-API-Key": key} if key else None
    reply = walk.fetcher.get(url, headers, secrets=secrets, limits=limits)
    if reply.status == 304 and len(headers) > 1:  # noqa: PLR2004 - Not Modified
        return reply
    if not 200 <= reply.status < 300:  # noqa: PLR2004 - all that is good
        raise Unfetched(f"http-{reply.status}", url=url)
    return reply


def _noted(reply: Reply, url: str) -> dict[str, Any]:
    """Give what a server said of the state of a page, for the next run."""
    found = {"url": url, "etag": reply.headers.get("etag", ""), "modified": reply.headers.get("last-modified", "")}
    return {"document": found if found["etag"] or found["modified"] else {}}


@contextmanager
def _pages(replies: list[tuple[Reply, str]]) -> Iterator[tuple[Path, tuple[Page, ...]]]:
    """Lay answers down for the child, in a folder that goes at the end."""
    with tempfile.TemporaryDirectory(prefix="datamo-harvest-") as folder:
        made = []
        for number, (reply, modified) in enumerate(replies):
            path = Path(folder) / f"page-{number}"
            path.write_bytes(reply.body)
            made.append(Page(path=path, url=reply.url, modified=modified,
                             media_type=reply.headers.get("content-type", "").partition(";")[0].strip().lower()))
        yield Path(folder), tuple(made)


def _read(walk: Walk, source: Source, room: str, replies: list[tuple[Reply, str]], what: str = "") -> Parsed:
    """Have answers read in a child. Raises Unreadable; Unavailable where it is not the answer's fault."""
    with _pages(replies) as (folder, pages):
        asked = Asked(pages=pages, language=source.language, what=what)
        try:
            return sandbox.call(f"pipelines.harvest.{room}:read", asked, Parsed, limits=LIMITS, work=folder,
                                start=walk.start)
        except Unreadable as problem:
            if problem.code == "storage-full":
                raise Unavailable("storage-full") from problem
            raise


def _mark(reply: Reply) -> str:
    return hashlib.sha256(reply.body).hexdigest()


# --- CKAN -------------------------------------------------------------------------------------------------------------


def ckan(walk: Walk, source: Source, run: Run) -> Step:
    """Walk a CKAN site: its agencies and people where they come along, then its packages page by page."""
    phase = str(run.cursor.get("phase") or ("organisations" if source.agencies else "packages"))
    if phase == "packages":
        return _ckan_packages(walk, source, run)
    if phase == "groups":
        return _ckan_groups(walk, source, run)
    return _ckan_people(walk, source, run, phase)


def _action(source: Source, name: str, **given: Any) -> str:
    base = source.url.rstrip("/").removesuffix("/api/3/action").removesuffix("/api/3").removesuffix("/api")
    return f"{base}/api/3/action/{name}?{urlencode(given)}"


def _ckan_people(walk: Walk, source: Source, run: Run, phase: str) -> Step:
    """Take one page of the agencies, or the people; a site that does not show them is harvested without."""
    at = int(run.cursor.get("at", 0))
    cursor: dict[str, Any] = {"phase": "groups" if source.moved else "packages"}
    if phase == "organisations":
        url = _action(source, "organization_list", all_fields="true", include_users="true", include_extras="true",
                      limit=25, offset=at)
        cursor = {"phase": "people"} if source.moved else cursor
    else:
        url = _action(source, "user_list")
    parsed = _shown(walk, source, url, phase)
    known = {one.remote for one in parsed.institutions}
    walk.catalog.take_institutions(run.id, parsed.institutions, parsed.people if source.moved else ())
    again = phase == "organisations" and parsed.rows and at < MOST_AGENCIES and not known <= set(
        run.cursor.get("known", ()))
    if again:
        cursor = {"phase": phase, "at": at + parsed.rows, "known": sorted(known)}
    walk.catalog.take(run.id, (), cursor, problems=parsed.problems, step=int(run.cursor.get("steps", 0)))
    return Step(cursor=cursor)


def _shown(walk: Walk, source: Source, url: str, phase: str) -> Parsed:
    """Read a list that not every site shows to everybody: what it refuses is told in the report. Raises Unfetched."""
    try:
        return _read(walk, source, "ckan", [(_get(walk, source, url), "")], phase)
    except (Unfetched, Unreadable) as problem:
        if isinstance(problem, Unfetched) and problem.may_pass:
            raise
        return Parsed(problems=({"remote": phase, "code": getattr(problem, "code", "")},))


def _ckan_groups(walk: Walk, source: Source, run: Run) -> Step:
    """Take one page of the groups of a site that moves here; datasets say which they are in."""
    at = int(run.cursor.get("at", 0))
    url = _action(source, "group_list", all_fields="true", include_users="true", include_extras="true", limit=25,
                  offset=at)
    parsed = _shown(walk, source, url, "groups")
    known = {one.remote for one in parsed.groups}
    walk.catalog.take_groups(run.id, parsed.groups)
    again = parsed.rows and at < MOST_AGENCIES and not known & set(run.cursor.get("known", ()))
    cursor: dict[str, Any] = {"phase": "groups", "at": at + parsed.rows, "known": sorted(known)} if again else {
        "phase": "packages"}
    walk.catalog.take(run.id, (), cursor, problems=parsed.problems, step=int(run.cursor.get("steps", 0)))
    return Step(cursor=cursor)


def _ckan_packages(walk: Walk, source: Source, run: Run) -> Step:
    at = int(run.cursor.get("start", 0))
    asked: dict[str, Any] = {"rows": ROWS, "start": at, "sort": "id asc"}
    if run.since:
        asked["fq"] = f"metadata_modified:[{run.since} TO *]"
    if walk.keys(source.name) and source.moved:
        asked["include_private"] = "true"
    reply = _get(walk, source, _action(source, "package_search", **asked))
    parsed = _read(walk, source, "ckan", [(reply, "")], "packages")
    if not parsed.rows:
        return Step(cursor=None, hints={"since": _since(run)})
    mark = hashlib.sha256(json.dumps([one.remote for one in parsed.found]).encode()).hexdigest()
    if mark == run.cursor.get("mark"):
        raise Odd("same-page-again")
    if parsed.total is not None and at > 2 * parsed.total + 10 * ROWS:
        raise Odd("endless-pages")
    if source.agencies:
        walk.catalog.take_institutions(run.id, parsed.institutions)
    cursor = {"phase": "packages", "start": at + parsed.rows, "mark": mark}
    walk.catalog.take(run.id, parsed.found, cursor, problems=parsed.problems, step=int(run.cursor.get("steps", 0)))
    return Step(cursor=cursor)


def _since(run: Run) -> str:
    return (run.started - OVERLAP).strftime("%Y-%m-%dT%H:%M:%SZ")


def confirm_gone(walk: Walk, source: Source, run: Run) -> None:
    """Ask CKAN for what seems to be gone, one by one: pages shift while they are read, and then some are missed."""
    if source.kind != "ckan" or not run.whole:
        return
    gone = walk.catalog.unseen(source.id, run.id, MOST_CHECKED)
    if walk.catalog.count_harvested(source.id) == len(gone):
        return
    there = []
    for one in gone:
        try:
            reply = _get(walk, source, _action(source, "package_show", id=one.remote), limits=SMALL)
            if _read(walk, source, "ckan", [(reply, "")], "one").rows:
                there.append(one.remote)
        except Unreadable:
            there.append(one.remote)
        except Unfetched as problem:
            if problem.code not in {"http-403", "http-404", "http-410"}:
                raise
    if there:
        walk.catalog.still_there(run.id, there)


# --- one document, or pages that name the next ------------------------------------------------------------------------


def document(walk: Walk, source: Source, run: Run) -> Step:
    """Walk a catalogue that is one document, or pages each of which names the next one (hydra)."""
    url = str(run.cursor.get("next") or source.url)
    step_number = int(run.cursor.get("steps", 0))
    reply = _get(walk, source, url, source.hints.get("document") if not step_number else None)
    if reply.status == 304:  # noqa: PLR2004 - Not Modified
        return Step(cursor=None, unchanged=True)
    mark = _mark(reply)
    if mark == run.cursor.get("mark"):
        raise Odd("same-page-again")
    parsed = _read(walk, source, ROOMS[source.kind], [(reply, "")])
    ahead = urljoin(reply.url, parsed.next) if parsed.next else ""
    if ahead in {url, source.url} or mark == run.cursor.get("post"):
        raise Odd("same-page-again")
    barren = 0 if parsed.found else int(run.cursor.get("barren", 0)) + 1
    if barren > MOST_BARREN:
        raise Odd("endless-pages")
    if source.agencies:
        walk.catalog.take_institutions(run.id, parsed.institutions)
    # A post is moved at each power of two: pages that lead in a circle of any length come by it again (R. P. Brent).
    post = mark if step_number & (step_number - 1) == 0 else run.cursor.get("post")
    cursor = {"next": ahead, "mark": mark, "post": post, "barren": barren}
    walk.catalog.take(run.id, parsed.found, cursor, problems=parsed.problems, step=step_number)
    if ahead:
        return Step(cursor=cursor)
    alone = not step_number
    return Step(cursor=None, hints=_noted(reply, url) if alone else {"document": {}})


ROOMS: Mapping[str, str] = {"dcat": "dcat", "datapackage": "datapackage", "csv": "listed"}


# --- a sitemap --------------------------------------------------------------------------------------------------------


def sitemap(walk: Walk, source: Source, run: Run) -> Step:
    """Walk the pages that a sitemap lists; one that has not changed since it was seen last is not fetched."""
    cursor = dict(run.cursor)
    maps = [str(one) for one in cursor.get("maps", [source.url])]
    step_number, at = int(cursor.get("steps", 0)), int(cursor.get("at", 0))
    parsed = _read(walk, source, "sitemap", [(_get(walk, source, maps[0]), "")], "map")
    if parsed.maps and not cursor.get("maps"):
        listed = [urljoin(maps[0], one) for one in parsed.maps[:MOST_MAPS]]
        ahead: dict[str, Any] = {"maps": listed, "at": 0}
        walk.catalog.take(run.id, (), ahead, step=step_number)
        return Step(cursor=ahead)
    some = parsed.addresses[at : at + PAGES]
    replies, seen, problems = _fetched(walk, source, run, [(urljoin(maps[0], url), when) for url, when in some])
    read = _read(walk, source, "sitemap", replies, "pages") if replies else Parsed()
    if source.agencies:
        walk.catalog.take_institutions(run.id, read.institutions)
    rest = at + PAGES < len(parsed.addresses)
    cursor = {"maps": maps if rest else maps[1:], "at": at + PAGES if rest else 0}
    walk.catalog.take(run.id, read.found, cursor, seen=seen, problems=(*problems, *read.problems), step=step_number)
    return Step(cursor=cursor if cursor["maps"] else None, hints={"since": _since(run)})


def _fetched(walk: Walk, source: Source, run: Run, some: list[tuple[str, str]]) -> tuple[
        list[tuple[Reply, str]], list[str], list[Mapping[str, Any]]]:
    """Fetch pages: the answers, the addresses that are as they were, and what went wrong with single ones."""
    held = {one.remote for one in walk.catalog.harvested(source.id, [url for url, _ in some])}
    replies: list[tuple[Reply, str]] = []
    seen: list[str] = []
    problems: list[Mapping[str, Any]] = []
    for url, when in some:
        if key_of(url) in held and when and run.since and _before(when, run.since):
            seen.append(url)
            continue
        try:
            replies.append((_get(walk, source, url, limits=SMALL), url))
        except Unfetched as problem:
            problems.append({"remote": url[:200], "code": problem.code})
            if problem.code not in {"http-404", "http-410"}:  # in trouble is not gone
                seen.append(url)
    return replies, seen, problems


def _before(when: str, since: str) -> bool:
    try:
        one, other = datetime.fromisoformat(when), datetime.fromisoformat(since)
    except ValueError:
        return False
    return one.replace(tzinfo=one.tzinfo or other.tzinfo) < other


KINDS: Mapping[str, Callable[[Walk, Source, Run], Step]] = {
    "ckan": ckan, "dcat": document, "datapackage": document, "csv": document, "sitemap": sitemap,
}
