"""A report form over HTTP: proposed with a preview, taken apart when accepted, published as a table; the page shows it."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import replace

import pytest

from standards.repair import Repair
from tests.api.test_pages_forms import sign_in
from tests.pipelines.test_structure import book_of
from tests.running import Running, running
from tests.site import Town
from tests.standards.forms import CASES


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with running(tmp_path_factory.mktemp("forms")) as site:
        yield site


def test_a_form_is_published_as_the_table_it_stands_for_and_its_original_stays_private(here: Running) -> None:
    case, held = CASES[1], io.BytesIO()
    book_of(case).save(held)
    slug = here.draft("dân số theo tuổi")
    with here.client() as client:
        sent = client.post(
            f"/api/v1/datasets/{slug}/submissions?publish=false", files={"file": ("bieu.xlsx", held.getvalue())}
        )
        first = client.get(f"/api/v1/submissions/{sent.json()['id']}?wait=30").json()
        offered = next(one for one in first["fixes"] if one["kind"] == "report-form")
        assert (offered["safe"], tuple(offered["preview"]["after"][0])) == (False, case.table()[0])
        path = f"/api/v1/submissions/{first['id']}"
        assert client.post(f"{path}/fixes", json={"accept": ["report-form"]}).status_code == 202
        taken = client.get(f"{path}?wait=30").json()
        assert (taken["state"], [one["kind"] for one in taken["repaired"]]) == ("ready", ["report-form"])
        assert client.post(f"{path}/publish").status_code == 200
        told = client.get(f"/api/v1/datasets/{slug}/files/{slug}.csv").text
        assert told == "".join(",".join(row) + "\n" for row in case.table())
        assert "original" not in {one["role"] for one in client.get(f"/api/v1/datasets/{slug}").json()["files"]}


def test_the_page_shows_the_sheet_before_and_the_table_after(town: Town) -> None:
    made = town.draft()
    sent = town.upload(made["slug"], b"a,b\nBAD,1\n").json()["id"]
    one = town.check(sent)
    assert one.outcome is not None
    town.catalog.recheck(town.catalog.system(), sent)
    town.catalog.begin_check(sent)
    shown = {"before": [["Biểu <1>"]], "after": [["Xã", "Giá trị"], ["A", "10"]], "rows": 7, "plan": {}}
    fix = Repair(kind="report-form", safe=False, count=7, preview=shown)
    score = {"levels": [{"level": 1, "passed": 9, "found": 3, "open": 3}], "rules": []}
    table = replace(one.outcome.tables[0], fixes=(fix,), stats={**one.outcome.tables[0].stats, "readability": score})
    town.catalog.settle(sent, replace(one.outcome, tables=(table,)))
    sign_in(town, "editor")
    page = town.client.get(f"/submissions/{sent}?lang=en").text
    assert "Take the form apart" in page
    assert "Biểu &lt;1&gt;" in page
    assert '<th scope="col">Giá trị</th>' in page
    assert "(7 rows)" in page
    assert "level 1 holds 9/12" in page
