"""What a form must show before it changes anything: that it came from our own page and the reader's session."""

from __future__ import annotations

import hmac
from urllib.parse import urlsplit

from fastapi import Request

from api import deps
from api.dialects.html.view import Reader
from catalog.errors import NotAllowed

FOREIGN = "foreign-form"


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


def with_token(request: Request, reader: Reader, token: str) -> None:
    """Refuse a form without the token of the session it acts for."""
    same_origin(request)
    if not reader.csrf or not hmac.compare_digest(reader.csrf.encode(), token.encode()):
        raise NotAllowed(FOREIGN)


def local(address: str) -> str:
    """The address if it leads to this site, else the home page: no open redirects."""
    if not address.startswith("/") or address.startswith(("//", "/\\")) or any(ord(sign) < 32 for sign in address):  # noqa: PLR2004
        return "/"
    parts = urlsplit(address)
    return "/" if parts.scheme or parts.netloc or "\\" in address else address
