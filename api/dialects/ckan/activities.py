"""Activities: what was done to datasets, agencies and people, read from the audit chain by those who may know."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final

from api.dialects.ckan import comparing, groups
from api.dialects.ckan.action import WRITES, Action, Call, Refused, Wrong
from api.dialects.ckan.following import KIND as FOLLOW
from api.dialects.ckan.past import Past
from api.dialects.ckan.shown import found_entry
from catalog.errors import NotAllowed, NotFound
from catalog.model import NOBODY, AuditRow, Entry
from catalog.permit import may
from catalog.question import Question
from standards.metadata import ckan

SEEN: Final = "dashboard"
TYPES: Final[Mapping[str, str]] = {
    "draft": "new package", "publish": "changed package", "amend": "changed package", "arrange": "changed package",
    "add-link": "changed package", "remove-resource": "changed package", "republish": "changed package",
    "withdraw": "deleted package", "purge": "deleted package", "add-organisation": "new organization",
    "amend-organisation": "changed organization", "organisation-rename": "changed organization",
    "organisation-close": "deleted organization", "organisation-merge": "deleted organization",
    "organisation-split": "deleted organization", "add-person": "new user", "amend-person": "changed user",
    "keep-group": "changed group", "keep-follow": "follow",
}
"""Deeds of the audit chain and the types of activity that they are; others are none."""
PACKAGES: Final = tuple(act for act, kind in TYPES.items() if kind.endswith("package"))
PAGE: Final = 500
AWAY: Final = 10_000
"""Deeds that are looked through for one list."""


def _asked(call: Call) -> tuple[int, int, datetime | None, datetime | None]:
    """Give how many activities behind how many are asked for, and between which moments."""
    limit = call.number("limit") or call.most("ckan.activity_list_limit")
    most = call.most("ckan.activity_list_limit_max")
    return min(limit, most), call.number("offset", 0) or 0, _moment(call, "after"), _moment(call, "before")


def _moment(call: Call, name: str) -> datetime | None:
    """Read a moment: seconds since 1970, or as CKAN writes it; raises Wrong."""
    said = call.text(name)
    if not said:
        return None
    try:
        return datetime.fromtimestamp(float(said), UTC)
    except (ValueError, OverflowError, OSError):
        pass
    try:
        found = datetime.fromisoformat(said)
    except ValueError:
        raise Wrong({name: ["Date format incorrect"]}) from None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def _listed(call: Call, targets: Sequence[str] | None, actor: str = "", *, whole: bool = False) -> list[dict[str, Any]]:
    """List what was done to these things, or by a person, newest first; ``whole`` with datasets as they were."""
    limit, offset, after, before = _asked(call)
    whole = call.flag("include_data", default=whole)
    wanted, without = set(call.names("activity_types")), set(call.names("exclude_activity_types"))
    found: list[dict[str, Any]] = []
    rows = call.site.catalog.deeds(targets=targets, actor=actor, acts=tuple(TYPES), after=after, before=before,
                                   limit=AWAY)
    for shown in dictionaries(call, rows):
        kind = shown["activity_type"]
        if (not wanted or kind in wanted) and kind not in without:
            found.append(shown)
        if len(found) >= offset + limit:
            break
    return _as_they_were(call, found[offset:]) if whole else found[offset:]


def _as_they_were(call: Call, found: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Put datasets as they were into activities, where that is known; the others keep name and title alone."""
    pasts: dict[str, Past] = {}
    for one in found:
        if "package" in one["data"]:
            key = str(one["object_id"])
            if key not in pasts:
                pasts[key] = Past(call, found_entry(call, key)[0])
            one["data"]["package"] = pasts[key].package(_sequence(str(one["id"]))) or one["data"]["package"]
    return list(found)


def dictionaries(call: Call, rows: Iterable[AuditRow]) -> Iterable[dict[str, Any]]:
    """Give the activities that the caller may know of, as they are asked for."""
    entries: dict[str, Entry | None] = {}
    names: dict[str, str | None] = {}
    for row in rows:
        kind = TYPES[row.act]
        entry = None
        if row.act in PACKAGES:
            entry = entries.setdefault(row.object, _entry(call, row.object)) if row.object not in entries else (
                entries[row.object])
            if entry is None:
                continue
        elif not _others_seen(call, row):
            continue
        yield _activity(call, row, kind, entry, _who(call, row.actor, entry, names))


def _entry(call: Call, key: str) -> Entry | None:
    try:
        return found_entry(call, key)[0]
    except NotFound:
        return None


def _others_seen(call: Call, row: AuditRow) -> bool:
    """Tell whether a deed on something else than a dataset may be known: agencies by all, the rest by operators."""
    own = call.caller.person is not None and row.actor == call.caller.person.name
    return own or row.act.endswith(("organisation", "-rename", "-close", "-merge", "-split", "-group")) or may(
        call.caller, "see-audit")


