"""How the command line speaks: results on standard output, everything else on standard error, in two languages."""

from __future__ import annotations

import errno
import json
import sys
import uuid
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import typer

if TYPE_CHECKING:
    from api.wiring import Site

EXIT_DONE, EXIT_REFUSED, EXIT_USAGE, EXIT_DOWN = 0, 1, 2, 3


@dataclass(slots=True)
class Voice:
    """What the global options asked for. ``tongue`` is the language that is spoken."""

    json: bool = False
    language: str = ""
    debug: bool = False

    @property
    def tongue(self) -> str:
        """As asked for, else the site's language."""
        if not self.language:
            from api.language import plain_language

            self.language = plain_language() or _language_of_settings()
        return self.language

    def pick(self, vi: str, en: str) -> str:
        """Choose the wording."""
        return vi if self.tongue == "vi" else en

    def say(self, vi: str, en: str) -> None:
        """Tell a person something: never on standard output."""
        print(self.pick(vi, en), file=sys.stderr)

    def give(self, document: Any, text: str) -> None:
        """Give the result: one JSON document, or lines for a person."""
        if self.json:
            print(json.dumps(document, ensure_ascii=False, default=str))
        elif text:
            print(text)


def _language_of_settings() -> str:
    from api.wiring import read_settings

    return read_settings().language


def voice(context: typer.Context) -> Voice:
    """Give the voice of this call."""
    return context.obj if isinstance(context.obj, Voice) else Voice()


@contextmanager
def opened(context: typer.Context, **overrides: Any) -> Iterator[Site]:
    """Open the site of the settings for one command."""
    from api.wiring import open_site

    spoken = voice(context)
    site = open_site(**overrides)
    spoken.language = spoken.language or site.settings.language
    try:
        with site.naming_settings():
            yield site
    finally:
        site.close()


def meet_search(context: typer.Context, site: Site, *, patient: bool = False) -> None:
    """See whether the search engine is the one that the settings mean; raises the Unavailable that says why not.

    An index that is not there yet is the worker's business. ``patient``: an engine that is down is only told of.
    """
    from api.messages import say
    from api.messages.refusals import SENTENCES
    from catalog.errors import Unavailable
    from pipelines.steps.index import BROKEN

    try:
        site.index.check()
    except Unavailable as refused:
        if refused.code in BROKEN:
            return
        if not patient or refused.code != "search-down":
            raise
        print(say(SENTENCES, refused.code, refused.params, voice(context).tongue), file=sys.stderr)


def table(rows: Sequence[Sequence[Any]], head: Sequence[str]) -> str:
    """Lay rows out in columns of plain text."""
    lines = [[str(cell) for cell in row] for row in [head, *rows]]
    widths = [max(len(line[place]) for line in lines) for place in range(len(head))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip() for line in lines
    )


@contextmanager
def progress(label: str, total: float | None) -> Iterator[Any]:
    """Show a bar on standard error, on a terminal only; gives ``advance(amount)``."""
    if not sys.stderr.isatty():
        yield lambda _amount: None
        return
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(label, total=total)
        yield lambda amount: bar.advance(task, amount)


def fault(problem: Exception, arguments: Sequence[str]) -> int:
    """Say in one sentence what went wrong; gives the exit code."""
    from api.wiring import WrongSetting
    from catalog.errors import Refusal
    from pipelines.format import Unreadable

    language = _language(arguments)
    if isinstance(problem, WrongSetting):
        return _tell("wrong-setting", str(problem), EXIT_DOWN, arguments, {"setting": problem.name})
    if isinstance(problem, Refusal):
        return _refusal(problem, language, arguments)
    if isinstance(problem, Unreadable):
        from api.messages.findings import why

        told = why({"code": problem.code, "params": problem.params}, language)
        return _tell(problem.code, told, EXIT_USAGE, arguments, problem.params)
    if isinstance(problem, OSError) and problem.errno in {errno.ENOSPC, errno.EDQUOT}:
        said = {"vi": "Đĩa đã đầy: hãy dọn chỗ rồi chạy lại.", "en": "The disk is full: make room, and run this again."}
        return _tell("disk-full", said[language], EXIT_DOWN, arguments, {})
    if isinstance(problem, OSError) and problem.filename:
        said = {"vi": f"Không mở được: {problem.filename}", "en": f"Cannot be opened: {problem.filename}"}
        return _tell("cannot-open", said[language], EXIT_USAGE, arguments, {})
    name = uuid.uuid4().hex[:8]
    cause = f"{type(problem).__name__}: {problem}"
    said = {
        "vi": f"Có lỗi bên trong datamo (mã {name}): {cause}. Thêm --debug để xem chi tiết.",
        "en": f"Something went wrong inside datamo (id {name}): {cause}. Add --debug to see where.",
    }
    return _tell("internal", said[language], EXIT_DOWN, arguments, {"id": name})


def _refusal(problem: Any, language: str, arguments: Sequence[str]) -> int:
    from api.messages import say
    from api.messages.refusals import SENTENCES
    from catalog.errors import Unavailable

    def worded(code: str, params: Mapping[str, Any] | None) -> str:
        """Say it as the site did where it was asked over HTTP: it knows what filled its sentence."""
        said = (params or {}).get("detail")
        return str(said) if said else say(SENTENCES, code, params or {}, language) or code

    sentence = worded(problem.code, problem.params)
    details = [f"  {one.pointer}: {worded(one.code, one.params)}" for one in problem.problems]
    code = EXIT_DOWN if isinstance(problem, Unavailable) else EXIT_REFUSED
    return _tell(problem.code, "\n".join([sentence, *details]), code, arguments, problem.params)


def _language(arguments: Sequence[str]) -> str:
    """Find the language to excuse ourselves in, without reading settings: they may be what is wrong."""
    for place, one in enumerate(arguments):
        value = one.partition("=")[2] if one.startswith("--lang=") else ""
        value = arguments[place + 1] if one == "--lang" and place + 1 < len(arguments) else value
        if value in {"vi", "en"}:
            return value
    from api.wiring import language_of_environment

    return language_of_environment()


def _tell(code: str, sentence: str, exit_code: int, arguments: Sequence[str], params: Mapping[str, Any]) -> int:
    if "--json" in arguments:
        print(
            json.dumps(
                {"error": {"code": code, "detail": sentence, "params": dict(params)}}, ensure_ascii=False, default=str
            )
        )
    else:
        print(sentence, file=sys.stderr)
    return exit_code
