"""Check one file: inspect → profile → validate → convert in a killable child; for uploads, the command and /check."""

from __future__ import annotations

import dataclasses
import hashlib
import shutil
import tempfile
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from catalog.errors import Unavailable
from catalog.model import Options, Outcome
from pipelines import sandbox
from pipelines.format import Unreadable
from pipelines.lists import Bookcase
from pipelines.step import Parcel

INSIDE = "pipelines.door:look"
"""What runs in the child; named, not imported, so that web processes and the command need not load what reads files."""

FULL = "storage-full"
"""What a child says when the disk has no room: nobody's fault but ours, so the step is tried again."""

_BLOCK = 1 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """A file that was checked without storing anything: what it is, and what was found.

    Frictionless's own report of a table stands in its ``stats["report"]``. ``written`` are the repaired tables and the
    logs of their changes, where they were wanted; ``rows`` the tables as they were checked, the record number in front
    of each row, where they were.
    """

    name: str
    bytes: int
    sha256: str
    outcome: Outcome
    written: tuple[Path, ...] = ()
    rows: tuple[Path, ...] = ()


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
    fixed: Path | None = None,
    rows: Path | None = None,
    inside: Path | None = None,
    start: sandbox.Spawn | None = None,
    installed: Bookcase | None = None,
) -> Checked:
    """Check a file on disk and keep nothing of it. ``name`` is what it is called, when that is not its path's name.

    ``personal`` whether columns are screened for personal data. With ``fixed`` the table after the accepted repairs
    (``options.fixes``) goes there as UTF-8 CSV, of several tables each under its name, and the log of changes beside
    it (``x.csv`` → ``x.changes.csv``). With ``rows`` the tables as they were checked go into that folder, one CSV each
    with the record number in front of each row. The file itself is not touched. What the check writes meanwhile lies
    in the folder ``inside``, else in the system's for such files. ``start`` as in ``examine``;
    ``installed`` are the lists and standards of a site, beside those of the package.
    """
    digest, count = _hash(path)
    with tempfile.TemporaryDirectory(prefix="datamo-check-", dir=inside) as folder:
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
            extras={"rows": True} if rows is not None else {},
            editions=installed.lay_out(installed.editions(), Path(folder) / "editions") if installed else (),
        )
        return look(parcel, bytes_=count, sha256=digest, fixed=fixed, rows=rows, start=start)


def look(
    parcel: Parcel,
    *,
    bytes_: int,
    sha256: str,
    fixed: Path | None = None,
    rows: Path | None = None,
    start: sandbox.Spawn | None = None,
) -> Checked:
    """Check a file that is packed already, and copy what is wanted of it out of its work folder; as ``check_file``."""
    outcome = examine(parcel, start)
    written = _write(outcome, parcel.work, fixed) if fixed is not None else ()
    given = _rows(outcome, parcel.work, rows) if rows is not None else ()
    kept = _kept_nothing(outcome)
    return Checked(name=parcel.name, bytes=bytes_, sha256=sha256, outcome=kept, written=written, rows=given)


def _write(outcome: Outcome, work: Path, fixed: Path) -> tuple[Path, ...]:
    """Copy the repaired tables and their logs out of the work folder, and nothing that lies elsewhere."""
    written = []
    for table in outcome.tables:
        target = fixed if len(outcome.tables) == 1 else fixed.with_name(f"{fixed.stem}-{table.resource}{fixed.suffix}")
        for one in table.artefacts:
            place = {"csv": target, "changes": target.with_suffix(".changes.csv")}.get(one.role)
            made = Path(one.path).resolve()
            if place is not None and made.is_relative_to(work.resolve()) and made.is_file():
                shutil.copyfile(made, place)
                written.append(place)
    return tuple(written)


def _rows(outcome: Outcome, work: Path, folder: Path) -> tuple[Path, ...]:
    """Copy the tables as they were checked, in their order."""
    given = []
    for number, table in enumerate(outcome.tables):
        made = [Path(one.path).resolve() for one in table.artefacts if one.name == f"rows-{number}.csv"]
        if made and made[0].is_relative_to(work.resolve()) and made[0].is_file():
            given.append(Path(shutil.copyfile(made[0], folder / made[0].name)))
    return tuple(given)


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
