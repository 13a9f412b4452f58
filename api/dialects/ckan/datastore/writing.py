"""The DataStore as it is written: tables made, filled, changed and emptied; never those of published versions."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import groupby
from typing import Any, Final

from api.dialects.ckan.action import WRITES, Action, Call, Wrong
from api.dialects.ckan.datastore import asked, returned, shown
from api.dialects.ckan.datastore.screening import screen
from api.dialects.ckan.datastore.sources import found_part, own_id
from api.dialects.ckan.judging import dictionaries
from api.dialects.ckan.shown import found_entry
from api.dialects.ckan.writing import resource_of
from catalog.errors import Conflict, NotAllowed, NotFound
from catalog.model import Entry, Resource
from catalog.rows import ID, LONGEST_NAME, MOST_FIELDS, Batch, Field, Method, Table, known, native
from catalog.rows.cells import Records, column, guess
from catalog.rows.cells import Wrong as WrongCell

WHO: Final = "who may publish for the agency"
FORCED: Final = (
    "Cannot edit read-only resource because changes made may be lost. Use a resource created for editing e.g. with "
    'datastore_create or use "force=True" to ignore this warning.'
)
PUBLISHED: Final = "A published table never changes: send its next version as a file"
_ALIAS: Final = re.compile(r"[\w][\w.\-]{0,62}")
_UUID: Final = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")


def dump_address(call: Call, key: str) -> str:
    """Give the address of a table's rows, which is that of a resource made for them."""
    return f"{call.site.url}/datastore/dump/{key}"


# --- which table ------------------------------------------------------------------------------------------------------


def _writable(call: Call) -> tuple[Entry, Resource, str]:
    """Find the resource that is to be written, if it may be: one of the DataStore, or a link with ``force``."""
    if call.caller.person is None:
        raise NotAllowed
    key = call.needed("resource_id", "id")
    try:
        own = call.site.catalog.table(call.caller, key).id
    except NotFound:
        own = key
    entry, part = found_part(call, own)
    own = own_id(entry, part)
    entry = call.site.catalog.may_write_rows(call.caller, entry.id)
    if part.kind != "link":
        raise Wrong({"read-only": [PUBLISHED if call.flag("force") else FORCED]})
    if part.url != dump_address(call, own) and not call.flag("force"):
        raise Wrong({"read-only": [FORCED]})
    return entry, part, own


def _there(call: Call) -> tuple[Entry, Resource, str]:
    """Find the resource that a table is to be of, and say in CKAN's words that there is none."""
    try:
        return _writable(call)
    except NotFound:
        raise Wrong({"resource_id": [f"Resource not found: {call.needed('resource_id', 'id')}"]}) from None


def _made(call: Call) -> tuple[Entry, Resource, str]:
    """Make the resource that a table is to be of."""
    given = call.given["resource"]
    if not isinstance(given, Mapping):
        raise Wrong({"resource": ["Must be a dictionary"]})
    if not given.get("package_id"):
        raise Wrong({"package_id": ["Missing value"]})
    entry, version = found_entry(call, str(given["package_id"]))
    entry = call.site.catalog.may_write_rows(call.caller, entry.id)
    taken = {one.name for one in version.resources} if version else set()
    made = for_rows(call, entry, given, taken)
    key = own_id(entry, made)
    call.site.catalog.arrange(call.caller, entry.id, lambda before: [*before, made])
    call.changed.append(entry.id)
    return entry, made, key


def for_rows(call: Call, entry: Entry, given: Mapping[str, Any], taken: set[str]) -> Resource:
    """Make a resource that is nothing but the rows that will be written into its table."""
    said = {**given, "url": dump_address(call, "new"), "name": given.get("name") or "datastore",
            "format": str(given.get("format") or "CSV")}
    made = resource_of(call, said, None, taken)
    return replace(made, url=dump_address(call, own_id(entry, made)))


# --- what it holds ----------------------------------------------------------------------------------------------------


def _records(call: Call) -> list[dict[str, Any]]:
    given = call.given.get("records")
    if given in (None, ""):
        return []
    for at, one in enumerate(given if isinstance(given, list) else [given]):
        if not isinstance(one, dict) or not isinstance(given, list):
            raise Wrong({"records": [f'row "{at}" is not a json object']})
    return list(given)


