"""A proxy before a real HTTP server that spoils chosen requests: refuses, delays, cuts off, truncates, flips a byte."""

from __future__ import annotations

import email.utils
import http.client
import socket
import struct
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

KINDS = ("refuse", "slow-down", "silent-before", "silent-after", "reset-before", "reset-after", "truncate", "flip", "cut",
         "error-in-200")
SLOW = b"<?xml version='1.0'?><Error><Code>SlowDown</Code><Message>Reduce your request rate.</Message></Error>"
PARTIAL = 206
SKEWED = b"<?xml version='1.0'?><Error><Code>RequestTimeTooSkewed</Code><Message>Too far.</Message></Error>"
BAD = b"<?xml version='1.0'?><Error><Code>InternalError</Code><Message>We failed.</Message></Error>"
HOP = {"connection", "keep-alive", "transfer-encoding", "content-length"}


@dataclass
class Faulty:
    """The proxy's address, and what it does: ``plan(method, path)`` names a kind of fault for a request, or "" for none.

    ``given`` counts the bytes of ranges that were asked for: who asks for all and hangs up gets less than we can tell.
    """

    url: str
    plan: Callable[[str, str], str] = lambda method, path: ""
    seen: list[tuple[str, str, str]] = field(default_factory=list)
    patience: float = 3.0
    given: int = 0

    def once(self, kind: str, method: str, part: str = "", times: int = 1) -> None:
        """Spoil the next ``times`` requests with this method and this text in their path."""
        left = [times]

        def plan(asked: str, path: str) -> str:
            if left[0] and asked == method and part in path:
                left[0] -= 1
                return kind
            return ""

        self.plan = plan


class Handler(BaseHTTPRequestHandler):
    """Hands a request on and its answer back, spoiled as planned."""

    protocol_version = "HTTP/1.1"
    server: Any

    def log_message(self, *said: object) -> None:
        """Say nothing."""

    def handle_one(self) -> None:
        faulty = self.server.faulty
        body = self._body()
        kind = faulty.plan(self.command, self.path)
        faulty.seen.append((self.command, self.path, kind))
        later = email.utils.formatdate(time.time() + 3600, usegmt=True)
        before = {
            "skewed": lambda: self._answer(403, {"Date": later}, SKEWED),
            "refuse": lambda: self._answer(500, {}, BAD),
            "slow-down": lambda: self._answer(503, {}, SLOW),
            "silent-before": lambda: self._hold(faulty.patience),
            "reset-before": self._reset,
        }
        if kind in before:
            before[kind]()
        else:
            self._spoiled(kind, *self._forward(self.server.target, body))

    def _spoiled(self, kind: str, status: int, headers: dict[str, str], content: bytes) -> None:
        half = len(content) // 2
        self.server.faulty.given += len(content) if status == PARTIAL and self.command == "GET" else 0
        after: dict[str, Callable[[], None]] = {
            "silent-after": lambda: self._hold(self.server.faulty.patience),
            "reset-after": self._reset,
            "error-in-200": lambda: self._answer(200, {"content-type": "application/xml"}, BAD),
            "truncate": lambda: self._answer(status, headers, content[:half]),
            "flip": lambda: self._answer(status, headers, content[:half] + bytes([content[half] ^ 1]) + content[half + 1 :]),
            "cut": lambda: self._answer(status, headers, content[:half], length=len(content), then=self._reset),
        }
        after.get(kind, lambda: self._answer(status, headers, content))()

    do_GET = do_PUT = do_POST = do_DELETE = do_HEAD = handle_one  # noqa: N815 - the standard library's names

    def _body(self) -> bytes:
        if self.headers.get("Expect", "").lower() == "100-continue":
            self.send_response_only(100)
            self.end_headers()
        if "chunked" in self.headers.get("Transfer-Encoding", ""):
            return self._chunks()
        return self.rfile.read(int(self.headers.get("Content-Length") or 0))

    def handle_expect_100(self) -> bool:
        """Leave it to ``_body``: a fault may come first."""
        return True

    def _chunks(self) -> bytes:
        pieces = []
        while size := int(self.rfile.readline().split(b";")[0], 16):
            pieces.append(self.rfile.read(size))
            self.rfile.readline()
        while self.rfile.readline().strip():
            pass
        return b"".join(pieces)

    def _forward(self, target: str, body: bytes) -> tuple[int, dict[str, str], bytes]:
        parts = urlsplit(target)
        server = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=60)
        server.putrequest(self.command, self.path, skip_host=True, skip_accept_encoding=True)
        for name, value in self.headers.items():
            if name.lower() not in {"connection", "expect", "transfer-encoding", "content-length"}:
                server.putheader(name, value)
        server.putheader("Content-Length", str(len(body)))
        server.endheaders(body)
        answer = server.getresponse()
        content = answer.read()
        server.close()
        return answer.status, dict(answer.getheaders()), content

    def _answer(self, status: int, headers: dict[str, str], content: bytes, *, length: int | None = None,
                then: Callable[[], None] | None = None) -> None:
        self.send_response_only(status)
        for name, value in headers.items():
            if name.lower() not in HOP:
                self.send_header(name, value)
        lengths = (value for name, value in headers.items() if name.lower() == "content-length")
        said = next(lengths, None) if self.command == "HEAD" else None
        self.send_header("Content-Length", said or str(len(content) if length is None else length))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)
            self.wfile.flush()
        if then:
            then()

    def _hold(self, seconds: float) -> None:
        time.sleep(seconds)
        self._reset()

    def _reset(self) -> None:
        """Break the connection off as a machine that dies does."""
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.close_connection = True
        self.connection.close()
        raise ConnectionAbortedError


class Server(ThreadingHTTPServer):
    """The proxy's server; a connection that we broke off ourselves is no error worth a line."""

    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing."""


@contextmanager
def before(target: str) -> Iterator[Faulty]:
    """Put a proxy before a server that listens at ``target`` (``http://host:port``)."""
    server = Server(("127.0.0.1", 0), Handler)
    faulty = Faulty(f"http://127.0.0.1:{server.server_address[1]}")
    server.faulty, server.target = faulty, target  # type: ignore[attr-defined]
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield faulty
    finally:
        server.shutdown()
        server.server_close()
