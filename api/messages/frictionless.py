"""The sentences of Frictionless's errors, all 61 types, in both languages; variants are pieces of its notes."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from api.messages import frictionless_titles

Variants = Mapping[str, Mapping[str, str]]


def _one(vi: str, en: str) -> Variants:
    """Make the sentences of a type that has only one."""
    return {"": {"vi": vi, "en": en}}


_SETUP_VI = "thiết lập kiểm tra không dùng được, không phải do tệp. Báo cho người vận hành trang câu này: {note}."
_SETUP_EN = "the set-up of the check cannot be used; the file is not the cause. Tell Datamo's operator this: {note}."
_SETUP = _one(_SETUP_VI, _SETUP_EN)
_DESCRIBED = _one(
    "mô tả kèm theo dữ liệu có chỗ không dùng được. Sửa mô tả rồi gửi lại; nguyên văn thông báo: {note}.",
    "the description that came with the data cannot be used. Correct it and send again; the message in full: {note}.",
)

def _untold(vi: str, en: str) -> Variants:
    """Make the sentences of a type that stands for others and says nothing of its own."""
    return _one(
        f"{vi} có lỗi. Mở tệp kiểm tra lại, hoặc hỏi người vận hành trang; nguyên văn thông báo: {{note}}.",
        f"{en} an error. Look at the file, or ask Datamo's operator; the message in full: {{note}}.",
    )


SENTENCES: Mapping[str, Variants] = MappingProxyType({
    # --- the file
    "error": _untold("tệp này", "this file has"),
    "data-error": _untold("dữ liệu", "the data have"),
    "file-error": _untold("tệp", "the file has"),
    "hash-count": _one(
        "nội dung tệp khác với tệp đã khai (mã kiểm tra khai {expected}, thực tế {actual}). "
        "Tệp có thể hỏng khi truyền; gửi lại.",
        "the content is not that of the declared file (its checksum is {actual} instead of {expected}). "
        "It may be damaged; send it again.",
    ),
    "byte-count": _one(
        "tệp có {actual} byte, khai {expected} byte. Tệp có thể hỏng khi truyền; gửi lại.",
        "the file has {actual} bytes, {expected} were declared. It may be damaged; send it again.",
    ),
    # --- the table
    "table-error": _untold("bảng", "the table has"),
    "field-count": _one(
        "bảng có {actual} cột, khai {expected} cột. Kiểm tra lại số cột.",
        "the table has {actual} columns, {expected} were declared. Check the number of columns.",
    ),
    "row-count": _one(
        "bảng có {actual} dòng, khai {expected} dòng. Kiểm tra xem tệp có đủ dòng không.",
        "the table has {actual} rows, {expected} were declared. Check whether all rows are there.",
    ),
    "table-dimensions": _one(
        "số dòng hoặc số cột khác yêu cầu. Kiểm tra xem bảng có đủ không; nguyên văn thông báo: {note}.",
        "the table has not as many rows or columns as it needs. "
        "Check whether all of it is there; the message in full: {note}.",
    ),
    "deviated-value": _one(
        "giá trị {value} khác xa các giá trị còn lại của cột “{of}” (thường từ {least} đến {most}). "
        "Kiểm tra đơn vị và dấu thập phân.",
        'the value {value} is far from the others of the column "{of}" (mostly {least} to {most}). '
        "Check the unit and the decimal mark.",
    ),
    "deviated-cell": _one(
        "một ô của cột “{of}” dài hơn nhiều so với các ô khác. Kiểm tra xem có nội dung dán nhầm không.",
        'a cell of the column "{of}" is much longer than its others. '
        "Check whether something was pasted by mistake.",
    ),
    "required-value": _one(
        "cột “{of}” thiếu giá trị “{value}”, giá trị phải có ở ít nhất một dòng. Thêm dòng còn thiếu.",
        'the column "{of}" lacks the value "{value}", which at least one row must have. Add the missing row.',
    ),
    # --- the header
    "header-error": _untold("dòng tên cột", "the header has"),
    "blank-header": _one(
        "bảng không có dòng tên cột. Thêm một dòng tên cột ở trên cùng.",
        "the table has no header. Add a row of column names at the top.",
    ),
    "unmatched-header": _one(
        "không tên cột nào khớp với mô tả bảng. Kiểm tra xem có chọn đúng tiêu chuẩn không.",
        "no column name agrees with the description of the table. Check whether the right standard was chosen.",
    ),
    "label-error": _untold("tên cột", "a column name has"),
    "extra-label": _one(
        "cột “{cell}” không có trong mô tả bảng. Bỏ cột, hoặc thêm vào mô tả.",
        'the column "{cell}" is not in the description of the table. Remove it, or describe it.',
    ),
    "missing-label": _one(
        "thiếu cột “{wanted}” của mô tả bảng. Thêm cột này.",
        'the column "{wanted}" of the description is missing. Add it.',
    ),
    "blank-label": _one(
        "cột không có tên. Đặt tên cho cột, hoặc bỏ cột nếu cột trống.",
        "the column has no name. Name it, or remove it if it is empty.",
    ),
    "duplicate-label": _one(
        "tên cột “{cell}” trùng với cột thứ {positions}. Đặt cho mỗi cột một tên riêng.",
        'the name "{cell}" is also that of column {positions}. Give each column a name of its own.',
    ),
    "incorrect-label": _one(
        "tên cột là “{cell}”, mô tả bảng ghi “{wanted}” ở vị trí này. Đổi tên hoặc đổi thứ tự cột.",
        'the column is called "{cell}" where the description has "{wanted}". Rename or reorder the columns.',
    ),
    # --- rows
    "row-error": _untold("dòng", "the row has"),
    "blank-row": _one(
        "dòng trống hoàn toàn. Bản công bố sẽ bỏ dòng này.",
        "the row is blank. It is left out of what is published.",
    ),
    "primary-key": {
        "same": {
            "vi": "dòng có cùng mã nhận diện với dòng {other}, mà mỗi dòng cần một mã riêng. Bỏ hoặc sửa một "
            "trong hai dòng.",
            "en": "the cells that identify this row are those of row {other} too. "
            "Each row needs its own; remove or correct one of them.",
        },
        "blank": {
            "vi": "các ô nhận diện dòng này đều trống. Điền các ô đó.",
            "en": "the cells that identify this row are all empty. Fill them in.",
        },
    },
    "foreign-key": {
        "": {
            "vi": "giá trị không có trong bảng mà cột này trỏ tới. Thêm vào bảng đó, hoặc sửa giá trị.",
            "en": "the value is not in the table that this column points to. Add it there, or correct the value.",
        },
        "absent": {
            "vi": "“{cell}” không có trong cột {there} của bảng “{table}”. Thêm vào bảng đó, hoặc sửa giá trị.",
            "en": '"{cell}" is not in the column {there} of the table "{table}". Add it there, or correct the value.',
        },
        "absent-here": {
            "vi": "“{cell}” không có trong cột {there} của chính bảng này. Thêm dòng đó, hoặc sửa giá trị.",
            "en": '"{cell}" is not in the column {there} of this same table. Add that row, or correct the value.',
        },
    },
    "duplicate-row": {
        "same": {
            "vi": "dòng trùng hoàn toàn với dòng {other}. Bỏ một trong hai.",
            "en": "the row is the same as row {other}. Remove one of them.",
        },
    },
    "row-constraint": _one(
        "các ô của dòng không khớp với nhau theo quy tắc “{rule}”. Kiểm tra và sửa các ô của dòng.",
        'the cells of the row do not agree with the rule "{rule}". Check and correct them.',
    ),
    # --- cells
    "cell-error": _untold("ô “{cell}”", 'the cell "{cell}" has'),
    "extra-cell": _one(
        "dòng có ô thừa “{cell}”, nằm ngoài các cột có tên. "
        "Kiểm tra xem có dấu phân cách thừa hay nội dung thiếu ngoặc kép không.",
        'the row has an extra cell "{cell}" beyond the named columns. '
        "Check for a stray delimiter, or for text that lacks its quotes.",
    ),
    "missing-cell": _one(
        "dòng thiếu ô này: dòng ít ô hơn dòng tên cột. Thêm ô (để trống nếu không có giá trị).",
        "the cell is not there: the row has fewer cells than the header. Add it, empty if there is no value.",
    ),
    "type-error": {
        "": {
            "vi": "“{cell}” không đúng loại giá trị mà cột này cần. Xem các ô đúng của cột rồi sửa ô này.",
            "en": '"{cell}" is not the kind of value that this column needs. Look at its good cells and '
            'correct this one.',
        },
        "integer": {
            "vi": "“{cell}” không phải số nguyên. Chỉ ghi chữ số, không dấu phân cách hàng nghìn, không đơn vị.",
            "en": '"{cell}" is not a whole number. Write digits only, without separators and units.',
        },
        "number": {
            "vi": "“{cell}” không phải số. Ghi số với dấu chấm thập phân, không dấu phân cách hàng nghìn; "
            "chuyển đơn vị lên tên cột.",
            "en": '"{cell}" is not a number. Write it with a decimal point and without separators; '
            "move the unit to the header.",
        },
        "boolean": {
            "vi": "“{cell}” không phải một trong hai giá trị đúng, sai. Ghi true (đúng) hoặc false (sai), "
            "hoặc cặp từ mà cột đang dùng.",
            "en": '"{cell}" is neither true nor false. Write true or false, or the pair of words that the '
            'column uses.',
        },
        "date": {
            "vi": "“{cell}” không phải ngày dạng năm-tháng-ngày. Ghi như 2025-07-01; Datamo không đoán ngày "
            "và tháng.",
            "en": '"{cell}" is not a date in the form year-month-day. Write it like 2025-07-01; Datamo does '
            'not guess days and months.',
        },
        "time": {
            "vi": "“{cell}” không phải giờ. Ghi như 08:30:00.",
            "en": '"{cell}" is not a time. Write it like 08:30:00.',
        },
        "datetime": {
            "vi": "“{cell}” không phải ngày giờ. Ghi như 2025-07-01T08:30:00Z.",
            "en": '"{cell}" is not a date with time. Write it like 2025-07-01T08:30:00Z.',
        },
        "year": {
            "vi": "“{cell}” không phải năm. Ghi bốn chữ số, như 2025.",
            "en": '"{cell}" is not a year. Write four digits, like 2025.',
        },
        "yearmonth": {
            "vi": "“{cell}” không phải tháng của năm. Ghi như 2025-07.",
            "en": '"{cell}" is not a month of a year. Write it like 2025-07.',
        },
        "date-form": {
            "vi": "“{cell}” không phải ngày viết theo dạng của cột. Ghi như {example}.",
            "en": '"{cell}" is not a date as this column writes it. Write it like {example}.',
        },
        "time-form": {
            "vi": "“{cell}” không phải giờ viết theo dạng của cột. Ghi như {example}.",
            "en": '"{cell}" is not a time as this column writes it. Write it like {example}.',
        },
        "datetime-form": {
            "vi": "“{cell}” không phải ngày giờ viết theo dạng của cột. Ghi như {example}.",
            "en": '"{cell}" is not a date with time as this column writes it. Write it like {example}.',
        },
        "duration": {
            "vi": "“{cell}” không phải khoảng thời gian. Ghi như P1Y6M (một năm sáu tháng) hoặc P15D (15 ngày).",
            "en": '"{cell}" is not a length of time. Write it like P1Y6M (a year and six months) or P15D (15 days).',
        },
        "geopoint": {
            "vi": "“{cell}” không phải tọa độ của một điểm. Ghi kinh độ, dấu phẩy, vĩ độ, như 105.85, 21.03.",
            "en": '"{cell}" is not the coordinates of a point. Write longitude, comma, latitude, like 105.85, 21.03.',
        },
        "geojson": {
            "vi": "“{cell}” không phải hình bản đồ dạng GeoJSON. Xuất lại từ phần mềm bản đồ.",
            "en": '"{cell}" is not a shape in GeoJSON. Export it again from the map program.',
        },
        "object": {
            "vi": "“{cell}” không phải nhóm giá trị dạng JSON. Ghi trong dấu ngoặc nhọn, hoặc tách thành nhiều cột.",
            "en": '"{cell}" is not a JSON group of values. Write it in braces, or make it several columns.',
        },
        "array": {
            "vi": "“{cell}” không phải danh sách dạng JSON. Ghi trong dấu ngoặc vuông, như [1, 2], hoặc tách "
            "thành nhiều cột.",
            "en": '"{cell}" is not a JSON list. Write it in square brackets, like [1, 2], or make it several '
            'columns.',
        },
        "list": {
            "vi": "“{cell}” không phải danh sách các giá trị đúng loại. Kiểm tra từng giá trị và dấu ngăn "
            "giữa chúng.",
            "en": '"{cell}" is not a list of values of the right kind. Check each value and the mark between them.',
        },
        "string": {
            "vi": "“{cell}” không phải {form}. Sửa ô này.",
            "en": '"{cell}" is not {form}. Correct the cell.',
        },
    },
    "constraint-error": {
        "": {
            "vi": "“{cell}” không đúng quy định của cột ({expected}). Xem các ô đúng của cột rồi sửa ô này.",
            "en": '"{cell}" does not keep the rule of this column ({expected}). Look at its good cells and '
            'correct this one.',
        },
        "required": {
            "vi": "ô trống, mà cột này bắt buộc có giá trị. Điền giá trị.",
            "en": "the cell is empty, but this column needs a value. Fill it in.",
        },
        "pattern": {
            "vi": "“{cell}” không đúng dạng của cột: {expected}. Sửa ô này.",
            "en": '"{cell}" does not have the form of this column: {expected}. Correct the cell.',
        },
        "pattern-signs": {
            "vi": "“{cell}” không đúng dạng ghi của cột. Xem các ô đúng của cột hoặc ví dụ trong tiêu chuẩn "
            "rồi sửa ô "
            "này; dạng viết bằng ký hiệu: {expected}",
            "en": '"{cell}" does not have the form of this column. Look at its good cells or the example in the '
            "standard and correct this one; the form written in signs: {expected}",
        },
        "enum": {
            "vi": "“{cell}” không thuộc các giá trị được dùng: {expected}. Chọn một trong số đó.",
            "en": '"{cell}" is not one of the values in use: {expected}. Choose one of them.',
        },
        "minimum": {
            "vi": "“{cell}” nhỏ hơn mức thấp nhất là {expected}. Kiểm tra giá trị và đơn vị.",
            "en": '"{cell}" is less than the smallest value, {expected}. Check value and unit.',
        },
        "maximum": {
            "vi": "“{cell}” lớn hơn mức cao nhất là {expected}. Kiểm tra giá trị và đơn vị.",
            "en": '"{cell}" is more than the greatest value, {expected}. Check value and unit.',
        },
        "exclusiveMinimum": {
            "vi": "“{cell}” phải lớn hơn {expected}. Kiểm tra giá trị và đơn vị.",
            "en": '"{cell}" has to be more than {expected}. Check value and unit.',
        },
        "exclusiveMaximum": {
            "vi": "“{cell}” phải nhỏ hơn {expected}. Kiểm tra giá trị và đơn vị.",
            "en": '"{cell}" has to be less than {expected}. Check value and unit.',
        },
        "minLength": {
            "vi": "“{cell}” ngắn hơn {expected} ký tự. Kiểm tra xem có thiếu ký tự không.",
            "en": '"{cell}" is shorter than {expected} characters. Check whether some are missing.',
        },
        "maxLength": {
            "vi": "“{cell}” dài hơn {expected} ký tự. Rút gọn ô này.",
            "en": '"{cell}" is longer than {expected} characters. Shorten it.',
        },
    },
    "unique-error": {
        "same": {
            "vi": "“{cell}” đã có ở dòng {other}, mà mỗi giá trị của cột chỉ được dùng một lần. Sửa một trong hai.",
            "en": '"{cell}" stands in row {other} already, but a value may occur once in this column. '
            "Correct one of them.",
        },
    },
    "truncated-value": _one(
        "“{cell}” có thể đã bị cắt cụt khi xuất tệp. Đối chiếu với dữ liệu gốc.",
        '"{cell}" may have been cut off when the file was made. Compare it with the source.',
    ),
    "forbidden-value": _one(
        "“{cell}” là giá trị không được dùng ở cột này. Thay bằng giá trị khác, hoặc để trống.",
        '"{cell}" may not be used in this column. Write another value, or leave the cell empty.',
    ),
    "sequential-value": _one(
        "“{cell}” không nối tiếp giá trị của dòng trên. Kiểm tra số thứ tự.",
        '"{cell}" does not follow the value above it. Check the numbering.',
    ),
    "ascii-value": _one(
        "“{cell}” có chữ có dấu hoặc ký hiệu lạ, mà cột này chỉ dùng chữ không dấu, chữ số và dấu câu "
        "thường. Ghi lại không dấu.",
        '"{cell}" has letters with marks or unusual signs; this column takes plain letters, digits and punctuation '
        "only. Write it without them.",
    ),
    # --- reading
    "resource-error": _DESCRIBED,
    "source-error": _one(
        "tệp không có bảng nào đọc được. Mở tệp xem có dữ liệu không rồi gửi lại.",
        "the file holds no table that can be read. Open it, see whether the data are there, and send again.",
    ),
    "scheme-error": _one(
        "không mở được tệp. Gửi lại tệp từ máy của bạn; nguyên văn thông báo: {note}.",
        "the file could not be opened. Send it again from your computer; the message in full: {note}.",
    ),
    "format-error": _one(
        "nội dung tệp không đúng với đuôi tệp. Lưu lại thành CSV hoặc XLSX rồi gửi lại.",
        "the content of the file does not go with its ending. Save it as CSV or XLSX and send again.",
    ),
    "encoding-error": _one(
        "có ký tự không đọc được theo bảng mã đã nhận ra. Lưu tệp ở UTF-8 rồi gửi lại.",
        "some characters cannot be read in the encoding that was found. "
        "Save the file as UTF-8 and send again.",
    ),
    "compression-error": _one(
        "không giải nén được tệp. Nén lại bằng gzip hoặc gửi tệp không nén.",
        "the file could not be unpacked. Compress it with gzip, or send it as it is.",
    ),
    # --- descriptions and set-up
    "metadata-error": _DESCRIBED,
    "catalog-error": _DESCRIBED,
    "dataset-error": _DESCRIBED,
    "package-error": _DESCRIBED,
    "schema-error": _DESCRIBED,
    "field-error": _DESCRIBED,
    "stats-error": _DESCRIBED,
    "dialect-error": _DESCRIBED,
    "control-error": _DESCRIBED,
    "detector-error": _SETUP,
    "checklist-error": _SETUP,
    "check-error": _SETUP,
    "inquiry-error": _SETUP,
    "inquiry-task-error": _SETUP,
    "pipeline-error": _SETUP,
    "step-error": _SETUP,
    "report-error": _SETUP,
    "report-task-error": _SETUP,
})

TITLES = frictionless_titles.TITLES
"""Type → language → what the error is called."""
