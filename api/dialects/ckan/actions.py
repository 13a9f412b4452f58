"""The one list of actions, family by family."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from api.dialects.ckan import (
    activities,
    agencies,
    collaborating,
    datastore,
    following,
    governing,
    groups,
    options,
    packages,
    parts,
    people,
    resources,
    revising,
    running,
    scheming,
    searching,
    status,
    tags,
    tasks,
    themes,
    validating,
    views,
    vocabularies,
    writing,
)
from api.dialects.ckan.action import Action

FAMILIES: Final = (
    status, running, packages, searching, writing, resources, agencies, themes, tags, people, governing, groups,
    options, following, views, tasks, vocabularies, activities, collaborating, revising, parts,
    datastore, validating, scheming,
)

_DECLARED: Final = tuple(one for family in FAMILIES for one in family.ACTIONS)

ACTIONS: Final[Mapping[str, Action]] = {
    one.name: one for one in (*_DECLARED, status.help_show(_DECLARED))
}
"""Every action that this site answers, by name."""
