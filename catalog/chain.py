"""The audit chain: each row's hash covers the row and the hash before it, so that no row can be changed unseen."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import UTC

from catalog.model import AuditRow
from standards.portable import to_json


def link(row: AuditRow, before: str) -> AuditRow:
    """Give the row with its hash, ``before`` being the hash of the row before it ("" for the first)."""
    content = to_json(replace(row, hash="", at=row.at.astimezone(UTC)))
    text = json.dumps([before, content], ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return replace(row, hash=hashlib.sha256(text.encode()).hexdigest())


def broken_links(rows: Iterable[AuditRow]) -> Iterator[int]:
    """Give the numbers of rows that are missing, changed or out of order; ``rows`` begin with number 1."""
    before, expected = "", 1
    for row in rows:
        if row.sequence != expected or link(row, before).hash != row.hash:
            yield expected
        before, expected = row.hash, row.sequence + 1
