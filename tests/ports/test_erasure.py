"""What erasing asks of the ports: records that forget, and stores that keep no older state; the fakes included."""

from __future__ import annotations

import hashlib
import io
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import boto3
import pytest
from sqlalchemy import text

from catalog.adapters.files_s3 import Address, S3Files
from catalog.adapters.sql import SqlRecords
from catalog.erasure import Erasure
from catalog.model import Upload
from tests.conftest import NUMBERS
from tests.ports.test_files import clock, files
from tests.ports.test_records import A, B, person, records, stocked, told, version

__all__ = ["clock", "files", "records", "stocked", "told"]
NOW = datetime(2026, 3, 1, tzinfo=UTC)
C = "c" * 64


def erasure(key: str = "e1", **more: object) -> Erasure:
    return Erasure(**{  # type: ignore[arg-type]
        "id": key, "dataset": "d1", "slug": "truong-hoc", "organisation": "o1", "versions": (1,), "others": (("d2", 3),),
        "hashes": (A, B), "reason": "Có dữ liệu cá nhân.", "asked_by": "lan", "asked": NOW,
        "backups_until": NOW + timedelta(days=30), **more})


def test_an_erasure_is_remembered_as_it_was_saved_and_saved_again(records):
    one = erasure()
    with records.begin() as unit:
        unit.save_erasure(one)
        unit.save_erasure(erasure("e2", organisation="o2", state="done"))
    with records.begin() as unit:
        assert unit.erasure("e1") == one
        unit.save_erasure(replace(one, state="confirmed", confirmed_by="mai", confirmed=NOW))
    with records.read() as unit:
        assert (unit.erasure("e1").state, unit.erasure("e3")) == ("confirmed", None)
        assert [each.id for each in unit.erasures()] == ["e1", "e2"]
        assert [each.id for each in unit.erasures(states=("done",))] == ["e2"]
        assert [each.id for each in unit.erasures(organisations=["o1"])] == ["e1"]
        assert list(unit.erasures(organisations=[])) == []


def test_what_was_saved_in_a_unit_that_failed_is_not_remembered(records):
    with pytest.raises(ZeroDivisionError), records.begin() as unit:  # noqa: PT012 - the unit fails behind its verbs
        unit.save_erasure(erasure())
        unit.mark_erased(A, "e1")
        raise ZeroDivisionError
    with records.read() as unit:
        assert (list(unit.erasures()), list(unit.erased())) == ([], [])


def test_a_hash_that_was_erased_is_known_for_good_among_any_number(records):
    with records.begin() as unit:
        for one in (B, A, A):
            unit.mark_erased(one, "e1")
        many = [hashlib.sha256(str(number).encode()).hexdigest() for number in range(1200)]
        assert list(unit.erased()) == [A, B]
        assert list(unit.erased([*many, B])) == [B]
        assert list(unit.erased([C])) == list(unit.erased([])) == []


def test_who_refers_to_an_object_is_told_until_the_version_lets_go_of_it(stocked):
    with stocked.begin() as unit:
        unit.add_version(version())
    with stocked.begin() as unit:
        assert list(unit.referers(A)) == list(unit.referers("m" * 64)) == [("d1", 1)]
        assert list(unit.referers(C)) == []
        unit.save_version(replace(version(), resources=()))
        unit.drop_files("d1", 1)
        assert list(unit.referers(A)) == []
        assert list(unit.referers("m" * 64)) == [("d1", 1)]  # the seal of the chain stays


def test_claims_name_who_claimed(records):
    with records.begin() as unit:
        unit.claim(A, "s2")
        unit.claim(A, "s1")
        assert (list(unit.claimants(A)), list(unit.claimants(B))) == (["s1", "s2"], [])
        unit.release_claims("s1")
        assert list(unit.claimants(A)) == ["s2"]


def test_kept_answers_are_given_and_forgotten_one_by_one(records):
    with records.begin() as unit:
        for key in ("k1", "k2"):
            unit.remember(key, "asked", key.encode())
        assert sorted(unit.answers()) == [("k1", b"k1"), ("k2", b"k2")]
        unit.forget_answer("k1")
        assert list(unit.answers()) == [("k2", b"k2")]


def test_records_are_scrubbed_while_they_are_used_and_all_that_holds_stays(stocked):
    with stocked.begin() as unit:
        unit.add_version(version())
        unit.save_erasure(erasure())
    stocked.scrub()
    stocked.scrub()
    with stocked.read() as unit:
        assert unit.erasure("e1") == erasure()
        assert unit.version("d1", 1) is not None


def test_a_database_holds_no_dead_row_of_what_was_deleted_once_it_is_scrubbed(fresh_postgres):
    made = SqlRecords(fresh_postgres, now=lambda: NOW)
    with made.begin() as unit:
        unit.remember("k1", "asked", b"canary" * 100)
    with made.begin() as unit:
        unit.forget_answer("k1")
    with made.engine.connect() as plain:
        size = "SELECT pg_relation_size('answers')"
        before = plain.execute(text(size)).scalar_one()
    made.scrub()
    with made.engine.connect() as plain:
        assert (before > 0, plain.execute(text(size)).scalar_one()) == (True, 0)
    made.close()


def test_uploads_on_their_way_are_given_of_all_people(records):
    with records.begin() as unit:
        for key, who in (("u1", "p1"), ("u2", "p2")):
            unit.add_person(person(who))
            unit.add_upload(Upload(id=key, person=who, key=key * 16, name="a.csv", bytes=3, sha256=A, created=NOW,
                                   expires=NOW + timedelta(days=1)))
        assert [one.id for one in unit.uploads()] == ["u1", "u2"]
        assert (unit.drop_upload("u1"), unit.drop_upload("u1")) == (True, False)


# -- files ------------------------------------------------------------------------------------------------------
def test_a_record_that_was_written_over_leaves_no_older_state(files):
    files.put_state("000000000001.json", b"canary")
    files.put_state("000000000001.json", b"left")
    files.drop_older_states("000000000001.json")
    files.drop_older_states("000000000001.json")
    files.drop_older_states("000000000009.json")
    assert list(files.states()) == [("000000000001.json", b"left")]
    assert files.keeps_states() is False


@pytest.fixture
def versioned(s3, tmp_path):
    """A bucket that keeps what was written over or deleted, as a careful operator's does; and one who looks inside."""
    client = boto3.client("s3", endpoint_url=s3.endpoint, region_name="us-east-1")
    bucket = f"kept-{next(NUMBERS)}"
    client.create_bucket(Bucket=bucket)
    client.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})

    def states() -> list[str]:
        found = client.list_object_versions(Bucket=bucket)
        return [one["Key"] for one in (*found.get("Versions", ()), *found.get("DeleteMarkers", ()))]

    return S3Files(Address(bucket=bucket, prefix="a/", endpoint=s3.endpoint), tmp_path / "copies"), states


def test_a_bucket_that_keeps_older_states_gives_up_those_of_what_is_erased(versioned):
    files, states = versioned
    sha256, _ = files.put(io.BytesIO(b"canary"))
    for content in (b"canary", b"canary again", b"left"):
        files.put_state("000000000001.json", content)
    files.put_state("000000000002.json", b"another")
    assert len(states()) >= 5
    files.drop_older_states("000000000001.json")
    files.delete(sha256)
    assert sorted(states()) == ["a/state/000000000001.json", "a/state/000000000002.json"]
    assert dict(files.states())["000000000001.json"] == b"left"
    assert files.keeps_states() is False
