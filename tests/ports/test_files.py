"""The Files port: what every store of bytes must do alike, the fake included, and what one on disk must do besides."""

from __future__ import annotations

import hashlib
import io
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from catalog.adapters.files_local import LocalFiles
from catalog.adapters.files_s3 import S3Files, address_of
from catalog.errors import Busy, NotFound, Stale, TooLarge, Unavailable
from catalog.ports import Files
from tests.conftest import NUMBERS
from tests.fakes import Clock, FakeFiles

TEXT = "Trường học Nguyễn Tất Thành\n".encode() * 1000
HASH = hashlib.sha256(TEXT).hexdigest()


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture(params=["fake", "local", "s3"])
def files(request, tmp_path, clock) -> Files:
    if request.param == "fake":
        return FakeFiles(now=clock)
    if request.param == "local":
        return LocalFiles(tmp_path, clock=lambda: clock().timestamp())
    address = address_of(request.getfixturevalue("s3").address("datamo", f"t{next(NUMBERS)}").removeprefix("s3:"))
    return S3Files(address, tmp_path / "copies", clock=lambda: clock().timestamp())


@pytest.fixture
def local(tmp_path) -> LocalFiles:
    return LocalFiles(tmp_path)


class Breaking(io.BytesIO):
    """A stream that breaks off after some bytes, as an upload does whose client goes away."""

    def read(self, size=-1):
        got = super().read(min(size, 1000) if size > 0 else size)
        if self.tell() >= 3000:
            raise ConnectionResetError
        return got


def test_an_upload_is_staged_under_a_key_of_ours_hashed_and_counted(files):
    key, size, sha256 = files.stage(io.BytesIO(TEXT), len(TEXT))
    assert (size, sha256) == (len(TEXT), HASH)
    assert len(key) >= 20
    with files.open_staged(key) as stream:
        assert stream.read() == TEXT
    assert files.stage(io.BytesIO(TEXT), len(TEXT))[0] != key


def test_an_upload_that_is_too_large_leaves_nothing(files, clock):
    with pytest.raises(TooLarge):
        files.stage(io.BytesIO(TEXT), len(TEXT) - 1)
    clock.forward(days=4000)
    assert list(files.staged(0)) == []


def test_an_empty_upload_is_an_upload(files):
    key, size, sha256 = files.stage(io.BytesIO(b""), 10)
    assert (size, sha256) == (0, hashlib.sha256(b"").hexdigest())
    assert files.open_staged(key).read() == b""


# -- uploads that come piece by piece ------------------------------------------------------------------------------


def test_an_upload_grows_piece_by_piece_and_is_staged_like_any_other(files):
    key, handle = files.begin()
    assert files.held(key, handle) == 0
    at = 0
    for piece in (TEXT[:10], TEXT[10:1000], b"", TEXT[1000:]):
        at = files.grow(key, handle, at, io.BytesIO(piece))
        assert files.held(key, handle) == at
    assert files.finish(key, handle) == files.finish(key, handle) == (len(TEXT), HASH)
    assert files.held(key, handle) == len(TEXT)
    assert files.open_staged(key).read() == TEXT
    with files.open_staged(key) as stream:
        assert files.put(stream) == (HASH, len(TEXT))


def test_an_upload_of_no_bytes_is_finished_too(files):
    key, handle = files.begin()
    assert files.finish(key, handle) == (0, hashlib.sha256(b"").hexdigest())
    assert files.open_staged(key).read() == b""


def test_a_piece_goes_only_where_the_last_one_ended(files):
    key, handle = files.begin()
    files.grow(key, handle, 0, io.BytesIO(b"abc"))
    for at in (0, 2, 4):
        with pytest.raises(Stale) as refused:
            files.grow(key, handle, at, io.BytesIO(b"x"))
        assert (refused.value.code, refused.value.params["offset"]) == ("upload-offset", 3)
    assert files.held(key, handle) == 3


def test_what_came_before_a_stream_ended_early_is_kept(files):
    """A door gives a stream that simply ends where the connection was cut."""
    key, handle = files.begin()
    files.grow(key, handle, 0, io.BytesIO(TEXT[:7]))
    assert files.held(key, handle) == 7


