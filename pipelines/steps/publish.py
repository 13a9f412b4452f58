"""The step that makes things last: artefacts become content-addressed objects, and a ready submission a version."""

from __future__ import annotations

import dataclasses
import hashlib
from collections.abc import Callable, Iterator
from pathlib import Path

from catalog.catalog import Catalog
from catalog.errors import Conflict, NotAllowed, NotFound, Stale
from catalog.model import Artefact, Outcome, Submission, TableOutcome
from catalog.ports import Files, Records

_BLOCK = 1 << 20


class Tampered(Exception):
    """The sandbox named a file outside its folder, or one that changed while it was put: a bug or an attack."""


def put_artefacts(records: Records, files: Files, submission: Submission, outcome: Outcome, work: Path) -> Outcome:
    """Put everything that the outcome names as objects, each claimed before it is put; give the outcome with hashes.

    An outcome that cannot be published keeps its findings and loses its artefacts; so does one that would bring erased
    bytes back, and it says so. The original is taken from staging,
    where only we wrote, never from the sandbox's copy. Idempotent: objects are named by their content.
    """
    if not outcome.valid:
        return _without_artefacts(outcome)
    hashed = _each(outcome, lambda one: _hashed(one, submission, work))
    with records.begin() as unit:
        if unit.erased([one.sha256 for one in _artefacts(hashed)]):
            return dataclasses.replace(_without_artefacts(outcome), reason={"code": "erased-bytes", "params": {}})
        for one in _artefacts(hashed):
            unit.claim(one.sha256, submission.id)
    for one in _artefacts(hashed):
        _put(files, one, submission)
    return _each(hashed, lambda one: dataclasses.replace(one, path=""))


def publish(catalog: Catalog, submission: str) -> str:
    """Make a ready submission the next version if it may do so by itself; say how that went.

    ``published``; ``waiting`` for a person; ``stale`` when the version it builds on is no longer the newest; or the
    code of the refusal, with which the submission stays where it is.
    """
    system = catalog.system()
    try:
        if catalog.submission(system, submission).state == "published":
            return "published"
        if not catalog.may_publish_by_itself(submission):
            return "waiting"
        catalog.publish(system, [submission])
    except Stale:
        return "stale"
    except (Conflict, NotAllowed, NotFound) as refusal:
        return refusal.code
    return "published"


def _hashed(one: Artefact, submission: Submission, work: Path) -> Artefact:
    """Give the artefact with the hash and size of its bytes."""
    if one.role == "original":
        return dataclasses.replace(one, sha256=submission.staged.sha256, bytes=submission.staged.bytes)
    path = Path(one.path).resolve()
    if not path.is_relative_to(work.resolve()) or not path.is_file():
        raise Tampered(one.name)
    digest = hashlib.sha256()
    with path.open("rb") as stream:
        while block := stream.read(_BLOCK):
            digest.update(block)
    return dataclasses.replace(one, sha256=digest.hexdigest(), bytes=path.stat().st_size)


def _put(files: Files, one: Artefact, submission: Submission) -> None:
    staged = one.role == "original"
    with files.open_staged(submission.staged.key) if staged else Path(one.path).open("rb") as stream:
        sha256, _ = files.put(stream)
    if sha256 != one.sha256:
        raise Tampered(one.name)


def _artefacts(outcome: Outcome) -> Iterator[Artefact]:
    for one in (outcome.original, outcome.attachment):
        if one is not None:
            yield one
    for table in outcome.tables:
        yield from table.artefacts


def _each(outcome: Outcome, change: Callable[[Artefact], Artefact]) -> Outcome:
    """Give the outcome with every artefact changed."""

    def table(one: TableOutcome) -> TableOutcome:
        return dataclasses.replace(one, artefacts=tuple(change(artefact) for artefact in one.artefacts))

    return dataclasses.replace(
        outcome,
        original=change(outcome.original) if outcome.original else None,
        attachment=change(outcome.attachment) if outcome.attachment else None,
        tables=tuple(table(one) for one in outcome.tables),
    )


def _without_artefacts(outcome: Outcome) -> Outcome:
    tables = tuple(dataclasses.replace(one, artefacts=()) for one in outcome.tables)
    return dataclasses.replace(outcome, original=None, attachment=None, tables=tables)
