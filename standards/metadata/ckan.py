"""CKAN's package and resource dictionaries, made of a described dataset: the words of its Action API v3, no I/O."""

from __future__ import annotations

import re
import uuid
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from functools import cache, lru_cache
from hashlib import blake2b
from types import MappingProxyType
from typing import Any, Final

import orjson

from standards import kept as beside
from standards.language import Copy, Described, Part, spoken
from standards.record import Contact, Dataset, Period
from standards.register import LICENCES as REGISTER
from standards.register import entry as licence
from standards.register import spelled
from standards.vocabulary import FREQUENCIES, LICENCES, THEMES

NAME: Final = "ckan"
FORMS: Final[Mapping[str, str]] = MappingProxyType({"ckan.json": "application/json"})

ROLES: Final = ("csv", "original", "xlsx", "json", "parquet", "geojson", "link")
"""Which copy of a part CKAN's readers are given, first wish first: it has room for one."""

_LEGACY: Final[Mapping[str, str]] = {
    "cc-by": "CC-BY-4.0", "cc-zero": "CC0-1.0", "cc-by-sa": "CC-BY-SA-4.0", "odc-by": "ODC-BY-1.0",
    "odc-odbl": "ODbL-1.0", "odc-pddl": "PDDL-1.0", "uk-ogl": "OGL-UK-3.0",
}
"""Ids of CKAN's own licence register and the licences of ours that they mean."""
KEPT: Final = ("author", "author_email", "maintainer", "maintainer_email", "url", "version")
"""Members that are kept as they came where no member of ours holds them."""
MEASURED: Final = ("format", "hash", "size", "mimetype", "last_modified", "url")
"""Members of a resource that a file of ours tells better than whoever describes it."""
OWN: Final = frozenset({
    "id", "package_id", "position", "state", "created", "metadata_modified", "url_type", "datastore_active", "url",
    "name", "upload", "clear_upload", "datastore_contains_all_records_of_source_file",
})
"""Members of a resource that are ours to say: what is given for them is not kept."""

_ORDER: Final[Mapping[str, int]] = {role: at for at, role in enumerate(ROLES)}
_LANGUAGES: Final = re.compile(r"[a-z]{2,3}(?:-[A-Za-z0-9]{2,8})*")
_TAG: Final = re.compile(r"[\w \-.]*")
_SHORTEST, _LONGEST = 2, 100
_CANONICAL: Final = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_MICROSECONDS: Final = 26
"""Signs of a moment with microseconds; behind them stands its zone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Package:
    """A dataset as CKAN's words need it: ``told`` and what stands around it.

    ``parts`` are members of its parts that came in CKAN's words and have none of ours, by the part's name. ``moved``
    is the id under which its readers knew it before it moved here, ``moved_parts`` those of its parts by their names.
    ``active`` are the ids of parts whose rows change.
    """

    told: Described
    name: str
    organisation: Mapping[str, Any] | None
    created: datetime
    changed: datetime
    state: str = "active"
    private: bool = False
    creator: str | None = None
    parts: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    moved: str = ""
    moved_parts: Mapping[str, str] = field(default_factory=dict)
    active: Collection[str] = ()

    @property
    def id(self) -> str:
        """The id that it is called by."""
        return self.moved or self.told.id


@lru_cache(maxsize=4096)
def moment(at: datetime | None) -> str | None:
    """Write a moment as CKAN does: UTC without saying so, with microseconds."""
    if at is None:
        return None
    return (at if at.tzinfo is UTC else at.astimezone(UTC)).isoformat(timespec="microseconds")[:_MICROSECONDS]


@lru_cache(maxsize=4096)
def resource_id(dataset: str, name: str) -> str:
    """Give the id of a part: a UUID (version 8) that begins like its dataset's and ends with a hash of its name."""
    own = dataset if _CANONICAL.fullmatch(dataset) else str(uuid.UUID(dataset))
    return f"{own[:14]}8{own[15:24]}{blake2b(name.encode(), digest_size=6).hexdigest()}"


def dataset_before(resource: str) -> str:
    """Give the id behind which the dataset of a part is found, "" when it is no such id."""
    try:
        own = uuid.UUID(resource).hex
    except ValueError:
        return ""
    return str(uuid.UUID(f"{own[:12]}7{own[13:20]}{'0' * 12}")) if own[12] == "8" else ""


def group_name(theme: str) -> str:
    """Give the name of the group that a theme is in CKAN's words."""
    return theme.lower()


@cache
def group_id(theme: str) -> str:
    """Give the id of that group: a UUID as CKAN asks of ids (version 5), of the theme's address at the EU."""
    return str(uuid.uuid5(uuid.NAMESPACE_URL, THEMES[theme].uri))


