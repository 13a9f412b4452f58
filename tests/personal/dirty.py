"""Columns of personal data as offices write them: ten spellings each, with headers that speak, mumble or are silent."""

from __future__ import annotations

import random
import unicodedata
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


def passport(rng: random.Random) -> str:
    return rng.choice("BCNPKE") + digits(rng, rng.choice([7, 7, 8]))


def insurance_number(rng: random.Random) -> str:
    return f"{rng.randint(1, 96):02d}{digits(rng, 8)}"


def insurance_card(rng: random.Random) -> str:
    return f"{rng.choice(['DN', 'HC', 'GD', 'HS', 'SV', 'TE', 'CH', 'HT'])}{rng.randint(1, 5)}{rng.randint(1, 96):02d}{digits(rng, 10)}"


def account(rng: random.Random) -> str:
    return rng.choice("123456789") + digits(rng, rng.choice([8, 9, 11, 12, 13, 14]))


def plate(rng: random.Random) -> str:
    return f"{rng.randint(11, 99)}{rng.choice('ABCDEFGHKLMNPSTUVXYZ')}{rng.choice(['', '1', '2'])}{digits(rng, 5)}"


def my_number(rng: random.Random) -> str:
    eleven = rng.choice("123456789") + digits(rng, 10)
    total = sum(int(one) * (at + 1 if at <= 6 else at - 5) for at, one in enumerate(reversed(eleven), 1))
    rest = total % 11
    return f"{eleven}{0 if rest <= 1 else 11 - rest}"


def nric(rng: random.Random) -> str:
    first, seven = rng.choice("STFGM"), digits(rng, 7)
    total = sum(int(one) * weight for one, weight in zip(seven, (2, 7, 6, 5, 4, 3, 2), strict=True))
    total += {"T": 4, "G": 4, "M": 3}.get(first, 0)
    letters = {"S": "JZIHGFEDCBA", "T": "JZIHGFEDCBA", "F": "XWUTRQPNMLK", "G": "XWUTRQPNMLK", "M": "XWUTRQPNJLK"}
    return f"{first}{seven}{letters[first][total % 11]}"


CODES: dict[str, Spelling] = {
    "plain": lambda text, _: text,
    "small": lambda text, _: text.lower(),
    "spaced": lambda text, _: by_three(text, " "),
    "dotted": lambda text, _: by_three(text, "."),
    "dashed": lambda text, _: f"{text[:3]}-{text[3:]}",
    "apostrophe": lambda text, _: f"'{text}",
    "wide": lambda text, _: wide(text),
    "stray": NUMBERS["stray"],
    "label": lambda text, rng: rng.choice(["Số: {}", "No: {}", "SN# {}"]).format(text),
    "quoted": lambda text, _: f"“{text}”",
}
WHOLE = {**{name: NUMBERS[name] for name in NUMBERS if name != "zeros lost"}, "label": lambda text, _: f"Số: {text}"}
"""Spellings of numbers that do not begin with zeros."""

MAKERS = {
    "vn-personal-id": (personal_id, NUMBERS),
    "vn-identity-card": (identity_card, NUMBERS),
    "phone": (mobile, PHONES),
    "email": (mailbox, MAILBOXES),
    "passport": (passport, CODES),
    "vn-social-insurance": (insurance_number, NUMBERS),
    "vn-health-insurance": (insurance_card, CODES),
    "bank-account": (account, WHOLE),
    "number-plate": (plate, CODES),
    "vn-personal-tax-code": (personal_id, NUMBERS),
    "jp-my-number": (my_number, WHOLE),
    "sg-nric": (nric, CODES),
}
HEADERS = {
    "vn-personal-id": ("CCCD", "Số CCCD", "so_cccd", "Căn cước công dân", "Số định danh cá nhân", "soDinhDanh", "Số giấy tờ",
                       "Mã", "cot_3", "ID", "Ghi chú"),
    "vn-identity-card": ("CMND", "Số CMND", "so_cmnd", "Chứng minh nhân dân", "SO CMT", "CMND/CCCD", "soCMND"),
    "phone": ("Điện thoại", "Số điện thoại", "SĐT", "so_dien_thoai", "soDienThoai", "Phone", "ĐT liên hệ", "DIEN THOAI",
              "cot_5", "Liên hệ", "Thông tin"),
    "passport": ("Hộ chiếu", "Số hộ chiếu", "so_ho_chieu", "Passport No.", "soHoChieu", "SO HO CHIEU"),
    "vn-social-insurance": ("Mã số BHXH", "Số sổ BHXH", "so_bhxh", "Mã BHXH", "maSoBHXH", "SO BHXH"),
    "vn-health-insurance": ("Số thẻ BHYT", "Mã thẻ BHYT", "so_the_bhyt", "Thẻ bảo hiểm y tế", "cot_4", "Mã số"),
    "bank-account": ("Số tài khoản", "STK", "so_tai_khoan", "Số TK ngân hàng", "Bank account", "soTaiKhoan"),
    "number-plate": ("Biển số xe", "Biển kiểm soát", "bien_so", "BKS", "License plate", "bienSoXe"),
    "vn-personal-tax-code": ("Mã số thuế", "MST cá nhân", "ma_so_thue", "MST", "Tax code"),
    "jp-my-number": ("個人番号", "マイナンバー", "My Number", "mynumber", "cot_2"),
    "sg-nric": ("NRIC", "NRIC/FIN", "nric_no", "FIN", "cot_6", "ID"),
    "email": ("Email", "E-mail", "Thư điện tử", "email_lien_he", "dia_chi_email", "Hộp thư", "cot_7", "Liên hệ"),
}  # fmt: skip


