"""The one list of actions, family by family."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from api.dialects.ckan import agencies, packages, people, searching, status, tags, themes
from api.dialects.ckan.action import Action

FAMILIES: Final = (status, packages, searching, agencies, themes, tags, people)

_DECLARED: Final = tuple(one for family in FAMILIES for one in family.ACTIONS)

ACTIONS: Final[Mapping[str, Action]] = {
    one.name: one for one in (*_DECLARED, status.help_show(_DECLARED))
}
"""Every action that this site answers, by name."""
