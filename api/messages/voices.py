"""What is said of what readers ask and report: why something is not done, what kinds, states and ends are called."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from api.messages import Sentences

SENTENCES: Sentences = MappingProxyType({
    "voice-over": {"vi": "Góp ý này đã khép lại.", "en": "This was closed already."},
    "voice-held": {
        "vi": "Phần bị báo có dữ liệu cá nhân còn đang ẩn. Hãy xem rồi cho hiện lại, hoặc gỡ phiên bản, trước đã.",
        "en": "What was reported as personal data is still hidden. Look and show it again, or withdraw it, first.",
    },
    "not-a-correction": {
        "vi": "Chỉ tệp đính chính của chính bộ dữ liệu bị báo sai sót mới trả lời được báo sai sót này.",
        "en": "Only a correction of the very dataset that was reported answers this report.",
    },
    "not-a-request": {
        "vi": "Số này không phải của một đề nghị mở dữ liệu.", "en": "This is not the number of a request for data.",
    },
    "not-held": {"vi": "Không có phần nào đang ẩn vì báo cáo này.", "en": "Nothing is hidden because of this report."},
    "voice-of-dataset": {
        "vi": "Góp ý về một bộ dữ liệu thuộc về cơ quan công bố bộ đó.",
        "en": "What is said about a dataset belongs to the agency that publishes it.",
    },
    "too-short": {"vi": "Cần ít nhất {least} ký tự.", "en": "At least {least} characters are needed."},
})

KIND: Mapping[str, Mapping[str, str]] = MappingProxyType({
    "request": {"vi": "Đề nghị mở dữ liệu", "en": "Request for data"},
    "question": {"vi": "Câu hỏi", "en": "Question"},
    "mistake": {"vi": "Báo sai sót", "en": "Mistake reported"},
})
STATE: Mapping[str, Mapping[str, str]] = MappingProxyType({
    "waiting": {"vi": "Chờ xem", "en": "Not yet looked at"},
    "open": {"vi": "Đang xử lý", "en": "Being worked on"},
    "answered": {"vi": "Đã trả lời", "en": "Answered"},
    "refused": {"vi": "Không tiếp nhận", "en": "Not accepted"},
})
OUTCOME: Mapping[str, Mapping[str, str]] = MappingProxyType({
    "published": {"vi": "Đã công bố", "en": "Published"},
    "planned": {"vi": "Sẽ làm", "en": "Planned"},
    "elsewhere": {"vi": "Đã có nơi khác", "en": "Available elsewhere"},
    "declined": {"vi": "Không mở được", "en": "Cannot be opened"},
    "answered": {"vi": "Đã trả lời", "en": "Answered"},
    "corrected": {"vi": "Đã sửa", "en": "Corrected"},
    "no-mistake": {"vi": "Không phải lỗi", "en": "Not a mistake"},
})
