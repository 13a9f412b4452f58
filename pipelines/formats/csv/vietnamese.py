"""Vietnamese before Unicode: the tables of TCVN3, VISCII and VNI, and how text in them is decoded block by block."""

from __future__ import annotations

import codecs
import re
import unicodedata
from collections.abc import Callable, Mapping
from types import MappingProxyType

from standards.late import pattern

Decode = Callable[[bytes, bool], str]

# TCVN 5712:1993 (TCVN3, "ABC" fonts), the lower-case fonts' code page; bytes that it leaves out are those of Latin-1.
_TCVN3 = {
    0xA1: "ĂÂÊÔƠƯĐăâêôơưđ", 0xB5: "àảãáạ", 0xBB: "ằẳẵắ", 0xC6: "ặầẩẫấậ", 0xCC: "è", 0xCE: "ẻẽéẹềểễếệìỉ", 0xDC: "ĩíịò",
    0xE1: "ỏõóọồổỗốộờởỡớợù", 0xF1: "ủũúụừửữứựỳỷỹýỵ",
}  # fmt: skip

# VISCII (RFC 1456): all 134 letters in one byte each, six of them among the controls.
_VISCII_LOW = {0x02: "Ẳ", 0x05: "Ẵ", 0x06: "Ẫ", 0x14: "Ỷ", 0x19: "Ỹ", 0x1E: "Ỵ"}
_VISCII_HIGH = (
    "ẠẮẰẶẤẦẨẬẼẸẾỀỂỄỆỐỒỔỖỘỢỚỜỞỊỎỌỈỦŨỤỲÕắằặấầẩậẽẹếềểễệốồổỗỠƠộờởịỰỨỪỬơớƯÀÁÂÃẢĂẳẵÈÉÊẺÌÍĨỳĐứÒÓÔạỷừửÙÚỹỵÝỡưàáâãảăữẫèéêẻìíĩỉđự"
    "òóôõỏọụùúũủýợỮ"
)


def tcvn3_table() -> str:
    """Give the 256 characters of TCVN3 in order of their bytes."""
    letters = [chr(byte) for byte in range(256)]
    for start, run in _TCVN3.items():
        letters[start : start + len(run)] = run
    return "".join(letters)


def viscii_table() -> str:
    """Give the 256 characters of VISCII in order of their bytes."""
    letters = [*map(chr, range(128)), *_VISCII_HIGH]
    for byte, letter in _VISCII_LOW.items():
        letters[byte] = letter
    return "".join(letters)


_GRAVE, _ACUTE, _HOOK, _TILDE, _DOT = "\u0300", "\u0301", "\u0309", "\u0303", "\u0323"
_CIRCUMFLEX, _BREVE, _HORN = "\u0302", "\u0306", "\u031b"
_TONES = {"ù": _ACUTE, "ø": _GRAVE, "û": _HOOK, "õ": _TILDE, "ï": _DOT}
_ROOFED = {"â": "", "á": _ACUTE, "à": _GRAVE, "å": _HOOK, "ã": _TILDE, "ä": _DOT}
_BREVED = {"ê": "", "é": _ACUTE, "è": _GRAVE, "ú": _HOOK, "ü": _TILDE, "ë": _DOT}
_ALONE = {"í": "í", "ì": "ì", "æ": "ỉ", "ó": "ĩ", "ò": "ị", "î": "ỵ", "ñ": "đ", "ô": "ơ", "ö": "ư"}


def _vni() -> dict[str, str]:
    pairs = dict(_ALONE)
    for base in "aeouy":
        pairs |= {base + mark: base + tone for mark, tone in _TONES.items() if base + mark != "yï"}
    for base in "aeo":
        pairs |= {base + mark: base + _CIRCUMFLEX + tone for mark, tone in _ROOFED.items()}
    pairs |= {"a" + mark: "a" + _BREVE + tone for mark, tone in _BREVED.items()}
    for base, letter in (("ô", "o"), ("ö", "u")):
        pairs |= {base + mark: letter + _HORN + tone for mark, tone in _TONES.items()}
    pairs |= {pair.upper(): letter.upper() for pair, letter in pairs.items()}
    return {pair: unicodedata.normalize("NFC", letter) for pair, letter in pairs.items()}


VNI: Mapping[str, str] = MappingProxyType(_vni())
"""VNI fonts: a letter and the mark after it, as they look in Windows-1252, and the letter that they stand for."""

_VNI_PAIR = pattern(f"{'|'.join(sorted(map(re.escape, VNI), key=len, reverse=True))}|[^\x00-\x7f]")
_VNI_BASES = frozenset("aeouyôöAEOUYÔÖ")
STRANGE = "\N{REPLACEMENT CHARACTER}"


def from_vni(text: str, *, strict: bool = False) -> str:
    """Rewrite text made for a VNI font as Unicode; marks that belong to no letter stay, or become U+FFFD."""
    return _VNI_PAIR.sub(lambda hit: VNI.get(hit[0], STRANGE if strict else hit[0]), text)


def _charmap(table: str) -> Decode:
    return lambda data, _final: codecs.charmap_decode(data, "strict", table)[0]


def _vni_decoder() -> Decode:
    held = ""

    def decode(data: bytes, final: bool) -> str:
        nonlocal held
        text = held + data.decode("cp1252")
        held = text[-1:] if not final and text[-1:] in _VNI_BASES else ""
        return from_vni(text[: len(text) - len(held)])

    return decode


def decoder(name: str) -> Decode | None:
    """Give a function that decodes consecutive blocks of one of these encodings; None for any other."""
    if name == "tcvn3":
        return _charmap(tcvn3_table())
    if name == "viscii":
        return _charmap(viscii_table())
    return _vni_decoder() if name == "vni" else None
