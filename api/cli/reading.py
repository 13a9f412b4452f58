"""The options that say how a file is to be read, written once for every command that takes a file."""

from __future__ import annotations

import functools
import inspect
import json
from collections.abc import Callable, Mapping
from typing import Annotated, Any

import typer

OPTIONS: Mapping[str, tuple[Any, Any, str]] = {
    "encoding": (str, "", "Read with this encoding instead of guessing."),
    "delimiter": (str, "", "Delimiter: a character, or comma, semicolon, tab, pipe, space."),
    "quote": (str, "", 'Quote: ", \' or none.'),
    "escape": (str, "", "A quote inside a quoted cell: double or backslash."),
    "comment": (str, "", "What lines of comment begin with (#, %, //, --), or none."),
    "header_row": (str, "", "Record number of the (last) header row; 0 = no header."),
    "header_rows": (str, "", "How many rows the header takes."),
    "skip_footer": (str, "", "How many records at the end are no data."),
    "decimal": (str, "", "Decimal mark of numbers: . or ,"),
    "thousands": (str, "", "Thousands mark: . , a space, ' or none."),
    "date_order": (str, "", "Order in dates: dmy, mdy or ymd."),
    "missing": (str | None, None, "Words that stand for nothing, by commas: NA,-"),
    "reading": (str, "", "All of these as one JSON object, also for single columns."),
}
"""Type, default and help of each option; the last holds all the others."""


def reading_options(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command the options of reading in place of its parameter ``read``, which takes what they say."""
    signature = inspect.signature(command, eval_str=True)
    parameters: list[inspect.Parameter] = []
    for one in signature.parameters.values():
        parameters += [one] if one.name != "read" else _options()

    @functools.wraps(command)
    def run(**given: Any) -> None:
        single = {name: given.pop(name) for name in OPTIONS}
        whole = single.pop("reading")
        command(**given, read=said_of(whole, single))

    run.__signature__ = signature.replace(parameters=parameters)  # type: ignore[attr-defined]
    run.__annotations__ = {one.name: one.annotation for one in parameters}
    return run


def _options() -> list[inspect.Parameter]:
    kind = inspect.Parameter.POSITIONAL_OR_KEYWORD
    return [
        inspect.Parameter(name, kind, default=default, annotation=Annotated[type_, typer.Option(help=words)])
        for name, (type_, default, words) in OPTIONS.items()
    ]


def said_of(whole: str, single: Mapping[str, str | None]) -> dict[str, Any]:
    """Put the options of reading together; those that stand alone are nearer than the JSON object."""
    from standards.reading import BadOption, overrides, said

    try:
        given = json.loads(whole) if whole else {}
    except ValueError as wrong:
        raise typer.BadParameter(f"JSON: {wrong}", param_hint="--reading") from None
    if not isinstance(given, dict):
        raise typer.BadParameter("an object", param_hint="--reading")
    try:
        return said(overrides({**given, **{name: one for name, one in single.items() if one}}))
    except BadOption as wrong:
        hint = f"--{wrong.name.replace('_', '-')}" if wrong.name in single else "--reading"
        value = single.get(wrong.name) or wrong.name
        raise typer.BadParameter(value, param_hint=hint) from None