def test_an_upload_that_was_dropped_is_not_there(files, clock):
    key, handle = files.begin()
    files.grow(key, handle, 0, io.BytesIO(b"abc"))
    files.drop_staged(key)
    for ask in (files.held, files.finish, lambda *of: files.grow(*of, 0, io.BytesIO(b"x"))):
        with pytest.raises(NotFound):
            ask(key, handle)
    clock.forward(days=4000)
    assert list(files.staged(0)) == []


def test_an_upload_that_nobody_goes_on_with_is_found_by_the_sweep(files, clock):
    key, handle = files.begin()
    files.grow(key, handle, 0, io.BytesIO(b"abc"))
    clock.forward(days=4000)
    assert set(files.staged(0)) == {key}


def test_nothing_is_taken_over_that_was_not_put(files):
    with pytest.raises(NotFound):
        files.accept("k" * 32, 10)


def test_two_streams_do_not_write_one_upload_on_disk(local):
    key, handle = local.begin()

    class Meanwhile(io.BytesIO):
        def read(self, size=-1):
            with pytest.raises(Busy):
                local.grow(key, handle, 0, io.BytesIO(b"y"))
            return super().read(size)

    assert local.grow(key, handle, 0, Meanwhile(b"x")) == 1
    assert local.open_staged(key).read() == b"x"


def test_staged_bytes_are_dropped_once_and_again(files):
    key = files.stage(io.BytesIO(b"x"), 10)[0]
    files.drop_staged(key)
    files.drop_staged(key)
    with pytest.raises(NotFound):
        files.open_staged(key)


def test_old_uploads_are_listed_for_the_sweep_and_new_ones_are_not(files, clock):
    key = files.stage(io.BytesIO(b"x"), 10)[0]
    clock.at = clock.at.replace(year=2026, month=1)
    assert list(files.staged(24)) == []
    clock.at = clock.at.replace(year=2040)
    assert list(files.staged(24)) == [key]


def test_an_object_is_stored_under_its_own_hash_once(files):
    assert files.put(io.BytesIO(TEXT)) == (HASH, len(TEXT))
    assert files.put(io.BytesIO(TEXT)) == (HASH, len(TEXT))
    assert list(files.hashes()) == [HASH]
    assert files.size(HASH) == len(TEXT)
    with files.open(HASH) as stream:
        assert stream.read() == TEXT


@pytest.mark.parametrize(("start", "length"), [
    (0, 10), (5, 10), (5, None), (0, None), (len(TEXT) - 3, 100), (len(TEXT), 5), (len(TEXT) + 7, None), (3, 0), (1, 5000),
])
def test_a_part_of_an_object_is_given_as_asked(files, start, length):
    files.put(io.BytesIO(TEXT))
    with files.open(HASH, start, length) as stream:
        assert stream.read() == (TEXT[start:] if length is None else TEXT[start : start + length])


def test_a_part_is_read_in_pieces_of_any_size(files):
    files.put(io.BytesIO(TEXT))
    with files.open(HASH, 7, 1000) as stream:
        assert stream.read(3) + stream.read(500) + stream.read(5000) + stream.read(1) == TEXT[7:1007]


@pytest.mark.parametrize("key", ["", "..", "../../etc/passwd", "a" * 64, HASH.upper(), HASH[:-1], "0" * 64, "x\0y", "é" * 30])
def test_what_is_not_there_or_no_name_of_ours_is_not_found(files, key):
    for verb in (files.open, files.open_staged):
        with pytest.raises(NotFound):
            verb(key)
    assert files.size(key) is None


def test_an_object_is_deleted_once_and_again(files):
    files.put(io.BytesIO(TEXT))
    files.delete(HASH)
    files.delete(HASH)
    assert list(files.hashes()) == []
    with pytest.raises(NotFound):
        files.open(HASH)


def test_state_records_are_kept_in_the_order_of_their_names_and_replaced(files):
    files.put_state("000000000002.json", b"two")
    files.put_state("000000000001.json", b"one")
    files.put_state("000000000002.json", b"again")
    assert list(files.states()) == [("000000000001.json", b"one"), ("000000000002.json", b"again")]


def test_a_store_that_works_passes_its_own_check_and_can_be_emptied(files):
    files.check()
    files.put(io.BytesIO(TEXT))
    files.stage(io.BytesIO(TEXT), len(TEXT))
    files.put_state("x.json", b"{}")
    files.wipe()
    assert (list(files.hashes()), list(files.states())) == ([], [])
    assert files.put(io.BytesIO(TEXT))[0] == HASH


