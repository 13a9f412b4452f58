"""What was asked for with a file, and what its check found: the shapes that a check needs, and no others."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from standards.finding import Finding, Group
from standards.profile import Profile
from standards.reading import Guess
from standards.record import Text
from standards.repair import Repair

FileRole = Literal["original", "csv", "parquet", "json", "xlsx", "geojson", "report", "changes"]
Update = Literal["replace", "append", "correct"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnInfo:
    """A published column: physical name, title per language, Table Schema type, meaning."""

    name: str
    title: Text = field(default_factory=dict)
    type: str = "string"
    meaning: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What was asked for with an upload. ``recipe`` says what was taken over from the dataset's, ``replay`` if it may.

    ``read`` are members of ``standards.reading.Overrides`` as plain JSON, ``schema`` a Table Schema rebuilt from known
    members; ``fixes`` kinds of repair ("safe" for all that are), ``released`` columns let pass as personal data.
    """

    resource: str = ""
    sheet: str = ""
    standard: str = ""
    update: Update = "replace"
    period: str = ""
    kind: Literal["update", "correction"] = "update"
    note: str = ""
    publish: bool = True
    fixes: tuple[str, ...] = ()
    released: tuple[str, ...] = ()
    read: Mapping[str, Any] = field(default_factory=dict)
    schema: Mapping[str, Any] | None = None
    recipe: Mapping[str, Any] = field(default_factory=dict)
    replay: bool = True
    declaration: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Artefact:
    """A file that the sandbox made or kept: a path in the work area, or (after ``Files.put``) an object's hash."""

    resource: str
    name: str
    role: FileRole
    media_type: str
    path: str = ""
    bytes: int = 0
    sha256: str = ""
    rows: int | None = None
    public: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class TableOutcome:
    """One table: what was found, ``understood``; ``fixes`` can be made, ``repaired`` were, ``unfit`` are asked anew."""

    resource: str
    sheet: str | None = None
    standard: str = ""
    valid: bool = True
    profile: Profile | None = None
    findings: tuple[Finding, ...] = ()
    groups: tuple[Group, ...] = ()
    columns: tuple[ColumnInfo, ...] = ()
    preview: tuple[tuple[str, ...], ...] = ()
    stats: Mapping[str, Any] = field(default_factory=dict)
    personal_data: tuple[Mapping[str, Any], ...] = ()
    artefacts: tuple[Artefact, ...] = ()
    pins: Mapping[str, Any] = field(default_factory=dict)
    periods: tuple[str, ...] = ()
    changes: Mapping[str, int] | None = None
    fixes: tuple[Repair, ...] = ()
    repaired: tuple[Repair, ...] = ()
    understood: tuple[Guess, ...] = ()
    unfit: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """The end of a check: either ``reason`` (unreadable: state failed) or tables (or one attachment).

    ``file``: ``{"format","encoding","dialect","sheet","sheets"}``; ``reason``: ``{"code": …, "params": {…}}``, of the
    first thing that failed or blocks; ``base`` is the number of the version that an append or correction was built on.
    """

    readable: bool = True
    reason: Mapping[str, Any] | None = None
    file: Mapping[str, Any] = field(default_factory=dict)
    tables: tuple[TableOutcome, ...] = ()
    attachment: Artefact | None = None
    original: Artefact | None = None
    base: int | None = None

    @property
    def valid(self) -> bool:
        """Whether nothing blocks publication."""
        return self.readable and self.reason is None and all(table.valid for table in self.tables)
