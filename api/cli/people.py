"""Commands for people, agencies and tokens, as the site itself: for whoever runs the machine."""

from __future__ import annotations

import re
import sys
from datetime import UTC, datetime, timedelta
from typing import Annotated

import typer

from api.cli.voice import opened, voice

app = typer.Typer()
user = typer.Typer(help="People with an account.", no_args_is_help=True)
org = typer.Typer(help="Agencies.", no_args_is_help=True)
token = typer.Typer(help="API tokens.", no_args_is_help=True)
app.add_typer(user, name="user")
app.add_typer(org, name="org")
app.add_typer(token, name="token")

SITE_ROLES = ("person", "steward", "operator")
ROLES = ("reader", "editor", "reviewer", "admin")
SPANS = {"h": 3600, "d": 86400, "w": 7 * 86400}


@user.command("add")
def add_user(  # noqa: PLR0917 - each is an option
    context: typer.Context,
    name: Annotated[str, typer.Argument(help="Sign-in name.")],
    role: Annotated[str, typer.Option(help="operator, steward or person.")] = "person",
    email: Annotated[str, typer.Option(help="Address for messages.")] = "",
    title: Annotated[str, typer.Option(help="Name as shown.")] = "",
    member: Annotated[list[str] | None, typer.Option("--org", help="ID:ROLE in an agency; may be repeated.")] = None,
    password_stdin: Annotated[bool, typer.Option("--password-stdin", help="Read the password from one line.")] = False,
) -> None:
    """Add a person."""
    if role not in SITE_ROLES:
        raise typer.BadParameter(", ".join(SITE_ROLES), param_hint="--role")
    places = [_membership(one) for one in member or []]
    password = sys.stdin.readline().rstrip("\r\n") if password_stdin else ""
    with opened(context) as site:
        site.migrate()
        system = site.catalog.system()
        made = site.catalog.add_person(system, name, title=title, email=email, role=role, password=password)
        for organisation, rank in places:
            site.catalog.set_member(system, organisation, made.name, rank)
        voice(context).give({"id": made.id, "name": made.name, "role": made.role}, made.name)


def _membership(text: str) -> tuple[str, str]:
    organisation, _, rank = text.rpartition(":")
    if not organisation or rank not in ROLES:
        raise typer.BadParameter(f"ID:ROLE with a role of {', '.join(ROLES)}", param_hint="--org")
    return organisation, rank


@org.command("add")
def add_org(
    context: typer.Context,
    code: Annotated[str, typer.Argument(help="Public identifier (QĐ 20/2020/QĐ-TTg), like H12.")],
    title: Annotated[str, typer.Option(help="Name in Vietnamese.")],
    title_en: Annotated[str, typer.Option(help="Name in English.")] = "",
    slug: Annotated[str, typer.Option(help="Last part of its address; made from the name when left out.")] = "",
) -> None:
    """Add an agency."""
    with opened(context) as site:
        site.migrate()
        names = {"vi": title} | ({"en": title_en} if title_en else {})
        made = site.catalog.add_organisation(site.catalog.system(), code=code, slug=slug, title=names)
        voice(context).give({"id": made.code or made.id, "slug": made.slug, "title": dict(made.title)}, made.slug)


@token.command("create")
def create_token(
    context: typer.Context,
    name: Annotated[str, typer.Argument(metavar="USER", help="Whose token.")],
    expires: Annotated[str, typer.Option(help="A span (30d, 12h, 2w) or an RFC 3339 time; never when left out.")] = "",
) -> None:
    """Make a token and print it, this once."""
    until = parse_expiry(expires)
    with opened(context) as site:
        site.migrate()
        made = site.catalog.add_token(site.catalog.system(), name, expires=until)
        document = {"id": made.id, "token": made.secret, "user": name, "expires": made.expires}
        voice(context).give(document, made.secret)


def parse_expiry(text: str) -> datetime | timedelta | None:
    """Read ``30d``, ``12h``, ``2w`` or an RFC 3339 time; "" means never. Raises BadParameter."""
    if not text:
        return None
    if span := re.fullmatch(r"(\d{1,5})([hdw])", text):
        return timedelta(seconds=int(span[1]) * SPANS[span[2]])
    try:
        when = datetime.fromisoformat(text)
    except ValueError:
        raise typer.BadParameter("30d, 12h, 2w or a time like 2027-01-31T00:00:00Z", param_hint="--expires") from None
    return when if when.tzinfo else when.replace(tzinfo=UTC)