def _fields(call: Call, before: Table | None, records: Sequence[Mapping[str, Any]]) -> tuple[Field, ...]:
    """Give the columns: those that are there, those that are said, and those that the first record has besides."""
    given = _said_fields(call)
    first, held = (records[0] if records else {}), {one.id: one for one in before.fields} if before else {}
    said = {one["id"]: one for one in given if one["id"] != ID}
    if call.flag("delete_fields") and said:
        held = {name: one for name, one in held.items() if name in said}
    if len(said) < sum(one["id"] != ID for one in given):
        raise Wrong({"field": ["Duplicate column names are not supported"]})
    found = dict(held)
    for name, one in said.items():
        found[name] = _field(name, one, held.get(name), first)
    for name, value in first.items():
        if name not in found and name != ID:
            found[name] = _field(name, {}, None, {name: value})
    if len(found) > MOST_FIELDS:
        raise Wrong({"fields": [f"More than {MOST_FIELDS} fields"]})
    return tuple(found.values())


def _said_fields(call: Call) -> list[dict[str, Any]]:
    """Give the columns that are said, each with a name that one may have. Raises Wrong with what each has wrong."""
    given = dictionaries(call.given, "fields")
    found = [{**one, "id": one["id"] if isinstance(one.get("id"), str) else str(one.get("id") or "")} for one in given]
    wrong = [_name_problems(one["id"]) for one in found]
    if any(wrong):
        raise Wrong({"fields": wrong})
    return found


def _name_problems(name: str) -> dict[str, list[str]]:
    if not name:
        return {"id": ["Missing value"]}
    wrong = (name.startswith("_") and name != ID) or '"' in name or name != name.strip()
    return {"id": [f'"{name}" is not a valid field name']} if wrong else {}


def _field(name: str, said: Mapping[str, Any], held: Field | None, first: Mapping[str, Any]) -> Field:
    if _name_problems(name):
        raise Wrong({"fields": [f'"{name}" is not a valid field name']})
    if len(name.encode()) > LONGEST_NAME:
        raise Wrong({"fields": [f'Column heading "{name}" exceeds limit of {LONGEST_NAME} characters.']})
    kind = said.get("type") or (held.type if held else "")
    if not kind and name not in first:
        raise Wrong({"fields": [f'"{name}" type not guessable']})
    kind = kind or guess(first[name])
    if not isinstance(kind, str) or not known(kind):
        raise Wrong({"fields": [f'"{kind}" is not a valid field type']})
    if held is not None and native(kind) != native(held.type):
        raise Wrong({"fields": [f'"{name}" already exists with type "{held.type}"']})
    info = held.info if held and "info" not in said else said.get("info") or {}
    if not isinstance(info, Mapping):
        raise Wrong({"fields": [f'"{name}" info must be a dictionary']})
    return Field(id=name, type=native(kind), info=dict(info))


def _listed(call: Call, name: str, before: Sequence[str], fields: Sequence[Field]) -> tuple[str, ...]:
    """Give names of columns: what is said, or else what there was."""
    if call.given.get(name) is None:
        return tuple(before)
    there = {one.id for one in fields}
    found = tuple(dict.fromkeys(call.names(name)))
    for one in found:
        if one not in there:
            raise Wrong({name: [f'The field "{one}" does not exist']})
    return found


def _indexes(call: Call, before: Table | None, fields: Sequence[Field]) -> tuple[tuple[str, ...], ...]:
    given = call.given.get("indexes")
    if given is None:
        return before.indexes if before else ()
    there = {one.id for one in fields}
    listed = given if isinstance(given, list) else call.names("indexes")
    found = [tuple(part.strip().strip('"') for part in str(one).split(",")) if not isinstance(one, list) else
             tuple(map(str, one)) for one in listed]
    for one in found:
        for name in one:
            if name not in there:
                raise Wrong({"indexes": [f'The field "{name}" does not exist']})
    return tuple(one for one in dict.fromkeys(found) if one)


def _aliases(call: Call, before: Table | None) -> tuple[str, ...]:
    if call.given.get("aliases") is None:
        return before.aliases if before else ()
    found = tuple(dict.fromkeys(call.names("aliases")))
    for one in found:
        if not _ALIAS.fullmatch(one) or _UUID.fullmatch(one.lower()):
            raise Wrong({"alias": [f'"{one}" is not a valid alias name']})
    return found


