"""What the audit chain notes, as sentences for operators: each deed by its name, and with its numbers."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

from api.messages import Sentences, fill

_ROWS: Final = "{rows} dòng của bảng {resource}"
_WORDS: Final = ("note", "reason", "notice")
"""Members beside a deed that people wrote; a reason that is one word is a code."""

ACTS: Sentences = MappingProxyType({
    # datasets
    "draft": {"vi": "Tạo bộ dữ liệu", "en": "Made a dataset"},
    "amend": {"vi": "Sửa mô tả", "en": "Changed the description"},
    "remove-draft": {"vi": "Xóa bản nháp", "en": "Removed a draft"},
    "purge": {"vi": "Xóa hẳn bộ dữ liệu", "en": "Removed a dataset for good"},
    "publish": {"vi": "Công bố phiên bản {version}", "en": "Published version {version}"},
    "approve": {"vi": "Duyệt và công bố phiên bản {version}", "en": "Approved and published version {version}"},
    "republish": {
        "vi": "Công bố lại bản cũ thành phiên bản {version}",
        "en": "Published older data again as version {version}",
    },
    "arrange": {"vi": "Xếp lại tệp và tài nguyên", "en": "Arranged files and resources"},
    "add-link": {"vi": "Thêm liên kết", "en": "Added a link"},
    "remove-resource": {"vi": "Bỏ một tài nguyên", "en": "Took a resource out"},
    "withdraw": {"vi": "Gỡ khỏi trang", "en": "Withdrew from the site"},
    "announce-change": {"vi": "Báo trước việc đổi cột", "en": "Announced a change of columns"},
    "drop-notice": {"vi": "Rút lời báo trước", "en": "Took an announcement back"},
    "keep-recipe": {"vi": "Giữ cách sửa cho lần sau", "en": "Kept repairs for next time"},
    "drop-recipe": {"vi": "Bỏ cách sửa đã giữ", "en": "Dropped kept repairs"},
    "hold": {"vi": "Tạm ẩn vì có người báo dữ liệu cá nhân", "en": "Hidden after a report of personal data"},
    "keep-origins": {"vi": "Nối mã của hệ thống khác", "en": "Linked ids of another system"},
    "keep-as-of": {"vi": "Ghi dữ liệu đúng theo ngày của nó", "en": "Noted that data hold as of their day"},
    # submissions
    "attach": {"vi": "Gửi tệp", "en": "Sent a file"},
    "recheck": {"vi": "Cho kiểm tra lại tệp", "en": "Had a file checked again"},
    "declare": {
        "vi": "Khai về bí mật nhà nước và dữ liệu quan trọng",
        "en": "Declared on state secrets and important data",
    },
    "check-ready": {"vi": "Kiểm tra xong, tệp đạt", "en": "Checked: nothing in the way"},
    "check-blocked": {"vi": "Kiểm tra xong, còn lỗi chặn", "en": "Checked: errors stand in the way"},
    "check-failed": {"vi": "Kiểm tra xong, không đọc được tệp", "en": "Checked: the file cannot be read"},
    "check-set-aside": {"vi": "Gác lại việc kiểm tra sau nhiều lần thử", "en": "Set a check aside after many tries"},
    "release-column": {
        "vi": "Cho công bố cột {column} bị giữ vì dữ liệu cá nhân",
        "en": "Released column {column}, held as personal data",
    },
    "submit": {"vi": "Gửi duyệt", "en": "Sent for approval"},
    "reject": {"vi": "Trả lại tệp", "en": "Returned a file"},
    "schedule": {"vi": "Hẹn giờ công bố", "en": "Set an hour of publication"},
    "unschedule": {"vi": "Bỏ hẹn giờ công bố", "en": "Took back the time of publication"},
    "schedule-missed": {
        "vi": "Đến giờ hẹn nhưng chưa công bố được",
        "en": "The time came and it could not be published",
    },
    # rows that change
    "save-table": {"vi": "Tạo hoặc đổi bảng {resource}", "en": "Made or changed table {resource}"},
    "drop-table": {"vi": "Xóa bảng {resource}", "en": "Removed table {resource}"},
    "insert-rows": {"vi": "Thêm " + _ROWS, "en": "Added {rows} rows to {resource}"},
    "upsert-rows": {"vi": "Thêm hoặc sửa " + _ROWS, "en": "Added or changed {rows} rows of {resource}"},
    "update-rows": {"vi": "Sửa " + _ROWS, "en": "Changed {rows} rows of {resource}"},
    "delete-rows": {"vi": "Xóa dòng của bảng {resource}", "en": "Deleted rows of {resource}"},
    # voices
    "ask-question": {"vi": "Có câu hỏi {number}", "en": "Question {number} came"},
    "ask-mistake": {"vi": "Có báo sai sót {number}", "en": "A mistake was reported, {number}"},
    "ask-request": {"vi": "Có đề nghị mở dữ liệu {number}", "en": "Request {number} came"},
    "moderate": {"vi": "Kiểm duyệt một góp ý", "en": "Looked at words before they are shown"},
    "answer-voice": {"vi": "Trả lời một góp ý", "en": "Answered a reader"},
    "refuse-voice": {"vi": "Không tiếp nhận một góp ý", "en": "Turned words down"},
    "assign-voice": {"vi": "Chuyển góp ý cho cơ quan khác", "en": "Gave it to another agency to answer"},
    "escalate-voice": {"vi": "Góp ý quá hạn trả lời, báo người vận hành", "en": "Overdue, escalated"},
    "lift-hold": {"vi": "Cho hiện lại sau khi xem báo cáo", "en": "Shown again after somebody looked"},
    "bind-correction": {"vi": "Gửi bản đính chính cho một báo sai sót", "en": "Sent a correction for a report"},
    "answer-search": {"vi": "Trả lời một từ tìm không ra", "en": "Answered a search without result"},
    # people and agencies
    "sign-in": {"vi": "Đăng nhập", "en": "Signed in"},
    "choose-password": {"vi": "Chọn mật khẩu qua thư", "en": "Chose a password by a letter"},
    "add-person": {"vi": "Thêm người {name}", "en": "Added person {name}"},
    "amend-person": {"vi": "Sửa tài khoản", "en": "Changed an account"},
    "keep-person-besides": {"vi": "Sửa lời giới thiệu của tài khoản", "en": "Changed what an account says of itself"},
    "disable-person": {"vi": "Khóa tài khoản", "en": "Disabled an account"},
    "enable-person": {"vi": "Mở lại tài khoản", "en": "Enabled an account"},
    "add-token": {"vi": "Tạo khóa API cho {person}", "en": "Made a token for {person}"},
    "drop-token": {"vi": "Hủy khóa API", "en": "Withdrew a token"},
    "add-organisation": {"vi": "Thêm cơ quan", "en": "Added an agency"},
    "amend-organisation": {"vi": "Đổi quy tắc của cơ quan", "en": "Changed an agency's rules"},
    "organisation-rename": {"vi": "Đổi tên cơ quan từ {day}", "en": "Renamed an agency from {day}"},
    "organisation-close": {"vi": "Đóng cơ quan từ {day}", "en": "Closed an agency from {day}"},
    "organisation-merge": {"vi": "Sáp nhập cơ quan từ {day}", "en": "Merged an agency from {day}"},
    "organisation-split": {"vi": "Tách cơ quan từ {day}", "en": "Split an agency from {day}"},
    "purge-organisation": {"vi": "Xóa hẳn cơ quan", "en": "Removed an agency for good"},
    "set-member": {"vi": "Giao vai trò {role} cho {person}", "en": "Made {person} {role}"},
    "drop-member": {"vi": "Rút vai trò của {person}", "en": "Took the role of {person} back"},
    "keep-collaborator": {"vi": "Thêm người cùng làm bộ dữ liệu", "en": "Added a collaborator"},
    "drop-collaborator": {"vi": "Bớt người cùng làm bộ dữ liệu", "en": "Removed a collaborator"},
    "keep-group": {"vi": "Tạo hoặc sửa nhóm", "en": "Made or changed a group"},
    "drop-group": {"vi": "Xóa nhóm", "en": "Removed a group"},
    # webhooks, sources, lists
    "add-webhook": {"vi": "Thêm webhook", "en": "Added a webhook"},
    "amend-webhook": {"vi": "Sửa webhook", "en": "Changed a webhook"},
    "rotate-webhook": {"vi": "Đổi khóa của webhook", "en": "Changed a webhook's key"},
    "drop-webhook": {"vi": "Xóa webhook", "en": "Removed a webhook"},
    "disable-webhook": {"vi": "Dừng webhook vì gửi không tới", "en": "Stopped a webhook that is not reached"},
    "add-source": {"vi": "Thêm nguồn thu thập {name}", "en": "Added source {name}"},
    "amend-source": {"vi": "Sửa nguồn thu thập {name}", "en": "Changed source {name}"},
    "drop-source": {"vi": "Xóa nguồn thu thập {name}", "en": "Removed source {name}"},
    "harvest": {"vi": "Thu thập phiên bản {version} từ {source}", "en": "Harvested version {version} from {source}"},
    "harvested": {"vi": "Thu thập xong nguồn {name}", "en": "Harvested source {name}"},
    "confirm-harvest": {
        "vi": "Xác nhận bỏ nhiều bộ dữ liệu của nguồn {name}",
        "en": "Confirmed that much of {name} goes",
    },
    "add-target": {"vi": "Thêm nơi công bố {name}", "en": "Added target {name}"},
    "drop-target": {"vi": "Xóa nơi công bố", "en": "Removed a target"},
    "draft-release": {"vi": "Gửi bản mới của {subject}", "en": "Sent a release of {subject}"},
    "accept-release": {
        "vi": "Cho bản {number} của {subject} có hiệu lực",
        "en": "Let release {number} of {subject} hold",
    },
    "drop-release": {"vi": "Bỏ bản chờ của {subject}", "en": "Dropped a draft of {subject}"},
    "recheck-open": {
        "vi": "Bản mới của {codelist} chạm tới {rows} dòng",
        "en": "A release of {codelist} touches {rows} rows",
    },
    "recheck-clean": {
        "vi": "Bản mới của {codelist} không chạm tới dữ liệu",
        "en": "A release of {codelist} touches nothing",
    },
    "recheck-resolved": {"vi": "Dữ liệu đã theo bản mới của {codelist}", "en": "Data follow the release of {codelist}"},
    "recheck-unread": {
        "vi": "Chưa xem được dữ liệu theo bản mới của {codelist}",
        "en": "Data could not be read under {codelist}",
    },
    "recheck-done": {"vi": "Xem xong dữ liệu dùng {codelist}", "en": "Looked through data that use {codelist}"},
    # erasure
    "ask-erasure": {"vi": "Đề nghị xóa dữ liệu cá nhân", "en": "Asked for an erasure"},
    "refuse-erasure": {"vi": "Không đồng ý xóa", "en": "Refused an erasure"},
    "erase": {"vi": "Đồng ý xóa dữ liệu cá nhân", "en": "Confirmed an erasure"},
    "erased": {"vi": "Đã xóa xong {objects} tệp", "en": "Erased {objects} files"},
    # the site
    "retry-job": {"vi": "Chạy lại một việc", "en": "Ran a job again"},
    "cancel-job": {"vi": "Dừng một việc", "en": "Stopped a job"},
    "ask-reindex": {"vi": "Yêu cầu dựng lại tìm kiếm", "en": "Asked that search be built anew"},
    "read-only-on": {"vi": "Chuyển trang sang chỉ đọc", "en": "Made the site read-only"},
    "read-only-off": {"vi": "Cho trang nhận thay đổi lại", "en": "Let the site take changes again"},
    "move": {"vi": "Chuyển trang sang máy khác", "en": "Moved the site"},
    "rebuild": {"vi": "Dựng lại từ kho tệp", "en": "Rebuilt from the store"},
    "restore": {"vi": "Khôi phục từ bản sao lưu", "en": "Restored from a backup"},
})


_KEPT: Sentences = MappingProxyType({
    "keep-": {"vi": "Giữ một dấu của API CKAN", "en": "Kept a mark of CKAN's API"},
    "drop-": {"vi": "Bỏ một dấu của API CKAN", "en": "Dropped a mark of CKAN's API"},
})
"""Deeds of CKAN's API whose kind stands behind the verb: views, follows, terms."""


def named(act: str, language: str) -> str:
    """Give the name of a deed without its numbers; the word of the chain itself for one that is not known."""
    sentence = _sentence(act, language)
    return fill(sentence, {}) if sentence else act


def told(act: str, language: str, detail: Mapping[str, Any]) -> str:
    """Say a deed with what stands beside it; the word of the chain itself for one that is not known."""
    sentence = _sentence(act, language)
    return fill(sentence, detail) if sentence else act


def written(detail: Mapping[str, Any]) -> str:
    """Give what somebody wrote with a deed; "" for nothing."""
    return next((said for key in _WORDS if " " in (said := str(detail.get(key) or ""))), "")


def _sentence(act: str, language: str) -> str:
    found = ACTS.get(act) or next((each for start, each in _KEPT.items() if act.startswith(start)), None)
    return found[language] if found else ""
