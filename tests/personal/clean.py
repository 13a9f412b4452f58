"""Columns without personal data that look alike: codes, amounts, barcodes, times, office contacts, lists of the house."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator

from standards.registry import CODELISTS
from tests.personal.dirty import PREFIXES, digits

MST_WEIGHTS = (31, 29, 23, 19, 17, 13, 7, 5, 3)


def tax_code(rng: random.Random) -> str:
    while True:
        nine = f"{rng.randint(1, 62):02d}{digits(rng, 7)}"
        last = 10 - sum(int(one) * weight for one, weight in zip(nine, MST_WEIGHTS, strict=True)) % 11
        if last < 10:
            return f"{nine}{last}"


def ean13(rng: random.Random) -> str:
    twelve = f"893{digits(rng, 9)}"
    total = sum(int(one) * (3 if at % 2 else 1) for at, one in enumerate(twelve))
    return f"{twelve}{-total % 10}"


def amount(rng: random.Random) -> str:
    return str(rng.randint(1, 9_999_999) * 10 ** rng.choice([3, 3, 4, 5, 6]))


def exact_amount(rng: random.Random) -> str:
    return str(rng.randint(10**7, 10 ** rng.choice([9, 10, 11, 12])))


def landline(rng: random.Random) -> str:
    area = rng.choice(["024", "028", "0236", "0225", "0291", "0204"])
    return area + " " + "3" + digits(rng, 10 - len(area))


def office_mailbox(rng: random.Random) -> str:
    local = rng.choice(["vanthu", "ubnd", "phongtckh", "info", "so.ctt", "vp", "tiepnhan"])
    return f"{local}{rng.randint(1, 99)}@{rng.choice(['hanoi', 'danang', 'moet', 'camau', 'thanhhoa'])}.gov.vn"


Make = Callable[[random.Random], str]
MADE: dict[str, tuple[tuple[str, ...], Make]] = {
    "tax codes": (("Mã số thuế", "MST", "tax_code", "Mã"), tax_code),
    "branches": (("Mã số thuế", "Mã"), lambda rng: f"{tax_code(rng)}-{rng.randint(1, 99):03d}"),
    "tax codes, zero lost": (("Mã số thuế", "Mã"), lambda rng: tax_code(rng).lstrip("0")),
    "EAN": (("Mã vạch", "EAN", "barcode", "gtin"), ean13),
    "amounts": (("Số tiền", "Dự toán (đồng)", "Kinh phí", "Tổng mức đầu tư", "amount"), amount),
    "exact amounts": (("Số tiền", "Quyết toán", "amount", "Giá trị"), exact_amount),
    "grouped amounts": (("Kinh phí", "Thành tiền"), lambda rng: f"{int(amount(rng)):,}".replace(",", ".")),
    "epoch": (("created", "timestamp", "updated_at"), lambda rng: str(rng.randint(1_500_000_000, 1_760_000_000))),
    "epoch ms": (("created", "ts"), lambda rng: str(rng.randint(1_500_000_000_000, 1_760_000_000_000))),
    "ten digits": (("Mã hồ sơ", "Mã", "code"), lambda rng: digits(rng, 10)),
    "nine digits": (("Mã hồ sơ", "Mã", "Số hiệu"), lambda rng: digits(rng, 9)),
    "eleven digits": (("Mã", "code"), lambda rng: digits(rng, 11)),
    "twelve digits": (("Mã", "code", "Mã tài sản"), lambda rng: digits(rng, 12)),
    "dates": (("Ngày", "Ngày ban hành", "date"), lambda rng: f"20{rng.randint(10, 25)}-{rng.randint(1, 12):02d}-11"),
    "stamps": (("Thời gian",), lambda rng: f"2025{rng.randint(1, 12):02d}{rng.randint(1, 28):02d}{rng.randint(0, 23):02d}15"),
    "landlines": (("Điện thoại", "Số điện thoại", "Điện thoại cơ quan"), landline),
    "hotlines": (("Đường dây nóng", "Hotline", "Điện thoại"), lambda rng: f"1900 {digits(rng, 4)}"),
    "office mail": (("Email", "Thư điện tử", "Hộp thư"), office_mailbox),
    "decimals": (("Vĩ độ", "lat", "Tỷ lệ", "Diện tích"), lambda rng: f"{rng.uniform(0, 120):.6f}"),
    "big decimals": (("Giá trị", "GRDP"), lambda rng: f"{rng.uniform(1e8, 9e9):.2f}"),
    "agency codes": (("Mã định danh", "Mã cơ quan"), lambda rng: f"H{rng.randint(1, 63):02d}.{rng.randint(1, 99)}.{rng.randint(1, 40)}"),
    "files": (("Mã hồ sơ",), lambda rng: f"000.00.15.H{rng.randint(1, 63):02d}-25{rng.randint(1, 12):02d}15-{digits(rng, 4)}"),
    "procedures": (("Mã TTHC", "Mã"), lambda rng: f"{rng.randint(1, 3)}.{digits(rng, 6)}"),
    "budget units": (("Mã ĐVQHNS",), lambda rng: f"{rng.choice('123')}{digits(rng, 6)}"),
    "series": (("STT", "Mã", "id"), lambda rng: str(rng.randint(1, 100_000))),
    "one prefix": (("Mã thửa", "Mã"), lambda rng: f"38{digits(rng, 7)}"),
    "assets": (("Mã tài sản", "Số hiệu"), lambda rng: f"TS{digits(rng, 8)}"),
    "streets": (("Tên đường", "Đường"), lambda rng: rng.choice(["Nguyễn Trãi", "Lê Lợi", "Trần Hưng Đạo", "Lý Thường Kiệt"])),
    "schools": (("Tên trường",), lambda rng: f"Trường THCS {rng.choice(['Nguyễn Du', 'Lê Lợi', 'Phan Bội Châu'])}"),
    "counts": (("Số CCCD đã cấp", "Số lượng thẻ BHYT", "Số người có CMND"), lambda rng: str(rng.randint(100, 99_999))),
    "paid": (("Số tiền BHXH", "Thu BHYT", "Tổng chi BHXH", "Quỹ BHYT (đồng)", "Thanh toán BHYT"), amount),
    "texts": (("Nội dung", "Ghi chú"), lambda rng: " ".join(rng.choice(["hồ", "sơ", "đất", "đai", "2025"]) for _ in range(9))),
    "one hotline": (("Liên hệ", "Điện thoại"), lambda _: f"{PREFIXES[3]}1234567"),
    "school codes": (("Mã trường", "Mã cơ sở"), lambda rng: f"{rng.randint(1, 96):02d}{rng.randint(0, 999):03d}{digits(rng, 3)}"),
    "populations": (("Dân số", "Số dân", "Số hộ"), lambda rng: str(rng.randint(800, 9_500_000))),
    "hotlines of agencies": (("Đường dây nóng", "Hotline"), lambda rng: f"{rng.choice(PREFIXES)}{digits(rng, 7)}"),
    "years": (("Năm", "Năm thành lập"), lambda rng: str(rng.randint(1945, 2026))),
    "plots": (("Số thửa", "Tờ bản đồ"), lambda rng: f"{rng.randint(1, 900)}/{rng.randint(1, 90)}"),
    "decisions": (("Số quyết định", "Số văn bản"), lambda rng: f"{rng.randint(1, 9999)}/QĐ-UBND"),
    "licences": (("Số giấy phép",), lambda rng: f"{rng.randint(1, 9999):05d}/BN-GPHĐ"),
    "coordinates": (("Toạ độ X", "x"), lambda rng: f"{rng.uniform(1e6, 2.6e6):.3f}"),
    "meters": (("Mã công tơ", "Số công tơ"), lambda rng: f"PA{digits(rng, 11)}"),
    "corporate numbers": (("法人番号",), lambda rng: f"{rng.randint(1, 9)}{digits(rng, 12)}"),
    "communes": (("Tên xã", "Xã"), lambda rng: rng.choice(["Xã Hòa Bình", "Phường Lê Lợi", "Xã Tân An", "Phường Trần Hưng Đạo"])),
    "chapters": (("Chương", "Tiểu mục", "Tài khoản"), lambda rng: digits(rng, rng.choice([3, 4]))),
}  # fmt: skip


def columns(seed: int, each: int = 12, rows: tuple[int, int] = (30, 120)) -> Iterator[tuple[str, str, list[str]]]:
    """Give (what, header, cells) of made columns, and every code list's codes and names."""
    rng = random.Random(seed)
    for what, (headers, make) in MADE.items():
        for number in range(each):
            yield what, headers[number % len(headers)], [make(rng) for _ in range(rng.randint(*rows))]
    first = rng.choice(["001", "079"])
    for start in (10**8, 10**9, 2_000_000_000, 380_000_000):
        yield "counting", "Mã", [str(start + at) for at in range(200)]
        yield "counting", "Mã", [f"{first}{start + at}"[:12] for at in range(200)]
    for list_id, codes in CODELISTS.items():
        yield list_id, "code", list(codes.entries)
        yield list_id, "name", [entry.name for entries in codes.entries.values() for entry in entries]


