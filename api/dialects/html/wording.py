"""Sentences of findings and reasons for the pages: the one place that asks the other rooms of ``api.messages``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from api.dialects.html import shelf
from api.dialects.html.view import Reader
from api.messages import fill, pages, refusals
from standards.check import Check
from standards.finding import Finding


def _check(code: str) -> Check | None:
    return next((one for one in shelf.checks() if code == one.CODE), None)


def finding_title(reader: Reader, code: str) -> str:
    """What a kind of remark is called."""
    found = _check(code)
    return pages.words(reader.lang, found.TITLE) if found else code


def finding_said(reader: Reader, finding: Finding) -> str:
    """What is said of one cell, row or column."""
    found = _check(finding.code)
    if found is None:
        return finding.code
    variants = found.SENTENCES
    chosen = variants.get(str(finding.params.get("variant", "")), next(iter(variants.values()), {}))
    place = {"field": finding.place.field or "", "row": finding.place.row or "", "cell": finding.cell or ""}
    return fill(pages.words(reader.lang, chosen), {**place, **finding.params})


def reason_said(reader: Reader, reason: Mapping[str, Any] | None) -> str:
    """Why a file failed or is blocked."""
    if not reason:
        return ""
    return refusals.sentence(str(reason.get("code", "")), reason.get("params") or {}, reader.lang, status=422)
