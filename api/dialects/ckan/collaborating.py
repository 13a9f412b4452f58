"""Collaborators: people who work on one dataset of an agency that is not theirs, where the site allows it."""

from __future__ import annotations

from typing import Any, Final

from api.dialects.ckan import groups, people
from api.dialects.ckan.action import WRITES, Action, Call, Refused, Wrong
from api.dialects.ckan.packages import located
from api.dialects.ckan.shown import found_entry
from catalog.errors import NotAllowed, NotFound
from catalog.model import Caller, Entry, Mark, Person
from catalog.permit import may
from standards.metadata import ckan

KIND: Final = "collaborator"
ALLOWED: Final = "ckan.auth.allow_dataset_collaborators"
CAPACITIES: Final = ("editor", "member", "admin")
PACKAGE: Final = frozenset({
    "package_show", "package_update", "package_patch", "package_activity_list", "package_resource_reorder",
})
RESOURCE: Final = frozenset({
    "resource_show", "resource_update", "resource_patch", "resource_delete", "resource_view_list",
})
OF_RESOURCE: Final = frozenset({"resource_view_create", "datastore_search", "datastore_info"})
"""Actions that a collaborator may ask for: those on exactly the dataset, or a resource of it, that they name."""


def caller_of(call: Call, name: str) -> Caller:
    """Give the caller of an action with what she may do as a collaborator of the dataset that it is on."""
    if call.caller.person is None or not call.switch(ALLOWED):
        return call.caller
    key = _dataset(call, name)
    return call.site.catalog.shared(call.caller, key) if key else call.caller


def _dataset(call: Call, name: str) -> str:
    given = call.given
    if name in PACKAGE:
        return str(given.get("id") or (given.get("name") or "" if name == "package_update" else ""))
    if name == "resource_create":
        return str(given.get("package_id") or "")
    key = given.get("id") if name in RESOURCE else given.get("resource_id") if name in OF_RESOURCE else None
    if not isinstance(key, str) or not key:
        return ""
    try:
        system = Call(site=call.site, caller=call.site.catalog.system(), given=given)
        return located(system, key)[0].id
    except NotFound:
        return ""


def _managed(call: Call) -> Entry:
    """Find the dataset whose collaborators the caller may choose."""
    if call.caller.person is None:
        raise NotAllowed
    if not call.switch(ALLOWED):
        raise Wrong({"message": ["Dataset collaborators not enabled"]})
    caller = call.site.catalog.shared(call.caller, call.needed("id"))
    entry, _ = found_entry(Call(site=call.site, caller=caller, given=call.given), call.needed("id"))
    mark = call.site.catalog.mark(KIND, f"{entry.id}:{call.caller.person.id}")
    admin = mark is not None and mark.body.get("capacity") == "admin"
    if not admin and not may(call.caller, "manage-agency", organisation=entry.organisation):
        raise NotAllowed
    return entry


def dictionary(one: Mark) -> dict[str, Any]:
    """Give the dictionary of a collaborator."""
    return {"package_id": one.subject, "user_id": one.person, "capacity": str(one.body["capacity"]),
            "modified": ckan.moment(one.modified)}


def _person(call: Call) -> Person:
    found = groups.person_of(call, call.needed("user_id"))
    if found is None:
        raise NotFound
    return found


def package_collaborator_create(call: Call) -> dict[str, Any]:
    """Answer ``package_collaborator_create``."""
    if call.caller.person is not None:
        call.all_needed("id", "user_id", "capacity")
    entry, capacity = _managed(call), call.needed("capacity")
    allowed = CAPACITIES if call.switch("ckan.auth.allow_admin_collaborators") else CAPACITIES[:2]
    if capacity not in allowed:
        raise Wrong({"message": f'Role must be one of "{", ".join(allowed)}"'})
    person = _person(call)
    return dictionary(call.site.catalog.keep_mark(
        call.caller, "", KIND, f"{entry.id}:{person.id}", subject=entry.id, person=person.id,
        body={"capacity": capacity},
    ))


def package_collaborator_delete(call: Call) -> None:
    """Answer ``package_collaborator_delete``."""
    if call.caller.person is not None:
        call.all_needed("id", "user_id")
    entry = _managed(call)
    call.site.catalog.drop_mark(call.caller, "", KIND, f"{entry.id}:{_person(call).id}")


def package_collaborator_list(call: Call) -> list[dict[str, Any]]:
    """Answer ``package_collaborator_list``."""
    entry, wanted = _managed(call), call.text("capacity")
    if wanted not in ("", *CAPACITIES):
        raise Refused.wrong(f'Capacity must be one of "{", ".join(CAPACITIES[:2])}"')
    shown = [dictionary(one) for one in call.site.catalog.marks(KIND, subjects=[entry.id])]
    return [found for found in shown if wanted in ("", found["capacity"])]


def package_collaborator_list_for_user(call: Call) -> list[dict[str, Any]]:
    """Answer ``package_collaborator_list_for_user``: to herself and to operators."""
    if not call.switch(ALLOWED):
        raise Wrong({"message": ["Dataset collaborators not enabled"]})
    person, wanted = call.site.catalog.person(call.caller, call.needed("id")), call.text("capacity")
    shown = [dictionary(one) for one in call.site.catalog.marks(KIND, person=person.id)]
    return [{name: one[name] for name in ("package_id", "capacity", "modified")} for one in shown
            if wanted in ("", one["capacity"])]


MANAGER: Final = f"an admin of the agency, where `{ALLOWED}` is on"
ID: Final = {"id": "the dataset's id or name"}
ACTIONS: Final = (
    Action(name="package_collaborator_create", summary="Let a person of elsewhere work on a dataset.",
           run=package_collaborator_create, verbs=WRITES, permission=MANAGER,
           parameters={**ID, "user_id": "who", "capacity": "editor or member; admin where the site allows it"}),
    Action(name="package_collaborator_delete", summary="Let her no longer work on it.",
           run=package_collaborator_delete, verbs=WRITES, permission=MANAGER, parameters={**ID, "user_id": "who"}),
    Action(name="package_collaborator_list", summary="Give who works on a dataset.", run=package_collaborator_list,
           permission=MANAGER, parameters={**ID, "capacity": "only with this one"}),
    Action(name="package_collaborator_list_for_user", summary="Give the datasets that a person works on.",
           run=package_collaborator_list_for_user, permission=people.HERSELF,
           parameters={"id": "her id or name", "capacity": "only with this one"}),
)
