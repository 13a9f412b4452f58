"""Dirt of many kinds laid over clean tables, each with its clean twin as truth: preambles, second tables, changed marks.

The kinds are those of published surveys of public CSV files (whole-file pollutions of header, preamble, footnote,
several tables, delimiter, quote, escape and record ends; pollutions of single rows), and some that Vietnamese agencies
make. Nothing here comes from anybody's data set: every table is drawn by chance from a seed.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from tests.pipelines.texts import WORDS, in_tcvn3, in_windows_1258

Rows = list[list[str]]
Cells = Sequence[Sequence[str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Dirty:
    """Bytes to be read, and the table that they hold: labels and rows."""

    data: bytes
    labels: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Clean:
    labels: list[str]
    rows: Rows
    chance: random.Random


def clean(seed: int, *, rows: int = 0) -> Clean:
    """A table of six columns: code, name (some with commas), place, date, figure, note (quotes, line ends, blanks)."""
    chance = random.Random(seed)
    english = seed % 2
    labels = ["code", "name", "place", "date", "amount", "note"] if english else ["mã", "tên đơn vị", "địa bàn", "ngày cấp", "số lượng", "ghi chú"]
    words = list(WORDS["en" if english else "vi"])
    made = []
    for at in range(rows or chance.randint(9, 30)):
        name = chance.choice(words) + (f", {chance.choice(words)}" if chance.random() < 0.3 else "")
        notes = ["", "", chance.choice(words), f'gọi là "{chance.choice(words)}"', f"{chance.choice(words)}\n{chance.choice(words)}", "a; b", "x | y"]
        made.append([
            f"{seed % 7}{at:04d}", f"{name} {at}", chance.choice(words),
            f"20{chance.randint(10, 25)}-{chance.randint(1, 12):02d}-{chance.randint(1, 28):02d}",
            str(chance.randint(1, 90_000)), chance.choice(notes),
        ])  # fmt: skip
    return Clean(labels=labels, rows=made, chance=chance)


def cell(text: str, delimiter: str, quote: str = '"', escape: str = "") -> str:
    if not quote:
        return text
    if not any(mark in text for mark in (delimiter, quote, "\n", "\r")) or not text:
        return text
    return quote + text.replace(quote, (escape or quote) + quote) + quote


def lines(rows: Cells, delimiter: str = ",", quote: str = '"', escape: str = "") -> list[str]:
    return [delimiter.join(cell(one, delimiter, quote, escape) for one in row) for row in rows]


def made(table: Clean, text: str, *, labels: Sequence[str] = (), rows: Cells | None = None, encoding: str = "utf-8") -> Dirty:
    return Dirty(data=text.encode(encoding), labels=tuple(labels or table.labels), rows=tuple(map(tuple, table.rows if rows is None else rows)))


def _joined(parts: Sequence[str], end: str = "\n") -> str:
    return end.join(parts) + end


def whole(table: Clean, delimiter: str = ",", quote: str = '"', escape: str = "", end: str = "\n") -> str:
    return _joined(lines([table.labels, *table.rows], delimiter, quote, escape), end)


def flat(table: Clean) -> Clean:
    """The table without line ends and quotes in its cells."""
    rows = [[one.replace("\n", " ").replace('"', "") for one in row] for row in table.rows]
    return Clean(labels=table.labels, rows=rows, chance=table.chance)


Kind = Callable[[Clean], Dirty]
KINDS: dict[str, Kind] = {}


def kind(make: Kind) -> Kind:
    KINDS[make.__name__] = make
    return make


# --- clean twins: must be read as they are ------------------------------------------------------------------------------


@kind
def untouched(table: Clean) -> Dirty:
    return made(table, whole(table))


@kind
def all_quoted(table: Clean) -> Dirty:
    text = _joined([",".join('"' + one.replace('"', '""') + '"' for one in row) for row in [table.labels, *table.rows]])
    return made(table, text)


# --- record ends ------------------------------------------------------------------------------------------------------


@kind
def record_ends_crlf(table: Clean) -> Dirty:
    return made(table, whole(table, end="\r\n"))


@kind
def record_ends_cr(table: Clean) -> Dirty:
    table = flat(table)
    return made(table, whole(table, end="\r"))


@kind
def record_ends_mixed(table: Clean) -> Dirty:
    table = flat(table)
    rows = lines([table.labels, *table.rows])
    return made(table, "".join(row + table.chance.choice(["\n", "\r\n", "\r"]) for row in rows))


@kind
def record_ends_nel(table: Clean) -> Dirty:
    table = flat(table)
    return made(table, whole(table, end="\x85"))


@kind
def no_end_at_the_end(table: Clean) -> Dirty:
    return made(table, whole(table).rstrip("\n"))


@kind
def several_ends_at_the_end(table: Clean) -> Dirty:
    return made(table, whole(table) + "\n\n\n")


@kind
def empty_lines_between(table: Clean) -> Dirty:
    rows = lines([table.labels, *table.rows])
    for at in sorted(table.chance.sample(range(2, len(rows)), 3), reverse=True):
        rows.insert(at, "")
    return made(table, _joined(rows))


@kind
def empty_lines_above(table: Clean) -> Dirty:
    return made(table, "\n\n" + whole(table))


# --- delimiters, quotes, escapes --------------------------------------------------------------------------------------


def _delimited(delimiter: str) -> Kind:
    return lambda table: made(table, whole(table, delimiter))


for _name, _mark in {"semicolon": ";", "tab": "\t", "pipe": "|", "caret": "^", "tilde": "~"}.items():
    KINDS[f"delimiter_{_name}"] = _delimited(_mark)


@kind
def delimiter_space(table: Clean) -> Dirty:
    """Words of one cell are wrapped in quotes, as programs of statistics do."""
    table = flat(table)
    rows = [[one or "NA" for one in row] for row in table.rows]
    text = _joined([" ".join(f'"{one}"' if " " in one else one for one in row) for row in [table.labels, *rows]])
    return made(table, text, rows=rows)


@kind
def delimiter_comma_and_space(table: Clean) -> Dirty:
    text = _joined([", ".join('"' + one.replace('"', '""') + '"' for one in row) for row in [table.labels, *table.rows]])
    return made(table, text)


@kind
def delimiter_of_one_row(table: Clean) -> Dirty:
    table = flat(table)
    rows = lines([table.labels, *table.rows])
    at = table.chance.randrange(2, len(rows))
    rows[at] = lines([[one.replace(";", "") for one in table.rows[at - 1]]], ";")[0].replace('"', "")
    truth = [list(row) for row in table.rows]
    truth[at - 1] = [one.replace(";", "") for one in truth[at - 1]]
    if "," in rows[at]:  # a comma in it would make it a row of two cells
        rows[at] = rows[at].replace(",", "")
        truth[at - 1] = [one.replace(",", "") for one in truth[at - 1]]
    return made(table, _joined(rows), rows=truth)


@kind
def sep_line(table: Clean) -> Dirty:
    return made(table, "sep=;\r\n" + whole(table, ";", end="\r\n"))


@kind
def quote_single(table: Clean) -> Dirty:
    text = _joined([",".join("'" + one.replace("'", "''") + "'" for one in row) for row in [table.labels, *table.rows]])
    return made(table, text)


@kind
def quote_missing(table: Clean) -> Dirty:
    """No quotes at all, and inches in the cells."""
    rows = [[one.replace(",", "").replace("\n", " ").replace('"', "") for one in row] for row in table.rows]
    for row in rows:
        row[1] += ' 6" x 4"'
    return made(table, _joined([",".join(row) for row in [table.labels, *rows]]), rows=rows)


@kind
def escape_backslash(table: Clean) -> Dirty:
    rows = [[*row[:5], row[5] or 'nói "có" rồi đi'] for row in table.rows]
    return made(table, _joined(lines([table.labels, *rows], escape="\\")), rows=rows)


@kind
def quote_of_one_row(table: Clean) -> Dirty:
    """A row in which no cell needs a quote has one in the middle of a word."""
    table = flat(table)
    rows = [list(row) for row in table.rows]
    at = table.chance.randrange(len(rows))
    rows[at][2] = rows[at][2].replace(",", "") + ' 5" ống'
    given = lines([table.labels, *rows])
    given[at + 1] = given[at + 1].replace('"' + rows[at][2].replace('"', '""') + '"', rows[at][2])
    return made(table, _joined(given), rows=rows)


# --- the header -------------------------------------------------------------------------------------------------------


@kind
def header_missing(table: Clean) -> Dirty:
    labels = [f"column_{number}" for number in range(1, 7)]
    return made(table, _joined(lines(table.rows)), labels=labels)


@kind
def header_of_two_rows(table: Clean) -> Dirty:
    rows = [[row[0], row[1], str(at * 3 + 1), row[4], str(at + 7), row[2]] for at, row in enumerate(table.rows)]
    top, low = ["Mã", "Tên", "Năm nay", "", "", "Ghi chú"], ["", "", "Nam", "Nữ", "Chung", ""]
    labels = ["Mã", "Tên", "Năm nay – Nam", "Năm nay – Nữ", "Năm nay – Chung", "Ghi chú"]
    return made(table, _joined(lines([top, low, *rows])), labels=labels, rows=rows)


@kind
def header_of_three_rows(table: Clean) -> Dirty:
    rows = [[row[0], row[1], *(str(at * n + n) for n in range(1, 5))] for at, row in enumerate(table.rows)]
    top, middle, low = (
        ["Mã", "Tên", "Dân số", "", "", ""], ["", "", "Thành thị", "", "Nông thôn", ""], ["", "", "Nam", "Nữ", "Nam", "Nữ"],
    )  # fmt: skip
    names = [f"Dân số – {place} – {sex}" for place in ("Thành thị", "Nông thôn") for sex in ("Nam", "Nữ")]
    return made(table, _joined(lines([top, middle, low, *rows])), labels=["Mã", "Tên", *names], rows=rows)


@kind
def header_repeated_on_every_page(table: Clean) -> Dirty:
    rows = lines(table.rows)
    head = lines([table.labels])[0]
    paged = [head]
    for at, row in enumerate(rows):
        if at and at % 7 == 0:
            paged.append(head)
        paged.append(row)
    return made(table, _joined(paged))


@kind
def header_with_numbers_of_columns(table: Clean) -> Dirty:
    head = lines([table.labels, ["(1)", "(2)", "(3)", "(4)", "(5)", "(6)"]])
    return made(table, _joined([*head, *lines(table.rows)]))


# --- above and below --------------------------------------------------------------------------------------------------


@kind
def preamble(table: Clean) -> Dirty:
    above = ["DANH SÁCH ĐƠN VỊ NĂM 2025", "Kèm theo Quyết định số 12/QĐ-UBND", ""]
    return made(table, _joined(above) + whole(table))


@kind
def preamble_padded(table: Clean) -> Dirty:
    """A spreadsheet's title: as many delimiters as the table has."""
    above = ["DANH SÁCH ĐƠN VỊ NĂM 2025,,,,,", ",,,,,", "Đơn vị tính: người,,,,,"]
    return made(table, _joined(above) + whole(table))


