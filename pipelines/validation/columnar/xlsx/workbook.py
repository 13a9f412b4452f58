"""A workbook opened as Frictionless opens it, by openpyxl, except that its shared strings are read in one sweep."""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterator
from typing import Any, cast
from xml.etree import ElementTree as ET

from frictionless.formats.excel.control import ExcelControl
from frictionless.formats.excel.parsers.xlsx import XlsxParser, extract_row_values
from frictionless.resources import TableResource
from openpyxl.cell.text import Text
from openpyxl.reader.excel import ExcelReader
from openpyxl.xml.constants import SHARED_STRINGS, SHEET_MAIN_NS

from pipelines.validation.columnar.xlsx.scan import OddXml, refuse_odd

MOST_STRINGS = 512 << 20
"""Bytes of shared strings that are read at once."""
HEADS = ("<si><t>", '<si><t xml:space="preserve">')
PLAIN = re.compile(r'<si><t(?: xml:space="preserve")?>([^<\r]*)</t></si>')
ENTITY = re.compile("&(?!(?:amp|lt|gt|quot|apos);)")
OPENING = f'xmlns="{SHEET_MAIN_NS}"'
PROLOGUE = re.compile(
    rb'(?:\xef\xbb\xbf)?(?:<\?xml version="1\.0"(?: encoding="(?i:utf-8)")?(?: standalone="yes")?\?>\s*)?'
)


class SwiftReader(ExcelReader):
    """openpyxl's own reader with another way to the same shared strings."""

    def read_strings(self) -> None:
        """Read the shared strings: plain items as text, others by openpyxl."""
        package: Any = self.package
        part = package.find(SHARED_STRINGS)
        if part is None:
            return
        info = self.archive.getinfo(part.PartName[1:])
        if info.file_size > MOST_STRINGS:
            raise OddXml
        self.shared_strings = strings_of(self.archive.read(info))


def strings_of(xml: bytes) -> list[str]:
    """The strings of a shared string table, as openpyxl's ``read_string_table`` gives them. Raises OddXml."""
    begin = xml.find(b"<sst ")
    start, end = xml.find(b">", begin) + 1, xml.rfind(b"</sst>")
    head = xml[begin:start].decode("utf-8", "replace")
    if begin < 0 or end < start or not PROLOGUE.fullmatch(xml[:begin]) or OPENING not in head or xml[end + 6 :].strip():
        raise OddXml
    if b"<!" in xml or b"<?" in xml[start:end]:
        raise OddXml
    refuse_odd(xml[start:end])
    ET.fromstring(head + "</sst>")  # noqa: S314 - one tag
    body = xml[start:end].decode("utf-8")
    plain = PLAIN.findall(body)
    heads = [body.count(one) for one in HEADS]
    length = sum(map(len, plain)) + sum(count * (len(one) + 9) for count, one in zip(heads, HEADS, strict=True))
    if len(plain) == sum(heads) == body.count("</si>") and length == len(body):
        strings = [_text(one, head) for one in plain] if "&" in body else plain
    else:
        strings = [_parsed(f"{piece}</si>", head) for piece in _pieces(body)]
    return [one.replace("x005F_", "") for one in strings] if "x005F_" in body else strings


def _pieces(body: str) -> list[str]:
    pieces = body.split("</si>")
    if pieces.pop().strip():
        raise OddXml
    return pieces


def _parsed(xml: str, head: str) -> str:
    """The text of an item, plain or not."""
    plain = PLAIN.fullmatch(xml)
    if plain:
        return _text(plain[1], head)
    whole = ET.fromstring(f"{head}{xml}</sst>")  # noqa: S314 - no entities can be declared here
    if len(whole) != 1 or whole[0].tag != f"{{{SHEET_MAIN_NS}}}si":
        raise OddXml
    item: Any = whole[0]
    text: Any = Text.from_tree(item)
    return str(text.content)


def _text(text: str, head: str) -> str:
    """The text of a plain item, its five entities resolved."""
    if "&" not in text:
        return text
    if ENTITY.search(text):
        return str(ET.fromstring(f"{head}{text}</sst>").text)  # noqa: S314 - no entities can be declared here
    for name, sign in (("lt", "<"), ("gt", ">"), ("quot", '"'), ("apos", "'"), ("amp", "&")):
        text = text.replace(f"&{name};", sign)
    return text


class SwiftParser(XlsxParser):
    """Frictionless's XLSX parser over a workbook opened swiftly; ``sheet`` is openpyxl's sheet, read-only.

    ``exhausted`` says that the sample took all rows: then Frictionless knows the hashes from the beginning.
    """

    sheet: Any = None
    strings: list[str]
    exhausted = False

    def read_cell_stream_create(self) -> Iterator[list[Any]]:
        """The rows, as Frictionless gives them; they are asked for the sample only."""
        control = ExcelControl.from_dialect(self.resource.dialect)
        warnings.filterwarnings("ignore", category=UserWarning, module="openpyxl")
        reader = SwiftReader(self.loader.byte_stream, read_only=True, data_only=True)
        reader.read()
        book = reader.wb
        self.sheet = book[control.sheet] if isinstance(control.sheet, str) else book.worksheets[control.sheet - 1]
        self.strings = reader.shared_strings
        return self._rows()

    def _rows(self) -> Iterator[list[Any]]:
        for cells in self.sheet.iter_rows():
            yield extract_row_values(cells)
        self.exhausted = True


class SwiftTable(TableResource):
    """A table resource whose workbook is opened by the swift parser."""

    def _TableResource__open_parser(self) -> None:  # noqa: N802 - the name that TableResource.open calls
        self.swift = cast("Any", SwiftParser(self))
        self._TableResource__parser = self.swift
        self.swift.open()


def swift_copy(copy: Any) -> Any:
    """Let a copy of a resource be opened swiftly, where its workbook is read with plain options."""
    if copy.format == "xlsx" and copy.scheme == "file" and not copy.compression and type(copy) is TableResource:
        control = ExcelControl.from_dialect(copy.dialect)
        if not (control.fill_merged_cells or control.preserve_formatting or control.stringified):
            copy.__class__ = SwiftTable
    return copy
