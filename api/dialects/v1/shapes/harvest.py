"""What the doors of harvesting take and give."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from api.dialects.v1.shapes.answers import Out
from api.dialects.v1.shapes.words import In, Name
from catalog.catalog.harvesting import MOST_HOURS

Web = Annotated[str, StringConstraints(min_length=1, max_length=2000, strip_whitespace=True)]
Title = Annotated[str, StringConstraints(max_length=300, strip_whitespace=True)]
Hours = Annotated[int, Field(ge=0, le=MOST_HOURS)]
Tag = Annotated[str, StringConstraints(max_length=20)]


class SourceIn(In):
    """A catalogue elsewhere. ``organization`` owns what comes from it, unless its ``agencies`` come along.

    ``hours`` between two runs; 0: only when somebody asks for one. ``language`` is that of texts that say none.
    """

    name: Annotated[str, StringConstraints(min_length=1, max_length=100)]
    kind: Literal["ckan", "dcat", "datapackage", "csv", "sitemap"]
    url: Web
    title: Title = ""
    organization: Annotated[str, StringConstraints(max_length=300)] = ""
    agencies: bool = False
    hours: Hours = 24
    language: Tag = "vi"


class SourcePatch(In):
    """Members of a source that change; its name and kind stay."""

    url: Web | None = None
    title: Title | None = None
    organization: Name | None = None
    agencies: bool | None = None
    hours: Hours | None = None
    language: Tag | None = None
    paused: bool | None = None


class RunIn(In):
    """``whole``: look at everything, not only at what changed."""

    whole: bool = False


class RunOut(Out):
    """One reading of a source: how it stands, what was counted, and the first hundred problems.

    ``asks``: more than a tenth would go, so nothing goes before somebody confirms it; ``going`` says how many.
    ``guesses``: what was guessed or left out of datasets that were read and taken, counted by code, and the first
    hundred datasets with their codes.
    """

    id: str
    state: Literal["running", "done", "failed", "asks"]
    whole: bool
    since: str | None
    started: str
    finished: str | None
    counts: dict[str, int]
    problems: list[dict[str, object]]
    guesses: dict[str, object]
    reason: str | None
    going: int


class SourceOut(Out):
    """A source with its newest run."""

    name: str
    kind: Literal["ckan", "dcat", "datapackage", "csv", "sitemap"]
    url: str
    title: str
    organization: str | None
    agencies: bool
    moved: bool
    hours: int
    language: str
    paused: bool
    created: str
    due: str | None
    datasets: int
    run: RunOut | None
    links: dict[str, str]
