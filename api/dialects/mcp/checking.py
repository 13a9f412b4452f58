"""The tool that checks a small file: in the sandbox like every file, one at a time, and nothing of it is kept."""

from __future__ import annotations

import base64
import binascii
import hashlib
import tempfile
from datetime import datetime, timedelta, timezone
from pathlib import Path
from threading import BoundedSemaphore
from typing import Any, Final

import anyio.to_thread

from api.deps import Site
from api.dialects.mcp import taken
from api.dialects.mcp.inside import Inside, Refused
from api.dialects.mcp.telling import Told, told
from api.errors import document as problem_of
from api.messages.document import document
from catalog.errors import Refusal, TooMany
from catalog.model import Options
from pipelines.check import check_file
from pipelines.steps.receive import clean_name

GATE: Final = "mcp.checks"
AT_ONCE: Final = 1
WAIT_SECONDS: Final = 15
MOST_BYTES: Final = 1_000_000
MOST_FINDINGS: Final = 50
VIETNAM: Final = timezone(timedelta(hours=7))
SHOWN: Final = ("valid", "reason", "file", "standard", "stats", "understood", "groups", "findings", "personal_data")


async def check(inside: Inside, asked: taken.Check) -> Told:
    """Check what is given; a standard that is not known is refused."""
    content = _content(asked)
    if asked.standard and inside.site.standards.table(asked.standard) is None:
        raise Refused({"code": "standard-unknown", "detail": "There is no such table standard: see list_standards."})
    found = await anyio.to_thread.run_sync(
        _checked, inside.site, content, asked, inside.language, abandon_on_cancel=True
    )
    tables = [_shown(one) for one in found.get("tables", ())]
    return told(_shown(found) | ({"tables": tables} if tables else {}), {
        "file": asked.name, "sha256": hashlib.sha256(content).hexdigest(), "kept": False,
    })


def _content(asked: taken.Check) -> bytes:
    if bool(asked.text) == bool(asked.base64):
        raise Refused({"code": "content", "detail": "Give the content either as text or as base64."})
    try:
        content = asked.text.encode() if asked.text else base64.b64decode(asked.base64, validate=True)
    except (ValueError, binascii.Error):
        raise Refused({"code": "content", "detail": "This is not base64, or not text."}) from None
    if len(content) > MOST_BYTES:
        raise Refused({"code": "too-large",
                       "detail": f"At most {MOST_BYTES} bytes; larger files have a form of their own."})
    return content


def _checked(site: Site, content: bytes, asked: taken.Check, language: str) -> dict[str, Any]:
    gate: BoundedSemaphore = site.extras.setdefault(GATE, BoundedSemaphore(AT_ONCE))
    if not gate.acquire(timeout=WAIT_SECONDS):
        raise Refused(problem_of(TooMany(retry_after=WAIT_SECONDS), language))
    try:
        with tempfile.TemporaryDirectory(prefix="datamo-mcp-") as folder:
            path = Path(folder, "file")
            path.write_bytes(content)
            return document(check_file(
                path, today=datetime.now(VIETNAM).date(), name=clean_name(asked.name), limit_errors=MOST_FINDINGS,
                options=Options(standard=asked.standard), installed=site.bookcase,
            ), language)
    except Refusal as refused:
        raise Refused(problem_of(refused, language)) from refused
    finally:
        gate.release()


def _shown(found: dict[str, Any]) -> dict[str, Any]:
    """The part of a report that is of use in a conversation."""
    columns = [{"name": one["name"], "kind": one.get("kind")} for one in found.get("profile", {}).get("columns", ())]
    return {name: found[name] for name in SHOWN if name in found} | {"columns": columns}
