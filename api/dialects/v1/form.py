"""A multipart form read as it streams in: the file's bytes go straight to who wants them, never to memory or /tmp."""

from __future__ import annotations

import io
from collections import deque
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import BinaryIO, Final, Literal, cast

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header

from catalog.errors import Invalid, Problem, Refusal, TooLarge

MAX_FIELD: Final = 20_000
MAX_PARTS: Final = 50
MAX_HEADER: Final = 8_000

Limits = Mapping[str, int]
"""Bytes that a part may have, where it is another number than ``MAX_FIELD``."""

NO_LIMITS: Final[Limits] = MappingProxyType({})

More = Callable[[], bytes]
"""The next bytes of the request's body, b"" at its end; raises Cut when the connection is lost."""

TakeFile = Callable[[BinaryIO, str, str], None]
"""Given the file's bytes as a stream, its name and its media type, exactly once and before the form goes on."""


class Cut(Refusal):
    """The connection was lost before the end; nobody reads this answer."""

    code = "upload-cut"


@dataclass(slots=True)
class _Part:
    """The headers of a part, while they come in."""

    headers: dict[str, str] = field(default_factory=dict)
    name: str = ""
    value: bytearray = field(default_factory=bytearray)
    size: int = 0


Event = tuple[Literal["part", "data", "end", "done"], bytes, dict[str, str]]
_NONE: Final[dict[str, str]] = {}


class Form:
    """One form under way. ``fields`` are the names that it may have besides ``file``, each once."""

    def __init__(self, content_type: str, fields: Collection[str], more: More, limits: Limits = NO_LIMITS) -> None:
        kind, options = parse_options_header(content_type)
        boundary = options.get(b"boundary", b"")
        if kind != b"multipart/form-data" or not boundary:
            raise Invalid("multipart-needed")
        self._fields = fields
        self._more = more
        self._limits = limits
        self._events: deque[Event] = deque()
        self._part = _Part()
        self._ended = False
        self._parser = MultipartParser(boundary, {
            "on_part_begin": self._begin, "on_header_field": self._header_name, "on_header_value": self._header_value,
            "on_header_end": self._header_end, "on_headers_finished": self._headers_done, "on_part_data": self._data,
            "on_part_end": lambda: self._events.append(("end", b"", _NONE)),
            "on_end": lambda: self._events.append(("done", b"", _NONE)),
        })

    # -- what the parser tells ----------------------------------------------------------------------------------
    def _begin(self) -> None:
        self._part = _Part()

    def _header_name(self, data: bytes, start: int, end: int) -> None:
        self._part.name += data[start:end].decode("latin-1").lower()
        self._counted(end - start)

    def _header_value(self, data: bytes, start: int, end: int) -> None:
        self._part.value += data[start:end]
        self._counted(end - start)

    def _counted(self, more: int) -> None:
        self._part.size += more
        if self._part.size > MAX_HEADER:
            raise Invalid("multipart-invalid")

    def _header_end(self) -> None:
        self._part.headers[self._part.name] = self._part.value.decode("latin-1")
        self._part.name, self._part.value = "", bytearray()

    def _headers_done(self) -> None:
        self._events.append(("part", b"", self._part.headers))

    def _data(self, data: bytes, start: int, end: int) -> None:
        self._events.append(("data", data[start:end], _NONE))

    # -- what the reader takes ----------------------------------------------------------------------------------
    def _next(self) -> Event:
        while not self._events:
            chunk = b"" if self._ended else self._more()
            if not chunk:
                raise Invalid("multipart-invalid")
            try:
                self._parser.write(chunk)
            except FormParserError as error:
                raise Invalid("multipart-invalid") from error
        return self._events.popleft()

    def data(self) -> Iterator[bytes]:
        """The bytes of the present part, as they come."""
        while True:
            kind, content, _ = self._next()
            if kind != "data":
                return
            yield content

    def read(self, take_file: TakeFile, check: Callable[[str, str], None]) -> dict[str, str]:
        """Read the fields, each checked as it comes; the file goes to ``take_file``. Invalid at the first fault."""
        values: dict[str, str] = {}
        seen: set[str] = set()
        for count in range(MAX_PARTS + 1):
            kind, _, headers = self._next()
            if kind == "done":
                return values
            if count == MAX_PARTS:
                break
            name, file_name, media_type = _described(headers)
            self._expected(name, seen)
            seen.add(name)
            if name == "file":
                take_file(cast("BinaryIO", Bytes(self.data())), file_name, media_type)
            else:
                values[name] = self._value(name)
                check(name, values[name])
        raise TooLarge("too-many-parts", limit=MAX_PARTS)

    def _expected(self, name: str, seen: set[str]) -> None:
        shown = name[:100]
        if name in seen:
            code = "two-files" if name == "file" else "repeated-part"
            raise Invalid(code, problems=[Problem(f"#/{shown}", code, {"name": shown})], name=shown)
        if name != "file" and name not in self._fields:
            raise Invalid("unknown-part", problems=[Problem(f"#/{shown}", "unknown-part", {"name": shown})], name=shown)

    def _value(self, name: str) -> str:
        content, limit = bytearray(), self._limits.get(name, MAX_FIELD)
        for piece in self.data():
            content += piece
            if len(content) > limit:
                problem = Problem(f"#/{name}", "too-long", {"limit": limit})
                raise TooLarge("too-long", problems=[problem], limit=limit)
        try:
            return content.decode("utf-8").strip()
        except UnicodeDecodeError:
            raise Invalid(problems=[Problem(f"#/{name}", "not-accepted", {"name": name})]) from None


def _described(headers: dict[str, str]) -> tuple[str, str, str]:
    """The part's name, its file's name and its media type; names are UTF-8 as browsers send them (RFC 7578 §5.1)."""
    _, options = parse_options_header(headers.get("content-disposition", ""))
    name = options.get(b"name", b"").decode("utf-8", errors="replace")
    return name, options.get(b"filename", b"").decode("utf-8", errors="replace"), headers.get("content-type", "")


class Bytes(io.RawIOBase):
    """Pieces of bytes as a stream."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self._pieces = pieces
        self._rest = b""

    def readable(self) -> bool:
        """Tell that it can be read."""
        return True

    def read(self, size: int = -1) -> bytes:
        """Give the next piece, at most ``size`` bytes of it; b"" at the end."""
        if not self._rest:
            self._rest = next((one for one in self._pieces if one), b"")
        if size < 0 or size >= len(self._rest):
            piece, self._rest = self._rest, b""
            return piece + b"".join(self._pieces) if size < 0 else piece
        piece, self._rest = self._rest[:size], self._rest[size:]
        return piece

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]  # typeshed wants any buffer
        """Fill a buffer; returns how many bytes, 0 at the end."""
        piece = self.read(len(buffer))
        buffer[: len(piece)] = piece
        return len(piece)
