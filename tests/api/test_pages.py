"""The pages as a reader meets them: found, read, downloaded; in her language, her letter size; honest about what is not."""

from __future__ import annotations

import json
import re
from xml.etree import ElementTree as ET

import pytest

from tests.site import SCHOOLS, URL, Town

POINTS = "school_code,school_name\n" + "".join(f"{at:05},Trường số {at}\n" for at in range(1, 41))


def page(town: Town, path: str, **more: object) -> str:
    answer = town.client.get(path, headers={"Accept-Encoding": "identity"}, **more)
    assert answer.status_code == 200, (path, answer.status_code, answer.text[:500])
    return answer.text


def linked(html: str) -> dict[str, object]:
    return json.loads(re.search(r'<script type="application/ld\+json">(.*?)</script>', html, re.DOTALL).group(1))


@pytest.mark.parametrize(
    "path", ["/", "/datasets", "/datasets?q=khong+co+gi", "/organizations", "/organizations/h12-so", "/standards",
             "/standards/vn-school", "/codelists/vn-province", "/check", "/sign-in", "/status"])
@pytest.mark.parametrize("lang", ["vi", "en"])
def test_every_page_opens_in_both_languages_on_an_empty_site(town: Town, path: str, lang: str) -> None:
    html = page(town, path + ("&" if "?" in path else "?") + f"lang={lang}")
    assert f'<html lang="{lang}"' in html
    assert html.count("<h1") == 1
    assert "<main" in html


def test_a_published_dataset_is_found_without_marks_and_read_on_one_page(town: Town) -> None:
    made = town.published("Trường học quận Đống Đa", description="Danh sách trường.", tags=["trường học"])
    found = page(town, "/datasets?q=truong+hoc+dong+da")
    assert f'/datasets/{made["slug"]}' in found
    html = page(town, f'/datasets/{made["slug"]}')
    assert "Trường Tiểu học Đống Đa" in html
    assert "00123" in html
    assert f'/api/v1/datasets/{made["slug"]}/versions/1/files/{made["slug"]}.csv?bom=1' in html
    order = [html.index(part) for part in ("<h1", 'id="s-f"', 'id="s-q"', 'id="tai"', 'id="xem"', 'id="cot"',
                                           'id="tu-dien"', 'id="phien-ban"', 'id="api"', 'id="giay-phep"', 'id="ve"')]
    assert order == sorted(order)


def test_every_download_on_the_dataset_page_answers(town: Town) -> None:
    made = town.published()
    html = page(town, f'/datasets/{made["slug"]}')
    links = set(re.findall(r'href="(/api/v1/datasets/[^"]+/files/[^"]+)"', html))
    assert links
    for link in links:
        assert town.client.get(link).status_code == 200, link


def test_no_licence_is_claimed_that_nobody_stated(town: Town) -> None:
    made = town.published()
    html = page(town, f'/datasets/{made["slug"]}')
    assert "Nguồn chưa nêu giấy phép" in html
    assert "CC BY" not in html
    assert "license" not in linked(html)


def test_json_ld_says_what_is_stated_and_cannot_end_its_script(town: Town) -> None:
    made = town.published("</script><script>alert(1)</script>", licence="CC-BY-4.0", themes=["EDUC"])
    html = page(town, f'/datasets/{made["slug"]}')
    told = linked(html)
    assert told["name"] == "</script><script>alert(1)</script>"
    assert told["license"] == "https://creativecommons.org/licenses/by/4.0/"
    assert told["distribution"][0]["contentUrl"].startswith(URL)
    assert "<script>alert" not in html


