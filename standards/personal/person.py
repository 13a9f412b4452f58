"""Personal data: who somebody is: full names, birth dates, home addresses; a name and a birth date together hold back.

Names alone are asked about: registers name officials and holders of office, and the law lets them.
"""

from __future__ import annotations

from standards.trait import FAMILY, NEVER, Trait

_LIST = "|".join(sorted(FAMILY, key=lambda one: (-len(one), one)))
_DAY = "[0-3]?[0-9]"
_DATE = (
    f"{_DAY}[./\\- ]+[0-1]?[0-9][./\\- ]+(?:19|20)?[0-9]{{2}}|(?:19|20)[0-9]{{2}}[./\\- ]+[0-1]?[0-9][./\\- ]+{_DAY}"
)
_OFFICE = (
    "dai dien", "hieu truong", "giam doc", "nguoi dung dau", "thu truong", "tac gia", "nguoi ky", "chu tich", "bi thu",
    "chu nhiem", "lanh dao", "nguoi phat ngon", "duong", "pho", "ten duong", "ten pho", "tuyen", "ten truong", "truong",
    "street", "road", "cong trinh", "di tich", "don vi", "co quan", "to chuc", "cong ty", "doanh nghiep", "dia danh",
    "tinh", "huyen", "xa", "phuong", "thon", "dia chi", "dan toc", "author", "director", "school", "chu bien",
)  # fmt: skip

TRAITS = (
    Trait(
        id="name", kind="person-name", title={"vi": "họ tên người", "en": "names of persons"}, form="words",
        strict=f"(?:{_LIST})(?: [a-z]+){{1,4}}", loose="[a-z]+(?: [a-z]+){1,6}",
        named=("ho ten", "ho va ten", "ho va chu dem", "ho dem", "ten dem", "full name", "fullname", "ten chu ho",
               "chu ho", "ho ten nguoi", "ten hoc sinh", "ten sinh vien", "ten benh nhan", "ten cong dan",
               "ten nguoi lao dong", "nguoi nop ho so", "nguoi huong", "person name", "氏名", "姓名"),
        denied=_OFFICE, chance=0.05, share=0.85, alone="ask", under="ask", heads=1, shows=1, about_person=True,
        basis="Luật 91/2025/QH15",
    ),
    Trait(
        id="birth", kind="birth-date", title={"vi": "ngày sinh", "en": "birth dates"}, form="words", strict=NEVER,
        loose=f"{_DATE}(?: 00:00(?::00)?(?: 000)?)?|[1-4][0-9]{{4}}|(?:19|20)[0-9]{{6}}",
        named=("ngay sinh", "ngay thang nam sinh", "ntns", "nam sinh", "sinh ngay", "ngay thang sinh", "date of birth",
               "dob", "birth date", "birthday", "birthdate", "生年月日"),
        denied=("ty le", "so luong", "so tre"), under="ask", shows=0, about_person=True, basis="Luật 91/2025/QH15",
    ),
    Trait(
        id="home", kind="home-address", title={"vi": "nơi ở của người", "en": "home addresses"}, form="words",
        strict=NEVER, loose=".{8,}", under="ask", shows=0, about_person=True,
        named=("dia chi thuong tru", "noi thuong tru", "thuong tru", "ho khau", "ho khau thuong tru", "noi o hien tai",
               "cho o hien nay", "noi tam tru", "dia chi tam tru", "home address", "que quan", "nguyen quan"),
        denied=("so luong", "so ho"), basis="Luật 91/2025/QH15",
    ),
)  # fmt: skip
