"""Which encoding a text file is in: decided on all of its bytes, by what the letters make of themselves."""

from __future__ import annotations

import codecs
import gzip
import io
import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from pipelines.format import ReadOptions, Unreadable
from standards.reading import ALIASES

CHUNK = 1 << 20
SAMPLE = 200_000
MAX_LINE = 64 << 20
MAX_UNPACKED = 4 << 30
RATIO = 50
SPACE = 0x20
FREE = 64 << 20

# TCVN 5712:1993 (TCVN3, "ABC" fonts), the lower-case fonts' code page; bytes that it leaves out are those of Latin-1.
_TCVN3 = {
    0xA1: "ĂÂÊÔƠƯĐăâêôơưđ", 0xB5: "àảãáạ", 0xBB: "ằẳẵắ", 0xC6: "ặầẩẫấậ", 0xCC: "è", 0xCE: "ẻẽéẹềểễếệìỉ", 0xDC: "ĩíịò",
    0xE1: "ỏõóọồổỗốộờởỡớợù", 0xF1: "ủũúụừửữứựỳỷỹýỵ",
}  # fmt: skip


def tcvn3_table() -> str:
    """Give the 256 characters of TCVN3 in order of their bytes."""
    letters = [chr(byte) for byte in range(256)]
    for start, run in _TCVN3.items():
        letters[start : start + len(run)] = run
    return "".join(letters)


CODECS: Mapping[str, str] = {
    "utf-8": "utf-8", "utf-8-sig": "utf-8-sig", "utf-16": "utf-16", "utf-16-le": "utf-16-le", "utf-16-be": "utf-16-be",
    "windows-1258": "cp1258", "windows-1252": "cp1252", "cp932": "cp932", "euc-kr": "cp949", "gb18030": "gb18030",
    "big5": "cp950", "euc-jp": "euc_jp", "tcvn3": "tcvn3",
}  # fmt: skip
"""The encodings we read: the name we say, and the codec that decodes it."""

