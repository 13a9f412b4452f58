"""package_revise, and what else changes several members or datasets at once: order, owner, visibility."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fnmatch import fnmatchcase
from typing import Any, Final

import orjson

from api.dialects.ckan import writing
from api.dialects.ckan.action import WRITES, Action, Call, Wrong
from api.dialects.ckan.shown import Shown, found_entry
from catalog.errors import NotAllowed, NotFound
from catalog.model import NOBODY, Closing
from catalog.permit import may

LEAST: Final = 5
"""Characters of a resource's id that name it in ``update__resources__<id>``."""
MOST: Final = 1000
Rule = tuple[bool, tuple[str, ...]]
"""Whether what a path names is kept, and the path."""


def package_revise(call: Call) -> dict[str, Any]:
    """Answer ``package_revise``: match, filter, update, include."""
    wanted = _said(call, "match")
    if not (wanted.get("id") or wanted.get("name")):
        raise Wrong({"match__id": "Missing value"})
    if call.files:
        raise Wrong({next(iter(call.files)): ["Files are sent with resource_create or resource_patch"]})
    entry, version = found_entry(call, str(wanted.get("id") or wanted["name"]))
    if not may(call.caller, "describe", organisation=entry.organisation):
        raise NotAllowed
    before = Shown(call).package(entry, version)
    unlike = [name for name, value in wanted.items() if not _like(before, {name: value})]
    if unlike:
        raise Wrong({"match": unlike})
    revised = _filtered(before, _rules(call, "filter"))
    revised = {**revised, "id": before["id"], "name": revised.get("name") or before["name"]}
    revised = _merged(revised, _said(call, "update"), ("update",))
    for name in ("title", "notes", "license_id", "url", "version", "author", "author_email", "maintainer",
                 "maintainer_email"):
        revised.setdefault(name, "")
    for name in ("tags", "extras", "groups", "resources"):
        revised.setdefault(name, [])
    shown = writing.change(call, writing.tidied(revised), entry.id)
    told: dict[str, Any] = _filtered({"package": shown}, _rules(call, "include"))
    return told


def _plain(value: Any, name: str) -> Any:
    """Give JSON out of a text that looks like it: forms send texts."""
    if isinstance(value, str) and value.lstrip()[:1] in ("{", "["):
        try:
            return orjson.loads(value)
        except orjson.JSONDecodeError:
            raise Wrong({name: ["Could not parse as valid JSON"]}) from None
    return value


def _said(call: Call, prefix: str) -> dict[str, Any]:
    """Give what is said of a part of the call, flattened keys (``match__name``) put together."""
    found = _plain(call.given.get(prefix) or {}, prefix)
    if not isinstance(found, dict):
        raise Wrong({prefix: ["Must be a dict"]})
    found = dict(found)
    for name, value in call.given.items():
        first, *path = name.split("__")
        if first == prefix and path:
            _put(found, path, _plain(value, name), name)
    return found


def _put(found: dict[str, Any], path: Sequence[str], value: Any, name: str) -> None:
    for step in path[:-1]:
        there = found.setdefault(step, {})
        if isinstance(there, list):
            there = found[step] = {str(at): one for at, one in enumerate(there)}
        if not isinstance(there, dict):
            raise Wrong({name: ["Conflicts with another value"]})
        found = there
    found[path[-1]] = value


def _like(there: Any, wanted: Mapping[str, Any]) -> bool:
    """Tell whether a dataset is as it was to be."""
    for name, value in wanted.items():
        try:
            held = _item(there, name)
        except KeyError:
            return False
        within = isinstance(value, Mapping) and isinstance(held, dict | list)
        if not _like(held, value) if within else value != held and str(value) != str(held):
            return False
    return True


def _item(there: Any, name: str) -> Any:
    return there[_place(there, name)] if isinstance(there, list) else there[name]


def _place(there: Sequence[Any], name: str) -> int:
    """Find the place in a list that a key names: a number, or the beginning of one id alone; raises KeyError."""
    if name.lstrip("-").isdecimal() and len(name) < LEAST and -len(there) <= int(name) < len(there):
        return int(name)
    ids = [str(one.get("id", "")) if isinstance(one, Mapping) else "" for one in there]
    found = [at for at, one in enumerate(ids) if one.startswith(name)] if len(name) >= LEAST else []
    if len(found) != 1:
        raise KeyError(name)
    return found[0]


