"""Titles in another language than the page's are told to be, also where agencies and operators work (WCAG 3.1.2)."""

from __future__ import annotations

import re

from tests.site import Town

TITLE = "Schools of Hue"


def test_a_title_in_another_language_bears_its_language_on_pages_of_work(town: Town) -> None:
    town.published({"en": TITLE}, slug="hue")  # type: ignore[arg-type]
    draft = town.draft({"en": f"{TITLE}, drafted"}, slug="next")  # type: ignore[arg-type]
    sent = town.upload("next").json()["id"]
    said = town.send("POST", "/api/v1/questions", "", {"dataset": "hue", "text": "Bao giờ có bản mới?"}).json()["number"]
    assert draft["slug"] == "next"
    for path in ("/desk", "/publish", f"/submissions/{sent}", "/datasets/hue/voices", f"/voices/{said}", "/datasets/hue/withdraw",
                 "/datasets/hue/announce", "/datasets/hue/correct", "/datasets/hue/versions/1/dossier", "/datasets/hue/over-time",
                 "/datasets/hue/chart"):
        answer = town.get(f"{path}?lang=vi", "operator", headers={"Accept-Encoding": "identity"})
        assert answer.status_code == 200, (path, answer.status_code)
        text = answer.text.partition("</head>")[2]
        before = re.findall(rf"(<[^<>]*>)[^<>]*{TITLE}", text)
        assert before, path
        assert [tag for tag in before if 'lang="en"' not in tag] == [], path
