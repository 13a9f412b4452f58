"""Recipes: how the files of a resource are read and repaired, listed, changed and forgotten by its agency."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.responses import Response

from api.deps import TheCaller, TheSite
from api.dialects.v1 import shapes
from api.dialects.v1.datasets import REFUSALS
from api.dialects.v1.door import Door, listing, may, reply
from api.dialects.v1.words import stamp
from catalog.recipe import Recipe
from standards.portable import to_json
from standards.repair import answers

router = APIRouter(prefix="/api/v1", tags=["recipes"], route_class=Door)


@router.get("/datasets/{dataset}/recipes", summary="Recipes of a dataset", openapi_extra=may("member"),
            responses={200: {"model": shapes.ListOut}, **REFUSALS})
def many(site: TheSite, caller: TheCaller, dataset: str) -> Response:
    """What is replayed at the next upload of each resource: repairs, names of columns, options of reading."""
    return reply(listing([rendered(one, dataset, site.url) for one in site.catalog.recipes(caller, dataset)]))


@router.get("/datasets/{dataset}/recipes/{resource}", summary="One recipe", openapi_extra=may("member"),
            responses={200: {"model": shapes.RecipeOut}, **REFUSALS})
def one(site: TheSite, caller: TheCaller, dataset: str, resource: str) -> Response:
    """The recipe of one resource."""
    return reply(rendered(site.catalog.recipe(caller, dataset, resource), dataset, site.url))


@router.put("/datasets/{dataset}/recipes/{resource}", summary="Change a recipe", openapi_extra=may("editor"),
            responses={200: {"model": shapes.RecipeOut}, **REFUSALS})
def change(site: TheSite, caller: TheCaller, dataset: str, resource: str, given: shapes.RecipeIn) -> Response:
    """Say anew what is accepted; a recipe comes into being with a published upload, not here."""
    kept = site.catalog.keep_recipe(caller, dataset, resource, fixes=given.fixes, options=given.read)
    return reply(rendered(kept, dataset, site.url))


@router.delete("/datasets/{dataset}/recipes/{resource}", summary="Forget a recipe", openapi_extra=may("editor"),
               status_code=204, responses=REFUSALS)
def forget(site: TheSite, caller: TheCaller, dataset: str, resource: str) -> Response:
    """Replay nothing at the next upload of this resource."""
    site.catalog.drop_recipe(caller, dataset, resource)
    return Response(status_code=204)


def rendered(one: Recipe, dataset: str, site_url: str) -> dict[str, object]:
    """A recipe as JSON."""
    address = f"{site_url}/api/v1/datasets/{dataset}/recipes/{one.resource}"
    return {
        "resource": one.resource, "fixes": list(one.fixes), "columns": dict(answers(one.fixes, "rename")),
        "read": to_json(dict(one.read)), "standard": one.standard or None, "version": one.version,
        "modified": stamp(one.modified), "links": {"self": address},
    }
