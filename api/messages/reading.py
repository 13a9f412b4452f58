"""The sentences of reading a file: what was noticed on the way, and why a file cannot be read or joined."""

from __future__ import annotations

from types import MappingProxyType

from api.messages import Sentences

TITLES: Sentences = MappingProxyType(
    {
        "footer-skipped": {"vi": "Ghi chú dưới bảng", "en": "Notes under the table"},
        "id-renamed": {"vi": "Cột _id được đổi tên", "en": "Column _id renamed"},
        "columns-differ": {"vi": "Cột khác phiên bản trước", "en": "Columns differ from the version before"},
        "period-gap": {"vi": "Thiếu kỳ ở giữa", "en": "A period is missing"},
        "period-exists": {"vi": "Kỳ đã có dữ liệu", "en": "The period is there already"},
        "period-unknown": {"vi": "Không hiểu kỳ dữ liệu", "en": "Period not understood"},
        "no-period-column": {"vi": "Không có cột cho biết kỳ", "en": "No column tells the period"},
        "not-valid": {"vi": "Bảng còn lỗi", "en": "The table has errors"},
    }
)

SENTENCES: Sentences = MappingProxyType(
    {
        # --- noticed on the way
        "footer-skipped": {
            "vi": "{rows} dòng ghi chú dưới bảng không được tính là dữ liệu, bắt đầu bằng “{cell}”.",
            "en": 'the {rows} lines of notes under the table, beginning with "{cell}", are not counted as data.',
        },
        "id-renamed": {
            "vi": "tên _id được dùng cho số thứ tự dòng; cột này của bạn sẽ mang tên {name}.",
            "en": "the name _id is used for the row number; your column will be called {name}.",
        },
        "columns-differ": {
            "vi": "các cột khác phiên bản trước (thiếu: {missing}; thừa: {extra}), nên không nối được. "
            "Sửa cột cho giống, hoặc gửi bản thay thế toàn bộ.",
            "en": "the columns differ from the version before (missing: {missing}; extra: {extra}), "
            "so the rows cannot be "
            "joined. Make them alike, or send a file that replaces everything.",
        },
        "period-gap": {
            "vi": "giữa kỳ trước và kỳ {period} còn thiếu kỳ. Có thể gửi kỳ còn thiếu sau.",
            "en": "there is a gap between the period before and {period}. The missing one may follow later.",
        },
        "period-exists": {
            "vi": "kỳ {period} đã có dữ liệu. Để thay dữ liệu của kỳ này, gửi bản đính chính.",
            "en": "there are data of {period} already. To replace them, send a correction.",
        },
        "period-unknown": {
            "vi": "không hiểu kỳ “{period}”. Ghi như 2025, 2025-Q1, 2025-07 hoặc 2025-07-01.",
            "en": 'the period "{period}" is not understood. Write 2025, 2025-Q1, 2025-07 or 2025-07-01.',
        },
        "no-period-column": {
            "vi": "không cột nào cho biết dòng nào thuộc kỳ {period}, nên không đính chính riêng kỳ này được. "
            "Gửi bản thay thế toàn bộ.",
            "en": "no column tells which rows belong to {period}, so that period alone cannot be corrected. "
            "Send a file that replaces everything.",
        },
        "not-valid": {
            "vi": "bảng “{resource}” còn lỗi; xem danh sách bên dưới.",
            "en": 'the table "{resource}" has errors; see the list below.',
        },
        # --- cannot be read
        "empty-file": {"vi": "tệp rỗng. Kiểm tra rồi gửi lại.", "en": "the file is empty. Check it and send it again."},
        "binary-content": {
            "vi": "tệp không phải bảng dạng văn bản. Hãy gửi CSV, XLSX, ODS, JSON hoặc Parquet.",
            "en": "the file is not a text table. Send CSV, XLSX, ODS, JSON or Parquet.",
        },
        "nul-bytes": {
            "vi": "tệp có byte NUL, dấu hiệu của tệp hỏng hoặc không phải văn bản. Xuất lại tệp từ nguồn.",
            "en": "the file holds NUL bytes, the mark of a damaged or binary file. Export it again.",
        },
        "bomb": {
            "vi": "tệp nén nở ra quá lớn (giới hạn {limit} byte). Chia nhỏ rồi gửi lại.",
            "en": "the file unpacks to more than is taken ({limit} bytes). Split it and send again.",
        },
        "cell-too-long": {
            "vi": "dòng {row} có ô dài hơn {limit} ký tự. Kiểm tra dấu ngoặc kép chưa đóng.",
            "en": "row {row} has a cell of more than {limit} characters. Look for a quote that is not closed.",
        },
        "line-too-long": {
            "vi": "có dòng dài hơn {limit} ký tự. Kiểm tra xem tệp có đúng định dạng không.",
            "en": "a line is longer than {limit} characters. Check whether the file has the format its name says.",
        },
        "crashed": {
            "vi": "chương trình đọc đã dừng giữa chừng vì tệp này. Lưu lại tệp bằng phần mềm khác rồi gửi lại.",
            "en": "the reader stopped over this file. Save it with another program and send it again.",
        },
        "timeout": {
            "vi": "đọc tệp quá lâu nên đã dừng. Chia nhỏ tệp hoặc gửi CSV.",
            "en": "reading took too long and was stopped. Split the file, or send it as CSV.",
        },
        "too-heavy": {
            "vi": "tệp cần nhiều bộ nhớ hoặc thời gian hơn mức cho phép ({cause}). Chia nhỏ tệp hoặc gửi CSV.",
            "en": "the file needs more memory or time than is given ({cause}). Split it, or send it as CSV.",
        },
        "encrypted": {
            "vi": "tệp được đặt mật khẩu. Bỏ mật khẩu rồi gửi lại.",
            "en": "the file is protected by a password. Remove it and send the file again.",
        },
        "not-a-workbook": {
            "vi": "tệp mang tên bảng tính nhưng không mở được như bảng tính. Lưu lại thành XLSX hoặc CSV.",
            "en": "the file is called a spreadsheet but does not open as one. Save it as XLSX or CSV.",
        },
        "not-json": {
            "vi": "tệp không phải JSON viết đúng. Kiểm tra bằng một trình soạn JSON rồi gửi lại.",
            "en": "the file is not well-formed JSON. Check it with a JSON editor and send it again.",
        },
        "not-parquet": {"vi": "tệp không phải Parquet đọc được.", "en": "the file is not Parquet that can be read."},
        "not-a-feature": {
            "vi": "phần tử thứ {row} của tệp GeoJSON không phải là đối tượng địa lý (Feature).",
            "en": "member {row} of the GeoJSON file is not a Feature.",
        },
        "unsupported-compression": {
            "vi": "tệp Parquet nén bằng {compression}, cách nén không được nhận. Lưu lại với zstd, snappy hoặc gzip.",
            "en": "the Parquet file is compressed with {compression}, which is not taken. "
            "Save it with zstd, snappy or gzip.",
        },
        "no-header": {
            "vi": "không thấy dòng tên cột ở dòng {row}. Cho biết dòng tên cột, hoặc thêm dòng này.",
            "en": "there is no header on row {row}. Say where the header is, or add one.",
        },
        "no-such-sheet": {
            "vi": "tệp không có trang tính “{sheet}”. Chọn một trang tính có trong tệp.",
            "en": 'the file has no sheet "{sheet}". Choose one that is there.',
        },
        "no-table": {
            "vi": "tệp không có bảng nào để đọc: cần một dòng tên cột và các dòng dữ liệu.",
            "en": "the file holds no table to read: it needs a header and rows of data.",
        },
        "several-tables": {
            "vi": "tệp có nhiều bảng ({names}). Gửi mỗi bảng một tệp.",
            "en": "the file holds several tables ({names}). Send each in a file of its own.",
        },
        "too-deep": {
            "vi": "tệp lồng nhau quá {limit} tầng. Gửi dữ liệu dạng bảng phẳng.",
            "en": "the file is nested more than {limit} levels deep. Send a flat table.",
        },
        "too-many-cells": {
            "vi": "bảng có hơn {limit} ô. Chia nhỏ rồi gửi lại.",
            "en": "the table has more than {limit} cells. Split it and send again.",
        },
        "too-many-columns": {
            "vi": "bảng có {columns} cột, giới hạn là {limit}. Chuyển bảng sang dạng dọc hoặc chia nhỏ.",
            "en": "the table has {columns} columns; the limit is {limit}. Turn it into a long table, or split it.",
        },
        "too-many-rows": {
            "vi": "bảng có hơn {limit} dòng. Chia nhỏ rồi gửi lại.",
            "en": "the table has more than {limit} rows. Split it and send again.",
        },
        "truncated": {
            "vi": "tệp bị cắt cụt, phần cuối không có. Gửi lại tệp đầy đủ.",
            "en": "the file is cut off; its end is missing. Send the whole file again.",
        },
        "unclosed-quote": {
            "vi": "dấu ngoặc kép mở ở dòng {line} không được đóng, nên không biết ô kết thúc ở đâu. "
            "Đóng ngoặc rồi gửi lại.",
            "en": "a quote that opens on line {line} is never closed, so nobody can tell where its cell ends. "
            "Close it.",
        },
        "undecidable-encoding": {
            "vi": "không đủ căn cứ để biết bảng mã của tệp; Datamo không đoán. Chọn bảng mã, hoặc lưu tệp ở UTF-8.",
            "en": "nothing tells for sure which encoding the file is in, and Datamo does not guess. "
            "Choose one, or save as UTF-8.",
        },
        "undecodable": {
            "vi": "tệp có ký tự không đọc được theo bảng mã {encoding}. Chọn bảng mã khác, hoặc lưu tệp ở UTF-8.",
            "en": "the file holds characters that are not {encoding}. Choose another encoding, or save it as UTF-8.",
        },
        "unknown-encoding": {
            "vi": "không có bảng mã tên “{encoding}”.",
            "en": 'there is no encoding called "{encoding}".',
        },
        "bad-option": {"vi": "giá trị của “{name}” không dùng được.", "en": 'the value of "{name}" cannot be used.'},
        "base-unreadable": {
            "vi": "không đọc được phiên bản trước để nối tiếp. Đây là việc của người quản trị Datamo.",
            "en": "the version before could not be read, so nothing can be joined to it. "
            "This is for Datamo's operator.",
        },
        "unknown-standard": {"vi": "không có tiêu chuẩn “{standard}”.", "en": 'there is no standard "{standard}".'},
        "schema-unusable": {
            "vi": "mô tả bảng gửi kèm không dùng được ở {pointer}. Sửa theo Table Schema rồi gửi lại.",
            "en": "the table schema that was sent cannot be used at {pointer}. "
            "Correct it after Table Schema and send again.",
        },
        "pattern-unsupported": {
            "vi": "mẫu “{pattern}” trong mô tả bảng dùng cú pháp không được hỗ trợ (nhìn trước, tham chiếu ngược, "
            "\\b …). "
            "Viết lại mẫu đơn giản hơn.",
            "en": 'the pattern "{pattern}" of the table schema uses syntax that is not supported (look-around, '
            "back-references, \\b …). Write it more simply.",
        },
    }
)
