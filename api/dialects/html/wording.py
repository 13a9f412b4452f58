"""Sentences of findings and reasons for the pages: the one place that asks the other rooms of ``api.messages``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from api.dialects.html.view import Reader
from api.messages import findings, refusals
from standards.finding import Finding


def finding_title(reader: Reader, code: str) -> str:
    """What a kind of remark is called."""
    return findings.title(code, reader.lang)


def finding_said(reader: Reader, finding: Finding) -> str:
    """What is said of one cell, row or column."""
    return findings.said(finding, reader.lang) or finding.code


def reason_said(reader: Reader, reason: Mapping[str, Any] | None) -> str:
    """Why a file failed or is blocked."""
    if not reason:
        return ""
    code, params = str(reason.get("code", "")), reason.get("params") or {}
    return findings.sentence(code, params, reader.lang) or refusals.sentence(code, params, reader.lang, status=422)
