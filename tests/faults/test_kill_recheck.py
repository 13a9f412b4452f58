"""A worker killed in the middle of checking published data again: another goes on, and nothing is done double."""

from __future__ import annotations

import io
from datetime import date
from pathlib import Path

import pytest

from api.wiring import Site
from catalog.installed import Release
from catalog.model import Options
from pipelines.releases import Given, Office, draft
from pipelines.steps.receive import receive
from tests.faults.place import PATIENCE_SECONDS, Place, eventually, stop
from tests.releases import BASIS, EFFECTIVE, SCHOOLS, merger

DATASETS = 3


def accepted(site: Site) -> Release:
    """A release that merges two communes, in force."""
    shop = site.workshop()
    assert shop.bookcase is not None
    office = Office(catalog=site.catalog, files=site.files, bookcase=shop.bookcase, today=shop.today)
    system = site.catalog.system()
    made = draft(office, system, Given(
        codelist="vn-commune", content=merger(), effective=date.fromisoformat(EFFECTIVE), basis=BASIS, source="Công báo",
    ))
    return site.catalog.accept_release(system, made.id, digest=made.digest)


def published(place: Place, site: Site) -> list[str]:
    names = [place.draft(site, f"truong-{number}") for number in range(DATASETS)]
    uploads = [
        receive(site.catalog, site.files, site.catalog.system(), one, io.BytesIO(SCHOOLS), "truong.csv",
                Options(standard="vn-school"), limit=10**6).id
        for one in names
    ]
    worker = place.worker()
    try:
        assert place.wait(site, uploads) == ["published"] * DATASETS, place.log()
    finally:
        stop(worker)
    return names


@pytest.mark.parametrize("point", ["before-record_recheck", "after-record_recheck"])
def test_a_recheck_goes_on_where_a_killed_worker_left_it(tmp_path: Path, point: str) -> None:
    place = Place(tmp_path)
    with place.site() as site:
        published(place, site)
        release = accepted(site)
        first = place.worker(point)
        first.wait(PATIENCE_SECONDS)
        assert first.returncode == -9, place.log()
        second = place.worker()
        try:
            assert eventually(lambda: site.catalog.release(site.catalog.system(), release.id).rechecked), place.log()
        finally:
            stop(second)
        found = site.catalog.rechecks_under(site.catalog.system(), release.id)
        assert [(one.recheck.state, one.recheck.result["rows"]) for one in found] == [("open", 1)] * DATASETS, place.log()
        with site.records.read() as unit:
            acts = [one.act for one in unit.audit_rows(0, 10_000)]
        assert (acts.count("recheck-open"), acts.count("recheck-done")) == (DATASETS, 1)
        assert list(site.catalog.verify(deep=True)) == []
