"""Lay the demo's files out from facts that the project holds, with the faults that such files have when they arrive."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime
from pathlib import Path

import xlsxwriter

from standards.codelist import Entry
from standards.registry import CODELISTS
from standards.text import TCVN3

FACTS = Path(__file__).parent / "facts"
BEFORE = date(2025, 6, 30)
MERGER = date(2025, 7, 1)
NOW = date(2026, 11, 21)
MADE = datetime(2026, 11, 21, tzinfo=UTC)
Row = Sequence[object]


def facts(name: str) -> list[dict[str, str]]:
    """Rows of one file of facts."""
    with (FACTS / name).open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def laid_out(rows: Iterable[Row], *, delimiter: str = ",", line_end: str = "\n", quote_all: bool = False) -> str:
    """Rows as CSV text."""
    out = io.StringIO(newline="")
    quoting = csv.QUOTE_ALL if quote_all else csv.QUOTE_MINIMAL
    csv.writer(out, delimiter=delimiter, lineterminator=line_end, quoting=quoting).writerows(rows)
    return out.getvalue()


def as_tcvn3(text: str) -> bytes:
    """Text in the bytes of an ABC font (TCVN 5712 VN3), as old office files still carry it."""
    letters = {letter: sign for sign, letter in TCVN3.items()}
    return text.translate(str.maketrans(letters)).encode("cp1252", errors="replace")


def on(name: str, day: date) -> dict[str, Entry]:
    """Entries of a code list in force on a day, by code."""
    return {entry.code: entry for entry in CODELISTS[name].valid_on(day)}


COMMUNE_HEADER = ("ref_date", "province_code", "province_name", "district_code", "commune_code", "commune_name")


def commune_rows(day: date) -> Iterator[Row]:
    """Every commune of a day with its province and, before the merger, its district."""
    provinces, districts = on("vn-province", day), on("vn-district", day)
    for commune in sorted(on("vn-commune", day).values(), key=lambda one: one.code):
        district = districts.get(commune.parent)
        province = provinces[district.parent if district else commune.parent]
        yield (
            day.isoformat(), province.code, province.name, district.code if district else "", commune.code, commune.name
        )


def communes(day: date) -> bytes:
    """Communes of a day, in the standard's own columns."""
    return laid_out([COMMUNE_HEADER, *commune_rows(day)]).encode()


def provinces_xlsx(path: Path) -> None:
    """The 34 provinces and cities of today as a workbook whose codes are text."""
    book = xlsxwriter.Workbook(path)
    book.set_properties({"created": MADE})
    sheet = book.add_worksheet("Tỉnh, thành phố")
    text = book.add_format({"num_format": "@"})
    sheet.write_row(0, 0, ["Mã tỉnh", "Tên tỉnh, thành phố", "Tên tiếng Anh", "Hiệu lực từ", "Căn cứ"])
    for line, one in enumerate(sorted(on("vn-province", NOW).values(), key=lambda one: one.code), start=1):
        since = one.valid_from.isoformat() if one.valid_from else ""
        for column, cell in enumerate([one.code, one.name, one.names.get("en", ""), since, one.opened_by]):
            sheet.write_string(line, column, cell, text)
    book.close()


def conversion() -> bytes:
    """The table of old and new communes with its two header lines, as the statistics office lays it out."""
    with (Path(CODELISTS_FOLDER) / "vn-commune-conversion.csv").open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    header = ["Mã tỉnh mới", "Mã xã mới", "Tên xã mới", "Mã tỉnh cũ", "Mã huyện cũ", "Mã xã cũ", "Tên xã cũ", "Ghi chú"]
    above = ["Đơn vị hành chính từ ngày 01/7/2025", "", "", "Đơn vị hành chính trước ngày 01/7/2025", "", "", "", ""]
    names = (
        "new_province", "new_commune", "new_name", "old_province", "old_district", "old_commune", "old_name", "note"
    )
    return laid_out([above, header, *([row[name] for name in names] for row in rows)]).encode("utf-8-sig")


CODELISTS_FOLDER = Path(__file__).parents[2] / "standards" / "codelists"


def japan() -> bytes:
    """Japanese local governments in Shift_JIS with CR LF, every cell quoted, as municipalities' files come."""
    every = on("jp-local-government", NOW)
    rows = []
    for one in sorted(every.values(), key=lambda one: one.code):
        above = every.get(one.parent)
        rows.append((one.code, above.name if above else one.name, one.name if above else ""))
    text = laid_out([("全国地方公共団体コード", "都道府県名", "市区町村名"), *rows], line_end="\r\n", quote_all=True)
    return text.encode("cp932", errors="replace")


