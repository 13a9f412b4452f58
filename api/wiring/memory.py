"""What a web process takes of the system: memory that is shared and given back, as many connections as it may."""

from __future__ import annotations

import contextlib
import ctypes
import resource
from typing import Final

M_MMAP_THRESHOLD: Final = -3
M_ARENA_MAX: Final = -8
"""Switches of glibc's ``mallopt``."""

ARENAS: Final = 2
LARGE: Final = 1 << 20
"""Bytes from which on a block is the system's own again as soon as it is freed."""


OPEN: Final = 65_536
"""Files and connections that one process may have open at once, where the system lets it."""


def welcoming() -> None:
    """Take as many connections at once as the system lets this process: shells and services begin with 1,024."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = OPEN if hard == resource.RLIM_INFINITY else min(OPEN, hard)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


def thrifty() -> None:
    """Let all threads share two arenas, and give large blocks back at once; nothing where there is no glibc.

    Without it each thread of the pool has an arena of its own, in which a harvester's page of some megabytes leaves
    room that no other thread may use, and freed blocks of that size are kept from then on.
    """
    with contextlib.suppress(AttributeError, OSError):
        libc = ctypes.CDLL(None)
        libc.mallopt(M_ARENA_MAX, ARENAS)
        libc.mallopt(M_MMAP_THRESHOLD, LARGE)
