"""Folders of files kept no longer than their answer takes; what a killed process left goes at the next start."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import tempfile
import time
from pathlib import Path

LONGEST = 3600.0
"""Seconds after which a folder is nobody's: no check takes so long."""

_OURS = re.compile(r"datamo-brief-([0-9]+)-.+")


def folder(within: Path | None = None) -> Path:
    """Make a folder of this process; whoever asks for it removes it with the answer."""
    return Path(tempfile.mkdtemp(prefix=f"datamo-brief-{os.getpid()}-", dir=within))


def sweep(within: Path | None = None, now: float | None = None, *, foreign: bool = False) -> int:
    """Remove the folders of processes that are gone, and those older than any check; say how many those were.

    Where ``foreign`` machines or containers share the folder, a number does not say who lives: there only age counts.
    """
    gone = 0
    for path in (within or Path(tempfile.gettempdir())).glob("datamo-brief-*"):
        found = _OURS.fullmatch(path.name)
        if found and ((not foreign and not _lives(int(found[1]))) or _age(path, now) > LONGEST):
            shutil.rmtree(path, ignore_errors=True)
            gone += 1
    return gone


def _lives(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except OSError:  # it is somebody else's
        return True
    return True


def _age(path: Path, now: float | None) -> float:
    with contextlib.suppress(OSError):  # another process was quicker
        return (time.time() if now is None else now) - path.stat().st_mtime
    return 0.0
