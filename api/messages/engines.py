"""Why an engine behind the site cannot be used, said to readers: search, the database, the store of files."""

from __future__ import annotations

from types import MappingProxyType

from api.messages import Sentences

SENTENCES: Sentences = MappingProxyType({
    "not-counted-yet": {
        "vi": "Số liệu về toàn trang đang được đếm lần đầu. Hãy thử lại sau ít phút.",
        "en": "The figures of the whole site are being counted for the first time. Try again in a few minutes.",
    },
    "search-behind": {
        "vi": "Việc tìm kiếm chưa theo kịp thay đổi. Hãy thử lại sau ít giây.",
        "en": "Search has not followed the change yet. Try again in a few seconds.",
    },
    "search-blocked": {
        "vi": "Bộ máy tìm kiếm đang từ chối ghi. Tìm kiếm vẫn chạy, nhưng thay đổi mới chưa có ở đó.",
        "en": "The search engine refuses to be written to. Search goes on, without the newest changes.",
    },
    "search-busy": {"vi": "Bộ máy tìm kiếm đang bận.", "en": "The search engine is busy."},
    "search-damaged": {
        "vi": "Chỉ mục tìm kiếm bị hỏng và cần dựng lại.",
        "en": "The search index is damaged and has to be rebuilt.",
    },
    "search-down": {
        "vi": "Bộ máy tìm kiếm ở DATAMO_SEARCH_URL không trả lời. Hãy xem máy chủ có chạy, địa chỉ có đúng không.",
        "en": "The search engine at DATAMO_SEARCH_URL does not answer. See whether it runs and the address is right.",
    },
    "search-foreign": {
        "vi": "Máy chủ ở DATAMO_SEARCH_URL không phải Elasticsearch 9 ({found}). Hãy dùng một Elasticsearch 9.",
        "en": "What answers at DATAMO_SEARCH_URL is not Elasticsearch 9 ({found}). Use the address of one that is.",
    },
    "search-incomplete": {
        "vi": "Chỉ mục mới không chứa đủ những gì đã ghi ({held} trên {count}), nên chỉ mục cũ vẫn được dùng.",
        "en": "The new index does not hold what was put into it ({held} of {count}), so the old one stays in use.",
    },
    "search-login": {
        "vi": "Elasticsearch từ chối tên, mật khẩu trong DATAMO_SEARCH_URL hoặc khóa DATAMO_SEARCH_KEY. Hãy sửa lại.",
        "en": "Elasticsearch refuses the name and password in DATAMO_SEARCH_URL, or the DATAMO_SEARCH_KEY: correct it.",
    },
    "search-missing": {"vi": "Chưa có chỉ mục tìm kiếm.", "en": "There is no search index yet."},
    "search-outdated": {
        "vi": "Chỉ mục tìm kiếm đã cũ và cần dựng lại.",
        "en": "The search index is of an older kind and has to be rebuilt.",
    },
    "search-read-only": {
        "vi": "Tiến trình này chỉ đọc chỉ mục tìm kiếm.",
        "en": "This process only reads the search index.",
    },
    "search-tls": {
        "vi": "Không tin được chứng thư của máy chủ ở DATAMO_SEARCH_URL. Hãy thêm ?ca=đường-dẫn tới chứng thư của nó.",
        "en": "The certificate of the server at DATAMO_SEARCH_URL is not trusted: add ?ca=path with its certificate.",
    },
    "database-down": {
        "vi": "Cơ sở dữ liệu tạm ngừng. Hãy thử lại sau ít phút.",
        "en": "The database is down at the moment. Try again in a few minutes.",
    },
    "database-denied": {
        "vi": "Cơ sở dữ liệu không cho Datamo vào, hoặc không có ở địa chỉ của DATAMO_DATABASE_URL.",
        "en": "The database does not let Datamo in, or is not there at the address of DATAMO_DATABASE_URL.",
    },
    "database-newer": {
        "vi": "Cơ sở dữ liệu thuộc về một bản Datamo mới hơn.",
        "en": "The database belongs to a newer Datamo.",
    },
    "database-read-only": {
        "vi": "Cơ sở dữ liệu hiện không nhận thay đổi. Hãy thử lại sau ít phút.",
        "en": "The database takes no changes at the moment. Try again in a few minutes.",
    },
    "database-no-rights": {
        "vi": "Tài khoản trong DATAMO_DATABASE_URL không đủ quyền trong cơ sở dữ liệu.",
        "en": "The user of DATAMO_DATABASE_URL lacks rights in the database.",
    },
    "database-encoding": {
        "vi": "Cơ sở dữ liệu ở DATAMO_DATABASE_URL không dùng bảng mã UTF-8 ({encoding}).",
        "en": "The database of DATAMO_DATABASE_URL does not keep letters in UTF-8 ({encoding}).",
    },
    "database-unknown": {"vi": "Không hiểu địa chỉ cơ sở dữ liệu.", "en": "The database's address is not understood."},
    "site-unreachable": {"vi": "Không kết nối được tới trang.", "en": "The site cannot be reached."},
    "storage-damaged": {"vi": "Một tệp trong kho lưu trữ bị hỏng.", "en": "A file in the storage is damaged."},
    "storage-denied": {
        "vi": "Kho lưu trữ từ chối khóa truy cập của trang. Người vận hành cần kiểm tra khóa.",
        "en": "The storage refuses the site's keys. The operator has to look at them.",
    },
    "storage-no-bucket": {
        "vi": "Kho lưu trữ không có nơi chứa đã đặt. Người vận hành cần kiểm tra địa chỉ.",
        "en": "The storage has no such bucket. The operator has to look at its address.",
    },
    "storage-public": {
        "vi": "Nơi chứa tệp đang mở cho mọi người; chưa lưu gì vào đó. Người vận hành cần chặn truy cập công khai.",
        "en": "Anybody can read the bucket, so nothing is kept in it. The operator has to block public access.",
    },
    "storage-clock": {
        "vi": "Đồng hồ của máy này và của kho lưu trữ lệch nhau quá xa. Người vận hành cần chỉnh lại giờ.",
        "en": "The clocks of this machine and of the storage differ too far. The operator has to set them right.",
    },
    "storage-down": {
        "vi": "Kho lưu trữ tạm ngừng. Hãy thử lại sau ít phút.",
        "en": "The storage is down at the moment. Try again in a few minutes.",
    },
    "dump-due": {
        "vi": "Bản tải toàn bộ danh mục đang được làm mới. Hãy thử lại sau ít phút.",
        "en": "The dump of the whole catalogue is being made anew. Try again in a few minutes.",
    },
    "storage-full": {
        "vi": "Kho lưu trữ đã đầy; không có gì được lưu. Hãy thử lại sau.",
        "en": "The storage is full; nothing was kept. Try again later.",
    },
})
