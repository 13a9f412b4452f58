"""Which checks a table gets: those of its standard, bound to its columns, and those of text for every column."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from standards.check import Check, Use
from standards.codelist import Codelist
from standards.finding import Severity
from standards.standard import CheckUse, Field, TableStandard

TEXT_CHECKS = ("nfc", "trim", "invisible-characters", "legacy-font-encoding", "mixed-scripts")
"""Checks that every column gets, with or without a standard."""

Lists = Callable[[str], Codelist]
Checks = Callable[[str], Check]


@dataclass(frozen=True, slots=True, kw_only=True)
class Bound:
    """A check bound to a table: ``columns`` are the indexes of the columns that ``use.needs`` names, in that order.

    ``titles`` say what people call the columns that sentences may name.
    """

    check: Check
    use: Use
    columns: tuple[int, ...]
    label: str
    title: Mapping[str, str] = field(default_factory=dict)
    titles: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    @property
    def severity(self) -> Severity:
        """The severity that the standard gave, else the check's own."""
        return self.use.severity or self.check.SEVERITY


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What binding needs: the standard (or None), labels, the field of each column, lists, checks and the day."""

    standard: TableStandard | None
    labels: Sequence[str]
    fields: Mapping[int, Field]
    codelists: Lists
    check: Checks
    today: date
    day: date | None = None
    encoding: str = ""
    empty: Sequence[int] = ()


def bind(plan: Plan) -> list[Bound]:
    """Bind every check to the columns that are there, in their order; a check whose field is absent falls away."""
    bound: list[Bound] = []
    for index, label in enumerate(plan.labels):
        known = plan.fields.get(index)
        asked = list(known.checks) if known else []
        codes = {use.code for use in asked}
        asked += [CheckUse(code=code) for code in TEXT_CHECKS if code not in codes]
        asked += [CheckUse(code=code) for code in _implied(asked) if code not in codes]
        title = known.title if known else {}
        name = known.name if known else f"#{index}"
        bound += [
            _bound(plan, _completed(plan, known, one, asked), name, label, title)
            for one in asked
            if plan.check(one.code).SCOPE in _BOUND
        ]
    return bound + _across(plan)


_BOUND = frozenset({"cell", "row", "column", "group"})


def _across(plan: Plan) -> list[Bound]:
    """Bind checks that the standard states for the whole table: the column ``of`` bears the finding, else the last."""
    bound = []
    places = {one.name: index for index, one in plan.fields.items()}
    for asked in plan.standard.checks if plan.standard else ():
        named = [str(asked.args["of"])] if "of" in asked.args else _words(asked.args)
        columns = [word for word in named if word in places]
        if columns and plan.check(asked.code).SCOPE in _BOUND:
            index = places[columns[-1]]
            bound.append(_bound(plan, asked, columns[-1], plan.labels[index], plan.fields[index].title))
    return bound


def _implied(asked: Sequence[CheckUse]) -> list[str]:
    """Name the checks that others rely on: a code's lost zeros, persons among tax codes."""
    codes = {use.code for use in asked}
    implied = ["leading-zero-lost"] if "code-valid-on" in codes else []
    mst = any(use.code == "check-digit" and use.args.get("number") == "vn.mst" for use in asked)
    return [*implied, "personal-number"] if mst else implied


def _completed(plan: Plan, known: Field | None, use: CheckUse, asked: Sequence[CheckUse]) -> CheckUse:
    """Fill in what a use leaves to be understood: the field's list, the date and name of its code-valid-on."""
    if known is None or use.code not in {"code-valid-on", "name-matches-code", "parent-of", "leading-zero-lost"}:
        return use
    main = next((one.args for one in asked if one.code == "code-valid-on"), {})
    more: dict[str, Any] = {key: main[key] for key in ("list", "date") if key in main}
    if known.codelist:
        more.setdefault("list", known.codelist)
    if use.code == "leading-zero-lost" and "name" in main:
        more["name"] = main["name"]
    if use.code == "name-matches-code" and "name" in main:
        more["reused"] = False
    if use.code == "parent-of" and plan.standard:
        upper = plan.standard.field(str(use.args.get("parent", "")))
        more |= {"parents": upper.codelist} if upper and upper.codelist else {}
    return replace(use, args={**more, **use.args})


