"""How a dataset stands at a portal elsewhere, on its page: for its agency, and for nobody else."""

from __future__ import annotations

from dataclasses import replace

from tests.site import Town


def test_the_agency_sees_how_its_dataset_stands_elsewhere_and_readers_do_not(town: Town) -> None:
    slug = town.draft()["slug"]
    catalog = town.catalog
    system = catalog.system()
    catalog.add_link(system, slug, name="a", title={}, url="https://a.example.org/a.csv")
    catalog.add_target(system, name="national", url="https://national.example.org", organisation="H12")
    page = town.get(f"/datasets/{slug}", "editor").text
    assert "national" in page
    assert "đang chờ gửi" in page
    (one,) = catalog.pushes(system, slug)
    catalog.note_push(replace(one, state="failed", error="NotAuthorized: <b>no</b>", tries=3))
    page = town.get(f"/datasets/{slug}", "editor").text
    assert "gửi không được" in page
    assert "&lt;b&gt;no" in page
    assert "national" not in town.get(f"/datasets/{slug}").text
