"""What CKAN's clients say of an agency besides what we hold, kept as a mark: its picture's address, its extras."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from api.dialects.ckan import judging
from api.dialects.ckan.action import Call, Wrong
from catalog.catalog.adopting import AGENCY_BESIDES as KIND
from catalog.model import Organisation

CODE: Final = "code"
"""The extra that says an agency's public code, which is ours to hold."""


def every(call: Call) -> Mapping[str, Mapping[str, Any]]:
    """Give what is kept of every agency, by its id."""
    return {one.subject: one.body for one in call.site.catalog.marks(KIND)}


def of(call: Call, key: str) -> Mapping[str, Any]:
    """Give what is kept of one agency."""
    return next((one.body for one in call.site.catalog.marks(KIND, subjects=[key])), {})


def picture(kept: Mapping[str, Any]) -> str:
    """Give the address of a picture, "" for none."""
    return str(kept.get("image_url") or "")


def extras(one: Organisation, kept: Mapping[str, Any]) -> list[dict[str, str]]:
    """Give the extras of an agency, its code among them."""
    said = [{"key": str(each["key"]), "value": str(each["value"])} for each in kept.get("extras") or ()]
    return [*([{"key": CODE, "value": one.code}] if one.code else []), *said]


def read(call: Call) -> dict[str, Any]:
    """Read what a call says of these; raises Wrong in CKAN's words."""
    found: dict[str, Any] = {}
    if "image_url" in call.given:
        said = call.text("image_url").strip()
        whole = said.startswith(("http://", "https://")) and not any(map(str.isspace, said))
        found["image_url"] = said if whole else ""
    given = call.given.get("extras")
    if isinstance(given, list):
        told = [one for one in given if isinstance(one, dict) and one.get("state") != "deleted"]
        if wrong := judging.extras(told):
            raise Wrong(wrong)
        found["extras"] = [{"key": str(one["key"]), "value": str(one.get("value") or "")} for one in told
                           if one["key"] != CODE]
    return found


def keep(call: Call, one: Organisation, said: Mapping[str, Any]) -> None:
    """Keep what was said in place of what was there; nothing said changes nothing."""
    before = of(call, one.id)
    after = {name: value for name, value in {**before, **said}.items() if value}
    if after != dict(before):
        call.site.catalog.keep_mark(call.caller, "", KIND, one.id, subject=one.id, body=after)
