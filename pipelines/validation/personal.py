"""Personal data in a table's cells: counts what each trait explains, over distinct values, and asks for the verdicts.

A column is looked at through a sample spread over the whole table; only where the sample or a header speaks are all its
cells counted, for the traits that spoke. Values stay here: what leaves is counts and masked samples.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from pipelines.cells import read
from pipelines.validation.harmless import GATES
from standards.mentions import POSSIBLE, PROSE, Mention, mentioned
from standards.screening import Count, Held, Seen, judge, says, suspects
from standards.trait import LONGEST, NEVER, NORMAL, STEPS, UPPER, Form, Trait, masked

SAMPLE = 2_000
"""Filled cells of a column that are looked at first."""
FEW = 0.05
"""A trait that its header makes grave from so few cells on is counted in every cell: a sample may miss them."""
HEADS = 64
"""Different beginnings are counted no further."""
PROVED = 5_000
"""Distinct values of a batch whose check digits are computed; of more, a part stands for all."""


WORDY = r"\p{L}{2,}[^\p{L}\p{N}@]+\p{L}|\p{L}{2,}[ :,;.]+[+(]?[0-9]|[0-9)][ ,;.]+\p{L}{2,}"
"""Text of more than one value: two words, or a word beside a number."""
_POSSIBLE = re.compile(POSSIBLE)
BY_ONE = 300
"""So many cells are asked one by one."""
LONG = 20_000
"""So many characters of a cell are read for what it mentions."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Described:
    """What is known of a column beside its cells: label, other words for it, whether a standard declares it."""

    label: str
    words: Sequence[str] = ()
    declared: bool = False


def screen(cells: Path, columns: Sequence[Described], traits: Sequence[Trait]) -> tuple[Held, ...]:
    """Give the columns of a table (Arrow file of cells) that look like personal data."""
    return screened(list(read(cells)), columns, traits)


def screened(tables: Sequence[pa.RecordBatch], columns: Sequence[Described],
             traits: Sequence[Trait], *, within: bool = True, quiet: Collection[int] = ()) -> tuple[Held, ...]:
    """Do as ``screen`` does with cells at hand: batches of text behind a first column of record numbers.

    Without ``within`` nothing is looked for inside longer text, of which a person is only asked. Columns that are
    ``quiet`` were seen to be harmless: their cells are not asked for.
    """
    seen = [_unseen(one) if index in quiet else _seen(tables, index, one, traits) for index, one in enumerate(columns)]
    held = judge(seen, traits)
    known = {one.index for one in held}
    found = (inside(tables, index, one) for index, one in enumerate(columns) if within and index not in known)
    return tuple(sorted([*held, *(one for one in found if one)], key=lambda one: one.index))


def inside(batches: Sequence[pa.RecordBatch], index: int, one: Described) -> Held | None:
    """Look for personal data inside the longer text of a column: in every cell where a sample or its header speaks."""
    parts = [batch.column(index + 1) for batch in batches]
    prose = any(says(label, PROSE) for label in (one.label, *one.words))
    if not prose and not any(_mentioning(_spread(part, len(parts))) for part in parts):
        return None
    found = [cell for part in parts for cell in _mentioning(part)]
    if not found:
        return None
    filled = sum(int(pc.sum(pc.not_equal(part, "")).as_py() or 0) for part in parts)
    first, sample = found[0]
    share = round(len(found) / max(filled, 1), 4)
    return Held(index=index, field=one.label, trait=first.trait, share=share, verdict="ask", sample=sample, within=True)


def _mentioning(cells: pa.StringArray) -> list[tuple[Mention, str]]:
    """Give what cells with letters and long numbers (or an at sign) mention, one for each such cell."""
    if not _any(cells, _POSSIBLE):
        return []  # most columns; to build the other expression, which is about all alphabets, takes 8 ms each time
    possible = cells.filter(pc.match_substring_regex(cells, POSSIBLE))
    counted = pc.value_counts(possible.filter(pc.match_substring_regex(possible, WORDY)))
    values, weights = counted.field("values").to_pylist(), counted.field("counts").to_pylist()
    told = ((mentioned(value[:LONG]), weight) for value, weight in zip(values, weights, strict=True))
    return [one for one, weight in told if one is not None for _ in range(weight)]


