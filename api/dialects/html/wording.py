"""Sentences of findings and reasons for the pages, with the names of places that people know from spreadsheets."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from api.dialects.html.view import Reader
from api.messages import findings
from standards.finding import Finding

_TURNING = dict.fromkeys([*range(0x202A, 0x202F), *range(0x2066, 0x206A)])
"""Marks out of a cell that would turn the direction of the whole sentence about it; it names them by their numbers."""


def finding_title(reader: Reader, code: str) -> str:
    """What a kind of remark is called."""
    return findings.title(code, reader.lang)


def finding_said(reader: Reader, finding: Finding) -> str:
    """What is said of one cell, row or column, as a sentence of its own."""
    words = findings.said(finding, reader.lang).translate(_TURNING)
    return words[:1].upper() + words[1:] if words else finding.code


def place_said(reader: Reader, finding: Finding) -> str:
    """``Ô C17``, ``Dòng 17``, ``Cột C``; the whole table where nothing nearer is known."""
    place = findings.place_of(finding.place, None, reader.lang)
    return place.partition(" (")[0] or reader.say("Cả bảng")


def reason_said(reader: Reader, reason: Mapping[str, Any] | None) -> str:
    """Why a file failed, is blocked or was turned down."""
    return findings.why(reason, reader.lang)
