"""How `datamo check` shows what was found: as the contract's JSON document, and on the terminal."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from api.messages import findings, understood
from standards.portable import to_json
from standards.repair import KINDS, together

if TYPE_CHECKING:
    from catalog.model import TableOutcome
    from pipelines.check import Checked
    from standards.finding import Finding, Group
    from standards.profile import Column

SHOWN_ROWS = 20
MARKS = {"error": ("✗", "red"), "warning": ("!", "yellow"), "info": ("·", "cyan")}
WORDS: Mapping[str, Mapping[str, str]] = {
    "vi": {
        "valid": "hợp lệ",
        "invalid": "chưa hợp lệ",
        "unreadable": "không đọc được",
        "rows": "dòng",
        "columns": "cột",
        "errors": "lỗi",
        "warnings": "cảnh báo",
        "row": "dòng",
        "field": "cột",
        "cell": "ô",
        "what": "nội dung",
        "count": "số lần",
        "examples": "ví dụ (dòng)",
        "fix": "sửa thành",
        "more": "… và {n} mục nữa; xem hết: --limit-errors 0 cùng --html, --json hoặc --problems",
        "report": "Báo cáo kiểm tra",
        "repaired": "đã sửa",
        "read": "hiểu là",
        "written": "Đã ghi {path}",
        "score": "máy đọc được: {levels}",
        "level": "cấp {level} đạt {passed}/{asked}",
    },
    "en": {
        "valid": "valid",
        "invalid": "not valid",
        "unreadable": "not readable",
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
        "cell": "cell",
        "what": "finding",
        "count": "count",
        "examples": "examples (rows)",
        "fix": "becomes",
        "more": "… and {n} more; to see all: --limit-errors 0 with --html, --json or --problems",
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


def show(told: Mapping[str, Any], language: str) -> None:
    """Print the report for a person."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    words = WORDS[language]
    console = Console(highlight=False)
    console.print(
        Text.assemble(_verdict(told, words), " ", (told["file"]["name"], "bold"), "  ", summary(told, words))
    )
    if told.get("reason"):
        console.print(Text("  " + (told["reason"]["detail"] or told["reason"]["code"])))
    for line in _mended(told, words):
        console.print(Text("  " + _calm(line), style="green"))
    for one in told.get("tables", [told]):
        for line in guessed(one, words):
            console.print(Text("  " + _calm(line), style="dim"))
        console.print(*(Text.assemble((mark, tint), "  ", _calm(line), "\n") for mark, tint, line in
                        _kinds(one, words, language)), sep="", end="")
        if one["findings"]:
            grid = Table(box=None, pad_edge=False, header_style="dim")
            for head in ("", words["what"], words["fix"]):
                grid.add_column(head, overflow="fold")
            for finding in one["findings"][:SHOWN_ROWS]:
                grid.add_row(*_cells(finding))
            console.print(grid)
        hidden = sum(group["count"] for group in one["groups"]) - min(len(one["findings"]), SHOWN_ROWS)
        if said := score(one["stats"], words):
            console.print(Text("  " + said, style="dim"))
        if hidden > 0:
            console.print(Text("  " + words["more"].format(n=hidden), style="dim"))


def _kinds(
    table: Mapping[str, Any], words: Mapping[str, str], language: str
) -> Iterator[tuple[str, str, str]]:
    """Say each kind of finding, worst and commonest first, where not all findings are shown one by one."""
    if sum(group["count"] for group in table["groups"]) <= SHOWN_ROWS:
        return
    for group in sorted(table["groups"], key=lambda each: (list(MARKS).index(each["severity"]), -each["count"])):
        yield *MARKS[group["severity"]], _kind(group, words, language)


def _kind(group: Mapping[str, Any], words: Mapping[str, str], language: str) -> str:
    """Say one kind of finding in a column: how many, and where the first ones are."""
    field = f" ({words['field']} {group['field']})" if group["field"] else ""
    rows = ", ".join(str(row) for row in group["examples"])
    place = f"; {words['row']} {rows}{', …' if group['count'] > len(group['examples']) else ''}" if rows else ""
    return f"{group['count']:,} × {findings.title(group['code'], language)}{field}{place}"


def guessed(table: Mapping[str, Any], words: Mapping[str, str]) -> Iterator[str]:
    """Say how the table was read where it could have been read otherwise, or was on request."""
    for one in table["understood"]:
        if one["sure"] == "certain" and not one["overridden"]:
            continue
        name = f"{one['title']} ({one['field']})" if one["field"] else one["title"]
        hint = f" (--{one['option'].replace('_', '-')})" if one["option"] else ""
        yield f"{words['read']} {name}: {one['shown']}. {one['detail']}{'' if one['overridden'] else hint}"


def _mended(told: Mapping[str, Any], words: Mapping[str, str]) -> Iterator[str]:
    """Say what was repaired, kind by kind, and where the repaired file is."""
    for one in told.get("fixes", ()):
        changed = next((each for each in one["examples"] if each["before"] != each["after"]), None)
        shown = f": {_short(changed['before'])} → {_short(changed['after'])}" if changed else ""
        yield f"{words['repaired']} {one['count']:,} × {one['title']}{shown}"
    for path in told.get("written", ()):
        yield words["written"].format(path=path)


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


def _verdict(told: Mapping[str, Any], words: Mapping[str, str]) -> Any:
    word = verdict_word(told)
    return words[word], "bold green" if word == "valid" else "bold red"


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


def _cells(finding: Mapping[str, Any]) -> Sequence[Any]:
    from rich.text import Text

    mark, colour = MARKS.get(finding["severity"], MARKS["info"])
    fix = finding["fix"]
    return Text(mark, style=colour), Text(_calm(finding["message"])), Text(_short(fix["after"]) if fix else "")


def _calm(text: str | None) -> str:
    """Take out what would speak to the terminal."""
    lines = (text or "").replace("\r\n", "\n").replace("\n", "⏎")
    return "".join(one if one.isprintable() else "\N{REPLACEMENT CHARACTER}" for one in lines)


def _short(cell: str | None) -> str:
    """Cut a cell for the terminal."""
    text = _calm(cell)
    return text if len(text) <= 40 else text[:39] + "…"  # noqa: PLR2004 - what fits beside the sentence
