"""A connection that is checked when it is made and ends when its time is over, in the form that http.client wants."""

from __future__ import annotations

import http.client
import io
import socket
import ssl
import threading
import time
from collections.abc import Callable
from typing import Any

from pipelines.fetch.addresses import Guard
from pipelines.fetch.refused import Unfetched

Found = list[tuple[Any, ...]]
LookUp = Callable[[str, int], Found]
"""Gives the addresses of a name, as ``socket.getaddrinfo`` gives them; none where it has none."""

CONNECT_SECONDS = 15.0
SEND_BYTES = 1 << 16


class Clock:
    """How much time a request has left, all its hops together; no single wait is longer than ``idle`` seconds."""

    def __init__(self, seconds: float, idle: float) -> None:
        self._until = time.monotonic() + seconds
        self._idle = idle

    def left(self, most: float | None = None) -> float:
        """Give how long the next wait may be (seconds). Raises Unfetched when nothing is left."""
        left = self._until - time.monotonic()
        if left <= 0:
            raise Unfetched("too-slow")
        return min(left, self._idle if most is None else most)


class _Incoming(io.RawIOBase):
    """What comes in, each wait within the clock, so that a byte a second is too slow in the end."""

    def __init__(self, sock: socket.socket, clock: Clock) -> None:
        self._sock = sock
        self._clock = clock

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        self._sock.settimeout(self._clock.left())
        try:
            return self._sock.recv_into(buffer)
        except TimeoutError as slow:
            raise Unfetched("too-slow") from slow


class Wire:
    """The part of a socket that http.client uses, within the clock."""

    def __init__(self, sock: socket.socket, clock: Clock) -> None:
        self._sock = sock
        self._clock = clock

    def makefile(self, _mode: str) -> io.BufferedReader:
        """Give what is read from."""
        return io.BufferedReader(_Incoming(self._sock, self._clock), 1 << 16)

    def sendall(self, content: bytes) -> None:
        """Send it all, piece by piece."""
        rest = memoryview(content)
        while rest:
            self._sock.settimeout(self._clock.left())
            try:
                self._sock.sendall(rest[:SEND_BYTES])
            except TimeoutError as slow:
                raise Unfetched("too-slow") from slow
            rest = rest[SEND_BYTES:]

    def close(self) -> None:
        """Let http.client let go; who opened the socket closes it, after the body was read."""

    def shut(self) -> None:
        """Close the connection."""
        self._sock.close()


def connect(guard: Guard, clock: Clock, look_up: LookUp, host: str, port: int, *, secure: bool) -> Wire:
    """Connect to the host; every address that its name has is held against the guard, and only such are used.

    The address that was checked is the address that is connected to: no name is looked up a second time.
    """
    addresses = _looked_up(clock, look_up, host, port)
    if not addresses:
        raise Unfetched("unknown-host", host=host)
    for *_, reached in addresses:
        if not guard.allows(str(reached[0]), port):
            raise Unfetched("address-not-allowed", host=host, port=port)
    sock = _first_that_answers(addresses, clock, host)
    try:
        return Wire(_secured(sock, clock, host) if secure else sock, clock)
    except BaseException:
        sock.close()
        raise


def addresses_of(host: str, port: int) -> Found:
    """Ask the system's resolver."""
    try:
        return list(socket.getaddrinfo(host, port, type=socket.SOCK_STREAM))
    except (OSError, UnicodeError):
        return []


def _looked_up(clock: Clock, look_up: LookUp, host: str, port: int) -> Found:
    """Look a name up in a thread, as the system's resolver knows no limit of ours."""
    found: list[Found] = []
    thread = threading.Thread(target=lambda: found.append(look_up(host, port)), name="look-up", daemon=True)
    thread.start()
    thread.join(clock.left(CONNECT_SECONDS))
    return found[0] if found else []


def _first_that_answers(addresses: Found, clock: Clock, host: str) -> socket.socket:
    last: OSError | None = None
    for family, kind, protocol, _, address in addresses:
        try:
            sock = socket.socket(family, kind, protocol)
        except OSError as problem:  # this machine knows no IPv6
            last = problem
            continue
        try:
            sock.settimeout(clock.left(CONNECT_SECONDS))
            sock.connect(address)
        except OSError as problem:
            sock.close()
            last = problem
        except BaseException:
            sock.close()
            raise
        else:
            return sock
    raise Unfetched("unreachable", host=host) from last


def _secured(sock: socket.socket, clock: Clock, host: str) -> ssl.SSLSocket:
    context = ssl.create_default_context()
    sock.settimeout(clock.left(CONNECT_SECONDS))
    try:
        return context.wrap_socket(sock, server_hostname=host)
    except ssl.SSLCertVerificationError as problem:
        raise Unfetched("certificate", host=host, detail=problem.verify_message) from problem
    except (OSError, ValueError) as problem:
        raise Unfetched("unreachable", host=host) from problem


class Line(http.client.HTTPConnection):
    """http.client over a wire that stands already: it never looks up or connects by itself."""

    def __init__(self, wire: Wire, host: str, port: int) -> None:
        super().__init__(host, port)
        self.sock: Any = wire

    def connect(self) -> None:
        """Refuse to connect again."""
        raise Unfetched("unreachable", host=self.host)
