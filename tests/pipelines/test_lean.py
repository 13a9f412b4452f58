"""A child of a small file: what it does not load, and that its verdict does not depend on that."""

from __future__ import annotations

import dataclasses
import json
import subprocess
import sys
from datetime import date
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest

from catalog.model import Options, Outcome
from pipelines import sandbox
from pipelines.door import SMALL, is_small
from pipelines.flat import arrow, flat
from pipelines.step import Parcel
from standards.portable import to_json

ROOT = Path(__file__).parents[2]

LEAN = """
import json, sys
from pipelines.lean import is_lean, load_arrow
load_arrow(numpy=False)
load_arrow(numpy=True)  # too late: nothing changes
import pyarrow as pa, pyarrow.compute as pc
asked = json.load(sys.stdin)
cells = pa.array(["a", " b", ""])
print(json.dumps({
    "lean": is_lean(),
    "loaded": sorted({"numpy", "pandas"} & {name for name, module in sys.modules.items() if module is not None}),
    "absent": [name for name in asked if not callable(getattr(pc, name, None))],
    "invented": hasattr(pc, "no_such_function"),
    "same": pc.and_ is pc.and_,
    "said": [
        pc.utf8_trim_whitespace(cells).to_pylist(),
        pc.match_substring_regex(cells, "a|b").to_pylist(),
        pc.match_substring_regex(cells, pattern="A", ignore_case=True).to_pylist(),
        pc.min_max(pa.array([2, None, 1]), skip_nulls=False).as_py(),
        pc.if_else(pc.and_(pc.equal(cells, "a"), True), "x", cells).to_pylist(),
        pc.binary_join_element_wise(cells, "y", "-").to_pylist(),
        cells.filter(pc.not_equal(cells, "")).to_pylist(),
        pc.any(pc.starts_with(cells, "a")).as_py(),
    ],
}))
"""


def test_arrow_loaded_lean_knows_every_function_and_loads_neither_numpy_nor_pandas() -> None:
    names = [name for name, one in vars(pc).items() if hasattr(one, "__arrow_compute_function__")]
    ran = subprocess.run(
        [sys.executable, "-c", LEAN], input=json.dumps(names), capture_output=True, text=True, cwd=ROOT, check=True
    )
    told = json.loads(ran.stdout)
    assert len(names) > 200
    assert (told["lean"], told["loaded"], told["absent"], told["invented"], told["same"]) == (True, [], [], False, True)
    assert told["said"] == [
        ["a", "b", ""], [True, True, False], [True, False, False], {"min": None, "max": None}, ["x", " b", ""],
        ["a-y", " b-y", "-y"], ["a", " b"], True,
    ]  # fmt: skip


def test_arrow_loaded_whole_still_keeps_pandas_out() -> None:
    code = (
        "import sys; from pipelines.lean import is_lean, load_arrow; load_arrow(numpy=True); import pyarrow as pa;"
        "print(is_lean(), pa.array(['a']).to_pylist(), pa.array([1]).to_numpy().tolist(), 'pandas' in sys.modules)"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=True)
    assert ran.stdout.strip() == "False ['a'] [1] False"


COLUMNS = [
    pa.array([1, 2, 3], pa.int64()),
    pa.array([1, 2, 3], pa.int64())[1:],
    pa.array([7, 8], pa.int32()),
    pa.array([7, 8], pa.uint64()),
    pa.array([1.5, -2.0, float("inf")]),
    pa.array([True, False, True] * 7),
    pa.array([True, False, True] * 7)[3:14],
    pa.array([], pa.int64()),
    pa.array([], pa.bool_()),
]


@pytest.mark.parametrize("column", COLUMNS, ids=lambda one: f"{one.type}-{len(one)}")
def test_numbers_go_to_numpy_and_back_as_by_the_bridge_of_arrow(column: pa.Array) -> None:
    ours, theirs = flat(column), column.to_numpy(zero_copy_only=False)
    assert ours.dtype == theirs.dtype
    assert ours.tolist() == theirs.tolist()
    assert arrow(ours).equals(pa.array(theirs))
    assert arrow(np.ascontiguousarray(ours[::-1])).to_pylist() == column.to_pylist()[::-1]


DIRTY = (
    "mã số,tên,ngày,số lượng,điện thoại,cccd\n"
    "1, Nguyễn Văn A,2025-01-02,10,0912345678,001099012345\n"
    "2,Trần Thị\u200b B,2025-01-03,11,0912345679,001099012346\n"
    "2,Trần Thị\u200b B,2025-01-03,11,0912345679,001099012346\n"
    "3,Le\u0302 C,03/02/2025,NA,+84912345670,001099012347\n"
    "\n"
    "4,Phạm D,2025-02-30,1e3,0912 345 671,001099012348,thừa\n"
)


def told(path: Path, work: Path, door: str) -> dict:
    work.mkdir()
    parcel = Parcel(path=path, name=path.name, work=work, options=Options(), today=date(2026, 1, 5), keep=False)
    outcome = sandbox.call(door, parcel, Outcome, work=work)
    tables = [
        {**to_json(dataclasses.replace(one, stats={}, artefacts=())), "engine": one.stats["engine"]}
        for one in outcome.tables
    ]
    return {"valid": outcome.valid, "readable": outcome.readable, "tables": tables}


@pytest.mark.parametrize(
    "text",
    [DIRTY, DIRTY.replace(",", ";"), "a,b\n1,2\n", "năm,số tiền (đồng)\n" + "".join(f"{at},{at}.5\n" for at in range(2000, 2040))],
    ids=["dirty", "semicolons", "tiny", "numbers"],
)
def test_a_small_file_is_judged_alike_with_numpy_and_without(tmp_path: Path, text: str) -> None:
    path = tmp_path / "small.csv"
    path.write_text(text, encoding="utf-8")
    lean, full = (
        told(path, tmp_path / name, f"pipelines.{name}:look") for name in ("door", "inside")
    )
    assert lean["readable"]
    assert lean == full


def test_what_may_hold_far_more_than_its_size_is_not_taken_for_small(tmp_path: Path) -> None:
    path = tmp_path / "file"

    def small(content: bytes) -> bool:
        path.write_bytes(content)
        return is_small(path)

    assert small(b"a,b\n1,2\n")
    assert small(b"")
    assert small(b"x" * SMALL)
    assert not small(b"x" * (SMALL + 1))
    assert not any(map(small, (b"PK\x03\x04", b"PAR1", b'\xef\xbb\xbf [{"a": 1}]', b'{"a": 1}', b"\xd0\xcf\x11\xe0")))
