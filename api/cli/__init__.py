"""The command `datamo`: composes the commands, puts global options first and turns every failure into a sentence."""

from __future__ import annotations

import gc
import os
import sys
import traceback
from collections.abc import Sequence
from typing import Annotated, NoReturn

import typer
from typer._click.exceptions import ClickException

from api.cli import check
from api.cli.voice import EXIT_DOWN, EXIT_USAGE, Voice, fault

GLOBAL_FLAGS = ("--json", "--debug")
GLOBAL_VALUES = ("--lang",)
COLLECT_EVERY = 50_000
"""New objects after which garbage is collected: what libraries make while they load is none, yet to look takes a fifth
of a start."""


def composed(command: str = "") -> typer.Typer:
    """Give the whole command line; for ``check`` only that: to lay out thirty commands takes longer than its steps."""
    app = typer.Typer(
        name="datamo",
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
        rich_markup_mode=None,
        help="Open government data: check a file, publish it, find it. "
        "Exit codes: 0 done or valid, 1 not valid or refused, 2 wrong usage or unreadable input, 3 something is down.",
    )
    app.callback()(globally)
    app.add_typer(check.app)
    if command == "check":
        return app
    from api.cli import carrying, erasing, harvesting, maintaining, operation, people, publish, pushing, site, standards

    for part in (site.app, people.app, publish.app, operation.app, erasing.app, maintaining.app, carrying.app,
                 harvesting.app, pushing.app):
        app.add_typer(part)
    app.add_typer(standards.app, name="standards")
    return app


def globally(
    context: typer.Context,
    json: Annotated[bool, typer.Option("--json", help="Print one JSON document on standard output.")] = False,
    lang: Annotated[str, typer.Option("--lang", help="vi or en; the site's language when left out.")] = "",
    debug: Annotated[bool, typer.Option("--debug", help="Show where a fault happened.")] = False,
) -> None:
    """Take the options that every command has, before or after it."""
    if lang not in {"", "vi", "en"}:
        raise typer.BadParameter("vi or en", param_hint="--lang")
    context.obj = Voice(json=json, language=lang, debug=debug)


def main() -> NoReturn:
    """Run the command line and leave with its exit code."""
    gc.set_threshold(COLLECT_EVERY)
    code = run(sys.argv[1:])
    try:
        sys.stdout.flush()
    except BrokenPipeError:  # the reader has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    if _command(globals_first(sys.argv[1:])) == "check":
        # Nothing is left to close; to take down every module in order would cost a tenth of the whole command.
        sys.stderr.flush()
        os._exit(code)
    raise SystemExit(code)


def run(arguments: Sequence[str]) -> int:
    """Run one command; gives its exit code, never a traceback (but with --debug)."""
    ordered = globals_first(arguments)
    try:
        return int(composed(_command(ordered))(args=ordered, prog_name="datamo", standalone_mode=False) or 0)
    except ClickException as wrong:
        wrong.show()
        return EXIT_USAGE
    except (KeyboardInterrupt, typer.Abort):
        return 130
    except BrokenPipeError:
        return 0
    except Exception as problem:  # noqa: BLE001 - the last net: what a user sees is a sentence
        if "--debug" in ordered:
            traceback.print_exc()
        return fault(problem, ordered) or EXIT_DOWN


def _command(ordered: Sequence[str]) -> str:
    """Give the command among arguments whose global options come first."""
    rest = iter(ordered)
    for one in rest:
        if one in GLOBAL_VALUES:
            next(rest, "")
        elif not one.startswith("-"):
            return one
    return ""


def globals_first(arguments: Sequence[str]) -> list[str]:
    """Put --json, --lang and --debug before the command, wherever they were written; after ``--`` nothing moves."""
    first: list[str] = []
    rest: list[str] = []
    waiting = list(arguments)
    while waiting:
        one = waiting.pop(0)
        if one == "--":
            rest += [one, *waiting]
            break
        if one in GLOBAL_FLAGS or one.startswith(tuple(f"{name}=" for name in GLOBAL_VALUES)):
            first.append(one)
        elif one in GLOBAL_VALUES and waiting:
            first += [one, waiting.pop(0)]
        else:
            rest.append(one)
    return first + rest
