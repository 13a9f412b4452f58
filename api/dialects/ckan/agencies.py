"""Organizations as they are read: agencies with their counts, datasets and people."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from api.dialects.ckan import besides, people
from api.dialects.ckan.action import Action, Call, Refused
from api.dialects.ckan.shown import Shown, counts, organisation
from catalog.errors import NotAllowed, NotFound
from catalog.model import NOBODY, Organisation, Role
from catalog.permit import may
from catalog.question import Question
from standards.text import collation_key, fold

NAMES_MOST: Final = "ckan.group_and_organization_list_max"
DICTS_MOST: Final = "ckan.group_and_organization_list_all_fields_max"
MOST: Final = 1000
"""Datasets that come with an agency at most."""
CAPACITIES: Final[dict[Role, str]] = {"admin": "admin", "reviewer": "admin", "editor": "editor", "reader": "member"}
"""What CKAN calls a role in an agency; it has no reviewers, who may do what its admins may with datasets."""

ACTS: Final = {
    "read": "see", "create_dataset": "draft", "update_dataset": "describe", "delete_dataset": "withdraw",
    "manage_group": "see", "admin": "manage-agency",
}
"""CKAN's permissions in an agency and our acts."""

LIST: Final = {
    "sort": "`title asc`, `name asc`, `package_count desc`", "order_by": "as of old: name or packages",
    "limit": "so many", "offset": "behind so many", "all_fields": "dictionaries, at most 25 in one answer",
    "organizations": "only these names", "type": "organization, there is no other",
    "include_dataset_count": "false for no counts", "include_extras": "with their extras",
    "include_groups": "taken, there is no hierarchy", "include_users": "with the people who the caller may know of",
}
SHOW: Final = {
    "id": "its id, name or public code", "include_datasets": "with its newest datasets, at most 1000",
    "include_dataset_count": "the count is always there", "include_extras": "false for no extras",
    "include_users": "with the people who the caller may know of", "include_groups": "taken, there is no hierarchy",
    "include_followers": "false for no count of them",
}


