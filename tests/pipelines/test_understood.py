"""What was understood of a file is told guess by guess, with its evidence, and each guess gives way to what is said."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from api.messages import understood as words
from catalog.model import Options
from pipelines import inside
from pipelines.step import Parcel
from standards.reading import Guess


def looked(tmp_path: Path, data: bytes | str, name: str = "a.csv", *, keep: bool = False, **read):
    path = tmp_path / name
    path.write_bytes(data.encode() if isinstance(data, str) else data)
    work = tmp_path / "work"
    work.mkdir(exist_ok=True)
    return inside.look(Parcel(path=path, name=name, work=work, options=Options(read=read), today=date(2025, 7, 1), keep=keep))


def guesses(outcome) -> dict[tuple[str, str | None], Guess]:
    return {(one.what, one.field): one for one in outcome.tables[0].understood}


def column(outcome, at: int = 0):
    return outcome.tables[0].profile.columns[at]


def rows(*values: str, more: str = "") -> str:
    return "\n".join(["v;n", *(f"{one};{at}{more}" for at, one in enumerate(values))]) + "\n"


COLUMNS = [
    ("decimal", ["1,5", "2,25", "300,0"], ",", "proof", "number"),
    ("decimal", ["1.234.567,5", "2,25", "300"], ",", "proof", "number"),
    ("decimal", ["1.234", "2.345", "18.000"], "text", "ambiguous", "string"),
    ("date-order", ["01/02/2024", "31/12/2024", "05/06/2024"], "dmy", "proof", "date"),
    ("date-order", ["01/02/2024", "12/31/2024", "05/06/2024"], "mdy", "proof", "date"),
    ("date-order", ["01/02/2024", "02/03/2024", "05/06/2024"], "dmy", "habit", "date"),
    ("missing", ["1", "2", "3", "NA", "NA", "4"], "NA", "words", "integer"),
    ("missing", ["2024-01-01", "2024-02-01", "…", "2024-03-01"], "…", "words", "date"),
    ("written", ["12%", "5 %", "7,5%"], "percent", "dressed", "string"),
    ("written", ["1.000 đ", "2.000 đồng", "35.000 VNĐ"], "currency", "dressed", "string"),
    ("written", ["(1.000)", "200", "3"], "brackets", "dressed", "string"),
    ("written", ["01/02/24", "31/12/24", "05/06/23"], "two-digit", "dressed", "string"),
    ("calendar", ["令和4年", "平成30年", "令和元年"], "japanese", "years", "string"),
]


@pytest.mark.parametrize(("what", "values", "chosen", "evidence", "kind"), COLUMNS, ids=[f"{one[0]}-{one[2]}-{n}" for n, one in enumerate(COLUMNS)])
def test_what_a_column_holds_is_decided_on_its_own_cells_and_told_with_one(tmp_path, what, values, chosen, evidence, kind) -> None:  # noqa: PLR0917 - one case
    outcome = looked(tmp_path, rows(*values))
    guess = guesses(outcome)[what, "v"]
    assert (guess.chosen, guess.evidence, column(outcome).kind) == (chosen, evidence, kind)
    assert guess.params["cell"] in values
    assert guess.column == 1


@pytest.mark.parametrize(("label", "values", "chosen"), [("ngày cấp", ["45292", "45300", "45001"], "excel"), ("năm", ["2567", "2566", "2565"], "buddhist")])
def test_numbers_that_are_days_or_years_of_another_calendar_are_told_and_left(tmp_path, label, values, chosen) -> None:
    outcome = looked(tmp_path, rows(*values).replace("v;", f"{label};", 1))
    assert guesses(outcome)["calendar", label].chosen == chosen
    assert column(outcome).kind == "integer"


def test_a_plain_table_leaves_nothing_open(tmp_path) -> None:
    found = looked(tmp_path, "a,b\n1,x\n2,y\n3,z\n").tables[0].understood
    assert {one.what for one in found} == {"encoding", "delimiter", "header"}
    assert all(one.sure == "certain" for one in found)


SAID = [
    ({"decimal": "."}, ["1.234", "2.345", "18.000"], "decimal", "number", "."),
    ({"decimal": ",", "thousands": "."}, ["1.234", "2.345", "18.000"], "decimal", "number", ","),
    ({"date_order": "mdy"}, ["01/02/2024", "02/03/2024", "05/06/2024"], "date-order", "date", "mdy"),
    ({"missing": ["hỏng"]}, ["1", "2", "hỏng"], "missing", "integer", "hỏng"),
    ({"columns": {"v": {"decimal": "."}}}, ["1.234", "2.345", "18.000"], "decimal", "number", "."),
]


@pytest.mark.parametrize(("read", "values", "what", "kind", "chosen"), SAID, ids=[str(n) for n in range(len(SAID))])
def test_what_is_said_of_columns_comes_before_what_would_be_guessed(tmp_path, read, values, what, kind, chosen) -> None:  # noqa: PLR0917 - one case
    outcome = looked(tmp_path, rows(*values), **read)
    guess = guesses(outcome)[what, "v"]
    assert (column(outcome).kind, guess.chosen, guess.overridden, guess.sure) == (kind, chosen, True, "certain")


def test_no_word_stands_for_nothing_when_that_is_said(tmp_path) -> None:
    assert column(looked(tmp_path, rows("1", "2", "3", "NA"), missing=[])).kind == "string"


TEXT = "tiêu đề\nmã,tên,số\n1,a,2\n2,b,3\n3,c,4\nhết,,\n"
FILES = [
    ({"delimiter": ";"}, "delimiter", ";", "delimiter"),
    ({"encoding": "windows-1258"}, "encoding", "windows-1258", "encoding"),
    ({"header_row": 3}, "header", "3", "header_row"),
    ({"header_row": 0}, "header", "0", "header_row"),
    ({"skip_footer": 1}, "footer", "1", "skip_footer"),
    ({"quote": "none"}, "quote", "none", "quote"),
    ({"escape": "backslash"}, "escape", "backslash", "escape"),
]


@pytest.mark.parametrize(("read", "what", "chosen", "option"), FILES, ids=[str(one[0]) for one in FILES])
def test_every_guess_on_a_file_gives_way_to_its_option(tmp_path, read, what, chosen, option) -> None:
    text = TEXT.encode("cp1258", "ignore") if "encoding" in read else TEXT
    found = guesses(looked(tmp_path, text, **read))[what, None]
    assert (found.chosen, found.option, found.overridden) == (chosen, option, True)


def test_an_option_that_cannot_be_is_a_reason_not_to_read(tmp_path) -> None:
    outcome = looked(tmp_path, TEXT, delimiter="xx")
    assert (outcome.readable, outcome.reason) == (False, {"code": "bad-option", "params": {"name": "delimiter"}})


def test_words_for_nothing_are_null_in_parquet_and_stay_as_they_are_in_csv(tmp_path) -> None:
    outcome = looked(tmp_path, rows("1", "2", "NA", "3"), keep=True)
    made = {one.role: Path(one.path) for one in outcome.tables[0].artefacts}
    assert pq.read_table(made["parquet"])["v"].to_pylist() == [1, 2, None, 3]
    assert "NA" in made["csv"].read_text(encoding="utf-8")
    assert outcome.valid
    assert column(outcome).missing == 1


def test_a_finding_below_records_left_out_names_the_row_of_the_file(tmp_path) -> None:
    text = "mã,tên\n1,a\n# chú thích,một,hai\n2,b\n3,c,thừa\n"
    found = [one for one in looked(tmp_path, text).tables[0].findings if one.code == "extra-cell"]
    assert [one.place.row for one in found] == [5]


def test_a_table_of_fixed_width_is_refused_in_words(tmp_path) -> None:
    text = "".join(f"{code:<8}{name:<24}{count:>8}\n" for code, name, count in [("ma", "ten", "so"), ("01", "Ha Noi", "12"), ("02", "Ha Giang", "7"), ("04", "Cao Bang", "90")])
    assert looked(tmp_path, text).reason["code"] == "fixed-width"


def test_every_guess_is_said_in_both_languages(tmp_path) -> None:
    said = [one for _, values, *_ in COLUMNS for one in looked(tmp_path, rows(*values)).tables[0].understood]
    said += [one for read, *_ in FILES if "encoding" not in read for one in looked(tmp_path, TEXT, **read).tables[0].understood]
    for one in said:
        for language in ("vi", "en"):
            told = words.told(one, language)
            assert told["title"] != one.what
            assert told["detail"]
            assert "{" not in told["detail"]
            assert "…" not in told["detail"].replace(str(one.params.get("cell", "")), "")