def _who(call: Call, actor: str, entry: Entry | None, names: dict[str, str | None]) -> str | None:
    """Give the id of who did it, to those who may know of people."""
    person = call.caller.person
    may_know = call.switch("ckan.auth.public_user_details") or may(call.caller, "see-people") or (
        entry is not None and may(call.caller, "see-members", organisation=entry.organisation)
    ) or (person is not None and person.name == actor)
    if not may_know:
        return None
    if actor not in names:
        found = groups.person_of(call, actor)
        names[actor] = found.id if found else actor
    return names[actor]


def _activity(call: Call, row: AuditRow, kind: str, entry: Entry | None, who: str | None) -> dict[str, Any]:
    data: dict[str, Any] = {}
    if entry is not None:
        told = {"id": entry.id, "name": entry.slug, "title": call.words(entry.about.title)}
        data["package"] = told
    return {
        "id": key_of(row.sequence), "timestamp": ckan.moment(row.at), "user_id": who, "object_id": row.object,
        "activity_type": kind, "data": {**data, "actor": row.actor if who else None}, "revision_id": None,
    }


def key_of(sequence: int) -> str:
    """Give the id of an activity: the number of its deed as a UUID (version 8)."""
    return str(uuid.UUID(int=(0x8 << 76) | (0b10 << 62) | sequence))


def _sequence(key: str) -> int:
    try:
        number = uuid.UUID(key).int
    except ValueError:
        raise NotFound from None
    sequence = number & ((1 << 62) - 1)
    if number != (0x8 << 76) | (0b10 << 62) | sequence or sequence < 1:
        raise NotFound
    return sequence


def package_activity_list(call: Call) -> list[dict[str, Any]]:
    """Answer ``package_activity_list``."""
    return _listed(call, [found_entry(call, call.needed("id"))[0].id], whole=True)


def organization_activity_list(call: Call) -> list[dict[str, Any]]:
    """Answer ``organization_activity_list``: of an agency and of its datasets."""
    one = call.site.catalog.organisation(NOBODY, call.needed("id"))
    every = call.site.catalog.datasets_of(call.caller, one.id, limit=AWAY)
    return _listed(call, [one.id, *(each.id for each in every)])


def group_activity_list(call: Call) -> list[dict[str, Any]]:
    """Answer ``group_activity_list``: of a group and of its public datasets."""
    theme = ckan.theme_of(call.needed("id"))
    made = None if theme else groups.needed(call)
    asked = Question(filters={"theme": (made.subject if made else theme,)}, facets=(), marks=False, limit=1000,
                     sort="modified")
    entries = call.site.catalog.search(NOBODY, asked)[1]
    return _listed(call, [*([made.id] if made else []), *(each.id for each in entries)])


def user_activity_list(call: Call) -> list[dict[str, Any]]:
    """Answer ``user_activity_list``: what a person did, to herself and to operators."""
    return _listed(call, None, call.site.catalog.person(call.caller, call.needed("id")).name)


def recently_changed(call: Call) -> list[dict[str, Any]]:
    """Answer ``recently_changed_packages_activity_list``."""
    limit, offset, after, before = _asked(call)
    found: list[dict[str, Any]] = []
    rows = call.site.catalog.deeds(targets=None, acts=PACKAGES, after=after, before=before, limit=AWAY)
    for shown in dictionaries(call, rows):
        found.append(shown)
        if len(found) >= offset + limit:
            break
    return _as_they_were(call, found[offset:]) if call.flag("include_data") else found[offset:]


def _mine(call: Call) -> list[str]:
    """Give what the caller follows, and herself."""
    if call.caller.person is None:
        raise NotAllowed
    marks = call.site.catalog.marks(FOLLOW, person=call.caller.person.id)
    return [call.caller.person.id, *(one.subject for one in marks)]


def dashboard_activity_list(call: Call) -> list[dict[str, Any]]:
    """Answer ``dashboard_activity_list``: of what the caller follows."""
    targets, seen = _mine(call), _looked(call)
    return [{**one, "is_new": str(one["timestamp"]) > seen} for one in _listed(call, targets)]


def _looked(call: Call) -> str:
    """Give the moment until which the caller has seen what is new, "" where she never said."""
    mark = call.site.catalog.mark(SEEN, call.caller.person.id) if call.caller.person else None
    return str(ckan.moment(mark.modified)) if mark else ""


def dashboard_new_activities_count(call: Call) -> int:
    """Answer ``dashboard_new_activities_count``."""
    return sum(one["is_new"] for one in dashboard_activity_list(call))


def dashboard_mark_activities_old(call: Call) -> None:
    """Answer ``dashboard_mark_activities_old``."""
    if call.caller.person is None:
        raise NotAllowed
    own = call.caller.person.id
    call.site.catalog.keep_mark(call.caller, "", SEEN, own, subject=own, person=own)


