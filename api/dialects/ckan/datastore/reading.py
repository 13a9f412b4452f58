"""The DataStore as it is read: datastore_search, datastore_info."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final
from urllib.parse import urlencode

import orjson

from api.dialects.ckan.action import Action, Call, Wrong
from api.dialects.ckan.datastore import asked, shown
from api.dialects.ckan.datastore.sources import Source, found_source
from catalog.rows import ID, Field, family, native

ECHOED: Final = ("filters", "q", "full_text", "sort", "distinct", "plain", "language", "offset")
_NATIVE: Final = {"int4": "integer", "int8": "bigint", "bool": "boolean", "float8": "double precision",
                  "timestamp": "timestamp without time zone", "time": "time without time zone"}

PARAMETERS: Final = {
    "resource_id": "the resource's id, or an alias of its table", "id": "the same, of old",
    "filters": "{column: value}, a list of values for any of them, {gt, gte, lt, lte, in, eq: value}; $or, $and",
    "q": "words in any column, or {column: words}; without marks they find those with marks",
    "full_text": "the same as q in any column", "plain": "false: q is a tsquery (&, |, !, word:*)",
    "language": "taken and left", "distinct": "each row once", "limit": "so many, 100 unless said, at most 32000",
    "offset": "behind so many", "fields": "columns, a list or between commas",
    "sort": "column asc|desc nulls first|last, more between commas",
    "include_total": "false leaves the total out", "include_next_page": "gives the filter of the next page",
    "records_format": "objects, lists, csv or tsv", "total_estimation_threshold": "taken, totals are exact",
}


def datastore_search(call: Call) -> dict[str, Any]:
    """Answer ``datastore_search``."""
    key = call.needed("resource_id", "id")
    form = call.text("records_format", "objects") or "objects"
    if form not in shown.FORMATS:
        raise Wrong({"records_format": ["Value must be one of objects, lists, csv, tsv"]})
    source = found_source(call, key)
    types = source.table.types()
    ask = asked.question(call, types)
    found = source.ask(ask)
    names = list(ask.columns or types)
    ranks = asked.ranks(call, ask.texts)
    result: dict[str, Any] = {
        "include_total": ask.total, "limit": ask.limit, "records_format": form,
        "resource_id": source.table.id if key in source.table.aliases else key,
        "include_next_page": call.flag("include_next_page"), "total_estimation_threshold": None,
        **{name: call.given[name] for name in ECHOED if name in call.given},
        "records": shown.records(form, [*names, *ranks], [types[name] for name in names], found.rows),
        "fields": shown.described(by_id(source), types, names, ranks), "_links": _links(call),
    }
    if "offset" in result:
        result["offset"] = ask.offset
    if "distinct" in result:
        result["distinct"] = ask.distinct
    if ask.total:
        result |= {"total": found.total, "total_was_estimated": False}
    if call.flag("include_next_page"):
        after = asked.next_page(ask, found.rows, names)
        result |= {"next_page": after} if after else {}
    return result


def by_id(source: Source) -> dict[str, Field]:
    """Give the columns by their names."""
    return {one.id: one for one in source.table.fields}


def _links(call: Call) -> dict[str, str]:
    """Say where the first and the next page are, as CKAN did until 2.11."""
    given = {name: value if isinstance(value, str) else orjson.dumps(value).decode()
             for name, value in call.given.items() if name not in ("offset", "id")}
    given["resource_id"] = str(call.given.get("resource_id") or call.given.get("id"))
    start = f"/api/3/action/datastore_search?{urlencode(given)}"
    behind = (call.number("offset", 0) or 0) + asked.limit(call)
    return {"start": start, "next": f"{start}&{urlencode({'offset': behind})}"}


def datastore_info(call: Call) -> dict[str, Any]:
    """Answer ``datastore_info``."""
    source = found_source(call, call.needed("resource_id", "id"))
    table = source.table
    told: dict[str, Any] = {"fields": [_told(source, one) for one in table.fields]}
    if call.flag("include_meta", default=True):
        size, indexes = (0, 0) if source.path else call.site.catalog.table_sizes(call.caller, table.id)
        told["meta"] = {
            "id": table.id, "count": table.count, "table_type": "BASE TABLE", "size": size, "db_size": size,
            "idx_size": indexes, "aliases": list(table.aliases),
        }
    if not call.flag("include_fields_schema", default=True):
        for one in told["fields"]:
            del one["schema"]
    return told


def _told(source: Source, one: Field) -> dict[str, Any]:
    table, kind = source.table, native(one.type)
    listed: list[Sequence[str]] = [table.primary_key, *table.indexes]
    plain = kind.removeprefix("_")
    name = _NATIVE.get(plain, plain) + ("[]" if family(one.type) == "array" else "")
    told: dict[str, Any] = {"id": one.id, "type": kind}
    if one.info:
        told["info"] = dict(one.info)
    told["schema"] = {
        "native_type": name, "notnull": False, "index_name": None, "uniquekey": table.primary_key == (one.id,),
        "is_index": any(one.id in each for each in listed),
    }
    return told


ACTIONS: Final = (
    Action(name="datastore_search", summary="Rows of a table: filtered, searched, sorted, page by page.",
           run=datastore_search, parameters=PARAMETERS),
    Action(name="datastore_info", summary="What a table's columns are, and how many rows it has.", run=datastore_info,
           parameters={"resource_id": "the resource's id, or an alias of its table", "id": "the same, of old",
                       "include_meta": "false leaves meta out", "include_fields_schema": "false leaves schema out"}),
)

__all__ = ["ACTIONS", "ID"]
