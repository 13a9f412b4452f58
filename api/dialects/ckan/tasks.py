"""What loaders and translators keep through CKAN's API: states of tasks, and translations of terms."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from contextlib import suppress
from hashlib import sha256
from typing import Any, Final

from api.dialects.ckan.action import WRITES, Action, Call, Wrong, text_of
from api.dialects.ckan.packages import located
from api.dialects.ckan.shown import found_entry
from catalog.errors import NotAllowed, NotFound
from catalog.model import Entry, Mark
from catalog.permit import may
from standards.metadata import ckan

TASK: Final = "task"
TERM: Final = "term"
LOADER: Final = {"entity_type": "resource", "task_type": "datapusher", "key": "datapusher"}
"""The task under which a loader of the DataStore keeps its state."""
MANY: Final = 1000
"""Entries that one call may give."""
LONGEST: Final = 20_000


# --- tasks ------------------------------------------------------------------------------------------------------------


def _entity(call: Call, key: str) -> Entry | None:
    """Find the dataset that a task is about, or whose resource it is about; None where there is no such thing."""
    with suppress(NotFound):
        return located(call, key)[0]
    with suppress(NotFound):
        return found_entry(call, key)[0]
    return None


def _may_task(call: Call, key: str) -> None:
    entry = _entity(call, key)
    mine = entry is not None and may(call.caller, "describe", organisation=entry.organisation)
    if not mine and not may(call.caller, "operate"):
        raise NotAllowed


def _task(one: Mark) -> dict[str, Any]:
    names = ("entity_id", "entity_type", "task_type", "key", "value", "state", "error", "last_updated")
    return {"id": one.id, **{name: one.body.get(name) for name in names}}


def _held(call: Call, given: Mapping[str, Any]) -> Mark | None:
    """Find a task by its id, or by what it is about, its type and its key."""
    if given.get("id"):
        found: Mark | None = call.site.catalog.mark(TASK, str(given["id"]))
        return found
    for one in call.site.catalog.marks(TASK, subjects=[str(given.get("entity_id") or "")]):
        if all(one.body.get(name) == str(given.get(name) or "") for name in ("task_type", "key")):
            return one
    return None


def task_status_show(call: Call) -> dict[str, Any]:
    """Answer ``task_status_show``: to those who may see what it is about."""
    if not call.given.get("id"):
        for name in ("entity_id", "task_type", "key"):
            call.needed(name)
    one = _held(call, call.given)
    if one is None or (not may(call.caller, "operate") and _entity(call, one.subject) is None):
        raise NotFound
    return _task(one)


def task_status_update(call: Call) -> dict[str, Any]:
    """Answer ``task_status_update``."""
    if call.caller.person is None:
        raise NotAllowed
    return _updated(call, call.given)


def _updated(call: Call, given: Mapping[str, Any]) -> dict[str, Any]:
    names = ("entity_id", "entity_type", "task_type", "key")
    one = _held(call, given)
    before = dict(one.body) if one else {}
    missing = {name: ["Missing value"] for name in names if not given.get(name) and not before.get(name)}
    long = {name: ["Too long"] for name, value in given.items() if len(str(value)) > LONGEST}
    if missing or long:
        raise Wrong({**missing, **long})
    said = {name: text_of(name, value) for name, value in given.items()
            if name in (*names, "value", "state", "error", "last_updated") and value is not None}
    body = {"value": None, "state": None, "error": None, **before, **said}
    body.setdefault("last_updated", ckan.moment(call.now))
    _may_task(call, str(body["entity_id"]))
    key = one.id if one else str(uuid.uuid4())
    return _task(call.site.catalog.keep_mark(call.caller, "", TASK, key, subject=str(body["entity_id"]), body=body))


def task_status_update_many(call: Call) -> dict[str, Any]:
    """Answer ``task_status_update_many``."""
    if call.caller.person is None:
        raise NotAllowed
    return {"results": [_updated(call, one) for one in _dictionaries(call)]}


def _dictionaries(call: Call) -> list[dict[str, Any]]:
    given = call.given.get("data")
    if not isinstance(given, list) or not all(isinstance(one, dict) for one in given) or len(given) > MANY:
        raise Wrong({"data": ["Must be a list of dictionaries"]})
    return given


def task_status_delete(call: Call) -> None:
    """Answer ``task_status_delete``."""
    if call.caller.person is None:
        raise NotAllowed
    one = _held(call, {"id": call.needed("id")})
    if one is None:
        raise NotFound
    _may_task(call, one.subject)
    call.site.catalog.drop_mark(call.caller, "", TASK, one.id)


def datapusher_hook(call: Call) -> None:
    """Answer ``datapusher_hook``: a loader tells how far it has come with a resource."""
    if call.caller.person is None:
        raise NotAllowed
    metadata, status = call.given.get("metadata"), call.needed("status")
    resource = metadata.get("resource_id") if isinstance(metadata, dict) else None
    if not isinstance(resource, str) or not resource:
        raise Wrong({"metadata": ["Missing value"]})
    located(call, resource)
    _updated(call, {**LOADER, "entity_id": resource, "state": status, "last_updated": ckan.moment(call.now),
                    "error": call.text("error") or None})


def datapusher_status(call: Call) -> dict[str, Any]:
    """Answer ``datapusher_status``: to those who may change the resource."""
    if call.caller.person is None:
        raise NotAllowed
    resource = call.needed("resource_id", "id")
    located(call, resource)
    _may_task(call, resource)
    one = _held(call, {**LOADER, "entity_id": resource})
    if one is None:
        raise NotFound
    shown = _task(one)
    return {"status": shown["state"], "job_id": None, "job_url": None, "last_updated": shown["last_updated"],
            "error": shown["error"], "task_info": None}


# --- translations of terms --------------------------------------------------------------------------------------------


def term_translation_show(call: Call) -> list[dict[str, Any]]:
    """Answer ``term_translation_show``."""
    terms, languages = call.names("terms"), call.names("lang_codes")
    if not terms:
        raise Wrong({"terms": "terms not in data"})
    found = [one for one in call.site.catalog.marks(TERM, subjects=[_digest(term) for term in terms[:MANY]])
             if not languages or one.body["lang_code"] in languages]
    return [{name: one.body[name] for name in ("term", "term_translation", "lang_code")} for one in found]


def _digest(*words: str) -> str:
    return sha256("\0".join(words).encode()).hexdigest()


def term_translation_update(call: Call) -> dict[str, Any]:
    """Answer ``term_translation_update``."""
    if not may(call.caller, "operate"):
        raise NotAllowed
    return _translated(call, call.given)


def _translated(call: Call, given: Mapping[str, Any]) -> dict[str, Any]:
    names = ("term", "term_translation", "lang_code")
    wrong = {name: ["Missing value"] for name in names if not given.get(name)}
    wrong |= {name: ["Too long"] for name in names if len(str(given.get(name))) > LONGEST}
    if wrong:
        raise Wrong(wrong)
    body = {name: text_of(name, given[name]) for name in names}
    call.site.catalog.keep_mark(call.caller, "operate", TERM, _digest(body["term"], body["lang_code"]),
                                subject=_digest(body["term"]), body=body)
    return body


def term_translation_update_many(call: Call) -> dict[str, str]:
    """Answer ``term_translation_update_many``."""
    if not may(call.caller, "operate"):
        raise NotAllowed
    done = [_translated(call, one) for one in _dictionaries(call)]
    return {"success": f"{len(done)} rows updated"}


KEY: Final = {
    "id": "its id, or instead of it", "entity_id": "what it is about", "task_type": "its type", "key": "its key",
}
STATE: Final = {"entity_type": "dataset or resource", "value": "kept", "state": "kept", "error": "kept",
                "last_updated": "now unless said"}
TASKER: Final = "an operator, or an editor of the agency whose data it is about"
ACTIONS: Final = (
    Action(name="task_status_show", summary="Give the state of a task.", run=task_status_show,
           permission="those who may see what it is about", parameters=KEY),
    Action(name="task_status_update", summary="Keep the state of a task.", run=task_status_update, verbs=WRITES,
           permission=TASKER, parameters={**KEY, **STATE}),
    Action(name="task_status_update_many", summary="Keep the states of several tasks.", run=task_status_update_many,
           verbs=WRITES, permission=TASKER, parameters={"data": "a list of dictionaries"}),
    Action(name="task_status_delete", summary="Forget the state of a task.", run=task_status_delete, verbs=WRITES,
           permission=TASKER, parameters={"id": "its id"}),
    Action(name="datapusher_hook", summary="Take a loader's word on how far it has come with a resource.",
           run=datapusher_hook, verbs=WRITES, permission=TASKER,
           parameters={"metadata": "{resource_id}", "status": "pending, running, complete or error",
                       "error": "what went wrong"}),
    Action(name="datapusher_status", summary="Give how far a loader has come with a resource.", run=datapusher_status,
           verbs=WRITES, permission=TASKER, parameters={"resource_id": "the resource", "id": "the same"}),
    Action(name="term_translation_show", summary="Give translations of terms.", run=term_translation_show,
           parameters={"terms": "which", "lang_codes": "into which languages, all unless said"}),
    Action(name="term_translation_update", summary="Keep the translation of a term.", run=term_translation_update,
           verbs=WRITES, permission="an operator",
           parameters={"term": "the term", "term_translation": "its translation", "lang_code": "its language"}),
    Action(name="term_translation_update_many", summary="Keep the translations of several terms.",
           run=term_translation_update_many, verbs=WRITES, permission="an operator",
           parameters={"data": "a list of dictionaries"}),
)
