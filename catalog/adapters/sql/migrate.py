"""Bring the schema of the records to the version that this code needs, with Alembic."""

from __future__ import annotations

from importlib import resources
from typing import TYPE_CHECKING, Final

from sqlalchemy import Connection, inspect, text

from catalog.errors import Unavailable
from standards import late

if TYPE_CHECKING:
    from alembic import command, config
else:
    command, config = late.module("alembic.command"), late.module("alembic.config")

VERSIONS: Final = "alembic_version"
ENCODING: Final = "UTF8"
"""What a database of PostgreSQL has to write letters in: another keeps no Vietnamese, or tells nobody what it keeps."""


def revision_of(connection: Connection) -> str:
    """Give the version of the schema, "" where there is none yet."""
    if not inspect(connection).has_table(VERSIONS):
        return ""
    return str(connection.execute(text(f"SELECT version_num FROM {VERSIONS}")).scalar() or "")  # noqa: S608 - our own name


def revisions() -> tuple[str, ...]:
    """Give the versions that this code knows, oldest first: a file each, whose name begins with the version."""
    names = (one.name for one in (resources.files("infra") / "migrations" / "versions").iterdir())
    return tuple(sorted(name.partition("_")[0] for name in names if name.endswith(".py") and name[0].isdigit()))


def knows(revision: str) -> bool:
    """Tell whether a version of the schema is one of ours."""
    return revision in revisions()


def migrate(connection: Connection) -> None:
    """Upgrade in the connection's transaction; raises Unavailable for a schema that a newer Datamo made.

    Where nothing is to be done Alembic is not loaded either: it takes a quarter of a second of each start.
    """
    current = revision_of(connection)
    if current and not knows(current):
        raise Unavailable("database-newer", revision=current)
    if not current and connection.dialect.name == "postgresql":
        _refuse_other_letters(connection)
    if current == revisions()[-1]:
        return
    made = config.Config()
    made.set_main_option("script_location", "infra:migrations")
    made.attributes["connection"] = connection
    command.upgrade(made, "head")


def _refuse_other_letters(connection: Connection) -> None:
    found = connection.execute(text("SHOW server_encoding")).scalar()
    said = found.decode() if isinstance(found, bytes) else str(found)  # where there is no encoding all texts are bytes
    if said != ENCODING:
        raise Unavailable("database-encoding", encoding=said)
