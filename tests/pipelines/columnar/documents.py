"""Random tables as JSON and JSON Lines: what programs write, and texts, numbers and keys that none should."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from random import Random
from typing import Any

PLAIN = {
    "text": ['"alpha"', '"Hà Nội"', '"b c"', '"12"', '"007"', '"true"', '"1.5"', '"n/a"', '"2024-01-31"', '"10:00:00"', '"2024"', '"2024-05"', '"[1,2]"'],
    "whole": ["0", "1", "2", "-3", "10", "2024", "123456789012345678", "32767"],
    "point": ["1.5", "0.1", "-0.25", "1000.125", "3.0", "90.0"],
    "flag": ["true", "false"],
    "day": ['"2020-01-05"', '"2024-02-29"', '"1999-12-31"'],
    "moment": ['"2020-01-05T10:00:00Z"', '"2021-06-15T00:00:00"'],
    "list": ["[1,2]", "[]", '["a"]', "[[1],{}]"],
    "thing": ['{"a":1}', "{}", '{"type":"Point","coordinates":[1,2]}'],
}
ODD = [
    "null", '""', '" "', '" b "', '"x\\ny"', '"\\u00e9"', '"e\\u0301"', '"\\ud83d\\ude00"', '"\\u0000"', '"None"', '"-"', "-0", "-0.0", "1e3", "1E-3", "0.30000000000000004",
    "123456789012345678901234567890", "1.00", "9" * 60, '"1,000"', '"0x10"', '"NaN"', '"INF"', '"5%"', '"2021-02-30"', '"１２"', "[null]", '{"b":null}', '"' + "a" * 300 + '"',
    "1.5e2", "[true]", '"2020-01-05T24:00:00"',
]
BREAKING = ["NaN", "Infinity", "-Infinity", "1e400", '"\\ud800"', "+1", "'x'"]
"""What one of the readers refuses, mostly with the whole file."""
TYPES: list[dict[str, Any]] = [
    {"type": "string"}, {"type": "string", "constraints": {"maxLength": 3}}, {"type": "string", "constraints": {"enum": ["alpha", "12", "n/a"]}},
    {"type": "string", "constraints": {"pattern": "[a-z0-9]+"}}, {"type": "integer"}, {"type": "integer", "constraints": {"minimum": 0, "maximum": 2024}},
    {"type": "integer", "constraints": {"enum": [1, 2, 2024]}}, {"type": "integer", "bareNumber": False}, {"type": "number"}, {"type": "number", "constraints": {"minimum": 0.5}},
    {"type": "number", "floatNumber": True}, {"type": "number", "groupChar": ","}, {"type": "boolean"}, {"type": "boolean", "missingValues": ["False", "false"]},
    {"type": "date"}, {"type": "date", "constraints": {"minimum": "2000-01-01"}}, {"type": "datetime"}, {"type": "time"}, {"type": "year"}, {"type": "yearmonth"},
    {"type": "array"}, {"type": "array", "constraints": {"maxLength": 1}}, {"type": "object"}, {"type": "geojson"}, {"type": "geopoint"}, {"type": "list"}, {"type": "duration"},
    {"type": "any"}, {"type": "any", "constraints": {"enum": ["alpha", 1]}}, {"type": "integer", "constraints": {"required": True}},
    {"type": "number", "missingValues": ["", "-", "0", "1.5"]}, {"type": "string", "format": "email"}, {"type": "string", "format": "uuid"},
]
FITTING = {
    "text": (0, 1, 2, 3, 27, 31), "whole": (4, 5, 6, 8, 18, 29, 0), "point": (8, 9, 10, 30), "flag": (12, 13, 27), "day": (14, 15, 0), "moment": (16, 0),
    "list": (20, 21, 0), "thing": (22, 23, 0),
}
TROUBLES = ["1", "null", '"text"', "true", "[]", "{}", '["more"]', "{", "[1,", '{"c0":1,"c0":2}', ""]


@dataclass
class Document:
    """A file's bytes, the fields of a schema for it, and how it asks to be read."""

    content: bytes
    fields: list[dict[str, Any]]
    control: dict[str, Any] = field(default_factory=dict)


