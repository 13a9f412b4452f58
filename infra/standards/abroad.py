"""Lists of Japan, Singapore, ASEAN and the world."""

from __future__ import annotations

import itertools
from pathlib import Path

from shape import Row, read, row

# Labels of ours for lists that the source gives in English only (same words as standards.vocabulary).
AVAILABILITY_VI = {
    "AVAILABLE": "đang có",
    "EXPERIMENTAL": "thử nghiệm",
    "STABLE": "ổn định",
    "TEMPORARY": "tạm thời",
}
FREQUENCY_VI = {
    "TRIENNIAL": "ba năm một lần", "BIENNIAL": "hai năm một lần", "ANNUAL": "hằng năm", "ANNUAL_2": "nửa năm một lần",
    "ANNUAL_3": "ba lần một năm", "QUARTERLY": "hằng quý", "BIMONTHLY": "hai tháng một lần", "MONTHLY": "hằng tháng",
    "MONTHLY_2": "hai lần một tháng", "MONTHLY_3": "ba lần một tháng", "BIWEEKLY": "hai tuần một lần",
    "WEEKLY": "hằng tuần", "WEEKLY_2": "hai lần một tuần", "WEEKLY_3": "ba lần một tuần", "DAILY": "hằng ngày",
    "DAILY_2": "hai lần một ngày", "HOURLY": "hằng giờ", "BIHOURLY": "hai giờ một lần", "TRIHOURLY": "ba giờ một lần",
    "12HRS": "mười hai giờ một lần", "10MIN": "mười phút một lần", "15MIN": "mười lăm phút một lần",
    "30MIN": "ba mươi phút một lần", "5MIN": "năm phút một lần", "1MIN": "mỗi phút", "UPDATE_CONT": "cập nhật liên tục",
    "CONT": "liên tục", "BIDECENNIAL": "hai mươi năm một lần", "DECENNIAL": "mười năm một lần",
    "QUINQUENNIAL": "năm năm một lần", "QUADRENNIAL": "bốn năm một lần", "TRIDECENNIAL": "ba mươi năm một lần",
    "IRREG": "không định kỳ", "AS_NEEDED": "khi cần", "NOT_PLANNED": "không có kế hoạch", "NEVER": "không cập nhật",
    "UNKNOWN": "chưa rõ", "OTHER": "khác",
}  # fmt: skip
LICENCE_NAMES = {
    "CC0-1.0": "Creative Commons Zero 1.0",
    "PDDL-1.0": "Open Data Commons Public Domain Dedication and Licence 1.0",
    "CC-BY-4.0": "Creative Commons Attribution 4.0",
    "ODC-BY-1.0": "Open Data Commons Attribution 1.0",
    "CC-BY-SA-4.0": "Creative Commons Attribution-ShareAlike 4.0",
    "ODbL-1.0": "Open Data Commons Open Database Licence 1.0",
    "OGL-UK-3.0": "Open Government Licence 3.0 (United Kingdom)",
    "etalab-2.0": "Licence Ouverte / Open Licence 2.0 (France)",
    "dl-de-by-2.0": "Datenlizenz Deutschland – Namensnennung 2.0",
    "PDL-1.0-JP": "公共データ利用規約 第1.0版 (PDL 1.0, Japan)",
    "SODL-1.0": "Singapore Open Data Licence 1.0",
}
GIF_LISTS = {"1": "jp-gif-sex", "2": "jp-gif-presence", "3": "jp-gif-applicability", "5": "jp-gif-legal-entity-kind"}
HAMAMATSU = "2024-01-01"


def _japan_municipalities(raw: Path) -> list[Row]:
    """Prefectures and municipalities with six digits; parent = the prefecture's code; wards stay under the prefecture."""
    rows = read(raw, "jp/local-government-code.csv")
    prefectures = {one["code"][:2]: one["code"] for one in rows if one["kind"] == "prefecture"}
    return [
        row(
            one["code"],
            one["city"] or one["prefecture"],
            parent="" if one["kind"] == "prefecture" else prefectures[one["code"][:2]],
            valid_from=one["valid_from"],
            valid_to=one["valid_to"],
            other_names="" if one["kind"] == "prefecture" else f"{one['prefecture']}{one['city'].replace(' ', '')}",
        )
        for one in rows
    ]


def _jsic(raw: Path) -> list[Row]:
    """Four levels in one list: A, 01, 011, 0111."""
    made = []
    for one in read(raw, "jp/jsic-000420038.csv"):
        section, division, group, detail, name = one.values()
        if detail != "0000":
            made.append(row(detail, name, parent=group))
        elif group != "000":
            made.append(row(group, name, parent=division))
        elif division != "00":
            made.append(row(division, name, parent=section))
        else:
            made.append(row(section, name))
    return made


