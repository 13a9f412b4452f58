"""The one guarded HTTP client: harvest, push, webhooks and upload by address ask the network through it, or not at all.

Addresses are checked as they are connected to, on each hop (``addresses``); at most three redirects, none for a POST;
credentials go to the origin that they are meant for; size and time have limits (``wire``); a body is taken as it is or
gzipped, never in Brotli; proxies of the environment, cookies and netrc do not exist here.
"""

from __future__ import annotations

import contextlib
import http.client
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from urllib.parse import SplitResult, quote, urljoin, urlsplit

from pipelines.fetch.addresses import Guard, written
from pipelines.fetch.refused import Unfetched
from pipelines.fetch.wire import Clock, Line, LookUp, addresses_of, connect

__all__ = ["Fetcher", "Guard", "Limits", "Reply", "Stream", "Unfetched", "Where"]

AGENT = "Datamo (open data portal)"
LONGEST_URL = 4096
BLOCK = 1 << 16
REDIRECTS = frozenset({301, 302, 303, 307, 308})
PORTS: Mapping[str, int] = {"http": 80, "https": 443}
_SAFE = "/%:@!$&'()*+,;=~-._?[]"


@dataclass(frozen=True, slots=True)
class Limits:
    """How much one request may take: seconds in all and of silence, bytes of the unpacked body, hops."""

    seconds: float = 120.0
    idle: float = 30.0
    size: int = 50_000_000
    redirects: int = 3


