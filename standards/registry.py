"""The lists of the ground floor: table standards, checks, metadata languages, code lists, and what others installed."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from importlib import import_module, metadata, resources
from importlib.resources.abc import Traversable
from typing import Any, TypeVar

from standards import codelist as _codelist
from standards.check import Check
from standards.codelist import Codelist
from standards.personal import abroad, belongings, contact, identity, insurance, person, public
from standards.standard import TableStandard, read
from standards.trait import Trait

T = TypeVar("T")


class Shelf(Mapping[str, T]):
    """Things by id, in order, each opened when it is first asked for."""

    def __init__(self, ids: Callable[[], Iterable[str]], take: Callable[[str], T]) -> None:
        self._ids = ids
        self._take = take

    def __getitem__(self, key: str) -> T:
        if key not in self._ids():
            raise KeyError(key)
        return self._take(key)

    def __contains__(self, key: object) -> bool:
        return any(key == one for one in self._ids())

    def __iter__(self) -> Iterator[str]:
        return iter(self._ids())

    def __len__(self) -> int:
        return len(tuple(self._ids()))


class Corridor(Sequence[Any]):
    """Modules of one package, in the order of the documentation, each imported when it is first asked for.

    A check of a hundred rows uses few of them, and waits for each that is loaded (infra/decisions/0020).
    """

    def __init__(self, package: str, names: Sequence[str]) -> None:
        self.names = names
        self._package = package

    def __getitem__(self, at: Any) -> Any:
        return [*map(self.named, self.names[at])] if isinstance(at, slice) else self.named(self.names[at])

    def __len__(self) -> int:
        return len(self.names)

    def named(self, name: str) -> Any:
        """Give the module of that name."""
        return import_module(f"{self._package}.{name}")


def installed(group: str) -> tuple[Any, ...]:
    """Load what other packages offer under an entry-point group (``datamo.checks``, ``datamo.tables``), by name."""
    return tuple(one.load() for one in sorted(offered().select(group=group), key=lambda one: one.name))


@functools.cache
def offered() -> Any:
    """All entry points: looking through every package that is installed takes a while."""
    return metadata.entry_points()


# --- table standards: one YAML file each, found by their folders ------------------------------------------------------


@functools.cache
def table_folders() -> Mapping[str, Traversable]:
    """Id → folder. An entry point of ``datamo.tables`` names a package that holds YAML files."""
    folders = [resources.files("standards") / "tables", *(resources.files(one) for one in installed("datamo.tables"))]
    names = ((one.name, folder) for folder in folders for one in folder.iterdir() if one.name.endswith(".yaml"))
    return {name.removesuffix(".yaml"): folder for name, folder in sorted(names, key=lambda pair: pair[0])}


@functools.cache
def _table(table_id: str) -> TableStandard:
    return read(table_folders()[table_id], table_id)


TABLES: Mapping[str, TableStandard] = Shelf(table_folders, _table)


def counts() -> dict[str, int]:
    """How many table standards are official and how many are proposed by the platform: never one number."""
    return SHIPPED.counts()


# --- code lists: one CSV file each, described in codelists/lists.yaml -------------------------------------------------

CODELISTS: Mapping[str, Codelist] = Shelf(_codelist.described, _codelist.load)


def codelist(list_id: str) -> Codelist:
    """Give the code list of that id; KeyError if there is none."""
    return CODELISTS[list_id]


# --- both together: as shipped, or with what a site's stewards installed beside it ----------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Standards:
    """The table standards and code lists that hold somewhere: those of the package, or of a site with its releases.

    ``earlier`` are versions of table standards that were in force before, by ``id@version``.
    """

    tables: Mapping[str, TableStandard] = field(default_factory=lambda: TABLES)
    codelists: Mapping[str, Codelist] = field(default_factory=lambda: CODELISTS)
    earlier: Mapping[str, TableStandard] = field(default_factory=dict)

    def codelist(self, list_id: str) -> Codelist:
        """Give the code list of that id; KeyError if there is none."""
        return self.codelists[list_id]

    def table(self, key: str) -> TableStandard | None:
        """Give the standard of that id, or the one of ``id@version`` also when a newer one is in force; else None."""
        table_id, _, version = key.partition("@")
        found = self.tables.get(table_id)
        return found if found is None or version in ("", found.version) else self.earlier.get(key)

    def counts(self) -> dict[str, int]:
        """How many table standards are official and how many are proposed: never one number."""
        told = [one.status for one in self.tables.values()]
        return {"official": told.count("official"), "proposed": told.count("proposed")}


SHIPPED = Standards()


def with_installed(
    codelists: Mapping[str, Callable[[], Codelist]], tables: Mapping[str, tuple[TableStandard, ...]]
) -> Standards:
    """Put what a site installed beside what is shipped; a list is made when it is first asked for.

    ``tables`` holds the versions of a standard that were installed, oldest first: the last one is in force.
    """
    made: dict[str, Codelist] = {}

    def take(list_id: str) -> Codelist:
        if list_id not in codelists:
            return CODELISTS[list_id]
        if list_id not in made:
            made[list_id] = codelists[list_id]()
        return made[list_id]

    names = tuple(dict.fromkeys((*TABLES, *sorted(tables))))
    newest = {key: many[-1] for key, many in tables.items()}
    before = [(TABLES[key], *many)[:-1] if key in TABLES else many[:-1] for key, many in tables.items()]
    return Standards(
        tables=Shelf(lambda: names, lambda key: newest[key] if key in newest else TABLES[key]),
        codelists=Shelf(_codelist.described, take),
        earlier={f"{one.id}@{one.version}": one for many in before for one in many},
    )


# --- checks: one module each, in the order of the documentation -------------------------------------------------------

_CHECKS = Corridor("standards.checks", (
    "code_valid_on",
    "name_matches_code",
    "parent_of",
    "prefix_of",
    "hierarchy",
    "one_name_per_code",
    "leading_zero_lost",
    "agency_code",
    "procedure_code",
    "vsic",
    "check_digit",
    "personal_number",
    "re_identification",
    "small_cells",
    "phone_number",
    "official_mailbox",
    "in_country",
    "old_district",
    "date_order",
    "future_date",
    "year_range",
    "period_overlap",
    "overdue",
    "adds_up",
    "at_most",
    "subtotals",
    "percent_sum",
    "scale_outlier",
    "near_duplicate",
    "required_when",
    "nfc",
    "legacy_font_encoding",
    "trim",
    "invisible_characters",
    "mixed_scripts",
    "half_width_kana",
    "missing_column",
    "extra_column",
    "column_order",
    "no_rows",
    "empty_column",
    "byte_order_mark",
    "report_form",
    "form_totals",
))  # fmt: skip
READABILITY = Corridor("standards.readability", (
    "not_machine_readable",
    "several_tables",
    "split_by_blanks",
    "notes_around_table",
    "nameless_column",
    "layout_spaces",
    "several_data_in_cell",
    "platform_characters",
    "blank_or_zero",
    "drawing_objects",
    "meaning_by_format",
    "merged_cells",
    "hidden_cells",
    "line_breaks_in_records",
    "unquoted_delimiter",
    "number_with_text",
    "omitted_values",
    "header_not_unique",
    "choices_not_uniform",
    "other_with_detail",
    "formulas",
    "header_not_first",
    "codes_without_list",
    "symbols_undefined",
    "unit_missing",
    "time_notation",
    "area_without_code",
    "layout_differs_by_year",
    "no_definitions",
    "wide_layout",
))  # fmt: skip
"""The 30 rules of machine readability, L1-01 to L3-09, asked of the sheet as it lies in its file."""

_ABOUT_SHEETS = Corridor("standards.checks", ("report_form", "form_totals"))


@functools.cache
def _others() -> tuple[Check, ...]:
    return installed("datamo.checks")


class _Checks(Sequence[Check]):
    """All checks in their order; one that is asked for by its code is loaded alone."""

    def __getitem__(self, at: Any) -> Any:
        return (*self,)[at]

    def __iter__(self) -> Iterator[Check]:
        yield from (*_CHECKS, *READABILITY, *_others())

    def __len__(self) -> int:
        return len(_CHECKS) + len(READABILITY) + len(_others())

    def of(self, code: str) -> Check | None:
        """Give the check of that code, None if there is none. A module of ours bears its code as its name."""
        name = code.replace("-", "_")
        ours: Iterable[Check] = (each.named(name) for each in (_CHECKS, READABILITY) if name in each.names)
        return next((one for one in (*ours, *_others()) if code == one.CODE), None)


CHECKS = _Checks()
"""Modules have the shape of a Check without saying so; tests/standards/test_checks.py holds each of them to it."""


def check(code: str) -> Check:
    """Give the check of that code; KeyError if there is none."""
    found = CHECKS.of(code)
    if found is None:
        raise KeyError(code)
    return found


def sheet_checks() -> tuple[Check, ...]:
    """Give the checks of whole sheets that are no rules of machine readability."""
    return (*_ABOUT_SHEETS, *(one for one in _others() if one.SCOPE == "sheet"))


# --- personal data: one module for each subject -----------------------------------------------------------------------

PERSONAL: tuple[Trait, ...] = (
    *identity.TRAITS,
    *contact.TRAITS,
    *insurance.TRAITS,
    *belongings.TRAITS,
    *person.TRAITS,
    *abroad.TRAITS,
    *public.TRAITS,
)
"""Every way in which personal data is written, and the public things that look alike."""


# --- metadata languages: one module each ------------------------------------------------------------------------------

METADATA: tuple[str, ...] = ("dcat", "schema_org", "datapackage", "croissant", "citation", "ckan")
"""Modules of the corridor, by name: the one on RDF takes a third of a second to load, and a check needs none."""


def languages() -> tuple[Any, ...]:
    """Load every metadata language: ours, then those that other packages brought."""
    ours = (import_module(f"standards.metadata.{name}") for name in METADATA)
    return (*ours, *installed("datamo.languages"))
