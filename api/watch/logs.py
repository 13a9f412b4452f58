"""What the processes of a site write down: one JSON object a line, or readable lines on a terminal; never a secret.

Every room keeps to ``logging``; structlog draws the lines. What belongs to a piece of work (``request``, ``job``,
``step``) is bound as a context variable where the work begins, and stands on every line that is written in it.
"""

from __future__ import annotations

import logging
import re
import sys
import traceback
from collections.abc import Callable
from datetime import UTC, datetime
from types import TracebackType
from typing import Any, Final, TextIO

import orjson
import structlog
from structlog.typing import EventDict, Processor

QUIET: Final = ("alembic", "dbos", "elastic_transport", "botocore", "boto3", "urllib3", "uvicorn", "asyncio",
                "mcp", "sqlalchemy")
"""Libraries of which only warnings are of use to an operator."""

OURS: Final = frozenset({"request", "job", "submission", "step", "route", "method", "time", "level", "logger", "code"})
"""Members that we fill with our own ids and words: they are left as they are."""

ACCESS: Final = "datamo.access"
ANSWERED: Final = ("method", "route", "status", "ms", "bytes", "caller")
"""Members of a line about an answered request: our own words and numbers, with nothing in them to take out."""

LONGEST: Final = 600
"""Letters of one member of a line."""

FRAMES: Final = 30

_SECRETS: Final[tuple[tuple[re.Pattern[str], str], ...]] = (
    (re.compile(r"\[parameters: .*", re.DOTALL), "[parameters …]"),
    (re.compile(r"\bDETAIL:.*", re.DOTALL), "DETAIL …"),
    (re.compile(r"(\w[\w+.-]*://)[^\s/@'\"]*@"), r"\1…@"),
    (re.compile(r"(?<=[\w/~.%-])\?[^\s'\"=]{0,80}=[^\s'\"]*"), "?…"),
    (re.compile(r"(?i)\b(bearer|basic|apikey)\s+[\w.~+/=-]{6,}"), r"\1 …"),
    (re.compile(r"(?i)\b([\w-]*(?:password|passwd|secret|token|api[_-]?key|access[_-]?key(?:[_-]?id)?|cookie|session))"
                r"(['\"]?\s*[=:]\s*)(?:'[^']*'|\"[^\"]*\"|[^\s,;&)]+)"), r"\1\2…"),
    (re.compile(r"\bdtm_[\w-]{4,}"), "dtm_…"),
    (re.compile(r"[\w.+-]{1,64}@[\w-]+(?:\.[\w-]+)+"), "…@…"),
    (re.compile(r"(?<![\w.])\+?\d{9,13}(?![\w.])"), "…"),
)
"""What has no place in a line: passwords, tokens, query values, e-mail addresses, and numbers as long as people's."""


def set_up(
    stream: TextIO | None = None, *, form: str = "auto", level: int = logging.INFO,
    count: Callable[[str], None] | None = None,
) -> None:
    """Let all logging of this process go to ``stream`` (standard error) in ``form``: json, console, or auto.

    ``auto`` is console on a terminal and json elsewhere. ``count`` is told the room of every error. Called again, it
    replaces what it did before.
    """
    stream = stream or sys.stderr
    console = form == "console" or (form == "auto" and stream.isatty())
    drawn: Processor = structlog.dev.ConsoleRenderer(colors=stream.isatty()) if console else _json()
    handler = logging.StreamHandler(stream)
    formatter = structlog.stdlib.ProcessorFormatter if console else _Lines
    handler.setFormatter(formatter(
        foreign_pre_chain=[
            structlog.contextvars.merge_contextvars,
            structlog.stdlib.ExtraAdder(),
            structlog.stdlib.add_log_level,
            structlog.stdlib.add_logger_name,
            structlog.processors.TimeStamper(fmt="iso", utc=True, key="timestamp" if console else "time"),
        ],
        processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, _told_error, _without_secrets, drawn],
    ))
    root = logging.getLogger()
    root.handlers[:] = [handler, *([_Counting(count)] if count else [])]
    root.setLevel(level)
    for name in QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)


class _Lines(structlog.stdlib.ProcessorFormatter):
    """Draws lines of JSON: those of answered requests in one go, as there is one for each of thousands a second."""

    def format(self, record: logging.LogRecord) -> str:
        if record.name != ACCESS or record.exc_info:
            return super().format(record)
        given = record.__dict__
        line: dict[str, Any] = {
            "event": record.msg, **{name: given[name] for name in ANSWERED if name in given},
            **structlog.contextvars.get_contextvars(), "level": "info", "logger": ACCESS,
            "time": datetime.now(UTC).isoformat().replace("+00:00", "Z"),
        }
        return orjson.dumps(line, default=str).decode()


class _Counting(logging.Handler):
    """Tells the room of every error."""

    def __init__(self, count: Callable[[str], None]) -> None:
        super().__init__(logging.ERROR)
        self._count = count

    def emit(self, record: logging.LogRecord) -> None:
        self._count(".".join(record.name.split(".")[:2]))


def _json() -> Processor:
    return structlog.processors.JSONRenderer(ensure_ascii=False, default=str, sort_keys=False, separators=(",", ":"))


def plain(text: str) -> str:
    """Take what has no place in a line out of a text, and cut it to a line's length."""
    for pattern, instead in _SECRETS:
        text = pattern.sub(instead, text)
    return text if len(text) <= LONGEST else text[:LONGEST] + "…"


def _without_secrets(_logger: Any, _name: str, event: EventDict) -> EventDict:
    for name, value in event.items():
        if isinstance(value, str) and name not in OURS:
            event[name] = plain(value)
    return event


def _told_error(_logger: Any, _name: str, event: EventDict) -> EventDict:
    """Tell an exception by its kinds, its words without secrets, and the places in the code; never by values."""
    info = event.pop("exc_info", None)
    if info is True:
        info = sys.exc_info()
    if isinstance(info, tuple) and info[1] is not None:
        event["error"] = [f"{type(one).__name__}: {plain(str(one))}" for one in _causes(info[1])]
        event["at"] = _places(info[2])
    event.pop("stack_info", None)
    return event


def _causes(error: BaseException) -> list[BaseException]:
    """Give the error and what it came from, outermost first."""
    found: list[BaseException] = []
    one: BaseException | None = error
    while one is not None and one not in found and len(found) < FRAMES:
        found.append(one)
        one = one.__cause__ or (None if one.__suppress_context__ else one.__context__)
    return found


def _places(trace: TracebackType | None) -> list[str]:
    frames = traceback.extract_tb(trace)[-FRAMES:]
    return [f"{'/'.join(one.filename.rsplit('/', 3)[-3:])}:{one.lineno} {one.name}" for one in frames]


Bind = Callable[..., Any]
bound: Bind = structlog.contextvars.bound_contextvars
"""``with bound(request=…):`` every line written in the block bears it."""
