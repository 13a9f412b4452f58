"""The shape of a check: one module per check, pure, with its own good and bad examples.

A check module has these names, and nothing else is public:

* ``CODE`` stable kebab-case code; ``SCOPE``; ``SEVERITY``; ``BASIS`` (the rule it rests on, with its source);
* ``TITLE`` ``{"vi": …, "en": …}`` and ``SENTENCES[variant][lang]``: ``str.format`` templates over the remark's
  ``params`` and ``{field} {row} {cell}``; the variant is ``params["variant"]``, or ``""`` when there is only one. The
  door puts the place before the sentence ("Ô C17 (Mã xã): …"), so a sentence says what was found, what is expected and
  how to go on.
  Params named ``*_on`` are ISO 8601 days and are written as dates; a mapping ``{"vi": …, "en": …}`` is taken in the
  reader's language; a list is joined;
* ``GOOD`` and ``BAD``: tuples of Example; GOOD gives nothing, BAD gives exactly CODE;
* ``look(cells, use) -> Remark | None``.

A check of cells may also name in ``EXPLAINS`` the constraints of its column (``pattern``, ``minLength``, ``maxLength``,
``enum``, ``minimum`` …, and ``type``) that it speaks for: where its remark is an error, theirs on the same cell is not
shown beside it (``Finding.also`` names it).

SCOPE "cell" (the usual one): ``look`` gets the cells of *one row* that the use names (``use.field`` first, then the
fields in ``use.args`` that are columns) and nothing else. It must be a pure function of them, so that an engine may
call it once for each distinct combination. SCOPE "row" is the same promise about cells that differ in nearly every row
(numbers, coordinates): an engine passes over the rows that a screen of whole columns clears, and asks about the rest.
SCOPE "column": ``cells`` maps ``use.field`` to the distinct values of the column. SCOPE "group": the rows that share
the cells named in ``use.args["by"]`` (a list of columns; without it the whole table); ``cells`` maps every needed
column to the group's cells in row order, and ``Remark.rows`` tells which of them the remark is about, counted from 0.
Three more names may stand in such a module: ``LEAST`` (groups of fewer rows are passed over; 2 without it),
``DISTINCT`` (only the first of the group's rows that are alike in the needed columns is shown) and ``FOLDED`` (the
cells of ``use.field`` belong to the group's key, apart from marks, case and punctuation). SCOPE "table": ``cells`` maps
every label of the table, in order, to the cells of its first row (empty without rows). Of a check in scope "cell",
"row", "column" or "group" everything else is derived: what the columnar engine asks of whole columns, and the
Frictionless check (pipelines/validation/derived.py).

SCOPE "sheet": ``cells["page"]`` is the sheet as it lies in its file, laid out (``standards.page.Page``); such a
check also says which ``RULE`` of the machine-readability rules it is, at which level, shows before and after in a
``PICTURE`` and ``applies(cells, use)`` tells whether the rule can be decided for that sheet at all.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from dataclasses import field as member
from datetime import date
from decimal import Decimal
from typing import Any, Literal, Protocol

from standards.codelist import Codelist, Entry
from standards.finding import Fix, Place, Severity
from standards.text import bare_name_key

Cells = Mapping[str, Any]
"""What a check looks at: column → cell (scopes cell and row) or list of cells (scopes column, group and table)."""

Scope = Literal["cell", "row", "column", "group", "table", "sheet", "dataset"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Use:
    """One use of a check by a standard: on which field, with which arguments.

    ``needs`` are the columns whose cells ``look`` reads, ``field`` first; ``args`` are the words after the colon in a
    standard (``code-valid-on: {list: vn-commune, date: ref_date, name: commune_name}``). ``codelists`` gives a list by
    id; ``today`` is an argument because this floor has no clock. ``day`` is the day that rows without one of their own
    are of, where the publisher confirmed one (else today).
    """

    field: str
    needs: tuple[str, ...]
    args: Mapping[str, Any] = member(default_factory=dict)
    codelists: Callable[[str], Codelist]
    today: date
    severity: Severity | None = None
    day: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Remark:
    """What one look found: parameters of the sentence and the repair, if one is known.

    ``cell`` stands in for the cell where it may not be repeated (a masked personal number). ``rows`` are the places
    within the group (scope group) that the remark is about, the first one bearing it. A check of scope sheet says
    where (``place``, as records and columns count from 1) and how often (``count``).
    """

    params: Mapping[str, Any] = member(default_factory=dict)
    fix: Fix | None = None
    severity: Severity | None = None
    basis: str = ""
    rows: tuple[int, ...] = ()
    cell: str | None = None
    place: Place | None = None
    count: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """Cells and arguments that show a check at work; ``said`` is the remark's expected params (a subset).

    The first column is the field of the use, the others are what it needs; ``today`` is the day of the example.
    """

    cells: Cells
    args: Mapping[str, Any] = member(default_factory=dict)
    said: Mapping[str, Any] = member(default_factory=dict)
    field: str = ""
    today: date = date(2026, 11, 1)


class Check(Protocol):
    """What every module of ``standards.checks`` looks like (see the module's docstring)."""

    CODE: str
    SCOPE: Scope
    SEVERITY: Severity
    BASIS: str
    TITLE: Mapping[str, str]
    SENTENCES: Mapping[str, Mapping[str, str]]
    GOOD: Sequence[Example]
    BAD: Sequence[Example]

    def look(self, cells: Cells, use: Use) -> Remark | None:
        """Say what is wrong with these cells, or None."""


# --- what the checks of numbers share --------------------------------------------------------------------------------

_NUMBER = re.compile(r"[+-]?[0-9]{1,18}(?:\.[0-9]{1,18})?")


def number_in(text: str) -> Decimal | None:
    """Read a plain number (``-12.5``), exactly; None for a blank cell and for whatever is written otherwise."""
    bare = text.strip()
    return Decimal(bare) if _NUMBER.fullmatch(bare) else None


def plain(number: Decimal) -> str:
    """Write a number without a trail of noughts or an exponent."""
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


# --- what the checks of code lists share ----------------------------------------------------------------------------

_YEAR, _MONTH, _DAY = 4, 7, 10
_LONGEST = 14
"""No code of digits in any list is longer."""


def day_of(text: str, *, otherwise: date) -> date | None:
    """Read a reference day: ``YYYY-MM-DD``, or the last day of ``YYYY-MM`` or ``YYYY``; blank gives ``otherwise``.

    Anything else gives None: the type of the column is somebody else's question.
    """
    text = text.strip()
    if not text:
        return otherwise
    try:
        if len(text) == _YEAR:
            return date(int(text), 12, 31)
        if len(text) == _MONTH:
            year, month = int(text[:4]), int(text[5:])
            return date(year, month, monthrange(year, month)[1])
        return date.fromisoformat(text[:_DAY])
    except ValueError:
        return None


def reference_day(cells: Cells, use: Use) -> date | None:
    """Find the day of a row: ``use.args["date"]`` names a column or is an ISO day; without it ``use.today``."""
    named = str(use.args.get("date", ""))
    return day_of(str(cells.get(named, "" if named.isidentifier() else named)), otherwise=use.day or use.today)


def entry_names(entry: Entry) -> tuple[str, ...]:
    """Every name of an entry, the main one first."""
    return tuple(dict.fromkeys((entry.name, *entry.other_names, *entry.names.values())))


def is_called(entry: Entry, name: str) -> bool:
    """Whether a name is one of the entry's, apart from marks, case, type word and tone placement."""
    key = bare_name_key(name)
    return any(bare_name_key(one) == key for one in entry_names(entry))


def padded(codes: Codelist, text: str) -> tuple[str, ...]:
    """List the codes that a number becomes when its lost leading zeros are put back; empty when it is a code itself."""
    if not (text.isascii() and text.isdigit()) or text in codes.entries:
        return ()
    widths = range(len(text) + 1, _LONGEST + 1)
    return tuple(code for width in widths if (code := text.zfill(width)) in codes.entries)


def label(code: str, codes: Codelist, day: date) -> str:
    """Write a code with its name on a day: ``24 (Tỉnh Bắc Ninh)``."""
    entry = codes.on(code, day)
    return f"{code} ({entry.name})" if entry else code


_ADMINISTRATIVE = frozenset({"vn-province", "vn-district", "vn-commune"})


def basis_of(codes: Codelist, instrument: str = "") -> str:
    """Name what a remark on a code rests on: the instrument that changed it, else the list's source.

    For Vietnamese administrative units that is "": the check's own basis names the decisions in force.
    """
    return instrument or ("" if codes.id in _ADMINISTRATIVE else codes.source)
