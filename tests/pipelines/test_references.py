"""Foreign keys of a publisher's schema: looked up in published datasets, in sheets of the file, in the table itself."""

from __future__ import annotations

import io
import json
from dataclasses import replace
from datetime import date
from functools import partial

import pytest
from openpyxl import Workbook

from api.cli import run
from api.messages import findings
from catalog.model import Options, Staged
from pipelines import check, references
from pipelines.again import Again
from pipelines.flow import Workshop, check_and_publish
from pipelines.inside import look
from pipelines.lists import Bookcase
from pipelines.step import Parcel
from pipelines.validation import masking
from pipelines.validation.columnar import validate_columnar
from pipelines.validation.lookups import Lookup, as_published, bare, keys_of
from pipelines.validation.schema import NotSchema
from pipelines.validation.source import resource_of
from standards.finding import Finding, Place
from standards.profile import Column
from tests.pipelines.columnar.both import compared
from tests.site import make_town

WARDS = b"ma,ten\n00001,Ba Dinh\n00004,Hoan Kiem\n00007,Tay Ho\n"
GOOD, BAD = b"id,xa\na,00001\nb,00007\nc,\n", b"id,xa\na,00001\nb,00009\n"
LINK = {"package": "xa-phuong", "fields": "ma"}


def refers(reference, fields="xa", **field):
    listed = [{"name": "id", "type": "string"}, {"name": "xa", "type": "string", **field}]
    return {"fields": listed, "foreignKeys": [{"fields": fields, "reference": reference}]}


class Road:
    """The catalogue of a site with its flow; files are checked here, or in a real sandbox."""

    def __init__(self, folder, examine=look):
        self.town = make_town(folder)
        self.catalog = self.town.catalog
        stand = self.town.stand
        self.shop = Workshop(
            catalog=stand.catalog, records=stand.records, files=stand.files, index=stand.index, work=folder / "work",
            today=lambda: date(2026, 11, 22), examine=examine,
        )

    def draft(self, title, who="editor", agency="H12", **members):
        return self.town.draft(title, who, organization=agency, **members)["slug"] if agency == "H12" else self.town.send(
            "POST", "/api/v1/datasets", who, {"organization": agency, "title": title, **members}).json()["slug"]

    def send(self, slug, content, schema=None, who="editor", **options):
        key, count, digest = self.town.stand.files.stage(io.BytesIO(content), 10**7)
        staged = Staged(key=key, name="a.csv", bytes=count, sha256=digest)
        one = self.catalog.attach(self.town.caller(who), slug, staged, Options(schema=schema, **options))
        check_and_publish(self.shop, lambda _name, do: do(), one.id)
        return self.catalog.submission(self.catalog.system(), one.id)


@pytest.fixture
def road(tmp_path):
    return Road(tmp_path)


def told(one, language="en"):
    return [findings.say(each, language) for table in one.outcome.tables for each in table.findings if each.severity == "error"]


def test_a_reference_to_a_published_dataset_is_checked_and_the_manifest_names_the_version(road):
    wards = road.draft("Xã phường")
    assert wards == "xa-phuong"
    road.send(wards, WARDS)
    road.send(wards, WARDS + b"00010,Cau Giay\n")
    schools = road.draft("Trường học")
    assert road.send(schools, GOOD, refers(LINK)).state == "published"
    manifest = road.town.get(f"/api/v1/datasets/{schools}/versions/1/manifest").json()
    used = road.catalog.version(road.catalog.system(), wards)
    rows = next(one for one in used.files if one.role == "csv")
    assert manifest["resources"][0]["pins"]["references"] == [
        {"dataset": used.dataset, "version": 2, "resource": "xa-phuong", "sha256": rows.sha256},
    ]


def test_a_missing_key_is_told_with_its_place_and_value_in_both_languages(road):
    road.send(road.draft("Xã phường"), WARDS)
    found = road.send(road.draft("Trường học"), BAD, refers(LINK))
    assert found.state == "blocked"
    [one] = [each for each in found.outcome.tables[0].findings if each.severity == "error"]
    assert (one.code, one.place.row, one.place.column, one.place.field, one.cell) == ("foreign-key", 3, 2, "xa", "00009")
    assert told(found) == [
        'Cell B3 (xa): "00009" is not in the column ma of the table "xa-phuong/xa-phuong". Add it there, or correct the value.',
    ]
    assert told(found, "vi") == [
        "Ô B3 (xa): “00009” không có trong cột ma của bảng “xa-phuong/xa-phuong”. Thêm vào bảng đó, hoặc sửa giá trị.",
    ]


