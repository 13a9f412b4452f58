"""Addresses that machines ask for beside the pages: robots.txt and the sitemap."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from threading import Lock
from xml.sax.saxutils import escape

from fastapi import APIRouter, Request, Response

from api import deps
from api.dialects.html.front import unchanged
from api.dialects.html.refused import PageRoute
from catalog.catalog import Catalog
from catalog.errors import NotFound
from catalog.model import NOBODY, Organisation
from standards.registry import Standards

router = APIRouter(route_class=PageRoute)
PRIVATE = ("/desk", "/account", "/publish", "/sign-in", "/submissions/", "/api/")
MOST = 45_000
"""Addresses in one file; sitemaps.org allows 50,000."""
HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'
NAMES = "http://www.sitemaps.org/schemas/sitemap/0.9"


@router.get("/robots.txt")
def robots(request: Request) -> Response:
    """Everything public may be read; forms and reports are of no use to a crawler."""
    site = deps.site(request).url
    lines = ["User-agent: *", *(f"Disallow: {path}" for path in PRIVATE), f"Sitemap: {site}/sitemap.xml", ""]
    return Response("\n".join(lines), media_type="text/plain", headers={"Cache-Control": "max-age=3600"})


@router.get("/sitemap.xml")
def sitemap(request: Request) -> Response:
    """Every public dataset of a real publisher, standard and code list (sitemaps.org), or where its parts are."""
    parts = _held(request)
    return _answer(request, parts[0] if len(parts) == 1 else _index(deps.site(request).url, len(parts)))


@router.get("/sitemap-{number}.xml")
def part_of_sitemap(request: Request, number: str) -> Response:
    """A part of the sitemap of a large catalogue; raises NotFound."""
    parts = _held(request)
    if len(parts) == 1 or not number.isdecimal() or not 1 <= int(number[:9]) <= len(parts):
        raise NotFound
    return _answer(request, parts[int(number) - 1])


def _answer(request: Request, body: str) -> Response:
    mark = hashlib.sha256(body.encode()).hexdigest()[:32]
    headers = {"Cache-Control": "max-age=3600", "ETag": f'"{mark}"'}
    page = Response(body, media_type="application/xml", headers=headers)
    return Response(status_code=304, headers=headers) if unchanged(request, page) else page


def _held(request: Request) -> Sequence[str]:
    """Give the parts, made anew after each change: what was hidden or withdrawn leaves them at once."""
    site = deps.site(request)
    agencies = site.catalog.organisations(NOBODY)
    mark = (site.catalog.last_change(), tuple((one.slug, one.demo) for one in agencies))
    with site.extras.setdefault("html.sitemap.lock", Lock()):  # of several who ask at once one makes it
        held: tuple[object, Sequence[str]] | None = site.extras.get("html.sitemap")
        if held is None or held[0] != mark:
            held = site.extras["html.sitemap"] = mark, _parts(site.url, site.catalog, agencies, site.standards)
        return held[1]


def _parts(site: str, catalog: Catalog, organisations: Sequence[Organisation], standards: Standards) -> Sequence[str]:
    demo = {one.id for one in organisations if one.demo}
    found = [("/", ""), ("/datasets", ""), ("/organizations", ""), ("/standards", ""), ("/status", "")]
    found += [(f"/organizations/{one.slug}", "") for one in organisations if not one.demo]
    found += [(f"/standards/{one}", "") for one in standards.tables]
    found += [(f"/codelists/{one}", "") for one in standards.codelists]
    base = escape(site)
    lines = [_address(site + path, day) for path, day in found]
    lines += [f"<url><loc>{base}/datasets/{escape(one.slug)}</loc><lastmod>{one.modified.date()}</lastmod></url>"
              for one in catalog.listed() if one.version and one.organisation not in demo]
    return [_urls(lines[at : at + MOST]) for at in range(0, len(lines), MOST)]


def _urls(lines: Sequence[str]) -> str:
    return f'{HEAD}<urlset xmlns="{NAMES}">' + "\n".join(lines) + "</urlset>\n"


def _index(site: str, many: int) -> str:
    lines = (f"<sitemap><loc>{escape(site)}/sitemap-{number}.xml</loc></sitemap>" for number in range(1, many + 1))
    return f'{HEAD}<sitemapindex xmlns="{NAMES}">' + "\n".join(lines) + "</sitemapindex>\n"


def _address(url: str, day: str) -> str:
    return f"<url><loc>{escape(url)}</loc>{f'<lastmod>{day}</lastmod>' if day else ''}</url>"
