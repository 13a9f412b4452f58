"""Random tables with their schemas, dialects and encodings: mostly right, with the spellings at which readers part."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass, field
from typing import Any

NASTY = ["", " ", "NA", "-", "x", "é", "ệ", "\u00a0", "1", "0", "a\nb", '"', "a,b", "'", "None", "\t", "1\r\n2", "；"]
KINDS: dict[str, tuple[list[str], list[str]]] = {
    "string": (["alpha", "beta", "Hà Nội", "xã", "a b"], ["A", "a" * 40, "abc\n", "１２", "b" * 255, "é" * 255]),
    "integer": (
        ["1", "2", "10", "-3", "007", "+5", "123456789012345678", "32767", "65535"],
        [" 12 ", "+032767", "2_147_483_647", "1_000", "１２", "12.0", "1e3", "0x10", "9" * 40, "1,000", "--1", "-", "+", "5%", "$5", "١٢٣", "5 000"],
    ),
    "number": (
        ["1.5", "2", "-0.25", "1000.125", "+3.", "90", "0.1", "00.50"],
        ["NaN", "INF", "Infinity", "-inf", "sNaN", "1e5", "1_000.5", " 12.5 ", "1,5", "1.000,5", ".5", "-.5", "1.2.3",
         "１.５", ".", "-", "$1.5", "5%", "90.0000000000001", "89.9999999999999999", "123456789012345678"],
    ),
    "boolean": (["true", "false", "True", "1", "0"], ["yes", "t", "tRue", "2", " true", "đúng"]),
    "date": (
        ["2020-01-05", "2024-02-29", "1999-12-31", "2021-06-15"],
        ["2021-02-29", "2021-02-30", "2020-1-5", " 2020-01-05", "2020-01-05 ", "2020/01/05", "05/01/2020", "0001-01-01",
         "0999-01-01", "2020-13-01", "2020-00-10", "20200105", "epoch", "2020-01-05T00:00:00", "２０２０-01-05", "10000-01-01"],
    ),
    "datetime": (
        ["2020-01-05T10:00:00Z", "2024-02-29T23:59:59", "2021-06-15T00:00:00Z"],
        ["2020-01-05T24:00:00", "2020-01-05T23:59:60", "2020-01-05T10:00", "2020-01-05 10:00:00", "2020-01-05",
         "2020-01-05T10:00:00.123456789", "2020-01-05T10:00:00+07:00", "2020-W01-1T10:00:00", "2020-01-05t10:00:00z",
         "2021-02-29T10:00:00Z", "0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z", "2020-01-05T10:00:00ZZ"],
    ),
    "time": (["10:00:00", "23:59:59", "00:00:00"], ["10:00", "1:00:00", "24:00:00", "10:60:00", "10:00:60", "10:00:00Z", "10:00:00.5"]),
    "year": (["2020", "1999", "0001", "0000"], ["20", "12345", "-001", "２０２０", "+202", " 2020", "-2000"]),
    "yearmonth": (["2020-01", "1999-12"], ["2020-13", "2020-1", "2020-00", "0000-01", "2020/01", "20-01", "-2020-01", "2020-01-01"]),
    "any": (["a", "1", "2020-01-01"], ["x y"]),
    "duration": (["P1Y", "PT5M"], ["1 day", "P"]),
    "geopoint": (["10.5,106.7", "0,0"], ["200,0", "10", "[1,2]"]),
    "array": (["[1,2]", "[]"], ["{}", "[1", "1"]),
    "object": (['{"a":1}', "{}"], ["[]", "{a"]),
    "geojson": (['{"type":"Point","coordinates":[1,2]}'], ["{}", "x"]),
    "list": (["a,b", "c"], [""]),
}
UUIDS = ["c2d1b0a6-6f5c-4e4b-9d4f-1a2b3c4d5e6f", "C2D1B0A6-6F5C-4E4B-9D4F-1A2B3C4D5E6F", "c2d1b0a6-6f5c-1e4b-9d4f-1a2b3c4d5e6f", "x" * 36]
EMAILS = ["an@example.vn", "a.b@mot.gov.vn", "a@b", "a@@b.vn", "ấn@example.vn", ".a@example.vn", "an@example.vn\n"]
URIS = ["https://example.vn/a", "http://a.b", "example.vn", "http://", "ftp://x.y/z", "https://example.vn/a b", "http://exa mple.vn"]
PATTERNS = ["[A-Z]{2}-[0-9]{4}", "[a-z]+", "a|b", "[A-Za-z ]*", "\\d+", "(?=a).*", "[0-9]{1,3}", "a.c", "K[0-9]{3}", "[^0-9]+", "é+"]
BOUNDS = {
    "integer": ["0", "5", "-3", "10"], "number": ["0", "1.5", "90", "-0.25", "0.1"], "date": ["2020-01-05", "2021-06-15"],
    "datetime": ["2020-01-05T10:00:00Z"], "time": ["10:00:00"], "year": ["2000"], "yearmonth": ["2000-01"],
}
VARIANTS: dict[str, list[dict[str, Any]]] = {
    "date": [{"format": "any"}, {"format": "%d/%m/%Y"}, {"format": "%Y-%m-%d"}],
    "time": [{"format": "any"}, {"format": "%H:%M"}],
    "datetime": [{"format": "any"}, {"format": "%Y-%m-%d %H:%M:%S"}],
    "integer": [{"bareNumber": False}, {"groupChar": ","}],
    "number": [{"bareNumber": False}, {"groupChar": ".", "decimalChar": ","}, {"groupChar": "_"}, {"floatNumber": True}],
    "boolean": [{"trueValues": ["yes", "đúng"], "falseValues": ["no", "0"]}],
}
ENCODINGS = ["utf-8"] * 8 + ["utf-8-sig", "utf-16", "utf-16-le", "shift_jis", "euc-kr", "gb18030", "cp1258", "cp1252", "big5", "latin-1"]
MATCHES = ["exact", "equal", "subset", "superset", "partial"]


@dataclass
class Case:
    """A table on its way into both engines."""

    content: bytes
    encoding: str | None
    schema: dict[str, Any] | None
    dialect: dict[str, Any]
    limit: int = 1000
    checklist: dict[str, Any] | None = None
    detector: dict[str, Any] = field(default_factory=dict)
    rows: int | None = None
    packed: str = ""


def make_case(chance: Any) -> Case:
    """Give a case; ``chance`` is a random.Random or Hypothesis's stand-in for one."""
    width = chance.choice([1, 2, 3, 3, 4, 5, 7])
    fields = [make_field(chance, number) for number in range(width)]
    control = make_control(chance)
    records = make_records(chance, fields)
    schema = make_schema(chance, fields)
    header = [one["name"] for one in fields]
    spoil_header(chance, header)
    encoding = chance.choice(ENCODINGS)
    content = encode(chance, [header, *records], control, encoding)
    dialect: dict[str, Any] = {}
    if chance.random() < 0.7 or control != {"delimiter": ",", "quoteChar": '"'}:
        dialect["csv"] = dict(control)
    if chance.random() < 0.1:
        dialect["header"] = False
    elif chance.random() < 0.1:
        dialect["headerRows"] = chance.choice([[2], [1, 2], [3]])
    if chance.random() < 0.1:
        dialect["headerCase"] = False
    checklist = {"skipErrors": chance.choice([["type-error"], ["#row"], ["blank-row"]])} if chance.random() < 0.1 else None
    return Case(
        content=content,
        encoding=encoding if chance.random() < 0.8 else None,
        schema=schema if chance.random() < 0.9 else None,
        dialect=dialect,
        limit=chance.choice([1000, 1000, 0, 1, 2, 3, 7, 30]),
        checklist=checklist,
        detector={"schema_sync": True} if chance.random() < 0.1 else {},
    )