def test_what_another_agency_keeps_to_itself_or_has_withdrawn_is_like_what_never_was(road):
    never = told(road.send(road.draft("Trường A"), GOOD, refers(LINK)))
    assert never == [
        ("Column B (xa): the column points to xa-phuong (ma), but no published dataset goes by that name. "
        "Correct the name in the description of the table, or publish the other table first."),
    ]
    theirs = road.draft("Xã phường", "stranger", "H13", visibility="private")
    assert told(road.send(road.draft("Trường B"), GOOD, refers(LINK))) == never, "a private draft"
    assert road.send(theirs, WARDS, who="stranger").state == "published"
    assert told(road.send(road.draft("Trường C"), GOOD, refers(LINK))) == never, "a private dataset"
    system = road.catalog.system()
    road.catalog.amend(system, theirs, visibility="public")
    assert told(road.send(road.draft("Trường D"), GOOD, refers(LINK))) == [], "a public one"
    road.catalog.withdraw(system, theirs, "sai")
    assert told(road.send(road.draft("Trường E"), GOOD, refers(LINK))) == never, "a withdrawn one"


def test_a_private_dataset_of_her_own_agency_is_looked_into_and_not_named_in_a_public_manifest(road):
    road.send(road.draft("Xã phường", visibility="private"), WARDS)
    schools = road.draft("Trường học")
    assert road.send(schools, BAD, refers(LINK)).state == "blocked"
    assert road.send(schools, GOOD, refers(LINK)).state == "published"
    manifest = road.town.get(f"/api/v1/datasets/{schools}/versions/1/manifest").json()
    assert "references" not in manifest["resources"][0]["pins"]


def test_the_newest_version_of_the_same_dataset_can_be_referred_to(road):
    slug = road.draft("Trường học")
    road.send(slug, WARDS, resource="xa")
    assert road.send(slug, BAD, refers({"resource": "xa", "fields": "ma"}), resource="truong").state == "blocked"
    assert road.send(slug, GOOD, refers({"resource": "xa", "fields": "ma"}), resource="truong").state == "published"


def test_rows_that_are_appended_may_refer_to_those_that_were_there(road):
    slug = road.draft("Đơn vị")
    schema = refers({"resource": "", "fields": "id"})
    assert road.send(slug, b"id,xa\na,\nb,a\n", schema).state == "published"
    assert road.send(slug, b"id,xa\nc,b\n", schema, update="append", period="2026").state == "published"
    assert told(road.send(slug, b"id,xa\nd,x\n", schema, update="append", period="2027")) == [
        'Cell B2 (xa): "x" is not in the column id of this same table. Add that row, or correct the value.',
    ]


def test_a_submission_looked_at_again_for_a_file_made_of_it_tells_the_missing_key_too(road, tmp_path):
    road.send(road.draft("Xã phường"), WARDS)
    found = road.send(road.draft("Trường học"), BAD, refers(LINK))
    folder = tmp_path / "again"
    folder.mkdir()
    again = Again(catalog=road.catalog, files=road.town.stand.files, bookcase=Bookcase(road.catalog, road.town.stand.files))
    seen = [one for table in again.check(found, folder).outcome.tables for one in table.findings]
    assert seen == list(found.outcome.tables[0].findings)
    assert [(one.code, one.place.row) for one in seen] == [("foreign-key", 3)]


def test_the_references_travel_into_a_real_sandbox(tmp_path):
    road = Road(tmp_path, partial(check.examine))
    road.send(road.draft("Xã phường"), WARDS)
    schools = road.draft("Trường học")
    assert road.send(schools, BAD, refers(LINK)).reason["code"] == "foreign-key"
    assert road.send(schools, GOOD, refers(LINK)).state == "published"


