"""Input of the native API as the catalogue's words: texts, periods, contacts, spans; and what the lists do not know."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final

from api.deps import Site
from api.dialects.v1.shapes import Describing
from catalog.errors import Invalid, Problem
from standards import reading
from standards.portable import said_twice
from standards.record import NO_TEXT, Contact, Dataset, Period, Text
from standards.registry import Standards

SPAN: Final = re.compile(r"(\d{1,4})([smhdwy])")
UNITS: Final[Mapping[str, timedelta]] = {
    "s": timedelta(seconds=1), "m": timedelta(minutes=1), "h": timedelta(hours=1), "d": timedelta(days=1),
    "w": timedelta(weeks=1), "y": timedelta(days=365),
}
PLAIN: Final = ("standard", "licence", "frequency", "source_url")
LISTS: Final = ("themes", "tags", "language", "spatial")
TEXTS: Final = ("title", "description", "source", "notice")
MEMBERS: Final = (*TEXTS, *PLAIN, *LISTS, "temporal", "contact")


def text(given: str | Mapping[str, str] | None, language: str) -> Text:
    """Words by language; a plain string is in the site's language."""
    if given is None:
        return NO_TEXT
    words = {language: given} if isinstance(given, str) else dict(given)
    return {tag: one.strip() for tag, one in words.items() if one.strip()}


def known_standard(standards: Standards, name: str, pointer: str = "#/standard") -> str:
    """The id of a table standard, or "" for none; Invalid for one that we do not have."""
    if name and name not in standards.tables:
        problem = Problem(pointer, "unknown-standard", {"standard": name[:100]})
        raise Invalid("unknown-standard", problems=[problem], standard=name[:100])
    return name


def reading_of(given: Mapping[str, Any], pointer: str = "#/reading") -> dict[str, Any]:
    """Overrides of how a file is read, as plain JSON; Invalid names the member that is none or cannot be."""
    try:
        return reading.said(reading.overrides(given))
    except reading.BadOption as wrong:
        code = "unknown-value" if wrong.known else "unknown-member"
        params = {"name": wrong.name, "value": str(given.get(wrong.name, ""))[:100]}
        raise Invalid(problems=[Problem(f"{pointer}/{wrong.name}", code, params)]) from None


def reading_part(value: str) -> dict[str, Any]:
    """Overrides out of a form's part, which holds a JSON object."""
    try:
        given = json.loads(value) if value else {}
    except (ValueError, RecursionError):
        given = None
    if name := said_twice(value):
        raise Invalid("json-invalid", problems=[Problem("#/reading", "said-twice", {"name": name})])
    if not isinstance(given, dict):
        raise Invalid(problems=[Problem("#/reading", "unknown-value", {"name": "reading", "value": value[:100]})])
    return reading_of(given)


def described(given: Describing, site: Site, before: Dataset | None = None) -> Dataset:
    """The describing members that the input names, over what stood before. Invalid for an empty title."""
    values = {member: _value(given, member, site.language) for member in MEMBERS if member in given.model_fields_set}
    if "title" in values and not values["title"]:
        raise Invalid(problems=[Problem("#/title", "missing", {"name": "title"})])
    known_standard(site.standards, values.get("standard", ""))
    if before is not None:
        return replace(before, **values)
    return Dataset(**{"language": (site.language,), **values})


def _value(given: Describing, member: str, language: str) -> Any:
    said = getattr(given, member)
    if member in TEXTS:
        return text(said, language)
    if member in LISTS:
        return tuple(dict.fromkeys(said or ()))
    if member == "temporal":
        return _period(given)
    if member == "contact":
        return Contact(**said.model_dump()) if said else None
    return said or ""


def _period(given: Describing) -> Period | None:
    span = given.temporal
    if span is None or (span.start is None and span.end is None):
        return None
    if span.start and span.end and span.end < span.start:
        raise Invalid(problems=[Problem("#/temporal/end", "ends-before-start", {"name": "end"})])
    return Period(start=span.start, end=span.end)


def expiry(given: str | None, pointer: str = "#/expires") -> datetime | timedelta | None:
    """When a token ends: an RFC 3339 time or a span (``30d``, ``12h``); Invalid for anything else."""
    if not given:
        return None
    span = SPAN.fullmatch(given.strip())
    if span:
        return int(span[1]) * UNITS[span[2]]
    try:
        moment = datetime.fromisoformat(given.strip())
    except ValueError:
        raise Invalid(problems=[Problem(pointer, "not-accepted", {"name": "expires"})]) from None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def stamp(moment: datetime | None) -> str | None:
    """RFC 3339 in UTC with ``Z``; whole seconds unless there are parts of one."""
    if moment is None:
        return None
    utc = moment.astimezone(UTC) if moment.tzinfo else moment
    return utc.replace(tzinfo=None).isoformat(timespec="milliseconds" if utc.microsecond else "seconds") + "Z"


def day(moment: date | None) -> str | None:
    """ISO 8601 day."""
    return moment.isoformat() if moment else None
