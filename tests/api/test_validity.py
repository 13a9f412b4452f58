"""Published on a day, valid on a day: two questions to the rows, to the list of versions, and on the dataset's page."""

from __future__ import annotations

import pytest

from tests.site import SCHOOLS, Town


@pytest.fixture
def slug(town: Town) -> str:
    """Version 1 is of 2024, version 2 of 2025, version 3 corrects 2024; a month of the clock lies between them."""
    slug = town.draft()["slug"]
    for year in (2024, 2025, 2024):
        told = town.send("PATCH", f"/api/v1/datasets/{slug}", "editor",
                         {"temporal": {"start": f"{year}-01-01", "end": f"{year}-12-31"}})
        assert told.status_code == 200, told.text
        town.stand.clock.forward(days=31)
        town.release(slug, SCHOOLS)
    return slug


def test_rows_and_versions_tell_the_two_days_apart(town: Town, slug: str) -> None:
    base = f"/api/v1/datasets/{slug}"
    versions = town.get(f"{base}/versions").json()["items"]
    assert [one["valid"] for one in versions] == [
        {"from": f"{year}-01-01", "to": f"{year}-12-31", "basis": "stated"} for year in (2024, 2025, 2024)
    ]
    before = versions[1]["issued"][:10]

    def number(query: str) -> str:
        answer = town.get(f"{base}/rows?{query}")
        return answer.headers["Dataset-Version"] if answer.status_code == 200 else answer.json()["code"]

    assert number("valid_on=2025-06-30") == "2"
    assert number("valid_on=2024-06-30") == "3"
    assert number(f"valid_on=2024-06-30&as_of={before}") == "1"
    assert number(f"as_of={before}") == "2"
    assert number("valid_on=2023-06-30") == "not-found"
    for both in ("version=1&valid_on=2024-06-30", "version=2&as_of=2030-01-01"):
        assert number(both) == "invalid", "one says which version, the other that it is to be found"
    assert number("valid_on=yesterday") != "3"

    def numbers(query: str) -> list[int]:
        return [one["number"] for one in town.get(f"{base}/versions?{query}").json()["items"]]

    assert numbers("valid_on=2024-06-30") == [3, 1]
    assert numbers(f"as_of={before}") == [2, 1]
    assert numbers(f"as_of={before}&valid_on=2024-06-30") == [1]


def test_the_page_shows_both_and_leads_to_the_version_of_a_day(town: Town, slug: str) -> None:
    html = town.get(f"/datasets/{slug}").text
    assert "Số liệu của" in html
    assert 'name="valid_on"' in html
    there = town.get(f"/datasets/{slug}/versions?valid_on=2025-06-30")
    assert (there.status_code, there.headers["location"]) == (303, f"/datasets/{slug}/versions/2")
    assert town.get(f"/datasets/{slug}/versions?valid_on=30/6/2025").headers["location"] == there.headers["location"]
    assert town.get(f"/datasets/{slug}/versions?valid_on=2001-01-01").status_code == 404
    assert town.get(f"/datasets/{slug}/versions?valid_on=soon").status_code == 422
    assert town.get(f"/datasets/{slug}/versions?valid_on=&as_of=").headers["location"] == f"/datasets/{slug}#phien-ban"
