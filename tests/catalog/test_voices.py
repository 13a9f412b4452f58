"""What readers ask and report: moderated before it is public, answered in time; reported personal data is hidden."""

from __future__ import annotations

import pytest

from catalog.errors import Conflict, Invalid, NotAllowed, NotFound, NotKnown, TooMany
from catalog.model import NOBODY
from catalog.question import Question
from catalog.voice import MOST_A_DAY, MOST_HOLDS_A_DAY
from tests.catalog.desk import Desk, a_desk

SENTENCE = "Cột này có số căn cước của người dân."


@pytest.fixture
def desk() -> Desk:
    return a_desk()


def reported(desk: Desk, dataset: str = "schools", **more):
    """A report of personal data by somebody without an account."""
    members = {"text": SENTENCE, "place": "cột cccd, dòng 7", "personal": True, "mark": "m1", **more}
    return desk.catalog.speak(NOBODY, "mistake", dataset=dataset, **members)


def names(desk: Desk, who=NOBODY, key: str = "schools") -> list[str]:
    return [one.name for one in desk.catalog.version(who, key).resources]


def test_a_request_is_public_when_a_moderator_says_so_and_its_mailbox_never(desk):
    one = desk.catalog.speak(NOBODY, "request", title="Dân số theo xã", text="Cho nghiên cứu.", organisation="H12",
                             contact="reader@example.org", mark="m")
    assert desk.catalog.voices(NOBODY, kind="request") == ([], 0)
    assert desk.catalog.voice(NOBODY, one.number.lower()).contact == ""
    desk.catalog.moderate(desk.editor, one.number, public=True, text="Cho luận văn.")
    shown, total = desk.catalog.voices(NOBODY, kind="request")
    assert (total, shown[0].text, shown[0].edited, shown[0].contact, shown[0].mark) == (1, "Cho luận văn.", True, "", "")
    desk.catalog.answer_voice(desk.editor, one.number, answer="Sẽ công bố quý tới.", outcome="planned")
    assert desk.catalog.voice(NOBODY, one.number).state == "answered"


def test_support_counts_an_address_once_and_only_for_what_is_public(desk):
    one = desk.catalog.speak(NOBODY, "request", title="Dân số", text="Cần.", organisation="H12")
    with pytest.raises(NotFound):
        desk.catalog.support_voice(NOBODY, one.number, "m")
    desk.catalog.moderate(desk.editor, one.number, public=True)
    for mark in ("m", "m", "other"):
        desk.catalog.support_voice(NOBODY, one.number, mark)
    assert desk.catalog.support_voice(desk.reader, one.number, "m").supports == 3


@pytest.mark.parametrize(("more", "pointer"), [
    ({"place": ""}, "#/place"), ({"text": "cccd"}, "#/text"), ({"text": " "}, "#/text"), ({"contact": "x"}, "#/contact"),
])
def test_a_report_of_personal_data_needs_a_place_and_a_sentence(desk, more, pointer):
    desk.published(slug="schools")
    with pytest.raises(Invalid) as refused:
        reported(desk, **more)
    assert refused.value.problems[0].pointer == pointer
    assert names(desk) == ["schools"]


def test_reported_personal_data_is_hidden_at_once_from_everybody_but_the_agency(desk):
    entry = desk.published(slug="schools")
    desk.stand.follow()
    assert desk.catalog.search(NOBODY, Question(text="code"))[0].total == 1
    one = reported(desk)
    desk.stand.follow()
    assert one.held == "schools"
    assert names(desk) == []
    assert names(desk, desk.people["stranger"]) == []
    assert names(desk, desk.reader) == ["schools"]
    for number in (None, 1):
        with pytest.raises(NotFound):
            desk.catalog.file(NOBODY, "schools", "schools.csv", number)
    assert desk.catalog.heads(NOBODY, [desk.catalog.dataset(NOBODY, "schools")])[entry.id].files == ()
    assert desk.catalog.search(NOBODY, Question(text="code"))[0].total == 0


