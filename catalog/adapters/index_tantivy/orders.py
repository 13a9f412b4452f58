"""Where every hit of a question stands in an order, kept while the index stands still: for pages far behind."""

from __future__ import annotations

from array import array
from collections.abc import Callable
from threading import Lock
from typing import Any, Final

import tantivy

MOST: Final = 4
"""Orders that are kept at once, eight bytes for each hit; the one asked longest ago goes first."""

LARGEST: Final = 200_000
"""Hits of an order that is worth to be kept: while it is made each takes some hundred bytes."""

_SHIFT: Final = 32
_LOW: Final = (1 << _SHIFT) - 1

Key = tuple[object, str]
"""A state of the index, and a question with its order."""


class Orders:
    """Orders of whole answers, by what was asked.

    To give the hits behind n others the engine looks up the keys of all n, which are texts: a harvester who reads
    page after page pays for every page before hers. So what was looked up in vain is counted, and as soon as it comes
    to the whole answer, the whole answer is put in order once and kept.
    """

    def __init__(self) -> None:
        self._lock = Lock()
        self._kept: dict[Key, array[int]] = {}
        self._paid: dict[Key, int] = {}

    def places(self, key: Key, looked_up: int, total: int, whole: Callable[[], Any]) -> array[int] | None:
        """Give the order, made of the hits that ``whole`` finds; None while it does not pay.

        ``looked_up`` is how many keys the page would cost without it.
        """
        with self._lock:
            found = self._kept.pop(key, None)
            if found is None:
                paid = self._paid.get(key, 0) + looked_up
                if paid < total or total > LARGEST:
                    self._pay(key, paid)
                    return None
                found = array("Q", [one.segment_ord << _SHIFT | one.doc for _, one in whole()])
                self._paid.pop(key, None)
            self._kept[key] = found  # the last one now
            while len(self._kept) > MOST:
                self._kept.pop(next(iter(self._kept)))
        return found

    def _pay(self, key: Key, paid: int) -> None:
        self._paid.pop(key, None)
        self._paid[key] = paid
        while len(self._paid) > MOST:
            self._paid.pop(next(iter(self._paid)))


def address(place: int) -> Any:
    """Give a place as tantivy has it."""
    return tantivy.DocAddress(place >> _SHIFT, place & _LOW)
