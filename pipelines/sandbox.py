"""Run a function on untrusted bytes in a killable child: fresh process, limits, no network, no credentials.

The parent never imports what reads files: it sends the function's name and its argument as JSON, waits, and reads one
JSON answer of bounded size. Whatever the child does, the parent gets either a value of the announced type or
Unreadable.
"""

from __future__ import annotations

import contextlib
import ctypes
import errno
import gc
import importlib
import json
import locale
import os
import resource
import select
import signal
import stat
import subprocess
import sys
import tempfile
import threading
import traceback
import typing
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from pipelines.format import Unreadable
from standards.portable import NotPortable, from_json, to_json

Given = TypeVar("Given")
Made = TypeVar("Made")

Fate = tuple[int | None, str]
"""How a child ended: its exit code (negative: the signal; None: the wall clock ran out), and the end of its errors."""

CLONE_NEWUSER = 0x10000000
CLONE_NEWNET = 0x40000000
PR_SET_PDEATHSIG = 1
PR_SET_NO_NEW_PRIVS = 38
MEGABYTE = 1 << 20
ANSWER = "answer.json"
FULL = frozenset({errno.ENOSPC, errno.EDQUOT})
COLLECT_EVERY = 50_000
"""New objects after which a child's garbage is collected: what libraries make while they load is none."""
LOADS_THREADS = frozenset({"numpy", "pyarrow", "duckdb"})
BOOT = "import sys; sys.path[:] = {path!r}; from pipelines import {room}; {room}.{door}()"


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What one child may use: bytes of memory, CPU seconds, wall seconds, bytes of one file, bytes of its answer.

    The defaults let a CSV of a million rows and twelve columns pass with room to spare (reliability goals, F9 and F10).
    """

    memory: int = 1536 * MEGABYTE
    cpu: int = 120
    wall: float = 300.0
    file: int = 8192 * MEGABYTE
    answer: int = 256 * MEGABYTE
    handles: int = 256

    def scaled(self, size: int) -> Limits:
        """Give more time, never more memory, to a larger file: one more CPU second for each megabyte."""
        extra = size // MEGABYTE
        return Limits(
            memory=self.memory,
            cpu=self.cpu + extra,
            wall=self.wall + 5 * extra,
            file=self.file,
            answer=self.answer,
            handles=self.handles,
        )


DEFAULT = Limits()

Spawn = Callable[[bytes, Path, Limits], Fate]
"""Start a child in a folder with its request, wait for its end within the limits' wall clock, leave nothing alive."""


def run(
    function: Callable[[Given], Made], argument: Given, *, limits: Limits = DEFAULT, work: Path | None = None
) -> Made:
    """Call a module-level function of one annotated argument in a child and give its value.

    ``work`` is the child's folder (made and swept here when absent). Raises Unreadable: what the function itself
    raised, or ``too-heavy`` (memory, CPU or size of a file), ``timeout`` (wall clock), ``storage-full`` (the disk is
    full, which is not the file's fault), ``crashed`` (died or broke).
    """
    kind = typing.get_type_hints(function).get("return", Any)
    name = f"{function.__module__}:{function.__qualname__}"
    return typing.cast("Made", call(name, argument, kind, limits=limits, work=work))


def call(
    name: str, argument: Any, kind: type[Made], *, limits: Limits = DEFAULT, work: Path | None = None,
    start: Spawn | None = None,
) -> Made:
    """Do as ``run`` does with a function called ``module:name``, which this process then need not import.

    ``start`` says where children come from: a new interpreter each (``spawn``), or a nursery.
    """
    with contextlib.ExitStack() as stack:
        folder = work or Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="datamo-sandbox-")))
        answer = folder / ANSWER
        answer.unlink(missing_ok=True)
        request = {
            "function": name,
            "argument": to_json(argument),
            "answer": str(answer),
            "limits": to_json(limits),
        }
        code, errors = (start or spawn)(json.dumps(request).encode(), folder, limits)
        if code == -signal.SIGKILL:  # somebody killed it, perhaps for the memory that others took: once more, alone
            answer.unlink(missing_ok=True)
            code, errors = spawn(json.dumps(request).encode(), folder, limits)
        said = _answer(answer, limits)
        answer.unlink(missing_ok=True)
    return _value(kind, said, code, errors)


