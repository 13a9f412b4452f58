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
from standards.check import entry_names, is_called, reference_day
from standards.codelist import Entry
from standards.text import INVISIBLE, TCVN3, VNI_SIGNS, decode_tcvn3, decode_vni, fold, name_key, telltales, vni_pairs

Screen = Callable[[pa.StringArray], pa.BooleanArray]
Judge = Callable[[Sequence[str]], tuple[str, str] | None]
"""Takes the cells of a row that the rule names, the repaired one first; gives the kind and that cell after repair."""

OLD_SIGNS = 3
"""So many different signs of TCVN3 (pairs of VNI) inside words make a column one of an old font."""
_BESIDE = frozenset(INVISIBLE) | frozenset("“”‘’–—…•\u3000")
_OLD = frozenset(TCVN3) | _BESIDE
_VNI = VNI_SIGNS | _BESIDE


def _beyond(signs: frozenset[str]) -> str:
    return "[^\\x00-\\x7f" + "".join(f"\\x{{{ord(one):x}}}" for one in sorted(signs)) + "]"


_FOREIGN = {"tcvn3": _beyond(_OLD), "vni": _beyond(_VNI)}
_PAIRED = "[AEOUYaeouyÔÖôö][ÙØÛÕÏÂÁÀÅÃÄÊÉÈÚÜËùøûõïâáàåãäêéèúüë]"
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
    pairs: set[str] = field(default_factory=set)
    beyond: set[str] = field(default_factory=set)
    empty: bool = True
    readings: Readings | None = None

    @property
    def font(self) -> str:
        """For which kind of old font the column was typed, wholly or in part: ``tcvn3``, ``vni`` or ""."""
        if len(self.pairs) >= OLD_SIGNS and len(self.pairs) > len(self.signs):
            return "vni"
        return "tcvn3" if len(self.signs) >= OLD_SIGNS else ""

    @property
    def mixed(self) -> bool:
        """Whether letters stand in the column that its old font does not have."""
        return self.font in self.beyond

    def see(self, cells: pa.StringArray, cleaned: pa.StringArray) -> None:
        """Learn from the cells of one batch, as they came and with their text cleaned."""
        marked = cells.filter(pc.match_substring_regex(cells, "[^\\x00-\\x7f]"))
        if len(marked):
            self.signs |= telltales(pc.unique(marked.filter(in_old_font(marked))).to_pylist())
            self.pairs |= vni_pairs(pc.unique(marked.filter(pc.match_substring_regex(marked, _PAIRED))).to_pylist())
            for font, foreign in _FOREIGN.items():
                if font not in self.beyond and pc.any(pc.match_substring_regex(marked, foreign)).as_py():
                    self.beyond.add(font)
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
    font = seen.font
    if font:
        kind = f"{font}-unproven" if seen.mixed else font

        def judge(cells: Sequence[str]) -> tuple[str, str] | None:
            after = old_text(cells[0], font)
            return None if after is None else (kind, after)

        yield Rule(columns=(index,), screen=_matching("[^\\x00-\\x7f]"), judge=judge)


def old_text(text: str, font: str) -> str | None:
    """Rewrite a text in an old font as Unicode; None where it holds other letters or nothing to rewrite."""
    signs, decode = (_VNI, decode_vni) if font == "vni" else (_OLD, decode_tcvn3)
    if any(sign not in signs for sign in text if not sign.isascii()):
        return None
    after = decode(text)
    return None if after == text else after


def read_rules(index: int, seen: Evidence) -> Iterator[Rule]:
    """Rules of a column that wants dates or numbers: its one reading, or those it could have."""
    readings = seen.readings
    for kind, style in readings.kinds().items() if readings else ():
        yield Rule(columns=(index,), screen=_matching(_MARKED), judge=_by_style(kind, style))


def day_rules(index: int, day: str) -> Iterator[Rule]:
    """Rule of a column of dates whose publisher confirmed that every row is of one day."""
    if day:
        yield Rule(columns=(index,), screen=lambda cells: pc.not_equal(cells, day), judge=lambda _: ("as-of", day))


def zero_rules(one: Asked) -> Iterator[Rule]:
    """Rule of a column of codes: zeros that were lost, as far as the list proves them."""
    check = one.checks.get("leading-zero-lost")
    if check is not None:
        yield Rule(
            columns=check.columns, screen=_matching("^\\s*[0-9]{1,13}\\s*$"), judge=_by_check(check, "zero-padding")
        )


def name_rules(one: Asked) -> Iterator[Rule]:
    """Rule of a column of names beside one of codes: the list's own spelling, where only the spelling differs."""
    check = one.checks.get("name-matches-code")
    named = str(check.use.args.get("name", "")) if check else ""
    if check is None or named not in check.use.needs:
        return
    at = check.use.needs.index(named)
    order = [at, *(place for place in range(len(check.columns)) if place != at)]
    needs = [check.use.needs[place] for place in order]

    def judge(cells: Sequence[str]) -> tuple[str, str] | None:
        row = dict(zip(needs, cells, strict=True))
        day = reference_day(row, check.use)
        codes = check.use.codelists(str(check.use.args["list"]))
        entry = codes.on(row[check.use.field].strip(), day) if day else None
        after = _listed(entry, cells[0]) if entry else None
        return ("name", after) if after else None

    yield Rule(columns=tuple(check.columns[place] for place in order), screen=_matching("\\S"), judge=judge)


def _listed(entry: Entry, given: str) -> str | None:
    """Give the name of an entry that a name means but spells otherwise: marks, capitals, tone placement."""
    names = entry_names(entry)
    if not given.strip() or given in names or not is_called(entry, given):
        return None
    if given != given.upper() and name_key(given) in {name_key(name) for name in names}:
        return None
    alike = (name for name in names if fold(name) == fold(given.strip()))
    return next(alike, entry.name)


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
