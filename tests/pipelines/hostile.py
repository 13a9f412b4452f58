"""Files made to hurt: each small on disk, or quickly made, and of a kind that has brought a reader down."""

from __future__ import annotations

import gzip
import io
import json
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from pipelines.formats import ods, xls, xlsx

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"


def swap(archive: bytes, parts: Mapping[str, bytes], *, drop: tuple[str, ...] = ()) -> bytes:
    """A ZIP with some members replaced, added or left out."""
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(archive)) as old, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as new:
        for name in dict.fromkeys([*old.namelist(), *parts]):
            if name not in drop:
                new.writestr(name, parts.get(name) or old.read(name))
    return made.getvalue()


def sheet(inner: str, before: str = "") -> bytes:
    return f'<?xml version="1.0"?><worksheet xmlns="{MAIN}">{before}<sheetData>{inner}</sheetData></worksheet>'.encode()


def workbook(inner: str, before: str = "") -> bytes:
    return swap(xlsx.SAMPLE, {"xl/worksheets/sheet1.xml": sheet(inner, before)})


def ods_with(rows: str) -> bytes:
    with zipfile.ZipFile(io.BytesIO(ods.SAMPLE)) as archive:
        content = archive.read("content.xml").decode()
    start, end = content.index("<table:table-row>"), content.index("</table:table>")
    return swap(ods.SAMPLE, {"content.xml": (content[:start] + rows + content[end:]).encode()})


def parquet(table: pa.Table, **more: object) -> bytes:
    made = io.BytesIO()
    pq.write_table(table, made, **more)
    return made.getvalue()


def other_zip() -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr("roads.shp", b"\0" * 100)
    return made.getvalue()


def zip_bomb() -> bytes:
    return swap(xlsx.SAMPLE, {"xl/worksheets/sheet1.xml": b" " * (300 << 20)})


def long_dictionary() -> bytes:
    """A few kilobytes of Parquet that are gigabytes of text."""
    word = pa.array(["x" * 200_000], pa.string())
    column = pa.DictionaryArray.from_arrays(pa.array([0] * 60_000, pa.int32()), word)
    return parquet(pa.table({"a": column}), compression="zstd")


def encrypted_workbook() -> bytes:
    return xls.SAMPLE[:512] + b"\0" * 512 + "EncryptedPackage".encode("utf-16-le") + b"\0" * 4096


def deep_geometry() -> bytes:
    nested = b'{"type": "GeometryCollection", "geometries": [' * 10_000
    return b'{"type": "FeatureCollection", "features": [{"type": "Feature", "properties": {"a": 1}, "geometry": ' + nested


REPEATED = '<table:table-row table:number-rows-repeated="1048576">{}</table:table-row>'
CELL = '<table:table-cell office:value-type="float" office:value="1" table:number-columns-repeated="16384"/>'

