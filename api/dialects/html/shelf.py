"""The registry as pages ask it: the standards and code lists that hold on this site, with their names; checks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from api.dialects.html.view import Reader
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


def standards(reader: Reader) -> Mapping[str, TableStandard]:
    """Every table standard by id."""
    return reader.standards.tables


def standard(reader: Reader, key: str) -> TableStandard | None:
    """The standard of that id (``id``, or ``id@version`` where that one is still known), or None."""
    return reader.standards.table(key) or reader.standards.tables.get(key.partition("@")[0])


def title(reader: Reader, key: str) -> str:
    """What a standard is called; its id where we do not have it."""
    found = standard(reader, key)
    return pages.words(reader.lang, found.title) if found else key


def choices(reader: Reader) -> list[tuple[str, str, str]]:
    """(id, title, status) of every standard a table can be checked against, Vietnamese ones first."""
    found = [(one.id, pages.words(reader.lang, one.title), one.status) for one in standards(reader).values()
             if one.kind == "dataset"]
    return sorted(found, key=lambda one: (not one[0].startswith("vn-"), one[1]))


def counts(reader: Reader) -> Counts:
    """How many standards there are, apart by status."""
    return Counts(**reader.standards.counts())


def checks() -> Sequence[Check]:
    """Every check, in the order of the documentation."""
    return registry.CHECKS


def codelists(reader: Reader) -> Mapping[str, Codelist]:
    """Every code list by id."""
    return reader.standards.codelists


def entry_name(lang: str, codelist: str, code: str) -> str:
    """The name of a code in the reader's language (its newest entry as shipped), or the code itself."""
    if codelist not in registry.CODELISTS:
        return code
    entries = registry.CODELISTS[codelist].entries.get(code, ())
    return (entries[-1].names.get(lang) or entries[-1].name) if entries else code
