"""The shape of a table that a publisher's foreign key refers to, as the sandbox is told of it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from standards.profile import Profile


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """A table of the site that a foreign key names with ``package`` (slug or id of a dataset) and ``resource``.

    ``path`` is its canonical CSV (or Parquet) where it was laid out; ``dataset`` (id), ``version``, ``table`` (name of
    the resource) and ``sha256`` say which bytes these are. ``state`` says why there are none: ``unknown`` for whatever
    the publisher may not know of as for what is not there, ``large`` for too many bytes or tables. ``pinned`` says
    whether a public manifest may name it.
    """

    package: str
    resource: str
    state: Literal["found", "unknown", "large"] = "unknown"
    path: Path | None = None
    slug: str = ""
    table: str = ""
    dataset: str = ""
    version: int = 0
    sha256: str = ""
    pinned: bool = False
    profile: Profile | None = None
