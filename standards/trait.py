"""The shape of a kind of personal data: how its cells are written, what columns of it are called, how sure one can be.

A trait is data, not code: regular expressions that Python and RE2 read alike, so that an engine may ask whole columns
at once. ``tidy`` is the one place where a cell is prepared for them; its steps are data for the same reason.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType
from typing import Literal

Form = Literal["code", "mail", "words"]
"""How a cell is prepared: a number or code without separators, an e-mail address, words without marks."""

Verdict = Literal["pass", "ask", "block"]

ORDER: Mapping[Verdict, int] = MappingProxyType({"pass": 0, "ask": 1, "block": 2})

NEVER = "[^\\s\\S]"
"""Matches nothing: of a trait that only its header tells."""

_FAMILY = (
    "nguyen tran le pham hoang huynh phan vu vo dang bui do ho ngo duong ly dinh doan lam trinh mai dao truong ha "
    "cao luong luu phung to ta tong chu kieu thai quach la thach ton lo vi vuong quan hua diep nong ma vang sung "
    "giang thao trieu ban giap luc lu moc nghiem phi quang sam than thieu tang tieu tien truc van vien an au "
    "bach banh bo cam can cung danh dam diem dong du duan gia han kha khuat khuc khong kim khieu lieu long mac "
    "man mau mong nghi ninh nhan nham oanh on phu pho sa son tham ung uong y ro siu rmah ksor nay rcham "
    "hlong hwing"
)
FAMILY = frozenset(_FAMILY.split())
"""Family names of Viet Nam without marks, the majority and the larger ethnic groups."""

_COMMON = (
    "nguyen tran pham hoang huynh phan dang bui duong dinh doan trinh truong luong phung kieu thach vuong nghiem"
)
COMMON = tuple(_COMMON.split())
"""Those of them that tell a person's name inside a mailbox's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trait:
    """One way in which one kind of personal data is written.

    ``strict`` is what such a cell looks like, ``loose`` what passes for one under a header that names it ("" = strict);
    both match whole cells in ``form``. ``proves`` decides what an expression cannot (check digits). ``named`` and
    ``denied`` are folded header words that name it, or that name something else which looks alike.
    ``chance``: how likely a number of the same length that means something else passes ``strict``.
    ``share``: the part of the cells that must pass where no header speaks; ``named_share`` where one does.
    ``alone``, ``among``, ``under``: the verdict where only the cells speak, where the table is about persons, where the
    header names it. ``office``: also published for offices and enterprises, so a table about those is asked, not held
    back. ``against``: ids of traits of public things that explain the same cells. ``head``: so many first characters
    must vary (``heads`` different ones among many values), or it is somebody's code with a fixed beginning.
    ``shows``: how many characters of a sample are not masked. ``evidence``: basis of the form.
    """

    id: str
    kind: str
    title: Mapping[str, str]
    form: Form = "code"
    strict: str
    loose: str = ""
    named: Sequence[str] = ()
    denied: Sequence[str] = ()
    chance: float = 0.01
    share: float = 0.5
    named_share: float = 0.3
    alone: Verdict = "block"
    among: Verdict | None = None
    under: Verdict = "block"
    office: bool = False
    against: Sequence[str] = ()
    head: int = 2
    heads: int = 1
    shows: int = 1
    proves: Callable[[str], bool] | None = None
    about_person: bool = False
    basis: str = ""


# --- preparing a cell -------------------------------------------------------------------------------------------------

Steps = Sequence[tuple[str, str]]

_HIDDEN = "[\u00ad\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\x00-\x08\x0b\x0c\x0e-\x1f\x7f]"
_QUOTES = "[ \t\r\n'\"`´‘’“”«»]"
_EDGES = f"^{_QUOTES}+|{_QUOTES}+$"
_DIGITS = "[0-9]"

