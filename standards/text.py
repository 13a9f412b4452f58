"""Words out of text: NFC, folding (đ→d), tone placement, name keys, Vietnamese order, CJK bigrams, legacy fonts.

Everything here is a pure function of its argument. ``fold`` and the word makers are the one place where text is
prepared for comparing *and* for searching, so that every search engine and every check agree on what "the same" means.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from functools import lru_cache
from itertools import pairwise
from types import MappingProxyType

from standards.late import pattern

_LETTERS = re.compile("[^\u0300-\u036f]+")
"""All but combining marks of Latin writing: Japanese voicing (U+3099) and Thai vowels are letters, not ornaments."""

_BEYOND = re.compile("[^\0-\xff\u0300-\u036f]")
_WIDE_SIGN = re.compile("[\uff01-\uff5e\u3000]")
_WIDE = str.maketrans({chr(code): chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)} | {"\u3000": " "})
"""Full-width ASCII of East Asian typing, and its space, to the narrow ones."""

_CJK = "\u3040-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff\uff66-\uff9f々〆"
_CJK_CHAR = pattern(f"[{_CJK}]")
_SPACED = bytes(code if chr(code).isalnum() and code < 128 else 32 for code in range(256))  # noqa: PLR2004 - ASCII
_RUN = pattern(f"[{_CJK}]+|[^\\W_{_CJK}]+(?:[\u0300-\u036f]+[^\\W_{_CJK}]*)*")


def nfc(text: str) -> str:
    """Compose text to Unicode's form NFC, the form of TCVN 6909:2001 that Datamo publishes."""
    return text if text.isascii() else unicodedata.normalize("NFC", text)


def strip_marks(text: str) -> str:
    """Strip text of its Latin marks (``ế`` → ``e``, ``Đ`` → ``D``), case kept, into NFC; other scripts stay whole."""
    if text.isascii():
        return text
    apart = unicodedata.normalize("NFD", text).replace("đ", "d").replace("Đ", "D")
    if not _BEYOND.search(apart):  # Latin-1 and marks only: the codec drops the marks, many times quicker
        return apart.encode("latin-1", "ignore").decode("latin-1")
    return unicodedata.normalize("NFC", "".join(_LETTERS.findall(apart)))


def _narrow(text: str) -> str:
    """Make full-width ASCII narrow; nearly all texts hold none, and looking is ten times quicker than translating."""
    return text.translate(_WIDE) if _WIDE_SIGN.search(text) else text


def fold(text: str) -> str:
    """Fold text for comparing without marks: NFC, narrow ASCII, lower case, marks stripped, đ→d; CJK stays.

    For precomposed text every character gives exactly one: an offset in the folded text is one in ``nfc(text)``.
    """
    return text.lower() if text.isascii() else strip_marks(_narrow(nfc(text)).lower())


# --- tone placement -------------------------------------------------------------------------------------------------

_TONES = "\u0300\u0301\u0309\u0303\u0323"


def _moves() -> dict[str, str]:
    """``òa`` → ``oà`` and its kin: the old place of the tone in open oa, oe, uy to the new one."""
    pairs = {}
    for first, second in ("oa", "oe", "uy"):
        for tone in _TONES:
            old = unicodedata.normalize("NFC", first + tone) + second
            pairs[old] = first + unicodedata.normalize("NFC", second + tone)
    return pairs


_PLACED = _moves()
_OLD_PLACE = pattern(f"({'|'.join(_PLACED)})(?![^\\W\\d_])")


def tone_key(text: str) -> str:
    """Lower-case text, compose it and put each tone in one place: ``Hoà`` and ``Hòa`` get the same key."""
    lower = nfc(text).lower()
    return lower if lower.isascii() else _OLD_PLACE.sub(lambda hit: _PLACED[hit.group()], lower)


# --- names of places ------------------------------------------------------------------------------------------------

TYPE_WORDS = ("thành phố", "thị trấn", "thị xã", "đặc khu", "huyện đảo", "tỉnh", "phường", "huyện", "quận", "xã")
"""Words before the name of a Vietnamese administrative unit, longest first (QĐ 124/2004, QĐ 19/2025/QĐ-TTg)."""

_SHORT_TYPES = r"(?:tp|tx|tt|đk|[tphqx])\s*\."
_TYPE = pattern(rf"^(?:(?:{'|'.join(TYPE_WORDS)}|tp|tx|tt)\s+|{_SHORT_TYPES}\s*)(?=[^\W_])")
_BARE_TYPE = pattern(rf"^(?:{'|'.join(strip_marks(word) for word in TYPE_WORDS)})\s+(?=[^\W_])")
_GAPS = re.compile(r"[\s\-–—_'’`.,]+")


