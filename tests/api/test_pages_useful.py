"""Was this of use? Counted once a day from an address, thanked for, shown to the agency; shares from twenty answers on."""

from __future__ import annotations

from typing import Any

import pytest

from catalog.catalog.appraising import FEWEST, MOST_A_DAY, Appraisal
from catalog.errors import NotAllowed, NotFound, NotKnown, TooMany
from catalog.model import NOBODY
from tests.api.test_pages_rows import look
from tests.site import SCHOOLS, Town


@pytest.fixture
def schools(town: Town) -> Town:
    town.published("Trường học 2025", SCHOOLS, slug="truong")
    return town


def answer(town: Town, **given: str) -> Any:
    return town.client.post("/datasets/truong/useful", data=given, headers={"Origin": "https://data.example.gov.vn"})


def test_an_answer_is_counted_once_a_day_and_thanked_for(schools: Town) -> None:
    assert 'action="/datasets/truong/useful"' in look(schools, "/datasets/truong")
    sent = answer(schools, answer="yes", text="Dùng cho <b>bản đồ</b>")
    assert sent.status_code == 303
    assert "cảm ơn" in look(schools, sent.headers["location"])
    answer(schools, answer="no")
    told = schools.catalog.appraisal(schools.caller("editor"), "truong")
    assert (told.yes, told.no, told.share) == (1, 0, None)
    assert [one["text"] for one in told.words] == ["Dùng cho <b>bản đồ</b>"]
    schools.stand.clock.forward(days=1)
    answer(schools, answer="no")
    told = schools.catalog.appraisal(schools.caller("editor"), "truong")
    assert (told.yes, told.no) == (1, 1)
    kept = schools.catalog.mark("useful", schools.catalog.dataset(NOBODY, "truong").id)
    assert all(len(one) <= 4 for one in kept.body["seen"]), "nobody's address can be told from it"


def test_nonsense_and_forms_of_other_sites_are_not_counted(schools: Town) -> None:
    assert answer(schools, answer="maybe").status_code == 303
    foreign = schools.client.post("/datasets/truong/useful", data={"answer": "yes"}, headers={"Origin": "https://else.example"})
    assert foreign.status_code == 403
    assert answer(schools, answer="yes", text="x" * 5000).status_code == 422
    assert schools.catalog.appraisal(schools.caller("editor"), "truong") == Appraisal()


def test_counts_are_for_the_agency(schools: Town) -> None:
    answer(schools, answer="yes")
    assert "1 thấy có ích" not in look(schools, "/datasets/truong")
    shown = schools.get("/datasets/truong", "editor", headers={"Accept-Encoding": "identity"}).text
    assert "1 thấy có ích, 0 chưa." in shown
    with pytest.raises(NotAllowed):
        schools.catalog.appraisal(schools.caller("stranger"), "truong")
    with pytest.raises(NotKnown):
        schools.catalog.appraisal(NOBODY, "truong")


def test_drafts_are_not_appraised_and_a_flood_is_held_off(schools: Town) -> None:
    draft = schools.draft("Nháp", slug="nhap")
    with pytest.raises(NotFound):
        schools.catalog.appraise(schools.caller("editor"), draft["id"], useful=True)
    for at in range(MOST_A_DAY):
        assert schools.catalog.appraise(NOBODY, "truong", useful=True, mark=f"{at:04x}") is True
    with pytest.raises(TooMany):
        schools.catalog.appraise(NOBODY, "truong", useful=True, mark="ffff")


def test_a_share_of_few_answers_is_not_told() -> None:
    assert Appraisal(yes=FEWEST - 1).share is None
    assert Appraisal(yes=15, no=5).share == 75
