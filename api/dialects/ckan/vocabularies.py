"""Controlled vocabularies of tags: lists that operators keep, of which a dataset's tags may be."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from api.dialects.ckan import judging
from api.dialects.ckan.action import WRITES, Action, Call, Refused, Wrong
from catalog.errors import NotAllowed, NotFound
from catalog.members import UUID
from catalog.model import Mark
from catalog.permit import may
from standards import kept
from standards.text import fold

KIND: Final = "vocabulary"
LONGEST: Final = 100
MOST: Final = 10_000


def dictionary(one: Mark) -> dict[str, Any]:
    """Give the dictionary of a vocabulary."""
    return {"id": one.id, "name": one.subject, "tags": [tag(one, each) for each in one.body.get("tags", ())]}


def tag(one: Mark, name: str) -> dict[str, Any]:
    """Give a tag of a vocabulary."""
    return {"id": kept.tag_id(one.id, name), "name": name, "display_name": name, "vocabulary_id": one.id}


def find(call: Call, key: str) -> Mark:
    """Find a vocabulary by its id or name; raises NotFound."""
    catalog = call.site.catalog
    found = catalog.mark(KIND, key) or next(iter(catalog.marks(KIND, subjects=[key])), None)
    if found is None:
        raise NotFound
    return found


def tags_like(call: Call, key: str, words: Iterable[str]) -> list[dict[str, Any]]:
    """Give the tags of a vocabulary that hold some words; raises NotFound."""
    one = find(call, key)
    typed = [fold(word) for word in words]
    every = (tag(one, name) for name in one.body.get("tags", ()))
    return [each for each in every if all(word in fold(each["name"]) for word in typed)]


# --- on datasets ------------------------------------------------------------------------------------------------------


def of_package(call: Call, given: Sequence[Mapping[str, Any]], before: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Give the tags of a package with the ids of the vocabularies that they name, by id or name; raises Wrong.

    What a dataset has kept of a vocabulary that is not here stays. A tag that its vocabulary does not have comes into
    it where an operator says so, and is refused to anybody else.
    """
    known = {(str(one["name"]), str(one["vocabulary_id"])) for one in before.get(kept.TAGS, ())}
    found: list[dict[str, Any]] = []
    wrong: list[Any] = []
    new: dict[str, list[str]] = {}
    for one in given:
        name, key = str(one["name"]), str(one.get("vocabulary_id") or "")
        held = _held(call, key)
        if not key or held is None:
            wrong += [] if not key or (name, key) in known else [{"vocabulary_id": ["Tag vocabulary was not found."]}]
        elif name not in held.body.get("tags", ()):
            if may(call.caller, "operate"):
                new.setdefault(held.id, []).append(name)
            elif (name, held.id) not in known:
                wrong.append(f"Tag {name} does not belong to vocabulary {held.subject}")
        found.append({"name": name, "vocabulary_id": held.id if held else key or None})
    if wrong:
        raise Wrong({"tags": wrong})
    for key, names in new.items():
        there = find(call, key)
        _keep(call, key, there.subject, list(dict.fromkeys([*there.body.get("tags", ()), *names])))
    return found


def _held(call: Call, key: str) -> Mark | None:
    try:
        return find(call, key) if key else None
    except NotFound:
        return None


