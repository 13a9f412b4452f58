"""Files that were good once: cut off, with bits turned, with NUL bytes, two encodings, a quote that nobody closes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any

from frictionless.resources import TableResource

from pipelines.validation.columnar import HandBack, validate_columnar
from tests.pipelines.columnar.both import compared

SHARES = range(5, 100, 5)
FLIPS = 4


def damaged(content: bytes, chance: Random) -> Iterator[tuple[str, bytes]]:
    """Every kind of damage with its name: cut at each 5 %, and the others at places of chance."""
    for share in SHARES:
        yield f"cut at {share} %", content[: len(content) * share // 100]
    for _ in range(FLIPS if content else 0):
        flipped = bytearray(content)
        for _ in range(chance.choice([1, 3, 20])):
            flipped[chance.randrange(len(content))] ^= 1 << chance.randrange(8)
        yield "bits turned", bytes(flipped)
    at = chance.randrange(len(content) + 1)
    for name, more in {
        "NUL": b"\0", "a quote": b'"', "another encoding": "Tỉnh\n".encode("utf-16"), "Latin-1": b"\xe9\xe8\n", "a lone CR": b"\r",
    }.items():
        yield name, content[:at] + more + content[at:]


def told(make: Any) -> Any:
    """A report without seconds, or the class of what was raised."""
    try:
        return compared(make())
    except Exception as raised:  # noqa: BLE001 - readers raise whatever they raise
        return type(raised).__name__


def differs(folder: Path, name: str, content: bytes) -> tuple[Any, Any] | None:
    """What both engines say of a file, where it is not the same; nothing where it is, or where it was handed back."""
    (folder / name).write_bytes(content)

    def resource() -> TableResource:
        return TableResource(path=name, basepath=str(folder))

    ours = told(lambda: validate_columnar(resource()))
    if ours == HandBack.__name__:
        return None
    theirs = told(lambda: resource().validate())
    return None if ours == theirs else (ours, theirs)