CODE: Steps = (
    (_HIDDEN, ""),
    (_EDGES, ""),
    # "CCCD: 001…", "SĐT 09…": a label before the number
    ("^[^0-9:+]{2,30}[:#][ \t]*", ""),
    ("^(?:CCCD|CMND|CMT|CMTND|MST|BHXH|BHYT|STK|BKS)[ .\\-]*([0-9A-Z])", "\\1"),
    ("^(?:SĐT|SDT|ĐT|DT|ĐTDĐ|DĐ|TEL|PHONE|MOBILE)[ .\\-]*([0+(])", "\\1"),
    # several numbers in one cell: the first speaks for the cell
    ("^([^;/|\n]{8,}?)[ \t]*[;/|\n].*$", "\\1"),
    ("^([+(]?[0-9][0-9 .()\\-]{7,}),[ \t]+.*$", "\\1"),
    ("^([+(]?[0-9][0-9 .()]{8,}) +[-–] +[0-9].*$", "\\1"),
    # a number that a spreadsheet took for one: 1203012345.0; a true decimal or negative number is no code
    ("^([+]?[0-9]+)[.,]0+$", "\\1"),
    ("^[+\\-]?(?:[1-9][0-9]*|0)[.,][0-9]+$", "#"),
    ("^[-−–].*$", "#"),
    ("[ \t.,\\-–—_()'’]", ""),
)

MAIL: Steps = (
    (_HIDDEN, ""),
    (_EDGES, ""),
    ("^mailto:", ""),
    ("^[^<>]*<[ ]*([^<>]+@[^<>]+)>.*$", "\\1"),
    ("^(?:e-?mail|thư điện tử|hộp thư|địa chỉ)[ ]*[:\\-][ ]*", ""),
    ("[ ]*[\\[({][ ]*(?:at|a còng|a-còng|@)[ ]*[\\])}][ ]*", "@"),
    ("[ ]+at[ ]+", "@"),
    ("[ ]*[\\[({][ ]*(?:dot|chấm)[ ]*[\\])}][ ]*", "."),
    ("[ ]*@[ ]*", "@"),
    ("^([^ ;,|/]+@[^ ;,|/]+)[ ]*[ ;,|/].*$", "\\1"),
    ("[.'\"]+$", ""),
)

WORDS: Steps = (
    (_HIDDEN, ""),
    ("[\u0300-\u036f]+", ""),
    ("đ", "d"),
    (_EDGES, ""),
    # "12. Nguyễn Văn A": a number before words, not the day of a date
    ("^[0-9]+[.)/]?[ ]+([^0-9/])", "\\1"),
    ("^(?:ong|ba|anh|chi|em|chau|mr|mrs|ms|dr|ts|ths|gs|pgs|bs|ks|cn|ong/ba)[.:]?[ ]+", ""),
    ("[,.\\-]+", " "),
    ("[ \t\r\n]+", " "),
    ("^ | $", ""),
)

STEPS: Mapping[Form, Steps] = MappingProxyType({"code": CODE, "mail": MAIL, "words": WORDS})
NORMAL: Mapping[Form, Literal["NFKC", "NFKD"]] = MappingProxyType({"code": "NFKC", "mail": "NFKC", "words": "NFKD"})
UPPER: frozenset[Form] = frozenset({"code"})
LONGEST = 120
"""Longer cells are prose: they are not looked at as one value."""


@lru_cache(maxsize=256)
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern)


def tidy(cell: str, form: Form) -> str:
    """Prepare one cell: narrow letters, one case, no separators, no label, no float tail (see ``STEPS``)."""
    text = unicodedata.normalize(NORMAL[form], cell)
    text = text.upper() if form in UPPER else text.lower()
    for pattern, to in STEPS[form]:
        text = _compiled(pattern).sub(to, text)
    return text


def passes(trait: Trait, cell: str, *, loosely: bool = False) -> bool:
    """Whether one cell looks like the trait: the reference that engines are held to."""
    if len(cell) > LONGEST:
        return False
    text = tidy(cell, trait.form)
    pattern = trait.loose if loosely and trait.loose else trait.strict
    if _compiled(pattern).fullmatch(text) is None:
        return False
    return loosely or trait.proves is None or trait.proves(text)


def masked(text: str, shows: int) -> str:
    """Mask a prepared value: its first characters, and stars for the rest."""
    return text[:shows] + "*" * (len(text) - shows)
