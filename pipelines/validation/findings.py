"""Frictionless's errors as our findings: code, severity, place, and the pieces of the note that a sentence needs."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from pipelines.validation.absorbed import Absorber, shown
from standards.finding import Finding, Fix, Group, Place, Severity

if TYPE_CHECKING:
    from frictionless import Error

CELL = 200
"""A finding shows at most so many characters of a cell."""

SELF = "./self"
"""The name under which a table is looked up in itself; no sheet and no dataset can have it."""

EXAMPLES = 5

MEMBERS = 100
"""So many members of an enumeration are kept; a sentence names the first of them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What is known of one column when an error in it is told: its label, title, whether it is empty or personal."""

    label: str
    title: Mapping[str, str] = field(default_factory=dict)
    empty: bool = False
    personal: bool = False


_CONSTRAINT = re.compile(r'^(?:array item )?constraint "(\w+)" is "(.*)"$', re.DOTALL)
_TYPE = re.compile(r'^(?:array item )?type is "([^/"]*)/(.*)"$', re.DOTALL)
_OTHER_ROW = re.compile(r"row at position \"?(\d+)")
_POSITIONS = re.compile(r'^at position "([\d, ]+)"$')
_EXPECTED = re.compile(r'^expected is "(.*)" and actual is "(.*)"$', re.DOTALL)
_TWELVE = re.compile(r"\d{12}", re.ASCII)


_AGAIN = re.compile(r"\.[0-9]+$")
"""What a table is called besides its name when several keys refer to it."""
_DEVIATED = re.compile(r'^value "(.*)" in row at position "\d+" and field "(.*)" is deviated "\[(.*), (.*)\]"$')
_DEVIATED_CELL = re.compile(r'^cell at row "\d+" and field "(.*)" has deviated size$')
_REQUIRED = re.compile(r'^The value "(.*)" is required to be present in field "(.*)" in at least one row\.$', re.DOTALL)
_RULE = re.compile(r'^the row constraint to conform is "(.*)"$', re.DOTALL)
_LISTED = re.compile(r"""'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)\"""")
_NAMED: Mapping[str, tuple[re.Pattern[str], tuple[str, ...]]] = {
    "deviated-value": (_DEVIATED, ("value", "of", "least", "most")),
    "deviated-cell": (_DEVIATED_CELL, ("of",)),
    "required-value": (_REQUIRED, ("value", "of")),
    "row-constraint": (_RULE, ("rule",)),
}
"""Notes that Frictionless writes in one way: what to look for, and the names of its pieces."""


def params_of(code: str, note: str) -> dict[str, Any]:  # noqa: PLR0911 - one return per form of note
    """Take a note apart into the params of its sentence; what is not understood stays whole as ``note``."""
    if code in _NAMED and (found := _NAMED[code][0].match(note)):
        return {name: text[:CELL] for name, text in zip(_NAMED[code][1], found.groups(), strict=True)}
    if found := _CONSTRAINT.match(note):
        return {"variant": found[1], "constraint": found[1], "expected": _expected(found[1], found[2])}
    if found := _TYPE.match(note):
        kind, form = found[1], found[2]
        params = {"variant": kind, "type": kind}
        return params if form == "default" else {**params, "format": form}
    if found := _OTHER_ROW.search(note):
        return {"variant": "same", "other": int(found[1])}
    if found := _POSITIONS.match(note):
        return {"positions": [int(one) for one in found[1].split(",")]}
    if found := _EXPECTED.match(note):
        return {"expected": found[1], "actual": found[2]}
    if code == "primary-key":
        return {"variant": "blank"}
    return {"note": note[:CELL]} if note else {}


def _expected(constraint: str, text: str) -> str | list[str]:
    """Give the members of an enumeration that is printed as a list, and other constraints as they stand."""
    members = [one[0] or one[1] for one in _LISTED.findall(text)] if constraint == "enum" else []
    return [one[:CELL] for one in members[:MEMBERS]] or text[:CELL]


def finding_of(error: Error, columns: Sequence[Known], *, shift: int = 0, sheet: str | None = None) -> Finding:
    """Make a finding of an error; ``shift`` is added to the row numbers of data rows."""
    told = error.to_descriptor()
    if error.type == "foreign-key":
        return _reference_finding(told, columns, shift, sheet)
    number = told.get("fieldNumber")
    known = columns[number - 1] if number and number <= len(columns) else None
    row = told.get("rowNumber")
    params = params_of(error.type, error.note)
    if "other" in params:
        params["other"] += shift
    if "label" in told:
        params["wanted"] = told.get("fieldName", "")
    if known and known.title:
        params["title"] = dict(known.title)
    cell = _cell(error.type, told, known)
    return Finding(
        code=error.type,
        severity=_severity(error.type, cell, known),
        place=Place(
            sheet=sheet,
            row=row + shift if row else (_header_row(told, shift)),
            column=number,
            field=known.label if known else told.get("fieldName") or None,
        ),
        cell=cell,
        params=params,
        fix=_fix(error.type, cell, known),
    )


