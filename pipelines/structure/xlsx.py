"""Sheets of Office Open XML workbooks as they lie there: cells, merges, looks, hidden parts, formulas, objects."""

from __future__ import annotations

import posixpath
import re
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from xml.parsers import expat

from pipelines import workbook
from pipelines.format import Unreadable
from pipelines.structure import styles
from pipelines.structure.cells import ROWS, Tally
from pipelines.structure.parts import Body
from standards import late
from standards.heading import Span, find_heading
from standards.sheet import Sheet

saxutils = late.module("xml.sax.saxutils")
"""It takes the library's whole HTTP client with it."""

NAME = "xlsx"

TAIL = 32 << 20
"""What follows the cells of a sheet (merged areas, drawings) is looked at up to so many bytes."""
STRINGS = 64 << 20
SMALL = 4 << 20
YEARS = 12
_YEAR = re.compile(r"(19|20)\d\d")
_END = re.compile(rb"</(?:\w+:)?sheetData\s*>|<(?:\w+:)?sheetData\s*/>")
_HIDDEN = re.compile(rb"<(?:\w+:)?row\b[^>]{0,400}?\bhidden=[\"'](?:1|true)[\"']")
_MERGE = re.compile(rb"<(?:\w+:)?mergeCell\b[^>]*?\bref=[\"']([A-Z]{1,3})(\d{1,7}):([A-Z]{1,3})(\d{1,7})[\"']")
_COMMENT = re.compile(rb"<(?:\w+:)?comment\b[^>]*?\bref=[\"']([A-Z]{1,3})(\d{1,7})[\"']")


def look(path: Path, name: str, others: tuple[str, ...] = ()) -> Sheet:
    """Look at one sheet: its first rows cell by cell, the rest counted."""
    with workbook.check_archive(path) as archive:
        book = _Book(archive)
        looks = styles.read(workbook.parts(archive, book.styles)) if book.styles else styles.Styles()
        sheet = _sheet(archive, book, name, looks, ROWS)
        years = [one for one in others if one != name and _YEAR.search(one) and _YEAR.search(name)][:YEARS]
        labels = {one: _labels(archive, book, one, looks) for one in years}
        return replace(
            sheet,
            others=tuple(one for one in others if one != name),
            concealed=book.concealed,
            labels=labels,
            macros=book.macros,
            links=book.links,
        )


def _labels(archive: zipfile.ZipFile, book: _Book, name: str, looks: styles.Styles) -> tuple[str, ...]:
    sheet = _sheet(archive, book, name, looks, 60)
    heading = find_heading(sheet.rows, sheet.merges)
    return heading.labels if heading else ()


class _Book:
    """What the workbook says of its sheets: where each lies, which are hidden; its styles, strings, links."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        names = {one.lower(): one for one in archive.namelist()}
        main = names.get("xl/workbook.xml", "")
        text = _text(archive, main)
        rels = _rels(archive, main)
        self.places: dict[str, str] = {}
        concealed = []
        for found in re.finditer(r"<(?:\w+:)?sheet\b([^>]*)>", text):
            said = _attributes(found[1])
            key = next((value for word, value in said.items() if word.endswith(":id")), "")
            self.places[said.get("name", "")] = rels.get(key, "")
            if said.get("state", "visible") != "visible":
                concealed.append(said.get("name", ""))
        self.concealed = tuple(concealed)
        self.styles = names.get("xl/styles.xml", "")
        self.strings = names.get("xl/sharedstrings.xml", "")
        self.macros = any(one.endswith("vbaproject.bin") for one in names)
        self.links = len(re.findall(r"<(?:\w+:)?externalReference\b", text))
        self.late = bool(re.search(r"\bdate1904=[\"'](1|true)[\"']", text))


def _sheet(archive: zipfile.ZipFile, book: _Book, name: str, looks: styles.Styles, rows: int) -> Sheet:
    place = book.places.get(name, "")
    if place not in archive.namelist():
        raise Unreadable("not-a-workbook")
    body = Body(looks, rows, late=book.late)
    tail = _walk(archive, place, body)
    if body.wanted:
        body.resolve(_strings(archive, book.strings, max(body.wanted) + 1))
    texts, kinds = body.found.grid()
    merges, merged = _merges(tail)
    objects, words, comments = _over(archive, place)
    if b'showZeros="0"' in body.front:
        objects["zeros-hidden"] = 1
    last, width = body.found.last, max(map(len, texts), default=0)
    columns = Tally()
    for column in body.hidden_columns:
        if column < width:
            columns.add(0, column)
    return Sheet(
        name=name,
        format="xlsx",
        rows=texts,
        kinds=kinds,
        total=max(body.last + 1, len(texts)),
        whole=body.whole,
        merges=tuple(one for one in merges if one[0] < max(len(texts), 1)),
        merged=merged,
        looks=body.found.looks,
        formulas=body.formulas.some(),
        errors=body.errors.some(),
        comments=comments.some(),
        hidden_rows=_within(body.hidden_rows, last, whole=body.whole).some(),
        hidden_columns=columns.some(),
        objects=objects,
        words=words,
    )


def _within(rows: Tally, last: int, *, whole: bool) -> Tally:
    """Leave out hidden rows under the data: hiding what is unused hides nothing."""
    if not whole:
        return rows
    inside = [one for one in rows.places if one[0] <= last]
    return Tally(count=rows.count if len(inside) == len(rows.places) else len(inside), places=inside)


def _walk(archive: zipfile.ZipFile, place: str, body: Body) -> bytes:
    """Let the body see the sheet's bytes, closely at first, counted afterwards; give what follows the cells."""
    tail, rest, ended = b"", b"", False
    for data in workbook.parts(archive, place):
        if ended:
            tail = (tail + data)[:TAIL]
            continue
        text = rest + data
        end = _END.search(text) if b"sheetData" in text else None
        if end:
            ended, tail, text, rest = True, text[end.start() :], text[: end.start()], b""
        else:
            cut = text.rfind(b"<")
            text, rest = (text[:cut], text[cut:]) if cut > 0 else (text, b"")
        if body.close:
            body.parse(text)
        else:
            body.count(text, len(_HIDDEN.findall(text)) if b"hidden=" in text else 0)
    return tail