def theme_of(group: str) -> str:
    """Give the theme that a group of this name or id is, "" for none."""
    return _groups().get(group.lower(), "")


@cache
def _groups() -> Mapping[str, str]:
    return MappingProxyType({said: code for code in THEMES for said in (group_name(code), group_id(code))})


def licence_of(given: str) -> str:
    """Give the licence of ours that an id of CKAN's register means, "" when there is none."""
    return given if given in LICENCES else _LEGACY.get(given, "")


def group(theme: str, language: str) -> dict[str, Any]:
    """Write a theme as the group that a package names."""
    one = THEMES[theme]
    title = one.title.get(language) or one.title["en"]
    return {
        "description": "", "display_name": title, "id": group_id(theme), "image_display_url": "",
        "name": group_name(theme), "title": title,
    }


def write(one: Described, form: str) -> bytes:  # noqa: ARG001 - there is one form
    """Write the dictionary of ``package_show`` from what the world hears of a dataset, as JSON."""
    publisher, begun = one.publisher, one.issued or one.modified or datetime.fromtimestamp(0, UTC)
    agency = {
        "id": publisher.code, "name": publisher.slug, "title": one.words(publisher.title), "type": "organization",
        "is_organization": True, "state": "active",
    }
    said = Package(told=one, name=one.page.rpartition("/")[2], organisation=agency if publisher.slug else None,
                   created=begun, changed=one.modified or begun)
    return orjson.dumps(package(said), option=orjson.OPT_INDENT_2)


def package(one: Package, language: str = "vi") -> dict[str, Any]:
    """Give the dictionary of ``package_show``."""
    told, about = one.told, one.told.about
    contact = about.contact
    resources = [resource(one, part, at) for at, part in enumerate(told.parts)]
    tags = beside.tags(about.tags, about.more)
    return {
        **_licensed(one, language),
        "author": None, "author_email": None, "maintainer": contact.name if contact else None,
        "maintainer_email": contact.email if contact else None, "url": about.source_url or None, "version": None,
        **{key: _thawed(value) for key, value in about.more.items() if key in KEPT},
        "creator_user_id": one.creator, "id": one.id, "name": one.name,
        "title": told.words(about.title) or one.name, "notes": told.words(about.description) or None,
        "type": str(about.more.get("type") or beside.DATASET),
        "state": one.state, "private": one.private,
        "metadata_created": moment(one.created), "metadata_modified": moment(one.changed),
        "owner_org": one.organisation["id"] if one.organisation else None, "organization": one.organisation,
        "extras": _extras(one),
        "groups": [
            *(group(code, language) for code in about.themes if code in THEMES), *_thawed(about.more.get("groups", ())),
        ],
        "tags": tags, "num_tags": len(tags),
        "resources": resources, "num_resources": len(resources),
        "relationships_as_object": [], "relationships_as_subject": [],
    }


def _licensed(one: Package, language: str) -> dict[str, Any]:
    """Say the licence by the id that was given for it; a member without a value is null, an address that is none away.

    What we know under a title in the site's language is called so; English readers hear CKAN's own titles.
    """
    code = one.told.about.licence
    given = str(one.told.about.more.get("license_id") or code)
    shown: dict[str, Any] = {"license_id": given or None, "isopen": False}
    if given not in REGISTER and given not in LICENCES and code not in LICENCES:
        return {**shown, "license_title": given or None}
    own = given if given in REGISTER or given in LICENCES else code
    entry = licence(own, language)
    if own in REGISTER and code in LICENCES and language != "en":
        entry["title"] = LICENCES[code].title.get(language) or entry["title"]
    shown |= {"license_title": entry["title"], "isopen": entry["od_conformance"] == "approved"}
    return {**shown, "license_url": entry["url"]} if entry["url"] else shown


def _extras(one: Package) -> list[dict[str, str]]:
    """Say what CKAN has no member for as extras, those that came as extras first."""
    about = one.told.about
    ours = {
        "frequency": about.frequency, "language": " ".join(about.language) if about.language != ("vi",) else "",
        "spatial_code": " ".join(about.spatial), "standard": about.standard,
        "temporal_start": str(about.temporal.start or "") if about.temporal else "",
        "temporal_end": str(about.temporal.end or "") if about.temporal else "",
        "source": one.told.words(about.source), "notice": one.told.words(about.notice),
        "contact_phone": about.contact.phone if about.contact else "",
        "contact_url": about.contact.url if about.contact else "",
        **{f"title_{tag}": text for tag, text in _others(one, about.title)},
        **{f"notes_{tag}": text for tag, text in _others(one, about.description)},
    }
    kept = [{"key": str(each["key"]), "value": str(each["value"])} for each in about.more.get("extras", ())]
    there = {each["key"] for each in kept}
    return [*kept, *({"key": key, "value": value} for key, value in ours.items() if value and key not in there)]


