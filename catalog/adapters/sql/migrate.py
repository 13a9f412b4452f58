"""Bring the schema of the records to the version that this code needs, with Alembic."""

from __future__ import annotations

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import Connection

from catalog.errors import Unavailable


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
