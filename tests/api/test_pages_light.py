"""Pages on a slow line: what a page with much on it weighs over the wire."""

from __future__ import annotations

import random
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
