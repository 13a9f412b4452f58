"""How much of dirty tables comes back, kind by kind: our reading beside csv.Sniffer, and whatever else is installed."""

from __future__ import annotations

import csv
import importlib.util
import io
import sys
import tempfile
import unicodedata
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from pipelines.format import ReadOptions
from pipelines.formats import csv as ours
from tests.pipelines.dirt import KINDS, Dirty, clean, recovered
from tests.pipelines.reading import seen

Found = tuple[Sequence[str], Sequence[Sequence[str]]]
Reader = Callable[[Path], Found]


def read_ours(path: Path) -> Found:
    found = seen(ours.open(path, ReadOptions()))
    return found.labels, found.rows


def read_sniffer(path: Path) -> Found:
    text = path.read_bytes().decode("utf-8-sig")
    sniffer = csv.Sniffer()
    dialect = sniffer.sniff(text[:16384])
    rows = list(csv.reader(io.StringIO(text, newline=""), dialect))
    return rows[0], rows[1:]


def read_clevercsv(path: Path) -> Found:
    import clevercsv

    rows = clevercsv.read_table(str(path))
    return rows[0], rows[1:]


def read_pandas(path: Path) -> Found:
    import pandas as pd

    frame = pd.read_csv(path, sep=None, engine="python", dtype=str, keep_default_na=False)
    return [str(one) for one in frame.columns], [[str(one) for one in row] for row in frame.itertuples(index=False)]


def read_duckdb(path: Path) -> Found:
    import duckdb

    found = duckdb.connect().execute("select * from read_csv(?, all_varchar = true, parallel = false)", [str(path)])
    labels = [one[0] for one in found.description]
    return labels, [["" if one is None else str(one) for one in row] for row in found.fetchall()]


PEERS: dict[str, Reader] = {"clevercsv": read_clevercsv, "pandas": read_pandas, "duckdb": read_duckdb}
READERS: dict[str, Reader] = {
    "ours": read_ours,
    "csv.Sniffer": read_sniffer,
    **{name: reader for name, reader in PEERS.items() if importlib.util.find_spec(name)},
}


def share(reader: Reader, path: Path, dirty: Dirty) -> float:
    path.write_bytes(dirty.data)
    try:
        labels, rows = reader(path)
    except Exception:  # noqa: BLE001 - a reader that fails brings nothing back
        return 0.0
    composed = [[unicodedata.normalize("NFC", one) for one in row] for row in [labels, *rows]]
    truth = Dirty(
        data=b"", labels=dirty.labels, rows=tuple(tuple(unicodedata.normalize("NFC", one) for one in row) for row in dirty.rows)
    )
    return recovered(truth, composed[0], [row for row in composed[1:] if any(row)])


def run(*, quick: bool = False) -> dict[str, Any]:
    seeds = range(100, 103 if quick else 130)
    table: dict[str, dict[str, float]] = {}
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "table.csv"
        for kind, make in KINDS.items():
            dirty = [make(clean(seed)) for seed in seeds]
            table[kind] = {name: sum(share(reader, path, one) for one in dirty) / len(dirty) for name, reader in READERS.items()}
    show(table)
    means = {name: sum(row[name] for row in table.values()) / len(table) for name in READERS}
    peer = max(value for name, value in means.items() if name != "ours")
    return {
        "name": "dirt", "ours": round(100 * means["ours"], 1), "peer": round(100 * peer, 1), "unit": "% of cells",
        "ratio": round(means["ours"] / peer, 2), "detail": {name: f"{100 * value:.1f} %" for name, value in means.items()},
        "kinds": {kind: {name: round(value, 4) for name, value in row.items()} for kind, row in table.items()},
    }  # fmt: skip


def show(table: dict[str, dict[str, float]]) -> None:
    width = max(map(len, table))
    print(f"{'kind':{width}}" + "".join(f"{name:>13}" for name in READERS), file=sys.stderr)
    for kind, row in table.items():
        print(f"{kind:{width}}" + "".join(f"{100 * row[name]:12.1f}%" for name in READERS), file=sys.stderr)
