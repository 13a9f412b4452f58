"""The sentences of refusals, in Vietnamese and English: what is not done, and what the reader can do about it."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from api.messages import Sentences, pick, say

TITLES: Mapping[int, Mapping[str, str]] = MappingProxyType({
    400: {"vi": "Yêu cầu không đúng", "en": "Bad request"},
    401: {"vi": "Cần đăng nhập", "en": "Sign-in needed"},
    403: {"vi": "Không có quyền", "en": "Not allowed"},
    404: {"vi": "Không tìm thấy", "en": "Not found"},
    405: {"vi": "Phương thức không được dùng ở đây", "en": "Method not allowed"},
    409: {"vi": "Trạng thái hiện tại không cho phép", "en": "Conflict"},
    410: {"vi": "Đã được rút lại", "en": "Withdrawn"},
    413: {"vi": "Quá lớn", "en": "Too large"},
    422: {"vi": "Dữ liệu gửi lên chưa đúng", "en": "Not accepted as it stands"},
    429: {"vi": "Quá nhiều yêu cầu", "en": "Too many requests"},
    500: {"vi": "Có lỗi ở phía chúng tôi", "en": "A fault on our side"},
    503: {"vi": "Tạm thời chưa phục vụ được", "en": "Temporarily unavailable"},
})

SENTENCES: Sentences = MappingProxyType({
    "refused": {"vi": "Yêu cầu không được chấp nhận.", "en": "The request was not accepted."},
    "bad-request": {"vi": "Máy chủ không hiểu yêu cầu này.", "en": "The server does not understand this request."},
    "internal": {
        "vi": "Có lỗi ở phía chúng tôi, không phải do bạn. Khi liên hệ, hãy nêu mã {id}.",
        "en": "Something went wrong on our side, not yours. If you contact us, give this id: {id}.",
    },
    "not-found": {
        "vi": "Không có gì ở địa chỉ này, hoặc bạn không được xem.",
        "en": "There is nothing at this address, or nothing that you may see.",
    },
    "not-allowed": {
        "vi": "Bạn xem được mục này nhưng không có quyền làm việc này.",
        "en": "You may see this, but you have no right to do this.",
    },
    "own-submission": {
        "vi": "Bạn không thể tự duyệt tệp do chính mình gửi. Cần một người khác duyệt.",
        "en": "You cannot approve a file that you submitted yourself. Another person has to.",
    },
    "csrf": {
        "vi": "Yêu cầu không đến từ trang của chúng tôi. Hãy tải lại trang rồi thử lại.",
        "en": "The request did not come from one of our own pages. Load the page again and try once more.",
    },
    "not-known": {
        "vi": "Mã truy cập (token) sai, đã hết hạn hoặc đã bị thu hồi.",
        "en": "The access token is wrong, has expired or was revoked.",
    },
    "credentials-needed": {
        "vi": "Việc này cần đăng nhập hoặc mã truy cập (token).",
        "en": "This needs a sign-in or an access token.",
    },
    "sign-in-failed": {
        "vi": "Tên đăng nhập hoặc mật khẩu không đúng.",
        "en": "The name or the password is not right.",
    },
    "method-not-allowed": {
        "vi": "Địa chỉ này không nhận phương thức vừa dùng.",
        "en": "This address does not take the method that was used.",
    },
    "conflict": {"vi": "Trạng thái hiện tại không cho phép việc này.", "en": "Its present state does not allow this."},
    "stale": {
        "vi": "Có người vừa thay đổi mục này. Hãy tải lại rồi thử lại.",
        "en": "Somebody has just changed this. Load it again and try once more.",
    },
    "withdraw-instead": {
        "vi": "Bộ dữ liệu đã từng công bố thì không xoá được; hãy rút lại, kèm lý do.",
        "en": "A dataset that was published cannot be deleted; withdraw it instead, with a reason.",
    },
    "never-published": {
        "vi": "Bộ dữ liệu này chưa từng công bố nên không có gì để rút lại.",
        "en": "This dataset was never published, so there is nothing to withdraw.",
    },
    "withdrawn": {
        "vi": "Dữ liệu này đã được rút lại. Lý do: {reason}",
        "en": "These data were withdrawn. Reason: {reason}",
    },
    "invalid": {
        "vi": "Một số mục chưa đúng; xem danh sách lỗi kèm theo.",
        "en": "Some members are not right; see the list of errors.",
    },
    "json-invalid": {"vi": "Nội dung gửi lên không phải JSON hợp lệ.", "en": "The body is not valid JSON."},
    "unknown-member": {"vi": "Không có mục tên “{name}”.", "en": "There is no member “{name}” here."},
    "missing": {"vi": "Thiếu mục “{name}”.", "en": "“{name}” is missing."},
    "wrong-type": {"vi": "Mục “{name}” không đúng kiểu.", "en": "“{name}” is not of the right type."},
    "out-of-range": {
        "vi": "Giá trị của “{name}” nằm ngoài giới hạn cho phép.",
        "en": "The value of “{name}” is outside of what is allowed.",
    },
    "not-accepted": {
        "vi": "Giá trị của “{name}” không được chấp nhận.",
        "en": "The value of “{name}” is not accepted.",
    },
    "unknown-value": {
        "vi": "“{value}” không phải là giá trị được biết của “{name}”.",
        "en": "“{value}” is not a known value of “{name}”.",
    },
    "unknown-standard": {"vi": "Không có tiêu chuẩn “{standard}”.", "en": "There is no standard “{standard}”."},
    "unknown-part": {"vi": "Biểu mẫu không có phần tên “{name}”.", "en": "The form has no part called “{name}”."},
    "two-files": {
        "vi": "Mỗi lần chỉ gửi một tệp; biểu mẫu có hai phần “file”.",
        "en": "One file at a time: the form has two parts called “file”.",
    },
    "file-missing": {"vi": "Biểu mẫu thiếu phần “file”.", "en": "The form has no part called “file”."},
    "multipart-invalid": {
        "vi": "Nội dung gửi lên không phải biểu mẫu multipart/form-data hợp lệ.",
        "en": "The body is not a valid multipart/form-data form.",
    },
    "multipart-needed": {
        "vi": "Hãy gửi tệp bằng biểu mẫu multipart/form-data.",
        "en": "Send the file as a multipart/form-data form.",
    },
    "upload-cut": {
        "vi": "Kết nối bị ngắt khi đang gửi tệp; không có gì được lưu.",
        "en": "The connection was cut during the upload; nothing was kept.",
    },
    "too-large": {
        "vi": "Lớn hơn giới hạn của trang ({limit} byte).",
        "en": "Larger than this site takes ({limit} bytes).",
    },
    "too-many-requests": {
        "vi": "Quá nhiều yêu cầu trong thời gian ngắn. Hãy thử lại sau {retry_after} giây.",
        "en": "Too many requests in a short time. Try again in {retry_after} seconds.",
    },
    "idempotency-key-reused": {
        "vi": "Idempotency-Key này đã dùng cho một yêu cầu có nội dung khác.",
        "en": "This Idempotency-Key was used for a request with other content.",
    },
    "idempotency-key-invalid": {
        "vi": "Idempotency-Key phải có từ 1 đến 255 ký tự nhìn thấy được.",
        "en": "An Idempotency-Key has 1 to 255 visible characters.",
    },
    "request-under-way": {
        "vi": "Yêu cầu đầu tiên với Idempotency-Key này còn đang chạy.",
        "en": "The first request with this Idempotency-Key is still under way.",
    },
    "cursor-invalid": {"vi": "Con trỏ trang không hợp lệ.", "en": "The cursor is not valid."},
    "unavailable": {
        "vi": "Một phần của hệ thống đang tạm ngừng. Hãy thử lại sau ít phút.",
        "en": "A part of the system is down at the moment. Try again in a few minutes.",
    },
    "disk-full": {
        "vi": "Kho lưu trữ đã đầy; không có gì được lưu. Hãy thử lại sau.",
        "en": "The storage is full; nothing was kept. Try again later.",
    },
})

FALLBACK: Mapping[int, str] = MappingProxyType({
    400: "refused", 401: "not-known", 403: "not-allowed", 404: "not-found", 405: "method-not-allowed", 409: "conflict",
    410: "withdrawn", 413: "too-large", 422: "invalid", 429: "too-many-requests", 503: "unavailable",
})


def title(status: int, language: str) -> str:
    """Say what a status means, in a few words."""
    return pick(TITLES.get(status, TITLES[400]), language)


def sentence(code: str, params: Mapping[str, Any], language: str, *, status: int = 400) -> str:
    """Make the sentence of a refusal; one without words of its own gets those of its status."""
    return say(SENTENCES, code, params, language) or say(SENTENCES, FALLBACK.get(status, "refused"), params, language)
