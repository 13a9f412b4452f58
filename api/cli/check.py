"""The command check: files are checked without any server and the findings shown to a person or a script."""

from __future__ import annotations

import json
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer

from api.cli.reading import reading_options
from api.cli.voice import EXIT_DONE, EXIT_REFUSED, EXIT_USAGE, progress, voice

app = typer.Typer()

BLOCK = 1 << 20
ENGINES = ("auto", "columnar", "frictionless")


@app.command()
@reading_options
def check(  # noqa: PLR0917 - each is an option
    context: typer.Context,
    files: Annotated[list[str], typer.Argument(metavar="FILE...", help="Files; - reads standard input.")],
    standard: Annotated[str, typer.Option(help="Table standard to check against.")] = "",
    schema: Annotated[Path | None, typer.Option(exists=True, dir_okay=False, help="Table Schema (JSON).")] = None,
    sheet: Annotated[str, typer.Option(help="Name of a sheet, or all.")] = "",
    read: Any = None,
    limit_errors: Annotated[int, typer.Option(min=0, help="At most so many findings; 0 = all.")] = 1000,
    engine: Annotated[str, typer.Option(help="auto, columnar or frictionless.")] = "auto",
    fix: Annotated[
        Path | None, typer.Option(help="Make all safe repairs and write the result here; a folder for several files.")
    ] = None,
    accept: Annotated[
        list[str] | None, typer.Option(help="With --fix: a repair that needs a decision, such as report-form.")
    ] = None,
    problems: Annotated[
        Path | None, typer.Option(dir_okay=False, help="Write the table with a column of all problems: .csv or .xlsx.")
    ] = None,
    html: Annotated[Path | None, typer.Option(dir_okay=False, help="Write the report as one HTML page.")] = None,
    pii: Annotated[bool, typer.Option("--pii/--no-pii", help="Look for personal data, column by column.")] = True,
    name: Annotated[str, typer.Option(help="What standard input is called, for its format.")] = "stdin.csv",
) -> None:
    """Check files and say what is wrong with them; exit 0 valid, 1 not valid, 2 not readable.

    With --fix the safe repairs are made first: they are listed, what is found is what remains, and the repaired table
    is written as UTF-8 CSV with a log of every changed cell beside it (x.csv → x.changes.csv). The file itself stays
    as it is.
    """
    fixes = ("safe", *(accept or ())) if fix is not None else ()
    wishes = {"standard": standard, "sheet": sheet, "schema": _schema(schema), "read": read, "fixes": fixes}
    asked = {"limit_errors": limit_errors, "engine": engine, "personal": pii}
    if problems is not None:
        if len(files) > 1:
            raise typer.BadParameter("one file", param_hint="--problems")
        asked |= {"limit_errors": 0, "problems": (problems, voice(context).tongue)}
    raise typer.Exit(_run(voice(context), files, name, wishes, asked, fix, html))


def _run(  # noqa: PLR0917 - what was asked for, in order
    words: Any,
    files: list[str],
    name: str,
    wishes: dict[str, Any],
    asked: dict[str, Any],
    fix: Path | None,
    html: Path | None,
) -> int:
    """Check every file and show what was found; gives the worst exit code."""
    if asked["engine"] not in ENGINES:
        raise typer.BadParameter(", ".join(ENGINES), param_hint="--engine")
    from catalog.model import Options

    options = Options(**wishes)
    targets = _targets(fix, files, name)
    _known_standard(options.standard)
    from api.messages.standalone import form_of, page

    worst, documents, excerpts, plans = EXIT_DONE, [], [], []
    with progress("datamo check", len(files)) as advance:
        for one, target in zip(files, targets, strict=True):
            checked = _check(one, name, options, **asked, fixed=target)
            advance(1)
            documents.append(_show(words, checked, words.json, mended=fix is not None))
            excerpts.append([table.stats.get("excerpt") or {} for table in checked.outcome.tables])
            plans.append([form_of(table) for table in checked.outcome.tables])
            worst = max(worst, _exit_code(checked.outcome))
    if words.json:
        words.give(documents[0] if len(documents) == 1 else documents, "")
    if html is not None:
        html.write_text(page(documents, excerpts, words.tongue, plans), encoding="utf-8")
    return worst


