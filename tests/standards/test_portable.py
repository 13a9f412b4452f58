"""Values cross processes, queues and databases as plain JSON and come back equal."""

import json
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, Literal

import pytest

from catalog.model import Artefact, ColumnInfo, Options, Outcome, Staged, Submission, TableOutcome
from pipelines.step import Parcel
from standards.finding import Finding, Fix, Group, Place
from standards.portable import NotPortable, from_json, said_twice, to_json
from standards.profile import Column, Profile


def over_the_wire(value: Any) -> Any:
    return from_json(type(value), json.loads(json.dumps(to_json(value))))


OUTCOME = Outcome(
    file={"format": "csv", "encoding": "utf-8", "dialect": {"delimiter": ";"}, "sheet": None, "sheets": ("a", "b")},
    reason={"code": "no-rows", "params": {"rows": 0}},
    tables=(
        TableOutcome(
            resource="truong-hoc",
            valid=False,
            profile=Profile(rows=2, columns=(Column(name="mã", top=(("01", 2),), histogram=(1, 0, 1)),)),
            findings=(Finding(code="x", place=Place(row=2, column=1), fix=Fix(kind="trim", after="a", safe=True)),),
            groups=(Group(code="x", severity="error", field="mã", count=1, examples=(2,)),),
            columns=(ColumnInfo(name="mã", title={"vi": "Mã"}),),
            preview=(("01", ""), ("02", "é")),
            artefacts=(Artefact(resource="truong-hoc", name="a.csv", role="csv", media_type="text/csv"),),
            changes={"added": 1, "removed": 0, "changed": 0},
        ),
    ),
    base=3,
)


def test_an_outcome_comes_back_equal() -> None:
    assert over_the_wire(OUTCOME) == OUTCOME


def test_a_parcel_comes_back_equal() -> None:
    parcel = Parcel(
        path=Path("in.csv"),
        name="in.csv",
        work=Path("w"),
        options=Options(read={"encoding": "utf-8"}, schema={"fields": ({"name": "a"},)}),
        today=date(2025, 7, 1),
        base={"r": Path("r.parquet")},
    )
    assert over_the_wire(parcel) == parcel


def test_times_keep_their_zone() -> None:
    now = datetime(2026, 11, 21, 22, 40, tzinfo=UTC)
    staged = Staged(key="k", name="n", bytes=1, sha256="0")
    one = Submission(id="s", dataset="d", state="received", staged=staged, created=now)
    assert over_the_wire(one).created == now


@dataclass(frozen=True)
class Small:
    number: int
    word: Literal["a", "b"] = "a"
    pair: tuple[str, int] = ("x", 1)
    share: float = 0.5
    flag: bool = False
    maybe: int | str | None = None


def test_unknown_members_are_left_out_and_missing_ones_take_their_default() -> None:
    assert from_json(Small, {"number": 1, "new": 2}) == Small(1)


@pytest.mark.parametrize(
    "wrong",
    [
        {},
        {"number": "1"},
        {"number": True},
        {"number": 1, "word": "c"},
        {"number": 1, "pair": ["x"]},
        {"number": 1, "pair": "x1"},
        {"number": 1, "flag": 1},
        {"number": 1, "maybe": 1.5},
        {"number": None},
        [],
    ],
)
def test_what_is_not_of_the_type_is_refused(wrong: Any) -> None:
    with pytest.raises(NotPortable):
        from_json(Small, wrong)


def test_a_whole_number_may_stand_for_a_share() -> None:
    assert from_json(Small, {"number": 1, "share": 1}).share == 1.0


def test_a_wrong_date_is_refused() -> None:
    with pytest.raises(NotPortable):
        from_json(date, "2025-13-01")


def test_bytes_and_strangers_have_no_json_form() -> None:
    with pytest.raises(NotPortable):
        to_json(b"x")
    with pytest.raises(NotPortable):
        to_json(object())
    with pytest.raises(NotPortable):
        from_json(bytes, "x")


def test_a_key_that_is_said_twice_is_found_wherever_it_is() -> None:
    for text, name in (('{"a": 1, "b": {"c": 1, "c": 2}}', "c"), ('[{"x": 1}, {"x": 2}]', ""), ('{"a\\u0062": 1, "ab": 2}', "ab"),
                       ("{", ""), ("[" * 100_000, ""), (b'{"\xc4\x83": 1, "\xc4\x83": 2}', "ă"), (b"\xff", "")):
        assert said_twice(text) == name
