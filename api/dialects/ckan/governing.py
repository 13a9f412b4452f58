"""Agencies, their members and people as they are written: what operators and an agency's admins may do."""

from __future__ import annotations

import re
from typing import Any, Final

from api.dialects.ckan import agencies, besides, brought, groups, judging, membership, people, persons
from api.dialects.ckan.action import WRITES, Action, Call, Wrong
from api.dialects.ckan.names import name_problems
from catalog.errors import NotAllowed, NotFound
from catalog.model import NOBODY, Closing, Organisation, Role
from catalog.permit import may
from catalog.question import Question
from standards.metadata import ckan

ROLES: Final[dict[str, Role]] = {"admin": "admin", "editor": "editor", "member": "reader"}
OPERATOR: Final = "an operator"
ADMIN: Final = "an admin of the agency"
MANAGER: Final = "an admin of the agency or group; for a dataset an editor of its agency"
MEMBERS: Final = {
    "name": "its address", "title": "its title, the name unless said", "description": "what it does",
    "extras": "[{key, value}]; `code` is its public code", "image_url": "the address of its picture",
    "state": "taken and left", "approval_status": "taken and left", "packages": "taken and left",
    "users": "[{name, capacity}]: who has no role in it gets this one; nobody's is changed or taken away",
}
PERSON: Final = {"email": "her address", "fullname": "what she is called", "password": "at least ten characters",
                 "about": "what she says of herself, without links", "image_url": "the address of her picture",
                 "plugin_extras": "an operator's: an object that programs keep with her"}
SHORTEST: Final = 10
"""Characters of a password, two more than CKAN asks for."""

NAMED: Final = re.compile(r"[a-z0-9._\-]{2,100}")
"""Names that are taken here: ours have points as well."""

BASIS: Final = "organization_delete through CKAN's API"


def organization_create(call: Call) -> dict[str, Any]:
    """Answer ``organization_create``."""
    may_make = may(call.caller, "add-agency") or call.switch("ckan.auth.user_create_organizations")
    if call.caller.person is None or not may_make:
        raise NotAllowed
    errors = name_problems(call.given.get("name"))
    if errors:
        raise Wrong(errors)
    name, words, said = call.text("name"), call.text("description"), besides.read(call)
    title = call.text("title") or name
    own = not may(call.caller, "add-agency") and call.switch("ckan.auth.user_create_organizations")
    system = call.site.catalog.system()
    if _taken(call, name):
        raise Wrong({"name": ["Group name already exists in database"]})
    made = call.site.catalog.add_organisation(
        system if own else call.caller, code=_code(call), slug=name, title={call.site.language: title},
        description={call.site.language: words} if words else {},
    )
    if own:
        call.site.catalog.set_member(system, made.id, call.caller.person.id, "admin")
    brought.agency(call, made)
    besides.keep(call, made, said)
    _join(call, made)
    return agencies.dictionary(call, made, 0)


def _taken(call: Call, name: str) -> bool:
    try:
        return bool(call.site.catalog.organisation(NOBODY, name).slug == name)
    except NotFound:
        return False


def _join(call: Call, one: Organisation) -> None:
    """Give those who are named, and have an account but no role in the agency, the role that is said of them."""
    given = call.given.get("users")
    if not isinstance(given, list) or not given or not may(call.caller, "manage-agency", organisation=one.id):
        return
    there = {person.id for person, _ in call.site.catalog.members(call.caller, one.id)}
    for each in given:
        said = each if isinstance(each, dict) else {}
        found = groups.person_of(call, str(said.get("name") or said.get("id") or ""))
        role = ROLES.get(str(said.get("capacity") or "member"))
        if found is not None and role is not None and found.id not in there:
            call.site.catalog.set_member(call.caller, one.id, found.id, role)


def _code(call: Call) -> str:
    extras = call.given.get("extras")
    every = [one for one in extras if isinstance(one, dict)] if isinstance(extras, list) else []
    return next((str(one.get("value") or "") for one in every if one.get("key") == "code"), "")


def organization_update(call: Call) -> dict[str, Any]:
    """Answer ``organization_update`` and ``organization_patch``: what is said."""
    if call.caller.person is None:
        raise NotAllowed
    one = call.site.catalog.organisation(NOBODY, call.needed("id", "name"))
    if call.text("name") not in ("", one.slug):
        raise Wrong({"name": ["An organization is renamed with a date and a legal basis, not here"]})
    title, words, said = call.text("title"), call.given.get("description"), besides.read(call)
    language = call.site.language
    changed = call.site.catalog.amend_organisation(
        call.caller, one.id, title={**one.title, language: title} if title else None,
        description=None if words is None else {**one.description, language: call.text("description")},
    )
    besides.keep(call, one, said)
    _join(call, one)
    asked = Question(filters={"org": (one.public_id,)}, facets=(), marks=False, limit=0)
    return agencies.dictionary(call, changed, call.site.catalog.search(NOBODY, asked)[0].total)


