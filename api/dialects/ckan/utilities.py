"""The autocomplete addresses of CKAN's own pages: /api/util/dataset/autocomplete and its like."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from api.dialects.ckan import agencies, people, searching, tags, themes
from api.dialects.ckan.action import Call


def _set(results: list[Any]) -> dict[str, Any]:
    return {"ResultSet": {"Result": results}}


def _datasets(call: Call) -> dict[str, Any]:
    return _set(searching.autocomplete(call))


def _tags(call: Call) -> dict[str, Any]:
    return _set([{"Name": one} for one in tags.tag_autocomplete(call)])


def _formats(call: Call) -> dict[str, Any]:
    return _set([{"Format": one} for one in tags.format_autocomplete(call)])


UTILITIES: Final[Mapping[tuple[str, str], Callable[[Call], Any]]] = {
    ("dataset", "autocomplete"): _datasets,
    ("tag", "autocomplete"): _tags,
    ("resource", "format_autocomplete"): _formats,
    ("organization", "autocomplete"): agencies.organization_autocomplete,
    ("group", "autocomplete"): themes.group_autocomplete,
    ("user", "autocomplete"): people.user_autocomplete,
}
