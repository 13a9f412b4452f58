"""Datasets: addresses, describing members, visibility, series, and what search is told of them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.catalog.finding import FEW_AGENCIES
from catalog.errors import Conflict, Invalid, NotAllowed, NotFound
from catalog.events import DatasetChanged
from catalog.members import SLUG, slug_of
from catalog.model import NOBODY, Entry
from catalog.question import Question
from standards.record import Contact, Dataset, Period
from standards.vocabulary import FREQUENCIES, LICENCES, THEMES
from tests.catalog.desk import Desk, a_desk

GOOD = Dataset(
    title={"vi": "Ngân sách 2025", "en": "Budget"}, licence=next(iter(LICENCES)), themes=(next(iter(THEMES)),),
    frequency=next(iter(FREQUENCIES)), tags=("ngân sách",), contact=Contact(email="a@b.vn", url="https://b.vn"),
    temporal=Period(start=date(2024, 1, 1), end=date(2025, 12, 31)), source_url="https://example.vn/x",
)


@pytest.fixture
def desk() -> Desk:
    return a_desk()


def test_an_address_is_made_from_the_title_and_numbered_when_taken(desk):
    made = [desk.catalog.draft(desk.editor, "H12", GOOD).slug for _ in range(3)]
    assert made == ["ngan-sach-2025", "ngan-sach-2025-2", "ngan-sach-2025-3"]


def test_an_address_that_was_asked_for_is_given_or_refused(desk):
    assert desk.draft(slug="mine").slug == "mine"
    with pytest.raises(Conflict, match="slug-taken") as refused:
        desk.draft(slug="mine")
    assert refused.value.problems[0].pointer == "#/slug"


@given(st.text(max_size=400))
def test_every_title_gives_a_good_address(title):
    assert SLUG.fullmatch(slug_of(title))


@pytest.mark.parametrize(("wrong", "pointer"), [
    ({"title": {}}, "#/title"), ({"title": {"vi": "\u200b"}}, "#/title"), ({"title": {"vi": "x" * 301}}, "#/title/vi"),
    ({"licence": "MY-OWN"}, "#/licence"), ({"themes": ("NOPE",)}, "#/themes/0"), ({"frequency": "OFTEN"}, "#/frequency"),
    ({"tags": ("x" * 101,)}, "#/tags/0"), ({"tags": tuple(map(str, range(101)))}, "#/tags"), ({"language": ("Viet!",)}, "#/language/0"),
    ({"temporal": Period(start=date(2025, 1, 2), end=date(2025, 1, 1))}, "#/temporal"),
    ({"contact": Contact(email="nobody")}, "#/contact/email"), ({"contact": Contact(url="ftp://x")}, "#/contact/url"),
    ({"source_url": "javascript:x"}, "#/source_url"), ({"description": {"vi": "a\x1bb"}}, "#/description/vi"),
    ({"title": {"vi": "x\ud800"}}, "#/title/vi"),
])
def test_a_wrong_describing_member_is_pointed_at(desk, wrong, pointer):
    with pytest.raises(Invalid) as refused:
        desk.catalog.draft(desk.editor, "H12", replace(GOOD, **wrong))
    assert [one.pointer for one in refused.value.problems] == [pointer]
    assert desk.catalog.all_datasets(desk.operator) == []


@pytest.mark.parametrize("wrong", [{"slug": "Has Space"}, {"slug": "-x"}, {"visibility": "secret"}, {"kind": "novel"}])
def test_a_wrong_setting_is_pointed_at(desk, wrong):
    with pytest.raises(Invalid) as refused:
        desk.catalog.draft(desk.editor, "H12", GOOD, **wrong)
    assert [one.pointer for one in refused.value.problems] == [f"#/{next(iter(wrong))}"]


def test_words_are_composed_and_trimmed_and_tags_are_said_once(desk):
    entry = desk.catalog.draft(desk.editor, "H12", replace(GOOD, title={"vi": "  Nga\u0302n ", "en": " "}, tags=("a", " a ", "b")))
    assert entry.about.title == {"vi": "Ngân"}
    assert entry.about.tags == ("a", "b")


def test_an_old_address_leads_to_the_dataset_and_may_be_taken_back(desk):
    entry = desk.published(slug="first")
    assert desk.catalog.amend(desk.editor, "first", slug="second").slug == "second"
    assert desk.catalog.dataset(NOBODY, "first").slug == "second"
    with pytest.raises(Conflict):
        desk.draft(slug="first")
    other = desk.draft(slug="third")
    with pytest.raises(Conflict):
        desk.catalog.amend(desk.editor, entry.id, slug=other.slug)
    assert desk.catalog.amend(desk.editor, "second", slug="first").slug == "first"
    assert desk.catalog.dataset(NOBODY, "second").id == entry.id


def test_amending_moves_modified_makes_no_version_and_reaches_search(desk):
    entry = desk.published()
    desk.stand.follow()
    new = desk.catalog.amend(desk.editor, entry.id, about=replace(GOOD, title={"vi": "Chợ đầu mối"}))
    assert new.modified > entry.modified
    assert (new.version, new.issued, new.sequence > entry.sequence) == (1, entry.issued, True)
    desk.stand.follow()
    assert desk.catalog.search(NOBODY, Question(text="cho dau moi"))[0].total == 1


def test_amending_with_a_wrong_member_changes_nothing(desk):
    entry = desk.published()
    with pytest.raises(Invalid):
        desk.catalog.amend(desk.editor, entry.id, about=replace(GOOD, licence="X"), slug="new")
    assert desk.catalog.dataset(NOBODY, entry.id) == entry
    with pytest.raises(NotAllowed):
        desk.catalog.amend(desk.reader, entry.id, slug="new")


def test_what_becomes_private_leaves_search_and_feeds(desk):
    entry = desk.published()
    desk.stand.follow()
    desk.catalog.amend(desk.editor, entry.id, visibility="private")
    desk.stand.follow()
    assert desk.catalog.search(NOBODY, Question())[0].total == 0
    assert desk.catalog.changes(NOBODY) == []
    assert desk.catalog.search(desk.reader, Question())[0].total == 1
    assert desk.catalog.search(desk.stranger, Question())[0].total == 0


def test_only_what_was_never_published_is_removed(desk):
    draft, entry = desk.draft(), desk.published("Đã công bố")
    one = desk.attach(draft.id)
    desk.catalog.remove_draft(desk.editor, draft.id)
    for act in (lambda: desk.catalog.dataset(desk.editor, draft.id), lambda: desk.catalog.submission(desk.editor, one.id),
                lambda: desk.catalog.begin_check(one.id), lambda: desk.catalog.settle(one.id, None)):
        with pytest.raises(NotFound):
            act()
    with pytest.raises(Conflict, match="withdraw-instead"):
        desk.catalog.remove_draft(desk.editor, entry.id)


def test_a_series_is_seen_at_once_and_its_parts_know_it(desk):
    series = desk.catalog.draft(desk.editor, "H12", replace(GOOD, title={"vi": "Chuỗi"}), kind="series")
    assert desk.catalog.dataset(NOBODY, "chuoi").kind == "series"
    part = desk.draft("Phần", series="chuoi")
    assert part.series == series.id
    with pytest.raises(NotFound):
        desk.draft("Lạc", series=part.id)
    with pytest.raises(Conflict):
        desk.attach(series.id)
    assert desk.catalog.amend(desk.editor, part.id, series="").series is None
    assert desk.catalog.document(series.id) is None


def test_the_index_is_told_all_that_people_search_for(desk):
    entry = desk.catalog.draft(desk.editor, "H12", replace(GOOD, spatial=("15",), standard="vn-budget"))
    desk.publish(entry.id)
    told = desk.catalog.document(entry.id)
    assert (told.org, told.org_title["vi"], told.formats, told.licence) == ("H12", "Sở Giáo dục", ("csv",), GOOD.licence)
    assert (told.years, told.since, told.until) == ((2024, 2025), date(2024, 1, 1), date(2025, 12, 31))
    assert (told.columns, told.places, told.standard) == (("code", "Mã"), ("15",), "vn-budget")
    assert (told.audience, told.sequence) == (("public",), desk.catalog.dataset(NOBODY, entry.id).sequence)
    assert desk.catalog.document("no-such-dataset") is None
    assert desk.catalog.document(desk.draft("Nháp").id) is None


def test_every_document_is_given_once_page_by_page_as_when_asked_alone(desk):
    """Of more agencies than are read one by one, with drafts, a private and a withdrawn dataset between."""
    system, agencies = desk.catalog.system(), FEW_AGENCIES + 2
    made = [desk.published(visibility="private").id]
    for number in range(agencies):
        desk.catalog.add_organisation(system, code=f"A{number}", slug=f"a-{number}", title={"vi": f"Sở {number}"})
        desk.draft(f"Nháp {number}")
        made.append(desk.catalog.draft(system, f"A{number}", replace(GOOD, title={"vi": f"Bảng {number}"})).id)
        desk.catalog.add_link(system, made[-1], name="x", title={"vi": "X"}, url="https://example.vn")
    gone = desk.published("Đã thu hồi")
    desk.catalog.withdraw(desk.operator, gone.id, "sai số liệu")
    for page in (1, 4, 2 * len(made) + 1):
        assert list(desk.catalog.every_document(page)) == [desk.catalog.document(one) for one in made]
    assert set(desk.catalog.documents([*made, gone.id, "no-such-dataset"])) == set(made)


def test_changes_come_in_order_and_readers_follow_them(desk):
    first = desk.published()
    desk.catalog.amend(desk.editor, first.id, visibility="public")
    desk.published("Riêng", visibility="private")
    seen = desk.catalog.changes(NOBODY)
    assert [(one.kind, one.dataset) for one in seen] == [("version-published", first.id), ("dataset-changed", first.id)]
    assert desk.catalog.changes(NOBODY, after=seen[0].sequence) == seen[1:]
    assert [one.sequence for one in desk.catalog.changes(NOBODY, limit=1)] == [1]
    assert [one.sequence for one in desk.catalog.follow("index", 2)] == [1, 2]
    desk.catalog.advance("index", 2)
    assert [one.sequence for one in desk.catalog.follow("index")] == [3]
    assert desk.catalog.lag("index") == 1


def test_long_lists_are_read_to_their_end_page_by_page(desk):
    """Whoever sees little of a long list still gets all that she may see."""
    with desk.stand.records.begin() as unit:
        owner = unit.organisation("H12").id
        for at in range(1200):
            entry = replace(desk_entry(owner), id=f"{at:036d}", slug=f"s{at}", state="published" if at % 100 == 99 else "draft")
            unit.add_entry(entry)
            unit.announce(DatasetChanged(dataset=entry.id))
    shown = [f"s{at}" for at in range(99, 1200, 100)]
    assert [one.slug for one in desk.catalog.all_datasets(NOBODY)] == shown
    assert [one.slug for one in desk.catalog.datasets_of(NOBODY, "H12")] == shown
    assert len(desk.catalog.changes(NOBODY, limit=1_000_000)) == 12
    assert len(desk.catalog.changes(desk.operator, limit=1_000_000)) == 1200


def desk_entry(owner: str) -> Entry:
    at = datetime(2026, 1, 1, tzinfo=UTC)
    return Entry(id="", slug="", organisation=owner, about=GOOD, created=at, modified=at)