def test_what_people_typed_and_what_cells_hold_is_escaped_everywhere(town: Town) -> None:
    evil = '<img src=x onerror=alert(1)>"\''
    made = town.published(f"Bảng {evil}", f'a,b\n"{evil.replace(chr(34), chr(34) * 2)}\u202e",2\n'.encode(), description=evil,
                          tags=["<b>x</b>"])
    for path in ("/", "/datasets", f"/datasets?q={made['slug']}", f'/datasets/{made["slug"]}', "/organizations/h12-so",
                 '/datasets?q="><script>alert(1)</script>', '/datasets?org="><script>', "/codelists/vn-province?q=<script>"):
        html = page(town, path)
        assert "<img" not in html, path
        assert "<script>" not in html, path
        assert "<b>x</b>" not in html, path
        assert "onerror=alert(1)>" not in html, path


def test_pages_bear_no_inline_script_or_style(town: Town) -> None:
    made = town.published()
    for path in ("/", "/datasets?q=truong", f'/datasets/{made["slug"]}', "/check", "/standards/vn-school"):
        html = page(town, path)
        assert not re.search(r"<[^>]+\sstyle=", html), path
        assert not re.search(r"<script(?![^>]* src=\"/static/)(?! type=\"application/ld)", html), path
        assert not re.search(r"<[^>]+\son[a-z]+=", html), path
        assert "default-src" in town.client.get(path).headers["content-security-policy"]


def test_a_page_stays_light_however_wide_the_table(town: Town) -> None:
    wide = ",".join(f"column_{at}" for at in range(1, 61)) + "\n" + (",".join(["some text here"] * 60) + "\n") * 100
    made = town.published("Bảng rộng", wide.encode())
    html = page(town, f'/datasets/{made["slug"]}')
    css = town.client.get("/static/datamo.css").text
    assert len(html.encode()) + len(css.encode()) < 70_000
    assert ">column_20<" in html
    assert ">column_21<" not in html.replace("<option>column_21<", "")
    last = page(town, f'/datasets/{made["slug"]}?cols=41')
    assert "<code>column_60</code>" in last
    assert "<code>column_40</code>" not in last
    usual = page(town, f'/datasets/{town.published("Bảng thường")["slug"]}')
    assert len(usual.encode()) + len(css.encode()) < 60_000


def test_pages_are_compressed_for_browsers_that_take_it(town: Town) -> None:
    plain = page(town, "/standards")
    answer = town.client.get("/standards", headers={"Accept-Encoding": "gzip"})
    assert answer.headers["content-encoding"] == "gzip"
    assert int(answer.headers["content-length"]) < len(plain.encode()) / 2
    assert answer.text == plain


def test_a_new_version_shows_at_once_and_the_old_one_keeps_its_page(town: Town) -> None:
    made = town.published()
    before = page(town, f'/datasets/{made["slug"]}')
    assert "Trường C" not in before
    town.release(made["slug"], SCHOOLS + "00789,Trường C,01\n".encode())
    after = page(town, f'/datasets/{made["slug"]}')
    assert "Trường C" in after
    old = page(town, f'/datasets/{made["slug"]}/versions/1')
    assert "Trường C" not in old
    assert "không phải bản mới nhất" in old
    assert town.client.get(f'/datasets/{made["slug"]}/versions/9').status_code == 404


def test_a_withdrawn_dataset_leaves_a_page_with_its_reason(town: Town) -> None:
    made = town.published()
    page(town, f'/datasets/{made["slug"]}')
    town.catalog.withdraw(town.caller("admin"), made["slug"], "Có số điện thoại riêng")
    answer = town.client.get(f'/datasets/{made["slug"]}')
    assert answer.status_code == 410
    assert "Có số điện thoại riêng" in answer.text
    assert town.client.get(f'/datasets/{made["slug"]}/versions/1').status_code == 410


def test_a_draft_is_no_page_for_strangers(town: Town) -> None:
    made = town.draft("Bản nháp của sở")
    hidden = town.client.get(f'/datasets/{made["slug"]}')
    missing = town.client.get("/datasets/khong-co-bo-nay")
    assert hidden.status_code == missing.status_code == 404
    assert "Bản nháp của sở" not in hidden.text
    assert "Bản nháp của sở" not in page(town, "/datasets")


