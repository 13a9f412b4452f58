"""Personal data by column: how many of over a thousand dirty columns are found, and how many clean ones held back.

``ours`` is the recall, ``peer`` the bar of 99 %; false blocks and every kind's own figures are in ``detail``.
"""

from __future__ import annotations

from collections import Counter
from time import process_time

import pyarrow as pa

from pipelines.validation.personal import Described, inside, measure
from standards.registry import PERSONAL
from standards.screening import Held, Seen, judge, says
from tests.personal import clean, dirty

BAR, FALSE_BAR = 0.99, 0.01
FOUND = ("block", "ask")
"""Kinds that an office may publish too (plates, accounts, contacts) may be asked about; the rest must be held back."""


def seen(header: str, cells: list[str]) -> Seen:
    named = {trait.id for trait in PERSONAL if says(header, trait.named)}
    filled, counts = measure([pa.array([one for one in cells if one.strip()], pa.string())], PERSONAL, named)
    return Seen(label=header, filled=filled, counts=counts)


def held(columns: dict[str, list[str]]) -> dict[str, Held]:
    return {one.field: one for one in judge([seen(name, cells) for name, cells in columns.items()], PERSONAL)}


def dirty_columns(each: int) -> tuple[Counter, Counter, Counter]:
    """Count columns, those found and those held back, by kind."""
    total, found, blocked = Counter(), Counter(), Counter()
    for kind, _, header, cells in dirty.columns(seed=20260101, each=each):
        verdict = getattr(held({header: cells}).get(header), "verdict", "pass")
        total[kind] += 1
        found[kind] += verdict in FOUND
        blocked[kind] += verdict == "block"
    for _, columns in dirty.pairs(seed=20260103, each=each):
        verdicts = {name: one.verdict for name, one in held(columns).items()}
        for name in columns:
            total["name and birth date"] += 1
            found["name and birth date"] += name in verdicts
            blocked["name and birth date"] += verdicts.get(name) == "block"
    return total, found, blocked


def clean_columns(each: int) -> tuple[int, list[tuple[str, str, str]]]:
    """Count columns of public kinds, and name those held back."""
    total, wrong = 0, []
    for what, header, cells in clean.columns(seed=20260102, each=each):
        total += 1
        found = held({header: cells}).get(header)
        if found is not None and found.verdict == "block":
            wrong.append((what, header, found.kind))
    return total, wrong


def in_text(header: str, cells: list[str]) -> Held | None:
    """Look at one column of sentences as the step does."""
    batch = pa.record_batch([pa.array(range(len(cells)), pa.int64()), pa.array(cells, pa.string())], names=["row", "c0"])
    return inside([batch], 0, Described(label=header))


def texts(each: int) -> tuple[int, int, int, int]:
    """Count columns of notes that mention somebody, those found, columns of other sentences, those asked about."""
    notes = [in_text(header, cells) for _, header, cells in dirty.notes(seed=20260104, each=each)]
    prose = [in_text(header, cells) for _, header, cells in clean.prose(seed=20260105, each=each)]
    return len(notes), sum(one is not None for one in notes), len(prose), sum(one is not None for one in prose)


def run(quick: bool = False) -> dict:
    start = process_time()
    total, found, blocked = dirty_columns(2 if quick else 10)
    public, wrong = clean_columns(2 if quick else 28)
    recall = blocked.total() / total.total()
    notes, mentioning, prose, asked = texts(2 if quick else 10)
    return {
        "name": "personal", "unit": "recall", "ours": round(recall, 4), "peer": BAR, "ratio": round(recall / BAR, 3),
        "detail": {
            "dirty_columns": total.total(), "held_back": blocked.total(), "found": found.total(),
            "by_kind": {kind: f"{blocked[kind]}/{total[kind]}" for kind in total}, "clean_columns": public,
            "false_blocks": len(wrong), "false_share": round(len(wrong) / public, 4), "target_false": FALSE_BAR,
            "first_wrong": wrong[:5], "note_columns": notes, "notes_found": mentioning, "prose_columns": prose,
            "prose_asked": asked, "cpu_seconds": round(process_time() - start, 1),
        },
    }  # fmt: skip
