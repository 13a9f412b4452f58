"""Groups as they are read: the themes of the catalogue in CKAN's words, and the groups that people made beside them."""

from __future__ import annotations

from typing import Any, Final

from api.dialects.ckan import groups
from api.dialects.ckan.action import Action, Call, Refused, Wrong
from api.dialects.ckan.agencies import DICTS_MOST, NAMES_MOST, alone, counted, cut, in_order, listed, of_kind
from api.dialects.ckan.shown import Shown, counts
from catalog.model import NOBODY
from catalog.permit import may
from catalog.question import Question
from standards.metadata import ckan
from standards.text import fold
from standards.vocabulary import THEMES

MOST: Final = 1000
LONG: Final = ("extras", "groups", "users", "num_followers", "package_count")
"""Members that are not in a list of what somebody may do."""

LIST: Final = {
    "sort": "`title asc`, `name asc`, `package_count desc`", "order_by": "as of old: name or packages",
    "limit": "so many", "offset": "behind so many", "all_fields": "dictionaries, at most 25 in one answer",
    "groups": "only these names", "type": "group, there is no other",
    "include_dataset_count": "false for no counts",
    "include_extras": "with their extras", "include_groups": "taken, there is no hierarchy",
    "include_users": "with the people who the caller may know of; themes have none",
}
SHOW: Final = {
    "id": "its id or name", "include_datasets": "with its newest datasets, at most 1000",
    "include_dataset_count": "the count is always there", "include_extras": "false for no extras",
    "include_users": "with the people who the caller may know of; themes have none",
    "include_groups": "taken, there is no hierarchy",
    "include_followers": "false for no count of them",
}


def dictionary(call: Call, theme: str, count: int) -> dict[str, Any]:
    """Give the dictionary of a theme."""
    return {
        **ckan.group(theme, call.site.language), "image_url": "", "created": None, "is_organization": False,
        "approval_status": "approved", "state": "active", "type": "group", "package_count": count, "num_followers": 0,
        "extras": [], "groups": [], "users": [],
    }


def every(call: Call) -> list[dict[str, Any]]:
    """Give the dictionaries of all groups, themes first."""
    count = counts(call, "theme")
    return [
        *(dictionary(call, code, count.get(code, 0)) for code in THEMES),
        *(groups.dictionary(call, one, count.get(one.subject, 0)) for one in groups.every(call)),
    ]


def group_list(call: Call) -> list[Any]:
    """Answer ``group_list``."""
    wanted = set(call.names("groups"))
    shown = in_order(call, [one for one in every(call) if not wanted or {one["name"], one["id"]} & wanted])
    if not of_kind(call, "group"):
        return []
    if not call.flag("all_fields"):
        return [one["name"] for one in cut(call, shown, call.most(NAMES_MOST))]
    shown = [listed(call, one) for one in cut(call, shown, call.most(DICTS_MOST))]
    if call.flag("include_users"):
        held = {one.subject: one for one in groups.every(call)}
        shown = [{**one, "users": groups.people_of(call, held[one["name"]])} if one["name"] in held else one
                 for one in shown]
    return shown


def group_list_authz(call: Call) -> list[dict[str, Any]]:
    """Answer ``group_list_authz``: the groups into which the caller may put datasets; only her own when asked so."""
    if call.caller.person is None:
        return []
    if call.flag("am_member"):
        made = [one for one in groups.every(call) if groups.capacity_of(call, one)]
        found = [groups.dictionary(call, one, groups.count_of(call, one.subject)) for one in made]
    else:
        found = every(call) if may(call.caller, "operate") or call.caller.roles else []
    staff = call.flag("include_member_count") and bool(found)
    members = {groups.shown_id(call, one): groups.members(call, one) for one in groups.every(call)} if staff else {}
    return [counted(call, {name: value for name, value in one.items() if name not in LONG}, one["package_count"],
                    members.get(one["id"], ())) for one in found]


def group_show(call: Call) -> dict[str, Any]:
    """Answer ``group_show``."""
    theme = ckan.theme_of(call.key())
    made = None if theme else groups.needed(call)
    with_datasets = call.flag("include_datasets")
    answer, entries = call.site.catalog.search(NOBODY, _in_group(
        made.subject if made else theme, MOST if with_datasets else 0))
    if made is None:
        shown = dictionary(call, theme, answer.total)
    else:
        shown = groups.dictionary(call, made, answer.total, users=call.flag("include_users", default=True))
    shown = alone(call, shown)
    return {**shown, "packages": Shown(call).packages(NOBODY, entries)} if with_datasets else shown


def _in_group(value: str, limit: int) -> Question:
    return Question(filters={"theme": (value,)}, sort="modified", facets=(), marks=False, limit=limit)


def group_package_show(call: Call) -> list[dict[str, Any]]:
    """Answer ``group_package_show``."""
    value = ckan.theme_of(call.key()) or groups.needed(call).subject
    try:
        limit = min(call.number("limit", MOST) or MOST, MOST)
    except Wrong:
        raise Refused.wrong("Limit must be a positive integer") from None
    return Shown(call).packages(NOBODY, call.site.catalog.search(NOBODY, _in_group(value, limit))[1])


def group_autocomplete(call: Call) -> list[dict[str, Any]]:
    """Answer ``group_autocomplete``."""
    typed = fold(call.typed())
    language = call.site.language
    found = [
        ckan.group(code, language) for code, one in THEMES.items()
        if typed in code.lower() or any(typed in fold(words) for words in one.title.values())
    ]
    made = [groups.short(call, one) for one in groups.every(call)]
    found += [one for one in made if typed in one["name"] or typed in fold(one["title"])]
    limit = min(call.number("limit") or call.most("ckan.requests.autocomplete.limit"), MOST)
    return [{"id": one["id"], "name": one["name"], "title": one["title"]} for one in found[:limit]]


ACTIONS: Final = (
    Action(name="group_list", summary="Give the groups of the site: its themes and those that people made.",
           run=group_list, parameters=LIST),
    Action(name="group_show", summary="Give a group.", run=group_show, parameters=SHOW),
    Action(name="group_package_show", summary="Give the datasets of a group.", run=group_package_show,
           parameters={"id": "its id or name", "limit": "so many"}),
    Action(name="group_list_authz", summary="Give the groups into which the caller may put datasets.",
           run=group_list_authz, parameters={
               "am_member": "only those that she is a member of", "available_only": "taken and left",
               "include_dataset_count": "with counts", "include_member_count": "with how many are in them",
           }),
    Action(name="group_autocomplete", summary="Give groups whose names hold what was typed.", run=group_autocomplete,
           parameters={"q": "what was typed", "limit": "so many"}),
)