@pytest.mark.parametrize("package", ["../../secret", "/etc/passwd", "http://x/y", "a\x00b", "x" * 5000, "🙂"])
def test_what_is_asked_for_is_never_a_path_and_is_answered_like_nothing(road, package):
    found = road.send(road.draft("Trường học"), GOOD, refers({"package": package, "fields": "ma"}))
    assert [one.code for one in found.outcome.tables[0].findings if one.severity == "error"] == ["reference-unknown"]


# --- without a site ---------------------------------------------------------------------------------------------------


def looked(folder, content, schema, name="a.csv", **members):
    path = folder / name
    path.write_bytes(content)
    work = folder / f"work-{len(list(folder.iterdir()))}"
    work.mkdir()
    return look(Parcel(path=path, name=name, work=work, options=Options(schema=schema, sheet="all" if name.endswith("x") else ""),
                       today=date(2026, 1, 1), keep=False, **members))


def codes(outcome):
    return [(one.code, one.severity, one.place.row) for table in outcome.tables for one in table.findings]


def test_without_a_site_other_datasets_are_said_to_be_unchecked_and_the_table_itself_is_checked(tmp_path):
    assert codes(looked(tmp_path, BAD, refers(LINK))) == [("reference-unchecked", "warning", None)]
    own = refers({"fields": "id"})
    assert codes(looked(tmp_path, b"id,xa\na,\nb,a\nc,z\n", own)) == [("foreign-key", "error", 4)]
    assert codes(looked(tmp_path, b"id,xa\na,\nb,a\nc,b\n", own)) == []


def test_two_keys_may_refer_to_one_table_and_each_names_it_as_it_is_called(tmp_path):
    schema = refers({"fields": "id"})
    schema["fields"] += [{"name": "cha", "type": "string"}]
    schema["foreignKeys"] += [{"fields": "cha", "reference": {"fields": "id"}}]
    found = [one for table in looked(tmp_path, b"id,xa,cha\na,,\nb,y,z\n", schema).tables for one in table.findings]
    assert [findings.say(one, "en")[:60] for one in found] == [
        'Cell B3 (xa): "y" is not in the column id of this same table', 'Cell C3 (cha): "z" is not in the column id of this same table'[:60],
    ]


def test_the_command_checks_a_table_that_refers_to_itself(tmp_path, capsys):
    (tmp_path / "a.csv").write_bytes(b"id,xa\na,\nb,z\n")
    (tmp_path / "schema.json").write_text(json.dumps(refers({"fields": "id"})))
    assert run(["check", str(tmp_path / "a.csv"), "--schema", str(tmp_path / "schema.json"), "--lang", "en"]) == 1
    assert "column id of this same table" in " ".join(capsys.readouterr().out.split())


@pytest.mark.parametrize("wards", ["xa", "self"])
def test_another_sheet_of_the_file_can_be_referred_to(tmp_path, wards):
    book, out = Workbook(), io.BytesIO()
    for name, rows in (("truong", [("id", "xa"), ("a", "k"), ("b", "z")]), (wards, [("id", "xa"), ("k", None)])):
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    del book["Sheet"]
    book.save(out)
    outcome = looked(tmp_path, out.getvalue(), refers({"resource": wards, "fields": "id"}), "a.xlsx")
    found = [(one.code, one.place.sheet, one.place.row) for table in outcome.tables for one in table.findings if one.severity == "error"]
    assert [one.resource for one in outcome.tables] == ["truong", wards]
    assert found == [("foreign-key", "truong", 3)]


def test_sheets_that_refer_to_each_other_are_checked_and_end(tmp_path):
    """A schema whose keys go round: each sheet to the other one, and a table to itself."""
    book, out = Workbook(), io.BytesIO()
    for name, rows in (("truong", [("id", "xa"), ("k", "k"), ("b", "z")]), ("xa", [("id", "xa"), ("k", "k"), ("z", "k")])):
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    del book["Sheet"]
    book.save(out)
    schema = refers({"resource": "xa", "fields": "id"})
    schema["foreignKeys"] += [{"fields": "xa", "reference": {"resource": "truong", "fields": "id"}}, {"fields": "xa", "reference": {"fields": "xa"}}]
    outcome = looked(tmp_path, out.getvalue(), schema, "a.xlsx")
    found = [(one.code, one.place.sheet, one.place.row) for table in outcome.tables for one in table.findings if one.severity == "error"]
    assert found == [("foreign-key", "truong", 3)]