def _targets(fix: Path | None, files: list[str], name: str) -> list[Path | None]:
    """Say where each repaired file goes; it never takes the place of a file that is checked."""
    if fix is None:
        return [None] * len(files)
    if len(files) == 1 and not fix.is_dir():
        targets = [fix]
    elif not fix.is_dir():
        raise typer.BadParameter("a folder that exists, for several files", param_hint="--fix")
    else:
        targets = [fix / f"{Path(name if one == '-' else one).stem}.csv" for one in files]
    given = {Path(one).resolve() for one in files if one != "-"}
    logs = [one.with_suffix(".changes.csv") for one in targets]
    if len(set(targets)) < len(targets) or any(one.resolve() in given for one in (*targets, *logs)):
        raise typer.BadParameter("another place than the files themselves", param_hint="--fix")
    return [*targets]


def _check(one: str, name: str, options: Any, *, problems: tuple[Path, str] | None = None, **asked: Any) -> Any:
    import gc
    from datetime import datetime

    import api.messages.document  # noqa: F401 - loaded before the child is forked, so that it is loaded once
    from catalog.quality import VIETNAM
    from pipelines import sandbox
    from pipelines.check import check_file

    gc.set_threshold(sandbox.COLLECT_EVERY)
    today = datetime.now(VIETNAM).date()
    with _path(one) as path:
        shown = name if one == "-" else ""
        asked |= {"start": sandbox.fork}
        if problems is None:
            return check_file(path, today=today, name=shown, options=options, **asked)
        with tempfile.TemporaryDirectory(prefix="datamo-rows-") as folder:
            checked = check_file(path, today=today, name=shown, options=options, rows=Path(folder), **asked)
            _tell(checked, *problems)
        return checked


def _tell(checked: Any, problems: Path, language: str) -> None:
    """Write each table with its problems; of several, each under its name."""
    from api.messages.table import write

    tables = checked.outcome.tables
    for rows, table in zip(checked.rows, tables, strict=False):
        named = problems.with_name(f"{problems.stem}-{table.resource}{problems.suffix}")
        write(rows, table.findings, problems if len(tables) == 1 else named, language)


@contextmanager
def _path(one: str) -> Iterator[Path]:
    """Give a path; standard input becomes a file for a while."""
    if one != "-":
        path = Path(one)
        with path.open("rb"):  # says in one sentence that it cannot be opened
            yield path
        return
    with tempfile.TemporaryDirectory(prefix="datamo-stdin-") as folder:
        path = Path(folder) / "stdin"
        with path.open("wb") as copy:
            while block := sys.stdin.buffer.read(BLOCK):
                copy.write(block)
        yield path


def _show(words: Any, checked: Any, quiet: bool, *, mended: bool) -> dict[str, Any]:
    from api.cli.report import show
    from api.messages.document import decisions, document, repairs

    told = document(checked, words.tongue)
    if mended:
        told |= {"fixes": repairs(checked, words.tongue), "written": [str(one) for one in checked.written]}
    if not quiet:
        show(told, words.tongue, decisions(checked, words.tongue))
    return told


def _exit_code(outcome: Any) -> int:
    if not outcome.readable:
        return EXIT_USAGE
    return EXIT_DONE if outcome.valid else EXIT_REFUSED


def _known_standard(standard: str) -> None:
    if not standard:
        return
    from standards.registry import TABLES

    if standard not in TABLES:
        raise typer.BadParameter(f"{standard} (datamo standards list)", param_hint="--standard")


def _schema(path: Path | None) -> dict[str, Any] | None:
    """Read a Table Schema; its members are whitelisted where it is used."""
    if path is None:
        return None
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as wrong:
        raise typer.BadParameter(f"JSON: {wrong}", param_hint="--schema") from None
    if not isinstance(found, dict):
        raise typer.BadParameter("an object with fields", param_hint="--schema")
    return found