def vary(chance: Any, case: Case) -> Case:
    """Ask more of a case: checks, row filters, a limit of rows, a packed file."""
    names = [one["name"] for one in (case.schema or {}).get("fields", [])] or ["f0"]
    if chance.random() < 0.8:
        checks = [make_check(chance, chance.choice(names)) for _ in range(chance.choice([1, 1, 2, 3]))]
        case.checklist = {**(case.checklist or {}), "checks": checks}
        if chance.random() < 0.15:
            case.checklist["pickErrors"] = chance.choice([["duplicate-row"], ["#cell"], ["ascii-value", "type-error"], ["#row"]])
    if chance.random() < 0.3:
        filters = [{"commentChar": chance.choice(["#", "1", "a", "x", "-"])}, {"commentRows": chance.sample(range(1, 30), 4)}, {"skipBlankRows": True}]
        for one in chance.sample(filters, chance.choice([1, 1, 2])):
            case.dialect.update(one)
    if chance.random() < 0.25:
        case.rows = chance.choice([1, 2, 5, 20, 100, 130])
    if chance.random() < 0.3:
        case.packed = chance.choice(["gz", "zip", "bz2", "xz"])
    return case


def make_check(chance: Any, name: str) -> dict[str, Any]:
    kind = chance.choice([*CHECKS, "duplicate-row", "duplicate-row"])
    check: dict[str, Any] = {"type": kind}
    if kind in ("forbidden-value", "required-value"):
        check |= {"fieldName": name, "values": chance.choice([["1", "alpha"], [1, 2, 10], ["NA", ""], [None], [True], [1.5, "x"], ["2020-01-05"]])}
    elif kind in ("sequential-value", "deviated-value"):
        check |= {"fieldName": name}
        if kind == "deviated-value":
            check |= {"interval": chance.choice([1, 2, 3]), "average": chance.choice(["mean", "median", "mode"])}
    elif kind == "row-constraint":
        check |= {"formula": "f0 > 1"}
    elif kind == "table-dimensions":
        check |= {chance.choice(["minRows", "maxRows", "numRows", "maxFields", "minFields"]): chance.choice([1, 3, 20])}
    return check


