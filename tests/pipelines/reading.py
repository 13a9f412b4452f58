"""Read a file as the steps do and give what was seen, for tests inside and outside the sandbox."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from pipelines.format import ReadOptions, Table, Unreadable
from pipelines.registry import FORMATS


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    path: Path
    name: str
    sheet: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    format: str = ""
    encoding: str = ""
    labels: tuple[str, ...] = ()
    first_row: int = 0
    numbers: tuple[int, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()
    remarks: tuple[str, ...] = ()
    notes: Mapping[str, str] = field(default_factory=dict)


def read(asked: Asked) -> Seen:
    with asked.path.open("rb") as file:
        head = file.read(65536)
    form = next((one for one in FORMATS if one.matches(head, asked.name)), None)
    if form is None:
        raise Unreadable("attachment")
    return seen(form.open(asked.path, ReadOptions(sheet=asked.sheet)))


def seen(table: Table) -> Seen:
    numbers: list[int] = []
    rows: list[tuple[str, ...]] = []
    for one in table.batches:
        columns = [column.to_pylist() for column in one.columns]
        numbers += columns[0]
        rows += list(zip(*columns[1:], strict=True))
    return Seen(
        format=table.format,
        encoding=table.encoding,
        labels=table.labels,
        first_row=table.first_row,
        numbers=tuple(numbers),
        rows=tuple(rows),
        remarks=tuple(one.code for one in table.remarks),
    )
