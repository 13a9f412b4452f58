"""One page of hits and the page after it: by sort key where keys are stable, by a point in time where scores move."""

from __future__ import annotations

import hmac
import json
from base64 import urlsafe_b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from elasticsearch import Elasticsearch

from catalog.adapters.index_elastic.mapping import SORTS
from catalog.adapters.index_elastic.server import Server
from catalog.errors import Invalid, Problem, Unavailable
from catalog.question import Cursor, Question

KEEP: Final = "2m"
"""How long the server keeps a point in time for a reader who pages by relevance."""

_SLACK: Final = 200
"""How far around its old place a hit is looked for when the index has changed."""

_DEEP: Final = 10_000 - 2 * _SLACK
"""Places up to which the server counts from the start; behind them only keys lead on."""


WINDOW: Final = 10_000
"""Hits up to which a server answers in one piece when nobody has told it otherwise."""

_KEYS: Final = ("hits.hits.sort", "_shards.failed", "timed_out", "pit_id")


@dataclass(frozen=True, slots=True)
class Place:
    """Where a page ended: the sort values of its last hit, and the point in time that they belong to."""

    values: tuple[Any, ...]
    point: str = ""

    def seal(self, secret: bytes, last: str) -> str:
        """Write it so that only we can have written it."""
        content = json.dumps([list(self.values), self.point], separators=(",", ":"))
        return _mark(secret, last, content) + content

    @classmethod
    def unseal(cls, secret: bytes, cursor: Cursor) -> Place:
        """Read it back. Raises Invalid('cursor') when somebody else wrote it."""
        sealed = str(cursor.key)
        mark, content = sealed[:_MARK], sealed[_MARK:]
        if not hmac.compare_digest(mark.encode("utf-8", "replace"), _mark(secret, cursor.id, content).encode()):
            raise Invalid("cursor", problems=[Problem("#/cursor", "cursor")])
        values, point = json.loads(content)
        return cls(tuple(values), point)


_MARK: Final = 22


def _mark(secret: bytes, last: str, content: str) -> str:
    told = f"{last}\0{content}".encode("utf-8", "replace")
    return urlsafe_b64encode(hmac.digest(secret, told, "sha256")[:16]).decode().rstrip("=")


@dataclass(frozen=True, slots=True)
class Page:
    """The server's hits, how many there are in all, the offset of the first, and all that was counted beside them."""

    hits: Sequence[Mapping[str, Any]]
    total: int
    offset: int
    more: bool
    counted: Mapping[str, Any]
    point: str = ""

    def next(self) -> Place:
        """Give the place where this page ends."""
        return Place(tuple(self.hits[-1]["sort"]), self.point)


