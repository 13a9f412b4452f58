"""What is wrong with a package, a resource, a tag that is written, in CKAN's words and shapes."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from types import MappingProxyType
from typing import Any, Final

import orjson

from api.dialects.ckan.action import Refused
from api.dialects.ckan.brought import ID
from api.dialects.ckan.names import name_problems

MISSING: Final = "Missing value"
LISTS: Final = ("tags", "groups", "extras", "resources")
TEXTS: Final = ("title", "notes", "license_id", "author", "maintainer", "url")
EMAILS: Final = ("author_email", "maintainer_email")
LONGEST_VERSION: Final = 100
LONGEST_TYPE: Final = 100
SHORTEST, LONGEST = 2, 100
"""Characters of a tag."""

NOT_MEMBERS: Final = frozenset({
    "title", "notes", "author", "author_email", "maintainer", "maintainer_email", "license_id", "url", "version",
    "name", "state", "type", "owner_org", "private", "id", "resources", "tags", "tag_string", "extras", "groups",
    "plugin_data",
})
"""Names that no extra has, since they are those of members."""

MOMENTS: Final = ("created", "last_modified", "cache_last_updated")
_TAG: Final = re.compile(r"[\w \-.]*")
_EMAIL: Final = re.compile(r"[^@\s<>()\[\],;:\"\\]+@[A-Za-z0-9](?:[A-Za-z0-9.\-]*[A-Za-z0-9])?")
_SIGNS: Final = 'can only contain alphanumeric characters, spaces (" "), hyphens ("-"), underscores ("_") or dots (".")'
_DAY: Final = re.compile(r"\d{4}-\d{2}-\d{2}(?:[T ].*)?", re.DOTALL)


def dictionaries(given: Mapping[str, Any], name: str) -> list[dict[str, Any]]:
    """Give a list of dictionaries, none where nothing is said; raises CKAN's refusal of anything else."""
    value = given.get(name)
    if value is None or value == "":
        return []
    if isinstance(value, list) and all(isinstance(one, dict) for one in value):
        return value
    kind = f"<class '{type(value).__name__}'>"
    words = f"Only lists of dicts can be placed against subschema ('{name}',), not {kind}"
    raise Refused(400, "Integrity Error", words, {"data": dict(given)})


def package(given: Mapping[str, Any], *, named: bool) -> dict[str, Any]:
    """Say what is wrong with the members of a package; ``named`` says that its name is to be looked at."""
    for each in LISTS:
        dictionaries(given, each)
    name = given.get("name")
    found: dict[str, Any] = name_problems(said(name) if isinstance(name, int) else name, twice=True) if named else {}
    found |= {name: ["Must be a Unicode string value"] for name in TEXTS if isinstance(given.get(name), list | dict)}
    found |= {name: wrong for name in EMAILS if (wrong := email_problems(given.get(name)))}
    version = given.get("version")
    if isinstance(version, list | dict) or len(str(version or "")) > LONGEST_VERSION:
        found["version"] = [f"Version must be a maximum of {LONGEST_VERSION} characters long"]
    kind = given.get("type")
    if isinstance(kind, list | dict) or len(str(kind or "")) > LONGEST_TYPE:
        found["type"] = [f"Type must be a text of at most {LONGEST_TYPE} characters"]
    plugin = given.get("plugin_data")
    if plugin not in (None, "") and not isinstance(plugin, dict):
        found["plugin_data"] = ["The value should be a valid JSON object"]
    return {**found, **_tags(given), **extras(dictionaries(given, "extras"))}


def email_problems(value: Any) -> list[str]:
    """Say what is wrong with an address, nothing where none is said."""
    if value in (None, "") or (isinstance(value, str) and _EMAIL.fullmatch(value.strip())):
        return []
    return [f"Email {value if isinstance(value, str) else orjson.dumps(value).decode()} is not a valid format"]


# --- tags and extras --------------------------------------------------------------------------------------------------


