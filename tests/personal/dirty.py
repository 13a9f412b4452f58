"""Columns of personal data as offices write them: ten spellings each, with headers that speak, mumble or are silent."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator

from standards.registry import codelist

PLACES = sorted(codelist("vn-personal-id-province").entries)
PREFIXES = sorted(codelist("vn-mobile-prefix").entries)
FAMILIES = "Nguyễn Trần Lê Phạm Hoàng Huỳnh Phan Vũ Võ Đặng Bùi Đỗ Hồ Ngô Dương Lý".split()  # noqa: SIM905
MIDDLES = "Văn Thị Hữu Đức Minh Ngọc Thanh Quốc Xuân Kim".split()  # noqa: SIM905
GIVEN = "An Bình Chi Dũng Giang Hà Hải Hùng Lan Linh Mai Nam Oanh Phúc Quân Sơn Trang Tú Uyên Vy Yến".split()  # noqa: SIM905
BARE = str.maketrans("ễầêạàỳũõặùđỗồôươýăịữứọốéảếíúịĐ", "eaeaayuoaudoououyaiuuooeaeiuiD")


def digits(rng: random.Random, count: int) -> str:
    return "".join(rng.choice("0123456789") for _ in range(count))


def personal_id(rng: random.Random) -> str:
    year = rng.randint(1945, 2020)
    century = (0 if year < 2000 else 2) + rng.randint(0, 1)
    return f"{rng.choice(PLACES)}{century}{year % 100:02d}{digits(rng, 6)}"


def identity_card(rng: random.Random) -> str:
    return f"{rng.randint(1, 38):02d}{digits(rng, 7)}"


def mobile(rng: random.Random) -> str:
    return rng.choice(PREFIXES) + digits(rng, 7)


def full_name(rng: random.Random) -> str:
    return f"{rng.choice(FAMILIES)} {rng.choice(MIDDLES)} {rng.choice(GIVEN)}"


def ascii_word(text: str) -> str:
    return "".join(one for one in text.lower().translate(BARE) if one.isascii() and one.isalpha())


def mailbox(rng: random.Random) -> str:
    family, middle, given = (ascii_word(one) for one in full_name(rng).split())
    local = rng.choice([f"{given}{family}", f"{family}.{given}", f"{given}.{middle}.{family}", f"{middle}{given}"])
    host = rng.choice(["gmail.com", "gmail.com", "yahoo.com", "yahoo.com.vn", "hotmail.com", "outlook.com", "icloud.com"])
    return f"{local}{rng.randint(1, 999)}@{host}"


def wide(text: str) -> str:
    return "".join(chr(ord(one) + 0xFEE0) if "!" <= one <= "~" else one for one in text)


def thousands(text: str, mark: str) -> str:
    return f"{int(text):,}".replace(",", mark)


def by_three(text: str, mark: str) -> str:
    return mark.join(text[at : at + 3] for at in range(0, len(text), 3))


Spelling = Callable[[str, random.Random], str]

NUMBERS: dict[str, Spelling] = {
    "plain": lambda text, _: text,
    "spaced": lambda text, _: by_three(text, " "),
    "dotted": lambda text, _: by_three(text, "."),
    "dashed": lambda text, _: by_three(text, "-"),
    "float": lambda text, _: f"{int(text)}.0",
    "zeros lost": lambda text, _: str(int(text)),
    "grouped": lambda text, _: thousands(text, ","),
    "apostrophe": lambda text, _: f"'{text}",
    "wide": lambda text, _: wide(text),
    "stray": lambda text, rng: rng.choice(["\u00a0{}", " {} ", "{}\t", "\u200b{}", "{}\u00a0", '"{}"']).format(text),
}
PHONES: dict[str, Spelling] = {
    "plain": lambda text, _: text,
    "spaced": lambda text, _: f"{text[:4]} {text[4:7]} {text[7:]}",
    "dotted": lambda text, _: f"{text[:4]}.{text[4:7]}.{text[7:]}",
    "dashed": lambda text, _: f"{text[:3]}-{text[3:6]}-{text[6:]}",
    "+84": lambda text, rng: rng.choice(["+84{}", "+84 {}", "(+84){}", "0084{}", "84{}", "+84(0){}"]).format(text[1:]),
    "zeros lost": lambda text, _: text[1:],
    "float": lambda text, _: f"{text[1:]}.0",
    "brackets": lambda text, _: f"({text[:3]}) {text[3:6]}-{text[6:]}",
    "two": lambda text, rng: f"{text}{rng.choice(['; ', ' / ', ', ', ' - '])}{mobile(rng)}",
    "label": lambda text, rng: rng.choice(["ĐT: {}", "SĐT {}", "Tel. {}", "'{}", "\u00a0{} "]).format(text),
}
MAILBOXES: dict[str, Spelling] = {
    "plain": lambda text, _: text,
    "capitals": lambda text, _: text.upper(),
    "stray": lambda text, rng: rng.choice([" {}", "{}\u00a0", "\u200b{}", "{} "]).format(text),
    "link": lambda text, _: f"mailto:{text}",
    "named": lambda text, rng: f"{full_name(rng)} <{text}>",
    "two": lambda text, rng: f"{text}{rng.choice(['; ', ', ', ' / '])}{mailbox(rng)}",
    "at": lambda text, rng: text.replace("@", rng.choice([" [at] ", "(at)", " @ ", "[a còng]"])),
    "wide": lambda text, _: wide(text),
    "quoted": lambda text, _: f'"{text}"',
    "label": lambda text, rng: rng.choice(["Email: {}", "E-mail: {}", "{}.", "<{}>"]).format(text),
}
MAKERS = {
    "vn-personal-id": (personal_id, NUMBERS),
    "vn-identity-card": (identity_card, NUMBERS),
    "phone": (mobile, PHONES),
    "email": (mailbox, MAILBOXES),
}
HEADERS = {
    "vn-personal-id": ("CCCD", "Số CCCD", "so_cccd", "Căn cước công dân", "Số định danh cá nhân", "soDinhDanh", "Số giấy tờ",
                       "Mã", "cot_3", "ID", "Ghi chú"),
    "vn-identity-card": ("CMND", "Số CMND", "so_cmnd", "Chứng minh nhân dân", "SO CMT", "CMND/CCCD", "soCMND"),
    "phone": ("Điện thoại", "Số điện thoại", "SĐT", "so_dien_thoai", "soDienThoai", "Phone", "ĐT liên hệ", "DIEN THOAI",
              "cot_5", "Liên hệ", "Thông tin"),
    "email": ("Email", "E-mail", "Thư điện tử", "email_lien_he", "dia_chi_email", "Hộp thư", "cot_7", "Liên hệ"),
}  # fmt: skip


def columns(seed: int, each: int = 25, rows: tuple[int, int] = (20, 60)) -> Iterator[tuple[str, str, str, list[str]]]:
    """Give (kind, spelling, header, cells): ``each`` columns for every kind and spelling, some with blanks and slips."""
    rng = random.Random(seed)
    for kind, (make, spellings) in MAKERS.items():
        for name, spell in spellings.items():
            for _ in range(each):
                header = rng.choice(HEADERS[kind])
                count = rng.randint(*rows)
                soiled = rng.choice([0.0, 0.0, 0.05, 0.1])
                cells = [
                    rng.choice(["", "không có", "x", "-"]) if rng.random() < soiled else spell(make(rng), rng)
                    for _ in range(count)
                ]
                yield kind, name, header, cells
