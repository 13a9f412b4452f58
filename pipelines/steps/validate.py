"""Step: judge every table of a file under the schema we choose, with Frictionless and with our own checks."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

from catalog.model import Outcome, TableOutcome
from pipelines.cells import numbers
from pipelines.flat import Numbers
from pipelines.lookedup import LookedUp, looked_up
from pipelines.step import Opened, Parcel
from pipelines.validation import Verdict, masking, outside, papers, readability, risk, schema, validate
from pipelines.validation import personal as persons
from pipelines.validation.absorbed import Absorber, absorber
from pipelines.validation.distinct import finding_of_remark, run_checks
from pipelines.validation.engine import every_error
from pipelines.validation.findings import Convert, Known, Tally, finding_of, merged, tally
from pipelines.validation.gaps import Gap, gaps_of, judge
from pipelines.validation.lookups import ForeignKey, Lookup, keys_of
from pipelines.validation.patterns import Unsupported
from pipelines.validation.source import refuse_unusable, resource_of
from pipelines.validation.uses import Bound, Plan, bind, bind_table
from standards import registry
from standards.finding import Finding, Place
from standards.profile import Profile
from standards.repair import answers, days
from standards.screening import Held
from standards.standard import Field, TableStandard, match_columns

TOLD_BY_FRICTIONLESS = frozenset({"extra-cell", "missing-cell", "blank-row", "blank-label", "duplicate-label"})
"""Remarks of the reading that Frictionless makes too, in its own place and order."""


def run(parcel: Parcel) -> Parcel:
    """Check each table and give it an outcome with findings, groups, stats, verdict, pins and the Frictionless report.

    A standard that does not exist or an uploader's schema that cannot be used ends the walk with a reason.
    """
    if parcel.options.standard and parcel.options.standard not in parcel.standards.tables:
        return _stopped(parcel, "unknown-standard", standard=parcel.options.standard)
    if parcel.options.standard and parcel.options.schema is not None:
        return _stopped(parcel, "schema-beside-standard", standard=parcel.options.standard)
    try:
        given = parcel.options.schema
        foreign = schema.rebuilt(given) if given is not None else None
        beyond = gaps_of(given) if given is not None else ()
        keys = keys_of(given) if given is not None else ()
        if foreign is not None:
            refuse_unusable(foreign)
    except schema.NotSchema as wrong:
        return _stopped(parcel, "schema-unusable", pointer=wrong.pointer)
    except Unsupported as wrong:
        return _stopped(parcel, "pattern-unsupported", pattern=str(wrong)[:200])
    asked = _Asked(foreign, beyond, keys)
    return replace(parcel, tables=tuple(_checked(parcel, opened, asked) for opened in parcel.tables))


def _stopped(parcel: Parcel, code: str, **params: Any) -> Parcel:
    reason = {"code": code, "params": params}
    return replace(parcel, outcome=Outcome(readable=False, reason=reason, file=parcel.file, original=parcel.original))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Table:
    """One table about to be judged: where it came from, its profile, its standard and which column is which field."""

    parcel: Parcel
    opened: Opened
    profile: Profile | None
    standard: TableStandard | None
    fields: Mapping[int, Field]
    bound: tuple[Bound, ...]
    whole: tuple[Bound, ...]

    @property
    def labels(self) -> tuple[str, ...]:
        return self.opened.table.labels

    @property
    def columns(self) -> tuple[Known, ...]:
        """What an error's finding needs to know of each column."""
        personal = {one.columns[0] for one in self.bound if one.check.CODE == "personal-number"}
        return tuple(
            Known(
                label=label or f"#{index + 1}",
                title=self.fields[index].title if index in self.fields else {},
                empty=self._is_empty(index),
                personal=index in personal,
            )
            for index, label in enumerate(self.labels)
        )

    def _is_empty(self, index: int) -> bool:
        columns = self.profile.columns if self.profile else ()
        return index < len(columns) and columns[index].distinct == 0


