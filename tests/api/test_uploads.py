"""Resumable uploads over HTTP (tus 1.0): whose they are, what is kept when a connection ends, what is refused."""

from __future__ import annotations

import base64
import hashlib
import re
import socket
import time
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import tusclient.client
import tusclient.exceptions

from api.app import create_app
from catalog.adapters.files_s3 import Address, S3Files
from catalog.catalog.uploads import OPEN
from tests.api.test_pages_forms import sign_in
from tests.conftest import NUMBERS
from tests.ports.test_files_s3 import put_by
from tests.running import served
from tests.site import SCHOOLS, URL, Town, make_town

TUS = {"Tus-Resumable": "1.0.0"}
HASH = hashlib.sha256(SCHOOLS).hexdigest()


def words(**members: str) -> str:
    return ",".join(f"{name} {base64.b64encode(value.encode()).decode()}" for name, value in members.items())


def begin(town: Town, size: int = len(SCHOOLS), who: str = "editor", **members: str) -> Any:
    headers = {**TUS, "Upload-Length": str(size), "Upload-Metadata": words(**{"filename": "schools.csv", **members})}
    return town.send("POST", "/api/v1/uploads", who, headers=headers)


def piece(town: Town, address: str, at: int, content: bytes, who: str = "editor", **headers: str) -> Any:
    sent = {**town.head(who), **TUS, "Upload-Offset": str(at), "Content-Type": "application/offset+octet-stream", **headers}
    return town.client.patch(address, headers=sent, content=content)


def submitted(town: Town, address: str, who: str = "editor", slug: str = "", **headers: str) -> Any:
    slug = slug or town.draft()["slug"]
    return town.client.post(
        f"/api/v1/datasets/{slug}/submissions", headers={**town.head(who), **headers},
        files={"upload": (None, address.rpartition("/")[2])})


def test_a_file_in_three_pieces_becomes_a_submission_that_is_published(town: Town) -> None:
    made = begin(town, sha256=HASH)
    assert made.status_code == 201
    address = made.headers["location"]
    at = 0
    for part in (SCHOOLS[:10], SCHOOLS[10:50], SCHOOLS[50:]):
        answer = piece(town, address, at, part)
        at += len(part)
        assert (answer.status_code, answer.headers["upload-offset"]) == (204, str(at))
        assert answer.headers["tus-resumable"] == "1.0.0"
    answer = submitted(town, address)
    assert answer.status_code == 202, answer.text
    assert answer.json()["file"]["name"] == "schools.csv"
    assert town.check(answer.json()["id"]).state == "published"
    assert town.get(address, "editor").status_code == 404  # it is the submission's now


def test_an_upload_becomes_a_submission_once(town: Town) -> None:
    address = begin(town).headers["location"]
    piece(town, address, 0, SCHOOLS)
    slug = town.draft()["slug"]
    assert submitted(town, address, slug=slug).status_code == 202
    again = submitted(town, address, slug=slug)
    assert (again.status_code, again.json()["code"]) == (422, "unknown-upload")


def test_the_same_submission_sent_again_under_its_key_gives_the_first_answer(town: Town) -> None:
    address = begin(town).headers["location"]
    piece(town, address, 0, SCHOOLS)
    slug = town.draft()["slug"]
    first = submitted(town, address, slug=slug, **{"Idempotency-Key": "k"})
    again = submitted(town, address, slug=slug, **{"Idempotency-Key": "k"})
    assert again.json() == first.json()
    assert again.headers["idempotency-replayed"] == "true"


def test_how_far_an_upload_is_can_be_asked_before_going_on(town: Town) -> None:
    address = begin(town).headers["location"]
    piece(town, address, 0, SCHOOLS[:30])
    asked = town.client.head(address, headers={**town.head("editor"), **TUS})
    assert (asked.headers["upload-offset"], asked.headers["upload-length"]) == ("30", str(len(SCHOOLS)))
    assert asked.headers["cache-control"] == "no-store"
    assert asked.headers["upload-expires"].endswith("GMT")
    wrong = piece(town, address, 10, SCHOOLS[10:])
    assert (wrong.status_code, wrong.json()["code"]) == (409, "upload-offset")
    assert "30" in wrong.json()["detail"]
    assert piece(town, address, 30, SCHOOLS[30:]).status_code == 204


def test_another_persons_upload_is_not_there(town: Town) -> None:
    address = begin(town).headers["location"]
    for who in ("stranger", "reviewer", "operator"):
        assert town.get(address, who).status_code == 404
        assert piece(town, address, 0, SCHOOLS, who).status_code == 404
        assert town.send("DELETE", address, who).status_code == 404
        assert town.get("/api/v1/uploads", who).json()["items"] == []
    assert piece(town, address, 0, SCHOOLS).status_code == 204
    taken = submitted(town, address, "reviewer")
    assert (taken.status_code, taken.json()["code"]) == (422, "unknown-upload")
    assert town.get(address, "").status_code == 404
    assert piece(town, address, 0, SCHOOLS, "").status_code == 401


