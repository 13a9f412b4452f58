"""Metadata languages: every document is read by the tools that others read it with, and says what it should."""

from __future__ import annotations

import csv
import dataclasses
import json
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from pyshacl import validate
from rdflib import DCTERMS, RDF, SKOS, Graph, Literal, URIRef

from standards.language import Column, Copy, Described, Part, Place, Shelf
from standards.metadata import citation, croissant, datapackage, dcat, schema_org
from standards.metadata.dcat import graph as dcat_graph
from standards.metadata.dcat.graph import DCAT, HYDRA, SPDX
from standards.record import Agent, Contact, Dataset, Period
from standards.registry import METADATA, languages

ID = "019a5c1e-7b1a-7c3e-9f2a-3d5e8b7c6a10"
SITE = "https://data.example.gov.vn"
FILES = f"{SITE}/api/v1/datasets/truong-hoc/versions/3/files/"

SCHOOLS = Described(
    id=ID, uri=f"{SITE}/id/{ID}", page=f"{SITE}/datasets/truong-hoc", version=3, version_url=f"{SITE}/id/{ID}/3",
    about=Dataset(
        title={"vi": "Trường học", "en": "Schools"}, description={"vi": "Mọi trường của thành phố."},
        licence="CC-BY-4.0", themes=("EDUC",), tags=("trường học",), frequency="ANNUAL", spatial=("01", "VN"),
        temporal=Period(start=date(2025, 1, 1)), source={"vi": "Sổ của Sở"}, source_url="https://ví.dụ/tệp số 1<2>",
        contact=Contact(name="Phòng Dữ liệu", email="du lieu@example.gov.vn", phone="024 3825 3535"),
    ),
    publisher=Agent(code="H26", slug="so", title={"vi": "Sở Giáo dục"}), publisher_url=f"{SITE}/organizations/so",
    issued=datetime(2025, 1, 2, tzinfo=UTC), modified=datetime(2026, 3, 4, 5, 6, 7, tzinfo=UTC),
    note="Sửa tên\x07 hai trường", places=(Place(code="01", title={"vi": "Hà Nội"}), Place(code="VN")),
    parts=(
        Part(
            name="truong-hoc", kind="table", standard=f"{SITE}/standards/vn-school", rows=2,
            rows_url=f"{SITE}/api/v1/datasets/truong-hoc/resources/truong-hoc/rows",
            columns=(Column(name="mã", title={"vi": "Mã trường"}), Column(name="mức", type="number", decimal=",", group="."),
                     Column(name="ngày", type="date", format="%d/%m/%Y"), Column(name="số", type="integer", absent=("-",)),
                     Column(name="năm", type="integer")),
            copies=(Copy(name="truong-hoc.csv", url=FILES + "truong-hoc.csv", role="csv", media_type="text/csv", bytes=64,
                         sha256="ab" * 32, rows=2),
                    Copy(name="truong-hoc.parquet", url=FILES + "truong-hoc.parquet", role="parquet",
                         media_type="application/vnd.apache.parquet", bytes=900, sha256="cd" * 32)),
        ),
        Part(name="trang", kind="link", title={"vi": "Trang của Sở"},
             copies=(Copy(name="trang", url="https://example.gov.vn/a b", role="link"),)),
    ),
)


def read(content: bytes, form: str) -> Graph:
    return Graph().parse(data=content, format={"ttl": "turtle", "jsonld": "json-ld", "rdf": "xml"}[form])


