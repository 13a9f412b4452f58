"""The Records port: what every database must do alike, the fake included."""

from __future__ import annotations

import sqlite3
import threading
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import create_engine, text

from catalog.adapters.sql import SqlRecords, schema
from catalog.adapters.sql.engine import in_our_words
from catalog.chain import broken_links
from catalog.errors import Stale, Unavailable
from catalog.events import DatasetChanged, DatasetWithdrawn, FileArrived, VersionPublished
from catalog.model import (
    ColumnInfo,
    Entry,
    File,
    Membership,
    Options,
    Organisation,
    Outcome,
    Person,
    Resource,
    Session,
    Staged,
    Submission,
    TableOutcome,
    Token,
    Version,
)
from catalog.ports import Records
from catalog.recipe import Recipe
from standards.finding import Finding, Place
from standards.profile import Column, Profile
from standards.record import Contact, Dataset, Period
from tests.fakes import Clock, FakeRecords
from tests.templates import records_at

NOW = datetime(2026, 3, 1, 12, 30, 15, 123456, tzinfo=UTC)
A = "a" * 64
B = "b" * 64


class Told(list):
    """What was enqueued, and inside which transaction it would have been."""

    def __call__(self, *said):
        self.append(said[-1])


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def told():
    return Told()


@pytest.fixture(params=["fake", "sqlite", "postgres"])
def records(request, tmp_path, clock, told) -> Records:
    if request.param == "fake":
        made: Records = FakeRecords(now=clock, enqueue=told)
    elif request.param == "sqlite":
        made = SqlRecords(records_at(tmp_path / "records.db"), now=clock, enqueue=told)
    else:
        made = SqlRecords(request.getfixturevalue("fresh_postgres"), now=clock, enqueue=told)
    yield made
    made.close()


@pytest.fixture(params=["sqlite", "postgres"])
def database(request, tmp_path) -> str:
    return f"sqlite:///{tmp_path}/new.db" if request.param == "sqlite" else request.getfixturevalue("fresh_postgres")


def agency(key: str = "o1", **more) -> Organisation:
    return Organisation(**{"id": key, "slug": f"slug-{key}", "title": {"vi": "Sở"}, "created": NOW, "modified": NOW, **more})


def person(key: str = "p1", **more) -> Person:
    return Person(**{"id": key, "name": f"name-{key}", "created": NOW, **more})


def dataset(key: str = "d1", **more) -> Entry:
    about = Dataset(
        title={"vi": "Trường học", "en": "Schools"}, tags=("giáo dục",), spatial=("15",),
        temporal=Period(start=NOW.date()), contact=Contact(name="Mai", email="mai@example.vn"),
    )
    return Entry(**{"id": key, "slug": f"set-{key}", "organisation": "o1", "about": about, "created": NOW, "modified": NOW, **more})


def version(number: int = 1, **more) -> Version:
    files = (
        File(resource="t", name="t.csv", role="csv", media_type="text/csv", bytes=3, sha256=A, rows=2),
        File(resource="t", name="t.xls", role="original", media_type="x", bytes=4, sha256=B, public=False),
    )
    table = Resource(
        name="t", rows=2, columns=(ColumnInfo(name="a", title={"vi": "Một"}, meaning="vn-commune"),), files=files,
        profile=Profile(rows=2, columns=(Column(name="a", top=(("x", 2),)),)), preview=(("x",), ("y",)),
        pins={"standard": "vn-school@1", "codelists": {"vn-commune": "abc"}},
    )
    return Version(**{"dataset": "d1", "number": number, "issued": NOW, "resources": (table,), "manifest": "m" * 64,
                      "publisher": {"id": "H12", "title": {"vi": "Sở"}}, "changes": {"added": 2}, **more})


def upload(key: str = "s1", **more) -> Submission:
    staged = Staged(key="k" * 32, name="tệp.csv", bytes=3, sha256=A)
    return Submission(**{"id": key, "dataset": "d1", "state": "received", "staged": staged, "by": "p1", "created": NOW, **more})


@pytest.fixture
def stocked(records) -> Records:
    with records.begin() as unit:
        unit.add_organisation(agency(code="H12"))
        unit.add_person(person())
        unit.add_entry(dataset())
    return records


