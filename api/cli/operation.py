"""Commands that keep a site in order: reindex, verify, gc, jobs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from api.cli.voice import EXIT_REFUSED, EXIT_USAGE, Voice, opened, table, voice

if TYPE_CHECKING:
    from api.wiring import Site
    from catalog.model import Job

MANY = 10_000

app = typer.Typer()
jobs = typer.Typer(help="Work under way and work set aside.", invoke_without_command=True)
app.add_typer(jobs, name="jobs")


@app.command()
def reindex(
    context: typer.Context,
    back: Annotated[
        bool, typer.Option("--back", help="Go back to the index before the last rebuild instead (Elasticsearch).")
    ] = False,
) -> None:
    """Build the search index anew from the records; searching goes on meanwhile."""
    from pipelines.steps.index import rebuild

    with opened(context, writer=True) as site:
        site.migrate()
        if back:
            _go_back(voice(context), site)
            return
        count = rebuild(site.catalog, site.index)
        words = voice(context)
        words.say(f"Đã lập chỉ mục {count} bộ dữ liệu.", f"{count} datasets indexed.")
        words.give({"indexed": count}, "")


def _go_back(words: Voice, site: Site) -> None:
    """Put the index before the last rebuild in use again, with what was put since, where the engine keeps one."""
    go_back = getattr(site.index, "back", None)
    if go_back is None:
        words.say("Chỉ Elasticsearch giữ chỉ mục cũ.", "Only Elasticsearch keeps the index before.")
        raise typer.Exit(EXIT_REFUSED)
    name = go_back()
    words.say(f"Đã quay lại chỉ mục {name}.", f"Back at the index {name}.")
    words.give({"index": name}, "")


@app.command()
def verify(
    context: typer.Context,
    deep: Annotated[bool, typer.Option("--deep", help="Read and hash every byte again.")] = False,
) -> None:
    """Check every promise of the publish protocol; exit 1 when one is broken."""
    from pipelines.carrying.verify import verify as verify_site

    with opened(context) as site:
        site.prove()
        broken = list(verify_site(site.catalog, site.settings.work_dir.absolute(), deep=deep))
        words = voice(context)
        words.give({"ok": not broken, "broken": broken}, "\n".join(broken))
        if broken:
            words.say(f"{len(broken)} lời hứa không giữ được.", f"{len(broken)} promises do not hold.")
            raise typer.Exit(EXIT_REFUSED)
        words.say("Mọi lời hứa đều giữ được.", "Every promise holds.")


@app.command()
def gc(
    context: typer.Context,
    hours: Annotated[int, typer.Option(min=0, help="Leave alone what is younger.")] = 24,
) -> None:
    """Delete objects that nothing refers to, old staged uploads and the notes of finished jobs."""
    with opened(context) as site:
        site.prove()
        swept = site.catalog.sweep(older_than_hours=hours)
        forgotten = site.jobs.forget_done()
        words = voice(context)
        words.say(f"Đã xóa {swept} đối tượng.", f"{swept} objects deleted.")
        words.give({"objects": swept, "jobs": forgotten}, "")


@jobs.callback()
def list_jobs(
    context: typer.Context,
    state: Annotated[list[str] | None, typer.Option(help="waiting, running, set-aside, done or cancelled.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=10_000, help="At most so many.")] = 50,
) -> None:
    """List jobs, the newest first."""
    if context.invoked_subcommand:
        return
    with opened(context) as site:
        site.prove(files=False)
        found = site.jobs.jobs(states=tuple(state or ()), limit=limit)
        items = [_document(one) for one in found]
        workers = [{"slot": slot, "seen_seconds_ago": round(seconds)} for slot, seconds in site.jobs.workers()]
        rows = [
            (one.id, one.state, f"{one.updated:%Y-%m-%d %H:%M}" if one.updated else "", one.error[:80]) for one in found
        ]
        text = table(rows, ("id", "state", "updated", "error")) if rows else ""
        voice(context).give({"items": items, "total": len(items), "workers": workers}, text)


@jobs.command("show")
def show(context: typer.Context, job: Annotated[str, typer.Argument(metavar="ID")]) -> None:
    """Show everything about a job, by its id or by the submission it is for."""
    with opened(context) as site:
        site.prove(files=False)
        from catalog.errors import NotFound

        found = site.jobs.status(job)
        if found is None:
            raise NotFound("job-not-found", job=job)
        document = _document(found)
        voice(context).give(document, "\n".join(f"{name:9} {value}" for name, value in document.items() if value != ""))


@jobs.command("retry")
def retry(
    context: typer.Context,
    job: Annotated[str, typer.Argument(metavar="[ID]")] = "",
    every: Annotated[bool, typer.Option("--all", help="All that were set aside.")] = False,
) -> None:
    """Run a job that was set aside or cancelled once more, from its first step; or all that were set aside."""
    words = voice(context)
    if bool(job) == every:
        words.say("Cho biết mã của một việc, hoặc --all.", "Name one job, or --all.")
        raise typer.Exit(EXIT_USAGE)
    with opened(context) as site:
        site.prove(files=False)
        chosen = [one.id for one in site.jobs.jobs(states=("set-aside",), limit=MANY)] if every else [job]
        for one in chosen:
            site.catalog.retry_job(site.catalog.system(), one)
        words.say(f"Sẽ làm lại {len(chosen)} việc.", f"To be done again: {len(chosen)}.")
        words.give({"retried": chosen if every else job}, "")


@jobs.command("cancel")
def cancel(context: typer.Context, job: Annotated[str, typer.Argument(metavar="ID")]) -> None:
    """Stop a job before its next step."""
    with opened(context) as site:
        site.prove(files=False)
        site.catalog.cancel_job(site.catalog.system(), job)
        words = voice(context)
        words.say("Việc này dừng lại trước bước kế tiếp.", "It stops before its next step.")
        words.give({"cancelled": job}, "")


def _document(one: Job) -> dict[str, Any]:
    return {"id": one.id, "flow": one.flow, "key": one.key, "state": one.state, "created": one.created,
            "updated": one.updated, "attempts": one.attempts, "error": one.error}
