"""The steps of a publication as a list of tasks: what is done, what is next, what stands in the way."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from api.dialects.html.view import Reader
from catalog.model import Entry, Submission
from catalog.quality import LONG_ENOUGH

State = Literal["done", "todo", "stop", "wait"]
WAITING = ("received", "checking")
OPEN = ("received", "checking", "blocked", "ready", "failed")
"""States in which whoever sent a file goes on with it."""

DECIDED = ("in_review", "published", "withdrawn")


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One task: what it is called, where it is done ("" when it cannot be looked at yet), how it stands in words."""

    code: str
    title: str
    url: str
    state: State
    said: str


def steps_of(reader: Reader, one: Submission, entry: Entry) -> tuple[Step, ...]:
    """The tasks of a submission in their order; its state lies in the records, so any browser goes on anywhere."""
    words = {"done": reader.say("xong"), "todo": reader.say("chưa làm"), "stop": reader.say("cần bạn xem"),
             "wait": reader.say("đang chờ")}
    return tuple(
        Step(code=code, title=reader.say(title), state=state,
             said=reader.say("chưa đủ") if code == "describe" and state == "todo" and begun(entry) else words[state],
             url="" if state == "wait" and code != "check" else f"/submissions/{one.id}{path}")
        for code, title, path, state in _tasks(one, entry)
    )


def _tasks(one: Submission, entry: Entry) -> Iterator[tuple[str, str, str, State]]:
    waits = one.state in WAITING
    read: State = "wait" if waits else "done" if one.outcome and one.outcome.readable else "stop"
    tables = one.outcome.tables if one.outcome else ()
    good = one.state in ("ready", *DECIDED)
    yield "understood", "Cách đọc tệp", "/understood", read
    if tables or waits:
        yield "columns", "Khớp cột", "/columns", "wait" if waits else "done"
    yield "check", "Kiểm tra", "", "wait" if waits else "done" if good else "stop"
    if tables or waits:
        held = any(told.get("blocks") for table in tables for told in table.personal_data)
        yield "personal", "Dữ liệu cá nhân", "/personal", "wait" if waits else "stop" if held else "done"
    yield "describe", "Mô tả", "/describe", "done" if described(entry) else "todo"
    if entry.version and one.state != "published" and (tables or waits):
        yield "compare", "So với bản đang công bố", "/compare", "done" if good else "wait"
    yield "answers", "Xem lại và công bố", "/answers", "done" if one.state in DECIDED else "todo" if good else "wait"


def described(entry: Entry) -> bool:
    """Whether the questions that no machine can answer have been answered."""
    about = entry.about
    long = max((len(words) for words in about.description.values()), default=0) >= LONG_ENOUGH
    return long and bool(about.licence and about.themes and about.frequency)


def begun(entry: Entry) -> bool:
    """Whether somebody has begun to describe the dataset."""
    return bool(entry.about.description or entry.about.themes)


def following(one: Submission, entry: Entry) -> str:
    """Where to go on after the check."""
    return f"/submissions/{one.id}/{'answers' if described(entry) else 'describe'}"
