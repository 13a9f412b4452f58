"""A small table as JSON and XLSX, and a table of places as GeoJSON."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import xlsxwriter

from pipelines.steps.convert.typed import Shape, rows

SAFE = 2**53
"""Up to where JSON's readers keep whole numbers exact."""
EXCEL_DIGITS = 10**15
EXCEL_TEXT = 32_767
EXCEL_COLUMNS = 16_384
EXCEL_ROWS = 1_048_575
EXCEL_FIRST_DAY = date(1900, 3, 1)
"""Before it Excel counts a day that never was."""


def records(source: Path, shapes: Sequence[Shape]) -> Iterator[tuple[Any, ...]]:
    """Give the rows as Python values, null for an empty cell."""
    for columns in rows(source, shapes):
        yield from zip(*(column.to_pylist() for column in columns), strict=True)


def plain(value: Any) -> Any:
    """Give a value as JSON may say it: decimals and whole numbers beyond 2^53 as words, dates in ISO 8601."""
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) > SAFE:
        return str(value)
    if isinstance(value, Decimal):
        return format(value, "f")
    return value.isoformat() if isinstance(value, date) else value


def write_json(path: Path, names: Sequence[str], source: Path, shapes: Sequence[Shape]) -> None:
    """Write an array of objects, one on each line."""
    with path.open("w", encoding="utf-8") as file:
        file.write("[")
        for number, row in enumerate(records(source, shapes)):
            said = dict(zip(names, map(plain, row), strict=True))
            file.write(("," if number else "") + "\n" + json.dumps(said, ensure_ascii=False))
        file.write("\n]\n")


def write_geojson(path: Path, names: Sequence[str], source: Path, shapes: Sequence[Shape]) -> None:
    """Write a FeatureCollection; the geometry stands in the column of kind geojson, as it came."""
    where = next((index for index, shape in enumerate(shapes) if shape.kind == "geojson"), None)
    with path.open("w", encoding="utf-8") as file:
        file.write('{"type": "FeatureCollection", "features": [')
        for number, row in enumerate(records(source, shapes)):
            said = {
                name: plain(one) for index, (name, one) in enumerate(zip(names, row, strict=True)) if index != where
            }
            geometry = row[where] if where is not None and row[where] else "null"
            properties = json.dumps(said, ensure_ascii=False)
            feature = f'{{"type": "Feature", "properties": {properties}, "geometry": {geometry}}}'
            file.write(("," if number else "") + "\n" + feature)
        file.write("\n]}\n")


def write_xlsx(path: Path, names: Sequence[str], source: Path, shapes: Sequence[Shape]) -> bool:
    """Write one sheet, codes as text, no cell ever a formula or a link; False when Excel could not hold the table."""
    if len(names) > EXCEL_COLUMNS:
        return False
    options = {
        "constant_memory": True,
        "strings_to_numbers": False,
        "strings_to_formulas": False,
        "strings_to_urls": False,
    }
    whole = True
    with xlsxwriter.Workbook(str(path), {**options, "tmpdir": str(path.parent)}) as book:
        sheet = book.add_worksheet()
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        head = book.add_format({"bold": True})
        sheet.freeze_panes(1, 0)
        for index, name in enumerate(names):
            sheet.write_string(0, index, name[:EXCEL_TEXT], head)
        for number, row in enumerate(records(source, shapes), 1):
            whole = whole and number <= EXCEL_ROWS
            for index, value in enumerate(row):
                if value is None:
                    continue
                if isinstance(value, str):
                    whole = whole and len(value) <= EXCEL_TEXT
                    sheet.write_string(number, index, value[:EXCEL_TEXT])
                elif isinstance(value, date) and value >= EXCEL_FIRST_DAY:
                    sheet.write_datetime(number, index, value, day)
                elif isinstance(value, int | float) and abs(value) < EXCEL_DIGITS:
                    sheet.write_number(number, index, value)
                else:
                    sheet.write_string(number, index, str(plain(value)))
    return whole