# -- on disk -------------------------------------------------------------------------------------------------------


def leftovers(local: LocalFiles) -> list[str]:
    return [path.name for path in local._root.rglob("*") if path.is_file()]


def test_an_upload_that_breaks_off_leaves_no_file(local):
    with pytest.raises(ConnectionResetError):
        local.stage(Breaking(TEXT), len(TEXT))
    with pytest.raises(ConnectionResetError):
        local.put(Breaking(TEXT))
    assert leftovers(local) == []


FULL_DISK = """
import io, resource, sys
from catalog.adapters.files_local import LocalFiles
from catalog.adapters.files_s3 import S3Files, address_of
from catalog.errors import Unavailable

files = LocalFiles(sys.argv[1])
resource.setrlimit(resource.RLIMIT_FSIZE, (5000, resource.RLIM_INFINITY))
big = b"x" * 9000
for verb in (lambda: files.stage(io.BytesIO(big), 10**6), lambda: files.put(io.BytesIO(big)),
             lambda: files.put_state("x.json", big)):
    try:
        verb()
    except Unavailable as refused:
        print(refused.code)
resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
print(files.put(io.BytesIO(big))[1])
"""


def test_no_room_is_said_so_leaves_no_file_and_is_over_when_there_is_room_again(tmp_path):
    """The kernel itself refuses to write on: a limit on file size stands for the full disk."""
    ran = subprocess.run([sys.executable, "-c", FULL_DISK, str(tmp_path)], capture_output=True, text=True, check=True)
    assert ran.stdout.split() == ["storage-full", "storage-full", "storage-full", "9000"]
    assert len(leftovers(LocalFiles(tmp_path))) == 1


def test_file_and_folder_are_synced_before_a_verb_returns(tmp_path):
    synced = []
    local = LocalFiles(tmp_path, sync=lambda handle: synced.append(Path(f"/proc/self/fd/{handle}").readlink().name))
    key = local.stage(io.BytesIO(b"x"), 10)[0]
    assert synced == [key, "staging"]
    synced.clear()
    local.put(io.BytesIO(TEXT))
    assert len(synced) == 3
    assert synced[1:] == ["sha256", HASH[:2]]
    synced.clear()
    local.put_state("x.json", b"{}")
    assert len(synced) == 2
    assert synced[-1] == "state"


def test_an_object_that_is_damaged_on_disk_is_mended_by_the_next_put(local):
    local.put(io.BytesIO(TEXT))
    path = local._object(HASH)
    path.chmod(0o644)
    path.write_bytes(TEXT[:-1] + b"?")
    local.put(io.BytesIO(TEXT))
    assert local.open(HASH).read() == TEXT
    assert leftovers(local) == [HASH]


def test_objects_cannot_be_written_to(local):
    local.put(io.BytesIO(TEXT))
    assert local._object(HASH).stat().st_mode & 0o222 == 0


def test_many_writers_of_the_same_object_leave_one(local):
    done, failed = [], []

    def put():
        try:
            done.append(local.put(io.BytesIO(TEXT)))
        except Exception as wrong:  # noqa: BLE001 - whatever it is
            failed.append(wrong)

    threads = [threading.Thread(target=put) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    assert done == [(HASH, len(TEXT))] * 12
    assert leftovers(local) == [HASH]


def test_a_store_that_went_away_is_unavailable(tmp_path):
    files = LocalFiles(tmp_path / "store")
    (tmp_path / "store" / "staging").rmdir()
    with pytest.raises(Unavailable) as refused:
        files.check()
    assert refused.value.code == "storage-down"


@pytest.mark.parametrize("name", ["../x.json", "/etc/x", "", "a/b/c.json", "A.json", ".hidden"])
def test_a_state_record_cannot_be_written_elsewhere(local, name):
    with pytest.raises(ValueError, match="state record"):
        local.put_state(name, b"{}")


def test_a_local_object_has_a_path_and_no_address(local):
    local.put(io.BytesIO(TEXT))
    assert Path(local.local(HASH)).read_bytes() == TEXT
    assert local.local("0" * 64) is None
    assert local.url(HASH) is None
