"""JSON Lines: one object on each line."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from pipelines import records
from pipelines.format import ReadOptions, Table, Unreadable

NAME = "jsonl"
MEDIA_TYPES = ("application/x-ndjson", "application/jsonl")
EXTENSIONS = (".jsonl", ".ndjson")
SAMPLE = '{"mã": "00004", "tên": "Ba Đình"}\n{"mã": "00008", "tên": "Ngọc Hà"}\n'.encode()


def matches(head: bytes, name: str) -> bool:
    """Take what is called so, and what has one whole object on its first line and another on its second."""
    if name.lower().endswith(EXTENSIONS):
        return True
    lines = head.lstrip(b"\xef\xbb\xbf").splitlines()[:2]
    if not all(line.startswith(b"{") for line in lines) or len(lines) < 2:  # noqa: PLR2004 - two lines make lines
        return False
    try:
        return isinstance(json.loads(lines[0]), dict)
    except (ValueError, RecursionError):
        return False


def sheets(path: Path, options: ReadOptions) -> Sequence[str]:  # noqa: ARG001 - the shape's signature
    """Name the one table inside."""
    return ("",)


def open(path: Path, options: ReadOptions) -> Table:  # noqa: A001 - the shape's verb
    """Read the lines twice: for their members, then for their cells."""
    return records.table(lambda: records.objects(_values(path)), options, NAME, {})


def unseen(path: Path) -> Sequence[str]:  # noqa: ARG001 - the shape's signature
    """Say that nothing is left out."""
    return ()


def _values(path: Path) -> Iterator[Any]:
    decoder = records.Decoder()
    with records.open_text(path) as file:
        number = 0
        while line := _line(file, number + 1):
            number += 1
            if not line.strip("\ufeff \t\r\n"):
                continue
            try:
                yield decoder.decode(line.strip("\ufeff \t\r\n"))
            except json.JSONDecodeError as wrong:
                raise Unreadable("not-json", line=number) from wrong


def _line(file: Any, number: int) -> str:
    try:
        line = str(file.readline(records.MAX_ITEM + 1))
    except UnicodeDecodeError as wrong:
        raise Unreadable("undecodable", encoding="utf-8") from wrong
    if len(line) > records.MAX_ITEM:
        raise Unreadable("line-too-long", line=number, limit=records.MAX_ITEM)
    return line