def as_they_are(call: Call, tags: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Give tags as they are shown: one that its vocabulary does not have any more is a free one."""
    found = {key: _held(call, key) for key in {str(one["vocabulary_id"]) for one in tags if one["vocabulary_id"]}}
    shown: dict[tuple[str, str], dict[str, Any]] = {}
    for one in tags:
        held = found.get(str(one["vocabulary_id"]))
        told = kept.tag(one["name"]) if held is not None and one["name"] not in held.body.get("tags", ()) else dict(one)
        shown[told["id"], told["name"]] = told
    return list(shown.values())


# --- the actions ------------------------------------------------------------------------------------------------------


def tag_of(call: Call, name: str, key: str) -> dict[str, Any] | None:
    """Find a tag of a vocabulary by its name or id; without a vocabulary by its id alone. Raises NotFound."""
    every = [find(call, key)] if key else call.site.catalog.marks(KIND) if UUID.fullmatch(name) else []
    found = (tag(one, each) for one in every for each in one.body.get("tags", ()))
    return next((each for each in found if name == each["id"] or (key and name == each["name"])), None)


def vocabulary_list(call: Call) -> list[dict[str, Any]]:
    """Answer ``vocabulary_list``."""
    return [dictionary(one) for one in call.site.catalog.marks(KIND)]


def vocabulary_show(call: Call) -> dict[str, Any]:
    """Answer ``vocabulary_show``."""
    key = call.text("id")
    if not key:
        raise Wrong({"id": "id not in data"})
    try:
        return dictionary(find(call, key))
    except NotFound:
        raise Refused.missing(f'Could not find vocabulary "{key}"') from None


def vocabulary_create(call: Call) -> dict[str, Any]:
    """Answer ``vocabulary_create``."""
    _operator(call)
    name = call.needed("name")
    if call.site.catalog.marks(KIND, subjects=[name]):
        raise Wrong({"name": ["That vocabulary name is already in use."]})
    return _keep(call, str(uuid.uuid4()), name, _tags(call.given))


def vocabulary_update(call: Call) -> dict[str, Any]:
    """Answer ``vocabulary_update``: its name, its tags, or both."""
    _operator(call)
    one = find(call, call.needed("id"))
    name = call.text("name") or one.subject
    if name != one.subject and call.site.catalog.marks(KIND, subjects=[name]):
        raise Wrong({"name": ["That vocabulary name is already in use."]})
    return _keep(call, one.id, name, _tags(call.given) if "tags" in call.given else list(one.body.get("tags", ())))


def vocabulary_delete(call: Call) -> None:
    """Answer ``vocabulary_delete``."""
    _operator(call)
    one = find(call, call.needed("id"))
    if one.body.get("tags"):
        raise Wrong({"id": ["Cannot delete vocabulary while it still has tags"]})
    call.site.catalog.drop_mark(call.caller, "operate", KIND, one.id)


def tag_create(call: Call) -> dict[str, Any]:
    """Answer ``tag_create``: of a vocabulary; others come with the datasets that bear them."""
    _operator(call)
    name, key = call.all_needed("name", "vocabulary_id")
    try:
        one = find(call, key)
    except NotFound:
        raise Wrong({"vocabulary_id": ["Tag vocabulary was not found."]}) from None
    there = list(one.body.get("tags", ()))
    if name in there:
        raise Wrong({"vocabulary_id": [f"Tag {name} already belongs to vocabulary {one.id}"]})
    if problems := judging.tag_problems(name):
        raise Wrong({"name": [", ".join(problems)]})
    _keep(call, one.id, one.subject, _tags({"tags": [*({"name": each} for each in there), {"name": name}]}))
    return tag(one, name)


def tag_delete(call: Call) -> None:
    """Answer ``tag_delete``."""
    _operator(call)
    one, key = find(call, call.needed("vocabulary_id")), call.needed("id")
    there = list(one.body.get("tags", ()))
    left = [name for name in there if key not in (name, tag(one, name)["id"])]
    if len(left) == len(there):
        raise NotFound
    _keep(call, one.id, one.subject, left)


def _operator(call: Call) -> None:
    if not may(call.caller, "operate"):
        raise NotAllowed


def _tags(given: Mapping[str, Any]) -> list[str]:
    said = given.get("tags") or []
    every = judging.dictionaries({"tags": said}, "tags")
    wrong = judging.tags([{"name": one.get("name")} for one in every])
    if wrong or len(every) > MOST:
        raise Wrong({"tags": wrong or ["Too many tags"]})
    return list(dict.fromkeys(judging.said(one["name"]) for one in every))


def _keep(call: Call, key: str, name: str, tags: list[str]) -> dict[str, Any]:
    if not 2 <= len(name) <= LONGEST:  # noqa: PLR2004 - as CKAN has it
        raise Wrong({"name": ["Name must be at least 2 characters long" if len(name) < LONGEST else
                              f"Name must be a maximum of {LONGEST} characters long"]})
    return dictionary(call.site.catalog.keep_mark(
        call.caller, "operate", KIND, key, subject=name, body={"tags": tags}, alone=True,
    ))


OPERATOR: Final = "an operator"
ACTIONS: Final = (
    Action(name="vocabulary_list", summary="Give the controlled vocabularies of tags.", run=vocabulary_list),
    Action(name="vocabulary_show", summary="Give a controlled vocabulary.", run=vocabulary_show,
           parameters={"id": "its id or name"}),
    Action(name="vocabulary_create", summary="Make a vocabulary.", run=vocabulary_create, verbs=WRITES,
           permission=OPERATOR, parameters={"name": "its name", "tags": "[{name}]"}),
    Action(name="vocabulary_update", summary="Change a vocabulary.", run=vocabulary_update, verbs=WRITES,
           permission=OPERATOR, parameters={"id": "its id or name", "name": "its name", "tags": "[{name}]"}),
    Action(name="vocabulary_delete", summary="Forget a vocabulary that has no tags.", run=vocabulary_delete,
           verbs=WRITES, permission=OPERATOR, parameters={"id": "its id or name"}),
    Action(name="tag_create", summary="Add a tag to a vocabulary.", run=tag_create, verbs=WRITES, permission=OPERATOR,
           parameters={"name": "the tag", "vocabulary_id": "of which vocabulary, by id or name"}),
    Action(name="tag_delete", summary="Take a tag out of a vocabulary.", run=tag_delete, verbs=WRITES,
           permission=OPERATOR, parameters={"id": "its name or id", "vocabulary_id": "of which vocabulary"}),
)
