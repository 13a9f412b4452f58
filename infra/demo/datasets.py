"""What the demo publishes: datasets with their descriptions, and the files that become their versions."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from catalog.model import Update
from standards.record import NO_TEXT, Dataset, Period, Text

PUBLISHER = {
    "slug": "datamo-demo",
    "title": {
        "vi": "Datamo demo, tổng hợp từ nguồn công khai",
        "en": "Datamo demo, compiled from public sources",
    },
    "description": {
        "vi": "Dữ liệu để xem thử nền tảng. Không phải cơ quan nhà nước; nguồn của từng bộ ghi ở trang của nó.",
        "en": "Data to try the platform with. Not a state agency; each dataset names its source.",
    },
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Upload:
    """One file of a dataset and what is asked for with it."""

    file: str
    dataset: str
    standard: str = ""
    resource: str = ""
    sheet: str = ""
    update: Update = "replace"
    period: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """A dataset of the demo."""

    slug: str
    title: Text
    description: Text
    source: Text
    uploads: tuple[Upload, ...]
    licence: str = ""
    themes: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    language: tuple[str, ...] = ("vi",)
    standard: str = ""
    frequency: str = ""
    temporal: Period | None = None
    source_url: str = field(default="")

    def describe(self) -> Dataset:
        """The describing members as the catalogue takes them."""
        return Dataset(
            title=self.title,
            description=self.description,
            licence=self.licence,
            themes=self.themes,
            tags=self.tags,
            language=self.language,
            frequency=self.frequency,
            temporal=self.temporal,
            standard=self.standard,
            source=self.source,
            source_url=self.source_url,
            notice=NO_TEXT,
        )


NSO = {"vi": "Cục Thống kê, danh mục đơn vị hành chính", "en": "National Statistics Office, list of administrative units"}
MERGER = date(2025, 7, 1)

DATASETS: tuple[About, ...] = (
    About(
        slug="xa-phuong-dac-khu",
        title={"vi": "Danh mục xã, phường, đặc khu theo ngày", "en": "Communes, wards and special zones by date"},
        description={
            "vi": "Mã và tên đơn vị hành chính cấp xã ngày 30/6/2025 (còn cấp huyện) và ngày 01/7/2025 (hai cấp). "
            "Cùng một mã có thể chỉ hai nơi khác nhau trước và sau ngày 01/7/2025.",
            "en": "Codes and names of communes on 30 June 2025 (with districts) and on 1 July 2025 (two levels). "
            "One code may mean two different places before and after 1 July 2025.",
        },
        source=NSO,
        themes=("GOVE", "REGI"),
        tags=("đơn vị hành chính", "mã xã", "danh mục"),
        standard="vn-admin-area",
        frequency="IRREG",
        temporal=Period(start=date(2025, 6, 30), end=MERGER),
        uploads=(
            Upload(file="xa-phuong-2025-06-30.csv", dataset="xa-phuong-dac-khu", standard="vn-admin-area", period="2025-06-30"),
            Upload(
                file="xa-phuong-2025-07-01.csv",
                dataset="xa-phuong-dac-khu",
                standard="vn-admin-area",
                update="append",
                period="2025-07-01",
            ),
        ),
    ),
    About(
        slug="bang-chuyen-doi-xa-2025",
        title={"vi": "Bảng chuyển đổi đơn vị hành chính cấp xã 01/7/2025", "en": "Conversion of communes, 1 July 2025"},
        description={
            "vi": "Xã, phường cũ nhập toàn bộ hay một phần vào xã, phường, đặc khu nào từ ngày 01/7/2025.",
            "en": "Which old communes became, wholly or in part, which new communes on 1 July 2025.",
        },
        source=NSO,
        themes=("GOVE", "REGI"),
        tags=("đơn vị hành chính", "chuyển đổi", "sáp nhập"),
        temporal=Period(start=MERGER),
        uploads=(Upload(file="bang-chuyen-doi-2025-07-01.csv", dataset="bang-chuyen-doi-xa-2025"),),
    ),
    About(
        slug="tinh-thanh-pho",
        title={"vi": "34 tỉnh, thành phố", "en": "The 34 provinces and cities"},
        description={
            "vi": "Mã, tên và ngày hiệu lực của 34 tỉnh, thành phố trực thuộc trung ương.",
            "en": "Codes, names and dates in force of the 34 provinces and cities under the central government.",
        },
        source=NSO,
        themes=("GOVE", "REGI"),
        tags=("đơn vị hành chính", "tỉnh", "danh mục"),
        uploads=(Upload(file="tinh-thanh-pho.xlsx", dataset="tinh-thanh-pho"),),
    ),
    About(
        slug="xa-bac-ninh",
        title={"vi": "Xã, phường của Bắc Ninh sau sáp nhập", "en": "Communes of Bắc Ninh after the merger"},
        description={
            "vi": "Tệp gửi lần đầu dùng phông TCVN3, mất số 0 ở đầu mã và giữ mã tỉnh cũ nên bị từ chối; tệp đã sửa được "
            "công bố.",
            "en": "The first file, in the TCVN3 font with lost zeros and old province codes, was refused; the repaired one is "
            "published.",
        },
        source=NSO,
        themes=("GOVE", "REGI"),
        tags=("đơn vị hành chính", "Bắc Ninh"),
        standard="vn-admin-area",
        temporal=Period(start=MERGER, end=MERGER),
        uploads=(
            Upload(file="xa-bac-ninh-tcvn3.csv", dataset="xa-bac-ninh", standard="vn-admin-area"),
            Upload(file="xa-bac-ninh.csv", dataset="xa-bac-ninh", standard="vn-admin-area"),
        ),
    ),
    About(
        slug="zenkoku-chihou-koukyou-dantai",
        title={
            "vi": "Mã chính quyền địa phương Nhật Bản",
            "en": "Local governments of Japan",
            "ja": "全国地方公共団体コード",
        },
        description={
            "vi": "Mã sáu chữ số, tỉnh và tên của các chính quyền địa phương Nhật Bản; tệp gốc là Shift_JIS.",
            "en": "Six-digit codes, prefectures and names of Japan's local governments; the original is Shift_JIS.",
            "ja": "都道府県・市区町村の六桁コード",
        },
        source={"en": "code4fukui/localgovjp", "vi": "code4fukui/localgovjp"},
        licence="CC0-1.0",
        themes=("GOVE", "REGI"),
        tags=("Nhật Bản", "地方公共団体"),
        language=("ja",),
        uploads=(Upload(file="zenkoku-chihou-koukyou-dantai.csv", dataset="zenkoku-chihou-koukyou-dantai"),),
    ),
    About(
        slug="digital-agency-budget-r4",
        title={
            "vi": "Ngân sách Cơ quan Kỹ thuật số Nhật Bản, năm tài khóa 2022",
            "en": "Budget of Japan's Digital Agency, fiscal year 2022",
            "ja": "デジタル庁 令和4年度概算要求",
        },
        description={
            "vi": "Dự toán 2022 và ngân sách đầu năm 2021 theo khoản, đơn vị triệu yên; có dòng tổng.",
            "en": "Request for 2022 and initial budget of 2021 by item, in million yen; with a line of totals.",
        },
        source={"en": "Digital Agency of Japan", "vi": "Cơ quan Kỹ thuật số Nhật Bản", "ja": "デジタル庁"},
        themes=("ECON", "GOVE"),
        tags=("Nhật Bản", "ngân sách"),
        language=("ja",),
        temporal=Period(start=date(2022, 4, 1), end=date(2023, 3, 31)),
        uploads=(Upload(file="digital-agency-budget-r4.csv", dataset="digital-agency-budget-r4"),),
    ),
    About(
        slug="carparks-singapore",
        title={"vi": "Bãi đỗ xe ở Singapore, 6/2022", "en": "Car parks of Singapore, June 2022"},
        description={
            "vi": "Mã, địa điểm, loại chỗ đỗ, cơ quan quản lý và tọa độ của các bãi đỗ xe.",
            "en": "Identifier, development, lot type, managing agency and coordinates of car parks.",
        },
        source={"en": "Land Transport Authority of Singapore", "vi": "Cơ quan Giao thông đường bộ Singapore"},
        themes=("TRAN",),
        tags=("Singapore", "giao thông", "bãi đỗ xe"),
        language=("en",),
        temporal=Period(start=date(2022, 6, 1), end=date(2022, 6, 30)),
        uploads=(Upload(file="carparks.csv", dataset="carparks-singapore"),),
    ),
    About(
        slug="planning-areas-singapore",
        title={"vi": "Vùng quy hoạch và tiểu vùng Singapore", "en": "Planning areas and subzones of Singapore"},
        description={
            "vi": "55 vùng quy hoạch và 332 tiểu vùng theo Master Plan 2019: hai bảng trong một bộ dữ liệu.",
            "en": "55 planning areas and 332 subzones of Master Plan 2019: two tables in one dataset.",
        },
        source={"en": "Urban Redevelopment Authority of Singapore", "vi": "Cơ quan Tái phát triển đô thị Singapore"},
        themes=("REGI",),
        tags=("Singapore", "quy hoạch"),
        language=("en",),
        uploads=(Upload(file="planning-areas-sg.xlsx", dataset="planning-areas-singapore", sheet="all"),),
    ),
    About(
        slug="provinces-thailand",
        title={"vi": "Các tỉnh của Thái Lan", "en": "Provinces of Thailand", "th": "จังหวัดในประเทศไทย"},
        description={
            "vi": "77 tỉnh với tên tiếng Thái và tiếng Anh.",
            "en": "77 provinces with their Thai and English names.",
        },
        source={"en": "kongvut/thai-province-data", "vi": "kongvut/thai-province-data"},
        themes=("REGI",),
        tags=("Thái Lan", "ASEAN"),
        language=("th", "en"),
        uploads=(Upload(file="provinces-th.csv", dataset="provinces-thailand"),),
    ),
    About(
        slug="no2-station-3-2006",
        title={"vi": "Nồng độ NO₂ hằng ngày tại một trạm ở Anh, 2006", "en": "Daily NO₂ at a station in the UK, 2006"},
        description={
            "vi": "Trung bình, thấp nhất và cao nhất mỗi ngày, tính từ số đo 15 phút; tệp có dòng mở đầu và dấu phẩy thập phân.",
            "en": "Mean, lowest and highest of each day, computed from quarter-hourly readings; the file has a preamble and "
            "decimal commas.",
        },
        source={"en": "A UK monitoring station, published file of 2006", "vi": "Một trạm quan trắc ở Anh, tệp công bố năm 2006"},
        themes=("ENVI",),
        tags=("môi trường", "không khí"),
        language=("en",),
        temporal=Period(start=date(2006, 1, 1), end=date(2006, 12, 31)),
        uploads=(Upload(file="no2-station3-2006.csv", dataset="no2-station-3-2006"),),
    ),
)
