"""Why bytes on their way in are not taken, and how to go on: the sentences of uploads before they are submissions."""

from __future__ import annotations

from types import MappingProxyType

from api.messages import Sentences

SENTENCES: Sentences = MappingProxyType({
    "upload-busy": {
        "vi": "Một phần khác của lượt tải lên này đang được ghi; hãy thử lại sau giây lát.",
        "en": "Another piece of this upload is being written; try again shortly.",
    },
    "upload-offset": {
        "vi": "Lượt tải lên này đã có {offset} byte; hãy gửi tiếp từ đó.",
        "en": "This upload holds {offset} bytes; go on from there.",
    },
    "upload-unfinished": {
        "vi": "Lượt tải lên chưa xong: đã có {held} trên {bytes} byte.",
        "en": "The upload is not finished: {held} of {bytes} bytes are here.",
    },
    "upload-damaged": {
        "vi": "Tệp nhận được không khớp mã SHA-256 hoặc độ dài đã báo nên không được giữ; hãy gửi lại từ đầu.",
        "en": "The file received does not have the SHA-256 or the length announced and was not kept; send it again.",
    },
    "checksum-mismatch": {
        "vi": "Phần vừa gửi không khớp mã kiểm tra nên không được giữ; hãy gửi lại phần này.",
        "en": "This piece does not have its checksum and was not kept; send it again.",
    },
    "more-than-promised": {
        "vi": "Nhiều byte hơn số đã báo ({limit}).", "en": "More bytes than were announced ({limit}).",
    },
    "wrong-protocol": {
        "vi": "Địa chỉ này dùng tus 1.0: gửi kèm {expected}.", "en": "This address speaks tus 1.0: send {expected}.",
    },
    "wrong-media": {"vi": "Nội dung phải có kiểu {expected}.", "en": "The content must be of type {expected}."},
    "no-direct-uploads": {
        "vi": "Kho tệp của trang này không nhận tệp gửi thẳng; hãy tải lên từng phần (tus 1.0).",
        "en": "The store of this site takes no files directly; use a resumable upload (tus 1.0).",
    },
    "too-many-uploads": {
        "vi": "Bạn đang có {limit} lượt tải lên dở dang; hãy hoàn tất hoặc xóa bớt.",
        "en": "You have {limit} uploads under way; finish some, or give them up.",
    },
    "too-much-uploading": {
        "vi": "Các lượt tải lên dở dang của bạn cộng lại vượt quá {limit} byte; hãy hoàn tất hoặc xóa bớt.",
        "en": "Your uploads under way come to more than {limit} bytes; finish some, or give them up.",
    },
    "unknown-upload": {"vi": "Không có lượt tải lên “{upload}”.", "en": "There is no upload “{upload}”."},
})