def test_what_was_hidden_comes_back_when_a_reviewer_looked_and_is_not_hidden_again_for_the_same_rows(desk):
    desk.published(slug="schools")
    one = reported(desk)
    with pytest.raises(NotAllowed):
        desk.catalog.lift_hold(desk.editor, one.number, reason="Không có.")
    with pytest.raises(Conflict, match="voice-held"):
        desk.catalog.answer_voice(desk.reviewer, one.number, answer="Không có.", outcome="no-mistake")
    desk.catalog.lift_hold(desk.reviewer, one.number, reason="Đó là mã trường.")
    assert names(desk) == ["schools"]
    with pytest.raises(Conflict, match="not-held"):
        desk.catalog.lift_hold(desk.reviewer, one.number, reason="Lần nữa.")
    again = reported(desk)
    assert again.held is None
    assert names(desk) == ["schools"]
    assert desk.catalog.answer_voice(desk.reviewer, one.number, answer="x", outcome="no-mistake").outcome == "no-mistake"
    acts = [row.act for row in desk.catalog.audit(desk.operator) if row.act in ("hold", "lift-hold")]
    assert acts == ["hold", "lift-hold", "lift-hold"]


def test_new_rows_are_hidden_again_although_earlier_ones_were_looked_at(desk):
    entry = desk.published(slug="schools")
    desk.catalog.lift_hold(desk.reviewer, reported(desk).number, reason="Đó là mã trường.")
    desk.publish(entry.id, b"code,name\n00003,C\n")
    assert reported(desk).held == "schools"


def test_a_dataset_of_several_parts_is_private_as_a_whole_where_no_part_is_named(desk):
    desk.published(slug="schools")
    desk.catalog.add_link(desk.editor, "schools", name="guide", title={"vi": "Hướng dẫn"}, url="https://example.vn")
    one = reported(desk)
    assert one.held == ""
    with pytest.raises(NotFound):
        desk.catalog.dataset(NOBODY, "schools")
    with pytest.raises(Conflict, match="voice-held"):
        desk.catalog.amend(desk.admin, "schools", visibility="public")
    desk.catalog.lift_hold(desk.admin, one.number, reason="Không có gì.")
    assert names(desk) == ["schools", "guide"]


def test_what_an_agency_made_private_meanwhile_stays_private_when_the_hold_is_lifted(desk):
    desk.published(slug="schools")
    desk.catalog.add_link(desk.editor, "schools", name="guide", title={"vi": "Hướng dẫn"}, url="https://example.vn")
    one = reported(desk)
    desk.catalog.amend(desk.editor, "schools", visibility="private")
    desk.catalog.lift_hold(desk.admin, one.number, reason="Đã xem.")
    with pytest.raises(NotFound):
        desk.catalog.dataset(NOBODY, "schools")


def test_only_the_part_that_is_named_is_hidden(desk):
    desk.published(slug="schools")
    desk.catalog.add_link(desk.editor, "schools", name="guide", title={"vi": "Hướng dẫn"}, url="https://example.vn")
    reported(desk, resource="guide")
    assert names(desk) == ["schools"]
    with pytest.raises(NotFound):
        reported(desk, resource="nothing")


def test_one_address_hides_little_and_says_not_too_much_in_a_day(desk):
    for number in range(MOST_HOLDS_A_DAY + 1):
        desk.published(slug=f"schools-{number}")
        one = reported(desk, f"schools-{number}")
        assert (one.held is None) == (number == MOST_HOLDS_A_DAY)
    for _ in range(MOST_A_DAY - MOST_HOLDS_A_DAY - 1):
        desk.catalog.speak(NOBODY, "question", dataset="schools-1", text="Vì sao?", mark="m1")
    with pytest.raises(TooMany):
        desk.catalog.speak(NOBODY, "question", dataset="schools-1", text="Vì sao?", mark="m1")
    desk.stand.clock.forward(days=1)
    desk.catalog.forget_voices()
    desk.catalog.speak(NOBODY, "question", dataset="schools-1", text="Vì sao?", mark="m1")


