"""Headers are found as people see them: under titles, over several rows, above numbered columns; plain tables stay."""

from __future__ import annotations

import pytest

from standards.heading import find_heading, is_figure, is_front


def grid(text: str) -> list[list[str]]:
    return [line.split("|") for line in text.strip("\n").split("\n")]


BUDGET = """UBND TỈNH ABC||||Biểu số 69|
SỞ TÀI CHÍNH|||||
QUYẾT TOÁN CHI NGÂN SÁCH NĂM 2024|||||
|||||Đơn vị tính: Triệu đồng
STT|Nội dung|Dự toán|Quyết toán||
|||Tổng số|Trong đó|
||||NSTW|NSĐP
A|B|1|2|3|4
|TỔNG CHI|10|20|3|17
I|Chi đầu tư|10|20|3|17"""


def test_a_budget_form_has_its_header_of_three_rows_found_with_its_numbered_columns():
    found = find_heading(grid(BUDGET))
    assert (found.first, found.depth, found.numbers, found.body) == (4, 3, True, 8)
    assert found.labels == (
        "STT",
        "Nội dung",
        "Dự toán",
        "Quyết toán – Tổng số",
        "Quyết toán – Trong đó – NSTW",
        "Quyết toán – Trong đó – NSĐP",
    )


def test_merged_cells_say_how_far_a_word_reaches():
    rows = grid("Tỉnh|Dân số||Diện tích\n|Nam|Nữ|\nHà Nội|1|2|3")
    found = find_heading(rows, [(0, 0, 1, 0), (0, 1, 0, 2), (0, 3, 1, 3)])
    assert (found.depth, found.labels) == (2, ("Tỉnh", "Dân số – Nam", "Dân số – Nữ", "Diện tích"))


@pytest.mark.parametrize(
    ("text", "first", "depth", "labels"),
    [
        ("Địa phương|2023||2024|\n|Nam|Nữ|Nam|Nữ\nHà Nội|1|2|3|4", 0, 2, ("Địa phương", "2023 – Nam", "2023 – Nữ")),
        ("||Năm 2023||Năm 2024|\nMã|Tên|Nam|Nữ|Nam|Nữ\n01|HN|1|2|3|4", 0, 2, ("Mã", "Tên", "Năm 2023 – Nam")),
        ("Tỉnh|2020|2021|2022\nHN|1|2|3", 0, 1, ("Tỉnh", "2020", "2021", "2022")),
        ("Tên|Tổng số|0-4|5-9|80+\nHN|1|2|3|4", 0, 1, ("Tên", "Tổng số", "0-4", "5-9", "80+")),
        ("BÁO CÁO DÂN SỐ||\nTên|Nam|Nữ\na|1|2", 1, 1, ("Tên", "Nam", "Nữ")),
        ("mã|tên\n01|Hà Nội\n02|Hải Phòng", 0, 1, ("mã", "tên")),
        ("id|tên||ghi chú\nx|y|z|t\nx|y|z|t", 0, 1, ("id", "tên", "", "ghi chú")),
        ("tên\nHà Nội\nHuế", 0, 1, ("tên",)),
    ],
)
def test_tables_with_one_header_row_and_with_several_are_told_apart(text, first, depth, labels):
    found = find_heading(grid(text))
    assert (found.first, found.depth) == (first, depth)
    assert found.labels[: len(labels)] == labels


def test_a_plain_table_keeps_a_first_row_of_one_two_three():
    assert not find_heading(grid("a|b|c\n1|2|3\n4|5|6")).numbers


def test_columns_that_are_numbered_in_brackets_are_no_data_anywhere():
    assert find_heading(grid("a|b|c\n(1)|(2)|(3)=(1)+(2)\n4|5|9")).numbers


def test_an_empty_grid_has_no_header():
    assert find_heading([]) is None
    assert find_heading([["", " "], [""]]) is None


def test_words_on_several_lines_become_one_label():
    assert find_heading([["Dân số\n(người)", "Tên  xã"], ["1", "a"]]).labels == ("Dân số (người)", "Tên xã")


def test_years_and_bands_of_age_are_names_and_amounts_are_figures():
    assert [is_figure(one) for one in ("2024", "2023-2024", "0-4", "1.234", "12,5%", "abc")] == [
        False,
        False,
        False,
        True,
        True,
        False,
    ]


def test_the_front_of_a_form_is_known_by_its_words():
    assert all(map(is_front, ("UBND tỉnh A", "Biểu số 69/CK-NSNN", "Đơn vị tính: đồng", "Phụ lục II", "ĐVT: ha")))
    assert not any(map(is_front, ("Đơn vị", "ĐVT", "Nội dung", "Độ tuổi", "単位")))
