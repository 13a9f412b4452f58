"""CSV files of Frictionless's data folder damaged in many ways through both engines; and hostile files through ``datamo check``.

Every file is damaged, in each in another eighth of the ways, which takes some minutes; with ``--all`` in every way.
``ours`` are damaged files with one verdict, ``peer`` all of them. ``hostile`` names the files whose end was not a sentence
with a code: a traceback, a crash, or none in time.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
import warnings
from pathlib import Path
from random import Random

from tests.pipelines.columnar import conformance
from tests.pipelines.columnar.damage import damaged, differs

QUICK_STEP = 25
SHARE = 8
"""One of so many ways of damage is tried in a file, another one in the next file."""
ROOT = Path(__file__).parents[2]
MOST_SECONDS = 320
GIGABYTE = 1 << 30
FIELDS = {"fields": [{"name": f"f{number}", "type": "integer"} for number in range(3_000)]}
RUINOUS = {"fields": [{"name": "a", "type": "string", "constraints": {"pattern": "^(a+)+$"}}]}
NOWHERE = {
    "fields": [{"name": "a", "type": "string"}],
    "foreignKeys": [{"fields": "a", "reference": {"resource": "nowhere", "fields": "z"}}],
}


def run(quick: bool = False, every: bool = False) -> dict:
    cases, _ = conformance.read_cases()
    paths = sorted({case["path"] for case in cases})[:: QUICK_STEP if quick else 1]
    folder, total, different = conformance.data_folder(), 0, []
    with tempfile.TemporaryDirectory(prefix="datamo-bench-") as name, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for turn, path in enumerate(paths):
            ways = list(damaged((folder / path).read_bytes(), Random(path)))
            for kind, content in ways if every else ways[turn % SHARE :: SHARE]:
                total += 1
                if differs(Path(name), Path(path).name, content):
                    different.append(f"{path}: {kind}")
        hostile = {one: said for one, made in HOSTILE.items() if not (quick and one == "a line of 1 GB") and (said := wrong(Path(name), *made))}
    return {
        "name": "damage", "unit": "damaged files", "ours": total - len(different), "peer": total,
        "ratio": round((total - len(different)) / total, 4),
        "detail": {"files": len(paths), "different": different[:10], "hostile": hostile, "hostile_files": len(HOSTILE), "target_different": 0},
    }


def wrong(folder: Path, write, schema, more=()) -> str:
    """What was wrong with how ``datamo check`` ended; nothing where it gave a document and a code of its own."""
    path, options = folder / "hostile.csv", []
    with path.open("wb") as file:
        write(file)
    if schema is not None:
        (folder / "schema.json").write_text(json.dumps(schema))
        options = ["--schema", str(folder / "schema.json")]
    began = time.perf_counter()
    command = [sys.executable, "-m", "api.cli", "--json", "--lang", "en", "check", str(path), *options, *more]
    try:
        done = subprocess.run(command, cwd=folder, env={**os.environ, "PYTHONPATH": str(ROOT)}, capture_output=True, text=True,
                              timeout=MOST_SECONDS, check=False)
    except subprocess.TimeoutExpired:
        return "did not end"
    if "Traceback" in done.stderr or done.returncode not in (0, 1, 2):
        return f"exit {done.returncode}: {done.stderr[-200:]}"
    if done.stdout and "crashed" in done.stdout.split('"tables"')[0]:
        return "crashed"
    return "" if time.perf_counter() - began < MOST_SECONDS / 2 else "slow"


def text(content: str):
    return lambda file: file.write(content.encode())


HOSTILE = {
    "50,000 columns": (text(",".join(f"c{number}" for number in range(50_000)) + "\n" + ",".join("1" * 50_000) + "\n"), None),
    "3,000 fields": (text(",".join(f"f{number}" for number in range(3_000)) + "\n"), FIELDS),
    "a pattern that ruins": (text("a\n" + ("a" * 40 + "b\n") * 2_000), RUINOUS),
    "a reference to nowhere": (text("a\nx\n"), NOWHERE),
    "a standard that is not": (text("a\nx\n"), None, ("--standard", "nope")),
    "a schema that is none": (text("a\nx\n"), {"fields": [{"name": "a", "type": "nonsense"}]}),
    "NUL bytes": (text("a,b\n1,\0002\n\0\0\0,3\n" * 50), None),
    "a quote never closed": (text('a,b\n"x,1\n' + "y,2\n" * 100_000), None),
    "two encodings": (lambda file: file.write("tên,số\nHà Nội,1\n".encode() * 50 + "日本,2\n".encode("shift_jis") * 50), None),
    "a line of 1 GB": (lambda file: (file.write(b"a,b\n"), file.truncate(GIGABYTE)), None),
}
