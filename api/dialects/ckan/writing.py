"""Packages as they are written: created, updated, patched, deleted; each change of resources makes the next version."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from itertools import chain, count
from typing import Any, Final
from urllib.parse import urlsplit

from api.dialects.ckan import brought, groups, judging, vocabularies
from api.dialects.ckan.action import WRITES, YES, Action, Call, Wrong
from api.dialects.ckan.shown import Shown, found_entry, parts_by_id
from catalog.errors import NotAllowed, NotFound
from catalog.members import slug_of
from catalog.model import NOBODY, Entry, Organisation, Resource, Version
from catalog.permit import may
from standards.metadata import ckan
from standards.portable import to_json
from standards.record import Dataset

EDITOR: Final = "an editor of the agency"
BARE: Final = re.compile(r"[A-Za-z0-9\-]+(\.[A-Za-z0-9\-]+)+(:\d+)?(?=/|$)[^\s]*$")
UNSAID: Final[Mapping[str, Any]] = {
    "tags": [], "extras": [], "groups": [], **dict.fromkeys((
        "title", "notes", "license_id", "url", "version", "author", "author_email", "maintainer",
        "maintainer_email"), ""),
}
"""What package_update takes away unless it is said."""

REASON: Final = "Deleted through CKAN's API"
MEMBERS: Final = {
    "name": "its address", "title": "its title, the name unless said", "private": "true keeps it to the agency",
    "author": "kept", "author_email": "kept", "maintainer": "whom to ask", "maintainer_email": "at which address",
    "license_id": "an id of license_list, or one of CKAN's own", "notes": "its description", "url": "where it is from",
    "version": "kept", "state": "active, or draft", "type": "`dataset` unless said; it stays as it was made",
    "resources": "links; with an id of a resource that is there, that one", "tags": "[{name, vocabulary_id}]",
    "tag_string": "tags between commas", "extras": "[{key, value}]", "groups": "[{name}]: themes; others are kept",
    "owner_org": "its agency, by id, name or code", "plugin_data": "taken and left",
    "relationships_as_object": "taken and left", "relationships_as_subject": "taken and left",
}


def package_create(call: Call) -> dict[str, Any]:
    """Answer ``package_create``."""
    if call.caller.person is None:
        raise NotAllowed
    given = tidied(call.given)
    errors: dict[str, Any] = {}
    owner = _owner(call, given, errors)
    errors = {**judging.package(given, named=True), **errors}
    if errors or owner is None:
        raise Wrong(errors)
    given = judging.plain(given)
    resources = arranged(call, (), given.get("resources") or [])
    about = _read(call, {**given, "title": given.get("title") or given["name"]}, Dataset(title={}))
    visibility = "private" if _yes(given, "private") else "public"
    catalog, name = call.site.catalog, str(given["name"])
    version: Version | None = None
    if given.get("state") != "draft" and _releases(call, owner):
        made, version = catalog.create(call.caller, owner.id, about, resources, slug=name, visibility=visibility)
    else:
        made = catalog.draft(call.caller, owner.id, about, slug=name, visibility=visibility)
    call.changed.append(made.id)
    if version is not None and brought.dataset(call, made, resources, given.get("resources") or []):
        return Shown(call, [owner]).package(made, version)
    return Shown(call, [owner]).new(made, version)


def _owner(call: Call, given: Mapping[str, Any], errors: dict[str, Any]) -> Organisation | None:
    """Find the agency of a new dataset, or note what is wrong with it; who may make none there hears it first."""
    if not any(may(call.caller, "draft", organisation=one) for one in ("", *call.caller.roles)):
        raise call.denied("create packages")
    key = given.get("owner_org")
    if not key or isinstance(key, list | dict):
        errors["owner_org"] = ["An organization must be provided"]
        return None
    try:
        owner = call.site.catalog.organisation(NOBODY, str(key))
    except NotFound:
        if not may(call.caller, "operate"):
            raise call.denied("add dataset to this organization") from None
        errors["owner_org"] = ["Organization does not exist"]
        return None
    if not may(call.caller, "draft", organisation=owner.id):
        raise call.denied("add dataset to this organization")
    return owner


def publishes(call: Call, entry: Entry) -> bool:
    """Tell whether the caller may make it visible by herself; otherwise it stays a draft until somebody releases it."""
    return _releases(call, call.site.catalog.organisation(NOBODY, entry.organisation))


def _releases(call: Call, owner: Organisation) -> bool:
    act = "release" if owner.review == "second_person" else "publish"
    return may(call.caller, act, organisation=owner.id)


def tidied(given: Mapping[str, Any]) -> dict[str, Any]:
    """Give the members with ``tag_string`` as tags, and without those that say nothing."""
    members = {name: value for name, value in given.items() if value is not None}
    if isinstance(members.get("tag_string"), str) and not judging.package(
            {"tag_string": members["tag_string"]}, named=False):
        said = [{"name": one} for one in judging.split(members["tag_string"])]
        members["tags"] = [*judging.dictionaries(members, "tags"), *said]
    return members


def _yes(given: Mapping[str, Any], name: str) -> bool:
    value = given.get(name)
    return value is True or str(value).strip().lower() in YES


def _read(call: Call, given: Mapping[str, Any], before: Dataset) -> Dataset:
    if "groups" in given:
        given = {**given, "groups": groups.of_package(call, given["groups"])}
    if "tags" in given:
        given = {**given, "tags": vocabularies.of_package(call, given["tags"], before.more)}
    return ckan.read(given, before, call.site.language, call.site.standards.tables)


def _shown(call: Call, key: str) -> dict[str, Any]:
    return Shown(call).package(*found_entry(call, key))


# --- changing ---------------------------------------------------------------------------------------------------------


def package_update(call: Call) -> dict[str, Any]:
    """Answer ``package_update``: what is not said is taken away, but for resources, which stay."""
    return change(call, {**UNSAID, **tidied(call.given)})


def package_patch(call: Call) -> dict[str, Any]:
    """Answer ``package_patch``: what is not said stays."""
    call.needed("id")
    return change(call, tidied(call.given))


def change(call: Call, given: dict[str, Any], key: str = "") -> dict[str, Any]:
    """Write what is given over a dataset: that of ``key``, else the one that the call names."""
    entry, version = found_entry(call, key or call.needed("id", "name"))
    if call.caller.person is None or not may(call.caller, "describe", organisation=entry.organisation):
        raise NotAllowed
    if given.get("state") == "deleted":
        delete(call, entry)
        return _shown(call, entry.id)
    if entry.state == "withdrawn":
        raise Wrong({"state": ["A withdrawn dataset stays withdrawn; create another one"]})
    name = given.get("name") or entry.slug
    errors = {**judging.package({**given, "name": name}, named=name != entry.slug), **_moved(call, given, entry)}
    if errors:
        raise Wrong(errors)
    given = {name: value for name, value in judging.plain(given).items() if name != "type"}
    name = str(given.get("name") or entry.slug)
    before = version.resources if version else ()
    wanted = arranged(call, before, given["resources"], entry.id) if "resources" in given else before
    _amend(call, entry, given, name)
    if (version or given.get("state", "active") != "draft") and publishes(call, entry):
        call.site.catalog.arrange(call.caller, entry.id, lambda _: wanted)
    return _shown(call, entry.id)


def _amend(call: Call, entry: Entry, given: Mapping[str, Any], name: str) -> None:
    """Change the describing members, if that changes anything."""
    about = _read(call, {**given, **({"title": given.get("title") or name} if "title" in given else {})}, entry.about)
    visibility = entry.visibility if "private" not in given else "private" if _yes(given, "private") else "public"
    if to_json([about, name, visibility]) != to_json([entry.about, entry.slug, entry.visibility]):
        call.site.catalog.amend(call.caller, entry.id, about=about, slug=name, visibility=visibility)
        call.changed.append(entry.id)


def _moved(call: Call, given: Mapping[str, Any], entry: Entry) -> dict[str, list[str]]:
    """Refuse another agency: datasets move when agencies are reorganised, with a date and a legal basis."""
    if given.get("owner_org") == "":
        return {"owner_org": ["An organization must be provided"]}
    if not given.get("owner_org"):
        return {}
    try:
        owner = call.site.catalog.organisation(NOBODY, str(given["owner_org"]))
    except NotFound:
        return {"owner_org": ["Organization does not exist"]}
    if owner.id == entry.organisation:
        return {}
    draws = may(call.caller, "draft", organisation=owner.id)
    return {"owner_org": ["A dataset stays with its organization" if draws else
                          "You cannot add a dataset to this organization"]}


def package_delete(call: Call) -> None:
    """Answer ``package_delete``: a draft is removed, what was published is withdrawn and leaves a tombstone."""
    entry, _ = found_entry(call, call.needed("id", "name"))
    if call.caller.person is None:
        raise NotAllowed
    delete(call, entry)


def delete(call: Call, entry: Entry) -> None:
    """Take a dataset away."""
    if entry.version is None:
        call.site.catalog.remove_draft(call.caller, entry.id)
    elif entry.state != "withdrawn":
        call.site.catalog.withdraw(call.caller, entry.id, REASON)
    call.changed.append(entry.id)


# --- resources of a package -------------------------------------------------------------------------------------------


def arranged(call: Call, before: Sequence[Resource], given: Sequence[Mapping[str, Any]],
             dataset: str = "") -> tuple[Resource, ...]:
    """Make the resources of a dictionary: known ids keep their resource, others become links; raises Wrong."""
    known = parts_by_id(call, dataset, before) if dataset else {}
    taken = {one.name for one in before}
    made: list[Resource] = []
    errors: list[dict[str, list[str]]] = []
    for members in map(addressed, given):
        there = str(members.get("id")) in known
        errors.append({**({} if there else link_problems(members)), **judging.resource(members)})
        if not errors[-1]:
            made.append(resource_of(call, members, known.get(str(members.get("id"))), taken))
            taken.add(made[-1].name)
    if any(errors):
        raise Wrong({"resources": errors})
    return tuple(made)


def addressed(members: Mapping[str, Any]) -> dict[str, Any]:
    """Give the members of a resource with an address as CKAN makes it: a bare host is one of the web."""
    url = members.get("url")
    if not isinstance(url, str):
        return dict(members)
    url = url.strip().replace(" ", "%20") if "://" in url else url.strip()
    return {**members, "url": f"http://{url}" if BARE.match(url) else url}


def link_problems(members: Mapping[str, Any]) -> dict[str, list[str]]:
    """Say what is wrong with a new link."""
    url = members.get("url")
    if not url:
        return {"url": ["Missing value"]}
    try:
        right = isinstance(url, str) and bool(urlsplit(url).hostname)
    except ValueError:
        right = False
    return {} if right else {"url": ["Not a valid URL"]}


def resource_of(call: Call, members: Mapping[str, Any], old: Resource | None, taken: set[str]) -> Resource:
    """Make a resource of its dictionary; of a table or file of ours only its title and what is kept change."""
    said = {name: value for name, value in members.items() if name not in ckan.OWN and value not in (None, "")}
    title = dict(old.title) if old else {}
    title |= {call.site.language: str(members["name"])} if members.get("name") else {}
    if old is not None and old.kind != "link":
        plain = old.name == members.get("name") and not old.title
        kept = {name: value for name, value in said.items() if name not in ckan.MEASURED}
        return Resource(**{**_members(old), "title": old.title if plain else title, "more": kept})
    url = str(members.get("url") or (old.url if old else ""))
    name = old.name if old else _free(str(members.get("name") or url.partition("?")[0].rpartition("/")[2]), taken)
    said.setdefault("format", ckan.ending(url))
    if "size" in said:
        said["size"] = int(said["size"])
    said |= {name: judging.moment(said[name]) for name in judging.MOMENTS if name in said}
    kind = str(said["format"]).lower()[:50]
    return Resource(name=name, kind="link", title=title, url=url, more=said, format=kind)


def _members(one: Resource) -> dict[str, Any]:
    return {name: getattr(one, name) for name in Resource.__dataclass_fields__}


def _free(words: str, taken: set[str]) -> str:
    """Make a name that no other resource of the dataset has."""
    made = slug_of(words, "resource")[:80].strip("-")
    return next(one for one in chain([made], (f"{made}-{number}" for number in count(2))) if one not in taken)


ACTIONS: Final = (
    Action(name="package_create", summary="Make a dataset, with links as its resources.", run=package_create,
           verbs=WRITES, permission=EDITOR,
           parameters={"id": "an operator's: the id it had elsewhere, by which it is called here too", **MEMBERS}),
    Action(name="package_update", summary="Write a dataset anew; resources that are not said stay.", run=package_update,
           verbs=WRITES, permission=EDITOR, parameters={"id": "its id or name", **MEMBERS}),
    Action(name="package_patch", summary="Change members of a dataset.", run=package_patch, verbs=WRITES,
           permission=EDITOR, parameters={"id": "its id or name", **MEMBERS}),
    Action(name="package_delete", summary="Remove a draft, or withdraw what was published; a tombstone stays.",
           run=package_delete, verbs=WRITES, permission="a reviewer of the agency; an editor for a draft",
           parameters={"id": "its id or name"}),
)
