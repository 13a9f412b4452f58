"""CKAN's options of the running site: shown to operators, and changed for all its processes in environment test."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from api.ckan_options import OPTIONS, problem
from api.deps import Site
from api.dialects.ckan.action import WRITES, Action, Call, Refused, Wrong
from catalog.errors import NotAllowed
from catalog.permit import may

KIND: Final = "ckan-option"
SITE: Final = "site"


def held(site: Site) -> Mapping[str, str]:
    """Give the options that differ from their defaults; what was changed on a running site counts in a test only."""
    said: Mapping[str, str] = site.extras.get("ckan_options") or {}
    if site.environment != "test":
        return said
    changed = site.catalog.mark(KIND, SITE)
    return {**said, **{name: str(value) for name, value in changed.body.items()}} if changed else said


def config_option_list(call: Call) -> list[str]:
    """Answer ``config_option_list``."""
    _operator(call)
    return sorted(OPTIONS)


def config_option_show(call: Call) -> str:
    """Answer ``config_option_show``."""
    _operator(call)
    name = call.needed("key")
    if name not in OPTIONS:
        raise Refused.wrong(f"Configuration option '{name}' can not be shown")
    return call.option(name)


def config_option_update(call: Call) -> dict[str, str]:
    """Answer ``config_option_update``; outside environment test options are the setting's alone."""
    _operator(call)
    if call.site.environment != "test":
        raise NotAllowed
    given = {name: _plain(value) for name, value in call.given.items()}
    unknown = " ".join(sorted(given.keys() - OPTIONS.keys(), reverse=True))
    if unknown:
        raise Wrong({"message": f"Configuration option(s) '{unknown}' can not be updated"})
    wrong = {name: [said] for name, value in given.items() if (said := problem(name, value))}
    if wrong:
        raise Wrong(wrong)
    before = call.site.catalog.mark(KIND, SITE)
    body = {**(before.body if before else {}), **given}
    call.site.catalog.keep_mark(call.caller, "operate", KIND, SITE, body=body)
    return given


def _plain(value: Any) -> str:
    if isinstance(value, list):
        return " ".join(str(one) for one in value)
    return "" if value is None else str(value)


def _operator(call: Call) -> None:
    if not may(call.caller, "operate"):
        raise NotAllowed


ACTIONS: Final = (
    Action(name="config_option_list", summary="Give the names of CKAN's options that count here.",
           run=config_option_list, permission="an operator"),
    Action(name="config_option_show", summary="Give the value of an option.", run=config_option_show,
           permission="an operator", parameters={"key": "its name"}),
    Action(name="config_option_update", summary="Change options of the running site, in environment test alone.",
           run=config_option_update, verbs=WRITES, permission="an operator, in environment test",
           parameters={"key": "not this word but an option's name, with its value; as many as there are"}),
)
