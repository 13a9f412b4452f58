"""The XML of rows as arrays: which cells of plain shape stand where, and which rows have to be parsed properly.

A row is plain when every byte of it was looked at: ``<row r="7" …>`` with attributes that are known, then cells
``<c r="A7" s="1" t="s"><v>…</v></c>`` or ``<c r="A7" t="inlineStr"><is><t>…</t></is></c>`` or empty ones, columns
rising, nothing between them, no entity and no carriage return in it. Any other row is left to an XML parser.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

ROW_DIGITS, STYLE_DIGITS = 7, 5
EMPTY, VALUE, INLINE = 0, 1, 2
NUMBER, SHARED, BOOLEAN, WORDS = 0, 1, 2, 3
PAD = 64
SPACE, LINES = 32, (9, 10, 13)
_ROW = np.frombuffer(b'<row r="', dtype=np.uint8)
_INLINE = np.frombuffer(b'inlineStr"', dtype=np.uint8)


class OddXml(Exception):
    """The XML is not of the shape that can be read by columns."""


@dataclass(frozen=True, slots=True)
class Scanned:
    """Rows of one block: numbers, which are plain, where each begins; of the plain ones' cells where each value lies.

    The cell arrays have shape (rows, columns): ``form`` EMPTY, VALUE or INLINE; ``kind`` NUMBER …; ``style`` the index
    of its format; ``start`` and ``end`` byte positions in the block. ``last`` is a row's last column (counted from 1).
    """

    numbers: Any
    plain: Any
    begins: Any
    form: Any
    kind: Any
    style: Any
    start: Any
    end: Any
    last: Any


def scan(block: bytes, width: int, known: Callable[[bytes], bool]) -> Scanned:
    """Look at whole rows; ``known`` says of what follows a row's number in its tag whether it is well formed.

    Raises OddXml where even the rows' own tags are of another shape.
    """
    refuse_odd(block)
    data = np.frombuffer(block + b"\0" * PAD, dtype=np.uint8)
    tags = np.flatnonzero(data == ord("<"))
    name, second = data[tags + 1], data[tags + 2]
    if ((name == ord("!")) | (name == ord("?"))).any():
        raise OddXml
    cell_tags = np.flatnonzero((name == ord("c")) & (second == ord(" ")))
    row_tags = np.flatnonzero((name == ord("r")) & (second == ord("o")))
    begins = tags[row_tags]
    numbers, digits, plain = _row_heads(block, data, tags, row_tags, known)
    found = _Cells(data, np.append(tags, [len(block)] * 8), cell_tags, row_tags, digits)
    good = found.heads() & found.bodies()
    good &= found.followed(len(tags))
    _strike(data, begins, plain)
    plain[found.row[~good]] = False
    # A row whose first tag is not its first cell, or that has other tags, is caught by the chain of its cells.
    count = np.bincount(found.row, minlength=len(begins))
    plain &= _closed(data, tags, row_tags, count, found)
    return found.laid(numbers, plain, begins, width)


def refuse_odd(block: bytes) -> None:
    """Raise OddXml where bytes stand that XML forbids or that are more than elements and text."""
    data = np.frombuffer(block, dtype=np.uint8)
    low = data[data < SPACE]
    if len(low) and not np.isin(low, LINES).all():
        raise OddXml
    if b"]" in block and b"]]>" in block:
        raise OddXml
    if b"\xef" in block and (b"\xef\xbf\xbe" in block or b"\xef\xbf\xbf" in block):
        raise OddXml
    try:
        block.decode("utf-8")
    except UnicodeDecodeError as wrong:
        raise OddXml from wrong


def _row_heads(block: bytes, data: Any, tags: Any, row_tags: Any, known: Callable[[bytes], bool]) -> tuple[Any, ...]:
    begins = tags[row_tags]
    if not len(begins):
        raise OddXml
    if not (data[begins[:, None] + np.arange(len(_ROW))] == _ROW).all():
        raise OddXml
    signs = data[begins[:, None] + len(_ROW) + np.arange(ROW_DIGITS + 1)]
    is_digit = (signs >= ord("0")) & (signs <= ord("9"))
    count = np.argmin(is_digit, axis=1)
    if (count == 0).any() or (signs[:, 0] == ord("0")).any():
        raise OddXml
    if not (signs[np.arange(len(signs)), count] == ord('"')).all():
        raise OddXml
    numbers = np.zeros(len(begins), dtype=np.int64)
    for place in range(ROW_DIGITS):
        inside = place < count
        numbers[inside] = numbers[inside] * 10 + (signs[inside, place] - ord("0"))
    ends = np.append(tags, len(block))[row_tags + 1]
    return numbers, count, _known_tails(block, data, begins + len(_ROW) + count + 1, ends, known)


def _known_tails(block: bytes, data: Any, starts: Any, ends: Any, known: Callable[[bytes], bool]) -> Any:
    """Whether what stands between a row's number and the next tag is known; most rows say the same there."""
    length = int(ends[0] - starts[0])
    usual = data[starts[0] : ends[0]]
    plain = ends - starts == length
    same = np.flatnonzero(plain)
    plain[same] = (data[starts[same][:, None] + np.arange(length)] == usual).all(axis=1)
    rest = np.flatnonzero(~plain)
    plain[plain] = known(bytes(usual))
    plain[rest] = [known(block[starts[index] : ends[index]]) for index in rest.tolist()]
    return plain


