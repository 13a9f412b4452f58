"""Changes on their way into an index: external versions let the newest win, each document has its own result."""

from __future__ import annotations

import logging
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, Final

from catalog.adapters.index_elastic.mapping import bare, record, tombstone
from catalog.adapters.index_elastic.server import Server, kind_of, passing
from catalog.errors import Unavailable
from catalog.question import Document

LOG: Final = logging.getLogger("datamo.search")
_CHUNK: Final = 500
_BYTES: Final = 5_000_000

Change = tuple[str, int, Document | None]
"""A dataset's id, the change sequence, and what to know of it; None drops it."""

Made = tuple[Change, Mapping[str, Any]]
"""A change, and what is sent of it."""

_CONFLICT: Final = 409
_SAID: Final = ("items.*.status", "items.*.error.type")
"""What is read of the answer to a bulk; the rest need not be written, sent and read."""


class Writing:
    """Writes changes into an alias or an index, in requests of some megabytes; ``ids`` are those that were written.

    ``free`` is asked when writing stays forbidden: whether that has been lifted, so that one more try is worth it.
    Of two documents with the same sequence the later one wins, without ``ties`` the one that is held. With ``lanes``
    so many requests are under way at a time: while the server indexes one, the next is made and sent.
    """

    def __init__(
        self, server: Server, target: str, *, alias: bool = False, ties: bool = True,
        free: Callable[[], bool] = lambda: False, lanes: int = 1,
    ) -> None:
        self.server = server
        self.target = target
        self.alias = alias
        self.rule = "external_gte" if ties else "external"
        self.free = free
        self.lanes = lanes
        self.ids: set[str] = set()
        self._blocked = False

    def apply(self, changes: Iterable[Change]) -> int:
        """Write the changes; older ones than those held are let go. Returns how many datasets were touched."""
        for chunk in self._sent(_chunks(changes)):
            self.ids.update(dataset for dataset, _, _ in chunk)
        return len(self.ids)

    def _sent(self, chunks: Iterable[list[Change]]) -> Iterator[list[Change]]:
        """Send chunks and give each when it is written.

        What is sent is made on this thread, one chunk ahead: threads that make and send by turns fall into step, and
        then the server waits for all of them, and all of them for the server.
        """
        if self.lanes == 1:
            for chunk in chunks:
                self._send(_made(chunk))
                yield chunk
            return
        with ThreadPoolExecutor(self.lanes) as pool:
            under_way: deque[tuple[list[Change], Future[None]]] = deque()
            for chunk in chunks:
                under_way.append((chunk, pool.submit(self._send, _made(chunk))))
                if len(under_way) > self.lanes:
                    yield _written(*under_way.popleft())
            while under_way:
                yield _written(*under_way.popleft())

    def _send(self, waiting: Sequence[Made]) -> None:
        """Send a chunk; those that may pass later are sent again, those that are refused once more in short."""
        for pause in self.server.pauses():
            left, refused = self._once(waiting)
            if refused:
                short = [(change, bare(change[2])) for change in refused if change[2]]
                later, lost = self._once(short)
                left += later
                for dataset, _, _ in lost:
                    LOG.error("search refuses the dataset %s even in short: it cannot be found", dataset)
            if not left:
                return
            waiting = left
            if pause is not None:
                time.sleep(pause)
        if self._blocked and self.free():
            waiting, _ = self._once(waiting)
        if waiting:
            raise Unavailable("search-blocked" if self._blocked else "search-down")

    def _once(self, waiting: Sequence[Made]) -> tuple[list[Any], list[Change]]:
        """Send once; give those to be sent again and those refused. Raises Unavailable where nothing can be written."""
        if not waiting:
            return [], []
        said = self._bulk(waiting)
        left, refused = [], []
        for one, item in zip(waiting, said["items"], strict=True):
            result = item["index"]
            status, kind = int(result["status"]), kind_of(result)
            if status < 300 or status == _CONFLICT:  # noqa: PLR2004 - done; or something newer is held
                continue
            if kind == "index_not_found_exception":
                raise Unavailable("search-missing")
            blocked = kind == "cluster_block_exception"
            self._blocked = self._blocked or blocked
            if passing(status) or blocked:
                left.append(one)
            else:
                LOG.warning("search refuses the dataset %s as it is (%s)", one[0][0], kind)
                refused.append(one[0])
        return left, refused

    def _bulk(self, waiting: Sequence[Made]) -> Any:
        operations: list[Mapping[str, Any]] = []
        for (dataset, sequence, _), content in waiting:
            operations += [{"index": {"_id": dataset, "version": sequence, "version_type": self.rule}}, content]
        alias = True if self.alias else None
        return self.server.tell(
            lambda client: client.bulk(
                index=self.target, operations=operations, require_alias=alias, filter_path=_SAID
            )
        )


def _written(chunk: list[Change], sent: Future[None]) -> list[Change]:
    """Wait for a chunk; raises what went wrong with it."""
    sent.result()
    return chunk


def _made(chunk: Iterable[Change]) -> list[Made]:
    return [(change, record(change[2]) if change[2] else tombstone(change[0], change[1])) for change in chunk]


def _chunks(changes: Iterable[Change]) -> Iterator[list[Change]]:
    """Cut changes into requests: not too many, not too large (by the length of their texts)."""
    chunk: list[Change] = []
    size = 0
    for one in changes:
        chunk.append(one)
        size += _size(one[2])
        if len(chunk) >= _CHUNK or size >= _BYTES:
            yield chunk
            chunk, size = [], 0
    if chunk:
        yield chunk


def _size(document: Document | None) -> int:
    if document is None:
        return 0
    texts = [*document.title.values(), *document.description.values(), *document.columns, *document.tags]
    return 4 * sum(map(len, texts))