def test_who_may_upload_nowhere_begins_nothing(town: Town) -> None:
    for who, status in (("reader", 403), ("nobody", 403), ("", 401)):
        assert begin(town, who=who).status_code == status
    assert [one["bytes"] for one in town.get("/api/v1/uploads", "reader").json()["items"]] == []


def test_a_piece_with_a_wrong_checksum_is_not_kept_and_may_be_sent_again(town: Town) -> None:
    address = begin(town).headers["location"]
    right = "sha256 " + base64.b64encode(hashlib.sha256(SCHOOLS[:20]).digest()).decode()
    wrong = piece(town, address, 0, SCHOOLS[:19] + b"?", **{"Upload-Checksum": right})
    assert (wrong.status_code, wrong.json()["code"]) == (460, "checksum-mismatch")
    assert town.get(address, "editor").json()["received"] == 0
    assert piece(town, address, 0, SCHOOLS[:20], **{"Upload-Checksum": right}).status_code == 204
    assert town.get(address, "editor").json()["received"] == 20
    for odd in ("md5 " + right[7:], "sha256 !", "sha256"):
        assert piece(town, address, 20, SCHOOLS[20:], **{"Upload-Checksum": odd}).status_code in (400, 460)


def test_a_whole_that_is_not_what_was_announced_is_refused_and_forgotten(town: Town) -> None:
    address = begin(town, sha256="0" * 64).headers["location"]
    answer = piece(town, address, 0, SCHOOLS)
    assert (answer.status_code, answer.json()["code"]) == (460, "upload-damaged")
    assert town.get(address, "editor").status_code == 404
    assert list(town.stand.files.staged(-10**6)) == []


def test_an_unfinished_upload_is_no_submission_yet(town: Town) -> None:
    address = begin(town).headers["location"]
    piece(town, address, 0, SCHOOLS[:30])
    slug = town.draft()["slug"]
    early = submitted(town, address, slug=slug)
    assert (early.status_code, early.json()["code"]) == (409, "upload-unfinished")
    piece(town, address, 30, SCHOOLS[30:])
    assert submitted(town, address, slug=slug).status_code == 202


def test_more_than_was_promised_and_more_than_the_site_takes_are_refused(town: Town) -> None:
    address = begin(town, 10).headers["location"]
    assert piece(town, address, 0, SCHOOLS).status_code == 413
    assert town.get(address, "editor").json()["received"] == 0
    slow = town.client.patch(address, headers={
        **town.head("editor"), **TUS, "Upload-Offset": "0", "Content-Type": "application/offset+octet-stream",
    }, content=iter([SCHOOLS[:6], SCHOOLS[6:60]]))
    assert slow.status_code == 413
    assert town.get(address, "editor").json()["received"] == 10
    assert begin(town, town.catalog.upload_limit + 1).status_code == 413


def test_one_person_has_so_many_uploads_under_way_and_no_more(town: Town) -> None:
    made = [begin(town, 1) for _ in range(OPEN)]
    assert {one.status_code for one in made} == {201}
    full = begin(town, 1)
    assert (full.status_code, full.json()["code"]) == (429, "too-many-uploads")
    assert int(full.headers["retry-after"]) > 0
    assert town.send("DELETE", made[0].headers["location"]).status_code == 204
    assert begin(town, 1).status_code == 201
    assert begin(town, 1, "reviewer").status_code == 201


def test_one_person_promises_so_many_bytes_and_no_more(town: Town) -> None:
    answers = [begin(town, town.catalog.upload_limit) for _ in range(5)]
    assert [one.status_code for one in answers] == [201] * 4 + [429]
    assert answers[-1].json()["code"] == "too-much-uploading"


def test_an_upload_that_nobody_goes_on_with_is_forgotten_after_a_day(town: Town) -> None:
    old = begin(town).headers["location"]
    town.stand.clock.forward(hours=23)
    young = begin(town).headers["location"]
    piece(town, young, 0, b"s")
    town.stand.clock.forward(hours=2)
    assert town.get(old, "editor").status_code == 404
    assert town.catalog.sweep(older_than_hours=24) == 1
    assert len(list(town.stand.files.staged(-10**6))) == 1
    assert town.get(young, "editor").json()["received"] == 1


def test_a_sweep_takes_no_upload_that_is_under_way(town: Town) -> None:
    address = begin(town).headers["location"]
    piece(town, address, 0, SCHOOLS[:30])
    town.catalog.sweep(older_than_hours=-10**6)
    assert town.get(address, "editor").json()["received"] == 30


