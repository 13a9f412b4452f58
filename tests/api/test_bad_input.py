"""Bad input through the real door of a running site: a state, a stable code, a sentence in two languages; nothing dies."""

from __future__ import annotations

import asyncio
import json
import re
import socket
import time
import unicodedata
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi.testclient import TestClient

from api.app import create_app
from api.dialects.v1.upload import Refused
from catalog.adapters.files_local import LocalFiles
from catalog.errors import Unavailable
from tests.pipelines import hostile
from tests.running import Running, running
from tests.site import URL, Town, make_town

LIMIT = 400_000_000
BOUNDARY = "cut-here"
GOOD = "ma,ten\n00001,Trường số 1\n00002,Trường số 2\n".encode()


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with running(tmp_path_factory.mktemp("site"), LIMIT) as site:
        yield site


def refused(here: Running, answer: httpx.Response) -> dict[str, Any]:
    """The end of an upload that was taken: with words in both languages, and nothing of it visible."""
    assert answer.status_code == 202, answer.text
    vi = here.end(answer.json()["id"])
    en = here.end(answer.json()["id"], "en")
    assert vi["state"] == en["state"]
    assert vi["reason"]["code"] == en["reason"]["code"]
    for told in (vi, en):
        assert len(told["reason"]["detail"]) > 10, told["reason"]
        assert told["reason"]["code"] != told["reason"]["detail"]
    assert vi["reason"]["detail"] != en["reason"]["detail"]
    with here.client("") as anybody:
        assert anybody.get(f"/api/v1/datasets/{vi['dataset']}").status_code == 404
    with here.client() as client:
        assert client.get(f"/api/v1/datasets/{vi['dataset']}").json()["version"] is None
    assert here.worker.poll() is None, here.place.log()
    return vi


@pytest.mark.parametrize("case", hostile.CASES)
def test_a_file_that_cannot_be_read_is_failed_with_its_reason(here: Running, tmp_path: Path, case: str) -> None:
    path = hostile.write(tmp_path, case)
    with path.open("rb") as stream:
        answer = here.upload(here.draft(case), stream, path.name)
    told = refused(here, answer)
    assert (told["state"], told["reason"]["code"] in hostile.CASES[case][2].split()) == ("failed", True), told["reason"]


def test_a_header_without_rows_is_blocked(here: Running) -> None:
    told = refused(here, here.upload(here.draft("chỉ có tiêu đề"), b"ma,ten\n"))
    assert (told["state"], told["reason"]["code"]) == ("blocked", "no-rows")


def test_a_sheet_that_lies_about_its_size_is_read_by_its_cells(here: Running) -> None:
    row = '<row r="{0}"><c r="A{0}" t="inlineStr"><is><t>{1}</t></is></c></row>'
    content = hostile.workbook(row.format(1, "name") + row.format(2, "x"), '<dimension ref="A1:XFD1048576"/>')
    answer = here.upload(here.draft("lời nói dối"), content, "a.xlsx")
    told = here.end(answer.json()["id"])
    assert (told["state"], told["profile"]["rows"]) == ("published", 1), told["reason"]


@pytest.mark.parametrize("descriptor", [
    {"path": "postgresql://db/secret", "dialect": {"sql": {"table": "users"}}},
    {"path": "http://169.254.169.254/latest/meta-data/", "format": "csv"},
    {"path": "/etc/passwd", "format": "csv", "schema": "http://127.0.0.1:1/schema.json"},
])
def test_a_descriptor_opens_nothing(here: Running, descriptor: dict[str, Any]) -> None:
    """It is a JSON file like any other, and says no table; as a part of the form it is refused."""
    slug = here.draft("mô tả")
    told = refused(here, here.upload(slug, json.dumps(descriptor).encode(), "datapackage.json"))
    assert told["state"] in ("failed", "blocked")
    assert "passwd" not in json.dumps(told["findings"])
    for part, code in (("schema", "schema-unusable"), ("descriptor", "unknown-part"), ("path", "unknown-part")):
        answer = here.upload(slug, GOOD, data={part: json.dumps(descriptor)})
        assert (answer.status_code, answer.json()["code"]) == (422, code)


def test_a_descriptor_that_looks_like_a_table_is_only_text(here: Running) -> None:
    """One list of objects is a table: its cells say what was typed, nothing behind the address is opened."""
    content = json.dumps({"resources": [{"name": "a", "path": "sqlite:////etc/passwd"}]}).encode()
    slug = here.draft("bảng mô tả")
    assert here.end(here.upload(slug, content, "datapackage.json").json()["id"])["state"] == "published"
    with here.client() as client:
        assert client.get(f"/api/v1/datasets/{slug}/rows").json()["items"] == [
            {"name": "a", "path": "sqlite:////etc/passwd"},
        ]


