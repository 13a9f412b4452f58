"""The files of snapshots: what they are called, how large they are, and when somebody asked them last."""

from __future__ import annotations

import hashlib
import os
import time
from pathlib import Path
from typing import Final

ASKED: Final = 600.0
"""Seconds since a file was last asked, up to which a newer one takes its place as soon as it is old."""


def named(key: str) -> str:
    """Give the name that all files of a table begin with."""
    return hashlib.sha256(key.encode()).hexdigest()[:32]


def used(path: Path) -> bool:
    """Whether a file is there; then it is noted that it was asked."""
    try:
        os.utime(path)
    except FileNotFoundError:
        return False
    return True


def size(path: Path) -> int:
    """Give a file's bytes, 0 for one that went."""
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return 0


def since_asked(path: Path) -> float:
    """Give the seconds since a file was asked; one that went was not asked lately."""
    try:
        return time.time() - path.stat().st_mtime
    except FileNotFoundError:
        return ASKED


def shelf_key(name: str) -> str:
    """Give the name under which the shelf has what was made of a file."""
    return hashlib.sha256(name.encode()).hexdigest()


def lies(folder: Path, key: str) -> bool:
    """Whether the file is there that the shelf knows by this name."""
    return any(shelf_key(one.name) == key for one in folder.glob("*.parquet"))