PROSE = (
    "Tổng mức đầu tư {money} đồng, trong đó ngân sách tỉnh {money} đồng", "Quyết định {number}/QĐ-UBND ngày 12/03/2025",
    "Số {number} đường Nguyễn Trãi, phường Bắc Giang", "Máy bàn {landline}, thư vanthu@bacninh.gov.vn",
    "Hợp đồng số {number}/2025/HĐ-XD, giá trị {money} VNĐ", "Từ 2025-01-01 đến 2025-12-31, {number} lượt",
    "Mã dự án 7{number}12, mã thủ tục 1.004888.000.00.00.H05", "Thửa {number}, tờ bản đồ số 12, diện tích 1.250,5 m2",
    "Đường dây nóng 1900 6868, tổng đài 1022", "Toạ độ 21.0285, 105.8542; cao độ {number}", "MST {tax}, ngành 6110",
    "Mã vạch {ean}, lô {number}", "Tài khoản kho bạc 3711.0.{number}.00000",
)  # fmt: skip


def prose(seed: int, each: int = 10, rows: tuple[int, int] = (30, 120)) -> Iterator[tuple[str, str, list[str]]]:
    """Give (phrase, header, cells): sentences with numbers that belong to nobody."""
    rng = random.Random(seed)
    for phrase in PROSE:
        for _ in range(each):
            header = rng.choice(["Ghi chú", "Nội dung", "Địa chỉ", "Diễn giải", "cot_9"])
            yield phrase, header, [
                phrase.format(money=f"{int(amount(rng)):,}".replace(",", "."), number=rng.randint(1, 9999), ean=ean13(rng),
                              landline=landline(rng), tax=tax_code(rng))
                for _ in range(rng.randint(*rows))
            ]  # fmt: skip
