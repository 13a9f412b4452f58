"""Ports of loopback for servers: free ones, promised to one process of this machine, that no connection takes by chance."""

from __future__ import annotations

import random
import socket
from collections.abc import Iterator

RANGE = range(12_000, 31_000)
"""Below the ports that the kernel gives to outgoing connections: while a server of ours is away, being started again, one of
those could take its port, or even be connected to itself."""

TRIES = 2000


class NoPort(Exception):
    """There are not so many free ports."""


def free_ports(count: int, *, beside: int = 0) -> list[int]:
    """Ports that nobody listens on and that nobody else who asks here is given as long as this process lives.

    ``beside``: the port that much above each is free and promised, too. Raises NoPort.
    """
    found: list[int] = []
    for port in _by_chance():
        if len(found) == count:
            return found
        if all(_is_free(one) and _promise(one) for one in sorted({port, port + beside})):
            found.append(port)
    raise NoPort(count)


def _by_chance() -> Iterator[int]:
    chance = random.SystemRandom()  # also in processes that were forked from one
    return (chance.choice(RANGE) for _ in range(TRIES))


def _is_free(port: int) -> bool:
    with socket.socket() as tried:
        try:
            tried.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def _promise(port: int) -> bool:
    """Bind a name that the kernel gives to one process at a time; it is let go when the process ends."""
    name = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    try:
        name.bind(f"\0datamo-port-{port}")
    except OSError:
        name.close()
        return False
    name.detach()
    return True
