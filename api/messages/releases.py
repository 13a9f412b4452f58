"""What is wrong with a release of a code list or a version of a standard, and what became of one: its sentences."""

from __future__ import annotations

from types import MappingProxyType

from api.messages import Sentences

SENTENCES: Sentences = MappingProxyType({
    "release-invalid": {
        "vi": "Bản phát hành danh mục chưa đúng; xem từng dòng bên dưới.",
        "en": "The release of the code list is not right; see the rows below.",
    },
    "standard-invalid": {
        "vi": "Bản tiêu chuẩn chưa đúng; xem danh sách lỗi kèm theo.",
        "en": "The table standard is not right; see the list of errors.",
    },
    "release-overtaken": {
        "vi": "Một bản phát hành khác của {subject} vừa có hiệu lực. Hãy làm lại bản nháp trên danh mục mới.",
        "en": "Another release of {subject} came into force meanwhile. Make the draft again on the new list.",
    },
    "release-taken": {
        "vi": "Một bản phát hành khác vừa có hiệu lực. Hãy làm lại bản nháp trên danh mục mới.",
        "en": "Another release came into force meanwhile. Make the draft again on the new list.",
    },
    "release-differs": {
        "vi": "Bản nháp không phải là bản bạn đã xem. Hãy xem lại rồi xác nhận.",
        "en": "The draft is not the one you looked at. Look again, then confirm.",
    },
    "release-in-force": {
        "vi": "Bản phát hành đã có hiệu lực nên không xóa được. Hãy ra bản đính chính.",
        "en": "The release is in force and cannot be dropped. Release a correction instead.",
    },
    "drafts-too-many": {
        "vi": "Có quá nhiều bản nháp ({limit}). Hãy bỏ bớt trước.",
        "en": "There are too many drafts ({limit}). Drop some first.",
    },
    "not-utf-8": {"vi": "Tệp không phải UTF-8. Hãy lưu lại bằng UTF-8.", "en": "Not UTF-8. Save the file as UTF-8."},
    "not-csv": {"vi": "Tệp không đọc được như CSV.", "en": "The file cannot be read as CSV."},
    "no-rows": {"vi": "Tệp không có dòng nào.", "en": "The file has no rows."},
    "rows-too-many": {"vi": "Quá nhiều dòng (tối đa {limit}).", "en": "Too many rows ({limit} at most)."},
    "columns-missing": {
        "vi": "Thiếu cột. Dòng đầu phải là: {wanted}.",
        "en": "Columns are missing. The first row must be: {wanted}.",
    },
    "columns-unknown": {"vi": "Không biết các cột: {columns}.", "en": "Unknown columns: {columns}."},
    "columns-twice": {"vi": "Có cột xuất hiện hai lần.", "en": "A column is there twice."},
    "cells-missing": {
        "vi": "Dòng {row} có {count} ô, dòng đầu có {wanted}.",
        "en": "Row {row} has {count} cells, the header has {wanted}.",
    },
    "code-invalid": {
        "vi": "Dòng {row}: mã trống, quá dài hoặc có dấu cách.",
        "en": "Row {row}: the code is empty, too long or has spaces.",
    },
    "name-missing": {"vi": "Dòng {row}: thiếu tên.", "en": "Row {row}: the name is missing."},
    "text-invalid": {
        "vi": "Dòng {row}: ô quá dài (tối đa {limit}) hoặc có ký tự điều khiển.",
        "en": "Row {row}: the cell is too long ({limit} at most) or holds control characters.",
    },
    "date-invalid": {
        "vi": "Dòng {row}: “{value}” không phải ngày. Viết năm-tháng-ngày, ví dụ 2027-01-01.",
        "en": "Row {row}: “{value}” is no day. Write year-month-day, for example 2027-01-01.",
    },
    "interval-empty": {
        "vi": "Dòng {row}: ngày hết hiệu lực không sau ngày có hiệu lực.",
        "en": "Row {row}: it ends before it begins.",
    },
    "row-twice": {
        "vi": "Dòng {row}: đã có mã này với cùng ngày ở dòng {other}.",
        "en": "Row {row}: row {other} is about the same code and first day.",
    },
    "intervals-overlap": {
        "vi": "Dòng {row}: trùng thời gian với “{name}” của cùng mã. Đóng mục đó trước (ghi valid_to).",
        "en": "Row {row}: overlaps with “{name}” of the same code. Close that entry first (fill its valid_to).",
    },
    "parent-unknown": {
        "vi": "Dòng {row}: cấp trên {value} không có hiệu lực vào ngày đó.",
        "en": "Row {row}: the upper unit {value} is not in force on that day.",
    },
    "successors-of-open": {
        "vi": "Dòng {row}: có mã thay thế nhưng chưa ghi ngày hết hiệu lực.",
        "en": "Row {row}: it has successors, but does not end.",
    },
    "successor-unknown": {
        "vi": "Dòng {row}: mã thay thế {value} không có hiệu lực vào ngày {until_on}.",
        "en": "Row {row}: the successor {value} is not in force on {until_on}.",
    },
    "successors-circle": {
        "vi": "Dòng {row}: các mã thay thế đi vòng về chỗ cũ (qua {value}).",
        "en": "Row {row}: the successors lead back in a circle (through {value}).",
    },
    "before-effective": {
        "vi": "Dòng {row}: mục mới bắt đầu trước ngày bản phát hành có hiệu lực ({effective_on}). "
        "Nếu là sửa quá khứ, hãy ra bản đính chính.",
        "en": "Row {row}: a new entry begins before the release takes effect ({effective_on}). "
        "If the past is to be put right, release a correction.",
    },
    "past-rewritten": {
        "vi": "Dòng {row}: đổi điều danh mục đã ghi (trước là “{was}”). Chỉ bản đính chính, có lý do, mới được sửa.",
        "en": "Row {row}: changes what the list has said (“{was}”). Only a correction, with its reason, may do that.",
    },
    "nothing-changes": {
        "vi": "Danh mục đã như vậy rồi, không có gì thay đổi.",
        "en": "The list is like this already; nothing changes.",
    },
    "standard-unreadable": {
        "vi": "Không đọc được như một tiêu chuẩn bảng: {detail}",
        "en": "It cannot be read as a table standard: {detail}",
    },
    "basis-needed": {
        "vi": "Tiêu chuẩn ghi là có văn bản quy định thì phải nêu văn bản. Nếu chưa có, ghi status: proposed.",
        "en": "A standard that says it is official must name the instrument. If there is none, say status: proposed.",
    },
    "source-needed": {
        "vi": "Tiêu chuẩn có văn bản quy định phải nêu nguồn của từng cột bắt buộc: {columns}.",
        "en": "An official standard must give the source of each required column: {columns}.",
    },
    "version-invalid": {
        "vi": "Phiên bản “{value}” phải có dạng 1.2.3.",
        "en": "The version “{value}” must look like 1.2.3.",
    },
    "version-not-newer": {
        "vi": "Phiên bản phải mới hơn bản đang có ({was}).",
        "en": "The version must be newer than the one in force ({was}).",
    },
    "id-invalid": {
        "vi": "Mã tiêu chuẩn chỉ gồm chữ thường không dấu, số và gạch nối.",
        "en": "The id may have small letters without marks, digits and hyphens only.",
    },
    "fields-count": {"vi": "Số cột phải từ 1 đến 1000.", "en": "There must be 1 to 1000 columns."},
    "field-twice": {"vi": "Cột “{value}” trống hoặc xuất hiện hai lần.", "en": "Column “{value}” is empty or twice."},
    "field-unknown": {"vi": "Không có cột “{value}”.", "en": "There is no column “{value}”."},
    "codelist-unknown": {"vi": "Không có danh mục mã “{value}”.", "en": "There is no code list “{value}”."},
    "too-heavy": {"vi": "Tệp quá nặng để đọc.", "en": "The file is too heavy to be read."},
    "timeout": {"vi": "Đọc tệp quá lâu.", "en": "Reading the file took too long."},
    "crashed": {"vi": "Không đọc được tệp.", "en": "The file cannot be read."},
    "pattern-unsupported": {
        "vi": "Mẫu “{pattern}” không dùng được (chỉ nhận biểu thức RE2).",
        "en": "The pattern “{pattern}” cannot be used (RE2 expressions only).",
    },
    "check-unknown": {"vi": "Không có quy tắc “{value}”.", "en": "There is no check “{value}”."},
})
