"""Rules at work on batches of cells: each asked once per distinct cell; every change counted, shown, and logged."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from pipelines.flat import arrow, flat, np
from pipelines.repair.columns import Asked
from pipelines.repair.rules import Rule, may_be_unclean
from standards.repair import EXAMPLES, KINDS, Change, Repair, takes

LOG = pa.schema([(name, pa.string()) for name in ("row", "column", "kind", "before", "after")])
_BETWEEN = "\x1f"
_SHOWN = 200


@dataclass(slots=True)
class Tally:
    """Changes counted by kind, with the columns they are in and the first few."""

    counts: dict[str, int] = field(default_factory=dict)
    fields: dict[str, dict[str, None]] = field(default_factory=dict)
    examples: dict[str, list[Change]] = field(default_factory=dict)
    asks: dict[str, dict[str, str]] = field(default_factory=dict)
    ends: Counter[str] = field(default_factory=Counter)

    def add(self, kind: str, count: int, label: str, changes: Iterable[Change]) -> None:
        """Count changes of one kind in one column."""
        self.counts[kind] = self.counts.get(kind, 0) + count
        self.fields.setdefault(kind, {})[label] = None
        shown = self.examples.setdefault(kind, [])
        shown.extend(list(changes)[: EXAMPLES - len(shown)])

    def repairs(self) -> tuple[Repair, ...]:
        """Give what was counted, in the order of kinds."""
        return tuple(
            Repair(
                kind=kind,
                safe=KINDS[kind].safe,
                count=self.counts[kind],
                examples=tuple(self.examples[kind]),
                fields=tuple(label for label in self.fields[kind] if label),
                asks=self.asks.get(kind, {}),
                ends={end: count for end, count in self.ends.items() if end} if kind == "successor" else {},
            )
            for kind in KINDS
            if self.counts.get(kind)
        )


@dataclass(slots=True)
class Bench:
    """One batch on the bench: its record numbers, its columns as they are now, and the log of what was changed."""

    rows: pa.Array
    columns: list[pa.StringArray]
    log: list[tuple[Any, ...]] = field(default_factory=list)
    judged: dict[int, tuple[pa.StringArray, bool]] = field(default_factory=dict)

    def is_clean(self, index: int) -> bool:
        """Whether no rule of text can concern a column as it is now; asked once as long as it does not change."""
        cells = self.columns[index]
        held = self.judged.get(index)
        if held is None or held[0] is not cells:
            held = self.judged[index] = (cells, not may_be_unclean(cells))
        return held[1]

    def logged(self) -> pa.Table:
        """Give the log in order of rows, a row's changes in the order in which they were made."""
        parts = [
            pa.table(
                {
                    "at": rows,
                    "row": pc.cast(rows, pa.string()),
                    "column": _same(label, rows),
                    "kind": _same(kind, rows),
                    "before": before,
                    "after": after,
                }
            )
            for rows, label, kind, before, after in self.log
        ]
        whole = pa.concat_tables(parts).append_column("made", arrow(np.arange(sum(map(len, parts)))))
        ordered = whole.sort_by([("at", "ascending"), ("made", "ascending")])
        return ordered.select(LOG.names)


def _same(word: str, rows: pa.Array) -> pa.Array:
    return pa.array([word] * len(rows), pa.string())


def apply(bench: Bench, rule: Rule, asked: Sequence[Asked], accepted: frozenset[str], tally: Tally) -> None:
    """Apply one rule to a batch: kinds that are accepted change cells, the others are only counted."""
    target = rule.columns[0]
    cells = bench.columns[target]
    if rule.text and bench.is_clean(target):
        return
    mask = rule.screen(cells)
    if not pc.any(mask).as_py():
        return
    picked = [bench.columns[index].filter(mask) for index in rule.columns]
    values, indices = combined(picked)
    which = flat(indices)
    verdicts = [rule.judge(one) if len(one) == len(picked) else None for one in values]
    afters = pa.array(
        [one[0] if said is None else said[1] for one, said in zip(values, verdicts, strict=True)], pa.string()
    )
    rows, before, after = bench.rows.filter(mask), picked[0], afters.take(indices)
    applied = np.zeros(len(which), dtype=bool)
    for kind in dict.fromkeys(said[0] for said in verdicts if said is not None):
        hit = np.fromiter((said is not None and said[0] == kind for said in verdicts), bool, len(verdicts))[which]
        chosen = arrow(hit)
        told = (rows.filter(chosen), asked[target].label, kind, before.filter(chosen), after.filter(chosen))
        tally.add(kind, int(hit.sum()), asked[target].label, _examples(told, asked[target]))
        if takes(accepted, kind, asked[target].label):
            applied |= hit
            bench.log.append(told)
    if applied.any():
        kept = pc.if_else(arrow(applied), after, before)
        bench.columns[target] = pc.replace_with_mask(cells, mask, kept)


def combined(picked: Sequence[pa.StringArray]) -> tuple[list[list[str]], pa.Array]:
    """Give the distinct combinations of the cells of several columns, and for each row which one it has."""
    joined = picked[0] if len(picked) == 1 else pc.binary_join_element_wise(*picked, _BETWEEN)
    encoded = joined.dictionary_encode()
    values = [value.split(_BETWEEN) if len(picked) > 1 else [value] for value in encoded.dictionary.to_pylist()]
    return values, encoded.indices


def _examples(told: tuple[Any, ...], one: Asked) -> list[Change]:
    rows, label, _, before, after = (part[:EXAMPLES] if isinstance(part, pa.Array) else part for part in told)
    return [
        Change(row=row.as_py(), field=label, before=shown(old.as_py(), one), after=shown(new.as_py(), one))
        for row, old, new in zip(rows, before, after, strict=True)
    ]


def shown(cell: str, one: Asked) -> str:
    """Cut a cell, and mask it where it may be a person's number."""
    if one.personal and sum(sign.isdigit() for sign in cell) > len("123456789"):
        return cell[:3] + "*" * 9
    return cell[:_SHOWN]