def columns(seed: int, each: int = 10, rows: tuple[int, int] = (20, 60)) -> Iterator[tuple[str, str, str, list[str]]]:
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


NAMES: dict[str, Spelling] = {
    "plain": lambda text, _: text,
    "capitals": lambda text, _: text.upper(),
    "no marks": lambda text, _: text.translate(BARE),
    "title": lambda text, rng: rng.choice(["Ông {}", "Bà {}", "Mr. {}", "Ths. {}"]).format(text),
    "numbered": lambda text, rng: f"{rng.randint(1, 99)}. {text}",
    "apart": lambda text, _: unicodedata.normalize("NFD", text),
    "wide gaps": lambda text, _: text.replace(" ", "  "),
    "stray": NUMBERS["stray"],
    "small": lambda text, _: text.lower(),
    "comma": lambda text, _: f"{text},",
}
BIRTHS = ("{2:02d}/{1:02d}/{0}", "{2}/{1}/{0}", "{0}-{1:02d}-{2:02d}", "{2:02d}-{1:02d}-{0}", "{2:02d}.{1:02d}.{0}",
          "{2:02d} / {1:02d} / {0}", "{0}{1:02d}{2:02d}", "{0}-{1:02d}-{2:02d} 00:00:00", "{0}/{1:02d}/{2:02d}", "{2}.{1}.{0}")  # fmt: skip


def pairs(seed: int, each: int = 10, rows: tuple[int, int] = (20, 60)) -> Iterator[tuple[str, dict[str, list[str]]]]:
    """Give (spelling, columns): names beside birth dates, which hold each other back."""
    rng = random.Random(seed)
    for (name, spell), form in zip(NAMES.items(), BIRTHS, strict=True):
        for _ in range(each):
            count = rng.randint(*rows)
            header = rng.choice(["Họ và tên", "Họ tên", "ho_ten", "HO VA TEN", "Full name"])
            born = rng.choice(["Ngày sinh", "Ngày tháng năm sinh", "ngay_sinh", "Date of birth", "NTNS"])
            yield name, {
                header: [spell(full_name(rng), rng) for _ in range(count)],
                born: [form.format(rng.randint(1945, 2020), rng.randint(1, 12), rng.randint(1, 28)) for _ in range(count)],
            }


PHRASES = (
    "Liên hệ {name}, ĐT {phone}", "{name} ({phone})", "Người nộp: {name} - CCCD {card}", "gửi về {mail} trước ngày 5/3",
    "Anh {name} số {phone} phụ trách", "CCCD số {card}, cấp ngày 01/02/2021", "đã gọi {phone} nhưng không nghe máy",
    "Email: {mail}; điện thoại {phone}", "Chủ hộ {name}, định danh {card}.", "Hồ sơ của {name}, sđt: {phone},{mail}",
)  # fmt: skip
PLAIN = ("Đã bổ sung hồ sơ", "Không có ý kiến", "Chờ thẩm định theo QĐ 12/QĐ-UBND", "Chuyển phòng chuyên môn", "")


def notes(seed: int, each: int = 10, rows: tuple[int, int] = (20, 60)) -> Iterator[tuple[str, str, list[str]]]:
    """Give (phrase, header, cells): notes of which a part mention somebody's number or mailbox."""
    rng = random.Random(seed)
    for phrase in PHRASES:
        for _ in range(each):
            part = rng.choice([0.1, 0.3, 0.9])
            header = rng.choice(["Ghi chú", "Nội dung", "Thông tin thêm", "note", "cot_9", "Kết quả"])
            cells = [rng.choice(PLAIN) for _ in range(rng.randint(*rows))]
            for at in [rng.randrange(len(cells)), *(at for at in range(len(cells)) if rng.random() < part)]:
                phone = rng.choice(list(PHONES.values())[:4])(mobile(rng), rng)
                cells[at] = phrase.format(name=full_name(rng), phone=phone, card=personal_id(rng), mail=mailbox(rng))
            yield phrase, header, cells