def test_what_was_recorded_comes_back_equal(stocked):
    outcome = Outcome(tables=(TableOutcome(
        resource="t", valid=False, findings=(Finding(code="x", place=Place(row=3), params={"n": 1}),),
        personal_data=({"field": "cccd", "share": 0.5},),
    ),), file={"format": "csv", "dialect": {"delimiter": ";"}})
    sent = upload(outcome=outcome, options=Options(read={"encoding": "windows-1258"}), reason={"code": "x"})
    with stocked.begin() as unit:
        unit.add_version(version())
        unit.add_submission(sent)
    with stocked.read() as unit:
        assert unit.organisation("o1") == agency(code="H12")
        assert unit.person("name-p1") == person()
        assert unit.entry("set-d1") == dataset()
        assert unit.version("d1", 1) == version()
        assert unit.submission("s1") == sent
        assert unit.version("d1", 2) is None
        assert unit.entry("nothing") is None


def test_a_recipe_is_kept_once_for_a_resource_and_goes_with_its_dataset(stocked):
    def one(*fixes: str, resource: str = "bảng") -> Recipe:
        return Recipe(dataset="d1", resource=resource, fixes=fixes, read={"delimiter": ";"}, version=1, modified=NOW)

    with stocked.begin() as unit:
        unit.save_recipe(one("trim"))
        unit.save_recipe(one("rename#a=b", "safe"))
        unit.save_recipe(one("nfc", resource="a"))
    with stocked.read() as unit:
        assert unit.recipe("d1", "bảng") == one("rename#a=b", "safe")
        assert [each.resource for each in unit.recipes("d1")] == ["a", "bảng"]
        assert unit.recipe("d2", "a") is None
    with stocked.begin() as unit:
        unit.drop_recipe("d1", "a")
        assert unit.recipe("d1", "a") is None
        unit.drop_entry("d1")
    with stocked.read() as unit:
        assert unit.recipes("d1") == []


def test_moments_come_back_in_utc_whatever_zone_they_were_given_in(stocked):
    saigon = datetime(2026, 3, 1, 19, 0, tzinfo=timezone(timedelta(hours=7)))
    with stocked.begin() as unit:
        unit.add_token(Token(id="t1", person="p1", created=saigon, expires=saigon), "h1")
    with stocked.read() as unit:
        assert unit.token("h1").expires == saigon
        assert unit.token("h1").expires.tzinfo is not None


def test_an_exception_inside_a_unit_of_work_leaves_nothing_and_enqueues_nothing_that_lasts(stocked, told):
    with pytest.raises(ZeroDivisionError), stocked.begin() as unit:  # noqa: PT012 - breaks off half-way
        unit.add_entry(dataset("d2"))
        unit.audit("mai", "draft", "d2")
        unit.announce(DatasetChanged(dataset="d2"))
        raise ZeroDivisionError
    with stocked.read() as unit:
        assert unit.entry("d2") is None
        assert unit.audit_rows() == []
        assert unit.changes() == []


def test_an_agency_is_found_by_id_code_slug_and_the_addresses_it_had(stocked):
    with stocked.begin() as unit:
        unit.save_organisation(agency(code="H13", slug="new"))
        unit.add_alias("organisation", "slug-o1", "o1")
        unit.add_alias("organisation", "H12", "o1")
    with stocked.read() as unit:
        assert {unit.organisation(key).slug for key in ("o1", "H13", "new", "slug-o1", "H12")} == {"new"}
        assert unit.aliases("organisation", "o1") == ["H12", "slug-o1"]
        assert unit.organisation("") is None


def test_agencies_without_a_code_do_not_collide(records):
    with records.begin() as unit:
        unit.add_organisation(agency("o1"))
        unit.add_organisation(agency("o2"))
    with records.read() as unit:
        assert [one.id for one in unit.organisations()] == ["o1", "o2"]


def test_an_old_address_of_a_dataset_leads_to_it_until_it_is_dropped(stocked):
    with stocked.begin() as unit:
        unit.add_alias("dataset", "before", "d1")
    with stocked.read() as unit:
        assert unit.entry("before").id == "d1"
    with stocked.begin() as unit:
        unit.drop_alias("dataset", "before")
    with stocked.read() as unit:
        assert unit.entry("before") is None


def test_roles_are_given_changed_and_taken(stocked):
    with stocked.begin() as unit:
        unit.set_membership(Membership(organisation="o1", person="p1", role="reader"))
        unit.set_membership(Membership(organisation="o1", person="p1", role="admin"))
    with stocked.read() as unit:
        assert [one.role for one in unit.memberships(person="p1")] == ["admin"]
        assert unit.memberships(organisation="o2") == []
    with stocked.begin() as unit:
        unit.drop_membership("o1", "p1")
        assert unit.memberships() == []


