"""The report on a file as one HTML page that needs nothing else: what was found, and each cell in its place."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from html import escape
from typing import TYPE_CHECKING, Any

from api.messages import lookalike
from api.messages.document import WORDS, document, repairs, score, summary, verdict_word
from api.messages.findings import letters

if TYPE_CHECKING:
    from catalog.model import TableOutcome
    from pipelines.check import Checked

WHOLE = 3
"""So many findings of a kind are told in whole sentences; the others by their place and cell."""
SHORT = 40
"""So many characters of a cell before and after are shown."""
COLUMNS = 12
"""So many columns of the table are shown beside those with findings."""

Finding = Mapping[str, Any]
Cells = Mapping[str, Sequence[str]]

STYLE = """
:root { color-scheme: light dark }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 72rem; margin: 2rem auto; padding: 0 1rem }
h3 { margin: 1.5rem 0 .25rem } ul { margin: .25rem 0; padding-left: 1.25rem } li { overflow-wrap: anywhere }
.compact { columns: 16rem; font-size: .9rem } i { font-style: normal; background: #8882; white-space: pre-wrap }
.scroll { overflow-x: auto } table { border-collapse: collapse; font-size: .9rem }
td, th { text-align: left; padding: .25rem .5rem; border: 1px solid #8884; vertical-align: top; white-space: pre-wrap }
td a { color: inherit; text-decoration: none; display: block; min-height: 1em; min-width: 1em }
.error { outline: 2px solid #c00; outline-offset: -2px } .warning { outline: 2px dashed #a60; outline-offset: -2px }
.info { outline: 1px dotted #357; outline-offset: -1px } :target { background: #fe08 } .soft { opacity: .75 }
"""
TEXT: Mapping[str, Mapping[str, str]] = {
    "vi": {
        "where": "Các ô có nhận xét", "found": "Đã thấy gì", "blocks": "chặn công bố", "warning": "nên sửa",
        "info": "ghi chú", "whole": "cả bảng", "fixed": "Đã sửa", "rule": "Căn cứ",
        "unsaid": "Còn {n} chỗ nữa cùng loại; {all}.",
        "cli": "--limit-errors 0 để lấy tất cả", "site": "tệp có cột vấn đề ghi đủ tất cả",
        "form": "Biểu mẫu và bảng lấy ra từ đó",
        "before": "Trước: trang tính như đã nộp", "after": "Sau: các dòng đầu của bảng ({n} dòng)",
        "shown": "Bảng này chỉ có những dòng đầu tiên có nhận xét; bấm vào ô để xem nhận xét.",
    },
    "en": {
        "where": "The cells in question", "found": "What was found", "blocks": "blocks publication",
        "warning": "should be corrected", "info": "note", "whole": "the table as a whole", "fixed": "Repaired",
        "rule": "Basis", "unsaid": "{n} more of this kind; {all}.",
        "cli": "--limit-errors 0 gives all", "site": "the file with the problems column holds all of them",
        "form": "The form and the table in it",
        "before": "Before: the sheet as it came", "after": "After: the first rows of the table ({n} rows)",
        "shown": "Only the first rows with findings are here; a cell leads to what is said of it.",
    },
}  # fmt: skip


def of_check(checked: Checked, language: str, door: str) -> str:
    """Give the page of one file, with the repairs that were made; ``door`` as in ``page``."""
    told = document(checked, language) | {"fixes": repairs(checked, language)}
    tables = checked.outcome.tables
    excerpts = [[table.stats.get("excerpt") or {} for table in tables]]
    return page([told], excerpts, language, [[form_of(table) for table in tables]], door)


def form_of(table: TableOutcome) -> Mapping[str, Any]:
    """Give the first rows before and after of a form that can be, or was, made a table; {} where there is none."""
    return next((one.preview for one in (*table.repaired, *table.fixes) if one.preview.get("after")), {})


def page(
    documents: Sequence[Mapping[str, Any]],
    excerpts: Sequence[Sequence[Cells]],
    language: str,
    plans: Sequence[Sequence[Mapping[str, Any]]] = (),
    door: str = "cli",
) -> str:
    """Give the page. ``excerpts`` hold, for each table of each document, the rows that findings speak of.

    ``plans`` hold likewise what ``form_of`` gives. ``door`` ("cli", "site") is where it is asked for, and so how all
    findings are got when there are too many.
    """
    title = WORDS[language]["report"]
    head = '<meta charset="utf-8"><meta name="viewport" content="width=device-width">'
    head += f"<title>{title}</title><style>{STYLE}</style>"
    bodies = "".join(
        _file(one, cells, plans[at - 1] if plans else (), f"{at}-", language, door)
        for at, (one, cells) in enumerate(zip(documents, excerpts, strict=True), 1)
    )
    return f'<!doctype html><html lang="{language}"><head>{head}</head><body><h1>{title}</h1>{bodies}</body></html>\n'


def _file(  # noqa: PLR0917 - what is drawn, in order
    told: Mapping[str, Any],
    excerpts: Sequence[Cells],
    plans: Sequence[Mapping[str, Any]],
    mark: str,
    language: str,
    door: str,
) -> str:
    words, text = WORDS[language], {**TEXT[language], "all": TEXT[language][door]}
    reason = told.get("reason")
    parts = [
        f"<h2>{escape(told['file']['name'])}: {words[verdict_word(told)]}</h2><p>{escape(summary(told, words))}</p>",
        f"<p>{escape(reason['detail'] or reason['code'])}</p>" if reason else "",
        _repairs(told.get("fixes") or (), text, language),
    ]
    for at, table in enumerate(told.get("tables", [told])):
        parts.append(_reads(table, words["read"]))
        if said := score(table["stats"], words):
            parts.append(f"<p class=soft>{escape(said[:1].upper() + said[1:])}</p>")
        if at < len(plans) and plans[at]:
            parts.append(_plan(plans[at], TEXT[language]))
        if table["findings"]:
            cells = excerpts[at] if at < len(excerpts) else {}
            parts += _table(table, cells, f"{mark}{at}", text)
    return f"<section>{''.join(parts)}</section>"


def _reads(table: Mapping[str, Any], word: str) -> str:
    """Say how the table was read, each guess with its evidence."""
    items = "".join(
        f"<li>{escape(one['title'])} {escape(one['field'] or '')}: <b>{escape(one['shown'])}</b>"
        f" <span class=soft>{escape(one['detail'])}</span></li>"
        for one in table["understood"]
    )
    return f"<details><summary>{word.capitalize()}</summary><ul>{items}</ul></details>" if items else ""


def _plan(plan: Mapping[str, Any], text: Mapping[str, str]) -> str:
    """Draw the first rows of a report form before and after it is made a table."""
    before, after = _grid(plan["before"], "td"), _grid(plan["after"], "th")
    made = text["after"].format(n=f"{plan['rows']:,}")
    return f"<h3>{text['form']}</h3><p class=soft>{text['before']}</p>{before}<p class=soft>{made}</p>{after}"


def _grid(rows: Sequence[Sequence[str]], first: str) -> str:
    """Draw rows as a table, of wide ones the first columns; ``first`` is what the cells of the first row are."""
    drawn = []
    for at, row in enumerate(rows):
        tag = first if at == 0 else "td"
        cells = [*row[: 2 * COLUMNS], *(["…"] if len(row) > 2 * COLUMNS else [])]
        drawn.append("<tr>" + "".join(f"<{tag}>{escape(str(cell)[:SHORT])}</{tag}>" for cell in cells) + "</tr>")
    return f"<div class=scroll><table>{''.join(drawn)}</table></div>"


def _repairs(fixes: Sequence[Mapping[str, Any]], text: Mapping[str, str], language: str) -> str:
    if not fixes:
        return ""
    items = "".join(f"<li>{escape(one['title'])}: {one['count']}{_first(one, language)}</li>" for one in fixes)
    return f"<h3>{text['fixed']}</h3><ul>{items}</ul>"


def _first(fix: Mapping[str, Any], language: str) -> str:
    for one in fix["examples"]:
        if one["before"] != one["after"]:
            apart = lookalike.said(language, one["before"], one["after"])
            shown = f"<del>{escape(one['before'])}</del> → <ins>{escape(one['after'])}</ins>"
            return f" ({shown}{apart and '; ' + escape(apart)})"
    return ""


def _table(table: Mapping[str, Any], cells: Cells, mark: str, text: Mapping[str, str]) -> Iterator[str]:
    """First what was found, kind by kind, then the rows with every cell in question outlined."""
    numbered = list(enumerate(table["findings"]))
    kinds: dict[tuple[str, str, str | None], list[tuple[int, Finding]]] = {}
    for at, one in numbered:
        kinds.setdefault((one["code"], one["severity"], one["place"]["field"]), []).append((at, one))
    counts = {(one["code"], one["severity"], one["field"]): one["count"] for one in table["groups"]}
    yield f"<h3>{text['found']}</h3>"
    for key, held in kinds.items():
        yield _kind(held, counts.get(key, len(held)), cells, mark, text)
    if cells:
        yield f"<h3>{text['where']}</h3><p class=soft>{text['shown']}</p>"
        yield _rows(table, cells, numbered, mark)


def _kind(held: Sequence[tuple[int, Finding]], count: int, cells: Cells, mark: str, text: Mapping[str, str]) -> str:
    first = held[0][1]
    severity = text["blocks" if first["severity"] == "error" else first["severity"]]
    field = f", {escape(first['place']['field'])}" if first["place"]["field"] else ""
    basis = f"<p class=soft>{text['rule']}: {escape(first['basis'])}</p>" if first["basis"] else ""
    whole = "".join(
        f"<li id=f{mark}-{at}>{escape(one['message'])}{_to(one, cells, mark)}</li>" for at, one in held[:WHOLE]
    )
    rest = "".join(f"<li id=f{mark}-{at}>{_brief(one, cells, mark)}</li>" for at, one in held[WHOLE:])
    said = sum(one["count"] for _, one in held)
    more = f"<p>{text['unsaid'].format(n=count - said, all=text['all'])}</p>" if count > said else ""
    return (
        f"<h4>{escape(first['title'])}{field}: {count} ({severity})</h4>{basis}<ul>{whole}</ul>"
        + (f"<ul class=compact>{rest}</ul>" if rest else "")
        + more
    )


def _place(one: Finding) -> str:
    row, column = one["place"]["row"], one["place"]["column"]
    return f"{letters(column) if column else ''}{row or ''}"


def _to(one: Finding, cells: Cells, mark: str) -> str:
    row, column = one["place"]["row"], one["place"]["column"]
    there = str(row) in cells and column
    return f" <a href=#c{mark}-{row}-{column}>{_place(one)}</a>" if there else ""


def _brief(one: Finding, cells: Cells, mark: str) -> str:
    place = _to(one, cells, mark) or escape(_place(one))
    cell = f" <i>{escape(one['cell'])}</i>" if one["cell"] is not None else ""
    after = (one["fix"] or {}).get("after")
    return f"{place}{cell}" + (f" → <i>{escape(after)}</i>" if after is not None else "")


def _rows(table: Mapping[str, Any], cells: Cells, numbered: Sequence[tuple[int, Finding]], mark: str) -> str:
    """Draw the rows; of a wide table the columns with findings and the first others."""
    width = max(map(len, cells.values()))
    names = [column["name"] for column in table["profile"]["columns"]]
    told: dict[tuple[str, int], list[tuple[int, Finding]]] = {}
    for at, one in numbered:
        if one["place"]["row"] and one["place"]["column"]:
            told.setdefault((str(one["place"]["row"]), one["place"]["column"]), []).append((at, one))
    needed = {column for _, column in told}
    shown = [column for column in range(1, width + 1) if column in needed or column <= COLUMNS]
    hidden = {str(held.get("field")) for held in table["personal_data"]}
    head = "".join(f"<th scope=col>{escape(names[at - 1] if at <= len(names) else '')}</th>" for at in shown)
    body = "".join(
        f"<tr><th scope=row>{row}</th>"
        + "".join(_cell(row, at, _shown(values, at, names, hidden), told.get((row, at), ()), mark) for at in shown)
        + "</tr>"
        for row, values in cells.items()
    )
    return f"<div class=scroll><table><thead><tr><th></th>{head}</tr></thead><tbody>{body}</tbody></table></div>"


def _shown(values: Sequence[str], at: int, names: Sequence[str], hidden: set[str]) -> str:
    value = values[at - 1] if at <= len(values) else ""
    return "***" if value and at <= len(names) and names[at - 1] in hidden else value


def _cell(row: str, column: int, value: str, held: Sequence[tuple[int, Finding]], mark: str) -> str:
    if not held:
        return f"<td>{escape(value)}</td>"
    links = " ".join(f"f{mark}-{at}" for at, _ in held)
    severity = min((one["severity"] for _, one in held), key=["error", "warning", "info"].index)
    return (
        f'<td id=c{mark}-{row}-{column} class={severity} aria-describedby="{links}">'
        f"<a href=#f{mark}-{held[0][0]}>{escape(value)}</a></td>"
    )
