"""docs/formats.md, from the formats themselves and the sentences of their reasons."""

from __future__ import annotations

import inspect
from typing import Any

from api.messages.reasons import BLOCKED, FAILED, TOLD
from pipelines.format import ReadOptions
from pipelines.formats.csv import encoding
from pipelines.formats.csv.dialect import DELIMITERS
from pipelines.registry import FORMATS
from pipelines.sandbox import DEFAULT

HEAD = """# File formats

A file is recognised by its content first and by its name second; the formats are asked in this order. What none of them
takes is kept as an attachment: stored and offered for download, not opened. Cells are text exactly as decoded; the type of
a column is decided by evidence from all of its cells and never changes them.

Printed from `pipelines/registry.py` and `api/messages/reasons.py` by `make docs`.

| format | endings | media type | what |
|---|---|---|---|
"""


def page() -> str:
    """Give the page."""
    rows = "".join(_row(one) for one in FORMATS)
    return (
        HEAD
        + rows
        + _text()
        + _limits()
        + _codes("Why a file fails", FAILED)
        + _codes("What blocks beside the checks", BLOCKED)
        + _codes("What is told", TOLD)
    )


def _row(one: Any) -> str:
    what = (inspect.getdoc(one) or "").splitlines()[0]
    return f"| `{one.NAME}` | {' '.join(f'`{end}`' for end in one.EXTENSIONS)} | `{one.MEDIA_TYPES[0]}` | {what} |\n"


def _text() -> str:
    marks = {"\t": "tab", "\x1f": "unit separator", "\x01": "start of heading"}
    delimiters = ", ".join(f"`{marks.get(one, one)}`" if one != "|" else "`\\|`" for one in DELIMITERS)
    names = ", ".join(f"`{name}`" for name in encoding.CODECS)
    return (
        f"\n## Text tables\n\nDelimiters that are recognised: {delimiters}; any other single character can be given. "
        f"Encodings: {names}. Lines above the header and notes under the table are recognised; the publisher can "
        "name encoding, delimiter, quote, header row and decimal mark.\n"
    )


def _limits() -> str:
    read = ReadOptions()
    return (
        "\n## Limits\n\n"
        f"At most {read.max_rows:,} rows, {read.max_columns:,} columns and {read.max_cells:,} cells a table. A file is read "
        f"in a process of its own with {DEFAULT.memory // (1 << 20):,} MB of memory, {DEFAULT.cpu} seconds of processor "
        f"time and {DEFAULT.wall:.0f} seconds by the clock (more time for larger files), without network.\n"
    )


def _codes(title: str, sentences: Any) -> str:
    lines = [f"| `{code}` | {said['en']} | {said['vi']} |\n" for code, said in sentences.items()]
    return f"\n## {title}\n\n| code | English | Tiếng Việt |\n|---|---|---|\n" + "".join(lines)
