"""Personal data that stands inside longer text: a number in a note, a mailbox in a heading, a name of a file.

A mention is a regular expression that Python and RE2 read alike; it is only ever asked about (never held back), because
one number in a sentence proves nothing.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from standards.codelist import codes
from standards.personal import contact, identity, insurance
from standards.personal.public import is_mst
from standards.trait import Trait, masked


@dataclass(frozen=True, slots=True, kw_only=True)
class Mention:
    """One kind of personal data as it stands in a sentence; group 1 of ``pattern`` is the value itself."""

    trait: Trait
    pattern: str


_START, _END = r"(?:^|[^0-9A-Za-z.,/_\-]|[^0-9][.,])", r"(?:$|[^0-9A-Za-z/_\-])"
_GAP = r"[ .\-]?"
_TRAITS = {trait.id: trait for module in (identity, contact, insurance) for trait in module.TRAITS}
_PLACES = "|".join(codes("vn-personal-id-province"))
_PREFIXES = "|".join(one.lstrip("0") for one in codes("vn-mobile-prefix"))
_CARD = r"(?i:CCCD|CMND|CMTND|CMT|[Cc]ăn cước|[Đđ]ịnh danh|[Cc]hứng minh)[^0-9]{0,25}"
_SEVEN = f"(?:{_GAP}[0-9]){{7}}"
_HOSTS = "gmail|yahoo|hotmail|outlook|icloud|live|ymail|protonmail|proton"

MENTIONS: Sequence[Mention] = (
    Mention(
        trait=_TRAITS["cccd"],
        pattern=f"{_START}((?:{_PLACES}){_GAP}[0-3]{_GAP}[0-9]{{2}}(?:{_GAP}[0-9]){{6}}){_END}",
    ),
    Mention(trait=_TRAITS["cmnd"], pattern=f"{_CARD}([0-9](?:{_GAP}[0-9]){{8}}|[0-9](?:{_GAP}[0-9]){{11}}){_END}"),
    Mention(trait=_TRAITS["mobile"], pattern=f"{_START}((?:0|[+]?84{_GAP})(?:{_PREFIXES}){_SEVEN}){_END}"),
    Mention(
        trait=_TRAITS["mailbox"],
        pattern=f"(?:^|[^0-9A-Za-z._%+\\-])([0-9A-Za-z._%+\\-]+@(?i:{_HOSTS})[.](?i:com|com[.]vn|me|net|vn))"
        "(?:$|[^0-9A-Za-z])",
    ),
    Mention(
        trait=_TRAITS["bhyt"], pattern=f"{_START}([A-Z]{{2}}{_GAP}[1-5]{_GAP}[0-9]{{2}}(?:{_GAP}[0-9]){{10}}){_END}"
    ),
)
"""In the order in which they are asked: a personal number before the telephone number inside it."""

POSSIBLE = "[0-9](?:[ .\\-]?[0-9]){8}|@"
"""Text in which this is not found mentions nothing."""

PROSE = (
    "ghi chu", "noi dung", "mo ta", "dien giai", "chu thich", "thong tin", "lien he", "dia chi", "y kien", "ly do",
    "note", "notes", "remark", "remarks", "comment", "comments", "description", "contact", "備考", "摘要",
)  # fmt: skip
"""Words in headers of columns in which people write sentences."""


def mentioned(text: str) -> tuple[Mention, str] | None:
    """Give the first kind of personal data that a text mentions, with the value masked; None for none."""
    plain = unicodedata.normalize("NFKC", text)
    if not re.search(POSSIBLE, plain):
        return None
    for one in MENTIONS:
        found = re.search(one.pattern, plain)
        if found and not _is_public(plain, found[1]):
            return one, masked(re.sub(r"[ .\-]", "", found[1]), one.trait.shows)
    return None


def concealed(text: str) -> str:
    """Give a text with every value that it mentions masked; one that mentions nothing stays as it is."""
    if mentioned(text) is None:
        return text
    plain = unicodedata.normalize("NFKC", text)
    for one in MENTIONS:
        for value in {found[1] for found in re.finditer(one.pattern, plain) if not _is_public(plain, found[1])}:
            plain = plain.replace(value, masked(re.sub(r"[ .\-]", "", value), one.trait.shows))
    return plain


def _is_public(text: str, value: str) -> bool:
    """Whether a number is an enterprise's tax code and the text calls it one."""
    return is_mst(re.sub(r"[ .\-]", "", value)) and re.search(r"(?i)\bMST\b|mã số thuế|tax code", text) is not None
