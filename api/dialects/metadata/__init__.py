"""Metadata languages at their addresses: DCAT, Data Package, Croissant, citations; and the catalogue in pages.

Only what anybody may see is said here, whoever asks: caches and harvesters keep these documents.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, time
from typing import Annotated, Final

from fastapi import APIRouter, Query, Request, Response
from starlette.responses import RedirectResponse

from api.deps import Site, TheSite
from api.described import described
from catalog.errors import Gone, NotFound
from catalog.model import NOBODY, Entry, Organisation, Version
from standards.language import Described, Shelf
from standards.metadata import dcat
from standards.record import Agent
from standards.registry import languages

router = APIRouter()

KEPT: Final = "public, max-age=60"
MOST: Final = 100
"""Datasets on one page of the catalogue: about a megabyte of Turtle."""

TITLE: Final = {"vi": "Dữ liệu mở trên Datamo", "en": "Open data on Datamo"}
DESCRIPTION: Final = {
    "vi": "Mọi bộ dữ liệu mà các cơ quan đã công bố trên trang này.",
    "en": "Every dataset that agencies have published on this site.",
}
OURS: Final = {"vi": "Cơ quan vận hành cổng dữ liệu này", "en": "The operator of this portal"}

WRITERS: Final[Mapping[str, tuple[Callable[[Described, str], bytes], str]]] = {
    form: (one.write, media) for one in languages() for form, media in one.FORMS.items()
}
"""Form of the document → who writes it, and its media type. The form is the last part of the address."""

ENDINGS: Final = tuple(f".{form}" for form in dcat.FORMS) + tuple(
    f"/{form}" for form in WRITERS if form not in dcat.FORMS
)
"""How the addresses of this dialect end: what is refused there is told to programs."""

After = Annotated[str, Query(max_length=100, description="The last dataset of the page before.")]
Since = Annotated[date | None, Query(description="Only datasets that changed on or after this day.")]
Number = Annotated[int | None, Query(ge=1, le=10**9, description="A version; the newest without it.")]


def _catalogue(form: str) -> Callable[..., Response]:
    def answer(request: Request, site: TheSite, after: After = "", modified_since: Since = None) -> Response:
        """Give a page of the catalogue; hydra:next leads to the one behind it."""
        shelf = page_of(site, form, after, modified_since)
        return _answer(request, shelf, lambda: dcat.write_shelf(shelf, form), dcat.FORMS[form])

    return answer


def _document(form: str) -> Callable[..., Response]:
    def answer(request: Request, site: TheSite, slug: str, version: Number = None) -> Response:
        """Give the document of a dataset, or of one of its versions."""
        entry, newest = _found(site, slug, version)
        if slug != entry.slug:
            query = f"?{request.url.query}" if request.url.query else ""
            return RedirectResponse(request.url.path.replace(f"/{slug}", f"/{entry.slug}", 1) + query, 301)
        write, media = WRITERS[form]
        told = _told(site, entry, newest, {})
        return _answer(request, told, lambda: write(told, form), media)

    return answer


for _form in dcat.FORMS:
    router.add_api_route(f"/catalog.{_form}", _catalogue(_form), include_in_schema=False)
for _form in WRITERS:
    _dot = "." if _form in dcat.FORMS else "/"
    router.add_api_route(f"/datasets/{{slug}}{_dot}{_form}", _document(_form), include_in_schema=False)


@router.get("/id/{key}", include_in_schema=False)
def identified(site: TheSite, key: str) -> Response:
    """Lead from the address that no renaming changes to the page that holds now (303: the thing is not the page)."""
    return RedirectResponse(f"/datasets/{_public(site, key).slug}", 303)


@router.get("/id/{key}/{number}", include_in_schema=False)
def identified_version(site: TheSite, key: str, number: int) -> Response:
    """Lead to the page of one version."""
    return RedirectResponse(f"/datasets/{_public(site, key).slug}/versions/{number}", 303)


def _public(site: Site, key: str) -> Entry:
    entry = site.catalog.dataset(NOBODY, key)
    if entry.id != key:
        raise NotFound
    return entry


def _found(site: Site, key: str, number: int | None) -> tuple[Entry, Version]:
    """Find a dataset with a version; raises NotFound, and Gone for what was withdrawn."""
    site.catalog.tombstone(NOBODY, key)
    return site.catalog.dataset(NOBODY, key), site.catalog.version(NOBODY, key, number)


def page_of(site: Site, form: str, after: str, since: date | None) -> Shelf:
    """Put a page of the catalogue together; ``after`` is the id of the last dataset on the page before."""
    here = f"{site.url}/catalog.{form}"
    query = f"modified_since={since.isoformat()}&" if since else ""
    listed, last = _listed(site, after, datetime.combine(since, time.min, UTC) if since else None)
    agencies: dict[str, Organisation] = {}
    return Shelf(
        uri=f"{site.url}/catalog", page=f"{site.url}/", title=TITLE, description=DESCRIPTION,
        publisher=Agent(title=OURS), total=site.catalog.statistics().get("datasets", 0), size=MOST,
        here=f"{here}?{query}after={after}" if after or since else here,
        first=f"{here}?{query}".rstrip("?&"),
        after=f"{here}?{query}after={last}" if last else "",
        modified=max((version.issued for _, version in listed), default=None),
        language=("vi", "en"),
        datasets=[_told(site, entry, version, agencies) for entry, version in listed],
    )


def _listed(site: Site, after: str, since: datetime | None) -> tuple[list[tuple[Entry, Version]], str]:
    """Give the next published datasets, and the last one's id when there may be more behind it."""
    found: list[tuple[Entry, Version]] = []
    while True:
        entries = site.catalog.all_datasets(NOBODY, after=after, limit=MOST)
        for entry in entries:
            after = entry.id
            if entry.version and entry.state == "published" and not (since and entry.modified < since):
                version = _newest(site, entry)
                if version is not None:
                    found.append((entry, version))
            if len(found) == MOST:
                return found, after
        if len(entries) < MOST:
            return found, ""


def _newest(site: Site, entry: Entry) -> Version | None:
    try:
        return site.catalog.version(NOBODY, entry.id)
    except (NotFound, Gone):
        return None


def _told(site: Site, entry: Entry, version: Version, agencies: dict[str, Organisation]) -> Described:
    publisher = agencies.get(entry.organisation)
    if publisher is None:
        publisher = agencies[entry.organisation] = site.catalog.organisation(NOBODY, entry.organisation)
    return described(site.url, entry, version, publisher, site.standards.codelists)


def _answer(request: Request, said: Described | Shelf, write: Callable[[], bytes], media: str) -> Response:
    """Answer with the document, or with 304 before it is written.

    The mark is weak: two processes may put the same statements in another order.
    """
    mark = hashlib.sha256(f"{media} {said!r}".encode()).hexdigest()[:32]
    headers = {"ETag": f'W/"{mark}"', "Cache-Control": KEPT}
    if mark in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    return Response(write(), media_type=media, headers=headers)
