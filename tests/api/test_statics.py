"""The style sheet and pictures: packed, kept for a year under their own mark, never for long without it."""

from __future__ import annotations

import re

from api.dialects.html.view import STATIC, static
from tests.site import Town


def test_an_address_with_the_files_mark_is_kept_for_a_year(town: Town) -> None:
    for path in re.findall(r'"(/static/[^"]+)"', town.client.get("/").text):
        answer = town.client.get(path)
        assert answer.status_code == 200
        assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
    for path in ("/static/datamo.css", "/static/datamo.css?v=old"):
        assert "immutable" not in town.client.get(path).headers["cache-control"]


def test_the_style_sheet_travels_packed_where_the_browser_takes_it(town: Town) -> None:
    whole = town.client.get(static("datamo.css"), headers={"Accept-Encoding": "identity"})
    packed = town.client.get(static("datamo.css"), headers={"Accept-Encoding": "gzip"})
    assert whole.content == packed.content == (STATIC / "datamo.css").read_bytes()
    assert int(packed.headers["content-length"]) < len(whole.content) / 2
    assert packed.headers["vary"] == whole.headers["vary"] == "Accept-Encoding"
    assert packed.headers["content-type"].startswith("text/css")


def test_a_browser_that_has_it_gets_no_bytes(town: Town) -> None:
    mark = town.client.get("/static/favicon.svg").headers["etag"]
    again = town.client.get("/static/favicon.svg", headers={"If-None-Match": mark})
    assert again.status_code == 304
    assert not again.content


def test_no_other_file_is_given(town: Town) -> None:
    for path in ("/static/none.css", "/static/..%2fapp.py", "/static/%2e%2e/app.py", "/static/"):
        assert town.client.get(path).status_code == 404
