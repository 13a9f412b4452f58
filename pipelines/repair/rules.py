"""The repairs of cells as rules: which cells are suspected, and what a suspected cell becomes under which kind."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import cast

import pyarrow as pa
import pyarrow.compute as pc

from pipelines.repair.columns import Asked
from pipelines.repair.readings import Readings, Style
from pipelines.validation.screens import hiding, in_old_font, not_composed, spaced, unclean
from pipelines.validation.uses import Bound
from standards.text import INVISIBLE, TCVN3, decode_tcvn3, telltales

Screen = Callable[[pa.StringArray], pa.BooleanArray]
Judge = Callable[[Sequence[str]], tuple[str, str] | None]
"""Takes the cells of a row that the rule names, the repaired one first; gives the kind and that cell after repair."""

OLD_SIGNS = 3
"""So many different signs of TCVN3 inside words make a column one of an old font."""
_BESIDE = frozenset(INVISIBLE) | frozenset("“”‘’–—…•\u3000")
_OLD = frozenset(TCVN3) | _BESIDE
_FOREIGN = "[^\\x00-\\x7f" + "".join(f"\\x{{{ord(one):x}}}" for one in sorted(_OLD)) + "]"
_WIDE = {code: code - 0xFEE0 for code in (*range(0xFF10, 0xFF1A), 0xFF0C, 0xFF0D, 0xFF0E, 0xFF0F, 0xFF1A)}
_SOFT_HYPHEN = "\u00ad"
_MARKED = "[0-9][,. /-]"
_QUOTED = re.compile(r'(?:="([^"]*)"|"([^"]*)"|“([^“”]*)”|\'([^\']+)\'?)')
_TEXT = (("invisible-characters", "invisible", hiding), ("nfc", "nfc", not_composed), ("trim", "trim", spaced))


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One rule of one column: ``columns`` are the cells that it looks at, by index, the one it repairs first."""

    columns: tuple[int, ...]
    screen: Screen
    judge: Judge
    text: bool = False
    """Whether the rule can only concern cells that ``unclean`` suspects."""


@dataclass(slots=True)
class Evidence:
    """What a whole column shows before a cell of it is repaired."""

    signs: set[str] = field(default_factory=set)
    mixed: bool = False
    empty: bool = True
    readings: Readings | None = None

    @property
    def old(self) -> bool:
        """Whether the column was typed for an old font, wholly or in part."""
        return len(self.signs) >= OLD_SIGNS

    def see(self, cells: pa.StringArray, cleaned: pa.StringArray) -> None:
        """Learn from the cells of one batch, as they came and with their text cleaned."""
        suspects = cells.filter(in_old_font(cells))
        if len(suspects):
            self.signs |= telltales(pc.unique(suspects).to_pylist())
        if not self.mixed:
            self.mixed = bool(pc.any(pc.match_substring_regex(cells, _FOREIGN)).as_py())
        if self.empty:
            self.empty = bool(pc.all(pc.equal(pc.utf8_trim_whitespace(cells), "")).as_py())
        if self.readings is not None:
            for value in _telling(cleaned, self.readings):
                self.readings.see(value)


def _telling(cells: pa.StringArray, readings: Readings) -> list[str]:
    """Give the distinct values of a batch that say how the column is read; of plain decimals one says it for all."""
    plain = "^[0-9]{4}-[0-9]{2}-[0-9]{2}$|^$" if readings.wanted == "date" else "^[+-]?[0-9]*$"
    rest = cells.filter(pc.invert(pc.match_substring_regex(cells, plain)))
    if readings.wanted == "date" or not len(rest):
        return cast("list[str]", pc.unique(rest).to_pylist())
    decimal = pc.match_substring_regex(rest, "^[+-]?[0-9]+\\.([0-9]{1,2}|[0-9]{4,})$")
    one = rest.filter(decimal)[:1]
    return [*one.to_pylist(), *pc.unique(rest.filter(pc.invert(decimal))).to_pylist()]