def command(room: str, door: str) -> list[str]:
    """Give the command that starts our interpreter, with nothing of its user's, at a function of a module of ours."""
    return [sys.executable, "-I", "-c", BOOT.format(path=_search_path(), room=room, door=door)]


def spawn(request: bytes, folder: Path, limits: Limits) -> Fate:
    """Start the child in an interpreter of its own, feed it, wait; its whole group is killed at the end."""
    with tempfile.TemporaryFile() as errors:
        child = subprocess.Popen(  # noqa: S603 - our own interpreter with our own words
            command("sandbox", "child"),
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=errors,
            cwd=folder,
            env=environment(folder),
            start_new_session=True,
        )
        code: int | None = None
        try:
            child.communicate(request, timeout=limits.wall)
            code = child.returncode
        except subprocess.TimeoutExpired:
            pass
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(child.pid, signal.SIGKILL)
            child.wait()
        return code, last_words(errors)


def fork(request: bytes, folder: Path, limits: Limits) -> Fate:
    """Make the child out of this very process: for a command that has loaded next to nothing and holds no secrets.

    It spares the child a start of its own (a quarter of what a small file costs). Where that would not be the same, by
    threads, libraries that do not survive a fork, or another encoding, it comes from a new interpreter.
    """
    if threading.active_count() > 1 or LOADS_THREADS & sys.modules.keys() or locale.getencoding().lower() != "utf-8":
        return spawn(request, folder, limits)
    with tempfile.TemporaryFile() as asked, tempfile.TemporaryFile() as errors:
        asked.write(request)
        asked.flush()
        asked.seek(0)
        us, pid = os.getpid(), os.fork()
        if pid == 0:
            _part(us, folder, asked.fileno(), errors.fileno())
        return _awaited(pid, limits.wall), last_words(errors)


def _part(parent: int, folder: Path, asked: int, errors: int) -> typing.NoReturn:
    """Leave the process that we were: own session, own streams, none of its handles or places to load from."""
    try:
        os.setsid()
        nothing = os.open(os.devnull, os.O_WRONLY)
        for handle, place in ((asked, 0), (nothing, 1), (errors, 2)):
            os.dup2(handle, place)
        os.closerange(3, os.sysconf("SC_OPEN_MAX"))
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGPIPE):
            signal.signal(number, signal.SIG_DFL)
        sys.path[:] = _search_path()
        settle_in(folder)
        child(parent)
    finally:
        os._exit(1)


def _awaited(pid: int, seconds: float) -> int | None:
    """Wait for the end of a forked child and give its code; kill its group, at the latest when the time is over."""
    handle = os.pidfd_open(pid)
    try:
        ended, _, _ = select.select([handle], [], [], seconds)
    finally:
        for kill in (os.killpg, os.kill):
            with contextlib.suppress(ProcessLookupError):
                kill(pid, signal.SIGKILL)
        os.close(handle)
        code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    return code if ended else None


def last_words(errors: typing.IO[bytes]) -> str:
    """Give the end of what a child wrote on its error stream."""
    errors.seek(max(0, errors.seek(0, os.SEEK_END) - 4000))
    return errors.read().decode("utf-8", "replace")


def _search_path() -> list[str]:
    """Where the child finds our modules and libraries: where we found them ourselves, relative places left out."""
    home = str(Path(__file__).resolve().parent.parent)
    return [home, *(one for one in sys.path if one and Path(one).is_absolute() and one != home)]


def environment(folder: Path) -> Mapping[str, str]:
    """Nothing of ours: no credentials, no proxies, no settings; allocators that count and few threads."""
    return {
        "PATH": "/usr/bin:/bin",
        "HOME": str(folder),
        "TMPDIR": str(folder),
        "LANG": "C.UTF-8",
        "TZ": "UTC",
        "ARROW_DEFAULT_MEMORY_POOL": "system",
        "JE_ARROW_MALLOC_CONF": "background_thread:false",
        "ARROW_IO_THREADS": "1",
        "OMP_NUM_THREADS": "1",
        "OPENBLAS_NUM_THREADS": "1",
        "MALLOC_ARENA_MAX": "2",
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYDANTIC_DISABLE_PLUGINS": "1",
    }


def _answer(path: Path, limits: Limits) -> Mapping[str, Any] | None:
    """Read the child's answer as data from a stranger: a plain file, no link, of bounded size, a JSON object."""
    try:
        handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError:
        return None
    with os.fdopen(handle, "rb") as file:
        facts = os.fstat(handle)
        if not stat.S_ISREG(facts.st_mode) or facts.st_size > limits.answer:
            return None
        try:
            said = json.load(file)
        except (ValueError, RecursionError):
            return None
    return said if isinstance(said, dict) else None


