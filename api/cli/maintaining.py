"""Commands for maintenance: the site made read-only with a notice, and writable again."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

import typer

from api.cli.voice import opened, voice

app = typer.Typer()
readonly = typer.Typer(help="Read-only mode with a notice, for maintenance.", invoke_without_command=True)
app.add_typer(readonly, name="readonly")


@readonly.callback()
def show(context: typer.Context) -> None:
    """Say whether the site takes changes."""
    if context.invoked_subcommand:
        return
    with opened(context) as site:
        found = site.catalog.maintenance()
        words = voice(context)
        members = ("notice", "until", "by", "by_setting")
        told = {name: getattr(found, name) for name in members} if found else {}
        words.give({"read_only": bool(found), **told}, found.notice if found else "")
        if found:
            words.say("Trang chỉ đọc được.", "The site is read-only.")
        else:
            words.say("Trang nhận thay đổi.", "The site takes changes.")


@readonly.command("on")
def on(
    context: typer.Context,
    notice: Annotated[str, typer.Option("--notice", help="What readers and clients are told.")] = "",
    until: Annotated[
        datetime | None,
        typer.Option("--until", help="When it is expected to end (UTC unless a zone is given).",
                     formats=["%Y-%m-%dT%H:%M:%SZ", "%Y-%m-%dT%H:%M:%S%z", "%Y-%m-%dT%H:%M%z", "%Y-%m-%dT%H:%M",
                              "%Y-%m-%d %H:%M"]),
    ] = None,
) -> None:
    """Take no changes from now on; reading and searching go on, and checks that run are finished."""
    with opened(context) as site:
        zoned = until.replace(tzinfo=UTC) if until and until.tzinfo is None else until
        site.catalog.make_read_only(site.catalog.system(), notice, zoned)
        words = voice(context)
        words.give({"read_only": True, "notice": notice, "until": zoned}, "")
        words.say("Từ bây giờ trang chỉ đọc được.", "The site is read-only from now on.")


@readonly.command("off")
def off(context: typer.Context) -> None:
    """Take changes again."""
    with opened(context) as site:
        site.catalog.make_writable(site.catalog.system())
        words = voice(context)
        words.give({"read_only": bool(site.catalog.maintenance())}, "")
        if site.catalog.maintenance():
            words.say("DATAMO_READ_ONLY vẫn giữ trang chỉ đọc.", "DATAMO_READ_ONLY still keeps the site read-only.")
        else:
            words.say("Trang nhận thay đổi trở lại.", "The site takes changes again.")