def test_tokens_and_sessions_are_found_by_hash_and_revoked(stocked, clock):
    with stocked.begin() as unit:
        unit.add_token(Token(id="t1", person="p1", created=NOW), "h1")
        unit.add_token(Token(id="t2", person="p1", created=NOW), "h2")
        unit.add_session(Session(id="x", person="p1", csrf="c", expires=clock.at + timedelta(days=1)), "h3")
    with stocked.begin() as unit:
        assert unit.session("h3").csrf == "c"
        assert unit.drop_tokens(token="t1") == 1
        assert unit.token("h1") is None
        assert [one.id for one in unit.tokens("p1")] == ["t2"]
        assert unit.drop_tokens(person="p1") == 1
        assert unit.drop_sessions(person="p1") == 1
        assert unit.session("h3") is None


def test_passwords_are_kept_apart_from_people(stocked):
    with stocked.begin() as unit:
        unit.set_password_hash("p1", "secret")
        unit.save_person(person(title="Mai"))
    with stocked.read() as unit:
        assert unit.password_hash("p1") == "secret"
        assert unit.password_hash("nobody") == ""
        assert unit.person("p1").title == "Mai"


def test_datasets_are_listed_in_the_order_of_their_making_page_by_page(stocked):
    with stocked.begin() as unit:
        unit.add_organisation(agency("o2"))
        for number in range(2, 6):
            unit.add_entry(dataset(f"d{number}", organisation="o2" if number == 5 else "o1"))
    with stocked.read() as unit:
        assert [one.id for one in unit.entries(limit=2)] == ["d1", "d2"]
        assert [one.id for one in unit.entries(after="d2", limit=2)] == ["d3", "d4"]
        assert [one.id for one in unit.entries(organisation="o2")] == ["d5"]
        assert [one.id for one in unit.entries(ids=["d4", "d1", "no"])] == ["d1", "d4"]
        assert unit.entries(ids=[]) == []


def test_long_lists_name_what_anybody_may_see_without_reading_bodies(stocked):
    with stocked.begin() as unit:
        said = ({}, {"visibility": "private"}, {"state": "draft"}, {"kind": "series"}, {"state": "withdrawn"}, {"version": 1})
        for number, one in enumerate(said, start=2):
            unit.add_entry(dataset(f"d{number}", **{"state": "published", **one}))
        unit.add_version(replace(version(1), dataset="d7"))
    with stocked.read() as unit:
        found = [one for one in unit.listed() if one.id != "d1"]
        assert [(one.id, one.organisation, one.version) for one in found] == [("d2", "o1", None), ("d7", "o1", 1)]
        assert [(one.slug, one.modified) for one in found] == [(one.slug, one.modified) for one in unit.entries(ids=["d2", "d7"])]
        assert [one.id for one in unit.listed(after="d2", limit=1)] == ["d7"]
    with stocked.begin() as unit:
        unit.save_version(replace(unit.version("d7", 1), state="withdrawn"))
    with stocked.read() as unit:
        assert [one.version for one in unit.listed(after="d6")] == [None]


def test_versions_are_numbered_without_gaps_and_none_twice(stocked):
    with stocked.begin() as unit:
        unit.add_version(version(1))
        unit.add_version(version(2))
    for number in (2, 4, 0):
        with pytest.raises(Stale), stocked.begin() as unit:
            unit.add_version(version(number))
    with stocked.read() as unit:
        assert [one.number for one in unit.versions("d1")] == [2, 1]