def cells(table: Table, records: Records, names: Sequence[str], first: int = 0) -> list[Sequence[Any]]:
    """Read the cells of records that have these columns. Raises Wrong with the row, counted from 0."""
    types = table.types()
    try:
        columns = [column(types[name], records.column(name)) for name in names]
    except WrongCell as wrong:
        raise Wrong({"records": [wrong.message], "records_row": first + wrong.row}) from None
    return list(zip(*columns, strict=True)) if columns else [()] * len(records)


def _extra(table: Table, records: Records, kept: Sequence[str] = ()) -> None:
    at, extra = records.stranger({*(one.id for one in table.fields), *kept})
    if extra:
        raise Wrong({"records": [f'row "{at + 1}" has extra keys "{extra}"']})


# --- the actions ------------------------------------------------------------------------------------------------------


def datastore_create(call: Call) -> dict[str, Any]:
    """Answer ``datastore_create``."""
    if call.caller.person is None:
        raise NotAllowed
    if call.given.get("resource") and call.given.get("resource_id"):
        raise Wrong({"resource": ["resource cannot be used with resource_id"]})
    if not call.given.get("resource") and not call.given.get("resource_id"):
        raise Wrong({"resource_id": ["resource_id or resource required"]})
    if call.given.get("triggers"):
        raise Wrong({"triggers": ["Triggers are not supported"]})
    records = _records(call)
    columns = Records(records)
    fields = _fields(call, None, records) if call.given.get("resource") else ()
    if call.given.get("resource"):
        screen(call, columns)
    entry, part, key = _made(call) if call.given.get("resource") else _there(call)
    before = call.site.catalog.table(call.caller, key) if key in call.site.catalog.tables_there([key]) else None
    if not call.given.get("resource"):
        screen(call, columns, before, entry.id, key)
    fields = _fields(call, before, records) if before or not fields else fields
    table = Table(
        id=key, dataset=entry.id, resource=part.name, fields=fields, aliases=_aliases(call, before),
        primary_key=_listed(call, "primary_key", before.primary_key if before else (), fields),
        indexes=_indexes(call, before, fields),
    )
    _extra(table, columns)
    names = [one.id for one in fields]
    saved = _stored(lambda: call.site.catalog.save_table(call.caller, table, names, cells(table, columns, names)))
    result = {
        "resource_id": key, "package_id": entry.id, "method": "insert", "aliases": list(table.aliases),
        "delete_fields": call.flag("delete_fields"), **_counted(call),
        "fields": shown.described({one.id: one for one in fields}, table.types(), names),
        "primary_key": list(table.primary_key), "indexes": [", ".join(one) for one in table.indexes],
    }
    return {**result, "records": returned.added(call, saved)} if call.flag("include_records") else result


def _counted(call: Call) -> dict[str, Any]:
    """Say back how rows were to be counted: they always are."""
    return {"calculate_record_count": call.given.get("calculate_record_count", "background")}


def _stored(deed: Any) -> Any:
    """Do it, and say in CKAN's words what the store refuses."""
    try:
        return deed()
    except Conflict as refused:
        if refused.code == "rows-not-unique":
            words = "Cannot insert records or create index because of uniqueness constraint"
            raise Wrong({"constraints": [words], "info": {"details": str(refused.params.get("detail", ""))}}) from None
        if refused.code == "alias-taken":
            raise Wrong({"alias": [f'The alias "{refused.params["alias"]}" already exists.']}) from None
        raise


def datastore_upsert(call: Call) -> dict[str, Any]:
    """Answer ``datastore_upsert``."""
    _, _, key = _writable(call)
    method = call.text("method", "upsert") or "upsert"
    if method not in ("upsert", "insert", "update"):
        raise Wrong({"method": ["Value must be one of ['upsert', 'insert', 'update']"]})
    table = call.site.catalog.table(call.caller, key)
    records = _records(call)
    columns = Records(records)
    _extra(table, columns, (ID,) if method == "update" else ())
    screen(call, columns, table, table.dataset, key)
    keys = (ID,) if method == "update" and records and ID in records[0] else table.primary_key
    if method != "insert":
        _keyed(records, keys)
    batches: list[Batch] = []
    for names, some in _groups(table, records, columns, method):
        batches.append((names, cells(table, some, names, sum(len(rows) for _, rows in batches))))
    after = _put(call, key, batches, method)  # type: ignore[arg-type]  # one of the three
    result: dict[str, Any] = {"resource_id": key, "method": method, **_counted(call)}
    if "dry_run" in call.given:
        result["dry_run"] = call.flag("dry_run")
    if call.flag("include_records"):
        result["records"] = records if call.flag("dry_run") else returned.added(call, after) if (
            method == "insert") else returned.keyed(call, after, keys, batches)
    return result


