"""What is said of a column that looks like personal data: held back, asked about, or released by a second person."""

from __future__ import annotations

from types import MappingProxyType

from api.messages import Sentences

BLOCKED, ASKED = "personal-data", "personal-data-asked"

TITLES: Sentences = MappingProxyType(
    {
        BLOCKED: {"vi": "Cột giống dữ liệu cá nhân", "en": "The column looks like personal data"},
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
        ASKED: {
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