def test_the_outline_of_a_version_is_the_one_shown_without_what_makes_it_long(stocked):
    with stocked.begin() as unit:
        unit.add_version(version(1, note="first"))
        unit.add_version(version(2, note="second"))
        unit.save_entry(dataset(version=1))
        unit.add_entry(dataset("d2"))
    with stocked.read() as unit:
        found = unit.outlines(["d1", "d2", "no"])
        assert unit.outlines([]) == {}
        assert {one: each.files for one, each in unit.outlines(["d1", "d2"], files=True).items()} == {
            one: unit.version(one, each.number).files for one, each in found.items()
        }
        words = {one: set(unit.outlines(["d1", "d2"], holding=[one])) for one in ("một", "first", "second", "no such", 'a "b', "\\")}
        assert words == {"một": {"d1"}, "first": {"d1"}, "second": set(), "no such": set(), 'a "b': set(), "\\": set()}
        whole = unit.outlines(["d1"], files=True, groups=True)["d1"].resources
        assert [one.groups for one in whole] == [one.groups for one in version().resources]
        assert {one: [(number, rows) for number, _, rows in many] for one, many in unit.shelved(["d1", "d2", "no"]).items()} == {
            "d1": [(each.number, sum(part.rows or 0 for part in each.resources)) for each in (version(1), version(2))]
        }
        assert unit.shelved([]) == {}
    bare = tuple(replace(one, profile=None, preview=(), files=()) for one in version().resources)
    assert found == {"d1": version(1, note="first", resources=bare)}


def test_a_public_file_is_found_by_its_hash_before_a_private_one(stocked):
    hidden = replace(version(1), resources=tuple(
        replace(one, files=(replace(one.files[0], public=False),)) for one in version(1).resources
    ))
    with stocked.begin() as unit:
        unit.add_version(hidden)
        unit.add_version(version(2))
    with stocked.read() as unit:
        assert unit.file(A).public
        assert not unit.file(B).public
        assert unit.file("c" * 64) is None


def test_a_dataset_that_is_removed_takes_its_uploads_addresses_and_claims_along(stocked, clock):
    with stocked.begin() as unit:
        unit.add_submission(upload())
        unit.add_alias("dataset", "before", "d1")
        unit.claim(A, "s1")
        unit.drop_entry("d1")
    clock.forward(hours=25)
    with stocked.read() as unit:
        assert unit.submission("s1") is None
        assert unit.entry("before") is None
        assert list(unit.unclaimed(24)) == [A]


def test_uploads_are_listed_newest_first_by_dataset_and_state(stocked):
    with stocked.begin() as unit:
        for number in range(1, 5):
            unit.add_submission(upload(f"s{number}", state="ready" if number % 2 else "blocked"))
    with stocked.read() as unit:
        assert [one.id for one in unit.submissions(limit=3)] == ["s4", "s3", "s2"]
        assert [one.id for one in unit.submissions(dataset="d1", states=["ready"])] == ["s3", "s1"]
        assert unit.submissions(dataset="other") == []
        assert len(unit.submissions(organisations=["o1", "o2"])) == 4
        assert unit.submissions(organisations=["o2"]) == []
        assert unit.submissions(organisations=[]) == []


def test_an_object_is_swept_only_when_nobody_claims_or_refers_to_it_for_long_enough(stocked, clock):
    with stocked.begin() as unit:
        unit.add_submission(upload())
        unit.claim(A, "s1")
        unit.claim(B, "s1")
        unit.adopt("c" * 64)
        unit.claim("d" * 64, "s1")
        assert unit.known(A)
        assert not unit.known("e" * 64)
    clock.forward(hours=25)
    with stocked.begin() as unit:
        assert list(unit.unclaimed(24)) == ["c" * 64]
        unit.add_version(version())
        unit.release_claims("s1")
        assert sorted(unit.unclaimed(24)) == ["c" * 64, "d" * 64]
        unit.forget("c" * 64)
        unit.claim("d" * 64, "s2")
        unit.release_claims("s2")
        assert list(unit.unclaimed(24)) == []


def test_old_claims_of_those_who_need_nothing_any_more_are_dropped(stocked, clock):
    with stocked.begin() as unit:
        unit.add_submission(upload("s1"))
        unit.add_submission(upload("s2", state="rejected"))
        for at, holder in enumerate(("s1", "s2", "dataset:d1", "unknown")):
            unit.claim(str(at) * 64, holder)
        assert unit.release_stale_claims(24) == 0
    clock.forward(hours=25)
    with stocked.begin() as unit:
        assert unit.release_stale_claims(24) == 3
        assert sorted(unit.unclaimed(24)) == ["1" * 64, "2" * 64, "3" * 64]


def test_audit_rows_are_chained_so_that_a_change_or_a_gap_is_found(stocked):
    with stocked.begin() as unit:
        for number in range(4):
            unit.audit("mai", "draft", f"d{number}", title="Đất", when=NOW)
    with stocked.read() as unit:
        rows = list(unit.audit_rows())
        assert [row.sequence for row in unit.audit_rows(after=2)] == [3, 4]
    assert list(broken_links(rows)) == []
    assert list(broken_links([rows[0], replace(rows[1], actor="eve"), *rows[2:]])) == [2]
    assert list(broken_links([rows[0], *rows[2:]])) == [2]
    assert list(broken_links([rows[1], rows[0], *rows[2:]])) != []


