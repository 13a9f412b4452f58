"""Personal data at the doors: held back, told in words, released by a second person; and the command's switch."""

from __future__ import annotations

import json
import random
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from api.cli import run
from pipelines.inside import look
from pipelines.step import Parcel
from tests.api.test_pages_forms import sign_in
from tests.personal import dirty
from tests.site import Town

RNG = random.Random(11)
NUMBERS = [dirty.personal_id(RNG) for _ in range(30)]
FILE = ("cccd,so_luong\n" + "".join(f"{one},{at}\n" for at, one in enumerate(NUMBERS))).encode()


def really_checked(town: Town, key: str, folder: Path) -> None:
    """What the worker does, with the real steps."""
    town.catalog.begin_check(key)
    one = town.catalog.submission(town.catalog.system(), key)
    path = folder / f"{key}-{one.attempt}"
    with town.stand.files.open_staged(one.staged.key) as stream:
        path.write_bytes(stream.read())
    work = folder / f"work-{one.attempt}"
    work.mkdir()
    parcel = Parcel(path=path, name=one.staged.name, work=work, options=one.options, today=date(2026, 11, 1), dataset_slug="a")
    town.catalog.settle(key, town.catalog.shelve_outcome(key, look(parcel)))


@pytest.fixture
def held(town: Town, tmp_path: Path) -> str:
    key = town.upload(town.draft()["slug"], FILE, name="nguoi.csv").json()["id"]
    really_checked(town, key, tmp_path)
    return str(key)


def told(town: Town, key: str, lang: str = "vi") -> dict[str, Any]:
    headers = {**town.head("editor"), "Accept-Language": lang}
    return dict(town.client.get(f"/api/v1/submissions/{key}", headers=headers).json())


def test_the_report_says_what_is_held_back_and_shows_none_of_it(town: Town, held: str) -> None:
    report = told(town, held)
    assert (report["state"], report["reason"]["code"]) == ("blocked", "personal-data")
    assert report["reason"]["detail"] == (
        "Cột “cccd” giống số định danh cá nhân (100 % số ô). Xóa cột này rồi gửi lại; dữ liệu cá nhân không được công bố."
    )
    english = told(town, held, "en")["reason"]["detail"]
    assert english.startswith('Column "cccd" looks like personal identification numbers (100 % of cells). Remove it')
    [one] = report["personal_data"]
    assert set(one) == {"field", "kind", "share", "blocks", "sample"}
    assert (one["field"], one["kind"], one["blocks"]) == ("cccd", "vn-personal-id", True)
    assert not [number for number in NUMBERS if number in json.dumps(report)]


def test_the_page_says_it_too_and_offers_the_release_to_a_second_person_only(town: Town, held: str) -> None:
    sign_in(town, "editor")
    page = town.client.get(f"/submissions/{held}").text
    assert "giống số định danh cá nhân" in page
    assert "Còn 1 chỗ cần bạn xem trước khi công bố" in page
    assert f'href="/submissions/{held}/personal"' in page
    step = town.client.get(f"/submissions/{held}/personal").text
    for words in ("giống số định danh cá nhân", "leave-out#cccd", "mask#cccd", "người duyệt của cơ quan"):
        assert words in step
    assert "release-column" not in page + step
    assert not [number for number in NUMBERS if number in page + step]
    town.client.cookies.clear()
    sign_in(town, "reviewer")
    assert f"/submissions/{held}/release-column" in town.client.get(f"/submissions/{held}/personal").text
    town.client.cookies.clear()
    assert town.client.get(f"/submissions/{held}/personal").status_code == 404


def test_the_step_takes_the_column_out_and_the_decision_can_be_taken_back(town: Town, held: str, tmp_path: Path) -> None:
    token, path = sign_in(town, "editor"), f"/submissions/{held}/personal"
    assert town.client.post(path, data={"csrf": "other", "way": "leave-out#cccd"}).status_code == 403
    assert town.client.post(path, data={"csrf": token, "way": ["", "trim"]}).headers["location"] == f"/submissions/{held}"
    taken = town.client.post(path, data={"csrf": token, "way": ["leave-out#cccd", ""]})
    assert (taken.status_code, taken.headers["location"]) == (303, f"/submissions/{held}?wait=1")
    assert town.client.get(path).status_code == 303
    really_checked(town, held, tmp_path)
    report = told(town, held)
    assert (report["state"], report["personal_data"], report["accepted"]) == ("ready", [], ["leave-out#cccd"])
    assert [one["kind"] for one in report["repaired"]] == ["leave-out"]
    page = town.client.get(path).text
    assert "không thấy cột nào giống dữ liệu cá nhân" in page
    assert 'name="withdraw" value="leave-out#cccd"' in page
    town.client.post(path, data={"csrf": token, "withdraw": "leave-out#cccd"})
    really_checked(town, held, tmp_path)
    assert told(town, held)["state"] == "blocked"


def test_a_second_person_releases_a_column_with_reason_and_basis_and_it_is_checked_again(
    town: Town, held: str, tmp_path: Path
) -> None:
    path = f"/api/v1/submissions/{held}/release-column"
    given = {"column": "cccd", "reason": "Danh sách công bố theo luật", "basis": "Luật 91/2025/QH15, Điều 9"}
    assert town.send("POST", path, "editor", given).status_code == 403
    assert town.send("POST", path, "reviewer", {"column": "cccd", "reason": "", "basis": ""}).status_code == 422
    assert town.send("POST", path, "reviewer", given).json()["state"] == "received"
    really_checked(town, held, tmp_path)
    report = told(town, held)
    assert report["state"] == "ready"
    [one] = report["personal_data"]
    assert (one["blocks"], one["released"]) == (False, True)
    assert "người thứ hai đã cho công bố" in report["findings"][0]["message"]


def test_a_column_is_released_by_the_form_of_its_step(town: Town, held: str) -> None:
    token = sign_in(town, "reviewer")
    form = {"csrf": token, "column": "cccd", "note": "Được phép", "basis": "Luật 91/2025/QH15"}
    assert town.client.post(f"/submissions/{held}/release-column", data=form).status_code == 303
    assert told(town, held)["state"] == "received"


def test_the_command_tells_personal_data_and_can_leave_them_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("nguoi.csv").write_bytes(FILE)
    assert run(["check", "nguoi.csv", "--json", "--lang", "en"]) == 1
    document = json.loads(capsys.readouterr().out)
    assert document["personal_data"][0]["kind"] == "vn-personal-id"
    assert [one["code"] for one in document["findings"]] == ["personal-data"]
    assert not [number for number in NUMBERS if number in json.dumps(document)]
    assert run(["check", "nguoi.csv", "--json", "--no-pii"]) == 0
    assert json.loads(capsys.readouterr().out)["personal_data"] == []
