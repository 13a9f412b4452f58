"""Whether a column holds personal data: the decision by column, from counts, header words and neighbours.

No cell decides: of a number without check digit one cell proves nothing, a column of them does. What is counted comes
from an engine (``Seen``); everything here is a pure function of it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from math import exp, log

from standards.text import fold, nfc
from standards.trait import ORDER, Trait, Verdict

IMPROBABLE = 1e-4
"""Likelihood under which so many passing values are no accident."""
MANY = 20
"""From so many distinct values on, their beginnings must vary and they may not be a series."""
FEW = 5
"""So few distinct values in many cells are somebody's one contact, not a list of persons."""
SPARSE_SHARE = 0.2
"""A part of the cells that is asked about although most of the column is something else."""
CERTAIN = 0.05
"""Only traits that others pass this rarely are asked about where they are a minority of the cells."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """How many filled cells of a column pass a trait: strictly, or as its header would let them.

    ``distinct`` counts different strict values, ``heads`` their different beginnings (``trait.head`` characters),
    ``low`` and ``high`` the least and greatest as numbers (0 where they are none), ``sample`` is one of them, masked.
    """

    strict: int = 0
    loose: int = 0
    distinct: int = 0
    heads: int = 0
    low: int = 0
    high: int = 0
    sample: str = ""


NOTHING = Count()


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """One column as an engine counted it: its label, other words that describe it, filled cells, counts by trait id.

    ``declared``: a table standard describes the column, and its publication is meant.
    """

    label: str
    words: Sequence[str] = ()
    filled: int = 0
    counts: Mapping[str, Count] = field(default_factory=dict)
    declared: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """A column that looks like personal data: of which kind, which part of its filled cells, whether it may go out.

    ``within``: the values stand inside longer text (notes), so the column is asked about and its cells are not shown.
    """

    index: int
    field: str
    trait: Trait
    share: float
    verdict: Verdict
    sample: str
    released: bool = False
    within: bool = False

    @property
    def kind(self) -> str:
        """The stable name of the kind."""
        return self.trait.kind

    @property
    def hidden(self) -> bool:
        """Whether cells of the column stay out of findings, profile, preview and report."""
        return self.verdict == "block" or (self.within and not self.released)


# --- header words -----------------------------------------------------------------------------------------------------

_DIGITS = re.compile(r"(?<=[^\W\d_])(?=\d)|(?<=\d)(?=[^\W\d_])")
_APART = re.compile(r"[\W_]+")
_LONG = 6
"""Words of so many letters are found inside a header written without spaces (``sodienthoaichuho``)."""


@lru_cache(maxsize=1024)
def header_key(label: str) -> str:
    """Reduce a header to folded words with a space around each: ``soDienThoai_1`` → `` so dien thoai 1 ``."""
    text = nfc(label)
    apart = "".join(f" {one}" if one.isupper() and text[at - 1 : at].islower() else one for at, one in enumerate(text))
    return f" {_APART.sub(' ', fold(_DIGITS.sub(' ', apart))).strip()} "


def says(label: str, words: Iterable[str]) -> bool:
    """Whether a header holds one of the words, with or without marks, spaces or underscores."""
    return _says(label, tuple(words))


@lru_cache(maxsize=4096)
def _says(label: str, words: tuple[str, ...]) -> bool:
    """The same headers are asked about the same words several times a table."""
    key = header_key(label)
    joined = key.replace(" ", "")
    return any(_holds(key, joined, word) for word in words)


def _holds(key: str, joined: str, word: str) -> bool:
    if not word.isascii():
        return fold(word) in key
    bare = word.replace(" ", "")
    return f" {word} " in key or bare == joined or (len(bare) >= _LONG and " " in word and bare in joined)


# --- the table --------------------------------------------------------------------------------------------------------

OFFICES = (
    "ten truong", "ten don vi", "don vi", "co quan", "co so", "cong ty", "doanh nghiep", "to chuc", "tru so",
    "tram y te", "benh vien", "hop tac xa", "ma so thue", "mst", "ma truong", "ten co so", "ten doanh nghiep",
    "ten cong ty", "website", "nha thuoc", "phong kham", "van phong", "chi nhanh", "khach san", "ubnd",
    "organisation", "organization", "agency", "company", "hospital", "facility", "office", "school", "institution",
    "enterprise", "branch", "uen", "法人番号", "名称",
)  # fmt: skip
"""Words in headers of tables about offices and enterprises rather than persons."""


def judge(columns: Sequence[Seen], traits: Sequence[Trait]) -> tuple[Held, ...]:
    """Decide for every column; those that pass are left out. Names and birth dates together hold each other back."""
    offices = any(says(word, OFFICES) for one in columns for word in (one.label, *one.words))
    alone = [_column(index, one, traits, offices=offices, persons=False) for index, one in enumerate(columns)]
    persons = frozenset(one.index for one in alone if one and one.trait.about_person)
    held = [
        _column(index, one, traits, offices=offices, persons=bool(persons - {index}))
        for index, one in enumerate(columns)
    ]
    return tuple(_together([one for one in held if one is not None]))


def suspects(one: Seen, traits: Sequence[Trait]) -> frozenset[str]:
    """Name the traits that hold a column back or have it asked about, with persons as neighbours and without."""
    found = (_column(0, one, traits, offices=False, persons=persons) for persons in (True, False))
    return frozenset(each.trait.id for each in found if each is not None)


def _together(held: Sequence[Held]) -> Iterable[Held]:
    kinds = {one.kind for one in held}
    both = {"person-name", "birth-date"}
    for one in held:
        yield replace(one, verdict="block") if one.kind in both and both <= kinds else one


def _column(index: int, one: Seen, traits: Sequence[Trait], *, offices: bool, persons: bool) -> Held | None:
    """Decide for one column: the trait with the gravest verdict, among those the one that explains most cells.

    A trait of which nothing was counted passes, whatever the header says.
    """
    if not one.filled:
        return None
    found = (_held(index, one, trait, offices=offices, persons=persons) for trait in traits if trait.id in one.counts)
    judged = [each for each in found if each is not None]
    return max(judged, key=lambda each: (ORDER[each.verdict], _named(one, each.trait), each.share), default=None)


def _held(index: int, one: Seen, trait: Trait, *, offices: bool, persons: bool) -> Held | None:
    count = one.counts[trait.id]
    verdict, cells = _verdict(one, trait, count, persons=persons)
    if verdict == "block" and trait.office and (one.declared or (offices and not persons) or _is_one_contact(count)):
        verdict = "ask"
    if verdict == "pass":
        return None
    share = round(cells / one.filled, 4)
    return Held(index=index, field=one.label, trait=trait, share=share, verdict=verdict, sample=count.sample)


def _is_one_contact(count: Count) -> bool:
    return 0 < count.distinct < FEW and count.strict > MANY


def _named(one: Seen, trait: Trait) -> bool:
    return any(says(label, trait.named) for label in (one.label, *one.words))


def _verdict(one: Seen, trait: Trait, count: Count, *, persons: bool) -> tuple[Verdict, int]:
    """Give the verdict of one trait and the number of cells it rests on."""
    denied = any(says(label, trait.denied) for label in (one.label, *one.words))
    public = sum(one.counts.get(each, NOTHING).strict for each in trait.against)
    if _named(one, trait) and not denied:
        cells = max(count.strict, count.loose - public)
        if cells and cells >= trait.named_share * one.filled:
            return trait.under, cells
        if cells and (count.strict or trait.under == "block"):
            return "ask", cells
    return _by_cells(one, trait, count, public, denied=denied, persons=persons), count.strict


def _by_cells(one: Seen, trait: Trait, count: Count, public: int, *, denied: bool, persons: bool) -> Verdict:
    """Judge where no header names the trait: the cells must be many, improbable by chance, various, and no series."""
    verdict = trait.among if persons and trait.among else trait.alone
    strict = count.strict - public
    if verdict == "pass" or strict <= 0 or not _is_improbable(one, trait, count) or _is_series(trait, count):
        return "pass"
    if strict < trait.share * one.filled:
        rare = trait.chance <= CERTAIN and strict >= SPARSE_SHARE * one.filled
        return "ask" if rare and not denied else "pass"
    return _softer(verdict) if denied else verdict


def _softer(verdict: Verdict) -> Verdict:
    return "ask" if verdict == "block" else "pass"


def _is_improbable(one: Seen, trait: Trait, count: Count) -> bool:
    """Bound the likelihood that so large a part of other numbers would pass (Chernoff), counting each value once."""
    share = min(count.strict / one.filled, 0.999)
    if share <= trait.chance:
        return False
    gain = share * log(share / trait.chance) + (1 - share) * log((1 - share) / (1 - trait.chance))
    return exp(-gain * count.distinct / share) < IMPROBABLE


def _is_series(trait: Trait, count: Count) -> bool:
    """Whether the values count up, or all begin alike, as codes do that an office gives out."""
    if count.distinct < MANY:
        return False
    dense = bool(count.high) and count.high - count.low < 4 * count.distinct
    return dense or count.heads < trait.heads
