"""Vietnamese report forms as they come from agencies, each with its clean twin: the table that it should become."""

from __future__ import annotations

from dataclasses import dataclass

from standards.heading import Span
from standards.page import Page, page
from standards.sheet import drawn


@dataclass(frozen=True, kw_only=True)
class Case:
    """A form drawn (cells apart by ``|``, figures as ``=1``), its merged areas, and its twin in the same writing."""

    name: str
    form: str
    twin: str
    merges: tuple[Span, ...] = ()

    def page(self, kind: str = "xlsx") -> Page:
        """Lay the form out: as a workbook, or as CSV, which knows neither merged cells nor numbers."""
        merges = self.merges if kind == "xlsx" else ()
        return page(drawn(self.form, format=kind, merges=merges))

    def table(self) -> list[tuple[str, ...]]:
        """Give the twin: names of columns, then rows."""
        return [tuple(line.split("|")) for line in self.twin.strip("\n").split("\n")]


CASES = (
    Case(
        name="budget by items, form 69",
        form="""
UBND TỈNH BẮC NINH||||Biểu số 69/CK-NSNN|
SỞ TÀI CHÍNH|||||
CÔNG KHAI QUYẾT TOÁN CHI NGÂN SÁCH ĐỊA PHƯƠNG NĂM 2024|||||
|||||Đơn vị tính: Triệu đồng
STT|Nội dung|Dự toán|Quyết toán|So sánh|
||||Tuyệt đối|Tương đối (%)
A|B|1|2|3=2-1|4=2/1
|TỔNG CHI NSĐP|=300|=330|=30|=110
I|Chi đầu tư phát triển|=100|=120|=20|=120
1|Chi đầu tư cho các dự án|=80|=95|=15|=119
2|Chi đầu tư khác|=20|=25|=5|=125
II|Chi thường xuyên|=200|=210|=10|=105
1|Chi giáo dục|=150|=155|=5|=103
2|Chi khoa học|=50|=55|=5|=110
Ghi chú: số liệu đã được HĐND phê chuẩn|||||
||||Bắc Ninh, ngày 10 tháng 12 năm 2025|
|Người lập biểu|||Giám đốc|
|Nguyễn Văn A|||Trần Thị B|
""",
        merges=((4, 0, 5, 0), (4, 1, 5, 1), (4, 2, 5, 2), (4, 3, 5, 3), (4, 4, 4, 5), (2, 0, 2, 5)),
        twin="""
Mã mục|Cấp|Mã mục cha|Mục cha|Nội dung|Dòng tổng|Chỉ tiêu|Giá trị|Đơn vị tính
|0|||TỔNG CHI NSĐP|true|Dự toán|300|Triệu đồng
|0|||TỔNG CHI NSĐP|true|Quyết toán|330|Triệu đồng
|0|||TỔNG CHI NSĐP|true|So sánh – Tuyệt đối|30|Triệu đồng
|0|||TỔNG CHI NSĐP|true|So sánh – Tương đối (%)|110|%
I|1|||Chi đầu tư phát triển|true|Dự toán|100|Triệu đồng
I|1|||Chi đầu tư phát triển|true|Quyết toán|120|Triệu đồng
I|1|||Chi đầu tư phát triển|true|So sánh – Tuyệt đối|20|Triệu đồng
I|1|||Chi đầu tư phát triển|true|So sánh – Tương đối (%)|120|%
I.1|2|I|Chi đầu tư phát triển|Chi đầu tư cho các dự án|false|Dự toán|80|Triệu đồng
I.1|2|I|Chi đầu tư phát triển|Chi đầu tư cho các dự án|false|Quyết toán|95|Triệu đồng
I.1|2|I|Chi đầu tư phát triển|Chi đầu tư cho các dự án|false|So sánh – Tuyệt đối|15|Triệu đồng
I.1|2|I|Chi đầu tư phát triển|Chi đầu tư cho các dự án|false|So sánh – Tương đối (%)|119|%
I.2|2|I|Chi đầu tư phát triển|Chi đầu tư khác|false|Dự toán|20|Triệu đồng
I.2|2|I|Chi đầu tư phát triển|Chi đầu tư khác|false|Quyết toán|25|Triệu đồng
I.2|2|I|Chi đầu tư phát triển|Chi đầu tư khác|false|So sánh – Tuyệt đối|5|Triệu đồng
I.2|2|I|Chi đầu tư phát triển|Chi đầu tư khác|false|So sánh – Tương đối (%)|125|%
II|1|||Chi thường xuyên|true|Dự toán|200|Triệu đồng
II|1|||Chi thường xuyên|true|Quyết toán|210|Triệu đồng
II|1|||Chi thường xuyên|true|So sánh – Tuyệt đối|10|Triệu đồng
II|1|||Chi thường xuyên|true|So sánh – Tương đối (%)|105|%
II.1|2|II|Chi thường xuyên|Chi giáo dục|false|Dự toán|150|Triệu đồng
II.1|2|II|Chi thường xuyên|Chi giáo dục|false|Quyết toán|155|Triệu đồng
II.1|2|II|Chi thường xuyên|Chi giáo dục|false|So sánh – Tuyệt đối|5|Triệu đồng
II.1|2|II|Chi thường xuyên|Chi giáo dục|false|So sánh – Tương đối (%)|103|%
II.2|2|II|Chi thường xuyên|Chi khoa học|false|Dự toán|50|Triệu đồng
II.2|2|II|Chi thường xuyên|Chi khoa học|false|Quyết toán|55|Triệu đồng
II.2|2|II|Chi thường xuyên|Chi khoa học|false|So sánh – Tuyệt đối|5|Triệu đồng
II.2|2|II|Chi thường xuyên|Chi khoa học|false|So sánh – Tương đối (%)|110|%
""",
    ),
    Case(
        name="population by age and sex",
        form="""
DÂN SỐ CHIA THEO NHÓM TUỔI, GIỚI TÍNH VÀ THÀNH THỊ, NÔNG THÔN||||
||||Đơn vị tính: Người
Nhóm tuổi|Thành thị||Nông thôn|
|Nam|Nữ|Nam|Nữ
Tổng số|=30|=33|=70|=72
0-4|=10|=11|=20|=22
5-9|=20|=22|=50|=50
Nguồn: Tổng điều tra dân số và nhà ở||||
""",
        merges=((2, 0, 3, 0), (2, 1, 2, 2), (2, 3, 2, 4)),
        twin="""
Nhóm tuổi|Khu vực|Giới tính|Giá trị|Đơn vị tính
0-4|Thành thị|Nam|10|Người
0-4|Thành thị|Nữ|11|Người
0-4|Nông thôn|Nam|20|Người
0-4|Nông thôn|Nữ|22|Người
5-9|Thành thị|Nam|20|Người
5-9|Thành thị|Nữ|22|Người
5-9|Nông thôn|Nam|50|Người
5-9|Nông thôn|Nữ|50|Người
""",
    ),
    Case(
        name="land use with dotted numbers",
        form="""
Biểu 01/CH||||
HIỆN TRẠNG SỬ DỤNG ĐẤT NĂM 2024||||
||||Đơn vị tính: ha
STT|Chỉ tiêu sử dụng đất|Mã|Diện tích|Cơ cấu (%)
(1)|(2)|(3)|(4)|(5)
1|Đất nông nghiệp|NNP|=700|=70
1.1|Đất trồng lúa|LUA|=400|=40
1.2|Đất rừng sản xuất|RSX|=300|=30
2|Đất phi nông nghiệp|PNN|=300|=30
2.1|Đất ở|OTC|=200|=20
2.2|Đất chuyên dùng|CDG|=100|=10
""",
        twin="""
Mã mục|Cấp|Mã mục cha|Mục cha|Chỉ tiêu sử dụng đất|Mã|Dòng tổng|Diện tích|Cơ cấu (%)|Đơn vị tính
1|1|||Đất nông nghiệp|NNP|true|700|70|ha; %
1.1|2|1|Đất nông nghiệp|Đất trồng lúa|LUA|false|400|40|ha; %
1.2|2|1|Đất nông nghiệp|Đất rừng sản xuất|RSX|false|300|30|ha; %
2|1|||Đất phi nông nghiệp|PNN|true|300|30|ha; %
2.1|2|2|Đất phi nông nghiệp|Đất ở|OTC|false|200|20|ha; %
2.2|2|2|Đất phi nông nghiệp|Đất chuyên dùng|CDG|false|100|10|ha; %
""",
    ),
    Case(
        name="schools by district and level",
        form="""
SỐ TRƯỜNG, LỚP, HỌC SINH NĂM HỌC 2024-2025||||||
Xã, phường|Mầm non|||Tiểu học||
|Trường|Lớp|Học sinh|Trường|Lớp|Học sinh
Phường A|=2|=20|=500|=3|=60|=2000
Phường B|=1|=9|=210|=2|=35|=1100
Tổng cộng|=3|=29|=710|=5|=95|=3100
Người lập biểu||||Hiệu trưởng||
""",
        merges=((1, 0, 2, 0), (1, 1, 1, 3), (1, 4, 1, 6)),
        twin="""
Xã, phường|Chỉ tiêu|Chỉ tiêu 2|Giá trị
Phường A|Mầm non|Trường|2
Phường A|Mầm non|Lớp|20
Phường A|Mầm non|Học sinh|500
Phường A|Tiểu học|Trường|3
Phường A|Tiểu học|Lớp|60
Phường A|Tiểu học|Học sinh|2000
Phường B|Mầm non|Trường|1
Phường B|Mầm non|Lớp|9
Phường B|Mầm non|Học sinh|210
Phường B|Tiểu học|Trường|2
Phường B|Tiểu học|Lớp|35
Phường B|Tiểu học|Học sinh|1100
""",
    ),
    Case(
        name="yearbook table by years",
        form="""
Sản lượng lúa cả năm phân theo địa phương|||
|||Đơn vị tính: Nghìn tấn
|2022|2023|2024
CẢ TỈNH|=30|=33|=36
Huyện A|=10|=11|=12
Huyện B|=20|=22|=24
""",
        twin="""
#1|Năm|Giá trị|Đơn vị tính
Huyện A|2022|10|Nghìn tấn
Huyện A|2023|11|Nghìn tấn
Huyện A|2024|12|Nghìn tấn
Huyện B|2022|20|Nghìn tấn
Huyện B|2023|22|Nghìn tấn
Huyện B|2024|24|Nghìn tấn
""",
    ),
    Case(
        name="procedures by quarter",
        form="""
Mẫu số II.06a|||||
TÌNH HÌNH GIẢI QUYẾT THỦ TỤC HÀNH CHÍNH|||||
STT|Lĩnh vực|Quý I|Quý II|Quý III|Quý IV
1|Đất đai|=100|=120|=130|=90
2|Hộ tịch|=200|=210|=190|=220
3|Xây dựng|=15|=…|=20|=-
Nơi nhận: VPCP|||||
""",
        twin="""
STT|Lĩnh vực|Quý|Giá trị|Ký hiệu
1|Đất đai|Quý I|100|
1|Đất đai|Quý II|120|
1|Đất đai|Quý III|130|
1|Đất đai|Quý IV|90|
2|Hộ tịch|Quý I|200|
2|Hộ tịch|Quý II|210|
2|Hộ tịch|Quý III|190|
2|Hộ tịch|Quý IV|220|
3|Xây dựng|Quý I|15|
3|Xây dựng|Quý II||…
3|Xây dựng|Quý III|20|
3|Xây dựng|Quý IV||-
""",
    ),
    Case(
        name="staff by rank with groups of rows",
        form="""
Phụ lục II|||
BIÊN CHẾ CÔNG CHỨC NĂM 2025|||
Đơn vị|Được giao|Có mặt|Ghi chú
Khối sở, ngành|||
Sở Nội vụ|=50|=48|
Sở Tài chính|=60|=59|tuyển thêm 1
Cộng|=110|=107|
Khối xã, phường|||
Phường A|=20|=20|
Xã B|=18|=17|
Cộng|=38|=37|
""",
        twin="""
Nhóm|Đơn vị|Ghi chú|Được giao|Có mặt
Khối sở, ngành|Sở Nội vụ||50|48
Khối sở, ngành|Sở Tài chính|tuyển thêm 1|60|59
Khối xã, phường|Phường A||20|20
Khối xã, phường|Xã B||18|17
""",
    ),
    Case(
        name="public investment projects, A, I, 1",
        form="""
DANH MỤC DỰ ÁN ĐẦU TƯ CÔNG NĂM 2025||||
||||ĐVT: Triệu đồng
TT|Danh mục dự án|Địa điểm|Tổng mức đầu tư|Kế hoạch vốn 2025
A|NGÂN SÁCH TỈNH|||
I|Giao thông|||
1|Đường A|Xã A|=1000|=200
2|Cầu B|Xã B|=500|=100
II|Giáo dục|||
1|Trường C|Xã C|=300|=50
B|NGÂN SÁCH TRUNG ƯƠNG|||
I|Thuỷ lợi|||
1|Hồ D|Xã D|=800|=80
""",
        twin="""
Mã mục|Cấp|Mã mục cha|Mục cha|Danh mục dự án|Địa điểm|Tổng mức đầu tư|Kế hoạch vốn 2025|Đơn vị tính
A.I.1|3|A.I|Giao thông|Đường A|Xã A|1000|200|Triệu đồng
A.I.2|3|A.I|Giao thông|Cầu B|Xã B|500|100|Triệu đồng
A.II.1|3|A.II|Giáo dục|Trường C|Xã C|300|50|Triệu đồng
B.I.1|3|B.I|Thuỷ lợi|Hồ D|Xã D|800|80|Triệu đồng
""",
    ),
    Case(
        name="revenue with bullets under numbers",
        form="""
Biểu số 62/CK-NSNN|||
THU NGÂN SÁCH NHÀ NƯỚC|||
|||Đơn vị: Tỷ đồng
STT|Nội dung|Dự toán|Ước thực hiện
A|B|1|2
|TỔNG THU|=90|=100
1|Thu nội địa|=60|=70
|- Thu từ DNNN|=40|=45
|- Thu từ hộ kinh doanh|=20|=25
2|Thu từ dầu thô|=30|=30
""",
        twin="""
Mã mục|Cấp|Mã mục cha|Mục cha|Nội dung|Dòng tổng|Dự toán|Ước thực hiện|Đơn vị tính
|0|||TỔNG THU|true|90|100|Tỷ đồng
1|1|||Thu nội địa|true|60|70|Tỷ đồng
1.(1)|2|1|Thu nội địa|Thu từ DNNN|false|40|45|Tỷ đồng
1.(2)|2|1|Thu nội địa|Thu từ hộ kinh doanh|false|20|25|Tỷ đồng
2|1|||Thu từ dầu thô|false|30|30|Tỷ đồng
""",
    ),
    Case(
        name="health facilities with merged districts",
        form="""
CƠ SỞ KHÁM CHỮA BỆNH NĂM 2024||||
Khu vực|Đơn vị|Số giường||Ghi chú
||Kế hoạch|Thực kê|
Miền núi|BV A|=100|=120|
|BV B|=50|=60|
Đồng bằng|BV C|=200|=210|mới
|BV D|=150|=155|
Thủ trưởng đơn vị||||
""",
        merges=((1, 0, 2, 0), (1, 1, 2, 1), (1, 2, 1, 3), (1, 4, 2, 4), (3, 0, 4, 0), (5, 0, 6, 0)),
        twin="""
Khu vực|Đơn vị|Ghi chú|Chỉ tiêu|Giá trị
Miền núi|BV A||Kế hoạch|100
Miền núi|BV A||Thực kê|120
Miền núi|BV B||Kế hoạch|50
Miền núi|BV B||Thực kê|60
Đồng bằng|BV C|mới|Kế hoạch|200
Đồng bằng|BV C|mới|Thực kê|210
Đồng bằng|BV D||Kế hoạch|150
Đồng bằng|BV D||Thực kê|155
""",
    ),
    Case(
        name="indicators with a column of units",
        form="""
CHỈ TIÊU KINH TẾ - XÃ HỘI CHỦ YẾU||||
STT|Chỉ tiêu|Đơn vị tính|Kế hoạch 2025|Ước 2025
(1)|(2)|(3)|(4)|(5)
I|Kinh tế|||
1|GRDP|Tỷ đồng|=1000|=1010
2|Thu ngân sách|Tỷ đồng|=100|=105
II|Xã hội|||
1|Dân số|Nghìn người|=1500|=1502
2|Hộ nghèo|%|=2.5|=2.4
""",
        twin="""
Mã mục|Cấp|Mã mục cha|Mục cha|Chỉ tiêu|Đơn vị tính|Kế hoạch 2025|Ước 2025
I.1|2|I|Kinh tế|GRDP|Tỷ đồng|1000|1010
I.2|2|I|Kinh tế|Thu ngân sách|Tỷ đồng|100|105
II.1|2|II|Xã hội|Dân số|Nghìn người|1500|1502
II.2|2|II|Xã hội|Hộ nghèo|%|2.5|2.4
""",
    ),
    Case(
        name="labour by month with total columns",
        form="""
LAO ĐỘNG CÓ VIỆC LÀM MỚI||||
Đơn vị tính: Người||||
Địa phương|Tháng 1|Tháng 2|Tháng 3|Tháng 4
Xã A|=10|=12|=11|=9
Xã B|=5|=6|=7|=8
Cộng|=15|=18|=18|=17
Người lập|||Chủ tịch|
(Ký, họ tên)|||(Ký, đóng dấu)|
""",
        twin="""
Địa phương|Tháng|Giá trị|Đơn vị tính
Xã A|Tháng 1|10|Người
Xã A|Tháng 2|12|Người
Xã A|Tháng 3|11|Người
Xã A|Tháng 4|9|Người
Xã B|Tháng 1|5|Người
Xã B|Tháng 2|6|Người
Xã B|Tháng 3|7|Người
Xã B|Tháng 4|8|Người
""",
    ),
    Case(
        name="forest with three rows of header",
        form="""
Biểu số 2|||||
DIỆN TÍCH RỪNG|||||
|||||Đơn vị tính: ha
Xã|Năm 2023|||Năm 2024|
|Rừng tự nhiên|Rừng trồng||Rừng tự nhiên|Rừng trồng
||Sản xuất|Phòng hộ||
Xã A|=10|=20|=5|=11|=26
Xã B|=7|=3|=1|=7|=5
""",
        merges=(
            (3, 0, 5, 0),
            (3, 1, 3, 3),
            (3, 4, 3, 5),
            (4, 1, 5, 1),
            (4, 2, 4, 3),
            (4, 4, 5, 4),
            (4, 5, 5, 5),
        ),
        twin="""
Xã|Chỉ tiêu|Giá trị|Đơn vị tính
Xã A|Năm 2023 – Rừng tự nhiên|10|ha
Xã A|Năm 2023 – Rừng trồng – Sản xuất|20|ha
Xã A|Năm 2023 – Rừng trồng – Phòng hộ|5|ha
Xã A|Năm 2024 – Rừng tự nhiên|11|ha
Xã A|Năm 2024 – Rừng trồng|26|ha
Xã B|Năm 2023 – Rừng tự nhiên|7|ha
Xã B|Năm 2023 – Rừng trồng – Sản xuất|3|ha
Xã B|Năm 2023 – Rừng trồng – Phòng hộ|1|ha
Xã B|Năm 2024 – Rừng tự nhiên|7|ha
Xã B|Năm 2024 – Rừng trồng|5|ha
""",
    ),
    Case(
        name="social aid, flat with a signature block",
        form="""
ỦY BAN NHÂN DÂN XÃ A||||
BÁO CÁO TRỢ CẤP XÃ HỘI||||
STT|Đối tượng|Số người|Mức hưởng (nghìn đồng)|Thành tiền (nghìn đồng)
1|Người cao tuổi|=100|=500|=50000
2|Người khuyết tật|=40|=750|=30000
3|Trẻ mồ côi|=10|=900|=9000
||||
|Tổng số|=150||=89000
||Ngày 5 tháng 01 năm 2026||
Kế toán|||TM. UBND xã|
""",
        twin="""
STT|Đối tượng|Số người|Mức hưởng (nghìn đồng)|Thành tiền (nghìn đồng)|Đơn vị tính
1|Người cao tuổi|100|500|50000|nghìn đồng
2|Người khuyết tật|40|750|30000|nghìn đồng
3|Trẻ mồ côi|10|900|9000|nghìn đồng
""",
    ),
)