CHECKS = (
    "ascii-value", "deviated-cell", "deviated-value", "forbidden-value", "required-value", "sequential-value", "truncated-value",
    "row-constraint", "table-dimensions", "baseline",
)


def make_control(chance: Any) -> dict[str, Any]:
    return {
        "delimiter": chance.choice([",", ",", ",", ";", "\t", "|"]),
        "quoteChar": chance.choice(['"', '"', '"', "'"]),
    }


def make_field(chance: Any, number: int) -> dict[str, Any]:
    kind = chance.choice([*KINDS, "string", "string", "string", "integer", "integer", "number", "number", "date", "date"])
    one: dict[str, Any] = {"name": f"f{number}", "type": kind}
    rules: dict[str, Any] = {}
    if kind == "string":
        vary_text(chance, one, rules)
    elif kind in BOUNDS and chance.random() < 0.4:
        rules[chance.choice(["minimum", "maximum"])] = chance.choice(BOUNDS[kind])
    elif chance.random() < 0.3:
        one.update(chance.choice(VARIANTS.get(kind, [{}])))
    if chance.random() < 0.1 and kind != "list":
        rules["enum"] = KINDS[kind][0][:2]
    for rule, odds in (("required", 0.25), ("unique", 0.15)):
        if chance.random() < odds:
            rules[rule] = True
    if chance.random() < 0.15:
        one["missingValues"] = chance.choice([["", "NA"], ["-"], [], ["NA", "0"], [""], ["1", ""]])
    return {**one, "constraints": rules} if rules else one


def vary_text(chance: Any, one: dict[str, Any], rules: dict[str, Any]) -> None:
    luck = chance.random()
    if luck < 0.3:
        one["format"] = chance.choice(["uuid", "email", "uri", "binary"])
    elif luck < 0.6:
        rules[chance.choice(["minLength", "maxLength"])] = chance.choice([1, 2, 3, 5])
    elif luck < 0.8:
        rules["pattern"] = chance.choice(PATTERNS)


