"""Sentences of what Table Schema 2 asks for and Frictionless does not judge (``pipelines/validation/gaps.py``)."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from api.messages import Sentences

TITLES: Sentences = MappingProxyType({
    "category": {"vi": "Giá trị ngoài danh mục của cột", "en": "Not one of the categories"},
    "grouped-integer": {"vi": "Số nguyên có dấu phân nhóm", "en": "Whole number with group marks"},
    "json-schema": {"vi": "Nội dung JSON không đúng mô tả", "en": "JSON of another shape"},
    "duration-bound": {"vi": "Khoảng thời gian ngoài giới hạn", "en": "Duration out of bounds"},
    "reference-unknown": {"vi": "Không có bảng được trỏ tới", "en": "Table referred to not found"},
    "reference-unchecked": {"vi": "Chưa đối chiếu với bảng khác", "en": "Reference not checked"},
    "unique-keys": {"vi": "Nhóm cột có giá trị trùng", "en": "Several columns repeat together"},
})
SENTENCES: Mapping[str, Mapping[str, Mapping[str, str]]] = MappingProxyType({
    "category": {"": {
        "vi": "“{cell}” không thuộc danh mục của cột ({expected}). Hãy dùng một giá trị trong danh mục.",
        "en": "“{cell}” is none of the column's categories ({expected}). Use one of them.",
    }},
    "grouped-integer": {
        "": {
            "vi": "“{cell}” không phải số nguyên viết với dấu phân nhóm “{mark}”. Hãy sửa lại số này.",
            "en": "“{cell}” is not a whole number written with the group mark “{mark}”. Correct the number.",
        },
        "minimum": {
            "vi": "“{cell}” nhỏ hơn {expected}. Hãy kiểm tra lại số này.",
            "en": "“{cell}” is less than {expected}. Check the number.",
        },
        "maximum": {
            "vi": "“{cell}” lớn hơn {expected}. Hãy kiểm tra lại số này.",
            "en": "“{cell}” is more than {expected}. Check the number.",
        },
    },
    "json-schema": {"": {
        "vi": "nội dung JSON của ô không đúng mô tả của cột ở chỗ {where} (quy tắc {rule}). Hãy sửa phần đó.",
        "en": "the JSON in the cell does not fit the column's description at {where} (rule {rule}). Correct "
        "that part.",
    }},
    "duration-bound": {
        "minimum": {
            "vi": "“{cell}” ngắn hơn {expected}. Hãy kiểm tra lại khoảng thời gian.",
            "en": "“{cell}” is shorter than {expected}. Check the duration.",
        },
        "maximum": {
            "vi": "“{cell}” dài hơn {expected}. Hãy kiểm tra lại khoảng thời gian.",
            "en": "“{cell}” is longer than {expected}. Check the duration.",
        },
    },
    "reference-unchecked": {
        "": {
            "vi": "cột này trỏ tới {expected}, bảng không nằm trong tệp này nên chưa đối chiếu được. Tự đối "
            "chiếu hai bảng.",
            "en": "the column points to {expected}, which is not part of the file and was not compared. Compare "
            "the two yourself.",
        },
        "large": {
            "vi": "cột này trỏ tới {expected}, bảng quá lớn nên chưa đối chiếu được. Tự đối chiếu hai bảng.",
            "en": "the column points to {expected}, which is too large and was not compared. Compare the two yourself.",
        },
    },
    "reference-unknown": {
        "": {
            "vi": "cột này trỏ tới {expected}, nhưng không có bộ dữ liệu nào đã công bố với tên đó. "
            "Sửa tên đó trong mô tả bảng, hoặc công bố bảng kia trước.",
            "en": "the column points to {expected}, but no published dataset goes by that name. "
            "Correct the name in the description of the table, or publish the other table first.",
        },
        "columns": {
            "vi": "cột này trỏ tới {expected}, nhưng bảng kia không có cột đó. Sửa tên cột trong mô tả bảng.",
            "en": "the column points to {expected}, but the other table has no such column. "
            "Correct its name in the description of the table.",
        },
    },
    "unique-keys": {"": {
        "vi": "“{cell}” đã có ở dòng {other}; các cột này gộp lại không được trùng. Hãy bỏ dòng thừa hoặc sửa lại.",
        "en": "“{cell}” stands in row {other} already; these columns together may not repeat. Remove or correct one.",
    }},
})
