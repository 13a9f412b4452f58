"""The rules of machine readability asked of one sheet: what was found, and how many rules of each level hold."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from pipelines.validation.findings import Tally
from standards import registry
from standards.check import Use
from standards.codelist import Codelist
from standards.finding import Finding, Place, Severity
from standards.page import page
from standards.sheet import Sheet, Some
from standards.standard import TableStandard

MENDED: Mapping[str, frozenset[str]] = {"drop-row": frozenset({"split-by-blanks"})}
"""Which rules a repair has seen to, so that the table they are about is no longer what will be published."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What the rules are asked about: a raw sheet, rows that do not fit, its standard and what was repaired."""

    sheet: Sheet
    today: date
    ragged: Mapping[int, tuple[str, ...]]
    width: int
    standard: TableStandard | None = None
    known: Sequence[str] = ()
    codelists: Callable[[str], Codelist] = registry.codelist
    repaired: Collection[str] = ()


def told(asked: Asked) -> tuple[Tally, dict[str, Any]]:
    """Ask every rule; give the findings and the score.

    The score is ``{"levels": [{"level", "passed", "found", "open"}], "rules": [{"rule", "code", "state"}]}``: a rule
    passed, found something, or is open because the file alone does not let it be decided.
    """
    tally, rules = Tally(limit=0), []
    cells = {"page": page(_torn(asked))}
    done = frozenset(code for kind in asked.repaired for code in MENDED.get(kind, ()))
    for rule in registry.READABILITY:
        use = _use(rule, asked)
        applies = rule.applies(cells, use)
        remark = rule.look(cells, use) if applies and rule.CODE not in done else None
        state = "open" if not applies else "passed" if remark is None else "found"
        rules.append({"rule": rule.RULE, "code": rule.CODE, "state": state})
        if remark is not None:
            tally.add(_finding(rule, remark, use, asked.sheet))
    for check in registry.sheet_checks():
        use = _use(check, asked)
        remark = check.look(cells, use)
        if remark is not None:
            tally.add(_finding(check, remark, use, asked.sheet))
    levels = [
        {"level": level, **{state: _count(rules, level, state) for state in ("passed", "found", "open")}}
        for level in (1, 2, 3)
    ]
    return tally, {"levels": levels, "rules": rules}


TWINS: Mapping[str, str] = {
    "split-by-blanks": "blank-row",
    "unquoted-delimiter": "extra-cell",
    "nameless-column": "blank-label",
}
"""Rules whose findings Frictionless tells too, each in its place: they are counted in the score and not told twice."""


def untold(tally: Tally, told: Collection[str]) -> Tally:
    """Leave out findings that Frictionless has told (``told`` are its codes)."""
    twice = {code for code, twin in TWINS.items() if twin in told}
    return replace(
        tally,
        findings=[one for one in tally.findings if one.code not in twice],
        groups={key: one for key, one in tally.groups.items() if one.code not in twice},
    )


SPOKEN = frozenset({"cell", "pairs", "values"})
"""Params that repeat what cells say."""


def hushed(tally: Tally) -> Tally:
    """Leave out what cells say, for a table in which some column is held back as personal data."""
    return replace(
        tally,
        findings=[
            replace(one, params={key: value for key, value in one.params.items() if key not in SPOKEN})
            for one in tally.findings
        ],
    )


def _count(rules: Sequence[Mapping[str, str]], level: int, state: str) -> int:
    return sum(1 for one in rules if one["rule"][1] == str(level) and one["state"] == state)


def _torn(asked: Asked) -> Sheet:
    """Tell a CSV sheet which of its records have more cells than the header has."""
    if asked.sheet.format != "csv":
        return asked.sheet
    long = sorted(number for number, row in asked.ragged.items() if any(one.strip() for one in row[asked.width :]))
    torn = Some(count=len(long), places=tuple((one - 1, -1) for one in long[:50]))
    sheet = asked.sheet
    if long and len(long) * 5 < 2 * len(sheet.rows):  # a few long records make no further columns
        rows = tuple(row[: asked.width] for row in sheet.rows)
        sheet = replace(sheet, rows=rows, kinds=tuple(one[: asked.width] for one in sheet.kinds))
    return replace(sheet, torn=torn)


def _use(rule: Any, asked: Asked) -> Use:
    severity: Severity | None = None
    for one in asked.standard.checks if asked.standard else ():
        if one.code == rule.CODE and one.severity in ("error", "warning", "info"):
            severity = one.severity  # type: ignore[assignment]
    return Use(
        field="page",
        needs=("page",),
        args={"known": list(asked.known)},
        codelists=asked.codelists,
        today=asked.today,
        severity=severity,
    )


def _finding(rule: Any, remark: Any, use: Use, sheet: Sheet) -> Finding:
    place = remark.place or Place()
    return Finding(
        code=rule.CODE,
        severity=use.severity or remark.severity or rule.SEVERITY,
        place=replace(place, sheet=sheet.name or None),
        params=dict(remark.params),
        basis=remark.basis or rule.BASIS,
        count=remark.count,
        fix=remark.fix,
    )
