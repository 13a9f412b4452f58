"""Submissions and what their check found, as the JSON of the contract; sentences in the reader's language."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from api.dialects.v1.words import stamp
from api.messages import findings, understood
from catalog.model import Submission, TableOutcome
from standards.finding import Finding, Group
from standards.portable import to_json
from standards.profile import Column, Profile
from standards.repair import KINDS, Repair, together

JSON = dict[str, Any]


def submission(one: Submission, dataset_slug: str, site_url: str, language: str) -> JSON:
    """The contract's Submission."""
    outcome = one.outcome
    tables = outcome.tables if outcome else ()
    address = f"{site_url}/api/v1/submissions/{one.id}"
    return {
        "id": one.id,
        "state": one.state,
        "dataset": dataset_slug,
        "file": file(one),
        "resource": one.options.resource or None,
        "standard": next((table.standard for table in tables if table.standard), "") or one.options.standard or None,
        "valid": outcome.valid if outcome else None,
        "stats": stats(tables),
        "groups": [group(each) for table in tables for each in table.groups],
        "findings": [finding(each, language) for table in tables for each in table.findings],
        "profile": profile(tables[0].profile) if tables and tables[0].profile else None,
        "personal_data": [to_json(each) for table in tables for each in table.personal_data],
        "tables": [_table(table) for table in tables],
        "fixes": repairs((each for table in tables for each in table.fixes), language),
        "repaired": repairs((each for table in tables for each in table.repaired), language),
        "accepted": list(one.options.fixes),
        "recipe": to_json(dict(one.options.recipe)) or None,
        "unfit": [word for table in tables for word in table.unfit],
        "reading": to_json(one.options.read),
        "schema": to_json(one.options.schema) if one.options.schema is not None else None,
        "understood": [understood.told(each, language) for table in tables for each in table.understood],
        "report_url": f"{site_url}/submissions/{one.id}",
        "version": one.version,
        "reason": reason(one.reason, language),
        "declaration": declaration(one),
        "note": one.options.note,
        "review_note": one.review_note or None,
        "created": stamp(one.created),
        "finished": stamp(one.finished),
        "links": {"self": address},
    }


def declaration(one: Submission) -> JSON | None:
    """The answer to the question about secrets; who gave it stands in the audit."""
    given = one.declaration
    return {"answer": given.answer, "at": stamp(given.at), "note": given.note or None} if given else None


def file(one: Submission) -> JSON:
    """The file as it came and as it was understood."""
    seen: Mapping[str, Any] = one.outcome.file if one.outcome else {}
    return {
        "name": one.staged.name, "bytes": one.staged.bytes, "sha256": one.staged.sha256,
        "format": seen.get("format"), "encoding": seen.get("encoding"), "dialect": to_json(seen.get("dialect") or {}),
        "sheet": seen.get("sheet"), "sheets": list(seen.get("sheets") or ()),
    }


def stats(tables: tuple[TableOutcome, ...]) -> JSON | None:
    """Counts of the full pass, of all tables together."""
    if not tables:
        return None
    severity = [(each.severity, each.count) for table in tables for each in table.groups]
    profiles = [table.profile for table in tables if table.profile]
    return {
        "rows": sum(one.rows for one in profiles),
        "columns": len(profiles[0].columns) if profiles else 0,
        "errors": sum(count for kind, count in severity if kind == "error"),
        "warnings": sum(count for kind, count in severity if kind == "warning"),
        "seconds": tables[0].stats.get("seconds"),
        "engine": tables[0].stats.get("engine"),
    }


def _table(one: TableOutcome) -> JSON:
    rows = one.profile.rows if one.profile else 0
    return {
        "resource": one.resource, "sheet": one.sheet, "standard": one.standard or None, "valid": one.valid,
        "rows": rows,
        "changes": dict(one.changes) if one.changes is not None else None,
    }


def finding(one: Finding, language: str) -> JSON:
    """One remark with its sentence."""
    place = one.place
    title, message = sentences(one, language)
    fix = {"kind": one.fix.kind, "after": one.fix.after, "safe": one.fix.safe} if one.fix else None
    return {
        "code": one.code, "severity": one.severity, "title": title, "message": message, "basis": one.basis,
        "place": {"sheet": place.sheet, "row": place.row, "column": place.column, "field": place.field},
        "cell": one.cell, "count": one.count, "fix": fix,
        "also": list(one.also),
    }


def repairs(given: Iterable[Repair], language: str) -> list[JSON]:
    """Repairs by kind, of all tables together, with what they are called and three changes each."""
    return [
        {
            "kind": one.kind, "title": KINDS[one.kind].title[language], "detail": KINDS[one.kind].does[language],
            "safe": one.safe, "count": one.count, "fields": list(one.fields),
            "examples": [to_json(each) for each in one.examples], "asks": dict(one.asks), "ends": dict(one.ends),
            **({"preview": to_json(one.preview)} if one.preview else {}),
        }
        for one in together(given)
    ]


def sentences(one: Finding, language: str) -> tuple[str, str]:
    """Title and sentence of a finding."""
    return findings.title(one.code, language), findings.said(one, language)


def group(one: Group) -> JSON:
    """All findings of one code in one field."""
    return {
        "code": one.code, "severity": one.severity, "sheet": one.sheet, "field": one.field, "count": one.count,
        "examples": list(one.examples), "fixable": one.fixable,
    }


def profile(one: Profile) -> JSON:
    """A table at a glance."""
    return {"rows": one.rows, "blank_rows": one.blank_rows, "columns": [column(each) for each in one.columns]}


def column(one: Column) -> JSON:
    """One column as its cells show it."""
    return {
        "name": one.name, "kind": one.kind, "missing": one.missing, "distinct": one.distinct, "min": one.minimum,
        "max": one.maximum, "top": [list(pair) for pair in one.top], "meaning": one.meaning,
    }


def reason(given: Mapping[str, Any] | None, language: str) -> JSON | None:
    """Why it failed or what blocks it first: a stable code and a sentence."""
    if not given:
        return None
    params = to_json(dict(given.get("params") or {}))
    return {"code": str(given.get("code", "")), "detail": findings.why(given, language), "params": params}
