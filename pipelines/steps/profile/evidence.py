"""What a column holds, by evidence from all of its cells: kinds that no cell speaks against, and counts."""

from __future__ import annotations

import dataclasses
import functools
import re
from collections.abc import Sequence
from dataclasses import dataclass, field

import pyarrow as pa
import pyarrow.compute as pc

from pipelines.flat import arrow, flat, np
from standards.profile import Kind
from standards.reading import Overrides

EXACT = 100_000
"""Up to how many distinct values of a column are all counted."""
SKETCH = 16_384
FOLLOWED = 1_000
FIRST = 500
"""So many values are held to all readings; most readings do not survive them."""
LONG = 100


@functools.cache
def _factors() -> tuple[np.ndarray, np.ndarray]:
    """Give a number for each byte and one for each place, the same in every process."""
    made = np.random.default_rng(20260701)
    letters, places = (made.integers(1, 2**63, many, dtype=np.uint64) | np.uint64(1) for many in (256, 4096))
    return letters, places


def hashes(cells: pa.StringArray) -> np.ndarray:
    """Give a 64-bit number for each string of an array, the same for the same string in every array."""
    count = len(cells)
    if not count:
        return np.empty(0, np.uint64)
    offsets = np.frombuffer(cells.buffers()[1], np.int32)[cells.offset : cells.offset + count + 1].astype(np.int64)
    first = int(offsets[0])
    data = np.frombuffer(cells.buffers()[2] or b"", np.uint8)[first : int(offsets[-1])]
    offsets = offsets - first
    lengths = np.diff(offsets)
    places = np.arange(len(data), dtype=np.int64) - np.repeat(offsets[:-1], lengths)
    of_byte, of_place = _factors()
    with np.errstate(over="ignore"):
        sums = np.concatenate([[np.uint64(0)], np.cumsum(of_byte[data] * of_place[places & 4095], dtype=np.uint64)])
        mixed = sums[offsets[1:]] - sums[offsets[:-1]] + lengths.astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15)
        mixed = (mixed ^ (mixed >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return np.asarray(mixed ^ (mixed >> np.uint64(31)))


class Distinct:
    """The different values of a column: all counted while they are few, then estimated by their smallest hashes."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._values: pa.Array = pa.array([], pa.string())
        self._counts: pa.Int64Array = pa.array([], pa.int64())
        self._smallest: np.ndarray | None = None

    @property
    def exact(self) -> bool:
        """Whether every value has been counted."""
        return self._smallest is None

    @property
    def values(self) -> pa.Array:
        """The values met: all, or those that are followed."""
        return self._values

    def add(self, values: pa.Array, counts: pa.Array) -> None:
        """Count the distinct values of one more piece of the column."""
        if len(self._values):
            values, counts = self._told(values, counts)
        if self._smallest is not None:
            return
        self._values = pa.concat_arrays([self._values, values])
        self._counts = pa.concat_arrays([self._counts, counts])
        if len(self._values) > self._limit:
            self._smallest = np.empty(0, np.uint64)
            self._sketch(self._values)
            most = self._most(FOLLOWED)
            self._values, self._counts = self._values.take(most), self._counts.take(most)

    def _told(self, values: pa.Array, counts: pa.Array) -> tuple[pa.Array, pa.Array]:
        """Count values that are known already, and give the others."""
        found = pc.index_in(values, value_set=self._values)
        known = pc.is_valid(found)
        whole = flat(self._counts).copy()
        np.add.at(whole, flat(found.drop_null()), flat(counts.filter(known)))
        self._counts = arrow(whole)
        if self._smallest is not None:
            self._sketch(values)
        fresh = pc.invert(known)
        return values.filter(fresh), counts.filter(fresh)

    def _most(self, size: int) -> pa.Array:
        """Give the places of the commonest values, commonest first, then in order of first appearance."""
        return pc.array_sort_indices(self._counts, order="descending")[:size]

    def _sketch(self, values: pa.Array) -> None:
        assert self._smallest is not None
        fresh = hashes(values)
        if len(self._smallest) == SKETCH:
            fresh = fresh[fresh < self._smallest[-1]]
        merged = np.sort(np.concatenate([self._smallest, fresh]))
        self._smallest = merged[np.concatenate([[True], merged[1:] != merged[:-1]])][:SKETCH]

    def count(self, rows: int) -> int:
        """Give the number of distinct values, or its estimate, never more than there are rows."""
        if self._smallest is None:
            return len(self._values)
        if len(self._smallest) < SKETCH:
            return len(self._smallest)
        estimate = (SKETCH - 1) * 2.0**64 / float(self._smallest[-1])
        return min(rows, round(estimate))

    def top(self, size: int = 10) -> tuple[tuple[str, int], ...]:
        """Give the commonest values with their counts, commonest first, then in order of first appearance."""
        most = self._most(size)
        values, counts = self._values.take(most).to_pylist(), self._counts.take(most).to_pylist()
        return tuple((str(value)[:LONG], count) for value, count in zip(values, counts, strict=True))


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """One way to read a column: the pattern that every cell must fit, and one that some cell must fit as proof.

    ``mark`` is a sign that stands in every cell of such a column: what lacks it need not be held to the pattern.
    """

    kind: Kind
    pattern: str
    mark: str = ""
    proof: str = ""
    format: str = ""
    decimal: str = ""
    group: str = ""


_DIGIT = re.compile("[0-9]")
_DAY = "(0?[1-9]|[12][0-9]|3[01])"
_MONTH = "(0?[1-9]|1[0-2])"
_YEAR = "([12][0-9]{3})"
_CLOCK = "([01][0-9]|2[0-3]):[0-5][0-9]"
_ZONE = r"(Z|[+-][0-9]{2}:?[0-9]{2})?"
_WHOLE = "(0|[1-9][0-9]*)"


def _grouped(group: str, decimal: str) -> Reading:
    mark, point = re.escape(group), re.escape(decimal)
    return Reading(
        kind="number",
        pattern=rf"^-?([1-9][0-9]{{0,2}}({mark}[0-9]{{3}})+|{_WHOLE})({point}[0-9]+)?$",
        proof=rf"{mark}[0-9]{{3}}({mark}|{point})" if group in ",." else mark,
        decimal=decimal,
        group=group,
    )


def _dates(separator: str) -> Sequence[Reading]:
    mark = re.escape(separator)
    day = Reading(kind="date", pattern=f"^{_DAY}{mark}{_MONTH}{mark}{_YEAR}$", format=f"%d{separator}%m{separator}%Y")
    month = Reading(kind="date", pattern=f"^{_MONTH}{mark}{_DAY}{mark}{_YEAR}$", format=f"%m{separator}%d{separator}%Y")
    year = Reading(kind="date", pattern=f"^{_YEAR}{mark}{_MONTH}{mark}{_DAY}$", format=f"%Y{separator}%m{separator}%d")
    every = (day, month, year) if separator != "-" else (day, month)
    return [dataclasses.replace(one, mark=separator) for one in every]


def _moments() -> Sequence[Reading]:
    found = [
        Reading(
            kind="datetime", pattern=rf"^[12][0-9]{{3}}-[01][0-9]-[0-3][0-9]T{_CLOCK}(:[0-5][0-9](\.[0-9]+)?)?{_ZONE}$"
        )
    ]
    for seconds, said in (("", ""), (":[0-5][0-9]", ":%S")):
        found += [
            Reading(
                kind="datetime",
                pattern=f"^[12][0-9]{{3}}-[01][0-9]-[0-3][0-9] {_CLOCK}{seconds}$",
                format=f"%Y-%m-%d %H:%M{said}",
            ),
            Reading(
                kind="datetime", pattern=f"^{_DAY}/{_MONTH}/{_YEAR} {_CLOCK}{seconds}$", format=f"%d/%m/%Y %H:%M{said}"
            ),
        ]
    return [dataclasses.replace(one, mark=":") for one in found]


INTEGER = Reading(kind="integer", pattern="^(0|-?[1-9][0-9]{0,17})$")
POINT = Reading(
    kind="number",
    pattern=rf"^-?{_WHOLE}(\.[0-9]+)?([eE][+-]?[0-9]{{1,3}})?$",
    # 1.234 may be one thousand or one and a bit: some cell must tell.
    proof=r"^-?0\.|\.[0-9]{1,2}($|[eE])|\.[0-9]{4}|[0-9]{4}\.|[eE]",
    decimal=".",
)
COMMA = Reading(
    kind="number", pattern=f"^-?{_WHOLE}(,[0-9]+)?$", proof=r"^-?0,|,[0-9]{1,2}$|,[0-9]{4}|[0-9]{4},", decimal=","
)
READINGS: Sequence[Reading] = (
    INTEGER,
    POINT,
    COMMA,
    _grouped(",", "."),
    _grouped(".", ","),
    _grouped(" ", ","),
    _grouped("\u00a0", ","),
    Reading(kind="boolean", pattern="^(true|false|True|False|TRUE|FALSE)$"),
    Reading(kind="date", pattern="^[12][0-9]{3}-[01][0-9]-[0-3][0-9]$", mark="-"),
    *_dates("/"),
    *_dates("-"),
    *_dates("."),
    *_moments(),
    Reading(kind="yearmonth", pattern="^[12][0-9]{3}-(0[1-9]|1[0-2])$", mark="-"),
    Reading(kind="time", pattern=f"^{_CLOCK}:[0-5][0-9]$", mark=":"),
)
"""The readings in the order in which they are believed; what none of them fits is text."""

ABSENT: Sequence[str] = (
    "NA", "N/A", "n/a", "#N/A", "NaN", "nan", "NULL", "null", "None", "-", "–", "—", "--", "...", "…", "..", "x",
    "X", ".", "?", "không có", "Không có", "không", "chưa có", "Chưa có", "k/c", "trống", "nil", "missing",
    "*", "***", "－", "―", "不明",
)  # fmt: skip
"""Words and signs that stand for a missing value where all other cells of a column are of one kind."""

ENOUGH = 3
"""So many different values of one kind make a word among them one for nothing."""

FIGURES = frozenset({"integer", "number", "boolean", "year"})


@dataclass(slots=True)
class Evidence:
    """What has been seen of one column so far."""

    limit: int
    said: Overrides = Overrides()  # noqa: RUF009 - frozen, so it may be shared
    readings: list[Reading] = field(default_factory=lambda: list(READINGS))
    proofs: dict[Reading, str] = field(default_factory=dict)
    absent: dict[str, int] = field(default_factory=dict)
    missing: int = 0
    rows: int = 0
    distinct: Distinct = field(init=False)

    def __post_init__(self) -> None:
        self.distinct = Distinct(self.limit)

    def add(self, cells: pa.StringArray) -> None:
        """Look at one more piece of the column."""
        self.rows += len(cells)
        counted = pc.value_counts(cells)
        values, counts = counted.field("values"), counted.field("counts")
        bare = pc.ascii_trim_whitespace(values)
        full = pc.not_equal(bare, "")
        if not pc.all(full).as_py():
            self.missing += pc.sum(counts.filter(pc.invert(full))).as_py() or 0
            values, counts, bare = values.filter(full), counts.filter(full), bare.filter(full)
        if not len(values):
            return
        self.distinct.add(values, counts)
        bare = self._present(bare, counts)
        self._weigh(bare.slice(0, FIRST))
        if len(bare) > FIRST:
            self._weigh(bare)

    @property
    def words(self) -> Sequence[str]:
        """Words that may stand for a missing value: those that were said, else the usual ones."""
        return ABSENT if self.said.missing is None else self.said.missing

    def _present(self, values: pa.StringArray, counts: pa.Array) -> pa.StringArray:
        """Leave out words that may stand for a missing value, and count them."""
        if not self.words or not self.readings:
            return values
        found = pc.is_in(values, value_set=pa.array(self.words, pa.string()))
        if not pc.any(found).as_py():
            return values
        for word, count in zip(values.filter(found).to_pylist(), counts.filter(found).to_pylist(), strict=True):
            self.absent[word] = self.absent.get(word, 0) + count
        return values.filter(pc.invert(found))

    def _weigh(self, values: pa.StringArray) -> None:
        """Drop the readings that some value speaks against. Every way to write numbers takes plain whole ones."""
        if not len(values) or not self.readings:
            return
        whole = pc.match_substring_regex(values, INTEGER.pattern)
        rest = values if not pc.any(whole).as_py() else values.filter(pc.invert(whole))
        self.readings = [one for one in self.readings if fits(rest if one.kind == "number" else values, one)]
        for one in self.readings:
            if one.proof and one not in self.proofs:
                at = pc.index(pc.match_substring_regex(rest, one.proof), value=True).as_py()
                if at >= 0:
                    self.proofs[one] = str(rest[at].as_py())

    def verdict(self, declared: str) -> Reading | None:
        """Choose the reading: the first that all cells fit, proven where it has to be; None is text.

        ``declared`` is what the format says ("string" is never a figure). What the publisher said of decimal marks,
        thousands and the order of dates leaves only the readings that agree with it.
        """
        if self.missing + sum(self.absent.values()) == self.rows:
            return None
        if self.absent and self.said.missing is None and len(self.distinct.values) - len(self.absent) < ENOUGH:
            return None
        proven = bool(self.said.decimal or self.said.thousands) or declared in ("number", "integer")
        for one in self.readings:
            if declared == "string" and one.kind in FIGURES:
                continue
            if not self._agrees(one) or (one.proof and one not in self.proofs and not proven):
                continue
            return one
        return None

    def _agrees(self, one: Reading) -> bool:
        said = self.said
        if said.decimal and one.decimal and one.decimal != said.decimal:
            return False
        if said.thousands and one.decimal and one.group.replace("\u00a0", " ") not in ("", said.thousands):
            return False
        if said.thousands and said.thousands == one.decimal:
            return False
        return not (said.date_order and one.kind == "date" and one.format and order_of(one.format) != said.date_order)


def order_of(form: str) -> str:
    """Say in which order a date pattern has day, month and year: ``dmy``."""
    return "".join(one.lower() for one in form.split(" ", maxsplit=1)[0] if one in "dmY")


def fits(values: pa.StringArray, reading: Reading) -> bool:
    """Whether all values can be read so; days must be in the calendar."""
    if not len(values):
        return True
    if not may_fit(values[0].as_py(), reading) or not pc.all(pc.match_substring_regex(values, reading.pattern)).as_py():
        return False
    if reading.kind != "date":
        return True
    try:
        pc.cast(iso_dates(values, reading.format), pa.date32())
    except pa.ArrowInvalid:
        return False
    return True


def may_fit(value: str, reading: Reading) -> bool:
    """Whether a value has what every value of a reading has: its mark, and but for yes and no a digit.

    Arrow builds a pattern anew with every question, which takes longer than to ask it of a few hundred cells.
    """
    return reading.mark in value and (reading.kind == "boolean" or _DIGIT.search(value) is not None)


def iso_dates(values: pa.StringArray, form: str) -> pa.StringArray:
    """Write dates of a format in ISO 8601 (dates, or moments of which the time of day is left away)."""
    if not form:
        return pc.utf8_slice_codeunits(values, 0, 10)
    order = [one for one in form.split(" ", maxsplit=1)[0] if one in "dmY"]
    groups = {letter: rf"\{place}" for place, letter in enumerate(order, 1)}
    parts = r"^([0-9]+)[^0-9]([0-9]+)[^0-9]([0-9]+).*$"
    joined = pc.replace_substring_regex(values, parts, f"{groups['Y']}-0{groups['m']}-0{groups['d']}")
    return pc.replace_substring_regex(joined, "-0([0-9]{2})", r"-\1")


def canonical(values: pa.StringArray, reading_decimal: str, reading_group: str) -> pa.StringArray:
    """Write numbers with a point and without groups."""
    values = pc.ascii_trim_whitespace(values)
    if reading_group:
        values = pc.replace_substring(values, reading_group, "")
    if reading_decimal == ",":
        values = pc.replace_substring(values, ",", ".")
    return values
