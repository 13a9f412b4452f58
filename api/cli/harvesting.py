"""Commands for catalogues elsewhere: sources that are harvested again and again, and a CKAN site that moves here."""

from __future__ import annotations

import re
import sys
from typing import TYPE_CHECKING, Annotated, Any
from urllib.parse import urlsplit

import typer

from api.cli.voice import EXIT_REFUSED, Voice, opened, table, voice

if TYPE_CHECKING:
    from api.wiring import Site
    from catalog.harvest import Run, Source

app = typer.Typer()
harvest = typer.Typer(help="Catalogues elsewhere that are read again and again.", no_args_is_help=True)
moving = typer.Typer(help="Move another catalogue here.", no_args_is_help=True)
app.add_typer(harvest, name="harvest")
app.add_typer(moving, name="import")

Name = Annotated[str, typer.Argument(metavar="NAME", help="What the source is called.")]


@harvest.command("add")
def add(  # noqa: PLR0917 - each is an option
    context: typer.Context,
    name: Name,
    url: Annotated[str, typer.Argument(help="Its address: of the CKAN site, or of the document.")],
    kind: Annotated[str, typer.Option(help="ckan, dcat, datapackage, csv or sitemap.")] = "ckan",
    org: Annotated[str, typer.Option(help="The agency that its datasets belong to here.")] = "",
    agencies: Annotated[bool, typer.Option("--agencies", help="Let its agencies come along.")] = False,
    hours: Annotated[int, typer.Option(min=0, help="Hours between two runs; 0: only by hand.")] = 24,
    title: Annotated[str, typer.Option(help="What people call it.")] = "",
    language: Annotated[str, typer.Option(help="The language of texts that do not say theirs.")] = "vi",
) -> None:
    """Keep a source; the worker harvests it by its schedule."""
    with opened(context) as site:
        site.migrate()
        made = site.catalog.add_source(
            site.catalog.system(), name=name, kind=kind, url=url, organisation=org, agencies=agencies, hours=hours,
            title=title, language=language,
        )
        voice(context).give(_source(made), made.name)


@harvest.command("list")
def list_(context: typer.Context) -> None:
    """List the sources with their last runs."""
    with opened(context) as site:
        site.prove(files=False)
        found = []
        for one in site.catalog.sources(site.catalog.system()):
            runs = site.catalog.runs(site.catalog.system(), one.id, 1)
            found.append({**_source(one), "last": _run(runs[0]) if runs else None})
        rows = [
            (one["name"], one["kind"], one["datasets"], (one["last"] or {}).get("state", "–"),
             str((one["last"] or {}).get("finished") or "")[:19], one["url"]) for one in found
        ]
        voice(context).give({"sources": found}, table(rows, ("name", "kind", "datasets", "last", "finished", "url")))


@harvest.command("run")
def run(
    context: typer.Context,
    name: Name,
    whole: Annotated[bool, typer.Option("--whole", help="Look at everything, not only at what changed.")] = False,
    later: Annotated[bool, typer.Option("--later", help="Let the worker do it.")] = False,
) -> None:
    """Harvest a source now; a run that was interrupted is gone on with."""
    with opened(context) as site:
        site.migrate()
        if later:
            begun = site.catalog.begin_run(site.catalog.system(), name, whole=whole)
            voice(context).give(_run(begun), begun.id)
            return
        _walk(site, voice(context), name, whole=whole)


@harvest.command("report")
def report(context: typer.Context, name: Name) -> None:
    """Tell of the runs of a source, the newest first, and of what was not taken in the newest."""
    from api.messages.harvested import amiss

    with opened(context) as site:
        site.prove(files=False)
        runs = site.catalog.runs(site.catalog.system(), name)
        found = [_run(one) for one in runs]
        lines = [(one["id"], one["state"], str(one["started"])[:19], _counts(one), one["reason"]) for one in found]
        text = table(lines, ("run", "state", "started", "counts", "reason"))
        for problem in runs[0].problems if runs else ():
            text += "\n" + ": ".join(amiss(problem, voice(context).tongue))
        voice(context).give({"runs": found}, text)


