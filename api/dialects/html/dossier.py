"""The dossier of a version, to be printed and signed: files with hashes, what was found, released, decided, by whom."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from api import deps
from api.dialects.html import wording
from api.dialects.html.refused import PageRoute
from api.dialects.html.repair import said_of
from api.dialects.html.view import Reader, TheReader, page
from api.messages import acts
from catalog.errors import NotFound, NotKnown
from catalog.model import AuditRow, Submission
from catalog.permit import may

router = APIRouter(route_class=PageRoute)
MOST = 200
SHOWN = frozenset({
    "attach", "declare", "submit", "approve", "reject", "release-column", "recheck", "release", "publish", "withdraw",
    "hold", "lift-hold", "erase", "republish", "add-link", "arrange", "remove-resource", "schedule", "unschedule",
})
"""Deeds that a leader wants to see before she signs."""


@router.get("/datasets/{slug}/versions/{number}/dossier")
def dossier(request: Request, reader: TheReader, slug: str, number: int) -> Response:
    """For people of the agency: one version with all that led to it."""
    if not reader.caller.known:
        raise NotKnown("credentials-needed")
    catalog = deps.site(request).catalog
    entry = catalog.dataset(reader.caller, slug)
    if not may(reader.caller, "see", organisation=entry.organisation):
        raise NotFound
    version = catalog.version(reader.caller, entry.id, number)
    keys = list(dict.fromkeys(one.submission for one in version.resources if one.submission))
    uploads: list[Submission] = [catalog.submission(reader.caller, key) for key in keys]
    deeds = [row for row in catalog.deeds(targets=[entry.id, *keys], limit=MOST) if row.act in SHOWN]
    of_version = [row for row in deeds if row.detail.get("version") in (None, number)]
    names = {one.id: one for one, _ in catalog.members(reader.caller, entry.organisation)}
    return page(
        request, reader, "dossier.html", entry=entry, version=version, uploads=uploads, names=names,
        publisher=catalog.organisation(reader.caller, entry.organisation),
        deeds=[_told(reader, row) for row in reversed(of_version)],
        mended=said_of(reader, (each for one in uploads if one.outcome for table in one.outcome.tables
                                for each in table.repaired)),
        released=[row for row in deeds if row.act == "release-column"], noindex=True,
        found=[(one, wording.finding_title(reader, group.code), group)
               for one in version.resources for group in one.groups],
        headers={"Cache-Control": "no-store"},
    )


def _told(reader: Reader, row: AuditRow) -> tuple[AuditRow, str, str]:
    """Give a row of the audit chain with what was done in words, and what was written with it."""
    said = acts.told(row.act, reader.lang, {key: str(value) for key, value in row.detail.items() if key != "at"})
    return row, said, acts.written(row.detail)
