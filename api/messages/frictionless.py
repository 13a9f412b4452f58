"""The sentences of Frictionless's errors, all 61 types, in Vietnamese and English; variants are pieces of its notes."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from api.messages import Sentences

Variants = Mapping[str, Mapping[str, str]]


def _one(vi: str, en: str) -> Variants:
    """Make the sentences of a type that has only one."""
    return {"": {"vi": vi, "en": en}}


_SETUP_VI = "thiết lập kiểm tra không dùng được ({note}). Đây là việc của người quản trị Datamo, không phải của tệp."
_SETUP_EN = "the set-up of the check cannot be used ({note}). This is for Datamo's operator, not a matter of the file."
_SETUP = _one(_SETUP_VI, _SETUP_EN)
_DESCRIBED = _one(
    "mô tả kèm theo dữ liệu có chỗ không dùng được ({note}). Sửa mô tả rồi gửi lại.",
    "the description that came with the data cannot be used ({note}). Correct it and send again.",
)

SENTENCES: Mapping[str, Variants] = MappingProxyType({
    # --- the file
    "error": _one("có lỗi ({note}).", "there is an error ({note})."),
    "data-error": _one("dữ liệu có lỗi ({note}).", "the data have an error ({note})."),
    "file-error": _one("tệp có lỗi ({note}).", "the file has an error ({note})."),
    "hash-count": _one(
        "tệp không đúng với mã băm đã khai: khai {expected}, thực tế {actual}. Tệp có thể hỏng khi truyền; gửi lại.",
        "the file does not have the hash that was declared: {expected} against {actual}. "
        "It may be damaged; send it again.",
    ),
    "byte-count": _one(
        "tệp có {actual} byte, khai {expected} byte. Tệp có thể hỏng khi truyền; gửi lại.",
        "the file has {actual} bytes, {expected} were declared. It may be damaged; send it again.",
    ),
    # --- the table
    "table-error": _one("bảng có lỗi ({note}).", "the table has an error ({note})."),
    "field-count": _one(
        "bảng có {actual} cột, khai {expected} cột. Kiểm tra lại số cột.",
        "the table has {actual} columns, {expected} were declared. Check the number of columns.",
    ),
    "row-count": _one(
        "bảng có {actual} dòng, khai {expected} dòng. Kiểm tra xem tệp có đủ dòng không.",
        "the table has {actual} rows, {expected} were declared. Check whether all rows are there.",
    ),
    "table-dimensions": _one(
        "kích thước bảng khác yêu cầu ({note}).", "the size of the table is not the required one ({note})."
    ),
    "deviated-value": _one(
        "giá trị khác xa các giá trị còn lại của cột ({note}). Kiểm tra đơn vị và dấu thập phân.",
        "the value is far from the others of its column ({note}). Check the unit and the decimal mark.",
    ),
    "deviated-cell": _one(
        "ô dài hơn nhiều so với các ô khác của cột ({note}). Kiểm tra xem có nội dung dán nhầm không.",
        "the cell is much longer than the others of its column ({note}). "
        "Check whether something was pasted by mistake.",
    ),
    "required-value": _one(
        "cột thiếu một giá trị bắt buộc phải có ({note}).",
        "a value that has to occur in the column is missing ({note}).",
    ),
    # --- the header
    "header-error": _one("dòng tên cột có lỗi ({note}).", "the header has an error ({note})."),
    "blank-header": _one(
        "bảng không có dòng tên cột. Thêm một dòng tên cột ở trên cùng.",
        "the table has no header. Add a row of column names at the top.",
    ),
    "unmatched-header": _one(
        "không tên cột nào khớp với mô tả bảng. Kiểm tra xem có chọn đúng tiêu chuẩn không.",
        "no column name agrees with the description of the table. Check whether the right standard was chosen.",
    ),
    "label-error": _one("tên cột có lỗi ({note}).", "a column name has an error ({note})."),
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
    "row-error": _one("dòng có lỗi ({note}).", "the row has an error ({note})."),
    "blank-row": _one(
        "dòng trống hoàn toàn. Bản công bố sẽ bỏ dòng này.",
        "the row is blank. It is left out of what is published.",
    ),
    "primary-key": {
        "same": {
            "vi": "khóa của dòng trùng với dòng {other}. Mỗi dòng cần một khóa riêng; bỏ hoặc sửa một trong hai dòng.",
            "en": "the key of this row is that of row {other} too. "
            "Each row needs its own; remove or correct one of them.",
        },
        "blank": {
            "vi": "các cột khóa của dòng đều trống. Điền khóa cho dòng này.",
            "en": "the key columns of this row are all empty. Fill them in.",
        },
    },
    "foreign-key": _one(
        "giá trị không có trong bảng được tham chiếu ({note}). Thêm vào bảng đó, hoặc sửa giá trị.",
        "the value is not in the table it refers to ({note}). Add it there, or correct the value.",
    ),
    "duplicate-row": {
        "same": {
            "vi": "dòng trùng hoàn toàn với dòng {other}. Bỏ một trong hai.",
            "en": "the row is the same as row {other}. Remove one of them.",
        },
    },
    "row-constraint": _one(
        "dòng không thỏa điều kiện ({note}). Kiểm tra các ô của dòng.",
        "the row does not keep a rule ({note}). Check its cells.",
    ),
    # --- cells
    "cell-error": _one("ô có lỗi ({note}).", "the cell has an error ({note})."),
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
            "vi": "“{cell}” không phải kiểu {type} mà cột này cần. Sửa ô này.",
            "en": '"{cell}" is not of the type {type} that this column needs. Correct the cell.',
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
            "vi": "“{cell}” không phải đúng hoặc sai. Ghi true hoặc false.",
            "en": '"{cell}" is neither true nor false. Write true or false.',
        },
        "date": {
            "vi": "“{cell}” không phải ngày dạng năm-tháng-ngày. Ghi như 2025-07-01; Datamo không đoán ngày và tháng.",
            "en": '"{cell}" is not a date in the form year-month-day. Write it like 2025-07-01; Datamo does not guess.',
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
        "string": {
            "vi": "“{cell}” không đúng dạng {format} mà cột này cần. Sửa ô này.",
            "en": '"{cell}" does not have the form {format} that this column needs. Correct the cell.',
        },
    },
    "constraint-error": {
        "": {
            "vi": "“{cell}” không thỏa điều kiện {constraint} = {expected} của cột. Sửa ô này.",
            "en": '"{cell}" does not keep the rule {constraint} = {expected} of this column. Correct the cell.',
        },
        "required": {
            "vi": "ô trống, mà cột này bắt buộc có giá trị. Điền giá trị.",
            "en": "the cell is empty, but this column needs a value. Fill it in.",
        },
        "pattern": {
            "vi": "“{cell}” không đúng dạng {expected} của cột. Sửa ô này.",
            "en": '"{cell}" does not have the form {expected} of this column. Correct the cell.',
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
        "“{cell}” là giá trị không được dùng ở cột này ({note}).", '"{cell}" may not be used in this column ({note}).'
    ),
    "sequential-value": _one(
        "“{cell}” không nối tiếp giá trị của dòng trên. Kiểm tra số thứ tự.",
        '"{cell}" does not follow the value above it. Check the numbering.',
    ),
    "ascii-value": _one(
        "“{cell}” có ký tự ngoài bảng ASCII, mà cột này chỉ dùng ASCII.",
        '"{cell}" holds characters beyond ASCII, which this column does not use.',
    ),
    # --- reading
    "resource-error": _DESCRIBED,
    "source-error": _one(
        "tệp không có nội dung bảng để đọc ({note}). Mở tệp xem có dữ liệu không rồi gửi lại.",
        "the file holds no table that can be read ({note}). Open it, see whether the data are there, and send again.",
    ),
    "scheme-error": _one("không mở được tệp ({note}).", "the file could not be opened ({note})."),
    "format-error": _one(
        "tệp không đúng định dạng đã nhận ra ({note}). Lưu lại thành CSV hoặc XLSX rồi gửi lại.",
        "the file does not keep to its format ({note}). Save it as CSV or XLSX and send again.",
    ),
    "encoding-error": _one(
        "có ký tự không đọc được theo bảng mã đã nhận ra ({note}). Lưu tệp ở UTF-8 rồi gửi lại.",
        "some characters cannot be read in the encoding that was found ({note}). "
        "Save the file as UTF-8 and send again.",
    ),
    "compression-error": _one(
        "không giải nén được tệp ({note}). Nén lại bằng gzip hoặc gửi tệp không nén.",
        "the file could not be unpacked ({note}). Compress it with gzip, or send it as it is.",
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

_TITLES: Mapping[str, tuple[str, str]] = {
    "error": ("Lỗi", "Error"),
    "data-error": ("Lỗi dữ liệu", "Error in the data"),
    "file-error": ("Lỗi tệp", "Error in the file"),
    "hash-count": ("Sai mã băm", "Other hash than declared"),
    "byte-count": ("Sai dung lượng", "Other size than declared"),
    "table-error": ("Lỗi bảng", "Error in the table"),
    "field-count": ("Sai số cột", "Other number of columns"),
    "row-count": ("Sai số dòng", "Other number of rows"),
    "table-dimensions": ("Sai kích thước bảng", "Size of the table"),
    "deviated-value": ("Giá trị khác thường", "Unusual value"),
    "deviated-cell": ("Ô dài khác thường", "Unusually long cell"),
    "required-value": ("Thiếu giá trị phải có", "Required value missing"),
    "header-error": ("Lỗi dòng tên cột", "Error in the header"),
    "blank-header": ("Không có tên cột", "No header"),
    "unmatched-header": ("Tên cột không khớp", "Header does not match"),
    "label-error": ("Lỗi tên cột", "Error in a column name"),
    "extra-label": ("Cột ngoài mô tả", "Column not described"),
    "missing-label": ("Thiếu cột", "Column missing"),
    "blank-label": ("Cột không có tên", "Column without a name"),
    "duplicate-label": ("Tên cột trùng nhau", "Column name used twice"),
    "incorrect-label": ("Tên cột khác mô tả", "Another column name"),
    "row-error": ("Lỗi dòng", "Error in a row"),
    "blank-row": ("Dòng trống", "Blank row"),
    "primary-key": ("Trùng hoặc thiếu khóa", "Key repeated or missing"),
    "foreign-key": ("Tham chiếu không có", "Reference not found"),
    "duplicate-row": ("Dòng lặp lại", "Row repeated"),
    "row-constraint": ("Dòng không thỏa điều kiện", "Row breaks a rule"),
    "cell-error": ("Lỗi ô", "Error in a cell"),
    "extra-cell": ("Ô thừa", "Extra cell"),
    "missing-cell": ("Thiếu ô", "Missing cell"),
    "type-error": ("Sai kiểu dữ liệu", "Wrong type"),
    "constraint-error": ("Không thỏa điều kiện của cột", "Breaks a rule of its column"),
    "unique-error": ("Giá trị lặp lại", "Value repeated"),
    "truncated-value": ("Giá trị có thể bị cắt", "Value may be cut off"),
    "forbidden-value": ("Giá trị không được dùng", "Value not in use"),
    "sequential-value": ("Không nối tiếp", "Not in sequence"),
    "ascii-value": ("Ký tự ngoài ASCII", "Not ASCII"),
    "resource-error": ("Mô tả tệp không dùng được", "Description of the file"),
    "source-error": ("Tệp không có bảng", "Nothing to read"),
    "scheme-error": ("Không mở được tệp", "File not opened"),
    "format-error": ("Sai định dạng", "Format not kept"),
    "encoding-error": ("Không đọc được ký tự", "Characters not readable"),
    "compression-error": ("Không giải nén được", "Not unpacked"),
    "metadata-error": ("Mô tả không dùng được", "Description not usable"),
    "catalog-error": ("Mô tả danh mục không dùng được", "Description of the catalogue"),
    "dataset-error": ("Mô tả bộ dữ liệu không dùng được", "Description of the dataset"),
    "package-error": ("Mô tả gói dữ liệu không dùng được", "Description of the package"),
    "schema-error": ("Mô tả bảng không dùng được", "Description of the table"),
    "field-error": ("Mô tả cột không dùng được", "Description of a column"),
    "stats-error": ("Số liệu khai kèm không dùng được", "Declared figures"),
    "dialect-error": ("Mô tả cách ghi tệp không dùng được", "Description of the dialect"),
    "control-error": ("Mô tả cách ghi tệp không dùng được", "Description of the dialect"),
    "detector-error": ("Thiết lập nhận dạng", "Set-up of detection"),
    "checklist-error": ("Thiết lập kiểm tra", "Set-up of checks"),
    "check-error": ("Thiết lập kiểm tra", "Set-up of a check"),
    "inquiry-error": ("Thiết lập kiểm tra", "Set-up of an inquiry"),
    "inquiry-task-error": ("Thiết lập kiểm tra", "Set-up of an inquiry"),
    "pipeline-error": ("Thiết lập xử lý", "Set-up of a pipeline"),
    "step-error": ("Thiết lập xử lý", "Set-up of a step"),
    "report-error": ("Báo cáo", "Report"),
    "report-task-error": ("Báo cáo", "Report"),
}

TITLES: Sentences = MappingProxyType({code: {"vi": vi, "en": en} for code, (vi, en) in _TITLES.items()})
"""Type → language → what the error is called."""
