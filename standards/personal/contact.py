"""Personal data: mobile telephone numbers and private mailboxes; those of offices may be published."""

from __future__ import annotations

from standards.codelist import codes
from standards.trait import COMMON, Trait

_PREFIXES = "|".join(sorted(one.lstrip("0") for one in codes("vn-mobile-prefix")))
_MOBILE = f"(?:0|[+]?84|0084|[+]?840)(?:{_PREFIXES})[0-9]{{7}}"
_OLD = "0?1[2689][0-9]{8}"
"""Mobile numbers of eleven digits, renumbered in 2018."""
_PHONE = (
    "dien thoai", "so dien thoai", "sdt", "so dt", "dt", "dtdd", "di dong", "so di dong", "dien thoai di dong",
    "phone", "phone number", "mobile", "mobile phone", "mobile number", "telephone", "tel", "cell phone", "zalo",
    "so lien he", "so lien lac", "lien he", "contact number", "電話番号", "携帯電話", "携帯番号",
)  # fmt: skip
_NOT_PHONE = (
    "hotline", "duong day nong", "tong dai", "dien thoai co quan", "dien thoai ban", "fax", "so may", "thue bao",
    "so luong", "so tien", "kinh phi", "du toan", "ma vach", "barcode", "ean", "ma ho so", "ngay",
)  # fmt: skip
_PHONES = {"vi": "số điện thoại cá nhân", "en": "personal telephone numbers"}

_ROLE = (
    "(?:vanthu|vanphong|vpubnd|ubnd|hdnd|hotro|lienhe|tuyensinh|daotao|banbientap|toasoan|tiepdan|motcua|thpt|thcs|"
    "tieuhoc|mamnon|benhvien|tramyte|ttyt|congty|hop-?thu|opendata|webmaster|postmaster)[a-z0-9._\\-]*|"
    "(?:info|contact|hello|office|admin|support|sales|vp|bbt|helpdesk|service|cskh|hcc|pccc|phong|ban|so|cuc|chicuc|"
    "truong|cty|htx|press|media|hr|tuyendung|c[123]|th|mn|marketing|enquiry|enquiries|mail|email)(?:[0-9._\\-][a-z0-9._\\-]*)?"
)
_PRIVATE = (
    "gmail|googlemail|yahoo|ymail|rocketmail|hotmail|outlook|live|msn|icloud|me|mac|aol|proton|protonmail|pm|gmx|mail|"
    "yandex|zoho|zohomail|inbox|tutanota|fastmail|qq|163|126|sina|foxmail|naver|daum|hanmail|docomo|ezweb|softbank|vnn"
)
_HOST = "[a-z0-9\\-]+(?:[.][a-z0-9\\-]+)*"
_LOCAL = "[a-z0-9._%+\\-&']+"
_FAMILY = "|".join(sorted(COMMON, key=lambda one: (-len(one), one)))
_NAMED = f"(?:[a-z]+[._\\-])?[a-z]*(?:{_FAMILY})[a-z]*(?:[._\\-]?[a-z0-9]+)*|[a-z]+[._][a-z]+(?:[._][a-z]+)*[0-9]*"
_EMAIL = (
    "email",
    "e mail",
    "mail",
    "thu dien tu",
    "hop thu",
    "hom thu",
    "dia chi email",
    "gmail",
    "メールアドレス",
    "電子メール",
)
_EMAILS = {"vi": "địa chỉ e-mail cá nhân", "en": "personal e-mail addresses"}

TRAITS = (
    Trait(
        id="mobile", kind="phone", title=_PHONES, strict=_MOBILE,
        loose=f"{_MOBILE}|(?:0|[+]?84|0084)?[35789][0-9]{{8}}|{_OLD}|(?:[+]?81|0)[789]0[0-9]{{8}}|[+]?65[89][0-9]{{7}}"
        "|[1-9][0-9]{0,9}E[+]?0?8",
        named=_PHONE, denied=_NOT_PHONE, chance=0.036, share=0.6, office=True, shows=3, head=4, heads=3,
        against=("vn-mst",), basis="Luật 91/2025/QH15",
    ),
    Trait(
        id="mobile-short", kind="phone", title=_PHONES, strict=f"{_MOBILE}|(?:{_PREFIXES})[0-9]{{7}}",
        denied=_NOT_PHONE, chance=0.36, share=0.95, office=True, shows=3, heads=6,
        against=("round-amount",), basis="Luật 91/2025/QH15",
    ),
    Trait(
        id="mailbox", kind="email", title=_EMAILS, form="mail",
        strict=f"{_LOCAL}@(?:{_PRIVATE})[.][a-z]{{2,3}}(?:[.][a-z]{{2}})?",
        loose=f"(?:{_NAMED})@{_HOST}|{_LOCAL}@(?:{_PRIVATE})[.][a-z.]+",
        named=_EMAIL, chance=0.01, share=0.3, office=True, shows=1, head=1, heads=2, against=("office-mailbox",),
        basis="Luật 91/2025/QH15",
    ),
    Trait(
        id="address", kind="email", title=_EMAILS, form="mail", strict=f"{_LOCAL}@{_HOST}[.][a-z]{{2,}}",
        chance=0.01, share=0.3, alone="ask", among="block", office=True, shows=1, head=1, heads=2,
        against=("office-mailbox",), basis="Luật 91/2025/QH15",
    ),
    Trait(
        id="office-mailbox", kind="office-email",
        title={"vi": "hộp thư cơ quan", "en": "office mailboxes"}, form="mail",
        strict=f"{_LOCAL}@(?:{_HOST}[.])?(?:gov|mil|go|edu|ac|org|int)(?:[.][a-z]{{2}})?|(?:{_ROLE})@{_HOST}",
        alone="pass", under="pass",
    ),
)  # fmt: skip
