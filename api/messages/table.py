"""The table with a column of problems: every row as it came and what is wrong with it; a workbook marks the cells."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from api.messages import findings
from standards import late
from standards.finding import Finding

if TYPE_CHECKING:
    import xlsxwriter
else:
    xlsxwriter = late.module("xlsxwriter")

LABEL = {"vi": "vấn đề", "en": "problems"}
LABEL_IN_NAMES = {"vi": "vấn-đề", "en": "problems"}
WHOLE = {"vi": "Cả bảng", "en": "The table as a whole"}
MOST_ROWS = 1_000_000
"""A worksheet holds few more."""
_COLOURS = {"error": "#F4C7C3", "warning": "#FCE8B2", "info": "#D9E7FD"}
_ORDER = ("error", "warning", "info")


def write(rows: Path, found: Sequence[Finding], target: Path, language: str) -> None:
    """Write the table with its problems to ``target``: a workbook where its name ends in .xlsx, else UTF-8 CSV.

    ``rows`` is our own CSV of the table, the record number (header first) in front of each row.
    """
    if target.suffix.lower() == ".xlsx":
        _workbook(rows, found, target, language)
    else:
        _csv(rows, found, target, language)


def by_row(found: Iterable[Finding]) -> Mapping[int, list[Finding]]:
    """Sort findings by record number; 0 holds those of columns and of the table as a whole."""
    sorted_: dict[int, list[Finding]] = {}
    for one in found:
        sorted_.setdefault(one.place.row or 0, []).append(one)
    return sorted_


def said(found: Iterable[Finding], language: str) -> str:
    """Say the problems of one row, each with its place."""
    return " | ".join(dict.fromkeys(findings.say(one, language) or one.code for one in found))


def _lines(rows: Path) -> Iterator[list[str]]:
    with rows.open(encoding="utf-8", newline="") as stream:
        yield from csv.reader(stream)


def _csv(rows: Path, found: Sequence[Finding], target: Path, language: str) -> None:
    told, width = by_row(found), 0
    with target.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        for at, (number, *cells) in enumerate(_lines(rows)):
            width = width or len(cells)
            here = [*told.get(int(number), ()), *(() if at else told.get(0, ()))]
            problems = said(here, language)
            name = LABEL[language] if not problems else f"{LABEL[language]}: {problems}"
            writer.writerow([*cells, *[""] * (width - len(cells)), problems if at else name])


def _workbook(rows: Path, found: Sequence[Finding], target: Path, language: str) -> None:
    told = by_row(found)
    book = xlsxwriter.Workbook(str(target), {"constant_memory": True, "strings_to_formulas": False,
                                             "strings_to_urls": False, "strings_to_numbers": False})
    page = book.add_worksheet()
    plain = book.add_format({"num_format": "@"})
    marked = {name: book.add_format({"num_format": "@", "bg_color": colour}) for name, colour in _COLOURS.items()}
    for at, (number, *cells) in enumerate(_lines(rows)):
        if at > MOST_ROWS:
            break
        here = [*told.get(int(number), ()), *(() if at else told.get(0, ()))]
        for column, cell in enumerate(cells):
            mine = [one for one in here if one.place.column == column + 1]
            page.write_string(at, column, cell[:32_000], marked[_worst(mine)] if mine else plain)
            if mine:
                page.write_comment(at, column, said(mine, language)[:2000])
        if not at:
            page.write_string(0, len(cells), LABEL[language])
            width = len(cells)
            whole = [one for one in here if not one.place.column]
            if whole:
                page.write_comment(0, width, f"{WHOLE[language]}: {said(whole, language)}"[:2000])
        elif here:
            page.write_string(at, max(width, len(cells)), said(here, language)[:32_000], plain)
    book.close()


def _worst(found: Iterable[Finding]) -> str:
    return min((one.severity for one in found), key=_ORDER.index)
