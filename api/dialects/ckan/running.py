"""Jobs as operators see them at CKAN, and what this catalogue has none of, said as CKAN says it."""

from __future__ import annotations

from typing import Any, Final

from api.dialects.ckan.action import WRITES, Action, Call, Refused, Wrong
from api.dialects.ckan.shown import found_entry
from catalog.errors import NotAllowed, NotFound
from catalog.model import Job
from catalog.permit import may
from standards.metadata import ckan

UNDER_WAY: Final = ("waiting", "running")
MOST: Final = 100
KINDS: Final = ("depends_on", "dependency_of", "derives_from", "has_derivation", "links_to", "linked_from", "child_of",
                "parent_of")
"""The relations that CKAN knows; datasets have none of them here."""


def _job(one: Job) -> dict[str, Any]:
    title = f"{one.flow} {one.key}".strip()
    return {"id": one.id, "title": title, "created": ckan.moment(one.created), "queue": "default"}


def job_list(call: Call) -> list[Any]:
    """Answer ``job_list``: work that waits or runs."""
    found = call.site.catalog.jobs(call.caller, states=UNDER_WAY)
    queues = call.names("queues")
    shown = [_job(one) for one in found if not queues or "default" in queues][: call.number("limit") or MOST]
    return [one["id"] for one in shown] if call.flag("ids_only") else shown


def job_show(call: Call) -> dict[str, Any]:
    """Answer ``job_show``."""
    return _job(call.site.catalog.job(call.caller, call.needed("id")))


def job_cancel(call: Call) -> None:
    """Answer ``job_cancel``."""
    if not may(call.caller, "operate"):
        raise NotAllowed
    call.site.catalog.cancel_job(call.caller, call.needed("id"))


def relationships(call: Call) -> list[dict[str, Any]]:
    """Answer ``package_relationships_list``: there are none."""
    names = ("id", "id2") if call.given.get("id2") else ("id",)
    for name, place in zip(names, ("First", "Second"), strict=False):
        key = call.needed(name)
        try:
            found_entry(call, key)
        except NotFound:
            raise Refused.missing(f"{place} package named in request was not found.") from None
    if (kind := call.text("rel")) and kind not in KINDS:
        raise Wrong({"rel": [f"Value must be one of {', '.join(KINDS)}"]})
    return []


def site_user(_: Call) -> None:
    """Answer ``get_site_user``: nobody from outside is told of it, at a CKAN neither."""
    raise Refused(403, "Authorization Error", "Access denied: Only internal services allowed to use this action")


ACTIONS: Final = (
    Action(name="job_list", summary="Give the work that waits or runs.", run=job_list, permission="an operator",
           parameters={"queues": "`default`, there is no other", "limit": "so many", "ids_only": "ids alone"}),
    Action(name="job_show", summary="Give a job.", run=job_show, permission="an operator", parameters={"id": "its id"}),
    Action(name="job_cancel", summary="Stop a job before its next step.", run=job_cancel, verbs=WRITES,
           permission="an operator", parameters={"id": "its id"}),
    Action(name="package_relationships_list", summary="Give the relations of a dataset to others: there are none.",
           run=relationships, parameters={"id": "its id or name", "id2": "another's", "rel": "of one kind alone"}),
    Action(name="get_site_user", summary="Refuse everybody, as CKAN does.", run=site_user, permission="nobody"),
)
