"""Report forms made tables: the plan is proposed with a preview, and, once accepted, played before other repairs."""

from __future__ import annotations

import dataclasses
from collections.abc import Collection, Sequence
from pathlib import Path
from typing import Any

from pipelines import cells, grid
from pipelines.format import Table
from pipelines.structure.cells import ROWS
from standards.form import NAMES, Form, plan
from standards.mentions import concealed
from standards.page import Page, is_number, page
from standards.portable import to_json
from standards.repair import EXAMPLES, Change, Repair
from standards.sheet import BLANK, NUMBER, TEXT, Sheet
from standards.unfold import PREVIEW, Unfolded, unfold

KIND = "report-form"
_SHOWN = 200
_MASK = "***"


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Formed:
    """A form that became a table: the table, its raw sheet, what was done, and what became of each cell."""

    table: Table
    sheet: Sheet
    repair: Repair
    trail: tuple[tuple[str, str, str, str, str], ...]


def offered(sheet: Sheet | None) -> Repair | None:
    """Propose to take a sheet apart, with its first rows before and after; None where it is no form."""
    found = _planned(sheet)
    if found is None:
        return None
    form, laid = found
    return _repair(form, laid, unfold(form, laid))


def formed(table: Table, sheet: Sheet | None) -> Formed | None:
    """Make the table that the form's plan says; None where the sheet is no form. The file itself is not touched."""
    found = _planned(sheet)
    if found is None or sheet is None:
        return None
    form, laid = found
    made = unfold(form, laid)
    kinds = _kinds(form, laid, made)
    width = len(made.labels)
    new = dataclasses.replace(
        table,
        labels=made.labels,
        first_row=2,
        batches=grid.batches(made.rows, 2, width, grid.Notes()),
        remarks=(),
        kinds=dict.fromkeys((index for index in range(width) if index not in kinds), "string"),
        plain=False,
        ragged={},
    )
    done = _repair(form, laid, made)
    return Formed(table=new, sheet=_sheet(sheet, made, kinds), repair=done, trail=_trail(form, made))


def _planned(sheet: Sheet | None) -> tuple[Form, Page] | None:
    if sheet is None or not sheet.whole:
        return None
    laid = page(sheet)
    form = plan(laid)
    return (form, laid) if form is not None else None


def _repair(form: Form, laid: Page, made: Unfolded) -> Repair:
    before = [_ended(row) for row in laid.sheet.rows[: form.body[0] + PREVIEW]][: 2 * PREVIEW]
    first = [_ended(row) for row in laid.sheet.rows[form.body[0] : form.body[1]] if any(row)]
    examples = tuple(
        Change(row=form.body[0] + at + 1, before=concealed(" | ".join(old))[:_SHOWN], after=" | ".join(new)[:_SHOWN])
        for at, (old, new) in enumerate(zip(first, made.rows, strict=False))
    )[:EXAMPLES]
    shown: dict[str, Any] = {
        "plan": _hushed(to_json(form)),
        "before": [[concealed(cell)[:_SHOWN] for cell in row] for row in before],
        "after": [list(made.labels), *([cell[:_SHOWN] for cell in row] for row in made.rows[:PREVIEW])],
        "rows": len(made.rows),
    }
    return Repair(kind=KIND, safe=False, count=len(made.rows), examples=examples, preview=shown)


def _hushed(told: Any) -> Any:
    """Mask what the words of a plan (titles, signatures) mention of persons."""
    if isinstance(told, dict):
        return {name: _hushed(one) for name, one in told.items()}
    if isinstance(told, list):
        return [_hushed(one) for one in told]
    return concealed(told) if isinstance(told, str) else told


def _ended(row: Sequence[str]) -> list[str]:
    end = len(row)
    while end and not row[end - 1].strip():
        end -= 1
    return list(row[:end])


def _kinds(form: Form, laid: Page, made: Unfolded) -> frozenset[int]:
    """Give the columns whose cells may be taken for numbers: values, measures, levels; others are text on purpose."""
    names = NAMES[form.language]
    wanted = {names["value"], names["level"], names["year"]} | {laid.labels[one] for one in form.measures}
    plain = {laid.labels[one] for one in form.stubs if _is_figures(laid, one)}
    return frozenset(index for index, label in enumerate(made.labels) if label in wanted | plain)


def _is_figures(laid: Page, index: int) -> bool:
    cells = next((one.cells for one in laid.columns if one.index == index), ())
    return all(kind in (NUMBER, BLANK) for _, _, kind in cells)


def _sheet(was: Sheet, made: Unfolded, figures: Collection[int]) -> Sheet:
    """Describe the table as a sheet of its own, so that the rules are asked of what will be published."""
    rows = (made.labels, *made.rows)
    signs = ["".join(TEXT if cell.strip() else BLANK for cell in made.labels)]
    signs += ["".join(_sign(cell, index in figures) for index, cell in enumerate(row)) for row in made.rows[:ROWS]]
    return Sheet(
        name=was.name,
        format=was.format,
        rows=rows[: ROWS + 1],
        kinds=tuple(signs),
        total=len(rows),
        whole=len(rows) <= ROWS,
        others=was.others,
        encoding="utf-8",
        delimiter=",",
    )


def _sign(cell: str, figure: bool) -> str:
    return BLANK if not cell.strip() else NUMBER if figure and is_number(cell) else TEXT


def _trail(form: Form, made: Unfolded) -> tuple[tuple[str, str, str, str, str], ...]:
    """Write what became of each cell as lines of the log; who signed is not repeated."""
    names, signed = NAMES[form.language], set(form.signed)
    found = []
    for row, label, text, now in made.trail:
        column = names["value"] if "#" in now and label not in made.labels else label
        shown = _MASK if text.strip() in signed else text
        found.append((str(row), column, KIND, shown, now))
    return tuple(found)


def log(path: Path, trail: Sequence[tuple[str, str, str, str, str]]) -> None:
    """Add what became of each cell of a form to the log of changes."""
    with path.open("ab") as told:
        for line in trail:
            told.write(cells.line(line))