def test_what_the_door_speaks_is_told_and_another_protocol_is_refused(town: Town) -> None:
    told = town.client.options("/api/v1/uploads").headers
    assert told["tus-version"] == "1.0.0"
    assert {"creation", "termination", "checksum", "expiration"} <= set(told["tus-extension"].split(","))
    assert told["tus-max-size"] == "500000000"
    address = begin(town).headers["location"]
    assert piece(town, address, 0, b"x", **{"Tus-Resumable": "0.2.2"}).status_code == 412
    assert piece(town, address, 0, b"x", **{"Content-Type": "text/csv"}).status_code == 415
    assert town.send("POST", "/api/v1/uploads").status_code == 412


@pytest.mark.parametrize("headers", [
    {"Upload-Length": "-1"}, {"Upload-Length": "1e3"}, {}, {"Upload-Length": "9" * 30},
    {"Upload-Length": "1", "Upload-Metadata": "filename !"}, {"Upload-Length": "1", "Upload-Metadata": "a " * 4000},
    {"Upload-Length": "1", "Upload-Metadata": words(sha256="abc")},
])
def test_what_cannot_be_understood_is_refused_with_its_place(town: Town, headers: dict[str, str]) -> None:
    answer = town.send("POST", "/api/v1/uploads", headers={**TUS, **headers})
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"].startswith("header:upload-")


def test_a_folder_takes_no_files_directly(town: Town) -> None:
    answer = town.send("POST", "/api/v1/uploads", json={"direct": True, "size": 3, "sha256": HASH})
    assert (answer.status_code, answer.json()["code"]) == (409, "no-direct-uploads")
    odd = town.send("POST", "/api/v1/uploads", json={"direct": True, "size": -3, "sha256": "x", "more": 1})
    assert {one["pointer"] for one in odd.json()["errors"]} == {"#/size", "#/sha256", "#/more"}


@pytest.mark.parametrize("kind", ["application/json", "Application/JSON; charset=utf-8"])
def test_what_is_asked_for_directly_is_bounded_and_says_each_member_once(town: Town, kind: str) -> None:
    def asked(body: bytes) -> Any:
        return town.send("POST", "/api/v1/uploads", headers={"Content-Type": kind}, content=body)

    twice = asked(b'{"direct": true, "size": 3, "size": 4, "sha256": "%s"}' % HASH.encode())
    assert (twice.status_code, twice.json()["code"], twice.json()["errors"][0]["code"]) == (422, "json-invalid", "said-twice")
    assert asked(b" " * 1_000_001).status_code == 413
    assert asked(b"[" * 100_000).status_code == 422


def test_a_file_and_an_upload_at_once_are_one_too_many(town: Town) -> None:
    address = begin(town).headers["location"]
    piece(town, address, 0, SCHOOLS)
    answer = town.upload(town.draft()["slug"], data={"upload": address.rpartition("/")[2]})
    assert (answer.status_code, answer.json()["code"]) == (422, "two-files")
    assert town.get(address, "editor").json()["complete"]


def test_a_session_writes_only_with_its_token(town: Town) -> None:
    signed = town.catalog.sign_in("editor", "a long password")
    town.client.cookies.set("session", signed.secret)
    headers = {**TUS, "Upload-Length": "3"}
    assert town.client.post("/api/v1/uploads", headers=headers).status_code == 403
    made = town.client.post("/api/v1/uploads", headers={**headers, "X-CSRF-Token": signed.csrf})
    assert made.status_code == 201
    town.client.cookies.clear()


def test_the_form_takes_a_file_that_was_sent_before(town: Town) -> None:
    """As the page's own module does it: with the session and the form's token; the file's field is empty."""
    token = sign_in(town, "editor")
    headers = {"X-CSRF-Token": token, **TUS}
    made = town.client.post("/api/v1/uploads", headers={**headers, "Upload-Length": str(len(SCHOOLS)),
                                                        "Upload-Metadata": words(filename="schools.csv")})
    address = made.headers["location"]
    town.client.patch(address, content=SCHOOLS, headers={
        **headers, "Upload-Offset": "0", "Content-Type": "application/offset+octet-stream"})
    upload = address.rpartition("/")[2]
    form = {"csrf": token, "organisation": "h12-so", "title": "Tr", "upload": upload}
    wrong = town.client.post("/publish", data=form, files={"x": (None, "")})
    assert wrong.status_code == 422
    assert f'name="upload" value="{upload}"' in wrong.text  # it need not be sent again
    right = town.client.post("/publish", data={**form, "title": "Trường học mới"}, files={"x": (None, "")})
    assert right.status_code == 303, right.text
    submission = right.headers["location"].split("/")[2].partition("?")[0]
    assert town.get(f"/api/v1/submissions/{submission}", "editor").json()["file"]["sha256"] == HASH
    again = town.client.post("/publish", data={**form, "title": "Trường học khác"}, files={"x": (None, "")})
    assert again.status_code == 422
    assert 'name="upload" value=""' in again.text
    assert "Không có lượt tải lên" in again.text