def organization_delete(call: Call) -> None:
    """Answer ``organization_delete``: it is closed, its datasets stay."""
    if call.caller.person is None:
        raise NotAllowed
    one = call.site.catalog.organisation(NOBODY, call.needed("id"))
    closing = Closing(act="close", day=call.now.date(), basis=BASIS)
    own = may(call.caller, "manage-agency", organisation=one.id) and call.switch("ckan.auth.user_delete_organizations")
    if one.state == "open":
        call.site.catalog.restructure(call.site.catalog.system() if own else call.caller, one.id, closing)


# --- members ----------------------------------------------------------------------------------------------------------


def member_list(call: Call) -> list[list[str]]:
    """Answer ``member_list``: the people of an agency that the caller may know of, and its public datasets."""
    kind, capacity = call.text("object_type"), call.text("capacity")
    found: list[list[str]] = membership.of_group(call, kind) if membership.is_group(call) else _of_agency(call, kind)
    return [each for each in found if not capacity or each[2].lower() == capacity.lower()]


def _of_agency(call: Call, kind: str) -> list[list[str]]:
    one = call.site.catalog.organisation(NOBODY, call.needed("id"))
    found: list[list[str]] = []
    if kind in ("", "user"):
        found += [[each["id"], "user", each["capacity"].capitalize()] for each in agencies.people_of(call, one.id)]
    if kind in ("", "package"):
        every = call.site.catalog.datasets_of(NOBODY, one.id, limit=10**6)
        found += [[each.id, "package", "organization"] for each in every if each.state == "published"]
    return found


def member_roles_list(call: Call) -> list[dict[str, str]]:
    """Answer ``member_roles_list``: groups have no editors in CKAN's forms."""
    left = ("editor",) if call.text("group_type", "organization") == "group" else ()
    return [{"text": one.capitalize(), "value": one} for one in ROLES if one not in left]


def organization_member_create(call: Call) -> dict[str, Any]:
    """Answer ``organization_member_create``."""
    _, username, role = call.all_needed("id", "username", "role")
    return _member(call, username, role)


def member_create(call: Call) -> dict[str, Any]:
    """Answer ``member_create``: people of an agency or a group, datasets of a group."""
    _, _, kind, _ = call.all_needed("id", "object", "object_type", "capacity")
    group = groups.find(call, call.needed("id"))
    if kind == "package" and group is not None:
        return membership.join(call, group.subject, call.needed("object"))
    if kind == "package" and ckan.theme_of(call.needed("id")):
        return membership.join(call, call.needed("id"), call.needed("object"))
    if kind != "user":
        raise Wrong({"message": f"{kind.capitalize()} isn't a valid model"})
    if group is not None:
        return groups.set_member(call, group, call.needed("object"), call.needed("capacity"))
    if groups.person_of(call, call.needed("object")) is None:
        raise NotFound
    return _member(call, call.needed("object"), call.needed("capacity"))


def _member(call: Call, person: str, role: str) -> dict[str, Any]:
    if call.caller.person is None:
        raise NotAllowed
    try:
        one = call.site.catalog.organisation(NOBODY, call.needed("id"))
    except NotFound:
        raise Wrong({"id": ["That group name or ID does not exist."]}) from None
    if role not in ROLES:
        raise Wrong({"role": ["role does not exist."]})
    try:
        made = call.site.catalog.set_member(call.caller, one.id, person, ROLES[role])
    except NotFound:
        raise Wrong({"username": ["User not found"]}) from None
    return {"id": f"{one.id}:{made.person}", "group_id": one.id, "table_id": made.person, "table_name": "user",
            "capacity": role, "state": "active"}


def organization_member_delete(call: Call) -> None:
    """Answer ``organization_member_delete``."""
    _left(call, call.needed("username", "user_id"))


def member_delete(call: Call) -> None:
    """Answer ``member_delete``."""
    _, _, kind = call.all_needed("id", "object", "object_type")
    group = groups.find(call, call.needed("id"))
    if kind == "package" and (group is not None or ckan.theme_of(call.needed("id"))):
        membership.leave(call, group.subject if group else call.needed("id"), call.needed("object"))
        return
    if kind == "user" and group is not None:
        groups.drop_member(call, group, call.needed("object"))
        return
    if kind != "user":
        raise Wrong({"message": f"{kind.capitalize()} isn't a valid model"})
    _left(call, call.needed("object"))


def _left(call: Call, person: str) -> None:
    if call.caller.person is None:
        raise NotAllowed
    one: Organisation = call.site.catalog.organisation(NOBODY, call.needed("id"))
    found = groups.person_of(call, person)
    if found is None:
        raise NotFound
    if may(call.caller, "manage-agency", organisation=one.id) and found.id not in {
            each.id for each, _ in call.site.catalog.members(call.caller, one.id)}:
        return
    call.site.catalog.drop_member(call.caller, one.id, person)


# --- people -----------------------------------------------------------------------------------------------------------


