"""Following datasets, groups, organizations and people: marks of the one who follows; who does is her own affair."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, Final

from api.dialects.ckan import agencies, groups, people, themes
from api.dialects.ckan.action import READS, WRITES, Action, Call, Wrong
from api.dialects.ckan.shown import Shown, found_entry
from catalog.errors import NotAllowed, NotFound
from catalog.model import NOBODY, Mark
from catalog.permit import may
from standards.metadata import ckan

KIND: Final = "follow"
KINDS: Final = ("dataset", "group", "organization", "user")
NAMES: Final = {"dataset": "Dataset", "group": "Group", "organization": "Group", "user": "User"}


def _target(call: Call, kind: str, key: str) -> tuple[str, str]:
    """Find what is followed: its kind and id; an organization counts as a group where one follows. Raises NotFound."""
    catalog = call.site.catalog
    if kind == "dataset":
        return kind, found_entry(call, key)[0].id
    if kind == "user":
        found = catalog.person(catalog.system(), key)
        if found.disabled:
            raise NotFound
        return kind, found.id
    theme, made = ckan.theme_of(key), groups.find(call, key)
    if kind == "group" and (theme or made is not None):
        return "group", made.id if made else ckan.group_name(theme)
    return "organization", catalog.organisation(NOBODY, key).id


def _looked_at(call: Call, kind: str) -> str:
    """Find what is asked about; CKAN refuses what it does not find as a wrong member. Raises Wrong."""
    key = call.needed("id")
    try:
        return _target(call, kind, key)[1]
    except NotFound:
        raise Wrong({"id": [f"Not found: {NAMES[kind]}"]}) from None


def _must_be_known(call: Call) -> str:
    if call.caller.person is None:
        raise NotAllowed
    return call.caller.person.id


def follow(kind: str, call: Call) -> dict[str, Any]:
    """Answer ``follow_dataset``, ``follow_group``, ``follow_user``."""
    own = _must_be_known(call)
    of, target = _target(call, kind, call.needed("id"))
    if target == own:
        raise Wrong({"message": ["You cannot follow yourself"]})
    key = f"{own}:{target}"
    if call.site.catalog.mark(KIND, key) is not None:
        raise Wrong({"message": [f"You are already following {call.needed('id')}"]})
    made = call.site.catalog.keep_mark(call.caller, "", KIND, key, subject=target, person=own, body={"kind": of})
    return {"follower_id": own, "object_id": target, "datetime": ckan.moment(made.created)}


def unfollow(kind: str, call: Call) -> None:
    """Answer ``unfollow_dataset`` and its like."""
    own = _must_be_known(call)
    _, target = _target(call, kind, call.needed("id"))
    call.site.catalog.drop_mark(call.caller, "", KIND, f"{own}:{target}")


def am_following(kind: str, call: Call) -> bool:
    """Answer ``am_following_dataset`` and its like."""
    own = _must_be_known(call)
    return call.site.catalog.mark(KIND, f"{own}:{_looked_at(call, kind)}") is not None


def followers(kind: str, call: Call) -> list[dict[str, Any]]:
    """Answer ``dataset_follower_list`` and its like: for operators."""
    if not may(call.caller, "see-people"):
        raise NotAllowed
    target = _looked_at(call, kind)
    found = [groups.person_of(call, one.person) for one in call.site.catalog.marks(KIND, subjects=[target])]
    return [people.dictionary(one) for one in found if one is not None]


def follower_count(kind: str, call: Call) -> int:
    """Answer ``dataset_follower_count`` and its like."""
    return count(call, _looked_at(call, kind))


def count(call: Call, target: str) -> int:
    """Count who follows a thing."""
    return len(call.site.catalog.marks(KIND, subjects=[target]))


def _followed(call: Call, kind: str) -> list[Mark]:
    """Give what a person follows: to herself and to operators."""
    person = call.site.catalog.person(call.caller, call.needed("id"))
    found = call.site.catalog.marks(KIND, person=person.id)
    return [one for one in found if not kind or one.body.get("kind") == kind]


def followees(kind: str, call: Call) -> list[dict[str, Any]]:
    """Answer ``dataset_followee_list`` and its like."""
    found = [_shown(call, one) for one in _followed(call, kind)]
    return [one for one in found if one is not None]


def _shown(call: Call, one: Mark) -> dict[str, Any] | None:
    try:
        return _dictionary(call, str(one.body["kind"]), one.subject)
    except (NotFound, NotAllowed):
        return None


def _dictionary(call: Call, kind: str, key: str) -> dict[str, Any] | None:
    if kind == "dataset":
        return Shown(call).package(*found_entry(call, key))
    if kind == "organization":
        one = call.site.catalog.organisation(NOBODY, key)
        return agencies.dictionary(call, one, 0)
    if kind == "user":
        person = groups.person_of(call, key)
        return people.named(person) if person else None
    made = groups.find(call, key)
    theme = ckan.theme_of(key)
    return groups.dictionary(call, made, 0) if made else themes.dictionary(call, theme, 0) if theme else None


def followee_list(call: Call) -> list[dict[str, Any]]:
    """Answer ``followee_list``: everything that a person follows."""
    typed, found = call.text("q").lower(), []
    for one in _followed(call, ""):
        shown = _shown(call, one)
        name = str((shown or {}).get("title") or (shown or {}).get("display_name") or "")
        if shown is not None and typed in name.lower():
            found.append({"type": one.body["kind"], "display_name": name, "dict": shown})
    return found


def followee_count(kind: str, call: Call) -> int:
    """Answer ``dataset_followee_count``, ``followee_count`` and their like."""
    return len(_followed(call, kind))


def _declared() -> list[Action]:
    own = "whoever signs in"
    made: list[Action] = []

    def add(name: str, summary: str, run: Callable[[Call], Any], permission: str, *, verbs: Any = READS) -> None:
        made.append(Action(name=name, summary=summary, run=run, permission=permission, verbs=verbs,
                           parameters={"id": "its id or name"}))

    for kind in ("dataset", "group", "user"):
        what = "a group or an organization" if kind == "group" else f"a {kind}"
        add(f"follow_{kind}", f"Follow {what}.", partial(follow, kind), own, verbs=WRITES)
        add(f"unfollow_{kind}", f"No longer follow {what}.", partial(unfollow, kind), own, verbs=WRITES)
        add(f"am_following_{kind}", f"Say whether the caller follows {what}.", partial(am_following, kind), own)
    for kind in KINDS:
        add(f"{kind}_follower_list", f"Give who follows a {kind}.", partial(followers, kind), "an operator")
        add(f"{kind}_follower_count", f"Count who follows a {kind}.", partial(follower_count, kind), "anyone")
        add(f"{kind}_followee_list", f"Give what a person follows of kind {kind}.", partial(followees, kind),
            people.HERSELF)
        add(f"{kind}_followee_count", f"Count what a person follows of kind {kind}.", partial(followee_count, kind),
            people.HERSELF)
    add("followee_count", "Count what a person follows.", partial(followee_count, ""), people.HERSELF)
    return made


ACTIONS: Final = (
    *_declared(),
    Action(name="followee_list", summary="Give what a person follows.", run=followee_list, permission=people.HERSELF,
           parameters={"id": "her id or name", "q": "what its name holds"}),
)
