"""CKAN's package and resource dictionaries, made of a described dataset: the words of its Action API v3, no I/O."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import blake2b
from typing import Any, Final

from standards.language import Copy, Described, Part
from standards.vocabulary import LICENCES, THEMES

ROLES: Final = ("csv", "original", "xlsx", "json", "parquet", "geojson", "link")
"""Which copy of a part CKAN's readers are given, first wish first: it has room for one."""

_LEGACY: Final[Mapping[str, str]] = {
    "cc-by": "CC-BY-4.0", "cc-zero": "CC0-1.0", "cc-by-sa": "CC-BY-SA-4.0", "odc-by": "ODC-BY-1.0",
    "odc-odbl": "ODbL-1.0", "odc-pddl": "PDDL-1.0",
}
"""Ids of CKAN's own licence register and the licences of ours that they mean."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Package:
    """A dataset as CKAN's words need it: ``told`` and what stands around it.

    ``more`` are members that came in CKAN's words and have none of ours; ``parts`` the same for each part by its name.
    """

    told: Described
    name: str
    organisation: Mapping[str, Any] | None
    created: datetime
    changed: datetime
    state: str = "active"
    private: bool = False
    creator: str | None = None
    more: Mapping[str, Any] = field(default_factory=dict)
    parts: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)


def moment(at: datetime | None) -> str | None:
    """Write a moment as CKAN does: UTC without saying so, with microseconds."""
    return None if at is None else at.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="microseconds")


def resource_id(dataset: str, name: str) -> str:
    """Give the id of a part: a UUID (version 8) that begins like its dataset's and ends with a hash of its name."""
    own = uuid.UUID(dataset).hex
    return str(uuid.UUID(f"{own[:12]}8{own[13:20]}{blake2b(name.encode(), digest_size=6).hexdigest()}"))


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


def theme_of(group: str) -> str:
    """Give the theme that a group of this name or id is, "" for none."""
    return next((code for code in THEMES if group_name(code) == group.lower()), "")


def licence_of(given: str) -> str:
    """Give the licence of ours that an id of CKAN's register means, "" when there is none."""
    return given if given in LICENCES else _LEGACY.get(given, "")


def licence(code: str, language: str = "en") -> dict[str, Any]:
    """Write an entry of the licence register."""
    one = LICENCES[code]
    title = one.title.get(language) or one.title["en"]
    return {
        "id": code, "title": title, "url": one.uri, "status": "active", "family": "", "maintainer": "",
        "is_generic": False, "isopen": one.open, "is_okd_compliant": one.open, "is_osi_compliant": False,
        "od_conformance": "approved" if one.open else "not reviewed", "osd_conformance": "not reviewed",
        "domain_content": True, "domain_data": True, "domain_software": False,
    }


def group(theme: str, language: str) -> dict[str, Any]:
    """Write a theme as the group that a package names."""
    one = THEMES[theme]
    title = one.title.get(language) or one.title["en"]
    return {
        "description": "", "display_name": title, "id": group_name(theme), "image_display_url": "",
        "name": group_name(theme), "title": title,
    }


def tag(name: str) -> dict[str, Any]:
    """Write a tag; without controlled vocabularies its name is its id."""
    return {"display_name": name, "id": name, "name": name, "state": "active", "vocabulary_id": None}


def write(one: Package, language: str = "vi") -> dict[str, Any]:
    """Write the dictionary of ``package_show``."""
    told, about = one.told, one.told.about
    contact = about.contact
    resources = [resource(one, part, at) for at, part in enumerate(told.parts)]
    return {
        **_licensed(one, language),
        "author": None, "author_email": None, "maintainer": contact.name if contact else None,
        "maintainer_email": contact.email if contact else None, "url": about.source_url or told.page, "version": None,
        **{key: value for key, value in one.more.items() if key not in ("extras", "license_id", "id")},
        "creator_user_id": one.creator, "id": one.more.get("id") or told.id, "name": one.name,
        "title": told.words(about.title) or one.name, "notes": told.words(about.description), "type": "dataset",
        "state": one.state, "private": one.private,
        "metadata_created": moment(one.created), "metadata_modified": moment(one.changed),
        "owner_org": one.organisation["id"] if one.organisation else None, "organization": one.organisation,
        "extras": _extras(one), "groups": [group(code, language) for code in about.themes if code in THEMES],
        "tags": [tag(name) for name in sorted(about.tags)], "num_tags": len(about.tags),
        "resources": resources, "num_resources": len(resources),
        "relationships_as_object": [], "relationships_as_subject": [],
    }


def _licensed(one: Package, language: str) -> dict[str, Any]:
    code = one.told.about.licence
    given = one.more.get("license_id")
    shown: dict[str, Any] = {"license_id": given or code, "isopen": False}
    if code in LICENCES:
        entry = licence(code, language)
        shown |= {"license_title": entry["title"], "license_url": entry["url"], "isopen": entry["isopen"]}
    else:
        shown["license_title"] = given or ""
    return shown


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
    kept = [{"key": str(each["key"]), "value": str(each["value"])} for each in one.more.get("extras", ())]
    there = {each["key"] for each in kept}
    return [*kept, *({"key": key, "value": value} for key, value in ours.items() if value and key not in there)]


def _others(one: Package, text: Mapping[str, str]) -> list[tuple[str, str]]:
    """Give the words in the languages that the main member does not speak."""
    main = one.told.words(text)
    return [(language, words) for language, words in text.items() if words and words != main]


def resource(one: Package, part: Part, position: int) -> dict[str, Any]:
    """Write the dictionary of ``resource_show``: one copy of a part, the most useful one."""
    copy = _chosen(part)
    told, kept = one.told, dict(one.parts.get(part.name, {}))
    known = kept.pop("id", None)
    return {
        "cache_last_updated": None, "cache_url": None, "description": "", "mimetype": copy.media_type or None,
        "mimetype_inner": None, "resource_type": None, "size": copy.bytes, "format": _format(part, copy),
        "hash": copy.sha256, "name": told.words(part.title) or part.name, "url": copy.url,
        **kept,
        "created": moment(told.issued or one.created), "last_modified": moment(told.modified),
        "metadata_modified": moment(told.modified), "id": known or resource_id(told.id, part.name),
        "package_id": one.more.get("id") or told.id, "position": position, "state": "active",
        "url_type": None if part.kind == "link" else "upload", "datastore_active": False,
    }


def _chosen(part: Part) -> Copy:
    """Give the copy that CKAN's readers get; one without address where nobody may have any."""
    order = {role: at for at, role in enumerate(ROLES)}
    found = sorted(part.copies, key=lambda copy: order.get(copy.role, len(order)))
    return found[0] if found else Copy(name=part.name, url="", role="link")


def _format(part: Part, copy: Copy) -> str:
    name = copy.name if part.kind != "link" else copy.url.partition("?")[0].rpartition("/")[2]
    ending = name.rpartition(".")[2] if "." in name else ""
    return ending.upper() if ending.isalnum() and len(ending) < 9 else ""  # noqa: PLR2004 - longer ones are no endings
