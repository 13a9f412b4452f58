"""Small closed lists that describe a dataset: licences, themes, frequencies, access rights, formats, languages."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import TypeVar

from standards.record import Text

_EU = "http://publications.europa.eu/resource/authority"


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """One word of a closed list: its code, what people call it, its address in the world's vocabularies."""

    code: str
    title: Text
    uri: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Licence(Term):
    """Terms of reuse: ``uri`` is the licence text, ``eu`` the EU code; ``open`` as the Open Definition has it."""

    eu: str = ""
    open: bool = True
    attribution: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Frequency(Term):
    """How often data change: ``days`` between two updates at most (None: no promise), ``iso`` the duration."""

    days: int | None = None
    iso: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Format(Term):
    """A kind of file: ``code`` is its usual extension, ``eu`` the EU code; ``table`` means we read rows of it."""

    media_type: str
    eu: str = ""
    open: bool = True
    machine_readable: bool = True
    table: bool = False


T = TypeVar("T", bound=Term)


def _list(terms: Iterable[T]) -> Mapping[str, T]:
    return MappingProxyType({one.code: one for one in terms})


def _said(vi: str, en: str) -> Text:
    return MappingProxyType({"vi": vi, "en": en})


def _licence(code: str, vi: str, en: str, uri: str, eu: str, **facts: bool) -> Licence:
    return Licence(code=code, title=_said(vi, en), uri=uri, eu=eu, **facts)


# No Vietnamese open licence text was found; CC BY 4.0 with a notice citing Luật Giao dịch điện tử Đ.43 is the default.
DEFAULT_LICENCE = "CC-BY-4.0"

LICENCES: Mapping[str, Licence] = _list(
    (
        _licence(
            "CC-BY-4.0", "Creative Commons Ghi công 4.0", "Creative Commons Attribution 4.0",
            "https://creativecommons.org/licenses/by/4.0/", "CC_BY_4_0",
        ),
        _licence(
            "CC0-1.0", "Creative Commons Zero 1.0 (phạm vi công cộng)", "Creative Commons Zero 1.0 (public domain)",
            "https://creativecommons.org/publicdomain/zero/1.0/", "CC0", attribution=False,
        ),
        _licence(
            "CC-BY-SA-4.0", "Creative Commons Ghi công – Chia sẻ tương tự 4.0",
            "Creative Commons Attribution-ShareAlike 4.0",
            "https://creativecommons.org/licenses/by-sa/4.0/", "CC_BYSA_4_0",
        ),
        _licence(
            "ODC-BY-1.0", "Open Data Commons Ghi công 1.0", "Open Data Commons Attribution 1.0",
            "https://opendatacommons.org/licenses/by/1-0/", "ODC_BY",
        ),
        _licence(
            "ODbL-1.0", "Open Data Commons – Giấy phép cơ sở dữ liệu mở 1.0",
            "Open Data Commons Open Database Licence 1.0",
            "https://opendatacommons.org/licenses/odbl/1-0/", "ODC_BL",
        ),
        _licence(
            "PDDL-1.0", "Open Data Commons – Phạm vi công cộng 1.0",
            "Open Data Commons Public Domain Dedication and Licence 1.0",
            "https://opendatacommons.org/licenses/pddl/1-0/", "ODC_PDDL", attribution=False,
        ),
        _licence(
            "OGL-UK-3.0", "Giấy phép dữ liệu chính phủ mở 3.0 (Vương quốc Anh)", "Open Government Licence 3.0 (UK)",
            "https://www.nationalarchives.gov.uk/doc/open-government-licence/version/3/", "OGL_3_0",
        ),
        _licence(
            "etalab-2.0", "Giấy phép mở 2.0 (Pháp)", "Licence Ouverte 2.0 (France)",
            "https://www.etalab.gouv.fr/licence-ouverte-open-licence/", "ETALAB_2_0",
        ),
        _licence(
            "dl-de-by-2.0", "Giấy phép dữ liệu Đức – Ghi công 2.0", "Data licence Germany – attribution 2.0",
            "https://www.govdata.de/dl-de/by-2-0", "",
        ),
        _licence(
            "PDL-1.0-JP", "Điều khoản sử dụng dữ liệu công 1.0 (Nhật Bản)", "Public Data Licence 1.0 (Japan)",
            "https://www.digital.go.jp/resources/open_data/public_data_license_v1.0", "",
        ),
        # Not on the Open Definition's list of conformant licences.
        _licence(
            "SODL-1.0", "Giấy phép dữ liệu mở Singapore 1.0", "Singapore Open Data Licence 1.0",
            "https://data.gov.sg/open-data-licence", "", open=False,
        ),
    )
)  # fmt: skip
"""Terms of reuse that a dataset may state, the default first."""