@dataclass(frozen=True, slots=True)
class Where:
    """An address taken apart: what is connected to and what is asked for there."""

    scheme: str
    host: str
    port: int
    target: str

    @property
    def origin(self) -> tuple[str, str, int]:
        """Scheme, host and port: what credentials are bound to."""
        return self.scheme, self.host, self.port

    @property
    def url(self) -> str:
        """The whole address."""
        return f"{self.scheme}://{self._netloc}{self.target}"

    @property
    def _netloc(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == PORTS[self.scheme] else f"{host}:{self.port}"

    @property
    def named(self) -> str:
        """The Host header."""
        return self._netloc

    @classmethod
    def of(cls, url: str) -> Where:
        """Take an address apart. Raises Unfetched where it is none that may be asked."""
        try:
            parts = urlsplit(url)
            port = parts.port
        except ValueError as problem:
            raise Unfetched("url-not-allowed", reason="malformed") from problem
        why = _objection(url, parts)
        if why:
            raise Unfetched("url-not-allowed", reason=why)
        target = quote(parts.path or "/", safe=_SAFE) + (f"?{quote(parts.query, safe=_SAFE)}" if parts.query else "")
        return cls(parts.scheme, _ascii(parts.hostname or ""), port or PORTS[parts.scheme], target)


def _objection(url: str, parts: SplitResult) -> str:
    """Say what is wrong with an address, or nothing."""
    if len(url) > LONGEST_URL:
        return "too-long"
    if "\\" in url or any(sign <= " " or sign == "\x7f" for sign in url):
        return "signs"
    if parts.scheme not in PORTS:
        return "scheme"
    if "@" in parts.netloc:
        return "credentials"
    return "" if parts.hostname else "no-host"


def _ascii(host: str) -> str:
    try:
        return host if host.isascii() else host.encode("idna").decode("ascii")
    except UnicodeError as problem:
        raise Unfetched("url-not-allowed", reason="host") from problem


@dataclass(frozen=True, slots=True)
class Reply:
    """A whole answer: names of headers are small; ``body`` is unpacked; ``url`` is where it came from in the end."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    url: str


@dataclass(slots=True)
class Stream:
    """An answer whose body is read piece by piece, unpacked and within its limit."""

    status: int
    headers: Mapping[str, str]
    url: str
    pieces: Iterator[bytes] = field(default_factory=lambda: iter(()))

    def whole(self) -> Reply:
        """Read it to the end."""
        return Reply(self.status, self.headers, b"".join(self.pieces), self.url)


class Fetcher:
    """Asks the network within a guard and limits; holds no state between requests, so threads may share it."""

    def __init__(
        self,
        guard: Guard | None = None,
        limits: Limits | None = None,
        agent: str = AGENT,
        look_up: LookUp = addresses_of,
    ) -> None:
        self._guard = guard or Guard()
        self._limits = limits or Limits()
        self._agent = agent
        self._look_up = look_up

    def objection(self, url: str) -> str:
        """Give the code with which an address would be refused that says by itself where it leads, else "".

        Nothing is looked up: where a name leads may be another place tomorrow.
        """
        try:
            where = Where.of(url)
        except Unfetched as problem:
            return problem.code
        host = written(where.host)
        return "address-not-allowed" if host and not self._guard.allows(host, where.port) else ""

    def get(
        self,
        url: str,
        headers: Mapping[str, str] | None = None,
        *,
        secrets: Mapping[str, str] | None = None,
        limits: Limits | None = None,
    ) -> Reply:
        """Give the whole answer of whatever status, 304 included. Raises Unfetched.

        ``secrets`` are headers with credentials: they go to this address's origin and nowhere else.
        """
        with self.stream(url, headers, secrets=secrets, limits=limits) as stream:
            return stream.whole()

    def page(self, url: str, headers: Mapping[str, str] | None = None, **wishes: Mapping[str, str]) -> Reply:
        """Give the whole answer where it is a good one (2xx). Raises Unfetched ``http-NNN`` for every other."""
        reply = self.get(url, headers, **wishes)  # type: ignore[arg-type]
        if not 200 <= reply.status < 300:  # noqa: PLR2004
            raise Unfetched(f"http-{reply.status}", url=reply.url)
        return reply

    def post(
        self,
        url: str,
        body: bytes,
        headers: Mapping[str, str] | None = None,
        *,
        secrets: Mapping[str, str] | None = None,
        limits: Limits | None = None,
    ) -> Reply:
        """Send a body and give the whole answer. A redirect is not followed but raised as ``redirected``."""
        limits = limits or self._limits
        clock = Clock(limits.seconds, limits.idle)
        where = Where.of(url)
        with self._asked("POST", where, {**(headers or {}), **(secrets or {})}, body, clock) as answer:
            if answer.status in REDIRECTS:
                raise Unfetched("redirected", status=answer.status)
            return _stream(answer, where, limits).whole()

    @contextmanager
    def stream(
        self,
        url: str,
        headers: Mapping[str, str] | None = None,
        *,
        secrets: Mapping[str, str] | None = None,
        limits: Limits | None = None,
    ) -> Iterator[Stream]:
        """Give an answer of whatever status to be read piece by piece, over as many redirects as are allowed."""
        limits = limits or self._limits
        clock = Clock(limits.seconds, limits.idle)
        first = where = Where.of(url)
        for _ in range(limits.redirects + 1):
            meant = secrets or {} if where.origin == first.origin else {}
            with self._asked("GET", where, {**(headers or {}), **meant}, None, clock) as answer:
                ahead = answer.headers.get("Location")
                if answer.status not in REDIRECTS or not ahead:
                    yield _stream(answer, where, limits)
                    return
            where = _next(where, ahead)
        raise Unfetched("too-many-redirects", redirects=limits.redirects)

    @contextmanager
    def _asked(
        self, method: str, where: Where, headers: Mapping[str, str], body: bytes | None, clock: Clock
    ) -> Iterator[http.client.HTTPResponse]:
        wire = connect(
            self._guard, clock, self._look_up, where.host, where.port, secure=where.scheme == "https"
        )
        line = Line(wire, where.host, where.port)
        sent = {"Host": where.named, "User-Agent": self._agent, "Accept-Encoding": "gzip", "Connection": "close"}
        try:
            with _plainly(where):
                line.request(method, where.target, body, {**sent, **headers})
                answer = line.getresponse()
            with contextlib.closing(answer):
                yield answer
        finally:
            line.close()
            wire.shut()


@contextmanager
def _plainly(where: Where) -> Iterator[None]:
    """Say in our words what goes wrong with a connection."""
    try:
        yield
    except (http.client.IncompleteRead, http.client.RemoteDisconnected) as problem:
        raise Unfetched("cut-short", host=where.host) from problem
    except (http.client.HTTPException, ValueError) as problem:
        raise Unfetched("not-http", host=where.host) from problem
    except OSError as problem:
        raise Unfetched("unreachable", host=where.host) from problem


def _next(where: Where, location: str) -> Where:
    """Give where a redirect leads. From https it never leads to http."""
    try:
        ahead = Where.of(urljoin(where.url, location.strip()))
    except ValueError as problem:
        raise Unfetched("url-not-allowed", reason="malformed") from problem
    if where.scheme == "https" and ahead.scheme != "https":
        raise Unfetched("url-not-allowed", reason="insecure-redirect")
    return ahead


def _stream(answer: http.client.HTTPResponse, where: Where, limits: Limits) -> Stream:
    headers = {name.lower(): value for name, value in answer.getheaders()}
    coding = headers.get("content-encoding", "").strip().lower()
    if coding not in {"", "identity", "gzip", "x-gzip"}:
        raise Unfetched("encoding-not-allowed", encoding=coding[:40])
    promised = headers.get("content-length", "")
    if promised.isdecimal() and int(promised) > limits.size:
        raise Unfetched("too-large", size=int(promised), limit=limits.size)
    raw = _read(answer, where)
    return Stream(answer.status, headers, where.url, _within(_unpacked(raw) if "gzip" in coding else raw, limits.size))


def _read(answer: http.client.HTTPResponse, where: Where) -> Iterator[bytes]:
    while True:
        with _plainly(where):
            piece = answer.read1(BLOCK)
        if not piece:
            break
        yield piece
    if answer.length:  # read1 says nothing of an answer that ends before its length
        raise Unfetched("cut-short")


def _unpacked(pieces: Iterator[bytes]) -> Iterator[bytes]:
    """Unpack gzip in small pieces, so that a bomb is seen while it grows."""
    packed = zlib.decompressobj(wbits=zlib.MAX_WBITS | 16)
    try:
        for piece in pieces:
            rest = piece
            while rest and not packed.eof:
                yield packed.decompress(rest, BLOCK)
                rest = packed.unconsumed_tail
    except zlib.error as problem:
        raise Unfetched("cut-short") from problem
    yield packed.flush()
    if not packed.eof:
        raise Unfetched("cut-short")


def _within(pieces: Iterator[bytes], most: int) -> Iterator[bytes]:
    size = 0
    for piece in pieces:
        size += len(piece)
        if size > most:
            raise Unfetched("too-large", limit=most)
        yield piece
