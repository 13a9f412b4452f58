"""Groups that people of the site make, beside its themes: kept as marks, with members and datasets of their own."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from typing import Any, Final

from api.dialects.ckan import people
from api.dialects.ckan.action import WRITES, Action, Call, Wrong
from api.dialects.ckan.names import name_problems
from catalog.errors import NotAllowed, NotFound
from catalog.model import NOBODY, Mark, Person
from catalog.permit import may
from catalog.question import Question
from standards.metadata import ckan

KIND: Final = "group"
MEMBER: Final = "group-member"
CAPACITIES: Final = ("admin", "editor", "member")
KEPT: Final = ("title", "description", "image_url", "extras", "approval_status")
MANAGER: Final = "an operator, or an admin of the group"
MEMBERS: Final = {
    "name": "its address, which stays", "id": "taken and left: ids are ours", "title": "its title",
    "type": "taken, there is one type",
    "description": "what it gathers", "image_url": "kept", "extras": "[{key, value}]", "state": "active or deleted",
    "approval_status": "kept", "packages": "taken and left: datasets say their groups", "groups": "taken and left",
    "users": "[{name, capacity}]",
}


def every(call: Call, *, deleted: bool = False) -> list[Mark]:
    """Give the groups that were made here, by their names."""
    found = [one for one in call.site.catalog.marks(KIND) if deleted or active(one)]
    return sorted(found, key=lambda one: one.subject)


def active(one: Mark) -> bool:
    """Tell whether a group was not deleted."""
    return one.body.get("state") != "deleted"


def find(call: Call, key: str) -> Mark | None:
    """Find a group by its id, its name or an id that it had elsewhere."""
    catalog = call.site.catalog
    found = catalog.mark(KIND, key) or next(iter(catalog.marks(KIND, subjects=[key])), None)
    origin = None if found else catalog.origin(KIND, key)
    found = catalog.mark(KIND, origin.target) if origin else found
    if found is None or (not active(found) and not manages(call, found)):
        return None
    return found


def needed(call: Call, *names: str) -> Mark:
    """Find the group that a call names; raises NotFound."""
    found = find(call, call.needed(*(names or ("id",))))
    if found is None:
        raise NotFound
    return found


def capacity_of(call: Call, one: Mark) -> str:
    """Say what the caller is in a group, "" for nothing."""
    held = call.site.catalog.mark(MEMBER, f"{one.id}:{call.caller.person.id}") if call.caller.person else None
    return str(held.body.get("capacity")) if held is not None else ""


def manages(call: Call, one: Mark) -> bool:
    """Tell whether the caller may change a group."""
    return may(call.caller, "operate") or capacity_of(call, one) == "admin"


def short(call: Call, one: Mark) -> dict[str, Any]:
    """Give a group as a package names it."""
    title = str(one.body.get("title") or one.subject)
    image = str(one.body.get("image_url") or "")
    return {"description": str(one.body.get("description") or ""), "display_name": title, "id": shown_id(call, one),
            "image_display_url": image, "name": one.subject, "title": title}


def shown_id(call: Call, one: Mark) -> str:
    """Give the id that a group is called by: the one that it had before it moved here, else ours."""
    moved = [each.remote for each in call.site.catalog.origins(kind=KIND, targets=[one.id]) if each.shown]
    return moved[0] if moved else one.id


def dictionary(call: Call, one: Mark, count: int, *, users: bool = False) -> dict[str, Any]:
    """Give the dictionary of a group."""
    extras = one.body.get("extras") or ()
    return {
        **short(call, one), "image_url": str(one.body.get("image_url") or ""), "created": ckan.moment(one.created),
        "is_organization": False, "approval_status": str(one.body.get("approval_status") or "approved"),
        "state": str(one.body.get("state") or "active"), "type": "group", "package_count": count,
        "num_followers": len(call.site.catalog.marks("follow", subjects=[one.id])),
        "extras": [{"key": str(each["key"]), "value": each["value"], "state": "active"} for each in extras],
        "groups": [], "users": people_of(call, one) if users else [],
    }


def people_of(call: Call, one: Mark) -> list[dict[str, Any]]:
    """Give the people of a group to those who may know."""
    if not manages(call, one) and not call.switch("ckan.auth.public_user_details"):
        return []
    return [{**people.named(person), "capacity": str(each.body["capacity"])} for person, each in members(call, one)]


def members(call: Call, one: Mark) -> list[tuple[Person, Mark]]:
    """Give the people of a group and what says what they are in it."""
    found = [(person_of(call, each.person), each) for each in call.site.catalog.marks(MEMBER, subjects=[one.id])]
    return [(person, each) for person, each in found if person]


def person_of(call: Call, key: str) -> Person | None:
    """Find a person, whoever asks; None for nobody and for those whose account ended."""
    try:
        found: Person = call.site.catalog.person(call.site.catalog.system(), key)
    except NotFound:
        return None
    return None if found.disabled else found


def count_of(call: Call, name: str) -> int:
    """Count the public datasets of a group."""
    asked = Question(filters={"theme": (name,)}, facets=(), marks=False, limit=0)
    return int(call.site.catalog.search(NOBODY, asked)[0].total)


def of_package(call: Call, given: Iterable[Any]) -> list[Any]:
    """Give the groups that a package is said to be in with the names of those that we have; others as they are."""
    found = []
    for one in given:
        key = str(one.get("name") or one.get("id") or "") if isinstance(one, Mapping) else ""
        held = find(call, key) if key and not ckan.theme_of(key) else None
        found.append({"name": held.subject} if held else _bare(one))
    return found


def of_elsewhere(one: Mapping[str, Any]) -> dict[str, Any]:
    """Give a group that is not here as a package names it."""
    title = str(one.get("title") or one.get("name") or "")
    return {"description": "", "display_name": title, "image_display_url": "", "title": title, **one}


def _bare(one: Any) -> Any:
    """Give what was said of a group that is not here, without what ``of_elsewhere`` makes of it."""
    if not isinstance(one, Mapping):
        return one
    made = of_elsewhere({name: one[name] for name in ("name",) if name in one})
    kept = {name: value for name, value in one.items() if name != "display_name" and made.get(name) != value}
    return {**kept, "name": one["name"]} if "name" in one else kept


# --- writing ----------------------------------------------------------------------------------------------------------


def group_create(call: Call) -> dict[str, Any]:
    """Answer ``group_create``."""
    if call.caller.person is None:
        raise NotAllowed
    if not may(call.caller, "operate") and not call.switch("ckan.auth.user_create_groups"):
        raise NotAllowed
    name = call.given.get("name")
    errors = name_problems(name)
    if not errors and (ckan.theme_of(str(name)) or call.site.catalog.marks(KIND, subjects=[str(name)])):
        errors = {"name": ["Group name already exists in database"]}
    errors |= _problems(call)
    if errors:
        raise Wrong(errors)
    key = str(uuid.uuid4())
    one = _kept(call, key, str(name), {})
    _set(call, one, call.caller.person, "admin")
    _users(call, one)
    return dictionary(call, one, 0, users=True)


def _problems(call: Call) -> dict[str, Any]:
    errors: dict[str, Any] = {}
    for name in ("title", "description", "image_url", "approval_status", "state"):
        if isinstance(call.given.get(name), list | dict):
            errors[name] = ["Must be a Unicode string value"]
    for name in ("extras", "users"):
        value = call.given.get(name)
        if value is not None and not (isinstance(value, list) and all(isinstance(one, dict) for one in value)):
            errors[name] = ["Must be a list of dictionaries"]
    extras = call.given.get("extras")
    if "extras" not in errors:
        wrong = [{} if one.get("key") else {"key": ["Missing value"]} for one in extras or ()]
        errors |= {"extras": wrong} if any(wrong) else {}
    return errors


def _kept(call: Call, key: str, name: str, before: Mapping[str, Any]) -> Mark:
    """Write a group: what is said, and of the rest what is there."""
    said = {each: call.given[each] for each in (*KEPT, "state") if call.given.get(each) is not None}
    if "extras" in said:
        said["extras"] = [
            {"key": str(one["key"]), "value": one.get("value")} for one in said["extras"]
            if one.get("state") != "deleted"
        ]
    found: Mark = call.site.catalog.keep_mark(call.caller, "", KIND, key, subject=name, body={**before, **said},
                                               alone=True)
    return found


def _users(call: Call, one: Mark) -> None:
    for each in call.given.get("users") or ():
        person = person_of(call, str(each.get("name") or each.get("id") or ""))  # an id is of the site that it is from
        if person is not None and each.get("capacity", "member") in CAPACITIES:
            _set(call, one, person, str(each.get("capacity", "member")))


def _set(call: Call, one: Mark, person: Person, capacity: str) -> None:
    call.site.catalog.keep_mark(call.caller, "", MEMBER, f"{one.id}:{person.id}", subject=one.id, person=person.id,
                                body={"capacity": capacity})


def _managed(call: Call, *names: str) -> Mark:
    """Find a group that the caller may change."""
    if call.caller.person is None:
        raise NotAllowed
    if ckan.theme_of(call.needed(*(names or ("id",)))):
        raise NotAllowed
    one = needed(call, *names)
    if not manages(call, one):
        raise NotAllowed
    return one


def group_update(call: Call) -> dict[str, Any]:
    """Answer ``group_update``: extras that are not said are taken away, all else stays."""
    return _as_it_is(call) or _changed(call, [name for name in (*KEPT, "state") if name != "extras"])


def group_patch(call: Call) -> dict[str, Any]:
    """Answer ``group_patch``: what is not said stays."""
    return _as_it_is(call) or _changed(call, (*KEPT, "state"))


def _as_it_is(call: Call) -> dict[str, Any]:
    """Give a theme back to an operator who says of it what it is, as whoever loads a dump does; nothing otherwise."""
    theme = ckan.theme_of(call.needed("id", "name"))
    if not theme or not may(call.caller, "operate"):
        return {}
    shown = ckan.group(theme, call.site.language)
    same = all(call.given[name] == shown[name] for name in ("name", "title") if name in call.given)
    return {**shown, "package_count": count_of(call, theme), "type": "group", "state": "active"} if same else {}


def _changed(call: Call, stays: Iterable[str]) -> dict[str, Any]:
    one = _managed(call, "id", "name")
    errors = _problems(call)
    if call.text("name") not in ("", one.subject):
        errors["name"] = ["A group keeps its name: its datasets say it"]
    if errors:
        raise Wrong(errors)
    made = _kept(call, one.id, one.subject, {name: value for name, value in one.body.items() if name in stays})
    _users(call, made)
    return dictionary(call, made, count_of(call, one.subject), users=True)


def group_delete(call: Call) -> None:
    """Answer ``group_delete``: nobody but its admins finds it; its datasets stay."""
    one = _managed(call)
    if not may(call.caller, "operate") and not call.switch("ckan.auth.user_delete_groups"):
        raise NotAllowed
    body = {**one.body, "state": "deleted"}
    call.site.catalog.keep_mark(call.caller, "", KIND, one.id, subject=one.subject, body=body)


def group_purge(call: Call) -> None:
    """Answer ``group_purge``: the group and its members are forgotten, its name is free."""
    if not may(call.caller, "operate"):
        raise NotAllowed
    one = needed(call)
    call.site.catalog.drop_mark(call.caller, "operate", KIND, one.id, whole=True)


def set_member(call: Call, one: Mark, key: str, capacity: str) -> dict[str, Any]:
    """Give a person a capacity in a group."""
    if call.caller.person is None or not manages(call, one):
        raise NotAllowed
    person = person_of(call, key)
    if person is None or capacity not in CAPACITIES:
        raise Wrong({"role": ["Not a valid role"]} if person else {"username": ["User not found"]})
    _set(call, one, person, capacity)
    return {"id": f"{one.id}:{person.id}", "group_id": one.id, "table_id": person.id, "table_name": "user",
            "capacity": capacity, "state": "active"}


def drop_member(call: Call, one: Mark, key: str) -> None:
    """Take a person's capacity in a group away."""
    if call.caller.person is None or not manages(call, one):
        raise NotAllowed
    person = person_of(call, key)
    if person is None:
        raise NotFound
    call.site.catalog.drop_mark(call.caller, "", MEMBER, f"{one.id}:{person.id}")


