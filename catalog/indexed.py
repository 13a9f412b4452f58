"""What every search engine holds of a dataset beside its words: facet values, sort keys, days, and itself as bytes."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import fields
from datetime import date
from typing import Any, Final, NamedTuple

import orjson

from catalog.question import Document, clean_text
from standards.record import Text
from standards.text import collation_key

OPEN_END: Final = date.max.toordinal()
"""The day, as an ordinal, to which data without a stated end reach."""

_KEY_LIMIT: Final = 200
_NAME_LIMIT: Final = 2000
_STAMP: Final = re.compile(r"(\d{4})-(\d\d)-(\d\d)(?:T(\d\d):(\d\d):(\d\d)(?:\.(\d{1,6}))?)?", re.ASCII)
_ROOM: Final = (13, 32, 25, 61, 62)


class Shown(NamedTuple):
    """What people see of a dataset that was found; a page of them is read with every question."""

    title: Text
    org_title: Text
    description: Text
    tags: tuple[str, ...]
    columns: tuple[str, ...]


def facet_values(document: Document) -> Mapping[str, tuple[str, ...]]:
    """Give the values of each facet, by the facet's name, each once."""
    values: dict[str, Iterable[str]] = {
        "org": (document.org,),
        "theme": document.themes,
        "tag": document.tags,
        "format": document.formats,
        "licence": (document.licence,),
        "standard": (document.standard,),
        "year": (str(year) for year in document.years),
    }
    return {name: tuple(dict.fromkeys(value for value in every if value)) for name, every in values.items()}


def sort_keys(document: Document) -> dict[str, str]:
    """Give the key of each order; each is unique, because it ends with the dataset's id."""
    return {
        "by_title": f"{title_key(document.title)}\x01{document.id}",
        "by_modified": f"{document.modified}\x01{document.id}",
        "by_issued": f"{document.issued}\x01{document.id}",
    }


def title_key(title: Text) -> str:
    """Give what datasets are put in order by where the order is that of titles."""
    return "\x01".join(collation_key(headline(title)[:_KEY_LIMIT]))


def stamp_number(stamp: str) -> int:
    """Give a stamp's digits as one number, which rises as the text does; 0 for what is no stamp."""
    hit = _STAMP.match(stamp)
    if hit is None:
        return 0
    number = int(hit[1])
    for part, room in zip(hit.groups()[1:6], _ROOM, strict=True):
        number = number * room + int(part or 0)
    return number * 1_000_000 + int((hit[7] or "0").ljust(6, "0"))


def names(document: Document) -> dict[str, str | list[str]]:
    """Give what a dataset is called, as it is: its address's last part, its title in the main language; and extras."""
    return {"name": clean_text(document.slug), "headline": headline(document.title),
            "extra": [clean_text(one) for one in document.extras]}


def headline(title: Text) -> str:
    """Give the title by which a dataset is put in order."""
    return clean_text(title.get("vi") or next(iter(title.values()), ""))[:_NAME_LIMIT]


def span(document: Document) -> dict[str, int]:
    """Give the days that the data cover as ordinals; an open end reaches to the end of time; no days, no fields."""
    if document.since is None and document.until is None:
        return {}
    return {
        "since": document.since.toordinal() if document.since else 0,
        "until": document.until.toordinal() if document.until else OPEN_END,
    }


# --- a Document as bytes, kept to show found words in and to copy from ------------------------------------------------

_DATES: Final = ("since", "until")
_NAMES: Final = tuple(one.name for one in fields(Document))
_TEXTS: Final = tuple(one.name for one in fields(Document) if one.type == "Text")
_TUPLES: Final = tuple(one.name for one in fields(Document) if str(one.type).startswith("tuple"))


def freeze(document: Document) -> bytes:
    """Write a Document as JSON."""
    content = {name: getattr(document, name) for name in _NAMES}
    content |= {name: dict(content[name]) for name in _TEXTS}
    try:
        return orjson.dumps(content)
    except TypeError:  # half a surrogate pair: only ASCII can hold it
        return json.dumps(content, default=date.isoformat).encode()


def shown(content: bytes | str) -> Shown:
    """Read back only what people see of it."""
    members = _members(content)
    return Shown(
        title=members["title"], org_title=members["org_title"], description=members["description"],
        tags=tuple(members["tags"]), columns=tuple(members["columns"]),
    )


def thaw(content: bytes | str) -> Document:
    """Read it back."""
    members = _members(content)
    members |= {name: date.fromisoformat(members[name]) for name in _DATES if members[name]}
    members |= {name: tuple(members[name]) for name in _TUPLES}
    return Document(**members)


def _members(content: bytes | str) -> dict[str, Any]:
    try:
        found: dict[str, Any] = orjson.loads(content)
    except ValueError:
        found = json.loads(content)
    return found
