"""The style sheet and pictures: held in memory, packed once, kept for a year under an address with their mark."""

from __future__ import annotations

import gzip
import hashlib
import mimetypes
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

FOREVER: Final = "public, max-age=31536000, immutable"
SHORT: Final = "public, max-age=300"
STRONGEST: Final = 9


@dataclass(frozen=True, slots=True)
class Held:
    """One file: its bytes, the same with gzip, its media type and the mark of its content."""

    plain: bytes
    packed: bytes
    media_type: str
    mark: str


class Statics:
    """The files of a folder by name. An address whose ``?v=`` is the file's own mark never changes its answer."""

    def __init__(self, folder: Path) -> None:
        self.held = {path.name: held(path) for path in sorted(folder.iterdir()) if path.is_file()}

    async def answer(self, request: Request) -> Response:
        """Give one file, or nothing but its mark where the browser has it (RFC 9110 §13.1.2)."""
        found = self.held.get(request.path_params["name"])
        if found is None:
            raise HTTPException(404)
        kept = FOREVER if request.query_params.get("v") == found.mark else SHORT
        headers = {"Cache-Control": kept, "ETag": f'W/"{found.mark}"', "Vary": "Accept-Encoding"}
        if found.mark in request.headers.get("if-none-match", ""):
            return Response(status_code=304, headers=headers)
        if "gzip" in request.headers.get("accept-encoding", "").lower():
            return Response(found.packed, media_type=found.media_type,
                            headers={**headers, "Content-Encoding": "gzip"})
        return Response(found.plain, media_type=found.media_type, headers=headers)


def held(path: Path) -> Held:
    """Read a file once."""
    plain = path.read_bytes()
    media_type = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    return Held(plain, gzip.compress(plain, STRONGEST, mtime=0), media_type, mark_of(plain))


def mark_of(content: bytes) -> str:
    """The mark that addresses bear, as ``?v=`` in the pages."""
    return hashlib.sha256(content).hexdigest()[:10]
