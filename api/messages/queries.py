"""The sentences on questions to a table: where a query is not understood, and what would be."""

from __future__ import annotations

from types import MappingProxyType

from api.messages import Sentences

SENTENCES: Sentences = MappingProxyType({
    "no-earlier-version": {
        "vi": "Không có phiên bản nào công bố trước phiên bản này để so sánh.",
        "en": "No version was published before this one to compare it with.",
    },
    "query": {
        "vi": "Câu hỏi chưa đúng; xem danh sách lỗi kèm theo.",
        "en": "The query is not right; see the list of errors.",
    },
    "query-syntax": {
        "vi": "Không hiểu từ ký tự thứ {place}: “{found}”. Tên cột để trần hoặc trong nháy kép, chữ trong nháy đơn.",
        "en": "Not understood from sign {place} on: “{found}”. Names are bare or in double quotes, texts in single.",
    },
    "query-part-long": {
        "vi": "Phần này của câu hỏi quá dài (tối đa {limit}).",
        "en": "This part is too long (at most {limit}).",
    },
    "query-deep": {
        "vi": "Quá nhiều dấu ngoặc lồng nhau (tối đa {limit}).",
        "en": "Too many brackets inside each other (at most {limit}).",
    },
    "query-too-heavy": {
        "vi": "Câu hỏi này mất quá lâu. Hãy lọc bớt, hoặc tải cả tệp về.",
        "en": "This query takes too long. Narrow it down, or download the whole file.",
    },
    "no-coordinates": {
        "vi": "Câu hỏi không có hai cột vĩ độ và kinh độ (vi_do và kinh_do, lat và lon); đặt tên chúng bằng “as”.",
        "en": "It has no columns of latitude and longitude (vi_do and kinh_do, lat and lon); name two with “as”.",
    },
    "sql-syntax": {
        "vi": "Không hiểu câu lệnh SQL: {what}",
        "en": "The SQL is not understood: {what}",
    },
    "sql-not-one-select": {
        "vi": "Chỉ nhận đúng một câu SELECT.",
        "en": "Exactly one SELECT is taken, nothing else.",
    },
    "sql-not-allowed": {
        "vi": "Câu SQL không được dùng “{what}” ở đây.",
        "en": "The SQL may not use “{what}” here.",
    },
    "sql-unknown-table": {
        "vi": "Không có bảng “{what}”.",
        "en": "There is no table “{what}”.",
    },
    "sql-too-large": {
        "vi": "Câu SQL quá dài hoặc lồng quá sâu.",
        "en": "The SQL is too long or nested too deeply.",
    },
    "sql-many-tables": {
        "vi": "Câu SQL dùng quá nhiều bảng (tối đa {limit}).",
        "en": "The SQL reads too many tables (at most {limit}).",
    },
    "sql-failed": {
        "vi": "Không tính được câu SQL này: {what}",
        "en": "This SQL cannot be computed: {what}",
    },
    "query-failed": {
        "vi": "Không tính được câu hỏi này trên bảng, ví dụ vì một số quá lớn.",
        "en": "This query cannot be computed on the table, for example because a number becomes too large.",
    },
    "unknown-column": {"vi": "Bảng không có cột “{column}”.", "en": "The table has no column “{column}”."},
    "unknown-function": {"vi": "Không có hàm “{function}”.", "en": "There is no function “{function}”."},
    "wrong-arguments": {
        "vi": "Hàm “{function}” được gọi chưa đúng cách.",
        "en": "The function “{function}” is not called the right way.",
    },
    "wrong-kind": {
        "vi": "“{function}” không dùng được cho cột kiểu {kind}.",
        "en": "“{function}” does not work on a column of kind {kind}.",
    },
    "wrong-value": {
        "vi": "“{value}” không phải giá trị kiểu {kind} của cột “{column}”.",
        "en": "“{value}” is not a value of kind {kind}, as column “{column}” has.",
    },
    "not-comparable": {
        "vi": "Không so sánh được “{column}” với “{other}”.",
        "en": "“{column}” cannot be compared with “{other}”.",
    },
    "column-twice": {
        "vi": "Hai cột cùng tên “{column}”; hãy đặt tên khác bằng “as”.",
        "en": "Two columns are called “{column}”; name one of them with “as”.",
    },
    "not-grouped": {
        "vi": "“{column}” phải có trong group_by, hoặc nằm trong một hàm như sum.",
        "en": "“{column}” has to be in group_by, or inside a function like sum.",
    },
    "aggregate-in-where": {
        "vi": "Hàm gộp như sum đặt trong having, không phải where.",
        "en": "A function like sum belongs into having, not where.",
    },
    "aggregate-in-aggregate": {
        "vi": "Hàm gộp không lồng trong hàm gộp.",
        "en": "A function like sum cannot stand inside another.",
    },
    "having-without-groups": {"vi": "having chỉ dùng cùng group_by.", "en": "having goes together with group_by."},
    "search-words": {"vi": "search cần từ 1 đến {limit} từ.", "en": "search takes 1 to {limit} words."},
    "too-many-rows": {
        "vi": "Excel chỉ chứa tối đa 100.000 dòng ở đây; hãy chọn CSV hoặc Parquet.",
        "en": "A sheet holds at most 100,000 rows here; choose CSV or Parquet.",
    },
    "limit-all": {
        "vi": "limit=all chỉ dùng cho csv, ndjson, parquet, arrow, xlsx.",
        "en": "limit=all is for csv, ndjson, parquet, arrow and xlsx.",
    },
})
