"""Read-only mode across processes: workers take nothing new, a move shuts the old site, and both say so."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from catalog.errors import Unavailable
from tests.faults.place import Place, stop
from tests.faults.test_carrying import Bare, datamo


@contextmanager
def at_work(place: Place) -> Iterator[Any]:
    worker = place.worker()
    try:
        yield worker
    finally:
        assert stop(worker) == 0, place.log()


def test_a_worker_takes_no_new_check_while_the_site_is_read_only_and_goes_on_afterwards(place: Place) -> None:
    """The check of a file that was acknowledged before waits, and is not lost."""
    with place.site() as site:
        first, second = (place.upload(site, place.draft(site, f"bo-{one}")).id for one in range(2))
        code, told = datamo(place, "readonly", "on", "--notice", "Bảo trì kho.", "--until", "2030-01-01T00:00:00Z")
        assert (code, told["read_only"]) == (0, True)
        with at_work(place):
            assert place.wait_job(site, first, "running", 4) is None, place.log()
            assert {site.catalog.submission(site.catalog.system(), one).state for one in (first, second)} == {"received"}
            with pytest.raises(Unavailable, match="read-only"):
                place.upload(site, "bo-0")
            assert datamo(place, "readonly", "off")[0] == 0
            assert place.wait(site, [first, second]) == ["published", "published"], place.log()
        assert datamo(place, "readonly") == (0, {"read_only": False})


def test_a_site_that_was_moved_takes_no_changes_any_more_and_the_new_one_does(tmp_path: Path) -> None:
    here, there = Place(tmp_path / "here"), Bare(tmp_path / "there")
    settings = tmp_path / "new.env"
    settings.write_text("".join(f"{name}={value}\n" for name, value in there.environment.items()))
    with here.site() as site:
        dataset = here.draft(site, "bo-1")
        assert datamo(here, "move", "--to", str(settings))[0] == 0
        with pytest.raises(Unavailable, match="read-only"):
            here.upload(site, dataset)
        assert "máy chủ mới" in site.catalog.maintenance().notice
    with there.site() as site:
        assert site.catalog.maintenance() is None
        assert there.upload(site, dataset).state == "received"
    code, told = datamo(here, "move", "--to", str(settings))
    assert (code, told["error"]["code"]) == (1, "site-not-empty")


def test_a_move_that_is_refused_leaves_the_site_writable(tmp_path: Path) -> None:
    here, there = Place(tmp_path / "here"), Place(tmp_path / "there")
    settings = tmp_path / "new.env"
    settings.write_text("".join(f"{name}={value}\n" for name, value in there.environment.items()))
    assert datamo(here, "move", "--to", str(settings))[0] == 1
    with here.site() as site:
        assert site.catalog.maintenance() is None
        here.draft(site, "bo-1")
