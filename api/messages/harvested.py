"""What of a source was not taken, or not whole, in the reader's language."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from api.messages import Sentences, pick, refusals
from api.messages.harvests import why

PARTS: Sentences = MappingProxyType({
    "organisations": {"vi": "danh sách cơ quan", "en": "the list of agencies"},
    "people": {"vi": "danh sách người dùng", "en": "the list of people"},
})


def amiss(problem: Mapping[str, Any], language: str) -> tuple[str, str]:
    """Give what of a source was not taken, or not all of it, and why, as two texts."""
    remote, code = str(problem.get("remote", "")), str(problem.get("code", ""))
    member = str(problem.get("pointer", "")).removeprefix("#/")
    if code == "not-understood":
        said = {"vi": f"nhận, nhưng bỏ những gì không hiểu trong mục “{member}”",
                "en": f"taken, but for what was not understood of “{member}”"}[language]
    elif code in refusals.SENTENCES:
        said = refusals.sentence(code, {"name": member, **problem}, language, status=422)
    else:
        said = why(code, language)
    return pick(PARTS[remote], language) if remote in PARTS else remote, said