def shapes() -> Graph:
    """SHACL shapes of our own making that ask all that the published ones of DCAT-AP ask, from the table of its properties.

    How many at least and at most, literals or nodes, and of which class or type.
    """
    path = Path(__file__).parent / "dcat_ap.csv"
    lines = [
        "@prefix sh: <http://www.w3.org/ns/shacl#> . @prefix dcat: <http://www.w3.org/ns/dcat#> .",
        "@prefix dct: <http://purl.org/dc/terms/> . @prefix foaf: <http://xmlns.com/foaf/0.1/> .",
        "@prefix skos: <http://www.w3.org/2004/02/skos/core#> . @prefix adms: <http://www.w3.org/ns/adms#> .",
        "@prefix spdx: <http://spdx.org/rdf/terms#> . @prefix dcatap: <http://data.europa.eu/r5r/> .",
        "@prefix prov: <http://www.w3.org/ns/prov#> . @prefix odrl: <http://www.w3.org/ns/odrl/2/> .",
        "@prefix time: <http://www.w3.org/2006/time#> . @prefix lcon: <http://www.w3.org/ns/locn#> .",
        "@prefix eli: <http://data.europa.eu/eli/ontology#> . @prefix vcard: <http://www.w3.org/2006/vcard/ns#> .",
        "@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .",
    ]
    with path.open(encoding="utf-8") as stream:
        stream.readline()
        for row in csv.DictReader(stream):
            asked = f"sh:minCount {row['min']} ; " if row["min"] != "0" else ""
            asked += f"sh:maxCount {row['max']} ; " if row["max"] != "n" else ""
            asked += f"sh:nodeKind sh:{'Literal' if row['kind'] == 'literal' else 'BlankNodeOrIRI'} ; "
            if row["range"]:
                asked += f"sh:{'datatype' if row['kind'] == 'literal' else 'class'} {row['range']} ; "
            lines.append(f"[] a sh:NodeShape ; sh:targetClass {row['class']} ; "
                         f"sh:property [ sh:path {row['property']} ; {asked} ] .")
    return Graph().parse(data="\n".join(lines), format="turtle")


def conforms(graph: Graph) -> tuple[bool, str]:
    valid, _, told = validate(graph, shacl_graph=shapes())
    return bool(valid), str(told)


@pytest.mark.parametrize("form", dcat.FORMS)
def test_a_dataset_in_dcat_has_what_dcat_ap_asks_and_not_more_than_it_allows(form: str) -> None:
    valid, told = conforms(read(dcat.write(SCHOOLS, form), form))
    assert valid, told


def test_the_shapes_of_this_test_do_find_what_is_missing() -> None:
    graph = read(dcat.write(SCHOOLS, "ttl"), "ttl")
    graph.remove((URIRef(SCHOOLS.uri), DCTERMS.title, None))
    assert not conforms(graph)[0]


def test_the_shapes_of_this_test_do_find_what_is_of_another_kind() -> None:
    """The published shapes want a dct:source to be a dcat:Dataset: an address that anything may be at is none."""
    graph = read(dcat.write(SCHOOLS, "ttl"), "ttl")
    graph.add((URIRef(SCHOOLS.uri), DCTERMS.source, URIRef("https://example.gov.vn/so")))
    valid, told = conforms(graph)
    assert not valid
    assert "dcat:Dataset" in told


def test_the_three_ways_of_writing_rdf_say_the_same() -> None:
    graphs = [read(dcat.write(SCHOOLS, form), form) for form in dcat.FORMS]
    assert graphs[0].isomorphic(graphs[1])
    assert graphs[0].isomorphic(graphs[2])


def test_words_bear_their_language_and_codes_their_address() -> None:
    graph, here = read(dcat.write(SCHOOLS, "ttl"), "ttl"), URIRef(SCHOOLS.uri)
    eu = "http://publications.europa.eu/resource/authority"
    assert set(graph.objects(here, DCTERMS.title)) == {Literal("Trường học", lang="vi"), Literal("Schools", lang="en")}
    assert set(graph.objects(here, DCAT.theme)) == {URIRef(f"{eu}/data-theme/EDUC")}
    assert set(graph.objects(here, DCTERMS.accrualPeriodicity)) == {URIRef(f"{eu}/frequency/ANNUAL")}
    assert set(graph.objects(here, DCTERMS.relation)) == {URIRef("https://v%C3%AD.d%E1%BB%A5/t%E1%BB%87p%20s%E1%BB%91%201%3C2%3E")}
    names = {str(one) for place in graph.objects(here, DCTERMS.spatial) for one in graph.objects(place, SKOS.prefLabel)}
    assert names == {"Hà Nội"}


