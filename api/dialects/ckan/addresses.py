"""CKAN's addresses of pages and files: bookmarks and links of a portal that moved here lead to what holds now."""

from __future__ import annotations

from typing import Final
from urllib.parse import quote, urlencode

from fastapi import APIRouter, Request
from starlette.responses import RedirectResponse, Response

from api.deps import Site, TheCaller, TheSite
from api.dialects.ckan import groups
from api.dialects.ckan.action import Call
from api.dialects.ckan.packages import located
from api.dialects.ckan.shown import parts_by_id
from catalog.errors import NotFound
from catalog.model import NOBODY
from standards.metadata import ckan

router = APIRouter()
FILTERS: Final = {"organization": "org", "groups": "theme", "tags": "tag", "res_format": "format",
                  "license_id": "licence"}
SORTS: Final = {"metadata_modified desc": "modified", "metadata_created desc": "issued", "title_string asc": "title",
                "name asc": "title"}
ENDINGS: Final = {"xml": "rdf", "n3": "ttl"}
CROISSANT: Final = "croissant.jsonld"
LONGEST: Final = 300
MOST: Final = 20
KEPT: Final = {"Cache-Control": "max-age=300"}


def moved(path: str, query: str = "") -> Response:
    """Send the reader on for good."""
    return RedirectResponse(path + (f"?{query}" if query else ""), 301, headers=KEPT)


@router.get("/dataset", include_in_schema=False)
def search(request: Request, site: TheSite) -> Response:
    """CKAN's page of results, with its words, filters and order."""
    given = request.query_params
    asked = [("q", given.get("q", "")[:LONGEST])]
    for theirs, ours in FILTERS.items():
        asked += [(ours, _value(site, ours, one[:LONGEST])) for one in given.getlist(theirs)[:MOST]]
    asked.append(("sort", SORTS.get(given.get("sort", ""), "")))
    return moved("/datasets", urlencode([(name, value) for name, value in asked if value]))


def _value(site: Site, name: str, value: str) -> str:
    """Say the value of a filter in our words."""
    if name == "org":
        try:
            return site.catalog.organisation(NOBODY, value).public_id
        except NotFound:
            return value
    if name == "theme":
        return ckan.theme_of(value) or value
    return value.lower() if name == "format" else value


@router.get("/organization", include_in_schema=False)
def agencies() -> Response:
    """CKAN's list of organizations."""
    return moved("/organizations")


@router.get("/group", include_in_schema=False)
def themes() -> Response:
    """CKAN's list of groups: here the themes stand on the first page."""
    return moved("/")


@router.get("/group/{key}", include_in_schema=False)
def group(site: TheSite, caller: TheCaller, key: str) -> Response:
    """CKAN's page of a group: the datasets of a theme, or of a group that people made."""
    theme = ckan.theme_of(key) or groups.needed(Call(site=site, caller=caller, given={"id": key})).subject
    return moved("/datasets", urlencode({"theme": theme}))


@router.get("/dataset/{key}/resource/{resource}", include_in_schema=False)
@router.get("/dataset/{key}/resource/{resource}/view/{view}", include_in_schema=False)
def part(site: TheSite, caller: TheCaller, key: str, resource: str, view: str = "") -> Response:
    """CKAN's page of a resource: the dataset's page, which shows that part."""
    del view
    call = Call(site=site, caller=caller, given={})
    try:
        entry, version, _ = located(call, resource)
    except NotFound:
        return moved(_page(key))
    found = parts_by_id(call, entry.id, version.resources)[resource]
    return moved(_page(entry.slug), urlencode({"resource": found.name}))


@router.get("/dataset/{key}/resource/{resource}/download", include_in_schema=False)
@router.get("/dataset/{key}/resource/{resource}/download/{name:path}", include_in_schema=False)
def file(site: TheSite, caller: TheCaller, key: str, resource: str, name: str = "") -> Response:
    """CKAN's address of a file: that of the newest version, or where a link leads. 302: the next version is another."""
    del name
    try:
        _, _, shown = located(Call(site=site, caller=caller, given={}), resource)
    except NotFound:
        site.catalog.tombstone(caller, key)
        raise
    if not shown["url"]:
        raise NotFound
    return RedirectResponse(shown["url"], 302, headers={"Cache-Control": "no-cache"})


@router.get("/dataset/activity/{key}", include_in_schema=False)
@router.get("/dataset/groups/{key}", include_in_schema=False)
@router.get("/dataset/history/{key}", include_in_schema=False)
def around(key: str) -> Response:
    """CKAN's pages around a dataset."""
    return moved(_page(key))


@router.get("/catalog.{form}", include_in_schema=False)
def catalogue(request: Request, form: str) -> Response:
    """The catalogue at the endings of ckanext-dcat that we have other ones for."""
    if form not in ENDINGS:
        raise NotFound
    return moved(f"/catalog.{ENDINGS[form]}", request.url.query)


@router.get("/dataset/{key}.xml", include_in_schema=False)
@router.get("/dataset/{key}.n3", include_in_schema=False)
@router.get(f"/dataset/{{key}}/{CROISSANT}", include_in_schema=False)
def described(request: Request, key: str) -> Response:
    """A dataset's metadata at such an ending."""
    last = request.url.path.rpartition("/")[2]
    return moved(_page(key) + ("/croissant.json" if last == CROISSANT else f".{ENDINGS[last.rpartition('.')[2]]}"))


def _page(key: str) -> str:
    return f"/datasets/{quote(key, safe='')}"