def test_what_is_refused_is_shown_again_and_tells_whoever_spoke(desk):
    desk.published(slug="schools")
    one = reported(desk)
    with pytest.raises(NotAllowed):
        desk.catalog.refuse_voice(desk.editor, one.number, reason="Quảng cáo.")
    desk.catalog.refuse_voice(desk.reviewer, one.number, reason="Quảng cáo.")
    assert names(desk) == ["schools"]
    assert desk.catalog.voice(NOBODY, one.number).answer == "Quảng cáo."
    with pytest.raises(Conflict, match="voice-over"):
        desk.catalog.moderate(desk.reviewer, one.number, public=True)


def test_agencies_answer_what_is_theirs_and_operators_find_who_answers_the_rest(desk):
    desk.published(slug="schools")
    theirs = desk.catalog.speak(NOBODY, "question", dataset="schools", text="Vì sao thiếu trường?")
    nobodys = desk.catalog.speak(NOBODY, "request", title="Giá đất", text="Cần.")
    assert [one.number for one in desk.catalog.voices_to_answer(desk.editor)] == [theirs.number]
    assert {one.number for one in desk.catalog.voices_to_answer(desk.operator)} == {theirs.number, nobodys.number}
    with pytest.raises(NotKnown):
        desk.catalog.voices_to_answer(NOBODY)
    for who in (desk.people["stranger"], desk.people["person"]):
        with pytest.raises(NotFound):
            desk.catalog.answer_voice(who, theirs.number, answer="x", outcome="answered")
    with pytest.raises(NotAllowed):
        desk.catalog.answer_voice(desk.reader, theirs.number, answer="x", outcome="answered")
    desk.catalog.assign_voice(desk.operator, nobodys.number, "H12")
    assert {one.number for one in desk.catalog.voices_to_answer(desk.editor)} == {theirs.number, nobodys.number}
    with pytest.raises(Conflict, match="voice-of-dataset"):
        desk.catalog.assign_voice(desk.operator, theirs.number, "H12")


def test_what_is_overdue_is_escalated_once_and_words_are_kept_for_a_time_only(desk):
    desk.published(slug="schools")
    one = desk.catalog.speak(NOBODY, "question", dataset="schools", text="Vì sao?", contact="a@example.org", mark="m")
    other = desk.catalog.speak(NOBODY, "question", dataset="schools", text="Mua đi!", contact="b@example.org")
    assert desk.catalog.escalate_voices() == 0
    desk.stand.clock.forward(days=11)
    assert desk.catalog.escalate_voices() == 2
    assert desk.catalog.escalate_voices() == 0
    desk.catalog.answer_voice(desk.editor, one.number, answer="Vì.", outcome="answered")
    desk.catalog.refuse_voice(desk.reviewer, other.number, reason="Quảng cáo.")
    desk.stand.clock.forward(days=91)
    assert desk.catalog.forget_voices() == 2
    with desk.stand.records.read() as unit:
        kept = unit.voice(one.number), unit.voice(other.number)
    assert [(each.contact, each.text) for each in kept] == [("", "Vì sao?"), ("", "")]


def test_an_address_leaves_a_mark_that_says_nothing_of_it(desk):
    mark = desk.catalog.voice_mark("203.0.113.7")
    assert mark == desk.catalog.voice_mark("203.0.113.7")
    assert mark != desk.catalog.voice_mark("203.0.113.8")
    assert "203" not in mark
    assert desk.catalog.voice_mark("2001:db8:1:2:3::4") == desk.catalog.voice_mark("2001:db8:1:2:9::1")
    assert desk.catalog.voice_mark("") == ""