@kind
def preamble_of_pairs(table: Clean) -> Dirty:
    above = ["Cơ quan,Sở Kế hoạch và Đầu tư", "Ngày,2025-07-01", "Phiên bản,3", ""]
    return made(table, _joined(above) + whole(table))


@kind
def footnotes(table: Clean) -> Dirty:
    return made(table, whole(table) + "\nNguồn: Cục Thống kê\n(*) Số liệu sơ bộ\n")


@kind
def footnotes_padded(table: Clean) -> Dirty:
    return made(table, whole(table) + ",,,,,\nGhi chú: số liệu sơ bộ,,,,,\n")


@kind
def total_row(table: Clean) -> Dirty:
    total = sum(int(row[4]) for row in table.rows)
    return made(table, whole(table) + f"Tổng cộng,,,,{total},\n")


@kind
def comment_lines(table: Clean) -> Dirty:
    rows = lines([table.labels, *table.rows])
    for at in sorted(table.chance.sample(range(2, len(rows)), 2), reverse=True):
        rows.insert(at, "# kiểm tra lại dòng dưới")
    return made(table, "# xuất ngày 01/07/2025\n" + _joined(rows))


@kind
def second_table_wider(table: Clean) -> Dirty:
    other = [[f"{at}", "x", "y", "z", "u", "v", "w", f"{at * 2}"] for at in range(5)]
    head = ["stt", "cột a", "cột b", "cột c", "cột d", "cột e", "cột f", "cột g"]
    return made(table, whole(table) + "\n" + _joined(lines([head, *other])))


