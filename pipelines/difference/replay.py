"""Replaying a delta: an older version's CSV and the delta's lines give the newer CSV, proven by its hash.

What any client may copy: Python's standard library and nothing else.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
from collections.abc import Iterable


def replay(old: bytes, delta: Iterable[bytes | str]) -> bytes:
    """Give the newer version's canonical CSV. Raises ValueError where the file is another or the delta is not whole."""
    lines = iter(delta)
    head = json.loads(next(lines))
    if hashlib.sha256(old).hexdigest() != head["from"]["sha256"]:
        raise ValueError("this delta begins with another file")
    _, *rows = csv.reader(io.StringIO(old.decode(), newline=""))
    columns, names = head["from"]["columns"], head["to"]["columns"]
    made, whole = [names], False
    for line in lines:
        told = json.loads(line)
        if told["op"] == "keep":
            kept = rows[told["from"] - 1 : told["from"] - 1 + told["count"]]
            made += [[dict(zip(columns, row, strict=True)).get(name, "") for name in names] for row in kept]
        elif told["op"] == "change":
            was = dict(zip(columns, rows[told["from"] - 1], strict=True)) | told["cells"]
            made.append([was.get(name, "") for name in names])
        elif told["op"] == "add":
            made.append(told["row"])
        whole = told["op"] == "end"
    new = "".join(",".join(map(written, row)) + "\n" for row in made).encode()
    if not whole or hashlib.sha256(new).hexdigest() != head["to"]["sha256"]:
        raise ValueError("the delta is not whole")
    return new


def written(cell: str) -> str:
    """Write a cell of a canonical CSV: in quotes only where it holds a comma, a quote or an end of line."""
    return '"' + cell.replace('"', '""') + '"' if any(sign in cell for sign in ',"\r\n') else cell
