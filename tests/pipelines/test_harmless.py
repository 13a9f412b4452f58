"""Columns seen to be harmless at a glance: the verdicts are those of counting every cell, whatever the cells are."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence

import pyarrow as pa
import pytest

from pipelines import rowscreen
from pipelines.validation import personal
from pipelines.validation.harmless import GATES, HARMLESS, NEEDED, harmless
from standards import registry
from standards.trait import NEVER, passes

CHANCE = random.Random(50)
SIGNS = "ấọƯ0123456789012345678900112233-./, T:+()ABKVNabê đ@²٣①０\u200b\n'"
PUBLIC = {key for trait in registry.PERSONAL for key in trait.against}
SPEAKING = [one for one in registry.PERSONAL if one.id not in PUBLIC and one.strict != NEVER and (one.alone, one.among) != ("pass", None)]
CARDS = [f"0{at % 63 + 1:02d}{at % 2}{60 + at % 40}{at * 7919 % 10**6:06d}" for at in range(400)]
MOBILES = [f"09{at * 7919 % 10**8:08d}" for at in range(400)]
NAMES = [f"{first} {mid} {last}" for first in ("Nguyễn", "Trần", "Lê") for mid in ("Văn", "Thị", "Đức") for last in ("An", "Bình", "Hoà")]
COLUMNS: Mapping[str, Sequence[object]] = {
    "ngày": [f"20{at % 26:02d}-0{at % 9 + 1}-1{at % 10}" for at in range(400)],
    "lúc": [f"2026-01-{at % 28 + 1:02d}T03:04:05" for at in range(400)],
    "ngày sinh": [f"{at % 28 + 1:02d}/0{at % 9 + 1}/19{at % 40 + 55}" for at in range(400)],
    "dân số": [at * 7919 % 10**8 for at in range(400)],
    "số tiền": [at * 7919 % 10**9 * 1000 for at in range(400)],
    "tỷ lệ": [at / 7 for at in range(400)],
    "số âm": [-(10**8 + at * 7919) for at in range(400)],
    "mã": [f"m{at:08d}" for at in range(400)],
    "số": CARDS, "liên hệ khác": MOBILES, "thẻ": [int(one) for one in CARDS], "giờ": [f"{one[:3]}----{one[3:]}" for one in CARDS],
    "cccd": ["x", "", None], "sdt": [123456], "tên gọi": NAMES * 15, "họ và tên": NAMES * 15,
    "trường": [f"Trường Tiểu học số {at}" for at in range(400)], "thứ tự": [f"{at}. {NAMES[at % 27]}" for at in range(400)],
    "thư": [f"an{at}@gmail.com" for at in range(400)], "thư khác": [f"an{at} [at] gmail.com" for at in range(400)],
    "biển": [f"{at % 80 + 11}A{at * 7919 % 10**5:05d}" for at in range(400)], "đúng": [at % 2 == 0 for at in range(400)],
    "nhiều": [None, "", " ", *CARDS[:40], *["12"] * 500], "ghi": ["x" * 500, *CARDS[:60]], "danh sách": [[1, 2], {"a": CARDS[0]}],
    "rộng": ["".join(chr(ord(sign) + 0xFEE0) for sign in one) for one in CARDS], "trống": ["", None],
}


def counted(columns: Mapping[str, Sequence[object]]) -> list[tuple[object, ...]]:
    """The verdicts of counting, without a glance before."""
    texts = {name: rowscreen._texts(cells) for name, cells in columns.items()}
    most = max(map(len, texts.values()))
    made = [pa.array([*cells, *[""] * (most - len(cells))], pa.string()) for cells in texts.values()]
    batch = pa.RecordBatch.from_arrays([pa.array(range(most)), *made], names=[str(at) for at in range(len(made) + 1)])
    return told(personal.screened([batch], [personal.Described(label=one) for one in columns], registry.PERSONAL, within=False))


def told(held) -> list[tuple[object, ...]]:
    return [(one.index, one.field, one.trait.id, one.share, one.verdict, one.sample) for one in held]


@pytest.mark.parametrize("at", range(8))
def test_tables_of_every_kind_of_column_get_the_verdicts_of_counting(at) -> None:
    """All columns at once, each apart from persons, and random choices of them: neighbours change a verdict."""
    chance = random.Random(at)
    chosen = COLUMNS if at == 0 else {name: COLUMNS[name] for name in chance.sample(sorted(COLUMNS), 2 + at)}
    assert told(rowscreen._screened(chosen)) == counted(chosen)


def test_some_of_these_columns_are_harmless_and_others_are_held_back() -> None:
    seen = {name for name, cells in COLUMNS.items() if harmless(name, set(rowscreen._texts(cells)), registry.PERSONAL)}
    assert {"ngày", "lúc", "dân số", "tỷ lệ", "số âm", "trường", "đúng", "trống"} <= seen
    assert {"số", "thẻ", "thư", "cccd", "sdt", "họ và tên", "rộng"}.isdisjoint(seen)
    assert {"số", "liên hệ khác"} <= {one[1] for one in counted(COLUMNS) if one[4] == "block"}


def test_no_cell_that_is_harmless_passes_a_trait_by_itself() -> None:
    """Held against the reference of one cell, with cells made of what numbers, days and names are made of."""
    made = ["".join(CHANCE.choices(SIGNS, k=CHANCE.randint(1, 16))) for _ in range(900)]
    made += [CHANCE.choice(CARDS + MOBILES)[: CHANCE.randint(5, 12)] for _ in range(100)]
    made += [f"{CHANCE.choice(NAMES)}{CHANCE.choice(SIGNS)}{CHANCE.choice(SIGNS)}" for _ in range(200)]
    let_by = [(cell, form) for cell in made for form in GATES if HARMLESS[form].fullmatch(cell)]
    assert len(let_by) > 100
    assert [(cell, one.id) for cell, form in let_by for one in SPEAKING if one.form == form and passes(one, cell)] == []


def test_a_glance_over_all_cells_sees_no_more_than_one_at_each() -> None:
    """Cells that are looked at in one go stay apart: six digits of six cells are no number."""
    assert harmless("so", {"1", "2", "3", "4", "5", "6", "7"}, registry.PERSONAL)
    assert not harmless("so", {"1", "012345678912"}, registry.PERSONAL)
    assert not harmless("so", {"1", "a@b.vn"}, registry.PERSONAL)


def test_a_gate_finds_nothing_in_a_text_without_what_it_needs() -> None:
    made = ["".join(CHANCE.choices("ab@＠﹫tTaA ([{)]}còngCÒNGƠ12\t\xa0\n", k=CHANCE.randint(1, 9))) for _ in range(3000)]
    found = [(one, form) for one in made for form, gate in GATES.items() if gate.search(one)]
    assert {form for _, form in found} == {"mail", "words"}
    assert [one for one, form in found if not any(need in one for need in NEEDED[form])] == []
