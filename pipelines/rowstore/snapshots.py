"""Snapshots of tables that change: one revision's rows in an immutable Parquet file, made for heavy questions.

A file is made in a process of its own, of the one before and of what changed since where that is known; one at a time
for a table on a machine. Who asks need not wait where the table itself can answer.
"""

from __future__ import annotations

import contextlib
import ctypes
import fcntl
import itertools
import json
import logging
import os
import subprocess
import tempfile
import threading
import time
import weakref
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NoReturn

from catalog.errors import NotFound, Refusal, Unavailable
from catalog.rows import All, Ask, Table
from pipelines import sandbox
from pipelines.rowstore import making
from pipelines.rowstore.columns import FOLDED
from pipelines.rowstore.files import ASKED, lies, named, shelf_key, since_asked, size, used
from pipelines.serving.shelf import Shelf
from standards import late

if TYPE_CHECKING:
    import pyarrow as pa
else:
    pa = late.module("pyarrow")

SMALL: Final = 20_000
"""Rows up to which a table is asked itself: it answers as quickly, and no file has to be made."""
STILL: Final = 2.0
"""Seconds that a table has not changed before a file is made of it: while it is being filled, it answers itself."""
LIVE_SECONDS: Final = 5.0
"""Seconds in which a table itself may answer what its snapshot would; behind them one waits for the snapshot."""
KEPT: Final = 2
"""Revisions whose files stay: somebody may still be reading the one before."""
UNASKED: Final = 3 * 86400.0
"""Seconds after which a file goes that nobody asked."""
ROOM: Final = 10_000_000_000
"""Bytes of files above which none is made that nobody asked for."""
DEAR: Final = 30.0
"""How many times as long as its making took a file holds off the next one that nobody asked for."""
AGAIN: Final = 60.0
"""Seconds after which what could not be made is tried again unasked."""
MAKING_SECONDS: Final = 900.0

SERVED: Final = 10_000_000_000
"""Bytes that the serving files of snapshots may take on a machine."""

SERVING: Final = "pipelines.serving.work:make_plainly"

SWEEP_SECONDS: Final = 60.0
"""How long a file may outlive rows that were taken away, by anybody and also on another machine."""

DRAFTS: Final = "drafts"

Pages = Callable[[], tuple[Table, Iterator[Sequence[Sequence[Any]]]]]
Door = Callable[[], "tuple[str, str] | None"]

log = logging.getLogger(__name__)


