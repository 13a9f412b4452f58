"""Successors of codes in a column of their own: by the day that the publisher confirmed, one, several, none: said."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

import pyarrow as pa
import pyarrow.compute as pc

from pipelines.repair.columns import Asked
from pipelines.repair.mending import Bench, Tally, combined
from pipelines.validation.uses import Bound
from standards.check import is_called, padded
from standards.codelist import Codelist
from standards.repair import EXAMPLES, Change, days

KIND = "successor"
DATED = "as-of"
_NOT_IN_FORCE = frozenset({"closed", "reused"})


def coded(asked: Sequence[Asked]) -> list[tuple[int, Bound]]:
    """List the columns of whole codes of a dated list: index and the check that knows the list."""
    found = ((one.checks.get("code-valid-on"), one) for one in asked)
    return [(bound.columns[0], bound) for bound, _ in found if bound is not None and "first" not in bound.use.args]


def label_of(label: str, day: date) -> str:
    """Name the new column: ``Mã xã (2025-07-01)``."""
    return f"{label} ({day.isoformat()})"


def becomes(codes: Codelist, code: str, name: str, first: date, last: date) -> tuple[str, str]:
    """Say what a code of one day has become by another: how it ended, and the code where there is exactly one.

    ``one``, ``several``, ``none``, ``same`` (still in force); ``unknown`` where the code was not in force on the first
    day, or belonged to another name: codes were used again, and then nothing is said.
    """
    entry = None if padded(codes, code) or (codes.since and first < codes.since) else codes.on(code, first)
    if entry is None or (name and not is_called(entry, name)):
        return "unknown", ""
    if entry.valid_on(last):
        return "same", code
    after = tuple(dict.fromkeys(one.code for one in codes.became(entry, last)))
    return ("one", after[0]) if len(after) == 1 else ("several" if after else "none", "")


@dataclass(slots=True)
class Column:
    """A column of successors under way: made batch by batch, with what became of the codes counted."""

    index: int
    bound: Bound
    label: str
    first: date
    last: date
    ends: Counter[str] = field(default_factory=Counter)

    @property
    def added(self) -> str:
        """The label of the new column."""
        return label_of(self.label, self.last)

    def make(self, bench: Bench, tally: Tally) -> pa.StringArray:
        """Give the new cells of a batch; count and log those that hold a code."""
        values, which = combined([bench.columns[place] for place in _witnessed(self.bound)])
        codes = self.bound.use.codelists(str(self.bound.use.args["list"]))
        said = [_becomes(codes, one, self.first, self.last) for one in values]
        ends = pa.array([end for end, _ in said], pa.string()).take(which)
        for pair in pc.value_counts(ends).to_pylist():
            self.ends[pair["values"]] += pair["counts"]
        cells = pa.array([after for _, after in said], pa.string()).take(which)
        self._tell(bench, cells, tally)
        return cells

    def _tell(self, bench: Bench, cells: pa.StringArray, tally: Tally) -> None:
        mask = pc.not_equal(cells, "")
        rows, before, after = (part.filter(mask) for part in (bench.rows, bench.columns[self.index], cells))
        changed = pc.not_equal(before, after)
        shown = zip(*(part.filter(changed)[:EXAMPLES].to_pylist() for part in (rows, before, after)), strict=True)
        examples = [Change(row=row, field=self.added, before=old, after=new) for row, old, new in shown]
        tally.add(KIND, len(rows), self.label, examples)
        bench.log.append((rows, self.added, KIND, before, after))


def _witnessed(bound: Bound) -> list[int]:
    """Columns of the code and of the name beside it, where there is one."""
    named = str(bound.use.args.get("name", ""))
    at = bound.use.needs.index(named) if named in bound.use.needs else 0
    return [bound.columns[0], *([bound.columns[at]] if at else [])]


def _becomes(codes: Codelist, cells: Sequence[str], first: date, last: date) -> tuple[str, str]:
    code, name = cells[0].strip(), cells[1].strip() if len(cells) > 1 else ""
    return becomes(codes, code, name, first, last) if code else ("", "")


def wanted(asked: Sequence[Asked], given: dict[str, str]) -> list[Column]:
    """Say which columns of successors were accepted (column → interval; "" = every column of codes)."""
    found, labels = [], {one.label for one in asked}
    for index, bound in coded(asked):
        label = asked[index].label
        interval = days(given.get(label, given.get("", "")))
        if interval is not None and label_of(label, interval[1]) not in labels:
            found.append(Column(index=index, bound=bound, label=label, first=interval[0], last=interval[1]))
    return found


@dataclass(slots=True)
class Proposal:
    """What is seen of one column of codes while a plan is made: the codes not in force, and when they ended."""

    index: int
    bound: Bound
    labels: Sequence[str]
    cells: Counter[tuple[str, ...]] = field(default_factory=Counter)
    rows: dict[tuple[str, ...], int] = field(default_factory=dict)
    days: dict[tuple[str, ...], str] = field(default_factory=dict)
    ended: Counter[str] = field(default_factory=Counter)

    @property
    def label(self) -> str:
        """The label of the column of codes."""
        return self.labels[self.index]

    @property
    def dated(self) -> int | None:
        """The place of the column that says the day of each row, None where the table has none."""
        named = str(self.bound.use.args.get("date", ""))
        return self.bound.columns[self.bound.use.needs.index(named)] if named in self.bound.use.needs else None

    def see(self, bench: Bench) -> None:
        """Learn from one batch."""
        values, which = combined([bench.columns[place] for place in self.bound.columns])
        counts = Counter(which.to_pylist())
        for at, value in enumerate(values):
            remark = self.bound.check.look(dict(zip(self.bound.use.needs, value, strict=True)), self.bound.use)
            if remark is None or remark.params.get("verdict") not in _NOT_IN_FORCE:
                continue
            places = [self.bound.columns.index(place) for place in _witnessed(self.bound)]
            seen = tuple(value[place] for place in places)
            self.cells[seen] += counts[at]
            place = pc.index(which, at).as_py()
            self.rows.setdefault(seen, bench.rows[place].as_py())
            if self.dated is not None:
                self.days.setdefault(seen, bench.columns[self.dated][place].as_py())
            self.ended[str(remark.params.get("until_on", ""))] += counts[at]

    def tell(self, tally: Tally) -> None:
        """Propose the last day on which most of these codes were in force, and show what they became by today.

        Where a column dates the rows, that day is proposed for it too: then the codes are right as they stand.
        """
        ended = next((day for day, _ in self.ended.most_common() if day), "")
        if not ended:
            return
        last = date.fromisoformat(ended)
        first = last - timedelta(days=1)
        last = max(last, self.bound.use.today)
        codes = self.bound.use.codelists(str(self.bound.use.args["list"]))
        ends: Counter[str] = Counter()
        shown, right = [], 0
        for cells, count in self.cells.items():
            end, after = _becomes(codes, cells, first, last)
            ends[end] += count
            right += 0 if end == "unknown" else count
            if after:
                shown.append(Change(row=self.rows[cells], field=self.label, before=cells[0], after=after))
        tally.add(KIND, sum(self.cells.values()), self.label, shown)
        tally.ends.update(ends)
        tally.asks.setdefault(KIND, {"day": first.isoformat(), "until": last.isoformat()})
        if self.dated is not None and right and all(self.days.values()):
            dates = [Change(row=self.rows[one], field=self.labels[self.dated], before=before, after=first.isoformat())
                     for one, before in self.days.items()]
            tally.add(DATED, right, self.labels[self.dated], dates)
            tally.asks.setdefault(DATED, {"day": first.isoformat()})