def dictionary(call: Call, one: Organisation, count: int, kept: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """Give the dictionary of an agency; ``kept`` is what is kept besides, where it was looked up."""
    kept = besides.of(call, one.id) if kept is None else kept
    return {**short(call, one, kept), "package_count": count, "extras": besides.extras(one, kept), "num_followers": 0,
            "groups": [], "users": []}


def short(call: Call, one: Organisation, kept: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """Give an agency as a list of what somebody may do shows it."""
    shown = organisation(call, one, besides.of(call, one.id) if kept is None else kept)
    return {**shown, "display_name": shown["title"], "image_display_url": shown["image_url"]}


def listed(call: Call, shown: dict[str, Any]) -> dict[str, Any]:
    """Give an agency or a group as a list shows it: what is of use in few lists stands there when it is asked for."""
    left = {name for name in ("extras", "groups", "users") if not call.flag(f"include_{name}")}
    if not call.flag("include_dataset_count", default=True):
        left.add("package_count")
    return {**{name: value for name, value in shown.items() if name not in left}, "num_followers": 0}


def alone(call: Call, shown: dict[str, Any]) -> dict[str, Any]:
    """Give an agency or a group as it is shown alone: whole, but for what the caller does not want."""
    left = {name for name in ("extras", "groups", "users") if not call.flag(f"include_{name}", default=True)}
    found = {name: value for name, value in shown.items() if name not in left}
    return found if call.flag("include_followers", default=True) else {**found, "num_followers": 0}


def counted(call: Call, shown: dict[str, Any], datasets: int, members: Sequence[Any]) -> dict[str, Any]:
    """Give a short dictionary with the counts that the caller wants."""
    found = {**shown, "package_count": datasets} if call.flag("include_dataset_count") else shown
    return {**found, "member_count": len(members)} if call.flag("include_member_count") else found


def of_kind(call: Call, kind: str) -> bool:
    """Tell whether a list is asked for things of this type: there is no other one."""
    return call.text("type", kind) in ("", kind)


def organization_list(call: Call) -> list[Any]:
    """Answer ``organization_list``: names, or dictionaries."""
    every = [one for one in call.site.catalog.organisations(NOBODY) if one.state == "open"]
    wanted = set(call.names("organizations"))
    every = [one for one in every if not wanted or one.slug in wanted or one.id in wanted]
    count = counts(call, "org")
    kept = besides.every(call)
    shown = in_order(call, [dictionary(call, one, count.get(one.public_id, 0), kept.get(one.id, {})) for one in every])
    if not of_kind(call, "organization"):
        return []
    if not call.flag("all_fields"):
        return [one["name"] for one in cut(call, shown, call.most(NAMES_MOST))]
    shown = [listed(call, one) for one in cut(call, shown, call.most(DICTS_MOST))]
    if call.flag("include_users"):
        shown = [{**one, "users": people_of(call, one["id"])} for one in shown]
    return shown


def cut(call: Call, shown: list[Any], most: int) -> list[Any]:
    """Give the page of a list that is asked for; a limit of nothing is none."""
    start = call.number("offset", 0) or 0
    return shown[start : start + min(call.number("limit") or most, most)]


def in_order(call: Call, shown: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Sort dictionaries as ``sort`` or, as of old, ``order_by`` says: most datasets first; raises Refused."""
    order = call.text("sort") or call.text("order_by") or "title asc"
    if "," in order:
        raise Refused.wrong("Too many sort criteria provided only 1 allowed")
    name, _, direction = order.strip().partition(" ")
    field, way = {"packages": "package_count"}.get(name, name), direction.strip()
    if field not in ("name", "title", "package_count"):
        raise Refused.wrong(f"Cannot sort by field `{name}`")
    if way not in ("", "asc", "desc"):
        raise Refused.wrong(f"Invalid sort direction `{way}`")
    return sorted(
        shown, key=lambda one: one[field] if field != "title" else collation_key(one[field]),
        reverse=(way or ("desc" if field == "package_count" else "asc")) == "desc",
    )


def organization_show(call: Call) -> dict[str, Any]:
    """Answer ``organization_show``."""
    one = call.site.catalog.organisation(NOBODY, call.key())
    if one.state == "merged" and one.successor:
        one = call.site.catalog.organisation(NOBODY, one.successor)
    asked = Question(filters={"org": (one.public_id,)}, sort="modified", facets=(), marks=False,
                     limit=MOST if call.flag("include_datasets") else 0)
    answer, entries = call.site.catalog.search(NOBODY, asked)
    shown = dictionary(call, one, answer.total)
    shown["num_followers"] = len(call.site.catalog.marks("follow", subjects=[one.id]))
    if call.flag("include_users", default=True):
        shown["users"] = people_of(call, one.id)
    shown = alone(call, shown)
    if call.flag("include_datasets"):
        shown["packages"] = Shown(call).packages(NOBODY, entries)
    return shown


def people_of(call: Call, key: str) -> list[dict[str, Any]]:
    """Give who works in an agency, to those who may know; nobody to others."""
    catalog = call.site.catalog
    try:
        found = catalog.members(catalog.system() if call.switch(people.PUBLIC) else call.caller, key)
    except (NotAllowed, NotFound):
        return []
    return [{**people.named(person), "capacity": CAPACITIES[membership.role]}
            for person, membership in found if not person.disabled]


def organization_list_for_user(call: Call) -> list[dict[str, Any]]:
    """Answer ``organization_list_for_user``: agencies where a person may do something."""
    caller, catalog = call.caller, call.site.catalog
    if caller.person is None:
        return []
    wanted = call.text("id")
    if wanted and wanted not in (caller.person.id, caller.person.name):
        person = catalog.person(caller, wanted)
        if not may(caller, "operate"):
            raise NotAllowed
        caller = catalog.caller_named(person.name)
    act = ACTS.get(call.text("permission", "manage_group"), "manage-agency")
    count = counts(call, "org") if call.flag("include_dataset_count") else {}
    everywhere, staff = may(caller, "operate"), call.flag("include_member_count")
    return [
        counted(call, {**short(call, one), "capacity": CAPACITIES.get(caller.roles.get(one.id, "admin"), "admin")},
                count.get(one.public_id, 0), people_of(call, one.id) if staff else ())
        for one in catalog.organisations(caller)
        if one.state == "open" and (everywhere or may(caller, act, organisation=one.id))
    ]


def organization_autocomplete(call: Call) -> list[dict[str, Any]]:
    """Answer ``organization_autocomplete``: agencies whose name or title holds what was typed."""
    typed = fold(call.typed())
    every = [one for one in call.site.catalog.organisations(NOBODY) if one.state == "open"]
    found = [one for one in every if typed in one.slug or any(typed in fold(words) for words in one.title.values())]
    limit = min(call.number("limit") or call.most("ckan.requests.autocomplete.limit"), MOST)
    return [{"id": one.id, "name": one.slug, "title": call.words(one.title)} for one in found[:limit]]


ACTIONS: Final = (
    Action(name="organization_list", summary="Give the agencies of the site.", run=organization_list, parameters=LIST),
    Action(name="organization_show", summary="Give an agency.", run=organization_show, parameters=SHOW),
    Action(name="organization_list_for_user", summary="Give the agencies for which the caller may do something.",
           run=organization_list_for_user, parameters={
               "id": "the caller's own id or name; anybody's for an operator", "include_dataset_count": "with counts",
               "permission": "read, create_dataset, update_dataset, delete_dataset, manage_group or admin",
               "include_member_count": "with how many work there",
           }),
    Action(name="organization_autocomplete", summary="Give agencies whose names hold what was typed.",
           run=organization_autocomplete, parameters={"q": "what was typed", "limit": "so many"}),
)
