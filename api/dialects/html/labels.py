"""What codes are called on pages: themes, frequencies, licences, formats, kinds of column, quality items, places."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from api.dialects.html import shelf
from api.messages import pages
from standards import vocabulary
from standards.standard import Field

THEMES: Mapping[str, str] = {
    "REGI": "Địa phương", "ECON": "Kinh tế, tài chính", "ENVI": "Môi trường", "TRAN": "Cơ sở hạ tầng, giao thông",
    "SOCI": "Dân số, xã hội", "TECH": "Khoa học, công nghệ", "AGRI": "Nông nghiệp", "EDUC": "Giáo dục, văn hóa",
    "HEAL": "Y tế", "ENER": "Năng lượng", "GOVE": "Quản lý nhà nước", "JUST": "Pháp luật, an toàn",
    "INTR": "Quan hệ quốc tế",
}
"""The data themes of the EU vocabulary, which NĐ 194/2025's topics map onto, in the order of the home page."""

OFFERED = ("DAILY", "WEEKLY", "MONTHLY", "QUARTERLY", "ANNUAL", "IRREG", "NEVER")
KINDS: Mapping[str, str] = {
    "string": "chữ", "integer": "số nguyên", "number": "số", "boolean": "đúng hoặc sai", "date": "ngày",
    "time": "giờ", "datetime": "ngày giờ", "year": "năm", "yearmonth": "tháng", "geojson": "hình học",
    "any": "bất kỳ", "array": "danh sách", "object": "đối tượng", "geopoint": "tọa độ", "duration": "khoảng thời gian",
}
QUALITY: Mapping[str, str] = {
    "described": "Mô tả dài từ 100 ký tự", "licence-stated": "Có ghi giấy phép", "themed": "Có chủ đề",
    "tagged": "Có từ khóa", "period-stated": "Ghi rõ dữ liệu thuộc thời gian nào",
    "place-stated": "Ghi rõ phạm vi địa bàn", "frequency-stated": "Có cam kết cập nhật",
    "updated-in-time": "Cập nhật đúng cam kết", "contact-stated": "Có đầu mối để hỏi", "source-stated": "Có ghi nguồn",
    "open-format": "Có định dạng mở, máy đọc được", "standard-followed": "Theo một tiêu chuẩn bảng",
    "columns-described": "Mọi cột đều có tên đầy đủ", "no-warnings": "Kiểm tra không còn cảnh báo",
}
FACETS: Mapping[str, str] = {
    "org": "Cơ quan", "theme": "Chủ đề", "format": "Định dạng gốc", "standard": "Theo tiêu chuẩn",
    "licence": "Giấy phép", "year": "Năm của dữ liệu", "tag": "Từ khóa",
}
RULES: Mapping[str, str] = {
    "required": "bắt buộc", "unique": "không trùng", "minimum": "từ %(value)s", "maximum": "đến %(value)s",
    "minLength": "ít nhất %(value)s ký tự", "maxLength": "nhiều nhất %(value)s ký tự", "pattern": "mẫu %(value)s",
    "enum": "một trong: %(value)s",
}
SORTS: Mapping[str, str] = {"relevance": "Khớp nhất", "modified": "Mới nhất", "title": "Theo tên"}
ROLES: Mapping[str, str] = {"reader": "xem", "editor": "biên tập", "reviewer": "duyệt", "admin": "quản trị"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Theme:
    """A theme on the home page."""

    code: str
    name: str
    count: int


def themes(lang: str, counts: Mapping[str, int]) -> list[Theme]:
    """Every theme with its count, those that have data first."""
    codes = sorted({*THEMES, *counts}, key=lambda code: -counts.get(code, 0))
    order = {code: place for place, code in enumerate(THEMES)}
    codes.sort(key=lambda code: (-counts.get(code, 0), order.get(code, len(order)), code))
    return [Theme(code=code, name=of(lang, "theme", code), count=counts.get(code, 0)) for code in codes]


def of(lang: str, facet: str, code: str) -> str:
    """What a value of a facet is called."""
    if facet == "theme":
        return pages.gettext(lang, THEMES[code]) if code in THEMES else shelf.entry_name(lang, "vn-data-theme", code)
    if facet == "format":
        return pages.words(lang, vocabulary.FORMATS[code].title) if code in vocabulary.FORMATS else code.upper()
    if facet == "licence":
        return licence(lang, code)
    return code


def facet(lang: str, code: str) -> str:
    """The name of a facet."""
    return pages.gettext(lang, FACETS[code])


def sort(lang: str, code: str) -> str:
    """The name of an order."""
    return pages.gettext(lang, SORTS[code])


def frequency(lang: str, code: str) -> str:
    """How often an update is promised, as words inside a sentence."""
    if code not in vocabulary.FREQUENCIES:
        return code
    words = pages.words(lang, vocabulary.FREQUENCIES[code].title)
    return words[:1].lower() + words[1:]


def licence(lang: str, code: str) -> str:
    """What a licence is called."""
    return pages.words(lang, vocabulary.LICENCES[code].title) if code in vocabulary.LICENCES else code


def licence_url(code: str) -> str:
    """Where its text stands, or nothing."""
    return vocabulary.LICENCES[code].uri if code in vocabulary.LICENCES else ""


def kind(lang: str, code: str) -> str:
    """What a Table Schema type is called."""
    return pages.gettext(lang, KINDS.get(code, code))


def quality(lang: str, code: str) -> str:
    """What a quality item asks for."""
    return pages.gettext(lang, QUALITY[code])


def role(lang: str, code: str) -> str:
    """What a role in an agency is called."""
    return pages.gettext(lang, ROLES.get(code, code))


def place(lang: str, code: str) -> str:
    """The name of an administrative unit by its code today, or the code itself."""
    if code in ("VN", "vn"):
        return pages.gettext(lang, "Cả nước")
    return shelf.entry_name(lang, "vn-province", code)


DIGITS = re.compile(r"\^?(?:\[0-9\]|\\d)\{(\d{1,3})\}\$?")
"""A pattern that people read more easily in words."""


def constraints(lang: str, field: Field) -> str:
    """The constraints of a field as one phrase."""
    return "; ".join(_constraint(lang, name, value) for name, value in field.constraints.items() if value is not None)


def _constraint(lang: str, name: str, value: Any) -> str:
    said = RULES.get(name, name + " %(value)s")
    if name in ("required", "unique"):
        return pages.gettext(lang, said) if value else ""
    if name == "pattern" and (digits := DIGITS.fullmatch(str(value))):
        return pages.say(lang, "đúng %(n)s chữ số", n=int(digits[1]))
    shown = ", ".join(map(str, value)) if isinstance(value, (list, tuple)) else str(value)
    return pages.say(lang, said, value=shown)
