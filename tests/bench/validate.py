"""Validate a table of every common kind of field, clean and with 1.3 % bad rows, beside Frictionless on the same files.

``ours``, ``peer`` and ``ratio`` are CPU seconds of ``validate`` on the clean file (a crowded machine bends walls), each
engine in a process of its own; ``detail`` has the file with bad rows (every error wanted), the walls, the peak megabytes
(VmHWM), and those of our engine on five times as many rows. The reports have to be the same.
"""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import tempfile
from pathlib import Path

ROWS, QUICK_ROWS, FACTOR = 1_000_000, 20_000, 5
BAD = 0.013
FIELDS = [
    {"name": "ma", "type": "string", "constraints": {"unique": True, "required": True}},
    {"name": "so_hieu", "type": "string", "constraints": {"pattern": "[A-Z]{2}-[0-9]{4}"}},
    {"name": "ten", "type": "string", "constraints": {"required": True, "maxLength": 80}},
    {"name": "nhom", "type": "string", "constraints": {"enum": ["A", "B", "C"]}},
    {"name": "so_luong", "type": "integer", "constraints": {"minimum": 0, "maximum": 1000}},
    {"name": "so_tien", "type": "number", "constraints": {"minimum": 0}},
    {"name": "con_hieu_luc", "type": "boolean"},
    {"name": "ngay", "type": "date", "constraints": {"minimum": "2000-01-01"}},
    {"name": "luc", "type": "datetime"},
    {"name": "nam", "type": "year"},
    {"name": "thang", "type": "yearmonth", "missingValues": ["", "NA"]},
    {"name": "gio", "type": "time"},
]
PROGRAM = """
import hashlib, json, sys, time
from pathlib import Path
from frictionless import Schema
from frictionless.resources import TableResource
from pipelines.validation import validate
path, engine = Path(sys.argv[1]), sys.argv[2]
resource = TableResource(name="table", path=path.name, basepath=str(path.parent),
                         schema=Schema.from_descriptor(json.loads(sys.argv[3])))
wall, cpu = time.perf_counter(), time.process_time()
if engine == "ours":
    verdict = validate(resource, limit_errors=0)
    assert verdict.engine == "columnar", verdict.reason
    report = verdict.report
else:
    report = resource.validate(limit_errors=0)
wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
peak = next(int(line.split()[1]) // 1000 for line in open("/proc/self/status") if line.startswith("VmHWM"))
task = report.tasks[0]
told = [{k: v for k, v in task.stats.items() if k != "seconds"}, task.labels, task.warnings,
        hashlib.sha256("\\n".join(json.dumps(e.to_descriptor(), sort_keys=True) for e in task.errors).encode()).hexdigest()]
print(json.dumps({"wall": wall, "cpu": cpu, "megabytes": peak, "errors": len(task.errors), "told": told}))
"""


def run(quick: bool = False) -> dict:
    rows = QUICK_ROWS if quick else ROWS
    with tempfile.TemporaryDirectory(prefix="datamo-bench-") as name:
        clean, bad, large = (Path(name) / f"{part}.csv" for part in ("clean", "bad", "large"))
        write(clean, rows)
        write(bad, rows, BAD)
        ours, peer = compare(clean)
        ours_bad, peer_bad = compare(bad)
        clean.unlink()
        bad.unlink()
        write(large, rows * FACTOR)
        more = validate(large, "ours")
    return {
        "name": "validate", "unit": f"CPU s for {rows:,} x {len(FIELDS)}", "ours": round(ours["cpu"], 2), "peer": round(peer["cpu"], 2),
        "ratio": round(peer["cpu"] / ours["cpu"], 1),
        "detail": {
            "rows": rows, "target_ratio": 18, "bad_rows_ratio": round(peer_bad["cpu"] / ours_bad["cpu"], 1), "bad_rows_target": 10,
            "errors": ours_bad["errors"], "bad_rows_ours": round(ours_bad["cpu"], 2), "bad_rows_peer": round(peer_bad["cpu"], 2),
            "wall_ratio": round(peer["wall"] / ours["wall"], 1), "bad_rows_wall_ratio": round(peer_bad["wall"] / ours_bad["wall"], 1),
            "megabytes": ours["megabytes"], "bad_rows_megabytes": ours_bad["megabytes"], "peer_megabytes": peer["megabytes"],
            "megabytes_at_five_times_the_rows": more["megabytes"], "target_megabytes": 500, "load": round(os.getloadavg()[0], 1),
        },
    }


def compare(path: Path) -> tuple[dict, dict]:
    """Both engines on one file, one after the other."""
    ours, peer = validate(path, "ours"), validate(path, "peer")
    assert ours["told"] == peer["told"], "the reports differ"
    return ours, peer


def validate(path: Path, engine: str) -> dict:
    arguments = [sys.executable, "-c", PROGRAM, str(path), engine, json.dumps({"fields": FIELDS})]
    done = subprocess.run(arguments, stdout=subprocess.PIPE, check=True, text=True, cwd=Path(__file__).parents[2])
    return json.loads(done.stdout)


def write(path: Path, rows: int, bad: float = 0.0) -> None:
    """Write the table with CR LF; a share of the rows gets one of 13 mistakes."""
    chance = random.Random(7)
    with path.open("w", encoding="utf-8", newline="") as file:
        file.write(",".join(field["name"] for field in FIELDS) + "\r\n")
        for number in range(rows):
            cells = row(chance, number)
            if bad and chance.random() < bad:
                spoil(chance, cells, number)
            file.write(",".join(cells) + "\r\n")


def row(chance: random.Random, number: int) -> list[str]:
    luck = chance.getrandbits(60)
    day = f"{2010 + luck % 16}-{1 + luck % 12:02}-{1 + luck % 28:02}"
    clock = f"{luck % 24:02}:{(luck >> 5) % 60:02}:{(luck >> 11) % 60:02}"
    return [
        f"K{number:09}", f"AB-{luck % 10000:04}", f'"Xã số {luck % 1_000_000}, huyện ""{number % 97}"""', "ABC"[luck % 3], str(luck % 1001),
        f"{(luck >> 20) % 10**8 / 100:.2f}", ("true", "false")[luck % 2], day, f"{day}T{clock}Z", day[:4],
        ("NA", day[:7])[luck % 7 > 0], clock,
    ]


def spoil(chance: random.Random, cells: list[str], number: int) -> None:
    kind = chance.randrange(13)
    wrong = {1: "ab1", 2: "", 3: "Z", 4: "12.5", 5: "x1", 6: "yes", 7: "2021-02-30", 8: "2024-01-01 10:00", 9: "20", 10: "2020-13"}
    if kind == 0:
        cells[0] = f"K{max(0, number - 5):09}"
    elif kind in wrong:
        cells[kind] = wrong[kind]
    elif kind == 11:
        cells.append("thừa") if number % 2 else cells.pop()
    else:
        cells[:] = [""] * len(cells)
