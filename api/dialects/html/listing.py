"""Datasets in lists: each hit with its publisher and card, the cards kept by the entry's change sequence."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from fastapi import Request

from api import deps
from api.dialects.html import facts
from api.dialects.html.view import Reader, fragments
from catalog.model import Entry, Organisation
from catalog.question import Hit

NO_HIT = Hit(id="")


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One line of a list of datasets."""

    entry: Entry
    organisation: Organisation | None
    card: facts.Card
    hit: Hit = NO_HIT


def publishers(request: Request, reader: Reader) -> Mapping[str, Organisation]:
    """Every agency, by id and code: asked once for a whole list."""
    return facts.by_id(deps.site(request).catalog.organisations(reader.caller))


def items(request: Request, reader: Reader, entries: Sequence[Entry], hits: Sequence[Hit] = ()) -> list[Item]:
    """The lines of a list; a card is computed once for each change of its dataset and each day."""
    catalog, day = deps.site(request).catalog, facts.today()
    organisations = publishers(request, reader)
    marked = {hit.id: hit for hit in hits}
    store = fragments(request)

    def card(entry: Entry) -> facts.Card:
        def make() -> facts.Card:
            return facts.card(entry, facts.latest(catalog, reader.caller, entry), day)

        made: facts.Card = store.get(("card", entry.id, entry.sequence, entry.version, day), make)
        return made

    return [
        Item(entry=entry, organisation=organisations.get(entry.organisation), card=card(entry),
             hit=marked.get(entry.id, NO_HIT))
        for entry in entries
    ]
