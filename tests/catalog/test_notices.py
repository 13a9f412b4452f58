"""What people are told: made of the audit chain, once each, in the outbox until a letter went out."""

from __future__ import annotations

from datetime import timedelta

import pytest

from catalog.errors import Conflict, Invalid, NotAllowed, NotFound, NotKnown, Unavailable
from catalog.model import NOBODY
from catalog.notice import MOST_TRIES, Letter
from pipelines.steps.mail import Mailroom
from standards.record import Dataset
from tests.catalog.desk import Desk, a_desk
from tests.fakes_notices import FakeMail


@pytest.fixture
def desk() -> Desk:
    made = a_desk(review="second_person")
    for who in ("editor", "reviewer", "admin", "operator"):
        made.catalog.amend_person(made.people[who], who, email=f"{who}@example.gov.vn")
    return made


def follow(desk: Desk, *, mail: bool = False) -> None:
    while desk.catalog.follow_notices(mail=mail):
        pass


def kinds(desk: Desk, who: str) -> list[str]:
    return [one.kind for one in desk.catalog.notices(desk.people[who])]


def test_a_review_is_told_to_who_may_decide_and_a_return_to_who_sent_it(desk):
    one = desk.ready(desk.draft(slug="schools").id)
    desk.catalog.submit(desk.editor, one.id)
    follow(desk)
    assert kinds(desk, "reviewer") == kinds(desk, "admin") == ["review"]
    assert kinds(desk, "editor") == kinds(desk, "reader") == []
    desk.catalog.reject(desk.reviewer, one.id, "Thiếu cột.")
    follow(desk)
    assert kinds(desk, "editor") == ["returned"]
    assert desk.catalog.read_notices(desk.editor) == 1
    assert desk.catalog.notices(desk.editor, unread=True) == []
    with pytest.raises(NotKnown):
        desk.catalog.notices(NOBODY)


def test_who_sent_a_file_is_told_that_somebody_else_let_it_out(desk):
    one = desk.ready(desk.draft(slug="schools").id)
    desk.catalog.submit(desk.editor, one.id)
    desk.catalog.approve(desk.reviewer, one.id)
    follow(desk)
    assert kinds(desk, "editor") == ["approved"]
    assert kinds(desk, "reviewer") == ["review"]
    told = desk.catalog.notices(desk.editor)[0]
    assert (told.params["dataset"], told.params["title"], told.link) == ("schools", "Trường học 2025", f"/submissions/{one.id}")


@pytest.mark.parametrize(("kept", "kind"), [(True, "came-out"), (False, "not-out")])
def test_who_set_an_hour_is_told_how_it_went(desk, kept, kind):
    one = desk.ready(desk.draft(slug="schools").id)
    desk.catalog.submit(desk.editor, one.id)
    desk.catalog.schedule(desk.reviewer, one.id, desk.stand.clock() + timedelta(hours=1))
    if not kept:
        desk.catalog.drop_member(desk.admin, "H12", "reviewer")
    desk.stand.clock.forward(hours=2)
    assert desk.catalog.publish_due() == int(kept)
    follow(desk)
    assert kinds(desk, "editor")[0] == kinds(desk, "reviewer")[0] == kind


def test_reported_personal_data_is_told_to_agency_and_operators_at_once(desk):
    desk.catalog.publish(desk.reviewer, [desk.ready(desk.draft(slug="schools").id).id])
    desk.catalog.speak(NOBODY, "mistake", dataset="schools", text="Có số căn cước của dân.", place="cột 3", personal=True)
    follow(desk)
    for who in ("editor", "reviewer", "admin", "operator"):
        assert kinds(desk, who)[0] == "personal", who
    assert kinds(desk, "reader") == []


def test_nothing_is_told_twice_although_the_chain_is_read_again(desk):
    one = desk.ready(desk.draft(slug="schools").id)
    desk.catalog.submit(desk.editor, one.id)
    follow(desk)
    with desk.stand.records.begin() as unit:
        unit.set_site("notices-place", "0")
    follow(desk)
    assert kinds(desk, "reviewer") == ["review"]


def test_what_happened_long_ago_is_told_to_nobody(desk):
    one = desk.ready(desk.draft(slug="schools").id)
    desk.catalog.submit(desk.editor, one.id)
    desk.stand.clock.forward(days=8)
    follow(desk)
    assert kinds(desk, "reviewer") == []


def test_a_promised_day_is_told_when_it_is_near_and_when_it_is_over(desk):
    draft = desk.draft(slug="schools")
    desk.catalog.publish(desk.reviewer, [desk.ready(draft.id).id])
    desk.catalog.amend(desk.editor, "schools", about=Dataset(title={"vi": "Trường học"}, frequency="MONTHLY"))
    assert desk.catalog.notice_due_days(mail=False) == 0
    desk.stand.clock.forward(days=26)
    assert desk.catalog.notice_due_days(mail=False) > 0
    assert desk.catalog.notice_due_days(mail=False) == 0
    desk.stand.clock.forward(days=8)
    desk.catalog.notice_due_days(mail=False)
    assert kinds(desk, "editor")[:2] == ["overdue", "due-soon"]