class Snapshots:
    """Files of snapshots in a folder that processes of a site may share; of one's own where none is given."""

    def __init__(
        self, folder: Path | None = None, *, small: int = SMALL, still: float = STILL,
        living: Callable[[], Iterable[Table]] | None = None, door: Door = lambda: None,
    ) -> None:
        """``living`` tells the tables there are: files of other tables and revisions are swept away each minute.

        ``door`` tells how another process opens the store of the tables; where none can, files are made in this one.
        """
        self._living, self._door = living, door
        self._keeper: threading.Thread | None = None
        self._own = tempfile.TemporaryDirectory(prefix="datamo-snapshots-") if folder is None else None
        self._folder = Path(self._own.name) if self._own else Path(folder or "")
        self._small, self._still = small, still
        self.shelf = Shelf(self._folder / "serving", SERVED, least_rows=small, maker=SERVING,
                           holds=partial(lies, self._folder))
        """Serving files of the snapshots: made when one is asked, gone when it goes."""
        self._making: dict[str, Future[Table]] = {}
        self._failed: dict[str, float] = {}
        self._numbers = itertools.count()
        self._seen: dict[str, tuple[tuple[str, int], float]] = {}
        self._guard = threading.Lock()
        if self._folder.is_dir() and any(self._folder.iterdir()):  # of a process before this one
            self._keep()

    def helps(self, table: Table, ask: Ask) -> bool:
        """Whether a question to a table is better asked of its snapshot, or has to be."""
        return self.heavy(table, ask) and (bool(ask.texts) or self._path(table).exists())

    def heavy(self, table: Table, ask: Ask) -> bool:
        """Whether the whole of a large table is looked through for a question."""
        light = ask.where == All(()) and not (ask.texts or ask.order or ask.distinct)
        return not light and table.count > self._small

    def wish(self, table: Table, pages: Pages) -> None:
        """Have a file made of a table that stands still, without waiting for it."""
        if self._is_still(table) and self._failed.get(table.id, 0.0) < time.monotonic():
            self._begin(table, pages)

    def _is_still(self, table: Table) -> bool:
        state, now = (table.mark, table.revision), time.monotonic()
        with self._guard:
            seen, since = self._seen.get(table.id, (("", 0), now))
            if seen != state:
                since = now
            self._seen[table.id] = (state, since)
        return now - since >= self._still

    def of(self, table: Table, pages: Pages) -> str:
        """Give the file of a table's revision, or of a newer one, made unless it is there.

        Raises NotFound where the table went, Unavailable.
        """
        path = self._path(table)
        while not used(path):
            made = self._begin(table, pages).result()
            if made.mark != table.mark or made.revision >= table.revision:  # else it was begun before the last change
                path = self._path(made)
        self._keep()
        return str(path)

    def ahead(self, table: Table) -> bool:
        """Make the file of a table before anybody asks; False where it has to wait.

        Of a table that goes on changing one is made as seldom as it is dear, unless the one before was asked lately.
        """
        if self._door() is None or self._path(table).exists():
            return True
        if self._failed.get(table.id, 0.0) > time.monotonic() or self._room_taken() > ROOM or not self._worth(table):
            return False
        begun = time.monotonic()
        try:
            self._begin(table, _nobody).result()
        except NotFound:
            return True
        except (Refusal, OSError):
            return False
        self._note(table).write_text(str(time.monotonic() - begun), "ascii")
        self._keep()
        return True

    def _worth(self, table: Table) -> bool:
        """Whether the one before was asked lately, or was made long enough ago for what it took."""
        if self._asked_of(table) < ASKED:
            return True
        note = self._note(table)
        try:
            return time.time() - note.stat().st_mtime >= DEAR * float(note.read_text("ascii") or 0)
        except (OSError, ValueError):
            return True

    def _note(self, table: Table) -> Path:
        """Give the path of the note how long the last file took that nobody had asked for."""
        return self._folder / DRAFTS / f"{named(table.id)}.ahead"

    def _asked_of(self, table: Table) -> float:
        """Give the seconds since any file of a table was last asked."""
        return min(map(since_asked, self._folder.glob(f"{named(table.id)}-*.parquet")), default=ASKED)

    def _room_taken(self) -> int:
        return sum(map(size, self._folder.glob("*.parquet")))

    # -- making ----------------------------------------------------------------------------------------------------
    def _begin(self, table: Table, pages: Pages) -> Future[Table]:
        """Begin to make the file of a table's newest state, unless it is begun; gives of which state it will be."""
        with self._guard:
            running = self._making.get(table.id)
            if running is None or running.done():
                running = self._making[table.id] = Future()
                threading.Thread(target=self._make, args=(running, table, pages), name="snapshot", daemon=True).start()
        return running

    def _make(self, told: Future[Table], table: Table, pages: Pages) -> None:
        try:
            with self._alone(table.id):
                told.set_result(self._newer(table) or self._made(table, pages))
        except BaseException as wrong:  # noqa: BLE001 - who waits is told
            self._failed[table.id] = time.monotonic() + AGAIN
            log.warning("no snapshot of %s: %s", table.id, type(wrong).__name__)
            told.set_exception(wrong)

    @contextlib.contextmanager
    def _alone(self, key: str) -> Iterator[None]:
        """One process of a machine makes a table's file; the others wait for it, and find it then."""
        drafts = self._folder / DRAFTS
        drafts.mkdir(parents=True, exist_ok=True)
        with (drafts / f"{named(key)}.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            for left in drafts.glob(f"{named(key)}-*"):  # by one that was killed
                left.unlink(missing_ok=True)
            yield

    def _newer(self, table: Table) -> Table | None:
        """Give the state of a file that another process made since."""
        found = [one for one in self._revisions(table) if one >= table.revision]
        return replace(table, revision=max(found)) if found else None

    def _revisions(self, table: Table) -> list[int]:
        names = self._folder.glob(f"{named(table.id)}-{table.mark}-*.parquet")
        return [int(one.stem.rpartition("-")[2]) for one in names]

    def _made(self, table: Table, pages: Pages) -> Table:
        """Make a file; it counts as asked when the one before was, until somebody asks it."""
        asked = time.time() - self._asked_of(table)
        draft = self._folder / DRAFTS / f"{named(table.id)}-{os.getpid()}-{next(self._numbers)}"
        try:
            door = self._door()
            if door is None:
                held = making.whole(draft, *pages())
                _give_back()
            else:
                held = self._elsewhere(door, table, draft)
            path = self._path(held)
            os.utime(draft, (asked, asked))
            draft.replace(path)
        finally:
            draft.unlink(missing_ok=True)
        self._tidy(held, path)
        return held

    def _elsewhere(self, door: tuple[str, str], table: Table, draft: Path) -> Table:
        """Have the file made by a process of its own. Raises NotFound, Unavailable."""
        older = max(self._revisions(table), default=-1)
        path = self._path(replace(table, revision=older)).absolute()
        base = {"path": str(path), "mark": table.mark, "revision": older} if older >= 0 else None
        told = _told({"door": door[0], "place": door[1], "key": table.id, "path": str(draft.absolute()), "base": base})
        if told.get("refused") == "gone":
            raise NotFound
        if "revision" not in told:
            raise Unavailable(told.get("refused", "busy"))
        return replace(table, mark=told["mark"], count=told["count"], revision=told["revision"])

    def served(self, table: Table, path: str) -> str | None:
        """Give the serving file of a snapshot; None while there is none: then one is made of a large one."""
        return self.shelf.find(shelf_key(Path(path).name), table.count, path)

    def _remove(self, gone: Iterable[Path]) -> None:
        """Remove files, and what was made of them; nobody goes on who has one open."""
        every = list(gone)
        for one in every:
            one.unlink(missing_ok=True)
            self.shelf.drop(shelf_key(one.name))
        if every:
            self.shelf.left()

    def _path(self, table: Table) -> Path:
        return self._folder / f"{named(table.id)}-{table.mark}-{table.revision:012d}.parquet"

    def _tidy(self, table: Table, made: Path) -> None:
        """Remove files of older revisions, and of tables that had the same id before."""
        prefix = named(table.id)
        others = sorted(one for one in self._folder.glob(f"{prefix}-*.parquet") if one != made)
        same = [one for one in others if one.name.startswith(f"{prefix}-{table.mark}-")]
        self._remove(one for one in others if one not in same[-(KEPT - 1):])

    def forget(self, key: str) -> None:
        """Remove every file of a table: it was taken away."""
        self._remove(self._folder.glob(f"{named(key)}-*"))

    def sweep(self) -> int:
        """Remove what is not the newest state of a table there is, so that rows erased anywhere leave here too.

        Gives how many files went; none where nobody can tell the tables now. A file being made is left alone.
        """
        if self._living is None:
            return 0
        old = list(self._folder.glob("*.parquet"))  # before asking: what is made meanwhile is of a newer state
        try:
            living = list(self._living())
        except Refusal:
            return 0
        held = {self._path(table).name for table in living}
        gone = [one for one in old if one.name not in held or since_asked(one) > UNASKED]
        self._renew(living, gone)
        self._remove(gone)
        self._clean(living)
        return len(gone)

    def _renew(self, living: Sequence[Table], old: Sequence[Path]) -> None:
        """Make the newest file before an older one goes that was asked lately: the new one is made of it quickly."""
        if self._door() is None:
            return
        asked = {one.name.partition("-")[0] for one in old if since_asked(one) < ASKED}
        for table in living:
            if named(table.id) in asked and table.count > self._small:
                with contextlib.suppress(Refusal, OSError):
                    self._begin(table, _nobody).result()

    def _clean(self, living: Iterable[Table]) -> None:
        """Remove drafts of processes that were killed, and locks of tables that are no more."""
        there = {named(table.id) for table in living}
        for note in (self._folder / DRAFTS).glob("*.ahead"):
            if note.stem not in there:
                note.unlink(missing_ok=True)
        for lock in (self._folder / DRAFTS).glob("*.lock"):
            with contextlib.suppress(OSError), lock.open("w") as held:
                fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
                for left in lock.parent.glob(f"{lock.stem}-*"):
                    left.unlink(missing_ok=True)
                if lock.stem not in there:
                    lock.unlink(missing_ok=True)

    def _keep(self) -> None:
        """Begin to sweep, in a thread that ends with the process."""
        with self._guard:
            if self._keeper is None and self._living is not None:
                of = weakref.ref(self)
                self._keeper = threading.Thread(target=_sweep_on, args=(of,), name="snapshots", daemon=True)
                self._keeper.start()


def _give_back() -> None:
    """Give the memory in which a file was made back to the machine: Arrow's, and what the C library kept of it."""
    pa.default_memory_pool().release_unused()
    with contextlib.suppress(AttributeError, OSError):  # only glibc has it
        ctypes.CDLL(None).malloc_trim(0)


def _told(asked: Mapping[str, Any]) -> Mapping[str, Any]:
    """Ask a process that opens the store as we do; what it says, nothing where it was ended."""
    child = subprocess.Popen(sandbox.command("rowstore", "child"), stdin=subprocess.PIPE,  # noqa: S603 - our own words
                             stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    try:
        said, _ = child.communicate(json.dumps(asked).encode() + b"\n", timeout=MAKING_SECONDS)
    except subprocess.TimeoutExpired:
        said = b""
    finally:
        child.kill()
        child.wait()
    told: Mapping[str, Any] = json.loads(said or b"{}")
    return told


def _nobody() -> NoReturn:
    """Give no rows: the file is made elsewhere."""
    raise Unavailable("busy")


def _sweep_on(of: weakref.ref[Snapshots]) -> None:
    """Sweep while somebody uses the snapshots."""
    while True:
        time.sleep(SWEEP_SECONDS)
        if (snapshots := of()) is None:
            return
        try:
            snapshots.sweep()
        except Exception:  # a disk that fails now: rows that were erased must leave with the next sweep
            log.exception("sweeping snapshots")
        del snapshots


__all__ = ["FOLDED", "LIVE_SECONDS", "Snapshots"]
