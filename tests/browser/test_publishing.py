"""From a messy file to a public page in a real browser: few actions, and none of them needs a mouse or a script."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest
from playwright.sync_api import Page, Route

from tests.browser.conftest import Portal
from tests.pipelines.texts import in_tcvn3

MOST_ACTIONS = 12
HEAD = "Ngày dữ liệu;Mã trường;Tên trường;Cấp học;Mã tỉnh;Tên tỉnh;Mã xã;Tên xã;Địa chỉ\n"
PLACES = [
    "1;Thành phố Hà Nội;4;Phường Trúc Bạch", "1;Thành phố Hà Nội;1;Phường Phúc Xá",
    "24;Tỉnh Bắc Giang;7210;Phường Hoàng Văn Thụ", "27;Tỉnh Bắc Ninh;9163;Phường Vũ Ninh",
]
"""Units as they were before 1 July 2025: since then 00004 is another ward, 24 another province, and 27 is nobody's."""


def messy() -> bytes:
    """A file as offices send it: TCVN3 (ABC) letters, semicolons, codes that a spreadsheet took the noughts of.

    And the codes are those of before the merger while the day is that of the export: some of them are others' now.
    """
    rows = [f"20/09/2025;T-{at};Trường Tiểu học số {at};tiểu học;{place};số {at} phố Chính" for at, place in enumerate(PLACES * 5, 1)]
    return in_tcvn3(HEAD + "\n".join(rows) + "\n")


class Hand:
    """Somebody at work, whose actions are counted: each choice, each field and each press is one."""

    def __init__(self, page: Page, *, keyboard: bool = False) -> None:
        self.page, self.keyboard, self.actions = page, keyboard, 0

    def fill(self, selector: str, words: str) -> None:
        self.actions += 1
        field = self.page.locator(selector)
        if self.keyboard:
            field.focus()
            self.page.keyboard.type(words)
        else:
            field.fill(words)

    def press(self, selector: str) -> None:
        self.actions += 1
        one = self.page.locator(selector).first
        if self.keyboard:
            one.focus()
            self.page.keyboard.press("Enter")
        else:
            one.click()

    def choose(self, selector: str, value: str) -> None:
        self.actions += 1
        self.page.locator(selector).select_option(value)  # of a list of fifty nobody counts the presses of an arrow

    def tick(self, selector: str) -> None:
        self.actions += 1
        one = self.page.locator(selector).first
        if self.keyboard:
            one.focus()
            self.page.keyboard.press("Space")
        else:
            one.check()

    def file(self, name: str, content: bytes) -> None:
        self.actions += 1
        self.page.set_input_files("#file", {"name": name, "mimeType": "text/csv", "buffer": content})


def checked(page: Page) -> None:
    """Wait until the check is over: the page reloads itself while it is under way."""
    page.locator("ol.steps li[aria-current]:not(.wait)").wait_for()


def mended(hand: Hand, button: str) -> None:
    """Accept repairs, and wait until they have been made and checked: the page is another one, and moves no more."""
    with hand.page.expect_navigation():
        hand.press(button)
    checked(hand.page)


@pytest.mark.parametrize("way", ["mouse", "keyboard", "no scripts"])
def test_a_messy_file_becomes_a_public_page_in_at_most_twelve_actions(portal: Portal, way: str) -> None:
    with portal.visit("editor", scripts=way != "no scripts") as page:
        hand = Hand(page, keyboard=way == "keyboard")
        page.goto("/publish")
        hand.file(f"truong theo xa {way}.csv", messy())
        hand.choose("#standard", "vn-school")
        hand.press("main form[action='/publish'] button.btn")
        page.wait_for_url("**/submissions/*")
        checked(page)
        where = page.url.partition("?")[0]
        mended(hand, "button[name=safe]")
        assert "code-valid-on" in page.locator("main").inner_text()
        hand.fill("#asof", "30/6/2025")
        mended(hand, "form[action$='/fixes'] button.btn-2:not([name])")
        assert page.locator(".group.no").count() == 0
        hand.press("main a.btn[href$='/describe']")
        page.wait_for_url("**/describe")
        hand.fill("#description", "Số trường phổ thông của từng xã, lấy từ báo cáo của các trường, chưa gồm trường quốc tế. " * 2)
        hand.tick("input[name=theme][value=EDUC]")
        hand.press("main form button.btn")
        page.wait_for_url("**/answers")
        assert "Sẽ công khai" in page.locator("main").inner_text()
        hand.press("main form[action$='/publish'] button.btn")
        page.wait_for_url(where)
        public = page.locator("#bien-nhan").locator("xpath=ancestor::section").locator("dd a").first.get_attribute("href")
        assert hand.actions <= MOST_ACTIONS
    with portal.visit() as page:
        answer = page.goto(str(public))
        assert answer is not None
        assert answer.status == 200
        shown = page.locator("main").inner_text()
        assert "Thành phố Hà Nội" in shown
        assert "Phường Hoàng Văn Thụ" in shown
        assert "2025-06-30" in shown
        assert "07210" in shown


