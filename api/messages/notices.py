"""What people are told of what happened: one sentence on the desk, and the letter that goes with it."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from api.messages import Sentences, pages, say
from catalog.notice import Notice

SENTENCES: Sentences = MappingProxyType({
    "review": {"vi": "Có tệp chờ bạn duyệt: {title}", "en": "A file waits for your review: {title}"},
    "returned": {"vi": "Tệp của bạn bị trả lại: {title}", "en": "Your file was returned: {title}"},
    "blocked": {"vi": "Tệp của bạn chưa công bố được: {title}",
                "en": "Your file could not be published yet: {title}"},
    "due-soon": {"vi": "Sắp đến hạn cập nhật {due}: {title}", "en": "Update promised by {due}: {title}"},
    "overdue": {"vi": "Đã quá hạn cập nhật {due}: {title}", "en": "Update was promised by {due}: {title}"},
    "request": {"vi": "Có đề nghị mở dữ liệu, hẹn trả lời {due}", "en": "Data were asked for, answer due {due}"},
    "question": {"vi": "Có câu hỏi về {title}, hẹn trả lời {due}", "en": "A question on {title}, answer due {due}"},
    "mistake": {"vi": "Có báo sai sót ở {title}, hẹn trả lời {due}",
                "en": "A mistake was reported in {title}, answer due {due}"},
    "personal": {"vi": "Có báo dữ liệu cá nhân ở {title}: cần xem ngay",
                 "en": "Personal data were reported in {title}: please look now"},
    "late-answer": {"vi": "Góp ý {number} đã quá hạn trả lời {due}", "en": "{number} was due to be answered by {due}"},
    "late-answer-agency": {"vi": "{agency} chưa trả lời góp ý {number}, hạn {due}",
                           "en": "{agency} was to answer {number} by {due}"},
    "answered": {"vi": "Góp ý {number} của bạn đã có trả lời", "en": "What you sent ({number}) was answered"},
    "codelist": {"vi": "Danh mục {codelist} đổi, {rows} dòng của {title} cần xem",
                 "en": "Code list {codelist} changed, {rows} rows of {title} need a look"},
    "approved": {"vi": "Tệp của bạn đã được duyệt và công bố: {title}",
                 "en": "Your file was approved and is public: {title}"},
    "came-out": {"vi": "Tệp đã được công bố đúng giờ hẹn: {title}", "en": "Published at its hour: {title}"},
    "not-out": {"vi": "Đến giờ hẹn nhưng chưa công bố được: {title}",
                "en": "The time came, but it could not be published: {title}"},
    "reset": {"vi": "Chọn mật khẩu mới", "en": "Choose a new password"},
    "invite": {"vi": "Bạn được mời dùng trang dữ liệu", "en": "You are invited to the data portal"},
    "invite-agency": {"vi": "{by} mời bạn vào {agency} trên trang dữ liệu",
                      "en": "{by} invites you to {agency} on the data portal"},
})

BODY: Mapping[str, str] = MappingProxyType({
    "vi": "{said}.\n\nXem và xử lý tại:\n{link}\n\nThư tự động của {site}. {why}\n",
    "en": "{said}.\n\nSee and act on it here:\n{link}\n\nSent automatically by {site}. {why}\n",
})
WHY: Mapping[str, Mapping[str, str]] = MappingProxyType({
    "person": {"vi": "Bạn nhận thư này vì bạn làm việc cho một cơ quan trên trang.",
               "en": "You get this because you work for an agency on the site."},
    "late-answer": {"vi": "Bạn nhận thư này vì bạn vận hành trang.",
                    "en": "You get this because you operate the site."},
    "voice": {"vi": "Bạn nhận thư này vì đã để lại địa chỉ khi gửi góp ý.",
              "en": "You get this because you left your address when you wrote to us."},
    "reset": {"vi": "Liên kết dùng được một lần, trong 2 giờ. Tên đăng nhập của bạn: {name}. Nếu bạn "
                    "không yêu cầu, bỏ qua thư này.",
              "en": "The link works once, for 2 hours. Your sign-in name: {name}. If you did not ask for "
                    "it, ignore this."},
    "invite": {"vi": "Liên kết dùng được một lần, trong 7 ngày. Tên đăng nhập của bạn: {name}.",
               "en": "The link works once, for 7 days. Your sign-in name: {name}."},
})

WHOSE: Mapping[str, tuple[str, ...]] = MappingProxyType({"invite": ("agency", "by"), "late-answer": ("agency",)})
"""Notices that have another sentence where they know of an agency."""


def sentence(one: Notice, language: str) -> str:
    """Say a notice in one sentence, without a full stop."""
    needs = WHOSE.get(one.kind, ())
    kind = f"{one.kind}-agency" if needs and all(one.params.get(name) for name in needs) else one.kind
    due = {"due": pages.day(language, str(one.params["due"]))} if one.params.get("due") else {}
    return say(SENTENCES, kind, {"title": one.params.get("dataset", ""), **one.params, **due}, language)


def letter(site: str, one: Notice, language: str, secret: str) -> tuple[str, str]:
    """Give subject and text of a notice's letter: what happened and where to see it; no words of other people."""
    said = sentence(one, language)
    why = WHY[one.kind if one.kind in WHY else "person" if one.person else "voice"][language]
    for name in one.params:
        why = why.replace("{" + name + "}", str(one.params[name]))
    link = f"{site}/new-password?key={secret}" if secret else f"{site}{one.link}"
    return said, BODY[language].format(said=said, link=link, site=site, why=why)