def make_document(chance: Random, *, lines: bool) -> Document:
    """Give a random table as JSON, or as JSON Lines."""
    width = chance.choice([1, 2, 3, 5, 9])
    kinds = [chance.choice(list(PLAIN)) for _ in range(width)]
    names = [chance.choice([f"c{index}", f"c{index}", f"Cột {index}", f"a.b{index}"]) for index in range(width)]
    keyed, strange = chance.random() < 0.7, chance.choice([0, 0.01, 0.01, 0.2])
    absent, trouble = chance.choice([0, 0, 0.02, 0.2]), chance.choice([0, 0, 0, 0, 0, 0.005])
    odd = [*ODD, *BREAKING] if chance.random() < 0.1 else ODD
    records = [] if keyed else ["[" + ",".join(json.dumps(name) for name in names) + "]"]
    for _ in range(chance.choice([0, 1, 3, 20, 40, 130, 130, 250])):
        cells = [cell(chance, kind, odd if chance.random() < strange else []) for kind in kinds]
        row = keyed_row(chance, names, cells, absent) if keyed else listed_row(chance, cells, absent)
        records.append(chance.choice(TROUBLES) if chance.random() < trouble else row)
    control: dict[str, Any] = {}
    if keyed and chance.random() < 0.15:
        control["keys"] = chance.sample([*names, "nowhere"], chance.choice([1, min(2, width), width]))
    text = (joined_lines if lines else joined_array)(chance, records, control)
    encoding = chance.choice(["utf-8"] * 39 + ["utf-8-sig"])
    content = text.encode(encoding, "surrogatepass")
    if chance.random() < 0.03:
        content = content[: chance.randrange(len(content) + 1)]
    return Document(content, [{"name": name, **field_for(chance, kind)} for name, kind in zip(names, kinds, strict=True)], control)


def cell(chance: Random, kind: str, odd: list[str]) -> str:
    if odd:
        return chance.choice([*odd, *odd, *chance.choice(list(PLAIN.values()))])
    if kind in ("text", "whole") and chance.random() < 0.4:
        number = chance.randrange(10**5)
        return str(number) if kind == "whole" else f'"K{number}"'
    return chance.choice(PLAIN[kind])


def keyed_row(chance: Random, names: list[str], cells: list[str], absent: float) -> str:
    pairs = [(name, value) for name, value in zip(names, cells, strict=True) if chance.random() >= absent]
    luck = chance.random()
    if luck < absent / 4:
        pairs.append(("more", "1"))
    elif luck < absent / 2:
        chance.shuffle(pairs)
    elif luck < absent / 1.5 and pairs:
        pairs.append(chance.choice(pairs))
    return "{" + ", ".join(f"{json.dumps(name, ensure_ascii=chance.random() < 0.5)}: {value}" for name, value in pairs) + "}"


def listed_row(chance: Random, cells: list[str], absent: float) -> str:
    luck = chance.random()
    if luck < absent:
        cells = chance.choice([cells[:-1], [*cells, '"more"'], [], ["null"] * len(cells), ['""'] * len(cells), [*cells, "null"]])
    return "[" + ",".join(cells) + "]"


def joined_array(chance: Random, records: list[str], control: dict[str, Any]) -> str:
    text = "[" + chance.choice([",", ",\n", " , "]).join(records) + "]"
    luck = chance.random()
    if luck < 0.1:
        control["property"] = "data"
        return f'{{"note": "x", "data": {text}}}'
    if luck < 0.15:
        control["property"] = chance.choice(["a.b", "nowhere"])
        return f'{{"a": {{"b": {text}}}}}'
    return text + chance.choice(["\n", "\n", "\n", " x"]) if luck < 0.3 else text


def joined_lines(chance: Random, records: list[str], control: dict[str, Any]) -> str:
    end = chance.choice(["\n"] * 6 + ["\r\n"] * 3 + ["\n\n", " \n"])
    return end.join(records) + (end if chance.random() < 0.8 else "")


def field_for(chance: Random, kind: str) -> dict[str, Any]:
    return json.loads(json.dumps(chance.choice(TYPES) if chance.random() < 0.2 else TYPES[chance.choice(FITTING[kind])]))
