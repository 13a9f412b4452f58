"""The review road on pages: handed in, published, sent back with words, withdrawn with a reason; each by whoever may."""

from __future__ import annotations

import pytest

from tests.api.test_pages_forms import sign_in
from tests.site import Town


def as_(town: Town, who: str) -> str:
    """Sign in as somebody else; the token of her forms."""
    town.client.cookies.clear()
    return sign_in(town, who)


def ready(town: Town, who: str = "editor") -> tuple[str, str]:
    """A file that is ready to be published: the dataset's slug, the submission's address."""
    slug = town.draft()["slug"]
    key = town.upload(slug, who=who).json()["id"]
    town.check(key)
    return slug, f"/submissions/{key}"


def test_an_editor_hands_in_with_words_that_the_reviewer_reads(careful: Town) -> None:
    slug, where = ready(careful)
    token = as_(careful, "editor")
    html = careful.client.get(f"{where}/answers").text
    assert f'action="{where}/submit"' in html
    assert f"{where}/publish" not in html
    assert careful.client.post(f"{where}/submit", data={"csrf": token, "note": "Đã đối chiếu với sổ"}).status_code == 303
    assert "Người duyệt của cơ quan sẽ công bố hoặc trả lại" in careful.client.get(where).text
    as_(careful, "reviewer")
    assert "Đã đối chiếu với sổ" in careful.client.get(where).text
    assert f'href="{where}"' in careful.client.get("/desk").text
    careful.client.cookies.clear()
    assert careful.client.get(f"/datasets/{slug}").status_code == 404


def test_a_file_is_not_sent_back_without_a_reason(careful: Town) -> None:
    _, where = ready(careful)
    careful.catalog.submit(careful.caller("editor"), where.rsplit("/", 1)[-1])
    token = as_(careful, "reviewer")
    empty = careful.client.post(f"{where}/reject", data={"csrf": token, "note": "  "})
    assert empty.status_code == 422
    assert "<title>Lỗi:" in empty.text
    assert 'href="#note"' in empty.text
    assert careful.client.post(f"{where}/reject", data={"csrf": token, "note": "Thiếu trường ở vùng cao"}).status_code == 303
    as_(careful, "editor")
    back = careful.client.get(where).text
    assert "Người duyệt đã trả lại tệp này" in back
    assert "Thiếu trường ở vùng cao" in back


def test_a_file_whose_description_alone_was_wrong_is_sent_again_as_it_is(careful: Town) -> None:
    _, where = ready(careful)
    key = where.rsplit("/", 1)[-1]
    careful.catalog.submit(careful.caller("editor"), key)
    careful.catalog.reject(careful.caller("reviewer"), key, "Mô tả còn ngắn")
    token = as_(careful, "editor")
    for page in (where, f"{where}/answers"):
        html = careful.client.get(page).text
        assert f'action="{where}/again"' in html
        assert "Mô tả còn ngắn" in html
    assert careful.client.post(f"{where}/again", data={"csrf": token}).status_code == 303
    careful.check(key)
    html = careful.client.get(where).text
    assert "Lần trước người duyệt ghi:" in html
    assert "Mô tả còn ngắn" in html
    assert careful.client.post(f"{where}/submit", data={"csrf": token, "note": "Đã sửa mô tả"}).status_code == 303
    as_(careful, "reviewer")
    html = careful.client.get(where).text
    assert "thành công khai ngay: 2 dòng" in html
    assert f'href="{where}/preview"' in html


def test_who_decides_after_somebody_else_did_loses_no_words_and_sees_what_came_of_it(careful: Town) -> None:
    _, where = ready(careful)
    key = where.rsplit("/", 1)[-1]
    careful.catalog.submit(careful.caller("editor"), key)
    careful.catalog.approve(careful.caller("admin"), key)
    token = as_(careful, "reviewer")
    late = careful.client.post(f"{where}/reject", data={"csrf": token, "note": "Cột thứ ba còn thiếu"})
    assert late.status_code == 409
    assert "Đã có người quyết định" in late.text
    assert "Cột thứ ba còn thiếu" in late.text
    assert "Đã công bố phiên bản 1" in late.text


def test_who_wants_to_send_a_returned_file_again_that_is_not_kept_any_more_is_told_so(careful: Town) -> None:
    _, where = ready(careful)
    key = where.rsplit("/", 1)[-1]
    careful.catalog.reject(careful.caller("reviewer"), key, "Mô tả còn ngắn")
    careful.stand.files.drop_staged(careful.catalog.submission(careful.caller("editor"), key).staged.key)
    token = as_(careful, "editor")
    again = careful.client.post(f"{where}/again", data={"csrf": token})
    assert again.status_code == 409
    assert "không còn được giữ" in again.text


