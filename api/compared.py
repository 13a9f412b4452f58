"""Two versions of a table found for a reader, ready to be compared: which files, which columns, by which key."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from api.deps import Site
from catalog.columns import ColumnChange, column_changes
from catalog.errors import Conflict, Invalid, NotFound, Problem, Unavailable
from catalog.model import Caller, Entry, File, Resource, Version
from pipelines import tables
from pipelines.difference import Pair, Side
from pipelines.difference.delta import Canonical, header
from standards import late
from standards.registry import Standards
from standards.standard import match_columns

if TYPE_CHECKING:
    import pyarrow.parquet as pq
else:
    pq = late.module("pyarrow.parquet")

State = Literal["added", "removed", "changed", "same"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """Two versions of a table of one dataset; ``by`` says what makes two rows the same: ``key`` or ``rows``."""

    old: Version
    new: Version
    before: Resource
    after: Resource
    pair: Pair
    columns: tuple[ColumnChange, ...]

    @property
    def by(self) -> str:
        """``key`` or ``rows``."""
        return "key" if self.pair.key else "rows"


def versions_of(site: Site, caller: Caller, entry: Entry, number: int, other: int | None) -> tuple[Version, Version]:
    """Find the older (``other``, else the one before ``number``) and the newer. Raises NotFound, Gone, Conflict."""
    new = site.catalog.version(caller, entry.id, number)
    if other is None:
        earlier = [one.number for one in site.catalog.versions(caller, entry.id)
                   if one.number < number and one.state == "published"]
        if not earlier:
            raise Conflict("no-earlier-version")
        other = max(earlier)
    return site.catalog.version(caller, entry.id, other), new


def compared(
    site: Site, caller: Caller, versions: tuple[Version, Version], name: str = "", key: Sequence[str] = (),
) -> Compared:
    """Find a table in both versions; the first ones without a name. Raises NotFound, Invalid for a key that is none."""
    old, new = versions
    before, after = (_table(one, name) for one in versions)
    sides = [_side(site, caller, one) for one in (before, after)]
    shared = [one for one in sides[1].types if one in sides[0].types]
    chosen = tuple(key) or _key(site.standards, before, after)
    for one in key:
        if one not in shared:
            raise Invalid("query", problems=[Problem("#/key", "unknown-column", {"column": one})])
    return Compared(
        old=old, new=new, before=before, after=after, columns=column_changes(before.columns, after.columns),
        pair=Pair(old=sides[0], new=sides[1], key=chosen if all(one in shared for one in chosen) else ()),
    )


def _table(version: Version, name: str) -> Resource:
    found = next((one for one in version.resources if one.name == name), None) if name else version.first_table
    if found is None or not any(one.role == "parquet" for one in found.files):
        raise NotFound
    return found


def file_of(resource: Resource, role: str) -> File:
    """Find a table's file of that kind. Raises NotFound."""
    found = next((one for one in resource.files if one.role == role and one.public), None)
    if found is None:
        raise NotFound
    return found


def _side(site: Site, caller: Caller, resource: Resource) -> Side:
    file = file_of(resource, "parquet")
    path = site.catalog.local_file(caller, file)
    if path is None:
        raise Unavailable("storage-down")
    published = {one.name for one in resource.columns} | {f"{tables.ID}_original"}
    types = {one.name: str(one.type) for one in pq.read_schema(path) if one.name in published and one.name != tables.ID}
    return Side(path=path, sha256=file.sha256, types=types)


def _key(standards: Standards, before: Resource, after: Resource) -> tuple[str, ...]:
    """The columns that the table's standard makes its key, where both versions have all of them under one name."""
    keys = {_key_of(standards, one) for one in (before, after)}
    return keys.pop() if len(keys) == 1 else ()


def _key_of(standards: Standards, resource: Resource) -> tuple[str, ...]:
    told = str(resource.pins.get("standard") or resource.standard)
    standard = standards.tables.get(told.partition("@")[0])
    if standard is None or not standard.primary_key:
        return ()
    names = [one.name for one in resource.columns]
    named = {field.name: names[at] for at, field in match_columns(standard, names).items()}
    found = tuple(named.get(one, "") for one in standard.primary_key)
    return found if all(found) else ()


def canonical(site: Site, caller: Caller, found: Compared) -> tuple[Canonical, Canonical]:
    """Give both versions' canonical CSV files. Raises NotFound where a table has none."""
    old, new = (_canonical(site, caller, *one) for one in ((found.old, found.before), (found.new, found.after)))
    return old, new


def _canonical(site: Site, caller: Caller, version: Version, resource: Resource) -> Canonical:
    file = file_of(resource, "csv")
    path = site.catalog.local_file(caller, file)
    if path is None:
        raise Unavailable("storage-down")
    return Canonical(path=path, sha256=file.sha256, columns=header(path), rows=file.rows, version=version.number)


def states(old: Version, new: Version) -> dict[str, State]:
    """Say of every table, file and link of two versions whether it came, went, changed or stayed as it was."""
    before, after = ({one.name: one for one in version.resources} for version in (old, new))
    found: dict[str, State] = {}
    for name in dict.fromkeys((*after, *before)):
        if name not in before:
            found[name] = "added"
        elif name not in after:
            found[name] = "removed"
        else:
            found[name] = "same" if _content(before[name]) == _content(after[name]) else "changed"
    return found


def _content(one: Resource) -> tuple[object, ...]:
    return (one.kind, one.url, tuple((file.role, file.sha256) for file in one.files if file.role != "report"))
