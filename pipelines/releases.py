"""Releases of code lists on a site: read and checked in a child, what they touch, and published data checked again.

``draft`` and ``explore`` are the dry run; after the acceptance ``recheck_batch`` goes through the published datasets,
and ``recheck_one`` looks at one again. Published bytes are never changed.
"""

from __future__ import annotations

import contextlib
import hashlib
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from catalog.catalog import Catalog
from catalog.errors import Invalid, NotFound, Problem, TooLarge, Unavailable
from catalog.installed import Release
from catalog.model import Caller, Entry, Resource, Version
from catalog.ports import Files
from pipelines import sandbox
from pipelines.check import FULL
from pipelines.format import Unreadable
from pipelines.lists import Bookcase, Edition, shipped
from pipelines.steps.install import Brought, Proposed, Taken, Understood
from pipelines.steps.recheck import Asked, Sought
from standards.portable import to_json
from standards.release import Flaw, Nature

LARGEST = 5_000_000
"""Bytes of a release: 50,000 rows of a hundred letters."""

SHOWN = 500
_EVER = datetime(2025, 1, 1, tzinfo=UTC)
BATCH = 20
MOST_ITEMS = 1_000
LIMITS = sandbox.Limits(memory=1024 << 20, cpu=60, wall=120.0, file=256 << 20, answer=32 << 20, handles=64)


@dataclass(frozen=True, slots=True, kw_only=True)
class Office:
    """What stewards' work needs: catalogue, objects, the lists in force, the day, and where children come from."""

    catalog: Catalog
    files: Files
    bookcase: Bookcase
    today: Callable[[], date]
    start: sandbox.Spawn | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """What a steward brings: the rows as CSV, from which day they hold, and on what they rest."""

    codelist: str
    content: bytes
    effective: date | None
    nature: Nature = "release"
    basis: str = ""
    source: str = ""
    reason: str = ""
    note: str = ""


# --- drafts -----------------------------------------------------------------------------------------------------------


def draft(office: Office, caller: Caller, given: Given) -> Release:
    """Read a release and keep it as a draft. Raises NotAllowed, NotFound, TooLarge, and Invalid with every flaw."""
    office.catalog.steward(caller)
    _, releases = office.catalog.installed()
    if given.codelist not in office.bookcase.fresh().codelists:
        raise NotFound
    _refuse_bare(given)
    base = office.bookcase.edition(given.codelist)
    with tempfile.TemporaryDirectory(prefix="datamo-release-") as name:
        folder = Path(name)
        taken, data = _taken(office, given, base, folder)
    if taken.flaws:
        raise Invalid("release-invalid", problems=[_problem(one) for one in taken.flaws])
    if hashlib.sha256(data).hexdigest() != taken.digest:
        raise Invalid("release-invalid", problems=[Problem("#/file", "not-csv")])
    mine = [one.number for one in releases if (one.kind, one.subject) == ("codelist", given.codelist)]
    told = Release(
        id="", subject=given.codelist, nature=given.nature, effective=given.effective, basis=given.basis.strip(),
        source=given.source.strip(), reason=given.reason.strip(), note=given.note.strip(), base=base.digest,
        content=hashlib.sha256(given.content).hexdigest(), digest=taken.digest, summary=_summary(taken),
        follows=max(mine, default=0), created=_EVER,
    )
    return office.catalog.draft_release(caller, told, [given.content, data, office.bookcase.read(base)])


def _refuse_bare(given: Given) -> None:
    wanted = {"effective": given.effective, "basis": given.basis.strip(), "source": given.source.strip()}
    if given.nature == "correction":
        wanted["reason"] = given.reason.strip()
    problems = [Problem(f"#/{member}", "required") for member, value in wanted.items() if not value]
    if not given.content:
        problems.append(Problem("#/file", "required"))
    if problems:
        raise Invalid(problems=problems)
    if len(given.content) > LARGEST:
        raise TooLarge("too-large", limit=LARGEST)


def _taken(office: Office, given: Given, base: Edition, folder: Path) -> tuple[Taken, bytes]:
    (folder / "release.csv").write_bytes(given.content)
    out = folder / "merged.csv"
    assert given.effective is not None
    brought = Brought(
        path=str(folder / "release.csv"), out=str(out), codelist=given.codelist,
        base=_laid(office, base, folder), editions=office.bookcase.lay_out(office.bookcase.editions(), folder),
        effective=given.effective, nature=given.nature, basis=given.basis.strip(),
    )
    taken = _called(office, "pipelines.steps.install:take", brought, Taken, folder)
    return taken, out.read_bytes() if out.is_file() else b""