HOUSE = "a house of many words"
NEWCOMER, REVIEWER = "moi@example.gov.vn", "duyet@example.gov.vn"


def invited(portal: Portal) -> str:
    """Let an agency's admin invite somebody on a page; gives the key in her letter."""
    catalog = portal.site.site.catalog
    system = catalog.system()
    catalog.add_organisation(system, code="H97", title={"vi": "Sở Xây dựng thử", "en": "Trial Building Department"})
    catalog.amend_organisation(system, "H97", review="second_person")
    catalog.set_member(system, "H97", "admin", "admin")
    catalog.set_member(system, "H97", "reviewer", "reviewer")
    catalog.amend_person(system, "reviewer", email=REVIEWER)
    with portal.visit("admin") as page:
        page.goto(f"/organizations/{catalog.organisation(system, 'H97').slug}/people")
        page.locator("#name").fill("nguoi-moi")
        page.locator("#email").fill(NEWCOMER)
        page.locator("form:has(#email) button").click()
        page.get_by_text("Đã mời nguoi-moi").wait_for()
    return portal.letter(NEWCOMER, "mời bạn vào Sở Xây dựng thử").split("/new-password?key=")[1].split()[0]


def sent(page: Page) -> str:
    """Send a file as a new dataset; gives the address of its report."""
    page.goto("/publish")
    page.locator("#title").fill("Nhà ở xã hội năm 2025")
    page.set_input_files("#file", {"name": "nha.csv", "mimeType": "text/csv", "buffer": "ma,ten\n01,Nhà A\n02,Nhà B\n".encode()})
    page.locator("main form[action='/publish'] button.btn").click()
    page.wait_for_url("**/submissions/*")
    checked(page)
    return page.url.partition("?")[0]


def handed_in(page: Page, where: str, words: str) -> None:
    page.goto(f"{where}/answers")
    page.locator("#note").fill(words)
    page.get_by_role("button", name="Gửi duyệt").click()
    page.get_by_text("đang chờ người thứ hai duyệt").wait_for()


def test_somebody_invited_by_letter_sends_a_file_that_is_returned_sent_again_and_approved(portal: Portal) -> None:
    """Three people of one agency and nobody in particular; each is told by letter when it is her turn."""
    key = invited(portal)
    with portal.visit() as page, portal.visit("reviewer") as other:
        page.goto(f"/new-password?key={key}")
        page.locator("#password").fill(HOUSE)
        page.get_by_role("button", name="Đặt mật khẩu").click()
        assert page.locator("#name").input_value() == "nguoi-moi"
        page.locator("#password").fill(HOUSE)
        page.locator("main form button").click()
        page.wait_for_url("**/desk")
        where = sent(page)
        handed_in(page, where, "Xin xem cột mã.")
        assert portal.letter(REVIEWER, "Nhà ở xã hội năm 2025")
        other.goto(where)
        assert "Xin xem cột mã." in other.locator("main").inner_text()
        other.locator("#note").fill("Mô tả còn thiếu.")
        other.get_by_role("button", name="Trả lại").click()
        other.get_by_role("heading", name="Người duyệt đã trả lại tệp này").wait_for()
        assert portal.letter(NEWCOMER, "bị trả lại: Nhà ở xã hội năm 2025")
        page.goto(where)
        assert "Mô tả còn thiếu." in page.locator("main").inner_text()
        mended(Hand(page), "form[action$='/again'] button")
        handed_in(page, where, "Đã thêm mô tả.")
        other.goto(where)
        assert "thành công khai ngay: 2 dòng" in other.locator("main").inner_text()
        other.get_by_role("button", name="Duyệt và công bố").click()
        public = other.locator("#bien-nhan").locator("xpath=ancestor::section").locator("dd a").first.get_attribute("href")
        assert portal.letter(NEWCOMER, "đã được duyệt và công bố: Nhà ở xã hội năm 2025")
        other.context.clear_cookies()
        other.goto(str(public))
        assert "Nhà B" in other.locator("main").inner_text()


