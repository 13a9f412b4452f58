"""JSON read as a stream: the items of the one array that holds the records, numbers kept as they are written."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import chain
from pathlib import Path
from typing import Any, TextIO

from pipelines import grid
from pipelines.format import ReadOptions, Table, Unreadable
from pipelines.grid import Notes

CHUNK = 1 << 20
MAX_ITEM = 64 << 20
MAX_DEPTH = 64
NAMED = 200
"""So many characters of a name are shown."""
_SPACE = re.compile(r"[ \t\r\n]*")


class Figure(str):
    """A JSON number in the digits in which it was written."""

    __slots__ = ()


def _refuse_constant(word: str) -> Any:
    raise Unreadable("not-json", found=word)


class Repeating(dict[str, Any]):
    """An object in which names stand twice, in itself or further down; of each the last value is kept."""

    __slots__ = ("names",)

    def __init__(self, members: Mapping[str, Any] | Iterable[tuple[str, Any]], names: Iterable[str]) -> None:
        super().__init__(members)
        self.names = tuple(dict.fromkeys(names))


def repeated(value: Any) -> tuple[str, ...]:
    """Give the names that stand twice in a decoded object."""
    return value.names if isinstance(value, Repeating) else ()


class Decoder:
    """Decodes one value after the other, and tells of each whether names stand twice in its objects (RFC 8259, 4)."""

    def __init__(self) -> None:
        self._twice: list[str] = []
        self._json = json.JSONDecoder(
            parse_int=Figure,
            parse_float=Figure,
            parse_constant=_refuse_constant,
            strict=True,
            object_pairs_hook=self._object,
        )

    def _object(self, pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        made = dict(pairs)
        if len(made) < len(pairs):
            self._twice += [name for name, times in Counter(name for name, _ in pairs).items() if times > 1]
        return made

    def raw_decode(self, text: str, at: int) -> tuple[Any, int]:
        """Decode the value that begins at a place; give it, and where it ends."""
        self._twice.clear()
        value, end = _guarded(lambda: self._json.raw_decode(text, at))
        return (Repeating(value, self._twice) if self._twice and isinstance(value, dict) else value), end

    def decode(self, text: str) -> Any:
        """Decode one whole value with nothing behind it; refuses what is not JSON, and what nests too deep."""
        value, end = self.raw_decode(text, 0)
        if text[end:].strip(" \t\r\n"):
            raise json.JSONDecodeError("Extra data", text, end)
        return value


def _guarded(work: Callable[[], Any]) -> Any:
    try:
        return work()
    except RecursionError as wrong:
        raise Unreadable("too-deep", limit=MAX_DEPTH) from wrong


class Reader:
    """A cursor over JSON text that holds no more of it than one item."""

    def __init__(self, file: TextIO) -> None:
        self._file = file
        self._text = ""
        self._at = 0
        self._ended = False
        self._decoder = Decoder()

    def _more(self) -> bool:
        if self._ended:
            return False
        size = max(CHUNK, len(self._text) - self._at)
        try:
            data = self._file.read(size)
        except UnicodeDecodeError as wrong:
            raise Unreadable("undecodable", encoding=self._file.encoding) from wrong
        if "\0" in data:
            raise Unreadable("nul-bytes")
        self._ended = not data
        self._text, self._at = self._text[self._at :] + data, 0
        if len(self._text) > 2 * MAX_ITEM:
            raise Unreadable("line-too-long", limit=MAX_ITEM)
        return not self._ended

    def peek(self) -> str:
        """Give the next character that is no space, or "" at the end."""
        while True:
            match = _SPACE.match(self._text, self._at)
            self._at = match.end() if match else self._at
            if self._at < len(self._text):
                return self._text[self._at]
            if not self._more():
                return ""

    def take(self, wanted: str) -> bool:
        """Step over a character if it is the next one."""
        if self.peek() != wanted or not wanted:
            return False
        self._at += 1
        return True

    def value(self) -> Any:
        """Decode the next value, reading on until it is whole."""
        self.peek()
        while True:
            try:
                value, end = self._decoder.raw_decode(self._text, self._at)
            except json.JSONDecodeError as wrong:
                hopeless = wrong.pos < len(self._text) - 64 and not wrong.msg.startswith("Unterminated string")
                if hopeless or not self._more():
                    raise Unreadable("truncated" if self._ended and not hopeless else "not-json") from wrong
                continue
            if end < len(self._text) or not self._more():
                self._at = end
                return value

    def items(self) -> Iterator[Any]:
        """Give the items of the array that comes next, one by one."""
        self.need("[")
        if self.take("]"):
            return
        while True:
            yield self.value()
            if self.take("]"):
                return
            self.need(",")

    def members(self) -> Iterator[str]:
        """Give the names of the object that comes next; the caller takes each value before the next name."""
        self.need("{")
        if self.take("}"):
            return
        while True:
            name = self.value()
            if not isinstance(name, str) or isinstance(name, Figure):
                raise Unreadable("not-json")
            self.need(":")
            yield name
            if self.take("}"):
                return
            self.need(",")

    def need(self, wanted: str) -> None:
        """Step over a character that must come next."""
        if not self.take(wanted):
            raise Unreadable("not-json" if self.peek() else "truncated")


def open_text(path: Path) -> TextIO:
    """Open JSON text in the Unicode encoding that its first bytes show (RFC 4627)."""
    with path.open("rb") as file:
        head = file.read(4)
    if not head:
        raise Unreadable("empty-file")
    return path.open(encoding=json.detect_encoding(head), newline="")


def text(value: Any) -> str:
    """Write a JSON value as a cell: null is empty, words as they are, lists and objects as compact JSON."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    return compact(value)


