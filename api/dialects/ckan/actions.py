"""The one list of actions, family by family."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from api.dialects.ckan import (
    agencies,
    following,
    governing,
    groups,
    options,
    packages,
    people,
    resources,
    searching,
    status,
    tags,
    tasks,
    themes,
    views,
    vocabularies,
    writing,
)
from api.dialects.ckan.action import Action

FAMILIES: Final = (
    status, packages, searching, writing, resources, agencies, themes, tags, people, governing, groups,
    options, following, views, tasks, vocabularies,
)

_DECLARED: Final = tuple(one for family in FAMILIES for one in family.ACTIONS)

ACTIONS: Final[Mapping[str, Action]] = {
    one.name: one for one in (*_DECLARED, status.help_show(_DECLARED))
}
"""Every action that this site answers, by name."""