def _any(cells: pa.StringArray, pattern: re.Pattern[str]) -> bool:
    """Whether any cell holds a pattern. Arrow builds one anew with every question: of few cells Python is asked."""
    if len(cells) > BY_ONE:
        return bool(pc.any(pc.match_substring_regex(cells, pattern.pattern)).as_py())
    return any(pattern.search(one or "") for one in cells.to_pylist())


def _unseen(one: Described) -> Seen:
    return Seen(label=one.label, words=one.words, declared=one.declared)


def _seen(batches: Sequence[pa.RecordBatch], index: int, one: Described, traits: Sequence[Trait]) -> Seen:
    """Count one column: in a sample, and in all its cells where the sample speaks."""
    named = frozenset(
        trait.id for trait in traits if any(says(label, trait.named) for label in (one.label, *one.words))
    )
    parts = [_spread(batch.column(index + 1), len(batches)) for batch in batches]
    filled, counts = measure([_filled(pa.concat_arrays(parts))] if parts else [], traits, named)
    sampled = Seen(label=one.label, words=one.words, filled=filled, counts=counts, declared=one.declared)
    spoke = suspects(sampled, traits) | {each.id for each in traits if each.id in named and each.named_share < FEW}
    if spoke and sum(batch.num_rows for batch in batches) > SAMPLE:
        wanted = spoke | {other for trait in traits if trait.id in spoke for other in trait.against}
        chosen = [trait for trait in traits if trait.id in wanted]
        filled, counts = measure((_filled(batch.column(index + 1)) for batch in batches), chosen, named)
    return Seen(label=one.label, words=one.words, filled=filled, counts=counts, declared=one.declared)


def _filled(column: pa.StringArray) -> pa.StringArray:
    """Leave out blank cells and prose."""
    bare = pc.utf8_trim_whitespace(column)
    length = pc.utf8_length(bare)
    return column.filter(pc.and_(pc.greater(length, 0), pc.less_equal(length, LONGEST)))


