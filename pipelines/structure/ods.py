"""Sheets of OpenDocument spreadsheets as they lie there: cells, merges, looks, hidden parts, formulas, objects."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from xml.parsers import expat

from pipelines import workbook, written
from pipelines.format import Unreadable
from pipelines.structure.cells import LOOKS, PLACES, Gathered, Tally
from pipelines.structure.styles import refuse
from standards.heading import Span
from standards.sheet import BOOLEAN, DATE, NUMBER, TEXT, Look, Sheet, Some

NAME = "ods"

_KINDS = {"float": NUMBER, "percentage": NUMBER, "currency": NUMBER, "date": DATE, "time": DATE, "boolean": BOOLEAN}
_COLOURS = frozenset({"", "transparent", "#ffffff", "#000000"})
_OBJECTS = {"image": "picture", "object": "chart", "custom-shape": "shape", "text-box": "shape", "control": "control"}


def look(path: Path, name: str, others: tuple[str, ...] = ()) -> Sheet:
    """Look at one sheet: its first rows cell by cell, the rest counted."""
    reader = _Reader(name)
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    parser.StartElementHandler = reader.start
    parser.EndElementHandler = reader.end
    parser.CharacterDataHandler = reader.text
    parser.EntityDeclHandler = refuse
    with workbook.check_archive(path) as archive:
        try:
            for data in workbook.parts(archive, "content.xml"):
                parser.Parse(data)
            parser.Parse(b"", True)
        except (KeyError, expat.ExpatError) as wrong:
            raise Unreadable("truncated") from wrong
    texts, kinds = reader.found.grid()
    last, width = reader.found.last, max(map(len, texts), default=0)
    return Sheet(
        name=name,
        format="ods",
        rows=texts,
        kinds=kinds,
        total=max(reader.filled + 1, len(texts)),
        whole=reader.whole,
        merges=tuple(reader.merges),
        merged=reader.merged,
        looks=reader.found.looks,
        formulas=reader.formulas.some(),
        errors=reader.errors.some(),
        comments=reader.comments.some(),
        hidden_rows=_within(reader.hidden_rows, last, 0),
        hidden_columns=_within(reader.hidden_columns, width - 1, 1),
        objects=reader.objects,
        others=tuple(one for one in others if one != name),
        concealed=tuple(reader.concealed),
    )


def _within(places: list[tuple[int, int]], last: int, axis: int) -> Some:
    tally = Tally()
    for one in places:
        if one[axis] <= last:
            tally.add(*one)
    return tally.some()


class _Reader:
    """Follows content.xml: styles first, then each table; only the one asked for is kept."""

    def __init__(self, name: str) -> None:
        self.found, self.name = Gathered(), name
        self.formulas, self.errors, self.comments = Tally(), Tally(), Tally()
        self.hidden_rows: list[tuple[int, int]] = []
        self.hidden_columns: list[tuple[int, int]] = []
        self.objects: dict[str, int] = {}
        self.merges: list[Span] = []
        self.merged, self.whole, self.filled = 0, True, -1
        self.concealed: list[str] = []
        self._looks: dict[str, Look] = {}
        self._unseen: set[str] = set()
        self._style, self._family = "", ""
        self._here = self._reads = self._aside = False
        self._row, self._rows, self._column, self._columns, self._at = 0, 1, 0, 1, 0
        self._said: list[str] = []
        self._cell: dict[str, str] = {}

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        local = name.rpartition(" ")[2]
        said = {key.rpartition(" ")[2]: value for key, value in attributes.items()}
        if local == "style":
            self._style, self._family = said.get("name", ""), said.get("family", "")
        elif local in ("table-cell-properties", "text-properties") and self._family == "table-cell":
            self._looks[self._style] = _with(self._looks.get(self._style, Look()), said)
        elif local == "table-properties" and said.get("display") == "false":
            self._unseen.add(self._style)
        elif local == "table" and "name" in said:
            self._begin_table(said)
        elif self._here:
            self._inside(local, said)

    def _begin_table(self, said: Mapping[str, str]) -> None:
        self._here = said["name"] == self.name
        if said.get("style-name") in self._unseen:
            self.concealed.append(said["name"])
        if self._here:
            self._row = self._at = 0

    def _inside(self, local: str, said: Mapping[str, str]) -> None:
        if local in ("table-cell", "covered-table-cell"):
            self._columns, self._said, self._cell = _times(said.get("number-columns-repeated")), [], dict(said)
        elif local in ("table-column", "table-row"):
            self._line(local, said)
        elif local == "annotation":
            self._aside = True
            self.comments.add(self._row, self._column)
        elif local == "p" and not self._aside:
            self._said += ["\n"] if self._said else []
            self._reads = True
        elif self._reads:
            self._said.append({"s": " " * min(_times(said.get("c")), 100), "line-break": "\n"}.get(local, ""))
        elif local in _OBJECTS and not self._aside:
            kind = _OBJECTS[local]
            self.objects[kind] = self.objects.get(kind, 0) + 1

    def _line(self, local: str, said: Mapping[str, str]) -> None:
        """Begin a row, or count columns; note those that are hidden."""
        hidden = said.get("visibility") in ("collapse", "filter")
        if local == "table-row":
            self._rows, self._column = _times(said.get("number-rows-repeated")), 0
            self.hidden_rows += [(self._row + one, -1) for one in range(min(self._rows, PLACES) * hidden)]
            return
        times = _times(said.get("number-columns-repeated"))
        self.hidden_columns += [(0, self._at + one) for one in range(min(times, PLACES) * hidden)]
        self._at += times

    def text(self, data: str) -> None:
        if self._here and self._reads:
            self._said.append(data)

    def end(self, name: str) -> None:
        local = name.rpartition(" ")[2]
        if not self._here:
            return
        if local == "table":
            self._here = False
        elif local == "p":
            self._reads = False
        elif local == "annotation":
            self._aside = False
        elif local in ("table-cell", "covered-table-cell"):
            self._keep()
            self._column += self._columns
        elif local == "table-row":
            self._row += self._rows

    def _keep(self) -> None:
        said, words = self._cell, "".join(self._said)
        kind = _KINDS.get(said.get("value-type", ""), TEXT)
        text = _value(said, words, kind)
        across, down = _times(said.get("number-columns-spanned")), _times(said.get("number-rows-spanned"))
        if across > 1 or down > 1:
            self.merged += 1
            if len(self.merges) < 5000:  # noqa: PLR2004 - places enough
                self.merges.append((self._row, self._column, self._row + down - 1, self._column + across - 1))
        if "formula" in said:
            self.formulas.add(self._row, self._column)
            if words.startswith(("#", "Err:")):
                self.errors.add(self._row, self._column)
        if not text:
            return
        self.filled = max(self.filled, self._row + self._rows - 1)
        look = self._looks.get(said.get("style-name", ""), Look())
        for row in range(self._row, self._row + self._rows):
            if not self.found.wants(row):
                self.whole = False
                return
            for column in range(self._column, self._column + min(self._columns, 16_384)):
                self.found.put(row, column, text, kind)
                if look != Look() and len(self.found.looks) < LOOKS:
                    self.found.looks[row, column] = look


def _value(said: Mapping[str, str], words: str, kind: str) -> str:
    if kind == NUMBER:
        try:
            return written.text(float(said.get("value", "")))
        except ValueError:
            return words
    if kind == DATE:
        return said.get("date-value", words).removesuffix("T00:00:00") or words
    return said.get("boolean-value", words) if kind == BOOLEAN else words


def _with(look: Look, said: Mapping[str, str]) -> Look:
    ground, letters = said.get("background-color", ""), said.get("color", "")
    struck = said.get("text-line-through-style", said.get("text-line-through-type", "none"))
    return Look(
        bold=look.bold or said.get("font-weight") == "bold",
        strike=look.strike or struck != "none",
        letters=look.letters or ("" if letters in _COLOURS else letters[1:].upper()),
        ground=look.ground or ("" if ground in _COLOURS else ground[1:].upper()),
    )


def _times(word: str | None) -> int:
    return max(1, int(word)) if word and word.isascii() and word.isdigit() and len(word) < 8 else 1  # noqa: PLR2004