@kind
def second_table_narrower(table: Clean) -> Dirty:
    other = [[f"{at}", "x", f"{at * 2}"] for at in range(5)]
    return made(table, whole(table) + "\n" + _joined(lines([["stt", "khu vực", "điểm"], *other])))


@kind
def second_table_alike(table: Clean) -> Dirty:
    other = [[f"{at}", "x", "y", "z", f"{at * 2}", ""] for at in range(5)]
    return made(table, whole(table) + "\n" + _joined(lines([["stt", "họ tên", "khu", "loại", "điểm", "khác"], *other])))


# --- single rows ------------------------------------------------------------------------------------------------------


@kind
def row_too_short(table: Clean) -> Dirty:
    rows = lines([table.labels, *table.rows])
    at = table.chance.randrange(1, len(rows))
    rows[at] = lines([table.rows[at - 1][:4]])[0]
    truth = [list(row) for row in table.rows]
    truth[at - 1] = [*truth[at - 1][:4], "", ""]
    return made(table, _joined(rows), rows=truth)


@kind
def row_too_long(table: Clean) -> Dirty:
    rows = lines([table.labels, *table.rows])
    at = table.chance.randrange(1, len(rows))
    rows[at] += ",thừa"
    return made(table, _joined(rows))


@kind
def delimiters_at_the_end_of_rows(table: Clean) -> Dirty:
    rows = lines([table.labels, *table.rows])
    return made(table, _joined([rows[0], *(row + "," for row in rows[1:])]), labels=[*table.labels, ""], rows=[[*row, ""] for row in table.rows])


