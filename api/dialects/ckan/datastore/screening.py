"""Rows are looked at for personal data before they are written; a second person of the agency may let a column pass."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from api.dialects.ckan.action import WRITES, Action, Call, Wrong
from api.dialects.ckan.datastore.sources import found_part, own_id
from api.dialects.ckan.shown import found_entry
from catalog.errors import NotAllowed, NotFound
from catalog.rows import ID, Ask, Order, Table
from catalog.rows.cells import Records
from pipelines import rowscreen
from standards.screening import Held

KIND: Final = "released-column"
LONGEST: Final = 2000
WORDS: Final = (
    'Column "{field}" looks like personal data ({title}; {share} % of {rows} rows). Rows are public as soon as they '
    "are written, so none of these was (Luật 91/2025/QH15). Leave the column out, or let a reviewer of the agency "
    "release it with a reason and a legal basis (datastore_column_release)."
)


def screen(call: Call, records: Records, table: Table | None = None, dataset: str = "", key: str = "") -> None:
    """Refuse records that hold personal data beyond doubt. ``table`` is what is there already. Raises Wrong."""
    if not len(records):
        return
    columns = {name: records.column(name) for name in records.names if name != ID}
    held = rowscreen.held_back(columns, _before(call, table, columns) if len(records) < rowscreen.FEW else {})
    if not held:
        return
    released = _released(call, dataset, key) if key else set()
    wrong = [one for one in held if one.field not in released]
    if wrong:
        raise Wrong({"records": [_words(one, len(records)) for one in wrong],
                     "personal_data": [_told(one) for one in wrong]})


def _before(call: Call, table: Table | None, columns: Mapping[str, Any]) -> dict[str, Sequence[Any]]:
    """Give the newest rows that are there, by columns."""
    names = tuple(one.id for one in table.fields if one.id in columns) if table else ()
    if table is None or not names:
        return {}
    newest = Ask(columns=names, order=(Order(ID, descending=True),), limit=rowscreen.BEFORE, total=False)
    _, found = call.site.catalog.ask_rows(call.caller, table.id, newest)
    return dict(zip(names, zip(*found.rows, strict=True), strict=False))


def _released(call: Call, dataset: str, key: str) -> set[str]:
    """Give the columns of a table that somebody else than the caller has let pass."""
    me = call.caller.person.id if call.caller.person else ""
    return {str(one.body.get("column", "")) for one in call.site.catalog.marks(KIND, subjects=[dataset])
            if one.body.get("table") == key and one.person != me}


def _words(one: Held, rows: int) -> str:
    title = one.trait.title.get("en") or one.kind
    return WORDS.format(field=one.field, title=title, share=max(1, round(one.share * 100)), rows=rows)


def _told(one: Held) -> dict[str, Any]:
    return {"field": one.field, "kind": one.kind, "share": round(one.share, 2), "blocks": True, "sample": one.sample}


def datastore_column_release(call: Call) -> dict[str, Any]:
    """Answer ``datastore_column_release``."""
    if call.caller.person is None:
        raise NotAllowed
    entry, part = found_part(call, call.needed("resource_id"))
    key, column = own_id(entry, part), call.needed("column")
    said = {name: call.needed(name).strip()[:LONGEST] for name in ("reason", "basis")}
    owner = found_entry(call, entry.id)[0].organisation
    if key in call.site.catalog.tables_there([key]):
        fields = [one.id for one in call.site.catalog.table(call.caller, key).fields]
        if column not in fields:
            raise Wrong({"column": [f'The field "{column}" does not exist']})
    elif part.kind != "link":
        raise NotFound
    made = call.site.catalog.keep_mark(
        call.caller, "release-column", KIND, f"{key}:{column}", organisation=owner, subject=entry.id,
        person=call.caller.person.id, body={"table": key, "column": column, **said},
    )
    return {"resource_id": key, "column": column, **said, "released_by": call.caller.person.name,
            "released": made.modified.isoformat()}


ACTIONS: Final = (
    Action(
        name="datastore_column_release", run=datastore_column_release, verbs=WRITES,
        summary="Let a column pass that looks like personal data, for rows that others write; audited.",
        permission="a reviewer of the agency",
        parameters={"resource_id": "the resource's id", "column": "its name", "reason": "why it may be public",
                    "basis": "the legal basis"},
    ),
)
