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

GUESSES: Sentences = MappingProxyType({
    "title-missing": {"vi": "không có tên: lấy địa chỉ hoặc mã làm tên",
                      "en": "no title: its address or id stands there"},
    "text-cut": {"vi": "chữ quá dài: bị cắt", "en": "a text was too long: cut"},
    "licence-unknown": {"vi": "không nhận ra giấy phép: để trống", "en": "licence not recognised: left out"},
    "date-dropped": {"vi": "không đọc được ngày cập nhật: để trống", "en": "day of change not readable: left out"},
    "period-dropped": {"vi": "không đọc được giai đoạn của dữ liệu: để trống",
                       "en": "period of the data not readable: left out"},
    "frequency-unknown": {"vi": "không nhận ra chu kỳ cập nhật: để trống", "en": "frequency not recognised: left out"},
    "themes-unknown": {"vi": "không nhận ra lĩnh vực nào: để trống", "en": "no theme recognised: left out"},
    "email-dropped": {"vi": "địa chỉ thư liên hệ không đúng: để trống", "en": "address of mail is none: left out"},
    "address-dropped": {"vi": "địa chỉ trang gốc không đúng: để trống", "en": "address of its page is none: left out"},
    "links-dropped": {"vi": "có liên kết không phải địa chỉ web, hoặc quá 2.000 liên kết: bỏ bớt",
                      "en": "some links are no addresses, or more than 2,000: left out"},
})


def guessed(code: str, language: str) -> str:
    """Say what was guessed, or left out as nobody could read it."""
    return pick(GUESSES[code], language) if code in GUESSES else code


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
