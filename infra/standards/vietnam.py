"""Viet Nam's lists: administrative units with their successors, agencies, identifiers, classifications."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path

from shape import Row, basis, plain, read, row

MERGER = "2025-07-01"
CONVERSION = (
    "old_commune", "old_name", "old_district", "old_province",
    "new_commune", "new_name", "new_province", "note", "correction",
)  # fmt: skip

# The source repository names decisions without their kind.
DECISION = {"19/2025/QĐ-TTg": "QĐ 19/2025/QĐ-TTg"}

# Huế became a city under the central government by the National Assembly's resolution; 1318/NQ-UBTVQH15, which the
# source repository tags that day with, arranges communes elsewhere.
PROVINCE_BASIS = {("46", "2025-01-01"): "NQ 175/2024/QH15"}


def _instrument(text: str) -> str:
    if not text:
        return ""
    if text in DECISION:
        return DECISION[text]
    return text if text[0].isalpha() else f"NQ {text}"


def conversion(raw: Path) -> list[Row]:
    """The official conversion table of 2025-07-01: one row per (old commune, new commune).

    Where an old code contradicts the old name (three slips of the table), the code of the unit of that name in the
    same district is taken, and ``correction`` keeps the code as printed.
    """
    closing = defaultdict(list)
    for one in read(raw, "vn/admin-commune.csv"):
        if one["valid_to"] == MERGER:
            closing[one["parent_code"]].append(one)
    return [_converted(one, closing) for one in read(raw, "vn/admin-commune-conversion-2025-07-01.csv")]


def _converted(one: Row, closing: Mapping[str, list[Row]]) -> Row:
    district, printed = one["old_district_code"], one["old_commune_code"]
    name = " ".join(one["old_commune_name"].split())
    here = [unit for unit in closing[district] if unit["code"] == printed]
    right = [unit["code"] for unit in closing[district] if plain(unit["name_vi"]) == plain(name)]
    slipped = bool(printed and right and printed not in right and here)
    return {
        "old_commune": right[0] if slipped else printed,
        "old_name": name,
        "old_district": district,
        "old_province": one["old_province_code"],
        "new_commune": one["new_commune_code"],
        "new_name": one["new_commune_name"],
        "new_province": one["new_province_code"],
        "note": " ".join(one["note_vi"].split()),
        "correction": printed if slipped else "",
    }


def _successors(conversion_rows: list[Row], old: str, new: str) -> dict[str, str]:
    """Old code → new codes, those that took the whole unit first, then in order of code."""
    found: dict[str, dict[str, int]] = defaultdict(dict)
    for one in conversion_rows:
        if one[old]:
            part = 1 if "một phần" in one["note"].lower() else 0
            before = found[one[old]].get(one[new], 1)
            found[one[old]][one[new]] = min(before, part)
    return {code: " ".join(sorted(into, key=lambda one: (into[one], one))) for code, into in found.items()}


def _units(rows: list[Row], merged: Mapping[str, str], parent: str) -> list[Row]:
    """Administrative units; those closed in the merger get its successors, others the same code if it went on."""
    begins = {(one["code"], one["valid_from"]) for one in rows}
    made = []
    for one in rows:
        code, start, end = one["code"], one["valid_from"], one["valid_to"]
        went_on = code if end and (code, end) in begins else ""
        made.append(
            row(
                code,
                one["name_vi"],
                parent=one.get(parent, ""),
                valid_from=start,
                valid_to=end,
                successors=merged.get(code, "") if end == MERGER else went_on,
                basis=basis(
                    PROVINCE_BASIS.get((code, start)) or _instrument(one["from_basis"]),
                    PROVINCE_BASIS.get((code, end)) or _instrument(one["to_basis"]),
                ),
                other_names=one.get("other_names", ""),
                name_en=one["name_en"],
            )
        )
    return made


def _communes(raw: Path, conversion_rows: list[Row]) -> list[Row]:
    """Communes; a spelling that only the conversion table has is kept as another name of the unit."""
    rows = read(raw, "vn/admin-commune.csv")
    spelled: dict[tuple[str, str], set[str]] = defaultdict(set)
    for one in conversion_rows:
        spelled[one["old_commune"], "old"].add(one["old_name"])
        spelled[one["new_commune"], "new"].add(one["new_name"])
    for one in rows:
        # One name of the source begins with a small letter (06325).
        one["name_vi"] = one["name_vi"][0].upper() + one["name_vi"][1:]
        side = "old" if one["valid_to"] == MERGER else "new" if one["valid_from"] == MERGER else ""
        known = [name for name in one["other_names"].split("|") if name]
        more = sorted(spelled[one["code"], side] - {one["name_vi"], "", *known}) if side else []
        one["other_names"] = "|".join([*known, *more])
    return _units(rows, _successors(conversion_rows, "old_commune", "new_commune"), "parent_code")


def _people_committee(unit: Row) -> tuple[str, str]:
    return (
        f"Ủy ban nhân dân {unit['name_vi'][0].lower()}{unit['name_vi'][1:]}",
        f"People's Committee of {unit['name_en']}",
    )


def _agencies_h(raw: Path) -> list[Row]:
    """People's committees of provinces: their codes do not follow the statistical codes (H01 An Giang: 89, then 91)."""
    rows = read(raw, "vn/agency-level1-H.csv")
    provinces = read(raw, "vn/admin-province.csv")
    after = {one["nso_code_after"]: one["code"] for one in rows if one["nso_code_after"]}
    into = _successors(conversion(raw), "old_province", "new_province")
    made = []
    for one in rows:
        before = [
            p for p in provinces if p["code"] == one["nso_code_before_2025-07-01"] and not p["valid_from"] >= MERGER
        ]
        later = [
            p for p in provinces if p["code"] == one["nso_code_after"] and (not p["valid_to"] or p["valid_to"] > MERGER)
        ]
        units: list[Row] = []
        for unit in before if one["status"] == "closed" else [*before, *(p for p in later if p not in before)]:
            if units and units[-1]["name_vi"] == unit["name_vi"]:
                units[-1] = units[-1] | {"valid_to": unit["valid_to"]}
            else:
                units.append(dict(unit))
        for unit in units:
            successors = one["code"] if unit is not units[-1] else ""
            if one["status"] == "closed" and unit is units[-1]:
                successors = after[into[one["nso_code_before_2025-07-01"]].split()[0]]
            name, english = _people_committee(unit)
            made.append(
                row(
                    one["code"], name, valid_from=unit["valid_from"], valid_to=unit["valid_to"], successors=successors,
                    basis=basis("QĐ 20/2020/QĐ-TTg", "QĐ 09/2025/QĐ-TTg" if one["status"] == "closed" else ""), name_en=english,
                )
            )  # fmt: skip
    return made