def tag_problems(name: Any) -> list[str]:
    """Say what is wrong with the name of a tag."""
    if name is None or name == "":
        return [MISSING]
    text = name if isinstance(name, str) else orjson.dumps(name).decode()
    found = []
    if len(text) < SHORTEST:
        found.append(f'Tag "{text}" length is less than minimum {SHORTEST}')
    if len(text) > LONGEST:
        found.append(f'Tag "{text}" length is more than maximum {LONGEST}')
    return found if _TAG.fullmatch(text) else [*found, f'Tag "{text}" {_SIGNS}']


def tags(given: Sequence[Mapping[str, Any]]) -> list[str]:
    """Say what is wrong with tags: a sentence for each that has something wrong, as CKAN puts it."""
    every = (tag_problems(one["name"]) for one in given if "name" in one)
    return [", ".join(wrong) for wrong in every if wrong]


def _tags(given: Mapping[str, Any]) -> dict[str, Any]:
    listed = given.get("tag_string")
    for name in split(listed) if isinstance(listed, str) else ():
        if wrong := tag_problems(name):
            return {"tag_string": wrong[:1]}
    wrong = tags(dictionaries(given, "tags"))
    return {"tags": wrong} if wrong else {}


def split(listed: str) -> list[str]:
    """Give the tags of a ``tag_string``."""
    return [one.strip() for one in listed.split(",") if one.strip()]


def extras(given: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Tell what is wrong with extras, in CKAN's shapes."""
    wrong = [_extra(one) for one in given]
    if any(wrong):
        return {"extras": wrong}
    keys = [said(one["key"]) for one in given]
    twice = [key for at, key in enumerate(keys) if key in keys[:at]]
    return {"extras_validation": [f'Duplicate key "{key}"' for key in dict.fromkeys(twice)]} if twice else {}


def _extra(one: Mapping[str, Any]) -> dict[str, list[str]]:
    key = one.get("key")
    found = {} if key not in (None, "") else {"key": [MISSING]}
    if key in NOT_MEMBERS:
        found["key"] = ["There is a schema field with the same name"]
    return found if "value" in one else {**found, "value": [MISSING]}


def plain(given: Mapping[str, Any]) -> dict[str, Any]:
    """Give the members of a package with texts as its tags and extras; what names nothing goes."""
    found = dict(given)
    if isinstance(given.get("name"), int):
        found["name"] = said(given["name"])
    if "tags" in given:
        found["tags"] = [{**one, "name": said(one["name"])} for one in given["tags"] if one.get("name")]
    if "type" in given:
        found["type"] = said(given["type"]).strip()
    if "extras" in given:
        found["extras"] = [{"key": said(one["key"]), "value": said(one["value"])} for one in given["extras"]]
    if "groups" in given:
        found["groups"] = [one for one in given["groups"] if one.get("name") or one.get("id")]
    return found


def said(value: Any) -> str:
    """Give a value as the text that CKAN keeps of it: JSON, where it is none."""
    return value if isinstance(value, str) else "" if value is None else orjson.dumps(value).decode()


# --- resources --------------------------------------------------------------------------------------------------------


def resource(given: Mapping[str, Any]) -> dict[str, list[str]]:
    """Say what is wrong with the members of a resource, but for its address."""
    found = {name: [wrong] for name, way in CHECKS.items() if (wrong := way(given.get(name)))}
    key = given.get("id")
    return found if key in (None, "") or (isinstance(key, str) and ID.fullmatch(key)) else {
        **found, "id": ["Invalid id provided"]}


def _whole(value: Any) -> str:
    try:
        return "" if value in (None, "") or int(value) == float(value) else "Invalid integer"
    except (ValueError, TypeError, OverflowError):
        return "Invalid integer"


def _moment(value: Any) -> str:
    try:
        moment(value)
    except (ValueError, TypeError):
        return "Date format incorrect"
    return ""


def moment(value: Any) -> str | None:
    """Give a moment as CKAN writes it, None for none; raises ValueError or TypeError."""
    if value in (None, ""):
        return None
    if not isinstance(value, str) or not _DAY.fullmatch(value):
        raise ValueError
    return datetime.fromisoformat(value).replace(tzinfo=None).isoformat()


CHECKS: Final[Mapping[str, Callable[[Any], str]]] = MappingProxyType(
    {"size": _whole, **dict.fromkeys(MOMENTS, _moment)})
