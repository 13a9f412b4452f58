"""What a new version is made of: resources out of submissions, names of files, and what carries over; pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from catalog.errors import Conflict
from catalog.model import Artefact, File, Outcome, Resource, Submission, TableOutcome
from standards.record import Text

DERIVED = ("csv", "parquet", "json", "xlsx", "geojson")


def resources_of(submission: Submission, before: Sequence[Resource]) -> tuple[Resource, ...]:
    """Give the resources that a ready submission brings; ``before`` are those of the version it builds on.

    Raises Conflict("wrong-state") for a submission that was not found good.
    """
    outcome = submission.outcome
    if outcome is None or not outcome.valid:
        raise Conflict("wrong-state", state=submission.state)
    titles = {one.name: one.title for one in before}
    kept = {one.name: one.more for one in before if one.kind != "link"}
    made = [_table(submission, outcome, table, titles.get(table.resource, {})) for table in outcome.tables]
    if outcome.attachment is not None:
        made.append(_attachment(submission, outcome.attachment, titles.get(outcome.attachment.resource, {})))
    if outcome.original is not None and outcome.attachment is None and made:
        home = next((at for at, one in enumerate(made) if one.name == outcome.original.resource), 0)
        original = _file(outcome.original, made[home].name, outcome.original.name or submission.staged.name)
        made[home] = replace(made[home], files=(original, *made[home].files))
    return tuple(replace(one, more=kept[one.name]) if kept.get(one.name) else one for one in made)


def _table(submission: Submission, outcome: Outcome, table: TableOutcome, title: Text) -> Resource:
    rows = next((one.rows for one in table.artefacts if one.rows is not None), None)
    if rows is None:
        rows = table.profile.rows if table.profile else table.stats.get("rows")
    return Resource(
        name=table.resource, title=title, kind="table", standard=table.standard, rows=rows, columns=table.columns,
        files=tuple(
            _file(one, table.resource, f"{table.resource}.{one.role}" if one.role in DERIVED else one.name)
            for one in table.artefacts
        ),
        profile=table.profile, groups=table.groups, preview=table.preview, periods=table.periods, pins=table.pins,
        format=str(outcome.file.get("format", "")).lower(), submission=submission.id,
    )


def _attachment(submission: Submission, one: Artefact, title: Text) -> Resource:
    name = one.name or submission.staged.name
    return Resource(
        name=one.resource, title=title, kind="file", files=(_file(one, one.resource, name),), submission=submission.id,
        format=name.rpartition(".")[2].lower() if "." in name else "",
    )


def _file(one: Artefact, resource: str, name: str) -> File:
    return File(
        resource=resource, name=name, role=one.role, media_type=one.media_type, bytes=one.bytes, sha256=one.sha256,
        rows=one.rows, public=one.public,
    )


def merge(before: Sequence[Resource], new: Iterable[Resource]) -> tuple[Resource, ...]:
    """Give the resources of the next version: those before, each in its place and replaced where there is a new one.

    Raises Conflict("resource-twice") when two submissions bring the same one.
    """
    brought: dict[str, Resource] = {}
    for one in new:
        if one.name in brought:
            raise Conflict("resource-twice", resource=one.name)
        brought[one.name] = one
    kept = [brought.pop(one.name, one) for one in before]
    return name_files((*kept, *brought.values()))


def name_files(resources: Sequence[Resource]) -> tuple[Resource, ...]:
    """Give every file of a version its own name: where an original's is taken, ``original-`` goes before it."""
    taken = {file.name for one in resources for file in one.files if file.role in DERIVED}
    named = []
    for resource in resources:
        files = []
        for file in resource.files:
            name = file.name if file.role in DERIVED else _free(file.name, taken)
            taken.add(name)
            files.append(file if name == file.name else replace(file, name=name))
        named.append(replace(resource, files=tuple(files)))
    return tuple(named)


def _free(name: str, taken: set[str]) -> str:
    free, number = name, 1
    while free in taken:
        free = f"original-{name}" if number == 1 else f"original-{number}-{name}"
        number += 1
    return free


def changes_of(submissions: Iterable[Submission]) -> Mapping[str, int] | None:
    """Add up the rows added, removed and changed, None where nobody counted them."""
    counts = [
        table.changes for one in submissions if one.outcome for table in one.outcome.tables if table.changes is not None
    ]
    if not counts:
        return None
    return {name: sum(int(one.get(name, 0)) for one in counts) for name in ("added", "removed", "changed")}
