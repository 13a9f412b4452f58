"""The line to Elasticsearch: every call goes through here, with limits of time, retries, and refusals for errors."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from threading import Lock
from typing import Any, ClassVar, Final, TypeVar

import elasticsearch
import orjson
from elasticsearch import ApiError, Elasticsearch, TransportError, UnsupportedProductError
from elasticsearch.serializer import JsonSerializer, NdjsonSerializer

from catalog.adapters.index_elastic.address import Address
from catalog.errors import Unavailable

LOG: Final = logging.getLogger("datamo.search")
MAJOR: Final = 9
"""The version of Elasticsearch that is spoken to; the client refuses others too."""

_PASSING: Final = frozenset({429, 502, 503, 504})
_BY_STATUS: Final = {
    401: "search-login", 403: "search-login", 404: "search-missing", **dict.fromkeys(_PASSING, "search-down"),
}
_BY_KIND: Final = {
    "cluster_block_exception": "search-blocked",
    "index_closed_exception": "search-missing",
    "search_phase_execution_exception": "search-damaged",
}
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """Seconds: for one answer to a reader, for one answer to a writer, and how long a writer tries in all.

    After a failure readers are told at once for ``pause`` seconds that search is down; then one of them tries again.
    """

    read: float = 1.5
    write: float = 20.0
    tries: float = 5.0
    pause: float = 2.0


class _Json(JsonSerializer):
    """JSON by orjson: an answer of many facet values and documents is read in a fifth of the time."""

    mimetype: ClassVar[str] = "application/vnd.elasticsearch+json"

    def json_dumps(self, data: Any) -> bytes:
        return orjson.dumps(data)

    def json_loads(self, data: bytes) -> Any:
        return orjson.loads(data)


class _Lines(NdjsonSerializer):
    """The lines of a bulk by orjson."""

    mimetype: ClassVar[str] = "application/vnd.elasticsearch+x-ndjson"

    def json_dumps(self, data: Any) -> bytes:
        return orjson.dumps(data)


class Server:
    """One Elasticsearch, as one process sees it. Threads may share it."""

    def __init__(self, address: Address, patience: Patience) -> None:
        self.patience = patience
        who: dict[str, Any] = {}
        if address.key:
            who["api_key"] = address.key
        elif address.user:
            who["basic_auth"] = (address.user, address.password)
        if address.scheme == "https" and address.ca:
            who["ca_certs"] = address.ca
        self._client = Elasticsearch(
            address.node, max_retries=0, retry_on_timeout=False, request_timeout=patience.read,
            serializers={one.mimetype: one for one in (_Json(), _Lines())}, **who
        )
        self._writer = self._client.options(request_timeout=patience.write)
        self._lock = Lock()
        self._down_until = 0.0
        self._known = False

    def ask(self, call: Callable[[Elasticsearch], _T]) -> _T:
        """Ask for a reader: one try. Raises Unavailable, at once while the server is known to be down."""
        self._may_ask()
        try:
            said = call(self._client)
        except (ApiError, TransportError, UnsupportedProductError) as problem:
            told = refusal(problem)
            if told is None:
                raise
            if told.code == "search-down":
                self._note_down()
            raise told from None
        self._down_until = 0.0
        return said

    def tell(self, call: Callable[[Elasticsearch], _T]) -> _T:
        """Write, or ask for a writer: what may pass is tried again with growing pauses. Raises Unavailable."""
        for pause in self.pauses():
            try:
                return call(self._writer)
            except (ApiError, TransportError, UnsupportedProductError) as problem:
                told = refusal(problem)
                if told is None:
                    raise
                if told.code != "search-down" or pause is None:
                    raise told from None
                LOG.warning("search does not answer (%s), trying again in %.1f s", type(problem).__name__, pause)
                time.sleep(pause)
        raise Unavailable("search-down")

    def pauses(self) -> Any:
        """Give the pauses between tries in seconds, growing, and None when time is up after the next try."""
        end = time.monotonic() + self.patience.tries
        pause = 0.05
        while time.monotonic() + pause < end:
            yield pause
            pause = min(pause * 2, 2.0)
        yield None

    def prove(self) -> None:
        """Raise Unavailable (search-foreign) unless this is an Elasticsearch of our version; asked once."""
        if self._known:
            return
        said = self.ask(lambda client: client.info()).body
        number = str(said.get("version", {}).get("number", ""))
        if number.partition(".")[0] != str(MAJOR):
            raise Unavailable("search-foreign", found=f"Elasticsearch {number}")
        self._known = True

    def health(self, index: str, seconds: int) -> str:
        """Give green, yellow or red; where it is red, wait that long for better: shards may just be coming up."""
        said = self.tell(
            lambda client: client.options(ignore_status=408).cluster.health(
                index=index, wait_for_status="yellow", timeout=f"{seconds}s"
            )
        )
        return str(said.get("status", "red"))

    def close(self) -> None:
        """Let go of the connections."""
        self._client.close()

    def _may_ask(self) -> None:
        """Let one thread try after a failure; the others hear at once that the server is down."""
        now = time.monotonic()
        if not self._down_until:
            return
        with self._lock:
            if now < self._down_until:
                raise Unavailable("search-down")
            if self._down_until:
                self._down_until = now + self.patience.read

    def _note_down(self) -> None:
        self._down_until = time.monotonic() + self.patience.pause


def refusal(problem: Exception) -> Unavailable | None:
    """Say what an error of the client means; None when it is a mistake of ours. Nothing of the address is in it."""
    if isinstance(problem, UnsupportedProductError):
        return Unavailable("search-foreign", found="not an Elasticsearch")
    if isinstance(problem, elasticsearch.SSLError):
        return Unavailable("search-tls")
    if isinstance(problem, TransportError):
        return Unavailable("search-down")
    if isinstance(problem, ApiError):
        return _of_status(problem.status_code, kind_of(problem.body))
    return None


def _of_status(status: int, kind: str) -> Unavailable | None:
    if not kind and status not in {401, 403, *_PASSING}:
        return Unavailable("search-foreign", found=f"HTTP {status}")
    if kind == "media_type_header_exception":
        return Unavailable("search-foreign", found="an Elasticsearch of another major version")
    first, then = (_BY_KIND.get(kind), _BY_STATUS.get(status))
    if kind == "search_phase_execution_exception":  # what went wrong in its parts: the status says more
        first, then = then, first
    code = first or then
    return Unavailable(code) if code else None


def kind_of(body: Any) -> str:
    """Give the type of an error as the server names it, "" when what answered is none of its kind."""
    error = body.get("error") if isinstance(body, dict) else None
    return str(error.get("type", "")) if isinstance(error, dict) else ""


def passing(status: int) -> bool:
    """Whether an error of this status may be gone a moment later."""
    return status in _PASSING
