"""Proofs: bytes are given only when their hash is right, and a proof counts as long as the file was not touched."""

from __future__ import annotations

import hashlib
import io
import os
from pathlib import Path
from typing import BinaryIO

import pytest

from catalog.errors import NotFound, Unavailable
from catalog.proofs import AT_ONCE, KEPT_SECONDS, Proofs, part, proving

SMALL = b"code,name\n1,A\n"
LARGE = bytes(range(256)) * (AT_ONCE // 256 + 1)


def hash_of(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


@pytest.mark.parametrize("content", [b"", SMALL, LARGE])
def test_a_sound_file_is_given_from_its_beginning(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "x"
    path.write_bytes(content)
    proofs = Proofs()
    for _ in range(2):
        with proofs.open(str(path), hash_of(content)) as file:
            assert file.read() == content


@pytest.mark.parametrize("content", [SMALL, LARGE])
def test_a_flipped_bit_is_refused_also_when_the_file_was_proven_before(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "x"
    path.write_bytes(content)
    proofs = Proofs()
    proofs.open(str(path), hash_of(content)).close()
    path.write_bytes(content[:-1] + bytes([content[-1] ^ 1]))
    with pytest.raises(Unavailable, match="storage-damaged"):
        proofs.open(str(path), hash_of(content))


def test_rot_that_leaves_no_trace_is_found_when_the_proof_is_old(tmp_path: Path) -> None:
    path, now = tmp_path / "x", [0.0]
    path.write_bytes(LARGE)
    about = path.stat()
    proofs = Proofs(lambda: now[0])
    proofs.open(str(path), hash_of(LARGE)).close()
    path.write_bytes(b"!" + LARGE[1:])
    os.utime(path, ns=(about.st_atime_ns, about.st_mtime_ns))
    now[0] = KEPT_SECONDS + 1
    with pytest.raises(Unavailable, match="storage-damaged"):
        proofs.open(str(path), hash_of(LARGE))


def test_a_file_that_is_not_there_is_not_found(tmp_path: Path) -> None:
    with pytest.raises(NotFound):
        Proofs().open(str(tmp_path / "x"), "0" * 64)


@pytest.mark.parametrize("size", [0, 1, 2, 3, 65_536, len(LARGE)])
def test_a_stream_proves_itself_at_its_end(size: int) -> None:
    content = LARGE[:size]
    assert proving(io.BytesIO(content), hash_of(content)).read() == content


@pytest.mark.parametrize("size", [1, 2, 65_536, len(LARGE)])
def test_a_wrong_stream_never_gives_its_last_byte(size: int) -> None:
    content = LARGE[:size]
    given = bytearray()
    with pytest.raises(Unavailable, match="storage-damaged"):
        read_into(given, proving(io.BytesIO(content), hash_of(b"other")))
    assert given == content[: len(given)]
    assert len(given) < size


def read_into(given: bytearray, stream: BinaryIO) -> None:
    while piece := stream.read(10_000):
        given += piece


def test_a_part_is_read_as_if_it_were_all() -> None:
    with part(io.BytesIO(LARGE), 100, 1000) as some:
        assert some.read() == LARGE[100:1100]
    with part(io.BytesIO(SMALL), len(SMALL) - 2, 1000) as some:
        assert some.read() == SMALL[-2:]