def test_a_demo_publisher_gets_a_banner_and_stays_out_of_search_engines(town: Town) -> None:
    system = town.catalog.system()
    town.catalog.add_organisation(system, slug="demo", title={"vi": "Datamo demo, tổng hợp"}, demo=True)
    made = town.send("POST", "/api/v1/datasets", "operator", {"organization": "demo", "title": "Bảng demo"}).json()
    town.release(made["slug"], who="operator")
    html = page(town, f'/datasets/{made["slug"]}')
    assert "Bản trình diễn." in html
    assert '<meta name="robots" content="noindex">' in html
    assert made["slug"] not in page(town, "/sitemap.xml")
    real = town.published("Bảng thật")
    assert real["slug"] in page(town, "/sitemap.xml")
    assert "noindex" not in page(town, f'/datasets/{real["slug"]}')


def test_old_addresses_lead_on(town: Town) -> None:
    made = town.published()
    for path, target in ((f'/dataset/{made["slug"]}', f'/datasets/{made["slug"]}'), ("/organization/h12-so", "/organizations/h12-so"),
                         ("/organizations/H12", "/organizations/h12-so"), (f'/datasets/{made["id"]}', f'/datasets/{made["slug"]}')):
        answer = town.client.get(path)
        assert answer.status_code == 301, path
        assert answer.headers["location"] == target


def test_a_missing_page_helps_in_the_readers_language(town: Town) -> None:
    answer = town.client.get("/danh-muc-xa-phuong?lang=en")
    assert answer.status_code == 404
    assert "There is no page at this address" in answer.text
    assert 'value="danh muc xa phuong"' in answer.text
    assert "Không có trang ở địa chỉ này" in town.client.get("/danh-muc", cookies={"lang": "vi"}).text


def test_nothing_found_says_how_to_go_on(town: Town) -> None:
    town.published()
    html = page(town, "/datasets?q=zzzzqqqq&theme=ENVI")
    assert "Chưa có dữ liệu nào khớp" in html
    assert "Bỏ mọi bộ lọc" in html


def test_facets_keep_what_was_chosen_and_chips_take_it_away(town: Town) -> None:
    town.published("Trường học", themes=["EDUC"])
    town.published("Bệnh viện", themes=["HEAL"])
    html = page(town, "/datasets?theme=EDUC")
    assert re.search(r'name="theme" value="EDUC" checked', html)
    assert 'name="theme" value="HEAL"' in html
    assert "Chủ đề: Giáo dục, văn hóa" in html
    assert ">Bệnh viện<" not in html


def test_language_and_display_are_kept_in_cookies(town: Town) -> None:
    answer = town.client.get("/?lang=en")
    assert "lang=en" in answer.headers["set-cookie"]
    moved = town.client.post("/display", data={"size": "large", "contrast": "more", "next": "/standards?x=1"})
    assert moved.status_code == 303
    assert moved.headers["location"] == "/standards?x=1"
    html = town.client.get("/", cookies={"size": "large", "contrast": "more", "lang": "en"}).text
    assert 'data-size="large" data-contrast="more"' in html
    assert 'lang="en"' in html


@pytest.mark.parametrize("target", ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)", "/a\r\nb"])
def test_the_display_form_leads_nowhere_else(town: Town, target: str) -> None:
    assert town.client.post("/display", data={"size": "large", "next": target}).headers["location"] == "/"


def test_official_and_proposed_standards_stand_apart(town: Town) -> None:
    html = page(town, "/standards")
    official, proposed = html.index('id="s-official"'), html.index('id="s-proposed"')
    assert official < proposed < html.index("vn-school")
    assert "không phải quy định" in page(town, "/standards/vn-school")


def test_a_code_means_what_it_meant_on_its_day(town: Town) -> None:
    then = page(town, "/codelists/vn-province?on=30/6/2025&q=24")
    assert "Bắc Giang" in then
    now = page(town, "/codelists/vn-province?on=2025-08-01&vs=30/6/2025")
    assert "Đổi nghĩa" in now
    assert now.index("Đổi nghĩa") < now.index("Hà Nội")
    answer = town.client.get("/codelists/vn-province?on=31/31/2025")
    assert answer.status_code == 422
    assert "Viết ngày/tháng/năm" in answer.text


