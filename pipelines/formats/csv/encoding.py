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
from pipelines.formats.csv import judging, vietnamese
from standards.reading import ALIASES

CHUNK = 1 << 20
SAMPLE = 200_000
MAX_LINE = 64 << 20
MAX_UNPACKED = 4 << 30
RATIO = 50
SPACE = 0x20
FREE = 64 << 20

CODECS: Mapping[str, str] = {
    "utf-8": "utf-8", "utf-8-sig": "utf-8-sig", "utf-16": "utf-16", "utf-16-le": "utf-16-le", "utf-16-be": "utf-16-be",
    "windows-1258": "cp1258", "windows-1252": "cp1252", "cp932": "cp932", "euc-kr": "cp949", "gb18030": "gb18030",
    "big5": "cp950", "euc-jp": "euc_jp", "tcvn3": "tcvn3", "vni": "vni", "viscii": "viscii",
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided:
    """The encoding of a file, the share of its words beyond ASCII that make sense in it, and what else it might be."""

    name: str
    share: float = 0.0
    others: tuple[str, ...] = ()


def decide(path: Path, seen: Scan, options: ReadOptions) -> Decided:
    """Name the encoding of a file: as asked, by its mark, UTF-8 when all of it is, else by the letters.

    Refuses a file in which UTF-8 and something else stand together (``mixed-encodings``, with the first place), and
    one that no encoding fits better than another (``undecidable-encoding``).
    """
    if options.encoding:
        return Decided(name=_asked(path, options.encoding))
    named = _unicode(path, seen)
    return Decided(name=named) if named else _legacy(path)


def _unicode(path: Path, seen: Scan) -> str:
    """Name the Unicode encoding of a file, "" when it is in none."""
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
    return "utf-8" if seen.utf8 else ""


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
    if odd > 4 * even and odd * 50 > len(head):
        return "utf-16-le"
    if even > 4 * odd and even * 50 > len(head):
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
    return vietnamese.decoder(name) or codecs.getincrementaldecoder(CODECS[name])("strict").decode


def _legacy(path: Path) -> Decided:
    _refuse_mixed(path)
    sample = _foreign_lines(path)
    judged = judging.ranked(sample)
    if not judged and any(byte < SPACE and byte not in b"\t\r\n\x0c\x1a\x1b" for byte in sample):
        raise Unreadable("binary-content")
    fitting = [one for one in judged if decodes_all(path, one.name)]
    if not fitting or not judging.is_clear(fitting):
        names = ", ".join(one.name for one in fitting[:3])
        raise Unreadable("undecidable-encoding", names=names)
    return Decided(name=fitting[0].name, share=fitting[0].share, others=tuple(one.name for one in fitting[1:3]))


def _foreign_lines(path: Path) -> bytes:
    """Collect lines that hold bytes beyond ASCII, from all over the file, up to 200 kB."""
    found: list[bytes] = []
    size = 0
    for data in chunks(path):
        lines = data.splitlines()
        # The last line of a block may go on in the next one; of a small file it is a line like any other.
        for line in lines[:-1] if len(data) == CHUNK and len(lines) > 1 else lines:
            if not line.isascii():
                found.append(line[:4000])
                size += len(found[-1])
        if size > SAMPLE:
            break
    return b"\n".join(found)


def _refuse_mixed(path: Path) -> None:
    """Refuse a file some of whose lines are UTF-8 beyond any doubt while others are not; tell where that begins.

    A line is UTF-8 beyond doubt when it holds three letters of several bytes; old double-byte text has none such by
    chance in one line of ten.
    """
    good = bad = number = offset = 0
    change: tuple[int, int, bool] | None = None
    first: bool | None = None
    for data in chunks(path):
        for line in data.splitlines(keepends=True):
            number += line.endswith((b"\n", b"\r"))
            state = _is_utf8(line) if not line.isascii() else None
            if state is not None:
                good, bad = good + state, bad + (not state)
                first = state if first is None else first
                if change is None and state != first:
                    change = (number, offset, state)
            offset += len(line)
        if good + bad > MOST_LINES:
            break
    if change is None or good < 2 or good * 10 < good + bad:  # noqa: PLR2004 - fewer may be chance
        return
    named = "UTF-8" if first else "TCVN3/Windows"
    raise Unreadable("mixed-encodings", encoding=named, line=change[0], offset=change[1])


MOST_LINES = 500_000
_SEQUENCES = re.compile(rb"[\xc3-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}")


def _is_utf8(line: bytes) -> bool | None:
    """Whether a line is UTF-8 beyond doubt (True), is not (False), or may be by chance (None)."""
    try:
        line.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True if len(_SEQUENCES.findall(line)) > 2 else None  # noqa: PLR2004 - see _refuse_mixed