def _table(parcel: Parcel, opened: Opened) -> _Table:
    labels = opened.table.labels
    standards = parcel.standards
    standard = standards.tables[parcel.options.standard] if parcel.options.standard else None
    fields = match_columns(standard, labels) if standard else {}
    profile = opened.profile or (opened.outcome.profile if opened.outcome else None)
    seen = profile.columns if profile and profile.rows else ()
    plan = Plan(
        standard=standard,
        labels=labels,
        fields=fields,
        codelists=standards.codelist,
        check=registry.check,
        today=parcel.today,
        day=_day_of(parcel),
        encoding=opened.table.encoding,
        empty=tuple(index for index, one in enumerate(seen[: len(labels)]) if one.distinct == 0),
    )
    return _Table(
        parcel=parcel,
        opened=opened,
        profile=profile,
        standard=standard,
        fields=fields,
        bound=tuple(bind(plan)),
        whole=tuple(bind_table(plan)),
    )


def _day_of(parcel: Parcel) -> date:
    """Give the day that rows without one of their own are of: the one the publisher confirmed, else today."""
    confirmed = (days(one) for one in answers(parcel.options.fixes, "successor").values())
    return next((one[0] for one in confirmed if one is not None), parcel.today)


@dataclass(frozen=True, slots=True)
class _Asked:
    """What the uploader's own schema asks for: what Frictionless judges, what we do, and what it refers to."""

    foreign: schema.Descriptor | None
    beyond: Sequence[Gap]
    keys: Sequence[ForeignKey]


def _checked(parcel: Parcel, opened: Opened, asked: _Asked) -> Opened:
    """Judge one table and put what was found into its outcome."""
    began = time.perf_counter()
    table = _table(parcel, opened)
    checked = _by_our_checks(table)
    taken = absorber(table.bound, (one for part in checked for one in part.groups.values()), parcel.limit_errors)
    found_keys = _references(table, asked)
    verdict, told = _by_frictionless(table, asked.foreign, taken, found_keys.lookups)
    held = _personal(table)
    secret = frozenset(one.index for one in held if one.hidden)
    rules, score = _by_the_sheet(table)
    rules = readability.untold(rules, {group.code for group in told.groups.values()})
    rules = readability.hushed(rules) if secret or outside.is_private(opened.table) else rules
    ours = [*checked, *_beyond(table, asked.beyond), _told_of(table, held), _risks(table)]
    found = merged([_whole_table(table), told, *ours, found_keys.told, rules], parcel.limit_errors)
    errors = found.errors("error")
    outcome = opened.outcome or TableOutcome(resource=opened.resource, sheet=opened.table.sheet)
    stats: dict[str, Any] = {
        "rows": table.profile.rows if table.profile else 0,
        "columns": len(table.labels),
        "errors": errors,
        "warnings": found.errors("warning"),
        "seconds": round(time.perf_counter() - began, 3),
        "engine": verdict.engine,
        "engine_reason": verdict.reason,
    }
    if score:
        stats["readability"] = score
    if not parcel.keep:
        # Nothing is kept of such a check but its outcome: the report travels in it.
        stats["report"] = masking.report(verdict.report.to_descriptor(), secret)
    profile = masking.profile(table.profile, secret)
    return replace(
        opened,
        profile=profile,
        outcome=replace(
            outcome,
            standard=table.standard.id if table.standard else "",
            valid=errors == 0,
            profile=profile,
            findings=tuple(masking.finding(taken.stamped(one), secret) for one in found.findings),
            groups=tuple(found.groups.values()),
            stats=stats,
            personal_data=tuple(persons.spoken(held)),
            understood=tuple(masking.guess(one, secret) for one in outcome.understood),
            pins=papers.pins(parcel, table.standard, verdict, found_keys.pins),
            artefacts=(*outcome.artefacts, papers.report(parcel, opened, verdict, secret)),
        ),
    )


# --- Frictionless -----------------------------------------------------------------------------------------------------


