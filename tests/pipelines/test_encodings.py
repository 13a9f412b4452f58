"""Old encodings are told apart by the letters, in tables of a few rows too; what cannot be told is refused, not guessed."""

from __future__ import annotations

import csv
import random
import unicodedata
from collections import Counter
from pathlib import Path

import pytest

from pipelines.format import ReadOptions, Unreadable
from pipelines.formats.csv import encoding as encodings
from pipelines.formats.csv import judging
from pipelines.formats.csv.vietnamese import VNI, from_vni, viscii_table
from standards.reading import ENCODINGS
from tests.pipelines.texts import WRITTEN, in_tcvn3, table

LISTS = Path(__file__).resolve().parents[2] / "standards" / "codelists"
NAMES = {"vi": ("vn-commune", "vn-vsic-2007"), "ja": ("jsic", "jp-local-government")}
"""Names that no word list of the judges was made from."""


def names(code_list: str) -> list[str]:
    with (LISTS / f"{code_list}.csv").open(encoding="utf-8") as file:
        return [one["name"].replace(",", " ") for one in csv.DictReader(file)]


def told(path: Path, data: bytes) -> str:
    path.write_bytes(data)
    try:
        return encodings.decide(path, encodings.scan(path), ReadOptions()).name
    except Unreadable as refused:
        return refused.code


def tables(rows: int, count: int):
    for language, ways in WRITTEN.items():
        for seed in range(count):
            yield language, ways, table(language, rows, seed)
        for one in NAMES.get(language, ()):
            words, chance = names(one), random.Random(one)
            for _ in range(count):
                lines = (f"{at},{chance.choice(words)},{chance.randint(1, 999)}" for at in range(rows))
                yield language, ways, "\n".join(["id,name,n", *lines]) + "\n"


def confusion(path: Path, rows: int, count: int) -> Counter[tuple[str, str]]:
    found: Counter[tuple[str, str]] = Counter()
    for _, ways, text in tables(rows, count):
        for name, write in ways:
            try:
                data = write(text)
            except (UnicodeEncodeError, ValueError):
                continue  # a letter that this encoding does not have
            found[name, name if data.isascii() else told(path, data)] += 1
    return found


@pytest.mark.parametrize(("rows", "count"), [(2, 12), (5, 12), (200, 2)])
def test_no_table_is_read_in_a_wrong_encoding_and_nearly_none_is_refused(tmp_path, rows, count) -> None:
    found = confusion(tmp_path / "a.csv", rows, count)
    undecided = sum(n for (_, got), n in found.items() if got == "undecidable-encoding")
    wrong = {pair: n for pair, n in found.items() if pair[0] != pair[1] and pair[1] != "undecidable-encoding"}
    assert not wrong
    assert undecided <= 0.02 * found.total()
    assert len({name for name, _ in found}) == len({name for ways in WRITTEN.values() for name, _ in ways})


def test_three_characters_alone_are_undecidable_rather_than_guessed(tmp_path) -> None:
    assert told(tmp_path / "a.csv", "id,name\n1,愛西市\n".encode("euc_jp")) == "undecidable-encoding"


@pytest.mark.parametrize("other", ["tcvn3", "cp1252", "cp932"])
def test_a_file_that_mixes_encodings_is_refused_with_the_first_place(tmp_path, other) -> None:
    good = "".join(f"{n},Phường Định Trung Hà Nội\n" for n in range(20)).encode()
    bad = in_tcvn3("20,Phường Phúc Xá\n") if other == "tcvn3" else "20,東京都 été\n".encode(other, "ignore")
    path = tmp_path / "a.csv"
    for data, line, offset in ((good + bad * 3, 21, len(good)), (bad * 3 + good, 4, 3 * len(bad))):
        path.write_bytes(data)
        with pytest.raises(Unreadable, match="mixed-encodings") as refused:
            encodings.decide(path, encodings.scan(path), ReadOptions())
        assert (refused.value.params["line"], refused.value.params["offset"]) == (line, offset)


def test_an_encoding_that_was_said_is_not_judged(tmp_path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes("a,b\n1,Créteil\n".encode("cp1252"))
    assert encodings.decide(path, encodings.scan(path), ReadOptions(encoding="tcvn3")).name == "tcvn3"


def test_vni_is_decoded_alike_wherever_a_block_ends() -> None:
    text = "Thaønh phoá Haø Noäi, ñöôøng Traàn Höng Ñaïo, Nguyeãn Thò Haïnh, KYÛ"
    data = text.encode("cp1252")
    for cut in range(1, len(data)):
        decode = encodings.decoder("vni")
        assert decode(data[:cut], False) + decode(data[cut:], False) + decode(b"", True) == from_vni(text)
    assert from_vni(text) == "Thành phố Hà Nội, đường Trần Hưng Đạo, Nguyễn Thị Hạnh, KỶ"


def test_the_tables_hold_every_vietnamese_letter_once() -> None:
    marks = "aàáảãạăằắẳẵặâầấẩẫậeèéẻẽẹêềếểễệiìíỉĩịoòóỏõọôồốổỗộơờớởỡợuùúủũụưừứửữựyỳýỷỹỵđ"
    letters = {one for one in marks + marks.upper() if not one.isascii()}
    assert len(letters) == 134
    assert set(viscii_table()) >= letters
    assert len(set(viscii_table())) == 256
    assert set(VNI.values()) == letters
    assert all(unicodedata.is_normalized("NFC", one) for one in VNI.values())


@pytest.mark.parametrize("word", ["Phễêng", "Qé", "Zoẻ", "ồC", "été", "Faẫade"])
def test_what_no_vietnamese_would_write_is_no_syllable(word) -> None:
    assert judging.share_of_syllables(word) == 0


def test_every_encoding_that_can_be_said_has_its_codec() -> None:
    assert set(ENCODINGS) == set(encodings.CODECS)
