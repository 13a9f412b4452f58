"""A screen may only say "certainly no error": nothing that Frictionless's own reader remarks on ever passes one."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest
from frictionless import Field, Schema
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.validation.columnar.keys import Hashes, KeyColumn
from pipelines.validation.columnar.screens import Screen, rule_of
from pipelines.validation.columnar.texts import Texts
from tests.pipelines.columnar.tables import EMAILS, KINDS, PATTERNS, URIS, UUIDS

TABLE = [  # validation.md's borders between readers
    " 12 ", "1_000", "١٢٣", "１２", "9" * 40, "12.0", "1e3", "0x10", "NaN", "Infinity", "1e5", "sNaN", "１.５", "1_000.5", " 12.5 ",
    "yes", "t", "tRue", "2020-1-5", " 2020-01-05", "-2020-01-01", "2020/01/05", "2020-01-05T00:00:00", "epoch", "infinity",
    "2020-01-05 ", "2020-01-05T24:00:00", "2020-01-05T10:00:00.123456789", "2020-W01-1T10:00:00", "2020-01-05", "2020-01-05T10:00",
    "2020/01/05 10:00:00", "10:00", "1:00:00", "20", "12345", "-001", "axyz", "b\n", "12\n", "2020\n", "2020-01\n", "10:00:00\n", "\x00", "",
]
FIELDS = [
    {"type": "integer"}, {"type": "integer", "constraints": {"minimum": 5, "maximum": 10}}, {"type": "number"},
    {"type": "number", "constraints": {"minimum": "0.1", "exclusiveMaximum": "90"}}, {"type": "number", "constraints": {"exclusiveMinimum": "1.5"}},
    {"type": "integer", "constraints": {"exclusiveMaximum": "123456789012345678"}},
    {"type": "date"}, {"type": "date", "constraints": {"minimum": "2020-01-05", "maximum": "2024-02-29"}}, {"type": "date", "format": "%Y-%m-%d"},
    {"type": "datetime"}, {"type": "time"}, {"type": "year"}, {"type": "yearmonth"}, {"type": "any"}, {"type": "string"},
    {"type": "string", "format": "uuid"}, {"type": "string", "format": "email"}, {"type": "string", "format": "uri"},
    {"type": "string", "constraints": {"minLength": 2, "maxLength": 4}}, {"type": "string", "constraints": {"enum": ["a", "ab"]}},
    *({"type": "string", "constraints": {"pattern": pattern}} for pattern in PATTERNS),
]
NAMES = [f"{one['type']} {one.get('format', '')} {one.get('constraints', '')}" for one in FIELDS]
SEEDS = sorted({*TABLE, *EMAILS, *URIS, *UUIDS, *(cell for good, odd in KINDS.values() for cell in good + odd), "K123", "AB-1234"})
V2 = "https://datapackage.org/profiles/2.0/tableschema.json"
SPICE = st.sampled_from("0123456789+-.:TZzeE_, \t\n\r１٢%$@/aéK\u00a0\u2212")


@st.composite
def near_the_border(draw):
    """A known spelling with up to two characters put in, taken out or changed."""
    text = draw(st.sampled_from(SEEDS))
    for _ in range(draw(st.integers(0, 2))):
        at = draw(st.integers(0, len(text)))
        text = text[:at] + draw(SPICE | st.just("")) + text[at + draw(st.integers(0, 1)) :]
    return text


def texts_of(cells):
    return Texts.of(pa.array(cells, pa.string()))


def field_of(descriptor):
    return Schema.from_descriptor({"$schema": V2, "fields": [{"name": "a", **descriptor}]}).fields[0]


@pytest.mark.parametrize("descriptor", FIELDS, ids=NAMES)
@settings(max_examples=40, deadline=None, derandomize=True, database=None)
@given(cells=st.lists(near_the_border(), min_size=1, max_size=30))
def test_no_rule_takes_what_frictionless_remarks_on(descriptor, cells):
    check(field_of(descriptor), [*cells, *TABLE])


def check(field: Field, cells: list[str]) -> None:
    rule = rule_of(field)
    if rule is None:
        return
    read = field.create_cell_reader()
    wrong = [cell for cell, taken in zip(cells, rule(texts_of(cells)), strict=True) if taken and cell and read(cell)[1]]
    assert wrong == []


@pytest.mark.parametrize("kind", ["integer", "number", "date", "datetime", "time", "year", "yearmonth", "string", "any"])
def test_rules_take_the_ordinary_spellings(kind):
    good = KINDS[kind][0]
    assert rule_of(field_of({"type": kind}))(texts_of(good)).all()


@pytest.mark.parametrize("descriptor", [*FIELDS, {"type": "boolean"}, {"type": "geopoint"}, {"type": "duration"}], ids=lambda one: str(one)[:60])
@settings(max_examples=8, deadline=None, derandomize=True, database=None)
@given(cells=st.lists(near_the_border(), min_size=1, max_size=20), copies=st.sampled_from([1, 40]), required=st.booleans())
def test_a_whole_screen_takes_only_cells_without_remark(descriptor, cells, copies, required):
    cells = [cell for cell in cells if "snan" not in cell.lower()]  # its comparison raises, in both engines
    rules = {**descriptor.get("constraints", {}), "required": required}
    field = field_of({**descriptor, "constraints": rules, "missingValues": ["", "NA"]})
    screen, texts, read = Screen(field), texts_of(cells * copies), field.create_cell_reader()
    taken = screen.certainly_good(texts, screen.is_missing(texts))
    assert [cell for cell, good in zip(cells * copies, taken, strict=True) if good and read(cell)[1]] == []


@settings(max_examples=40, deadline=None, derandomize=True, database=None)
@given(kind=st.sampled_from(["integer", "number", "string", "date", "boolean", "any"]), cells=st.lists(near_the_border(), min_size=1, max_size=40))
def test_cells_that_are_read_as_equal_have_equal_hashes(kind, cells):
    cells = [cell for cell in cells if "N" not in cell]  # a signaling NaN has no hash; Frictionless raises as well
    field = field_of({"type": kind, "missingValues": ["", "1"]})
    texts, read = texts_of(cells), field.create_cell_reader()
    hashes, empty = KeyColumn(field).hashes(texts, Screen(field).is_missing(texts))
    values = [read(cell)[0] for cell in cells]
    for value, found, none in zip(values, hashes.tolist(), empty.tolist(), strict=True):
        assert none == (value is None)
        assert none or found == hash(value)


def test_hashes_beyond_memory_lie_in_a_file_and_every_repeated_one_is_found():
    chance, seen, parts = np.random.default_rng(1), Hashes(in_memory=1_000), []
    for _ in range(40):
        part = np.concatenate([chance.integers(-20_000, 20_000, size=600), chance.integers(-(2**63), 2**63 - 1, size=100)])
        seen.add(part)
        parts.append(part)
    values, counts = np.unique(np.concatenate(parts), return_counts=True)
    assert sorted(seen.repeated().tolist()) == values[counts > 1].tolist()
