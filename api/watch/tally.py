"""What a web process sees used and searched in vain: counted in memory, written together every some seconds.

Nothing of who asked comes in but two bytes that stand for a reader within a day, and those only with a search. A
process that is killed loses the counts of a few seconds; one that stops writes them first.
"""

from __future__ import annotations

import logging
import re
import threading
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

from fastapi import Request
from fastapi.concurrency import run_in_threadpool

from api import deps
from catalog.catalog import Catalog
from catalog.catalog.counting import Used, subject_of
from catalog.errors import Refusal
from catalog.question import Answer
from catalog.usage import UseKind

LOG: Final = logging.getLogger("datamo.counts")
WRITE_SECONDS: Final = 5.0
MOST: Final = 20_000
"""Different things counted at once; while the records take nothing, more are left out."""

ANSWERED: Final = frozenset({200, 302, 304})
PARTLY: Final = 206
ROBOT: Final = re.compile(
    rb"bot\b|bot/|crawl|spider|slurp|archiver|facebookexternalhit|preview|headless|lighthouse|monitor|pingdom|uptime",
    re.IGNORECASE,
)
"""Programs that say they look at everything; tools that a person works with (curl, Python, R) are not among them."""


@dataclass(frozen=True, slots=True)
class Rule:
    """How a route counts: as what, and which part of its address names a resource or a file."""

    kind: UseKind
    key: str
    part: str = ""
    by_file: bool = False


def rules_of(routes: Iterable[Any]) -> Mapping[str, Rule]:
    """Give the routes whose answers are counted: pages of datasets, their files, and what the API says of them."""
    return {route.path: rule for route in routes
            if "GET" in (getattr(route, "methods", None) or ()) and (rule := _rule(route.path)) is not None}


def _rule(path: str) -> Rule | None:
    if path in ("/datasets/{slug}", "/datasets/{slug}/versions/{number}"):
        return Rule("view", "slug")
    if not path.startswith("/api/v1/datasets/{dataset}") or path.endswith(("/usage", "/history", "/recipes")):
        return None
    if "/files/{name}" in path:
        return Rule("download", "dataset", "name", by_file=True)
    return Rule("call", "dataset", "name" if "/resources/{name}" in path else "")


class Tally:
    """The counts of one web process; safe to use from several threads."""

    def __init__(self, catalog: Catalog, rules: Mapping[str, Rule]) -> None:
        self._catalog, self._rules = catalog, rules
        self._lock = threading.Lock()
        self._used: Counter[Used] = Counter()
        self._signs: dict[str, set[str]] = {}
        self._times: Counter[str] = Counter()
        self._stop = threading.Event()
        self._writer: threading.Thread | None = None

    # -- what doors tell --------------------------------------------------------------------------------------------
    def told(self, scope: Mapping[str, Any], route: str, status: int) -> None:
        """Count an answer, if it is of those that count; ``state.used`` names what its address does not."""
        rule = self._rules.get(route)
        if rule is not None:
            if status in ANSWERED or (status == PARTLY and _begins(scope)):
                self._ruled(rule, scope)
        elif status in ANSWERED and (named := scope["state"].get("used")) is not None:
            self._add(Used(kind=named[2], key=named[0], part=named[1], robot=is_robot(scope)))

    def _ruled(self, rule: Rule, scope: Mapping[str, Any]) -> None:
        if scope["method"] != "GET" or scope["state"].get("head"):
            return
        # a page at hand is given before its address is taken apart
        params = scope.get("path_params") or {rule.key: scope["path"].removeprefix("/datasets/").partition("/")[0]}
        self._add(Used(kind=rule.kind, key=str(params.get(rule.key, ""))[:200],
                       part=str(params.get(rule.part, ""))[:200], by_file=rule.by_file, robot=is_robot(scope)))

    def _add(self, one: Used) -> None:
        with self._lock:
            if one in self._used or len(self._used) < MOST:
                self._used[one] += 1

    def missed(self, text: str, mark: Callable[[], str]) -> None:
        """Count a search that found nothing, unless its words are somebody's own; ``mark`` stands for its reader."""
        words = subject_of(text)
        if not words:
            return
        sign = self._catalog.sign_of(mark())
        with self._lock:
            if words in self._times or len(self._times) < MOST:
                self._times[words] += 1
                self._signs.setdefault(words, set()).update({sign} if sign else ())

    # -- what is written --------------------------------------------------------------------------------------------
    def write(self) -> None:
        """Write what was counted, in one transaction for each kind; what cannot be written now waits for the next."""
        with self._lock:
            used, self._used = self._used, Counter()
            signs, self._signs = self._signs, {}
            times, self._times = self._times, Counter()
        try:
            if used:
                self._catalog.note_uses(used)
                used = Counter()
            if times:
                self._catalog.note_misses(signs, times)
                times = Counter()
        except Refusal as refused:
            LOG.info("counts wait: %s", refused.code)
            self._back(used, signs, times)

    def _back(self, used: Counter[Used], signs: Mapping[str, set[str]], times: Counter[str]) -> None:
        with self._lock:
            if len(used) + len(self._used) <= MOST:
                self._used.update(used)
            for words in times if len(times) + len(self._times) <= MOST else ():
                self._times[words] += times[words]
                self._signs.setdefault(words, set()).update(signs.get(words, ()))

    def _keep(self) -> None:
        while not self._stop.wait(WRITE_SECONDS):
            try:
                self.write()
            except Exception:
                LOG.exception("counts could not be written")

    @asynccontextmanager
    async def kept(self, _app: object) -> AsyncIterator[None]:
        """Write every some seconds while the process serves, and once more when it stops."""
        self._stop.clear()
        self._writer = threading.Thread(target=self._keep, name="counts", daemon=True)
        self._writer.start()
        try:
            yield
        finally:
            self._stop.set()
            await run_in_threadpool(self._writer.join)
            await run_in_threadpool(self.write)


def _begins(scope: Mapping[str, Any]) -> bool:
    """Whether a part of a file is its first: whoever fetches the others takes no other file."""
    asked = next((value for name, value in scope["headers"] if name == b"range"), b"")
    return bool(asked.replace(b" ", b"").startswith(b"bytes=0-"))


def is_robot(scope: Mapping[str, Any]) -> bool:
    """Whether the program that asks says that it looks at everything; one that says nothing is taken for one, too."""
    return _robot(next((value for name, value in scope["headers"] if name == b"user-agent"), b"")[:300])


@lru_cache(maxsize=1024)
def _robot(agent: bytes) -> bool:
    return not agent or ROBOT.search(agent) is not None


def in_vain(text: str, answer: Answer) -> bool:
    """Whether words, asked without filters, found nothing, or half of them are nowhere; not while search is away."""
    if not text.strip() or answer.degraded:
        return False
    return answer.total == 0 or 2 * len(answer.dropped) >= len(text.split())


def tell_missed(request: Request, text: str) -> None:
    """Count a search in vain into the agencies' worklist; robots have no wishes."""
    site = deps.site(request)
    tally = site.extras.get("tally")
    if tally is not None and not is_robot(request.scope):
        tally.missed(text, mark_of(site.catalog, request.client.host if request.client else ""))


def mark_of(catalog: Catalog, address: str) -> Callable[[], str]:
    """Give what makes the keyed hash of an address when it is needed."""
    return lambda: catalog.voice_mark(address)
