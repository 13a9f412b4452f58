"""Commands for portals elsewhere that our datasets are published at too."""

from __future__ import annotations

from typing import Annotated

import typer

from api.cli.voice import opened, table, voice

app = typer.Typer()
push = typer.Typer(help="Portals that speak CKAN, at which our datasets are published too.", no_args_is_help=True)
app.add_typer(push, name="push")

Name = Annotated[str, typer.Argument(metavar="NAME", help="What the target is called.")]


@push.command("add")
def add(  # noqa: PLR0917 - each is an option
    context: typer.Context,
    name: Name,
    url: Annotated[str, typer.Argument(help="The address of the CKAN site.")],
    org: Annotated[str, typer.Option(help="The agency here whose datasets go there.")],
    owner: Annotated[str, typer.Option(help="The organization there that they belong to.")] = "",
    prefix: Annotated[str, typer.Option(help="What goes before our addresses there.")] = "",
) -> None:
    """Keep a target; the worker tells it of every dataset that the agency has published, and of every change.

    Its key goes into DATAMO_HARVEST_KEYS.
    """
    with opened(context) as site:
        site.migrate()
        made = site.catalog.add_target(site.catalog.system(), name=name, url=url, organisation=org, owner=owner,
                                       prefix=prefix)
        voice(context).give({"name": made.name, "url": made.url}, made.name)


@push.command("list")
def list_(context: typer.Context) -> None:
    """List the targets, and every dataset that is not there as it is here."""
    with opened(context) as site:
        site.prove(files=False)
        system = site.catalog.system()
        pushes = site.catalog.pushes(system)
        targets: list[dict[str, object]] = []
        for one in site.catalog.targets(system):
            states = [each.state for each in pushes if each.target == one.name]
            counts: dict[str, object] = {state: states.count(state) for state in sorted(set(states))}
            targets.append({"name": one.name, "url": one.url, **counts})
        behind = [
            {"target": one.target, "dataset": one.dataset, "state": one.state, "tries": one.tries, "error": one.error}
            for one in pushes if one.state in ("waiting", "failed")
        ]
        rows = [(one["target"], one["dataset"], one["state"], one["tries"], one["error"]) for one in behind]
        text = table([(one["name"], one["url"]) for one in targets], ("name", "url"))
        text += "\n\n" + table(rows, ("target", "dataset", "state", "tries", "error")) if rows else ""
        voice(context).give({"targets": targets, "behind": behind}, text)


@push.command("retry")
def retry(context: typer.Context, name: Name) -> None:
    """Try again what failed at a target."""
    with opened(context) as site:
        site.prove()
        count = site.catalog.push_again(site.catalog.system(), name)
        voice(context).give({"retried": count}, str(count))


@push.command("remove")
def remove(context: typer.Context, name: Name) -> None:
    """Forget a target; what stands there stays there."""
    with opened(context) as site:
        site.prove()
        site.catalog.drop_target(site.catalog.system(), name)
        voice(context).give({"removed": name}, "")
