"""What was understood of a text table, guess by guess: encoding, delimiter, quote, line ends, header, notes below."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pyarrow as pa

from pipelines.format import ReadOptions
from pipelines.formats.csv.dialect import Dialect, wraps
from pipelines.formats.csv.encoding import Decided, Scan
from pipelines.grid import Notes
from standards.reading import Guess, Sure

SPOKEN = {
    "utf-8-sig": "mark",
    "utf-16": "mark",
    "utf-16-le": "zeros",
    "utf-16-be": "zeros",
    "windows-1252": "last-resort",
}
AGREED = 0.95


def of_file(  # noqa: PLR0917 - one call, one place
    decided: Decided, seen: Scan, dialect: Dialect, head: str, options: ReadOptions, header: Guess
) -> Iterator[Guess]:
    """Tell how a file was read, before its records are."""
    yield _encoding(decided, seen, options)
    yield _delimiter(dialect, options)
    cells = wraps(head, dialect)
    if cells or options.quote:
        chosen = dialect.quote or "none"
        said = "asked" if options.quote else "stands"
        sure: Sure = "certain" if chosen == '"' else "likely"
        asked = bool(options.quote)
        yield _guess("quote", chosen, "quote", said, sure=sure, overridden=asked, other="none", cells=cells)
    if dialect.backslash or options.escape:
        chosen = "backslash" if dialect.backslash else "double"
        said = "asked" if options.escape else "stands"
        yield _guess("escape", chosen, "escape", said, overridden=bool(options.escape), other="double", cells=cells)
    yield from _line_ends(head, dialect)
    yield header


def _encoding(decided: Decided, seen: Scan, options: ReadOptions) -> Guess:
    encoding = decided.name
    sure: Sure = "certain" if seen.ascii or encoding.startswith("utf") else "likely"
    sure = "unsure" if encoding == "windows-1252" else sure
    said = "asked" if options.encoding else "ascii" if seen.ascii else SPOKEN.get(encoding, "")
    if not said:
        said = "all-utf8" if encoding == "utf-8" else "letters"
    return Guess(
        what="encoding",
        chosen=encoding,
        option="encoding",
        sure="certain" if options.encoding else sure,
        evidence=said,
        params={"share": round(100 * decided.share)},
        alternatives=decided.others,
        overridden=bool(options.encoding),
    )


def _delimiter(dialect: Dialect, options: ReadOptions) -> Guess:
    counts: dict[str, Any] = {"agree": dialect.agree, "rows": dialect.rows, "width": dialect.width}
    if options.delimiter:
        return _guess("delimiter", dialect.delimiter, "delimiter", "asked", overridden=True)
    if dialect.hinted:
        return _guess("delimiter", dialect.delimiter, "delimiter", "sep-line", sure="certain", **counts)
    if not dialect.width:
        return _guess("delimiter", dialect.delimiter, "delimiter", "single", sure="likely")
    sure: Sure = "certain" if dialect.agree >= AGREED * dialect.rows and dialect.rows > 1 else "likely"
    return _guess("delimiter", dialect.delimiter, "delimiter", "agree", sure=sure, **counts)


def _line_ends(head: str, dialect: Dialect) -> Iterator[Guess]:
    """Tell of line ends where they are unusual: mixed, CR alone, or none of ASCII's."""
    if dialect.newline:
        name = {"\x85": "NEL", "\u2028": "U+2028", "\x1e": "RS"}[dialect.newline]
        yield _guess("line-ends", name, "", "ends", sure="likely", counts=f"{name}: {head.count(dialect.newline)}")
        return
    bare = re.sub(r'"[^"]*"', "", head) if dialect.quote == '"' else head
    counts = {"CRLF": bare.count("\r\n")}
    counts |= {"LF": bare.count("\n") - counts["CRLF"], "CR": bare.count("\r") - counts["CRLF"]}
    found = [name for name, count in counts.items() if count]
    if len(found) > 1 or found == ["CR"]:
        said = ", ".join(f"{name}: {counts[name]}" for name in found)
        yield _guess("line-ends", " + ".join(found), "", "ends", sure="likely", counts=said)


def at_the_end(
    stream: Iterator[pa.RecordBatch], notes: Notes, guesses: list[Guess], options: ReadOptions
) -> Iterator[pa.RecordBatch]:
    """Let batches pass and add, once they are exhausted, what only the whole file tells."""
    yield from stream
    for said in notes.remarks:
        if said.code == "footer-skipped":
            evidence = "asked" if options.skip_footer is not None else "notes"
            rows = int(said.params.get("rows", 0))
            guesses.append(
                _guess(
                    "footer", str(rows), "skip_footer", evidence, other="0", rows=rows, cell=said.cell or "",
                    overridden=options.skip_footer is not None,
                )
            )  # fmt: skip
    comments = sum(1 for said in notes.remarks if said.code == "comment-skipped")
    if comments:
        asked = bool(options.comment)
        more: dict[str, Any] = {"other": "none", "overridden": asked, "rows": comments}
        guesses.append(_guess("comment", notes.comment, "comment", "comments", **more))


def _guess(
    what: str,
    chosen: str,
    option: str,
    evidence: str,
    *,
    sure: Sure = "likely",
    other: str = "",
    overridden: bool = False,
    **params: object,
) -> Guess:
    return Guess(
        what=what,
        chosen=chosen,
        option=option,
        alternatives=(other,) if other and other != chosen else (),
        sure="certain" if overridden else sure,
        evidence=evidence,
        params=params,
        overridden=overridden,
    )
