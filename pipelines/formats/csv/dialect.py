"""Which delimiter and quote a text table uses: the pair under which its first records agree with each other best."""

from __future__ import annotations

import csv
import io
import math
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

DELIMITERS = {",": 1.0, ";": 1.0, "\t": 1.0, "|": 1.0, "~": 0.9, "^": 0.9, ":": 0.7, "\x1f": 1.0, "\x01": 1.0}
"""The delimiters that are tried, and how readily each is believed."""
QUOTES = ('"', "'")
RECORDS = 200

_CLEAN = re.compile(
    r"^\s*(|[+-]?\d+([.,]\d+)?%?|\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}([T ]\d{1,2}:\d{2}.*)?|[^\d,;\t|~^\"']+|[\w\-./]+)\s*$"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialect:
    """Delimiter and quote; ``hinted`` says that the first line is Excel's ``sep=``."""

    delimiter: str = ","
    quote: str = '"'
    hinted: bool = False


def records(text: str, dialect: Dialect, most: int = RECORDS) -> list[list[str]]:
    """Give the first records of a text; the last one of a text that is cut is left out by the caller."""
    rows: list[list[str]] = []
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=dialect.delimiter, quotechar=dialect.quote)
    try:
        for row in reader:
            rows.append(row)
            if len(rows) >= most:
                break
    except csv.Error:
        return rows
    return rows


def decide(text: str, delimiter: str = "", quote: str = "", *, whole: bool = True) -> Dialect:
    """Choose the dialect of a text (its first 64 KiB or so); what the publisher says is not guessed."""
    hint = re.match(r'^\ufeff?"?sep=(.)"?\r?\n', text, re.IGNORECASE)
    if hint and not delimiter:
        return Dialect(delimiter=hint[1], quote=quote or '"', hinted=True)
    sample = text if whole else text[: max(text.rfind("\n"), 0) or len(text)]
    best, found = 0.0, Dialect(delimiter=delimiter or ",", quote=quote or '"')
    for one in [delimiter] if delimiter else DELIMITERS:
        for mark in [quote] if quote else QUOTES:
            if one not in sample or (mark == "'" and not re.search(rf"(^|{re.escape(one)})'", sample, re.MULTILINE)):
                continue
            dialect = Dialect(delimiter=one, quote=mark)
            score = _score(records(sample, dialect)) * DELIMITERS.get(one, 0.7) * (1 if mark == '"' else 0.95)
            if score > best:
                best, found = score, dialect
    return found


def _score(rows: Sequence[Sequence[str]]) -> float:
    """Weigh how many records have the commonest width, how wide it is, and how clean the cells are."""
    rows = [row for row in rows if row and any(row)]
    widths = Counter(len(row) for row in rows)
    if not widths:
        return 0.0
    width = max(widths, key=lambda one: (widths[one] * (one > 1), one))
    if width == 1:
        return 0.0
    share = widths[width] / len(rows)
    cells = [cell for row in rows[:100] for cell in row]
    clean = sum(1 for cell in cells if _CLEAN.match(cell)) / len(cells)
    return share * share * (1 - 1 / width) * (0.3 + clean) * (1 + math.log(width) / 10)
