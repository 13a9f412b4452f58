"""Filled examples of every table standard, made from its own examples, and twins of them in which one thing is broken."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from standards.registry import TABLES
from standards.standard import CheckUse

Row = dict[str, str]

ROWS = 6
TAX = ("0100109106", "0100233488", "0314409058-002", "0100111761", "0102859048", "0301442379")
UEN = ("00192200M", "196800306E", "T01FC6132D", "197401143C", "53012345D", "201000456Z")
AREAS = (
    ("01", "Thành phố Hà Nội", "00004", "Phường Ba Đình"),
    ("24", "Tỉnh Bắc Ninh", "07210", "Phường Bắc Giang"),
)
AGES = ("T", "0-4", "5-9", "10-14", "15-59", "60+")
VARIED: Mapping[str, Callable[[int], str]] = {
    "facility_id": lambda at: f"CS-{at:04d}",
    "agency_id": lambda at: f"H05.{at}",
    "agency_id_qcvn102": lambda at: f"000.00.{at:02d}.H05",
    "event_id": lambda at: f"SK-2026-{at:03d}",
    "licence_no": lambda at: f"{at}/GP-SXD",
    "identifier": lambda at: f"H05-GD-{at:03d}",
    "procedure_code": lambda at: f"1.00488{at}",
    "project_code": lambda at: f"765432{at}",
    "stop_id": lambda at: f"BN-{at:03d}",
    "ID": lambda at: f"F{at:04d}",
    "tax_code": lambda at: TAX[at - 1],
    "uen": lambda at: UEN[0] if at == 1 else "",
    "time_period": lambda at: f"202{at - 1}",
    "name": lambda at: f"Cơ sở {'ABCDEF'[at - 1]}",
    "amount": lambda at: str(1_250_000_000 + at * 1000),
    "obs_value": lambda at: str(100 + at),
    "population": lambda at: "500" if at == 1 else "100",
    "age_group": lambda at: AGES[at - 1],
    "commune_name": lambda at: AREAS[at % 2][3],
    "commune_code": lambda at: AREAS[at % 2][2],
    "province_name": lambda at: AREAS[at % 2][1],
    "province_code": lambda at: AREAS[at % 2][0],
}
FIXED = {"vn-population-age": ("commune_name", "commune_code", "province_name", "province_code"), "vn-admin-area": ()}


def filled(table_id: str) -> list[Row]:
    """Give rows that keep every rule of a standard: its own examples, with what must differ made different."""
    one = TABLES[table_id]
    count = 1 if table_id == "sg-entity" else ROWS
    rows = []
    for at in range(1, count + 1):
        fixed = FIXED.get(table_id, ())
        given = {field.name: field.example for field in one.fields}
        rows.append({name: VARIED[name](at) if cell and name in VARIED and name not in fixed else cell for name, cell in given.items()})
    return rows


def csv(rows: Sequence[Row]) -> str:
    """Write rows as CSV; every cell quoted."""
    quoted = [",".join('"' + cell.replace('"', '""') + '"' for cell in one) for one in ([*rows[0]], *(row.values() for row in rows))]
    return "\n".join(quoted) + "\n"


# --- breaking one thing -----------------------------------------------------------------------------------------------

WRONG: Mapping[str, str] = {
    "nfc": "Ha\u0300 No\u0323\u0302i",
    "legacy-font-encoding": "Thµnh phè Hµ Néi, tØnh B¾c Giang §«ng",
    "invisible-characters": "Hà\u200b Nội",
    "trim": " Hà Nội ",
    "code-valid-on": "XX",
    "check-digit": "0100109107",
    "personal-number": "001203012345",
    "future-date": "2031-01-01",
    "agency-code": "000.00.12.H05",
    "procedure-code": "1.00488",
    "phone-number": "01661234567",
    "official-mailbox": "ubndxa@gmail.com",
    "old-district": "Thôn 3, xã A, huyện B, tỉnh C",
    "in-country": "0",
    "vsic": "61",
    "small-cells": "3",
    "at-most": "9999999",
    "year-range": "1025",
    "half-width-kana": "ｻｯﾎﾟﾛ",
    "overdue": "2020-01-01",
}


def broken(table_id: str, field: str, use: CheckUse) -> list[Row]:
    """Give the filled example with its last row changed so that one use of a check has something to say."""
    rows = filled(table_id)
    last, args = rows[-1], use.args
    if use.code in WRONG:
        last[field] = WRONG[use.code]
    if use.code == "code-valid-on" and args.get("unknown") is False:
        last[field] = "H02.12"
    elif use.code == "code-valid-on" and args["list"] == "vn-vsic-section":
        last.update({field: "V", "ref_date": "2025-11-01"})
    elif use.code == "check-digit" and args["number"] != "vn.mst":
        last[field] = rows[0][field][:-1] + ("X" if rows[0][field][-1].isalpha() else str((int(rows[0][field][-1]) + 1) % 10))
    elif use.code == "leading-zero-lost":
        last[field] = "4" if args.get("list") == "vn-commune" else "1" if "list" in args else "12345678901"[: int(args["width"]) - 1]
        if args.get("list") == "jp-local-government":
            last[field] = "11002"
    elif use.code == "in-country":
        last[str(args["longitude"])] = "0"
    elif use.code in SPECIAL:
        SPECIAL[use.code](rows, field, use)
    return rows


def _name(rows: list[Row], field: str, use: CheckUse) -> None:
    rows[-1][str(use.args["name"])] = "Xã Không Có"


def _parent(rows: list[Row], field: str, use: CheckUse) -> None:
    rows[-1] |= {str(use.args["parent"]): "79"} | ({field: "001", "ref_date": "2025-06-30"} if field == "district_code" else {})


def _order(rows: list[Row], field: str, use: CheckUse) -> None:
    rows[-1] |= {field: "2020-01-01", str(use.args["start"]): "2021-01-01"}


def _upper(rows: list[Row], field: str, use: CheckUse) -> None:
    rows[-1][str(use.args["upper"])] = "H01"


def _circle(rows: list[Row], field: str, use: CheckUse) -> None:
    code = str(use.args["code"])
    rows[0][field], rows[1][field] = rows[1][code], rows[0][code]


def _when(rows: list[Row], field: str, use: CheckUse) -> None:
    rows[-1] |= {field: "G1", "location_type": "1"} if "never" in use.args else {field: "", "location_type": "0"}


def _again(rows: list[Row], field: str, use: CheckUse) -> None:
    same = {str(one): rows[0][str(one)] for one in use.args["by"]}
    rows[-1] |= same | {field: rows[0][field].upper()}


def _other(rows: list[Row], field: str, use: CheckUse) -> None:
    rows[-1][field] = "Một tên khác hẳn"


def _unit(rows: list[Row], field: str, use: CheckUse) -> None:
    rows[-1][field] = str(int(rows[-1][field]) * 1000)


def _total(rows: list[Row], field: str, use: CheckUse) -> None:
    rows[0][field] = "501"


def _overlap(rows: list[Row], field: str, use: CheckUse) -> None:
    same = {str(one): rows[0][str(one)] for one in use.args["by"]}
    rows[-1] |= same | {str(use.args["start"]): "2026-03-31", field: "2026-06-30"}


SPECIAL: Mapping[str, Callable[[list[Row], str, CheckUse], None]] = {
    "name-matches-code": _name, "parent-of": _parent, "date-order": _order, "prefix-of": _upper, "hierarchy": _circle,
    "required-when": _when, "near-duplicate": _again, "one-name-per-code": _other, "scale-outlier": _unit,
    "subtotals": _total, "period-overlap": _overlap,
}  # fmt: skip
