"""Organizations as they are read: agencies with their counts, datasets and people."""

from __future__ import annotations

from typing import Any, Final

from api.dialects.ckan.action import Action, Call, Wrong
from api.dialects.ckan.shown import Shown, counts, organisation
from catalog.errors import NotAllowed, NotFound
from catalog.model import NOBODY, Organisation, Role
from catalog.permit import may
from catalog.question import Question
from standards.metadata import ckan
from standards.text import collation_key, fold

NAMES_MOST: Final = "ckan.group_and_organization_list_max"
DICTS_MOST: Final = "ckan.group_and_organization_list_all_fields_max"
MOST: Final = 1000
"""Datasets that come with an agency at most."""
CAPACITIES: Final[dict[Role, str]] = {"admin": "admin", "reviewer": "admin", "editor": "editor", "reader": "member"}
"""What CKAN calls a role in an agency; it has no reviewers, who may do what its admins may with datasets."""

ACTS: Final = {
    "read": "see", "create_dataset": "draft", "update_dataset": "describe", "delete_dataset": "withdraw",
    "manage_group": "describe", "admin": "manage-agency",
}
"""CKAN's permissions in an agency and our acts."""

LIST: Final = {
    "sort": "`title asc`, `name asc`, `package_count desc`", "order_by": "as of old: name or packages",
    "limit": "so many", "offset": "behind so many", "all_fields": "dictionaries, at most 25 in one answer",
    "organizations": "only these names", "groups": "only these names", "type": "taken, there is one type",
    "include_dataset_count": "counts are always there", "include_extras": "with their extras",
    "include_groups": "taken, there is no hierarchy", "include_users": "with the people who the caller may know of",
}
SHOW: Final = {
    "id": "its id, name or public code", "include_datasets": "with its newest datasets, at most 1000",
    "include_dataset_count": "the count is always there", "include_extras": "with its extras",
    "include_users": "with the people who the caller may know of", "include_groups": "taken, there is no hierarchy",
    "include_followers": "taken, nobody follows",
}


def dictionary(call: Call, one: Organisation, count: int) -> dict[str, Any]:
    """Give the dictionary of an agency."""
    shown = organisation(call, one)
    return {
        **shown, "display_name": shown["title"], "image_display_url": "", "package_count": count, "num_followers": 0,
        "extras": [{"key": "code", "value": one.code}] if one.code else [], "tags": [], "groups": [], "users": [],
    }


def organization_list(call: Call) -> list[Any]:
    """Answer ``organization_list``: names, or dictionaries."""
    every = [one for one in call.site.catalog.organisations(NOBODY) if one.state == "open"]
    wanted = set(call.names("organizations") or call.names("groups"))
    every = [one for one in every if not wanted or one.slug in wanted or one.id in wanted]
    count = counts(call, "org")
    shown = in_order(call, [dictionary(call, one, count.get(one.public_id, 0)) for one in every])
    if not call.flag("all_fields"):
        return [one["name"] for one in cut(call, shown, call.most(NAMES_MOST))]
    shown = cut(call, shown, call.most(DICTS_MOST))
    if call.flag("include_users"):
        shown = [{**one, "users": people_of(call, one["id"])} for one in shown]
    return shown


def cut(call: Call, shown: list[Any], most: int) -> list[Any]:
    """Give the page of a list that is asked for."""
    start = call.number("offset", 0) or 0
    limit = call.number("limit")
    return shown[start : start + min(most if limit is None else limit, most)]


