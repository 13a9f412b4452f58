"""Bytes through the door: whole, in part, cached, named."""

from __future__ import annotations

import base64
import hashlib
from pathlib import Path

import pytest

from api.dialects.v1.files import disposition
from tests.site import SCHOOLS, Town


@pytest.fixture
def path(town: Town) -> str:
    return f"/api/v1/datasets/{town.published()['slug']}"


def test_a_file_comes_with_its_hash_as_strong_etag_and_for_ever_at_the_versions_address(town: Town, path: str) -> None:
    answer = town.get(f"{path}/versions/1/files/truong-hoc-2025.csv")
    assert (answer.status_code, answer.content) == (200, SCHOOLS)
    assert answer.headers["etag"] == f'"{hashlib.sha256(SCHOOLS).hexdigest()}"'
    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert answer.headers["content-length"] == str(len(SCHOOLS))
    assert answer.headers["accept-ranges"] == "bytes"
    assert town.get(f"{path}/files/truong-hoc-2025.csv").headers["cache-control"] == "public, no-cache"


def test_a_file_that_the_client_holds_is_not_sent_again(town: Town, path: str) -> None:
    tag = f'"{hashlib.sha256(SCHOOLS).hexdigest()}"'
    answer = town.get(f"{path}/files/schools.csv", headers={"If-None-Match": f'"other", {tag}'})
    assert (answer.status_code, answer.content, answer.headers["etag"]) == (304, b"", tag)


@pytest.mark.parametrize(("asked", "status", "part"), [
    ("bytes=0-9", 206, slice(0, 10)),
    ("bytes=10-", 206, slice(10, None)),
    ("bytes=-7", 206, slice(-7, None)),
    ("bytes=0-999999", 206, slice(0, None)),
    ("bytes=-999999", 206, slice(0, None)),
    ("bytes=5-2", 200, slice(0, None)),
    ("bytes=0-1,3-4", 200, slice(0, None)),
    ("bytes=" + ",".join(f"{at}-{at}" for at in range(10_000)), 200, slice(0, None)),
    ("lines=1-2", 200, slice(0, None)),
    ("bytes=-", 200, slice(0, None)),
])
def test_ranges(town: Town, path: str, asked: str, status: int, part: slice) -> None:
    answer = town.get(f"{path}/files/schools.csv", headers={"Range": asked})
    assert (answer.status_code, answer.content) == (status, SCHOOLS[part])
    if status == 206:
        start, stop, _ = part.indices(len(SCHOOLS))
        assert answer.headers["content-range"] == f"bytes {start}-{stop - 1}/{len(SCHOOLS)}"


@pytest.mark.parametrize("asked", ["bytes=99999-", "bytes=-0"])
def test_a_range_beyond_the_end_is_416_with_the_size(town: Town, path: str, asked: str) -> None:
    answer = town.get(f"{path}/files/schools.csv", headers={"Range": asked})
    assert (answer.status_code, answer.headers["content-range"]) == (416, f"bytes */{len(SCHOOLS)}")


def test_a_range_of_other_bytes_than_the_client_has_gives_the_whole(town: Town, path: str) -> None:
    answer = town.get(f"{path}/files/schools.csv", headers={"Range": "bytes=0-1", "If-Range": '"old"'})
    assert answer.status_code == 200


def test_head_tells_everything_but_the_bytes(town: Town, path: str) -> None:
    head = town.client.head(f"{path}/versions/1/files/schools.csv")
    whole = town.get(f"{path}/versions/1/files/schools.csv")
    skipped = ("x-request-id",)
    assert (head.status_code, head.content) == (200, b"")
    assert {k: v for k, v in head.headers.items() if k not in skipped} == {
        k: v for k, v in whole.headers.items() if k not in skipped
    }


def test_head_works_wherever_get_does(town: Town, path: str) -> None:
    for address in (path, f"{path}/versions", "/api/v1/standards", "/healthz"):
        head = town.client.head(address)
        assert (head.status_code, head.content) == (200, b""), address