def _theme(code: str, vi: str, en: str) -> Term:
    return Term(code=code, title=_said(vi, en), uri=f"{_EU}/data-theme/{code}")


THEMES: Mapping[str, Term] = _list(
    (
        _theme("AGRI", "Nông nghiệp, thủy sản, lâm nghiệp và thực phẩm", "Agriculture, fisheries, forestry and food"),
        _theme("ECON", "Kinh tế và tài chính", "Economy and finance"),
        _theme("EDUC", "Giáo dục, văn hóa và thể thao", "Education, culture and sport"),
        _theme("ENER", "Năng lượng", "Energy"),
        _theme("ENVI", "Môi trường", "Environment"),
        _theme("GOVE", "Chính phủ và khu vực công", "Government and public sector"),
        _theme("HEAL", "Y tế", "Health"),
        _theme("INTR", "Các vấn đề quốc tế", "International issues"),
        _theme("JUST", "Tư pháp, pháp luật và an toàn công cộng", "Justice, legal system and public safety"),
        _theme("REGI", "Vùng và đô thị", "Regions and cities"),
        _theme("SOCI", "Dân số và xã hội", "Population and society"),
        _theme("TECH", "Khoa học và công nghệ", "Science and technology"),
        _theme("TRAN", "Giao thông vận tải", "Transport"),
        _theme("OP_DATPRO", "Dữ liệu tạm thời", "Provisional data"),
    )
)
"""EU data themes (authority table data-theme); the topics of data.gov.vn map to them (code list vn-data-theme)."""


def _frequency(code: str, vi: str, en: str, days: int | None, iso: str = "") -> Frequency:
    return Frequency(code=code, title=_said(vi, en), uri=f"{_EU}/frequency/{code}", days=days, iso=iso)


FREQUENCIES: Mapping[str, Frequency] = _list(
    (
        _frequency("UPDATE_CONT", "Cập nhật liên tục", "Continuously updated", 1, "R/PT1S"),
        _frequency("HOURLY", "Hằng giờ", "Hourly", 1, "PT1H"),
        _frequency("DAILY", "Hằng ngày", "Daily", 1, "P1D"),
        _frequency("WEEKLY_3", "Ba lần một tuần", "Three times a week", 3, "P2D"),
        _frequency("WEEKLY_2", "Hai lần một tuần", "Twice a week", 4, "P3D"),
        _frequency("WEEKLY", "Hằng tuần", "Weekly", 7, "P1W"),
        _frequency("MONTHLY_3", "Ba lần một tháng", "Three times a month", 11, "P10D"),
        _frequency("BIWEEKLY", "Hai tuần một lần", "Every two weeks", 14, "P2W"),
        _frequency("MONTHLY_2", "Hai lần một tháng", "Twice a month", 16, "P15D"),
        _frequency("MONTHLY", "Hằng tháng", "Monthly", 31, "P1M"),
        _frequency("BIMONTHLY", "Hai tháng một lần", "Every two months", 62, "P2M"),
        _frequency("QUARTERLY", "Hằng quý", "Quarterly", 92, "P3M"),
        _frequency("ANNUAL_3", "Ba lần một năm", "Three times a year", 123, "P4M"),
        _frequency("ANNUAL_2", "Sáu tháng một lần", "Twice a year", 184, "P6M"),
        _frequency("ANNUAL", "Hằng năm", "Annual", 366, "P1Y"),
        _frequency("BIENNIAL", "Hai năm một lần", "Every two years", 731, "P2Y"),
        _frequency("TRIENNIAL", "Ba năm một lần", "Every three years", 1096, "P3Y"),
        _frequency("QUADRENNIAL", "Bốn năm một lần", "Every four years", 1461, "P4Y"),
        _frequency("QUINQUENNIAL", "Năm năm một lần", "Every five years", 1827, "P5Y"),
        _frequency("DECENNIAL", "Mười năm một lần", "Every ten years", 3653, "P10Y"),
        _frequency("AS_NEEDED", "Khi có thay đổi", "As needed", None),
        _frequency("IRREG", "Không định kỳ", "Irregular", None),
        _frequency("NOT_PLANNED", "Chưa có kế hoạch", "Not planned", None),
        _frequency("NEVER", "Không cập nhật nữa", "Never", None),
        _frequency("UNKNOWN", "Chưa rõ", "Unknown", None),
    )
)
"""How often data change (EU authority table frequency, without its rarest words: code list eu-frequency has all)."""