def test_a_letter_is_tried_again_with_pauses_and_given_up_in_the_end(desk):
    mail = FakeMail()
    room = Mailroom(desk.catalog, mail, lambda one, language, _secret: (one.kind, language))
    desk.catalog.submit(desk.editor, desk.ready(desk.draft(slug="schools").id).id)
    follow(desk, mail=True)
    mail.trouble = Unavailable("mail-down")
    assert room.send() == 0
    assert len(desk.catalog.letters_due()) == 0
    mail.trouble = None
    desk.stand.clock.forward(minutes=2)
    assert room.send() == 2
    assert sorted(one.to for one in mail.sent) == ["admin@example.gov.vn", "reviewer@example.gov.vn"]
    assert room.send() == 0
    mail.trouble = Unavailable("mail-down")
    desk.catalog.ask_reset("editor")
    for _ in range(MOST_TRIES + 1):
        room.send()
        desk.stand.clock.forward(minutes=5)
    assert desk.catalog.letters_due() == []


class Killing(FakeMail):
    """The worker is killed once, after a letter went out and before that is noted."""

    def send(self, letter: Letter) -> None:
        super().send(letter)
        if len(self.sent) == 1:
            raise KeyboardInterrupt


def test_a_letter_sent_again_after_a_crash_bears_the_same_id(desk):
    mail = Killing()
    room = Mailroom(desk.catalog, mail, lambda one, language, _secret: (one.kind, language))
    desk.catalog.submit(desk.editor, desk.ready(desk.draft(slug="schools").id).id)
    follow(desk, mail=True)
    with pytest.raises(KeyboardInterrupt):
        room.send()
    assert room.send() == 2
    assert room.send() == 0
    assert [one.id for one in mail.sent] == [mail.sent[0].id, mail.sent[0].id, mail.sent[2].id]


def key(mail: FakeMail) -> str:
    return mail.sent[-1].body


def test_a_forgotten_password_is_chosen_anew_once_by_a_letter(desk):
    mail = FakeMail()
    room = Mailroom(desk.catalog, mail, lambda one, _language, secret: (one.kind, secret))
    for name in ("editor", "EDITOR@example.gov.vn", "nobody-here", "", "x@example.org"):
        desk.catalog.ask_reset(name)
    room.send()
    assert [one.to for one in mail.sent] == ["editor@example.gov.vn"]
    secret = key(mail)
    assert secret not in repr(desk.stand.records.shelf)
    with pytest.raises(Invalid):
        desk.catalog.choose_password(secret, "short")
    desk.catalog.choose_password(secret, "một câu dài dễ nhớ")
    assert desk.catalog.sign_in("editor", "một câu dài dễ nhớ").person == desk.editor.person.id
    for used in (secret, "", "dtm_nothing"):
        assert not desk.catalog.key_opens(used)
        with pytest.raises(NotFound):
            desk.catalog.choose_password(used, "một câu dài dễ nhớ")
    assert kinds(desk, "editor") == []


def test_a_key_is_over_after_its_time_and_a_new_one_ends_the_old(desk):
    mail = FakeMail()
    room = Mailroom(desk.catalog, mail, lambda one, _language, secret: (one.kind, secret))
    desk.catalog.ask_reset("editor")
    room.send()
    first = key(mail)
    desk.stand.clock.forward(minutes=30)
    desk.catalog.ask_reset("editor")
    room.send()
    assert not desk.catalog.key_opens(first)
    second = key(mail)
    desk.stand.clock.forward(hours=3)
    assert not desk.catalog.key_opens(second)


def test_an_admin_invites_somebody_who_chooses_her_own_password(desk):
    mail = FakeMail()
    room = Mailroom(desk.catalog, mail, lambda one, _language, secret: (one.kind, secret))
    with pytest.raises(NotAllowed):
        desk.catalog.invite(desk.editor, "H12", name="moi", email="moi@example.gov.vn", role="editor")
    for wrong in ({"email": ""}, {"role": "king"}, {"name": "Có Dấu"}):
        with pytest.raises(Invalid):
            desk.catalog.invite(desk.admin, "H12", **{"name": "moi", "email": "moi@example.gov.vn", "role": "editor", **wrong})
    desk.catalog.invite(desk.admin, "H12", name="moi", email="moi@example.gov.vn", role="editor")
    with pytest.raises(Conflict, match="name-taken"):
        desk.catalog.invite(desk.admin, "H12", name="moi", email="x@example.gov.vn", role="editor")
    follow(desk, mail=True)
    room.send()
    assert [(one.to, one.subject) for one in mail.sent] == [("moi@example.gov.vn", "invite")]
    desk.catalog.choose_password(key(mail), "một câu dài dễ nhớ")
    assert desk.catalog.sign_in("moi", "một câu dài dễ nhớ").secret


def test_notices_are_forgotten_after_a_time(desk):
    desk.catalog.submit(desk.editor, desk.ready(desk.draft(slug="schools").id).id)
    follow(desk)
    assert desk.catalog.forget_notices() == 0
    desk.stand.clock.forward(days=91)
    assert desk.catalog.forget_notices() == 2
