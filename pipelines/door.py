"""The door of the child: as much of Arrow is loaded as a file of this size needs, and then the steps are walked."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import cast

from catalog.model import Outcome
from pipelines.lean import load_arrow
from pipelines.step import Parcel

SMALL = 64 << 10
"""Bytes of text under which nothing is calculated that would be worth to load numpy beforehand."""
PACKED = (b"PK", b"PAR1", b"\xd0\xcf\x11\xe0", b"{", b"[")
"""How files begin that can hold far more than their size says."""


def look(parcel: Parcel) -> Outcome:
    """Walk the steps as ``pipelines.inside.look`` does, which is loaded here and not before."""
    small = not parcel.keep and not parcel.base and is_small(parcel.path)
    load_arrow(numpy=not small)
    return cast("Outcome", import_module("pipelines.inside").look(parcel))


def is_small(path: Path) -> bool:
    """Whether a file is a small text, so that its table is small too."""
    if path.stat().st_size > SMALL:
        return False
    with path.open("rb") as file:
        return not file.read(64).lstrip(b"\xef\xbb\xbf \t\r\n").startswith(PACKED)
