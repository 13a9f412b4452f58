"""Check: an agency's mailbox is the agency's own, not one of a public mail service."""

from __future__ import annotations

import re

from standards.check import Cells, Example, Remark, Use

CODE = "official-mailbox"
SCOPE = "cell"
SEVERITY = "warning"
BASIS = "Luật Bảo vệ dữ liệu cá nhân 91/2025/QH15"
TITLE = {"vi": "Hộp thư không phải của cơ quan", "en": "Mailbox not of the agency"}
SENTENCES = {
    "": {
        "vi": "hộp thư này ở dịch vụ thư công cộng ({host}), có thể là của một cá nhân. Dùng hộp thư công vụ của cơ "
        "quan, hoặc để trống.",
        "en": "this mailbox is at a public mail service ({host}) and may be a person's. Use the agency's official "
        "mailbox, or leave the cell empty.",
    }
}
GOOD = (
    Example(cells={"email": "vanthu@bacninh.gov.vn"}),
    Example(cells={"email": "info@truong-a.edu.vn"}),
    Example(cells={"email": ""}),
    Example(cells={"email": "không có"}),
)
BAD = (
    Example(cells={"email": "ubndxabacgiang@gmail.com"}, said={"host": "gmail.com"}),
    Example(cells={"email": "phong.gd@YAHOO.com.vn"}, said={"host": "yahoo.com.vn"}),
)
_PUBLIC = re.compile(
    r"[^@\s]+@((?:gmail|googlemail|yahoo|ymail|hotmail|outlook|live|msn|icloud|aol|proton|protonmail|zoho|yandex)"
    r"\.(?:com|com\.vn|me|net|vn|ru))",
    re.IGNORECASE,
)


def look(cells: Cells, use: Use) -> Remark | None:
    """Find a mailbox of a public service. The remark repeats the host only: the name before it may be a person's."""
    found = _PUBLIC.fullmatch(str(cells[use.field]).strip())
    return Remark(params={"host": found[1].lower()}, cell=f"***@{found[1].lower()}") if found else None
