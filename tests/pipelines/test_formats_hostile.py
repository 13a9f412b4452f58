"""Bad files are refused with a stable code, in the sandbox, within its limits; nobody dies of them."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from pipelines import sandbox
from pipelines.format import ReadOptions, Table, Unreadable
from pipelines.nursery import Nursery
from pipelines.sandbox import Limits
from tests.pipelines import hostile
from tests.pipelines.reading import Asked, Seen, read

LIMITS = Limits(memory=1200 << 20, cpu=60, wall=120)


@pytest.fixture(scope="module")
def inside() -> Iterator[Callable[[Callable[[Asked], Seen], Asked], Seen]]:
    """Call a function in a child of a nursery, as a worker's files are read; tests/pipelines/test_sandbox.py tries every kind of child."""
    nursery = Nursery()
    yield lambda function, asked: sandbox.call(f"{function.__module__}:{function.__name__}", asked, Seen, limits=LIMITS, start=nursery)
    nursery.close()


def reason(inside, path: Path) -> str:
    with pytest.raises(Unreadable) as caught:
        inside(read, Asked(path=path, name=path.name))
    return caught.value.code


@pytest.mark.parametrize("case", hostile.CASES)
def test_a_bad_file_is_refused_by_a_stable_code(inside, tmp_path, case) -> None:
    assert reason(inside, hostile.write(tmp_path, case)) in hostile.CASES[case][2].split()


def test_a_sheet_that_lies_about_its_size_is_read_by_its_cells(inside, tmp_path) -> None:
    path = tmp_path / "a.xlsx"
    row = '<row r="{0}"><c r="A{0}" t="inlineStr"><is><t>{1}</t></is></c></row>'
    path.write_bytes(hostile.workbook(row.format(1, "name") + row.format(2, "x"), '<dimension ref="A1:XFD1048576"/>'))
    seen = inside(read, Asked(path=path, name=path.name))
    assert (seen.labels, seen.rows) == (("name",), (("x",),))


def test_a_workbook_with_an_entity_bomb_is_refused(inside, tmp_path) -> None:
    path = tmp_path / "a.xlsx"
    entities = "".join(f'<!ENTITY e{i} "{f"&e{i - 1};" * 10}">' for i in range(1, 10))
    text = (
        f'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e0 "ha">{entities}]><worksheet xmlns="{hostile.MAIN}"><sheetData>'
    )
    text += '<row r="1"><c r="A1" t="inlineStr"><is><t>&e9;</t></is></c></row></sheetData></worksheet>'
    path.write_bytes(hostile.swap(hostile.xlsx.SAMPLE, {"xl/worksheets/sheet1.xml": text.encode()}))
    try:
        seen = inside(read, Asked(path=path, name=path.name))
        said = "small" if len(json.dumps(seen.labels)) < 1000 else "exploded"
    except Unreadable as refused:
        said = refused.code
    assert said in {"small", "empty-file", "not-a-workbook", "truncated", "bomb"}


@pytest.mark.parametrize("form", ["csv", "xlsx", "xls", "ods", "json", "jsonl", "geojson", "parquet"])
def test_a_file_cut_anywhere_is_read_or_refused_but_never_crashes(inside, tmp_path, form) -> None:
    seen = inside(cut_everywhere, Asked(path=tmp_path, name=form))
    assert not seen.notes, seen.notes


def cut_everywhere(asked: Asked) -> Seen:
    """Cut a sample at sixty places and read each; note every exception that is not a refusal."""
    from pipelines.registry import BY_NAME

    form = BY_NAME[asked.name]
    notes = {}
    for number in range(60):
        size = len(form.SAMPLE) * number // 60
        path = asked.path / f"cut-{number}.{form.NAME}"
        path.write_bytes(form.SAMPLE[:size])
        try:
            table: Table = form.open(path, ReadOptions())
            for _ in table.batches:
                pass
        except Unreadable:
            pass
        except Exception as broken:  # noqa: BLE001 - that is the question
            notes[str(size)] = repr(broken)
    return Seen(notes=notes)


@pytest.mark.parametrize("form", ["csv", "xlsx", "xls", "ods", "json", "jsonl", "geojson", "parquet"])
def test_flipped_bytes_are_read_or_refused_but_never_crash(inside, tmp_path, form) -> None:
    seen = inside(flip_bytes, Asked(path=tmp_path, name=form))
    assert not seen.notes, seen.notes


def flip_bytes(asked: Asked) -> Seen:
    """Flip bytes of a sample by a fixed seed and read each; note every exception that is not a refusal."""
    import random

    from pipelines.registry import BY_NAME

    form, chance, notes = BY_NAME[asked.name], random.Random(7), {}
    for number in range(120):
        data = bytearray(form.SAMPLE)
        for _ in range(chance.randint(1, 4)):
            data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
        path = asked.path / f"flip-{number % 4}.{form.NAME}"
        path.write_bytes(data)
        try:
            for _ in form.open(path, ReadOptions()).batches:
                pass
            form.unseen(path)
        except Unreadable:
            pass
        except Exception as broken:  # noqa: BLE001 - that is the question
            notes[str(number)] = repr(broken)
    return Seen(notes=notes)