def _others(one: Package, text: Mapping[str, str]) -> list[tuple[str, str]]:
    """Give the words in the languages that the main member does not speak."""
    main = one.told.words(text) if len(text) > 1 else next(iter(text.values()), "")
    return [(language, words) for language, words in text.items() if words and words != main]


def resource(one: Package, part: Part, position: int) -> dict[str, Any]:
    """Write the dictionary of ``resource_show``: one copy of a part, the most useful one."""
    copy, own = _chosen(part), resource_id(one.told.id, part.name)
    told, link = one.told, part.kind == "link"
    kept = {
        key: value if type(value) is str else _thawed(value)
        for key, value in one.parts.get(part.name, {}).items() if link or key not in MEASURED
    }
    if kept.get("format"):
        kept["format"] = spelled(str(kept["format"]))
    return {
        "cache_last_updated": None, "cache_url": None, "description": None, "mimetype": copy.media_type or None,
        "mimetype_inner": None, "resource_type": None, "size": copy.bytes, "format": _format(part, copy),
        "hash": copy.sha256, "last_modified": None if link else moment(told.modified),
        **kept,
        "name": told.words(part.title) or (None if link else part.name), "url": copy.url,
        "created": moment(told.issued or one.created), "metadata_modified": moment(told.modified),
        "id": one.moved_parts.get(part.name) or own, "package_id": one.id,
        "position": position, "state": "active",
        "url_type": ("datastore" if copy.url.endswith(f"/datastore/dump/{own}") else None) if link else "upload",
        "datastore_active": own in one.active or any(each.role == "parquet" for each in part.copies),
    }


def _chosen(part: Part) -> Copy:
    """Give the copy that CKAN's readers get; one without address where nobody may have any."""
    if not part.copies:
        return Copy(name=part.name, url="", role="link")
    return min(part.copies, key=lambda copy: _ORDER.get(copy.role, len(_ORDER)))


def _format(part: Part, copy: Copy) -> str:
    return ending(copy.name if part.kind != "link" else copy.url)


def ending(address: str) -> str:
    """Give the format that an address or a file's name ends with, as CKAN spells it, else in capitals."""
    name = address.partition("?")[0].partition("#")[0].rpartition("/")[2]
    last = name.rpartition(".")[2] if "." in name and not address.endswith(f"://{name}") else ""
    return spelled(last.upper()) if last.isalnum() and len(last) < 9 else ""  # noqa: PLR2004 - longer ones are no endings


# --- and back ---------------------------------------------------------------------------------------------------------
def _thawed(value: Any) -> Any:
    """Give lists for tuples: what is kept is frozen."""
    if isinstance(value, Mapping):
        return {key: _thawed(one) for key, one in value.items()}
    return [_thawed(one) for one in value] if isinstance(value, list | tuple) else value


def read(given: Mapping[str, Any], before: Dataset, language: str, standards: Collection[str]) -> Dataset:
    """Give the describing members that a package dictionary says; what it does not name stays as ``before``.

    ``language`` is that of its title and notes, ``standards`` the table standards there are. Values are texts or None,
    ``tags``, ``groups`` and ``extras`` lists of dictionaries: ``problems`` says first whether they are.
    """
    about, more = before, dict(before.more)
    for name, ours in (("title", "title"), ("notes", "description")):
        if name in given:
            spoken = _spoken(given, before, name, getattr(about, ours), language)
            said = {**getattr(about, ours), spoken: str(given[name] or "")}
            text = {tag: words for tag, words in said.items() if words}
            about = replace(about, title=text) if name == "title" else replace(about, description=text)
    if "license_id" in given:
        asked = str(given["license_id"] or "")
        about = replace(about, licence=licence_of(asked))
        more["license_id"] = asked if asked != about.licence else ""
    if "tags" in given:
        tags = tuple(dict.fromkeys(str(one["name"]) for one in given["tags"]))
        more[beside.TAGS] = beside.controlled(given["tags"])
        about = replace(about, tags=about.tags if sorted(tags) == sorted(about.tags) else tags)
    if "groups" in given:
        named = [(theme_of(str(one.get("name") or one.get("id") or "")), dict(one)) for one in given["groups"]]
        about = replace(about, themes=tuple(theme for theme, _ in named if theme))
        more["groups"] = [one for theme, one in named if not theme]
    about = _contacted(given, about, more)
    if "extras" in given:
        about = _from_extras(given["extras"], about, more, standards)
    for name in ("author", "author_email", "version", "type"):
        if name in given:
            more[name] = given[name] if (name, given[name]) != ("type", beside.DATASET) else ""
    return replace(about, more={name: value for name, value in more.items() if value not in (None, "", [], ())})


