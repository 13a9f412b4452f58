"""What is looked up when somebody asks for the metrics: the same from every process, for it stands in the records."""

from __future__ import annotations

import logging
import shutil
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Final

from api.watch.meters import Gauge
from catalog.catalog import Catalog

LOG: Final = logging.getLogger("datamo.watch")
STATES: Final = {"ok": 0, "degraded": 1, "down": 2}


def gauges(catalog: Catalog, rooms: Mapping[str, Path]) -> Iterator[Gauge]:
    """Look everything up; what cannot be looked up is left out and counted. ``rooms``: folders whose disk may fill."""
    missing = 0
    for look in (_parts, _holdings, _queue, _readers, _webhooks, _workers, _scrub):
        try:
            yield from look(catalog)
        except Exception as error:  # noqa: BLE001 - metrics are asked for most when something is down
            LOG.warning("metrics without %s: %s", look.__name__.strip("_"), type(error).__name__)
            missing += 1
    yield from _disks(rooms)
    yield "datamo_gauges_missing", "Groups of gauges that could not be looked up just now.", "", {"": missing}


def _parts(catalog: Catalog) -> Iterator[Gauge]:
    parts = catalog.health()
    yield ("datamo_part_state", "Parts of the site as /readyz names them: 0 ok, 1 degraded, 2 down.", "part",
           {name: STATES.get(part["state"], 2) for name, part in parts.items()})


def _holdings(catalog: Catalog) -> Iterator[Gauge]:
    yield "datamo_holdings", "What the public can see.", "of", catalog.statistics()
    yield "datamo_submissions", "Uploads that have not come to their end.", "of", catalog.queue_sizes()


def _queue(catalog: Catalog) -> Iterator[Gauge]:
    found = catalog.queue()
    for state, text in (("waiting", "Jobs that wait for a worker."), ("running", "Jobs at work."),
                        ("set-aside", "Jobs set aside after their last try, until somebody retries or cancels them.")):
        numbers = {one.queue: one.number for one in found if one.state == state}
        yield f"datamo_jobs_{state.replace('-', '_')}", text, "queue", numbers
    oldest = {one.queue: round(one.oldest_seconds, 1) for one in found if one.state == "waiting"}
    yield "datamo_jobs_oldest_waiting_seconds", "Age of the job that has waited longest.", "queue", oldest


def _readers(catalog: Catalog) -> Iterator[Gauge]:
    yield "datamo_follower_backlog", "Changes that a follower has not followed yet.", "follower", catalog.behind()


def _webhooks(catalog: Catalog) -> Iterator[Gauge]:
    yield "datamo_webhooks", "Webhooks: active, failing just now, disabled.", "of", catalog.webhook_counts()


def _scrub(catalog: Catalog) -> Iterator[Gauge]:
    state = catalog.scrub_state()
    yield ("datamo_scrub", "Reading of stored objects again: laps finished, objects of this lap, damaged ones.", "of",
           {"laps": state["laps"], "checked": state["checked"], "damaged": len(state["damaged"])})


def _workers(catalog: Catalog) -> Iterator[Gauge]:
    yield "datamo_workers", "Workers that gave a sign of life within a minute.", "", {"": catalog.workers_alive()}


def _disks(rooms: Mapping[str, Path]) -> Iterator[Gauge]:
    free: dict[str, float] = {}
    size: dict[str, float] = {}
    for name, folder in rooms.items():
        there = next((one for one in (folder, *folder.parents) if one.exists()), None)
        if there is not None:
            usage = shutil.disk_usage(there)
            free[name], size[name] = usage.free, usage.total
    yield "datamo_disk_free_bytes", "Room on the disk of a folder of this process.", "folder", free
    yield "datamo_disk_size_bytes", "Size of the disk of a folder of this process.", "folder", size


LookUp = Callable[[], Iterator[Gauge]]
