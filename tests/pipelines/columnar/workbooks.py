"""Random workbooks, written as XML so that every shape occurs that programs write, and some that none should."""

from __future__ import annotations

import zipfile
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any
from xml.sax.saxutils import escape

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
REL = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PLAIN, DAY, MOMENT, CLOCK, SPAN = range(5)
STYLES = f"""<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<styleSheet xmlns="{MAIN}"><numFmts count="1"><numFmt numFmtId="164" formatCode="[h]:mm:ss"/></numFmts>
<fonts count="1"><font/></fonts><fills count="1"><fill><patternFill patternType="none"/></fill></fills><borders count="1"><border/></borders>
<cellStyleXfs count="1"><xf/></cellStyleXfs>
<cellXfs count="5"><xf numFmtId="0"/><xf numFmtId="14"/><xf numFmtId="22"/><xf numFmtId="21"/><xf numFmtId="164"/></cellXfs></styleSheet>"""
TYPES = """<?xml version="1.0" encoding="UTF-8"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">
<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/>
<Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/>
<Override PartName="/xl/worksheets/sheet1.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/>
<Override PartName="/xl/styles.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.styles+xml"/>
<Override PartName="/xl/sharedStrings.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"/></Types>"""
ROOT = f"""<?xml version="1.0" encoding="UTF-8"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">
<Relationship Id="rId1" Type="{REL}/officeDocument" Target="xl/workbook.xml"/></Relationships>"""
PARTS = f"""<?xml version="1.0" encoding="UTF-8"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">
<Relationship Id="rId1" Type="{REL}/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="rId2" Type="{REL}/styles" Target="styles.xml"/>
<Relationship Id="rId3" Type="{REL}/sharedStrings" Target="sharedStrings.xml"/></Relationships>"""
WORDS = ["a", "Ba Đình", "", " b ", "x & y", "<z>", "12", "007", "-5", "1.5", "1e3", "true", "2024-01-31", "2024-01-31T10:00:00Z", "n/a", "-", "2024",
         "2024-05", "10:00:00", "dòng\nhai", "x005F_", "_x000D_", '"', "None", "1,000", "0x10", "NaN"]
KINDS: list[dict[str, Any]] = [
    {"type": "string"}, {"type": "string", "constraints": {"maxLength": 3}}, {"type": "string", "constraints": {"enum": ["a", "12", "n/a"]}},
    {"type": "string", "constraints": {"pattern": "[a-z0-9]+"}}, {"type": "integer"}, {"type": "integer", "constraints": {"minimum": 0, "maximum": 2024}},
    {"type": "integer", "bareNumber": False}, {"type": "number"}, {"type": "number", "constraints": {"minimum": 0.5}}, {"type": "number", "floatNumber": True},
    {"type": "number", "groupChar": ","}, {"type": "boolean"}, {"type": "date"}, {"type": "date", "constraints": {"minimum": "2000-01-01"}},
    {"type": "datetime"}, {"type": "time"}, {"type": "year"}, {"type": "yearmonth"}, {"type": "any"}, {"type": "any", "constraints": {"enum": ["a", 1]}},
    {"type": "integer", "constraints": {"required": True}}, {"type": "number", "missingValues": ["", "-", "0", "1.5"]},
    {"type": "date", "missingValues": ["n/a", "2024-01-31 00:00:00"]}, {"type": "boolean", "missingValues": ["False"]},
    {"type": "duration"}, {"type": "integer", "constraints": {"enum": [1, 2, 2024]}}, {"type": "date", "format": "any"}, {"type": "list"},
]


@dataclass(frozen=True)
class Shape:
    """How wild a workbook is: the share of cells of another kind than their column's, of odd XML, of missing cells."""

    strange: float
    odd: float
    absent: float
    dimension: str
    shared: bool


def shape_of(chance: Random) -> Shape:
    return Shape(
        chance.choice([0, 0.01, 0.2]), chance.choice([0, 0, 0.005, 0.1]), chance.choice([0, 0.02, 0.3]),
        chance.choice(["right", "right", "right", "none", "small", "large", "narrow"]), chance.random() < 0.7,
    )