def test_each_copy_says_where_it_is_how_big_it_is_and_its_hash() -> None:
    graph = read(dcat.write(SCHOOLS, "ttl"), "ttl")
    node = URIRef(f"{FILES}truong-hoc.csv#distribution")
    assert (node, RDF.type, DCAT.Distribution) in graph
    assert str(graph.value(node, DCAT.byteSize)) == "64"
    mark = graph.value(node, SPDX.checksum)
    assert str(graph.value(mark, SPDX.checksumValue)) == "ab" * 32
    assert str(graph.value(node, DCAT.downloadURL)) == f"{FILES}truong-hoc.csv"
    assert str(graph.value(node, DCTERMS.license)) == "https://creativecommons.org/licenses/by/4.0/"


def test_turtle_is_what_rdflib_itself_would_write() -> None:
    many = dataclasses.replace(SCHOOLS, parts=tuple(
        dataclasses.replace(SCHOOLS.parts[0], name=f"p{number}", copies=(dataclasses.replace(
            SCHOOLS.parts[0].copies[0], url=f"{where}/{number}.csv"),))
        for number in range(30) for where in ("https://a.example.org", "http://www.w3.org/ns/dcat#x", "http://purl.org/dc/terms/a")))
    for one in (SCHOOLS, many):
        written = dcat_graph._graph()
        dcat_graph._dataset(written, one)
        assert dcat.write(one, "ttl") == written.serialize(format="turtle", encoding="utf-8")


def shelf(**more: str) -> Shelf:
    return Shelf(
        uri=f"{SITE}/catalog", page=f"{SITE}/", title={"vi": "Dữ liệu mở"}, description={"vi": "Mọi bộ dữ liệu."},
        publisher=Agent(title={"vi": "Cổng"}), total=300, size=100, here=f"{SITE}/catalog.ttl", first=f"{SITE}/catalog.ttl",
        datasets=(SCHOOLS,), **more,
    )


def test_a_page_of_the_catalogue_leads_to_the_next() -> None:
    graph = read(dcat.write_shelf(shelf(after=f"{SITE}/catalog.ttl?after=x"), "ttl"), "ttl")
    valid, told = conforms(graph)
    assert valid, told
    assert (URIRef(f"{SITE}/catalog.ttl"), RDF.type, HYDRA.PartialCollectionView) in graph
    assert graph.value(URIRef(f"{SITE}/catalog.ttl"), HYDRA.next) == URIRef(f"{SITE}/catalog.ttl?after=x")
    assert graph.value(URIRef(f"{SITE}/catalog"), HYDRA.totalItems).toPython() == 300
    last = read(dcat.write_shelf(shelf(), "ttl"), "ttl")
    assert last.value(URIRef(f"{SITE}/catalog.ttl"), HYDRA.next) is None


def test_what_a_person_wrote_cannot_break_the_document() -> None:
    nasty = '"> <script>\n@prefix x: <y> . """ \x00\x0b\ud7ff ]]> &amp;'
    about = dataclasses.replace(SCHOOLS.about, title={"vi": nasty}, source_url='javascript:"<x>', tags=(nasty,))
    one = dataclasses.replace(SCHOOLS, about=about)
    clean = "".join(sign for sign in nasty if sign >= " " or sign in "\t\n")
    for form in dcat.FORMS:
        graph = read(dcat.write(one, form), form)
        assert set(graph.objects(URIRef(one.uri), DCTERMS.title)) == {Literal(clean, lang="vi")}
    ris = citation.write(one, "ris").decode()
    assert [line for line in ris.split("\r\n") if line and line[2:6] != "  - "] == []


