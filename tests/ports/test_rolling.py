"""Old and new versions of Datamo side by side: each migration only adds, so that the version before it goes on working."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, create_engine, inspect, text

from catalog.adapters.sql import migrate


def config(connection: Connection | None = None) -> Config:
    made = Config()
    made.set_main_option("script_location", "infra:migrations")
    made.attributes["connection"] = connection
    return made


REVISIONS = [one.revision for one in reversed(list(ScriptDirectory.from_config(config()).walk_revisions()))]
Shape = dict[str, dict[str, dict[str, Any]]]


def upgrade(engine: Engine, revision: str) -> None:
    with engine.begin() as connection:
        command.upgrade(config(connection), revision)


def shape(engine: Engine) -> Shape:
    """Tables, their columns, and of each what an older version counts on."""
    seen = inspect(engine)
    return {
        table: {
            one["name"]: {"type": str(one["type"]), "must": not one["nullable"], "filled": one["default"] is not None}
            for one in seen.get_columns(table)
        }
        for table in seen.get_table_names()
    }


def unique(engine: Engine) -> set[tuple[str, ...]]:
    """What may be there once only: what a version writes that does not know of it could be refused."""
    seen = inspect(engine)
    found = {(table, *sorted(one["column_names"])) for table in seen.get_table_names() for one in seen.get_unique_constraints(table)}
    return found | {
        (table, *sorted(str(name) for name in one["column_names"]))
        for table in seen.get_table_names() for one in seen.get_indexes(table) if one["unique"]
    }


def broken(before: Shape, after: Shape) -> list[str]:
    """What would break a version that knows only ``before``."""
    found = [f"{table} is gone" for table in before if table not in after]
    for table in before.keys() & after.keys():
        old, new = before[table], after[table]
        found += [f"{table}.{name} is gone" for name in old if name not in new]
        found += [f"{table}.{name} has another type" for name in old.keys() & new.keys() if old[name]["type"] != new[name]["type"]]
        found += [f"{table}.{name} must be filled now" for name in old.keys() & new.keys() if new[name]["must"] > old[name]["must"]]
        found += [
            f"{table}.{name} is new and has to be filled"
            for name in new.keys() - old.keys() if new[name]["must"] and not new[name]["filled"]
        ]
    return found


def test_each_migration_leaves_all_that_the_version_before_it_reads_and_writes(tmp_path: Path) -> None:
    engine = create_engine(f"sqlite:///{tmp_path}/datamo.db")
    upgrade(engine, REVISIONS[0])
    for revision in REVISIONS[1:]:
        before, once = shape(engine), unique(engine)
        upgrade(engine, revision)
        after = shape(engine)
        assert broken(before, after) == [], revision
        assert {one for one in unique(engine) - once if one[0] in before} == set(), revision
    engine.dispose()


@pytest.mark.parametrize(("change", "said"), [
    ("DROP TABLE claims", "claims is gone"),
    ("ALTER TABLE people RENAME COLUMN name TO called", "people.name is gone"),
    ("ALTER TABLE site ADD COLUMN more TEXT NOT NULL DEFAULT ''", ""),
    ("ALTER TABLE site ADD COLUMN more TEXT", ""),
])
def test_a_migration_that_takes_something_away_is_found(tmp_path: Path, change: str, said: str) -> None:
    engine = create_engine(f"sqlite:///{tmp_path}/datamo.db")
    upgrade(engine, REVISIONS[0])
    before = shape(engine)
    with engine.begin() as connection:
        connection.execute(text(change))
    assert [one for one in broken(before, shape(engine)) if one == said] == ([said] if said else [])
    if not said:
        assert broken(before, shape(engine)) == []
    engine.dispose()


def test_the_newest_version_is_known_without_alembic_so_that_a_start_need_not_load_it() -> None:
    assert list(migrate.revisions()) == REVISIONS
