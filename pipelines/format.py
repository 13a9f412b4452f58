"""The shape of a file format: how it is recognised, which tables it holds and how their cells are read as text."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from standards.finding import Finding
from standards.reading import Guess

if TYPE_CHECKING:  # the parent of the sandbox shares this shape and does without Arrow
    import pyarrow as pa


class Unreadable(Exception):
    """The bytes cannot be read as a table: ``code`` is stable, ``params`` fill its sentence (state failed)."""

    def __init__(self, code: str, **params: Any) -> None:
        super().__init__(code)
        self.code = code
        self.params = params


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadOptions:
    """Overrides of what would be guessed ("" or None = guess; ``standards.reading``) and the limits of one reading."""

    encoding: str = ""
    delimiter: str = ""
    quote: str = ""
    escape: str = ""
    comment: str = ""
    header_row: int | None = None
    header_rows: int | None = None
    skip_footer: int | None = None
    sheet: str = ""
    max_rows: int = 20_000_000
    max_columns: int = 2_000
    max_cells: int = 400_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """One table of a file, opened: how it was understood, and its cells as text in batches.

    ``labels`` are the header cells as they stand; ``first_row`` is the record number of the first data row as
    Frictionless counts (header on record 1 → 2); ``batches`` yields RecordBatches with one column of type string per
    label, named ``c0 … cN`` (never null: an absent cell is ""), and before them an int64 column ``row`` with the
    record number, which grows by one from row to row: blank rows are there, a preamble above the header and notes
    under the table are not. A ragged row is cut or filled and told in ``remarks`` (asked after the batches are
    exhausted: ``extra-cell``, ``missing-cell``, ``footer-skipped`` …); ``ragged`` keeps such rows as they stand, by
    record number. ``kinds`` are the types that the format itself declares by column index; "string" there means text
    on purpose (a code), never to be taken for a number. ``plain`` says that Frictionless can read the original
    itself, given ``encoding`` and ``dialect`` (``delimiter``, ``quote``, ``header_row``).
    ``understood`` are the guesses that were made, complete once the batches are exhausted; ``passed`` is the text of
    records that are no rows of the table (above the header, under the data, comments), complete then too.
    """

    name: str
    sheet: str | None
    labels: tuple[str, ...]
    first_row: int
    format: str
    encoding: str
    dialect: Mapping[str, Any]
    batches: Iterator[pa.RecordBatch]
    remarks: Sequence[Finding] = ()
    kinds: Mapping[int, str] = field(default_factory=dict)
    plain: bool = False
    ragged: Mapping[int, tuple[str, ...]] = field(default_factory=dict)
    understood: Sequence[Guess] = ()
    passed: Sequence[str] = ()


class Format(Protocol):
    """What every module of ``pipelines.formats`` looks like."""

    NAME: str
    MEDIA_TYPES: Sequence[str]
    EXTENSIONS: Sequence[str]
    SAMPLE: bytes
    """A small file of this format that exactly one format takes."""

    def matches(self, head: bytes, name: str) -> bool:
        """Whether a file that begins with ``head`` (at most 64 KiB) and is called ``name`` is of this format."""

    def sheets(self, path: Path, options: ReadOptions) -> Sequence[str]:
        """Names of the tables inside, visible ones with data first; a format with one table answers ``("",)``."""

    def open(self, path: Path, options: ReadOptions) -> Table:
        """Open one table; raises Unreadable."""

    def unseen(self, path: Path) -> Sequence[str]:
        """Name what the file holds beside its tables (hidden sheets, comments …): such an original stays private."""
