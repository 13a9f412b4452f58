"""CSV and its kin: text tables of any delimiter, quote and encoding, gzip-compressed or not."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from pipelines import grid
from pipelines.format import ReadOptions, Table, Unreadable
from pipelines.formats.csv import below, understood
from pipelines.formats.csv import dialect as dialects
from pipelines.formats.csv import encoding as encodings
from pipelines.formats.csv import header as headers
from pipelines.formats.csv.dialect import Dialect
from pipelines.formats.csv.reading import fast, find_unclosed, slow
from pipelines.grid import Notes

NAME = "csv"
MEDIA_TYPES = ("text/csv", "text/tab-separated-values", "text/plain")
EXTENSIONS = (".csv", ".tsv", ".tab", ".txt", ".csv.gz", ".tsv.gz")
SAMPLE = "mã;tên;số dân\n00004;Phường Ba Đình;65.023\n00008;Phường Ngọc Hà;93.536\n".encode()

HEAD = 1 << 16
FAR = 1000
NEAR = 200


def matches(head: bytes, name: str) -> bool:
    """Take every file called so, and any other text; the formats that know their own marks are asked before."""
    if name.lower().endswith(EXTENSIONS):
        return True
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n")
    return bool(start) and not start.startswith((b"%PDF", b"<", b"{", b"[{", b"[[")) and _is_text(head)


def _is_text(head: bytes) -> bool:
    return all(byte >= 32 or byte in b"\t\r\n\x0c" for byte in head[:4096])  # noqa: PLR2004 - controls


def sheets(path: Path, options: ReadOptions) -> Sequence[str]:  # noqa: ARG001 - the shape's signature
    """Name the one table inside."""
    return ("",)


def open(path: Path, options: ReadOptions) -> Table:  # noqa: A001 - the shape's verb
    """Decide encoding, dialect and header on evidence and give the table; refuses what is no text table."""
    if path.stat().st_size == 0:
        raise Unreadable("empty-file")
    _refuse_disguised(path)
    seen = encodings.scan(path)
    decided = encodings.decide(path, seen, options)
    encoding = decided.name
    head, whole = _head(path, encoding)
    if not head.strip("\ufeff \t\r\n"):
        raise Unreadable("empty-file")
    dialect = dialects.decide(head, options, whole=whole)
    if seen.odd_quotes and dialect.quote == '"':
        find_unclosed(path, encoding, dialect)
    return _table(_Opened(path=path, decided=decided, dialect=dialect, head=head, seen=seen), options)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Opened:
    """A file of which encoding and dialect are decided; ``head`` is the beginning of its text."""

    path: Path
    decided: encodings.Decided
    dialect: Dialect
    head: str
    seen: encodings.Scan


def _refuse_disguised(path: Path) -> None:
    """Refuse a binary file that calls itself CSV, by the marks of the usual ones."""
    with path.open("rb") as file:
        head = file.read(8)
    for mark in (
        b"%PDF",
        b"PK\x03\x04",
        b"\xd0\xcf\x11\xe0",
        b"\x89PNG",
        b"\xff\xd8\xff",
        b"PAR1",
        b"GIF8",
        b"\x7fELF",
    ):
        if head.startswith(mark):
            raise Unreadable("binary-content")


def _head(path: Path, encoding: str) -> tuple[str, bool]:
    """Give the beginning of the text, and whether that is all of it."""
    text = ""
    parts = encodings.texts(path, encoding)
    for part in parts:
        text += part
        if len(text) >= HEAD:
            return text[:HEAD], False
    return text, True


def _table(file: _Opened, options: ReadOptions) -> Table:
    dialect, encoding = file.dialect, file.decided.name
    first = list(itertools.islice(slow(file.path, encoding, dialect), FAR if options.header_row else NEAR))
    header = headers.find(first, 1 if dialect.hinted else 0, options)
    labels = header.labels
    grid.check_width(labels, options)
    if not labels:
        raise Unreadable("no-header", row=header.row)
    notes = Notes(
        header=header.last,
        others="".join(one for one in ",;\t|" if one != dialect.delimiter),
        comment="" if options.comment == "none" else options.comment or "#",
    )
    notes.pass_over(row for at, row in enumerate(first[: header.last], 1) if at != header.row)
    if header.missing:
        said = "warning" if options.header_row == 0 else "error"
        notes.remark("header-missing", said, row=header.last + 1, columns=len(labels))
    guesses = list(understood.of_file(file.decided, file.seen, dialect, file.head, options, header.guess))
    raw = fast(file.path, encoding, dialect, len(labels), header.last, notes)
    rows = below.cleaned(grid.bounded(raw, options), labels, notes)
    with file.path.open("rb") as bytes_:
        packed = bytes_.read(2) == b"\x1f\x8b"
    return Table(
        name="",
        sheet=None,
        labels=labels,
        first_row=header.last + 1,
        format=NAME,
        encoding=encoding,
        dialect={"delimiter": dialect.delimiter, "quote": dialect.quote, "header_row": header.row},
        batches=understood.at_the_end(grid.without_footer(rows, notes, options.skip_footer), notes, guesses, options),
        remarks=notes.remarks,
        ragged=notes.ragged,
        plain=encoding in encodings.PLAIN and not packed and dialect.plain and header.plain,
        understood=guesses,
        passed=notes.passed,
    )


def unseen(path: Path) -> Sequence[str]:  # noqa: ARG001 - the shape's signature
    """Say that nothing is hidden in a text table: lines above and below it are told as remarks."""
    return ()
