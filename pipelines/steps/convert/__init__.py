"""Step: make of the cells what people take away: canonical CSV, Parquet, JSON and XLSX of small ones."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from importlib import import_module
from pathlib import Path

from catalog.model import Artefact, ColumnInfo, FileRole, TableOutcome
from pipelines import cells
from pipelines.step import Opened, Parcel, conclude
from pipelines.steps.convert import documents
from pipelines.steps.convert.excerpt import excerpt
from pipelines.steps.convert.typed import BIG, Shape, shape_of, write_parquet
from pipelines.validation import masking, outside
from pipelines.validation.personal import hides
from standards.finding import Finding, Group, Place
from standards.profile import Column, Profile
from standards.standard import Field, match_columns

SMALL = 100_000
"""Up to how many rows a table is offered as JSON and XLSX too."""
PREVIEW = 100
WRITER = "pipelines.steps.convert.sheet"
"""What writes XLSX; named, not imported, because a check that keeps nothing writes none (start-up of small files)."""
ID = "_id"

MEDIA: Mapping[FileRole, str] = {
    "csv": "text/csv",
    "parquet": "application/vnd.apache.parquet",
    "json": "application/json",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "geojson": "application/geo+json",
}


def convert(parcel: Parcel) -> Parcel:
    """Give every table preview and columns; write the artefacts when nothing blocks; end the walk."""
    looked = dataclasses.replace(parcel, tables=tuple(_described(parcel, one) for one in parcel.tables))
    outcome = conclude(looked)
    if parcel.keep and outcome.valid:
        looked = dataclasses.replace(looked, tables=tuple(_written(looked, one) for one in looked.tables))
        outcome = conclude(dataclasses.replace(looked, original=_original(looked)))
    return dataclasses.replace(looked, outcome=outcome)


run = convert


def _described(parcel: Parcel, one: Opened) -> Opened:
    """Complete a table's outcome: what reading it found, its profile as it will be published, columns and preview."""
    assert one.profile is not None
    found = one.outcome or TableOutcome(resource=one.resource, sheet=one.table.sheet)
    found = _told(found, one)
    profile = one.merged.profile if one.merged else one.profile
    if not parcel.keep and one.cells is not None:
        # Nothing else of such a check is kept: what a report shows of the table travels in its outcome.
        shown = excerpt(one.cells, found.findings, _secret(found, one))
        found = dataclasses.replace(found, stats={**found.stats, "excerpt": shown})
    return dataclasses.replace(
        one,
        outcome=dataclasses.replace(
            found,
            profile=dataclasses.replace(profile, columns=_named(profile, one)),
            columns=_columns(profile, one, _fields(parcel, one)),
            preview=masking.rows(_preview(one), _secret(found, one)),
            periods=one.merged.periods if one.merged else _first_period(parcel),
            changes=one.merged.changes if one.merged else None,
        ),
    )


def _first_period(parcel: Parcel) -> tuple[str, ...]:
    return (parcel.options.period,) if parcel.options.period else ()


def _told(found: TableOutcome, one: Opened) -> TableOutcome:
    """Add what reading and merging found where no check has told it, and that a table without rows says nothing."""
    told = {(said.code, said.place.row) for said in found.findings}
    checked = bool(found.stats)
    ours = [said for said in one.remarks if not checked or said.code not in ("extra-cell", "missing-cell")]
    if one.profile is not None and not one.profile.rows:
        ours.append(Finding(code="no-rows", place=Place(sheet=one.table.sheet)))
    if ID in cells.column_names(one.table.labels):
        ours.append(
            Finding(code="id-renamed", severity="warning", place=Place(field=ID), params={"name": "_id_original"})
        )
    known = {said.code for said in found.findings if said.code == "no-rows"}
    fresh = [said for said in ours if (said.code, said.place.row) not in told and said.code not in known]
    grouped = {group.code for group in found.groups}
    return dataclasses.replace(
        found,
        findings=(*found.findings, *fresh),
        groups=(*found.groups, *_groups([said for said in fresh if said.code not in grouped], one.table.sheet)),
        valid=found.valid and not any(said.severity == "error" for said in fresh),
    )


def _groups(fresh: Sequence[Finding], sheet: str | None) -> Sequence[Group]:
    codes = dict.fromkeys((said.code, said.severity) for said in fresh)
    return [
        Group(
            code=code,
            severity=severity,
            field=None,
            count=sum(said.count for said in fresh if said.code == code),
            examples=tuple(said.place.row for said in fresh if said.code == code and said.place.row is not None)[:3],
            sheet=sheet,
        )
        for code, severity in codes
    ]


