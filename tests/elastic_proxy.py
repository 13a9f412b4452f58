"""A proxy of ours before the real Elasticsearch that can be slow, refuse, break off and change what is said."""

from __future__ import annotations

import http.client
import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

JSON = "application/vnd.elasticsearch+json;compatible-with=9"


@dataclass
class Said:
    """An answer: what is sent instead of, or after, the server's own."""

    status: int = 200
    body: Any = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=lambda: {"X-Elastic-Product": "Elasticsearch"})

    @classmethod
    def error(cls, status: int, kind: str) -> Said:
        return cls(status, {"error": {"type": kind, "reason": "made for a test"}, "status": status})


class BrokenOff(Exception):
    """The connection ends without an answer."""


Plan = Callable[[str, str, bytes, Callable[[bytes], Said]], Said]
"""(method, path, body, forward) → answer; ``forward`` asks the real server."""


def honest(_method: str, _path: str, body: bytes, forward: Callable[[bytes], Said]) -> Said:
    return forward(body)


class Proxy:
    """Listens on a port of its own; ``plan`` says what happens to each request, ``asked`` keeps their paths."""

    def __init__(self, port: int = 0) -> None:
        self.target = port
        self.plan: Plan = honest
        self.asked: list[str] = []
        proxy = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def handle_any(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                proxy.asked.append(f"{self.command} {self.path}")
                try:
                    said = proxy.plan(self.command, self.path, body, lambda sent: proxy.forward(self, sent))
                except BrokenOff:
                    self.close_connection = True
                    return
                content = said.body if isinstance(said.body, bytes) else json.dumps(said.body).encode()
                self.send_response(said.status)
                for name, value in {"Content-Type": JSON, **said.headers, "Content-Length": str(len(content))}.items():
                    self.send_header(name, value)
                self.end_headers()
                if self.command != "HEAD":
                    self.wfile.write(content)

            do_GET = do_HEAD = do_PUT = do_POST = do_DELETE = handle_any  # noqa: N815

            def log_message(self, *_: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"

    def forward(self, request: BaseHTTPRequestHandler, body: bytes) -> Said:
        connection = http.client.HTTPConnection("127.0.0.1", self.target, timeout=60)
        headers = {name: value for name, value in request.headers.items() if name.lower() not in ("host", "content-length")}
        try:
            connection.request(request.command, request.path, body or None, headers)
            answer = connection.getresponse()
            content = answer.read()
        except OSError:
            raise BrokenOff from None
        finally:
            connection.close()
        kept = {name: value for name, value in answer.getheaders() if name.lower() in ("x-elastic-product", "content-type")}
        return Said(answer.status, content, {name.title(): value for name, value in kept.items()})


@contextmanager
def proxied(port: int = 0) -> Iterator[Proxy]:
    proxy = Proxy(port)
    thread = threading.Thread(target=proxy.server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield proxy
    finally:
        proxy.server.shutdown()
        proxy.server.server_close()
        thread.join(5)


# --- plans ------------------------------------------------------------------------------------------------------------


def slow(seconds: float) -> Plan:
    def plan(_method, _path, body, forward):
        time.sleep(seconds)
        return forward(body)
    return plan


def first(times: int, said: Said | None) -> Plan:
    """The first so many requests get this answer (None: are broken off), the others the truth."""
    left = [times]

    def plan(_method, _path, body, forward):
        if left[0] <= 0:
            return forward(body)
        left[0] -= 1
        if said is None:
            raise BrokenOff
        return said
    return plan


def always(said: Said) -> Plan:
    return first(10**9, said)


def changed(part: str, change: Callable[[dict], None]) -> Plan:
    """Answers to requests whose path holds ``part`` are changed on their way."""
    def plan(_method, path, body, forward):
        said = forward(body)
        if part in path:
            content = json.loads(said.body)
            change(content)
            said.body = content
        return said
    return plan


def bulk_refuses(ids: dict[str, list[tuple[int, str]]]) -> Plan:
    """Of a bulk, these documents never reach the server: each gets its errors (status, type), one after the other."""
    def plan(_method, path, body, forward):
        if "_bulk" not in path:
            return forward(body)
        lines = body.split(b"\n")
        pairs = [(json.loads(lines[at]), lines[at], lines[at + 1]) for at in range(0, len(lines) - 1, 2)]
        names = [next(iter(action.values()))["_id"] for action, _, _ in pairs]
        wrong = {name: ids[name].pop(0) for name in names if ids.get(name)}
        kept = [part for (_, *parts), name in zip(pairs, names, strict=True) if name not in wrong for part in parts]
        told = json.loads(forward(b"\n".join([*kept, b""])).body)["items"] if kept else []
        rest = iter(told)
        items = [{"index": {"_id": name, "status": wrong[name][0], "error": {"type": wrong[name][1], "reason": "test"}}}
                 if name in wrong else next(rest) for name in names]
        return Said(200, {"took": 1, "errors": bool(wrong), "items": items})
    return plan
