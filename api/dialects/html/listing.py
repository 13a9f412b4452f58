"""Datasets in lists: each hit with its publisher and card, the cards kept by the entry's change sequence."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial

from fastapi import Request

from api import deps, graced
from api.dialects.html import facts, front
from api.dialects.html.view import Fragments, Reader, fragments
from catalog.model import Entry, Organisation
from catalog.question import Hit

NO_HIT = Hit(id="")
CARDS = 20_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One line of a list of datasets."""

    entry: Entry
    organisation: Organisation | None
    card: facts.Card
    hit: Hit = NO_HIT


def publishers(request: Request, reader: Reader) -> Mapping[str, Organisation]:
    """Every agency, by id and code: asked once for each change, for whoever is signed in once for a whole list."""
    def ask() -> Mapping[str, Organisation]:
        return facts.by_id(deps.site(request).catalog.organisations(reader.caller))

    if reader.caller.known:
        return ask()
    found: Mapping[str, Organisation] = fragments(request).get(("publishers", *front.mark_of(request)[:2]), ask)
    return found


def cards(request: Request) -> Fragments:
    """The site's cards of datasets: small, and many more than pages."""
    kept: Fragments = deps.site(request).extras.setdefault("html.cards", Fragments(capacity=CARDS))
    return kept


def items(request: Request, reader: Reader, entries: Sequence[Entry], hits: Sequence[Hit] = ()) -> list[Item]:
    """The lines of a list; a card is computed once for each change of its dataset and each day.

    Days on which the site was away are looked up each time: they take no number of any dataset.
    """
    catalog, day, store = deps.site(request).catalog, facts.today(), cards(request)
    organisations = publishers(request, reader)
    marked = {hit.id: hit for hit in hits}
    held = {one.id: store.peek(_key(one, day)) for one in entries}
    missing = [one for one in entries if held[one.id] is None]
    heads = catalog.heads(reader.caller, missing, groups=True) if missing else {}
    for one in missing:
        held[one.id] = store.get(_key(one, day), partial(facts.card, one, heads.get(one.id), day))
    grace = graced.grace(deps.site(request))
    return [
        Item(entry=entry, organisation=organisations.get(entry.organisation),
             card=facts.graced(entry, held[entry.id], grace, day), hit=marked.get(entry.id, NO_HIT))
        for entry in entries
    ]


def _key(entry: Entry, day: date) -> tuple[object, ...]:
    return entry.id, entry.sequence, entry.version, day