def _strike(data: Any, begins: Any, plain: Any) -> None:
    """Rows with an entity or a carriage return in them are not plain."""
    odd = np.flatnonzero((data == ord("&")) | (data == ord("\r")))
    if len(odd):
        plain[np.maximum(np.searchsorted(begins, odd, side="right") - 1, 0)] = False


def _closed(data: Any, tags: Any, row_tags: Any, count: Any, found: _Cells) -> Any:
    """Which rows are closed where their last cell ends, and begin where the row before them was closed."""
    ending = np.append(tags, len(data) - PAD)
    first = row_tags + 1
    closing = first.copy()
    last = np.cumsum(count) - 1
    filled = count > 0
    closing[filled] = found.next_tag[last[filled]]
    begins_well = np.ones(len(row_tags), dtype=bool)
    begins_well[filled] = found.tag[(last - count + 1)[filled]] == first[filled]
    # A row without cells: its own tag closes it, or the next tag does.
    own = ending[first]
    selfclosed = ~filled & (data[np.maximum(own - 2, 0)] == ord("/")) & (data[np.maximum(own - 1, 0)] == ord(">"))
    at = ending[np.minimum(closing, len(ending) - 1)]
    word = np.frombuffer(b"</row>", dtype=np.uint8)
    told = (data[at[:, None] + np.arange(len(word))] == word).all(axis=1)
    after = np.where(selfclosed, first, closing + 1)
    place = np.where(selfclosed, own, at + len(word))
    follows = ending[np.minimum(after, len(ending) - 1)]
    expected = np.append(row_tags[1:], len(tags))
    return begins_well & (told | selfclosed) & (after == expected) & (follows == place)