CASES: Mapping[str, tuple[str, Callable[[], bytes], str]] = {
    "an empty file": ("a.csv", lambda: b"", "empty-file"),
    "a file of blank lines": ("a.csv", lambda: b"\n\n\r\n", "empty-file"),
    "a PDF called CSV": ("a.csv", lambda: b"%PDF-1.7\n" + b"\0\1\2" * 99, "binary-content"),
    "an archive called CSV": ("a.csv", other_zip, "binary-content"),
    "noise called CSV": ("a.csv", lambda: bytes(range(256)) * 50, "nul-bytes"),
    "a zero byte in a CSV": ("a.csv", lambda: b"a,b\n1,x\0y\n" + b"2,3\n" * 999, "nul-bytes"),
    "a quote that is never closed": ("a.csv", lambda: b'a,b\n1,"x\n' + b"2,y\n" * 5000, "unclosed-quote"),
    "a hundred thousand columns": ("a.csv", lambda: b",".join(b"%d" % i for i in range(100_000)), "too-many-columns"),
    "a line of 100 MB": ("a.csv", lambda: b"a,b\n" + b"x" * (100 << 20), "line-too-long"),
    "a gzip bomb": ("a.csv.gz", lambda: gzip.compress(b"1,2\n" * (100 << 20 >> 2)), "bomb"),
    "a cut gzip file": ("a.csv.gz", lambda: gzip.compress(bytes(range(97, 123)) * 9000)[:-20], "truncated"),
    "another ZIP called workbook": ("a.xlsx", other_zip, "not-a-workbook"),
    "a cut workbook": ("a.xlsx", lambda: xlsx.SAMPLE[:900], "truncated"),
    "an encrypted workbook": ("a.xlsx", encrypted_workbook, "encrypted"),
    "one cell at XFD1048576": (
        "a.xlsx",
        lambda: workbook(
            '<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
        ),
        "too-many-cells",
    ),
    "a stray cell a million rows below": (
        "a.xlsx",
        lambda: workbook(
            '<row r="1"><c r="A1" t="inlineStr"><is><t>a</t></is></c></row><row r="2"><c r="A2"><v>1</v></c></row>'
            '<row r="1048576"><c r="A1048576"><v>1</v></c></row>'
        ),
        "too-many-blank-rows",
    ),
    "a million blank lines between records": (
        "a.csv",
        lambda: b"a,b\n1,2\n" + b",\n" * 1_000_000 + b"3,4\n",
        "too-many-blank-rows",
    ),
    "a ZIP bomb": ("a.xlsx", zip_bomb, "bomb"),
    "an ODS of repeated rows": ("a.ods", lambda: ods_with(REPEATED.format(CELL)), "too-many-cells"),
    "another ZIP called ODS": ("a.ods", other_zip, "not-a-workbook"),
    "a cut Parquet file": ("a.parquet", lambda: parquet(pa.table({"a": [1]}))[:-9], "truncated"),
    "a Brotli Parquet file": (
        "a.parquet",
        lambda: parquet(pa.table({"a": [1]}), compression="brotli"),
        "unsupported-compression",
    ),
    "a Parquet file of 200 million rows": (
        "a.parquet",
        lambda: parquet(pa.table({"a": pa.nulls(200_000_000, pa.int8())}), compression="zstd"),
        "too-many-rows",
    ),
    "a Parquet file of 12 GB of text": ("a.parquet", long_dictionary, "bomb too-heavy"),
    "text called Parquet": ("a.parquet", lambda: b"a,b\n1,2\n", "not-parquet"),
    "JSON a hundred thousand deep": ("a.json", lambda: b"[" * 100_000, "no-table too-deep"),
    "an object a hundred thousand deep": ("a.json", lambda: b'[{"a":' + b"[" * 100_000, "too-deep"),
    "cut JSON": ("a.json", lambda: b'[{"a": 1}, {"a": ', "truncated"),
    "JSON that is none": ("a.json", lambda: b'[{"a": 1}, {a: 2}]' + b" " * 200, "not-json"),
    "JSON with NaN": ("a.json", lambda: b'[{"a": NaN}]', "not-json"),
    "half a surrogate pair": ("a.json", lambda: rb'[{"a": "\ud800"}]', "undecodable"),
    "JSON that is no table": ("a.json", lambda: b'{"a": 1}', "no-table"),
    "JSON of two tables": ("a.json", lambda: b'{"a": [{"x": 1}], "b": [{"y": 1}]}', "several-tables"),
    "a line that is no JSON": ("a.jsonl", lambda: b'{"a": 1}\n{"a": \n', "not-json"),
    "half a surrogate pair on a line": ("a.jsonl", lambda: rb'{"a": "\ud800"}', "undecodable"),
    "a line of brackets ten thousand deep": (
        "a.jsonl", lambda: b'{"a": ' + b"[" * 10_000 + b"]" * 10_000 + b"}\n", "too-deep"),
    "geometries ten thousand deep": ("a.geojson", deep_geometry, "too-deep"),
    "GeoJSON of something else": (
        "a.geojson",
        lambda: json.dumps({"features": [{"type": "x"}]}).encode(),
        "not-a-feature",
    ),
}


def write(folder: Path, case: str) -> Path:
    name, make, _ = CASES[case]
    path = folder / name
    path.write_bytes(make())
    return path