def _groups(table: Table, records: Sequence[Mapping[str, Any]], columns: Records,
            method: str) -> Iterator[tuple[Sequence[str], Records]]:
    """Put records together that say the same columns: what a record does not say, it does not change."""
    if method == "insert":
        yield tuple(one.id for one in table.fields), columns
    elif columns.alike:
        yield from [(columns.names, columns)] if records else ()
    else:
        yield from ((names, Records(list(some))) for names, some in groupby(records, key=tuple))


def _keyed(records: Sequence[Mapping[str, Any]], keys: Sequence[str]) -> None:
    if not keys:
        raise Wrong({"table": ["unique key must be passed for update/upsert"]})
    for one in records:
        missing = [name for name in keys if name not in one]
        if missing:
            raise Wrong({"key": [f'fields "{", ".join(missing)}" are missing but needed as key']})


def _put(call: Call, key: str, batches: Sequence[Batch], method: Method) -> Table:
    dry_run = call.flag("dry_run")
    try:
        done: Table = _stored(lambda: call.site.catalog.write_rows(call.caller, key, batches, method, dry_run=dry_run))
    except NotFound as refused:
        if refused.code != "row-not-found":
            raise
        words = ", ".join(str(one) for one in refused.params["key"])
        raise Wrong({"key": [f'key "[\'{words}\']" not found'],
                     "records_row": refused.params["row"]}) from None
    return done


def datastore_delete(call: Call) -> dict[str, Any]:
    """Answer ``datastore_delete``: rows by filters, or without them the whole table."""
    if call.given.get("filters") is not None:
        return datastore_records_delete(call)
    _, _, key = _writable(call)
    call.site.catalog.drop_table(call.caller, key)
    call.site.snapshots.forget(key)
    return {"resource_id": key}


def datastore_records_delete(call: Call) -> dict[str, Any]:
    """Answer ``datastore_records_delete``."""
    _, _, key = _writable(call)
    if call.given.get("filters") is None:
        raise Wrong({"filters": ["Missing value"]})
    table = call.site.catalog.table(call.caller, key)
    types = table.types()
    where = asked.conditions(call.given["filters"], types)
    give = call.flag("include_deleted_records")
    _, found = call.site.catalog.delete_rows(call.caller, key, where, give=give)
    result: dict[str, Any] = {"resource_id": key, "filters": call.given["filters"]}
    if give:
        result["deleted_records"] = shown.records("objects", list(types), list(types.values()), found.rows)
    return result


_TABLE: Final = {"resource_id": "the resource's id", "force": "true for a resource that is a link elsewhere"}
_COUNT: Final = {"calculate_record_count": "taken, counts are always right"}

ACTIONS: Final = (
    Action(name="datastore_create", summary="Make a table of rows that change, or change what it holds, and add rows.",
           run=datastore_create, verbs=WRITES, permission=WHO, parameters={
               **_TABLE, "resource": "{package_id, name …}: makes a resource for the table", "aliases": "other names",
               "fields": "[{id, type, info}]; what is not said is guessed from the first record",
               "delete_fields": "true takes away the columns that are not said", "records": "[{column: value}]",
               "include_records": "gives them as rows, with `_id`",
               "primary_key": "columns of which no two rows have the same values",
               "indexes": "columns that are often asked", "triggers": "refused", **_COUNT}),
    Action(name="datastore_upsert", summary="Add rows to a table or change them, all or none.", run=datastore_upsert,
           verbs=WRITES, permission=WHO, parameters={
               **_TABLE, "records": "[{column: value}]", "method": "upsert (unless said), insert or update",
               "include_records": "gives them as rows, with `_id`",
               "dry_run": "only sees whether it can be done", **_COUNT}),
    Action(name="datastore_delete", summary="Delete rows by filters, or the whole table.", run=datastore_delete,
           verbs=WRITES, permission=WHO, parameters={
               **_TABLE, "filters": "as in datastore_search; without them the table goes",
               "include_deleted_records": "gives them", **_COUNT}),
    Action(name="datastore_records_delete", summary="Delete rows by filters; the table stays.",
           run=datastore_records_delete, verbs=WRITES, permission=WHO, parameters={
               **_TABLE, "filters": "as in datastore_search; {} for every row",
               "include_deleted_records": "gives them", **_COUNT}),
)
