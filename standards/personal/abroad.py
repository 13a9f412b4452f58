"""Personal data: numbers that other states give a person: Japan's My Number, Singapore's NRIC and FIN."""

from __future__ import annotations

from standards import late
from standards.trait import Trait

in_ = late.module("stdnum.jp.in_")

_WEIGHTS = (2, 7, 6, 5, 4, 3, 2)
_LETTERS = {"S": "JZIHGFEDCBA", "T": "JZIHGFEDCBA", "F": "XWUTRQPNMLK", "G": "XWUTRQPNMLK", "M": "XWUTRQPNJLK"}
_ADDED = {"T": 4, "G": 4, "M": 3}


def is_nric(text: str) -> bool:
    """Whether the letter at the end of an NRIC or FIN agrees with its digits."""
    total = sum(int(digit) * weight for digit, weight in zip(text[1:8], _WEIGHTS, strict=True))
    return _LETTERS[text[0]][(total + _ADDED.get(text[0], 0)) % 11] == text[8]


def is_my_number(text: str) -> bool:
    """Whether the last of twelve digits is the check digit of a My Number."""
    return bool(in_.is_valid(text))


TRAITS = (
    Trait(
        id="my-number", kind="jp-my-number",
        title={"vi": "mã số cá nhân Nhật Bản (My Number)", "en": "Japanese My Numbers"},
        strict="[0-9]{12}", loose="[0-9]{11,12}", proves=is_my_number, chance=0.1, share=0.9, shows=2,
        about_person=True,
        named=("個人番号", "マイナンバー", "my number", "mynumber"), head=2, heads=3,
        basis="行政手続における特定の個人を識別するための番号の利用等に関する法律",
    ),
    Trait(
        id="nric", kind="sg-nric",
        title={"vi": "số căn cước Singapore (NRIC, FIN)", "en": "NRIC or FIN numbers of Singapore"},
        strict="[STFGM][0-9]{7}[A-Z]", loose="[STFGM][0-9]{7}[A-Z]", proves=is_nric, chance=0.04, share=0.8, shows=1,
        named=("nric", "fin", "nric fin", "nric no", "fin no"), about_person=True, basis="PDPA 2012 (Singapore)",
    ),
)  # fmt: skip