def in_order(call: Call, shown: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Sort dictionaries as ``sort`` says; raises Wrong."""
    old = {"packages": "package_count desc", "package_count": "package_count desc", "name": "name asc"}
    order = call.text("sort") or old.get(call.text("order_by"), "title asc")
    name, _, direction = order.strip().partition(" ")
    name = {"packages": "package_count"}.get(name, name)
    if name not in ("name", "title", "package_count") or direction.strip() not in ("", "asc", "desc"):
        raise Wrong({"sort": [f"Cannot sort by field `{name}`"]})
    return sorted(
        shown, key=lambda one: one[name] if name != "title" else collation_key(one[name]),
        reverse=direction.strip() == "desc",
    )


def organization_show(call: Call) -> dict[str, Any]:
    """Answer ``organization_show``."""
    one = call.site.catalog.organisation(NOBODY, call.needed("id"))
    if one.state == "merged" and one.successor:
        one = call.site.catalog.organisation(NOBODY, one.successor)
    asked = Question(filters={"org": (one.public_id,)}, sort="modified", facets=(), marks=False,
                     limit=MOST if call.flag("include_datasets") else 0)
    answer, entries = call.site.catalog.search(NOBODY, asked)
    shown = dictionary(call, one, answer.total)
    if call.flag("include_users", default=True):
        shown["users"] = people_of(call, one.id)
    if call.flag("include_datasets"):
        shown["packages"] = Shown(call).packages(NOBODY, entries)
    return shown


def people_of(call: Call, key: str) -> list[dict[str, Any]]:
    """Give who works in an agency, to those who may know; nobody to others."""
    try:
        found = call.site.catalog.members(call.caller, key)
    except (NotAllowed, NotFound):
        return []
    return [
        {"id": person.id, "name": person.name, "fullname": person.title, "display_name": person.title or person.name,
         "state": "active", "sysadmin": person.role == "operator", "capacity": CAPACITIES[membership.role],
         "created": ckan.moment(person.created), "about": None, "image_url": "", "image_display_url": ""}
        for person, membership in found if not person.disabled
    ]


def organization_list_for_user(call: Call) -> list[dict[str, Any]]:
    """Answer ``organization_list_for_user``: agencies where a person may do something."""
    caller = call.caller
    if caller.person is None:
        return []
    wanted = call.text("id")
    if wanted and wanted not in (caller.person.id, caller.person.name):
        call.site.catalog.person(caller, wanted)
        raise NotAllowed
    act = ACTS.get(call.text("permission", "manage_group"), "manage-agency")
    count = counts(call, "org")
    everywhere = caller.person.role == "operator"
    return [
        {**dictionary(call, one, count.get(one.public_id, 0)),
         "capacity": CAPACITIES.get(caller.roles.get(one.id, "admin"), "admin")}
        for one in call.site.catalog.organisations(caller)
        if one.state == "open" and (everywhere or may(caller, act, organisation=one.id))
    ]


def organization_autocomplete(call: Call) -> list[dict[str, Any]]:
    """Answer ``organization_autocomplete``: agencies whose name or title holds what was typed."""
    typed = fold(call.text("q") or call.text("incomplete"))
    every = [one for one in call.site.catalog.organisations(NOBODY) if one.state == "open"]
    found = [one for one in every if typed in one.slug or any(typed in fold(words) for words in one.title.values())]
    limit = min(call.number("limit") or call.most("ckan.requests.autocomplete.limit"), MOST)
    return [{"id": one.id, "name": one.slug, "title": call.words(one.title)} for one in found[:limit]]


ACTIONS: Final = (
    Action(name="organization_list", summary="Give the agencies of the site.", run=organization_list, parameters=LIST),
    Action(name="organization_show", summary="Give an agency.", run=organization_show, parameters=SHOW),
    Action(name="organization_list_for_user", summary="Give the agencies for which the caller may do something.",
           run=organization_list_for_user, parameters={
               "id": "the caller's own id or name", "include_dataset_count": "counts are always there",
               "permission": "read, create_dataset, update_dataset, delete_dataset, manage_group or admin",
               "include_member_count": "taken and left",
           }),
    Action(name="organization_autocomplete", summary="Give agencies whose names hold what was typed.",
           run=organization_autocomplete, parameters={"q": "what was typed", "limit": "so many"}),
)
