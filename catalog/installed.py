"""What stewards install beside the package: releases of code lists, versions of standards, and what they touch."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Literal

Subject = Literal["codelist", "table"]
ReleaseState = Literal["draft", "accepted"]
Nature = Literal["release", "correction"]
RecheckState = Literal["clean", "open", "resolved", "kept", "unread"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Release:
    """A dated release of a code list, or a version of a table standard; a draft is seen by stewards only.

    ``subject`` is the id of the list or standard; ``number`` counts accepted releases of it (0 = not accepted yet); a
    draft ``follows`` the number that was in force when it was made.
    ``content`` is the object as it was uploaded, ``digest`` the object that is in force with it (the whole list),
    ``base`` the digest that it was built on ("" where nothing was in force). ``version`` is a table standard's.
    ``summary``: what it changes, ``{"counts": {kind: n}, "differences": [...], "total": n}``; ``report``: what it
    touches, ``{"state": "partial" | "complete", "after": dataset, "items": [...], "concerned": n, …}``.
    """

    id: str
    kind: Subject = "codelist"
    subject: str
    number: int = 0
    follows: int = 0
    state: ReleaseState = "draft"
    nature: Nature = "release"
    effective: date | None = None
    basis: str = ""
    source: str = ""
    reason: str = ""
    note: str = ""
    version: str = ""
    by: str = ""
    author: str = ""
    base: str = ""
    content: str = ""
    digest: str = ""
    summary: Mapping[str, Any] = field(default_factory=dict)
    report: Mapping[str, Any] | None = None
    created: datetime
    accepted: datetime | None = None
    rechecked: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Recheck:
    """A published dataset checked again under a release; an open one is work on its agency's desk.

    ``result``: ``{"resources": [{"name", "rows", "columns": [{"field", "check", "kind", "rows", "values", "examples",
    "codes": [{"code", "name", "until", "successors", "rows"}]}]}], "rows": n}``: codes of the list and row numbers, no
    other cell. ``clean``: nothing; ``resolved``: a later version passes; ``kept``: somebody decided, with a reason,
    that the data stay as of ``reference``; ``unread``: the table could not be read (``reason`` says why).
    """

    release: str
    dataset: str
    codelist: str
    version: int
    state: RecheckState = "clean"
    result: Mapping[str, Any] = field(default_factory=dict)
    reason: str = ""
    reference: date | None = None
    by: str = ""
    created: datetime
    closed: datetime | None = None
    resolved_by: int | None = None
