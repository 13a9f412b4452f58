"""An index built beside the one in use, compared with what went in, and put in its place in one step."""

from __future__ import annotations

import logging
import re
import time
from collections.abc import Iterable, Iterator, Mapping
from random import Random
from typing import Any, Final
from uuid import uuid4

from catalog.adapters.index_elastic import mapping
from catalog.adapters.index_elastic.server import Server
from catalog.adapters.index_elastic.writing import Change, Writing
from catalog.errors import Unavailable
from catalog.indexed import freeze
from catalog.question import Document

LOG: Final = logging.getLogger("datamo.search")
_LEFT_OVER: Final = 6 * 3600
"""Seconds after which an index that nobody swapped in was left by a rebuild that died."""

_STOPPED: Final = 60
"""Seconds that a rebuild may stop writers; after that it has died."""

_SAMPLES: Final = 50
_PAGE: Final = 500
_SWAPS: Final = 5
_LANES: Final = 2
"""Requests under way while an index is built: the server takes one per processor, and we make the next meanwhile."""



class Shelf:
    """Our indices on a server. The alias ``<prefix>.v<format>`` is the one in use, ``….previous`` the one before it."""

    def __init__(self, server: Server, prefix: str, form: int = mapping.FORMAT) -> None:
        self.server = server
        self.prefix = prefix
        self.form = form
        self.alias = f"{prefix}.v{form}"
        self.previous = f"{self.alias}.previous"

    def current(self, alias: str = "") -> str:
        """Give the index behind the alias; "" when there is none."""
        found = self._aliases().get(alias or self.alias, [])
        return found[0] if found else ""

    def _source(self) -> str:
        """Give the index in use if it is one that we made and can be read; "" else: then nothing is taken over from it.

        What could not be put into an index that lost its shard is put again by whoever follows the changes.
        """
        current = self.current()
        readable = current and self._is_ours(current) and self.server.health(current, 1) != "red"
        return current if readable else ""

    def _is_ours(self, index: str) -> bool:
        return self.notes(index).get("format") == self.form

    def others(self) -> list[str]:
        """Give the indices in use by other versions of Datamo, whose mapping is not ours."""
        pattern = re.compile(rf"{re.escape(self.prefix)}\.v\d+", re.ASCII)
        found = {alias: indices for alias, indices in self._aliases().items() if pattern.fullmatch(alias)}
        return [one for alias, indices in found.items() if alias != self.alias for one in indices]

    def _aliases(self) -> dict[str, list[str]]:
        """Give our aliases with their indices."""
        said = self.server.tell(lambda client: client.indices.get_alias(index=f"{self.prefix}.v*"))
        found: dict[str, list[str]] = {}
        for index, content in said.body.items():
            for alias in content["aliases"]:
                found.setdefault(alias, []).append(index)
        return found

    def begin(self) -> str:
        """Make an empty index that nobody reads yet, and give its name."""
        name = f"{self.alias}.{time.time_ns():x}-{uuid4().hex[:6]}"
        content = mapping.mappings(self.form)
        self.server.tell(
            lambda client: client.indices.create(index=name, mappings=content, settings=mapping.BUILDING)
        )
        return name

    def drop(self, index: str) -> None:
        """Remove an index."""
        self.server.tell(lambda client: client.indices.delete(index=index, ignore_unavailable=True))

    def refresh(self, index: str) -> None:
        """Let what was written be seen."""
        self.server.tell(lambda client: client.indices.refresh(index=index))

    def sweep(self) -> None:
        """Remove indices of ours that rebuilds left behind when they died."""
        every = self.server.tell(lambda client: client.indices.get_alias(index=f"{self.alias}.*")).body
        for index, content in every.items():
            if not content["aliases"] and time.time() - _made(index, self.alias) > _LEFT_OVER:
                self.drop(index)

    # -- rebuilding ---------------------------------------------------------------------------------------------

    def rebuild(self, documents: Iterable[Document]) -> int:
        """Build beside, compare, take over what was put meanwhile, swap; returns how many datasets went in."""
        self.sweep()
        before = self._source()
        floor = self._newest_sequence(before) if before else -1
        built = self.begin()
        try:
            count = self._fill(built, documents)
            for _ in range(_SWAPS):
                if self._swap(built, floor):
                    return count
        except BaseException:
            self._abandon(built)
            raise
        self._abandon(built)
        raise Unavailable("search-busy")

    def _fill(self, built: str, documents: Iterable[Document]) -> int:
        writing = Writing(self.server, built, lanes=_LANES)
        samples = _Samples()
        count = writing.apply((one.id, one.sequence, one) for one in samples.of(documents))
        self.server.tell(lambda client: client.indices.flush(index=built))
        self.refresh(built)
        held = self.server.tell(lambda client: client.count(index=built))["count"]
        wrong = samples.differing(self, built)
        if held != count or wrong:
            LOG.error("the new search index holds %d of %d datasets, %d samples differ", held, count, len(wrong))
            raise Unavailable("search-incomplete", held=held, count=count)
        return count

    def _swap(self, built: str, floor: int) -> bool:
        """Stop writing, bring the latest changes over, and change places; False when another rebuild was faster.

        Writers that are stopped try again and then find the new index.
        """
        old = self.current()
        if source := self._source():
            self._block(source, on=True)
            self._take_over(source, built, floor)
        self.server.tell(lambda client: client.indices.put_settings(index=built, settings=mapping.IN_USE))
        if not self._change_places(old, built):
            self._block(source, on=False)
            return False
        return True

    def _change_places(self, old: str, new: str) -> bool:
        before = self.current(self.previous)
        actions: list[dict[str, Any]] = [{"add": {"index": new, "alias": self.alias}}]
        if old:
            actions.insert(0, {"remove": {"index": old, "alias": self.alias, "must_exist": True}})
        if old and self._is_ours(old):
            actions.append({"add": {"index": old, "alias": self.previous}})
        if before:
            actions.append({"remove": {"index": before, "alias": self.previous}})
        try:
            self.server.tell(lambda client: client.indices.update_aliases(actions=actions))
        except Unavailable as refused:
            if refused.code != "search-missing":
                raise
            return False
        if before and before != new:
            self.drop(before)
        for one in self.others():
            self._note(one, {"left": True})
        return True

    def _take_over(self, old: str, new: str, floor: int) -> None:
        self.refresh(old)
        if Writing(self.server, new, ties=False).apply(self._newer(old, floor)):
            self.refresh(new)

    def _abandon(self, built: str) -> None:
        """Remove a half-built index and let the old one be written again; the cause is told, not a failure here."""
        try:
            self.drop(built)
            if current := self.current():
                self._block(current, on=False)
        except Unavailable:
            LOG.warning("the index %s could not be removed now", built)

    def _block(self, index: str, *, on: bool) -> None:
        """Stop all writing into an index, waiting for what is under way; or allow it again."""
        if on:
            self._note(index, {"stopped": time.time()})
            self.server.tell(lambda client: client.indices.add_block(index=index, block="write"))
        elif index:
            self.server.tell(
                lambda client: client.indices.put_settings(
                    index=index, settings={"index.blocks.write": None}, ignore_unavailable=True
                )
            )
            self._note(index, {})

    def _note(self, index: str, notes: Mapping[str, Any]) -> None:
        """Write our notes into an index; its format stays."""
        form = self.notes(index).get("format")
        content = {"datamo": {"format": form, **notes}}
        self.server.tell(lambda client: client.indices.put_mapping(index=index, meta=content))

    def notes(self, index: str) -> Mapping[str, Any]:
        """Read our notes in an index: its ``format``, whether it was ``left``, since when it is ``stopped``."""
        held = self.server.tell(lambda client: client.indices.get_mapping(index=index)).body
        found: Mapping[str, Any] = next(iter(held.values()))["mappings"].get("_meta", {}).get("datamo", {})
        return found

    def unblock(self) -> bool:
        """Allow writing where a rebuild died between stopping it and changing places; False when that is not so."""
        current = self.current()
        stopped = self.notes(current).get("stopped") if current else None
        if not stopped or time.time() - stopped < _STOPPED:
            return False
        self._block(current, on=False)
        return True

    def back(self) -> str:
        """Go back to the index before the last rebuild, with what was put since; gives its name.

        Raises Unavailable('search-missing') when none was kept.
        """
        now, before = self.current(), self.current(self.previous)
        if not before:
            raise Unavailable("search-missing")
        self._block(before, on=False)
        floor = self._newest_sequence(before)
        if now:
            self._block(now, on=True)
            self._take_over(now, before, floor)
        if not self._change_places(now, before):
            raise Unavailable("search-busy")
        return before

    # -- what an index holds ------------------------------------------------------------------------------------

    def _newest_sequence(self, index: str) -> int:
        """Give the highest sequence held, -1 in an empty index."""
        self.refresh(index)
        said = self.server.tell(
            lambda client: client.search(index=index, size=0, aggs={"newest": {"max": {"field": "sequence"}}})
        )
        newest = said["aggregations"]["newest"]["value"]
        return -1 if newest is None else int(newest)

    def _newer(self, index: str, floor: int) -> Iterator[Change]:
        """Give what an index holds with a sequence above ``floor``, dropped datasets too."""
        for hit in self._every(index, {"range": {"sequence": {"gt": floor}}}, source=["document"]):
            yield hit["_id"], int(hit["sort"][0]), mapping.document_of(hit["_source"])

    def sequences(self) -> Iterator[tuple[str, int]]:
        """Give the id and sequence of each dataset that may be found."""
        for hit in self._every(self.alias, {"term": {"state": mapping.LIVE}}, source=False, size=10 * _PAGE):
            yield hit["_id"], int(hit["sort"][0])

    def _every(self, index: str, query: Any, size: int = _PAGE, **more: Any) -> Iterator[Any]:
        """Give all hits of a query, by their sequences, page by page."""
        after: dict[str, Any] = {}
        order = [{"sequence": "asc"}, {"id": "asc"}]
        while True:
            wanted = {"index": index, "query": query, "size": size, "sort": order, **after, **more}
            said = self.server.tell(lambda client, wanted=wanted: client.search(**wanted))  # type: ignore[misc]
            hits = said["hits"]["hits"]
            yield from hits
            if len(hits) < size:
                return
            after = {"search_after": hits[-1]["sort"]}


