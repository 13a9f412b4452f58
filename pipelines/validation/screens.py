"""Screens: which cells of a column a check might object to, asked of Arrow so that most cells never become Python text.

A screen may only err on the side of suspicion: what it lets pass, the check's ``look`` passes too
(tests/pipelines/test_validation_screens.py holds every screen to it).
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from types import MappingProxyType

import pyarrow as pa
import pyarrow.compute as pc

from standards.check import Use
from standards.checks.in_country import BOXES
from standards.codelist import codes
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


_UNCLEAN = f"^[\\s\\p{{Z}}]|[\\s\\p{{Z}}]$|{_INVISIBLE[:-1]}{_RECOMPOSED}\\p{{Cyrillic}}\\p{{Greek}}]|{_IN_WORD}"


_UNCLEAN_ASCII = f"^\\s|\\s$|[{_class(''.join(char for char in INVISIBLE if char.isascii()))}]"
"""What is left of it where all is ASCII: to build the whole takes longer than to ask it of a small table."""


def unclean(cells: pa.StringArray) -> pa.BooleanArray:
    """Find cells that any of the checks in TEXT might object to, in one pass."""
    plain = pc.all(pc.string_is_ascii(cells)).as_py()
    return pc.match_substring_regex(cells, _UNCLEAN_ASCII if plain else _UNCLEAN)


def in_two_scripts(cells: pa.StringArray) -> pa.BooleanArray:
    """Find cells with Cyrillic or Greek letters."""
    return pc.match_substring_regex(cells, r"[\p{Cyrillic}\p{Greek}]")


def in_half_width(cells: pa.StringArray) -> pa.BooleanArray:
    """Find cells with half-width katakana."""
    return pc.match_substring_regex(cells, r"[\x{ff61}-\x{ff9f}]")


@functools.cache
def _dialled() -> str:
    prefixes = "|".join(one[1:] for one in codes("vn-mobile-prefix"))
    return f"^(?:0|\\+84)(?:(?:{prefixes})[0-9]{{7}}|2[0-9]{{9}})$"


def not_dialled(cells: pa.StringArray) -> pa.BooleanArray:
    """Find cells that are not plainly one mobile or landline number of Viet Nam."""
    return pc.and_(pc.invert(pc.match_substring_regex(cells, _dialled())), pc.not_equal(cells, ""))


# --- numbers of a row -------------------------------------------------------------------------------------------------

RowScreen = Callable[[Mapping[str, pa.StringArray], Use], pa.BooleanArray]
_PLAIN = "^[+-]?[0-9]{1,15}(?:[.][0-9]{1,15})?$"
_EXACT = "^[+-]?[0-9]{1,12}(?:[.][0-9]{1,2})?$"
"""Numbers of which two that differ are different floats, and so are the sums of a few of them."""
_CLOSE = 1e-9


def _floats(cells: pa.StringArray, pattern: str = _EXACT) -> pa.DoubleArray:
    """Read plain numbers; null where a cell is blank or written otherwise."""
    return pc.cast(pc.if_else(pc.match_substring_regex(cells, pattern), cells, None), pa.float64())


def _else(certain: pa.BooleanArray) -> pa.BooleanArray:
    """Suspect every row that is not certain, those without an answer too."""
    return pc.invert(pc.fill_null(certain, False))


def _blank(cells: pa.StringArray) -> pa.BooleanArray:
    return pc.equal(cells, "")


def beyond_the_country(columns: Mapping[str, pa.StringArray], use: Use) -> pa.BooleanArray:
    """Find rows whose point does not lie well inside the box of the country."""
    lat_cells, lon_cells = columns[use.field], columns.get(str(use.args["longitude"]))
    if lon_cells is None:
        return pc.fill_null(pc.equal(lat_cells, None), False)
    lat, lon = _floats(lat_cells, _PLAIN), _floats(lon_cells, _PLAIN)
    country = str(use.args.get("country", "VN"))
    south, north, west, east = (float(one) for one in BOXES[country][1]) if country in BOXES else (1, 90, -180, 180)
    inside = pc.and_(
        pc.and_(pc.greater(lat, south + _CLOSE), pc.less(lat, north - _CLOSE)),
        pc.and_(pc.greater(lon, west + _CLOSE), pc.less(lon, east - _CLOSE)),
    )
    return _else(pc.or_(pc.fill_null(inside, False), pc.and_(_blank(lat_cells), _blank(lon_cells))))


def more_than_the_whole(columns: Mapping[str, pa.StringArray], use: Use) -> pa.BooleanArray:
    """Find rows whose part is not plainly smaller than the whole."""
    whole = columns.get(str(use.args["whole"]))
    if whole is None:
        return pc.fill_null(pc.equal(columns[use.field], None), False)
    part = columns[use.field]
    fits = pc.less_equal(_floats(part), _floats(whole))
    return _else(pc.or_(pc.fill_null(fits, False), pc.or_(_blank(part), _blank(whole))))


def not_adding_up(columns: Mapping[str, pa.StringArray], use: Use) -> pa.BooleanArray:
    """Find rows whose total is not plainly the sum of the parts."""
    total = _floats(columns[use.field])
    added, blank = pc.multiply(total, 0.0), _blank(columns[use.field])
    for one in use.args["parts"]:
        cells = columns.get(str(one))
        if cells is None:
            return pc.fill_null(pc.equal(columns[use.field], None), False)
        added, blank = pc.add(added, _floats(cells)), pc.or_(blank, _blank(cells))
    return _else(pc.or_(blank, pc.fill_null(pc.equal(added, total), False)))


ROW_SCREENS: Mapping[str, RowScreen] = MappingProxyType(
    {"in-country": beyond_the_country, "at-most": more_than_the_whole, "adds-up": not_adding_up}
)
"""Screens over several columns, by code of the check: rows they clear are not looked at."""


TEXT = frozenset({"nfc", "trim", "invisible-characters", "legacy-font-encoding", "mixed-scripts"})
"""Checks of every column's text: their screens are asked only about cells that ``unclean`` suspects."""

SCREENS: Mapping[str, Screen] = MappingProxyType(
    {
        "nfc": not_composed,
        "trim": spaced,
        "invisible-characters": hiding,
        "legacy-font-encoding": in_old_font,
        "personal-number": twelve_digits,
        "mixed-scripts": in_two_scripts,
        "half-width-kana": in_half_width,
        "phone-number": not_dialled,
    }
)
"""Screens by code of the check."""
