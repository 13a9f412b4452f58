"""How a file was read, on its report page: each guess with its evidence, and the form to read it differently."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Form, Request, Response
from starlette.responses import RedirectResponse

from api import deps
from api.dialects.html import forms
from api.dialects.html.refused import PageRoute
from api.dialects.html.view import Reader, TheReader
from api.messages import understood
from catalog.errors import Invalid, Problem
from catalog.model import Options, Outcome, Submission
from standards.reading import ENCODINGS, ORDERS, THOUSANDS, BadOption, Guess, overrides, said

router = APIRouter(route_class=PageRoute)

CHOICES: Mapping[str, tuple[str, ...]] = {
    "encoding": ENCODINGS,
    "delimiter": (",", ";", "\t", "|", " "),
    "quote": ('"', "'", "none"),
    "escape": ("double", "backslash"),
    "header_row": (),
    "header_rows": (),
    "skip_footer": (),
    "decimal": (",", "."),
    "thousands": THOUSANDS,
    "date_order": ORDERS,
    "missing": (),
}
"""The options that the form offers; those without choices are written in."""
WHAT = {"header_row": "header", "header_rows": "header-rows", "skip_footer": "footer", "date_order": "date-order"}
WORKBOOKS = ("xlsx", "xls", "ods")
ALL = "all"
LONGEST_SHEET = 200
NAMES = {"tab": "\t", "space": " "}
"""What an option's value is called in the form, where a browser or a trim would lose it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """One guess in the reader's words."""

    title: str
    field: str
    shown: str
    why: str
    sure: str
    overridden: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """One option of the form: its name, title, what is said now and what can be chosen (value and words)."""

    name: str
    title: str
    value: str
    choices: tuple[tuple[str, str], ...]


def reads_of(reader: Reader, outcome: Outcome | None) -> tuple[Read, ...]:
    """Put into words how the tables of a file were read."""
    tables = outcome.tables if outcome else ()
    return tuple(_read(reader, one) for table in tables for one in table.understood)


def _read(reader: Reader, one: Guess) -> Read:
    return Read(
        title=understood.title(one.what, reader.lang), field=one.field or "",
        shown=understood.shown(one.what, one.chosen, reader.lang), why=understood.why(one, reader.lang),
        sure=one.sure, overridden=one.overridden,
    )


def options_of(reader: Reader, submission: Submission) -> tuple[Option, ...]:
    """The form to read a file differently; none once its check was decided on."""
    if submission.state not in ("blocked", "ready", "failed"):
        return ()
    return offered(reader, submission.outcome, submission.options)


def offered(reader: Reader, outcome: Outcome | None, given: Options) -> tuple[Option, ...]:
    """Every option of reading a file differently, with what is asked for now."""
    return (*_sheet(reader, outcome, given.sheet), *_options(reader, given.read))


def has_sheets(outcome: Outcome | None) -> bool:
    """Whether the file is a workbook of which another sheet could be meant."""
    file = outcome.file if outcome else {}
    return file.get("format") in WORKBOOKS or len(file.get("sheets") or ()) > 1


def _sheet(reader: Reader, outcome: Outcome | None, value: str) -> Iterator[Option]:
    """The sheet as an option: one of those that are there, or, where nobody could look, written in."""
    if not has_sheets(outcome):
        return
    names = tuple(outcome.file.get("sheets") or ()) if outcome else ()
    every = [(ALL, reader.say("Mọi trang có dữ liệu, mỗi trang một bảng"))] if len(names) > 1 else []
    choices = (*((one, one) for one in names), *every)
    yield Option(name="sheet", title=understood.title("sheet", reader.lang), value=value, choices=choices)


def _options(reader: Reader, given: Mapping[str, object]) -> Iterator[Option]:
    names = {mark: name for name, mark in NAMES.items()}
    for name, values in CHOICES.items():
        what = WHAT.get(name, name)
        value = given.get(name, "")
        text = ", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)
        choices = tuple((names.get(one, one), understood.shown(what, one, reader.lang)) for one in values)
        yield Option(name=name, title=understood.title(what, reader.lang), value=names.get(text, text), choices=choices)


@router.post("/submissions/{key}/reading")
def read_differently(
    request: Request, reader: TheReader, key: str, *, csrf: Annotated[str, Form()] = "",
    encoding: Annotated[str, Form()] = "", delimiter: Annotated[str, Form()] = "", quote: Annotated[str, Form()] = "",
    escape: Annotated[str, Form()] = "", header_row: Annotated[str, Form()] = "",
    header_rows: Annotated[str, Form()] = "", skip_footer: Annotated[str, Form()] = "",
    decimal: Annotated[str, Form()] = "", thousands: Annotated[str, Form()] = "",
    date_order: Annotated[str, Form()] = "", missing: Annotated[str, Form()] = "",
    sheet: Annotated[str, Form()] = "",
) -> Response:  # fmt: skip
    """Have the same upload read in another way and checked again; it need not be sent again."""
    forms.with_token(request, reader, csrf)
    given = {
        "encoding": encoding, "delimiter": delimiter, "quote": quote, "escape": escape, "header_row": header_row,
        "header_rows": header_rows, "skip_footer": skip_footer, "decimal": decimal, "thousands": thousands,
        "date_order": date_order, "missing": missing,
    }  # fmt: skip
    catalog = deps.site(request).catalog
    found = catalog.submission(reader.caller, key)
    wanted = wanted_of(given, found.options.read)
    asked = sheet.strip()[:LONGEST_SHEET] if has_sheets(found.outcome) else None
    catalog.recheck(reader.caller, key, read=wanted, sheet=asked)
    return RedirectResponse(f"/submissions/{key}?wait=1", status_code=303)


def wanted_of(given: Mapping[str, str], before: Mapping[str, Any]) -> Mapping[str, Any]:
    """What a form asks for, as plain JSON; what the form does not offer stays. Raises Invalid for a value of none."""
    kept = {name: before[name] for name in ("comment", "columns") if name in before}
    try:
        return said(overrides({**kept, **{name: NAMES.get(one, one.strip()) for name, one in given.items()}}))
    except BadOption as wrong:
        params = {"name": wrong.name, "value": given.get(wrong.name, "")[:100]}
        raise Invalid(problems=[Problem(f"#/{wrong.name}", "unknown-value", params)]) from None
