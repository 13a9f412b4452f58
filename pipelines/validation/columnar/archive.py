"""The bytes of a file that may be compressed, as Frictionless's loader takes them out: gz, bz2, xz, or one of a zip."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import IO, Any

_OPENERS: dict[str, Callable[[Path], Any]] = {"gz": gzip.open, "bz2": bz2.open, "xz": lzma.open}
PACKED = frozenset({*_OPENERS, "zip"})


def open_bytes(path: Path, compression: str | None, inner: str | None) -> IO[bytes]:
    """Open the content for reading; ``inner`` is the name within a zip archive. It can be sought forward."""
    if compression == "zip":
        return io.BufferedReader(_Inside(path, str(inner)))
    opened: IO[bytes] = _OPENERS[compression](path) if compression else path.open("rb")
    return opened


class _Inside(io.RawIOBase):
    """One file of a zip archive; the archive closes with it."""

    def __init__(self, path: Path, inner: str) -> None:
        self._archive = zipfile.ZipFile(path)
        self._content = self._archive.open(inner)

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return self._content.seekable()

    def seek(self, place: int, whence: int = io.SEEK_SET) -> int:
        return self._content.seek(place, whence)

    def readinto(self, buffer: Any) -> int:
        chunk = self._content.read(len(buffer))
        buffer[: len(chunk)] = chunk
        return len(chunk)

    def close(self) -> None:
        self._content.close()
        self._archive.close()
        super().close()
