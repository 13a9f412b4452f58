"""A dataset's description as it was when a version came out, beside what it is now: what differs, member by member."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from fastapi import Request

from api import deps
from api.dialects.html import labels
from api.dialects.html.view import Reader
from api.overtime import described_then
from catalog.model import Entry, Version
from standards.portable import to_json

MOST = 600
NAMES: Mapping[str, str] = {
    "title": "Tên", "description": "Mô tả", "licence": "Giấy phép", "themes": "Chủ đề", "tags": "Từ khóa",
    "language": "Ngôn ngữ", "frequency": "Cam kết cập nhật", "spatial": "Phạm vi", "temporal": "Thời gian",
    "contact": "Đầu mối", "standard": "Tiêu chuẩn", "source": "Nguồn", "source_url": "Địa chỉ của nguồn",
    "notice": "Lưu ý", "more": "Mục khác",
}
"""What the members that people write are called on pages; others are the machine's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One member that differs: what it is called, what it was and is, as text; "" for nothing."""

    name: str
    before: str
    after: str


def differences(request: Request, reader: Reader, entry: Entry, version: Version) -> Sequence[Difference]:
    """What was changed in the description since a version came out, in the order of the form."""
    then = described_then(deps.site(request), reader.caller, entry, version)
    before, after = (to_json(one) for one in (then, entry.about))
    return list(_differences(reader, before, after))


def _differences(reader: Reader, before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Difference]:
    for member, name in NAMES.items():
        old, new = before.get(member) or None, after.get(member) or None
        if old == new:
            continue
        if isinstance(old or new, dict) and member in ("title", "description", "source", "notice"):
            yield from _texts(reader.say(name), old or {}, new or {})
        else:
            yield Difference(name=reader.say(name), before=_said(reader, member, old), after=_said(reader, member, new))


def _texts(name: str, old: Mapping[str, str], new: Mapping[str, str]) -> Iterator[Difference]:
    for language in dict.fromkeys((*old, *new)):
        if old.get(language) != new.get(language):
            yield Difference(name=f"{name} ({language})", before=_cut(old.get(language, "")),
                             after=_cut(new.get(language, "")))


def _said(reader: Reader, member: str, value: Any) -> str:
    """A value as people read it: codes by their names, lists with commas, parts by their values."""
    values = [one for one in value.values() if one] if isinstance(value, Mapping) else value or ()
    named: Mapping[str, Callable[[str], str]] = {
        "licence": partial(labels.licence, reader.lang), "frequency": partial(labels.frequency, reader.lang),
        "themes": partial(labels.of, reader.lang, "theme"), "spatial": partial(labels.place, reader.lang),
    }
    say = named.get(member, str)
    return _cut(say(values) if isinstance(values, str) else ", ".join(say(str(one)) for one in values))


def _cut(words: str) -> str:
    return words if len(words) <= MOST else words[:MOST] + "…"