def test_changes_are_numbered_without_gaps_and_a_file_arriving_takes_no_number(stocked, told):
    with stocked.begin() as unit:
        assert unit.announce(VersionPublished(dataset="d1", number=1)) == 1
        assert unit.announce(FileArrived(submission="s1")) == 0
        assert unit.announce(DatasetWithdrawn(dataset="d1", number=1)) == 2
    with pytest.raises(ZeroDivisionError), stocked.begin() as unit:  # noqa: PT012 - breaks off half-way
        assert unit.announce(DatasetChanged(dataset="d1")) == 3
        raise ZeroDivisionError
    with stocked.begin() as unit:
        assert unit.announce(DatasetChanged(dataset="d1")) == 3
    with stocked.read() as unit:
        seen = [(one.sequence, one.kind, one.dataset, one.version) for one in unit.changes()]
        assert unit.last_change() == 3
    assert seen == [
        (1, "version-published", "d1", 1), (2, "dataset-withdrawn", "d1", 1), (3, "dataset-changed", "d1", None),
    ]
    assert told[0] == VersionPublished(dataset="d1", number=1)
    assert told[1] == FileArrived(submission="s1")


def test_a_reader_never_goes_back(stocked):
    with stocked.begin() as unit:
        assert unit.position("index") == 0
        unit.advance("index", 7)
        unit.advance("index", 3)
        assert unit.position("index") == 7


def test_an_answer_is_kept_for_a_day_and_a_mark_of_work_under_way_for_a_minute(stocked, clock):
    with stocked.begin() as unit:
        unit.remember("done", "f", b"answer")
        unit.remember("under way", "", b"")
        unit.remember("dropped", "f", b"x")
        unit.forget_answer("dropped")
    with stocked.read() as unit:
        assert unit.recall("done") == ("f", b"answer")
        assert unit.recall("under way") == ("", b"")
        assert unit.recall("dropped") is None
    clock.forward(minutes=2)
    with stocked.read() as unit:
        assert unit.recall("under way") is None
        assert unit.recall("done") == ("f", b"answer")
    clock.forward(days=1)
    with stocked.read() as unit:
        assert unit.recall("done") is None


def test_totals_count_only_what_the_public_can_see(stocked):
    with stocked.begin() as unit:
        unit.add_version(version(1))
        unit.add_version(version(2))
        unit.save_entry(dataset(state="published", version=2))
        unit.add_entry(dataset("d2", state="published", visibility="private", version=1))
        unit.add_version(version(1, dataset="d2"))
        unit.add_entry(dataset("d3", state="published", version=1))
        unit.add_version(version(1, dataset="d3", state="withdrawn"))
        unit.add_entry(dataset("d4"))
    with stocked.read() as unit:
        assert unit.totals() == {"datasets": 1, "versions": 2, "rows": 2, "organisations": 1}


def test_wiping_keeps_the_site_one_person_with_tokens_and_the_place_in_the_sequence(stocked):
    with stocked.begin() as unit:
        unit.add_person(person("p2"), "kept")
        unit.add_token(Token(id="t1", person="p1", created=NOW), "h1")
        unit.add_token(Token(id="t2", person="p2", created=NOW), "h2")
        unit.set_membership(Membership(organisation="o1", person="p2", role="admin"))
        unit.add_version(version())
        unit.add_submission(upload())
        unit.audit("mai", "x", "y")
        unit.set_site("secret", "s")
        for _ in range(5):
            unit.announce(DatasetChanged(dataset="d1"))
        unit.advance("index", 4)
    stocked.wipe("p2")
    with stocked.read() as unit:
        assert unit.site("secret") == "s"
        assert [one.id for one in unit.people()] == ["p2"]
        assert unit.password_hash("p2") == "kept"
        assert unit.token("h1") is None
        assert unit.token("h2").id == "t2"
        assert (unit.organisations(), unit.entries(), unit.audit_rows(), unit.memberships()) == ([], [], [], [])
        assert [(one.sequence, one.kind) for one in unit.changes(unit.position("index"))][-1] == (6, "site-reset")


