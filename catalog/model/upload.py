"""A file that comes in piece by piece, or straight into the store: whose it is, how much is promised, until when."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Upload:
    """An upload before it becomes a submission; only ``person`` (an id) sees it.

    ``key`` and ``handle`` are the store's. ``bytes`` were promised, ``wanted`` is the hash that the sender says they
    have ("" where he says none), ``sha256`` the one that they were found to have, "" until then. ``direct``: the sender
    puts them into the store himself.
    """

    id: str
    person: str
    key: str
    handle: str = ""
    name: str
    bytes: int
    media_type: str = ""
    wanted: str = ""
    sha256: str = ""
    direct: bool = False
    created: datetime
    expires: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """An address to which a client may put one upload itself, with the headers that it has to send."""

    key: str
    url: str
    headers: Mapping[str, str] = field(default_factory=dict)
    seconds: int = 0
