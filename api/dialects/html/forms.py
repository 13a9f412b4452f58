"""What a form must show before it changes anything: that it came from our own page and the reader's session."""

from __future__ import annotations

import hmac
import json
from collections.abc import Sequence
from urllib.parse import urlsplit

from fastapi import Request
from starlette.datastructures import FormData

from api import deps
from api.dialects.html.view import Reader
from catalog.errors import NotAllowed, NotKnown

FOREIGN = "foreign-form"
SECRET = ("csrf", "password", "old", "kept", "upload", "filename", "once")
"""Fields that are not given back: they are secret, or belong to the session that is over."""

MOST_KEPT = 2_500_000
MOST_FIELDS = 200
PAIR = 2


def same_origin(request: Request) -> None:
    """Refuse a form posted from another site (Origin, else Referer, must be this host or the site's address)."""
    sent = request.headers.get("origin") or request.headers.get("referer") or ""
    if request.headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
        raise NotAllowed(FOREIGN)
    if not sent:
        return
    allowed = {request.headers.get("host", ""), urlsplit(deps.site(request).url).netloc}
    if sent == "null" or urlsplit(sent).netloc not in allowed:
        raise NotAllowed(FOREIGN)


def ours(request: Request) -> bool:
    """Whether a browser itself says that a form comes from one of our own pages."""
    sent = request.headers.get("origin", "")
    return (request.headers.get("sec-fetch-site") == "same-origin"
            or (sent != "null" and urlsplit(sent).netloc == request.headers.get("host", "-")))


def with_token(request: Request, reader: Reader, token: str) -> None:
    """Refuse a form without the token of the session it acts for."""
    same_origin(request)
    if not reader.caller.known:
        raise NotKnown("credentials-needed")
    if not reader.csrf or not hmac.compare_digest(reader.csrf.encode(), token.encode()):
        raise NotAllowed(FOREIGN)


def local(address: str) -> str:
    """The address if it leads to this site, else the home page: no open redirects."""
    if not address.startswith("/") or address.startswith(("//", "/\\")) or any(ord(sign) < 32 for sign in address):  # noqa: PLR2004
        return "/"
    parts = urlsplit(address)
    return "/" if parts.scheme or parts.netloc or "\\" in address else address


def refills(path: str) -> bool:
    """Whether a form can be drawn again with what was typed into it, instead of being sent at once."""
    return path == "/publish" or path.endswith("/describe")


def typed(form: FormData) -> list[tuple[str, str]]:
    """What somebody typed into a form, to be given back after she signed in again; no secrets, no files."""
    return [(name, value) for name, value in form.multi_items()
            if isinstance(value, str) and name not in SECRET and value][:MOST_FIELDS]


def packed(fields: Sequence[tuple[str, str]]) -> str:
    """What was typed as one hidden field; "" for nothing."""
    return json.dumps(fields, ensure_ascii=False) if fields else ""


def unpacked(kept: str) -> list[tuple[str, str]]:
    """What ``packed`` made, from a browser: nothing of it is trusted, it is only shown and sent again by a person."""
    if not kept or len(kept) > MOST_KEPT:
        return []
    try:
        given = json.loads(kept)
    except ValueError:
        return []
    pairs = given if isinstance(given, list) else []
    return [(one[0], one[1]) for one in pairs[:MOST_FIELDS]
            if isinstance(one, list) and len(one) == PAIR and all(isinstance(part, str) for part in one)
            and one[0] not in SECRET]
