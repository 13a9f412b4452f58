"""Reports on resources in the words of ckanext-validation: how a file's check ended, and having it checked again."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from api.dialects.ckan.action import WRITES, Action, Call, Wrong
from api.dialects.ckan.packages import came_from, located, nearby
from api.dialects.ckan.shown import found_entry, parts_by_id
from api.messages import findings
from catalog.errors import Conflict, NotAllowed, NotFound
from catalog.model import Entry, Resource, Submission
from catalog.permit import may
from standards.finding import Finding, Group
from standards.metadata import ckan

STATES: Final[Mapping[str, str]] = {"received": "created", "checking": "running", "failed": "error"}
"""States of a file on its way in its words; all others are told by what was found."""

AGAIN: Final = ("blocked", "failed", "ready")
MOST: Final = 1000
NO_REPORT: Final = "No validation report exists for this resource"
KEPT: Final = "A report is kept with its file; it goes when the file's next version, or an erasure, takes its place"
LINK: Final = "Only files that were uploaded are checked; nothing is fetched from a link"


def resource_validation_show(call: Call) -> dict[str, Any]:
    """Answer ``resource_validation_show``: the newest file for its agency, the published one for everybody else."""
    entry, part, one = _found(call, call.needed("resource_id"))
    own = ckan.resource_id(entry.id, part.name if part else one.options.resource if one else "")
    if one is not None:
        return {**_told(call, one), "resource_id": own}
    if part is None or part.kind != "table":
        raise NotFound
    return {**_published(call, entry, part), "resource_id": own}


def _found(call: Call, key: str) -> tuple[Entry, Resource | None, Submission | None]:
    """Find a resource, or a file that is to become one; the file only for people of its agency. Raises NotFound."""
    try:
        entry, version, _ = located(call, key)
    except NotFound:
        return _on_its_way(call, key)
    part = parts_by_id(call, entry.id, version.resources)[key]
    if not may(call.caller, "see", organisation=entry.organisation):
        return entry, part, None
    return entry, part, next(_files(call, entry, part.name), None)


def _on_its_way(call: Call, key: str) -> tuple[Entry, None, Submission]:
    for name in [*(one.id for one in nearby(call, key)), *came_from(call, key)]:
        try:
            entry = found_entry(call, name)[0]
        except NotFound:
            continue
        if may(call.caller, "see", organisation=entry.organisation):
            for one in _files(call, entry, ""):
                if key == ckan.resource_id(entry.id, one.options.resource or entry.slug):
                    return entry, None, one
    raise NotFound


def _files(call: Call, entry: Entry, name: str) -> Iterator[Submission]:
    """Give the files sent for a resource, the newest first; for all of them without a name."""
    for one in call.site.catalog.submissions(call.caller, dataset=entry.id, limit=MOST):
        if not name or (one.options.resource or entry.slug) == name:
            yield one


def _told(call: Call, one: Submission) -> dict[str, Any]:
    """Show how a file's check stands."""
    outcome = one.outcome
    status = STATES.get(one.state) or ("success" if outcome is None or outcome.valid else "failure")
    tables = outcome.tables if outcome and outcome.readable else ()
    tasks = [
        _task(one.staged.name, table.resource, table.profile.rows if table.profile else None,
              [column.name for column in table.columns], table.groups, _errors(call, table.findings))
        for table in tables
    ]
    code = str((one.reason or {}).get("code", ""))
    said = findings.why(one.reason, "en") if one.reason and code else ""
    return {
        "id": one.id, "status": status, "created": ckan.moment(one.created), "finished": ckan.moment(one.finished),
        "report": _report(tasks) if tasks else None,
        "error": {"message": [said or code]} if status == "error" or (status == "failure" and not tasks) else None,
    }


def _published(call: Call, entry: Entry, part: Resource) -> dict[str, Any]:
    """Show the check of a published table to anybody: what was counted, never a cell."""
    version = found_entry(call, entry.id)[1]
    task = _task(part.name, part.name, part.rows, [one.name for one in part.columns], part.groups, [])
    done = ckan.moment(version.issued if version else entry.modified)
    return {"id": part.submission or entry.id, "status": "success" if task["valid"] else "failure",
            "created": done, "finished": done, "report": _report([task]), "error": None}


def _report(tasks: list[dict[str, Any]]) -> dict[str, Any]:
    """Put tasks into a report as Frictionless has it."""
    count = {name: sum(int(one["stats"][name]) for one in tasks) for name in ("errors", "warnings")}
    return {"valid": all(one["valid"] for one in tasks), "stats": {"tasks": len(tasks), **count}, "warnings": [],
            "errors": [], "tasks": tasks}