def _laid(office: Office, one: Edition, folder: Path) -> Edition:
    """Lay out one edition, unless it is the package's own state, which a child has."""
    return one if one == shipped(one.subject) else office.bookcase.lay_out([one], folder)[0]


def _called(office: Office, name: str, argument: Any, kind: Any, folder: Path) -> Any:
    try:
        return sandbox.call(name, argument, kind, limits=LIMITS, work=folder, start=office.start)
    except Unreadable as problem:
        if problem.code == FULL:
            raise Unavailable(FULL) from problem
        raise Invalid("release-invalid", problems=[Problem("#/file", problem.code)]) from problem


def _problem(flaw: Flaw) -> Problem:
    """Point into the file: ``#/file/17/valid_to`` is row 17 as spreadsheets number it."""
    place = "/".join(str(one) for one in (flaw.row, flaw.column) if one)
    return Problem("#/file" + (f"/{place}" if place else ""), flaw.code, {"row": flaw.row, **flaw.params})


def _summary(taken: Taken) -> Mapping[str, Any]:
    return {
        "counts": dict(taken.counts), "total": sum(taken.counts.values()),
        "differences": [to_json(one) for one in taken.differences[:SHOWN]],
    }


# --- versions of table standards ------------------------------------------------------------------------------------


def draft_standard(office: Office, caller: Caller, content: bytes, *, basis: str, note: str = "") -> Release:
    """Read a version of a table standard and keep it as a draft; raises as ``draft`` does."""
    office.catalog.steward(caller)
    if len(content) > LARGEST:
        raise TooLarge("too-large", limit=LARGEST)
    _, releases = office.catalog.installed()
    with tempfile.TemporaryDirectory(prefix="datamo-standard-") as name:
        folder = Path(name)
        (folder / "standard.yaml").write_bytes(content)
        proposed = Proposed(
            path=str(folder / "standard.yaml"), editions=office.bookcase.lay_out(office.bookcase.editions(), folder)
        )
        found: Understood = _called(office, "pipelines.steps.install:understand", proposed, Understood, folder)
    if found.flaws or found.standard is None:
        members = [Problem("#/standard" + (f"/{one.column}" if one.column else ""), one.code, one.params)
                   for one in found.flaws]
        raise Invalid("standard-invalid", problems=members)
    one = found.standard
    mine = [each.number for each in releases if (each.kind, each.subject) == ("table", one.id)]
    digest = hashlib.sha256(content).hexdigest()
    told = Release(
        id="", kind="table", subject=one.id, version=one.version, basis=basis.strip() or "; ".join(one.basis),
        note=note.strip(), content=digest, digest=digest, follows=max(mine, default=0), created=_EVER,
        summary={"version": one.version, "before": found.before, "status": one.status, "fields": len(one.fields),
                 "title": dict(one.title)},
    )
    return office.catalog.draft_release(caller, told, [content])


# --- what a release touches -------------------------------------------------------------------------------------------


def explore(office: Office, release: Release, seconds: float) -> Release:
    """Find out what a draft touches, going on where it was left; stops after ``seconds`` with a partial report."""
    end = time.monotonic() + seconds
    report: dict[str, Any] = dict(release.report or _EMPTY)
    items: list[Any] = list(report["items"])
    while report["state"] != "complete":
        found = office.catalog.published_after(str(report["after"]), BATCH)
        if not found:
            report["state"] = "complete"
        for entry, version in found:
            told = asked(office, release, version) if version else None
            report["after"] = entry.id
            if told is not None and version is not None:
                report["concerned"] += 1
                report["rows"] += told["rows"]
                if told["rows"] or told["unread"]:
                    items.append(_item(entry, version, told))
            if time.monotonic() > end:
                break
        report["items"] = sorted(items, key=lambda one: -int(one["rows"]))[:MOST_ITEMS]
        report["touched"] = len(items)
        if time.monotonic() > end:
            break
    return office.catalog.save_report(release.id, report)


_EMPTY: Mapping[str, Any] = {"state": "partial", "after": "", "items": [], "concerned": 0, "touched": 0, "rows": 0}


def _item(entry: Entry, version: Version, told: Mapping[str, Any]) -> Mapping[str, Any]:
    """One dataset of the report; of what is not public only the agency is named."""
    public = entry.visibility == "public"
    return {
        "dataset": entry.id if public else "", "slug": entry.slug if public else "",
        "title": dict(entry.about.title) if public else {}, "organisation": entry.organisation,
        "version": version.number, **told,
    }


