"""Why a file failed or is blocked, and what reading it found: one sentence for each stable code."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from api.messages import Sentences, pick, say

FAILED: Sentences = MappingProxyType(
    {
        "empty-file": {
            "vi": "Tệp không có dữ liệu nào. Mở tệp kiểm tra rồi gửi lại.",
            "en": "The file holds no data. Open it, look, and send it again.",
        },
        "binary-content": {
            "vi": "Tên tệp là của bảng dạng chữ nhưng nội dung là loại tệp khác. Hãy tải lên đúng tệp, hoặc đặt "
            "lại đuôi tệp.",
            "en": "The file is named like a text table but holds something else. Upload the right file or correct "
            "its ending.",
        },
        "nul-bytes": {
            "vi": "Tệp chứa ký tự rỗng (NUL), thường do chép hỏng. Hãy xuất lại tệp từ phần mềm gốc.",
            "en": "The file contains NUL characters, mostly a sign of a damaged copy. Export it again from "
            "its source.",
        },
        "undecidable-encoding": {
            "vi": "Không xác định được bảng mã của tệp. Hãy lưu lại theo UTF-8, hoặc chọn bảng mã khi tải lên.",
            "en": "The encoding cannot be told. Save the file as UTF-8, or name its encoding when you upload it.",
        },
        "undecodable": {
            "vi": "Tệp có ký tự không đọc được theo bảng mã {encoding}. Hãy chọn bảng mã khác hoặc lưu lại "
            "theo UTF-8.",
            "en": "The file has bytes that mean nothing in {encoding}. Choose another encoding, or save it as UTF-8.",
        },
        "unknown-encoding": {
            "vi": "Không có bảng mã nào tên là “{encoding}”. Hãy chọn một bảng mã trong danh sách.",
            "en": "There is no encoding called “{encoding}”. Choose one of the list.",
        },
        "unclosed-quote": {
            "vi": "Dấu nháy mở ở dòng {row} không được đóng, nên phần còn lại của tệp không đọc được. Hãy thêm "
            "dấu nháy đóng.",
            "en": "A quote opened in row {row} is never closed, so the rest of the file cannot be read. Close the "
            "quote.",
        },
        "cell-too-long": {
            "vi": "Một ô ở dòng {row} dài quá giới hạn. Hãy kiểm tra dấu nháy và dấu phân cách quanh ô đó.",
            "en": "A cell in row {row} is longer than the limit. Look at the quotes and delimiters around it.",
        },
        "line-too-long": {
            "vi": "Tệp có một dòng dài quá giới hạn, nên có lẽ không phải là bảng. Hãy xuất lại tệp dạng CSV "
            "hoặc XLSX.",
            "en": "The file has a line longer than the limit; it is probably no table. Export it again as "
            "CSV or XLSX.",
        },
        "too-many-columns": {
            "vi": "Bảng có {columns} cột; giới hạn là {limit}. Hãy chia thành nhiều bảng, hoặc chuyển các "
            "năm, tháng thành dòng.",
            "en": "The table has {columns} columns; the limit is {limit}. Split it, or turn years and months "
            "into rows.",
        },
        "too-many-rows": {
            "vi": "Bảng có nhiều dòng hơn giới hạn {limit}. Hãy chia thành nhiều tệp, chẳng hạn theo năm.",
            "en": "The table has more rows than the limit of {limit}. Split it, for example by year.",
        },
        "too-many-blank-rows": {
            "vi": "Từ dòng {row} có hơn {limit} dòng trống liền nhau. Hãy xóa các dòng trống cùng ô lạc ở xa bên dưới "
            "bảng (nếu có), rồi lưu lại.",
            "en": "From row {row} on there are more than {limit} blank rows. Delete them, and any stray cell far below "
            "the table, and save the file again.",
        },
        "too-many-cells": {
            "vi": "Trang tính trải trên quá nhiều ô. Hãy xóa các ô ở xa bảng, rồi lưu lại.",
            "en": "The sheet spans too many cells. Delete cells that stand far from the table and save it again.",
        },
        "no-header": {
            "vi": "Không có dòng tiêu đề ở dòng {row}. Hãy chọn dòng khác làm dòng tiêu đề.",
            "en": "There is no header on row {row}. Choose another row as the header.",
        },
        "fixed-width": {
            "vi": "Các cột được xếp thẳng bằng dấu cách ({columns} cột), không có dấu phân cách. Hãy xuất "
            "lại tệp dạng "
            "CSV, hoặc mở bằng phần mềm bảng tính (cột có độ rộng cố định) rồi lưu thành CSV.",
            "en": "The columns are lined up with spaces ({columns} of them) and no delimiter divides them. "
            "Export the "
            "file as CSV, or open it in a spreadsheet program as fixed-width text and save it as CSV.",
        },
        "mixed-encodings": {
            "vi": "Tệp trộn nhiều bảng mã: phần đầu là {encoding}, từ dòng {line} (byte {offset}) thì không. Hãy lưu "
            "lại toàn bộ theo UTF-8.",
            "en": "The file mixes encodings: {encoding} at first, and from line {line} (byte {offset}) on it is not. "
            "Save all of it as UTF-8.",
        },
        "bad-option": {
            "vi": "Tùy chọn đọc “{name}” có giá trị không dùng được. Hãy chọn giá trị khác hoặc bỏ tùy chọn này.",
            "en": "The value of the reading option “{name}” cannot be used. Choose another one or leave the "
            "option out.",
        },
        "bomb": {
            "vi": "Tệp nén nở ra lớn bất thường nên không được mở. Hãy gửi tệp không nén.",
            "en": "The file unpacks to an abnormal size and was not opened. Send it unpacked.",
        },
        "truncated": {
            "vi": "Tệp bị cắt cụt hoặc hỏng. Hãy tải lên lại từ bản gốc.",
            "en": "The file is cut off or damaged. Upload it again from the original.",
        },
        "encrypted": {
            "vi": "Tệp được đặt mật khẩu. Hãy bỏ mật khẩu rồi tải lên lại.",
            "en": "The file is protected by a password. Remove the password and upload it again.",
        },
        "not-a-workbook": {
            "vi": "Tệp không phải là bảng tính, hoặc bảng tính đã hỏng. Hãy mở và lưu lại bằng phần mềm bảng tính.",
            "en": "The file is no workbook, or a damaged one. Open it in a spreadsheet program and save it again.",
        },
        "no-such-sheet": {
            "vi": "Không có trang tính “{sheet}”, hoặc trang đó trống. Hãy chọn trang khác.",
            "en": "There is no sheet “{sheet}”, or it is empty. Choose another one.",
        },
        "not-json": {
            "vi": "Nội dung tệp không phải JSON đúng cách viết. Hãy xuất lại từ phần mềm gốc.",
            "en": "The content of the file is not written as JSON. Export it again from its source.",
        },
        "too-deep": {
            "vi": "JSON lồng nhau quá sâu (giới hạn {limit} tầng). Hãy xuất thành danh sách các dòng, hoặc CSV.",
            "en": "The JSON nests too deep (the limit is {limit} levels). Export it as a list of rows, or as CSV.",
        },
        "no-table": {
            "vi": "Không tìm thấy bảng nào trong tệp. Hãy gửi tệp có một danh sách các mục cùng tên thuộc tính.",
            "en": "No table was found in the file. Send one that holds a list of items with the same members.",
        },
        "several-tables": {
            "vi": "Tệp chứa nhiều bảng ({names}). Hãy tách mỗi bảng thành một tệp.",
            "en": "The file holds several tables ({names}). Give each a file of its own.",
        },
        "not-a-feature": {
            "vi": "Phần tử ở dòng {row} không phải là đối tượng bản đồ (Feature của GeoJSON). Hãy xuất lại "
            "từ phần mềm bản đồ.",
            "en": "The item of row {row} is no GeoJSON feature. Export it again from the map program.",
        },
        "not-parquet": {
            "vi": "Tệp không phải là Parquet, hoặc đã hỏng. Hãy xuất lại, hoặc gửi dạng CSV.",
            "en": "The file is no Parquet file, or a damaged one. Export it again, or send it as CSV.",
        },
        "unsupported-compression": {
            "vi": "Tệp Parquet nén bằng {compression}, loại nén không được nhận vì lý do an toàn. Hãy ghi lại "
            "bằng zstd hoặc snappy.",
            "en": "The Parquet file is compressed with {compression}, not taken for safety. Write it with zstd or "
            "snappy.",
        },
        "too-heavy": {
            "vi": "Đọc tệp này tốn quá nhiều tài nguyên ({cause}). Hãy chia nhỏ hoặc đơn giản hóa tệp.",
            "en": "Reading this file takes too many resources ({cause}). Split or simplify it.",
        },
        "timeout": {
            "vi": "Đọc tệp này quá lâu nên đã dừng. Hãy chia nhỏ tệp.",
            "en": "Reading this file took too long and was stopped. Split the file.",
        },
        "crashed": {
            "vi": "Không đọc được tệp: chương trình đọc gặp lỗi ({cause}). Hãy lưu lại tệp ở định dạng khác, "
            "như CSV.",
            "en": "The file cannot be read: its reader stopped ({cause}). Save it in another format, such as CSV.",
        },
        "storage-full": {
            "vi": "Máy chủ đang hết chỗ lưu tạm. Tệp của bạn vẫn còn và sẽ được kiểm tra lại.",
            "en": "The server has run out of working space. Your file is kept and will be checked again.",
        },
        "erased": {
            "vi": "Tệp đã bị xóa vì có dữ liệu cá nhân. {detail} Hãy bỏ dữ liệu cá nhân khỏi tệp rồi gửi lại.",
            "en": "The file was erased because it held personal data. {detail} Remove them and send the file again.",
        },
        "erased-bytes": {
            "vi": "Tệp trùng với dữ liệu đã bị xóa vì có dữ liệu cá nhân, nên không được nhận lại. Hãy bỏ dữ liệu cá "
            "nhân khỏi tệp rồi gửi tệp mới.",
            "en": "The file is the same as data that was erased because it held personal data; it is not taken again. "
            "Take the personal data out and send the new file.",
        },
        "set-aside": {
            "vi": "Việc kiểm tra dừng lại vì lỗi ở phía chúng tôi, không phải do tệp của bạn. Tệp vẫn được giữ; "
            "người vận hành sẽ cho kiểm tra lại. Bạn cũng có thể gửi lại tệp.",
            "en": "The check broke off by a fault on our side, not in your file. The file is kept and the site's "
            "operators will have it checked again. You may also send it once more.",
        },
        "base-unreadable": {
            "vi": "Không đọc được phiên bản trước để ghép dữ liệu vào. Hãy báo cho người vận hành trang.",
            "en": "The version to build on cannot be read. Tell the site's operator.",
        },
        "unknown-standard": {
            "vi": "Không có tiêu chuẩn “{standard}”. Hãy chọn một tiêu chuẩn trong danh sách.",
            "en": "There is no standard “{standard}”. Choose one of the list.",
        },
        "schema-unusable": {
            "vi": "Mô tả bảng gửi kèm không dùng được (ở chỗ {pointer}). Hãy sửa chỗ đó rồi gửi lại.",
            "en": "The description of the table that came with the file cannot be used (at {pointer}). "
            "Correct it and send again.",
        },
        "pattern-unsupported": {
            "vi": "Mẫu “{pattern}” trong mô tả bảng không dùng được. Hãy bỏ mẫu này hoặc viết đơn giản hơn.",
            "en": "The pattern “{pattern}” in the description of the table cannot be used. Leave it out or "
            "write a simpler one.",
        },
    }
)
"""Reasons of the state ``failed``: the file cannot be read as a table."""

BLOCKED: Sentences = MappingProxyType(
    {
        "rejected": {
            "vi": "Người duyệt đã từ chối: {detail}",
            "en": "Turned down by the reviewer: {detail}",
        },
        "not-valid": {
            "vi": "Bảng “{resource}” có lỗi cần sửa trước khi công bố.",
            "en": "The table “{resource}” has errors to be mended before it is published.",
        },
        "columns-differ": {
            "vi": "Các cột không giống phiên bản trước. Thiếu: {missing}. Thừa: {extra}. Hãy đổi tên hoặc bổ "
            "sung cột cho khớp.",
            "en": "The columns are not those of the version before. Missing: {missing}. Extra: {extra}. "
            "Rename or add columns so that they agree.",
        },
        "period-exists": {
            "vi": "Dữ liệu của kỳ {period} đã có. Để thay thế, hãy chọn đính chính.",
            "en": "Data of the period {period} are there already. To replace them, choose a correction.",
        },
        "period-unknown": {
            "vi": "Không hiểu kỳ “{period}”. Hãy viết như 2025, 2025-03 hoặc 2025-Q1.",
            "en": "The period “{period}” is not understood. Write it like 2025, 2025-03 or 2025-Q1.",
        },
        "infinite-number": {
            "vi": "cột số có {cells} ô ghi vô cực (Infinity), ô đầu tiên ở đây; đó không phải giá trị đo được. Hãy ghi "
            "số đúng, hoặc để trống nếu không có số.",
            "en": "cells of this column of numbers that hold infinity: {cells}, the first one here; that is no value "
            "that can be published. Write the number, or leave the cell blank where there is none.",
        },
        "no-period-column": {
            "vi": "Không có cột nào cho biết dòng thuộc kỳ nào (mọi dòng phải thuộc kỳ {period}), nên không thể "
            "đính chính theo kỳ. Hãy gửi toàn bộ bảng đã sửa ở trang Đính chính của bộ dữ liệu (qua API: "
            "update=replace, kind=correction).",
            "en": "No column tells the period of a row (every row must lie in {period}), so one period cannot be "
            "corrected. Send the whole corrected table on the dataset's page for corrections (by the API: "
            "update=replace, kind=correction).",
        },
    }
)
"""Reasons of the states ``rejected`` and ``blocked`` that are not findings of checks: what people, reading and
merging say."""

TOLD: Sentences = MappingProxyType(
    {
        "header-missing": {
            "vi": "bảng không có dòng tiêu đề: dòng này đã là dữ liệu, nên các cột tạm mang tên column_1 … "
            "column_{columns}. Hãy thêm một dòng ghi tên cột; nếu dòng này đúng là tiêu đề, hãy chọn dòng "
            "{row} làm dòng tiêu đề.",
            "en": "the table has no header: this row is data already, so the columns are called column_1 … "
            "column_{columns} for now. Add a row with their names; if this row is the header, choose row "
            "{row} as the header.",
        },
        "header-repeated": {
            "vi": "lặp lại tiêu đề nên không được tính là dữ liệu.",
            "en": "the header again; it was not taken as data.",
        },
        "comment-skipped": {
            "vi": "là chú thích nên không được tính là dữ liệu.",
            "en": "a comment; it was not taken as data.",
        },
        "delimiter-changed": {
            "vi": "dùng dấu phân cách khác (“{found}”) với cả bảng; dòng được đọc theo dấu đó. Hãy dùng một "
            "dấu phân cách cho cả tệp.",
            "en": "it uses another delimiter (“{found}”) than the table and was read by it. Use one delimiter in "
            "the whole file.",
        },
        "second-table": {
            "vi": "một bảng khác bắt đầu ở đây ({cell}), có {rows} dòng; chỉ bảng đầu được đọc. Hãy tách mỗi bảng "
            "thành một tệp.",
            "en": "another table begins here ({cell}), of {rows} rows; only the first one was read. Give each "
            "table a file of its own.",
        },
        "name-repeated": {
            "vi": "bản ghi ghi “{name}” hai lần (tệp có {rows} bản ghi như vậy); chỉ giá trị ghi sau được giữ. Hãy "
            "kiểm tra tệp và bỏ giá trị thừa.",
            "en": "the record has “{name}” twice (records like it: {rows}); only the value written last is kept. "
            "Check the file and remove the value that does not belong.",
        },
        "not-a-number": {
            "vi": "cột số có {cells} ô ghi NaN (không phải số), ô đầu tiên ở đây; các ô đó được đọc là trống. Hãy kiểm "
            "tra xem đó có đúng là giá trị thiếu không.",
            "en": "cells of this column of numbers that hold NaN (not a number): {cells}, the first one here; they "
            "were read as missing. Check that they are.",
        },
        "footer-skipped": {
            "vi": "{rows} dòng ghi chú dưới bảng (từ dòng {row}) không được tính là dữ liệu.",
            "en": "{rows} lines of notes under the table (from row {row}) were not taken as data.",
        },
        "id-renamed": {
            "vi": "Cột “_id” được đổi tên thành “{name}” trong Parquet, vì tên đó dành cho số thứ tự dòng.",
            "en": "The column “_id” is called “{name}” in Parquet, where that name is the row's number.",
        },
        "period-gap": {
            "vi": "Giữa kỳ {period} và kỳ trước đó còn thiếu dữ liệu.",
            "en": "Between the period {period} and the one before it data are missing.",
        },
    }
)
"""What reading and merging tell without blocking."""

SENTENCES: Sentences = MappingProxyType({**FAILED, **BLOCKED, **TOLD})

_CAUSES: Sentences = MappingProxyType(
    {
        "memory": {"vi": "bộ nhớ", "en": "memory"},
        "cpu": {"vi": "thời gian xử lý", "en": "processing time"},
        "disk": {"vi": "dung lượng tệp tạm", "en": "size of working files"},
        "depth": {"vi": "độ sâu lồng nhau", "en": "depth of nesting"},
    }
)


def reason(code: str, params: Mapping[str, Any], language: str) -> str:
    """Make the sentence of a reason; "" for a code that is not ours (a check's, say)."""
    cause = _CAUSES.get(str(params.get("cause", "")))
    said = {**params, "cause": pick(cause, language)} if cause else params
    return say(SENTENCES, code, said, language)
