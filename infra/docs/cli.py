"""docs/cli.md, from the help of every command of `datamo`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import typer.main
from typer._click import Context

from api.cli import composed

HEAD = """# The command `datamo`

`--json` (one JSON document on standard output, nothing else there), `--lang vi|en` and `--debug` are understood before or after every
command. Progress and messages go to standard error. Exit codes: 0 done or valid; 1 not valid, or a refusal; 2 wrong usage or
unreadable input; 3 something outside is down.

Printed from `api/cli` by `make docs`.
"""


def page() -> str:
    """Give the page."""
    return HEAD + "".join(_commands(typer.main.get_command(composed()), "datamo"))


def _commands(command: Any, path: str) -> Iterator[str]:
    inner = getattr(command, "commands", {})
    if path != "datamo" and not (inner and not getattr(command, "invoke_without_command", False)):
        yield f"\n## {path}\n\n{(command.help or '').strip()}\n"
        yield from _parameters(command, path)
    for name, one in sorted(inner.items()):
        yield from _commands(one, f"{path} {name}")


def _parameters(command: Any, path: str) -> Iterator[str]:
    context = Context(command, info_name=path)
    shown = [one for one in command.get_params(context) if not getattr(one, "hidden", False) and one.name != "help"]
    if shown:
        yield "\n| argument | default | meaning |\n|---|---|---|\n"
    for one in shown:
        name = (
            " ".join((*one.opts, *one.secondary_opts))
            if one.param_type_name == "option"
            else (one.metavar or one.name.upper())
        )
        default = "" if one.default in (None, "", False, (), []) or callable(one.default) else f"`{one.default}`"
        yield f"| `{name}` | {default} | {getattr(one, 'help', '') or ''} |\n"
