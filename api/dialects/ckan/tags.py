"""Tags, formats and licences: the words that datasets are described with."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

from api.dialects.ckan import vocabularies
from api.dialects.ckan.action import Action, Call, Refused
from api.dialects.ckan.shown import Shown, counts
from catalog.errors import NotFound
from catalog.model import NOBODY
from catalog.question import BEHIND_KEY, Question, Values
from standards import kept, register
from standards.text import collation_key, fold
from standards.vocabulary import LICENCES

MOST: Final = 1000


def _like(call: Call, *names: str) -> list[dict[str, Any]]:
    """Give the tags that hold what is asked for, sorted: those of public datasets, or of a vocabulary."""
    typed = next((call.given[name] for name in names if call.given.get(name)), "")
    words = [str(one) for one in (typed if isinstance(typed, list) else [typed])]
    if call.text("vocabulary_id"):
        found = vocabularies.tags_like(call, call.text("vocabulary_id"), words)
        return sorted(found, key=lambda one: collation_key(one["name"]))
    folded = [fold(one) for one in words]
    free = [one for one in counts(call, "tag") if all(word in fold(one) for word in folded)]
    return [kept.tag(one) for one in sorted(free, key=collation_key)]


def tag_list(call: Call) -> list[Any]:
    """Answer ``tag_list``."""
    try:
        found = _like(call, "query", "q")
    except NotFound:
        raise Refused.missing(f"could not find vocabulary '{call.text('vocabulary_id')}'") from None
    return [_plain(one) for one in found] if call.flag("all_fields") else [one["name"] for one in found]


def _plain(one: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in one.items() if name != "state"}


def tag_search(call: Call) -> dict[str, Any]:
    """Answer ``tag_search``: nothing is found by nothing."""
    found = _found(call)
    start, limit = call.number("offset", 0) or 0, call.number("limit", MOST)
    page = found[start : start + min(MOST if limit is None else limit, MOST)]
    return {"count": len(found), "results": [
        {name: one[name] for name in ("id", "name", "vocabulary_id")} for one in page
    ]}


def _found(call: Call) -> list[dict[str, Any]]:
    """Give the tags that hold what is searched for, the words of ``fields`` included; none of no vocabulary."""
    fields = call.given.get("fields")
    further = fields.get("tags") if isinstance(fields, dict) else None
    said = [call.given.get(name) for name in ("query", "q", "incomplete")]
    if not any(said) and not further:
        return []
    try:
        found = _like(call, "query", "q", "incomplete")
    except NotFound:
        return []
    words = [fold(str(one)) for one in (further if isinstance(further, list) else [further] if further else [])]
    return [one for one in found if all(word in fold(one["name"]) for word in words)]


def tag_autocomplete(call: Call) -> list[str]:
    """Answer ``tag_autocomplete``: what begins like what was typed stands before what holds it."""
    limit = min(call.number("limit", 10) or 10, MOST)
    names = [str(one["name"]) for one in _found(call)]
    typed = fold(str(next((call.given[one] for one in ("query", "q", "incomplete") if call.given.get(one)), "")))
    return sorted(names, key=lambda one: not fold(one).startswith(typed))[:limit]


def tag_show(call: Call) -> dict[str, Any]:
    """Answer ``tag_show``."""
    name, key = call.key(), call.text("vocabulary_id")
    told = vocabularies.tag_of(call, name, key)
    if told is None and key:
        raise NotFound
    wanted = call.flag("include_datasets")
    asked = Question(facets=(), marks=False, sort="modified", limit=MOST if wanted else 0)
    if told is None:
        answer, entries = call.site.catalog.search(NOBODY, replace(asked, filters={"tag": (name,)}))
        if not answer.total:
            raise NotFound
        told = _plain(kept.tag(name))
    elif wanted:
        said = f"{kept.tagged(told['vocabulary_id'])}{BEHIND_KEY}{told['name']}"
        _, entries = call.site.catalog.search(NOBODY, replace(asked, where=Values("extra", (said,))))
    return {**told, "packages": Shown(call).packages(NOBODY, entries)} if wanted else told


def license_list(call: Call) -> list[dict[str, Any]]:
    """Answer ``license_list``: CKAN's own register, then the licences that we know more exactly."""
    return [register.entry(code, call.site.language) for code in (*register.LICENCES, *LICENCES)]


def format_autocomplete(call: Call) -> list[str]:
    """Answer ``format_autocomplete``."""
    typed = call.typed().lower()
    limit = min(call.number("limit", 5) or 5, 100)
    return [one for one in counts(call, "format") if typed in one.lower()][:limit]


ACTIONS: Final = (
    Action(name="tag_list", summary="Give the tags of public datasets.", run=tag_list, parameters={
        "query": "only tags that hold this", "q": "the same", "all_fields": "dictionaries",
        "vocabulary_id": "of a vocabulary alone",
    }),
    Action(name="tag_search", summary="Find tags.", run=tag_search, parameters={
        "query": "what they hold", "limit": "so many", "offset": "behind so many",
        "fields": "{tags: what else they hold}",
        "vocabulary_id": "of a vocabulary alone",
    }),
    Action(name="tag_show", summary="Give a tag.", run=tag_show, parameters={
        "id": "its name, or the id of a vocabulary's tag", "include_datasets": "with its datasets",
        "vocabulary_id": "of a vocabulary alone",
    }),
    Action(name="tag_autocomplete", summary="Give tags that hold what was typed.", run=tag_autocomplete,
           parameters={"query": "what was typed", "limit": "so many", "offset": "taken and left",
                       "fields": "{tags: what else they hold}", "vocabulary_id": "of a vocabulary alone"}),
    Action(name="license_list", summary="Give the licences that a dataset may have.", run=license_list),
    Action(name="format_autocomplete", summary="Give formats that hold what was typed.", run=format_autocomplete,
           parameters={"q": "what was typed", "limit": "so many"}),
)
