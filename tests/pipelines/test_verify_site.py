"""Verifying a whole site: rows that a Parquet lacks and work folders that were left over are found."""

from __future__ import annotations

import os
from pathlib import Path

from pipelines.carrying.verify import verify
from tests.site import make_town


def test_a_sound_site_keeps_every_promise_and_a_left_over_work_folder_is_found(tmp_path: Path) -> None:
    town, work = make_town(tmp_path), tmp_path / "work"
    town.published()
    assert verify(town.catalog, work, deep=True) == []
    (work / "old").mkdir(parents=True)
    (work / "new").mkdir()
    os.utime(work / "old", (0, 0))
    assert verify(town.catalog, work) == ["I11: work folder old was left over"]


def test_a_parquet_whose_rows_are_not_those_of_the_records_is_found(tmp_path: Path) -> None:
    town = make_town(tmp_path)
    slug = town.published()["slug"]
    with town.stand.records.begin() as unit:
        unit.connection.exec_driver_sql("""UPDATE versions SET body = replace(body, '"rows":2', '"rows":3')""")
    found = verify(town.catalog, tmp_path / "work", deep=True)
    assert any(one.startswith(f"I1: {slug} version 1: file") and one.endswith("has 2 rows, not 3") for one in found), found
