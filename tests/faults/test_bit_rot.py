"""Bit rot (reliability R16) on a real S3: every damaged object is found, and a wrong byte is never given as a right one."""

from __future__ import annotations

import random
from pathlib import Path

import boto3
import pytest

from catalog.adapters.files_s3 import S3Files, address_of
from catalog.errors import Unavailable
from catalog.model import NOBODY, File
from tests.catalog.desk import CSV, Desk, a_desk


@pytest.fixture
def desk(s3, tmp_path) -> Desk:
    address = address_of(s3.address("datamo", f"rot-{tmp_path.name}").removeprefix("s3:"))
    made = a_desk(files=S3Files(address, tmp_path / "copies"))
    for number in range(10):
        made.publish(made.draft(f"Bộ {number}").id, CSV + b"%05d,X\n" % number)
    return made


def spoil(s3, desk: Desk, sha256: str, chance: random.Random) -> None:
    """Flip one bit of an object in the bucket, behind everybody's back."""
    client = boto3.client("s3", endpoint_url=s3.endpoint, region_name="us-east-1")
    where = desk.stand.files._object(sha256)
    content = bytearray(client.get_object(**where)["Body"].read())
    at = chance.randrange(len(content))
    content[at] ^= 1 << chance.randrange(8)
    client.put_object(**where, Body=bytes(content))


def files_of(desk: Desk) -> list[File]:
    entries = desk.catalog.all_datasets(desk.operator)
    return [file for one in entries for file in desk.catalog.version(NOBODY, one.id).files if file.role == "csv"]


def test_the_lap_finds_every_spoiled_and_every_lost_object_in_a_bucket(s3, desk):
    chance = random.Random(20261122)
    objects = sorted(desk.stand.files.hashes())
    spoiled, lost = set(chance.sample(objects, 5)), chance.choice(objects)
    for sha256 in spoiled:
        spoil(s3, desk, sha256, chance)
    desk.stand.files.delete(lost)
    scrubber = desk.catalog.scrubber()
    while scrubber.step():
        pass
    assert set(desk.catalog.scrub_state()["damaged"]) == {*spoiled, lost}
    named = [one for one in desk.catalog.verify(deep=True) if one.startswith("I6")]
    assert len(named) >= 1


def test_a_reader_never_gets_a_wrong_byte_from_a_bucket(s3, desk):
    file = files_of(desk)[0]
    spoil(s3, desk, file.sha256, random.Random(1))
    for start, length in ((0, None), (0, file.bytes), (3, 5)):
        with pytest.raises(Unavailable, match="storage-damaged"):
            desk.catalog.open_file(NOBODY, file, start, length).read()
    with pytest.raises(Unavailable, match="storage-damaged"):
        desk.catalog.local_file(NOBODY, file)
    assert desk.catalog.is_damaged(file.sha256)


def test_a_copy_that_rotted_on_this_machine_is_fetched_again(desk):
    file = files_of(desk)[0]
    with desk.catalog.open_file(NOBODY, file) as stream:
        content = stream.read()
    copy = Path(desk.stand.files.local(file.sha256))
    copy.write_bytes(b"?" + content[1:])
    with desk.catalog.open_file(NOBODY, file) as stream:
        assert stream.read() == content
    assert not desk.catalog.is_damaged(file.sha256)