@harvest.command("confirm")
def confirm(context: typer.Context, name: Name) -> None:
    """Let go what the last run did not find any more, though it is more than a tenth."""
    with opened(context) as site:
        site.prove()
        ended = site.catalog.confirm_run(site.catalog.system(), name)
        voice(context).give(_run(ended), _counts(_run(ended)))


@harvest.command("remove")
def remove(context: typer.Context, name: Name) -> None:
    """Forget a source; what came from it stays."""
    with opened(context) as site:
        site.prove()
        site.catalog.drop_source(site.catalog.system(), name)
        voice(context).give({"removed": name}, "")


@moving.command("ckan")
def import_ckan(
    context: typer.Context,
    url: Annotated[str, typer.Argument(help="The address of the CKAN site.")],
    org: Annotated[str, typer.Option(help="The agency here for datasets that have none there.")] = "",
    whole: Annotated[bool, typer.Option("--whole", help="Look at everything, not only at what changed.")] = False,
    language: Annotated[str, typer.Option(help="The language of its texts.")] = "vi",
) -> None:
    """Import a CKAN site: its organizations, the names of its people, its datasets with links to their files.

    Its ids and addresses lead here from then on. The same command again imports what changed since; one that was
    interrupted goes on where it was. A key that sees private datasets goes into DATAMO_HARVEST_KEYS.
    """
    from catalog.errors import NotFound

    name = name_of(url)
    with opened(context) as site:
        site.migrate()
        system = site.catalog.system()
        try:
            site.catalog.source(system, name)
        except NotFound:
            site.catalog.add_source(system, name=name, kind="ckan", url=url, organisation=org, agencies=True,
                                    moved=True, hours=0, language=language)
        _walk(site, voice(context), name, whole=whole)


def name_of(url: str) -> str:
    """Give the name of the source that an address makes."""
    parts = urlsplit(url)
    made = re.sub(r"[^a-z0-9]+", "-", f"{parts.netloc}{parts.path}".lower()).strip("-")
    return f"ckan-{made}"[:90].rstrip("-")


def _walk(site: Site, words: Voice, name: str, *, whole: bool) -> None:
    """Harvest in this process and tell how it went; exit 1 where the run failed or asks."""
    from api.messages.harvested import amiss
    from pipelines.harvest.walk import go

    begun = site.catalog.begin_run(site.catalog.system(), name, whole=whole, here=True)

    def told(one: Run) -> None:
        if sys.stderr.isatty():
            print(f"\r{one.counts.get('seen', 0)}", end="", file=sys.stderr, flush=True)

    ended = go(site.workshop().walk, begun.id, told)
    found = _run(ended)
    words.give(found, _counts(found))
    if ended.problems:
        words.say("Không nhận, hoặc không nhận hết:", "Not taken, or not all of it:")
    for problem in ended.problems[:10]:
        said = ": ".join(amiss(problem, words.tongue))
        words.say(said, said)
    if ended.state == "asks":
        words.say(
            f"{ended.going} bộ dữ liệu không còn ở nguồn: nhiều hơn một phần mười. datamo harvest confirm {name}",
            f"{ended.going} datasets are not there any more: more than a tenth. datamo harvest confirm {name}",
        )
    if ended.state == "failed":
        words.say(f"Lần thu thập không xong: {ended.reason}", f"The run failed: {ended.reason}")
    if ended.state != "done":
        raise typer.Exit(EXIT_REFUSED)


def _counts(run: dict[str, Any]) -> str:
    return ", ".join(f"{name} {number}" for name, number in run["counts"].items() if number) or "–"


def _source(one: Source) -> dict[str, Any]:
    return {
        "name": one.name, "kind": one.kind, "url": one.url, "title": one.title, "hours": one.hours,
        "paused": one.paused, "due": one.due, "datasets": one.count, "moved": one.moved,
    }


def _run(one: Run) -> dict[str, Any]:
    return {
        "id": one.id, "state": one.state, "whole": one.whole, "started": one.started, "finished": one.finished,
        "counts": dict(one.counts), "reason": one.reason, "going": one.going,
        "problems": [dict(each) for each in one.problems],
    }
