"""Why a source could not be read, and what its runs count, in the reader's language."""

from __future__ import annotations

from types import MappingProxyType

from api.messages import Sentences

GONE = ("404", "410")

SENTENCES: Sentences = MappingProxyType({
    "address-not-allowed": {
        "vi": "Địa chỉ này thuộc mạng riêng hoặc cổng không được phép; trang này không gọi tới đó.",
        "en": "This address is in a private network or on a port that is not allowed; this site does not go there.",
    },
    "url-not-allowed": {"vi": "Địa chỉ này không dùng được.", "en": "This address cannot be used."},
    "unknown-host": {"vi": "Không tìm thấy máy chủ này.", "en": "There is no such host."},
    "unreachable": {"vi": "Không kết nối được tới máy chủ.", "en": "The server could not be reached."},
    "certificate": {"vi": "Chứng chỉ của máy chủ không hợp lệ.", "en": "The server's certificate is not valid."},
    "too-slow": {"vi": "Máy chủ trả lời quá chậm.", "en": "The server answered too slowly."},
    "too-large": {"vi": "Câu trả lời quá lớn.", "en": "The answer was too large."},
    "too-many-redirects": {"vi": "Máy chủ chuyển hướng quá nhiều lần.", "en": "The server redirected too often."},
    "cut-short": {"vi": "Câu trả lời bị cắt ngang.", "en": "The answer was cut short."},
    "not-http": {"vi": "Máy chủ không nói HTTP.", "en": "The server does not speak HTTP."},
    "encoding-not-allowed": {"vi": "Kiểu nén không được phép.", "en": "The answer's compression is not allowed."},
    "empty": {
        "vi": "Nguồn không còn bộ dữ liệu nào. Không gỡ gì cả.",
        "en": "The source has no dataset any more. Nothing was taken away.",
    },
    "same-page-again": {"vi": "Nguồn gửi lại cùng một trang.", "en": "The source gave the same page again."},
    "endless-pages": {"vi": "Nguồn gửi trang không bao giờ hết.", "en": "The source gave pages without end."},
    "too-many-pages": {"vi": "Nguồn có quá nhiều trang.", "en": "The source has too many pages."},
    "storage-full": {"vi": "Hết chỗ lưu trữ.", "en": "The storage is full."},
})


def why(reason: str, language: str) -> str:
    """Say why a run failed: by its code where it has a sentence, else as it was noted."""
    code = reason.partition(" ")[0].rstrip(":")
    if code in SENTENCES:
        return SENTENCES[code][language]
    if code.startswith("http-"):
        said = {"vi": f"Máy chủ trả lời {code[5:]}.", "en": f"The server answered {code[5:]}."}
        if code[5:] in GONE:
            said = {"vi": f"Không có gì ở địa chỉ này (máy chủ trả lời {code[5:]}); xem lại địa chỉ.",
                    "en": f"There is nothing at this address (the server answered {code[5:]}); check it."}
        return said[language]
    return reason
