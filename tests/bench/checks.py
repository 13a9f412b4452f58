"""Our checks over a million rows: CPU seconds of whole columns against asking a sample row by row, per scope.

``ours`` are CPU seconds for a million rows of five checks in every scope, ``peer`` those of asking every row (measured
on a part of the rows and multiplied).
"""

from __future__ import annotations

import tempfile
from datetime import date
from pathlib import Path
from time import process_time

import numpy as np
import pyarrow as pa

from pipelines.cells import read
from pipelines.validation.distinct import run_checks
from pipelines.validation.uses import Bound
from standards import registry
from standards.check import Use

MILLION, QUICK, SAMPLE = 1_000_000, 20_000, 20_000
USES = (
    ("code-valid-on", (0, 1), {"list": "vn-commune", "date": "c1"}),
    ("in-country", (2, 3), {"longitude": "c3"}),
    ("at-most", (4, 5), {"whole": "c5"}),
    ("one-name-per-code", (1, 0), {"by": ["c0"]}),
    ("period-overlap", (1, 6), {"by": ["c6"], "start": "c1"}),
)


def columns(rows: int) -> list[pa.Array]:
    rng = np.random.default_rng(1)
    communes = pa.array([one.code for one in registry.codelist("vn-commune").valid_on(date(2026, 6, 30))])
    part = np.arange(rows)
    return [
        communes.take(pa.array(rng.integers(0, len(communes), rows))),
        pa.array(["2026-06-30"]).take(pa.array(np.zeros(rows, dtype=np.int64))),
        pa.array([f"{one:.5f}" for one in rng.uniform(8.6, 23.3, rows)]),
        pa.array([f"{one:.5f}" for one in rng.uniform(102.2, 109.4, rows)]),
        pa.array(part).cast(pa.string()), pa.array(part + 7).cast(pa.string()), pa.array(part * 3).cast(pa.string()),
    ]  # fmt: skip


def bounds() -> list[Bound]:
    made = []
    for code, places, args in USES:
        names = tuple(f"c{at}" for at in places)
        use = Use(field=names[0], needs=names, args=args, codelists=registry.codelist, today=date(2026, 11, 1))
        made.append(Bound(check=registry.check(code), use=use, columns=places, label=names[0]))
    return made


def row_by_row(path: Path, bound: Bound, rows: int) -> float:
    """CPU seconds of asking every row, by those of a part; groups count as one row each."""
    batch = next(iter(read(path))).slice(0, SAMPLE)
    texts = {name: batch.column(at + 1).to_pylist() for name, at in zip(bound.use.needs, bound.columns, strict=True)}
    start = process_time()
    for at in range(batch.num_rows):
        one = {name: [cells[at]] if bound.check.SCOPE == "group" else cells[at] for name, cells in texts.items()}
        bound.check.look(one, bound.use)
    return (process_time() - start) / batch.num_rows * rows


def run(quick: bool = False) -> dict:
    rows = QUICK if quick else MILLION
    with tempfile.TemporaryDirectory() as folder:
        path, made = Path(folder) / "cells", columns(rows)
        schema = pa.schema([("row", pa.int64()), *((f"c{at}", pa.string()) for at in range(len(made)))])
        with pa.ipc.new_file(str(path), schema) as writer:
            writer.write_table(pa.table([pa.array(np.arange(rows) + 2), *made], schema=schema), max_chunksize=200_000)
        detail, ours, peer = {"rows": rows}, 0.0, 0.0
        for bound in bounds():
            start = process_time()
            run_checks(path, [bound])
            spent, plain = process_time() - start, row_by_row(path, bound, rows)
            ours, peer = ours + spent, peer + plain
            detail[bound.check.CODE] = f"{spent:.2f} s for {plain:.2f} s"
    return {
        "name": "checks", "unit": "CPU seconds", "ours": round(ours, 2), "peer": round(peer, 2),
        "ratio": round(peer / ours, 1), "detail": detail,
    }  # fmt: skip