@kind
def row_numbers_without_label(table: Clean) -> Dirty:
    rows = [[str(number), *row] for number, row in enumerate(table.rows, 1)]
    return made(table, _joined(lines([table.labels, *rows])), labels=["", *table.labels], rows=rows)


# --- encodings --------------------------------------------------------------------------------------------------------


@kind
def byte_order_mark(table: Clean) -> Dirty:
    return made(table, whole(table), encoding="utf-8-sig")


@kind
def utf_16(table: Clean) -> Dirty:
    return made(table, whole(table, "\t", end="\r\n"), encoding="utf-16")


def _vietnamese(table: Clean, write: Callable[[str], bytes]) -> Dirty:
    letters = {"–": "-", "’": "'", "“": '"', "”": '"', "£": "", "°": ""}
    rows = [["".join(letters.get(one, one) for one in text) for text in row] for row in table.rows]
    if write is in_tcvn3:
        rows = [[text.replace("Ủ", "U").replace("ï", "i").replace("ë", "e").replace("ç", "c") for text in row] for row in rows]
    text = _joined(lines([table.labels, *rows], ";"), "\r\n")
    return Dirty(data=write(text), labels=tuple(table.labels), rows=tuple(map(tuple, rows)))


@kind
def windows_1258(table: Clean) -> Dirty:
    return _vietnamese(clean(int(table.rows[0][0]) * 2 + len(table.rows) * 2), in_windows_1258)


@kind
def tcvn3(table: Clean) -> Dirty:
    return _vietnamese(clean(int(table.rows[0][0]) * 2 + len(table.rows) * 2), in_tcvn3)


# --- how much came back -----------------------------------------------------------------------------------------------


def recovered(truth: Dirty, labels: Sequence[str], rows: Cells) -> float:
    """The share of cells that came back: those of labels by place, those of rows that are there in order, whole.

    What is there too many counts against it: 2 · equal / (cells of the truth + cells given).
    """
    equal = sum(1 for one, two in zip(truth.labels, labels, strict=False) if one == two)
    equal += len(truth.labels) * _in_order(truth.rows, [tuple(row) for row in rows])
    given = len(labels) + sum(len(row) for row in rows)
    wanted = len(truth.labels) + sum(len(row) for row in truth.rows)
    return 2 * equal / (wanted + given)


def _in_order(wanted: Sequence[tuple[str, ...]], given: Sequence[tuple[str, ...]]) -> int:
    """How many rows are in both, in the same order (longest common subsequence)."""
    before = [0] * (len(given) + 1)
    for one in wanted:
        now = [0]
        for at, two in enumerate(given):
            now.append(before[at] + 1 if one == two else max(before[at + 1], now[at]))
        before = now
    return before[-1]



