"""Frictionless's Row, whose errors are made without asking their class anew for its properties each time.

An error's constructor works out its message by exporting itself to a descriptor (0.16 ms, most of a bad row's time).
What comes out here is the same object, attribute by attribute; the tests compare them.
"""

# ruff: noqa: SLF001 - the state of Frictionless's Row is reached from its own subclass

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import zip_longest
from typing import Any

from frictionless import errors, helpers
from frictionless.table.row import Row

FIXED = ("title", "description", "message", "tags")
CAMEL = {"row_number": "rowNumber", "field_name": "fieldName", "field_number": "fieldNumber"}


def quick_error(kind: type[errors.RowError], cells: list[Any], **values: Any) -> Any:
    """An error of a row or a cell: what ``kind(cells=cells, **values)`` gives. ``cells`` becomes the error's own."""
    error: Any = object.__new__(kind)
    assigned = {"cells": cells, **values}
    told: dict[str, Any] = {"type": kind.type, "title": kind.title, "description": kind.description}
    told |= {CAMEL.get(name, name): value for name, value in assigned.items()}
    error.__dict__.update(
        custom={},
        metadata_defaults={"custom": {}, "cells": cells.copy()},
        metadata_assigned={*assigned, *FIXED},
        metadata_initiated=True,
    )
    for name, value in assigned.items():
        object.__setattr__(error, name, value)
    object.__setattr__(error, "message", helpers.safe_format(kind.template, {**told, "tags": kind.tags}))
    return error


def as_texts(cells: Iterable[Any]) -> list[str]:
    """Cells as an error shows them."""
    return ["" if one is None else str(one) for one in cells]


class QuickRow(Row):
    """A Row; it reads fields in the order in which they are asked for, as Row does.

    ``sure``: a byte for each field, not 0 where its cell certainly bears no error and its value is not wanted: it is
    left as it came.
    """

    sure: bytes = b""

    def _Row__process(self, key: str | None = None) -> Any:  # noqa: N802 - the name that Row's methods call
        """Row's own reading (Frictionless 5.21, ``table/row.py``): one field, or all that were not read yet."""
        state: Any = self
        if state._Row__processed:
            return None
        handlers, cells = state._Row__handlers, state._Row__cells
        if key:
            handler = handlers[key]
            return self._read(handler, cells[handler.field_number - 1] if len(cells) >= handler.field_number else None)
        for handler, source in zip_longest(handlers.values(), cells):
            if handler is None:
                break
            if not dict.__contains__(self, handler.field.name):
                self._read(handler, source)
        found = state._Row__errors
        found.extend(self._ragged(handlers, cells))
        if len(handlers) == len(state._Row__blank_cells):
            blank = quick_error(errors.BlankRowError, as_texts(cells), note="", row_number=state._Row__row_number)
            state._Row__errors = [blank]
        state._Row__processed = True
        return None

    def _read(self, handler: Any, source: Any) -> Any:
        """Read one field, keep its value and its errors."""
        state: Any = self
        name = handler.field.name
        if self.sure and self.sure[handler.field_number - 1]:
            dict.__setitem__(self, name, source)
            return source
        target, notes = handler.reader(source)
        wrong_type = notes.pop("type", None) if notes else None
        if target is None and not wrong_type:
            state._Row__blank_cells[name] = source
        if wrong_type:
            state._Row__error_cells[name] = source
            self._note(errors.TypeError, wrong_type, handler, source)
        for note in (notes or {}).values():
            self._note(errors.ConstraintError, note, handler, source)
        dict.__setitem__(self, name, target)
        return target

    def _note(self, kind: type[errors.CellError], note: str, handler: Any, source: Any) -> None:
        state: Any = self
        error = quick_error(
            kind,
            as_texts(state._Row__cells),
            note=note,
            row_number=state._Row__row_number,
            cell=str(source),
            field_name=handler.field.name,
            field_number=handler.field_number,
        )
        state._Row__errors.append(error)

    def _ragged(self, handlers: dict[str, Any], cells: list[Any]) -> Iterator[Any]:
        """The errors of extra and of missing cells."""
        number = self.row_number
        for index, cell in enumerate(cells[len(handlers) :], start=len(handlers) + 1):
            yield quick_error(
                errors.ExtraCellError,
                as_texts(cells),
                note="",
                row_number=number,
                cell=str(cell),
                field_name="",
                field_number=index,
            )
        for handler in list(handlers.values())[len(cells) :]:
            yield quick_error(
                errors.MissingCellError,
                as_texts(cells),
                note="",
                row_number=number,
                cell="",
                field_name=handler.field.name,
                field_number=handler.field_number,
            )
