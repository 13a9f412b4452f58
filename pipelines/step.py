"""The shape of a step, and the Parcel that steps hand on: a step takes a value and returns a new value."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from catalog.model import Artefact, Options, Outcome, TableOutcome
from pipelines.format import Table
from pipelines.lists import Edition, standards_of
from pipelines.referred import Reference
from standards.finding import Finding, reason_of
from standards.profile import Profile
from standards.registry import Standards
from standards.repair import Repair
from standards.sheet import Sheet


@dataclass(frozen=True, slots=True, kw_only=True)
class Merged:
    """An append or correction done: the cells of the coming version, their profile, its periods and what changed."""

    cells: Path
    profile: Profile
    periods: tuple[str, ...] = ()
    changes: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """One table under way through the sandboxed steps.

    ``cells`` is an Arrow IPC file in the work folder: int64 ``row`` (record number), strings ``c0 … cN`` (never null),
    blank rows included; ``profile`` describes exactly these cells and ``remarks`` are what reading them found.
    ``csv`` is a UTF-8 CSV (comma, LF, header on record 1, ragged rows as they are) of the same records for a
    validator, set when the original is not a CSV that Frictionless can read itself (``table.plain``): its record n is
    the original's record ``n - 2 + table.first_row``, or what ``row`` in ``cells`` says where blank rows were dropped.
    ``merged`` are the rows of an append or correction together with those of the version before: what will be
    published, while ``cells`` are what is checked. ``repaired`` were made before anything else looked at the cells, and
    ``log`` (CSV) tells every change. ``sheet`` is the raw sheet that the table was read from, where its format has any.
    """

    resource: str
    table: Table
    csv: Path | None = None
    outcome: TableOutcome | None = None
    cells: Path | None = None
    profile: Profile | None = None
    remarks: tuple[Finding, ...] = ()
    merged: Merged | None = None
    repaired: tuple[Repair, ...] = ()
    log: Path | None = None
    sheet: Sheet | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Parcel:
    """What is known of one file so far. ``path`` is the original, ``work`` a folder of its own, swept afterwards.

    ``base`` is the canonical CSV (or, where only that is left, the Parquet) of the version that an append or correction
    builds on, by resource; ``base_periods`` are the periods that its rows cover. ``keep`` says whether artefacts are
    wanted (publishing) or only findings (``datamo check``). ``personal`` whether columns are screened for
    personal data. ``editions`` are the code lists and standards that a site's stewards installed: the file is checked
    under them. ``references`` are the tables of the site that its schema refers to; None where there is no site to ask.
    ``extras`` holds free notes as JSON.
    """

    path: Path
    name: str
    work: Path
    options: Options = Options()  # noqa: RUF009 - frozen, so it may be shared
    today: date = date.min
    dataset_slug: str = ""
    base: Mapping[str, Path] = field(default_factory=dict)
    base_periods: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    base_version: int | None = None
    keep: bool = True
    personal: bool = True
    limit_errors: int = 1000
    engine: str = "auto"
    format: str = ""
    file: Mapping[str, Any] = field(default_factory=dict)
    tables: tuple[Opened, ...] = ()
    attachment: Artefact | None = None
    original: Artefact | None = None
    outcome: Outcome | None = None
    editions: tuple[Edition, ...] = ()
    references: tuple[Reference, ...] | None = None
    extras: Mapping[str, Any] = field(default_factory=dict)

    @property
    def standards(self) -> Standards:
        """The code lists and standards under which the file is checked; opened once in a process."""
        return _standards(self.editions)


_standards = functools.lru_cache(maxsize=2)(standards_of)

Step = Callable[[Parcel], Parcel]


def walk(parcel: Parcel, steps: Sequence[Step]) -> Parcel:
    """Hand the parcel from step to step, in order; stop at the first that ends the walk with an outcome."""
    for step in steps:
        parcel = step(parcel)
        if parcel.outcome is not None:
            break
    return parcel


def conclude(parcel: Parcel) -> Outcome:
    """Put together what the steps found: the outcome of a check, with the first thing that blocks as its reason."""
    tables = tuple(one.outcome or TableOutcome(resource=one.resource, sheet=one.table.sheet) for one in parcel.tables)
    return Outcome(
        reason=next((found for found in map(_blocks, tables) if found is not None), None),
        file=parcel.file,
        tables=tables,
        attachment=parcel.attachment,
        original=parcel.original,
        base=parcel.base_version,
    )


def _blocks(table: TableOutcome) -> Mapping[str, Any] | None:
    """Name the first error of a table that is not valid: no rows, then personal data, then in order of rows."""
    if table.valid:
        return None
    errors = [one for one in table.findings if one.severity == "error"]
    before = (one for code in ("no-rows", "personal-data") for one in errors if one.code == code)
    first = next(before, errors[0] if errors else None)
    if first is None:
        return {"code": "not-valid", "params": {"resource": table.resource}}
    return reason_of(first, resource=table.resource)
