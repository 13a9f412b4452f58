"""Screens: which cells of a column a check might object to, asked of Arrow so that most cells never become Python text.

A screen may only err on the side of suspicion: what it lets pass, the check's ``look`` passes too
(tests/pipelines/test_validation_screens.py holds every screen to it).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

import pyarrow as pa
import pyarrow.compute as pc

from standards.text import INVISIBLE, TELLTALE

Screen = Callable[[pa.StringArray], pa.BooleanArray]


def _class(chars: str) -> str:
    """Write characters as the inside of an RE2 class."""
    return "".join(f"\\x{{{ord(char):x}}}" for char in sorted(chars))


_INVISIBLE = f"[{_class(''.join(INVISIBLE))}]"
_SIGNS = f"[{_class(''.join(TELLTALE))}]"
_IN_WORD = f"[A-Za-z]{_SIGNS}|{_SIGNS}[A-Za-z]"
_NFC = pc.Utf8NormalizeOptions("NFC")
_TWELVE = "^[^0-9]*([0-9][^0-9]*){12}$"


def not_composed(cells: pa.StringArray) -> pa.BooleanArray:
    """Find cells that NFC would change."""
    return pc.not_equal(pc.call_function("utf8_normalize", [cells], _NFC), cells)


def spaced(cells: pa.StringArray) -> pa.BooleanArray:
    """Find cells that begin or end with white space."""
    return pc.not_equal(pc.utf8_trim_whitespace(cells), cells)


def hiding(cells: pa.StringArray) -> pa.BooleanArray:
    """Find cells with invisible characters."""
    return pc.match_substring_regex(cells, _INVISIBLE)


def in_old_font(cells: pa.StringArray) -> pa.BooleanArray:
    """Find cells with signs of TCVN3 inside words."""
    return pc.match_substring_regex(cells, _IN_WORD)


def twelve_digits(cells: pa.StringArray) -> pa.BooleanArray:
    """Find cells with exactly twelve ASCII digits."""
    return pc.match_substring_regex(cells, _TWELVE)


SCREENS: Mapping[str, Screen] = MappingProxyType(
    {
        "nfc": not_composed,
        "trim": spaced,
        "invisible-characters": hiding,
        "legacy-font-encoding": in_old_font,
        "personal-number": twelve_digits,
    }
)
"""Screens by code of the check."""
