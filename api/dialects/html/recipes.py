"""Recipes of a dataset as a page: what is replayed at the next upload, and the buttons that take parts of it away."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Form, Request, Response
from starlette.responses import RedirectResponse

from api import deps
from api.dialects.html import forms
from api.dialects.html.refused import PageRoute
from api.dialects.html.repair import Word, word_of
from api.dialects.html.submissions import WRITERS, may
from api.dialects.html.view import Reader, TheReader, page
from catalog.recipe import Recipe
from standards.repair import without

router = APIRouter(route_class=PageRoute)


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A recipe in the reader's words."""

    resource: str
    version: int | None
    words: tuple[Word, ...]
    reading: Sequence[tuple[str, Any]]


@router.get("/datasets/{key}/recipes")
def recipes(request: Request, reader: TheReader, key: str) -> Response:
    """What is replayed at the next upload of each resource."""
    catalog = deps.site(request).catalog
    entry = catalog.dataset(reader.caller, key)
    shown = [_shown(reader, one) for one in catalog.recipes(reader.caller, key)]
    return page(request, reader, "recipes.html", entry=entry, recipes=shown, noindex=True,
                writes=may(reader, entry, WRITERS))


def _shown(reader: Reader, one: Recipe) -> Shown:
    return Shown(resource=one.resource, version=one.version, words=tuple(word_of(reader, word) for word in one.fixes),
                 reading=sorted(one.read.items()))


@router.post("/datasets/{key}/recipes/{resource}")
def change(request: Request, reader: TheReader, key: str, resource: str, *, csrf: Annotated[str, Form()] = "",
           drop: Annotated[tuple[str, ...], Form()] = (), reading: Annotated[str, Form()] = "",
           forget: Annotated[str, Form()] = "") -> Response:
    """Take a repair or the reading out of a recipe, or forget it whole."""
    forms.with_token(request, reader, csrf)
    catalog = deps.site(request).catalog
    if forget:
        catalog.drop_recipe(reader.caller, key, resource)
    else:
        one = catalog.recipe(reader.caller, key, resource)
        catalog.keep_recipe(reader.caller, key, resource, fixes=without(one.fixes, drop),
                            options={} if reading else None)
    return RedirectResponse(f"/datasets/{key}/recipes", status_code=303)
