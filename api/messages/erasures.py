"""Why an erasure is not taken up, what holds erased bytes back, and what a tombstone says: the sentences."""

from __future__ import annotations

from types import MappingProxyType

from api.messages import Sentences

SENTENCES: Sentences = MappingProxyType({
    "erased": {
        "vi": "Dữ liệu này có dữ liệu cá nhân công bố nhầm nên đã bị xóa theo pháp luật về bảo vệ dữ liệu cá nhân. "
        "Lý do: {reason}",
        "en": "These data held personal data published by mistake and were erased under the law on its protection. "
        "Reason: {reason}",
    },
    "erased-bytes": {
        "vi": "Tệp này trùng với dữ liệu đã bị xóa vì có dữ liệu cá nhân, nên không được nhận lại. Hãy bỏ dữ liệu cá "
        "nhân khỏi tệp rồi gửi tệp mới.",
        "en": "This file is the same as data that was erased because it held personal data; it is not taken again. "
        "Take the personal data out and send the new file.",
    },
    "erasure-shared": {
        "vi": "Còn {many} phiên bản hoặc tệp đang chờ khác chứa cùng nội dung. Chọn xóa cả chúng (include) "
        "hoặc giữ lại phần chung (keep).",
        "en": "{many} other versions or waiting uploads hold the same bytes. Choose whether they go too (include) "
        "or the bytes in common stay (keep).",
    },
    "erasure-open": {
        "vi": "Yêu cầu xóa này đã có và đang chờ người thứ hai.",
        "en": "This erasure has been asked for already and waits for a second person.",
    },
    "erasure-changed": {
        "vi": "Nội dung sẽ bị xóa đã khác lúc yêu cầu. Hãy từ chối yêu cầu này và yêu cầu lại.",
        "en": "What would go is not any more what was asked for. Refuse this request and ask again.",
    },
    "erasure-needs-people": {
        "vi": "Việc xóa cần hai người có tài khoản; trang không tự làm thay.",
        "en": "An erasure takes two people with accounts; the site itself cannot stand in for one.",
    },
    "own-erasure": {
        "vi": "Bạn không thể tự xác nhận yêu cầu xóa của chính mình. Cần một người khác.",
        "en": "You cannot confirm an erasure that you asked for yourself. Another person has to.",
    },
    "reason-betrays": {
        "vi": "Lý do có vẻ chứa chính dữ liệu cần xóa (số, địa chỉ thư điện tử hoặc họ tên). Lý do được công khai: hãy "
        "viết mà không nêu giá trị nào.",
        "en": "The reason seems to hold the very data that is to go (a number, a mailbox or a name). It is public: say "
        "it without any value.",
    },
})