def test_a_good_file_still_goes_through_after_all_that(here: Running) -> None:
    slug = here.draft("tốt")
    told = here.end(here.upload(slug, GOOD).json()["id"])
    assert (told["state"], told["version"]) == ("published", 1), told["reason"]
    with here.client("") as anybody:
        found = anybody.get(f"/api/v1/datasets/{slug}").json()
        original = next(one for one in found["files"] if one["role"] == "original")
        assert anybody.get(original["url"]).content == GOOD
        assert [row["ma"] for row in anybody.get(f"/api/v1/datasets/{slug}/rows").json()["items"]] == ["00001", "00002"]


# --- names ----------------------------------------------------------------------------------------------------------

NAMES = {
    "up and away": ("../../../../etc/passwd.csv", "passwd.csv"),
    "a path of Windows": ("C:\\Users\\me\\a.csv", "a.csv"),
    "a zero byte": ("a\0b.csv", "ab.csv"),
    "300 bytes": ("é" * 150 + ".csv", None),
    "right to left": ("a\u202evsc.exe.csv", "avsc.exe.csv"),
    "line feeds": ("a\r\nSet-Cookie: x=1.csv", None),
    "nothing": (".", "file"),
    "percent": ("%2e%2e%2fa.csv", "%2e%2e%2fa.csv"),
    "decomposed": (unicodedata.normalize("NFD", "Trường học.csv"), "Trường học.csv"),
}


def raw_form(name: str, content: bytes = GOOD) -> bytes:
    shown = name.replace('"', "%22")
    head = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="{shown}"\r\n\r\n'
    return head.encode() + content + f"\r\n--{BOUNDARY}--\r\n".encode()


@pytest.mark.parametrize("case", NAMES)
def test_a_name_is_shown_cleaned_and_never_a_path(town: Town, case: str) -> None:
    name, cleaned = NAMES[case]
    slug = town.draft()["slug"]
    headers = {**town.head("editor"), "Content-Type": f"multipart/form-data; boundary={BOUNDARY}"}
    answer = town.client.post(f"/api/v1/datasets/{slug}/submissions", headers=headers, content=raw_form(name))
    if answer.status_code == 422:  # a name that breaks the form itself
        assert answer.json()["code"] == "multipart-invalid"
        return
    shown = answer.json()["file"]["name"]
    assert cleaned is None or shown == cleaned
    assert len(shown.encode()) <= 120
    assert not re.search(r"[/\\\x00-\x1f\u202a-\u202e\u2066-\u2069]", shown)


# --- the upload itself ------------------------------------------------------------------------------------------------


def test_two_gigabytes_are_refused_before_they_are_sent(here: Running) -> None:
    size = 2 << 30
    slug = here.draft("hai gigabyte")
    host, _, port = here.url.removeprefix("http://").partition(":")
    with socket.create_connection((host, int(port)), timeout=120) as line:
        line.sendall(
            f"POST /api/v1/datasets/{slug}/submissions HTTP/1.1\r\nHost: {host}\r\nContent-Length: {size}\r\n"
            f"Authorization: Bearer {here.tokens['editor']}\r\n"
            f"Content-Type: multipart/form-data; boundary={BOUNDARY}\r\n\r\n".encode()
        )
        answer = line.recv(65536)
    assert b" 413 " in answer.split(b"\r\n")[0]
    assert b"too-large" in answer


def test_a_stream_without_a_length_is_refused_at_the_limit(tmp_path: Path) -> None:
    town = make_town(tmp_path, upload_limit=1_000_000)
    slug = town.draft()["slug"]
    headers = {**town.head("editor"), "Content-Type": f"multipart/form-data; boundary={BOUNDARY}"}
    given = 0

    def endless():
        nonlocal given
        yield raw_form("a.csv", b"")[: -len(f"\r\n--{BOUNDARY}--\r\n")]
        while given < 100_000_000:
            given += 65536
            yield b"x" * 65536

    answer = town.client.post(f"/api/v1/datasets/{slug}/submissions", headers=headers, content=endless())
    assert (answer.status_code, answer.json()["code"]) == (413, "too-large")
    assert list(town.stand.files.staged(-1)) == []
    assert town.get(f"/api/v1/submissions?dataset={slug}", "editor").json()["total"] == 0


