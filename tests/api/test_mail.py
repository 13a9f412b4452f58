"""Letters to a real SMTP server on this machine: what it gets, what it refuses, and what is tried again."""

from __future__ import annotations

import email
from collections.abc import Iterator
from email import policy
from email.header import decode_header, make_header
from email.message import EmailMessage
from email.utils import parseaddr

import pytest
from aiosmtpd.controller import Controller

from api.messages.notices import letter
from catalog.adapters.mail_smtp import SmtpMail
from catalog.errors import Invalid, Unavailable
from catalog.notice import Letter
from infra.cluster.ports import free_ports
from pipelines.steps.mail import Mailroom
from tests.catalog.desk import a_desk


class Box:
    """What a server took; ``says`` is what it answers instead, while it is set."""

    def __init__(self) -> None:
        self.letters: list[EmailMessage] = []
        self.heads: list[str] = []
        self.says = ""

    async def handle_DATA(self, _server, _session, envelope) -> str:  # noqa: N802 - aiosmtpd's own shape
        if self.says:
            return self.says
        self.letters.append(email.message_from_bytes(envelope.content, policy=policy.default))  # type: ignore[arg-type]
        self.heads.append(str(email.message_from_bytes(envelope.content)["From"]))  # as it came: not read by a policy
        return "250 OK"


@pytest.fixture
def box() -> Iterator[tuple[Box, str]]:
    made, (port,) = Box(), free_ports(1)
    server = Controller(made, hostname="127.0.0.1", port=port, ready_timeout=60)
    server.start()
    yield made, f"smtp://127.0.0.1:{port}?tls=off"
    server.stop()


LETTER = Letter(id="0199-a", to="reader@example.org", subject="Có câu hỏi\nvề trường học", body="Xem tại đây.\n")


def test_a_letter_arrives_whole_with_an_id_of_its_own(box: tuple[Box, str]) -> None:
    taken, url = box
    SmtpMail(url, "Cổng dữ liệu <data@example.gov.vn>").send(LETTER)
    found = taken.letters[0]
    assert (found["To"], found["Subject"]) == ("reader@example.org", "Có câu hỏi về trường học")
    assert found["Message-ID"] == "<0199-a@example.gov.vn>"
    assert found["From"].addresses[0].addr_spec == "data@example.gov.vn"
    assert found.get_content().strip() == "Xem tại đây."


def test_a_long_subject_and_sender_in_vietnamese_lose_no_space(box: tuple[Box, str]) -> None:
    taken, url = box
    name = "Cổng dữ liệu mở của Ủy ban nhân dân thành phố Hồ Chí Minh"
    for words in ("Góp ý SABAVY-KP7WNV của bạn đã có trả lời", "Có tệp chờ bạn duyệt: " + "Danh sách xã, phường đến ngày " * 5, "a " * 200):
        SmtpMail(url, f"{name} <data@example.gov.vn>").send(Letter(id="1", to="a@b.vn", subject=words, body="Ừ.\n"))
        found = taken.letters[-1]
        assert str(found["Subject"]).split() == words.split()
        assert parseaddr(str(make_header(decode_header(taken.heads[-1]))))[0] == name


def test_what_a_server_refuses_for_good_is_not_tried_again_and_what_may_pass_is(box: tuple[Box, str]) -> None:
    taken, url = box
    mail = SmtpMail(url, "data@example.gov.vn")
    for says, kind in (("550 no such mailbox", Invalid), ("451 later", Unavailable)):
        taken.says = says
        with pytest.raises(kind):
            mail.send(LETTER)
    with pytest.raises(Unavailable):  # no encryption is offered, and none was waived
        SmtpMail(url.partition("?")[0], "data@example.gov.vn").send(LETTER)
    with pytest.raises(Unavailable):
        SmtpMail(f"smtp://127.0.0.1:{free_ports(1)[0]}", "data@example.gov.vn").send(LETTER)


@pytest.mark.parametrize(("url", "sender"), [("http://x", "a@b.vn"), ("smtp://", "a@b.vn"), ("smtp://x", "nobody")])
def test_an_address_that_is_none_is_refused(url: str, sender: str) -> None:
    with pytest.raises(ValueError, match="mail server"):
        SmtpMail(url, sender)


def test_a_question_reaches_its_agency_and_the_answer_whoever_asked(box: tuple[Box, str]) -> None:
    taken, url = box
    desk = a_desk()
    desk.published(slug="schools")
    desk.catalog.amend_person(desk.editor, "editor", email="editor@example.gov.vn", language="en")
    room = Mailroom(desk.catalog, SmtpMail(url, "data@example.gov.vn"),
                    lambda one, language, secret: letter("https://data.example.gov.vn", one, language, secret))
    while desk.catalog.follow_notices(mail=True):
        pass
    room.send()
    assert [found["Subject"] for found in taken.letters] == ["Your file was approved and is public: Trường học 2025"]
    taken.letters.clear()
    one = desk.catalog.speak(desk.people["stranger"], "question", dataset="schools", text="Vì sao?", contact="me@example.org")
    while desk.catalog.follow_notices(mail=True):
        pass
    room.send()
    assert [found["To"] for found in taken.letters] == ["editor@example.gov.vn"]
    words = taken.letters[0].get_content()
    assert f"https://data.example.gov.vn/voices/{one.number}" in words
    assert "A question on Trường học 2025" in words
    assert "Vì sao?" not in words
    desk.catalog.answer_voice(desk.editor, one.number, answer="Vì thế.", outcome="answered")
    while desk.catalog.follow_notices(mail=True):
        pass
    room.send()
    room.send()
    assert [found["To"] for found in taken.letters] == ["editor@example.gov.vn", "me@example.org"]
    assert taken.letters[1]["Content-Language"] == "vi"


@pytest.mark.parametrize(("language", "says", "why"), [
    ("vi", "Sở Giáo dục chưa trả lời góp ý", "vì bạn vận hành trang"),
    ("en", "Sở Giáo dục was to answer", "because you operate the site"),
])
def test_an_answer_that_is_late_is_told_to_operators_with_the_agency_that_owes_it(
    box: tuple[Box, str], language: str, says: str, why: str
) -> None:
    taken, url = box
    desk = a_desk()
    desk.published(slug="schools")
    desk.catalog.speak(desk.people["stranger"], "question", dataset="schools", text="Vì sao?")
    while desk.catalog.follow_notices(mail=True):
        pass
    desk.catalog.amend_person(desk.operator, "operator", email="operator@example.gov.vn", language=language)
    room = Mailroom(desk.catalog, SmtpMail(url, "data@example.gov.vn"),
                    lambda one, language, secret: letter("https://data.example.gov.vn", one, language, secret))
    desk.stand.clock.forward(days=11)
    for _ in range(2):
        desk.catalog.escalate_voices()
        while desk.catalog.follow_notices(mail=True):
            pass
        room.send()
    (told,) = [found for found in taken.letters if found["To"] == "operator@example.gov.vn"]
    assert says in told["Subject"]
    assert why in told.get_content()