def _spoken(given: Mapping[str, Any], before: Dataset, name: str, text: Mapping[str, str], language: str) -> str:
    """Tell which language a main member is in: the one that was shown there, else what no extra says."""
    if shown := spoken(text, before.language):
        return spoken({shown: name, language: name}, before.language)
    said = {str(one.get("key")): str(one.get("value") or "") for one in given.get("extras") or ()}
    others = [tag for tag in said.get("language", "").split() if not said.get(f"{name}_{tag}")]
    return others[0] if others and said.get(f"{name}_{language}") and _LANGUAGES.fullmatch(others[0]) else language


def _contacted(given: Mapping[str, Any], about: Dataset, more: dict[str, Any]) -> Dataset:
    if "maintainer" in given or "maintainer_email" in given:
        old = about.contact or Contact()
        contact = replace(old, name=str(given.get("maintainer", old.name) or ""),
                          email=str(given.get("maintainer_email", old.email) or ""))
        about = replace(about, contact=contact if contact != Contact() else None)
    if "url" in given:
        said = str(given["url"] or "").strip()
        web = said.startswith(("http://", "https://")) and not any(sign.isspace() for sign in said)
        about = replace(about, source_url=said if web else "")
        more["url"] = "" if web else said
    return about


def _from_extras(extras: list[Mapping[str, Any]], about: Dataset, more: dict[str, Any],
                 standards: Collection[str]) -> Dataset:
    """Take back the extras that say members of ours; the others are kept."""
    said = {str(one["key"]): str(one.get("value") or "") for one in extras}
    taken: dict[str, Any] = {
        "frequency": said["frequency"] if said.get("frequency") in FREQUENCIES else "",
        "standard": said["standard"] if said.get("standard") in standards else "",
    }
    used = {name for name, value in taken.items() if value}
    languages = said.get("language", "").split()
    if languages and all(_LANGUAGES.fullmatch(one) for one in languages):
        taken["language"] = tuple(languages)
        used.add("language")
    if said.get("spatial_code"):
        taken["spatial"] = tuple(said["spatial_code"].split())
        used.add("spatial_code")
    start, end = _day(said.get("temporal_start", "")), _day(said.get("temporal_end", ""))
    if (start or end) and not (start and end and start > end):
        taken["temporal"] = Period(start=start, end=end)
        used |= {name for name, day in (("temporal_start", start), ("temporal_end", end)) if day}
    texts: dict[str, dict[str, str]] = {}
    for prefix, ours in (("title_", "title"), ("notes_", "description")):
        found = {key.removeprefix(prefix): value for key, value in said.items()
                 if key.startswith(prefix) and _LANGUAGES.fullmatch(key.removeprefix(prefix))}
        texts[ours] = {**getattr(about, ours), **found}
        used |= {prefix + tag for tag in found}
    more["extras"] = [{"key": key, "value": value} for key, value in said.items() if key not in used]
    return replace(about, title=texts["title"], description=texts["description"], **taken)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def problems(given: Mapping[str, Any]) -> dict[str, Any]:
    """Say what is wrong with a package's members, in CKAN's words and shapes."""
    found: dict[str, Any] = {}
    for name in ("title", "notes", "license_id", "maintainer", "maintainer_email", "url", "type", *KEPT):
        if isinstance(given.get(name), list | dict):
            found[name] = ["Must be a Unicode string value"]
    for name in ("tags", "groups", "extras", "resources"):
        if name in given and not (isinstance(given[name], list) and all(isinstance(one, dict) for one in given[name])):
            found[name] = ["Must be a list of dictionaries"]
    if "tags" in given and "tags" not in found:
        errors = [_tag_problems(one) for one in given["tags"]]
        found |= {"tags": errors} if any(errors) else {}
    if "extras" in given and "extras" not in found:
        keys = [one.get("key") for one in given["extras"]]
        if any(not key or not isinstance(key, str) for key in keys):
            found["extras"] = [{} if key and isinstance(key, str) else {"key": ["Missing value"]} for key in keys]
        elif len(set(keys)) < len(keys):
            found["extras"] = ["There is a schema field with the same name"]
    return found


def _tag_problems(one: Mapping[str, Any]) -> dict[str, list[str]]:
    name = one.get("name")
    if not isinstance(name, str) or not name:
        return {"name": ["Missing value"]}
    if len(name) < _SHORTEST:
        return {"name": [f'Tag "{name}" length is less than minimum {_SHORTEST}']}
    if len(name) > _LONGEST:
        return {"name": [f'Tag "{name}" length is more than maximum {_LONGEST}']}
    wrong = "can only contain alphanumeric characters, spaces, hyphens, underscores or dots"
    return {} if _TAG.fullmatch(name) else {"name": [f'Tag "{name}" {wrong}']}