def japan_budget() -> bytes:
    """A budget with a BOM, the unit in the header and a total among the rows."""
    rows = facts("jp-digital-agency-budget.csv")
    header = ("令和4年度概算要求", "事項", "令和4年度概算要求額（百万円）", "令和3年度当初予算額（百万円）")
    body = [(row["expense"], row["item"], row["fy2022_million_jpy"], row["fy2021_million_jpy"]) for row in rows]
    return laid_out([header, *body]).encode("utf-8-sig")


def singapore_carparks() -> bytes:
    """Car parks of Singapore: a clean file."""
    rows = facts("sg-carparks.csv")
    return laid_out([tuple(rows[0]), *(tuple(row.values()) for row in rows)]).encode()


def singapore_areas_xlsx(path: Path) -> None:
    """Planning areas and subzones of Singapore: two sheets of one workbook, each a resource."""
    book = xlsxwriter.Workbook(path)
    book.set_properties({"created": MADE})
    for title, name, head in (
        ("Planning areas", "sg-planning-area", ("area_code", "area_name", "region_code")),
        ("Subzones", "sg-subzone", ("subzone_code", "subzone_name", "area_code")),
    ):
        sheet = book.add_worksheet(title)
        sheet.write_row(0, 0, head)
        for line, one in enumerate(sorted(on(name, NOW).values(), key=lambda one: one.code), start=1):
            sheet.write_row(line, 0, (one.code, one.name, one.parent))
    book.close()


def thailand() -> bytes:
    """Provinces of Thailand, CR LF."""
    rows = facts("th-provinces.csv")
    return laid_out([tuple(rows[0]), *(tuple(row.values()) for row in rows)], line_end="\r\n").encode()


def air_quality() -> bytes:
    """A station's nitrogen dioxide with lines above the header, semicolons, decimal commas and days as dd/mm/yyyy."""
    rows = facts("uk-no2-daily.csv")
    above = ["Air quality station 3;;;;", "Nitrogen dioxide, microgrammes per cubic metre;;;;", ";;;;"]
    body = []
    for row in rows:
        year, month, day = row["day"].split("-")
        figures = [row[name].replace(".", ",") for name in ("mean", "lowest", "highest")]
        body.append((f"{day}/{month}/{year}", *figures, row["readings"]))
    table = laid_out([("Date", "Mean (µg/m³)", "Lowest", "Highest", "Readings"), *body], delimiter=";", line_end="\r\n")
    return ("\r\n".join(above) + "\r\n" + table).encode("cp1252")


def old_file() -> bytes:
    """Communes of the new Bắc Ninh as an office would still send them: TCVN3, lost zeros, codes of before the merger."""
    rows: list[Row] = [COMMUNE_HEADER]
    old = on("vn-province", BEFORE)
    new = on("vn-province", MERGER)
    day = MERGER.isoformat()
    rows += [(day, "27", old["27"].name, "", one.code.lstrip("0"), one.name) for one in _bac_ninh()]
    first = [one for one in sorted(on("vn-commune", MERGER).values(), key=lambda one: one.code) if one.parent == "01"]
    rows += [(day, "1", new["01"].name, "", one.code.lstrip("0"), one.name) for one in first[:20]]
    return as_tcvn3(laid_out(rows, delimiter=";", line_end="\r\n"))


def repaired_file() -> bytes:
    """The same places after its publisher has decided: Unicode, zeros back, codes in force on the day."""
    new = on("vn-province", MERGER)
    first = [one for one in sorted(on("vn-commune", MERGER).values(), key=lambda one: one.code) if one.parent == "01"]
    rows: list[Row] = [COMMUNE_HEADER]
    rows += [
        (MERGER.isoformat(), one.parent, new[one.parent].name, "", one.code, one.name)
        for one in [*_bac_ninh(), *first[:20]]
    ]
    return laid_out(rows).encode()


def _bac_ninh() -> list[Entry]:
    return sorted((one for one in on("vn-commune", MERGER).values() if one.parent == "24"), key=lambda one: one.code)


def build(folder: Path) -> None:
    """Write every file of the demo into a folder; the same bytes each time."""
    folder.mkdir(parents=True, exist_ok=True)
    made = {
        "xa-phuong-2025-06-30.csv": communes(BEFORE),
        "xa-phuong-2025-07-01.csv": communes(MERGER),
        "bang-chuyen-doi-2025-07-01.csv": conversion(),
        "zenkoku-chihou-koukyou-dantai.csv": japan(),
        "digital-agency-budget-r4.csv": japan_budget(),
        "carparks.csv": singapore_carparks(),
        "provinces-th.csv": thailand(),
        "no2-station3-2006.csv": air_quality(),
        "xa-bac-ninh-tcvn3.csv": old_file(),
        "xa-bac-ninh.csv": repaired_file(),
    }
    for name, content in made.items():
        (folder / name).write_bytes(content)
    provinces_xlsx(folder / "tinh-thanh-pho.xlsx")
    singapore_areas_xlsx(folder / "planning-areas-sg.xlsx")
