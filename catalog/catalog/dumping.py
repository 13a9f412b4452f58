"""Use cases of dumps: the whole public catalogue as files for whoever wants all of it, made anew every day."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

from catalog.catalog.base import Base
from catalog.errors import Unavailable
from catalog.model import NOBODY, File
from catalog.ports import Unit

FACT: Final = "dumps"
IDS: Final = "dumps-of"
"""The fact that tells which datasets they hold; read only when one of them may have left the public."""
HOLDER: Final = "dumps"
"""Who claims their objects: no sweep takes a dump that is offered."""
AGE: Final = timedelta(hours=24)
FEW: Final = 1000
SOON: Final = timedelta(minutes=5)
"""After which dumps of fewer datasets than ``FEW`` are made anew when something changed: that takes seconds."""
PAGE: Final = 1000
GOING: Final = frozenset({"dataset-withdrawn", "site-reset"})
"""Kinds of change after which something is not there any more."""
NOT_NOW: Final = "dump-due"


@dataclass(frozen=True, slots=True)
class Made:
    """One dump that was made: where it lies on this machine, and what it is called and is."""

    name: str
    path: Path
    media_type: str


class Dumping(Base):
    """A dump is offered only while everything in it is public still; the worker makes the next one."""

    def dump(self, name: str) -> File:
        """Find a dump; raises Unavailable("dump-due") while none is made, or since something in it left the public."""
        with self._records.read() as unit:
            said = _said(unit)
            if self._has_left(unit, said):
                raise Unavailable(NOT_NOW, retry_after=60)
        found = said["files"].get(name)
        if found is None:
            raise Unavailable(NOT_NOW, retry_after=60)
        return _file(name, found)

    def dumps(self) -> Mapping[str, Any]:
        """Tell of the dumps that there are: ``made``, ``datasets``, ``sequence``, ``files`` by name."""
        with self._records.read() as unit:
            return _said(unit)

    def dumps_are_due(self) -> bool:
        """Whether to make them anew: a day went by, something left the public, or an object is not there.

        Empty ones are made anew at the first change, and those of a few datasets soon after one: a new site shows
        what it has while it grows.
        """
        with self._records.read() as unit:
            said = _said(unit)
            changed = unit.last_change() > said["sequence"]
            if not said["made"] or (changed and not said["datasets"]) or self._has_left(unit, said):
                return True
        age = self._now() - datetime.fromisoformat(said["made"])
        old = not timedelta(0) <= age < (SOON if changed and said["datasets"] < FEW else AGE)
        return old or any(self._files.size(one["sha256"]) is None for one in said["files"].values())

    def keep_dumps(self, made: Sequence[Made], *, sequence: int, datasets: Sequence[str]) -> None:
        """Offer these instead of those before, whose bytes go. ``sequence`` is the newest change they surely know."""
        files = {}
        for one in made:
            with one.path.open("rb") as stream:
                sha256, size = self._files.put(stream)
            with self._raw.begin() as unit:
                unit.claim(sha256, HOLDER)
            files[one.name] = {"sha256": sha256, "bytes": size, "media_type": one.media_type}
        said = {"made": self._now().isoformat(), "sequence": sequence, "datasets": len(datasets),
                "files": files}
        with self._raw.begin() as unit:
            before = {one["sha256"] for one in _said(unit)["files"].values()}
            unit.set_site(FACT, json.dumps(said, sort_keys=True))
            unit.set_site(IDS, json.dumps(list(datasets)))
            unit.release_claims(HOLDER)
            claim(unit)
            for sha256 in before - {one["sha256"] for one in files.values()}:
                if not unit.referers(sha256) and not unit.claimants(sha256):
                    self._files.delete(sha256)
                    unit.forget(sha256)

    def _has_left(self, unit: Unit, said: Mapping[str, Any]) -> bool:
        """Whether something was withdrawn, erased or hidden, be it a part, since the dump was begun."""
        after, doubtful = int(said["sequence"]), set()
        while said["made"] and (page := unit.changes(after, PAGE)):
            entries = {one.id: one for one in unit.entries(ids=list({one.dataset for one in page}), limit=PAGE)}
            doubtful |= {one.dataset for one in page if one.kind in GOING or one.dataset not in entries
                         or entries[one.dataset].held or not self._sees(NOBODY, entries[one.dataset])}
            if "" in doubtful:
                return True
            after = page[-1].sequence
        return bool(doubtful) and not doubtful.isdisjoint(json.loads(unit.site(IDS) or "[]"))


def claim(unit: Unit) -> None:
    """Claim the objects of the dumps that are offered, again and again: claims grow old."""
    for one in _said(unit)["files"].values():
        unit.claim(one["sha256"], HOLDER)


def _said(unit: Unit) -> dict[str, Any]:
    said = unit.site(FACT)
    return dict(json.loads(said)) if said else {"made": "", "sequence": 0, "datasets": 0, "files": {}}


def _file(name: str, found: Mapping[str, Any]) -> File:
    role = "parquet" if name.endswith(".parquet") else "json"
    return File(
        resource="", name=name, role=role, media_type=found["media_type"], bytes=found["bytes"], sha256=found["sha256"],  # type: ignore[arg-type]  # two of the words
    )


__all__ = ["Dumping", "Made", "claim"]
