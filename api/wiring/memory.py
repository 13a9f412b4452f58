"""How a web process takes memory from the system: threads share it, and what a large answer took is given back."""

from __future__ import annotations

import contextlib
import ctypes
from typing import Final

M_MMAP_THRESHOLD: Final = -3
M_ARENA_MAX: Final = -8
"""Switches of glibc's ``mallopt``."""

ARENAS: Final = 2
LARGE: Final = 1 << 20
"""Bytes from which on a block is the system's own again as soon as it is freed."""


def thrifty() -> None:
    """Let all threads share two arenas, and give large blocks back at once; nothing where there is no glibc.

    Without it each thread of the pool has an arena of its own, in which a harvester's page of some megabytes leaves
    room that no other thread may use, and freed blocks of that size are kept from then on.
    """
    with contextlib.suppress(AttributeError, OSError):
        libc = ctypes.CDLL(None)
        libc.mallopt(M_ARENA_MAX, ARENAS)
        libc.mallopt(M_MMAP_THRESHOLD, LARGE)
