"""The shape of a check: one module per check, pure, with its own good and bad examples.

A check module has these names, and nothing else is public:

* ``CODE`` stable kebab-case code; ``SCOPE``; ``SEVERITY``; ``BASIS`` (the rule it rests on, with its source);
* ``TITLE`` and ``SENTENCE`` ``{"vi": …, "en": …}``; a sentence is a ``str.format`` template over the remark's ``params``
  and ``{field} {row} {cell}``; a check with several sentences keys them ``SENTENCES[variant][lang]`` and puts
  ``variant`` into ``params``;
* ``GOOD`` and ``BAD``: tuples of Example; GOOD gives nothing, BAD gives exactly CODE;
* ``look(cells, use) -> Remark | None``.

SCOPE "cell" (the usual one): ``look`` gets the cells of *one row* that the use names (``use.field`` first, then the
fields in ``use.args`` that are columns) and nothing else. It must be a pure function of them, so that an engine may call
it once for each distinct combination. SCOPE "column" and "table" checks get ``cells`` as mapping name → list of all cells.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal, Protocol

from standards.codelist import Codelist
from standards.finding import Fix, Severity

Scope = Literal["cell", "row", "column", "table", "sheet", "dataset"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Use:
    """One use of a check by a standard: on which field, with which arguments.

    ``needs`` are the columns whose cells ``look`` reads, ``field`` first; ``args`` are the words after the colon in a
    standard (``code-valid-on: {list: vn-commune, date: ref_date, name: commune_name}``). ``codelists`` gives a list by
    id; ``today`` is an argument because this floor has no clock.
    """

    field: str
    needs: tuple[str, ...]
    args: Mapping[str, Any] = field(default_factory=dict)
    codelists: Callable[[str], Codelist]
    today: date
    severity: Severity | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Remark:
    """What one look found: parameters of the sentence and the repair, if one is known."""

    params: Mapping[str, Any] = field(default_factory=dict)
    fix: Fix | None = None
    severity: Severity | None = None
    basis: str = ""
    rows: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """Cells and arguments that show a check at work; ``said`` is the remark's expected params (a subset)."""

    cells: Mapping[str, str]
    args: Mapping[str, Any] = field(default_factory=dict)
    said: Mapping[str, Any] = field(default_factory=dict)


class Check(Protocol):
    """What every module of ``standards.checks`` looks like (see the module's docstring)."""

    CODE: str
    SCOPE: Scope
    SEVERITY: Severity
    BASIS: str
    TITLE: Mapping[str, str]
    SENTENCES: Mapping[str, Mapping[str, str]]
    GOOD: Sequence[Example]
    BAD: Sequence[Example]

    def look(self, cells: Mapping[str, str], use: Use) -> Remark | None:
        """Say what is wrong with these cells, or None."""