class Sheet:
    """One sheet in the making."""

    def __init__(self, chance: Random, shape: Shape) -> None:
        self.chance, self.shape = chance, shape
        self.strings: list[str] = []
        self.index: dict[str, int] = {}

    def text(self, place: str, word: str) -> str:
        chance = self.chance
        if self.shape.shared and chance.random() < 0.8:
            if word not in self.index:
                self.index[word] = len(self.strings)
                self.strings.append(word)
            return f'<c r="{place}" t="s"><v>{self.index[word]}</v></c>'
        space = ' xml:space="preserve"' if word != word.strip() or chance.random() < 0.1 else ""
        return f'<c r="{place}" t="inlineStr"><is><t{space}>{escape(word)}</t></is></c>'

    def cell(self, place: str, kind: str) -> str:  # noqa: PLR0911 - a line for each kind
        chance = self.chance
        if chance.random() < self.shape.odd:
            return self.odd_cell(place)
        if kind == "text":
            return self.text(place, chance.choice(WORDS))
        if kind == "code":
            return self.text(place, f"K{chance.randrange(10**6):06}")
        if kind == "whole":
            return f'<c r="{place}"><v>{chance.choice([0, 1, 2, -1, 2024, 10**9, chance.randrange(10**5), 10**17])}</v></c>'
        if kind == "point":
            return f'<c r="{place}" s="0"><v>{chance.choice(["1.5", "0.1", "-2.25", "1E-3", "3.0", "1e5", "0.30000000000000004", repr(chance.random())])}</v></c>'
        if kind == "flag":
            return f'<c r="{place}" t="b"><v>{chance.randrange(2)}</v></c>'
        if kind == "day":
            return f'<c r="{place}" s="{DAY}"><v>{chance.choice([43000, 45322, chance.randrange(30000, 50000), 60, 1, 0])}</v></c>'
        if kind == "moment":
            return f'<c r="{place}" s="{chance.choice([DAY, MOMENT])}"><v>{chance.choice(["43241.5", "43241.67877314815", "43241.0", repr(chance.uniform(1, 60000))])}</v></c>'
        if kind == "clock":
            return f'<c r="{place}" s="{CLOCK}"><v>{chance.choice(["0.5", "0", "0.6787731481481482", "0.999999999", "1.5"])}</v></c>'
        return f'<c r="{place}" s="1"/>'

    def odd_cell(self, place: str) -> str:
        letters = place.rstrip("0123456789")
        return self.chance.choice([
            f'<c r="{place}"><f>SUM(A1:A2)</f><v>12</v></c>', f'<c r="{place}" t="str"><f>"a"&amp;"b"</f><v>ab</v></c>', f'<c r="{place}" t="e"><v>#DIV/0!</v></c>',
            f'<c r="{place}" t="inlineStr"><is><r><t>rich</t></r><r><rPr><b/></rPr><t> text</t></r></is></c>', f'<c r="{place}"><v></v></c>', f'<c r="{place}"><v/></c>',
            f'<c r="{place}"></c>', f'<c r="{place}" t="d"><v>2024-01-31</v></c>', f'<c r="{place}" t="n"><v>007</v></c>', f'<c r="{place}"><v>-0</v></c>',
            f'<c r="{place}"><v> 5 </v></c>', f'<c r="{place}" s="{SPAN}"><v>1.5</v></c>', f'<c r="{place}" s="{DAY}"><v>3000000</v></c>', f'<c r="{place}" s="{DAY}"><v>-5</v></c>',
            f'<c r="{place}" t="b"><v>2</v></c>', f'<c t="n" r="{place}"><v>5</v></c>', f'<c r="{place}" t="n" s="1"><v>43000</v></c>', f'<c r="{letters.lower()}{place[len(letters):]}"><v>5</v></c>',
            "<c><v>7</v></c>", f'<c r="{place}"><v>1</v>\n</c>', f'<c r="{place}" t="str"><v>a&#10;b</v></c>', f'<c r="{place}" t="str"><v>tab\there</v></c>', f'<c r="{place}" t="str"><v>cr\r\nlf</v></c>',
            f'<c r="{place}"><v>123456789012345678901234567890</v></c>', f'<c r="{place}"><v>1e400</v></c>', f'<c r="{place}" t="inlineStr"><is><t/></is></c>', f'<c r="{place}" t="inlineStr"/>',
            f'<c r="{place}" t="str"><v>a > b</v></c>', f'<c r="{place}" s="{DAY}" t="s"><v>0</v></c>' if self.strings else "", f'<c r="{place}"><v>5.</v></c>', f'<c r="{place}"><v>1_000</v></c>',
        ])