@pytest.mark.parametrize("rows", [40, 4_000])
def test_both_engines_say_the_same(tmp_path, rows):
    """A reference to the table itself and one by two columns, some of them missing, with a pattern of the publisher's."""
    table, keys = tmp_path / "a.csv", tmp_path / "k.csv"
    table.write_text("id,xa\n" + "".join(f"{at},{at % 7:05d}\n" for at in range(rows)))
    keys.write_text("x,y\n" + "".join(f"{at},{at % 7}\n" for at in range(0, rows, 2)))
    schema = {"fields": [{"name": "id", "type": "integer"}, {"name": "xa", "type": "integer"}]}
    own, two = keys_of({**schema, "foreignKeys": [
        {"fields": "xa", "reference": {"fields": "id"}},
        {"fields": ["id", "xa"], "reference": {"package": "p", "fields": ["x", "y"]}},
    ]})
    ids = tmp_path / "ids.csv"
    ids.write_text("id\n" + "".join(f"{at}\n" for at in range(5)))
    listed = (
        Lookup(name="self", key=own, path=ids, schema={"fields": [{"name": "id", "type": "integer"}]}),
        Lookup(name="p/p", key=two, path=keys, schema={"fields": [{"name": one, "type": "integer"} for one in "xy"]}),
    )

    def resource():
        return resource_of(table, schema, foreign=True, lookups=listed)

    theirs = compared(resource().validate(limit_errors=0))
    assert compared(validate_columnar(resource(), limit_errors=0)) == theirs
    assert len(theirs["tasks"][0]["errors"]) == rows // 2 + sum(at % 7 > 4 for at in range(rows))


def test_a_published_column_is_read_in_the_spelling_that_was_seen_in_it():
    asked = {"name": "d", "type": "date", "format": "%d/%m/%Y", "constraints": {"pattern": "x"}}
    assert as_published(asked, Column(name="k", kind="date", format="%Y.%m.%d"), "k") == {"name": "k", "type": "date", "format": "%Y.%m.%d"}
    money = as_published({"type": "number"}, Column(name="k", kind="number", decimal=",", group=".", absent=("-",)), "k")
    assert money == {"name": "k", "type": "number", "decimalChar": ",", "groupChar": ".", "missingValues": ["", "-"]}
    assert bare(asked, "k") == {"name": "k", "type": "date", "format": "%d/%m/%Y"}


def test_too_many_tables_or_too_much_is_left_unchecked_and_said(road):
    schema = refers(LINK)
    schema["foreignKeys"] = [{"fields": "xa", "reference": {"package": f"p{at}", "fields": "ma"}} for at in range(references.MOST + 2)]
    found = [one.code for one in road.send(road.draft("Trường học"), GOOD, schema).outcome.tables[0].findings]
    assert (found.count("reference-unknown"), found.count("reference-unchecked")) == (references.MOST, 2)


@pytest.mark.parametrize("key", [
    {"fields": "xa", "reference": {"package": 5, "fields": "ma"}}, {"fields": "xa", "reference": {"fields": "nowhere"}},
    {"fields": ["id", "xa"], "reference": {"package": "p", "fields": ["a", "a"]}},
])
def test_a_reference_of_no_meaning_is_refused_with_its_place(key):
    with pytest.raises(NotSchema, match="#/foreignKeys/0/reference"):
        keys_of({**refers(LINK), "foreignKeys": [key]})


def test_a_value_of_a_column_held_back_is_masked_wherever_a_missing_key_repeats_it():
    found = Finding(code="foreign-key", place=Place(row=2, column=1, field="a"), cell="k, 001099012345", params={"columns": [1, 2], "table": "p", "there": "a, b"})
    assert masking.finding(found, {1}) == replace(found, cell="k, ************", params={"table": "p", "there": "a, b"})
    assert masking.finding(found, {2}) == found
    error = {"cells": ["k", "001099012345"], "fieldCells": ["k", "001099012345"], "note": 'values "k, 001099012345" not found'}
    assert "12345" not in json.dumps(masking.report({"tasks": [{"errors": [error]}]}, {1}))
