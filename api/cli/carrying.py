"""Commands that carry a site elsewhere: backup, restore, move, rebuild."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from api.cli.voice import EXIT_REFUSED, Voice, opened, voice

if TYPE_CHECKING:
    from pipelines.carrying.restore import Filled

app = typer.Typer()

Folder = Annotated[Path, typer.Argument(metavar="DIR", help="The backup's folder.")]
Losses = Annotated[
    bool, typer.Option("--accept-losses", help="Go on although files are missing that the site itself had lost.")
]

Erasures = Annotated[
    list[Path] | None,
    typer.Option("--erasures", metavar="FILE", help="One more record of erasures (erasures.json) to apply again."),
]


@app.command()
def backup(
    context: typer.Context,
    folder: Folder,
    deep: Annotated[bool, typer.Option("--deep", help="Hash again what the folder holds from before.")] = False,
) -> None:
    """Back the site up into a folder while it runs; what is there from before is not copied again."""
    from api.wiring import open_folder
    from pipelines.carrying.backup import back_up

    with opened(context) as site:
        site.migrate()
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        made = back_up(site.house(), open_folder(folder), folder, now=datetime.now(UTC), deep=deep)
    words = voice(context)
    rows = sum(one.lines for one in made.tables.values())
    words.give(
        {"made": made.made, "rows": rows, "objects": made.objects.lines, "uploads": len(made.uploads),
         "lost": dict(made.lost), "seal": made.seal},
        "\n".join(f"{sha256} {problem}" for sha256, problem in made.lost.items()),
    )
    if made.lost:
        words.say(
            f"Đã sao lưu, nhưng trang đã mất {len(made.lost)} tệp; xem datamo verify.",
            f"Backed up, but the site has lost {len(made.lost)} files; see datamo verify.",
        )
        raise typer.Exit(EXIT_REFUSED)
    words.say(
        f"Đã sao lưu {rows} dòng và {made.objects.lines} tệp.", f"{rows} rows and {made.objects.lines} files backed up."
    )


@app.command()
def restore(
    context: typer.Context, folder: Folder, accept_losses: Losses = False, erasures: Erasures = None
) -> None:
    """Fill an empty site with a backup, on whatever engines; the backup is proved first, the site afterwards."""
    from api.wiring import open_folder
    from pipelines.carrying import folder as folders
    from pipelines.carrying.restore import restore as fill

    folders.read(folder)
    with opened(context, writer=True) as site:
        site.migrate()
        _tell(voice(context), fill(site.house(), open_folder(folder), folder, accept_losses=accept_losses,
                                   erasures=erasures or ()))


@app.command()
def move(
    context: typer.Context,
    to: Annotated[Path, typer.Option("--to", metavar="FILE", help="A file with the settings of the new engines.")],
    accept_losses: Losses = False,
) -> None:
    """Copy the site to the engines that a file of settings names; stop its worker and web processes first."""
    from api.wiring import database_url, open_site, read_settings
    from catalog.errors import Conflict
    from pipelines.carrying.move import move as carry

    wanted = _settings_of(to)
    with opened(context) as here:
        settings = read_settings(**wanted)
        if database_url(settings) == database_url(here.settings):
            raise Conflict("move-same-database")
        here.migrate()
        there = open_site(settings, writer=True)
        try:
            there.migrate()
            same = settings.files_url == here.settings.files_url
            filled = carry(here.house(), there.house(), same_files=same, accept_losses=accept_losses)
        finally:
            there.close()
    words = voice(context)
    _tell(words, filled)
    names = ", ".join(f"DATAMO_{name.upper()}" for name in wanted)
    words.say(
        f"Để chuyển sang, hãy đưa {names} từ {to} vào cài đặt của trang rồi khởi động lại.",
        f"To switch over, put {names} from {to} into the site's settings and start it again.",
    )


@app.command()
def rebuild(context: typer.Context, erasures: Erasures = None) -> None:
    """Make the public catalogue again in an empty database, from the store of files alone."""
    from pipelines.carrying.rebuild import rebuild as make

    with opened(context, writer=True) as site:
        site.migrate()
        _tell(voice(context), make(site.house(), erasures=erasures or ()))


def _settings_of(path: Path) -> dict[str, Any]:
    """Read the settings that a file names, as ``.env`` is read."""
    from dotenv import dotenv_values

    found = dotenv_values(path) if path.is_file() else _no_file(path)
    return {
        name.removeprefix("DATAMO_").lower(): value for name, value in found.items()
        if name.startswith("DATAMO_") and value
    }


def _no_file(path: Path) -> dict[str, str | None]:
    raise FileNotFoundError(2, "no such file", str(path))


def _tell(words: Voice, filled: Filled) -> None:
    """Say what the site was filled with; exit 1 when a promise does not hold there."""
    rows = sum(filled.rows.values())
    words.give(
        {"ok": not filled.broken, "rows": rows, "objects": filled.objects, "resumed": filled.resumed,
         "broken": list(filled.broken)},
        "\n".join(filled.broken),
    )
    if filled.broken:
        words.say(f"{len(filled.broken)} lời hứa không giữ được.", f"{len(filled.broken)} promises do not hold.")
        raise typer.Exit(EXIT_REFUSED)
    words.say(
        f"Xong: {rows} dòng, {filled.objects} tệp, {filled.resumed} việc được làm tiếp; mọi lời hứa đều giữ được.",
        f"Done: {rows} rows, {filled.objects} files, {filled.resumed} uploads taken up again; every promise holds.",
    )
