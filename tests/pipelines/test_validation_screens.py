"""No screen lets pass what its check would remark on."""

from __future__ import annotations

import unicodedata
from datetime import date

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipelines.validation.screens import ROW_SCREENS, SCREENS, TEXT, unclean
from standards import registry
from standards.check import Use
from standards.text import INVISIBLE, TCVN3

ALPHABET = "aAzZ09 .-\t\n" + "".join(INVISIBLE) + "".join(TCVN3) + "ếộ\u0301\u0323\u0302が\u3099神\u3000\u2003１２"
TEXTS = st.text(alphabet=st.sampled_from(ALPHABET), max_size=20)


@pytest.mark.parametrize("code", SCREENS)
@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(texts=st.lists(TEXTS | st.text(max_size=10) | st.from_regex(r"\A[ \d.-]{0,20}\Z"), max_size=5))
def test_a_screen_suspects_every_cell_that_its_check_remarks_on(code, texts):
    texts = [unicodedata.normalize("NFD", one) if at % 2 else one for at, one in enumerate(texts)]
    texts = [one.encode("utf-8", "ignore").decode() for one in texts]
    check = registry.check(code)
    use = Use(field="x", needs=("x",), codelists=registry.codelist, today=date(2026, 1, 1))
    suspected = SCREENS[code](pa.array(texts, pa.string())).to_pylist()
    if check.SCOPE == "column":
        passed = [text for text, flag in zip(texts, suspected, strict=True) if not flag]
        assert check.look({"x": passed}, use) is None
        return
    for text, flag in zip(texts, suspected, strict=True):
        assert flag or check.look({"x": text}, use) is None


@given(texts=st.lists(TEXTS | st.text(max_size=10), max_size=5))
def test_the_common_screen_suspects_whatever_one_of_the_text_screens_does(texts):
    cells = pa.array([one.encode("utf-8", "ignore").decode() for one in texts], pa.string())
    common = unclean(cells).to_pylist()
    for code in TEXT:
        for flag, own in zip(common, SCREENS[code](cells).to_pylist(), strict=True):
            assert flag or not own


def test_the_common_screen_knows_every_character_that_nfc_changes_or_joins():
    seconds = set()
    changed = set()
    for code in range(0x80, 0x30000):
        char = chr(code)
        if "\ud800" <= char <= "\udfff" or "\uac00" <= char <= "\ud7a3":
            continue
        parts = unicodedata.decomposition(char).split()
        if len(parts) == 2 and not parts[0].startswith("<"):
            seconds.add(chr(int(parts[1], 16)))
        if unicodedata.combining(char) or unicodedata.normalize("NFC", char) != char:
            changed.add(char)
    risky = sorted(seconds | changed | {chr(code) for code in range(0x1160, 0x1200)})
    suspected = unclean(pa.array([f"a{char}a" for char in risky], pa.string())).to_pylist()
    assert [char for char, flag in zip(risky, suspected, strict=True) if not flag] == []


def test_the_common_screen_says_the_same_of_plain_ascii_alone_as_beside_other_letters():
    plain = [where.format(chr(code)) for code in range(0x80) for where in ("a{}b", "{}b", "a{}", "{}")] + ["", "a b", "a\n"]
    assert unclean(pa.array(plain)).to_pylist() == unclean(pa.array([*plain, "Đạt"])).to_pylist()[:-1]


NUMBERS = (
    st.integers(-(10**14), 10**14).map(str)
    | st.decimals(-(10**9), 10**9, places=2).map(str)
    | st.sampled_from(["", " ", "0", "-0", "0.0", "21.03", "105.85", "1e3", "1.234,5", "999999999999999", "0.1", "0.2", "0.30", "587432.5"])
)
ROWS = {
    "in-country": ({"longitude": "b"}, ("a", "b")),
    "at-most": ({"whole": "b"}, ("a", "b")),
    "adds-up": ({"parts": ["b", "c"]}, ("a", "b", "c")),
}


def test_every_screen_of_rows_is_tried_here():
    assert set(ROWS) == set(ROW_SCREENS)


@pytest.mark.parametrize("code", ROWS)
@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(rows=st.lists(st.tuples(NUMBERS, NUMBERS, NUMBERS), min_size=1, max_size=6), near=st.booleans())
def test_a_screen_of_rows_suspects_every_row_that_its_check_remarks_on(code, rows, near):
    if near:
        rows = [(str(int(b) + int(c)), b, c) if b.isdigit() and c.isdigit() else (b, b, c) for a, b, c in rows]
    args, names = ROWS[code]
    use = Use(field="a", needs=names, args=args, codelists=registry.codelist, today=date(2026, 1, 1))
    columns = {name: pa.array([row[at] for row in rows], pa.string()) for at, name in enumerate(names)}
    suspected = ROW_SCREENS[code](columns, use).to_pylist()
    for row, flag in zip(rows, suspected, strict=True):
        assert flag or registry.check(code).look(dict(zip(names, row, strict=False)), use) is None


def test_a_screen_of_rows_clears_what_is_plainly_in_order():
    """Otherwise it would be no help."""
    use = Use(field="a", needs=("a", "b"), args={"longitude": "b"}, codelists=registry.codelist, today=date(2026, 1, 1))
    cells = {"a": pa.array(["21.0285", "10.8", "", "105.8"]), "b": pa.array(["105.85", "106.7", "", "21.0"])}
    assert ROW_SCREENS["in-country"](cells, use).to_pylist() == [False, False, False, True]
    use = Use(field="a", needs=("a", "b", "c"), args={"parts": ["b", "c"]}, codelists=registry.codelist, today=date(2026, 1, 1))
    cells = {"a": pa.array(["3", "4", "0.30"]), "b": pa.array(["1", "1", "0.25"]), "c": pa.array(["2", "2", "0.05"])}
    assert ROW_SCREENS["adds-up"](cells, use).to_pylist() == [False, True, False]