def test_whoever_sent_a_file_where_two_are_needed_gets_no_button_to_publish_it(careful: Town) -> None:
    _, where = ready(careful, "reviewer")
    as_(careful, "reviewer")
    html = careful.client.get(f"{where}/answers").text
    assert f"{where}/submit" in html
    assert f"{where}/publish" not in html
    token = as_(careful, "admin")
    assert f"{where}/publish" in careful.client.get(f"{where}/answers").text
    assert careful.client.post(f"{where}/publish", data={"csrf": token}).status_code == 303
    assert "Đã công bố phiên bản 1" in careful.client.get(where).text


def test_an_act_that_does_not_exist_is_no_address(town: Town) -> None:
    _, where = ready(town)
    token = as_(town, "admin")
    assert town.client.post(f"{where}/vanish", data={"csrf": token}).status_code == 404


def test_a_reviewer_withdraws_with_a_reason_and_the_address_tells_it(town: Town) -> None:
    made = town.published()
    token = as_(town, "reviewer")
    assert f'/datasets/{made["slug"]}/withdraw' in town.client.get(f'/datasets/{made["slug"]}').text
    where = f'/datasets/{made["slug"]}/withdraw'
    assert "Cả bộ dữ liệu" in town.client.get(where).text
    empty = town.client.post(where, data={"csrf": token, "reason": " "})
    assert empty.status_code == 422
    assert 'href="#reason"' in empty.text
    assert town.client.post(where, data={"csrf": token, "reason": "Tính <hai> lần"}).status_code == 303
    gone = town.client.get(f'/datasets/{made["slug"]}')
    assert gone.status_code == 410
    assert "Tính &lt;hai&gt; lần" in gone.text
    assert town.client.get(where).status_code == 410


def test_one_version_is_withdrawn_alone(town: Town) -> None:
    made = town.published()
    town.release(made["slug"], b"school_code,school_name\n00001,Moi\n")
    token = as_(town, "admin")
    where = f'/datasets/{made["slug"]}/withdraw'
    assert 'value="1" checked' in town.client.get(where + "?version=1").text
    answer = town.client.post(where, data={"csrf": token, "reason": "Sai", "version": "1"})
    assert answer.headers["location"] == f'/datasets/{made["slug"]}/versions/1'
    assert town.client.get(f'/datasets/{made["slug"]}/versions/1').status_code == 410
    assert town.client.get(f'/datasets/{made["slug"]}').status_code == 200


@pytest.mark.parametrize(("who", "status"), [("editor", 403), ("reader", 403), ("stranger", 403)])
def test_nobody_else_may_withdraw(town: Town, who: str, status: int) -> None:
    made = town.published()
    token = as_(town, who)
    where = f'/datasets/{made["slug"]}/withdraw'
    assert town.client.get(where).status_code == status
    assert town.client.post(where, data={"csrf": token, "reason": "x"}).status_code == status
    assert "/withdraw" not in town.client.get(f'/datasets/{made["slug"]}').text


def test_a_stranger_learns_nothing_of_a_draft_by_its_withdrawal_form(town: Town) -> None:
    slug = town.draft()["slug"]
    as_(town, "stranger")
    assert town.client.get(f"/datasets/{slug}/withdraw").status_code == 404
    town.client.cookies.clear()
    assert town.client.get(f"/datasets/{slug}/withdraw").headers["location"].startswith("/sign-in")


def test_the_desk_puts_what_the_reader_can_decide_first_and_each_file_once(careful: Town) -> None:
    _, where = ready(careful)
    careful.catalog.submit(careful.caller("editor"), where.rsplit("/", 1)[-1])
    other = careful.draft("Bộ hỏng")["slug"]
    careful.check(careful.upload(other, b"a,b\nBAD,1\n").json()["id"])
    as_(careful, "reviewer")
    html = careful.client.get("/desk").text
    work = html[html.index('id="viec"'):html.index('id="bo"')]
    assert work.index("Trường học 2025") < work.index("Bộ hỏng")
    assert work.count('<h3 class="m0"><a') == 2
    assert 'id="cho"' not in html
    as_(careful, "editor")
    html = careful.client.get("/desk").text
    assert html.index("Bộ hỏng") < html.index('id="cho"') < html.index(f'href="{where}"')
