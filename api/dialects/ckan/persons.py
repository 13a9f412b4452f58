"""What clients say of a person besides what we hold, kept as a mark: about her, her picture, notes of programs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any, Final

import orjson

from api.dialects.ckan.action import Call, Wrong
from catalog.model import Caller, Person
from catalog.permit import may

KIND: Final = "person-besides"
LONGEST: Final = 20_000
"""Bytes of what is said about a person, and of a program's notes."""

SPAM: Final = "Edit not allowed as it looks like spam. Please avoid links in your description."
Kept = Mapping[str, Any]
NONE: Final[Kept] = MappingProxyType({})


def every(call: Call, ids: Sequence[str] | None = None) -> Mapping[str, Kept]:
    """Give what is kept of these people, or of all, by their ids."""
    return {one.subject: one.body for one in call.site.catalog.marks(KIND, subjects=ids)}


def of(call: Call, key: str) -> Kept:
    """Give what is kept of one person."""
    return every(call, [key]).get(key, {})


def read(call: Call) -> dict[str, Any]:
    """Read what a call says of these; raises Wrong in CKAN's words. A program's notes are an operator's to write."""
    found: dict[str, Any] = {name: call.text(name).strip() for name in ("about", "image_url") if name in call.given}
    wrong: dict[str, list[str]] = {}
    if "http://" in found.get("about", "") or "https://" in found.get("about", ""):
        wrong["about"] = [SPAM]
    elif len(found.get("about", "").encode()) > LONGEST:
        wrong["about"] = [f"Must be at most {LONGEST} bytes long"]
    picture = found.get("image_url", "")
    if picture and (not picture.startswith(("http://", "https://")) or any(map(str.isspace, picture))
                    or len(picture) > LONGEST):
        wrong["image_url"] = ["Not a valid URL"]
    if "plugin_extras" in call.given and may(call.caller, "see-people"):
        notes = _object(call.given["plugin_extras"])
        if notes is None or len(orjson.dumps(notes)) > LONGEST:
            wrong["plugin_extras"] = ["The value should be a valid JSON object"]
        found["plugin_extras"] = notes
    if wrong:
        raise Wrong(wrong)
    return found


def _object(value: Any) -> dict[str, Any] | None:
    """Give notes as an object, None for what is none; a form says it as text."""
    if value in (None, ""):
        return {}
    if isinstance(value, str):
        try:
            value = orjson.loads(value)
        except orjson.JSONDecodeError:
            return None
    return value if isinstance(value, dict) else None


def keep(call: Call, caller: Caller, one: Person, said: Kept) -> Kept:
    """Keep what was said in place of what was there, and give all of it; whoever asks has looked who may."""
    before = of(call, one.id)
    after = {name: value for name, value in {**before, **said}.items() if value}
    if after != dict(before):
        call.site.catalog.keep_mark(caller, "", KIND, one.id, subject=one.id, person=one.id, body=after)
    return after
