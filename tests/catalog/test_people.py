"""People: accounts, passwords, tokens, sessions, and that nobody leaves an agency without an admin."""

from __future__ import annotations

from datetime import timedelta

import pytest

from catalog.errors import Conflict, Invalid, NotAllowed, NotFound, NotKnown
from catalog.model import NOBODY
from catalog.secrets import Argon2, digest
from tests.catalog.desk import Desk, a_desk, signed_in

PASSWORD = "đủ dài để an toàn"


@pytest.fixture
def desk() -> Desk:
    return a_desk()


@pytest.fixture
def mai(desk):
    return desk.catalog.add_person(desk.operator, "mai", title="Mai", email="mai@example.vn", password=PASSWORD)


def test_only_an_operator_makes_accounts(desk):
    for who in ("person", "admin", "steward"):
        with pytest.raises(NotAllowed):
            desk.catalog.add_person(desk.people[who], "x")
    with pytest.raises(NotKnown):
        desk.catalog.add_person(NOBODY, "x")


@pytest.mark.parametrize(("wrong", "pointer"), [
    ({"name": "Mai"}, "#/name"), ({"name": "system"}, "#/name"), ({"name": ""}, "#/name"), ({"name": "a/b"}, "#/name"),
    ({"email": "not an address"}, "#/email"), ({"role": "king"}, "#/role"), ({"password": "short"}, "#/password"),
    ({"password": "x" * 1001}, "#/password"), ({"title": "a\x00b"}, "#/title"), ({"title": "a\u202eb"}, "#/title"),
])
def test_a_wrong_member_of_a_person_is_pointed_at(desk, wrong, pointer):
    with pytest.raises(Invalid) as refused:
        desk.catalog.add_person(desk.operator, **{"name": "mai", **wrong})
    assert [one.pointer for one in refused.value.problems] == [pointer]


def test_a_name_is_given_once(desk, mai):
    with pytest.raises(Conflict, match="name-taken"):
        desk.catalog.add_person(desk.operator, "mai")


def test_people_see_themselves_and_operators_everybody(desk, mai):
    assert desk.catalog.person(desk.person, "person").name == "person"
    assert desk.catalog.person(desk.operator, mai.id) == mai
    for key in ("mai", mai.id, "no-such-person"):
        with pytest.raises(NotFound):
            desk.catalog.person(desk.person, key)
    with pytest.raises(NotAllowed):
        desk.catalog.people(desk.admin)
    assert "mai" in {one.name for one in desk.catalog.people(desk.operator)}


def test_a_token_is_shown_once_and_kept_as_a_hash(desk, mai):
    token = desk.catalog.add_token(desk.operator, "mai", name="laptop")
    assert token.secret.startswith("dtm_")
    assert len(token.secret) >= 47
    assert [one.secret for one in desk.catalog.tokens(desk.operator, "mai")] == [""]
    kept = desk.stand.records.shelf.tokens[token.id]
    assert token.secret not in repr(kept)
    assert kept[1] == digest(token.secret)
    assert desk.catalog.caller_of_token(token.secret).person == mai


def test_a_wrong_expired_or_revoked_token_is_not_known(desk, mai):
    token = desk.catalog.add_token(desk.operator, "mai", expires=timedelta(days=1))
    other = desk.catalog.add_token(desk.operator, "mai")
    for secret in ("", "dtm_", token.secret + "x", token.secret[:-1], other.id, "\ud800"):
        with pytest.raises(NotKnown):
            desk.catalog.caller_of_token(secret)
    desk.stand.clock.forward(days=2)
    with pytest.raises(NotKnown):
        desk.catalog.caller_of_token(token.secret)
    me = desk.catalog.caller_of_token(other.secret)
    desk.catalog.drop_token(me, other.id)
    with pytest.raises(NotKnown):
        desk.catalog.caller_of_token(other.secret)


def test_nobody_touches_the_tokens_of_others(desk, mai):
    token = desk.catalog.add_token(desk.operator, "mai")
    with pytest.raises(NotFound):
        desk.catalog.drop_token(desk.person, token.id)
    with pytest.raises(NotFound):
        desk.catalog.add_token(desk.person, "mai")
    with pytest.raises(NotFound):
        desk.catalog.tokens(desk.person, "mai")
    with pytest.raises(NotKnown):
        desk.catalog.tokens(NOBODY)
    with pytest.raises(Invalid):
        desk.catalog.add_token(desk.operator, "mai", expires=timedelta(0))


def test_when_a_token_was_used_is_noted_once_an_hour(desk, mai):
    token = desk.catalog.add_token(desk.operator, "mai")

    def used():
        return desk.catalog.tokens(desk.operator, "mai")[0].last_used

    desk.catalog.caller_of_token(token.secret)
    first = used()
    desk.catalog.caller_of_token(token.secret)
    assert used() == first is not None
    desk.stand.clock.forward(hours=2)
    desk.catalog.caller_of_token(token.secret)
    assert used() > first


