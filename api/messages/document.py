"""What was found in a file as one document, the contract's JSON, and the few words around it; for every door."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from api.messages import findings, understood
from standards.portable import to_json
from standards.repair import KINDS, together

if TYPE_CHECKING:
    from catalog.model import TableOutcome
    from pipelines.check import Checked
    from standards.finding import Finding, Group
    from standards.profile import Column

WORDS: Mapping[str, Mapping[str, str]] = {
    "vi": {
        "valid": "đạt",
        "invalid": "chưa công bố được",
        "unreadable": "chưa đọc được",
        "rows": "dòng",
        "columns": "cột",
        "errors": "lỗi",
        "warnings": "cảnh báo",
        "row": "dòng",
        "field": "cột",
        "safe": "Sửa an toàn, Datamo tự làm được với --fix TỆP: {n} chỗ",
        "decide": "Cần bạn quyết định: {n} chỗ",
        "note": "Để biết: {n} chỗ",
        "accept": "--fix TỆP --accept {kind}: {title}, {n} chỗ",
        "hand": "Cần sửa bằng tay: {n} chỗ",
        "more": "… và {n} chỗ nữa chưa kể từng chỗ; xem hết: --limit-errors 0 cùng --html, --json hoặc --problems",
        "report": "Báo cáo kiểm tra",
        "repaired": "đã sửa",
        "read": "hiểu là",
        "written": "Đã ghi {path}",
        "score": "máy đọc được: {levels}",
        "level": "cấp {level} đạt {passed}/{asked}",
    },
    "en": {
        "valid": "fine",
        "invalid": "cannot be published yet",
        "unreadable": "could not be read",
        "rows": "rows",
        "columns": "columns",
        "errors": "errors",
        "warnings": "warnings",
        "rows1": "row",
        "columns1": "column",
        "errors1": "error",
        "warnings1": "warning",
        "row": "row",
        "field": "field",
        "safe": "Safe repairs, made by --fix FILE: {n}",
        "decide": "Need your decision: {n}",
        "note": "For your information: {n}",
        "accept": "--fix FILE --accept {kind}: {title}, {n}",
        "hand": "To be corrected by hand: {n}",
        "more": "… and {n} more not told one by one; to see all: --limit-errors 0 with --html, --json or --problems",
        "report": "Check report",
        "repaired": "repaired",
        "read": "read as",
        "written": "Written to {path}",
        "score": "machine-readable: {levels}",
        "level": "level {level} {passed}/{asked}",
    },
}


def document(checked: Checked, language: str) -> dict[str, Any]:
    """Give the JSON document of one file; several tables stand under ``tables``, and the first of them on top."""
    outcome = checked.outcome
    tables = [_table(one, language) for one in outcome.tables]
    first = tables[0] if tables else _nothing()
    found = {
        "valid": outcome.valid,
        "file": {
            "name": checked.name,
            "bytes": checked.bytes,
            "sha256": checked.sha256,
            "format": None,
            "encoding": None,
            "dialect": None,
            "sheet": None,
            **to_json(outcome.file),
        },
        **first,
    }
    if not outcome.readable and outcome.reason:
        found["reason"] = _reason(outcome.reason, language)
    return found | ({"tables": tables} if len(tables) > 1 else {})


def repairs(checked: Checked, language: str) -> list[dict[str, Any]]:
    """Give the repairs that were made, by kind, with up to three cells before and after."""
    return [
        {"title": KINDS[one.kind].title[language], "detail": KINDS[one.kind].does[language]} | to_json(one)
        for one in together(each for table in checked.outcome.tables for each in table.repaired)
    ]


def decisions(checked: Checked, language: str) -> list[tuple[str, str, int]]:
    """Give the repairs that could be made if somebody accepts them: word, title, how many places."""
    found = together(each for table in checked.outcome.tables for each in table.fixes)
    asked = {"successor": "=YYYY-MM-DD/YYYY-MM-DD", "rename": "#OLD=NEW"}
    return [
        (one.kind + asked.get(one.kind, ""), KINDS[one.kind].title[language], one.count)
        for one in found if not one.safe
    ]


def _nothing() -> dict[str, Any]:
    return {
        "standard": None,
        "stats": {"rows": 0, "columns": 0, "errors": 0, "warnings": 0},
        "understood": [],
        "findings": [],
        "groups": [],
        "profile": {"columns": []},
        "personal_data": [],
        "report": None,
    }


def _reason(reason: Mapping[str, Any], language: str) -> dict[str, Any]:
    params = dict(reason.get("params") or {})
    return {"code": str(reason.get("code", "")), "params": params, "detail": findings.why(reason, language)}


def _table(table: TableOutcome, language: str) -> dict[str, Any]:
    stats = dict(table.stats)
    report, _ = stats.pop("report", None), stats.pop("excerpt", None)
    identity, _, number = str(table.pins.get("standard") or table.standard).partition("@")
    return {
        "standard": {"id": identity, "version": number} if identity else None,
        "stats": to_json(stats),
        "understood": [understood.told(one, language) for one in table.understood],
        "findings": [_finding(one, language) for one in table.findings],
        "groups": [_group(one) for one in table.groups],
        "profile": {"columns": [_column(one) for one in (table.profile.columns if table.profile else ())]},
        "personal_data": to_json(table.personal_data),
        "report": to_json(report),
    }


def _finding(one: Finding, language: str) -> dict[str, Any]:
    return {
        "code": one.code,
        "severity": one.severity,
        "title": findings.title(one.code, language),
        "message": findings.say(one, language) or one.code,
        "basis": one.basis,
        "place": to_json(one.place),
        "cell": one.cell,
        "count": one.count,
        "fix": to_json(one.fix),
        "also": list(one.also),
    }


def _group(one: Group) -> dict[str, Any]:
    return {
        "code": one.code,
        "severity": one.severity,
        "field": one.field,
        "count": one.count,
        "examples": list(one.examples),
        "fixable": one.fixable,
    }


def _column(one: Column) -> dict[str, Any]:
    return {
        "name": one.name,
        "kind": one.kind,
        "missing": one.missing,
        "distinct": one.distinct,
        "min": one.minimum,
        "max": one.maximum,
        "top": [list(pair) for pair in one.top],
        "meaning": one.meaning,
    }


def score(stats: Mapping[str, Any], words: Mapping[str, str]) -> str:
    """Say how many of the rules of machine readability that could be decided hold, level by level."""
    levels = (stats.get("readability") or {}).get("levels", ())
    said = [
        words["level"].format(level=one["level"], passed=one["passed"], asked=one["passed"] + one["found"])
        for one in levels
    ]
    return words["score"].format(levels=", ".join(said)) if said else ""


def verdict_word(told: Mapping[str, Any]) -> str:
    """Give the word for what came of it."""
    return "unreadable" if told.get("reason") else "valid" if told["valid"] else "invalid"


def summary(told: Mapping[str, Any], words: Mapping[str, str]) -> str:
    """Say in a line what the file is and how much was found."""
    parts = [str(told["file"][key]) for key in ("format", "encoding") if told["file"].get(key)]
    stats = told["stats"]
    parts += [
        f"{stats[key]:,} {words.get(key + '1', words[key]) if stats[key] == 1 else words[key]}"
        for key in ("rows", "columns", "errors", "warnings")
        if stats.get(key) is not None
    ]
    return " · ".join(parts)
