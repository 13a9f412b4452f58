"""The autocomplete addresses of CKAN's own pages: /api/util/dataset/autocomplete and its like."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from api.dialects.ckan import agencies, people, searching, tags, themes
from api.dialects.ckan.action import Call


def _nothing_typed(call: Call) -> bool:
    """Tell whether nothing was typed: these addresses give nothing then, where the actions refuse or give all."""
    return not call.text("q") and not call.text("incomplete")


def _set(results: list[Any]) -> dict[str, Any]:
    return {"ResultSet": {"Result": results}}


def _datasets(call: Call) -> dict[str, Any]:
    return _set([] if _nothing_typed(call) else searching.autocomplete(call))


def _tags(call: Call) -> dict[str, Any]:
    return _set([] if _nothing_typed(call) else [{"Name": one} for one in tags.tag_autocomplete(call)])


def _formats(call: Call) -> dict[str, Any]:
    return _set([] if _nothing_typed(call) else [{"Format": one} for one in tags.format_autocomplete(call)])


def _or_nothing(run: Callable[[Call], list[Any]]) -> Callable[[Call], list[Any]]:
    return lambda call: [] if _nothing_typed(call) else run(call)


UTILITIES: Final[Mapping[tuple[str, str], Callable[[Call], Any]]] = {
    ("dataset", "autocomplete"): _datasets,
    ("tag", "autocomplete"): _tags,
    ("resource", "format_autocomplete"): _formats,
    ("organization", "autocomplete"): _or_nothing(agencies.organization_autocomplete),
    ("group", "autocomplete"): _or_nothing(themes.group_autocomplete),
    ("user", "autocomplete"): _or_nothing(people.user_autocomplete),
}