def compact(value: Any, depth: int = 0) -> str:
    """Write a decoded value as JSON again, with numbers in their own digits."""
    if depth > MAX_DEPTH:
        raise Unreadable("too-deep", limit=MAX_DEPTH)
    if isinstance(value, Figure):
        return str(value)
    if isinstance(value, Mapping):
        inner = (f"{json.dumps(key, ensure_ascii=False)}:{compact(one, depth + 1)}" for key, one in value.items())
        return "{" + ",".join(inner) + "}"
    if isinstance(value, list):
        return "[" + ",".join(compact(one, depth + 1) for one in value) + "]"
    return json.dumps(value, ensure_ascii=False)


def table(
    opened: Callable[[], Iterable[Mapping[str, Any]]], options: ReadOptions, form: str, declared: Mapping[str, str]
) -> Table:
    """Make a table of objects: a first pass gathers their members in order, a second one gives the cells.

    ``declared`` are kinds known beforehand, by member; a member whose values are all words is text on purpose.
    """
    labels: dict[str, None] = {}
    figures: set[str] = set()
    twice: dict[str, list[int]] = {}
    rows = 0
    for rows, record in enumerate(opened(), 1):
        for name in repeated(record):
            twice.setdefault(name, [rows + 1, 0])[1] += 1
        for name, value in record.items():
            labels.setdefault(name)
            if value is not None and (not isinstance(value, str) or isinstance(value, Figure)):
                figures.add(name)
        grid.check_width(tuple(labels), options)
        if rows > options.max_rows:
            raise Unreadable("too-many-rows", limit=options.max_rows)
    if not labels:
        raise Unreadable("no-table" if rows else "empty-file")
    order = tuple(labels)
    notes = Notes()
    for name, (first, count) in twice.items():
        notes.remark("name-repeated", "warning", row=first, name=name[:NAMED], rows=count)
    cells = ([text(record.get(name)) for name in order] for record in opened())
    kinds = {
        index: declared.get(name, "string")
        for index, name in enumerate(order)
        if name not in figures or name in declared
    }
    return Table(
        name="",
        sheet=None,
        labels=order,
        first_row=2,
        format=form,
        encoding="utf-8",
        dialect={},
        batches=grid.bounded(_encoded(grid.batches(cells, 2, len(order), notes)), options),
        remarks=notes.remarks,
        kinds=kinds,
    )


def _encoded(stream: Iterator[Any]) -> Iterator[Any]:
    """Let batches pass; half a surrogate pair, which JSON can write and UTF-8 cannot, is refused."""
    try:
        yield from stream
    except UnicodeEncodeError as wrong:
        raise Unreadable("undecodable", encoding="utf-8") from wrong


def objects(values: Iterable[Any]) -> Iterator[Mapping[str, Any]]:
    """Let objects pass; arrays become objects under the names of the first one; anything else is no table."""
    values = iter(values)
    first = next(values, None)
    if first is None:
        return
    if isinstance(first, list):
        names = [text(one) or f"column_{index + 1}" for index, one in enumerate(first)]
        for number, row in enumerate(values, 2):
            if not isinstance(row, list) or len(row) != len(names):
                raise Unreadable("no-table", row=number)
            yield dict(zip(names, row, strict=True))
        return
    for number, one in enumerate(chain([first], values), 2):
        if not isinstance(one, Mapping):
            raise Unreadable("no-table", row=number)
        yield one
