"""The report on a file as a page shows it: headline, groups by kind of repair, each finding in its place."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from api.dialects.html import shelf
from api.dialects.html.reading import Read, reads_of
from api.dialects.html.view import Reader
from api.dialects.html.wording import finding_said, finding_title, place_said, reason_said
from api.messages import personal
from catalog.model import Outcome, TableOutcome
from standards.finding import Finding, Group, Place

EXAMPLES = 5
MOST_GROUPS = 60
LONGEST = 120
PERSONAL = frozenset({personal.BLOCKED, personal.ASKED})
"""Codes that have a part of the page of their own."""
INVISIBLE: Mapping[str, str] = {" ": "␣", "\u00a0": "⍽", "\t": "⇥", "\n": "↵", "\r": "↵"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """One finding in words: where, what stands there, what is said, and the cell after its repair."""

    row: int
    where: str
    cell: str | None
    message: str
    after: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """One kind of remark in one column: how many, and the first few of them."""

    title: str
    code: str
    severity: str
    field: str
    count: int
    fixable: int
    basis: str
    examples: tuple[Said, ...]
    rows: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A column that looks like personal data: what is said of it, a masked sample, and whether it is held back."""

    name: str
    said: str
    sample: str
    blocks: bool
    released: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class TablePart:
    """What was found in one table of the file."""

    name: str
    sheet: str
    rows: int
    columns: int
    standard: str
    blocking: tuple[Kind, ...]
    fixable: tuple[Kind, ...]
    notes: tuple[Kind, ...]
    personal: tuple[Column, ...]
    more: int
    score: tuple[tuple[int, int, int], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """The whole report, ready for its template."""

    headline: str
    lead: str
    readable: bool
    valid: bool
    reason: str
    reason_code: str
    file: Mapping[str, Any]
    reads: tuple[Read, ...]
    tables: tuple[TablePart, ...]
    rows: int
    errors: int
    fixes: int
    personal: int


def report_of(reader: Reader, outcome: Outcome) -> Report:
    """Put an outcome into words."""
    tables = tuple(_table(reader, one) for one in outcome.tables)
    errors = sum(kind.count for one in tables for kind in one.blocking)
    errors += sum(each.blocks for one in tables for each in one.personal)
    fixes = sum(kind.fixable for one in tables for kind in (*one.blocking, *one.fixable, *one.notes))
    columns_held = sum(len(one.personal) for one in tables)
    kinds = sum(len(one.blocking) + len(one.fixable) + len(one.personal) for one in tables)
    reason = reason_said(reader, outcome.reason)
    rows, columns = sum(one.rows for one in tables), sum(one.columns for one in tables)
    return Report(
        headline=_headline(reader, outcome, errors, fixes), lead=_lead(reader, outcome, rows, columns, kinds),
        readable=outcome.readable, valid=outcome.valid, reason=reason,
        reason_code=str((outcome.reason or {}).get("code", "")),
        file=outcome.file, reads=reads_of(reader, outcome), tables=tables, rows=rows, errors=errors, fixes=fixes,
        personal=columns_held,
    )


def _headline(reader: Reader, outcome: Outcome, errors: int, fixes: int) -> str:
    if not outcome.readable:
        return reader.say("Datamo chưa đọc được tệp này")
    if errors:
        return reader.say("Còn %(n)s chỗ cần bạn xem trước khi công bố", n=errors)
    if not outcome.valid:
        return reader.say("Tệp chưa công bố được")
    if fixes:
        return reader.say("Tệp dùng được; có %(n)s chỗ nên sửa", n=fixes)
    return reader.say("Tệp đạt, không có gì phải sửa")


def _lead(reader: Reader, outcome: Outcome, rows: int, columns: int, kinds: int) -> str:
    if not outcome.readable:
        return ""
    if outcome.attachment and not outcome.tables:
        return reader.say("Tệp được giữ nguyên làm tệp đính kèm; Datamo không đọc bảng trong đó.")
    read = reader.say("Đã đọc đủ %(rows)s dòng và %(columns)s cột.", rows=rows, columns=columns)
    found = reader.say("Có %(n)s loại nhận xét.", n=kinds) if kinds else reader.say("Không có nhận xét nào.")
    return f"{read} {found}"


def _score(table: TableOutcome) -> tuple[tuple[int, int, int], ...]:
    """Give level, rules passed and rules that could be decided, for machine readability."""
    levels = (table.stats.get("readability") or {}).get("levels", ())
    return tuple((one["level"], one["passed"], one["passed"] + one["found"]) for one in levels)


def _table(reader: Reader, table: TableOutcome) -> TablePart:
    by_group: dict[tuple[str, str | None], list[Finding]] = {}
    for one in table.findings:
        held = by_group.setdefault((one.code, one.place.field), [])
        if len(held) < EXAMPLES:
            held.append(one)
    groups = [one for one in table.groups if one.code not in PERSONAL]
    kinds = [_kind(reader, one, by_group.get((one.code, one.field), ())) for one in groups[:MOST_GROUPS]]
    profile = table.profile
    return TablePart(
        name=table.resource, sheet=table.sheet or "",
        rows=profile.rows if profile else int(table.stats.get("rows", 0)),
        columns=len(profile.columns) if profile else len(table.columns),
        standard=shelf.title(reader, table.standard) if table.standard else "", blocking=_of(kinds, "error"),
        fixable=_of(kinds, "warning"), notes=_of(kinds, "info"),
        personal=tuple(personal_said(reader, table)), more=max(len(groups) - MOST_GROUPS, 0), score=_score(table),
    )


def personal_said(reader: Reader, table: TableOutcome) -> Iterable[Column]:
    """Say of each column that looks like personal data what was seen and what to do."""
    told = {one.place.field: one for one in table.findings if one.code in PERSONAL}
    for one in table.personal_data:
        name = str(one.get("field", ""))
        finding = told.get(name) or Finding(code=personal.BLOCKED if one.get("blocks") else personal.ASKED,
                                            place=Place(field=name))
        yield Column(
            name=name, said=finding_said(reader, finding), sample=str(one.get("sample") or ""),
            blocks=bool(one.get("blocks")), released=bool(one.get("released")),
        )


def _of(kinds: Iterable[Kind], severity: str) -> tuple[Kind, ...]:
    return tuple(sorted((one for one in kinds if one.severity == severity), key=lambda one: -one.count))


def _kind(reader: Reader, group: Group, findings: Sequence[Finding]) -> Kind:
    return Kind(
        title=finding_title(reader, group.code), code=group.code, severity=group.severity, field=group.field or "",
        count=group.count, fixable=group.fixable, basis=findings[0].basis if findings else "",
        examples=tuple(said(reader, one) for one in findings), rows=group.examples,
    )


def said(reader: Reader, finding: Finding) -> Said:
    """A finding in the reader's words."""
    return Said(
        row=finding.place.row or 0,
        where=place_said(reader, finding), cell=_short(finding.cell), message=finding_said(reader, finding),
        after=_short(finding.fix.after) if finding.fix else None,
    )


def _short(cell: str | None) -> str | None:
    if cell is None:
        return None
    return cell if len(cell) <= LONGEST else cell[:LONGEST] + "…"


def visible(cell: str) -> list[tuple[str, str]]:
    """A cell cut into (words, sign): stray spaces and line breaks at its ends get a sign that the eye sees."""
    start, end = len(cell) - len(cell.lstrip()), len(cell.rstrip())
    if not cell.strip():
        start, end = len(cell), len(cell)
    parts = [("", INVISIBLE.get(one, "·")) for one in cell[:start]]
    middle = cell[start:end]
    if middle:
        parts.append((middle, ""))
    return parts + [("", INVISIBLE.get(one, "·")) for one in cell[end:]]
