"""Sources of every kind: DCAT in its forms and pages, data packages, plain lists, sitemaps; and hostile ones."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from catalog.model import NOBODY
from pipelines import sandbox
from pipelines.format import Unreadable
from pipelines.harvest import dcat as reading
from pipelines.harvest.shape import Asked, Page, Parsed
from standards.language import Copy, Described, Part, Shelf
from standards.metadata import dcat
from standards.record import Agent, Contact, Dataset, Period
from tests.fakes import Stand
from tests.pipelines.test_harvest import a_source, a_stand, a_walk, counts, harvest
from tests.portals import Server

URL = "https://elsewhere.example.org"


@pytest.fixture
def server() -> Iterator[Server]:
    made = Server()
    yield made
    made.close()


@pytest.fixture
def stand() -> Stand:
    made = a_stand()
    made.catalog.add_organisation(made.catalog.system(), code="H12", title={"vi": "Sở Giáo dục"})
    return made


def described(number: int) -> Described:
    about = Dataset(
        title={"vi": f"Trường học {number}", "en": f"Schools {number}"}, description={"vi": "Mô tả"}, licence="CC-BY-4.0",
        themes=("EDUC",), tags=("trường",), frequency="ANNUAL", language=("vi", "en"),
        temporal=Period(start=date(2024, 1, 1), end=date(2024, 12, 31)), source={"vi": "Báo cáo năm"},
        contact=Contact(name="Phòng", email="a@example.org"), source_url="",
    )
    copy = Copy(name="truong.csv", url=f"{URL}/files/{number}.csv", role="csv", media_type="text/csv", bytes=120,
                sha256="a" * 64)
    return Described(
        id=f"{number:08d}-aaaa-7bbb-8ccc-000000000000", uri=f"{URL}/id/{number}", page=f"{URL}/d/{number}", about=about,
        publisher=Agent(code="H12", slug="so", title={"vi": "Sở Giáo dục"}), publisher_url=f"{URL}/o/so", version=2,
        issued=datetime(2025, 1, 1, tzinfo=UTC), modified=datetime(2026, 1, 1, tzinfo=UTC),
        parts=(Part(name="truong", kind="table", title={"vi": "Danh sách"}, copies=(copy,)),),
    )


def shelf(server: Server, form: str, page: int, pages: int) -> bytes:
    def at(number: int) -> str:
        return f"{server.url}/catalog.{form}?page={number}" if number > 1 else f"{server.url}/catalog.{form}"

    return dcat.write_shelf(Shelf(
        uri=f"{URL}/catalog", page=URL, title={"vi": "Cổng"}, description={}, publisher=Agent(slug="x", title={"vi": "X"}),
        total=2 * pages, size=2, here=at(page), first=at(1), after=at(page + 1) if page < pages else "",
        datasets=[described(2 * page - 1), described(2 * page)],
    ), form)


MEDIA = {"ttl": "text/turtle", "jsonld": "application/ld+json", "rdf": "application/rdf+xml"}


@pytest.mark.parametrize("form", MEDIA)
def test_a_catalogue_in_dcat_is_read_page_by_page_in_every_form(stand: Stand, server: Server, form: str) -> None:
    pages = {f"/catalog.{form}" + (f"?page={number}" if number > 1 else ""): shelf(server, form, number, 3) for number in (1, 2, 3)}

    def answer(handler: Any) -> None:
        handler.send_response(200)
        handler.send_header("Content-Type", MEDIA[form] + "; charset=utf-8")
        handler.send_header("Content-Length", str(len(pages[handler.path])))
        handler.end_headers()
        handler.wfile.write(pages[handler.path])

    server.answers[f"/catalog.{form}"] = answer
    a_source(stand, server, kind="dcat", url=f"{server.url}/catalog.{form}")
    run = harvest(stand)
    assert (run.state, counts(run)) == ("done", {"new": 6})
    entry = stand.catalog.dataset(NOBODY, f"{URL}/id/3")
    said, wanted = entry.about, described(3).about
    for member in ("title", "description", "licence", "themes", "tags", "frequency", "temporal", "contact", "source"):
        assert getattr(said, member) == getattr(wanted, member), member
    assert set(said.language) == {"vi", "en"}
    link = stand.catalog.version(NOBODY, entry.id).resources[0]
    assert (link.url, link.format, link.more["size"]) == (f"{URL}/files/3.csv", "csv", 120)
    assert counts(harvest(stand)) == {"same": 6}


def test_a_document_that_says_it_has_not_changed_is_not_read_again(stand: Stand, server: Server) -> None:
    content = dcat.write_shelf(Shelf(
        uri=f"{URL}/catalog", page=URL, title={"vi": "Cổng"}, description={}, publisher=Agent(slug="x", title={"vi": "X"}),
        total=1, size=1, here=f"{server.url}/c.ttl", first=f"{server.url}/c.ttl", datasets=[described(1)]), "ttl")
    a_source(stand, server, kind="dcat", url=server.say("/c.ttl", content, ETag='"one"', Content_Type="text/turtle"))
    assert counts(harvest(stand)) == {"new": 1}
    server.say("/c.ttl", b"", 304)
    run = harvest(stand)
    assert (run.state, counts(run)) == ("done", {})
    assert server.asked[-1][2]["if-none-match"] == '"one"'
    assert stand.catalog.dataset(NOBODY, f"{URL}/id/1").state == "published"


def asked(tmp_path: Path, content: bytes, media_type: str) -> Asked:
    path = tmp_path / "page"
    path.write_bytes(content)
    return Asked(pages=(Page(path=path, url=f"{URL}/page", media_type=media_type),))


def test_contexts_that_are_addresses_are_known_or_left_out_but_never_fetched(server: Server, tmp_path: Path) -> None:
    said = {"@context": [f"{server.url}/context.jsonld", {"t": {"@id": "dct:title", "@context": f"{server.url}/in"}}],
            "@id": f"{URL}/x", "@type": "dcat:Dataset", "dct:title": "Tên",
            "dcat:distribution": {"@context": f"{server.url}/deep", "@type": "dcat:Distribution"}}
    parsed = reading.read(asked(tmp_path, json.dumps(said).encode(), "application/ld+json"))
    assert [one.about.title for one in parsed.found] == [{"vi": "Tên"}]
    assert server.asked == []


BOMB = b'<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;">]><rdf:RDF>&b;</rdf:RDF>'
HOSTILE = {
    "entities": (BOMB, "application/rdf+xml"), "no RDF": (b"<html><body>hello", "text/html"),
    "cut": (b"@prefix dcat: <http://www.w3.org/ns/dcat#> . <a> a dcat:Dat", "text/turtle"), "nothing": (b"", "text/turtle"),
    "brackets": (b"[" * 100_000, "application/ld+json"), "zeros": (b"\x00" * 1000, "application/ld+json"),
    "deep": (json.dumps({"a": {}}).replace("{}", '{"a":' * 200 + "1" + "}" * 200).encode(), "application/ld+json"),
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_what_is_no_catalogue_is_unreadable(tmp_path: Path, kind: str) -> None:
    with pytest.raises((Unreadable, RecursionError)):
        reading.read(asked(tmp_path, *HOSTILE[kind]))


def test_a_real_child_reads_a_catalogue_and_a_hostile_one_ends_as_unreadable(tmp_path: Path) -> None:
    good = asked(tmp_path, dcat.write(described(1), "ttl"), "text/turtle")
    parsed = sandbox.call("pipelines.harvest.dcat:read", good, Parsed)
    assert [one.remote for one in parsed.found] == [f"{URL}/id/1"]
    with pytest.raises(Unreadable):
        sandbox.call("pipelines.harvest.dcat:read", asked(tmp_path, b"[" * 100_000, "application/ld+json"), Parsed)


def test_a_data_package_becomes_a_dataset_with_links(stand: Stand, server: Server) -> None:
    said = {
        "name": "truong-hoc", "id": "https://doi.org/10.1/abc", "title": "Trường học", "description": "Mô tả",
        "licenses": [{"name": "CC-BY-4.0"}], "keywords": ["trường"], "version": "1.2", "homepage": "https://a.example.org/",
        "contributors": [{"title": "Sở", "role": "publisher"}, {"title": "Lan", "email": "lan@example.org"}],
        "resources": [{"name": "danh-sach", "path": "data/list.csv", "format": "csv", "bytes": 10},
                      {"name": "hai", "path": ["https://b.example.org/1.csv", "/etc/passwd", "../secret"]}, {"name": "trong", "data": [1]}],
    }
    a_source(stand, server, kind="datapackage", url=server.say("/p/datapackage.json", json.dumps(said)))
    assert counts(harvest(stand)) == {"new": 1}
    entry = stand.catalog.dataset(NOBODY, "https://doi.org/10.1/abc")
    assert (entry.slug, entry.about.licence, entry.about.source) == ("truong-hoc", "CC-BY-4.0", {"vi": "Sở"})
    urls = [one.url for one in stand.catalog.version(NOBODY, entry.id).resources]
    assert urls == [f"{server.url}/p/data/list.csv", "https://b.example.org/1.csv"]


def test_a_plain_list_is_read_under_vietnamese_names_with_several_files_for_one_dataset(stand: Stand, server: Server) -> None:
    said = ("Mã;Tên bộ dữ liệu;Mô tả;Cơ quan;Giấy phép;Đường dẫn;Định dạng;Từ khóa\n"
            "A1;Trường học;Danh sách;Sở Giáo dục;CC-BY-4.0;https://a.example.org/1;CSV;trường, lớp\n"
            "A1;Trường học;;;;https://a.example.org/2.xlsx;;\n"
            "A2;Bệnh viện;;Sở Y tế;;javascript:alert(1);;\n;;;;;;;\n")
    a_source(stand, server, kind="csv", url=server.say("/list.csv", said))
    assert counts(harvest(stand)) == {"new": 2}
    entry = stand.catalog.dataset(NOBODY, "A1")
    assert (entry.about.tags, entry.about.source) == (("trường", "lớp"), {"vi": "Sở Giáo dục"})
    assert [(one.url, one.format) for one in stand.catalog.version(NOBODY, entry.id).resources] == [
        ("https://a.example.org/1", "csv"), ("https://a.example.org/2.xlsx", "xlsx")]
    assert stand.catalog.version(NOBODY, "A2").resources == ()


def page_of(name: str, **more: Any) -> str:
    said = {"@context": "https://schema.org/", "@type": "Dataset", "name": name, "keywords": "a, b",
            "license": "https://creativecommons.org/licenses/by/4.0/", "temporalCoverage": "2024-01-01/2024-12-31",
            "publisher": {"@type": "Organization", "name": "Sở"},
            "distribution": [{"@type": "DataDownload", "contentUrl": "/f.csv", "encodingFormat": "text/csv"}], **more}
    return f'<html><script type="application/ld+json">{json.dumps(said)}</script></html>'


def test_pages_of_a_sitemap_are_read_and_those_that_did_not_change_are_not_fetched_again(stand: Stand, server: Server) -> None:
    for number in range(3):
        server.say(f"/d/{number}", page_of(f"Bộ {number}"))
    server.say("/about", "<html>no dataset here</html>")
    listed = "".join(f"<url><loc>{server.url}/d/{number}</loc><lastmod>2020-01-01</lastmod></url>" for number in range(3))
    spaces = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'
    server.say("/part.xml", f"<urlset {spaces}>{listed}<url><loc>{server.url}/about</loc></url></urlset>")
    url = server.say("/sitemap.xml", f"<sitemapindex {spaces}><sitemap><loc>{server.url}/part.xml</loc></sitemap></sitemapindex>")
    a_source(stand, server, kind="sitemap", url=url)
    run = harvest(stand)
    assert (run.state, counts(run)) == ("done", {"new": 3})
    entry = stand.catalog.dataset(NOBODY, f"{server.url}/d/1")
    assert (entry.about.title, entry.about.licence, entry.about.tags) == ({"vi": "Bộ 1"}, "CC-BY-4.0", ("a", "b"))
    assert stand.catalog.version(NOBODY, entry.id).resources[0].url == f"{server.url}/f.csv"
    server.asked.clear()
    assert counts(harvest(stand)) == {"same": 3}
    assert [path for _, path, *_ in server.asked if path.startswith("/d/")] == []
    server.say("/d/2", "", 503)
    assert counts(harvest(stand, whole=True)) == {"same": 3}
    assert stand.catalog.dataset(NOBODY, f"{server.url}/d/2").state == "published"


def test_a_sitemap_with_entities_is_refused(stand: Stand, server: Server) -> None:
    a_source(stand, server, kind="sitemap", url=server.say("/sitemap.xml", BOMB))
    assert harvest(stand).reason == "xml-entities"
    assert a_walk(stand).catalog.statistics()["datasets"] == 0


HYDRA = "@prefix dcat: <http://www.w3.org/ns/dcat#> . @prefix dct: <http://purl.org/dc/terms/> . @prefix h: <http://www.w3.org/ns/hydra/core#> .\n"


def leads(server: Server, page: int, ahead: int, more: str = "") -> None:
    view = f"<{server.url}/p{page}> a h:PartialCollectionView ; h:next <{server.url}/p{ahead}> .\n"
    server.say(f"/p{page}", (HYDRA + view + more).encode(), Content_Type="text/turtle")


@pytest.mark.parametrize("length", [2, 3, 7])
def test_pages_that_lead_in_a_circle_are_noticed(stand: Stand, server: Server, length: int) -> None:
    """The circle does not come by the first page: what was read before is only seen by its content."""
    for page in range(1, length + 2):
        leads(server, page, page + 1 if page <= length else 2, f'<{URL}/d{page}> a dcat:Dataset ; dct:title "Bộ {page}" .')
    a_source(stand, server, kind="dcat", url=f"{server.url}/p1")
    run = harvest(stand)
    assert (run.state, run.reason, counts(run)["new"]) == ("failed", "same-page-again", length + 1)
    assert len(server.asked) <= 4 * length + 2


def test_pages_without_end_that_hold_no_dataset_are_given_up(stand: Stand, server: Server) -> None:
    for page in range(1, 40):
        leads(server, page, page + 1, f"<{URL}/c> a dcat:Catalog .")
    a_source(stand, server, kind="dcat", url=f"{server.url}/p1")
    run = harvest(stand)
    assert (run.state, run.reason) == ("failed", "endless-pages")
    assert len(server.asked) < 30


POOR_LIST = (
    "Mã,Tên,Giấy phép,Lĩnh vực,Liên hệ,Ngày cập nhật,Đường dẫn\n"
    "1,,Tự do,Linh tinh,khong-phai-thu,hôm qua,xem ở phòng\n"
    "2,Trường học,CC-BY-4.0,EDUC,a@example.org,2026-01-01,https://elsewhere.example.org/2.csv\n"
)
POOR_PACKAGE = {
    "name": "truong", "title": "x" * 5000, "homepage": "nowhere", "created": "yesterday", "licenses": [{"name": "own"}],
    "contributors": [{"title": "A", "email": "nobody"}],
    "resources": [{"path": "a.csv"}, {"path": ["b.csv", "/etc/passwd"]}],
}
POOR_PAGE = {
    "@type": "Dataset", "name": "", "license": "https://own.example.org/terms", "dateModified": "last week",
    "temporalCoverage": "long ago", "distribution": [{"contentUrl": "javascript:alert(1)"}],
}
POOR_DCAT = """
@prefix dcat: <http://www.w3.org/ns/dcat#> . @prefix dct: <http://purl.org/dc/terms/> . @prefix vcard: <http://www.w3.org/2006/vcard/ns#> .
<https://elsewhere.example.org/c> a dcat:Catalog .
<https://elsewhere.example.org/id/1> a dcat:Dataset ; dct:license <https://own.example.org/terms> ; dct:modified "soon" ;
  dct:temporal [ dcat:startDate "then" ] ; dct:accrualPeriodicity "now and then" ; dcat:theme <https://own.example.org/t/1> ;
  dcat:landingPage "home" ; dcat:contactPoint [ vcard:hasEmail "nobody" ] ; dcat:distribution [ dcat:accessURL "nowhere" ] .
