"""Pages while the site is read-only: what readers are told above every page, and forms that cannot be sent."""

from __future__ import annotations

import re
import time
from typing import Any, Final

from fastapi import Request

from api import deps
from catalog.errors import Unavailable
from catalog.maintenance import Maintenance

OPEN: Final = (
    "/display", "/sign-in", "/sign-out", "/check", "/check/{token}/{act}", "/desk/site/read-only",
    "/datasets/{slug}/erase", "/erasures/{key}/{act}",
)
"""Forms that change nothing that is kept for long, and those of erasing, which waits for nothing: sent as ever."""

STILL: Final = re.compile("|".join(re.sub(r"{[a-z]+}", "[^/]+", one) for one in OPEN))

SECONDS: Final = 1.0
"""For how long a process remembers for its pages what it saw; writes ask each time."""

FORM: Final = re.compile(r'(<form\b(?=[^>]*\bmethod="post")[^>]*>)(.*?)(</form>)', re.DOTALL)
ACTION: Final = re.compile(r'\baction="([^"?]*)')


def maintenance(request: Request) -> Maintenance | None:
    """Give why the site takes no changes now, as of a second ago; None while the records cannot be asked."""
    kept: dict[str, Any] = deps.site(request).extras.setdefault("html.maintenance", {"at": 0.0, "found": None})
    now = time.monotonic()
    if not kept["at"] or now - kept["at"] > SECONDS:
        try:
            kept["found"] = deps.site(request).catalog.maintenance()
        except Unavailable:
            kept["found"] = None
        kept["at"] = now
    found: Maintenance | None = kept["found"]
    return found


def held(body: str) -> str:
    """Give the page with every form that would change something shown, but disabled."""
    return FORM.sub(_held, body)


def _held(found: re.Match[str]) -> str:
    start, inside, end = found.groups()
    action = ACTION.search(start)
    if action and STILL.fullmatch(action[1]):
        return found[0]
    return f'{start}<fieldset class="held" disabled>{inside}</fieldset>{end}'
