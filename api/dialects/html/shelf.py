"""The registry as pages ask it: standards with their counts, code lists with their names, checks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from api.messages import pages
from standards import registry
from standards.check import Check
from standards.codelist import Codelist
from standards.standard import TableStandard


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """Table standards: those an instrument fixes, and those the platform proposes; never one number alone."""

    official: int
    proposed: int

    @property
    def all(self) -> int:
        """Both together, always shown with its parts."""
        return self.official + self.proposed


def standards() -> Mapping[str, TableStandard]:
    """Every table standard by id."""
    return registry.TABLES


def standard(key: str) -> TableStandard | None:
    """The standard of that id (``id`` or ``id@version``), or None."""
    return registry.TABLES.get(key.partition("@")[0])


def title(lang: str, key: str) -> str:
    """What a standard is called; its id where we do not have it."""
    found = standard(key)
    return pages.words(lang, found.title) if found else key


def choices(lang: str) -> list[tuple[str, str, str]]:
    """(id, title, status) of every standard a table can be checked against, Vietnamese ones first."""
    found = [(one.id, pages.words(lang, one.title), one.status) for one in registry.TABLES.values()
             if one.kind == "dataset"]
    return sorted(found, key=lambda one: (not one[0].startswith("vn-"), one[1]))


def counts() -> Counts:
    """How many standards there are, apart by status."""
    told = [one.status for one in registry.TABLES.values()]
    return Counts(official=told.count("official"), proposed=told.count("proposed"))


def checks() -> Sequence[Check]:
    """Every check, in the order of the documentation."""
    return registry.CHECKS


def codelists() -> Mapping[str, Codelist]:
    """Every code list by id."""
    return registry.CODELISTS


def entry_name(lang: str, codelist: str, code: str) -> str:
    """The name of a code in the reader's language (its newest entry), or the code itself."""
    if codelist not in registry.CODELISTS:
        return code
    entries = registry.CODELISTS[codelist].entries.get(code, ())
    return (entries[-1].names.get(lang) or entries[-1].name) if entries else code