def test_the_form_works_without_its_module_and_finds_it(town: Town) -> None:
    sign_in(town, "editor")
    page = town.client.get("/publish").text
    address = re.search(r'<script type="module" src="([^"]+)"', page).group(1)
    module = town.client.get(address)
    assert "javascript" in module.headers["content-type"]
    assert 'type="file" id="file" name="file"' in page
    assert "script-src 'self'" in town.client.get("/publish").headers["content-security-policy"]


@contextmanager
def on_air(town: Town) -> Any:
    """The town's site by a real server."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{listening.getsockname()[1]}"
        with served(create_app(town.catalog, town.stand.files, site_url=url, environment="test"), listening):
            yield url


def test_a_tus_client_of_others_uploads_and_goes_on_after_a_cut(tmp_path: Path) -> None:
    """tuspy, as it is on PyPI: with a checksum for each piece, cut in the middle, taken up again at another address."""
    town = make_town(tmp_path)
    content = SCHOOLS + b"00789,A,01\n" * 20_000
    file = tmp_path / "schools.csv"
    file.write_bytes(content)
    with on_air(town) as url:
        client = tusclient.client.TusClient(f"{url}/api/v1/uploads", headers=town.head("editor"))
        first = client.uploader(str(file), chunk_size=50_000, upload_checksum=True,
                                metadata={"filename": "schools.csv", "sha256": hashlib.sha256(content).hexdigest()})
        first.upload(stop_at=100_000)
        assert first.offset == 100_000
        again = client.uploader(str(file), chunk_size=64_000, url=first.url)
        assert again.offset == 100_000
        again.upload()
        stranger = tusclient.client.TusClient(f"{url}/api/v1/uploads", headers=town.head("stranger"))
        with pytest.raises(tusclient.exceptions.TusCommunicationError):
            stranger.uploader(str(file), url=first.url)
    answer = submitted(town, first.url)
    assert answer.status_code == 202, answer.text
    assert answer.json()["file"]["sha256"] == hashlib.sha256(content).hexdigest()


def test_what_came_before_a_connection_was_cut_is_kept(tmp_path: Path) -> None:
    town = make_town(tmp_path)
    address = begin(town, 1000).headers["location"]
    with on_air(town) as url:
        head = f"PATCH {address} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {town.tokens['editor']}\r\nTus-Resumable: 1.0.0\r\n"
        head += "Upload-Offset: 0\r\nContent-Type: application/offset+octet-stream\r\nContent-Length: 1000\r\n\r\n"
        with socket.create_connection(("127.0.0.1", int(url.rpartition(":")[2]))) as wire:
            wire.sendall(head.encode() + b"x" * 400)
            _until(lambda: town.get(address, "editor").json()["received"] == 400)
    assert piece(town, address, 400, b"x" * 600).status_code == 204


def _until(true: Any, patience: float = 60.0) -> None:
    end = time.monotonic() + patience
    while not true():
        assert time.monotonic() < end
        time.sleep(0.05)


def test_a_file_is_put_straight_into_the_bucket_and_counts_only_when_it_is_the_one_announced(
    s3: Any, tmp_path: Path
) -> None:
    town = make_town(tmp_path)
    store = S3Files(Address(bucket="datamo", prefix=f"d{next(NUMBERS)}/", endpoint=s3.endpoint), tmp_path / "copies")
    town.catalog._files = store
    asked = {"direct": True, "size": len(SCHOOLS), "sha256": HASH, "name": "schools.csv"}
    made = town.send("POST", "/api/v1/uploads", json=asked)
    assert made.status_code == 201, made.text
    address, put = made.json()["links"]["self"], made.json()["put"]
    slug = town.draft()["slug"]
    assert submitted(town, address, slug=slug).json()["code"] == "upload-unfinished"
    assert put_by(put["url"], SCHOOLS[:-1] + b"?", put["headers"]) >= 400
    assert put_by(put["url"], SCHOOLS, put["headers"]) == 200
    answer = submitted(town, address, slug=slug)
    assert answer.status_code == 202, answer.text
    assert answer.json()["file"]["sha256"] == HASH
    assert town.send("POST", "/api/v1/uploads", "reader", json=asked).status_code == 403


def test_links_of_an_upload_are_whole_addresses_as_all_others_are(town: Town) -> None:
    made = town.send("POST", "/api/v1/uploads", headers={"Tus-Resumable": "1.0.0", "Upload-Length": "10"})
    address = made.json()["links"]["self"]
    assert address == f"{URL}/api/v1/uploads/{made.json()['id']}"
    assert town.get(address, "editor").json()["links"] == {"self": address}
    assert [one["links"]["self"] for one in town.get("/api/v1/uploads", "editor").json()["items"]] == [address]
