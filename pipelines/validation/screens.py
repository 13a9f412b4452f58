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
_RECOMPOSED = (
    r"\p{M}\x{340}-\x{344}\x{374}\x{37e}\x{387}\x{958}-\x{95f}\x{9dc}-\x{9df}\x{a33}-\x{a5e}\x{b5c}\x{b5d}\x{f43}-\x{fb9}"
    r"\x{1100}-\x{11ff}\x{1f00}-\x{1fff}\x{2000}\x{2001}\x{2126}-\x{212b}\x{2329}\x{232a}\x{2adc}\x{f900}-\x{faff}"
    r"\x{fb1d}-\x{fb4e}\x{11000}-\x{16fff}\x{1d15e}-\x{1d1c0}\x{2f800}-\x{2fa1f}"
)
"""Characters that NFC may change or join to the one before, taken generously, block by block."""
_PAIRS = "[AEOYaeoy][ÂÁÀÅÃÄÊÉÈÚÜËâáàåãäêéèúüë]|[AEUYÔÖaeuyôöOo][ÙØÛÕÏùøûõï]"
"""A letter and its mark as VNI fonts have them."""
_IN_WORD = f"[A-Za-z]{_SIGNS}|{_SIGNS}[A-Za-z]|{_PAIRS}"
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
    """Find cells with signs of TCVN3 or VNI inside words."""
    return pc.match_substring_regex(cells, _IN_WORD)


def twelve_digits(cells: pa.StringArray) -> pa.BooleanArray:
    """Find cells with exactly twelve ASCII digits."""
    return pc.match_substring_regex(cells, _TWELVE)


_UNCLEAN = f"^[\\s\\p{{Z}}]|[\\s\\p{{Z}}]$|{_INVISIBLE[:-1]}{_RECOMPOSED}]|{_IN_WORD}"


def unclean(cells: pa.StringArray) -> pa.BooleanArray:
    """Find cells that any of the checks in TEXT might object to, in one pass."""
    return pc.match_substring_regex(cells, _UNCLEAN)


TEXT = frozenset({"nfc", "trim", "invisible-characters", "legacy-font-encoding"})
"""Checks of every column's text: their screens are asked only about cells that ``unclean`` suspects."""

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
