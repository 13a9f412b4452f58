"""Why a backup, a restore, a move or a rebuild is not done, and what the operator can do about it: the sentences."""

from __future__ import annotations

from types import MappingProxyType

from api.messages import Sentences

SENTENCES: Sentences = MappingProxyType({
    "site-not-empty": {
        "vi": "Trang đích đã có dữ liệu; chỉ khôi phục được vào một cơ sở dữ liệu trống. Hãy dùng cơ sở dữ liệu mới.",
        "en": "The site to be filled holds something already; only an empty database is filled. Use a new one.",
    },
    "files-not-empty": {
        "vi": "Kho tệp của trang đích có tệp lạ ({sha256}). Hãy dùng một kho trống.",
        "en": "The store of files to be filled holds files of something else ({sha256}). Use an empty one.",
    },
    "worker-running": {
        "vi": "Một tiến trình xử lý đang chạy. Hãy dừng datamo work và datamo serve, đợi nửa phút rồi làm lại.",
        "en": "A worker is running. Stop datamo work and datamo serve, wait half a minute and try again.",
    },
    "backup-missing": {
        "vi": "Trong thư mục {folder} không có bản sao lưu hoàn chỉnh (thiếu backup.json).",
        "en": "The folder {folder} holds no whole backup (there is no backup.json).",
    },
    "backup-unknown": {
        "vi": "backup.json trong {folder} không phải là bản sao lưu mà phiên bản này đọc được.",
        "en": "backup.json in {folder} is not a backup that this version can read.",
    },
    "backup-damaged": {
        "vi": "Bản sao lưu bị hỏng: {what} không còn như lúc ghi. Không có gì được khôi phục.",
        "en": "The backup is damaged: {what} is not what was written. Nothing was restored.",
    },
    "backup-incomplete": {
        "vi": "Bản sao lưu thiếu {what}. Không có gì được khôi phục.",
        "en": "The backup lacks {what}. Nothing was restored.",
    },
    "erasures-damaged": {
        "vi": "Không đọc được sổ ghi việc xóa {what}. Không có gì được khôi phục, vì dữ liệu đã xóa có thể trở lại.",
        "en": "The record of erasures {what} cannot be read. Nothing was restored: what was erased might come back.",
    },
    "backup-newer": {
        "vi": "Bản sao lưu do một phiên bản Datamo mới hơn tạo ra ({revision}). Hãy nâng cấp rồi khôi phục.",
        "en": "A newer Datamo made this backup ({revision}). Upgrade first, then restore.",
    },
    "backup-lost": {
        "vi": "Khi sao lưu, trang đã mất {many} tệp ({first}…). Thêm --accept-losses để khôi phục phần còn lại.",
        "en": "When this backup was made the site had lost {many} files ({first}…). Add --accept-losses to restore "
        "what is left.",
    },
    "backup-running": {
        "vi": "Một lệnh sao lưu khác đang ghi vào {folder}.",
        "en": "Another backup is writing into {folder}.",
    },
    "objects-lost": {
        "vi": "Kho tệp hiện tại thiếu {many} tệp ({first}…). Thêm --accept-losses để chuyển phần còn lại.",
        "en": "The present store of files has lost {many} files ({first}…). Add --accept-losses to move what is left.",
    },
    "moved-elsewhere": {
        "vi": "Trang đích đã nhận dữ liệu ở một thời điểm khác. Hãy dùng một cơ sở dữ liệu trống.",
        "en": "The site to be filled was filled at another moment. Use an empty database.",
    },
    "move-same-database": {
        "vi": "Tệp cài đặt nêu cùng một cơ sở dữ liệu. Hãy nêu cơ sở dữ liệu mới trong DATAMO_DATABASE_URL.",
        "en": "The file names the same database. Name the new one in DATAMO_DATABASE_URL.",
    },
    "nothing-to-rebuild": {
        "vi": "Kho tệp không có bản ghi công khai nào để dựng lại danh mục.",
        "en": "The store of files holds no public record from which the catalogue could be made again.",
    },
})