def _bound(plan: Plan, asked: CheckUse, name: str, label: str, title: Mapping[str, str]) -> Bound:
    places = {one.name: index for index, one in plan.fields.items()}
    here = places.get(name, int(name[1:]) if name.startswith("#") else -1)
    others = [word for word in _words(asked.args) if word in places and word != name]
    needs = (name, *dict.fromkeys(others))
    use = Use(
        field=name,
        needs=needs,
        args=asked.args,
        codelists=plan.codelists,
        today=plan.today,
        day=plan.day,
        severity=_severity(asked.severity),
    )
    columns = (here, *(places[one] for one in needs[1:]))
    titles = {one: plan.fields[places[one]].title for one in needs[1:]}
    return Bound(check=plan.check(asked.code), use=use, columns=columns, label=label, title=title, titles=titles)


def _severity(word: str) -> Severity | None:
    return "error" if word == "error" else "warning" if word == "warning" else "info" if word == "info" else None


def _words(args: Mapping[str, Any]) -> list[str]:
    """List the words among arguments, those in lists too: some of them name columns."""
    found: list[str] = []
    for value in args.values():
        found += [str(one) for one in value] if isinstance(value, list | tuple) else [str(value)]
    return found


# --- the table as a whole ---------------------------------------------------------------------------------------------


def bind_table(plan: Plan) -> list[Bound]:
    """Bind the checks of the table as a whole: rows at all and, with a standard, its columns.

    A standard that names one of these checks itself says how severe it is; what they compare with stays ours.
    """
    severities = {one.code: one.severity for one in plan.standard.checks} if plan.standard else {}
    bound = [
        _whole(plan, code, name, args, severities.get(code, "")) for code, name, args in _asked_of_tables(plan)
    ]
    return bound + [
        _whole(plan, use.code, "", use.args, use.severity)
        for use in (plan.standard.checks if plan.standard else ())
        if use.code not in _OF_TABLES and plan.check(use.code).SCOPE == "table"
    ]


_OF_TABLES = frozenset({"no-rows", "byte-order-mark", "empty-column", "missing-column", "extra-column", "column-order"})
"""Checks that every table, or every table with a standard, gets from us with their arguments."""


def _asked_of_tables(plan: Plan) -> list[tuple[str, str, Mapping[str, Any]]]:
    """List the checks that are ours to ask of a table: code, the column that bears it, arguments."""
    empty = [plan.labels[index] for index in plan.empty if index not in plan.fields and plan.labels[index].strip()]
    whole: list[tuple[str, str, Mapping[str, Any]]] = [
        ("no-rows", "", {}),
        ("byte-order-mark", "", {"encoding": plan.encoding}),
        *(("empty-column", label, {"empty": empty}) for label in dict.fromkeys(empty)),
    ]
    if plan.standard is None:
        return whole
    present = {one.name for one in plan.fields.values()}
    names = [one.name for one in plan.standard.fields]
    missing = [one for one in plan.standard.fields if one.required and one.name not in present]
    extra = [label for index, label in enumerate(plan.labels) if index not in plan.fields and label.strip()]
    return [
        *whole,
        *(("missing-column", one.name, {"wanted": one.name, "wanted_title": dict(one.title)}) for one in missing),
        *(("extra-column", label, {"expected": names}) for label in extra),
        ("column-order", "", {"expected": names}),
    ]


_OF_A_COLUMN = frozenset({"extra-column", "empty-column"})


def _whole(plan: Plan, code: str, name: str, args: Mapping[str, Any], severity: str = "") -> Bound:
    use = Use(
        field=name, needs=(), args=args, codelists=plan.codelists, today=plan.today, day=plan.day,
        severity=_severity(severity),
    )  # fmt: skip
    columns = tuple(index for index, label in enumerate(plan.labels) if code in _OF_A_COLUMN and label == name)
    return Bound(check=plan.check(code), use=use, columns=columns[:1], label=name)