def _rules(call: Call, name: str) -> list[Rule]:
    given = _plain(call.given.get(name) or [], name)
    if not isinstance(given, str | list):
        raise Wrong({name: ["Not a list"]})
    every = given if isinstance(given, list) else given.split(",")
    found: list[Rule] = []
    for one in (str(each).strip() for each in every):
        sign = one[:1] if one[:1] in "+-" else "+" if name == "include" else ""
        path = tuple(one.removeprefix(sign).split("__"))
        if not sign or not all(path):
            raise Wrong({name: [f"Pattern must begin with + or -: {one[:100]}"]})
        found.append((sign == "+", path))
    return found


def _filtered(value: Any, rules: Sequence[Rule]) -> Any:
    """Give what the rules keep: the first that names a thing counts, a deeper one only for what lies in it."""
    if isinstance(value, list):
        pairs = [(at, one, _inside(rules, value, str(at), one)) for at, one in enumerate(value)]
        return [_filtered(one, [*deeper, *_default(keeps)]) for _, one, (keeps, deeper) in pairs if keeps or deeper]
    if not isinstance(value, dict):
        return value
    found = {name: (one, *_inside(rules, value, name, one)) for name, one in value.items()}
    return {name: _filtered(one, [*deeper, *_default(keeps)]) if isinstance(one, dict | list) else one
            for name, (one, keeps, deeper) in found.items()
            if keeps or (deeper and isinstance(one, dict | list))}


def _default(keeps: bool) -> list[Rule]:
    return [] if keeps else [(False, ("*",))]


def _inside(rules: Sequence[Rule], there: Any, name: str, one: Any) -> tuple[bool, list[Rule]]:
    """Say whether an item is kept, and the rules for what lies in it."""
    deeper: list[Rule] = []
    for keeps, (head, *rest) in rules:
        named = fnmatchcase(name, head) or (
            isinstance(there, list) and isinstance(one, dict) and len(head) >= LEAST
            and str(one.get("id", "")).startswith(head)
        )
        if named and not rest:
            return keeps, [rule for rule in deeper if rule[0] != keeps]
        if named:
            deeper.append((keeps, tuple(rest)))
    return True, deeper


def _merged(there: dict[str, Any], update: Mapping[str, Any], where: tuple[str, ...]) -> dict[str, Any]:
    """Write an update over a dictionary: dictionaries go into what is there, lists and values replace it."""
    made = dict(there)
    for name, value in update.items():
        held = made.get(name)
        if isinstance(held, list) and isinstance(value, Mapping):
            made[name] = _into_list(held, value, (*where, name))
        elif isinstance(held, dict) and isinstance(value, Mapping):
            made[name] = _merged(held, value, (*where, name))
        else:
            made[name] = value
    return made


def _into_list(there: list[Any], update: Mapping[str, Any], where: tuple[str, ...]) -> list[Any]:
    made = list(there)
    for name, value in update.items():
        path = "__".join((*where[1:], name))
        if name == "extend":
            if not isinstance(value, list):
                raise Wrong({path: [f"Expected list for {'__'.join(where[1:])}"]})
            made += value
            continue
        try:
            at = _place(made, name)
        except KeyError:
            deeper = "".join(f"__{each}" for each in value) if isinstance(value, Mapping) and len(value) == 1 else ""
            raise Wrong({f"{path}{deeper}": [f"Unmatched key {path}"]}) from None
        held = made[at]
        made[at] = _merged(held, value, where) if isinstance(held, dict) and isinstance(value, Mapping) else value
    return made


# --- order, owner, visibility -----------------------------------------------------------------------------------------


def package_resource_reorder(call: Call) -> dict[str, Any]:
    """Answer ``package_resource_reorder``: those that are said come first."""
    entry, version = found_entry(call, call.needed("id"))
    if call.caller.person is None:
        raise NotAllowed
    there = {one["id"]: one for one in Shown(call).package(entry, version)["resources"]}
    wanted = _order(call)
    for key in wanted:
        if key not in there:
            raise Wrong({"order": f"resource_id {key} can not be found"})
    order = [*wanted, *(key for key in there if key not in wanted)]
    writing.change(call, {"resources": [there[key] for key in order]}, entry.id)
    return {"id": call.needed("id"), "order": order}


def _order(call: Call) -> list[str]:
    """Give the ids of an order, each once; raises Wrong."""
    given = call.given.get("order")
    if given is None:
        raise Wrong({"order": ["Missing value"]})
    if isinstance(given, str) and "," in given:
        given = call.names("order")
    if not isinstance(given, list):
        raise Wrong({"order": "Must be a list of resource"})
    wanted = [str(one) for one in given]
    if len(set(wanted)) < len(wanted):
        raise Wrong({"order": "Must supply unique resource_ids"})
    return wanted


