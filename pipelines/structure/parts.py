"""The cells of an Office Open XML sheet, parsed as a stream up to a number of rows and only counted from there on."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from xml.parsers import expat

from pipelines import written
from pipelines.format import Unreadable
from pipelines.structure.cells import CELLS, LOOKS, Gathered, Tally
from pipelines.structure.styles import PLAIN, Styles, refuse
from standards.sheet import BOOLEAN, DATE, ERROR, NUMBER, TEXT

_EPOCH, _LATE = datetime(1899, 12, 30), datetime(1904, 1, 1)  # noqa: DTZ001 - days of a sheet have no zone
_PLAINLY = {"str": TEXT, "inlineStr": TEXT, "e": ERROR, "d": DATE}
_REF = re.compile(r"([A-Z]{1,3})(\d{1,7})$")


class Body:
    """Takes a sheet's bytes up to the end of its cells.

    ``parse`` while ``close`` holds, ``count`` afterwards. ``wanted`` are the shared strings that its cells point to:
    ``resolve`` puts their text in.
    """

    def __init__(self, styles: Styles, rows: int, *, late: bool = False) -> None:
        self.found = Gathered()
        self.formulas, self.errors, self.hidden_rows = Tally(), Tally(), Tally()
        self.hidden_columns: list[int] = []
        self.wanted: dict[int, list[tuple[int, int]]] = {}
        self.last, self.close, self.whole, self.front = -1, True, True, b""
        self._styles, self._rows, self._epoch = styles, rows, _LATE if late else _EPOCH
        self._row, self._column, self._kind, self._style = -1, -1, "", 0
        self._text: list[str] = []
        self._reads = self._formula = False
        self._parser = expat.ParserCreate(namespace_separator=" ")
        self._parser.buffer_text = True
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.CharacterDataHandler = self._said
        self._parser.EntityDeclHandler = refuse

    def parse(self, data: bytes) -> None:
        """Take bytes that are looked at closely."""
        if not self.front:
            self.front = data[:4096]
        try:
            self._parser.Parse(data)
        except expat.ExpatError as wrong:
            raise Unreadable("truncated") from wrong
        self.close = self.last < self._rows and self.found.cells < CELLS

    def count(self, data: bytes, hidden: int) -> None:
        """Take bytes whose rows, formulas, errors and hidden rows are only counted."""
        rows = data.count(b"<row ") + data.count(b"<row>") + data.count(b":row ")
        self.last += rows
        self.whole = self.whole and not rows
        self.hidden_rows.count += hidden
        self.formulas.count += sum(data.count(one) for one in (b"<f>", b"<f ", b"<f/", b":f>", b":f "))
        self.errors.count += data.count(b't="e"')

    def resolve(self, strings: Sequence[str]) -> None:
        """Put shared strings into the cells that point to them."""
        for index, places in self.wanted.items():
            text = strings[index] if index < len(strings) else ""
            for row, column in places:
                self.found.put(row, column, text, TEXT)

    # -- expat's events --------------------------------------------------------------------------------------------

    def _start(self, name: str, attributes: Mapping[str, str]) -> None:
        local = name.rpartition(" ")[2]
        if local == "c":
            self._cell(attributes)
        elif local == "row":
            self._begin_row(attributes)
        elif local == "f":
            self._formula = True
        elif local in ("v", "t"):
            self._reads = True
        elif local == "rPh":
            self._reads = False
        elif local == "col" and (_true(attributes.get("hidden")) or attributes.get("width") == "0"):
            first, last = _int(attributes.get("min")), _int(attributes.get("max"))
            self.hidden_columns += range(first - 1, min(last, first + 2_000))

    def _begin_row(self, attributes: Mapping[str, str]) -> None:
        self._row = _int(attributes.get("r")) - 1 if "r" in attributes else self._row + 1
        self.last = max(self.last, self._row)
        self._column = -1
        if _true(attributes.get("hidden")):
            self.hidden_rows.add(self._row)

    def _cell(self, attributes: Mapping[str, str]) -> None:
        place = _REF.match(attributes.get("r", ""))
        self._column = _letters(place[1]) if place else self._column + 1
        self._kind = attributes.get("t", "n")
        self._style = _int(attributes.get("s"))
        self._text, self._formula = [], False

    def _said(self, data: str) -> None:
        if self._reads:
            self._text.append(data)

    def _end(self, name: str) -> None:
        local = name.rpartition(" ")[2]
        if local in ("v", "t"):
            self._reads = False
        elif local == "c":
            self._keep()

    def _keep(self) -> None:
        row, column, said = self._row, self._column, "".join(self._text)
        if self._formula:
            self.formulas.add(row, column)
        if self._kind == "e":
            self.errors.add(row, column)
        if not (row < self._rows and self.found.wants(row)):
            self.whole = self.whole and not said
            return
        look = self._styles.look(self._style)
        if look != PLAIN and said and len(self.found.looks) < LOOKS:
            self.found.looks[row, column] = look
        if self._kind == "s":
            if said.isascii() and said.isdigit() and len(said) < 9:  # noqa: PLR2004 - no workbook has more strings
                self.wanted.setdefault(int(said), []).append((row, column))
                self.found.cells += 1
            return
        self.found.put(row, column, *self._value(said))

    def _value(self, said: str) -> tuple[str, str]:
        if self._kind == "b":
            return {"1": "true", "0": "false"}.get(said, said), BOOLEAN
        if self._kind in _PLAINLY:
            return said, _PLAINLY[self._kind]
        try:
            number = float(said)
        except ValueError:
            return said, TEXT
        if self._styles.is_date(self._style):
            return self._day(number), DATE
        return written.text(number), NUMBER

    def _day(self, number: float) -> str:
        try:
            when = self._epoch + timedelta(days=number)
        except (OverflowError, ValueError):
            return written.text(number)
        when = (when + timedelta(microseconds=500_000)).replace(microsecond=0)
        if number < 1:
            return when.time().isoformat()
        return when.date().isoformat() if number == int(number) else when.isoformat()


def _letters(word: str) -> int:
    number = 0
    for one in word:
        number = number * 26 + ord(one) - 64
    return number - 1


def _int(word: str | None) -> int:
    return int(word) if word and word.isascii() and word.isdigit() and len(word) < 9 else 0  # noqa: PLR2004


def _true(word: str | None) -> bool:
    return word in ("1", "true")
