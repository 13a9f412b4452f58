"""What is said of a column that looks like personal data: held back, asked about, or released by a second person."""

from __future__ import annotations

from types import MappingProxyType

from api.messages import Sentences

BLOCKED, ASKED, NAMED = "personal-data", "personal-data-asked", "personal-data-named"

TITLES: Sentences = MappingProxyType(
    {
        BLOCKED: {"vi": "Cột giống dữ liệu cá nhân", "en": "The column looks like personal data"},
        NAMED: {"vi": "Dữ liệu cá nhân ngoài bảng", "en": "Personal data outside the table"},
        ASKED: {"vi": "Cột có thể chứa dữ liệu cá nhân", "en": "The column may hold personal data"},
    }
)

SENTENCES = MappingProxyType(
    {
        BLOCKED: {
            "": {
                "vi": "cột “{field}” giống {kind} ({share} % số ô). Xóa cột này rồi gửi lại; dữ liệu cá nhân không "
                "được công bố.",
                "en": 'column "{field}" looks like {kind} ({share} % of cells). Remove it and send again; personal '
                "data may not be published.",
            },
        },
        NAMED: {
            "file": {
                "vi": "tên tệp có {kind} ({cell}). Đổi tên tệp rồi gửi lại.",
                "en": "the file's name holds {kind} ({cell}). Rename the file and send it again.",
            },
            "sheet": {
                "vi": "tên trang tính có {kind} ({cell}). Đổi tên trang tính rồi gửi lại.",
                "en": "the sheet's name holds {kind} ({cell}). Rename the sheet and send it again.",
            },
            "header": {
                "vi": "tên một cột có {kind} ({cell}). Có lẽ dòng tiêu đề là một dòng dữ liệu: thêm dòng tiêu đề.",
                "en": "the name of a column holds {kind} ({cell}). The header is probably a row of data: add a header.",
            },
            "note": {
                "vi": "phần ghi chú ngoài bảng có {kind} ({cell}), nên bản gốc được giữ riêng, không công bố. Muốn "
                "công khai cả bản gốc thì xóa phần đó rồi gửi lại.",
                "en": "a note outside the table holds {kind} ({cell}), so the original is kept private. To publish the "
                "original too, remove the note and send again.",
            },
            "office": {
                "vi": "phần ghi chú ngoài bảng có {kind} ({cell}), có vẻ là của cơ quan. Nếu là của cá nhân thì "
                "xóa rồi gửi lại.",
                "en": "a note outside the table holds {kind} ({cell}), it seems of an office. If it belongs to a "
                "person, remove it and send again.",
            },
        },
        ASKED: {
            "within": {
                "vi": "văn bản trong cột “{field}” có chứa {kind} ({share} % số ô). Xóa các số hay địa chỉ đó khỏi văn "
                "bản, hoặc bỏ cột này; nếu là của cơ quan, bạn có thể đi tiếp.",
                "en": 'text in column "{field}" mentions {kind} ({share} % of cells). Remove them from the text, or '
                "leave the column out; if they belong to an office, go on.",
            },
            "": {
                "vi": "cột “{field}” có thể là {kind} ({share} % số ô). Nếu là của cá nhân, hãy xóa cột này rồi gửi "
                "lại; nếu là của cơ quan hoặc đã được phép công khai, bạn có thể đi tiếp.",
                "en": 'column "{field}" may hold {kind} ({share} % of cells). If they belong to persons, remove it and '
                "send again; if they belong to an office or may be made public, go on.",
            },
            "released": {
                "vi": "cột “{field}” giống {kind} ({share} % số ô); người thứ hai đã cho công bố, có lý do và căn cứ "
                "pháp lý.",
                "en": 'column "{field}" looks like {kind} ({share} % of cells); a second person released it, with a '
                "reason and a legal basis.",
            },
        },
    }
)
"""Code → variant → language; each sentence names its column, so no place stands before it."""