def package_owner_org_update(call: Call) -> None:
    """Answer ``package_owner_org_update``: a dataset moves when agencies are reorganised, not here."""
    if call.caller.person is None:
        raise NotAllowed
    writing.change(call, {"owner_org": call.needed("organization_id")}, call.needed("id"))


def _bulk(call: Call, given: Mapping[str, Any]) -> None:
    """Change several datasets of one agency."""
    if call.caller.person is None:
        raise NotAllowed
    owner = call.site.catalog.organisation(NOBODY, call.needed("org_id"))
    keys = call.names("datasets")
    if not keys or len(keys) > MOST:
        raise Wrong({"datasets": ["Missing value" if not keys else f"At most {MOST}"]})
    entries = [found_entry(call, key)[0] for key in keys]
    if any(one.organisation != owner.id for one in entries):
        raise NotFound
    for one in entries:
        writing.change(call, dict(given), one.id)


def bulk_update_private(call: Call) -> None:
    """Answer ``bulk_update_private``."""
    _bulk(call, {"private": True})


def bulk_update_public(call: Call) -> None:
    """Answer ``bulk_update_public``."""
    _bulk(call, {"private": False})


def bulk_update_delete(call: Call) -> None:
    """Answer ``bulk_update_delete``."""
    _bulk(call, {"state": "deleted"})


def dataset_purge(call: Call) -> None:
    """Answer ``dataset_purge``: withdrawn for good, its name is free; only its tombstone stays, under its id."""
    if not may(call.caller, "operate"):
        raise NotAllowed
    entry, _ = found_entry(call, call.needed("id"))
    call.changed.append(call.site.catalog.purge(call.caller, entry.id, "Purged through CKAN's API"))


def organization_purge(call: Call) -> None:
    """Answer ``organization_purge``: closed for good, its name and code are free; refused while it has datasets."""
    if not may(call.caller, "restructure"):
        raise NotAllowed
    one = call.site.catalog.organisation(NOBODY, call.needed("id"))
    closing = Closing(act="close", day=call.now.date(), basis="organization_purge through CKAN's API")
    call.site.catalog.purge_organisation(call.caller, one.id, closing)


BULK: Final = {"datasets": "ids or names, at most 1000", "org_id": "their agency"}
OPERATOR: Final = "an operator"
ACTIONS: Final = (
    Action(name="package_revise", summary="Change a dataset if it is as expected.", run=package_revise, verbs=WRITES,
           permission=writing.EDITOR, parameters={
               "match": "what it has to be like, with its id or name; also `match__name`",
               "filter": "`-path` to take members away first, `+path` to keep them: the first that fits counts",
               "update": "what to write over it; also `update__resources__<place or id>__url`, "
               "`update__resources__extend`; a list replaces the list that is there",
               "include": "`+path` of what the answer holds",
           }),
    Action(name="package_resource_reorder", summary="Put the resources of a dataset in order: its next version.",
           run=package_resource_reorder, verbs=WRITES, permission=writing.EDITOR,
           parameters={"id": "the dataset", "order": "ids of resources; the others follow"}),
    Action(name="package_owner_org_update", summary="Taken when it changes nothing: datasets move by reorganisation.",
           run=package_owner_org_update, verbs=WRITES, permission=writing.EDITOR,
           parameters={"id": "the dataset", "organization_id": "its agency"}),
    Action(name="bulk_update_private", summary="Keep datasets to their agency.", run=bulk_update_private, verbs=WRITES,
           permission=writing.EDITOR, parameters=BULK),
    Action(name="bulk_update_public", summary="Make datasets public.", run=bulk_update_public, verbs=WRITES,
           permission=writing.EDITOR, parameters=BULK),
    Action(name="bulk_update_delete", summary="Withdraw datasets.", run=bulk_update_delete, verbs=WRITES,
           permission="a reviewer of the agency", parameters=BULK),
    Action(name="dataset_purge", summary="Withdraw a dataset for good and free its name.", run=dataset_purge,
           verbs=WRITES, permission=OPERATOR, parameters={"id": "its id or name"}),
    Action(name="organization_purge", summary="Close an agency without datasets for good and free its name.",
           run=organization_purge, verbs=WRITES, permission=OPERATOR, parameters={"id": "its id, name or code"}),
)
