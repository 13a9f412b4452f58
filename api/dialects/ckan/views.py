"""Resource views: how a resource is to be shown, as its agency says; kept as marks beside the dataset."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any, Final

from api.dialects.ckan.action import WRITES, Action, Call, Wrong
from api.dialects.ckan.packages import located
from api.dialects.ckan.shown import found_entry, parts_by_id
from api.dialects.ckan.writing import EDITOR
from catalog.errors import NotAllowed, NotFound
from catalog.model import Entry, Mark
from catalog.permit import may
from standards.metadata import ckan

KIND: Final = "view"
OWN: Final = frozenset({"id", "resource_id", "package_id", "title", "description", "view_type"})
MOST: Final = 100
"""Views of one resource."""
LARGEST: Final = 20_000
"""Characters that the members of a view may have together."""


def dictionary(one: Mark, resource: str, package: str) -> dict[str, Any]:
    """Give the dictionary of a view; its configuration stands flat beside its own members."""
    config = one.body.get("config") or {}
    return {
        **config, "id": one.id, "resource_id": resource, "package_id": package,
        "title": str(one.body.get("title") or ""), "description": str(one.body.get("description") or ""),
        "view_type": str(one.body["view_type"]),
    }


def of_resource(call: Call, entry: Entry, part: str) -> list[Mark]:
    """Give the views of a resource in their order."""
    found = [one for one in call.site.catalog.marks(KIND, subjects=[entry.id]) if one.body.get("part") == part]
    return sorted(found, key=lambda one: (one.body.get("order", 0), one.created))


def _part(call: Call, key: str) -> tuple[Entry, str, dict[str, Any]]:
    """Find a resource: its dataset, its name and its dictionary; raises NotFound."""
    entry, version, shown = located(call, key)
    return entry, parts_by_id(call, entry.id, version.resources)[str(shown["id"])].name, shown


def _found(call: Call, key: str) -> tuple[Mark, Entry, dict[str, Any]]:
    """Find a view whose resource the caller may see; raises NotFound."""
    one = call.site.catalog.mark(KIND, key)
    if one is None:
        raise NotFound
    entry, _ = found_entry(call, one.subject)
    _, _, shown = located(call, ckan.resource_id(entry.id, str(one.body["part"])))
    return one, entry, shown


def resource_view_list(call: Call) -> list[dict[str, Any]]:
    """Answer ``resource_view_list``."""
    entry, part, shown = _part(call, call.needed("id"))
    return [dictionary(one, shown["id"], shown["package_id"]) for one in of_resource(call, entry, part)]


def resource_view_show(call: Call) -> dict[str, Any]:
    """Answer ``resource_view_show``."""
    one, _, shown = _found(call, call.needed("id"))
    return dictionary(one, shown["id"], shown["package_id"])


def resource_view_create(call: Call) -> dict[str, Any]:
    """Answer ``resource_view_create``."""
    if call.caller.person is None:
        raise NotAllowed
    try:
        entry, part, shown = _part(call, call.needed("resource_id"))
    except NotFound:
        raise Wrong({"resource_id": [f"Resource not found: {call.text('resource_id')}"]}) from None
    _must(call, entry)
    there = of_resource(call, entry, part)
    if len(there) >= MOST:
        raise Wrong({"resource_id": [f"A resource has at most {MOST} views"]})
    made = _keep(call, entry, str(uuid.uuid4()), _body(call, part, {"order": len(there)}))
    return dictionary(made, shown["id"], shown["package_id"])


def _must(call: Call, entry: Entry) -> None:
    if not may(call.caller, "describe", organisation=entry.organisation):
        raise NotAllowed


def _body(call: Call, part: str, before: Mapping[str, Any]) -> dict[str, Any]:
    needed = ("title", "view_type")
    missing = {name: ["Missing value"] for name in needed if not (call.given.get(name) or before.get(name))}
    config = {name: value for name, value in call.given.items() if name not in OWN and name != "config"}
    if isinstance(call.given.get("config"), dict):
        config |= call.given["config"]
    wrong = {**missing, **({"config": ["Too long"]} if len(str(config)) > LARGEST else {})}
    if wrong:
        raise Wrong(wrong)
    said = {name: call.text(name) for name in ("title", "description", "view_type") if name in call.given}
    return {**before, **said, "part": part, "config": {**before.get("config", {}), **config}}


def _keep(call: Call, entry: Entry, key: str, body: Mapping[str, Any]) -> Mark:
    made: Mark = call.site.catalog.keep_mark(call.caller, "describe", KIND, key, organisation=entry.organisation,
                                             subject=entry.id, body=body)
    return made


def resource_view_update(call: Call) -> dict[str, Any]:
    """Answer ``resource_view_update``: what is not said stays."""
    if call.caller.person is None:
        raise NotAllowed
    one, entry, shown = _found(call, call.needed("id"))
    _must(call, entry)
    made = _keep(call, entry, one.id, _body(call, str(one.body["part"]), one.body))
    return dictionary(made, shown["id"], shown["package_id"])


def resource_view_reorder(call: Call) -> dict[str, Any]:
    """Answer ``resource_view_reorder``: those that are said come first."""
    if call.caller.person is None:
        raise NotAllowed
    missing = {name: ["Missing value"] for name in ("id", "order") if not call.given.get(name)}
    if missing:
        raise Wrong(missing)
    entry, part, shown = _part(call, call.needed("id"))
    _must(call, entry)
    if not isinstance(call.given["order"], list):
        raise Wrong({"order": "Must supply order as a list"})
    wanted = [str(one) for one in call.given["order"]]
    there = {one.id: one for one in of_resource(call, entry, part)}
    if len(set(wanted)) < len(wanted):
        raise Wrong({"order": "No duplicates allowed in order"})
    for key in wanted:
        if key not in there:
            raise Wrong({"order": f"View {key} does not exist"})
    order = [*wanted, *(key for key in there if key not in wanted)]
    for at, key in enumerate(order):
        _keep(call, entry, key, {**there[key].body, "order": at})
    return {"id": shown["id"], "order": order}


def resource_view_delete(call: Call) -> dict[str, Any]:
    """Answer ``resource_view_delete``: of which resource it was."""
    if call.caller.person is None:
        raise NotAllowed
    one, entry, shown = _found(call, call.needed("id"))
    call.site.catalog.drop_mark(call.caller, "describe", KIND, one.id, organisation=entry.organisation)
    return {"resource_id": shown["id"]}


def resource_view_clear(call: Call) -> None:
    """Answer ``resource_view_clear``: all views of the site, or those of some types."""
    if not may(call.caller, "operate"):
        raise NotAllowed
    kinds = call.names("view_types")
    for one in call.site.catalog.marks(KIND, limit=10**6):
        if not kinds or one.body.get("view_type") in kinds:
            call.site.catalog.drop_mark(call.caller, "operate", KIND, one.id)


def _defaults(call: Call, key: str) -> list[dict[str, Any]]:
    """Give a resource whose rows can be asked a view of its table, where it has none yet."""
    entry, part, shown = _part(call, key)
    _must(call, entry)
    if shown["url_type"] != "upload" or of_resource(call, entry, part):
        return []
    body = {"title": "Table", "description": "", "view_type": "datatables_view", "part": part, "config": {}, "order": 0}
    return [dictionary(_keep(call, entry, str(uuid.uuid4()), body), shown["id"], shown["package_id"])]


def resource_defaults(call: Call) -> list[dict[str, Any]]:
    """Answer ``resource_create_default_resource_views``."""
    if call.caller.person is None:
        raise NotAllowed
    return _defaults(call, _id_in(call, "resource"))


def package_defaults(call: Call) -> list[dict[str, Any]]:
    """Answer ``package_create_default_resource_views``."""
    if call.caller.person is None:
        raise NotAllowed
    entry, version = found_entry(call, _id_in(call, "package"))
    parts = version.resources if version else ()
    return [one for part in parts for one in _defaults(call, ckan.resource_id(entry.id, part.name))]


def _id_in(call: Call, name: str) -> str:
    given = call.given.get(name)
    key = given.get("id") if isinstance(given, dict) else given
    if not isinstance(key, str) or not key:
        raise Wrong({name: ["Missing value"]})
    return key


MEMBERS: Final = {
    "title": "its title", "description": "kept", "view_type": "as of CKAN: datatables_view, text_view …",
    "config": "members of it stand beside the others, as every further one does",
}
ACTIONS: Final = (
    Action(name="resource_view_list", summary="Give the views of a resource.", run=resource_view_list,
           parameters={"id": "the resource's id"}),
    Action(name="resource_view_show", summary="Give a view.", run=resource_view_show, parameters={"id": "its id"}),
    Action(name="resource_view_create", summary="Make a view of a resource.", run=resource_view_create, verbs=WRITES,
           permission=EDITOR, parameters={"resource_id": "of what", **MEMBERS}),
    Action(name="resource_view_update", summary="Change a view.", run=resource_view_update, verbs=WRITES,
           permission=EDITOR, parameters={"id": "its id", **MEMBERS}),
    Action(name="resource_view_reorder", summary="Put the views of a resource in order.", run=resource_view_reorder,
           verbs=WRITES, permission=EDITOR, parameters={"id": "the resource's id", "order": "ids of views"}),
    Action(name="resource_view_delete", summary="Take a view away.", run=resource_view_delete, verbs=WRITES,
           permission=EDITOR, parameters={"id": "its id"}),
    Action(name="resource_view_clear", summary="Take all views away.", run=resource_view_clear, verbs=WRITES,
           permission="an operator", parameters={"view_types": "only those of these types"}),
    Action(name="resource_create_default_resource_views", summary="Give a table a view of its rows.",
           run=resource_defaults, verbs=WRITES, permission=EDITOR,
           parameters={"resource": "its dictionary", "package": "taken and left",
                       "create_datastore_views": "taken and left"}),
    Action(name="package_create_default_resource_views", summary="Give every table of a dataset a view of its rows.",
           run=package_defaults, verbs=WRITES, permission=EDITOR,
           parameters={"package": "its dictionary", "create_datastore_views": "taken and left"}),
)
