"""The dump of a table under /datastore/dump/…: all its rows, or those that are asked for, as CSV, TSV, JSON or XML."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final
from xml.sax.saxutils import escape, quoteattr

import orjson
from fastapi import APIRouter, Request
from fastapi.concurrency import run_in_threadpool
from starlette.responses import Response, StreamingResponse

from api.deps import site as site_of
from api.dialects.ckan import answers
from api.dialects.ckan.action import Call, Wrong
from api.dialects.ckan.datastore import asked, columns, shown
from api.dialects.ckan.datastore.sources import Source, found_source
from api.dialects.ckan.door import caller_of
from catalog.rows import ID, All, Ask, Is
from pipelines.rowstore import reading

router = APIRouter()
KINDS: Final = {"csv": "text/csv; charset=utf-8", "tsv": "text/tab-separated-values; charset=utf-8",
                "json": "application/json; charset=utf-8", "xml": "text/xml; charset=utf-8"}
BOM: Final = b"\xef\xbb\xbf"
PAGE: Final = 20_000
_NAME: Final = re.compile(r"[A-Za-z_][\w.\-]*", re.ASCII)


@dataclass(frozen=True, slots=True)
class Dump:
    """What is dumped: rows, and the names and types of their columns."""

    source: Source
    ask: Ask
    names: Sequence[str]
    kinds: Sequence[str]

    @property
    def whole(self) -> bool:
        """Whether all rows are dumped, with all their columns."""
        return self.ask == Ask(limit=None, total=False, ranked=False)

    def pages(self) -> Iterator[Sequence[Sequence[Any]]]:
        """Give the rows, some at a time; those that are asked by nothing but conditions go by their ids."""
        ask = self.ask
        if self.whole:
            return self.source.pages()
        return self._behind() if not (ask.order or ask.texts or ask.distinct or ask.offset) else self._offset()

    def _behind(self) -> Iterator[Sequence[Sequence[Any]]]:
        last, left = 0, self.ask.limit
        columns = (ID, *(name for name in self.names if name != ID))
        places = [columns.index(name) for name in self.names]
        while left is None or left > 0:
            size = PAGE if left is None else min(PAGE, left)
            where = All((self.ask.where, Is(ID, "gt", last)))
            found = self.source.ask(replace(self.ask, columns=columns, where=where, limit=size)).rows
            if found:
                yield [[row[at] for at in places] for row in found]
                last = int(found[-1][0])
            if len(found) < size:
                return
            left = None if left is None else left - size

    def _offset(self) -> Iterator[Sequence[Sequence[Any]]]:
        at, left = self.ask.offset, self.ask.limit
        while left is None or left > 0:
            size = PAGE if left is None else min(PAGE, left)
            found = self.source.ask(replace(self.ask, offset=at, limit=size)).rows
            if found:
                yield found
            if len(found) < size:
                return
            at, left = at + size, None if left is None else left - size


@router.get("/datastore/dump/{resource_id}", include_in_schema=False)
async def dump(request: Request, resource_id: str) -> Response:
    """Answer with a file; a table that may not be seen is not there."""
    given = {name: value for name, value in request.query_params.items() if name not in ("format", "bom")}
    form = request.query_params.get("format") or "csv"
    call = Call(site=site_of(request), caller=await caller_of(request), given={**given, "resource_id": resource_id})
    if form not in KINDS:
        return answers.reply(f"Bad request: format: must be one of {', '.join(KINDS)}", 400)
    try:
        found = await run_in_threadpool(_found, call, resource_id)
        request.state.used = (found.source.table.dataset, found.source.table.resource, "download")
    except Wrong as wrong:
        return answers.reply({**wrong.errors, "__type": "Validation Error"}, 400)
    bom = Call(site=call.site, caller=call.caller, given=dict(request.query_params)).flag("bom")
    pieces = await run_in_threadpool(WRITERS[form], found)
    name = found.source.table.id
    headers = {"Content-Disposition": f'attachment; filename="{name}.{form}"', "Content-Type": KINDS[form],
               "Cache-Control": "no-store"}
    return StreamingResponse(_marked(pieces) if bom and form in ("csv", "tsv") else pieces, 200, headers)


def _found(call: Call, key: str) -> Dump:
    source = found_source(call, key)
    types = source.table.types()
    limit = call.number("limit")
    ask = replace(asked.question(call, types), limit=limit, total=False, ranked=False)
    names = list(ask.columns or types)
    return Dump(source, ask, names, [types[name] for name in names])


def _marked(pieces: Iterator[bytes]) -> Iterator[bytes]:
    yield BOM
    yield from pieces


# --- the four forms ---------------------------------------------------------------------------------------------------


def _csv(one: Dump) -> Iterator[bytes]:
    if one.source.path:
        return reading.document(one.source.call.site.askers, one.source.path, one.source.table.types(), one.ask,
                                served=one.source.shelf)
    return _lines(one, ",")


def _lines(one: Dump, sign: str) -> Iterator[bytes]:
    if len(one.names) == 1:  # Arrow leaves a line of nothing empty, and has no other column to tell it by
        return by_cells(one, sign)
    call, table = one.source.call, one.source.table
    found = call.site.catalog.row_texts(call.caller, table.id) if one.whole and not one.source.path else None
    if found is None:
        return columns.of_rows(one.names, one.kinds, one.pages(), sign)
    return columns.document(*found, sign)


def by_cells(one: Dump, sign: str) -> Iterator[bytes]:
    """Write rows cell by cell, as Python does."""
    yield shown.lines([one.names], sign).encode()
    for page in one.pages():
        yield shown.lines(shown.rows(one.kinds, page), sign).encode()


def _json(one: Dump) -> Iterator[bytes]:
    fields = {each.id: each for each in one.source.table.fields}
    told = shown.described(fields, one.source.table.types(), one.names)
    yield b'{\n  "fields": ' + orjson.dumps(told) + b',\n  "records": ['
    sign = b"\n    "
    for page in one.pages():
        rows = shown.rows(one.kinds, page)
        yield sign + b",\n    ".join(orjson.dumps(row) for row in rows)
        sign = b",\n    "
    yield b"\n]}\n"


def _xml(one: Dump) -> Iterator[bytes]:
    yield b'<data xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">\n'
    for page in one.pages():
        yield "".join(_element(one.names, row) for row in shown.rows(one.kinds, page)).encode()
    yield b"</data>\n"


def _element(names: Sequence[str], row: Sequence[Any]) -> str:
    said = dict(zip(names, row, strict=True))
    known = f" _id={quoteattr(str(said.pop(ID)))}" if ID in said else ""
    cells = "".join(_cell(name, value) for name, value in said.items())
    return f"<row{known}>{cells}</row>\n"


def _cell(name: str, value: Any) -> str:
    tag, key = (name, "") if _NAME.fullmatch(name) else ("value", f" key={quoteattr(name)}")
    if value is None:
        return f'<{tag}{key} xsi:nil="true"/>'
    text = value if isinstance(value, str) else orjson.dumps(value).decode()
    kept = "".join(sign for sign in text if sign >= " " or sign in "\t\n\r")
    return f"<{tag}{key}>{escape(kept)}</{tag}>"


def _tsv(one: Dump) -> Iterator[bytes]:
    return _lines(one, "\t")


WRITERS: Final = {"csv": _csv, "tsv": _tsv, "json": _json, "xml": _xml}
