"""Pages about the portal itself: the statement on accessibility, and in development the style page of all parts."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from api import deps
from api.dialects.html.refused import PageRoute
from api.dialects.html.view import TheReader, page
from catalog.errors import NotFound

router = APIRouter(route_class=PageRoute)


@router.get("/accessibility")
def accessibility(request: Request, reader: TheReader) -> Response:
    """What was tested of the pages, by which means, what was not, and how to tell us of an obstacle."""
    return page(request, reader, "accessibility.html")


@router.get("/styles")
def styles(request: Request, reader: TheReader) -> Response:
    """Every part that pages are made of, each in its states; not shown by a site in production."""
    if deps.site(request).environment == "production":
        raise NotFound
    return page(request, reader, "styles.html", noindex=True)