def name_key(text: str) -> str:
    """Reduce a place's name to what is left without type word, tone placement, case, hyphens and spaces.

    ``Thành phố Hòa Bình``, ``TP. Hoà Bình`` and ``hoà  bình`` give the same key; a name that is only a number
    (``Phường 1``) keeps it.
    """
    key = " ".join(tone_key(text).split())
    return _GAPS.sub(" ", _TYPE.sub("", key, count=1)).strip()


def bare_name_key(text: str) -> str:
    """Reduce a name like ``name_key`` and strip its marks, for names typed without them (``Thanh pho Hoa Binh``)."""
    key = fold(name_key(text))
    return _BARE_TYPE.sub("", key, count=1)


# --- order ----------------------------------------------------------------------------------------------------------

_QUALITY = {"\u0306": "1", "\u0302": "2", "\u031b": "3"}
_TONE_RANK = {"\u0300": "1", "\u0309": "2", "\u0303": "3", "\u0301": "4", "\u0323": "5"}


_ORDERED = re.compile("[\0-\u024f\u1e00-\u1eff]*")
"""Composed Latin letters and signs: none of them changes what stands before it."""


@lru_cache(maxsize=1)
def _order() -> tuple[Mapping[int, str], Mapping[int, str]]:
    """Give the parts of ``collation_key`` for each composed Latin sign alone: letter and tone."""
    keys = {code: _key_of(chr(code)) for code in (*range(0x250), *range(0x1E00, 0x1F00))}
    return {code: key[0] for code, key in keys.items()}, {code: key[1] for code, key in keys.items()}


def collation_key(text: str) -> tuple[str, str, str]:
    """Make a sort key of the Vietnamese alphabet (CLDR ``vi``): a ă â b c d đ e ê … o ô ơ … u ư; then tones.

    Tones count only between words of the same letters, in the order ngang, huyền, hỏi, ngã, sắc, nặng.
    """
    lower = nfc(text.lower())
    if _ORDERED.fullmatch(lower):
        letters, tones = _order()
        return lower.translate(letters), lower.translate(tones), text
    return *_key_of(lower), text


def _key_of(lower: str) -> tuple[str, str]:
    """Take small letters apart: the letters with what makes them another letter, and their tones."""
    letters: list[str] = []
    tones: list[str] = []
    for char in unicodedata.normalize("NFD", lower):
        if char in _TONE_RANK:
            if tones:
                tones[-1] = _TONE_RANK[char]
        elif char in _QUALITY and letters:
            letters[-1] = letters[-1][0] + _QUALITY[char]
        else:
            letters.append("d1" if char == "đ" else char + "0")
            tones.append("0")
    return "".join(letters), "".join(tones)


# --- words for searching --------------------------------------------------------------------------------------------


def has_cjk(text: str) -> bool:
    """Whether a text holds Chinese, Japanese or Korean characters."""
    return not text.isascii() and _CJK_CHAR.search(text) is not None


def _is_cjk(run: str) -> bool:
    return not run.isascii() and _CJK_CHAR.match(run) is not None


def cjk_bigrams(run: str) -> list[str]:
    """Cut a run of Chinese, Japanese or Korean characters into overlapping pairs; a single one stands alone."""
    return [run] if len(run) == 1 else [run[at : at + 2] for at in range(len(run) - 1)]


def runs(text: str) -> list[str]:
    """Find the runs of letters and digits as they stand: Vietnamese syllables, words, numbers, unbroken CJK runs."""
    if text.isascii():
        return spaced(text).split()
    return _RUN.findall(text) if _CJK_CHAR.search(text) else _latin_runs(text)


def spaced(text: str) -> str:
    """Give ASCII text with a space in place of each character that belongs to no run; runs stay in their places."""
    return text.encode().translate(_SPACED).decode()


def _latin_runs(text: str) -> list[str]:
    """Find the runs in a text without CJK: most pieces between spaces are whole ones, the rest is taken apart."""
    found: list[str] = []
    for piece in text.split():
        if piece.isalnum():
            found.append(piece)
        else:
            found += _RUN.findall(piece)
    return found


def _split(text: str) -> list[str]:
    """Find runs, and cut those in CJK into bigrams."""
    found = runs(text)
    if text.isascii() or not has_cjk(text):
        return found
    return [word for run in found for word in (cjk_bigrams(run) if _is_cjk(run) else [run])]


def words(text: str) -> list[str]:
    """List words with their marks: lower case, NFC, one tone placement, narrow ASCII; CJK runs as bigrams."""
    return _split(tone_key(_narrow(nfc(text))))