def _value(kind: type[Made], said: Mapping[str, Any] | None, code: int | None, errors: str) -> Made:
    if code is None:
        raise Unreadable("timeout")
    if said is None or code != 0:
        raise _fate(code, errors)
    if "unreadable" in said:
        raise Unreadable(str(said["unreadable"]), **dict(said.get("params") or {}))
    try:
        return from_json(kind, said.get("value"))
    except NotPortable as wrong:
        raise Unreadable("crashed", cause="answer") from wrong


def _fate(code: int, errors: str) -> Unreadable:
    """Say why a child died: out of CPU or disk, killed by the kernel for want of memory, or broken."""
    if code in (-signal.SIGXCPU, -signal.SIGXFSZ, -signal.SIGKILL):
        return Unreadable("too-heavy", cause={-signal.SIGXCPU: "cpu", -signal.SIGXFSZ: "disk"}.get(code, "memory"))
    if "memory allocation of" in errors or "MemoryError" in errors or "bad_alloc" in errors:
        return Unreadable("too-heavy", cause="memory")
    return Unreadable("crashed", cause=signal.Signals(-code).name if code < 0 else f"exit {code}")


# -- the child's side -------------------------------------------------------------------------------------------


def settle_in(folder: Path) -> None:
    """Make a forked process live as one that was started there: its folder, and nothing of ours in its environment."""
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environment(folder))


def child(parent: int = 0) -> None:
    """Read the request from standard input, give up every right, call, write the answer, leave without ceremony.

    ``parent`` is who has to be alive at the start, where that is known.
    """
    gc.set_threshold(COLLECT_EVERY)
    with open(0, encoding="utf-8", closefd=False) as asked:
        request = json.load(asked)
    limits = from_json(Limits, request["limits"])
    confine(limits)
    if parent and os.getppid() != parent:
        os._exit(1)
    answer = Path(request["answer"])
    said = _perform(request["function"], request["argument"])
    spare = answer.with_suffix(".part")
    spare.write_text(json.dumps(said), encoding="utf-8")
    spare.rename(answer)
    sys.stderr.flush()
    os._exit(0)


def confine(limits: Limits) -> None:
    """Set the limits on this process for ever: RLIMIT_DATA, not RLIMIT_AS, which crashes Arrow without need."""
    for what, value in (
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_DATA, limits.memory),
        (resource.RLIMIT_FSIZE, limits.file),
        (resource.RLIMIT_NOFILE, limits.handles),
    ):
        resource.setrlimit(what, (value, value))
    resource.setrlimit(resource.RLIMIT_CPU, (limits.cpu, limits.cpu + 5))
    signal.signal(signal.SIGXFSZ, signal.SIG_DFL)
    libc = ctypes.CDLL(None, use_errno=True)
    libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    if libc.unshare(CLONE_NEWNET) != 0:
        libc.unshare(CLONE_NEWUSER | CLONE_NEWNET)


def _perform(name: str, argument: Any) -> Mapping[str, Any]:
    """Call the function; what it raises is told by code: Unreadable as it is, the rest as too-heavy or crashed."""
    try:
        module, _, attribute = name.partition(":")
        function = getattr(importlib.import_module(module), attribute)
        hints = typing.get_type_hints(function)
        kind = next(one for key, one in hints.items() if key != "return")
        return {"value": to_json(function(from_json(kind, argument)))}
    except Unreadable as refused:
        return {"unreadable": refused.code, "params": to_json(refused.params)}
    except MemoryError:
        return {"unreadable": "too-heavy", "params": {"cause": "memory"}}
    except RecursionError:
        return {"unreadable": "too-heavy", "params": {"cause": "depth"}}
    except BaseException as broken:  # noqa: BLE001 - the boundary: hostile bytes make libraries raise anything, panics too
        if isinstance(broken, OSError) and (broken.errno in FULL or "No space left" in str(broken)):
            return {"unreadable": "storage-full", "params": {}}
        traceback.print_exc()
        where = traceback.extract_tb(broken.__traceback__)[-1]
        return {
            "unreadable": "crashed",
            "params": {"cause": type(broken).__name__, "place": f"{where.name}:{where.lineno}"},
        }
