"""The desk: what waits for me, my agencies' datasets, and the files on their way."""

from __future__ import annotations

from collections.abc import Sequence

from fastapi import APIRouter, Request, Response

from api import deps
from api.dialects.html import labels, listing, notices, searches, shelf
from api.dialects.html.refused import PageRoute
from api.dialects.html.submissions import DECIDERS, WRITERS
from api.dialects.html.view import Reader, TheReader, page
from api.messages.voices import KIND
from catalog.catalog import Catalog
from catalog.erasure import Erasure
from catalog.errors import NotKnown
from catalog.model import Entry, Organisation, Submission

router = APIRouter(route_class=PageRoute)
OPEN = ("received", "checking", "blocked", "ready", "in_review", "failed", "rejected")
MOST = 200


@router.get("/desk")
def desk(request: Request, reader: TheReader) -> Response:
    """Work first: files that wait for a decision, then drafts, then the datasets."""
    if not reader.caller.known:
        raise NotKnown("credentials-needed")
    catalog = deps.site(request).catalog
    mine = agencies(catalog, reader)
    entries = [one for agency in mine for one in catalog.datasets_of(reader.caller, agency.id, limit=MOST)]
    found = {one.id: one for one in entries}
    moving = list(catalog.submissions(reader.caller, states=OPEN, limit=MOST))
    files = [(one, found[one.dataset]) for one in newest(moving) if one.dataset in found]
    decides = {agency.id for agency in mine if may(reader, agency.id, DECIDERS)}
    tasks, waiting = parted(reader, files, decides)
    erasures, erasing = erasures_parted(reader, catalog.erasures(reader.caller, states=("asked", "confirmed")), decides)
    under_way = {entry.id for _, entry in files}
    steward = catalog.may_keep_standards(reader.caller)
    used = catalog.usage_of(reader.caller, [one.id for one in entries if one.version])
    return page(
        request, reader, "desk.html", tasks=tasks, waiting=waiting, erasures=erasures, erasing=erasing,
        agencies=[(one, reader.caller.roles.get(one.id, "")) for one in mine],
        drafts=[one for one in entries if one.state == "draft" and one.id not in under_way],
        items=listing.items(request, reader, entries), labels=labels, decides=decides, noindex=True,
        used=used, wanted=searches.wanted(request, reader), unknown=request.query_params.get("search", ""),
        writes=any(may(reader, one.id, WRITERS) for one in mine), changed=catalog.work(reader.caller),
        steward=steward, lists=shelf.codelists(reader),
        news=notices.told(reader, catalog.notices(reader.caller, unread=True, limit=6)),
        voices=catalog.voices_to_answer(reader.caller), kinds=KIND,
        proposals=[one for one in catalog.releases(reader.caller) if not one.number] if steward else [],
    )


Files = list[tuple[Submission, Entry]]


def parted(reader: Reader, files: Files, decides: set[str]) -> tuple[Files, Files]:
    """What the reader can go on with, decisions about others' files first; and what waits for others or the check."""
    me = reader.caller.person.id if reader.caller.person else ""
    mine: Files = []
    others: Files = []
    for one, entry in files:
        decision = one.state == "in_review" and entry.organisation in decides and one.by != me
        (mine if decision or one.state in ("blocked", "failed", "rejected", "ready") else others).append((one, entry))
    return sorted(mine, key=lambda pair: pair[0].state != "in_review"), others


def erasures_parted(reader: Reader, every: Sequence[Erasure], decides: set[str]) -> tuple[list[Erasure], list[Erasure]]:
    """Erasures that the reader can decide on; and those that wait for somebody else or for the bytes to go."""
    me = reader.caller.person.name if reader.caller.person else ""
    mine = [one for one in every if one.state == "asked" and one.organisation in decides and one.asked_by != me]
    return mine, [one for one in every if one not in mine]


def agencies(catalog: Catalog, reader: Reader) -> list[Organisation]:
    """The agencies a person works for; an operator sees all."""
    every = catalog.organisations(reader.caller)
    person = reader.caller.person
    if person and person.role == "operator":
        return list(every)
    return [one for one in every if one.id in reader.caller.roles]


def may(reader: Reader, organisation: str, roles: tuple[str, ...]) -> bool:
    """Whether the reader has one of these roles there, or runs the site."""
    person = reader.caller.person
    return bool(person and person.role == "operator") or reader.caller.roles.get(organisation) in roles


def newest(submissions: list[Submission]) -> list[Submission]:
    """The last submission of each dataset and resource: an older one that was refused is no work any more."""
    kept: dict[tuple[str, str], Submission] = {}
    for one in submissions:
        key = (one.dataset, one.options.resource)
        if key not in kept or kept[key].created < one.created:
            kept[key] = one
    order = {"blocked": 0, "failed": 0, "rejected": 1, "in_review": 2, "ready": 3, "checking": 4, "received": 4}
    return sorted(kept.values(), key=lambda one: (order.get(one.state, 5), -one.created.timestamp()))


