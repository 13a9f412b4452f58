"""Validate a worksheet of 100,000 x 12 cells of every common kind, clean and with bad rows, beside Frictionless.

``ours``, ``peer`` and ``ratio`` are CPU seconds of ``validate`` on the clean workbook, each engine in a process of its
own; ``detail`` has the workbook with bad rows, JSON Lines of the same cells, and the peak megabytes (VmHWM). The reports
have to be the same.
"""

from __future__ import annotations

import json
import os
import random
import tempfile
from datetime import datetime
from pathlib import Path
from typing import Any

import xlsxwriter

from tests.bench import validate

ROWS, QUICK_ROWS, BAD = 100_000, 4_000, 0.013
DAY, MOMENT, CLOCK = 7, 8, 11


def run(quick: bool = False) -> dict:
    rows = QUICK_ROWS if quick else ROWS
    with tempfile.TemporaryDirectory(prefix="datamo-bench-") as name:
        clean, bad, lines = Path(name) / "clean.xlsx", Path(name) / "bad.xlsx", Path(name) / "clean.jsonl"
        write(clean, rows)
        write(bad, rows, BAD)
        write_lines(lines, rows)
        ours, peer = validate.compare(clean)
        ours_bad, peer_bad = validate.compare(bad)
        ours_lines, peer_lines = validate.compare(lines)
    return {
        "name": "sheets", "unit": f"CPU s for {rows:,} x {len(validate.FIELDS)} in XLSX", "ours": round(ours["cpu"], 2), "peer": round(peer["cpu"], 2),
        "ratio": round(peer["cpu"] / ours["cpu"], 1),
        "detail": {
            "target_ratio": 10, "bad_rows_ratio": round(peer_bad["cpu"] / ours_bad["cpu"], 1), "errors": ours_bad["errors"],
            "jsonl_ratio": round(peer_lines["cpu"] / ours_lines["cpu"], 1), "jsonl_ours": round(ours_lines["cpu"], 2),
            "wall_ratio": round(peer["wall"] / ours["wall"], 1), "megabytes": ours["megabytes"], "peer_megabytes": peer["megabytes"],
            "load": round(os.getloadavg()[0], 1),
        },
    }


def cells_of(chance: random.Random, number: int) -> list[Any]:
    """One row with the types that a spreadsheet's cells have."""
    row = validate.row(chance, number)
    moment = datetime.fromisoformat(row[MOMENT])
    return [
        *row[:2], row[2].strip('"').replace('""', '"'), row[3], int(row[4]), float(row[5]), row[6] == "true", datetime.fromisoformat(row[DAY]),
        moment.replace(tzinfo=None), int(row[9]), row[10], moment.time(),
    ]


def write(path: Path, rows: int, bad: float = 0.0) -> None:
    """Write a workbook with shared strings, as spreadsheet programs do."""
    chance = random.Random(7)
    with xlsxwriter.Workbook(str(path)) as book:
        sheet = book.add_worksheet()
        forms = {DAY: "yyyy-mm-dd", MOMENT: "yyyy-mm-dd hh:mm:ss", CLOCK: "hh:mm:ss"}
        styles = {index: book.add_format({"num_format": form}) for index, form in forms.items()}
        sheet.write_row(0, 0, [field["name"] for field in validate.FIELDS])
        for number in range(rows):
            cells = cells_of(chance, number)
            if bad and chance.random() < bad:
                spoil(chance, cells, number)
            for index, cell in enumerate(cells):
                if isinstance(cell, str):
                    sheet.write_string(number + 1, index, cell)
                elif cell is not None and index in styles:
                    sheet.write_datetime(number + 1, index, cell, styles[index])
                elif isinstance(cell, bool):
                    sheet.write_boolean(number + 1, index, cell)
                elif cell is not None:
                    sheet.write_number(number + 1, index, cell)


def spoil(chance: random.Random, cells: list[Any], number: int) -> None:
    index = chance.randrange(len(cells) + 1)
    if index == len(cells):
        cells[:] = [None] * len(cells)
    elif index == 0:
        cells[0] = f"K{max(0, number - 5):09}"
    elif index == DAY:
        cells[index] = "31.12.2024"
    else:
        cells[index] = {1: "ab1", 2: None, 3: "Z", 4: 12.5, 5: "x1", 6: "yes", 8: "mai", 9: 20.5, 10: "2020-13"}.get(index, "giờ")


def write_lines(path: Path, rows: int) -> None:
    """Write the same cells as objects; days and times are text there."""
    chance = random.Random(7)
    names = [field["name"] for field in validate.FIELDS]
    with path.open("w", encoding="utf-8") as file:
        for number in range(rows):
            row = validate.row(chance, number)
            typed = [*row[:4], int(row[4]), float(row[5]), row[6] == "true", *row[7:9], int(row[9]), *row[10:]]
            file.write(json.dumps(dict(zip(names, typed, strict=True)), ensure_ascii=False) + "\n")
