"""docs/standards.md, from the table standards, checks and code lists themselves."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from pipelines.validation.uses import TEXT_CHECKS
from standards.check import Check
from standards.registry import CHECKS, CODELISTS, TABLES, counts
from standards.standard import Field, TableStandard
from standards.template import rules

HEAD = """# Standards

Printed from `standards/` by `make docs`. Commands: `datamo standards list | show ID | template ID --format csv|xlsx | codes LIST --on DATE`.

A table standard says which columns a table has, what their cells may hold, which code lists and checks apply, and what all
that rests on. **Official**: an instrument or a published specification fixes the list of columns. **Proposed**: the columns are the platform's proposal,
even where the codes in them are official; such a standard is never shown as a state standard. "(chưa đối chiếu văn bản gốc)" in a basis
means: the instrument was not compared with its original text.

Two things trip everyone. Codes of administrative units were **reused** on 2025-07-01 (24 was Bắc Giang and is Bắc Ninh), so a
code has a meaning only together with a date, and the name beside it is the witness. And ISO 3166-2:VN is outdated, so it is not offered.
"""

EVERY_TABLE = {*TEXT_CHECKS, "re-identification"}

EVIDENCE = {
    "S": "official text seen",
    "R": "public repository or news",
    "K": "knowledge, not compared with the original",
}


def page() -> str:
    """Give the page."""
    return HEAD + "".join(
        [*_overview(), *_checks(), *_lists(), *(part for one in TABLES.values() for part in _table(one))]
    )


def _row(*cells: object) -> str:
    return "| " + " | ".join(str(cell).replace("|", "\\|").replace("\n", " ") for cell in cells) + " |\n"


def _overview() -> Iterator[str]:
    number = counts()
    yield f"\n## Table standards\n\n{number['official']} official, {number['proposed']} proposed by the platform.\n\n"
    yield _row("id", "status", "title", "country", "columns", "basis") + _row(*["---"] * 6)
    for one in TABLES.values():
        title = f"{one.title['vi']} / {one.title['en']} / {one.title.get('ja', '')}"
        yield _row(
            f"[`{one.id}`](#{one.id})", one.status, title, one.country or "–", len(one.fields), "; ".join(one.basis)
        )


def _checks() -> Iterator[str]:
    asked: dict[str, list[str]] = {}
    for one in TABLES.values():
        for _, use in one.uses():
            asked.setdefault(use.code, []).append(one.id)
    yield (
        "\n## Checks\n\n"
        + _row("code", "severity", "what it finds", "basis", "standards that use it")
        + _row(*["---"] * 5)
    )
    for check in CHECKS:
        used = len(set(asked.get(check.CODE, [])))
        title = f"{check.TITLE['vi']} / {check.TITLE['en']}"
        yield _row(f"`{check.CODE}`", check.SEVERITY, title, check.BASIS, used or _unasked(check))


def _unasked(check: Check) -> str:
    """Say of a check that no standard names whether every table gets it all the same."""
    return "every table" if check.SCOPE == "table" or check.CODE in EVERY_TABLE else "on request"


def _lists() -> Iterator[str]:
    yield "\n## Code lists\n\nSources of each file, doubts and corrections: `standards/codelists/SOURCES.md`.\n\n"
    yield _row("id", "title", "codes", "complete", "source", "licence", "evidence") + _row(*["---"] * 7)
    for one in CODELISTS.values():
        complete = "yes" if one.complete else f"to level {one.complete_level}" if one.complete_level else "no"
        title = f"{one.title['vi']} / {one.title['en']}"
        yield _row(f"`{one.id}`", title, len(one.entries), complete, one.source, one.licence, EVIDENCE[one.evidence])
    yield "\nWhat is known to be missing or doubtful:\n\n"
    yield from (f"- `{one.id}`: {one.note}\n" for one in CODELISTS.values() if one.note)


def _table(one: TableStandard) -> Iterator[str]:
    yield f"\n## {one.id}\n\n**{one.title['vi']} / {one.title['en']}** ({one.status}, version {one.version})\n\n"
    yield f"{one.description['vi']}\n\n{one.description['en']}\n\n"
    yield "".join(f"- {basis}\n" for basis in one.basis)
    yield f"- adapted from: {one.adapted_from}\n" if one.adapted_from else ""
    yield f"- primary key: {', '.join(one.primary_key)}\n" if one.primary_key else ""
    yield f"\n{one.notes['vi']}\n\n{one.notes['en']}\n" if one.notes else ""
    yield from (f"- whole table: `{use.code}` ({_args(use.args)})\n" for use in one.checks)
    yield "\n" + _row("column", "title", "rule", "code list", "checks", "source", "example") + _row(*["---"] * 7)
    yield from (_column(field) for field in one.fields)


def _args(args: Mapping[str, Any]) -> str:
    words = ((name, ", ".join(map(str, value)) if isinstance(value, list) else value) for name, value in args.items())
    return "; ".join(f"{name}: {value}" for name, value in words)


def _column(field: Field) -> str:
    name = f"**`{field.name}`**" if field.required else f"`{field.name}`"
    title = f"{field.title['vi']} / {field.title['en']}"
    checks = ", ".join(use.code for use in field.checks)
    return _row(name, title, "; ".join(rules(field, "en")), field.codelist, checks, field.source, field.example)
