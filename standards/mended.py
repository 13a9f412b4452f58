"""The kinds of repair: what each is called, what it does, and whether it needs a decision."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """A kind of repair: whether it is safe, its name and what it does."""

    safe: bool
    title: Mapping[str, str]
    does: Mapping[str, str]


def _kind(safe: bool, vi: str, does_vi: str, en: str, does_en: str) -> Kind:
    return Kind(safe=safe, title={"vi": vi, "en": en}, does={"vi": does_vi, "en": does_en})


KINDS: Mapping[str, Kind] = MappingProxyType({
    "report-form": _kind(
        False, "Tách biểu mẫu thành bảng",
        "Tiêu đề, đơn vị tính, tên cột nhiều hàng, đánh số I, 1, 1.1, dòng tổng và phần ký tên được tách ra; bảng chéo "
        "thành bảng dọc. Xem trước các dòng đầu rồi quyết định; bản gốc khi đó không công khai.",
        "Take the form apart",
        "Titles, unit, header of several rows, numbering I, 1, 1.1, sums and signatures are taken apart; a crosstab "
        "becomes long. Look at the preview before you decide; the original is then not public.",
    ),
    "bom": _kind(
        True, "Bỏ dấu BOM",
        "Bỏ dấu BOM ở đầu tệp.",
        "Remove the byte order mark",
        "Removes the mark at the beginning.",
    ),
    "encoding": _kind(
        True, "Đổi bảng mã sang UTF-8",
        "Tệp dùng bảng mã cũ được ghi lại bằng UTF-8.",
        "Encoding to UTF-8",
        "A file in an older encoding is written as UTF-8.",
    ),
    "delimiter": _kind(
        True, "Đổi dấu ngăn cột sang dấu phẩy",
        "Tệp ngăn cột bằng dấu khác được ghi lại bằng dấu phẩy.",
        "Delimiter to comma",
        "A file with another delimiter is written with commas.",
    ),
    "rename": _kind(
        False, "Đổi tên cột theo chuẩn",
        "Tên cột gần giống tên trong chuẩn. Đổi tên thì Datamo kiểm tra được cột này theo chuẩn; ô giữ nguyên.",
        "Rename columns after the standard",
        "These column names are close to names of the standard. Renamed, the columns can be checked against it; "
        "cells stay as they are.",
    ),
    "vni": _kind(
        True, "Đổi VNI sang Unicode",
        "Chữ viết bằng phông cũ (VNI-Times …) được đổi sang Unicode.",
        "VNI to Unicode",
        "Text typed for old fonts (VNI-Times …) is rewritten in Unicode.",
    ),
    "vni-unproven": _kind(
        False, "Đổi VNI sang Unicode, cột lẫn bảng mã",
        "Cột lẫn chữ VNI và Unicode: chỉ đổi ô chỉ có chữ VNI. Xem ví dụ trước khi nhận.",
        "VNI to Unicode in a mixed column",
        "The column mixes VNI and Unicode: only cells that hold nothing but VNI are rewritten. Look at the "
        "examples first.",
    ),
    "tcvn3": _kind(
        True, "Đổi TCVN3 sang Unicode",
        "Chữ viết bằng phông cũ (.VnTime, ABC) được đổi sang Unicode.",
        "TCVN3 to Unicode",
        "Text typed for old fonts (.VnTime, ABC) is rewritten in Unicode.",
    ),
    "tcvn3-unproven": _kind(
        False, "Đổi TCVN3 sang Unicode, cột lẫn bảng mã",
        "Cột lẫn chữ TCVN3 và Unicode: chỉ đổi ô chỉ có chữ TCVN3. Xem ví dụ trước khi nhận.",
        "TCVN3 to Unicode in a mixed column",
        "The column mixes TCVN3 and Unicode: only cells that hold nothing but TCVN3 are rewritten. Look at the "
        "examples first.",
    ),
    "invisible": _kind(
        True, "Bỏ ký tự không nhìn thấy",
        "Bỏ dấu cách không ngắt, ký tự độ rộng bằng không và ký tự điều khiển.",
        "Remove invisible characters",
        "Removes no-break and zero-width spaces and control characters.",
    ),
    "invisible-unproven": _kind(
        False, "Bỏ ký tự không nhìn thấy trong chữ cần chúng",
        "Chữ trong ô có thể cần ký tự nối hoặc dấu hướng. Xem ví dụ trước khi nhận.",
        "Remove invisible characters from scripts that use them",
        "The script in these cells may need joiners or direction marks. Look at the examples first.",
    ),
    "nfc": _kind(
        True, "Ghép chữ và dấu",
        "Chữ và dấu lưu rời được ghép thành Unicode dựng sẵn (NFC).",
        "Compose letters and marks",
        "Letters and marks stored apart are composed (Unicode NFC).",
    ),
    "nfc-unproven": _kind(
        False, "Ghép chữ và dấu, chữ Hán đổi dạng",
        "Chữ Hán tương thích sẽ đổi dạng khi ghép. Xem ví dụ trước khi nhận.",
        "Compose letters; CJK signs change shape",
        "CJK compatibility signs change their shape. Look at the examples first.",
    ),
    "trim": _kind(
        True, "Bỏ khoảng trắng thừa",
        "Bỏ khoảng trắng ở đầu và cuối ô.",
        "Remove stray spaces",
        "Removes spaces at the beginning and end of cells.",
    ),
    "quotes": _kind(
        True, "Bỏ dấu nháy thừa",
        "Bỏ dấu nháy bao quanh mã, số hoặc ngày mà bảng tính để lại.",
        "Remove hidden quotes",
        "Removes quotation marks that a spreadsheet left around codes, numbers or dates.",
    ),
    "full-width": _kind(
        True, "Đổi chữ số rộng",
        "Chữ số toàn độ rộng (１２３) trong mã, số và ngày được đổi thành chữ số thường.",
        "Full-width digits to plain ones",
        "Full-width digits (１２３) in codes, numbers and dates become plain digits.",
    ),
    "date": _kind(
        True, "Ghi ngày theo ISO",
        "Ngày được ghi lại thành NĂM-THÁNG-NGÀY; cả cột chỉ có một cách đọc.",
        "Dates in ISO form",
        "Dates are rewritten as YEAR-MONTH-DAY; the whole column has only one reading.",
    ),
    "date-day-first": _kind(
        False, "Ghi ngày theo ISO, đọc ngày/tháng/năm",
        "Cột đọc được theo hai cách; chọn cách này nếu ngày đứng trước tháng.",
        "Dates in ISO form, read day/month/year",
        "The column can be read in two ways; choose this if the day comes first.",
    ),
    "date-month-first": _kind(
        False, "Ghi ngày theo ISO, đọc tháng/ngày/năm",
        "Cột đọc được theo hai cách; chọn cách này nếu tháng đứng trước ngày.",
        "Dates in ISO form, read month/day/year",
        "The column can be read in two ways; choose this if the month comes first.",
    ),
    "number": _kind(
        True, "Ghi số theo dạng chuẩn",
        "Bỏ dấu ngăn hàng nghìn, dấu thập phân thành dấu chấm; cả cột chỉ có một cách đọc.",
        "Numbers in canonical form",
        "Thousands separators go, the decimal sign becomes a point; the whole column has only one reading.",
    ),
    "number-comma-decimal": _kind(
        False, "Ghi số theo dạng chuẩn, dấu phẩy là dấu thập phân",
        "Cột đọc được theo hai cách; chọn cách này nếu 1.234,5 là một nghìn hai trăm ba mươi tư phẩy năm.",
        "Canonical numbers, comma as decimal sign",
        "The column can be read in two ways; choose this if 1.234,5 is one thousand two hundred thirty-four and "
        "a half.",
    ),
    "number-point-decimal": _kind(
        False, "Ghi số theo dạng chuẩn, dấu chấm là dấu thập phân",
        "Cột đọc được theo hai cách; chọn cách này nếu 1,234.5 là một nghìn hai trăm ba mươi tư phẩy năm.",
        "Canonical numbers, point as decimal sign",
        "The column can be read in two ways; choose this if 1,234.5 is one thousand two hundred thirty-four and "
        "a half.",
    ),
    "zero-padding": _kind(
        True, "Trả lại số 0 ở đầu mã",
        "Chỉ khi danh mục có đúng một mã như vậy, đang có hiệu lực và khớp tên bên cạnh.",
        "Put lost zeros back",
        "Only where the list has exactly one such code, in force, agreeing with the name beside it.",
    ),
    "zero-padding-unproven": _kind(
        False, "Trả lại số 0 ở đầu mã, chưa có bằng chứng",
        "Danh mục không chứng minh được mã sau khi thêm số 0. Xem ví dụ trước khi nhận.",
        "Put lost zeros back without proof",
        "The list does not prove the code with its zeros. Look at the examples first.",
    ),
    "name": _kind(
        False, "Viết tên đơn vị như danh mục",
        "Tên cạnh mã chỉ khác danh mục ở dấu, chữ hoa hoặc cách viết được ghi lại đúng như danh mục.",
        "Names as the list writes them",
        "Names beside a code that differ from the list only in marks, capitals or spelling are written as the "
        "list does.",
    ),
    "as-of": _kind(
        False, "Ghi lại ngày dữ liệu",
        "Mã trong tệp đúng với một ngày cũ hơn ngày ghi ở cột ngày. Nếu dữ liệu thật sự là của ngày cũ đó, Datamo ghi "
        "ngày bạn xác nhận vào cột ngày ở mọi dòng; mã giữ nguyên.",
        "Correct the day of the data",
        "The codes were right on a day before the one in the column of dates. If the data are really of that day, the "
        "day that you confirm is written into the column of dates in every row; codes stay.",
    ),
    "successor": _kind(
        False, "Thêm cột mã mới",
        "Mã cũ giữ nguyên. Mã thay thế vào một cột mới, theo ngày dữ liệu mà bạn xác nhận; mã có nhiều hoặc "
        "không có mã thay thế thì để trống.",
        "Add a column with the new codes",
        "Old codes stay. Their successors go into a new column, by the day of the data that you confirm; a code "
        "with several successors or none leaves a blank.",
    ),
    "drop-cell": _kind(
        True, "Bỏ ô trống thừa",
        "Bỏ ô trống nằm ngoài cột cuối cùng.",
        "Remove blank extra cells",
        "Removes blank cells beyond the last column.",
    ),
    "drop-column": _kind(
        True, "Bỏ cột trống",
        "Bỏ cột không có giá trị nào và không thuộc chuẩn. Bản gốc khi đó không công khai.",
        "Remove empty columns",
        "Removes columns without any value that no standard asks for. The original is then not public.",
    ),
    "drop-row": _kind(
        True, "Bỏ dòng trống",
        "Bỏ dòng không có ô nào có giá trị.",
        "Remove blank rows",
        "Removes rows in which no cell holds anything.",
    ),
    "duplicate-row": _kind(
        False, "Bỏ dòng trùng hoàn toàn",
        "Dòng giống hệt một dòng ở trên được bỏ; dòng đầu tiên được giữ. Bản gốc khi đó không công khai.",
        "Remove repeated rows",
        "Rows that are the same as one above are removed; the first one stays. The original is then not public.",
    ),
    "generalise": _kind(
        False, "Ghi khái quát hơn",
        "Ngày sinh chỉ còn năm, địa chỉ chỉ còn phần sau dấu phẩy cuối cùng; ô không đọc được như vậy thì để trống. "
        "Bản gốc khi đó không công khai.",
        "Say it more coarsely",
        "Of a birth date the year stays, of an address what follows its last comma; a cell that cannot be read so "
        "becomes blank. The original is then not public.",
    ),
    "mask": _kind(
        False, "Che giá trị",
        "Số chỉ còn ba ký tự đầu, hộp thư chỉ còn tên miền, họ tên chỉ còn chữ cái đầu. Bản gốc khi đó không công "
        "khai.",
        "Mask the values",
        "Of a number the first three signs stay, of a mailbox its domain, of a name the initials. The original is then "
        "not public.",
    ),
    "leave-out": _kind(
        False, "Bỏ cột",
        "Bỏ cả cột khỏi dữ liệu công bố. Bản gốc khi đó không công khai.",
        "Leave the column out",
        "Takes the whole column out of what is published. The original is then not public.",
    ),
})
"""Every kind, in the order in which repairs are made.

No kind replaces a code of an administrative unit: codes were used again for other units (27 became 24, which had been
another province's). A successor can only go into a column of its own, after its publisher has confirmed the day.
"""
