"""The Index port on Elasticsearch 9: one server or cluster for many processes, reached by its address."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from catalog.adapters.index_elastic import mapping
from catalog.adapters.index_elastic.address import Address
from catalog.adapters.index_elastic.asking import Answering, Where
from catalog.adapters.index_elastic.building import Shelf
from catalog.adapters.index_elastic.pages import WINDOW
from catalog.adapters.index_elastic.server import Patience, Server
from catalog.adapters.index_elastic.spelling import for_the_public
from catalog.adapters.index_elastic.writing import Change, Writing
from catalog.errors import Unavailable
from catalog.question import Answer, Cursor, Document, Question
from catalog.wording import terms

LOG: Final = logging.getLogger("datamo.search")


class ElasticIndex:
    """An Index on Elasticsearch 9. Every process may read, and write unless made with ``writer=False``.

    While the server cannot answer, or the index is missing or of another format, it answers empty and ``degraded``;
    ``check`` says why. ``secret`` seals the places of pages: the same in all processes of a site. ``form`` is the
    format of the mapping, ``window`` how many hits the server gives in one piece: only tests give others.
    """

    def __init__(
        self,
        address: Address,
        secret: str,
        *,
        writer: bool = True,
        patience: Patience | None = None,
        form: int = mapping.FORMAT,
        window: int = WINDOW,
    ) -> None:
        self._server = Server(address, patience or Patience())
        self._shelf = Shelf(self._server, address.prefix, form)
        self._where = Where(self._server, self._shelf.alias, secret.encode(), window)
        self._writer = writer

    # -- asking -------------------------------------------------------------------------------------------------

    def ask(self, question: Question) -> Answer:
        """Answer a question. Raises Invalid('cursor') for a cursor that is not this question's or not of our making."""
        cursor = Cursor.read(question) if question.after else None
        asked = terms(question.text, question.least)
        answering = Answering(self._where, question, asked, cursor)
        if question.text.strip() and not asked.folded:
            return Answer(facets=dict.fromkeys(question.facets, ()))
        try:
            self._server.prove()
            return answering.answer()
        except Unavailable as refused:
            LOG.info("search is degraded: %s", refused.code)
            return Answer(degraded=True)

    def suggest(self, text: str, limit: int = 8) -> Sequence[str]:
        """Give public titles that hold the words typed so far."""
        try:
            return for_the_public(self._server, self._shelf.alias).completions(text, limit)
        except Unavailable:
            return []

    def count(self) -> int:
        """Count the datasets held, whoever may see them."""
        live = {"term": {"state": mapping.LIVE}}
        try:
            return int(self._server.ask(lambda client: client.count(index=self._shelf.alias, query=live))["count"])
        except Unavailable as refused:
            raise self._told(refused) from None

    def sequences(self) -> Iterator[tuple[str, int]]:
        """Give (id, sequence) of every dataset that may be found."""
        return self._shelf.sequences()

    def check(self) -> None:
        """Raise Unavailable: search-foreign, -login, -tls or -down; search-missing, -outdated or -damaged: rebuild."""
        self._server.prove()
        alias = self._shelf.alias
        try:
            held = self._server.ask(lambda client: client.indices.get_mapping(index=alias)).body
            health = self._server.health(alias, 15 if self._writer else 1)
        except Unavailable as refused:
            raise self._told(refused) from None
        for content in held.values():
            notes = content["mappings"].get("_meta", {}).get("datamo", {})
            if notes.get("format") != self._shelf.form or notes.get("left"):
                raise Unavailable("search-outdated")
        if health == "red":
            raise Unavailable("search-damaged")

    def close(self) -> None:
        """Let go of the connections."""
        self._server.close()

    # -- writing ------------------------------------------------------------------------------------------------

    def put(self, documents: Iterable[Document]) -> None:
        """Add or replace, each for itself; documents older than those held are ignored. Visible on return.

        Raises Unavailable: where there is no index, a few documents in a new one would look like all there are.
        """
        self._write((one.id, one.sequence, one) for one in documents)

    def drop(self, ids: Iterable[tuple[str, int]]) -> None:
        """Remove; a tombstone keeps late, older documents out."""
        self._write((dataset, sequence, None) for dataset, sequence in ids)

    def rebuild(self, documents: Iterable[Document]) -> int:
        """Build beside, compare, swap; the old index is kept for ``back``. Readers go on with it until then."""
        self._may_write()
        return self._shelf.rebuild(documents)

    def back(self) -> str:
        """Go back to the index before the last rebuild, with what was put since; gives its name."""
        self._may_write()
        return self._shelf.back()

    def _may_write(self) -> None:
        if not self._writer:
            raise Unavailable("search-read-only")
        self._server.prove()

    def _write(self, changes: Iterable[Change]) -> None:
        self._may_write()
        writing = Writing(self._server, self._shelf.alias, alias=True, free=self._shelf.unblock)
        try:
            if writing.apply(changes):
                self._shelf.refresh(self._shelf.alias)
        except Unavailable as refused:
            raise self._told(refused) from None

    def _told(self, refused: Unavailable) -> Unavailable:
        """Tell an index that is missing from one that another version of Datamo made."""
        if refused.code == "search-missing" and self._shelf.others():
            return Unavailable("search-outdated")
        return refused
