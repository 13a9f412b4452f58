"""Pages on a slow line: what a page with much on it weighs over the wire."""

from __future__ import annotations

import random
import re
from dataclasses import replace

from catalog.model import NOBODY
from tests.site import Town

_SYLLABLES = (
    "tổng hợp số liệu thống kê dân lao động việc làm thu nhập chi tiêu bình quân đầu người hộ gia đình theo xã phường đơn vị hành chính nông thôn "
    "thành thị năm quý tháng tỷ lệ phần trăm đất lâm nghiệp sản lượng lương thực thủy doanh đăng ký mới giải thể vốn đầu tư"
)
SYLLABLES = _SYLLABLES.split()
FIRST_HTML = 14_336
"""Bytes that a server sends before it waits for a phone's first answer (ten packets, RFC 6928)."""


def weight(town: Town, path: str) -> int:
    """The packed bytes of a page as they go out."""
    with town.client.stream("GET", path, headers={"Accept-Encoding": "gzip"}) as answer:
        assert answer.status_code == 200, path
        assert answer.headers["content-encoding"] == "gzip"
        return sum(map(len, answer.iter_raw()))


def test_twenty_hits_with_long_titles_and_descriptions_come_with_the_first_packets(town: Town) -> None:
    chance = random.Random(7)

    def said(many: int) -> str:
        return " ".join(chance.choice(SYLLABLES) for _ in range(many))

    made = town.published(f"Toàn quốc {said(40)}", themes=["EDUC", "HEAL"], frequency="MONTHLY", tags=[said(3) for _ in range(5)])
    first = town.catalog.dataset(NOBODY, made["slug"])
    with town.stand.records.begin() as unit:
        version = unit.version(first.id, 1)
        assert version is not None
        for at in range(20):
            about = replace(first.about, title={"vi": f"Toàn quốc {said(40)}", "en": said(30)}, description={"vi": f"Toàn quốc {said(400)}"})
            unit.add_entry(replace(first, id=f"copy-{at}", slug=f"copy-{at}", about=about))
            unit.add_version(replace(version, dataset=f"copy-{at}"))
    town.stand.index.put(town.catalog.documents([f"copy-{at}" for at in range(20)]).values())
    path = "/datasets?q=toan+quoc"
    assert town.client.get(path).text.count("<mark>") >= 20
    assert weight(town, path) <= FIRST_HTML


def test_a_hundred_tables_weigh_no_more_than_a_few_and_all_are_reached(town: Town) -> None:
    chance = random.Random(7)
    made = town.published("Một bảng")
    first = town.catalog.dataset(NOBODY, made["slug"])
    with town.stand.records.begin() as unit:
        version = unit.version(first.id, 1)
        assert version is not None
        table = version.resources[0]
        many = tuple(
            replace(table, name=f"bang-{at}", title={"vi": " ".join(chance.choice(SYLLABLES) for _ in range(6))},
                    files=tuple(replace(one, name=f"{at}-{one.name}", resource=f"bang-{at}") for one in table.files)) for at in range(100))
        unit.add_entry(replace(first, id="copy", slug="tram-bang"))
        unit.add_version(replace(version, dataset="copy", resources=many))
    assert weight(town, "/datasets/tram-bang") <= FIRST_HTML
    page, seen = "/datasets/tram-bang", set()
    while page:
        text = town.client.get(page).text
        seen |= set(re.findall(r"/files/(\d+)-[^\"]+\.csv\"", text))
        found = re.search(r'href="([^"]+)#tai" rel="nofollow">Các mục sau', text)
        page = found[1] if found else ""
    assert len(seen) == 100
    text = town.client.get("/datasets/tram-bang?resource=bang-77").text
    assert "bang-77" in text
    assert "/files/77-" in text
    for wrong in ("0", "101", "x", "9" * 30, "²"):
        assert "/files/0-" in town.client.get("/datasets/tram-bang", params={"files": wrong}).text


def test_each_of_two_hundred_columns_is_offered_by_the_filter_beside_where_it_is_shown(town: Town) -> None:
    chance = random.Random(7)
    heads = [" ".join(chance.choice(SYLLABLES) for _ in range(5)) + f" {at}" for at in range(200)]
    rows = "\n".join(",".join(str(at) for at in range(200)) for _ in range(30))
    made = town.published("Hai trăm cột", content=f"{','.join(heads)}\n{rows}".encode())
    here = f"/datasets/{made['slug']}"
    assert weight(town, here) <= FIRST_HTML
    for first in (1, 61, 181):
        text = town.client.get(here, params={"cols": first}).text
        assert all(f"<option>{one}</option>" in text for one in heads[first - 1 : first + 19])
        assert text.count("<option>") == 100
