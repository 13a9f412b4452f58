"""The reports that Frictionless 5.21.0 gave on its own data folder, and how the columnar engine compares.

``tests/golden/frictionless_reports.json.gz`` holds 2,866 cases (CSV and TSV files of ``data/`` in Frictionless's source
distribution, MIT licence; 134 files under 1,158 schemas, with dialects, checks and limits): what was asked, and of the
report the stats, labels, warnings and the SHA-256 of all error descriptors. ``frictionless_typed_reports.json.gz`` holds
875 more, of workbooks (XLSX, XLS, ODS), JSON, JSON Lines and Parquet; ODS and Parquet are handed back as long as the
libraries with which Frictionless reads them (ezodf, fastparquet) are not installed. The data files are not kept here: they are
unpacked from the source distribution, which pip fetches into ``var/cache`` and whose hash stands below.
"""

from __future__ import annotations

import fcntl
import gzip
import hashlib
import json
import re
import subprocess
import sys
import tarfile
import tempfile
import warnings
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from frictionless import Checklist, Detector, Dialect, Schema
from frictionless.resources import TableResource

from pipelines.validation.columnar import HandBack, validate_columnar

ROOT = Path(__file__).parents[3]
CACHE = ROOT / "var" / "cache"
NAME = "frictionless-5.21.0"
TYPED = "frictionless_typed_reports"
SHA256 = "4d9848570bc682943375824a4be7633e8bbdeff228affee763cab346e48000b4"


class Unavailable(Exception):
    """The source distribution cannot be had."""


def data_folder() -> Path:
    """Give the folder that holds ``data/``; fetches and unpacks what is missing. Raises Unavailable."""
    CACHE.mkdir(parents=True, exist_ok=True)
    with (CACHE / f"{NAME}.lock").open("w") as turn:  # one process at a time; the others find it done
        fcntl.flock(turn, fcntl.LOCK_EX)
        return _data_folder()


def _data_folder() -> Path:
    folder = CACHE / NAME
    if (folder / "data").is_dir():
        return folder
    archive = CACHE / f"{NAME}.tar.gz"
    if not archive.is_file():
        fetch(archive)
    if hashlib.sha256(archive.read_bytes()).hexdigest() != SHA256:
        raise Unavailable(f"{archive.name} is not the one whose hash stands in {Path(__file__).name}")
    with tempfile.TemporaryDirectory(dir=CACHE) as place, tarfile.open(archive) as packed:
        packed.extractall(place, [one for one in packed if one.name.startswith(f"{NAME}/data/")], filter="data")
        (Path(place) / NAME).rename(folder)
    return folder


def fetch(archive: Path) -> None:
    python = next((one for one in (sys.executable, sys._base_executable) if has_pip(one)), None)
    if python is None:
        raise Unavailable("there is no pip")
    asked = [python, "-m", "pip", "download", "--quiet", "--no-deps", "--no-binary", "frictionless", "frictionless==5.21.0"]
    with tempfile.TemporaryDirectory(dir=CACHE) as place:
        done = subprocess.run([*asked, "--dest", place], capture_output=True, text=True, check=False)
        found = Path(place) / archive.name
        if done.returncode or not found.is_file():
            raise Unavailable(done.stderr.strip()[-300:])
        found.rename(archive)


def has_pip(python: str) -> bool:
    return subprocess.run([python, "-m", "pip", "--version"], capture_output=True, check=False).returncode == 0


def read_cases(name: str = "frictionless_reports") -> tuple[list[dict[str, Any]], list[Any]]:
    """Give the cases, and the schemas that they name by index."""
    kept = json.loads(gzip.decompress((ROOT / f"tests/golden/{name}.json.gz").read_bytes()))
    return kept["cases"], kept["schemas"]


def run(cases: Iterable[dict[str, Any]], schemas: Sequence[Any], folder: Path) -> tuple[Counter[str], Counter[str], list[Any]]:
    """Count identical, handed back and different; the reasons for handing back; and the cases that differ."""
    counts, reasons, different = Counter(identical=0, back=0, different=0), Counter(), []
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for case in cases:
            try:
                same = told(case, schemas, folder) == expected(case)
            except HandBack as back:
                counts["back"] += 1
                reasons[back.reason] += 1
                continue
            counts["identical" if same else "different"] += 1
            different += [] if same else [case]
    return counts, reasons, different


def told(case: dict[str, Any], schemas: Sequence[Any], folder: Path) -> dict[str, Any]:
    options: dict[str, Any] = {}
    if "schema" in case:
        options["schema"] = Schema.from_descriptor(json.loads(json.dumps(schemas[case["schema"]])))
    if "dialect" in case:
        options["dialect"] = Dialect.from_descriptor(case["dialect"])
    if "detector" in case:
        names = {re.sub("([A-Z])", lambda found: "_" + found[1].lower(), name): value for name, value in case["detector"].items()}
        options["detector"] = Detector(**names)
    checklist = Checklist.from_descriptor(case["checklist"]) if "checklist" in case else None
    resource = TableResource(path=case["path"], basepath=str(folder), **options)
    report = validate_columnar(resource, checklist, limit_errors=case["limit"])
    task = report.tasks[0]
    errors = json.dumps([one.to_descriptor() for one in task.errors], sort_keys=True, ensure_ascii=True)
    return {
        "valid": report.valid, "errors": hashlib.sha256(errors.encode()).hexdigest(), "labels": list(task.labels),
        "warnings": task.warnings, "stats": compared(dict(task.stats), task.warnings),
    }


def expected(case: dict[str, Any]) -> dict[str, Any]:
    kept = case["expected"]
    return {**kept, "stats": compared(dict(kept["stats"]), kept["warnings"])}


def compared(stats: dict[str, Any], told_warnings: list[str]) -> dict[str, Any]:
    """Leave out the seconds, and the bytes where a limit stopped the run."""
    for name in ("seconds", "bytes") if told_warnings else ("seconds",):
        stats.pop(name, None)
    return stats


if __name__ == "__main__":  # to have it before anybody needs it
    data_folder()