def syllables(text: str) -> list[str]:
    """List words without their marks (``fold``); CJK runs as bigrams."""
    return _split(fold(text))


def shingles(text: str) -> list[str]:
    """List folded syllables followed by their neighbours in pairs (``ngan_sach``), which restore what folding loses.

    Pairs do not reach over CJK runs, which are bigrams already.
    """
    alone, pairs = syllables_and_pairs(text)
    return alone + pairs


def syllables_and_pairs(text: str) -> tuple[list[str], list[str]]:
    """Give the syllables and the pairs of ``shingles`` apart."""
    folded = fold(text)
    found = runs(folded)
    if not has_cjk(folded):
        return found, [f"{left}_{right}" for left, right in pairwise(found)]
    pairs = [f"{left}_{right}" for left, right in pairwise(found) if not (_is_cjk(left) or _is_cjk(right))]
    return _split(folded), pairs


# --- what the eye does not see --------------------------------------------------------------------------------------

INVISIBLE = MappingProxyType(
    {
        "\u00a0": "no-break space",
        "\u00ad": "soft hyphen",
        "\u180e": "Mongolian vowel separator",
        "\u200b": "zero width space",
        "\u200c": "zero width non-joiner",
        "\u200d": "zero width joiner",
        "\u200e": "left-to-right mark",
        "\u200f": "right-to-left mark",
        "\u2028": "line separator",
        "\u2029": "paragraph separator",
        "\u202a": "left-to-right embedding",
        "\u202b": "right-to-left embedding",
        "\u202c": "pop directional formatting",
        "\u202d": "left-to-right override",
        "\u202e": "right-to-left override",
        "\u202f": "narrow no-break space",
        "\u2060": "word joiner",
        "\u2066": "left-to-right isolate",
        "\u2067": "right-to-left isolate",
        "\u2068": "first strong isolate",
        "\u2069": "pop directional isolate",
        "\ufeff": "byte order mark",
        "\ufff9": "interlinear annotation anchor",
        "\ufffa": "interlinear annotation separator",
        "\ufffb": "interlinear annotation terminator",
    }
    | {chr(code): f"control U+{code:04X}" for code in (*range(9), 11, 12, *range(14, 32), *range(127, 160))}
)
"""Characters that cannot be seen in a cell, with their names; tab and line ends are not among them."""

_SPACES = str.maketrans({"\u00a0": " ", "\u202f": " ", "\u2028": " ", "\u2029": " "})
_HIDDEN = pattern(f"[{''.join(re.escape(char) for char in INVISIBLE)}]")


def invisible_in(text: str) -> tuple[str, ...]:
    """Name the invisible characters in a text, each once, in order of appearance."""
    return tuple(dict.fromkeys(INVISIBLE[char] for char in _HIDDEN.findall(text)))


def without_invisible(text: str) -> str:
    """Remove invisible characters; those that stand for a space become one."""
    return _HIDDEN.sub("", text.translate(_SPACES))


# --- TCVN3 (ABC fonts) ----------------------------------------------------------------------------------------------

_TCVN3_BYTES = (
    "b5à b8á b6ả b7ã b9ạ a8ă bbằ beắ bcẳ bdẵ c6ặ a9â c7ầ caấ c8ẩ c9ẫ cbậ aeđ ccè d0é ceẻ cfẽ d1ẹ aaê d2ề d5ế d3ể d4ễ "
    "d6ệ d7ì ddí d8ỉ dcĩ deị dfò e3ó e1ỏ e2õ e4ọ abô e5ồ e8ố e6ổ e7ỗ e9ộ acơ eaờ edớ ebở ecỡ eeợ efù f3ú f1ủ f2ũ f4ụ "
    "adư f5ừ f8ứ f6ử f7ữ f9ự faỳ fdý fbỷ fcỹ feỵ a1Ă a2Â a7Đ a3Ê a4Ô a5Ơ a6Ư "
    # Capitals with a tone; ABC fonts for small letters leave these bytes empty, text in them comes from full TCVN 5712.
    "afẰ baẲ bfẴ c0Ắ c1Ầ c2Ẩ c3Ẫ c4Ấ c5Ề cdỂ d9Ễ daẾ dbỒ e0Ổ f0Ỗ ffỐ"
)

TCVN3 = MappingProxyType({chr(int(pair[:2], 16)): pair[2] for pair in _TCVN3_BYTES.split()})
"""What a TCVN3 byte looks like when read as Windows-1252 or Latin-1 (``µ``), and the letter it stands for (``à``).

Source: TCVN 5712:1993 (VN3), as in glibc's converter TCVN5712-1; 67 small letters, 7 capitals, 16 capitals with a tone.
"""

