"""Resources as they are written: links at once, uploads through the same check as every other file."""

from __future__ import annotations

import mimetypes
import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import chain, count
from typing import Any, Final
from urllib.parse import urlsplit

from api.dialects.ckan import descriptor, judging
from api.dialects.ckan.action import WRITES, Action, Call, Sent, Wrong
from api.dialects.ckan.datastore.writing import for_rows
from api.dialects.ckan.packages import located
from api.dialects.ckan.shown import found_entry, parts_by_id
from api.dialects.ckan.writing import EDITOR, addressed, link_problems, publishes, resource_of, tidied
from catalog.errors import NotAllowed, NotFound
from catalog.members import slug_of
from catalog.model import Entry, Options, Resource, Submission
from pipelines.steps.receive import clean_name, receive, refuse_beside_standard, schema_of
from standards.metadata import ckan

TYPES: Final = mimetypes.MimeTypes()
"""Media types by the endings of addresses, as CKAN guesses them."""

PATIENCE: Final = 60.0
"""Seconds that a client waits for the check of its file; after them it is told where the report will be."""

MEMBERS: Final = {
    "url": "a link", "name": "its title", "description": "kept", "format": "kept for a link", "hash": "kept for a link",
    "mimetype": "kept for a link", "mimetype_inner": "kept", "resource_type": "kept", "size": "kept for a link",
    "cache_url": "kept", "cache_last_updated": "kept", "last_modified": "kept for a link", "created": "taken and left",
    "upload": "a file (multipart), which is checked like every other before it is published; a datapackage.json that "
              "tells of the dataset's files is kept as what it says of them",
    "schema": "a Table Schema (JSON) that an uploaded table is checked against, where no standard holds",
    "clear_upload": "taken, an upload is replaced by another one",
}


def resource_create(call: Call) -> dict[str, Any]:
    """Answer ``resource_create``."""
    entry = _owned(call, call.needed("package_id"))
    given = tidied(call.given)
    version = found_entry(call, entry.id)[1]
    if "upload" in call.files:
        said = descriptor.read(call.files["upload"])
        if said is not None:
            return _packaged(call, entry, said)
        old = descriptor.same_as(given, version.resources if version else ())
        return _uploaded(call, entry, given, old)
    taken = {one.name for one in version.resources} if version else set()
    if given.get("url_type") == "datastore" or not given.get("url"):
        if errors := judging.resource(given):
            raise Wrong(errors)
        made = for_rows(call, entry, given, taken)
    else:
        made = resource_of(call, _link(given), None, taken)
    return _arranged(call, entry, made, lambda before: [*before, made])


def _packaged(call: Call, entry: Entry, said: Mapping[str, Any]) -> dict[str, Any]:
    """Take a package's own descriptor: a link to ours, which says what is true here; parts get what it has for them."""
    made = descriptor.link(call, entry, said)
    if not publishes(call, entry):  # it waits with the files that it tells of; ours is there when they are
        return _shown_apart(entry, made)

    def change(before: Sequence[Resource]) -> list[Resource]:
        return [*(descriptor.described(call, one, said) for one in before if one.name != made.name), made]

    return _arranged(call, entry, made, change)


def _shown_apart(entry: Entry, one: Resource) -> dict[str, Any]:
    """Show a part that no version holds."""
    return {
        **one.more, "id": ckan.resource_id(entry.id, one.name), "package_id": entry.id, "name": one.name,
        "url": one.url, "url_type": None, "state": "draft", "description": "", "position": 0,
    }


def _owned(call: Call, key: str) -> Entry:
    """Find a dataset that the caller may add to."""
    entry, _ = found_entry(call, key)
    if call.caller.person is None:
        raise NotAllowed
    return call.site.catalog.may_submit(call.caller, entry.id)


def _link(given: Mapping[str, Any]) -> dict[str, Any]:
    """Give the members of a link, with the media type that its address tells; raises Wrong."""
    members = addressed(given)
    if errors := {**link_problems(members), **judging.resource(members)}:
        raise Wrong(errors)
    return {"mimetype": TYPES.guess_type(urlsplit(str(members["url"])).path)[0], **members}


def _arranged(call: Call, entry: Entry, one: Resource, change: Any) -> dict[str, Any]:
    """Make the next version and give the resource out of it."""
    if call.site.catalog.arrange(call.caller, entry.id, change) is not None:
        call.changed.append(entry.id)
    return located(call, ckan.resource_id(entry.id, one.name))[2]


def resource_update(call: Call) -> dict[str, Any]:
    """Answer ``resource_update``."""
    return _changed(call, {})


def resource_patch(call: Call) -> dict[str, Any]:
    """Answer ``resource_patch``: what is not said stays."""
    return _changed(call, None)


def _changed(call: Call, kept: Mapping[str, Any] | None) -> dict[str, Any]:
    found, version, shown = located(call, call.needed("id"))
    entry = _owned(call, found.id)
    old = _held(call, entry, version.resources, str(shown["id"]))
    given = tidied(call.given)
    if "upload" in call.files:
        return _uploaded(call, entry, given, old)
    if kept is None:
        given = {**old.more, "name": call.words(old.title), **given}
    if old.kind == "link" and "url" in given:
        given = _link(given)
    elif errors := judging.resource(given):
        raise Wrong(errors)
    made = resource_of(call, given, old, set())
    return _arranged(call, entry, made, lambda before: [made if one.name == old.name else one for one in before])


