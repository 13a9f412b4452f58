"""What a power cut takes: a disk as strace saw it written, with all that nobody had synced lost from it.

``kill -9`` leaves the page cache whole; a power cut does not (reliability R4). Here the log of one process (``strace -f -y``)
is read line by line into a model: bytes of a file are safe after its fsync, names of files after that of their folder.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

CALLS = ("openat", "write", "pwrite64", "writev", "fsync", "fdatasync", "rename", "renameat", "renameat2", "link", "linkat", "unlink",
         "unlinkat", "ftruncate", "sendto")
_LINE = re.compile(r"(\d+) +(?:(\w+)\((.*)|<\.\.\. (\w+) resumed>(.*))$")
_RESULT = re.compile(r"\) += (-?\d+)")
_HANDLE = re.compile(r"\d+<([^>]*)>")
_NAME = re.compile(r'"((?:[^"\\]|\\.)*)"')


@dataclass(frozen=True, slots=True)
class Call:
    """One system call that was begun; ``done`` when it came back without an error; ``result`` what it gave."""

    thread: str
    name: str
    told: str
    done: bool
    result: int = -1

    @property
    def handle(self) -> str:
        """The path of the file or folder it works on."""
        found = _HANDLE.search(self.told)
        return found.group(1) if found else ""

    @property
    def names(self) -> list[str]:
        """The paths it was given."""
        return _NAME.findall(self.told)


def calls(log: Path) -> Iterator[Call]:
    """The calls of a log in the order in which they came back; those that never did stand at the end."""
    begun: dict[str, tuple[str, str]] = {}
    for line in log.read_text(errors="replace").splitlines():
        found = _LINE.match(line)
        if not found:
            continue
        thread, name, told, resumed, rest = found.groups()
        if name and told.endswith("<unfinished ...>"):
            begun[thread] = (name, told)
            continue
        if resumed:
            name, told = begun.pop(thread, (resumed, ""))
            told += rest
        result = _RESULT.search(told)
        number = int(result.group(1)) if result else -1
        yield Call(thread, name, told, number >= 0, number)
    for thread, (name, told) in begun.items():
        yield Call(thread, name, told, done=False)


@dataclass
class Disk:
    """Which files hold bytes, and which folders hold names, that a power cut would take. ``wrong`` are faults of order."""

    root: str
    places: tuple[str, ...] = ("files/sha256/", "files/state/")
    """Folders where a file counts as soon as it has its name."""

    dirty: dict[str, set[str]] = field(default_factory=dict)
    """Files with bytes that are not synced, and the threads that wrote them."""

    fresh: set[str] = field(default_factory=set)
    safe: dict[str, int] = field(default_factory=dict)
    length: dict[str, int] = field(default_factory=dict)
    named_by: dict[str, str] = field(default_factory=dict)
    wrong: list[str] = field(default_factory=list)
    synced: int = 0

    def __post_init__(self) -> None:
        """Take what is there before the process begins as safe."""
        for path in Path(self.root).rglob("*"):
            if path.is_file() and (name := _ours(self.root, str(path))):
                self.length[name] = self.safe[name] = path.stat().st_size

    def read(self, log: Path) -> Disk:
        for one in calls(log):
            getattr(self, f"_{_KINDS.get(one.name, 'nothing')}")(one)
        return self

    def _nothing(self, one: Call) -> None:
        """Calls that change nothing here."""

    def _open(self, one: Call) -> None:
        if "O_CREAT" in one.told and one.done and (path := _ours(self.root, *one.names[:1])) and path not in self.length:
            self.fresh.add(path)
            self.named_by[path] = one.thread
            self.length[path] = self.safe[path] = 0

    def _write(self, one: Call) -> None:
        if not (path := _ours(self.root, one.handle)):
            return
        self.dirty.setdefault(path, set()).add(one.thread)
        if one.name == "pwrite64":
            at = re.search(r", (\d+)\) +=", one.told)
            end = int(at.group(1)) + max(one.result, 0) if at else 0
            self.length[path] = max(self.length.get(path, 0), end)
        else:
            self.length[path] = self.length.get(path, 0) + max(one.result, 0)

    def _sync(self, one: Call) -> None:
        if not one.done or not (path := _ours(self.root, one.handle)):
            return
        self.synced += 1
        if path in self.length:
            self.dirty.pop(path, None)
            self.safe[path] = self.length[path]
        self.fresh -= {name for name in self.fresh if name.rpartition("/")[0] == path}
        if path.endswith(".db-wal"):
            late = [name for name in self.fresh if self.named_by.get(name) == one.thread and self._counts(name)]
            self.wrong += [f"the records were told of {name} before its folder was synced" for name in late]

    def _name(self, one: Call) -> None:
        if not one.done or len(names := [_ours(self.root, name) for name in one.names]) < 2 or not names[1]:
            return
        source, target = names[0], names[1]
        if source in self.dirty and self._counts(target):
            self.wrong.append(f"{target} got its name before its bytes were synced")
        self.length[target] = self.length.get(source, 0)
        self.safe[target] = self.safe.get(source, 0)
        if source in self.dirty:
            self.dirty[target] = set(self.dirty[source])
        self.fresh.add(target)
        self.named_by[target] = one.thread
        if not one.name.startswith("link"):
            self._forget(source)

    def _drop(self, one: Call) -> None:
        if one.done and one.names and (path := _ours(self.root, one.names[0])):
            self._forget(path)

    def _say(self, one: Call) -> None:
        if '"took ' in one.told:
            mine = [name for name, threads in self.dirty.items() if one.thread in threads]
            mine += [name for name in self.fresh if self.named_by.get(name) == one.thread]
            self.wrong += [f"an upload was acknowledged before {name} was safe" for name in mine]

    def unsafe(self) -> list[str]:
        """Files that are there and have bytes, or a name, that are not safe."""
        return sorted((self.dirty.keys() | self.fresh) & {name for name in self.length if Path(self.root, name).exists()})

    def _counts(self, path: str) -> bool:
        return path.startswith(self.places)

    def _forget(self, path: str) -> None:
        self.dirty.pop(path, None)
        self.fresh.discard(path)
        self.length.pop(path, None)

    def cut(self) -> list[str]:
        """Take what a power cut takes: names that no folder had synced, and bytes behind the last sync of a file."""
        taken = self.unsafe()
        for name in taken:
            path = Path(self.root, name)
            if name in self.fresh:
                path.unlink()
            elif path.stat().st_size > self.safe[name]:
                os.truncate(path, self.safe[name])
        for path in Path(self.root).glob("*.db-shm"):
            path.unlink()
        return taken


_KINDS = {
    "openat": "open", **dict.fromkeys(("write", "pwrite64", "writev", "ftruncate"), "write"), "fsync": "sync", "fdatasync": "sync",
    **dict.fromkeys(("rename", "renameat", "renameat2", "link", "linkat"), "name"), "unlink": "drop", "unlinkat": "drop", "sendto": "say",
}


def _ours(root: str, path: str = "") -> str:
    """The path under the root, "" when it is elsewhere or not a thing that must last: logs, scratch, shared memory."""
    inside = path.removeprefix(f"{root}/") if path.startswith(f"{root}/") else ""
    return "" if inside.startswith("work/") or inside.endswith((".log", "-shm", "/trace")) or inside == "trace" else inside
