"""Dumps of the whole public catalogue, made a little at a time beside the worker's other chores, then offered."""

from __future__ import annotations

import gzip
import io
import logging
import shutil
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import orjson

from catalog.catalog import Catalog
from catalog.catalog.dumping import Made
from catalog.errors import Gone, NotFound
from catalog.model import NOBODY, Entry
from pipelines import sandbox
from pipelines.sandbox import Spawn

LOG: Final = logging.getLogger("datamo.dumps")
LINES: Final = "catalog.jsonl.gz"
TABLE: Final = "catalog.parquet"
MEDIA: Final[Mapping[str, str]] = {LINES: "application/gzip", TABLE: "application/vnd.apache.parquet"}
INSIDE: Final = "pipelines.dumped:table"
"""What runs in the child; named, not imported: the worker does not load Arrow."""
AT_ONCE: Final = 50
FIRST_SECONDS: Final = 20.0
"""How long a worker is up before it makes the first dumps: what people wait for goes first."""
LOOK_SECONDS: Final = 10.0
"""How often it is looked whether they are due."""

Document = Callable[[Entry], Mapping[str, Any] | None]
"""Gives a public dataset as the native API shows it to everybody, None for one that has nothing to show."""


@dataclass(slots=True)
class Under:
    """Dumps that are being made: how far they are, and what is in them."""

    sequence: int
    stream: io.BufferedIOBase
    after: str = ""
    datasets: list[str] = field(default_factory=list)


class Dumps:
    """Makes the dumps when they are due; one process at a time. One that broke off is begun anew."""

    def __init__(self, catalog: Catalog, document: Document, work: Path, start: Spawn | None = None, *,
                 first: float = FIRST_SECONDS, clock: Callable[[], float] = time.monotonic) -> None:
        self._catalog, self._document, self._start, self._clock = catalog, document, start, clock
        self._folder = work / "dumps"
        self._from = clock() + first
        self._under: Under | None = None

    def step(self, seconds: float = 0.25) -> int:
        """Go on for about so long, if dumps are due or under way; returns how many datasets were written."""
        if self._clock() < self._from:
            return 0
        if self._under is None:
            self._from = self._clock() + LOOK_SECONDS
            if not self._catalog.dumps_are_due():
                return 0
            self._under, self._from = self._begun(), 0.0
        under, before, until = self._under, len(self._under.datasets), self._clock() + seconds
        try:
            while self._write(under):
                if self._clock() > until:
                    return len(under.datasets) - before
            self._end(under)
        except BaseException:
            self._drop()
            raise
        self._drop()
        return len(under.datasets) - before

    def _begun(self) -> Under:
        shutil.rmtree(self._folder, ignore_errors=True)
        self._folder.mkdir(parents=True)
        sequence = self._catalog.last_change()  # before the first line: what leaves meanwhile makes them due again
        packed = gzip.GzipFile(filename="", mode="wb", fileobj=(self._folder / LINES).open("wb"), mtime=0)
        return Under(sequence, packed)

    def _write(self, under: Under) -> bool:
        """Write the next few datasets; returns whether there may be more."""
        entries = self._catalog.all_datasets(NOBODY, after=under.after, limit=AT_ONCE)
        for entry in entries:
            under.after = entry.id
            if entry.state != "published" or entry.version is None:
                continue
            try:
                told = self._document(entry)
            except (NotFound, Gone):
                continue
            if told is not None:
                under.stream.write(orjson.dumps(told, option=orjson.OPT_APPEND_NEWLINE))
                under.datasets.append(entry.id)
        return len(entries) == AT_ONCE

    def _end(self, under: Under) -> None:
        self._close(under)
        lines, table = self._folder / LINES, self._folder / TABLE
        limits = sandbox.DEFAULT.scaled(lines.stat().st_size * 10)
        rows = sandbox.call(INSIDE, {"lines": str(lines), "table": str(table)}, int, limits=limits, work=self._folder,
                            start=self._start)
        made = [Made(path.name, path, MEDIA[path.name]) for path in (lines, table)]
        self._catalog.keep_dumps(made, sequence=under.sequence, datasets=under.datasets)
        LOG.info("dumps of the catalogue: %d datasets", rows)

    def _close(self, under: Under) -> None:
        raw = under.stream.fileobj  # type: ignore[attr-defined]  # GzipFile does not close what it was given
        under.stream.close()
        if raw is not None:
            raw.close()

    def _drop(self) -> None:
        if self._under is not None:
            self._close(self._under)
        self._under = None
        shutil.rmtree(self._folder, ignore_errors=True)
