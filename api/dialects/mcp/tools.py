"""The tools: each asks what the site would tell the same caller elsewhere, and changes nothing."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import Any, Final

from api.dialects.mcp import checking, taken
from api.dialects.mcp.inside import Inside, Refused
from api.dialects.mcp.telling import Told, fitting, told
from standards.codelist import Codelist, Entry
from standards.text import fold

VIETNAM: Final = timezone(timedelta(hours=7))
PARTS: Final = ("select", "where", "group_by", "having", "order_by", "version", "as_of", "cursor")
NOT_THERE: Final[Mapping[str, Any]] = {"code": "not-found", "detail": "There is no such thing here."}


@dataclass(frozen=True, slots=True, kw_only=True)
class Tool:
    """One tool: what it is called, what is said of it, what it takes and what it does."""

    name: str
    title: str
    about: str
    takes: type[taken.Taken]
    do: Callable[[Inside, Any], Awaitable[Told]]


async def _search(inside: Inside, asked: taken.Search) -> Told:
    found = await inside.get(
        "datasets", q=asked.query, org=asked.organization, theme=asked.theme, tag=asked.tag, standard=asked.standard,
        from_=asked.since, to=asked.until, sort="" if asked.sort == "relevance" else asked.sort, limit=asked.limit,
        cursor=asked.cursor,
    )
    return told({
        "total": found["total"], "next": found["next"], "suggestion": found["suggestion"],
        "datasets": [_short(one) for one in found["items"]],
    }, {"site": inside.site.url})


def _short(one: Mapping[str, Any]) -> dict[str, Any]:
    """A dataset in a list."""
    tables = [{"name": each["name"], "rows": each["rows"]} for each in one["resources"] if each["kind"] == "table"]
    return {
        "dataset": one["slug"], "title": one["title"],
        "description": {tag: text[:300] for tag, text in one["description"].items()},
        "organization": one["organization"]["title"], "version": one["version"], "modified": one["modified"],
        "standard": one["standard"], "tables": tables, "page": one["links"]["page"],
    }


async def _describe(inside: Inside, asked: taken.Named) -> Told:
    found = await inside.get("datasets", asked.dataset)
    resources = [{**each, "columns": len(each["columns"])} for each in found["resources"]]
    kept = {name: value for name, value in found.items() if name not in ("files", "columns")}
    return told({**kept, "resources": resources}, _source(found))


def _source(found: Mapping[str, Any], version: int | None = None) -> dict[str, Any]:
    """What to name when the data are used."""
    return {
        "dataset": found["slug"], "version": version or found["version"], "page": found["links"]["page"],
        "publisher": found["organization"]["title"], "licence": found["licence"],
    }


async def _columns(inside: Inside, asked: taken.OfTable) -> Told:
    found = await inside.get("datasets", asked.dataset)
    table = _table(found, asked.resource)
    fields: dict[str, Any] = {}
    if table["standard"]:
        try:
            standard = await inside.get("standards", str(table["standard"]).partition("@")[0])
        except Refused:
            standard = {"fields": []}
        fields = {one["name"]: one for one in standard["fields"]}
    lists = inside.site.standards.codelists
    columns = [
        {**one, **({"codelist": one["meaning"]} if one["meaning"] in lists else {}),
         **_meant(fields.get(one["meaning"] or one["name"]))} for one in table["columns"]
    ]
    return told({"resource": table["name"], "rows": table["rows"], "standard": table["standard"], "columns": columns},
                _source(found))


def _table(found: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    tables = [one for one in found["resources"] if one["kind"] == "table" and name in ("", one["name"])]
    if not tables:
        raise Refused(NOT_THERE)
    table: Mapping[str, Any] = tables[0]
    return table


def _meant(field: Mapping[str, Any] | None) -> dict[str, Any]:
    """What the standard says of a column."""
    return {name: field[name] for name in ("description", "codelist") if field[name]} if field else {}


async def _sample(inside: Inside, asked: taken.Sample) -> Told:
    return await _rows(inside, taken.Query(
        dataset=asked.dataset, resource=asked.resource, version=asked.version, limit=asked.limit
    ))


async def _rows(inside: Inside, asked: taken.Query) -> Told:
    found = await inside.get("datasets", asked.dataset)
    path = ("resources", asked.resource, "rows") if asked.resource else ("rows",)
    parts = {name: getattr(asked, name) for name in PARTS}

    async def page(limit: int) -> dict[str, Any]:
        gotten: dict[str, Any] = await inside.get("datasets", found["slug"], *path, limit=limit, **parts)
        return gotten

    rows = await fitting(page, asked.limit)
    data = {"resource": rows["resource"], "total": rows["total"], "next": rows["next"], "rows": rows["items"]}
    return told(data, _source(found, asked.version) | ({"as_of": asked.as_of} if asked.as_of else {}))


async def _sql(inside: Inside, asked: taken.Sql) -> Told:
    async def page(limit: int) -> dict[str, Any]:
        gotten: dict[str, Any] = await inside.get("sql", sql=asked.sql, limit=limit)
        return gotten

    found = await fitting(page, asked.limit)
    source = {"site": inside.site.url, "tables": found["tables"]}
    return told({"rows": found["items"], "truncated": found["truncated"]}, source)


async def _versions(inside: Inside, asked: taken.Named) -> Told:
    found = await inside.get("datasets", asked.dataset)
    versions = await inside.get("datasets", found["slug"], "versions")
    left = ("files", "resources", "pins")
    shown = [{name: value for name, value in one.items() if name not in left} for one in versions["items"]]
    return told({"versions": shown}, _source(found))


async def _compare(inside: Inside, asked: taken.Compare) -> Told:
    found = await inside.get("datasets", asked.dataset)

    async def page(limit: int) -> dict[str, Any]:
        gotten: dict[str, Any] = await inside.get(
            "datasets", found["slug"], "versions", str(asked.version), "diff", with_=asked.other,
            resource=asked.resource, change=asked.change, limit=limit, cursor=asked.cursor,
        )
        return gotten

    changes = await fitting(page, asked.limit)
    renamed = {("rows" if name == "items" else name): value for name, value in changes.items()}
    return told(renamed, _source(found, asked.version))


async def _standards(inside: Inside, asked: taken.Standards) -> Told:
    found = await inside.get("standards")
    wanted = fold(asked.query).split()
    members = ("id", "version", "title", "status", "country", "basis", "columns")
    shown = [
        {name: one[name] for name in members} for one in found["items"]
        if all(word in fold(" ".join([one["id"], *one["title"].values()])) for word in wanted)
    ]
    return told({"standards": shown}, {"site": inside.site.url})


async def _standard(inside: Inside, asked: taken.Standard) -> Told:
    found = await inside.get("standards", asked.standard)
    return told(found, {"standard": found["id"], "version": found["version"], "schema": found["links"]["schema"]})


async def _code(inside: Inside, asked: taken.Code) -> Told:
    lists = inside.site.standards.codelists
    if not asked.codelist:
        shown = [{"id": one.id, "title": dict(one.title), "codes": len(one.entries)} for one in lists.values()]
        return told({"codelists": shown}, {"site": inside.site.url})
    if asked.codelist not in lists:
        raise Refused(NOT_THERE)
    one, day = lists[asked.codelist], asked.on or datetime.now(VIETNAM).date()
    found = [each for each in one.valid_on(day) if _is(each, asked)]
    found.sort(key=lambda each: (each.code != asked.query, len(each.name)))
    entries = [_entry(each) for each in found[:asked.limit]]
    return told({"total": len(found), "on": day, "entries": entries}, _list(inside, one))


def _is(one: Entry, asked: taken.Code) -> bool:
    wanted = fold(asked.query)
    return asked.parent in ("", one.parent) and (asked.query == one.code or wanted in fold(one.name))


def _entry(one: Entry) -> dict[str, Any]:
    return {
        "code": one.code, "name": one.name, "names": dict(one.names), "parent": one.parent or None,
        "valid_from": one.valid_from, "valid_to": one.valid_to,
    }


def _list(inside: Inside, one: Codelist) -> dict[str, Any]:
    return {"codelist": one.id, "origin": one.source, "address": f"{inside.site.url}/api/v1/codelists/{one.id}"}


TOOLS: Final[Mapping[str, Tool]] = {one.name: one for one in (
    Tool(name="search_datasets", title="Search datasets", takes=taken.Search, do=_search,
         about="Find published datasets by words and filters, in Vietnamese or English."),
    Tool(name="describe_dataset", title="Describe a dataset", takes=taken.Named, do=_describe,
         about="All that is said of a dataset: publisher, licence, period, quality, tables, addresses of its files."),
    Tool(name="list_columns", title="List columns", takes=taken.OfTable, do=_columns,
         about="Columns of a table: name (as queries want it), title, type, meaning, code list."),
    Tool(name="sample_rows", title="Sample rows", takes=taken.Sample, do=_sample,
         about="The first rows of a table as they are, to see what its values look like."),
    Tool(name="query_rows", title="Query rows", takes=taken.Query, do=_rows,
         about="Filter, group, aggregate and sort the rows of one table. Functions: count, count(distinct x), sum, "
               "avg, min, max, median, percentile(x, 0.9), stddev, date_trunc, year, quarter, month, day, lower."),
    Tool(name="query_sql", title="Query with SQL", takes=taken.Sql, do=_sql,
         about="One SELECT over several published tables: joins, WITH, window functions."),
    Tool(name="list_versions", title="List versions", takes=taken.Named, do=_versions,
         about="The history of a dataset: each version with its day, note, counts of changes, breaking changes."),
    Tool(name="compare_versions", title="Compare versions", takes=taken.Compare, do=_compare,
         about="What changed between two versions of a table: columns, and rows one by one, cells before and after."),
    Tool(name="list_standards", title="List table standards", takes=taken.Standards, do=_standards,
         about="The table standards that data are checked against, official and proposed."),
    Tool(name="describe_standard", title="Describe a table standard", takes=taken.Standard, do=_standard,
         about="Fields of a table standard with types, constraints, code lists and legal basis."),
    Tool(name="find_code", title="Find a code", takes=taken.Code, do=_code,
         about="Look up codes by name or names by code in dated lists (provinces, communes, agencies …). Codes mean "
               "something only with a day."),
    Tool(name="check_file", title="Check a small file", takes=taken.Check, do=checking.check,
         about="Check a file of at most 1 MB as the portal would: what was understood, what is wrong and where. "
               "Nothing of it is kept."),
)}