def test_a_data_package_tells_how_the_cells_are_written() -> None:
    told = datapackage.told(SCHOOLS)
    table, link = told["resources"]
    assert table["schema"] == {
        "missingValues": ["", "-"],
        "fields": [
            {"name": "mã", "type": "string", "title": "Mã trường"},
            {"name": "mức", "type": "number", "decimalChar": ",", "groupChar": "."},
            {"name": "ngày", "type": "date", "format": "%d/%m/%Y"},
            {"name": "số", "type": "integer"},
            {"name": "năm", "type": "integer"},
        ],
    }
    assert (table["path"], table["hash"], table["bytes"]) == (f"{FILES}truong-hoc.csv", "sha256:" + "ab" * 32, 64)
    assert link["path"] == "https://example.gov.vn/a b"
    assert told["licenses"][0]["name"] == "CC-BY-4.0"


def test_croissant_takes_the_typed_rows_and_never_guesses_a_codes_kind() -> None:
    told = croissant.told(SCHOOLS)
    assert [one["encodingFormat"] for one in told["distribution"]] == ["application/x-parquet"]
    kinds = {field["name"]: field["dataType"] for field in told["recordSet"][0]["field"]}
    assert kinds == {"mã": "sc:Text", "mức": "sc:Float", "ngày": "sc:Date", "số": "sc:Integer", "năm": "sc:Integer"}


def test_croissant_1_1_says_words_in_every_language_where_data_are_from_and_in_which_other_files_they_are() -> None:
    told = croissant.told(SCHOOLS, "croissant-1.1.json")
    assert told["conformsTo"] == "http://mlcommons.org/croissant/1.1"
    assert croissant.told(SCHOOLS)["conformsTo"] == "http://mlcommons.org/croissant/1.0"
    assert told["distribution"][0]["sameAs"] == [f"{FILES}truong-hoc.csv"]
    assert told["prov:wasDerivedFrom"] == {"@id": "https://v%C3%AD.d%E1%BB%A5/t%E1%BB%87p%20s%E1%BB%91%201%3C2%3E"}
    both = dataclasses.replace(SCHOOLS, about=dataclasses.replace(SCHOOLS.about, description={"vi": "Mọi trường.", "en": "Every school."}))
    assert croissant.told(both, "croissant-1.1.json")["description"] == {"vi": "Mọi trường.", "en": "Every school."}
    assert croissant.told(both)["description"] == "Mọi trường."
    graph = Graph().parse(data=croissant.write(both, "croissant-1.1.json"), format="json-ld")
    said = set(graph.objects(URIRef(SCHOOLS.uri), URIRef("https://schema.org/description")))
    assert said == {Literal("Mọi trường.", lang="vi"), Literal("Every school.", lang="en")}


def test_schema_org_says_only_what_is_stated() -> None:
    told = schema_org.told(SCHOOLS)
    assert told["temporalCoverage"] == "2025-01-01/.."
    assert told["license"] == "https://creativecommons.org/licenses/by/4.0/"
    bare = schema_org.told(dataclasses.replace(SCHOOLS, about=Dataset(title={"vi": "A"}), parts=(), places=()))
    assert not {"license", "temporalCoverage", "spatialCoverage", "distribution"} & set(bare)


def test_a_citation_names_the_version_its_bytes_and_an_address_that_stays() -> None:
    ris = citation.write(SCHOOLS, "ris").decode()
    assert "UR  - https://data.example.gov.vn/id/" + ID + "/3\r\n" in ris
    assert f"N1  - truong-hoc.csv sha256:{'ab' * 32}\r\n" in ris
    csl = json.loads(citation.write(SCHOOLS, "csl.json"))[0]
    assert (csl["version"], csl["issued"]["date-parts"]) == ("3", [[2026, 3, 4]])
    bib = citation.write(SCHOOLS, "bib").decode()
    assert bib.startswith("@misc{H26-2026-truong-hoc,\n")
    datacite = json.loads(citation.write(SCHOOLS, "datacite.json"))
    assert {one["identifierType"] for one in datacite["identifiers"]} == {"URL", "URN"}
    assert datacite["publicationYear"] == "2026"


def test_the_corridor_of_metadata_languages_equals_its_list() -> None:
    here = Path(__file__).parents[2] / "standards" / "metadata"
    assert set(METADATA) == {path.stem for path in here.iterdir() if not path.name.startswith("__")}
    assert [one.NAME for one in languages()][: len(METADATA)] == list(METADATA)