def test_writers_take_turns_so_that_no_number_is_given_twice(stocked):
    failed = []

    def write():
        try:
            for _ in range(10):
                with stocked.begin() as unit:
                    unit.announce(DatasetChanged(dataset="d1"))
                    unit.audit("mai", "draft", "d1")
        except Exception as wrong:  # noqa: BLE001 - whatever it is
            failed.append(wrong)

    threads = [threading.Thread(target=write) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    with stocked.read() as unit:
        assert [one.sequence for one in unit.changes()] == list(range(1, 61))
        assert list(broken_links(unit.audit_rows())) == []


def test_a_reader_sees_one_state_while_others_write(stocked):
    with stocked.read() as reader:
        before = reader.entry("d1").slug
        with stocked.begin() as writer:
            writer.save_entry(dataset(slug="changed"))
        assert reader.entry("d1").slug == before
    with stocked.read() as reader:
        assert reader.entry("d1").slug == "changed"


# -- databases only ------------------------------------------------------------------------------------------------


def test_migrations_make_the_schema_that_the_code_means_and_may_run_again(database):
    records = SqlRecords(database)
    records.migrate()
    records.migrate()
    with records.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "include_object": _ours})
        assert compare_metadata(context, schema.metadata) == []
    records.close()


def _ours(_object, name, kind, _reflected, _compared) -> bool:
    return not (kind == "table" and name == "alembic_version")


def test_a_schema_from_a_newer_datamo_is_refused_and_left_alone(database):
    records = SqlRecords(database)
    records.migrate()
    with records.begin() as unit:
        unit.connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(Unavailable) as refused:
        records.migrate()
    assert refused.value.code == "database-newer"
    with records.read() as unit:
        assert unit.connection.execute(text("SELECT version_num FROM alembic_version")).scalar() == "9999"
    records.close()


def test_a_moment_without_a_zone_is_never_stored(stocked):
    if isinstance(stocked, FakeRecords):
        return
    with pytest.raises(Exception, match="zone"), stocked.begin() as unit:
        unit.add_token(Token(id="t1", person="p1", created=datetime(2026, 1, 1)), "h1")  # noqa: DTZ001 - on purpose


def test_a_database_that_cannot_be_reached_is_unavailable():
    records = SqlRecords("postgresql://nobody@127.0.0.1:9/none")
    with pytest.raises(Unavailable) as refused, records.begin():
        pass
    assert refused.value.code == "database-down"


def test_a_file_that_only_reads_is_told_as_such(tmp_path):
    """A disk mounted read-only, or a file of another user: no waiting helps, and nothing is wrong with the address."""
    made = SqlRecords(f"sqlite:///{tmp_path}/x.db")
    made.migrate()
    made.close()
    engine = create_engine(f"sqlite:///file:{tmp_path}/x.db?mode=ro&uri=true")
    with pytest.raises(Unavailable) as refused, in_our_words(), engine.begin() as connection:
        connection.execute(text("DELETE FROM organisations"))
    assert refused.value.code == "database-read-only"
    engine.dispose()


@pytest.mark.parametrize("url", ["mysql://host/db", "sqlite://"])
def test_a_database_that_we_do_not_speak_is_refused(url):
    with pytest.raises(Unavailable):
        SqlRecords(url)


def test_sqlite_syncs_fully_and_keeps_its_foreign_keys(tmp_path):
    records = SqlRecords(f"sqlite:///{tmp_path}/x.db")
    records.migrate()
    with records.engine.connect() as connection:
        pragmas = {name: connection.execute(text(f"PRAGMA {name}")).scalar()
                   for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")}
    assert pragmas == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "busy_timeout": 30000}
    records.close()


def test_a_transaction_cut_short_by_a_crash_leaves_nothing(tmp_path):
    records = SqlRecords(f"sqlite:///{tmp_path}/x.db")
    records.migrate()
    with records.begin() as unit:
        unit.add_organisation(agency())
        unit.connection.exec_driver_sql("SELECT 1")
        copy = tmp_path / "copy.db"
        for part in ("", "-wal"):
            source = tmp_path / f"x.db{part}"
            (tmp_path / f"copy.db{part}").write_bytes(source.read_bytes() if source.exists() else b"")
    with sqlite3.connect(copy) as found:
        assert found.execute("SELECT count(*) FROM organisations").fetchone() == (0,)
    records.close()
