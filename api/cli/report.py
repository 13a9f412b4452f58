"""How `datamo check` shows what was found: as the contract's JSON document, on the terminal, as an HTML page."""

from __future__ import annotations

import html
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from api.messages import findings
from standards.portable import to_json

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
        "more": "… và {n} mục nữa; --limit-errors 0 để lấy tất cả",
        "report": "Báo cáo kiểm tra",
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
        "more": "… and {n} more; --limit-errors 0 gives all",
        "report": "Check report",
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


def _nothing() -> dict[str, Any]:
    return {
        "standard": None,
        "stats": {"rows": 0, "columns": 0, "errors": 0, "warnings": 0},
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
    report = stats.pop("report", None)
    identity, _, number = str(table.pins.get("standard") or table.standard).partition("@")
    return {
        "standard": {"id": identity, "version": number} if identity else None,
        "stats": to_json(stats),
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
        Text.assemble(_verdict(told, words), " ", (told["file"]["name"], "bold"), "  ", _summary(told, words))
    )
    if told.get("reason"):
        console.print(Text("  " + (told["reason"]["detail"] or told["reason"]["code"])))
    for one in told.get("tables", [told]):
        if one["findings"]:
            grid = Table(box=None, pad_edge=False, header_style="dim")
            for head in ("", words["what"], words["fix"]):
                grid.add_column(head, overflow="fold")
            for finding in one["findings"][:SHOWN_ROWS]:
                grid.add_row(*_cells(finding))
            console.print(grid)
        hidden = sum(group["count"] for group in one["groups"]) - min(len(one["findings"]), SHOWN_ROWS)
        if hidden > 0:
            console.print(Text("  " + words["more"].format(n=hidden), style="dim"))


def _verdict(told: Mapping[str, Any], words: Mapping[str, str]) -> Any:
    word = "unreadable" if told.get("reason") else "valid" if told["valid"] else "invalid"
    return words[word], "bold green" if word == "valid" else "bold red"


def _summary(told: Mapping[str, Any], words: Mapping[str, str]) -> str:
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
    return "".join(one if one.isprintable() else "\N{REPLACEMENT CHARACTER}" for one in text or "")


def _short(cell: str | None) -> str:
    """Cut a cell for the terminal."""
    text = _calm(cell)
    return text if len(text) <= 40 else text[:39] + "…"  # noqa: PLR2004 - what fits beside the sentence


STYLE = """
body { font: 16px/1.5 system-ui, sans-serif; max-width: 70rem; margin: 2rem auto; padding: 0 1rem }
table { border-collapse: collapse; width: 100% }
td, th { text-align: left; padding: .3rem .6rem; border-bottom: 1px solid #ccc; vertical-align: top;
  overflow-wrap: anywhere }
.error { color: #a30000 } .warning { color: #7a4b00 }
"""


def page(documents: Iterable[Mapping[str, Any]], language: str) -> str:
    """Give one HTML page that needs nothing else, for a colleague without a terminal."""
    words = WORDS[language]
    head = '<meta charset="utf-8"><meta name="viewport" content="width=device-width">'
    head += f"<title>{words['report']}</title><style>{STYLE}</style>"
    bodies = "".join(_section(one, words) for one in documents)
    return f'<!doctype html><html lang="{language}">{head}<body><h1>{words["report"]}</h1>{bodies}</body></html>\n'


def _section(told: Mapping[str, Any], words: Mapping[str, str]) -> str:
    verdict = _verdict(told, words)[0]
    head = "".join(f"<th scope=col>{words[key]}</th>" for key in ("row", "what", "cell", "fix"))
    rows = "".join(_row(finding) for one in told.get("tables", [told]) for finding in one["findings"])
    reason = f"<p>{html.escape(told['reason']['detail'] or told['reason']['code'])}</p>" if told.get("reason") else ""
    return (
        f"<section><h2>{html.escape(told['file']['name'])}: {verdict}</h2>"
        f"<p>{html.escape(_summary(told, words))}</p>{reason}"
        + (f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>" if rows else "")
        + "</section>"
    )


def _row(finding: Mapping[str, Any]) -> str:
    place, fix = finding["place"], finding["fix"]
    cells = (place["row"] or "", finding["message"], finding["cell"] or "", (fix["after"] or "") if fix else "")
    return (
        f'<tr class="{html.escape(finding["severity"])}">'
        + "".join(f"<td>{html.escape(str(one))}</td>" for one in cells)
        + "</tr>"
    )
