"""The options of CKAN that change what its API answers here, under CKAN's own names: what each is and does."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

YES: Final = frozenset({"true", "yes", "on", "1", "t", "y"})
NO: Final = frozenset({"false", "no", "off", "0", "f", "n", ""})
MOST: Final = 1_000_000
LONGEST: Final = 2000
"""Characters of a text."""


@dataclass(frozen=True, slots=True)
class Option:
    """One option: its default here, what kind of value it takes, and what it does."""

    default: str
    kind: Literal["switch", "count", "text"]
    meaning: str


OPTIONS: Final[Mapping[str, Option]] = {
    "ckan.auth.user_create_organizations": Option("false", "switch", "whoever signs in may make an agency"),
    "ckan.auth.user_create_groups": Option("false", "switch", "whoever signs in may make a group"),
    "ckan.auth.user_delete_organizations": Option("false", "switch", "an agency's admins may close it"),
    "ckan.auth.user_delete_groups": Option("true", "switch", "a group's admins may delete it"),
    "ckan.auth.create_user_via_api": Option("false", "switch", "anybody may make an account by `user_create`"),
    "ckan.auth.public_user_details": Option("false", "switch", "anybody may see people's names"),
    "ckan.auth.allow_dataset_collaborators": Option("false", "switch", "people of elsewhere may work on one dataset"),
    "ckan.auth.allow_admin_collaborators": Option("false", "switch", "they may choose further ones"),
    "ckan.search.rows_max": Option("1000", "count", "datasets that one search gives at most"),
    "ckan.group_and_organization_list_max": Option("1000", "count", "names that one list gives at most"),
    "ckan.group_and_organization_list_all_fields_max": Option("25", "count", "dictionaries that it gives at most"),
    "ckan.requests.autocomplete.limit": Option("20", "count", "what an autocomplete gives unless told otherwise"),
    "ckan.activity_list_limit": Option("31", "count", "activities in a list unless told otherwise"),
    "ckan.activity_list_limit_max": Option("100", "count", "activities in a list at most"),
    "ckan.extra_resource_fields": Option("", "text", "members of a resource that are always there, between spaces"),
    "ckan.datastore.sqlsearch.enabled": Option("true", "switch", "`datastore_search_sql` answers"),
    "ckan.datastore.search.rows_default": Option("100", "count", "rows of `datastore_search` unless told otherwise"),
    "ckan.datastore.search.rows_max": Option("32000", "count", "rows of `datastore_search` at most"),
    "ckan.site_title": Option("", "text", "the title that `status_show` gives"),
    "ckan.site_description": Option("", "text", "the description that `status_show` gives"),
    "ckan.locale_default": Option("", "text", "the language that `status_show` gives"),
}
"""What is not here is not an option: a switch that did nothing would be worse than none."""


def problem(name: str, value: str) -> str:
    """Say in CKAN's words what is wrong with a value, "" when nothing is."""
    one = OPTIONS.get(name)
    if one is None:
        return f"Configuration option(s) '{name}' can not be updated"
    said = value.strip().lower()
    if one.kind == "switch" and said not in YES | NO:
        return "Must be a boolean"
    if one.kind == "count" and not (said.isdecimal() and len(said) <= len(str(MOST)) and 0 < int(said) <= MOST):
        return "Must be a positive integer"
    return "Too long" if len(value) > LONGEST else ""


def parse(listed: str) -> dict[str, str]:
    """Read a key=value list, with commas, semicolons or new lines between; raises ValueError."""
    found: dict[str, str] = {}
    for part in re.split(r"[,;\n]+", listed):
        if not part.strip():
            continue
        name, sign, value = (one.strip() for one in part.partition("="))
        wrong = problem(name, value) if sign else "Missing value"
        if wrong:
            raise ValueError(f"is wrong at {name!r} ({wrong})")
        found[name] = value
    return found
