"""Commands of erasure, for whoever runs the machine: two people are named, and the work can be done at once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from api.cli.voice import EXIT_REFUSED, Voice, opened, table, voice

if TYPE_CHECKING:
    from catalog.erasure import Erasure

app = typer.Typer()
erase = typer.Typer(help="Personal data published by mistake: asked for by one person, confirmed by a second one.")
app.add_typer(erase, name="erase")
Who = Annotated[str, typer.Option("--by", metavar="NAME", help="The person in whose name this is done.")]


@erase.command("ask")
def ask(  # noqa: PLR0917 - options of a command
    context: typer.Context,
    dataset: Annotated[str, typer.Argument(metavar="DATASET", help="Its id or address.")],
    by: Who,
    reason: Annotated[str, typer.Option("--reason", help="Why, in words that hold no personal data; it is public.")],
    version: Annotated[list[int] | None, typer.Option("--version", help="A version; all when left out.")] = None,
    upload: Annotated[str, typer.Option("--upload", metavar="ID", help="An upload, and the versions of it.")] = "",
    sharing: Annotated[
        str, typer.Option("--sharing", help="include or keep, where other versions hold the same bytes.")
    ] = "",
) -> None:
    """Ask for an erasure; nothing goes before a second person confirms."""
    if sharing not in {"", "include", "keep"}:
        raise typer.BadParameter("include or keep", param_hint="--sharing")
    with opened(context) as site:
        chosen: Any = sharing
        one = site.catalog.ask_erasure(
            site.catalog.caller_named(by), dataset, versions=version or (), upload=upload, reason=reason, sharing=chosen
        )
        _tell(voice(context), one)


@erase.command("confirm")
def confirm(context: typer.Context, erasure: Annotated[str, typer.Argument(metavar="ID")], by: Who) -> None:
    """Confirm what somebody else asked for, and do it at once where no worker is there to."""
    with opened(context, writer=True) as site:
        one = site.catalog.confirm_erasure(site.catalog.caller_named(by), erasure)
        site.erase_now()
        _tell(voice(context), site.catalog.erasure(site.catalog.system(), one.id))


@erase.command("refuse")
def refuse(context: typer.Context, erasure: Annotated[str, typer.Argument(metavar="ID")], by: Who) -> None:
    """Turn a request down."""
    with opened(context) as site:
        _tell(voice(context), site.catalog.refuse_erasure(site.catalog.caller_named(by), erasure))


@erase.command("list")
def every(context: typer.Context) -> None:
    """List all erasures, oldest first."""
    with opened(context) as site:
        found = site.catalog.erasures(site.catalog.system())
        rows = [(one.id, one.state, one.slug, len(one.hashes), one.asked_by, one.confirmed_by) for one in found]
        head = ("id", "state", "dataset", "objects", "asked by", "confirmed by")
        text = table(rows, head) if rows else ""
        voice(context).give({"items": [_shown(one) for one in found], "total": len(found)}, text)


@erase.command("run")
def run(context: typer.Context) -> None:
    """Finish what was confirmed and is not done yet; a worker does this by itself."""
    with opened(context, writer=True) as site:
        done = site.erase_now()
        words = voice(context)
        words.give({"finished": done}, "")
        if done is None:
            words.say("Một tiến trình datamo work đang làm việc này.", "A worker is at it already.")
            raise typer.Exit(EXIT_REFUSED)
        words.say(f"Đã xong {done} yêu cầu xóa.", f"{done} erasures finished.")


def _shown(one: Erasure) -> dict[str, Any]:
    return {
        "id": one.id, "state": one.state, "dataset": one.slug, "versions": list(one.versions), "whole": one.whole,
        "objects": len(one.hashes), "asked_by": one.asked_by, "confirmed_by": one.confirmed_by,
        "backups_until": one.backups_until, "store_keeps": one.store_keeps,
    }


def _tell(words: Voice, one: Erasure) -> None:
    words.give(_shown(one), one.id)
    if one.state == "asked":
        words.say("Cần một người thứ hai xác nhận.", "A second person has to confirm it.")
    if one.state in ("confirmed", "done"):
        words.say(
            f"Bản sao lưu cũ còn giữ dữ liệu đến {one.backups_until:%d/%m/%Y}.",
            f"Older backups hold the data until {one.backups_until:%Y-%m-%d}.",
        )
    if one.store_keeps:
        words.say(
            "Kho S3 có thể còn giữ trạng thái cũ của tệp; hãy xóa bằng tay, xem docs/operate.md.",
            "The bucket may keep older states of the files: delete them by hand, see docs/operate.md.",
        )
