"""Personal data: numbers that the Vietnamese state gives a person: số định danh (CCCD), CMND, passport, tax code.

A personal identification number has 12 digits: birth registration (63 old province codes), century and sex, year of
birth, six of chance (NĐ 137/2015/NĐ-CP; Luật Căn cước 26/2023/QH15). It has no check digit: a cell proves nothing, a
column does. Since 1 July 2025 it is also the tax code of natural persons (TT 86/2024/TT-BTC).
"""

from __future__ import annotations

from standards.codelist import codes
from standards.trait import Trait

_BORN = "(?:[01](?:0[5-9]|[1-9][0-9])|[23](?:[01][0-9]|2[0-9]))"
"""Century and sex digit with a plausible year of birth: 1905–1999, 2000–2029."""

_PLACES = codes("vn-personal-id-province")
_FULL = f"(?:{'|'.join(_PLACES)}){_BORN}[0-9]{{6}}"
_SHORT = f"(?:{'|'.join(dict.fromkeys(one.lstrip('0') for one in _PLACES))}){_BORN}[0-9]{{6}}"
_CALLED = (
    "cccd", "can cuoc", "can cuoc cong dan", "the can cuoc", "so dinh danh", "dinh danh ca nhan",
    "ma dinh danh ca nhan",
    "ma dinh danh cong dan", "so dinh danh cong dan", "ma so ca nhan", "sddcn", "ddcn", "so ca nhan", "citizen id",
    "personal id", "personal identification number", "national id", "identity number", "id card", "cccd cmnd",
    "cmnd cccd", "so giay to tuy than", "giay to tuy than", "so gttt",
)  # fmt: skip
_CMND = ("cmnd", "cmt", "cmtnd", "so cmnd", "chung minh nhan dan", "chung minh thu", "so chung minh", "identity card")
_NOT = (
    "ma ho so", "so tien", "kinh phi", "ma vach", "barcode", "ean", "gtin", "du toan", "quyet toan", "tong", "ngay cap",
    "noi cap", "so luong", "so nguoi", "ty le",
)  # fmt: skip
_TITLE = {"vi": "số định danh cá nhân", "en": "personal identification numbers"}
_DAMAGED = "[0-9]{1,12}E[+]?(?:0?9|1[01])"
"""What is left of a number that a spreadsheet showed as 7.9203E+10: damaged, and still a person's."""

TRAITS = (
    Trait(
        id="cccd", kind="vn-personal-id", title=_TITLE, strict=_FULL, loose=f"0?[0-9]{{9,12}}|{_DAMAGED}",
        named=_CALLED, denied=_NOT, chance=0.017, shows=4, against=("vn-mst",), about_person=True,
        basis="Luật Căn cước 26/2023/QH15; NĐ 137/2015/NĐ-CP",
    ),
    Trait(
        id="cccd-short", kind="vn-personal-id", title=_TITLE, strict=f"{_FULL}|{_SHORT}", denied=_NOT, chance=0.14,
        share=0.85, shows=4, heads=3, against=("vn-mst", "round-amount"), about_person=True,
        basis="Luật Căn cước 26/2023/QH15; NĐ 137/2015/NĐ-CP",
    ),
    Trait(
        id="cmnd", kind="vn-identity-card", title={"vi": "số chứng minh nhân dân", "en": "identity card numbers"},
        strict="(?:0[1-9]|[12][0-9]|3[0-8])[0-9]{7}", loose=f"[0-9]{{8,9}}|0[0-9]{{11}}|{_DAMAGED}", named=_CMND,
        denied=_NOT, chance=0.38, share=0.95, alone="ask", among="block", shows=3, heads=6,
        against=("round-amount",), about_person=True, basis="Luật Căn cước 26/2023/QH15 (thẻ cũ)",
    ),
    Trait(
        id="passport", kind="passport", title={"vi": "số hộ chiếu", "en": "passport numbers"},
        strict="[A-Z][0-9]{7,8}", loose="[A-Z]{1,2}[0-9]{6,9}", chance=0.2, share=0.9, alone="pass", among="ask",
        named=("ho chieu", "so ho chieu", "passport", "passport no", "旅券番号", "パスポート"), shows=2,
        heads=1, about_person=True, basis="Luật 49/2019/QH14",
    ),
    Trait(
        id="personal-tax", kind="vn-personal-tax-code",
        title={"vi": "mã số thuế của cá nhân (số định danh 12 chữ số)",
               "en": "tax codes of natural persons (12 digits)"},
        strict=_FULL, named=("mst", "ma so thue", "mst ca nhan", "ma so thue ca nhan", "tax code", "tax id", "tin",
                             "ma so doanh nghiep", "mst nguoi nop thue"),
        chance=0.017, alone="pass", named_share=0.01, shows=4, about_person=True,
        basis="TT 86/2024/TT-BTC; Luật 91/2025/QH15",
    ),
)  # fmt: skip