def _secret(found: TableOutcome, one: Opened) -> frozenset[int]:
    """Which columns are held back as personal data: their cells are not shown."""
    held = {told["field"] for told in found.personal_data if hides(told)}
    return frozenset(index for index, label in enumerate(one.table.labels) if (label or f"#{index + 1}") in held)


def _fields(parcel: Parcel, one: Opened) -> Mapping[int, Field]:
    standard = parcel.standards.tables.get(parcel.options.standard) if parcel.options.standard else None
    return match_columns(standard, one.table.labels) if standard else {}


def _named(profile: Profile, one: Opened) -> tuple[Column, ...]:
    names = cells.column_names(one.table.labels)
    return tuple(dataclasses.replace(column, name=name) for column, name in zip(profile.columns, names, strict=True))


def _columns(profile: Profile, one: Opened, fields: Mapping[int, Field]) -> tuple[ColumnInfo, ...]:
    names = cells.column_names(one.table.labels)
    found = []
    for index, column in enumerate(profile.columns):
        field = fields.get(index)
        kind = field.type if field else column.kind
        meaning = (field.codelist if field else "") or column.meaning
        found.append(ColumnInfo(name=names[index], title=field.title if field else {}, type=kind, meaning=meaning))
    return tuple(found)


def _source(one: Opened) -> Path:
    assert one.cells is not None
    return one.merged.cells if one.merged else one.cells


def _preview(one: Opened) -> tuple[tuple[str, ...], ...]:
    rows: list[tuple[str, ...]] = []
    for part in cells.filled(cells.read(_source(one))):
        columns = [column.to_pylist() for column in part.slice(0, PREVIEW - len(rows)).columns[1:]]
        rows.extend(zip(*columns, strict=True))
        if len(rows) >= PREVIEW:
            break
    return tuple(rows)


def _written(parcel: Parcel, one: Opened) -> Opened:
    """Write a table's files into the work folder."""
    assert one.outcome is not None
    assert one.outcome.profile is not None
    source, profile = _source(one), one.outcome.profile
    names = cells.column_names(one.table.labels)
    fields = _fields(parcel, one)
    shapes = tuple(
        shape_of(source, index, column, fields[index].type if index in fields else "")
        for index, column in enumerate(profile.columns)
    )
    made = [_artefact(one, "csv", _csv(parcel, one, names))]
    parquet = parcel.work / f"{one.resource}.parquet"
    labels = [f"{ID}_original" if name == ID else name for name in names]
    write_parquet(parquet, labels, source, shapes, big=profile.rows > BIG)
    made.append(_artefact(one, "parquet", parquet))
    made += [_artefact(one, role, path) for role, path in _documents(parcel, one, names, shapes)]
    return dataclasses.replace(one, outcome=dataclasses.replace(one.outcome, artefacts=(*made, *one.outcome.artefacts)))


def _csv(parcel: Parcel, one: Opened, names: Sequence[str]) -> Path:
    path = parcel.work / f"{one.resource}.csv"
    cells.write_csv(path, names, cells.filled(cells.read(_source(one))))
    return path


def _documents(
    parcel: Parcel, one: Opened, names: Sequence[str], shapes: Sequence[Shape]
) -> Sequence[tuple[FileRole, Path]]:
    """Write JSON and XLSX of a small table, and GeoJSON of one that came so."""
    assert one.outcome is not None
    assert one.outcome.profile is not None
    made: list[tuple[FileRole, Path]] = []
    source = _source(one)
    if one.outcome.profile.rows <= SMALL:
        made.append(("json", parcel.work / f"{one.resource}.json"))
        documents.write_json(made[-1][1], names, source, shapes)
        path = parcel.work / f"{one.resource}.xlsx"
        if import_module(WRITER).write_xlsx(path, names, source, shapes):
            made.append(("xlsx", path))
    if parcel.format == "geojson":
        made.append(("geojson", parcel.work / f"{one.resource}.geojson"))
        documents.write_geojson(made[-1][1], names, source, shapes)
    return made


def _artefact(one: Opened, role: FileRole, path: Path) -> Artefact:
    assert one.outcome is not None
    assert one.outcome.profile is not None
    return Artefact(
        resource=one.resource,
        name=path.name,
        role=role,
        media_type=MEDIA[role],
        path=str(path),
        bytes=path.stat().st_size,
        rows=one.outcome.profile.rows,
    )


def _original(parcel: Parcel) -> Artefact | None:
    """Keep the original private where it mentions persons outside its tables; name it apart from derived files."""
    one = parcel.original
    if one is None:
        return None
    if parcel.personal and any(outside.is_private(each.table) for each in parcel.tables):
        one = dataclasses.replace(one, public=False)
    taken = {made.name for table in parcel.tables if table.outcome for made in table.outcome.artefacts}
    return dataclasses.replace(one, name=f"original-{one.name}") if one.name in taken else one