def test_signing_in_begins_a_session_that_ends(desk, mai):
    session = desk.catalog.sign_in("mai", PASSWORD)
    caller, held = desk.catalog.caller_of_session(session.secret)
    assert (caller.person, caller.via, held.csrf) == (mai, "session", session.csrf)
    assert desk.catalog.sign_in("mai", PASSWORD).secret != session.secret
    desk.catalog.sign_out(session.secret)
    assert desk.catalog.caller_of_session(session.secret) is None
    later = desk.catalog.sign_in("mai", PASSWORD)
    desk.stand.clock.forward(days=15)
    assert desk.catalog.caller_of_session(later.secret) is None
    assert desk.catalog.caller_of_session("") is None


def test_a_wrong_password_a_wrong_name_and_an_account_without_one_answer_alike(desk, mai):
    answers = set()
    for name, password in (("mai", "wrong"), ("nobody", PASSWORD), ("person", ""), ("person", "x"), (mai.id, PASSWORD), ("", "")):
        with pytest.raises(NotKnown) as refused:
            desk.catalog.sign_in(name, password)
        answers.add((refused.value.code, tuple(refused.value.params)))
    assert answers == {("bad-password", ())}


class Counting(Argon2):
    """Counts how often a password was compared the slow way."""

    compared = 0

    def fits(self, kept, password):
        self.compared += 1
        return super().fits(kept, password)


def test_a_password_is_kept_with_argon2_and_an_unknown_name_costs_as_much():
    hasher = Counting()
    kept = hasher.hash(PASSWORD)
    assert kept.startswith("$argon2id$")
    assert hasher.fits(kept, PASSWORD)
    assert not hasher.fits(kept, PASSWORD + "x")
    assert not hasher.fits("", PASSWORD)
    assert not hasher.fits("nonsense", PASSWORD)
    desk = a_desk()
    desk.catalog._hasher = hasher
    hasher.compared = 0
    with pytest.raises(NotKnown):
        desk.catalog.sign_in("no-such-name", PASSWORD)
    assert hasher.compared == 1


def test_disabling_somebody_ends_her_tokens_and_sessions_at_once(desk, mai):
    token, session = desk.catalog.add_token(desk.operator, "mai"), desk.catalog.sign_in("mai", PASSWORD)
    desk.catalog.amend_person(desk.operator, "mai", disabled=True)
    with pytest.raises(NotKnown):
        desk.catalog.caller_of_token(token.secret)
    assert desk.catalog.caller_of_session(session.secret) is None
    with pytest.raises(NotKnown):
        desk.catalog.sign_in("mai", PASSWORD)
    with pytest.raises(Conflict):
        desk.catalog.add_token(desk.operator, "mai")
    desk.catalog.amend_person(desk.operator, "mai", disabled=False)
    assert desk.catalog.sign_in("mai", PASSWORD).person == mai.id
    with pytest.raises(NotKnown):
        desk.catalog.caller_of_token(token.secret)


def test_a_new_password_ends_the_sessions(desk, mai):
    session = desk.catalog.sign_in("mai", PASSWORD)
    me = desk.catalog.caller_of_session(session.secret)[0]
    desk.catalog.amend_person(me, "mai", password="mật khẩu mới hẳn", title="Mai Anh")
    assert desk.catalog.caller_of_session(session.secret) is None
    with pytest.raises(NotKnown):
        desk.catalog.sign_in("mai", PASSWORD)
    assert desk.catalog.sign_in("mai", "mật khẩu mới hẳn").person == mai.id


def test_nobody_disables_herself_or_others_but_an_operator(desk, mai):
    me = signed_in(desk.stand, "mai")
    with pytest.raises(NotAllowed):
        desk.catalog.amend_person(me, "mai", disabled=True)
    with pytest.raises(NotFound):
        desk.catalog.amend_person(me, "person", title="x")


def test_an_agency_keeps_an_admin_who_can_sign_in(desk):
    acts = (
        lambda: desk.catalog.amend_person(desk.operator, "admin", disabled=True),
        lambda: desk.catalog.drop_member(desk.operator, "H12", "admin"),
        lambda: desk.catalog.set_member(desk.operator, "H12", "admin", "reader"),
    )
    for act in acts:
        with pytest.raises(Conflict, match="last-admin"):
            act()
    desk.catalog.set_member(desk.admin, "H12", "person", "admin")
    desk.catalog.amend_person(desk.operator, "person", disabled=True)
    for act in acts:
        with pytest.raises(Conflict, match="last-admin"):
            act()
    desk.catalog.amend_person(desk.operator, "person", disabled=False)
    acts[2]()
    assert {one.name: m.role for one, m in desk.catalog.members(desk.admin, "H12")}["admin"] == "reader"
