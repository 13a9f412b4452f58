"""Where Elasticsearch is: the address of the setting taken apart, with who we are there; shown without secrets."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final
from urllib.parse import parse_qsl, unquote, urlsplit

_PREFIX: Final = re.compile(r"[a-z0-9][a-z0-9_-]{0,59}", re.ASCII)
_PORTS: Final = {"http": 80, "https": 443}


class WrongAddress(ValueError):
    """An address that cannot be one of Elasticsearch; ``str()`` says why, and holds nothing of the address itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """One Elasticsearch and the prefix of our indices there. ``path`` is that of a proxy before it.

    Secrets (``password``, ``key``) are left out of what is printed.
    """

    scheme: str
    host: str
    port: int
    prefix: str
    path: str = ""
    ca: str = ""
    user: str = ""
    password: str = field(default="", repr=False)
    key: str = field(default="", repr=False)

    def __str__(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{self.scheme}://{host}:{self.port}{self.path}/{self.prefix}"

    @property
    def node(self) -> str:
        """The server's own address, as its client wants it."""
        return str(self).removesuffix(f"/{self.prefix}")


def read(text: str, key: str = "") -> Address:
    """Take ``http(s)://user:password@host:9200/prefix?ca=path`` apart; ``key`` is an API key. Raises WrongAddress."""
    try:
        parts = urlsplit(text)
        port, host = parts.port, parts.hostname
    except ValueError:
        raise WrongAddress("is not a web address") from None
    if parts.scheme not in _PORTS or not host:
        raise WrongAddress("is not a web address")
    path, _, prefix = parts.path.rstrip("/").rpartition("/")
    if not _PREFIX.fullmatch(prefix):
        raise WrongAddress("ends with no prefix for our indices (small letters, digits, - and _)")
    wishes = dict(parse_qsl(parts.query))
    if set(wishes) - {"ca"} or parts.fragment:
        raise WrongAddress("says something that is not understood after the prefix (only ?ca=path is)")
    if wishes.get("ca") and not Path(wishes["ca"]).is_file():
        raise WrongAddress("names a file of certificates (ca) that is not there")
    if key and parts.username:
        raise WrongAddress("holds a name and password although there is an API key (DATAMO_SEARCH_KEY)")
    return Address(
        scheme=parts.scheme, host=host, port=port or _PORTS[parts.scheme], path=path, prefix=prefix,
        ca=wishes.get("ca", ""), user=unquote(parts.username or ""), password=unquote(parts.password or ""), key=key,
    )
