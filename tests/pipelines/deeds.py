"""What a hostile file could make a parser do: deeds for the sandbox's tests."""

from __future__ import annotations

import os
import signal
import socket
import time
from dataclasses import dataclass, field
from pathlib import Path

from pipelines.format import Unreadable


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    word: str = ""
    number: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    words: tuple[str, ...] = ()
    numbers: tuple[int, ...] = ()
    notes: dict[str, str] = field(default_factory=dict)


def echo(given: Given) -> Seen:
    return Seen(words=(given.word,), numbers=(given.number,))


def refuse(given: Given) -> Seen:
    raise Unreadable("encrypted", sheet=given.word)


def eat_memory(given: Given) -> Seen:
    blocks = [bytearray(given.number) for _ in range(1000)]
    return Seen(numbers=(len(blocks),))


def spin(given: Given) -> Seen:
    while True:
        pass


def sleep(given: Given) -> Seen:
    time.sleep(given.number)
    return Seen()


def leave_a_child_behind(given: Given) -> Seen:
    child = os.fork()
    if child == 0:
        time.sleep(60)
        os._exit(0)
    begun = Path(given.word).with_suffix(".begun")
    begun.write_text(str(child))
    begun.rename(given.word)  # it is there whole or not at all
    time.sleep(60)
    return Seen()


def abort(given: Given) -> Seen:
    os.abort()


def kill_itself(given: Given) -> Seen:
    os.kill(os.getpid(), signal.SIGKILL)
    return Seen()


def leave_quietly(given: Given) -> Seen:
    os._exit(given.number)


def break_down(given: Given) -> Seen:
    raise KeyError(given.word)


def recurse(given: Given) -> Seen:
    return recurse(given)


def write_much(given: Given) -> Seen:
    with Path("much").open("wb") as file:
        file.writelines(b"\0" * (1 << 20) for _ in range(given.number))
    return Seen()


def look_around(given: Given) -> Seen:
    return Seen(words=(str(Path.cwd()),), notes={**os.environ, "PARENT": str(os.getppid())})


def count_streams(given: Given) -> Seen:
    """The open streams, without the one that the looking itself opens."""
    there = [int(one.name) for one in Path("/proc/self/fd").iterdir()]
    return Seen(numbers=tuple(one for one in sorted(there) if Path(f"/proc/self/fd/{one}").exists()))


def note_and_sleep(given: Given) -> Seen:
    Path(given.word).write_text(f"{os.getpid()} {os.getppid()}\n")
    time.sleep(given.number)
    return Seen()


def call_home(given: Given) -> Seen:
    try:
        socket.create_connection(("127.0.0.1", given.number), timeout=2).close()
    except OSError as wrong:
        return Seen(words=(type(wrong).__name__,))
    return Seen(words=("connected",))


def lie(given: Given) -> Seen:
    return given  # type: ignore[return-value]


def answer_with_a_link(given: Given) -> Seen:
    Path("answer.json").symlink_to(given.word)
    os._exit(0)
