"""Groups: the themes of the catalogue in CKAN's words; there are no others, and nobody makes or changes one by API."""

from __future__ import annotations

from typing import Any, Final

from api.dialects.ckan.action import Action, Call
from api.dialects.ckan.agencies import DICTS_MOST, NAMES_MOST, cut, in_order
from api.dialects.ckan.shown import Shown, counts
from catalog.errors import NotFound
from catalog.model import NOBODY
from catalog.question import Question
from standards.metadata import ckan
from standards.text import fold
from standards.vocabulary import THEMES

LIST: Final = {
    "sort": "`title asc`, `name asc`, `package_count desc`", "order_by": "as of old: name or packages",
    "limit": "so many", "offset": "behind so many", "all_fields": "dictionaries, at most 25 in one answer",
    "groups": "only these names", "type": "taken, there is one type",
    "include_dataset_count": "counts are always there",
    "include_extras": "taken, there are none", "include_groups": "taken, there is no hierarchy",
    "include_users": "taken, themes have no members",
}
SHOW: Final = {
    "id": "its name", "include_datasets": "with its newest datasets, at most 1000",
    "include_dataset_count": "the count is always there", "include_extras": "taken, there are none",
    "include_users": "taken, themes have no members", "include_groups": "taken, there is no hierarchy",
    "include_followers": "taken, nobody follows",
}


def dictionary(call: Call, theme: str, count: int) -> dict[str, Any]:
    """Give the dictionary of a theme."""
    return {
        **ckan.group(theme, call.site.language), "image_url": "", "created": None, "is_organization": False,
        "approval_status": "approved", "state": "active", "type": "group", "package_count": count, "num_followers": 0,
        "extras": [], "tags": [], "groups": [], "users": [],
    }


def group_list(call: Call) -> list[Any]:
    """Answer ``group_list``."""
    wanted = set(call.names("groups"))
    count = counts(call, "theme")
    shown = in_order(call, [
        dictionary(call, code, count.get(code, 0)) for code in THEMES if not wanted or ckan.group_name(code) in wanted
    ])
    if call.flag("all_fields"):
        return cut(call, shown, DICTS_MOST)
    return [one["name"] for one in cut(call, shown, NAMES_MOST)]


def _found(call: Call) -> str:
    theme = ckan.theme_of(call.needed("id"))
    if not theme:
        raise NotFound
    return theme


def group_show(call: Call) -> dict[str, Any]:
    """Answer ``group_show``."""
    theme = _found(call)
    with_datasets = call.flag("include_datasets")
    asked = Question(filters={"theme": (theme,)}, sort="modified", facets=(), marks=False,
                     limit=NAMES_MOST if with_datasets else 0)
    answer, entries = call.site.catalog.search(NOBODY, asked)
    shown = dictionary(call, theme, answer.total)
    return {**shown, "packages": Shown(call).packages(NOBODY, entries)} if with_datasets else shown


def group_package_show(call: Call) -> list[dict[str, Any]]:
    """Answer ``group_package_show``."""
    limit = min(call.number("limit", NAMES_MOST) or NAMES_MOST, NAMES_MOST)
    asked = Question(filters={"theme": (_found(call),)}, sort="modified", facets=(), marks=False, limit=limit)
    return Shown(call).packages(NOBODY, call.site.catalog.search(NOBODY, asked)[1])


def group_autocomplete(call: Call) -> list[dict[str, Any]]:
    """Answer ``group_autocomplete``."""
    typed = fold(call.text("q") or call.text("incomplete"))
    found = [
        code for code, one in THEMES.items()
        if typed in code.lower() or any(typed in fold(words) for words in one.title.values())
    ]
    limit = min(call.number("limit", 20) or 20, NAMES_MOST)
    named = [ckan.group(code, call.site.language) for code in found[:limit]]
    return [{"id": one["id"], "name": one["name"], "title": one["title"]} for one in named]


ACTIONS: Final = (
    Action(name="group_list", summary="Give the groups of the site: its themes.", run=group_list, parameters=LIST),
    Action(name="group_show", summary="Give a group: a theme.", run=group_show, parameters=SHOW),
    Action(name="group_package_show", summary="Give the datasets of a group.", run=group_package_show,
           parameters={"id": "its name", "limit": "so many"}),
    Action(name="group_autocomplete", summary="Give groups whose names hold what was typed.", run=group_autocomplete,
           parameters={"q": "what was typed", "limit": "so many"}),
)