def _spread(column: pa.StringArray, parts: int) -> pa.StringArray:
    """Take filled cells at even distances."""
    wanted = max(SAMPLE // max(parts, 1), 50)
    if len(column) <= wanted:
        return column
    filled = column.filter(pc.not_equal(column, ""))
    if len(filled) <= wanted:
        return filled
    last = len(filled) - 1
    return filled.take(pa.array([at * last // (wanted - 1) for at in range(wanted)], pa.int64()))


# --- counting ---------------------------------------------------------------------------------------------------------


def measure(
    parts: Iterable[pa.StringArray], traits: Sequence[Trait], named: Collection[str] = ()
) -> tuple[int, Mapping[str, Count]]:
    """Count over parts of a column (filled cells only): how many cells there are, and how many pass each trait.

    ``named`` are the traits that the header names: only of those are cells counted that pass loosely. What is public
    is counted only where it may explain away what was found.
    """
    public = {key for trait in traits for key in trait.against}
    tallies = {trait.id: _Tally(trait, trait.id in named) for trait in traits}
    first = [one for one in tallies.values() if one.trait.id not in public and one.may_speak]
    filled = 0
    for part in parts:
        filled += len(part)
        values = _Values(part)
        for one in first:
            one.add(values)
        found = {key for one in first if one.strict or one.loose for key in one.trait.against}
        for key in sorted(found & tallies.keys()):
            tallies[key].add(values)
    return filled, {key: one.count() for key, one in tallies.items() if one.strict or one.loose}


class _Values:
    """The distinct values of a part of a column, prepared for each form when first asked for."""

    def __init__(self, part: pa.StringArray) -> None:
        counted = pc.value_counts(part)
        self.values: pa.StringArray = counted.field("values")
        self._weights: pa.Int64Array = counted.field("counts")
        self._prepared: dict[Form, pa.StringArray] = {}
        self._gates: dict[Form, bool] = {}

    def count(self, found: pa.BooleanArray) -> int:
        """Say how many cells hold the values that were found."""
        return int(pc.sum(self._weights.filter(found)).as_py() or 0)

    def may_hold(self, form: Form) -> bool:
        """Whether any value could be of this form at all: digits enough, an at sign, two words."""
        if form not in self._gates:
            self._gates[form] = _any(self.values, GATES[form])
        return self._gates[form]

    def prepared(self, form: Form) -> pa.StringArray:
        """Give the values prepared as a form wants them."""
        if form not in self._prepared:
            self._prepared[form] = tidied(self.values, form)
        return self._prepared[form]


def tidied(values: pa.StringArray, form: Form) -> pa.StringArray:
    """Prepare values as ``standards.trait.tidy`` prepares one."""
    text = pc.call_function("utf8_normalize", [values], pc.Utf8NormalizeOptions(NORMAL[form]))
    text = pc.utf8_upper(text) if form in UPPER else pc.utf8_lower(text)
    for pattern, to in STEPS[form]:
        text = pc.replace_substring_regex(text, pattern, to)
    return text


def passing(trait: Trait, prepared: pa.StringArray, *, loosely: bool = False) -> pa.BooleanArray:
    """Tell which prepared values pass a trait, as ``standards.trait.passes`` tells of one."""
    pattern = trait.loose if loosely and trait.loose else trait.strict
    found = pc.match_substring_regex(prepared, f"^(?:{pattern})$")
    if trait.proves is None or loosely:
        return found
    places = pc.indices_nonzero(found)
    if not len(places):
        return found
    step = max(1, len(places) // PROVED)
    proved = [bool(trait.proves(one)) for one in prepared.take(places[::step]).to_pylist()]
    # What is proved of every n-th value is taken to hold of the n - 1 after it.
    kept = [one for one in proved for _ in range(step)][: len(places)]
    return pc.replace_with_mask(found, found, pa.array(kept))


@dataclass(slots=True)
class _Tally:
    """What has been counted of one trait so far."""

    trait: Trait
    named: bool
    strict: int = 0
    loose: int = 0
    distinct: int = 0
    heads: set[str] = field(default_factory=set)
    low: int = 0
    high: int = 0
    sample: str = ""

    @property
    def may_speak(self) -> bool:
        """Whether what is counted can lead to a verdict: the header names it, or the cells alone may."""
        return self.named or (self.trait.strict != NEVER and (self.trait.alone, self.trait.among) != ("pass", None))

    def add(self, values: _Values) -> None:
        """Count the distinct values of one part, each as often as it stands there."""
        if not self.named and not values.may_hold(self.trait.form):
            return
        prepared = values.prepared(self.trait.form)
        found = loose = passing(self.trait, prepared)
        self.strict += values.count(found)
        if self.named:
            loose = passing(self.trait, prepared, loosely=True)
            self.loose += values.count(loose)
        strict = prepared.filter(found)
        self._look(strict if len(strict) else prepared.filter(loose), strict=bool(len(strict)))

    def _look(self, values: pa.StringArray, *, strict: bool) -> None:
        if not len(values):
            return
        self.sample = self.sample or masked(values[0].as_py(), self.trait.shows)
        if not strict:
            return
        different = pc.unique(values)
        self.distinct += len(different)
        if len(self.heads) < HEADS:
            starts = pc.unique(pc.utf8_slice_codeunits(different.slice(0, SAMPLE), 0, self.trait.head))
            self.heads.update(starts.to_pylist())
        self._range(different)

    def _range(self, values: pa.StringArray) -> None:
        digits = values.filter(pc.match_substring_regex(values, "^[0-9]{1,18}$"))
        if len(digits):
            ends = pc.min_max(pc.cast(digits, pa.int64())).as_py()
            self.low = min(self.low or ends["min"], ends["min"])
            self.high = max(self.high, ends["max"])

    def count(self) -> Count:
        """Give what was counted."""
        return Count(
            strict=self.strict, loose=self.loose, distinct=self.distinct, heads=min(len(self.heads), HEADS),
            low=self.low, high=self.high, sample=self.sample,
        )  # fmt: skip


def spoken(held: Sequence[Held]) -> Iterator[Mapping[str, Any]]:
    """Give the contract's members of each column held.

    ``released`` stands only where a second person let it pass, ``within`` only where values stand inside text.
    """
    for one in held:
        told = {"field": one.field, "kind": one.kind, "share": round(one.share, 2), "blocks": one.verdict == "block"}
        told |= {"sample": one.sample} | ({"released": True} if one.released else {})
        yield told | ({"within": True} if one.within else {})


def hides(told: Mapping[str, Any]) -> bool:
    """Tell of what ``spoken`` gave whether the column's cells are shown to nobody (see ``Held.hidden``)."""
    return bool(told["blocks"] or (told.get("within") and not told.get("released")))


def percent(share: float) -> int:
    """Write a share for people; what is not all is never said to be 100 %, what is not nothing never 0 %."""
    return round(share * 100) if share in {0.0, 1.0} else min(99, max(1, round(share * 100)))