def _task(  # noqa: PLR0917 - what a report says of a table
    place: str, name: str, rows: int | None, labels: list[str], groups: Iterable[Group], errors: list[dict[str, Any]],
) -> dict[str, Any]:
    every = list(groups)
    count = {f"{kind}s": sum(one.count for one in every if one.severity == kind) for kind in ("error", "warning")}
    warnings = [
        f"{findings.title(one.code, 'en')} ({one.code}{f', {one.field}' if one.field else ''}): {one.count}"
        for one in every if one.severity == "warning"
    ]
    stats = {"rows": rows, "fields": len(labels), **count}
    return {"name": name, "type": "table", "place": place, "labels": labels, "valid": not count["errors"],
            "stats": stats, "warnings": warnings, "errors": errors}


def _errors(call: Call, found: Iterable[Finding]) -> list[dict[str, Any]]:
    """Write findings that keep a file from being published as Frictionless writes errors, in the site's language."""
    language = call.site.language
    return [
        {"type": one.code, "title": findings.title(one.code, language),
         "message": findings.say(one, language) or one.code, "rowNumber": one.place.row,
         "fieldNumber": one.place.column, "fieldName": one.place.field, "cell": one.cell, "description": one.basis,
         "tags": [], "note": ""}
        for one in found if one.severity == "error"
    ]


def resource_validation_run(call: Call) -> dict[str, Any]:
    """Answer ``resource_validation_run``: a file that is not published is checked again, a published one stands."""
    if call.caller.person is None:
        raise NotAllowed
    entry, part, one = _found(call, call.needed("resource_id"))
    call.site.catalog.may_submit(call.caller, entry.id)
    if one is None:
        words = LINK if part is not None and part.kind == "link" else NO_REPORT
        raise Wrong({"url": [words]})
    return {**_told(call, _checked_again(call, one)), "resource_id": call.text("resource_id")}


def _checked_again(call: Call, one: Submission) -> Submission:
    """Have a file checked again where its check may come out otherwise."""
    if one.state not in AGAIN:
        return one
    try:
        read = dict(one.options.read) if one.state == "failed" else None
        return call.site.catalog.recheck(call.caller, one.id, read=read)
    except Conflict:  # its bytes are gone, or somebody was quicker: the report stands
        return one


def resource_validation_delete(call: Call) -> None:
    """Answer ``resource_validation_delete``: a report is part of the records and stays."""
    if call.caller.person is None:
        raise NotAllowed
    entry, _, one = _found(call, call.needed("resource_id"))
    call.site.catalog.may_submit(call.caller, entry.id)
    if one is None:
        raise NotFound
    raise Wrong({"resource_id": [KEPT]})


def resource_validation_run_batch(call: Call) -> dict[str, str]:
    """Answer ``resource_validation_run_batch``: every file of these datasets that waits with a report."""
    if call.caller.person is None or call.caller.person.role != "operator":
        raise NotAllowed
    keys = call.names("dataset_ids")
    wanted = [found_entry(call, key)[0].id for key in keys[:MOST]]
    files = [
        one for dataset in (wanted or [""])
        for one in call.site.catalog.submissions(call.caller, dataset=dataset, states=AGAIN, limit=MOST)
    ]
    begun = [one for one in files if _checked_again(call, one).state == "received"]
    return {"output": f"Done. {len(begun)} resources sent to the validation queue"}


_KEY: Final = {"resource_id": "the resource's id"}
_EDITOR: Final = "an editor of the agency"

ACTIONS: Final = (
    Action(name="resource_validation_show", summary="Tell how the check of a resource's file ended, with its report.",
           run=resource_validation_show, parameters=_KEY,
           permission="anyone for what is published; its agency for a file on its way, with cells"),
    Action(name="resource_validation_run", summary="Have a file that is not published checked again.",
           run=resource_validation_run, verbs=WRITES, permission=_EDITOR,
           parameters={**_KEY, "async": "taken, a worker does it"}),
    Action(name="resource_validation_delete", summary="Refused: a report is kept with its file.",
           run=resource_validation_delete, verbs=WRITES, permission=_EDITOR, parameters=_KEY),
    Action(name="resource_validation_run_batch", summary="Have the files of datasets checked again that wait.",
           run=resource_validation_run_batch, verbs=WRITES, permission="an operator",
           parameters={"dataset_ids": "of these datasets; of all without them", "query": "taken and left"}),
)
