"""Whether a few words that a reader typed are probably a person's name and no subject, with marks or without."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from standards.text import fold, nfc

MOST: Final = 4
"""Words of a name, without the form of address before it."""

_ADDRESSED = "ông bà anh chị em cô chú bác ong ba chi co chu bac"
ADDRESSED: Final = frozenset(_ADDRESSED.split())

_ALWAYS = "nguyễn nguyển trần phạm huỳnh nguyen tran pham huynh"
ALWAYS: Final = frozenset(_ALWAYS.split())
"""Family names that with marks are hardly another word's beginning, and what they are without."""

_MARKED = "lê hoàng phan vũ võ đặng bùi đỗ hồ ngô dương lý đinh đoàn lâm trịnh mai đào trương hà cao lương lưu phùng"
MARKED: Final = frozenset(_MARKED.split())
"""Family names that are taken for one before ``thị`` or ``văn`` only: *hồ chứa*, *cao su*, *mai táng* are subjects."""

MIDDLE: Final = frozenset(("thị", "văn", "thi", "van"))
LEAST: Final = 3
"""Words of a name with such a middle."""

PLAIN: Final = frozenset(("le", "hoang", "bui", "ngo", "vu", "vo", "ho"))
"""Those of them that are names before ``thi`` or ``van`` without marks too: *do thi* is a town, *phan van* a doubt."""

SUBJECTS: Final = frozenset((
    ("phạm", "vi"), ("phạm", "tội"), ("phạm", "nhân"), ("phạm", "luật"), ("phạm", "pháp"), ("phạm", "quy"),
    ("phạm", "trù"), ("trần", "nhà"), ("trần", "nợ"), ("trần", "lãi"), ("trần", "giá"), ("trần", "chi"),
    ("trần", "phí"), ("trần", "bội"), ("trần", "học"), ("trần", "thuật"),
    ("pham", "vi"), ("pham", "toi"), ("pham", "nhan"), ("pham", "luat"), ("pham", "phap"), ("pham", "tru"),
    ("nguyen", "lieu"), ("nguyen", "nhan"), ("nguyen", "tac"), ("nguyen", "vong"), ("nguyen", "ven"),
    ("nguyen", "nhien"), ("nguyen", "to"), ("tran", "dau"), ("tran", "no"),
))  # fmt: skip
"""Words that begin like a family name and are none: *phạm vi*, *nguyen lieu* (nguyên liệu), *tran dau* (tràn dầu)."""


def names_somebody(text: str) -> bool:
    """Tell whether the whole text is probably somebody's name, with or without a form of address before it.

    A word with marks is read as it is written, so *nguyên liệu* is no *Nguyễn*; one without stands for every word it
    could be, and is a name where that is likelier.
    """
    words = re.findall(r"\w+", nfc(text).lower())
    if len(words) > 1 and words[0] in ADDRESSED:
        words = words[1:]
    return 1 < len(words) <= MOST and all(one.isalpha() for one in words) and _begins_so(words)


def _begins_so(words: Sequence[str]) -> bool:
    first, second = words[0], words[1]
    if first in ALWAYS:
        # Of a pair that is typed half with marks the other half may be any word.
        half = first.isascii() and (first, fold(second)) in SUBJECTS
        return not half and (first, second) not in SUBJECTS
    return len(words) >= LEAST and first in MARKED | PLAIN and second in MIDDLE
