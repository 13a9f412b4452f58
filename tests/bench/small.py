"""A file of a hundred rows: the command ``datamo check`` beside ``frictionless validate``, whole processes.

``ours`` and ``peer`` are CPU seconds (the median of runs that take turns), ``ratio`` how many times better; ``detail`` has
the walls, and ``cost``: our seconds for each of theirs, whose bar is 1.2.
"""

from __future__ import annotations

import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests.bench.validate import write

ROWS, RUNS, QUICK_RUNS = 100, 11, 1
OURS = [sys.executable, "-m", "api.cli", "check"]
PEER = [sys.executable, "-c", "from frictionless.__main__ import console; console()", "validate"]


def run(quick: bool = False) -> dict:
    ours, peer = [], []
    with tempfile.TemporaryDirectory(prefix="datamo-bench-") as name:
        write(Path(name) / "small.csv", ROWS)
        for _ in range(QUICK_RUNS if quick else RUNS):
            ours.append(spent(OURS, Path(name)))
            peer.append(spent(PEER, Path(name)))
    cpu, wall = (tuple(statistics.median(one[at] for one in each) for each in (ours, peer)) for at in (0, 1))
    return {
        "name": "small", "unit": f"CPU s for {ROWS} rows", "ours": round(cpu[0], 2), "peer": round(cpu[1], 2),
        "ratio": round(cpu[1] / cpu[0], 2),
        "detail": {
            "cost": round(cpu[0] / cpu[1], 2), "target_cost": 1.2, "wall_cost": round(wall[0] / wall[1], 2),
            "wall_ours": round(wall[0], 2), "wall_peer": round(wall[1], 2), "runs": len(ours), "load": round(os.getloadavg()[0], 1),
        },
    }


def spent(command: list[str], folder: Path) -> tuple[float, float]:
    """CPU and wall seconds of one process with its children."""
    before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    root = str(Path(__file__).parents[2])
    subprocess.run([*command, "small.csv"], cwd=folder, env={**os.environ, "PYTHONPATH": root}, stdout=subprocess.DEVNULL, check=True)
    wall, after = time.perf_counter() - began, resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, wall
