"""Rebuild every code list of ``standards/codelists`` from a folder of gathered source files.

    python infra/standards/rebuild.py RAW_FOLDER [TARGET_FOLDER]

RAW_FOLDER holds the files named in ``standards/codelists/SOURCES.md`` (``vn/ jp/ sg/ asean/ intl/``). The lists are
facts, committed; this script is how they were made and how the next vintage is made. Output is deterministic.
"""

from __future__ import annotations

import argparse
import csv
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

import abroad
import vietnam
from shape import Row, header, ordered


def write(target: Path, name: str, rows: Iterable[Row]) -> int:
    """Write one list in the one dated format; the number of rows."""
    kept = ordered(rows)
    with (target / f"{name}.csv").open("w", encoding="utf-8", newline="") as handle:
        out = csv.DictWriter(handle, header(kept), lineterminator="\n")
        out.writeheader()
        out.writerows(kept)
    return len(kept)


def write_conversion(target: Path, rows: list[Mapping[str, str]]) -> int:
    """Write the relation old commune → new commune, which has a shape of its own."""
    with (target / "vn-commune-conversion.csv").open("w", encoding="utf-8", newline="") as handle:
        out = csv.DictWriter(handle, vietnam.CONVERSION, lineterminator="\n", extrasaction="ignore")
        out.writeheader()
        out.writerows(rows)
    return len(rows)


def main() -> None:
    """Read the arguments, write every list, say how many rows each has."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("raw", type=Path)
    parser.add_argument("target", type=Path, nargs="?", default=Path("standards/codelists"))
    given = parser.parse_args()
    conversion = vietnam.conversion(given.raw)
    print("vn-commune-conversion", write_conversion(given.target, conversion))
    for name, rows in {**vietnam.lists(given.raw, conversion), **abroad.lists(given.raw)}.items():
        print(name, write(given.target, name, rows))


if __name__ == "__main__":
    main()
