"""The transport: addresses of the Action API, who asks, the call, the envelope; only CKAN's shapes leave here."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any, Final

import orjson
from fastapi import APIRouter, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.routing import APIRoute
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from api.deps import Site, credential
from api.deps import site as site_of
from api.dialects.ckan import answers, collaborating, options, utilities
from api.dialects.ckan.action import Action, Call, Refused, Sent, Wrong
from api.dialects.ckan.actions import ACTIONS
from api.dialects.ckan.given import Unread, read
from api.dialects.ckan.kept import Mark, kept_of
from api.watch.tally import tell_missed
from catalog.errors import NotKnown, Refusal
from catalog.model import NOBODY, Caller

router = APIRouter()
MAX_KEY: Final = 300
METHODS: Final = ("GET", "POST")
SHOW: Final = "package_show"
SEARCH: Final = "package_search"
"""The actions whose answers are kept: harvesters and portals ask them most."""

MOST_ASKED: Final = 2000
"""Bytes of a question whose answer is worth to be kept."""

ROOM: Final = 1_000_000
"""Bytes that a form may have beside its files."""


async def caller_of(request: Request) -> Caller:
    """Who asks, by a token alone: raw, behind ``Bearer``, or in the header of old; a bad one is nobody.

    A browser's session counts for nothing here, so that no foreign page can act in its name.
    """
    old = request.headers.get("x-ckan-api-key", "").strip()
    for token in dict.fromkeys((credential(request.headers), old)):
        if token and len(token) <= MAX_KEY:
            try:
                return await run_in_threadpool(site_of(request).catalog.caller_of_token, token)
            except NotKnown:
                continue
    return NOBODY


async def act(request: Request, name: str) -> Response:
    """Answer a call of an action."""
    site, action = site_of(request), ACTIONS.get(name)
    if action is None:
        return answers.bad(f"Action name not known: {name}")
    callback = request.query_params.get("callback", "") if request.method == "GET" else ""
    caller = NOBODY if callback else await caller_of(request)
    request.state.visit = (caller, None)
    who = caller.person.name if caller.person else ""
    try:
        given, files = await read(request, reads=action.reads, files=site.upload_limit + ROOM)
        plain = Plain.of(site, name, given) if caller is NOBODY and not callback else None
        if name == SHOW:
            request.state.used = (str(given.get("id") or given.get("name_or_id") or "")[:MAX_KEY], "", "call")
        held = await plain.held() if plain is not None else None
        if held is not None:
            return answers.raw(held)
        result, call = await run_in_threadpool(_run, site, action, caller, given, files)
    except Unread as wrong:
        return answers.bad(str(wrong))
    except (Wrong, Refused, Refusal) as refused:
        return answers.failed(name, site.url, refused, who)
    if call.used and action.reads:
        request.state.used = (*call.used[0], "call")
    for words in call.missed:
        tell_missed(request, words)
    answer = answers.reply(answers.told(name, site.url, result, call.changed), callback=callback)
    if plain is not None and not call.passing:
        plain.remember(bytes(answer.body))
    return answer


class Plain:
    """A question of nobody in particular whose answer may be at hand: a package, or a search that names no moment."""

    def __init__(self, site: Site, name: str, key: str = "", asked: bytes = b"") -> None:
        self._site, self._kept, self._name, self._key, self._asked = site, kept_of(site), name, key, asked
        self._mark: Mark = (-1, -1, -1)

    @classmethod
    def of(cls, site: Site, name: str, given: dict[str, Any]) -> Plain | None:
        """Give the question, if it is such a one."""
        if name == SHOW and given.keys() == {"id"}:
            return cls(site, name, key=str(given["id"]))
        if name != SEARCH:
            return None
        asked = orjson.dumps(given, option=orjson.OPT_SORT_KEYS | orjson.OPT_NON_STR_KEYS)
        return cls(site, name, asked=asked) if len(asked) <= MOST_ASKED and b"NOW" not in asked.upper() else None

    async def held(self) -> bytes | None:
        """Give the answer at hand, after a look whether it holds where that is due."""
        if not self._kept.holds():
            self._mark = await run_in_threadpool(self._kept.look, self._site)
        else:
            self._mark = self._kept.mark
        return self._found()

    def _found(self) -> bytes | None:
        if self._asked:
            return self._kept.answer(self._asked)
        package = self._kept.named(self._key)
        return None if package is None else orjson.dumps(answers.told(self._name, self._site.url, package))

    def remember(self, body: bytes) -> None:
        """Keep the answer to a search."""
        if self._asked:
            self._kept.remember_answer(self._mark, self._asked, body)


class Straight:
    """Answers calls of actions before hundreds of routes are looked through: no address is asked more often."""

    def __init__(self, app: ASGIApp, *, refused: Callable[[Request, Exception], Awaitable[Response]]) -> None:
        self.app, self.refused = app, refused

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        root, _, name = scope["path"].rpartition("/") if scope["type"] == "http" else ("", "", "")
        if not name or root not in ROUTES or scope["method"] not in METHODS:
            await self.app(scope, receive, send)
            return
        scope["route"] = ROUTES[root]
        request = Request(scope, receive)
        try:
            answer = await act(request, name)
        except (Refusal, HTTPException) as refusal:
            answer = await self.refused(request, refusal)
        await answer(scope, receive, send)


def _run(site: Site, action: Action, caller: Caller, given: dict[str, Any],
         files: dict[str, Sent]) -> tuple[Any, Call]:
    """Run an action; give its result and the call, which knows what it changed."""
    call = Call(site=site, caller=caller, given=given, files=files, options=options.held(site))
    call = replace(call, caller=collaborating.caller_of(call, action.name))
    try:
        return action.run(call), call
    finally:
        for one in files.values():  # the form's own cleaning up waits for the collector of garbage
            one.stream.close()


async def probe(request: Request) -> Response:
    """Say which version of the API is spoken at this address."""
    last = request.url.path.rstrip("/").rpartition("/")[2]
    return answers.reply({"version": int(last) if last in ("1", "2", "3") else 1})


async def utility(request: Request, kind: str, asked: str) -> Response:
    """Answer the autocomplete addresses, which have no envelope."""
    caller = await caller_of(request)
    given = {name: value for name, value in request.query_params.items() if name != "callback"}
    site = site_of(request)
    call = Call(site=site, caller=caller, given=given, options=await run_in_threadpool(options.held, site))
    found = utilities.UTILITIES.get((kind, asked))
    if found is None:
        return answers.reply("Not found", 404)
    try:
        result = await run_in_threadpool(found, call)
    except (Wrong, Refused, Refusal) as refused:
        status, members = answers.shape(refused)
        return answers.reply(members.get("message", members), status)
    return answers.reply(result, callback=request.query_params.get("callback", ""))


for _path in ("/api/action/{name}", "/api/3/action/{name}"):
    router.add_api_route(_path, act, methods=list(METHODS), include_in_schema=False)
for _path in ("/api", "/api/", "/api/1", "/api/2", "/api/3", "/api/1/", "/api/2/", "/api/3/"):
    router.add_api_route(_path, probe, methods=["GET"], include_in_schema=False)
for _root in ("/api/util", "/api/1/util", "/api/2/util", "/api/3/util"):
    router.add_api_route(f"{_root}/{{kind}}/{{asked}}", utility, methods=["GET"], include_in_schema=False)

ROUTES: Final = {one.path.rpartition("/")[0]: one for one in router.routes if isinstance(one, APIRoute)
                 and one.endpoint is act}
"""The routes of actions by what is before the name."""


def is_ours(path: str) -> bool:
    """Whether an address is of this dialect, so that refusals from outside it get its shapes."""
    return path.startswith(("/api/action", "/api/3/", "/api/2/", "/api/1/", "/api/util")) or path in ("/api", "/api/")


def refused(request: Request, refusal: Refusal) -> Response:
    """Answer what was refused before an action ran: wrong verb, no such address, too much."""
    name = request.url.path.rpartition("/")[2] if "/action/" in request.url.path else ""
    return answers.failed(name, site_of(request).url, refusal)


def faulted(request: Request) -> Response:
    """Answer a bug."""
    name = request.url.path.rpartition("/")[2] if "/action/" in request.url.path else ""
    return answers.failed(name, site_of(request).url, RuntimeError())
