"""The step that finishes erasures: bytes leave the store, its public record, search, work folders, the database.

The records have let go already, in the commit that confirmed it; what is done here may be done again, and a worker
that was killed goes on where the next one looks.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, Protocol

from catalog.catalog import Catalog
from catalog.erasure import LEDGER, Erasure
from catalog.errors import NotFound
from catalog.ports import Files, Records
from pipelines import rendered
from standards.portable import from_json, to_json

READER = "erasures"


class Forgetful(Protocol):
    """The part of Jobs that lets go of work."""

    def forget(self, key: str) -> None: ...


def follow(  # noqa: PLR0917 - the ports in their order
    catalog: Catalog, records: Records, files: Files, jobs: Forgetful, work: Path | None,
    renew: Callable[[], object],
) -> int:
    """Finish every erasure that was confirmed; gives how many. ``renew`` makes the search index anew."""
    waiting = [one for one in catalog.known_erasures() if one.state == "confirmed"]
    if waiting:
        keep_ledger(catalog, files)
    for one in waiting:
        _out_of_the_store(files, one)
        for upload in one.uploads:
            jobs.forget(upload)
            if work is not None:
                shutil.rmtree(work / upload, ignore_errors=True)
        _out_of_the_record(files, one)
    if waiting:
        renew()
        records.scrub()
        if work is not None:
            rendered.erase(work)
    for one in waiting:
        _out_of_the_store(files, one)  # once more: a check that was under way may have put what it had read before
        catalog.finish_erasure(one.id, store_keeps=files.keeps_states())
    if waiting:
        keep_ledger(catalog, files)
    return len(waiting)


def guard(catalog: Catalog, files: Files) -> int:
    """Delete again what came back into the store of what was erased, from wherever; gives how many."""
    back = [one for one in catalog.erased_hashes() if files.size(one) is not None]
    for one in back:
        files.delete(one)
    return len(back)


def keep_ledger(catalog: Catalog, files: Files) -> None:
    """Write the record of all erasures where it survives the database."""
    files.put_state(LEDGER, ledger(catalog))


def ledger(catalog: Catalog) -> bytes:
    """Give the record of all erasures, as it is applied again after a restore: ids, times, names and hashes."""
    known = [to_json(one) for one in catalog.known_erasures()]
    return json.dumps(known, ensure_ascii=False, sort_keys=True).encode()


def read_ledger(content: bytes) -> Mapping[str, Erasure]:
    """Read such a record; raises ValueError for what is none."""
    found = json.loads(content)
    if not isinstance(found, list):
        raise ValueError("not a record of erasures")  # noqa: TRY004 - what a file holds is no type of ours
    return {one["id"]: from_json(Erasure, one) for one in found}


def in_store(files: Files) -> Mapping[str, Erasure]:
    """Give the erasures that the store of files knows of."""
    for name, content in files.states():
        if name == LEDGER:
            return read_ledger(content)
    return {}


def _out_of_the_store(files: Files, one: Erasure) -> None:
    for sha256 in one.hashes:
        files.delete(sha256)
    for key in one.staged:
        try:
            files.drop_staged(key)
        except NotFound:
            continue


def _out_of_the_record(files: Files, one: Erasure) -> None:
    """Rewrite what the public record said of erased versions; of a whole dataset only its tombstone stays."""
    for name, said in list(_said_of(files, one)):
        numbers = {number for dataset, number in one.scope if dataset == said["dataset"]}
        whole = one.whole and said["dataset"] == one.dataset
        version = said.get("version") or {}
        if not whole and version.get("number") not in numbers:
            continue
        if said["state"] == "published" and not version.get("erased"):
            kept = {key: said[key] for key in ("sequence", "at", "kind", "dataset")}
            if not whole:
                kept |= {key: said[key] for key in ("state", "entry", "organisation", "addresses") if key in said}
                kept["version"] = _left(one, version["number"])
            else:
                kept["state"] = "hidden"
            files.put_state(name, json.dumps(kept, ensure_ascii=False, sort_keys=True).encode())
        files.drop_older_states(name)  # only now: killed in between, the record is there in the one form or the other


def _said_of(files: Files, one: Erasure) -> Iterator[tuple[str, dict[str, Any]]]:
    datasets = {dataset for dataset, _ in one.scope} | {one.dataset}
    for name, content in files.states():
        said = json.loads(content)
        if isinstance(said, dict) and said.get("dataset") in datasets:
            yield name, said


def _left(one: Erasure, number: int) -> Mapping[str, Any]:
    return {"number": number, "state": "withdrawn", "reason": one.reason, "withdrawn": to_json(one.confirmed),
            "erased": to_json(one.public())}