class Pager:
    """Gives pages in the order of one question. Keys of every order but relevance are unique and stable."""

    def __init__(self, server: Server, alias: str, question: Question, window: int = WINDOW) -> None:
        self.server = server
        self.alias = alias
        sort = question.sort
        if sort == "relevance" and not question.weighs:
            sort = "modified"
        self.scored = sort == "relevance"
        ways = {"title": "asc"}
        newest = {SORTS["modified"]: "desc"}
        self.sort: list[Any] = [{"_score": "desc"}, newest] if self.scored else [{SORTS[sort]: ways.get(sort, "desc")}]
        self.limit = min(question.limit, _DEEP)
        self.start = question.start
        self.window = window

    def page(self, body: Mapping[str, Any], cursor: Cursor | None, place: Place | None) -> Page:
        """Give the hits after a cursor, or the first ones."""
        if cursor is None or place is None:
            return self._from(body, self.start)
        if not self.scored:
            return self._cut(self._search(body, size=self.limit + 1, search_after=list(place.values)), cursor.offset)
        if place.point:
            try:
                return self._after(body, cursor.offset, place)
            except Unavailable as gone:
                if gone.code != "search-missing":
                    raise
        return self._found_again(body, cursor, place)

    def _from(self, body: Mapping[str, Any], start: int) -> Page:
        """Give the hits behind so many; where the server would not count so far, keys lead there in steps."""
        if start + self.limit < self.window:
            return self._cut(self._search(body, size=self.limit + 1, from_=start), start)
        if not self.scored:
            return self._deep(body, start, "")
        point = str(self.server.ask(lambda client: client.open_point_in_time(index=self.alias, keep_alive=KEEP))["id"])
        try:
            return self._deep(body, start, point)
        finally:
            self.server.ask(lambda client: client.close_point_in_time(id=point))

    def _deep(self, body: Mapping[str, Any], start: int, point: str) -> Page:
        bare = {name: part for name, part in body.items() if name != "aggs"} | {"source": False}
        after: dict[str, Any] = {}
        at = 0
        while at < start:
            step = min(self.window, start - at)
            found = self._search(bare, point=point, size=step, filter_path=_KEYS, **after)
            hits = found.get("hits", {}).get("hits", [])
            if len(hits) < step:
                return replace(self._cut(self._search(body, point=point, size=1), start), hits=(), more=False)
            after, at = {"search_after": hits[-1]["sort"]}, at + step
        return replace(self._cut(self._search(body, point=point, size=self.limit + 1, **after), start), point="")

    def _after(self, body: Mapping[str, Any], offset: int, place: Place) -> Page:
        """Go on in the state of the index that the page before was read from."""
        found = self._search(body, point=place.point, size=self.limit + 1, search_after=list(place.values))
        return self._cut(found, offset)

    def _found_again(self, body: Mapping[str, Any], cursor: Cursor, place: Place) -> Page:
        """Fix the state of the index from now on, and go on behind the hit, or where it stood if it has gone."""
        opened = self.server.ask(lambda client: client.open_point_in_time(index=self.alias, keep_alive=KEEP))
        point = str(opened["id"])
        if cursor.offset > _DEEP:
            return self._after(body, cursor.offset, Place(place.values[:2], point))
        before = cursor.offset - 1
        found = self._search(body, point=point, size=self.limit + 2, from_=before)
        hits = found["hits"]["hits"]
        if hits and hits[0]["_id"] == cursor.id:
            return self._cut(found, cursor.offset, skip=1)
        start = self._near(body, cursor, point)
        return self._cut(self._search(body, point=point, size=self.limit + 1, from_=start), start)

    def _near(self, body: Mapping[str, Any], cursor: Cursor, point: str) -> int:
        """Find the place behind a hit that has moved; that where it stood if it is nowhere near."""
        bare = {name: part for name, part in body.items() if name != "aggs"} | {"source": False}
        start = max(0, cursor.offset - _SLACK)
        found = self._search(bare, point=point, size=2 * _SLACK, from_=start)
        every = [hit["_id"] for hit in found["hits"]["hits"]]
        if cursor.id in every:
            return start + every.index(cursor.id) + 1
        return int(min(cursor.offset - 1, found["hits"]["total"]["value"]))

    def _search(self, body: Mapping[str, Any], point: str = "", **more: Any) -> Any:
        where: dict[str, Any] = (
            {"pit": {"id": point, "keep_alive": KEEP}} if point
            else {"index": self.alias, "allow_partial_search_results": False}
        )

        def call(client: Elasticsearch) -> Any:
            return client.search(**where, **body, **more, sort=self.sort, track_total_hits=True).body

        found = self.server.ask(call)
        if found["_shards"]["failed"] or found["timed_out"]:
            raise Unavailable("search-down")
        return found

    def _cut(self, found: Mapping[str, Any], offset: int, skip: int = 0) -> Page:
        hits = found["hits"]["hits"][skip:]
        return Page(
            hits=hits[: self.limit],
            total=found["hits"]["total"]["value"],
            offset=offset,
            more=len(hits) > self.limit > 0,
            counted=found.get("aggregations", {}),
            point=found.get("pit_id", ""),
        )