def _by_frictionless(
    table: _Table, foreign: schema.Descriptor | None, taken: Absorber, lookups: Sequence[Lookup] = ()
) -> tuple[Verdict, Tally]:
    """Ask Frictionless under the schema of the standard, of the uploader, or the one that was seen.

    A seen type never blocks: where a cell does not fit it after all, the column widens to text and is asked again.
    """
    limit, convert = table.parcel.limit_errors, _convert(table)
    if table.standard is not None:
        described = schema.of_standard(table.standard, table.labels, table.fields)
        return _asked(table, described, convert, limit, taken)
    if foreign is not None:
        return _asked(table, foreign, convert, limit, taken, foreign=True, lookups=lookups)
    verdict, told = _asked(table, schema.of_profile(table.profile, table.labels), convert, limit, taken)
    wide = frozenset(
        index
        for index, one in enumerate(table.columns)
        if any((group.code, group.field) == ("type-error", one.label) for group in told.groups.values())
    )
    if not wide:
        return verdict, told
    return _asked(table, schema.of_profile(table.profile, table.labels, text=wide), convert, limit, taken)


def _asked(
    table: _Table,
    described: schema.Descriptor,
    convert: Convert,
    limit: int,
    taken: Absorber,
    *,
    foreign: bool = False,
    lookups: Sequence[Lookup] = (),
) -> tuple[Verdict, Tally]:
    """Make the report with its limit, and count every error, in a second pass where the limit ended the first."""
    path, encoding, dialect = _input(table)

    def source() -> Any:
        return resource_of(path, described, encoding=encoding, dialect=dialect, foreign=foreign, lookups=lookups)

    verdict = validate(source(), limit_errors=limit)
    if verdict.complete:
        errors = (error for task in verdict.report.tasks for error in task.errors)
        return verdict, tally(errors, convert, limit, taken)
    return verdict, tally(every_error(source()), convert, limit, taken)


def _input(table: _Table) -> tuple[Path, str, Mapping[str, Any]]:
    """Choose the bytes: the CSV made of the cells, or the original under a name of ours beside the work."""
    opened = table.opened
    if opened.csv is not None:
        return opened.csv, "utf-8", {}
    alias = table.parcel.work / f"{opened.resource}.input.csv"
    if not alias.exists():
        alias.symlink_to(table.parcel.path.resolve())
    return alias, opened.table.encoding, opened.table.dialect


def _convert(table: _Table) -> Convert:
    shift = table.opened.table.first_row - 2 if table.opened.csv is not None else 0
    columns, sheet = table.columns, table.opened.table.sheet
    if table.opened.csv is None or table.opened.cells is None:
        return lambda error: finding_of(error, columns, shift=shift, sheet=sheet)
    rows = numbers(table.opened.cells)
    first = table.opened.table.first_row
    if not len(rows) or (int(rows[0]) == first and int(rows[-1]) - first + 1 == len(rows)):
        return lambda error: finding_of(error, columns, shift=shift, sheet=sheet)
    return lambda error: _renumbered(finding_of(error, columns, sheet=sheet), rows)


def _renumbered(finding: Finding, rows: Numbers) -> Finding:
    """Give a finding the record numbers of the original, from which blank rows were taken out."""

    def was(row: int) -> int:
        return int(rows[row - 2]) if 2 <= row < len(rows) + 2 else row  # noqa: PLR2004 - data begin on record 2

    row, other = finding.place.row, finding.params.get("other")
    params = finding.params if other is None else {**finding.params, "other": was(other)}
    return replace(finding, place=replace(finding.place, row=row and was(row)), params=params)


# --- ours -------------------------------------------------------------------------------------------------------------


def _by_our_checks(table: _Table) -> list[Tally]:
    opened, limit = table.opened, table.parcel.limit_errors
    remarks = Tally(limit=limit)
    for remark in opened.remarks or opened.table.remarks:
        if remark.code not in TOLD_BY_FRICTIONLESS:
            remarks.add(remark)
    if opened.cells is None:
        return [remarks]
    return [remarks, run_checks(opened.cells, table.bound, limit=limit, sheet=opened.table.sheet)]