def _reference_finding(told: Mapping[str, Any], columns: Sequence[Known], shift: int, sheet: str | None) -> Finding:
    """Place a missing key in the first of its columns; its cells are shown as they were read, masked where personal."""
    labels = [one.label for one in columns]
    at = [labels.index(one) if one in labels else None for one in told["fieldNames"]]
    known = [columns[one] if one is not None else None for one in at]
    cells = [_cell("foreign-key", {"cell": one}, own) for one, own in zip(told["fieldCells"], known, strict=True)]
    name, others = _AGAIN.sub("", told["referenceName"]), ", ".join(told["referenceFieldNames"])
    params: dict[str, Any] = {"variant": "absent-here", "there": others[:CELL]}
    if name != SELF:
        params |= {"variant": "absent", "table": name[:CELL]}
    if len(at) > 1:
        params["columns"] = [one + 1 for one in at if one is not None]
    if known[0] and known[0].title:
        params["title"] = dict(known[0].title)
    place = Place(
        sheet=sheet,
        row=told["rowNumber"] + shift,
        column=None if at[0] is None else at[0] + 1,
        field=known[0].label if known[0] else told["fieldNames"][0],
    )
    cell = ", ".join(one or "" for one in cells)[:CELL]
    return Finding(code="foreign-key", severity="error", place=place, cell=cell, params=params)


def _header_row(told: Mapping[str, Any], shift: int) -> int | None:
    rows = told.get("rowNumbers")
    return rows[0] + shift if rows else None


def _cell(code: str, told: Mapping[str, Any], known: Known | None) -> str | None:
    """Show the cell or label an error speaks of, cut, and masked where it is a person's number."""
    cell = told.get("cell", told.get("label"))
    if cell is None or code == "missing-cell":
        return None
    if known and known.personal and _TWELVE.fullmatch(re.sub(r"[\s.\-]", "", cell)):
        return str(cell).strip()[:3] + "*********"
    return str(cell)[:CELL]


def _severity(code: str, cell: str | None, known: Known | None) -> Severity:
    """Tell what damages a table from what is only untidy: blank rows, empty nameless columns, blank extra cells."""
    untidy = (
        code == "blank-row"
        or (code == "blank-label" and known is not None and known.empty)
        or (code == "extra-cell" and not (cell or "").strip())
    )
    return "warning" if untidy else "error"


def _fix(code: str, cell: str | None, known: Known | None) -> Fix | None:
    if _severity(code, cell, known) == "error":
        return None
    kinds = {"blank-row": "drop-row", "blank-label": "drop-column", "extra-cell": "drop-cell"}
    return Fix(kind=kinds[code], safe=True)


# --- counting --------------------------------------------------------------------------------------------------------


@dataclass(slots=True)
class Tally:
    """The first findings in row order, and the counts of all of them."""

    limit: int = 0
    findings: list[Finding] = field(default_factory=list)
    groups: dict[tuple[str, str, str | None], Group] = field(default_factory=dict)

    @property
    def full(self) -> bool:
        """Whether no more findings are kept (they are still counted)."""
        return bool(self.limit) and len(self.findings) >= self.limit

    def add(self, finding: Finding) -> None:
        """Keep a finding if there is room, and count it."""
        if not self.full:
            self.findings.append(finding)
        row = (finding.place.row,) if finding.place.row else ()
        fixable = finding.count if finding.fix and finding.fix.safe else 0
        self.count(
            Group(
                code=finding.code,
                severity=finding.severity,
                field=finding.place.field,
                count=finding.count,
                examples=row,
                fixable=fixable,
                sheet=finding.place.sheet,
            )
        )

    def count(self, more: Group) -> None:
        """Add a group's counts to those of the same code, severity and field."""
        key = (more.code, more.severity, more.field)
        was = self.groups.get(key)
        self.groups[key] = more if was is None else _sum(was, more)

    def errors(self, severity: Severity) -> int:
        """Count the findings of a severity."""
        return sum(group.count for group in self.groups.values() if group.severity == severity)


def _sum(was: Group, more: Group) -> Group:
    return replace(
        was,
        count=was.count + more.count,
        examples=(was.examples + more.examples)[:EXAMPLES],
        fixable=was.fixable + more.fixable,
    )


def merged(tallies: Iterable[Tally], limit: int) -> Tally:
    """Put tallies together: findings in row order (those of the whole table or a column first), cut at the limit."""
    parts = list(tallies)
    every = sorted((one for part in parts for one in part.findings), key=_order)
    result = Tally(limit=limit, findings=every[:limit] if limit else every)
    for part in parts:
        for group in part.groups.values():
            result.count(group)
    return result


def _order(finding: Finding) -> tuple[int, int]:
    return finding.place.row or 0, finding.place.column or 0


Convert = Callable[["Error"], Finding]


def tally(errors: Iterable[Error], convert: Convert, limit: int, taken: Absorber | None = None) -> Tally:
    """Count errors, and keep the first ones as findings; ``taken`` are those that our checks explain better."""
    result = Tally(limit=limit)
    for finding in shown((error for error in errors if not _is_echo(error)), convert, taken):
        result.add(finding)
    return result


def _is_echo(error: Error) -> bool:
    """Whether an error only repeats that a row is blank: a key of nothing in a row of nothing."""
    return error.type == "primary-key" and not any(cell.strip() for cell in error.to_descriptor().get("cells", ()))