DROP = """(field, content) => {
  const given = new DataTransfer();
  given.items.add(new File([content], "a.csv", { type: "text/csv" }));
  for (const kind of ["dragenter", "dragover", "drop"]) {
    field.dispatchEvent(new DragEvent(kind, { dataTransfer: given, bubbles: true, cancelable: true }));
  }
}"""


def test_a_file_that_is_dropped_is_chosen_and_said_with_its_size(portal: Portal) -> None:
    with portal.visit() as page:
        page.goto("/check")
        page.locator("[data-drop].drop").evaluate(DROP, "a,b\n1,2\n")
        assert page.locator("#file").evaluate("input => input.files.length") == 1
        assert "a.csv" in page.locator("[data-drop] [role=status]").inner_text()


def test_a_large_file_goes_on_after_a_cut_and_a_reload_from_where_it_stopped(portal: Portal, tmp_path: Path) -> None:
    file = tmp_path / "trạm đo.csv"
    file.write_bytes(b"ma,gia_tri,ghi_chu\n" + b"".join(b"%07d,%d,so do cua tram\n" % (at, at * 7919 % 1000) for at in range(100_000)))
    begun: list[int] = []

    def piece(route: Route) -> None:
        """Let the first piece through, and cut the line after it."""
        if route.request.method != "PATCH" or not begun:
            begun.extend([0] if route.request.method == "PATCH" else [])
            route.continue_()
        else:
            route.abort()

    with portal.visit("editor") as page:
        page.goto("/publish")
        page.set_input_files("#file", file)
        page.route("**/api/v1/uploads/*", piece)
        page.locator("main form[action='/publish'] button.btn").click()
        page.get_by_text("Đường truyền bị ngắt").wait_for()
        page.unroute("**/api/v1/uploads/*")
        page.reload()
        page.get_by_text("Bạn đang gửi dở tệp").wait_for()
        page.on("request", lambda one: begun.append(int(one.headers["upload-offset"])) if one.method == "PATCH" else None)
        page.set_input_files("#file", file)
        page.locator("main form[action='/publish'] button.btn").click()
        page.wait_for_url("**/submissions/*")
        assert begun[1] >= 1024 * 1024
        key = page.url.partition("?")[0].rsplit("/", 1)[-1]
    catalog = portal.site.site.catalog
    assert catalog.submission(catalog.system(), key).staged.sha256 == hashlib.sha256(file.read_bytes()).hexdigest()


def test_the_quality_of_a_description_moves_while_it_is_written(portal: Portal) -> None:
    with portal.visit("editor") as page:
        page.goto(f"{portal.at['ready']}/describe")
        before = int(page.locator("#meter").get_attribute("value") or 0)
        page.locator("input[name=theme][value=TRAN]").check()
        page.locator("#tags").fill("giao thông")
        page.wait_for_function("before => document.getElementById('meter').value >= before + 2", arg=before)
        assert page.locator("[data-code=tagged][data-held]").count() == 1
        now = int(page.evaluate("document.getElementById('meter').value"))
        assert now >= before + 2
        assert page.locator("#passed").inner_text().startswith(f"{now} ")


def test_in_the_table_of_problems_two_keys_go_from_cell_to_cell(portal: Portal) -> None:
    with portal.visit("editor") as page:
        page.goto(f"{portal.at['refused']}/cells")
        cells = page.locator("td.cell-e, td.cell-w")
        assert cells.count() > 1
        page.locator("[data-grid]").focus()
        page.keyboard.press("n")
        assert cells.first.evaluate("cell => cell === document.activeElement")
        page.keyboard.press("n")
        assert cells.nth(1).evaluate("cell => cell === document.activeElement")
        page.keyboard.press("p")
        assert cells.first.evaluate("cell => cell === document.activeElement")
        told = str(cells.first.get_attribute("aria-describedby")).split()
        assert all(page.locator(f"li#{one}").count() == 1 for one in told)
