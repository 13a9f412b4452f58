"""create_app: hangs the doors of a site into one ASGI application."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import Any, Final

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.routing import Route

from api import errors
from api.deps import Site, language
from api.dialects import ckan, html, mcp, metadata, v1
from api.middleware.limits import Limits
from api.middleware.manners import Manners
from api.middleware.statics import Statics
from api.openapi import documented
from api.watch.meters import Meters
from api.watch.tally import Rule, Tally, rules_of
from catalog.catalog import Catalog
from catalog.errors import Refusal
from catalog.ports import Files
from pipelines.fetch import Fetcher
from pipelines.rowstore.ahead import Ahead
from pipelines.serving.shelf import Shelf

VERSION: Final = "0.1.0"
NOT_PAGES: Final = ("/api/", "/mcp", "/healthz", "/readyz", "/metrics")
NO_PAGES: Final = (*metadata.ENDINGS, ".parquet", ".jsonl.gz")
STATIC: Final = Path(__file__).parent / "static"


def create_app(
    catalog: Catalog,
    files: Files,
    *,
    site_url: str = "http://127.0.0.1:8000",
    language: str = "vi",
    environment: str = "production",
    upload_limit: int = 500_000_000,
    search_wait: bool = False,
    rate_limits: bool = False,
    counters: Path | None = None,
    ckan_options: Mapping[str, str] | None = None,
    extras: dict[str, Any] | None = None,
    meters: Meters | None = None,
    rooms: Mapping[str, Path] | None = None,
    shelf: Shelf | None = None,
    fetcher: Fetcher | None = None,
) -> FastAPI:
    """Make the application for one site; every value is plain, wiring reads the settings.

    ``counters`` is the file in which several processes count for the limits; ``ckan_options`` are CKAN's own, by
    their names; ``meters`` count for it; ``rooms`` are the folders whose disk the metrics tell of; ``shelf`` holds
    serving files; ``fetcher`` takes files from addresses.
    """
    meters = meters or Meters()
    rules: dict[str, Rule] = {}
    tally = Tally(catalog, rules)
    site = Site(
        catalog=catalog, files=files, url=site_url.rstrip("/"), language=language, environment=environment,
        upload_limit=upload_limit, search_wait=search_wait, shelf=shelf, fetcher=fetcher,
        extras={"meters": meters, "rate_limits": rate_limits, "rooms": rooms or {}, "ckan_options": ckan_options or {},
                "tally": tally, **(extras or {})},
    )
    app = FastAPI(
        title="Datamo", version=VERSION, openapi_url="/api/v1/openapi.json", docs_url=None, redoc_url=None,
        redirect_slashes=False, lifespan=_alive(site, tally),
    )
    app.state.site = site
    app.openapi = documented(app, [route for group in v1.GROUPS for route in group.router.routes])  # type: ignore[method-assign]  # as FastAPI's documentation says
    _hang_doors(app)
    rules.update(rules_of(app.router.routes))
    _hang_refusals(app)
    html.sweep()
    app.add_middleware(ckan.Straight, refused=_refused)
    app.add_middleware(html.Straight, site=site)
    if rate_limits:
        app.add_middleware(Limits, language=language, shared=counters)
    app.add_middleware(Manners, secure=site.secure, faulted=_faulted, observe=meters.answered,
                       changed=lambda: _doubt(site), used=tally.told)
    return app


def _alive(site: Site, tally: Tally) -> Callable[[FastAPI], AbstractAsyncContextManager[None]]:
    """What a process does beside answering: it counts, removes what is over, makes ahead what will be asked."""
    catalog = site.catalog

    @asynccontextmanager
    async def alive(app: FastAPI) -> AsyncIterator[None]:
        ahead = Ahead(site.snapshots, catalog.tables_written, catalog.table_there)
        ahead.begin()
        try:
            async with tally.kept(app), html.swept(html.room_of(site.extras)), ckan.made_ahead(site):
                yield
        finally:
            ahead.end()

    return alive


def _doubt(site: Site) -> None:
    """Something was written: what is kept at hand has to be asked again."""
    v1.doubt(site)
    ckan.doubt(site)
    html.doubt(site)


def _hang_doors(app: FastAPI) -> None:
    for group in (*v1.GROUPS, metadata, ckan, mcp, *html.GROUPS):
        app.router.routes.extend(group.router.routes)  # flat: included routers are compared route by route, twice
    if STATIC.is_dir():
        app.router.routes.append(Route("/static/{name}", Statics(STATIC).answer))


def _hang_refusals(app: FastAPI) -> None:
    app.add_exception_handler(Refusal, _refused)
    app.add_exception_handler(RequestValidationError, _refused)
    app.add_exception_handler(HTTPException, _refused)


async def _refused(request: Request, error: Exception) -> Response:
    """Every refusal, by its address: pages are drawn by the html dialect, all else is problem+json."""
    refusal = _as_refusal(error)
    request.app.state.site.extras["meters"].refused(errors.code_of(refusal))
    if ckan.is_ours(request.url.path):
        return ckan.refused(request, refusal)
    if _is_page(request):
        return html.error_page(request, refusal)
    return errors.answer(refusal, language(request), getattr(request.state, "request_id", ""))


def _faulted(request: Request, request_id: str) -> Response:
    """A bug: nothing of it is shown but the id under which the log has it."""
    if ckan.is_ours(request.url.path):
        return ckan.faulted(request)
    if _is_page(request):
        return html.bug_page(request, request_id)
    return errors.bug(request_id, language(request))


def _is_page(request: Request) -> bool:
    return not request.url.path.startswith(NOT_PAGES) and not request.url.path.endswith(NO_PAGES)


def _as_refusal(error: Exception) -> Refusal:
    if isinstance(error, RequestValidationError):
        return errors.from_validation(error)
    if isinstance(error, HTTPException):
        return errors.from_http(error)
    assert isinstance(error, Refusal)
    return errors.of_member(error)
