"""The commands `datamo standards …`: the registry of table standards and code lists, without any site."""

from __future__ import annotations

import hashlib
import sys
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from api.cli.voice import Voice, table, voice

if TYPE_CHECKING:
    from standards.codelist import Codelist, Entry
    from standards.standard import Field, TableStandard

app = typer.Typer(help="Table standards and code lists.", invoke_without_command=True)

FORMATS = ("csv", "xlsx")
LABELS = ("name", "title")


@app.callback()
def standards(context: typer.Context) -> None:
    """Table standards and code lists."""
    if context.invoked_subcommand is None:
        list_standards(context)


@app.command("list")
def list_standards(context: typer.Context) -> None:
    """List the table standards: official ones and those proposed by the platform, counted apart."""
    from standards.registry import CODELISTS, TABLES, counts

    spoken = voice(context)
    number = counts()
    items = [_summary(one) for one in TABLES.values()]
    document = {"items": items, "total": len(items), "next": None, "counts": number, "codelists": list(CODELISTS)}
    rows = [
        (one.id, _status(one, spoken), len(one.fields), one.title[spoken.tongue], one.basis[0])
        for one in TABLES.values()
    ]
    head = spoken.pick("mã|loại|cột|tên|căn cứ", "id|status|columns|title|basis").split("|")
    closing = spoken.pick(
        f"{number['official']} tiêu chuẩn đã ban hành, {number['proposed']} hồ sơ do nền tảng đề xuất; "
        f"{len(CODELISTS)} danh mục mã (datamo standards codes DANH_MỤC).",
        f"{number['official']} official, {number['proposed']} proposed by the platform; "
        f"{len(CODELISTS)} code lists (datamo standards codes LIST).",
    )
    spoken.give(document, f"{table(rows, head)}\n\n{closing}")


@app.command("show")
def show(context: typer.Context, standard: Annotated[str, typer.Argument(metavar="ID", help="Its id.")]) -> None:
    """Show a table standard: its columns, rules, code lists, checks and basis."""
    from standards.portable import to_json

    spoken, one = voice(context), _known(standard)
    document = to_json(one) | {"codelists": list(one.codelists()), "schema": one.table_schema(spoken.tongue)}
    spoken.give(document, _described(one, spoken))


@app.command("template")
def template(
    context: typer.Context,
    standard: Annotated[str, typer.Argument(metavar="ID", help="Its id.")],
    *,
    kind: Annotated[str, typer.Option("--format", help="csv or xlsx.")] = "csv",
    out: Annotated[Path | None, typer.Option(help="Where to write; standard output when left out.")] = None,
    on: Annotated[str, typer.Option(help="Day of the codes in the drop-downs (YYYY-MM-DD); today.")] = "",
    labels: Annotated[str, typer.Option(help="name or title: what stands in the header row.")] = "name",
    bom: Annotated[bool, typer.Option("--bom", help="Begin the CSV with a BOM, for Excel.")] = False,
) -> None:
    """Write an empty file to fill in."""
    spoken, one = voice(context), _known(standard)
    _choice(kind, FORMATS, "--format")
    data = _template(one, kind, spoken.tongue, labels=_choice(labels, LABELS, "--labels"), on=on, bom=bom)
    if out is None and spoken.json:
        raise typer.BadParameter("with --json the file needs a name", param_hint="--out")
    if out is None:
        if kind == "xlsx" and sys.stdout.isatty():
            raise typer.BadParameter("a workbook is not for the terminal", param_hint="--out")
        sys.stdout.buffer.write(data)
        return
    out.write_bytes(data)
    digest = hashlib.sha256(data).hexdigest()
    document = {"id": one.id, "format": kind, "file": str(out), "bytes": len(data), "sha256": digest}
    spoken.give(document, str(out))


