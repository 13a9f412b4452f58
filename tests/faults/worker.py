"""A worker with a fault built in, begun by ``tests/faults/warm.py`` with FOLDER POINT TIMES; it kills itself at POINT."""

from __future__ import annotations

import dataclasses
import logging
import os
import signal
import sys
import threading
import time
from pathlib import Path
from typing import Any

from api.wiring import open_site
from catalog.errors import Unavailable
from catalog.model import Outcome
from pipelines.flow import Workshop
from pipelines.nursery import Nursery
from pipelines.patience import told_to_stop
from pipelines.step import Parcel
from pipelines.worker import Patience
from tests.faults.mother import Raised

FOLDER, POINT, TIMES = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])
NURSERY: Nursery = globals()["NURSERY"]
"""Given by whoever begins us."""

TALLY = FOLDER / "killed"
BRIEF = {"outage": 0.1} if POINT == "disk-full" else {}
"""An operator's six hours of waiting for room are not waited here."""


def die(point: str) -> None:
    """Die here, if this is the point and it was not done often enough; the tally outlives us."""
    if point == POINT and _count(TALLY) < TIMES:
        with TALLY.open("a") as tally:
            tally.write(f"{point}\n")
            tally.flush()
            os.fsync(tally.fileno())
        os.kill(os.getpid(), signal.SIGKILL)


def _count(path: Path) -> int:
    return len(path.read_text().splitlines()) if path.exists() else 0


class Wrapped:
    """Something that does as the thing inside does, but for the verbs that are given."""

    def __init__(self, inside: Any, **verbs: Any) -> None:
        self._inside = inside
        self._verbs = verbs

    def __getattr__(self, name: str) -> Any:
        return self._verbs.get(name) or getattr(self._inside, name)


def with_fault(shop: Workshop) -> Workshop:
    """Give the workshop with points at which the process dies."""
    catalog, files, index = shop.catalog, shop.files, shop.index

    def around(name: str, verb: Any) -> Any:
        def done(*arguments: Any, **named: Any) -> Any:
            die(f"before-{name}")
            result = verb(*arguments, **named)
            die(f"after-{name}")
            return result

        return done

    def examine(parcel: Parcel) -> Outcome:
        with (FOLDER / "examined").open("a") as diary:
            diary.write(f"{parcel.work.parent.name}\n")
        if POINT == "inside-sandbox":
            threading.Thread(target=lambda: (time.sleep(0.3), die("inside-sandbox")), daemon=True).start()
        return shop.examine(parcel)

    def put(stream: Any) -> Any:
        if POINT == "disk-full" and _count(TALLY) < TIMES:
            with TALLY.open("a") as tally:
                tally.write("disk-full\n")
            raise Unavailable("storage-full")
        return around("put", files.put)(stream)

    return dataclasses.replace(
        shop,
        catalog=Wrapped(catalog, **{name: around(name, getattr(catalog, name))
                                    for name in ("begin_check", "settle", "publish", "advance", "record_recheck",
                                                 "finish_erasure")}),
        records=Wrapped(shop.records, scrub=around("scrub", shop.records.scrub)),
        files=Wrapped(files, put=put, put_state=around("state", files.put_state), delete=around("delete", files.delete),
                      drop_staged=around("drop_staged", files.drop_staged),
                      drop_older_states=around("drop_older_states", files.drop_older_states)),
        index=Wrapped(index, put=around("index", index.put)),
        examine=examine,
    )


class FaultySite(Raised):
    """A site whose workshop has faults."""

    __slots__ = ()

    def workshop(self) -> Workshop:
        return with_fault(Raised.workshop(self))


def main() -> None:
    logging.basicConfig(level=logging.INFO, stream=sys.stderr)
    logging.getLogger("dbos").setLevel(logging.ERROR)
    stop = told_to_stop()
    site = FaultySite.of(open_site(writer=True), NURSERY)
    site.prepare(stop)
    site.worker(patience=Patience(attempts=6, seconds=0.2, growth=1.5, **BRIEF), drain_seconds=10).run(stop)
    site.close()


main()
