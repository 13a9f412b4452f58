"""The sentences of refusals, in Vietnamese and English: what is not done, and what the reader can do about it."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from api.messages import (
    Sentences,
    addresses,
    carrying,
    deeds,
    engines,
    erasures,
    pick,
    queries,
    reasons,
    releases,
    say,
    uploads,
    voices,
)

TITLES: Mapping[int, Mapping[str, str]] = MappingProxyType({
    400: {"vi": "Yêu cầu không đúng", "en": "Bad request"},
    401: {"vi": "Cần đăng nhập", "en": "Sign-in needed"},
    403: {"vi": "Không có quyền", "en": "Not allowed"},
    404: {"vi": "Không tìm thấy", "en": "Not found"},
    405: {"vi": "Phương thức không được dùng ở đây", "en": "Method not allowed"},
    409: {"vi": "Trạng thái hiện tại không cho phép", "en": "Conflict"},
    410: {"vi": "Đã gỡ", "en": "Withdrawn"},
    413: {"vi": "Quá lớn", "en": "Too large"},
    412: {"vi": "Điều kiện đi kèm không đúng", "en": "Precondition failed"},
    414: {"vi": "Địa chỉ quá dài", "en": "Address too long"},
    415: {"vi": "Kiểu nội dung không được nhận ở đây", "en": "Kind of content not taken here"},
    423: {"vi": "Đang có việc khác dở dang", "en": "Under way already"},
    460: {"vi": "Nội dung nhận được không khớp mã kiểm tra", "en": "Checksum does not match"},
    422: {"vi": "Dữ liệu gửi lên chưa đúng", "en": "Not accepted as it stands"},
    429: {"vi": "Quá nhiều yêu cầu", "en": "Too many requests"},
    431: {"vi": "Phần đầu yêu cầu quá dài", "en": "Headers too long"},
    500: {"vi": "Có lỗi ở phía chúng tôi", "en": "A fault on our side"},
    503: {"vi": "Tạm thời chưa phục vụ được", "en": "Temporarily unavailable"},
})

GENERAL: Sentences = MappingProxyType({
    "refused": {"vi": "Yêu cầu không được chấp nhận.", "en": "The request was not accepted."},
    "bad-request": {"vi": "Máy chủ không hiểu yêu cầu này.", "en": "The server does not understand this request."},
    "address-too-long": {
        "vi": "Địa chỉ dài hơn 16 kB. Gửi truy vấn dài bằng POST, hoặc chia thành nhiều lần hỏi.",
        "en": "The address is longer than 16 kB. Send a long query by POST, or ask in several parts.",
    },
    "headers-too-long": {
        "vi": "Các dòng đầu của yêu cầu (cookie, khóa…) dài hơn mức trang này nhận.",
        "en": "The headers of the request (cookies, tokens …) are longer than this site takes.",
    },
    "changed-since": {
        "vi": "Mục này đã thay đổi từ khi bạn đọc (If-Match không còn khớp). Hãy đọc lại rồi sửa.",
        "en": "This has changed since you read it (If-Match names other bytes). Read it again, then change it.",
    },
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
        "vi": "Khóa API sai, đã hết hạn hoặc đã bị hủy.",
        "en": "The access token is wrong, has expired or was revoked.",
    },
    "credentials-needed": {
        "vi": "Việc này cần đăng nhập hoặc khóa API.",
        "en": "This needs a sign-in or an access token.",
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
        "vi": "Bộ dữ liệu đã từng công bố thì không xóa được; hãy gỡ, kèm lý do.",
        "en": "A dataset that was published cannot be deleted; withdraw it instead, with a reason.",
    },
    "never-published": {
        "vi": "Bộ dữ liệu này chưa từng công bố nên không có gì để gỡ.",
        "en": "This dataset was never published, so there is nothing to withdraw.",
    },
    "withdrawn": {
        "vi": "Dữ liệu này đã được gỡ. Lý do: {reason}",
        "en": "These data were withdrawn. Reason: {reason}",
    },
    "invalid": {
        "vi": "Một số mục chưa đúng; xem danh sách lỗi kèm theo.",
        "en": "Some members are not right; see the list of errors.",
    },
    "json-invalid": {"vi": "Nội dung gửi lên không phải JSON hợp lệ.", "en": "The body is not valid JSON."},
    "said-twice": {"vi": "“{name}” được gửi hai lần.", "en": "“{name}” is said twice."},
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
    **{code: reasons.FAILED[code] for code in ("schema-unusable", "pattern-unsupported")},
    "schema-beside-standard": {
        "vi": "Bảng này đã theo tiêu chuẩn “{standard}”, nên không kèm mô tả bảng riêng. Hãy bỏ một trong hai.",
        "en": "This table follows the standard “{standard}”, so it takes no description of its own. Leave out "
        "one of the two.",
    },
    "two-files": {
        "vi": "Mỗi lần chỉ gửi một tệp; biểu mẫu có hai phần “file”.",
        "en": "One file at a time: the form has two parts called “file”.",
    },
    "file-missing": {"vi": "Biểu mẫu thiếu phần “file”.", "en": "The form has no part called “file”."},
    "form-unreadable": {
        "vi": "Biểu mẫu dài hơn mức trang này nhận, hoặc đến không trọn vẹn. Hãy rút ngắn phần đã viết rồi gửi lại.",
        "en": "The form is longer than this site takes, or did not arrive whole. Shorten it and send it again.",
    },
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
    "read-only": {
        "vi": "Trang đang bảo trì nên chỉ đọc được, chưa nhận thay đổi. {notice}",
        "en": "The site is under maintenance: it can be read, but takes no changes now. {notice}",
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
    "not-supported": {
        "vi": "Bản này chưa hiểu tham số “{name}”.",
        "en": "This version does not understand the parameter “{name}” yet.",
    },
    "version-chosen": {
        "vi": "Đã chọn phiên bản bằng “version”; “{name}” chọn theo ngày. Chỉ dùng một trong hai.",
        "en": "“version” names a version and “{name}” would choose one by its day. Give one of them.",
    },
    "cursor": {
        "vi": "Con trỏ trang đã cũ hoặc thuộc về một lần tìm khác; hãy bắt đầu lại từ trang đầu.",
        "en": "The cursor is outdated or belongs to another search; begin again with the first page.",
    },
    "query-too-long": {
        "vi": "Câu tìm kiếm dài quá {limit} ký tự.",
        "en": "The search text is longer than {limit} characters.",
    },
    "query-syntax": {"vi": "Câu truy vấn sai ở ký tự thứ {at}.", "en": "The query is wrong at character {at}."},
    "query-too-deep": {
        "vi": "Câu truy vấn quá phức tạp (tối đa {limit}).", "en": "Too complex a query (at most {limit}).",
    },
    "too-many-values": {"vi": "Quá nhiều giá trị (tối đa {limit}).", "en": "Too many values (at most {limit})."},
    "not-a-date": {
        "vi": "Không phải ngày, tháng hoặc năm (ví dụ 2025-07-01).",
        "en": "Not a day, month or year (like 2025-07-01).",
    },
    "not-a-number": {"vi": "Không phải số nguyên.", "en": "Not a whole number."},
    "unknown-sort": {
        "vi": "Chỉ sắp xếp được theo relevance, modified, issued hoặc title.",
        "en": "Sort by relevance, modified, issued or title.",
    },
    "foreign-form": {
        "vi": "Biểu mẫu không đến từ trang của chúng tôi. Hãy tải lại trang rồi thử lại.",
        "en": "The form did not come from one of our own pages. Load the page again and try once more.",
    },
    "bad-token": {
        "vi": "Khóa API sai, đã hết hạn hoặc đã bị hủy.",
        "en": "The access token is wrong, has expired or was revoked.",
    },
    "bad-password": {"vi": "Tên đăng nhập hoặc mật khẩu không đúng.", "en": "The name or the password is not right."},
    "base-moved": {
        "vi": "Đã có phiên bản mới hơn phiên bản mà tệp này dựa vào; tệp cần được kiểm tra lại.",
        "en": "There is a newer version than the one this file builds on; the file has to be checked again.",
    },
    "file-changed": {
        "vi": "Tệp đã thay đổi sau khi được kiểm tra.",
        "en": "The file has changed since it was checked.",
    },
    "version-taken": {
        "vi": "Một phiên bản khác vừa được công bố. Hãy thử lại.",
        "en": "Another version was published just now. Try once more.",
    },
    "nothing-to-add-to": {
        "vi": "Chưa có phiên bản nào để nối thêm hoặc đính chính.",
        "en": "There is no version yet to append to or to correct.",
    },
    "organisation-not-found": {"vi": "Không có cơ quan này.", "en": "There is no such agency."},
    "person-not-found": {"vi": "Không có người này.", "en": "There is no such person."},
    "member-not-found": {"vi": "Người này không thuộc cơ quan.", "en": "This person is not of the agency."},
    "source-not-found": {"vi": "Không có nguồn hoặc đích này.", "en": "There is no such source or target."},
    "resource-not-found": {"vi": "Không có phần dữ liệu này.", "en": "There is no such resource."},
    "series-not-found": {"vi": "Không có chuỗi dữ liệu này.", "en": "There is no such series."},
    "job-not-found": {"vi": "Không có công việc này.", "en": "There is no such job."},
    "required": {"vi": "Mục này không được để trống.", "en": "This must not be empty."},
    "too-long": {"vi": "Dài quá giới hạn ({limit}).", "en": "Longer than allowed ({limit})."},
    "too-many": {"vi": "Nhiều quá giới hạn ({limit}).", "en": "More than allowed ({limit})."},
    "too-many-parts": {"vi": "Biểu mẫu có quá nhiều phần.", "en": "The form has too many parts."},
    "repeated-part": {"vi": "Phần “{name}” xuất hiện hai lần.", "en": "The part “{name}” is there twice."},
    "busy": {
        "vi": "Việc này đang được làm; hãy thử lại sau giây lát.",
        "en": "This is being done at this moment; try again shortly.",
    },
    "datasets-left": {
        "vi": "Còn bộ dữ liệu chưa được giao cho cơ quan nào.",
        "en": "Some datasets are not given to any agency yet.",
    },
    "not-ahead": {"vi": "Chọn một thời điểm sau bây giờ, trong vòng {days} ngày.",
                  "en": "Choose a moment after now, within {days} days."},
    "ends-before-it-starts": {"vi": "Ngày cuối đứng trước ngày đầu.", "en": "It ends before it starts."},
    "ends-before-start": {"vi": "Ngày cuối đứng trước ngày đầu.", "en": "It ends before it starts."},
    "forbidden-characters": {
        "vi": "Có ký tự điều khiển hoặc ký tự đổi chiều chữ; hãy xóa chúng.",
        "en": "Holds control characters or marks that turn the direction of text; remove them.",
    },
    "in-the-past": {"vi": "Thời điểm này đã qua.", "en": "This moment is in the past."},
    "not-a-code": {
        "vi": "Mã cơ quan chỉ gồm chữ hoa, chữ số, dấu chấm và gạch nối.",
        "en": "An agency's code has capital letters, digits, points and hyphens only.",
    },
    "not-a-day": {"vi": "Không đọc được thành ngày. Ghi như 30/6/2025.", "en": "Not a day. Write it like 30/6/2025."},
    "not-a-language": {"vi": "Không phải mã ngôn ngữ (ví dụ vi, en).", "en": "Not a language tag (like vi, en)."},
    "not-a-name": {
        "vi": "Tên chỉ gồm chữ thường không dấu, chữ số, dấu chấm, gạch dưới và gạch nối.",
        "en": "A name has small letters, digits, points, underscores and hyphens only.",
    },
    "not-a-moment": {"vi": "Ghi ngày như 31/12/2026 và giờ như 08:00.",
                     "en": "Write the day like 31/12/2026 and the hour like 08:00."},
    "not-a-period": {
        "vi": "Không phải kỳ (ví dụ 2025, 2025-Q1, 2025-03).",
        "en": "Not a period (like 2025, 2025-Q1, 2025-03).",
    },
    "not-a-slug": {
        "vi": "Địa chỉ chỉ gồm chữ thường không dấu, chữ số, gạch dưới và gạch nối.",
        "en": "An address has small letters, digits, underscores and hyphens only.",
    },
    "not-an-address": {"vi": "Không phải địa chỉ http hoặc https đầy đủ.", "en": "Not a whole http or https address."},
    "not-an-email": {"vi": "Không phải địa chỉ thư điện tử.", "en": "Not an e-mail address."},
    "not-open": {"vi": "Cơ quan này đã đóng hoặc sáp nhập.", "en": "This agency is closed or merged."},
    "password-length": {
        "vi": "Mật khẩu cần từ {least} đến {limit} ký tự.",
        "en": "A password has {least} to {limit} characters.",
    },
    "no-worker": {"vi": "Chưa có tiến trình xử lý nào đang chạy.", "en": "No worker is running."},
    "unavailable": {
        "vi": "Một phần của hệ thống đang tạm ngừng. Hãy thử lại sau ít phút.",
        "en": "A part of the system is down at the moment. Try again in a few minutes.",
    },
})

SENTENCES: Sentences = MappingProxyType({
    code: said
    for room in (addresses.SENTENCES, carrying.SENTENCES, deeds.SENTENCES, engines.SENTENCES, erasures.SENTENCES,
                 queries.SENTENCES, releases.SENTENCES, uploads.SENTENCES, voices.SENTENCES, GENERAL)
    for code, said in room.items()
})
"""Every refusal's sentences; a room with refusals of its own adds its own module to the line above."""

FALLBACK: Mapping[int, str] = MappingProxyType({
    400: "refused", 401: "not-known", 403: "not-allowed", 404: "not-found", 405: "method-not-allowed", 409: "conflict",
    410: "withdrawn", 413: "too-large", 422: "invalid", 429: "too-many-requests", 503: "unavailable",
})


def title(status: int, language: str) -> str:
    """Say what a status means, in a few words."""
    return pick(TITLES.get(status, TITLES[400]), language)


def sentence(code: str, params: Mapping[str, Any], language: str, *, status: int = 400) -> str:
    """Make the sentence of a refusal; one without words of its own gets those of its status."""
    if params.get("state") in deeds.STATES:
        params = {**params, "state": deeds.STATES[params["state"]][language]}
    return say(SENTENCES, code, params, language) or say(SENTENCES, FALLBACK.get(status, "refused"), params, language)