@app.command("codes")
def codes(
    context: typer.Context,
    listed: Annotated[str, typer.Argument(metavar="LIST", help="Id of the code list.")],
    on: Annotated[str, typer.Option(help="Day on which the codes are in force (YYYY-MM-DD); today.")] = "",
    site: Annotated[str, typer.Option(help="Address of a site: as its stewards have released the list.")] = "",
) -> None:
    """List the codes that are in force on a day."""
    from standards.registry import CODELISTS

    spoken, day = voice(context), _day(on)
    if site:
        from api.cli.remote import RemoteSite

        told = RemoteSite(site, "", spoken.tongue).codes(listed, day.isoformat())
        rows = [(one["code"], one["name"], one["parent"] or "", one["valid_from"] or "") for one in told["items"]]
        spoken.give({**told, "on": day.isoformat()}, table(rows, _head(spoken)))
        return
    if listed not in CODELISTS:
        raise typer.BadParameter(f"{listed} ({', '.join(CODELISTS)})", param_hint="LIST")
    found = CODELISTS[listed]
    entries = list(found.valid_on(day))
    items = [_entry(one) for one in entries]
    spoken.give(_about(found, day) | {"items": items, "total": len(items), "next": None}, _codes(entries, spoken))


def _known(standard: str) -> TableStandard:
    from standards.registry import TABLES

    if standard not in TABLES:
        raise typer.BadParameter(f"{standard} (datamo standards list)", param_hint="ID")
    return TABLES[standard]


def _choice(word: str, known: tuple[str, ...], option: str) -> Any:
    if word not in known:
        raise typer.BadParameter(", ".join(known), param_hint=option)
    return word


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text) if text else date.today()  # noqa: DTZ011 - the day on the reader's own calendar
    except ValueError:
        raise typer.BadParameter("YYYY-MM-DD", param_hint="--on") from None


def _template(one: TableStandard, kind: str, language: str, *, labels: Any, on: str, bom: bool) -> bytes:
    from standards.registry import codelist
    from standards.template import csv_template, xlsx_template

    if kind == "csv":
        return csv_template(one, labels=labels, language=language, bom=bom)
    return xlsx_template(one, day=_day(on), codelists=codelist, language=language, labels=labels)


def _status(one: TableStandard, spoken: Voice) -> str:
    return spoken.pick("đã ban hành", "official") if one.status == "official" else spoken.pick("đề xuất", "proposed")


def _summary(one: TableStandard) -> dict[str, Any]:
    return {
        "id": one.id,
        "version": one.version,
        "status": one.status,
        "kind": one.kind,
        "country": one.country,
        "title": dict(one.title),
        "basis": list(one.basis),
        "adapted_from": one.adapted_from,
        "fields": len(one.fields),
    }


def _described(one: TableStandard, spoken: Voice) -> str:
    tongue = spoken.tongue
    lines = [f"{one.title[tongue]} ({one.id} {one.version}, {_status(one, spoken)})", one.description.get(tongue, "")]
    lines += [*(f"  {basis}" for basis in one.basis), f"  {one.adapted_from}" if one.adapted_from else ""]
    lines += [one.notes.get(tongue, "")]
    rows = [_column(field, spoken) for field in one.fields]
    head = spoken.pick("cột|tên|bắt buộc|quy tắc|danh mục|kiểm tra", "column|title|required|rule|list|checks").split(
        "|"
    )
    return "\n".join([*(line for line in lines if line), "", table(rows, head)])


def _column(field: Field, spoken: Voice) -> tuple[str, ...]:
    from standards.template import rules

    return (
        field.name,
        field.title[spoken.tongue],
        spoken.pick("có", "yes") if field.required else "",
        "; ".join(rules(field, spoken.tongue)),
        field.codelist,
        " ".join(use.code for use in field.checks),
    )


def _about(found: Codelist, day: date) -> dict[str, Any]:
    return {
        "id": found.id,
        "title": dict(found.title),
        "on": day.isoformat(),
        "complete": found.complete,
        "complete_level": found.complete_level,
        "evidence": found.evidence,
        "note": found.note,
        "source": found.source,
        "licence": found.licence,
        "digest": found.digest,
    }


def _entry(one: Entry) -> dict[str, Any]:
    from standards.portable import to_json

    told: dict[str, Any] = to_json(one)
    return told


def _head(spoken: Voice) -> list[str]:
    return spoken.pick("mã|tên|cấp trên|từ ngày", "code|name|above|since").split("|")


def _codes(entries: list[Entry], spoken: Voice) -> str:
    head = _head(spoken)
    return table(
        [(one.code, one.names.get(spoken.tongue, one.name), one.parent, one.valid_from or "") for one in entries], head
    )