def letters_of(column: int) -> str:
    return chr(64 + column) if column <= 26 else chr(64 + (column - 1) // 26) + chr(65 + (column - 1) % 26)


def make_workbook(path: Path, chance: Random) -> list[dict[str, Any]]:
    """Write a workbook; give the fields of a schema for it."""
    shape, width = shape_of(chance), chance.choice([1, 2, 4, 7, 30])
    sheet = Sheet(chance, shape)
    every = ["text", "code", "whole", "point", "flag", "day", "moment", "clock", "empty"]
    kinds = [chance.choice(every[:-1]) for _ in range(width)]
    rows, number = [], 1
    for index in range(chance.choice([0, 3, 120, 150, 400])):
        number += 1 if index else 0
        if index and chance.random() < shape.odd / 10:
            number += chance.choice([1, 2, 40])
        if index == 0:
            cells = "".join(sheet.text(f"{letters_of(column)}1", f"c{column}") for column in range(1, width + 1))
        else:
            cells = ""
            reach = width + (chance.random() < shape.odd)
            for column in range(1, reach + 1):
                if chance.random() >= shape.absent:
                    own = kinds[column - 1] if column <= width and chance.random() >= shape.strange else chance.choice(every)
                    cells += sheet.cell(f"{letters_of(column)}{number}", own)
        tail = chance.choice(["", f' spans="1:{width}"', ' ht="15" customHeight="1"']) if chance.random() < 0.05 else f' spans="1:{width}"'
        rows.append(f'<row r="{number}"{tail}>{cells}</row>' if cells or chance.random() < 0.5 else f'<row r="{number}"{tail}/>')
        if chance.random() < shape.odd / 10:
            rows.append(chance.choice(["\n", " "]))
    high = {"right": number, "small": max(1, number // 2), "large": number + 5, "narrow": number}.get(shape.dimension)
    wide = {"narrow": max(1, width - 1), "large": width + 1}.get(shape.dimension, width)
    dimension = f'<dimension ref="A1:{letters_of(wide)}{high}"/>' if high else ""
    body = "<sheetData>" + "".join(rows) + "</sheetData>"
    tail = chance.choice(["", '<mergeCells count="1"><mergeCell ref="A2:A3"/></mergeCells>', '<pageMargins left="0.7" right="0.7" top="0.75" bottom="0.75" header="0.3" footer="0.3"/>'])
    xml = f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<worksheet xmlns="{MAIN}" xmlns:r="{REL}">{dimension}{body}{tail}</worksheet>'
    early = '<workbookPr date1904="1"/>' if chance.random() < 0.1 else ""
    book = f'<?xml version="1.0" encoding="UTF-8"?><workbook xmlns="{MAIN}" xmlns:r="{REL}">{early}<sheets><sheet name="Bảng" sheetId="1" r:id="rId1"/></sheets></workbook>'
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in {
            "[Content_Types].xml": TYPES, "_rels/.rels": ROOT, "xl/workbook.xml": book, "xl/_rels/workbook.xml.rels": PARTS, "xl/styles.xml": STYLES,
            "xl/sharedStrings.xml": strings_xml(chance, sheet.strings), "xl/worksheets/sheet1.xml": xml,
        }.items():
            archive.writestr(name, content)
    return [{"name": f"c{index + 1}", **kind} for index, kind in enumerate(fields_for(chance, kinds))]


def strings_xml(chance: Random, strings: list[str]) -> str:
    odd = chance.random() < 0.3
    items = []
    for one in strings:
        space = ' xml:space="preserve"' if one != one.strip() else ""
        items.append(
            f"<si><r><t>{escape(one)}</t></r><r><t>!</t></r><rPh sb='0' eb='1'><t>x</t></rPh></si>" if odd and chance.random() < 0.1
            else f"<si><t{space}>{escape(one)}</t></si>"
        )
    return f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<sst xmlns="{MAIN}" count="{len(items)}" uniqueCount="{len(items)}">{"".join(items)}</sst>'


FITTING = {"text": (0, 1, 2, 18), "code": (0, 18, 1), "whole": (4, 5, 7, 16, 20, 25), "point": (7, 8, 9, 21), "flag": (11, 23), "day": (12, 13, 14, 22), "moment": (14, 12), "clock": (15,)}


def fields_for(chance: Random, kinds: list[str]) -> list[dict[str, Any]]:
    wild = chance.random() < 0.4
    return [dict(chance.choice(KINDS)) if wild and chance.random() < 0.5 else dict(KINDS[chance.choice(FITTING[kind])]) for kind in kinds]