def text_rules(index: int, one: Asked, *, old: bool = False) -> Iterator[Rule]:
    """Rules of a column's text: what the eye does not see; around codes also quotes and wide digits.

    In an ``old`` font the soft hyphen is a letter (ư): a cell that still holds it is not to lose it.
    """
    for code, kind, screen in _TEXT:
        if code in one.checks:
            judge = _by_check(one.checks[code], kind)
            judge = _but_letters(judge) if old and kind == "invisible" else judge
            yield Rule(columns=(index,), screen=screen, judge=judge, text=True)
    if one.coded:
        yield Rule(columns=(index,), screen=_matching("^[\"'=“]"), judge=_unquoted)
        yield Rule(columns=(index,), screen=_matching("[０-９．，－／：]"), judge=_narrow)


def old_font(index: int, seen: Evidence) -> Iterator[Rule]:
    """Rule of a column in an old font; where other letters stand in it too, of pure cells and not without asking."""
    if seen.old:
        kind = "tcvn3-unproven" if seen.mixed else "tcvn3"

        def judge(cells: Sequence[str]) -> tuple[str, str] | None:
            after = old_text(cells[0])
            return None if after is None else (kind, after)

        yield Rule(columns=(index,), screen=_matching("[^\\x00-\\x7f]"), judge=judge)


def old_text(text: str) -> str | None:
    """Rewrite a text in an old font as Unicode; None where it holds other letters or nothing to rewrite."""
    if any(sign not in _OLD for sign in text if not sign.isascii()):
        return None
    after = decode_tcvn3(text)
    return None if after == text else after


def read_rules(index: int, seen: Evidence) -> Iterator[Rule]:
    """Rules of a column that wants dates or numbers: its one reading, or those it could have."""
    readings = seen.readings
    for kind, style in readings.kinds().items() if readings else ():
        yield Rule(columns=(index,), screen=_matching(_MARKED), judge=_by_style(kind, style))


def zero_rules(one: Asked) -> Iterator[Rule]:
    """Rule of a column of codes: zeros that were lost, as far as the list proves them."""
    check = one.checks.get("leading-zero-lost")
    if check is not None:
        yield Rule(
            columns=check.columns, screen=_matching("^\\s*[0-9]{1,13}\\s*$"), judge=_by_check(check, "zero-padding")
        )


def _by_check(bound: Bound, kind: str) -> Judge:
    def judge(cells: Sequence[str]) -> tuple[str, str] | None:
        remark = bound.check.look(dict(zip(bound.use.needs, cells, strict=True)), bound.use)
        if remark is None or remark.fix is None or remark.fix.after is None:
            return None
        return (kind if remark.fix.safe else f"{kind}-unproven"), remark.fix.after

    return judge


def _but_letters(judge: Judge) -> Judge:
    return lambda cells: None if _SOFT_HYPHEN in cells[0] else judge(cells)


def _by_style(kind: str, style: Style) -> Judge:
    def judge(cells: Sequence[str]) -> tuple[str, str] | None:
        after = style(cells[0])
        return None if after is None or after == cells[0] else (kind, after)

    return judge


def _unquoted(cells: Sequence[str]) -> tuple[str, str] | None:
    found = _QUOTED.fullmatch(cells[0])
    inner = next((part for part in found.groups() if part is not None), "").strip() if found else ""
    return ("quotes", inner) if inner else None


def _narrow(cells: Sequence[str]) -> tuple[str, str] | None:
    return "full-width", cells[0].translate(_WIDE)


def _matching(pattern: str) -> Screen:
    return lambda cells: pc.match_substring_regex(cells, pattern)


def may_be_unclean(cells: pa.StringArray) -> bool:
    """Whether any rule of text could concern a cell of these."""
    return bool(pc.any(unclean(cells)).as_py())