def _gif(raw: Path) -> dict[str, list[Row]]:
    """The short code lists of GIF's core data model, which stand one below the other on one sheet."""
    lines = (raw / "jp/gif-core-code-lists.csv").read_text(encoding="utf-8").splitlines()
    found: dict[str, list[Row]] = {}
    current = ""
    for line in lines[17:]:
        cells = line.split(",")
        current = cells[0] or current
        if not cells[0] and current in GIF_LISTS and cells[4]:
            found.setdefault(GIF_LISTS[current], []).append(row(cells[4], cells[5]))
    return found


def _rules(raw: Path) -> list[Row]:
    rows = read(raw, "jp/machine-readability-rules.csv")
    law = "行政データにおける機械可読性に関するルール (2026-03-31)"
    return [
        row(one["id"], one["title_ja"], valid_from="2026-03-31", basis=law, name_vi=one["title_vi_our_translation"])
        for one in rows
    ]


def _singapore(raw: Path) -> dict[str, list[Row]]:
    areas = read(raw, "sg/planning_area.csv")
    regions = {one["region_code"]: one["region_name"] for one in areas}
    law = "Master Plan 2019"
    return {
        "sg-region": [row(code, name.title(), basis=law) for code, name in regions.items()],
        "sg-planning-area": [
            row(one["code"], one["name"].title(), parent=one["region_code"], basis=law) for one in areas
        ],
        "sg-subzone": [
            row(one["SUBZONE_C"], one["SUBZONE_N"].title(), parent=one["PLN_AREA_C"], basis=law)
            for one in read(raw, "sg/subzone_code_mp2019.csv")
        ],
    }


def _countries(raw: Path) -> dict[str, list[Row]]:
    """Countries under their three codes; the numeric code keeps its leading zeros (004, not 4)."""
    rows = read(raw, "intl/iso3166-1.csv")
    ids = {"iso3166-1": "alpha_2", "iso3166-1-alpha-3": "alpha_3", "iso3166-1-numeric": "numeric"}
    return {
        name: [row(one[key], one["name_en"], name_vi=one["name_vi"], name_ja=one["name_ja"]) for one in rows]
        for name, key in ids.items()
    }


def _asean(raw: Path) -> list[Row]:
    names = {one["alpha_2"]: one for one in read(raw, "intl/iso3166-1.csv")}
    return [
        row(
            one["alpha_2"],
            one["name_en"],
            valid_from=one["member_since"],
            name_vi=names[one["alpha_2"]]["name_vi"],
            name_ja=names[one["alpha_2"]]["name_ja"],
        )
        for one in read(raw, "asean/member-state.csv")
    ]


def _europe(raw: Path) -> dict[str, list[Row]]:
    """Tables of the EU Publications Office; Vietnamese and Japanese labels are ours."""

    def labels(one: Row, vietnamese: str = "") -> dict[str, str]:
        return {"name_vi": vietnamese or one.get("label_vi", ""), "name_ja": one.get("label_ja", "")}

    def made(path: str, words: dict[str, str]) -> list[Row]:
        return [row(one["code"], one["label_en"], **labels(one, words.get(one["code"], ""))) for one in read(raw, path)]

    return {
        "eu-data-theme": made("intl/eu-data-theme.csv", {}),
        "eu-frequency": made("intl/eu-frequency.csv", FREQUENCY_VI),
        "eu-access-right": made("intl/eu-access-right.csv", {}),
        "eu-planned-availability": made("intl/eu-planned-availability.csv", AVAILABILITY_VI),
        "eu-file-type": [row(one["code"], one["code"].replace("_", " ")) for one in read(raw, "intl/eu-file-type.csv")],
    }


def _currencies(raw: Path) -> list[Row]:
    rows = read(raw, "intl/iso4217.csv")
    return [
        row(one["code"], one["name_en"], name_vi=one["name_vi"] if one["name_vi"] != one["name_en"] else "")
        for one in rows
    ]


def lists(raw: Path) -> dict[str, list[Row]]:
    """Every other list by id."""
    languages = [one for one in read(raw, "intl/iso639.csv") if one["alpha2"]]
    pairs = itertools.chain(_gif(raw).items(), _singapore(raw).items(), _countries(raw).items(), _europe(raw).items())
    return {
        **dict(pairs),
        "jp-local-government": _japan_municipalities(raw),
        "jp-machine-readability-rule": _rules(raw),
        "jsic": _jsic(raw),
        "asean-member": _asean(raw),
        "iso4217": _currencies(raw),
        "iso639": [row(one["alpha2"], one["name_en"]) for one in languages],
        "open-licence": [row(one["id"], LICENCE_NAMES[one["id"]]) for one in read(raw, "intl/open-licence.csv")],
        # The source lists a system once for each area of use.
        "crs": list({one["code"]: row(one["code"], one["name"]) for one in read(raw, "intl/crs.csv")}.values()),
    }