def group_member_create(call: Call) -> dict[str, Any]:
    """Answer ``group_member_create``."""
    return set_member(call, needed(call), call.needed("username"), call.needed("role"))


def group_member_delete(call: Call) -> None:
    """Answer ``group_member_delete``."""
    drop_member(call, needed(call), call.needed("username", "user_id"))


ID: Final = {"id": "its id or name"}
ACTIONS: Final = (
    Action(name="group_create", summary="Make a group; its maker is its admin.", run=group_create, verbs=WRITES,
           permission="an operator; whoever signs in with `ckan.auth.user_create_groups`", parameters=MEMBERS),
    Action(name="group_update", summary="Write a group anew.", run=group_update, verbs=WRITES, permission=MANAGER,
           parameters={**MEMBERS, **ID}),
    Action(name="group_patch", summary="Change members of a group.", run=group_patch, verbs=WRITES, permission=MANAGER,
           parameters={**MEMBERS, **ID}),
    Action(name="group_delete", summary="Take a group away; its datasets stay.", run=group_delete, verbs=WRITES,
           permission=MANAGER, parameters=ID),
    Action(name="group_purge", summary="Forget a group; its name is free.", run=group_purge, verbs=WRITES,
           permission="an operator", parameters=ID),
    Action(name="group_member_create", summary="Give a person a capacity in a group.", run=group_member_create,
           verbs=WRITES, permission=MANAGER, parameters={**ID, "username": "who", "role": "admin, editor or member"}),
    Action(name="group_member_delete", summary="Take a person's capacity in a group away.", run=group_member_delete,
           verbs=WRITES, permission=MANAGER, parameters={**ID, "username": "who", "user_id": "the same, as of old"}),
)
