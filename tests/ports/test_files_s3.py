"""What a store in a bucket must do besides: parts, faults on the way, addresses to put to and to get from, refusals."""

from __future__ import annotations

import hashlib
import io
import os
import threading
import urllib.error
import urllib.request
from pathlib import Path

import boto3
import pytest

from catalog.adapters.files_s3 import Address, S3Files, address_of
from catalog.adapters.files_s3.writing import PART
from catalog.errors import NotFound, TooLarge, Unavailable
from tests import faulty, seaweed
from tests.conftest import NUMBERS

TEXT = "Trường học Nguyễn Tất Thành\n".encode() * 1000
HASH = hashlib.sha256(TEXT).hexdigest()


def address(endpoint: str, bucket: str = "datamo", prefix: str | None = None) -> Address:
    return Address(bucket=bucket, prefix=f"u{next(NUMBERS)}/" if prefix is None else prefix, endpoint=endpoint)


@pytest.fixture
def files(s3, tmp_path) -> S3Files:
    return S3Files(address(s3.endpoint), tmp_path / "copies")


@pytest.fixture
def client(s3):
    return boto3.client("s3", endpoint_url=s3.endpoint, region_name="us-east-1")


@pytest.fixture
def proxy(s3):
    with faulty.before(s3.endpoint) as proxy:
        yield proxy


@pytest.fixture
def through(proxy, tmp_path, request) -> S3Files:
    """The store behind the proxy; with little patience only where silence is what is waited out."""
    silent = "silent" in request.node.name
    return S3Files(address(proxy.url), tmp_path / "copies", timeout=2.0 if silent else 60.0)


def left(client, prefix: str) -> tuple[list[str], list[str]]:
    """What lies under a prefix: keys, and uploads that nobody finished."""
    keys = client.list_objects_v2(Bucket="datamo", Prefix=prefix).get("Contents", [])
    uploads = client.list_multipart_uploads(Bucket="datamo", Prefix=prefix).get("Uploads", [])
    return [one["Key"] for one in keys], [one["Key"] for one in uploads]


def put_by(url: str, content: bytes, headers: dict[str, str]) -> int:
    asked = urllib.request.Request(url, content, headers, method="PUT")
    try:
        with urllib.request.urlopen(asked) as answer:
            return answer.status
    except urllib.error.HTTPError as refused:
        return refused.code


# -- large objects -------------------------------------------------------------------------------------------------


def test_a_large_upload_goes_in_parts_and_comes_back_byte_for_byte(files):
    content = os.urandom(2 * PART + 12345)
    key, size, sha256 = files.stage(io.BytesIO(content), len(content))
    assert (size, sha256) == (len(content), hashlib.sha256(content).hexdigest())
    with files.open_staged(key) as stream:
        assert stream.read() == content
    with files.open_staged(key) as stream:
        assert files.put(stream) == (sha256, size)
    assert files.open(sha256, PART - 5, 10).read() == content[PART - 5 : PART + 5]


@pytest.mark.parametrize("size", [PART - 1, PART, PART + 1])
def test_sizes_at_the_border_of_a_part_are_kept_whole(files, size):
    content = os.urandom(size)
    assert files.put(io.BytesIO(content)) == (hashlib.sha256(content).hexdigest(), size)


def test_a_large_upload_over_the_limit_leaves_no_key_and_no_unfinished_upload(files, client):
    with pytest.raises(TooLarge):
        files.stage(io.BytesIO(bytes(3 * PART)), 2 * PART)
    assert left(client, files._address.prefix) == ([], [])


def test_a_large_upload_that_breaks_off_leaves_nothing(files, client):
    class Breaking(io.BytesIO):
        def read(self, size=-1):
            if self.tell() > PART * 2:
                raise ConnectionResetError
            return super().read(size)

    with pytest.raises(ConnectionResetError):
        files.stage(Breaking(bytes(4 * PART)), 10 * PART)
    assert left(client, files._address.prefix) == ([], [])


def test_an_upload_whose_process_was_killed_is_found_by_the_sweep_and_dropped(files, client):
    key = "k" * 32
    where = {"Bucket": "datamo", "Key": f"{files._address.prefix}staging/{key}"}
    client.create_multipart_upload(**where)
    assert list(files.staged(-1)) == [key]
    files.drop_staged(key)
    assert left(client, files._address.prefix) == ([], [])


def test_a_stream_that_cannot_be_read_twice_is_stored_too(files):
    class Once(io.RawIOBase):
        def __init__(self):
            self.rest = io.BytesIO(TEXT)

        def readable(self):
            return True

        def readinto(self, buffer):
            return self.rest.readinto(buffer)

    assert files.put(Once()) == (HASH, len(TEXT))