def asked(office: Office, release: Release, version: Version) -> dict[str, Any] | None:
    """Ask every table of a version that uses the list: ``{"rows", "resources", "unread"}``; None when none does."""
    editions = office.bookcase.editions()
    tables = [one for one in version.resources if _uses(office, one, release.subject)]
    if not tables:
        return None
    parts: list[Mapping[str, Any]] = []
    unread = ""
    for one in tables:
        try:
            found = _ask(office, release, version, one, editions)
        except Unreadable as problem:
            if problem.code == FULL:
                raise Unavailable(FULL) from problem
            unread = problem.code
            continue
        parts.append({"name": one.name, "title": dict(one.title), **to_json(found)})
    return {"rows": sum(int(one["touched"]) for one in parts), "resources": parts, "unread": unread}


def _uses(office: Office, one: Resource, codelist: str) -> bool:
    """Tell whether a table has a column of the list: by its standard, or by what was recognised in it."""
    if one.kind != "table":
        return False
    named = {column.meaning for column in one.columns} | set(dict(one.pins.get("codelists", {})))
    standard = office.bookcase.now().tables.get(one.standard)
    return codelist in named or bool(standard and codelist in standard.codelists())


def _ask(office: Office, release: Release, version: Version, one: Resource, editions: Sequence[Edition]) -> Asked:
    file = next((each for each in one.files if each.role == "parquet"), None)
    if file is None:
        raise Unreadable("base-unreadable")
    with _folder() as folder:
        others = office.bookcase.lay_out([each for each in editions if each.subject != release.subject], folder)
        states = [
            (*others, *([] if state == shipped(release.subject) else office.bookcase.lay_out([state], folder)))
            for state in (_state(release, release.base), _state(release, release.digest))
        ]
        today = max(office.today(), release.effective or date.min)
        sought = Sought(
            path=_path(office, file.sha256, folder), codelist=release.subject, standard=one.standard,
            meanings={column.name: column.meaning for column in one.columns if column.meaning},
            before=states[0], after=states[1], today=today, seen=version.issued.date(),
        )
        size = Path(sought.path).stat().st_size
        limits = LIMITS.scaled(size)
        return sandbox.call("pipelines.steps.recheck:look", sought, Asked, limits=limits, work=folder,
                            start=office.start)


def _state(release: Release, digest: str) -> Edition:
    return Edition(subject=release.subject, digest=digest)


@contextlib.contextmanager
def _folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="datamo-recheck-") as name:
        yield Path(name)


def _path(office: Office, sha256: str, folder: Path) -> str:
    """Where the bytes of an object lie on this machine, else a copy of them."""
    local = office.files.local(sha256)
    if local:
        return str(Path(local).absolute())
    path = folder / "table.parquet"
    try:
        with office.files.open(sha256) as stream, path.open("wb") as copy:
            shutil.copyfileobj(stream, copy, 1 << 20)
    except NotFound:
        raise Unreadable("base-unreadable") from None
    return str(path)


# --- after the acceptance ---------------------------------------------------------------------------------------------


def recheck_batch(office: Office, release: str, after: str) -> str:
    """Check the next datasets again, those behind ``after``; gives the last one's id, "" when all are done."""
    one = office.catalog.release(office.catalog.system(), release)
    found = office.catalog.published_after(after, BATCH)
    for entry, version in found:
        if version is not None:
            _recheck(office, one, entry.id, version)
    if not found:
        office.catalog.rechecked(release)
        return ""
    return found[-1][0].id


def recheck_one(office: Office, release: str, dataset: str) -> str:
    """Check one dataset again in its newest version; says what came of it."""
    try:
        one = office.catalog.release(office.catalog.system(), release)
        _, version = office.catalog.newest_published(dataset)
    except NotFound:
        return "gone"
    return _recheck(office, one, dataset, version) if version is not None else "hidden"


def _recheck(office: Office, release: Release, dataset: str, version: Version) -> str:
    told = asked(office, release, version)
    before = office.catalog.has_recheck(release.id, dataset)
    if told is None and not before:
        return "not-concerned"
    result = {name: value for name, value in (told or {"rows": 0, "resources": []}).items() if name != "unread"}
    unread = str(told["unread"]) if told and not told["rows"] else ""
    with contextlib.suppress(NotFound):  # removed meanwhile
        return office.catalog.record_recheck(release, dataset, version.number, result, unread=unread).state
    return "gone"
