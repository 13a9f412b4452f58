"""Why something is not done with datasets, agencies and people: names taken, states that do not allow it."""

from __future__ import annotations

from types import MappingProxyType

from api.messages import Sentences

SENTENCES: Sentences = MappingProxyType({
    "slug-taken": {"vi": "Địa chỉ này đã được dùng.", "en": "This address is taken."},
    "name-taken": {"vi": "Tên này đã được dùng.", "en": "This name is taken."},
    "last-admin": {
        "vi": "Cơ quan sẽ không còn người quản trị nào; hãy giao vai trò này cho người khác trước.",
        "en": "The agency would be left without an admin; give somebody else that role first.",
    },
    "source-taken": {"vi": "Đã có nguồn hoặc đích tên này.", "en": "There is a source or target of this name."},
    "nothing-to-confirm": {"vi": "Không có gì chờ xác nhận.", "en": "Nothing waits to be confirmed."},
    "change-announced": {
        "vi": "Cơ quan đã báo trước cột của bảng {resource} sẽ đổi từ {effective}. Muốn đổi sớm hơn, hãy nêu lý do.",
        "en": "Columns of {resource} were announced to change from {effective} on. State a reason to do it earlier.",
    },
    "notices-too-many": {
        "vi": "Mỗi bộ dữ liệu có nhiều nhất {most} thông báo đổi cột. Hãy xóa bớt thông báo cũ.",
        "en": "A dataset has at most {most} announcements. Take old ones back.",
    },
    "webhooks-too-many": {
        "vi": "Mỗi người giữ nhiều nhất {most} webhook. Hãy xóa bớt một cái không dùng nữa.",
        "en": "Each person keeps at most {most} webhooks. Remove one that is not used any more.",
    },
    "webhook-disabled": {
        "vi": "Webhook này đang dừng. Hãy cho chạy lại trước khi gửi.",
        "en": "This webhook is stopped. Let it go on before anything is sent.",
    },
    "person-disabled": {"vi": "Tài khoản này đã bị khóa.", "en": "This account is disabled."},
    "organisation-closed": {
        "vi": "Cơ quan {organisation} đã đóng hoặc sáp nhập nên không nhận dữ liệu mới.",
        "en": "Agency {organisation} is closed or merged and takes nothing new.",
    },
    "organisation-not-empty": {"vi": "Cơ quan {organisation} còn dữ liệu.", "en": "{organisation} still has datasets."},
    "series-holds-no-files": {
        "vi": "Một chuỗi dữ liệu không chứa tệp; hãy gửi tệp vào một bộ dữ liệu của chuỗi.",
        "en": "A series holds no files; send the file to one of its datasets.",
    },
    "wrong-state": {
        "vi": "Tệp đã gửi đang ở trạng thái “{state}” nên chưa làm được việc này.",
        "en": "The submission stands at “{state}”, which does not allow this.",
    },
    "resource-twice": {
        "vi": "Hai tệp gửi lên cùng thay một phần của bộ dữ liệu; mỗi phần chỉ được thay một lần.",
        "en": "Two of the submissions are for the same resource; one each.",
    },
    "several-datasets": {
        "vi": "Các tệp gửi lên phải thuộc cùng một bộ dữ liệu.",
        "en": "The submissions have to be of one dataset.",
    },
    "job-done": {"vi": "Công việc này đã xong.", "en": "This job is done already."},
    "slot-taken": {"vi": "Một tiến trình khác đang giữ vị trí này.", "en": "Another worker holds this slot."},
    "declaration-missing": {
        "vi": "Cơ quan này yêu cầu trả lời trước khi công bố: tệp có chứa bí mật nhà nước, dữ liệu quan trọng hay dữ "
        "liệu cốt lõi (QĐ 20/2025/QĐ-TTg) không? Hãy trả lời rồi công bố lại.",
        "en": "This agency wants an answer before publishing: does the file hold state secrets, or important or core "
        "data (QĐ 20/2025/QĐ-TTg)? Answer and publish again.",
    },
    "declared-protected": {
        "vi": "Người gửi đã khai tệp có chứa bí mật nhà nước, dữ liệu quan trọng hoặc dữ liệu cốt lõi nên không được "
        "công bố. Bỏ phần đó rồi gửi tệp khác; nếu khai nhầm, hãy khai lại.",
        "en": "The file was declared to hold state secrets, or important or core data, and may not be published. Send "
        "another file without them; if the answer was a mistake, answer again.",
    },
    "second-person": {
        "vi": "Cơ quan này yêu cầu một người thứ hai duyệt trước khi công bố.",
        "en": "This agency wants a second person to approve before publishing.",
    },
})

STATES: Sentences = MappingProxyType({
    "received": {"vi": "đã nhận", "en": "received"}, "checking": {"vi": "đang kiểm tra", "en": "being checked"},
    "ready": {"vi": "sẵn sàng công bố", "en": "ready"}, "blocked": {"vi": "bị chặn", "en": "blocked"},
    "in_review": {"vi": "chờ duyệt", "en": "waiting for review"},
    "failed": {"vi": "không đọc được", "en": "not readable"},
    "published": {"vi": "đã công bố", "en": "published"}, "rejected": {"vi": "bị trả lại", "en": "returned"},
    "withdrawn": {"vi": "đã gỡ", "en": "withdrawn"},
})
"""States of a submission as its page calls them."""