"""
POOR = {
    "csv": (POOR_LIST, "date-dropped email-dropped licence-unknown links-dropped themes-unknown title-missing"),
    "datapackage": (json.dumps(POOR_PACKAGE), "address-dropped date-dropped email-dropped licence-unknown links-dropped text-cut"),
    "dcat": (POOR_DCAT, ("address-dropped date-dropped email-dropped frequency-unknown licence-unknown links-dropped "
                         "period-dropped themes-unknown title-missing")),
}


@pytest.mark.parametrize("kind", POOR)
def test_what_was_guessed_or_left_out_is_told_for_each_dataset(stand: Stand, server: Server, kind: str) -> None:
    text, codes = POOR[kind]
    types = {"csv": "text/csv", "datapackage": "application/json", "dcat": "text/turtle"}
    a_source(stand, server, kind=kind, url=server.say("/list", text.encode(), **{"Content-Type": types[kind]}))
    for _ in range(2):
        run = harvest(stand, whole=True)
        assert run.state == "done"
        assert run.problems == ()
        (one,) = run.guessed
        assert sorted(one["codes"]) == codes.split()
        assert run.guesses == dict.fromkeys(one["codes"], 1)
    assert counts(run) == {"same": 2 if kind == "csv" else 1}, "what was guessed makes no dataset another one"


def test_a_page_that_says_things_nobody_can_read_is_told_of(stand: Stand, server: Server) -> None:
    page = server.say("/d/1", f'<script type="application/ld+json">{json.dumps(POOR_PAGE)}</script>', **{"Content-Type": "text/html"})
    listed = f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"><url><loc>{page}</loc></url></urlset>'
    a_source(stand, server, kind="sitemap", url=server.say("/sitemap.xml", listed))
    (one,) = harvest(stand).guessed
    assert sorted(one["codes"]) == ["date-dropped", "licence-unknown", "links-dropped", "period-dropped", "title-missing"]
    assert one["remote"] == page


def test_guesses_are_counted_whole_and_listed_for_the_first_hundred(stand: Stand, server: Server) -> None:
    rows = "".join(f"{number},Bộ {number},Tự do\n" for number in range(150))
    a_source(stand, server, kind="csv", url=server.say("/list", f"Mã,Tên,Giấy phép\n{rows}"))
    run = harvest(stand)
    assert run.guesses == {"licence-unknown": 150}
    assert len(run.guessed) == 100