def _right(code: str, vi: str, en: str) -> Term:
    return Term(code=code, title=_said(vi, en), uri=f"{_EU}/access-right/{code}")


ACCESS_RIGHTS: Mapping[str, Term] = _list(
    (
        _right("PUBLIC", "Công khai", "Public"),
        _right("RESTRICTED", "Hạn chế", "Restricted"),
        _right("NON_PUBLIC", "Không công khai", "Non-public"),
        _right("SENSITIVE", "Nhạy cảm", "Sensitive"),
        _right("CONFIDENTIAL", "Mật", "Confidential"),
    )
)
"""Who may see a dataset (EU authority table access-right)."""


def _format(code: str, name: str, media_type: str, eu: str, **facts: bool) -> Format:
    uri = f"{_EU}/file-type/{eu}" if eu else ""
    return Format(code=code, title=_said(name, name), media_type=media_type, eu=eu, uri=uri, **facts)


_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"

FORMATS: Mapping[str, Format] = _list(
    (
        _format("csv", "CSV", "text/csv", "CSV", table=True),
        _format("tsv", "TSV", "text/tab-separated-values", "TSV", table=True),
        _format("xlsx", "Excel (XLSX)", _XLSX, "XLSX", table=True),
        _format("xls", "Excel 97–2003 (XLS)", "application/vnd.ms-excel", "XLS", table=True, open=False),
        _format("ods", "OpenDocument (ODS)", "application/vnd.oasis.opendocument.spreadsheet", "ODS", table=True),
        _format("json", "JSON", "application/json", "JSON", table=True),
        _format("jsonl", "JSON Lines", "application/x-ndjson", "JSON", table=True),
        _format("geojson", "GeoJSON", "application/geo+json", "GEOJSON", table=True),
        _format("parquet", "Parquet", "application/vnd.apache.parquet", "", table=True),
        _format("xml", "XML", "application/xml", "XML"),
        _format("gpkg", "GeoPackage", "application/geopackage+sqlite3", "GPKG"),
        _format("kml", "KML", "application/vnd.google-earth.kml+xml", "KML"),
        _format("zip", "ZIP", "application/zip", "ZIP", machine_readable=False),
        _format("pdf", "PDF", "application/pdf", "PDF", machine_readable=False),
        _format("docx", "Word (DOCX)", _DOCX, "DOCX", machine_readable=False),
        _format("txt", "Văn bản / text", "text/plain", "TXT", machine_readable=False),
        _format("html", "HTML", "text/html", "HTML", machine_readable=False),
        _format("png", "PNG", "image/png", "PNG", machine_readable=False),
        _format("jpg", "JPEG", "image/jpeg", "JPEG", machine_readable=False),
    )
)
"""Kinds of file by their usual extension."""

MEDIA_TYPES: Mapping[str, Format] = MappingProxyType({one.media_type: one for one in FORMATS.values()})
"""The same by media type."""


def _language(code: str, vi: str, en: str, eu: str) -> Term:
    return Term(code=code, title=_said(vi, en), uri=f"{_EU}/language/{eu}")


LANGUAGES: Mapping[str, Term] = _list(
    (
        _language("vi", "Tiếng Việt", "Vietnamese", "VIE"),
        _language("en", "Tiếng Anh", "English", "ENG"),
        _language("ja", "Tiếng Nhật", "Japanese", "JPN"),
        _language("fr", "Tiếng Pháp", "French", "FRA"),
        _language("zh", "Tiếng Trung", "Chinese", "ZHO"),
        _language("ko", "Tiếng Hàn", "Korean", "KOR"),
        _language("lo", "Tiếng Lào", "Lao", "LAO"),
        _language("km", "Tiếng Khmer", "Khmer", "KHM"),
        _language("th", "Tiếng Thái Lan", "Thai", "THA"),
        _language("id", "Tiếng Indonesia", "Indonesian", "IND"),
        _language("ms", "Tiếng Mã Lai", "Malay", "MSA"),
        _language("my", "Tiếng Miến Điện", "Burmese", "MYA"),
        _language("fil", "Tiếng Filipino", "Filipino", "FIL"),
        _language("ta", "Tiếng Tamil", "Tamil", "TAM"),
        _language("de", "Tiếng Đức", "German", "DEU"),
        _language("es", "Tiếng Tây Ban Nha", "Spanish", "SPA"),
        _language("ru", "Tiếng Nga", "Russian", "RUS"),
    )
)
"""Languages that data may be written in (BCP 47 tag)."""
