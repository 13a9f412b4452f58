"""Tables of words in six languages, as long as wanted, and how old programs wrote them: for what tells encodings apart."""

from __future__ import annotations

import random
import unicodedata
from collections.abc import Callable, Mapping, Sequence

from pipelines.formats.csv.vietnamese import VNI, tcvn3_table, viscii_table

_TEXT: Mapping[str, str] = {
    "vi": (
        "Thành phố Hà Nội,Tỉnh Hà Giang,Huyện Đồng Văn,Phường Phúc Xá,Xã Lũng Cú,Sở Kế hoạch và Đầu tư,Trường Tiểu học Kim Đồng,"
        "Bệnh viện đa khoa,Ủy ban nhân dân,Nguyễn Thị Hạnh,Trần Văn Dũng,Lê Đức Thọ,đường Trần Hưng Đạo,số nhà,đã cấp phép,"
        "đang hoạt động,Công ty trách nhiệm hữu hạn,Quận Ba Đình,Thị trấn Yên Bình,Giáo dục và Đào tạo,Tổng cục Thống kê,Ghi chú"
    ),
    "ja": (
        "東京都,北海道札幌市,大阪府堺市,横浜市役所,学校,図書館,中央区,公園,所在地,名称,電話番号,午前九時から,サービス,バス停留所,さくら保育園,"
        "みなと図書館,ひばり児童センター,避難所,一般会計,予算額,事業者,平成二十年度,神奈川県川崎市,さいたま市"
    ),
    "ko": (
        "서울특별시,부산광역시,대구광역시,경기도 수원시,강남구청,초등학교,도서관,보건소,주민센터,전화번호,운영시간,시설명,소재지,관리기관,"
        "데이터 기준일자,종로구,어린이집,공원,버스정류장,예산액,담당부서,평일"
    ),
    "zh-cn": (
        "北京市统计局,上海市人民政府,广东省,江苏省南京市,教育局,医院,学校名称,地址,联系电话,备注,企业名称,统一社会信用代码,法定代表人,有限公司,"
        "行政区划,经营范围,许可证,有效期,人口,财政收入,开放时间,公园"
    ),
    "zh-tw": (
        "臺北市政府,高雄市,統計資料,學校名稱,地址,聯絡電話,備註,圖書館,公園,衛生局,開放時間,機關名稱,縣市別,鄉鎮市區,年度,經費,單位,營業項目,"
        "有限公司,負責人,統一編號,新竹縣"
    ),
    "fr": (
        "Saint-Étienne,Créteil,Département de l'Hérault,Île-de-France,école élémentaire,numéro,adresse à préciser,Forêt,Nîmes,"
        "Besançon,hôpital,année,garçon,Orléans,région Rhône-Alpes,à côté du marché,Préfecture,élève,téléphone,Côte-d’Or"
    ),
    "en": "Café de Paris,naïve,£25,000 grant,20°C – dry,Council’s depot,“Primary” school,School,Library,Road,Façade,Zoë",
}
WORDS: Mapping[str, Sequence[str]] = {language: text.split(",") for language, text in _TEXT.items()}


def table(language: str, rows: int, seed: int) -> str:
    """A table of a code, two columns of words and a number, by lines."""
    chance = random.Random(f"{language}{rows}{seed}")
    words = WORDS[language]
    lines = [",".join(["id", *(one.replace(",", " ") for one in chance.sample(words, 2)), "n"])]
    for number in range(rows):
        two = (one.replace(",", " ") for one in chance.sample(words, 2))
        lines.append(",".join([f"{number + 1:03d}", *two, str(chance.randint(1, 99_999))]))
    return "\r\n".join(lines) + "\r\n"


TONES = "\u0300\u0301\u0303\u0309\u0323"


def in_tcvn3(text: str) -> bytes:
    letters = tcvn3_table()
    # The small letters' fonts have no capitals with a tone: they were typed small, in a font of capitals.
    return bytes(letters.index(one) if one in letters else letters.index(one.lower()) for one in text)


def in_viscii(text: str) -> bytes:
    letters = viscii_table()
    return bytes(letters.index(one) for one in text)


def in_vni(text: str) -> bytes:
    back = {letter: pair for pair, letter in VNI.items()}
    return "".join(back.get(one, one) for one in text).encode("cp1252")


def in_windows_1258(text: str) -> bytes:
    """Letters with their own marks composed, tone marks after them: as Windows writes Vietnamese."""
    made = []
    for one in text:
        parts = unicodedata.normalize("NFD", one)
        base = unicodedata.normalize("NFC", "".join(part for part in parts if part not in TONES))
        made.append(base + "".join(part for part in parts if part in TONES))
    return "".join(made).encode("cp1258")


def _codec(name: str) -> Callable[[str], bytes]:
    return lambda text: text.encode(name)


WRITTEN: Mapping[str, Sequence[tuple[str, Callable[[str], bytes]]]] = {
    "vi": (
        ("utf-8", _codec("utf-8")), ("utf-8-sig", _codec("utf-8-sig")), ("utf-16", _codec("utf-16")), ("utf-16-le", _codec("utf-16-le")),
        ("utf-16-be", _codec("utf-16-be")), ("windows-1258", in_windows_1258), ("tcvn3", in_tcvn3), ("vni", in_vni), ("viscii", in_viscii),
    ),
    "ja": (("utf-8", _codec("utf-8")), ("utf-16-le", _codec("utf-16-le")), ("cp932", _codec("cp932")), ("euc-jp", _codec("euc_jp"))),
    "ko": (("utf-8", _codec("utf-8")), ("euc-kr", _codec("cp949"))),
    "zh-cn": (("utf-8", _codec("utf-8")), ("utf-16-be", _codec("utf-16-be")), ("gb18030", _codec("gb18030"))),
    "zh-tw": (("utf-8", _codec("utf-8")), ("big5", _codec("cp950"))),
    "fr": (("utf-8", _codec("utf-8")), ("windows-1252", _codec("cp1252"))),
    "en": (("utf-8", _codec("utf-8")), ("windows-1252", _codec("cp1252"))),
}
"""How each language was written: the name of the encoding, and how."""