def _merges(tail: bytes) -> tuple[list[Span], int]:
    found: list[Span] = []
    count = 0
    for one in _MERGE.finditer(tail):
        count += 1
        if len(found) < 5000:  # noqa: PLR2004 - places enough
            left, top, right, bottom = one.groups()
            found.append((int(top) - 1, _column(left), int(bottom) - 1, _column(right)))
    return found, count


def _column(letters: bytes) -> int:
    number = 0
    for one in letters.upper():
        number = number * 26 + one - 64
    return number - 1


def _over(archive: zipfile.ZipFile, place: str) -> tuple[dict[str, int], str, Tally]:
    """Look at what lies over the cells: drawings, their words, comments, controls, embedded files."""
    objects: dict[str, int] = {}
    comments, words = Tally(), ""
    for target in _rels(archive, place).values():
        if target not in archive.namelist():
            continue
        if "/drawings/" in target and target.endswith(".xml"):
            text = _text(archive, target)
            for kind, form in _KINDS.items():
                count = len(re.findall(form, text))
                if count:
                    objects[kind] = objects.get(kind, 0) + count
            words += " ".join(saxutils.unescape(one) for one in re.findall(r"<a:t>([^<]*)</a:t>", text))[:500]
        elif "comments" in target.lower() and "threaded" not in target.lower():
            for one in _COMMENT.finditer(_bytes(archive, target)):
                comments.add(int(one[2]) - 1, _column(one[1]))
        elif "/embeddings/" in target:
            objects["embedded"] = objects.get("embedded", 0) + 1
        elif "/ctrlProps/" in target:
            objects["control"] = objects.get("control", 0) + 1
    return objects, words, comments


_KINDS = {
    "picture": r"<xdr:pic\b",
    "shape": r"<xdr:(?:sp|cxnSp)\b",
    "chart": r"<(?:c|cx):chart\b|<c:chart\b",
}


def _rels(archive: zipfile.ZipFile, place: str) -> Mapping[str, str]:
    """Give what a part names by its relations: id → path inside the archive; targets outside are left out."""
    folder, _, name = place.rpartition("/")
    text = _text(archive, f"{folder}/_rels/{name}.rels")
    found = {}
    for one in re.finditer(r"<(?:\w+:)?Relationship\b([^>]*)>", text):
        said = _attributes(one[1])
        if said.get("TargetMode") != "External":
            target = said.get("Target", "")
            inside = target[1:] if target.startswith("/") else posixpath.join(folder, target)
            found[said.get("Id", "")] = posixpath.normpath(inside)
    return found


def _attributes(text: str) -> dict[str, str]:
    entities = {"&quot;": '"', "&apos;": "'"}
    return {
        word: saxutils.unescape(first or second, entities)
        for word, first, second in re.findall(r"([\w:]+)\s*=\s*(?:\"([^\"]*)\"|'([^']*)')", text)
    }


def _bytes(archive: zipfile.ZipFile, name: str) -> bytes:
    if name not in archive.namelist():
        return b""
    data = b""
    for part in workbook.parts(archive, name):
        data += part
        if len(data) > SMALL:
            break
    return data[:SMALL]


def _text(archive: zipfile.ZipFile, name: str) -> str:
    return _bytes(archive, name).decode("utf-8", "replace")


def _strings(archive: zipfile.ZipFile, name: str, count: int) -> list[str]:
    """Read the first shared strings; phonetic readings are no part of them."""
    if name not in archive.namelist():
        return []
    reader = _Strings(count)
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    parser.StartElementHandler = reader.start
    parser.EndElementHandler = reader.end
    parser.CharacterDataHandler = reader.text
    parser.EntityDeclHandler = styles.refuse
    try:
        for data in _bounded(workbook.parts(archive, name)):
            parser.Parse(data)
            if len(reader.found) >= count:
                break
    except expat.ExpatError as wrong:
        raise Unreadable("truncated") from wrong
    return reader.found


def _bounded(blocks: Iterator[bytes]) -> Iterator[bytes]:
    seen = 0
    for one in blocks:
        seen += len(one)
        yield one
        if seen > STRINGS:
            return


class _Strings:
    """Collects the strings of sharedStrings.xml up to a number."""

    def __init__(self, count: int) -> None:
        self.count = count
        self.found: list[str] = []
        self.parts: list[str] = []
        self.reads = False
        self.sounds = 0

    def start(self, name: str, _: Mapping[str, str]) -> None:
        local = name.rpartition(" ")[2]
        if local == "si":
            self.parts = []
        elif local == "rPh":
            self.sounds += 1
        self.reads = local == "t" and not self.sounds

    def text(self, data: str) -> None:
        if self.reads:
            self.parts.append(data)

    def end(self, name: str) -> None:
        local = name.rpartition(" ")[2]
        self.reads = False
        if local == "rPh":
            self.sounds -= 1
        elif local == "si" and len(self.found) < self.count:
            self.found.append("".join(self.parts))
