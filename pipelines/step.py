"""The shape of a step, and the Parcel that steps hand on: a step takes a value and returns a new value."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from catalog.model import Artefact, Options, Outcome, TableOutcome
from pipelines.format import Table


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """One table under way through the sandboxed steps; ``csv`` is its canonical UTF-8 CSV in the work folder."""

    resource: str
    table: Table
    csv: Path | None = None
    outcome: TableOutcome | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Parcel:
    """What is known of one file so far. ``path`` is the original, ``work`` a folder of its own that is swept afterwards.

    ``base`` is the Parquet of the version that an append or correction builds on, by resource; ``keep`` says whether
    artefacts are wanted (publishing) or only findings (``datamo check``).
    """

    path: Path
    name: str
    work: Path
    options: Options = Options()
    today: date = date.min
    dataset_slug: str = ""
    base: Mapping[str, Path] = field(default_factory=dict)
    base_version: int | None = None
    keep: bool = True
    limit_errors: int = 1000
    engine: str = "auto"
    format: str = ""
    file: Mapping[str, Any] = field(default_factory=dict)
    tables: tuple[Opened, ...] = ()
    attachment: Artefact | None = None
    original: Artefact | None = None
    outcome: Outcome | None = None
    extras: Mapping[str, Any] = field(default_factory=dict)


Step = Callable[[Parcel], Parcel]


def walk(parcel: Parcel, steps: Sequence[Step]) -> Parcel:
    """Hand the parcel from step to step, in order; stop at the first that ends the walk with an outcome."""
    for step in steps:
        parcel = step(parcel)
        if parcel.outcome is not None:
            break
    return parcel