def _by_the_sheet(table: _Table) -> tuple[Tally, dict[str, Any]]:
    """Ask the rules of machine readability of the sheet as it came; nothing where the format has no sheets."""
    opened = table.opened
    if opened.sheet is None:
        return Tally(limit=table.parcel.limit_errors), {}
    asked = readability.Asked(
        sheet=opened.sheet,
        today=table.parcel.today,
        ragged=opened.table.ragged,
        width=len(table.labels),
        standard=table.standard,
        known=[table.labels[index] for index in table.fields],
        repaired=[one.kind for one in opened.repaired],
        codelists=table.parcel.standards.codelist,
    )
    return readability.told(asked)


def _references(table: _Table, asked: _Asked) -> LookedUp:
    """Find what the uploader's schema refers to; a standard comes before that schema."""
    if asked.foreign is None or table.standard is not None or not asked.keys:
        return LookedUp()
    return looked_up(table.parcel, table.opened, asked.foreign, asked.keys)


def _beyond(table: _Table, gaps: Sequence[Gap]) -> list[Tally]:
    """Judge what the uploader's schema asks for and Frictionless passes over; a standard comes before that schema."""
    opened = table.opened
    if opened.cells is None or table.standard is not None or not gaps:
        return []
    return [judge(opened.cells, gaps, table.labels, limit=table.parcel.limit_errors, sheet=opened.table.sheet)]


def _whole_table(table: _Table) -> Tally:
    """Ask the checks of the table as a whole: rows at all, columns of the standard."""
    result = Tally(limit=table.parcel.limit_errors)
    first = [""] if table.profile is None or table.profile.rows else []
    names = [table.fields[index].name if index in table.fields else label for index, label in enumerate(table.labels)]
    cells = dict.fromkeys(names, first)
    for one in table.whole:
        remark = one.check.look(cells, one.use)
        if remark is not None:
            result.add(finding_of_remark(one, remark, None, sheet=table.opened.table.sheet))
    return result


# --- personal data ----------------------------------------------------------------------------------------------------


def _personal(table: _Table) -> tuple[Held, ...]:
    """Screen the columns for personal data; one that a second person released does not block any more."""
    opened, released = table.opened, table.parcel.options.released
    if opened.cells is None or not table.parcel.personal:
        return ()
    described = [
        persons.Described(
            label=label or f"#{index + 1}",
            words=tuple(table.fields[index].title.values()) if index in table.fields else (),
            declared=index in table.fields,
        )
        for index, label in enumerate(table.labels)
    ]
    held = persons.screen(opened.cells, described, registry.PERSONAL)
    return tuple(replace(one, verdict="ask", released=True) if one.field in released else one for one in held)


def _risks(table: _Table) -> Tally:
    """Tell what names of file, sheet and columns mention, and combinations by which persons can be recognised."""
    result, opened = Tally(limit=0), table.opened
    if opened.cells is None or not table.parcel.personal:
        return result
    sheet = opened.table.sheet
    headers = {f"header:{at}": one for at, one in enumerate(table.labels)}
    names = {"file": table.parcel.name, "sheet": sheet or "", **headers}
    for one in (*risk.by_name(names, sheet), *outside.told(opened.table)):
        result.add(one)
    rare = risk.combinations(opened.cells, table.labels, today=table.parcel.today, sheet=sheet)
    if rare is not None:
        result.add(rare)
    return result


def _told_of(table: _Table, held: tuple[Held, ...]) -> Tally:
    """Make a finding of every column that is held back or asked about; one that was released is told and no more."""
    result = Tally(limit=0)
    for one in held:
        code = "personal-data" if one.verdict == "block" else "personal-data-asked"
        params: dict[str, Any] = {"kind": dict(one.trait.title), "share": persons.percent(one.share)}
        if one.released or one.within:
            params["variant"] = "released" if one.released else "within"
        if one.index in table.fields:
            params["title"] = dict(table.fields[one.index].title)
        result.add(
            Finding(
                code=code,
                severity="error" if one.verdict == "block" else "info" if one.released else "warning",
                place=Place(sheet=table.opened.table.sheet, column=one.index + 1, field=one.field),
                cell=one.sample or None,
                params=params,
                basis="Luật 91/2025/QH15",
            )
        )
    return result