def test_robots_and_sitemap_are_there(town: Town) -> None:
    robots = page(town, "/robots.txt")
    assert f"Sitemap: {URL}/sitemap.xml" in robots
    kept_out = [line.removeprefix("Disallow: ") for line in robots.splitlines() if line.startswith("Disallow")]
    assert not any(path.startswith(tuple(kept_out)) for path in ("/check", "/checks/trim", "/datasets", "/standards"))
    assert page(town, "/sitemap.xml").startswith("<?xml")


def test_a_sitemap_names_what_is_there_now_in_parts_where_it_is_long(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    first = town.published("Bảng một")
    whole = town.client.get("/sitemap.xml")
    assert f"{URL}/datasets/{first['slug']}<" in whole.text
    assert town.client.get("/sitemap.xml", headers={"If-None-Match": whole.headers["ETag"]}).status_code == 304
    assert town.client.get("/sitemap-1.xml").status_code == 404
    many = whole.text.count("<url>")
    monkeypatch.setattr("api.dialects.html.machines.MOST", many)
    second = town.published("Bảng hai")
    assert page(town, "/sitemap.xml").count("<sitemap>") == 2
    parts = [page(town, f"/sitemap-{number}.xml") for number in (1, 2)]
    assert [one.count("<url>") for one in parts] == [many, 1]
    assert all(any(f"/datasets/{made['slug']}<" in one for one in parts) for made in (first, second))
    for wrong in ("0", "3", "x", "1" * 5000, "²"):
        assert town.client.get(f"/sitemap-{wrong}.xml").status_code == 404
    town.send("POST", f"/api/v1/datasets/{second['slug']}/withdraw", "reviewer", {"reason": "Nhầm"})
    left = page(town, "/sitemap.xml")
    assert (f"/datasets/{first['slug']}<" in left, second["slug"] in left) == (True, False)
    town.send("PATCH", f"/api/v1/datasets/{first['slug']}", "reviewer", {"visibility": "private"})
    assert first["slug"] not in page(town, "/sitemap.xml"), "before search has followed"


def test_a_fault_of_ours_is_a_calm_page_with_an_id(town: Town, caplog: pytest.LogCaptureFixture) -> None:
    town.stand.index.ask = None
    answer = town.client.get("/datasets")
    assert answer.status_code == 500
    assert "lỗi của chúng tôi" in answer.text
    assert answer.headers["x-request-id"] in answer.text
    assert "TypeError" not in answer.text
    assert "unexpected fault" in caplog.text


def test_feeds_tell_what_is_new_and_nothing_hidden(town: Town) -> None:
    made = town.published("Trường <học>", tags=["trường"], themes=["EDUC"])
    town.draft("Bản nháp kín")
    for path in ("/feeds/dataset.atom", "/feeds/organization/H12.atom", "/feeds/tag/trường.atom", "/feeds/group/educ.atom",
                 "/feeds/custom.atom?q=truong", f"/feeds/datasets/{made['slug']}.atom"):
        answer = town.client.get(path)
        assert answer.headers["content-type"].startswith("application/atom+xml"), path
        feed = ET.fromstring(answer.content)
        assert "Trường <học>" in "".join(feed.itertext()), path
        assert "Bản nháp kín" not in answer.text
    answer = town.client.get("/feeds/dataset.atom")
    atom = "{http://www.w3.org/2005/Atom}"
    [entry] = ET.fromstring(answer.content).iter(f"{atom}entry")
    assert [one.get("term") for one in entry.iter(f"{atom}category")] == ["trường"]
    assert entry.findtext(f"{atom}author/{atom}name") == "Sở Giáo dục"
    assert entry.findtext(f"{atom}published") == entry.findtext(f"{atom}updated")
    assert town.client.get("/feeds/dataset.atom", headers={"If-None-Match": answer.headers["ETag"]}).status_code == 304
    assert town.client.get("/feeds/datasets/ban-nhap-kin.atom").status_code == 404
    assert town.client.get("/feeds/group/none.atom").status_code == 404


def test_what_can_be_read_can_be_asked_for_with_head(town: Town) -> None:
    made = town.published()
    for path in ("/", "/datasets", f"/datasets/{made['slug']}", "/standards", "/feeds/dataset.atom", "/robots.txt"):
        answer = town.client.head(path)
        assert answer.status_code == 200, path


def test_lists_kept_for_everybody_show_a_new_dataset_at_once_and_nobody_anothers_work(town: Town) -> None:
    made = town.published("Bộ thứ nhất")
    for path in ("/", "/datasets", "/datasets?q=bo"):
        assert "/bo-thu-nhat" in page(town, path)
        assert page(town, path) == page(town, path)
    town.published("Bộ thứ hai")
    for path in ("/", "/datasets", "/datasets?q=bo"):
        assert "/bo-thu-hai" in page(town, path)
    town.catalog.withdraw(town.caller("admin"), made["slug"], "Sai")
    town.stand.follow()
    for path in ("/", "/datasets", "/datasets?q=bo"):
        assert "/bo-thu-nhat" not in page(town, path)
    town.client.post("/sign-in", data={"name": "editor", "password": "a long password"})
    assert "Đăng xuất" in page(town, "/datasets")
    town.client.cookies.clear()
    assert "Đăng xuất" not in page(town, "/datasets")


def test_bytes_are_counted_in_the_readers_language() -> None:
    from api.messages.pages import size

    assert [size("en", one) for one in (1, 108, 1500)] == ["1 byte", "108 bytes", "2 kB"]
    assert size("vi", 108) == "108 byte"


def test_words_in_another_language_than_the_page_say_which(town: Town) -> None:
    """A voice that reads the English page aloud reads Vietnamese titles as Vietnamese (WCAG 3.1.2)."""
    only = town.published("Trường học Đống Đa", description="Danh sách trường.")
    both = town.published({"vi": "Bệnh viện", "en": "Hospitals"}, description={"vi": "Danh sách.", "en": "A list."})
    html = page(town, f'/datasets/{only["slug"]}?lang=en')
    assert '<h1 class="prose"><bdi lang="vi">Trường học Đống Đa</bdi></h1>' in html
    assert '<bdi lang="vi">Danh sách trường.</bdi>' in html
    assert '<h1 class="prose"><bdi>Hospitals</bdi></h1>' in page(town, f'/datasets/{both["slug"]}?lang=en')
    assert '<h1 class="prose"><bdi>Bệnh viện</bdi></h1>' in page(town, f'/datasets/{both["slug"]}?lang=vi')
    listed = page(town, "/datasets?lang=en")
    assert '<bdi lang="vi">Trường học Đống Đa</bdi>' in listed
    assert "<bdi>Hospitals</bdi>" in listed
    assert 'lang="vi"' not in page(town, "/datasets?lang=vi").partition("<main")[2]


def test_a_standard_has_an_example_to_look_at_and_its_versions(town: Town) -> None:
    html = page(town, "/standards/vn-school")
    assert 'href="/api/v1/standards/vn-school.csv?example=1"' in html
    lines = town.client.get("/api/v1/standards/vn-school.csv?example=1").text.splitlines()
    assert len(lines) == 2
    assert "Trường" in lines[1]
    assert town.client.get("/standards/vn-school?version=0.0.1").status_code == 404


def test_a_code_on_two_days_tells_where_the_old_place_went_and_what_is_above(town: Town) -> None:
    html = page(town, "/codelists/vn-commune?on=1/7/2025&vs=30/6/2025&q=00025")
    line = html[html.index('class="mono">00025<'):].partition("</tr>")[0]
    assert "Phường Giảng Võ" in line
    assert "Phường Ngọc Khánh" in line
    assert "Thành phố Hà Nội" in line
    assert "on=2025-07-01&amp;q=00008" in line