def test_excel_gets_a_byte_order_mark_when_it_asks(town: Town, path: str) -> None:
    answer = town.get(f"{path}/files/truong-hoc-2025.csv?bom=1")
    assert answer.content == b"\xef\xbb\xbf" + SCHOOLS
    assert answer.headers["etag"].endswith('-bom"')
    part = town.get(f"{path}/files/truong-hoc-2025.csv?bom=1", headers={"Range": "bytes=1-6"})
    assert part.content == (b"\xef\xbb\xbf" + SCHOOLS)[1:7]


def test_a_name_with_marks_arrives_whole() -> None:
    shown = disposition('Đường "phố" số\n1.csv')
    assert shown == (
        'attachment; filename="Duong pho so1.csv"; '
        "filename*=UTF-8''%C4%90%C6%B0%E1%BB%9Dng%20%22ph%E1%BB%91%22%20s%E1%BB%91%0A1.csv"
    )


def test_a_file_cannot_act_as_a_page(town: Town) -> None:
    made = town.published(content=b"<script>alert(1)</script>,b\n1,2\n")
    answer = town.get(f"/api/v1/datasets/{made['slug']}/files/schools.csv")
    assert answer.headers["content-disposition"].startswith("attachment")
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "sandbox" in answer.headers["content-security-policy"]


def test_the_manifest_is_the_bytes_whose_hash_the_version_names(town: Town, path: str) -> None:
    version = town.get(f"{path}/versions/1").json()
    manifest = town.get(f"{path}/versions/1/manifest")
    assert hashlib.sha256(manifest.content).hexdigest() == version["manifest_sha256"]
    assert hashlib.sha256(SCHOOLS).hexdigest() in manifest.text


def test_a_version_that_never_was_is_404(town: Town, path: str) -> None:
    for number in ("2", "999999999"):
        assert town.get(f"{path}/versions/{number}").status_code == 404
        assert town.get(f"{path}/versions/{number}/files/schools.csv").status_code == 404


def rot(town: Town, sha256: str) -> None:
    """Flip one bit of a stored object, as a failing disk does."""
    path = Path(town.stand.files.local(sha256) or "")
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 4
    path.chmod(0o644)
    path.write_bytes(content)


@pytest.mark.parametrize("asked", ["", "bytes=0-3", "bytes=-5"])
def test_a_damaged_file_is_refused_and_never_given_as_if_it_were_right(town: Town, path: str, asked: str) -> None:
    sha256 = hashlib.sha256(SCHOOLS).hexdigest()
    headers = {"Range": asked} if asked else {}
    assert town.get(f"{path}/files/schools.csv", headers=headers).status_code in (200, 206)
    rot(town, sha256)
    answer = town.get(f"{path}/files/schools.csv", headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (503, "storage-damaged")
    assert "etag" not in answer.headers
    assert list(town.catalog.scrub_state()["damaged"]) == [sha256]
    assert town.get("/readyz").json()["parts"]["files"] == {"state": "degraded", "reason": "storage-damaged"}
    assert 'datamo_scrub{of="damaged"} 1' in town.get("/metrics").text


def test_rows_of_a_damaged_table_are_refused(town: Town, path: str) -> None:
    found = town.get(path).json()
    parquet = next(one for one in found["files"] if one["role"] == "parquet")
    assert town.get(f"{path}/rows").status_code == 200
    rot(town, parquet["sha256"])
    answer = town.get(f"{path}/rows?limit=2")
    assert (answer.status_code, answer.json()["code"]) == (503, "storage-damaged")


def test_a_file_tells_the_hash_of_the_whole_also_with_a_part(town: Town, path: str) -> None:
    said = base64.b64encode(hashlib.sha256(SCHOOLS).digest()).decode()
    for headers in ({}, {"Range": "bytes=0-3"}):
        assert town.get(f"{path}/files/schools.csv", headers=headers).headers["repr-digest"] == f"sha-256=:{said}:"