def _agencies_g(raw: Path) -> list[Row]:
    """Government bodies as listed before QĐ 09/2025; those merged on 2025-03-01 end there, successors unknown."""
    made = []
    for one in read(raw, "vn/agency-level1-G.csv"):
        gone = bool(one["reorganised_into_2025-03-01"])
        into = one["reorganised_into_2025-03-01"]
        closed = f"QĐ 09/2025/QĐ-TTg (về {into}; mã mới chưa đối chiếu)" if gone else ""
        made.append(
            row(
                one["code"],
                one["name_vi_before_2025-03-01"],
                valid_to="2025-03-01" if gone else "",
                basis=basis("QĐ 20/2020/QĐ-TTg", closed),
            )
        )
    return made


def _vsic_parent(code: str, section: str) -> str:
    return section if len(code) == 2 else code[:-1]  # noqa: PLR2004 - divisions have two digits


def _vsic_2007(raw: Path) -> list[Row]:
    rows = read(raw, "vn/vsic-2007-from-2018-listing.csv")
    return [
        row(
            one["code"],
            one["name_vi"].capitalize() if one["level"] == "1" else one["name_vi"],
            parent="" if one["level"] == "1" else _vsic_parent(one["code"], one["section"]),
            valid_to="2018-08-20",
            basis="QĐ 10/2007/QĐ-TTg → QĐ 27/2018/QĐ-TTg",
        )
        for one in rows
    ]


def _vsic_2025(raw: Path) -> list[Row]:
    rows = read(raw, "vn/vsic-2025-partial.csv")
    known = {one["code"] for one in rows}
    return [
        row(
            one["code"],
            one["name_vi"],
            parent=one["code"][:-1] if int(one["level"]) > 2 and one["code"][:-1] in known else "",  # noqa: PLR2004
            valid_from="2025-11-15",
            basis="QĐ 36/2025/QĐ-TTg",
        )
        for one in rows
    ]


def _vsic_sections(raw: Path) -> list[Row]:
    """Sections of VSIC 2018 (the 21 of VSIC 2007) and VSIC 2025 (22): from J on the same letter means something else."""
    older = [
        one | {"valid_from": "", "valid_to": "2025-11-15", "basis": "QĐ 27/2018/QĐ-TTg → QĐ 36/2025/QĐ-TTg"}
        for one in _vsic_2007(raw)
        if len(one["code"]) == 1
    ]
    return [*older, *(one for one in _vsic_2025(raw) if len(one["code"]) == 1)]


def _simple(raw: Path, path: str, code: str, name: str, law: str, **more: str) -> list[Row]:
    """A list without dates: which raw columns are its code, its name and its other members."""
    return [
        row(one[code], one[name], basis=law, **{member: one[column] for member, column in more.items()})
        for one in read(raw, path)
    ]


def lists(raw: Path, conversion_rows: list[Row]) -> dict[str, list[Row]]:
    """Every Vietnamese list by id."""
    provinces = _successors(conversion_rows, "old_province", "new_province")
    return {
        "vn-province": _units(read(raw, "vn/admin-province.csv"), provinces, ""),
        "vn-district": _units(read(raw, "vn/admin-district.csv"), {}, "province_code"),
        "vn-commune": _communes(raw, conversion_rows),
        "vn-agency-level1": [*_agencies_g(raw), *_agencies_h(raw)],
        "vn-personal-id-province": _simple(raw, "vn/personal-id-province.csv", "code", "name_vi", "NĐ 137/2015/NĐ-CP"),
        "vn-mobile-prefix": _simple(raw, "vn/mobile-prefix.csv", "prefix", "operator", ""),
        "vn-ethnic-group": _simple(raw, "vn/ethnic-group.csv", "code", "name_vi", "QĐ 121-TCTK/PPCĐ 1979"),
        "vn-religion": _simple(raw, "vn/religion.csv", "code", "name_vi", ""),
        "vn-gender": _simple(raw, "vn/gender-qcvn109.csv", "code", "name_vi", "QCVN 109:2017/BTTTT", name_en="name_en"),
        "vn-data-theme": _simple(
            raw, "vn/data-gov-vn-theme.csv", "id", "label_vi", "", name_en="label_en", parent="eu_data_theme"
        ),
        "vn-vsic-2007": _vsic_2007(raw),
        "vn-vsic": _vsic_2025(raw),
        "vn-vsic-section": _vsic_sections(raw),
    }
