"""md5, sha256 and size of the file, which the report bears, made in a thread beside the screens."""

from __future__ import annotations

import hashlib
import threading
from pathlib import Path
from types import TracebackType
from typing import Self

CHUNK = 1 << 20


class Digest:
    """Hashes one file while the ``with`` block lasts; left early, it stops."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._md5, self._sha256 = hashlib.md5(usedforsecurity=False), hashlib.sha256()
        self._size = 0
        self._over = threading.Event()
        self._error: OSError | None = None
        self._thread = threading.Thread(target=self._read, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._over.set()
        self._thread.join()

    def result(self) -> tuple[int, str, str]:
        """Bytes, md5 and sha256 of the whole file; waits for them. Raises OSError when it cannot be read."""
        self._thread.join()
        if self._error:
            raise self._error
        return self._size, self._md5.hexdigest(), self._sha256.hexdigest()

    def _read(self) -> None:
        try:
            with self._path.open("rb") as raw:
                while not self._over.is_set() and (chunk := raw.read(CHUNK)):
                    self._md5.update(chunk)
                    self._sha256.update(chunk)
                    self._size += len(chunk)
        except OSError as error:
            self._error = error