# Encodings that Frictionless decodes to the very same text.
PLAIN = frozenset({"utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "windows-1252", "cp932", "gb18030"})

_ONSET = "ngh|ng|nh|gh|gi|kh|ph|th|tr|ch|qu|[bcdđghklmnpqrstvx]"
_SYLLABLE = re.compile(rf"^({_ONSET})?[aăâeêioôơuưy]{{1,3}}(ng|nh|ch|[cmnpt])?$")
_TONES = {"\u0300", "\u0301", "\u0303", "\u0309", "\u0323"}
_WORD = re.compile(r"[^\W\d_]+(?:[\u0300-\u0323]+[^\W\d_]*)*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Scan:
    """What one pass over the bytes found: whether quotes pair up, and where a chunk holds a zero byte."""

    utf8: bool
    odd_quotes: bool
    nul: bool
    ascii: bool = False
    share: float = 0.0
    others: tuple[str, ...] = ()


def unpacked(path: Path) -> BinaryIO:
    """Open the bytes of a file; those of a gzip file unpacked, under a guard against bombs."""
    with path.open("rb") as file:
        packed = file.read(2) == b"\x1f\x8b"
    if not packed:
        return path.open("rb")
    return io.BufferedReader(_Guarded(path), CHUNK)


class _Guarded(io.RawIOBase):
    """A gzip stream that refuses (``bomb``) to grow beyond fifty times its size past the first 64 MiB."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self._inner = gzip.open(path, "rb")  # noqa: SIM115 - closed with this stream
        self._limit = max(FREE, min(MAX_UNPACKED, RATIO * path.stat().st_size))
        self._seen = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: object) -> int:
        view = memoryview(buffer)  # type: ignore[arg-type]
        try:
            data = self._inner.read(min(len(view), CHUNK))
        except (EOFError, OSError, gzip.zlib.error) as wrong:  # type: ignore[attr-defined]
            raise Unreadable("truncated") from wrong
        self._seen += len(data)
        if self._seen > self._limit:
            raise Unreadable("bomb", limit=self._limit)
        view[: len(data)] = data
        return len(data)

    def close(self) -> None:
        self._inner.close()
        super().close()


def chunks(path: Path) -> Iterator[bytes]:
    """Give the bytes of a file in blocks of one MiB."""
    with unpacked(path) as file:
        while data := file.read(CHUNK):
            yield data


def scan(path: Path) -> Scan:
    """Read all bytes once: whether they are UTF-8, whether quotes pair up; refuses a line without an end."""
    decoder: codecs.IncrementalDecoder | None = codecs.getincrementaldecoder("utf-8")()
    quotes, line, nul, plain = 0, 0, False, True
    for data in chunks(path):
        quotes += data.count(b'"')
        nul = nul or b"\0" in data
        plain = plain and data.isascii()
        line = _line(line, data)
        if decoder is not None:
            try:
                decoder.decode(data)
            except UnicodeDecodeError:
                decoder = None
    if decoder is not None and decoder.getstate()[0]:
        decoder = None
    return Scan(utf8=decoder is not None, odd_quotes=quotes % 2 == 1, nul=nul, ascii=plain and not nul)


def _line(line: int, data: bytes) -> int:
    end = max(data.rfind(b"\n"), data.rfind(b"\r"))
    line = line + len(data) if end < 0 else len(data) - end - 1
    if line > MAX_LINE:
        raise Unreadable("line-too-long", limit=MAX_LINE)
    return line


def decide(path: Path, seen: Scan, options: ReadOptions) -> str:
    """Name the encoding of a file: as asked, by its mark, UTF-8 when all of it is, else by the letters."""
    if options.encoding:
        return _asked(path, options.encoding)
    head = next(chunks(path), b"")
    for mark, name in (
        (codecs.BOM_UTF8, "utf-8-sig"),
        (codecs.BOM_UTF16_LE, "utf-16"),
        (codecs.BOM_UTF16_BE, "utf-16"),
    ):
        if head.startswith(mark):
            return _decodes(path, name)
    if seen.nul:
        return _decodes(path, _utf16(head))
    if seen.utf8:
        return "utf-8"
    return _legacy(path)


def _asked(path: Path, word: str) -> str:
    name = ALIASES.get(word.strip().lower(), word.strip().lower())
    if name not in CODECS:
        raise Unreadable("unknown-encoding", encoding=word[:40])
    if name == "utf-8" and next(chunks(path), b"").startswith(codecs.BOM_UTF8):
        name = "utf-8-sig"
    return _decodes(path, name)


def _decodes(path: Path, name: str) -> str:
    if not decodes_all(path, name):
        raise Unreadable("undecodable", encoding=name)
    return name


def decodes_all(path: Path, name: str) -> bool:
    """Whether every byte of a file has a meaning in an encoding (control characters have none)."""
    try:
        for text in texts(path, name):
            if "\0" in text:
                return False
    except UnicodeDecodeError:
        return False
    return True


def _utf16(head: bytes) -> str:
    """Tell UTF-16 without its mark by where the zero bytes of Latin letters stand; anything else is no text."""
    even, odd = head[0::2].count(0), head[1::2].count(0)
    if odd > 4 * even and odd * 10 > len(head):
        return "utf-16-le"
    if even > 4 * odd and even * 10 > len(head):
        return "utf-16-be"
    raise Unreadable("binary-content" if even + odd > len(head) // 50 else "nul-bytes")


def texts(path: Path, name: str) -> Iterator[str]:
    """Decode a file strictly, block by block; Windows-1258's separate tone marks are composed with their letters."""
    decode = decoder(name)
    held = ""
    for data in chunks(path):
        text = held + decode(data, False)
        held = ""
        if name == "windows-1258":
            cut = _safe_end(text)
            text, held = unicodedata.normalize("NFC", text[:cut]), text[cut:]
        yield text
    yield unicodedata.normalize("NFC", held) + decode(b"", True)


def _safe_end(text: str) -> int:
    """Give the place before the last letter, so that a tone mark that comes next finds its letter."""
    end = len(text)
    while end and unicodedata.combining(text[end - 1]):
        end -= 1
    return max(0, end - 1)


def decoder(name: str) -> Callable[[bytes, bool], str]:
    """Give a function that decodes consecutive blocks."""
    if name == "tcvn3":
        table = tcvn3_table()
        return lambda data, _final: codecs.charmap_decode(data, "strict", table)[0]
    return codecs.getincrementaldecoder(CODECS[name])("strict").decode


def _legacy(path: Path) -> str:
    sample = _foreign_lines(path)
    if any(byte < SPACE and byte not in b"\t\r\n\x0c\x1a\x1b" for byte in sample):
        raise Unreadable("binary-content")
    scored = sorted(((judge(sample), name) for name, judge in _JUDGES.items()), reverse=True)
    for score, name in scored:
        if score > 0 and decodes_all(path, name):
            return name
    raise Unreadable("undecidable-encoding")


def _foreign_lines(path: Path) -> bytes:
    """Collect lines that hold bytes beyond ASCII, from all over the file, up to 200 kB."""
    found: list[bytes] = []
    size = 0
    for data in chunks(path):
        for line in data.splitlines()[:-1] or [data]:
            if not line.isascii():
                found.append(line[:4000])
                size += len(found[-1])
        if size > SAMPLE:
            break
    return b"\n".join(found)


def _sample_text(sample: bytes, name: str) -> str:
    try:
        return decoder(name)(sample, True)
    except UnicodeDecodeError as wrong:
        # A line may be cut within a character; anything else tells against the encoding.
        return decoder(name)(sample[: wrong.start], True) if wrong.start > 0.98 * len(sample) else ""


def vietnamese(text: str) -> float:
    """Give the share of words with marks that are possible Vietnamese syllables (0 when there are no such words)."""
    words = [word for word in _WORD.findall(unicodedata.normalize("NFC", text)) if not word.isascii()]
    return sum(1 for word in words if _is_syllable(word)) / len(words) if words else 0.0


def _is_syllable(word: str) -> bool:
    parts = unicodedata.normalize("NFD", word.lower())
    tones = [one for one in parts if one in _TONES]
    bare = unicodedata.normalize("NFC", "".join(one for one in parts if one not in _TONES))
    return len(tones) <= 1 and bool(_SYLLABLE.match(bare))


def _judge_vietnamese(name: str) -> Callable[[bytes], float]:
    def judge(sample: bytes) -> float:
        text = _sample_text(sample, name)
        if any("\x80" <= one <= "\x9f" for one in text):
            return 0.0
        share = vietnamese(text)
        return 1 + share if share > 0.7 else 0.0  # noqa: PLR2004 - names of places and persons fill the rest

    return judge


def _judge_double_byte(
    name: str, codec: str, leads: range, kana: tuple[range, ...], least: float
) -> Callable[[bytes], float]:
    """Judge by the share of characters that are common in the language: those in its first plane of two bytes."""

    def common(one: str) -> bool:
        if any(ord(one) in run for run in kana):
            return True
        data = one.encode(codec, "ignore")
        return len(data) == 2 and data[0] in leads  # noqa: PLR2004 - a character of two bytes

    def judge(sample: bytes) -> float:
        foreign = [one for one in _sample_text(sample, name)[:20_000] if ord(one) > 127]  # noqa: PLR2004 - ASCII
        share = sum(map(common, foreign)) / len(foreign) if foreign else 0.0
        return share if share >= least else 0.0

    return judge


def _judge_western(sample: bytes) -> float:
    """Believe in Windows-1252 last: where nothing else fits and its letters stand beside letters."""
    text = _sample_text(sample, "windows-1252")
    foreign = [one for one in text if ord(one) > 127]  # noqa: PLR2004 - ASCII
    letters = sum(1 for one in foreign if one.isalpha() or one in "–—‘’“”…€£§°«»·²³µ®©\xa0")
    return 0.1 if foreign and letters > 0.8 * len(foreign) else 0.0


_KANA = (range(0x3000, 0x3100), range(0xFF01, 0xFF5F))
_HANGUL = (range(0xAC00, 0xD7A4),)
_JUDGES: Mapping[str, Callable[[bytes], float]] = {
    "tcvn3": _judge_vietnamese("tcvn3"),
    "windows-1258": _judge_vietnamese("windows-1258"),
    "euc-kr": lambda sample: 1.5 if _judge_double_byte("euc-kr", "ascii", range(0), _HANGUL, 0.85)(sample) else 0.0,
    "cp932": _judge_double_byte("cp932", "cp932", range(0x88, 0x98), _KANA, 0.75),
    "gb18030": _judge_double_byte("gb18030", "gb2312", range(0xA1, 0xD8), (), 0.75),
    "big5": _judge_double_byte("big5", "big5", range(0xA1, 0xC7), (), 0.75),
    "windows-1252": _judge_western,
}