def activity_show(call: Call) -> dict[str, Any]:
    """Answer ``activity_show``."""
    return _shown(call, _sequence(call.needed("id")), whole=call.flag("include_data", default=True))


def _shown(call: Call, sequence: int, *, whole: bool) -> dict[str, Any]:
    rows = call.site.catalog.deeds(targets=None, acts=tuple(TYPES), sequence=sequence, limit=1)
    found = list(dictionaries(call, rows))
    if not found:
        raise NotFound
    return _as_they_were(call, found)[0] if whole else found[0]


def activity_data_show(call: Call) -> dict[str, Any]:
    """Answer ``activity_data_show``: what an activity tells of its thing, or with ``object_type`` that thing alone."""
    data: dict[str, Any] = _shown(call, _sequence(call.needed("id")), whole=True)["data"]
    kind = call.text("object_type")
    if not kind:
        return data
    if kind not in data or not _whole(data[kind]):
        raise Refused.missing("Could not find that object_type in the activity")
    return dict(data[kind])


def _whole(told: Any) -> bool:
    return isinstance(told, dict) and "resources" in told


def activity_diff(call: Call) -> dict[str, Any]:
    """Answer ``activity_diff``: what a deed changed of a dataset, line by line, where it is known before and after."""
    key, kind = call.all_needed("id", "object_type")
    sequence = _sequence(key)
    after = _shown(call, sequence, whole=False)
    way = call.text("diff_type", "unified") or "unified"
    if way not in comparing.WAYS:
        raise Wrong({"message": ["diff_type not recognized"]})
    acts = PACKAGES if "package" in after["data"] else tuple(TYPES)
    rows = call.site.catalog.deeds(targets=[str(after["object_id"])], acts=acts, limit=AWAY)
    before = next((row.sequence for row in rows if row.sequence < sequence), None)
    if before is None:
        raise Refused.missing("Previous activity for this object not found")
    both = _as_they_were(call, [_shown(call, before, whole=False), after])
    if not all(_whole(one["data"].get(kind)) for one in both):
        raise Refused.missing("Could not find object in the activity data")
    diff = comparing.difference(both[0]["data"][kind], both[1]["data"][kind], way)
    if diff is None:
        raise Wrong({"message": [f"There is too much that differs for diff_type {way}"]})
    return {"diff": diff, "activities": both}


BETWEEN: Final = {
    "limit": "so many, 31 unless said, at most 100", "offset": "behind so many",
    "after": "those after a moment: seconds since 1970, or ISO 8601", "before": "those before a moment",
    "include_hidden_activity": "taken, nothing is hidden", "activity_types": "only of these types",
    "exclude_activity_types": "not of these types",
    "include_data": "with datasets as they were, where that is known; so unless false for one dataset",
}
ID: Final = {"id": "its id or name"}
OWN: Final = "whoever signs in"
ACTIONS: Final = (
    Action(name="package_activity_list", summary="Give what was done to a dataset, newest first.",
           run=package_activity_list, parameters={**ID, **BETWEEN}),
    Action(name="organization_activity_list", summary="Give what was done to an agency and its datasets.",
           run=organization_activity_list, parameters={**ID, **BETWEEN}),
    Action(name="group_activity_list", summary="Give what was done to a group and its datasets.",
           run=group_activity_list, parameters={**ID, **BETWEEN}),
    Action(name="user_activity_list", summary="Give what a person did.", run=user_activity_list,
           permission="the person herself, or an operator", parameters={**ID, **BETWEEN}),
    Action(name="recently_changed_packages_activity_list", summary="Give what was done to datasets, newest first.",
           run=recently_changed, parameters={"limit": BETWEEN["limit"], "offset": BETWEEN["offset"],
                                             "after": BETWEEN["after"], "before": BETWEEN["before"],
                                             "include_data": "with datasets as they were, where that is known"}),
    Action(name="dashboard_activity_list", summary="Give what was done to what the caller follows.",
           run=dashboard_activity_list, permission=OWN, parameters=BETWEEN),
    Action(name="dashboard_new_activities_count", summary="Count what of it is new.",
           run=dashboard_new_activities_count, permission=OWN),
    Action(name="dashboard_mark_activities_old", summary="Note that all of it was seen.",
           run=dashboard_mark_activities_old, verbs=WRITES, permission=OWN),
    Action(name="activity_show", summary="Give an activity, with its dataset as it was then.", run=activity_show,
           parameters={"id": "its id", "include_data": "false for the dataset's name and title alone"}),
    Action(name="activity_data_show", summary="Give the dataset of an activity as it was then, where that is known.",
           run=activity_data_show,
           parameters={"id": "the activity's id", "object_type": "package for the dataset alone"}),
    Action(name="activity_diff", summary="Give what an activity changed of a dataset, line by line of its JSON.",
           run=activity_diff, parameters={"id": "the activity's id", "object_type": "package",
                                          "diff_type": "unified (unless said), context or html"}),
)
