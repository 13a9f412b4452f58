"""What is kept beside the catalogue's own words: where something came from, and what other languages hang on it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

OriginKind = Literal["dataset", "resource", "organisation", "group", "person"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """An id that something had elsewhere: never adopted, but it leads here.

    ``source`` is its namespace (the address of the portal, or a harvest source's id), ``target`` our id (of a resource:
    its dataset's), ``part`` the name of a resource. With ``shown`` CKAN's dialect calls it by that id: it moved here,
    and its readers have kept the old one.
    """

    source: str
    kind: OriginKind
    remote: str
    target: str
    part: str = ""
    shown: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """One thing that CKAN's words hang on a dataset, an agency or a person: a group, a view, a follower, a task.

    ``kind`` and ``id`` name it; ``subject`` is the id of what it hangs on, ``person`` of whom it concerns; ``body`` are
    plain JSON values.
    """

    kind: str
    id: str
    subject: str = ""
    person: str = ""
    body: Mapping[str, Any] = field(default_factory=dict)
    created: datetime
    modified: datetime
