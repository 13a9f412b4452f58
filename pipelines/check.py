"""Check one file: inspect → profile → validate → convert in a killable child; for uploads, the command and /check."""

from __future__ import annotations

import dataclasses
import hashlib
import tempfile
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from catalog.errors import Unavailable
from catalog.model import Options, Outcome
from pipelines import sandbox
from pipelines.format import Unreadable
from pipelines.step import Parcel

INSIDE = "pipelines.inside:look"
"""What runs in the child; named, not imported, so that web processes and the command need not load what reads files."""

FULL = "storage-full"
"""What a child says when the disk has no room: nobody's fault but ours, so the step is tried again."""

_BLOCK = 1 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """A file that was checked without storing anything: what it is, and what was found.

    Frictionless's own report of a table stands in its ``stats["report"]``.
    """

    name: str
    bytes: int
    sha256: str
    outcome: Outcome


def examine(parcel: Parcel, start: sandbox.Spawn | None = None) -> Outcome:
    """Walk the steps in a child. A file that cannot be read is an outcome; raises Unavailable when the disk is full.

    ``start`` says where children come from, when not each from a new interpreter.
    """
    limits = sandbox.DEFAULT.scaled(parcel.path.stat().st_size)
    try:
        return sandbox.call(INSIDE, parcel, Outcome, limits=limits, work=parcel.work, start=start)
    except Unreadable as problem:
        if problem.code == FULL:
            raise Unavailable(FULL) from problem
        return Outcome(readable=False, reason={"code": problem.code, "params": problem.params}, file=parcel.file)


def check_file(
    path: Path,
    *,
    today: date,
    name: str = "",
    options: Options | None = None,
    limit_errors: int = 1000,
    engine: str = "auto",
    personal: bool = True,
) -> Checked:
    """Check a file on disk and keep nothing of it. ``name`` is what it is called, when that is not its path's name.

    ``personal`` whether columns are screened for personal data.
    """
    digest, count = _hash(path)
    with tempfile.TemporaryDirectory(prefix="datamo-check-") as folder:
        parcel = Parcel(
            path=path.absolute(),
            name=name or path.name,
            work=Path(folder),
            options=options or Options(),
            today=today,
            keep=False,
            limit_errors=limit_errors,
            engine=engine,
            personal=personal,
        )
        outcome = examine(parcel)
    return Checked(name=parcel.name, bytes=count, sha256=digest, outcome=_kept_nothing(outcome))


def _hash(path: Path) -> tuple[str, int]:
    digest = hashlib.sha256()
    count = 0
    with path.open("rb") as stream:
        while block := stream.read(_BLOCK):
            digest.update(block)
            count += len(block)
    return digest.hexdigest(), count


def _kept_nothing(outcome: Outcome) -> Outcome:
    """Leave out the paths of files that are gone."""
    tables = tuple(dataclasses.replace(one, artefacts=()) for one in outcome.tables)
    return dataclasses.replace(outcome, original=None, attachment=None, tables=tables)
