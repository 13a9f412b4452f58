"""A large file sent to a site piece by piece (tus 1.0), for the command publish: a cut line costs a piece, no more."""

from __future__ import annotations

import base64
import hashlib
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from catalog.errors import Conflict, Invalid, Unavailable

LARGE: Final = 32 * 1024 * 1024
"""Files above this size go piece by piece."""

PIECE: Final = 64 * 1024 * 1024
BLOCK: Final = 1 << 20
TRIES: Final = 8
"""So often it is tried again without a byte of progress; the pauses grow to half a minute."""

LONGEST_PAUSE: Final = 30.0
TUS: Final = {"Tus-Resumable": "1.0.0"}
AGAIN: Final = frozenset({"upload-offset", "upload-busy", "too-many-requests", "http-409", "http-423", "http-429"})

Ask = Callable[..., tuple[Mapping[str, str], dict[str, Any]]]
"""(method, path, body, headers) → headers and document of the answer; raises the refusal that it is."""


def send(ask: Ask, file: Path, advance: Callable[[int], Any], pause: Callable[[float], None] = time.sleep) -> str:
    """Send a file and give the upload's id; goes on with one that was begun before, whoever broke it off.

    Raises what the site refuses, and Unavailable when it stays away.
    """
    size, sha256 = file.stat().st_size, hash_of(file)
    upload = _begun(ask, size, sha256) or _begin(ask, file.name, size, sha256)
    address, told, tries = f"/api/v1/uploads/{upload}", 0, 0
    while True:
        try:
            held = int(ask("HEAD", address, None, TUS)[0]["upload-offset"])
            if held > told:
                advance(held - told)
                told, tries = held, 0
            if held >= size:
                return upload
            _piece(ask, address, file, held, min(PIECE, size - held))
        except (Unavailable, Conflict, Invalid) as refused:
            if not (isinstance(refused, Unavailable) or refused.code in AGAIN) or tries >= TRIES:
                raise
            pause(min(2.0**tries, LONGEST_PAUSE))
            tries += 1


def hash_of(file: Path) -> str:
    """Give the SHA-256 of a file."""
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _begun(ask: Ask, size: int, sha256: str) -> str:
    """Find an upload of the same bytes that was begun before; "" when there is none."""
    items = ask("GET", "/api/v1/uploads", None, {})[1].get("items", [])
    same = [one for one in items if one["bytes"] == size and one["sha256"] == sha256 and not one["direct"]]
    return str(same[-1]["id"]) if same else ""


def _begin(ask: Ask, name: str, size: int, sha256: str) -> str:
    words = {"filename": name, "sha256": sha256}
    told = ",".join(f"{key} {base64.b64encode(value.encode()).decode()}" for key, value in words.items())
    return str(ask("POST", "/api/v1/uploads", None, {
        **TUS, "Upload-Length": str(size), "Upload-Metadata": told, "Content-Length": "0"})[1]["id"])


def _piece(ask: Ask, address: str, file: Path, at: int, size: int) -> None:
    ask("PATCH", address, _blocks(file, at, size), {
        **TUS, "Upload-Offset": str(at), "Content-Type": "application/offset+octet-stream",
        "Content-Length": str(size)})


def _blocks(file: Path, at: int, size: int) -> Iterator[bytes]:
    with file.open("rb") as stream:
        stream.seek(at)
        while size and (block := stream.read(min(BLOCK, size))):
            yield block
            size -= len(block)

