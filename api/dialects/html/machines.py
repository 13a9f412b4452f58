"""Addresses that machines ask for beside the pages: robots.txt and the sitemap."""

from __future__ import annotations

from xml.sax.saxutils import escape

from fastapi import APIRouter, Request, Response

from api import deps
from api.dialects.html.refused import PageRoute
from api.dialects.html.view import fragments
from catalog.model import NOBODY
from catalog.question import Question
from standards.registry import Standards

router = APIRouter(route_class=PageRoute)
PRIVATE = ("/desk", "/account", "/publish", "/sign-in", "/submissions/", "/api/")
MOST = 45_000
PAGE = 1000


@router.get("/robots.txt")
def robots(request: Request) -> Response:
    """Everything public may be read; forms and reports are of no use to a crawler."""
    site = deps.site(request).url
    lines = ["User-agent: *", *(f"Disallow: {path}" for path in PRIVATE), f"Sitemap: {site}/sitemap.xml", ""]
    return Response("\n".join(lines), media_type="text/plain", headers={"Cache-Control": "max-age=3600"})


@router.get("/sitemap.xml")
def sitemap(request: Request) -> Response:
    """Every public dataset of a real publisher, standard and code list (sitemaps.org, at most 45,000 addresses)."""
    newest = deps.site(request).catalog.changes(NOBODY, limit=1)
    key = ("sitemap", len(newest), deps.site(request).catalog.statistics().get("versions", 0))
    body = fragments(request).get(key, lambda: _sitemap(request, deps.site(request).standards))
    return Response(body, media_type="application/xml", headers={"Cache-Control": "max-age=3600"})


def _sitemap(request: Request, standards: Standards) -> str:
    site, catalog = deps.site(request).url, deps.site(request).catalog
    organisations = catalog.organisations(NOBODY)
    demo = {one.id for one in organisations if one.demo}
    found = [("/", ""), ("/datasets", ""), ("/organizations", ""), ("/standards", ""), ("/status", "")]
    found += [(f"/organizations/{one.slug}", "") for one in organisations if not one.demo]
    found += [(f"/standards/{one}", "") for one in standards.tables]
    found += [(f"/codelists/{one}", "") for one in standards.codelists]
    after = ""
    while len(found) < MOST:
        answer, entries = catalog.search(NOBODY, Question(sort="title", limit=PAGE, after=after, facets=()))
        found += [(f"/datasets/{one.slug}", one.modified.date().isoformat()) for one in entries
                  if one.organisation not in demo]
        after = answer.next
        if not after:
            break
    lines = [_address(site + path, day) for path, day in found]
    return ('<?xml version="1.0" encoding="UTF-8"?>\n<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">'
            + "\n".join(lines) + "</urlset>\n")


def _address(url: str, day: str) -> str:
    return f"<url><loc>{escape(url)}</loc>{f'<lastmod>{day}</lastmod>' if day else ''}</url>"