def _made(index: str, alias: str) -> float:
    """Read from its name when an index was made, in seconds; now when it was not made by us."""
    try:
        return int(index.removeprefix(f"{alias}.").partition("-")[0], 16) / 1e9
    except ValueError:
        return time.time()


class _Samples:
    """Some of the documents that go by, each with the same chance, to be compared with what is held in the end."""

    def __init__(self) -> None:
        self._chance = Random(0)  # noqa: S311 - which ones are looked at is no secret
        self._kept: list[Document] = []

    def of(self, documents: Iterable[Document]) -> Iterator[Document]:
        for seen, one in enumerate(documents):
            if seen < _SAMPLES:
                self._kept.append(one)
            elif (place := self._chance.randrange(seen + 1)) < _SAMPLES:
                self._kept[place] = one
            yield one

    def differing(self, shelf: Shelf, index: str) -> list[str]:
        """Give the ids of those that the index does not hold as they went in, nor newer."""
        if not self._kept:
            return []
        ids = [one.id for one in self._kept]
        docs = shelf.server.tell(lambda client: client.mget(index=index, ids=ids, source_includes=["document"]))["docs"]
        return [one.id for one, held in zip(self._kept, docs, strict=True) if not _same(one, held)]


def _same(document: Document, held: Any) -> bool:
    if not held.get("found"):
        return False
    kept = held["_source"].get("document", "")
    return int(held["_version"]) > document.sequence or kept == freeze(document).decode()