# -- uploads that come piece by piece ------------------------------------------------------------------------------


@pytest.mark.parametrize("pieces", [[PART, PART, 5], [5, PART, PART], [PART - 1, 1, 1], [2 * PART + 7, PART], [3, 4]])
def test_pieces_of_any_size_become_one_object(files, client, pieces):
    content = os.urandom(sum(pieces))
    key, handle = files.begin()
    at = 0
    for piece in pieces:
        at = files.grow(key, handle, at, io.BytesIO(content[at : at + piece]))
        assert at == files.held(key, handle)
    assert files.finish(key, handle) == (len(content), hashlib.sha256(content).hexdigest())
    assert left(client, files._address.prefix) == ([f"{files._address.prefix}staging/{key}"], [])
    with files.open_staged(key) as stream:
        assert files.put(stream)[1] == len(content)


def test_another_process_goes_on_where_one_was_killed_between_two_parts(files, client, tmp_path):
    """A part that was sent twice, or out of turn, changes nothing; what lies behind a gap does not count."""
    key, handle = files.begin()
    content = os.urandom(2 * PART + 9)
    where = files._staged(key)
    client.upload_part(**where, UploadId=handle, PartNumber=2, Body=content[PART : 2 * PART])
    assert files.held(key, handle) == 0
    other = S3Files(files._address, tmp_path / "others")
    assert other.grow(key, handle, 0, io.BytesIO(content[: PART + 3])) == 2 * PART
    assert other.grow(key, handle, 2 * PART, io.BytesIO(content[2 * PART :])) == len(content)
    assert files.finish(key, handle) == (len(content), hashlib.sha256(content).hexdigest())


@pytest.mark.parametrize(("kind", "method", "part"), [
    ("refuse", "PUT", "partNumber=1"), ("reset-after", "PUT", "partNumber=1"), ("refuse", "PUT", "/tails/"),
    ("silent-after", "POST", "uploadId="), ("reset-after", "POST", "uploadId="), ("slow-down", "GET", "uploadId="),
])
def test_an_upload_in_pieces_is_whole_although_an_answer_was_lost(through, proxy, kind, method, part):
    content = os.urandom(PART + 1000)
    key, handle = through.begin()
    proxy.once(kind, method, part)
    assert through.grow(key, handle, 0, io.BytesIO(content)) == len(content)
    assert through.finish(key, handle) == (len(content), hashlib.sha256(content).hexdigest())


# -- damage --------------------------------------------------------------------------------------------------------


def damage(client, files, content: bytes) -> None:
    client.put_object(Bucket="datamo", Key=files._object(HASH)["Key"], Body=content)


@pytest.mark.parametrize("damaged", [TEXT[:-1] + b"?", TEXT[:-5], b"", TEXT + b"more"])
def test_a_damaged_object_is_never_read_to_its_end_and_is_mended_by_the_next_put(files, client, damaged):
    files.put(io.BytesIO(TEXT))
    damage(client, files, damaged)
    with pytest.raises(Unavailable) as refused:
        files.open(HASH).read()
    assert refused.value.code == "storage-damaged"
    files.put(io.BytesIO(TEXT))
    assert files.open(HASH).read() == TEXT


def test_a_damaged_object_is_not_copied_to_this_machine(files, client, tmp_path):
    files.put(io.BytesIO(TEXT))
    damage(client, files, TEXT[:-1] + b"?")
    with pytest.raises(Unavailable):
        files.local(HASH)
    assert [path for path in (tmp_path / "copies").rglob("*") if path.is_file() and path.stat().st_size] == []


# -- copies on this machine ----------------------------------------------------------------------------------------


def test_an_engine_gets_a_path_and_loses_it_when_the_object_is_gone(s3, tmp_path):
    now = [1000.0]
    files = S3Files(address(s3.endpoint), tmp_path / "copies", clock=lambda: now[0])
    other = S3Files(files._address, tmp_path / "elsewhere")
    assert files.local(HASH) is None
    files.put(io.BytesIO(TEXT))
    path = files.local(HASH)
    assert Path(path).read_bytes() == TEXT
    other.delete(HASH)
    now[0] += 61
    assert files.local(HASH) is None
    assert not Path(path).exists()