def _held(call: Call, entry: Entry, resources: Sequence[Resource], key: str) -> Resource:
    found = parts_by_id(call, entry.id, resources).get(key)
    if found is None:
        raise NotFound
    return found


def resource_delete(call: Call) -> None:
    """Answer ``resource_delete``: the next version is without it."""
    found, version, shown = located(call, call.needed("id"))
    if call.caller.person is None:
        raise NotAllowed
    old = _held(call, found, version.resources, str(shown["id"]))
    call.site.catalog.remove_resource(call.caller, found.id, old.name)
    for key in call.site.catalog.tables_there([ckan.resource_id(found.id, old.name)]):
        call.site.catalog.drop_table(call.caller, key)
        call.site.snapshots.forget(key)
    call.changed.append(found.id)


# --- uploads ----------------------------------------------------------------------------------------------------------


def _uploaded(call: Call, entry: Entry, given: Mapping[str, Any], old: Resource | None) -> dict[str, Any]:
    """Send a file through the check and wait for its end; raises Wrong with what keeps it from being published."""
    sent = call.files["upload"]
    name = old.name if old else _named(call, entry, given, sent)
    sent.stream.seek(0)
    given, options = descriptor.members_of(given), Options(resource=name, schema=_schema(given))
    refuse_beside_standard(call.site.catalog, options, entry)
    one = receive(
        call.site.catalog, call.site.files, call.caller, entry.id, sent.stream, clean_name(sent.name),
        options, limit=call.site.upload_limit, media_type=sent.media_type,
    )
    call.changed.append(entry.id)
    one = _ended(call, one)
    if one.state in ("blocked", "failed", "rejected"):
        code = str((one.reason or {}).get("code", ""))
        said = f"The file was checked and not published ({one.state}, {code}). Report: {_report(call, one)}"
        raise Wrong({"upload": [said]})
    if one.state != "published":
        return _waiting(call, entry, one, name)
    _described(call, entry, name, given)
    return located(call, ckan.resource_id(entry.id, name))[2]


def _schema(given: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """Give the Table Schema (JSON) that a file is to be checked against, as ckanext-validation takes it."""
    said = given.get("schema")
    if descriptor.sent_by_frictionless(given) or said in (None, "", [], {}):
        return None
    if isinstance(said, str) and said.lstrip().startswith("{"):
        return schema_of(said)
    raise Wrong({"schema": ["Must be a Table Schema as JSON; addresses are not followed"]})


def _named(call: Call, entry: Entry, given: Mapping[str, Any], sent: Sent) -> str:
    version = found_entry(call, entry.id)[1]
    taken = {one.name for one in version.resources} if version else set()
    words = str(given.get("name") or sent.name.rpartition(".")[0] or "resource")
    made = slug_of(words, "resource")
    return next(one for one in chain([made], (f"{made}-{number}" for number in count(2))) if one not in taken)


def _ended(call: Call, one: Submission) -> Submission:
    end = time.monotonic() + PATIENCE
    while one.state in ("received", "checking", "ready") and time.monotonic() < end:
        time.sleep(0.05)
        one = call.site.catalog.submission(call.caller, one.id)
    return one


def _report(call: Call, one: Submission) -> str:
    return f"{call.site.url}/submissions/{one.id}"


def _waiting(call: Call, entry: Entry, one: Submission, name: str) -> dict[str, Any]:
    """Say of a file that waits for its check or for a second person what there will be."""
    return {
        "id": ckan.resource_id(entry.id, name), "package_id": entry.id, "name": name, "url": _report(call, one),
        "url_type": "upload", "state": "draft", "description": "", "format": ckan.ending(one.staged.name),
        "hash": one.staged.sha256, "size": one.staged.bytes, "created": ckan.moment(one.created), "position": 0,
        "mimetype": one.staged.media_type or None, "last_modified": None, "metadata_modified": ckan.moment(one.created),
    }


def _described(call: Call, entry: Entry, name: str, given: Mapping[str, Any]) -> None:
    """Give an uploaded table the title and what else was said of it, where that is anything."""

    def change(before: Sequence[Resource]) -> list[Resource]:
        return [
            replace(resource_of(call, {**one.more, **given}, one, set()), files=one.files) if one.name == name else one
            for one in before
        ]

    call.site.catalog.arrange(call.caller, entry.id, change)


ACTIONS: Final = (
    Action(name="resource_create", summary="Add a link or a file to a dataset: its next version.", run=resource_create,
           verbs=WRITES, permission=EDITOR, parameters={"package_id": "the dataset's id or name", **MEMBERS}),
    Action(name="resource_update", summary="Write a resource anew, or replace its file.", run=resource_update,
           verbs=WRITES, permission=EDITOR, parameters={"id": "its id", **MEMBERS}),
    Action(name="resource_patch", summary="Change members of a resource, or replace its file.", run=resource_patch,
           verbs=WRITES, permission=EDITOR, parameters={"id": "its id", **MEMBERS}),
    Action(name="resource_delete", summary="Make the dataset's next version without a resource.", run=resource_delete,
           verbs=WRITES, permission=EDITOR, parameters={"id": "its id"}),
)