def make_schema(chance: Any, fields: list[dict[str, Any]]) -> dict[str, Any]:
    schema: dict[str, Any] = {"fields": fields}
    names = [one["name"] for one in fields]
    if chance.random() < 0.15:
        schema["missingValues"] = chance.choice([["", "NA"], ["-"], [], ["x"]])
    if chance.random() < 0.2:
        schema["primaryKey"] = names[: chance.choice([1, 1, 2])]
    if chance.random() < 0.15:
        size = chance.choice([1, 1, 2])
        if len(names) >= 2 * size:
            schema["foreignKeys"] = [
                {"fields": names[:size], "reference": {"resource": "", "fields": names[-size:]}}
            ]
    if chance.random() < 0.15:
        schema["fieldsMatch"] = chance.choice(MATCHES)
        if chance.random() < 0.5:
            schema["fields"] = chance.sample(fields, len(fields))
    if chance.random() < 0.05 and not {"primaryKey", "foreignKeys"} & schema.keys():
        schema["fields"] = schema["fields"][: max(1, len(fields) - 1)]
    return schema


def make_cell(chance: Any, one: dict[str, Any], wrong: float) -> str:
    rules, luck = one.get("constraints", {}), chance.random()
    if luck < wrong:
        return str(chance.choice(NASTY + KINDS[one["type"]][1] * 3))
    if chance.random() < 0.1:
        return ""
    special = {"uuid": UUIDS, "email": EMAILS, "uri": URIS}.get(one.get("format", ""))
    if "pattern" in rules:
        special = ["AB-1234", "abc", "a", "b", "K123", "aXc", "12", "axyz", "éé", "a\n", "K123\n"]
    if not special and one["type"] in ("string", "integer", "any") and chance.random() < (0.9 if "unique" in rules else 0.3):
        return str(chance.randrange(10**6 if "unique" in rules else 100))
    return str(chance.choice(special or KINDS[one["type"]][0]))


def make_records(chance: Any, fields: list[dict[str, Any]]) -> list[list[str] | None]:
    """Give records of cells; None is a line with nothing on it."""
    count = chance.choice([0, 1, 3, 8, 20, 20, 40, 130, 260])
    wrong = chance.choice([0.0, 0.02, 0.02, 0.1, 0.3])
    ragged = chance.choice([0.0, 0.0, 0.02, 0.1])
    records: list[list[str] | None] = []
    for _ in range(count):
        row: list[str] | None = [make_cell(chance, one, wrong) for one in fields]
        assert row is not None
        luck = chance.random()
        if luck < ragged:
            row = chance.choice([row[:-1], [*row, "more"], [*row, ""], [""] * len(row), None, row[:1], [*row, "a", "b"]])
        records.append(row)
    return records


def spoil_header(chance: Any, header: list[str]) -> None:
    luck = chance.random()
    if luck < 0.04:
        header.append(chance.choice(["more", "", header[0]]))
    elif luck < 0.08 and len(header) > 1:
        header.pop()
    elif luck < 0.12:
        header[chance.randrange(len(header))] = chance.choice(["", "other", header[0].upper(), header[0]])
    elif luck < 0.16:
        header.reverse()


def encode(chance: Any, records: list[list[str] | None], control: dict[str, Any], encoding: str) -> bytes:
    end = chance.choice(["\n", "\r\n", "\r\n", "\n", "\r"])
    quoting = chance.choice([csv.QUOTE_MINIMAL, csv.QUOTE_MINIMAL, csv.QUOTE_ALL, csv.QUOTE_NONNUMERIC])
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=control["delimiter"], quotechar=control["quoteChar"], lineterminator=end, quoting=quoting)
    for row in records:
        if row is None:
            text.write(end)
        else:
            writer.writerow(row)
    whole = text.getvalue()
    if chance.random() < 0.2:
        whole = whole.removesuffix(end)
    if chance.random() < 0.05:
        at = chance.randrange(len(whole) + 1)
        whole = whole[:at] + chance.choice(['"', "\r", "\n", " ", "\0", '""', "'", "\ufeff"]) + whole[at:]
    return whole.encode(encoding, errors="replace")