def test_copies_that_nobody_wanted_for_long_make_room_for_new_ones(s3, tmp_path):
    now = [1000.0]
    files = S3Files(address(s3.endpoint), tmp_path / "copies", room=1500, clock=lambda: now[0])
    held = [files.put(io.BytesIO(bytes([at]) * 1000))[0] for at in range(3)]
    paths = []
    for sha256 in held:
        paths.append(files.local(sha256))
        now[0] += 4000
    assert [Path(path).exists() for path in paths] == [False, False, True]


def test_many_that_ask_for_one_copy_get_the_same(files):
    files.put(io.BytesIO(TEXT))
    got = []
    threads = [threading.Thread(target=lambda: got.append(files.local(HASH))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(got) == 8
    assert len(set(got)) == 1


# -- addresses -----------------------------------------------------------------------------------------------------


def test_a_presigned_address_gives_the_bytes_under_the_name_that_people_see(files):
    files.put(io.BytesIO(TEXT))
    url = files.url(HASH, 30, disposition='attachment; filename="a.csv"', media_type="text/csv")
    with urllib.request.urlopen(url) as answer:
        assert answer.read() == TEXT
        assert answer.headers["Content-Disposition"] == 'attachment; filename="a.csv"'
        assert answer.headers["Content-Type"] == "text/csv"
    assert "X-Amz-Expires=30" in url


def test_an_address_that_is_presigned_for_head_answers_head_with_the_same_length_and_name(files):
    """One for GET is refused to HEAD, which readers by ranges send first."""
    files.put(io.BytesIO(TEXT))
    url = files.url(HASH, 30, disposition='attachment; filename="a.csv"', media_type="text/csv", head=True)
    with urllib.request.urlopen(urllib.request.Request(url, method="HEAD")) as answer:
        assert int(answer.headers["Content-Length"]) == len(TEXT)
        assert answer.headers["Content-Disposition"] == 'attachment; filename="a.csv"'
    with pytest.raises(urllib.error.HTTPError, match="403"):
        urllib.request.urlopen(url)


def test_a_client_may_put_exactly_the_bytes_it_announced_and_only_into_staging(files):
    offer = files.offer(len(TEXT), HASH)
    assert put_by(offer.url, TEXT[:-1] + b"?", offer.headers) >= 400
    assert put_by(offer.url.replace("/staging/", "/sha256/"), TEXT, offer.headers) == 403
    assert put_by(offer.url, TEXT, offer.headers) == 200
    key, *found = files.accept(offer.key, len(TEXT))
    assert found == [len(TEXT), HASH]
    assert key != offer.key
    assert files.open_staged(key).read() == TEXT
    assert put_by(offer.url, TEXT, offer.headers) == 200  # his address holds for a while, but leads nowhere now
    assert files.open_staged(key).read() == TEXT
    assert offer.seconds <= 900


def test_what_a_client_put_is_counted_again_and_dropped_when_too_large(files):
    offer = files.offer(len(TEXT), HASH)
    put_by(offer.url, TEXT, offer.headers)
    with pytest.raises(TooLarge):
        files.accept(offer.key, len(TEXT) - 1)
    with pytest.raises(NotFound):
        files.open_staged(offer.key)


# -- faults on the way (reliability: R7) -----------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["refuse", "slow-down", "silent-before", "silent-after", "reset-before", "reset-after"])
def test_an_object_is_stored_whole_although_an_answer_was_lost(through, proxy, kind):
    proxy.once(kind, "PUT", "/sha256/", times=2)
    assert through.put(io.BytesIO(TEXT)) == (HASH, len(TEXT))
    assert {spoiled for _, _, spoiled in proxy.seen} == {"", kind}
    assert through.open(HASH).read() == TEXT
    assert list(through.hashes()) == [HASH]


@pytest.mark.parametrize(("kind", "method", "part"), [
    ("refuse", "PUT", "partNumber=2"), ("silent-after", "PUT", "partNumber=2"), ("reset-after", "PUT", "partNumber=1"),
    ("slow-down", "POST", "uploads"), ("refuse", "POST", "uploadId="), ("silent-after", "POST", "uploadId="),
    ("reset-after", "POST", "uploadId="), ("error-in-200", "POST", "uploadId="),
])
def test_a_large_object_is_stored_whole_although_an_answer_about_a_part_was_lost(through, proxy, kind, method, part):
    content = os.urandom(PART + 1000)
    proxy.once(kind, method, part)
    sha256, size = through.put(io.BytesIO(content))
    assert through.open(sha256).read() == content
    assert size == len(content)


def test_a_store_that_breaks_off_in_the_middle_of_a_refusal_is_down_for_the_moment(through, proxy):
    """A worker that starts just then waits and asks again."""
    proxy.once("cut", "GET", "staging/probe-")
    with pytest.raises(Unavailable) as refused:
        through.check()
    assert refused.value.code == "storage-down"
    through.check()


@pytest.mark.parametrize("kind", ["refuse", "slow-down", "silent-before", "reset-before", "cut", "truncate"])
def test_a_reader_gets_every_byte_although_the_connection_broke(through, proxy, kind):
    content = os.urandom(3_000_000)
    sha256, _ = through.put(io.BytesIO(content))
    proxy.once(kind, "GET", sha256)
    if kind == "truncate":
        with pytest.raises(Unavailable):
            through.open(sha256).read()
        assert through.open(sha256).read() == content
    else:
        assert through.open(sha256).read() == content


def test_a_flipped_byte_on_the_way_is_never_given_out_as_the_file(through, proxy):
    through.put(io.BytesIO(TEXT))
    proxy.once("flip", "GET", HASH, times=9)
    with pytest.raises(Unavailable):
        through.open(HASH).read()


def test_a_byte_flipped_while_it_was_read_back_makes_it_write_again(through, proxy):
    proxy.once("flip", "GET", HASH)
    assert through.put(io.BytesIO(TEXT)) == (HASH, len(TEXT))
    assert [method for method, path, _ in proxy.seen if HASH in path].count("PUT") == 2


def test_a_store_that_does_not_come_back_is_down_and_keeps_nothing_half(through, proxy, client):
    proxy.plan = lambda method, path: "refuse"
    for verb in (lambda: through.stage(io.BytesIO(TEXT), len(TEXT)), lambda: through.put(io.BytesIO(TEXT)),
                 lambda: through.open(HASH), through.check, lambda: list(through.hashes())):
        with pytest.raises(Unavailable) as refused:
            verb()
        assert refused.value.code == "storage-down"
    assert left(client, through._address.prefix) == ([], [])


# -- wrong addresses -----------------------------------------------------------------------------------------------


def refused_by(files: S3Files) -> str:
    with pytest.raises(Unavailable) as refused:
        files.check()
    return refused.value.code


def test_a_bucket_that_anybody_may_read_is_refused(s3, tmp_path):
    assert refused_by(S3Files(address(s3.endpoint, "open"), tmp_path)) == "storage-public"


def test_a_bucket_that_is_not_there_is_named_so(s3, tmp_path):
    assert refused_by(S3Files(address(s3.endpoint, "nowhere"), tmp_path)) == "storage-no-bucket"


@pytest.mark.parametrize(("key", "secret"), [(seaweed.READER, seaweed.READER_SECRET), (seaweed.ACCESS, "wrong"), ("unknown", "wrong")])
def test_keys_that_may_not_write_are_refused_without_being_said(s3, tmp_path, monkeypatch, key, secret):
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", key)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", secret)
    files = S3Files(address(s3.endpoint), tmp_path)
    with pytest.raises(Unavailable) as refused:
        files.check()
    assert refused.value.code == "storage-denied"
    assert secret not in str(refused.value)


def test_a_store_with_another_clock_than_ours_says_so(through, proxy):
    proxy.plan = lambda method, _path: "skewed" if method == "PUT" else ""
    assert refused_by(through) == "storage-clock"


def test_no_keys_at_all_are_refused(s3, tmp_path, monkeypatch):
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    assert refused_by(S3Files(address(s3.endpoint), tmp_path)) == "storage-denied"


def test_a_server_that_is_not_there_is_down(s3, tmp_path):
    assert refused_by(S3Files(address("http://127.0.0.1:9"), tmp_path)) == "storage-down"


@pytest.mark.parametrize(("text", "wanted"), [
    ("//data", Address(bucket="data", style="virtual")),
    ("//data/a/b/", Address(bucket="data", prefix="a/b/", style="virtual")),
    ("//data?endpoint=http://s3:8333", Address(bucket="data", endpoint="http://s3:8333")),
    ("//data/p?endpoint=https://s3.vn&region=vn-1&style=virtual",
     Address(bucket="data", prefix="p/", endpoint="https://s3.vn", region="vn-1", style="virtual")),
])
def test_an_address_is_read(text, wanted):
    assert address_of(text) == wanted


@pytest.mark.parametrize("text", ["", "//", "//key:secret@data", "//data?endpoint=ftp://x", "//data?endpoint=s3", "//data?style=odd",
                                  "//data?endpoint=http://key:secret@s3", "//data?colour=red", "//data?junk"])
def test_an_address_that_is_none_or_holds_a_secret_is_refused(text):
    with pytest.raises(ValueError, match=r"\w"):
        address_of(text)