@pytest.mark.parametrize("share", [0, 10, 50, 90, 99])
def test_a_connection_that_is_cut_leaves_nothing(here: Running, share: int) -> None:
    slug, before = here.draft("đứt"), here.staged()
    body = raw_form("a.csv", GOOD * 20_000)
    host, _, port = here.url.removeprefix("http://").partition(":")
    with socket.create_connection((host, int(port)), timeout=120) as line:
        line.sendall(
            f"POST /api/v1/datasets/{slug}/submissions HTTP/1.1\r\nHost: {host}\r\nContent-Length: {len(body)}\r\n"
            f"Authorization: Bearer {here.tokens['editor']}\r\n"
            f"Content-Type: multipart/form-data; boundary={BOUNDARY}\r\n\r\n".encode()
        )
        line.sendall(body[: len(body) * share // 100])
        time.sleep(0.2)
    until = time.monotonic() + 120
    while here.staged() - before and time.monotonic() < until:
        time.sleep(0.05)
    assert here.staged() - before == set()
    with here.client() as client:
        assert client.get(f"/api/v1/submissions?dataset={slug}").json()["total"] == 0


FORMS = {
    "unknown part": ({"bogus": "1"}, "unknown-part", "#/bogus"),
    "unknown standard": ({"standard": "no-such"}, "unknown-standard", "#/standard"),
    "unknown update": ({"update": "explode"}, "invalid", "#/update"),
    "a client's own id": ({"id": "../../x"}, "unknown-part", "#/id"),
    "an upload beside a file": ({"upload": "x"}, "two-files", "#/upload"),
    "a part beyond measure": ({"note": "x" * 30_000}, "too-long", "#/note"),
}


@pytest.mark.parametrize("case", FORMS)
def test_a_form_that_is_wrong_is_refused_at_once(town: Town, case: str) -> None:
    data, code, pointer = FORMS[case]
    answer = town.upload(town.draft()["slug"], data=data)
    assert (answer.status_code, answer.json()["code"]) == (413 if code == "too-long" else 422, code)
    assert answer.json()["errors"][0]["pointer"] == pointer
    assert list(town.stand.files.staged(-1)) == []


def test_a_refusal_of_what_was_read_to_its_end_waits_for_nothing_more() -> None:
    sent: list[Any] = []

    async def send(message: Any) -> None:
        sent.append(message)

    async def receive() -> Any:
        raise AssertionError("nothing more comes")

    asyncio.run(Refused(b"no", 422)({"type": "http", "state": {"body_ended": True}}, receive, send))
    assert [one["type"] for one in sent] == ["http.response.start", "http.response.body"]


def test_two_files_or_none_are_refused(town: Town) -> None:
    path = f"/api/v1/datasets/{town.draft()['slug']}/submissions"
    two = town.client.post(path, headers=town.head("editor"), files=[("file", ("a", b"1")), ("file", ("b", b"2"))])
    none = town.client.post(path, headers=town.head("editor"), files={"note": (None, "x")})
    plain = town.client.post(path, headers=town.head("editor"), json={})
    broken = town.client.post(path, headers={**town.head("editor"), "Content-Type": "multipart/form-data; boundary=x"},
                              content=b"nonsense")
    assert [one.json()["code"] for one in (two, none, plain, broken)] == [
        "two-files", "file-missing", "multipart-needed", "multipart-invalid",
    ]
    assert {one.status_code for one in (two, none, plain, broken)} == {422}
    assert list(town.stand.files.staged(-1)) == []


def test_ten_thousand_parts_are_refused(town: Town) -> None:
    part = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="note"\r\n\r\nx\r\n'.encode()
    headers = {**town.head("editor"), "Content-Type": f"multipart/form-data; boundary={BOUNDARY}"}
    path = f"/api/v1/datasets/{town.draft()['slug']}/submissions"
    answer = town.client.post(path, headers=headers, content=part * 10_000)
    assert (answer.status_code, answer.json()["code"]) == (422, "repeated-part")


def test_a_wrong_token_and_somebody_elses_dataset_take_no_bytes(here: Running) -> None:
    slug, before = here.draft("của người khác"), here.staged()
    here.tokens["wrong"] = "dtm_wrong"
    for who, status in (("wrong", 401), ("", 401), ("stranger", 404)):
        with here.client(who) as client:
            answer = client.post(f"/api/v1/datasets/{slug}/submissions", files={"file": ("a.csv", GOOD)})
            assert answer.status_code == status, (who, answer.text)
    assert here.staged() == before


def test_the_same_upload_twice_with_one_key_is_one_version(here: Running) -> None:
    slug = here.draft("hai lần")
    headers = {"Idempotency-Key": "the-same"}
    first, again = (here.upload(slug, GOOD, **headers) for _ in range(2))
    assert first.json()["id"] == again.json()["id"]
    assert again.headers["idempotency-replayed"] == "true"
    assert here.end(first.json()["id"])["version"] == 1
    with here.client() as client:
        assert client.get(f"/api/v1/datasets/{slug}/versions").json()["total"] == 1


class FullDisk(LocalFiles):
    """Files on a disk that has no room left."""

    def stage(self, stream: Any, limit: int) -> tuple[str, int, str]:
        stream.read(10)
        raise Unavailable("storage-full")


def test_a_full_disk_is_said_and_leaves_nothing(town: Town, tmp_path: Path) -> None:
    slug = town.draft()["slug"]
    app = create_app(town.catalog, FullDisk(tmp_path / "files"), site_url=URL, environment="test")
    town.client = TestClient(app, base_url=URL)
    for language in ("vi", "en"):
        answer = town.upload(slug, headers={"Accept-Language": language})
        assert (answer.status_code, answer.json()["code"]) == (503, "storage-full")
        assert len(answer.json()["detail"]) > 20
        assert int(answer.headers["retry-after"]) >= 1
    assert town.get(f"/api/v1/submissions?dataset={slug}", "editor").json()["total"] == 0
