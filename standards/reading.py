"""How a file is read: what its publisher says about it, and what was understood without being told, guess by guess."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Literal

ENCODINGS = (
    "utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "windows-1258", "tcvn3", "vni", "viscii", "windows-1252",
    "cp932", "euc-jp", "euc-kr", "gb18030", "big5",
)  # fmt: skip
"""The encodings that are read, by the names we say."""

ALIASES: Mapping[str, str] = MappingProxyType({
    "utf8": "utf-8", "utf16": "utf-16", "utf16le": "utf-16-le", "utf16be": "utf-16-be", "shift_jis": "cp932",
    "shift-jis": "cp932", "sjis": "cp932", "ms932": "cp932", "windows-31j": "cp932", "eucjp": "euc-jp",
    "euc_jp": "euc-jp", "cp1258": "windows-1258", "cp1252": "windows-1252", "latin-1": "windows-1252",
    "latin1": "windows-1252", "iso-8859-1": "windows-1252", "euc_kr": "euc-kr", "euckr": "euc-kr", "cp949": "euc-kr",
    "gbk": "gb18030", "gb2312": "gb18030", "cp936": "gb18030", "cp950": "big5", "abc": "tcvn3", "vni-windows": "vni",
})  # fmt: skip

MARKS: Mapping[str, str] = MappingProxyType({
    "comma": ",", "semicolon": ";", "tab": "\t", "\\t": "\t", "pipe": "|", "space": " ", "colon": ":", "tilde": "~",
})  # fmt: skip
"""Delimiters by their names."""

NONE = "none"
DEEPEST = 9
FARTHEST = 1000
LONGEST = 40
MOST_MISSING = 20
ORDERS = ("dmy", "mdy", "ymd")
THOUSANDS = (NONE, ",", ".", " ", "'")


class BadOption(ValueError):
    """An option of reading that does not exist (``known`` is False) or whose value is none it can have."""

    def __init__(self, name: str, *, known: bool = True) -> None:
        super().__init__(name)
        self.name = name
        self.known = known


@dataclass(frozen=True, slots=True, kw_only=True)
class Overrides:
    """What the publisher says instead of what would be guessed; "" or None leaves it to be guessed.

    ``quote`` and ``thousands`` may be ``none``. ``escape`` says how a quote stands inside a quoted cell: ``double`` or
    ``backslash``. ``header_row`` is the record number of the (last) header row, 0 for none; ``header_rows`` how many
    rows the header takes. ``skip_footer`` is how many records at the end are no data. ``missing`` are words that stand
    for nothing; () means none do. ``columns`` are overrides of single columns, by their label: ``decimal``,
    ``thousands``, ``date_order`` and ``missing``.
    """

    encoding: str = ""
    delimiter: str = ""
    quote: str = ""
    escape: str = ""
    comment: str = ""
    header_row: int | None = None
    header_rows: int | None = None
    skip_footer: int | None = None
    decimal: str = ""
    thousands: str = ""
    date_order: str = ""
    missing: tuple[str, ...] | None = None
    columns: Mapping[str, Overrides] = field(default_factory=dict)

    def of(self, label: str) -> Overrides:
        """Give what is said of one column: its own words before those for all."""
        own = self.columns.get(label)
        if own is None:
            return self
        return Overrides(
            decimal=own.decimal or self.decimal,
            thousands=own.thousands or self.thousands,
            date_order=own.date_order or self.date_order,
            missing=self.missing if own.missing is None else own.missing,
        )


def _one_of(*words: str) -> Callable[[Any], str]:
    def check(value: Any) -> str:
        word = str(value).strip(" ").lower() if value != " " else value
        if word not in words:
            raise ValueError
        return str(word)

    return check


def _encoding(value: Any) -> str:
    word = str(value).strip().lower()
    name = ALIASES.get(word, word)
    if name not in ENCODINGS:
        raise ValueError
    return name


def _mark(value: Any) -> str:
    mark = MARKS.get(str(value).lower(), str(value))
    if len(mark) != 1 or not mark.isascii() or mark.isalnum() or mark in "\r\n\"'`\0":
        raise ValueError
    return mark


def _number(least: int, most: int) -> Callable[[Any], int]:
    def check(value: Any) -> int:
        if isinstance(value, bool) or not re.fullmatch(r"[0-9]{1,6}", str(value)) or not least <= int(value) <= most:
            raise ValueError
        return int(value)

    return check


def _words(value: Any) -> tuple[str, ...]:
    if isinstance(value, str):
        value = [word for word in value.split(",") if word.strip()]
    if not isinstance(value, Sequence) or len(value) > MOST_MISSING:
        raise ValueError
    if not all(isinstance(one, str) and 0 < len(one.strip()) <= LONGEST for one in value):
        raise ValueError
    return tuple(dict.fromkeys(one.strip() for one in value))


CHECKS: Mapping[str, Callable[[Any], Any]] = MappingProxyType({
    "encoding": _encoding, "delimiter": _mark, "quote": _one_of('"', "'", "`", NONE),
    "escape": _one_of("double", "backslash"), "comment": _one_of("#", "%", "//", "--", NONE),
    "header_row": _number(0, FARTHEST), "header_rows": _number(1, DEEPEST), "skip_footer": _number(0, FARTHEST),
    "decimal": _one_of(".", ","), "thousands": _one_of(*THOUSANDS), "date_order": _one_of(*ORDERS), "missing": _words,
})  # fmt: skip
"""The options of reading, and what makes a value of each."""

OF_COLUMNS = ("decimal", "thousands", "date_order", "missing")
"""Those that can be said of a single column."""
MOST_COLUMNS = 2_000


def overrides(given: Mapping[str, Any]) -> Overrides:
    """Make overrides of what was said; raises BadOption for a name that is none or a value that cannot be."""
    found: dict[str, Any] = {}
    for name, value in given.items():
        if name == "columns":
            found[name] = _columns(value)
        elif name not in CHECKS:
            raise BadOption(str(name)[:LONGEST], known=False)
        elif value is not None and value != "":
            found[name] = _checked(name, value)
    return Overrides(**found)


def _checked(name: str, value: Any) -> Any:
    try:
        return CHECKS[name](value)
    except ValueError:
        raise BadOption(name) from None


def _columns(given: Any) -> Mapping[str, Overrides]:
    if not isinstance(given, Mapping) or len(given) > MOST_COLUMNS:
        raise BadOption("columns")
    if not all(isinstance(one, Mapping) and set(one) <= set(OF_COLUMNS) for one in given.values()):
        raise BadOption("columns")
    return {str(label): overrides(one) for label, one in given.items()}


def said(reading: Overrides) -> dict[str, Any]:
    """Give overrides as plain JSON with only what was said: ``overrides(said(x)) == x``."""
    found: dict[str, Any] = {}
    for name in CHECKS:
        value = getattr(reading, name)
        if value is not None and value != "":
            found[name] = list(value) if isinstance(value, tuple) else value
    if reading.columns:
        found["columns"] = {label: said(one) for label, one in reading.columns.items()}
    return found


Sure = Literal["certain", "likely", "unsure"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Guess:
    """One thing that was understood of a file or of one column without, or although, it was told.

    ``what`` is the thing (``encoding``, ``delimiter``, ``decimal`` …), ``option`` the option that overrides it ("" when
    none does). ``chosen`` and ``alternatives`` are values of that option; ``evidence`` is a stable word for why, with
    ``params`` for its sentence. ``column`` counts from 1.
    """

    what: str
    chosen: str
    option: str = ""
    alternatives: tuple[str, ...] = ()
    sure: Sure = "likely"
    evidence: str = ""
    params: Mapping[str, Any] = field(default_factory=dict)
    field: str | None = None
    column: int | None = None
    overridden: bool = False
