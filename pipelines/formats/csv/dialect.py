"""Which delimiter and quote a text table uses: the pair under which its first records agree with each other best."""

from __future__ import annotations

import csv
import io
import math
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from pipelines.format import ReadOptions, Unreadable

DELIMITERS = {",": 1.0, ";": 1.0, "\t": 1.0, "|": 1.0, "~": 0.9, "^": 0.9, ":": 0.7, "\x1f": 1.0, "\x01": 1.0}
"""The delimiters that are tried, and how readily each is believed."""
OTHERS = (" ", "#", "!", "/", "*", "&")
"""Delimiters that are tried where none of those divides the records: they stand within cells too."""
QUOTES = ('"', "'")
RECORDS = 200
CLEAR = 0.9
"""Of the lines of a table of fixed width, so many are blank in every gap between its columns."""

_CLEAN = re.compile(
    r"^\s*(|[+-]?\d+([.,]\d+)?%?|\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}([T ]\d{1,2}:\d{2}.*)?|[^\d,;\t|~^\"']+|[\w\-./]+)\s*$"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialect:
    """Delimiter and quote ("" = none) of a text table.

    ``hinted`` says that the first line is Excel's ``sep=``; ``backslash`` that a quote inside a quoted cell stands
    after a backslash; ``spaced`` that spaces stand between delimiters and quotes; ``newline`` is what ends records
    where no line end of ASCII does. ``width`` cells have ``agree`` of the first ``rows`` records.
    """

    delimiter: str = ","
    quote: str = '"'
    hinted: bool = False
    backslash: bool = False
    spaced: bool = False
    newline: str = ""
    width: int = 0
    agree: int = 0
    rows: int = 0

    @property
    def plain(self) -> bool:
        """Whether delimiter and quote say all there is to say."""
        return bool(self.quote) and not (self.backslash or self.spaced or self.newline)


def reader(lines: Iterable[str], dialect: Dialect) -> Any:
    """Read records with Python's csv."""
    more: dict[str, Any] = {"escapechar": "\\", "doublequote": False} if dialect.backslash else {}
    if not dialect.quote:
        more |= {"quoting": csv.QUOTE_NONE, "quotechar": None}
    else:
        more["quotechar"] = dialect.quote
    return csv.reader(lines, delimiter=dialect.delimiter, skipinitialspace=dialect.spaced, **more)


def records(text: str, dialect: Dialect, most: int = RECORDS) -> list[list[str]]:
    """Give the first records of a text; the last one of a text that is cut is left out by the caller."""
    rows: list[list[str]] = []
    if dialect.newline:
        text = text.replace(dialect.newline, "\n")
    try:
        for row in reader(io.StringIO(text, newline=""), dialect):
            rows.append(row)
            if len(rows) >= most:
                break
    except csv.Error:
        return rows
    return rows


def decide(text: str, options: ReadOptions, *, whole: bool = True) -> Dialect:
    """Choose the dialect of a text (its first 64 KiB or so); what the publisher says is not guessed.

    Refuses a table of fixed width (``fixed-width``), which has no delimiter at all.
    """
    quote, backslash = "" if options.quote == "none" else options.quote or '"', options.escape == "backslash"
    hint = re.match(r'^\ufeff?"?sep=(.)"?\r?\n', text, re.IGNORECASE)
    newline = _newline(text)
    sample = text if whole else text[: max(text.rfind(newline or "\n"), 0) or len(text)]
    if hint:
        delimiter = options.delimiter or hint[1]
        sample = sample[hint.end() :]
        return replace(_best(sample, [delimiter], [quote], backslash=backslash, newline=newline), hinted=True)
    quotes = [quote] if options.quote else QUOTES
    marks: Sequence[str] = [options.delimiter] if options.delimiter else list(DELIMITERS)
    found = _best(sample, marks, quotes, backslash=backslash, newline=newline)
    if not options.delimiter and found.agree < CLEAR * max(found.rows, 1):
        other = _best(sample, OTHERS, quotes, backslash=backslash, newline=newline)
        if not found.width:
            _refuse_fixed_width(sample)
        found = other if other.width else found
    if not found.width:
        mark = options.delimiter or ("," if "," in DELIMITERS else "")
        found = Dialect(delimiter=mark, quote=quote, backslash=backslash, newline=newline)
    if not options.escape and found.quote:
        found = replace(found, backslash=_is_backslash(sample, found))
    return found


def _newline(text: str) -> str:
    """Name what ends records where neither CR nor LF does: NEL, or the line separator of Unicode."""
    if "\n" in text or "\r" in text:
        return ""
    return next((one for one in ("\x85", "\u2028", "\x1e") if one in text), "")


def _best(
    sample: str, marks: Iterable[str], quotes: Sequence[str], *, backslash: bool, newline: str
) -> Dialect:
    best, found = 0.0, Dialect(quote=quotes[0], backslash=backslash, newline=newline)
    for one in marks:
        for mark in quotes:
            if one not in sample or (mark == "'" and not re.search(rf"(^|{re.escape(one)})'", sample, re.MULTILINE)):
                continue
            spaced = bool(mark) and one != " " and _is_spaced(sample, one, mark)
            dialect = Dialect(delimiter=one, quote=mark, backslash=backslash, newline=newline, spaced=spaced)
            score, dialect = _score(records(sample, dialect), dialect)
            score *= DELIMITERS.get(one, 0.7) * (0.95 if mark == "'" else 1)
            if score > best:
                best, found = score, dialect
    return found


def _score(rows: Sequence[Sequence[str]], dialect: Dialect) -> tuple[float, Dialect]:
    """Weigh how many records have the commonest width, how wide it is, and how clean the cells are."""
    rows = [row for row in rows if row and any(row)]
    widths = Counter(len(row) for row in rows)
    if not widths:
        return 0.0, dialect
    width = max(widths, key=lambda one: (widths[one] * (one > 1), one))
    if width == 1:
        return 0.0, dialect
    if dialect.delimiter in OTHERS and widths[width] < max(3, CLEAR * len(rows)):
        return 0.0, dialect
    share = widths[width] / len(rows)
    cells = [cell for row in rows[:100] for cell in row]
    clean = sum(1 for cell in cells if _CLEAN.match(cell)) / len(cells)
    score = share * share * (1 - 1 / width) * (0.3 + clean) * (1 + math.log(width) / 10)
    return score, replace(dialect, width=width, agree=widths[width], rows=len(rows))


def _is_spaced(sample: str, mark: str, quote: str) -> bool:
    """Whether spaces stand between delimiters and opening quotes, and quotes never stand right after delimiters."""
    one, two = re.escape(mark), re.escape(quote)
    return bool(re.search(rf"{one} +{two}", sample)) and not re.search(rf"{one}{two}", sample)


def _is_backslash(sample: str, dialect: Dialect) -> bool:
    """Whether quotes in quoted cells stand after backslashes: some do where no cell can end, and none is doubled."""
    quote, mark = re.escape(dialect.quote), re.escape(dialect.delimiter)
    if not re.search(rf"(^|{mark}){quote}[^{quote}]*\\{quote}[^{mark}\r\n]", sample, re.MULTILINE):
        return False
    doubled = rf"[^{mark}\r\n\\]{quote}{quote}[^{mark}\r\n]"
    return len(re.findall(rf"\\{quote}", sample)) > len(re.findall(doubled, sample))


def wraps(sample: str, dialect: Dialect) -> int:
    """Count the cells of a text that are wrapped in the dialect's quotes."""
    if not dialect.quote:
        return 0
    quote, mark = re.escape(dialect.quote), re.escape(dialect.delimiter)
    space = " *" if dialect.spaced else ""
    wrapped = rf"(?:^|{mark}){space}{quote}[^{quote}]*{quote} *(?={mark}|\r|\n|$)"
    return len(re.findall(wrapped, sample, re.MULTILINE))


def _refuse_fixed_width(sample: str) -> None:
    """Refuse lines of one length whose columns are divided by blanks that all of them share."""
    lines = [line for line in sample.splitlines() if line.strip()][:RECORDS]
    if len(lines) < 4 or not any("  " in line.strip() for line in lines):  # noqa: PLR2004 - fewer prove nothing
        return
    width = max(len(line) for line in lines)
    if width > 10_000 or any("\t" in line for line in lines):  # noqa: PLR2004 - no line is typed so long
        return
    padded = [line.ljust(width) for line in lines]
    blank = [sum(line[at] == " " for line in padded) >= CLEAR * len(lines) for at in range(width)]
    gaps = re.findall(r"(?<=.)b+(?=.)", "".join("b" if one else "." for one in blank))
    long_gaps = sum(1 for gap in gaps if len(gap) > 1)
    shared = sum(1 for line in lines if "  " in line.strip())
    if long_gaps and shared >= CLEAR * len(lines):
        raise Unreadable("fixed-width", columns=len(gaps) + 1)
