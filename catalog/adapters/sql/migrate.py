"""Bring the schema of the records to the version that this code needs, with Alembic."""

from __future__ import annotations

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import Connection

from catalog.errors import Unavailable


def revision_of(connection: Connection) -> str:
    """Give the version of the schema, "" where there is none yet."""
    return MigrationContext.configure(connection).get_current_revision() or ""


def knows(revision: str) -> bool:
    """Tell whether a version of the schema is one of ours."""
    config = Config()
    config.set_main_option("script_location", "infra:migrations")
    try:
        return ScriptDirectory.from_config(config).get_revision(revision) is not None
    except CommandError:
        return False


def migrate(connection: Connection) -> None:
    """Upgrade in the connection's transaction; raises Unavailable for a schema that a newer Datamo made."""
    config = Config()
    config.set_main_option("script_location", "infra:migrations")
    config.attributes["connection"] = connection
    current = MigrationContext.configure(connection).get_current_revision()
    if current is not None:
        try:
            ScriptDirectory.from_config(config).get_revision(current)
        except CommandError as unknown:
            raise Unavailable("database-newer", revision=current) from unknown
    command.upgrade(config, "head")
