"""A file read wrongly is read differently, over HTTP and by the form, without being sent again."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace

import pytest

from standards.reading import Guess
from tests.api.test_pages_forms import sign_in
from tests.running import Running, running
from tests.site import Town

FILE = "mã,tên,số\n01,Hà Nội,1.234\n02,Hà Giang,2.345\n03,Cao Bằng,18.000\n".encode()
GUESS = Guess(what="decimal", chosen="text", option="decimal", alternatives=(",", "."), sure="unsure", evidence="ambiguous",
              params={"cell": "<1.234>"}, field="b", column=2)  # fmt: skip
ODD = "mã,tên\n1,愛西市\n".encode("euc_jp")


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with running(tmp_path_factory.mktemp("reading")) as site:
        yield site


def sent(here: Running, data: bytes, **fields: str):
    slug = here.draft(f"đọc khác {len(data)} {len(fields)}")
    with here.client() as client:
        one = client.post(f"/api/v1/datasets/{slug}/submissions?publish=false", files={"file": ("a.csv", data)}, data=fields).json()
        return client.get(f"/api/v1/submissions/{one['id']}?wait=30").json()


def guess(told: dict, what: str, field: str | None = None) -> dict:
    return next(one for one in told["understood"] if (one["what"], one["field"]) == (what, field))


def test_what_was_understood_is_told_and_a_guess_gives_way_to_what_is_said(here: Running) -> None:
    told = sent(here, FILE)
    assert told["state"] == "ready"
    open_ = guess(told, "decimal", "số")
    assert (open_["chosen"], open_["sure"], open_["option"], open_["alternatives"]) == ("text", "unsure", "decimal", [",", "."])
    assert "1.234" in open_["detail"]
    with here.client() as client:
        path = f"/api/v1/submissions/{told['id']}"
        asked = client.post(f"{path}/reading", json={"reading": {"columns": {"số": {"decimal": ",", "thousands": "."}}}})
        assert asked.status_code == 202
        again = client.get(f"{path}?wait=30").json()
    assert again["reading"] == {"columns": {"số": {"decimal": ",", "thousands": "."}}}
    assert guess(again, "decimal", "số")["overridden"]
    assert next(one for one in again["profile"]["columns"] if one["name"] == "số")["max"] == "18000"


def test_a_file_that_could_not_be_read_is_read_as_its_publisher_says(here: Running) -> None:
    told = sent(here, ODD)
    assert (told["state"], told["reason"]["code"]) == ("failed", "undecidable-encoding")
    with here.client() as client:
        path = f"/api/v1/submissions/{told['id']}"
        assert client.post(f"{path}/reading", json={"reading": {"encoding": "euc-jp"}}).status_code == 202
        again = client.get(f"{path}?wait=30").json()
    assert (again["state"], again["file"]["encoding"]) == ("ready", "euc-jp")


def test_options_come_with_the_upload_too(here: Running) -> None:
    told = sent(here, FILE, reading=json.dumps({"header_row": 0}))
    assert guess(told, "header")["chosen"] == "0"
    assert told["profile"]["columns"][0]["name"] == "column_1"


@pytest.mark.parametrize(("part", "pointer"), [("{", "#/reading"), ("[]", "#/reading"), ("[" * 5_000, "#/reading"), ('{"sheet": "A", "sheet": "B"}', "#/reading"), ('{"path": "/etc"}', "#/reading/path"), ('{"delimiter": "xx"}', "#/reading/delimiter")])
def test_an_option_that_is_none_is_refused_at_its_place(town: Town, part: str, pointer: str) -> None:
    slug = town.draft("đọc sai")["slug"]
    answer = town.client.post(f"/api/v1/datasets/{slug}/submissions", headers=town.head("editor"), files={"file": ("a.csv", FILE)}, data={"reading": part})
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == pointer


def waiting_in(town: Town) -> str:
    """A blocked submission with a guess that is not sure."""
    made = town.draft()
    sent = town.upload(made["slug"], b"a,b\nBAD,1\n").json()["id"]
    one = town.check(sent)
    assert one.outcome is not None
    town.catalog.recheck(town.catalog.system(), sent)
    town.catalog.begin_check(sent)
    table = replace(one.outcome.tables[0], understood=(GUESS,))
    town.catalog.settle(sent, replace(one.outcome, tables=(table,)))
    return sent


def test_the_page_shows_each_guess_and_its_form_has_the_same_upload_read_differently(town: Town) -> None:
    key = waiting_in(town)
    token = sign_in(town, "editor")
    page = town.client.get(f"/submissions/{key}?lang=en").text
    assert "Not sure" in page
    assert "&lt;1.234&gt;" in page
    assert "Read it differently" in page
    form = {"csrf": token, "delimiter": "tab", "decimal": ",", "missing": "NA, -", "header_row": "", "thousands": " "}
    sent = town.client.post(f"/submissions/{key}/reading", data=form)
    assert sent.status_code == 303, sent.text
    one = town.catalog.submission(town.catalog.system(), key)
    assert (one.state, one.options.read) == ("received", {"delimiter": "\t", "decimal": ",", "missing": ("NA", "-")})


def test_the_form_needs_its_token_and_values_that_can_be(town: Town) -> None:
    key = waiting_in(town)
    token = sign_in(town, "editor")
    path = f"/submissions/{key}/reading"
    assert town.client.post(path, data={"csrf": "wrong", "decimal": ","}).status_code == 403
    assert town.client.post(path, data={"csrf": token, "decimal": "x"}).status_code == 422
    assert town.catalog.submission(town.catalog.system(), key).state == "blocked"
    reader = sign_in(town, "reader")
    assert "Read it differently" not in town.client.get(f"/submissions/{key}?lang=en").text
    assert town.client.post(path, data={"csrf": reader, "decimal": ","}).status_code == 403


def workbook_in(town: Town, file: dict) -> str:
    """A blocked submission of a file that is described like this."""
    key = waiting_in(town)
    one = town.catalog.submission(town.catalog.system(), key)
    assert one.outcome is not None
    town.catalog.recheck(town.catalog.system(), key)
    town.catalog.begin_check(key)
    town.catalog.settle(key, replace(one.outcome, file=file))
    return key


def test_the_form_offers_the_sheets_that_are_there_and_reads_the_one_chosen(town: Town) -> None:
    key = workbook_in(town, {"format": "xlsx", "sheet": "Bìa", "sheets": ["Bìa", "Số <liệu>"]})
    token = sign_in(town, "editor")
    page = town.client.get(f"/submissions/{key}?lang=en").text
    assert '<option value="Số &lt;liệu&gt;">' in page
    assert "Every sheet with data" in page
    assert town.client.post(f"/submissions/{key}/reading", data={"csrf": token, "sheet": "Số <liệu>"}).status_code == 303
    assert town.catalog.submission(town.catalog.system(), key).options.sheet == "Số <liệu>"


def test_where_nobody_could_look_the_sheet_is_written_in(town: Town) -> None:
    key = workbook_in(town, {"format": "ods"})
    sign_in(town, "editor")
    assert '<input id="read-sheet" name="sheet"' in town.client.get(f"/submissions/{key}").text


def test_a_file_without_sheets_is_not_asked_for_one(town: Town) -> None:
    key = workbook_in(town, {"format": "csv", "sheets": []})
    token = sign_in(town, "editor")
    assert "read-sheet" not in town.client.get(f"/submissions/{key}").text
    town.client.post(f"/submissions/{key}/reading", data={"csrf": token, "decimal": ",", "sheet": "B"})
    assert town.catalog.submission(town.catalog.system(), key).options.sheet == ""
