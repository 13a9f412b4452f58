"""One problem for one cell: an error of form is not shown beside a check of ours that explains the same value better.

Frictionless's own report is never changed by this; what is shown, grouped and counted is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from pipelines.validation.uses import Bound
from standards.finding import Finding, Group

if TYPE_CHECKING:
    from frictionless import Error

REMEMBERED = 200_000
"""How many distinct combinations of cells are remembered before memory begins anew."""

_FORM = {"minLength": 0, "maxLength": 0, "pattern": 1, "enum": 2}
"""Constraints on the form of one value; the last explains best."""

Key = tuple[int | None, int | None]


@dataclass(slots=True)
class Absorber:
    """Answers whether an error of Frictionless is about a value that a check of ours has explained already.

    A check names in ``EXPLAINS`` the constraints (and ``type``) that it speaks for; it is asked once for each distinct
    combination of the cells it needs. Only a remark that is an error itself takes an error's place. ``limit`` is how
    many findings are shown (0 = all): of so many cells is remembered what they absorbed.
    """

    limit: int
    columns: dict[int, list[Bound]]
    _known: dict[tuple[int, int, tuple[str, ...]], bool] = field(default_factory=dict)
    _taken: dict[tuple[str, Key], tuple[str, ...]] = field(default_factory=dict)

    def takes(self, error: Error, finding: Finding) -> bool:
        """Whether the error is left to one of our checks; if so, its code is kept for that check's finding."""
        kind = _kind(finding)
        place = finding.place
        if not kind or place.column is None:
            return False
        for number, bound in enumerate(self.columns.get(place.column - 1, ())):
            if kind in bound.check.EXPLAINS and self._explained(place.column, number, bound, error):  # type: ignore[attr-defined]
                self._keep((bound.check.CODE, (place.row, place.column)), finding.code)
                return True
        return False

    def _explained(self, column: int, number: int, bound: Bound, error: Error) -> bool:
        row: Sequence[object] = getattr(error, "cells", ())
        cells = tuple(_text(row, at) for at in bound.columns)
        key = (column, number, cells)
        if key not in self._known:
            if len(self._known) >= REMEMBERED:
                self._known.clear()
            remark = bound.check.look(dict(zip(bound.use.needs, cells, strict=True)), bound.use)
            severity = remark and (bound.use.severity or remark.severity or bound.check.SEVERITY)
            self._known[key] = severity == "error"
        return self._known[key]

    def _keep(self, key: tuple[str, Key], code: str) -> None:
        codes = self._taken.get(key, ())
        if code not in codes and (codes or not self.limit or len(self._taken) < self.limit):
            self._taken[key] = (*codes, code)

    def stamped(self, finding: Finding) -> Finding:
        """Give a finding the codes of what it absorbed."""
        codes = self._taken.get((finding.code, (finding.place.row, finding.place.column)))
        return replace(finding, also=(*finding.also, *codes)) if codes else finding


def absorber(bound: Iterable[Bound], found: Iterable[Group], limit: int) -> Absorber:
    """Make an absorber of the checks that explain errors of form and have found some in this table."""
    told = {(one.code, one.field) for one in found if one.severity == "error"}
    columns: dict[int, list[Bound]] = {}
    for one in bound:
        explains = getattr(one.check, "EXPLAINS", ())
        if explains and one.check.SCOPE == "cell" and (one.check.CODE, one.label) in told:
            columns.setdefault(one.columns[0], []).append(one)
    return Absorber(limit=limit, columns=columns)


def shown(
    errors: Iterable[Error], convert: Callable[[Error], Finding], taken: Absorber | None = None
) -> Iterator[Finding]:
    """Give the findings of errors without those that were absorbed; of errors about one value's form only the best."""
    held: Finding | None = None
    for error in errors:
        finding = convert(error)
        if taken is not None and taken.takes(error, finding):
            continue
        if held is not None and _same(held, finding):
            held = _best(held, finding)
            continue
        if held is not None:
            yield held
        held = finding
    if held is not None:
        yield held


def _kind(finding: Finding) -> str:
    if finding.code == "constraint-error":
        return str(finding.params.get("variant", ""))
    return "type" if finding.code == "type-error" else ""


def _same(one: Finding, other: Finding) -> bool:
    """Whether two errors are about the form of the same cell."""
    return one.place.column is not None and one.place == other.place and {_kind(one), _kind(other)} <= _FORM.keys()


def _best(one: Finding, other: Finding) -> Finding:
    better, less = (one, other) if _FORM[_kind(one)] >= _FORM[_kind(other)] else (other, one)
    return replace(better, also=tuple(dict.fromkeys((*better.also, *less.also, less.code))))


def _text(row: Sequence[object], at: int) -> str:
    return str(row[at]) if at < len(row) and row[at] is not None else ""
