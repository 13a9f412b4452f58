"""How the machine behind the site does, for operators: one report that the page and the API show alike."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from api import deps
from catalog.catalog import Catalog
from catalog.catalog.operation import INDEX_BEHIND, WORKER_SILENT
from catalog.errors import Refusal
from catalog.model import NOBODY, AuditRow, Caller, Job

RUNBOOKS: Final = "docs/operate.md"
LONG_WAIT: Final = 1800.0
"""Seconds after which a job has waited too long."""

FULL: Final = 0.1
"""The share of a disk that has to be free."""

MOST_JOBS: Final = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Alarm:
    """Something that somebody has to look at: its code, where it is, and the heading of its runbook."""

    code: str
    what: str = ""
    runbook: str = ""

    @property
    def address(self) -> str:
        """Where in the handbook of operation it stands what to do."""
        return f"{RUNBOOKS}#{self.runbook}"


def report(site: deps.Site, caller: Caller, *, orphans: bool = False) -> dict[str, Any]:
    """Give everything as plain JSON values; what cannot be looked up just now is None. Raises NotAllowed, NotKnown.

    ``orphans`` counts the objects that wait for the sweep, which takes a while on a large site.
    """
    catalog = site.catalog
    schema = catalog.schema(caller)
    found: dict[str, Any] = {
        "parts": catalog.health(), "read_only": _read_only(catalog), "workers": _workers(catalog, caller),
        "queues": [{"queue": one.queue, "state": one.state, "number": one.number,
                    "oldest_seconds": round(one.oldest_seconds)} for one in catalog.queue()],
        "set_aside": [job_told(one) for one in catalog.jobs(caller, states=("set-aside",))[:MOST_JOBS]],
        "running": [job_told(one) for one in catalog.jobs(caller, states=("running",))[:MOST_JOBS]],
        "waiting": list(_waiting(catalog, caller)), "followers": dict(catalog.behind()),
        "search": _search(catalog, caller), "webhooks": dict(catalog.webhook_counts()),
        "failing_webhooks": list(_failing(catalog, caller)), "engines": dict(site.extras.get("engines") or {}),
        "letters": catalog.letters_waiting(caller), "sources": list(_sources(catalog, caller)),
        "targets": list(_targets(catalog, caller)), "storage": _storage(catalog),
        "disks": list(_disks(site.extras.get("rooms") or {})), "holdings": dict(catalog.statistics()), "schema": schema,
        "orphans": catalog.orphans(caller) if orphans else None,
    }
    found["alarms"] = [{"code": one.code, "what": one.what, "runbook": one.address} for one in alarms(found)]
    return found


def job_told(one: Job) -> dict[str, Any]:
    """Give a job as JSON."""
    return {"id": one.id, "flow": one.flow, "key": one.key, "state": one.state, "attempts": one.attempts,
            "updated": one.updated.isoformat() if one.updated else None, "error": one.error[:500]}


def deed_told(row: AuditRow) -> dict[str, Any]:
    """Give a row of the audit chain as JSON."""
    return {"sequence": row.sequence, "at": row.at.isoformat(), "actor": row.actor, "act": row.act,
            "object": row.object, "detail": dict(row.detail), "hash": row.hash}


def _read_only(catalog: Catalog) -> dict[str, Any] | None:
    found = catalog.maintenance()
    if found is None:
        return None
    return {"notice": found.notice, "until": found.until.isoformat() if found.until else None, "by": found.by,
            "by_setting": found.by_setting}


def _workers(catalog: Catalog, caller: Caller) -> list[dict[str, Any]]:
    return [{"slot": slot, "seen_seconds_ago": round(seconds), "alive": seconds <= WORKER_SILENT}
            for slot, seconds in catalog.workers(caller)]


def _waiting(catalog: Catalog, caller: Caller) -> Iterator[dict[str, Any]]:
    agencies = {one.id: one for one in catalog.organisations(NOBODY)}
    for key, counts in catalog.waiting_by_agency(caller).items():
        owner = agencies.get(key)
        yield {"organization": owner.slug if owner else None, "title": dict(owner.title) if owner else {}, **counts}


def _search(catalog: Catalog, caller: Caller) -> dict[str, Any] | None:
    try:
        return {**catalog.search_state(caller), "rebuild_asked": catalog.reindex_asked() or None}
    except Refusal:
        return None


def _sources(catalog: Catalog, caller: Caller) -> Iterator[dict[str, Any]]:
    for one in catalog.sources(caller):
        run = next(iter(catalog.runs(caller, one.id, 1)), None)
        yield {
            "name": one.name, "paused": one.paused, "datasets": one.count, "state": run.state if run else None,
            "asks": bool(run and run.state == "asks"), "reason": run.reason or None if run else None,
            "finished": run.finished.isoformat() if run and run.finished else None,
            "problems": len(run.problems) if run else 0,
        }


def _targets(catalog: Catalog, caller: Caller) -> Iterator[dict[str, Any]]:
    every = catalog.pushes(caller)
    for one in catalog.targets(caller):
        states = [push.state for push in every if push.target == one.name]
        yield {"name": one.name, "url": one.url, "datasets": len(states),
               "states": {state: states.count(state) for state in sorted(set(states))}}


def _failing(catalog: Catalog, caller: Caller) -> Iterator[dict[str, Any]]:
    for one in catalog.failing_webhooks(caller):
        since = one.hook.failing_since
        yield {"id": one.hook.id, "name": one.hook.title or None, "host": urlsplit(one.hook.url).hostname or "",
               "owner": one.owner, "state": one.hook.state, "reason": one.hook.reason or None,
               "since": since.isoformat() if since else None, "said": one.said[:200]}


def _storage(catalog: Catalog) -> dict[str, Any]:
    """Bytes of the newest versions by kind, as they were counted last; and how far reading everything again is."""
    state, counted = catalog.scrub_state(), catalog.standing()
    return {
        "bytes": counted.whole().get("bytes", {}) if counted else {},
        "counted": counted.made.isoformat() if counted else None, "laps": state["laps"], "checked": state["checked"],
        "damaged": dict(state["damaged"]),
    }


def _disks(rooms: Mapping[str, Path]) -> Iterator[dict[str, Any]]:
    for name, folder in rooms.items():
        there = next((one for one in (folder, *folder.parents) if one.exists()), None)
        if there is not None:
            usage = shutil.disk_usage(there)
            yield {"folder": name, "free": usage.free, "size": usage.total}


def alarms(found: Mapping[str, Any]) -> Iterator[Alarm]:
    """Give what somebody has to look at, the worst first, each with its runbook."""
    parts: Mapping[str, Mapping[str, str]] = found["parts"]
    for name in ("database", "files"):
        if parts[name]["state"] == "down":
            yield Alarm(code="part-down", what=name, runbook="database-or-files-are-down")
    if found["storage"]["damaged"]:
        yield Alarm(code="damaged", what=str(len(found["storage"]["damaged"])), runbook="stored-bytes-are-damaged")
    if not any(one["alive"] for one in found["workers"]):
        yield Alarm(code="no-worker", runbook="no-worker")
    if parts["search"]["state"] != "ok":
        yield Alarm(code="search", what=parts["search"].get("reason", ""), runbook="search-is-degraded")
    for one in found["disks"]:
        if one["free"] < FULL * one["size"]:
            yield Alarm(code="disk", what=one["folder"], runbook="a-disk-fills")
    yield from _late(found)


def _late(found: Mapping[str, Any]) -> Iterator[Alarm]:
    if found["set_aside"]:
        yield Alarm(code="set-aside", what=str(len(found["set_aside"])), runbook="jobs-were-set-aside")
    for one in found["queues"]:
        if one["state"] == "waiting" and one["oldest_seconds"] > LONG_WAIT:
            yield Alarm(code="waiting", what=one["queue"], runbook="jobs-wait-too-long")
    for name, number in found["followers"].items():
        if number > INDEX_BEHIND:
            yield Alarm(code="behind", what=name, runbook="a-follower-is-behind")
