"""Idempotency-Key: the same request twice is done once."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

from sqlalchemy import text

from tests.site import SCHOOLS, Town

BODY = {"organization": "H12", "title": "Trường học"}


def keyed(key: str) -> dict[str, str]:
    return {"Idempotency-Key": key}


def test_the_same_request_again_gets_the_first_answer(town: Town) -> None:
    first = town.send("POST", "/api/v1/datasets", "editor", BODY, headers=keyed("one"))
    again = town.send("POST", "/api/v1/datasets", "editor", dict(reversed(BODY.items())), headers=keyed("one"))
    assert (first.status_code, again.status_code) == (201, 201)
    assert "idempotency-replayed" not in first.headers
    assert again.headers["idempotency-replayed"] == "true"
    assert (again.content, again.headers["location"]) == (first.content, first.headers["location"])


def test_the_same_key_with_other_content_is_refused(town: Town) -> None:
    town.send("POST", "/api/v1/datasets", "editor", BODY, headers=keyed("one"))
    other = town.send("POST", "/api/v1/datasets", "editor", {**BODY, "title": "Khác"}, headers=keyed("one"))
    assert (other.status_code, other.json()["code"]) == (422, "idempotency-key-reused")


def test_another_persons_key_is_another_key(town: Town) -> None:
    first = town.send("POST", "/api/v1/datasets", "editor", BODY, headers=keyed("one"))
    second = town.send("POST", "/api/v1/datasets", "admin", BODY, headers=keyed("one"))
    assert first.json()["id"] != second.json()["id"]


def test_a_request_that_failed_may_be_sent_again(town: Town) -> None:
    wrong = town.send("POST", "/api/v1/datasets", "editor", {**BODY, "organization": "H99"}, headers=keyed("one"))
    right = town.send("POST", "/api/v1/datasets", "editor", BODY, headers=keyed("one"))
    assert (wrong.status_code, right.status_code) == (422, 201)


def test_a_key_that_is_none_is_refused(town: Town) -> None:
    for key in ("", "a b", "x" * 256):
        answer = town.send("POST", "/api/v1/datasets", "editor", BODY, headers=keyed(key))
        assert (answer.status_code, answer.json()["code"]) == (422, "idempotency-key-invalid"), key


def test_an_upload_sent_twice_is_one_submission(town: Town) -> None:
    slug = town.draft()["slug"]
    first = town.upload(slug, headers=keyed("up"))
    again = town.upload(slug, headers=keyed("up"))
    assert (first.status_code, again.status_code) == (202, 202)
    assert again.json()["id"] == first.json()["id"]
    assert again.headers["idempotency-replayed"] == "true"
    assert town.get(f"/api/v1/submissions?dataset={slug}", "editor").json()["total"] == 1
    other = town.upload(slug, SCHOOLS + b"1,2,3\n", headers=keyed("up"))
    assert (other.status_code, other.json()["code"]) == (422, "idempotency-key-reused")
    assert len(list(town.stand.files.staged(-1))) == 1


def test_while_the_first_is_under_way_the_second_is_told_to_come_back(town: Town) -> None:
    slug, begun, go = town.draft()["slug"], threading.Event(), threading.Event()
    boundary = "xyz"
    head = f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="a.csv"\r\n\r\n'.encode()

    def body():
        yield head + SCHOOLS
        begun.set()
        assert go.wait(120)
        yield f"\r\n--{boundary}--\r\n".encode()

    headers = {**town.head("editor"), **keyed("up"), "Content-Type": f"multipart/form-data; boundary={boundary}"}
    answers = []
    first = threading.Thread(target=lambda: answers.append(
        town.client.post(f"/api/v1/datasets/{slug}/submissions", headers=headers, content=body())
    ))
    first.start()
    try:
        assert begun.wait(120)
        second = town.upload(slug, headers=keyed("up"))
    finally:
        go.set()
        first.join()
    assert (second.status_code, second.json()["code"]) == (409, "request-under-way")
    assert int(second.headers["retry-after"]) >= 1
    assert answers[0].status_code == 202


def test_a_replay_never_shows_a_token_again(town: Town) -> None:
    first = town.send("POST", "/api/v1/tokens", "editor", {"user": "editor"}, headers=keyed("t"))
    again = town.send("POST", "/api/v1/tokens", "editor", {"user": "editor"}, headers=keyed("t"))
    assert first.json()["token"].startswith("dtm_")
    assert (again.json()["id"], again.json()["token"]) == (first.json()["id"], None)


def test_a_request_whose_process_died_before_it_answered_gives_the_same_submission_again(town: Town) -> None:
    """The key's mark is left empty by a process that is killed; the submission was recorded with the key itself."""
    slug = town.draft()["slug"]
    first = town.upload(slug, headers={"Idempotency-Key": "k1"})
    assert first.status_code == 202
    with town.stand.records.begin() as unit:  # as it stands when the process dies between recording and answering
        unit.connection.execute(text("DELETE FROM answers WHERE key NOT LIKE 'attached:%'"))
    again = town.upload(slug, headers={"Idempotency-Key": "k1"})
    assert (again.status_code, again.json()["id"]) == (202, first.json()["id"])
    assert len(list(town.stand.files.staged(-1))) == 1
    with town.stand.records.begin() as unit:
        unit.connection.execute(text("DELETE FROM answers WHERE key NOT LIKE 'attached:%'"))
    other = town.upload(slug, SCHOOLS + b"00789,X,01\n", headers={"Idempotency-Key": "k1"})
    assert (other.status_code, other.json()["code"]) == (422, "idempotency-key-reused")
    assert len(list(town.stand.files.staged(-1))) == 1


def test_the_same_key_a_hundred_times_at_once_has_one_effect(town: Town) -> None:
    slug = town.draft()["slug"]
    with ThreadPoolExecutor(25) as crew:
        answers = list(crew.map(lambda _: town.upload(slug, headers={"Idempotency-Key": "k100"}), range(100)))
    assert {one.status_code for one in answers} <= {202, 409}
    made = {one.json()["id"] for one in answers if one.status_code == 202}
    assert len(made) == 1
    assert {one.json()["code"] for one in answers if one.status_code == 409} <= {"request-under-way"}
    assert town.upload(slug, headers={"Idempotency-Key": "k100"}).json()["id"] in made
    assert len(list(town.stand.files.staged(-1))) == 1
    with town.stand.records.read() as unit:
        assert [one.id for one in unit.submissions()] == list(made)