_DECODE = str.maketrans(dict(TCVN3))
TELLTALE = frozenset("µ¸¶·¹¨©®ª«¬­§¡¢£¤¥¦×ÝØÜÞßæ÷ø¾»¼½Æ")
"""Those of TCVN3's signs that Vietnamese, French or English text in Unicode rarely or never holds."""


def telltales(texts: Iterable[str]) -> frozenset[str]:
    """Collect the different TCVN3 signs inside words (beside an ASCII letter) that a column of text holds."""
    found: set[str] = set()
    for text in texts:
        if not text.isascii() and not TELLTALE.isdisjoint(text):
            found.update(sign for sign in TELLTALE.intersection(text) if _beside_letter(sign, text))
    return frozenset(found)


def _beside_letter(sign: str, text: str) -> bool:
    """Whether a sign touches an ASCII letter, as it does in ``Thµnh`` and not in ``37 ¸``."""
    return bool(re.search(rf"[A-Za-z]{re.escape(sign)}|{re.escape(sign)}[A-Za-z]", text))


def is_tcvn3(texts: Iterable[str], signs: int = 3) -> bool:
    """Whether text is TCVN3 read as Windows-1252: at least ``signs`` different tell-tale signs inside words."""
    return len(telltales(texts)) >= signs


def decode_tcvn3(text: str) -> str:
    """Rewrite text made for an ABC font as Unicode (``Thµnh phè`` → ``Thành phố``); ASCII stays as it is."""
    return text if text.isascii() else text.translate(_DECODE)


# --- VNI fonts --------------------------------------------------------------------------------------------------------

_VNI_MARKS = {
    "a": "ùáøàûảõãïạââáấàầåẩãẫäậêăéắèằúẳüẵëặ",
    "e": "ùéøèûẻõẽïẹâêáếàềåểãễäệ",
    "o": "ùóøòûỏõõïọâôáốàồåổãỗäộ",
    "ô": "ùớøờûởõỡïợ",
    "u": "ùúøùûủõũïụ",
    "ö": "ùứøừûửõữïự",
    "y": "ùýøỳûỷõỹ",
}
_VNI_ALONE = {"ñ": "đ", "ô": "ơ", "ö": "ư", "í": "í", "ì": "ì", "æ": "ỉ", "ó": "ĩ", "ò": "ị", "î": "ỵ"}


def _vni() -> dict[str, str]:
    """Letter and mark → letter, in small letters, capitals, and a capital with a small mark."""
    small = {f"{base}{row[at]}": row[at + 1] for base, row in _VNI_MARKS.items() for at in range(0, len(row), 2)}
    large = {pair.upper(): letter.upper() for pair, letter in small.items()}
    mixed = {pair[0].upper() + pair[1]: letter.upper() for pair, letter in small.items()}
    alone = _VNI_ALONE | {sign.upper(): letter.upper() for sign, letter in _VNI_ALONE.items()}
    return mixed | large | small | alone


VNI = MappingProxyType(_vni())
"""What a letter of VNI-Windows looks like when read as Windows-1252 (``aø``), and what it stands for (``à``).

Source: the table of the VNI-Windows encoding as its fonts (VNI-Times …) draw it; two signs for most marked letters.
"""
_VNI_LETTER = pattern("|".join(sorted(map(re.escape, VNI), key=len, reverse=True)))
_ALSO_UNICODE = ("oá", "oà", "oã", "uù", "aï", "oï", "oû", "eû", "aé", "aê")
_VNI_ALSO_UNICODE = frozenset(
    form for pair in _ALSO_UNICODE for form in (pair, pair.upper(), pair[0].upper() + pair[1])
)
"""Pairs that Vietnamese and French in Unicode hold too (``hoà``, ``toán``, ``naïve``)."""
VNI_SIGNS = frozenset("".join(VNI)) - frozenset(chr(code) for code in range(128))
"""Every sign of VNI beyond ASCII."""


def vni_pairs(texts: Iterable[str]) -> frozenset[str]:
    """Collect the different pairs of letter and mark that only text for VNI fonts holds (``aø`` in ``Thaønh``)."""
    found: set[str] = set()
    for text in texts:
        if not text.isascii():
            found.update(one for one in _VNI_LETTER.findall(text) if len(one) > 1 and one not in _VNI_ALSO_UNICODE)
    return frozenset(found)


def decode_vni(text: str) -> str:
    """Rewrite text made for a VNI font as Unicode (``Thaønh phoá`` → ``Thành phố``); ASCII stays as it is."""
    return text if text.isascii() else _VNI_LETTER.sub(lambda one: VNI[one[0]], text)