def user_create(call: Call) -> dict[str, Any]:
    """Answer ``user_create``; a token with it comes only from an operator.

    An operator who brings people from elsewhere gives the hash of a password, which is left: they choose another one.
    """
    own = not may(call.caller, "add-person") and call.switch("ckan.auth.create_user_via_api")
    if call.caller.person is None and not own:
        raise NotAllowed
    hashed = not own and "password_hash" in call.given and not call.text("password")
    _, email, *_ = call.all_needed("name", "email", *(() if hashed else ("password",)))
    wrong: dict[str, Any] = name_problems(call.given.get("name")) if not NAMED.fullmatch(call.text("name")) else {}
    if problems := judging.email_problems(email):
        wrong["email"] = problems
    if not hashed and len(call.text("password")) < SHORTEST:
        wrong["password"] = [f"Your password must be {SHORTEST} characters or longer"]
    if wrong:
        raise Wrong(wrong)
    said = persons.read(call)
    caller = call.site.catalog.system() if own else call.caller
    made = call.site.catalog.add_person(
        caller, call.needed("name"), title=call.text("fullname"),
        email=email, password="" if hashed else call.needed("password"),
    )
    shown = people.dictionary(made, persons.keep(call, caller, made, said))
    if call.flag("with_apitoken") and not own:
        shown["token"] = call.site.catalog.add_token(call.caller, made.id, name="user_create").secret
    return shown


def user_update(call: Call) -> dict[str, Any]:
    """Answer ``user_update`` and ``user_patch``: what is not said stays."""
    if call.caller.person is None:
        raise NotAllowed
    given = {name: call.text(name) for name in ("fullname", "email", "password") if call.given.get(name)}
    if problems := judging.email_problems(given.get("email")):
        raise Wrong({"email": problems})
    if 0 < len(given.get("password", "")) < SHORTEST:
        raise Wrong({"password": [f"Your password must be {SHORTEST} characters or longer"]})
    said = persons.read(call)
    changed = call.site.catalog.amend_person(
        call.caller, call.needed("id", "name"), title=given.get("fullname"), email=given.get("email"),
        password=given.get("password"),
    )
    besides = persons.keep(call, call.caller, changed, said)
    notes = {"plugin_extras": besides.get("plugin_extras")} if "plugin_extras" in said else {}
    return {**people.dictionary(changed, besides), **notes}


def user_delete(call: Call) -> None:
    """Answer ``user_delete``: the account is disabled, with its tokens and sessions."""
    if call.caller.person is None:
        raise NotAllowed
    call.site.catalog.amend_person(call.caller, call.needed("id"), disabled=True)


ID: Final = {"id": "its id, name or public code"}
ACTIONS: Final = (
    Action(name="organization_create", summary="Make an agency.", run=organization_create, verbs=WRITES,
           permission=OPERATOR,
           parameters={"id": "an operator's: the id it had elsewhere, which leads to it", **MEMBERS}),
    Action(name="organization_update", summary="Change an agency's title and description.", run=organization_update,
           verbs=WRITES, permission=ADMIN, parameters={**ID, **MEMBERS}),
    Action(name="organization_patch", summary="Change an agency's title or description.", run=organization_update,
           verbs=WRITES, permission=ADMIN, parameters={**ID, **MEMBERS}),
    Action(name="organization_delete", summary="Close an agency; its datasets stay.", run=organization_delete,
           verbs=WRITES, permission=OPERATOR, parameters=ID),
    Action(name="member_list", summary="Give what belongs to an agency or a group.", run=member_list, parameters={
        **ID, "object_type": "user or package", "capacity": "only those with this one",
    }),
    Action(name="member_roles_list", summary="Give the roles there are.", run=member_roles_list,
           parameters={"group_type": "organization or group"}),
    Action(name="organization_member_create", summary="Give a person a role.", run=organization_member_create,
           verbs=WRITES, permission=ADMIN, parameters={**ID, "username": "who", "role": "admin, editor or member"}),
    Action(name="organization_member_delete", summary="Take a person's role away.", run=organization_member_delete,
           verbs=WRITES, permission=ADMIN, parameters={**ID, "username": "who", "user_id": "the same, as of old"}),
    Action(name="member_create", summary="Give a person a role, or a group a dataset.", run=member_create,
           verbs=WRITES, permission=MANAGER, parameters={
               **ID, "object": "who or what", "object_type": "user or package", "capacity": "admin, editor or member",
           }),
    Action(name="member_delete", summary="Take a person's role away, or a dataset out of a group.", run=member_delete,
           verbs=WRITES, permission=MANAGER,
           parameters={**ID, "object": "who or what", "object_type": "user or package"}),
    Action(name="user_create", summary="Make an account.", run=user_create, verbs=WRITES, permission=OPERATOR,
           parameters={"name": "her sign-in name", **PERSON, "with_apitoken": "true for a token, shown once",
                       "password_hash": "instead of a password, by an operator: left, and none is set"}),
    Action(name="user_update", summary="Change an account.", run=user_update, verbs=WRITES, permission=people.HERSELF,
           parameters={"id": "her id or name", **PERSON}),
    Action(name="user_patch", summary="Change an account.", run=user_update, verbs=WRITES, permission=people.HERSELF,
           parameters={"id": "her id or name", **PERSON}),
    Action(name="user_delete", summary="Disable an account.", run=user_delete, verbs=WRITES, permission=OPERATOR,
           parameters={"id": "her id or name"}),
)