class _Cells:
    """All cells of a block, one array element each."""

    def __init__(self, data: Any, tags: Any, cell_tags: Any, row_tags: Any, digits: Any) -> None:
        self.data, self.tags, self.tag = data, tags, cell_tags
        self.at = tags[cell_tags]
        self.row = np.searchsorted(row_tags, cell_tags) - 1
        if len(self.row) and self.row[0] < 0:
            raise OddXml
        self.digits = digits[self.row]
        self.form = np.zeros(len(self.at), dtype=np.uint8)
        self.start = np.zeros(len(self.at), dtype=np.int32)
        self.end = np.zeros(len(self.at), dtype=np.int32)
        self.next_tag = cell_tags + 1
        self.column = self.style = self.kind = self.body = self.inline = self.selfclosed = self.at

    def _is(self, positions: Any, word: bytes) -> Any:
        good = self.data[positions] == word[0]
        for offset in range(1, len(word)):
            good &= self.data[positions + offset] == word[offset]
        return good

    def heads(self) -> Any:
        """Read ``<c r="A7" s="1" t="s">``; True where it is of that shape."""
        data = self.data
        good = self._is(self.at + 2, b' r="')
        letters = [data[self.at + 6 + place] for place in range(3)]
        upper = [(one >= ord("A")) & (one <= ord("Z")) for one in letters]
        good &= upper[0]
        two, three = upper[1], upper[1] & upper[2]
        column = letters[0].astype(np.int32) - 64
        column = np.where(two, column * 26 + letters[1] - 64, column)
        self.column = np.where(three, column * 26 + letters[2] - 64, column)
        place = self.at + 7 + two + three
        good &= data[place] != ord("0")
        for digit in range(int(self.digits.max(initial=0))):
            sign = data[place + digit]
            good &= (digit >= self.digits) | ((sign >= ord("0")) & (sign <= ord("9")))
        place = place + self.digits
        good &= data[place] == ord('"')
        place = self._style(place + 1)
        place, typed = self._type(place)
        self.selfclosed = self._is(place, b"/>")
        good &= typed & (self.selfclosed | (data[place] == ord(">")))
        self.body = place + 1 + self.selfclosed
        return good

    def _style(self, place: Any) -> Any:
        """Read `` s="12"`` where it stands; the position behind it."""
        styled = np.flatnonzero(self._is(place, b' s="'))
        self.style = np.zeros(len(self.at), dtype=np.int32)
        at, style = place[styled] + 4, np.zeros(len(styled), dtype=np.int32)
        going = np.ones(len(styled), dtype=bool)
        for _ in range(STYLE_DIGITS):
            sign = self.data[at]
            going &= (sign >= ord("0")) & (sign <= ord("9"))
            if not going.any():
                break
            style = np.where(going, style * 10 + sign - ord("0"), style)
            at = at + going
        closed = (self.data[at] == ord('"')) & (at > place[styled] + 4)
        self.style[styled] = style
        behind = place.copy()
        behind[styled[closed]] = at[closed] + 1
        return behind

    def _type(self, place: Any) -> tuple[Any, Any]:
        """Read `` t="s"`` where it stands; the position behind it, and True where the type is one of those known."""
        typed = self._is(place, b' t="')
        sign, after = self.data[place + 4], self.data[place + 5]
        short = typed & (after == ord('"'))
        formula = typed & (sign == ord("s")) & (after == ord("t")) & self._is(place + 6, b'r"')
        inline = typed & (sign == ord("i"))
        where = np.flatnonzero(inline)
        inline[where] = (self.data[(place[where] + 4)[:, None] + np.arange(len(_INLINE))] == _INLINE).all(axis=1)
        self.inline = inline
        self.kind = np.full(len(place), NUMBER, dtype=np.uint8)
        self.kind[(short & (sign == ord("s")))] = SHARED
        self.kind[(short & (sign == ord("b")))] = BOOLEAN
        self.kind[(short & (sign == ord("e"))) | formula | inline] = WORDS
        one = short & ((sign == ord("s")) | (sign == ord("b")) | (sign == ord("e")) | (sign == ord("n")))
        behind = place + 6 * one + 8 * formula + 14 * inline
        return behind, ~typed | one | formula | inline

    def bodies(self) -> Any:
        """Find the values; True where the cell's inside is of a plain shape."""
        empty = self.selfclosed
        opened = ~empty & (self.tags[self.tag + 1] == self.body)
        valued = opened & self._is(self.body, b"<v>") & ~self.inline
        self._put(VALUE, np.flatnonzero(valued), 1, b"<v>", b"</v></c>")
        worded = opened & self.inline
        for head in (b"<is><t>", b'<is><t xml:space="preserve">'):
            where = np.flatnonzero(worded)
            self._put(INLINE, where[self._is(self.body[where], head)], 2, head, b"</t></is></c>")
        hollow = np.flatnonzero(opened & (self.form == EMPTY))
        for inside, count in ((b"</c>", 2), (b"<v/></c>", 3), (b"<v></v></c>", 4)):
            where = hollow[self._is(self.body[hollow], inside)]
            self.next_tag[where] = self.tag[where] + count
            self.end[where] = self.body[where] + len(inside)
            empty = empty.copy()
            empty[where] = True
        self.end[self.selfclosed] = self.body[self.selfclosed]
        self._behind = np.where(self.form == EMPTY, self.end, self._after)
        return empty | (self.form != EMPTY)

    _after: Any = 0
    _behind: Any = 0

    def _put(self, form: int, where: Any, depth: int, head: bytes, tail: bytes) -> None:
        """Note the values of cells whose body begins with ``head``, if it ends with ``tail``."""
        start = self.body[where] + len(head)
        close = self.tag[where] + depth + 1
        end = self.tags[np.minimum(close, len(self.tags) - 1)]
        well = self._is(np.minimum(end, len(self.data) - PAD), tail)
        if form == VALUE:
            well &= end > start
        chosen = where[well]
        self.form[chosen] = form
        self.start[chosen], self.end[chosen] = start[well], end[well]
        self.next_tag[chosen] = close[well] + tail.count(b"<")
        if isinstance(self._after, int):
            self._after = np.zeros(len(self.at), dtype=np.int64)
        self._after[chosen] = end[well] + len(tail)

    def followed(self, count: int) -> Any:
        """True where the next tag follows at once and is the row's next cell, in a column farther right, or its end."""
        reached = np.minimum(self.next_tag, count)
        good = self.tags[reached] == self._behind
        following = np.append(self.tag[1:], -1)
        own = np.append(self.row[1:], -1) == self.row
        good &= ~own | (following == reached)
        rising = np.append(self.column[1:], 0) > self.column
        good &= ~own | rising
        return good

    def laid(self, numbers: Any, plain: Any, begins: Any, width: int) -> Scanned:
        """Every array by row and column; cells beyond the width are left out."""
        shape = (len(numbers), width)
        inside = (self.column <= width) & plain[self.row]
        row, column = self.row[inside], self.column[inside] - 1

        def spread(values: Any, kind: Any) -> Any:
            laid = np.zeros(shape, dtype=kind)
            laid[row, column] = values[inside]
            return laid

        last = np.zeros(len(numbers), dtype=np.int32)
        last[self.row] = self.column  # the last one of a row stays
        return Scanned(
            numbers,
            plain,
            begins,
            spread(self.form, np.uint8),
            spread(self.kind, np.uint8),
            spread(self.style, np.int32),
            spread(self.start, np.int32),
            spread(self.end, np.int32),
            last,
        )
